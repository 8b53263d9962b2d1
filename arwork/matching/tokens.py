"""Words out of a payment text: what may be a document number, after everything that cannot be one is struck out (step C of 2.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from arwork.matching.lean import lean
from arwork.money import ISO

LONGEST = 40
"""No document number is longer than this many letters and digits."""
READ_MOST = 50_000
"""So many characters of a payment text are read: over two thousand documents; what is longer is marked, never trusted alone."""
_WORD = re.compile(r"([A-Z0-9]+|\x01)")
_GONE = "\x01"
_STRUCK = f" {_GONE} "
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_RF = re.compile(r"\bRF[0-9]{2}(?: ?[A-Z0-9]{1,4}){1,6}\b")
_DAY_FIRST = re.compile(r"(?<![A-Z0-9./-])([0-9]{1,2})[./-]([0-9]{1,2})[./-]((?:19|20)?[0-9]{2})(?![A-Z0-9]|[./-][A-Z0-9])")
_YEAR_FIRST = re.compile(r"(?<![A-Z0-9./-])((?:19|20)[0-9]{2})[./-]([0-9]{1,2})[./-]([0-9]{1,2})(?![A-Z0-9]|[./-][A-Z0-9])")
_PHONE = re.compile(r"(?:(?<![A-Z0-9])\+[0-9]|\b(?:TEL|PHONE|FAX|FON|MOBILE)\b[ .:]{0,3}[0-9+(])[0-9 ()/.-]{4,24}")
_NUMBER = re.compile(
    r"(?<![A-Z0-9.,])(?:([A-Z]{3}) ?)?([0-9]{1,3}(?:[.,'][0-9]{3})+|[0-9]{1,12})(?:[.,]([0-9]{2,3}))?(?![A-Z0-9]|[.,][0-9])(?=( ?[A-Z]{3}\b)?)"
)
_PHONE_WORD = re.compile("TEL|PHONE|FAX|FON|MOBILE")
_DATE_SIGN = re.compile("[0-9][./-][0-9]")
_DECIMALS = re.compile("[0-9][.,'][0-9]{2,3}(?![0-9])")
_BLANKS = (" ", "\n", ", ", ",")
_BREAK = re.compile(r"[\s;,\x01]")
_BANK_CODE = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


@lean
class Token:
    """A run of one to three adjacent words of a text, joined without separator.

    `first` and `size` say where it stands, `whole` that the writer left no blank inside it, `soft` that it could just as
    well be a date or a bank code, so that only a document's own number may be read from it.
    """

    text: str
    first: int
    size: int
    whole: bool
    soft: bool


@lean
class Text:
    """A text read: its words, which words the writer wrote together, the valid RF references in it."""

    words: tuple[str, ...]
    glued: tuple[bool, ...]
    creditor_references: tuple[str, ...]


def plain(text: str) -> str:
    """Write a text in upper-case letters without accents (NFKD)."""
    if text.isascii():
        return text.upper()
    return "".join(c for c in unicodedata.normalize("NFKD", text.upper()) if not unicodedata.combining(c)).upper()


def read(text: str, amount: int, currency: str) -> Text:
    """Split a payment text into words; strike out IBANs, dates, phone numbers and the amount of the payment (minor units)."""
    found: list[str] = []
    body = plain(text[:READ_MOST])
    if len(body) > 8:
        if "RF" in body:
            body = _RF.sub(lambda m: _lift_reference(m, found), body)
        body = _IBAN.sub(_strike_iban, body)
        if "+" in body or _PHONE_WORD.search(body):
            body = _PHONE.sub(_STRUCK, body)
    if _DATE_SIGN.search(body):
        body = _DAY_FIRST.sub(lambda m: _strike_date(m, int(m[1]), int(m[2])), body)
        body = _YEAR_FIRST.sub(lambda m: _strike_date(m, int(m[3]), int(m[2])), body)
    if _may_hold_an_amount(body, amount, currency):
        body = _NUMBER.sub(lambda m: _strike_amount(m, amount, currency), body)
    pieces = _WORD.split(body)
    glued = [gap not in _BLANKS and not _BREAK.search(gap) for gap in pieces[2:-1:2]]
    words = tuple(pieces[1::2])
    return Text(words, (False, *glued) if words else (), tuple(found))


def runs(text: Text) -> Iterator[tuple[str, int, int, bool]]:
    """Yield every run of one to three adjacent words: squeezed, first place, size, and whether the writer left no blank inside it.

    Nothing joins across what was struck out.
    """
    words, glued = text.words, text.glued
    last = len(words) - 1
    for first, word in enumerate(words):
        size = len(word)
        if size > LONGEST or word == _GONE:
            continue
        if size > 1:
            yield word, first, 1, True
        if first == last or words[first + 1] == _GONE:
            continue
        run = word + words[first + 1]
        if len(run) > LONGEST:
            continue
        yield run, first, 2, glued[first + 1]
        if first + 1 == last or words[first + 2] == _GONE:
            continue
        run += words[first + 2]
        if len(run) <= LONGEST:
            yield run, first, 3, glued[first + 1] and glued[first + 2]


def joined(text: Text) -> list[Token]:
    """List every run of one to three adjacent words as a token (see `runs`)."""
    return [Token(run, first, size, whole, soft(run)) for run, first, size, whole in runs(text)]


def soft(run: str) -> bool:
    """Say whether a run could just as well be a date or a bank code."""
    return looks_like_date(run) or looks_like_bank_code(run)


def written_together(text: Text, first: int) -> tuple[str, int]:
    """Return the word at a place with up to two words that the writer joined to it by a dash, dot or slash, and how many they are."""
    last = first + 1
    while last < min(first + 3, len(text.words)) and text.glued[last]:
        last += 1
    return "".join(text.words[first:last]), last - first


def digit_windows(token: str, lengths: Sequence[int]) -> list[str]:
    """List the windows of at least six digits inside the unbroken digit runs of a token, for the given lengths."""
    windows = []
    for run in re.findall(r"[0-9]{7,40}", token):
        for length in lengths:
            windows += [run[i : i + length] for i in range(len(run) - length + 1) if length < len(token)]
    return windows


def looks_like_date(token: str) -> bool:
    """Say whether eight digits could be a day of these decades, year first or day first."""
    if len(token) != 8 or not token.isdigit():
        return False
    orders = ((token[:4], token[4:6], token[6:]), (token[4:], token[2:4], token[:2]))
    return any(1980 <= int(y) <= 2099 and 1 <= int(m) <= 12 and 1 <= int(d) <= 31 for y, m, d in orders)


def looks_like_bank_code(token: str) -> bool:
    """Say whether a token has the shape of a BIC."""
    return len(token) in (8, 11) and bool(_BANK_CODE.fullmatch(token))


def valid_mod_97(squeezed: str) -> bool:
    """Check an IBAN or RF reference: the first four characters last, letters as numbers, rest 1 modulo 97 (DV-13, DV-14)."""
    turned = squeezed[4:] + squeezed[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _lift_reference(match: re.Match[str], found: list[str]) -> str:
    """Take the longest valid RF reference out of a stretch of text and leave the rest."""
    stretch = match[0]
    for end in range(len(stretch), 4, -1):
        squeezed = stretch[:end].replace(" ", "")
        if 5 <= len(squeezed) <= 25 and stretch[end - 1] != " " and valid_mod_97(squeezed):
            found.append(squeezed)
            return _STRUCK + stretch[end:]
    return stretch


def _strike_iban(match: re.Match[str]) -> str:
    stretch = match[0]
    for end in range(len(stretch), 14, -1):
        squeezed = stretch[:end].replace(" ", "")
        if 15 <= len(squeezed) <= 34 and stretch[end - 1] != " " and valid_mod_97(squeezed):
            return _STRUCK + stretch[end:]
    return stretch


def _strike_date(match: re.Match[str], day: int, month: int) -> str:
    possible = (1 <= day <= 31 and 1 <= month <= 12) or (1 <= month <= 31 and 1 <= day <= 12)
    return _STRUCK if possible else match[0]


@lru_cache(maxsize=256)
def _exponent(currency: str) -> int:
    return ISO.exponent(currency) if ISO.known(currency) else 2


def _may_hold_an_amount(body: str, amount: int, currency: str) -> bool:
    """Say whether anything in a text could be struck out as an amount: decimals, grouping, a currency, the amount itself."""
    digits = str(amount)
    exponent = _exponent(currency)
    whole = digits[: len(digits) - exponent] if digits.endswith("0" * exponent) else digits
    return whole in body or digits in body or currency in body or bool(_DECIMALS.search(body))


def _strike_amount(match: re.Match[str], amount: int, currency: str) -> str:
    """Strike out a number that is the amount of the payment, or plainly an amount: with a currency, or grouped and with decimals."""
    before, whole, decimals, after = match[1], match[2], match[3], (match[4] or "").strip()
    digits = re.sub(r"[^0-9]", "", whole)
    exponent = _exponent(currency)
    grouped = digits != whole
    same = (digits + (decimals or "").ljust(exponent, "0")).lstrip("0") == str(amount) or (
        grouped and not decimals and digits == str(amount)
    )
    named = before == currency or (decimals is not None and (after == currency or (before is not None and ISO.known(before))))
    if same or named or (grouped and decimals):
        return f"{before or ''}{_STRUCK}"
    return match[0]
