"""Words out of a payment text: what may be a document number, after everything that cannot be one is struck out (step C of 2.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from string import ascii_uppercase

from arwork.matching.lean import lean
from arwork.money import ISO

LONGEST = 40
"""No document number is longer than this many letters and digits."""
READ_MOST = 50_000
"""So many characters of a payment text are read: over two thousand documents; what is longer is marked, never trusted alone."""
_WORD = re.compile(r"([A-Z0-9]+|\x01)")
GONE = "\x01"
"""Stands as a word where something was struck out."""
_STRUCK = f" {GONE} "
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_RF = re.compile(r"\bRF[0-9]{2}(?: ?[A-Z0-9]{1,4}){1,6}\b")
_DAY_FIRST = re.compile(r"(?<![A-Z0-9./-])([0-9]{1,2})[./-]([0-9]{1,2})[./-]((?:19|20)?[0-9]{2})(?![A-Z0-9]|[./-][A-Z0-9])")
_YEAR_FIRST = re.compile(r"(?<![A-Z0-9./-])((?:19|20)[0-9]{2})[./-]([0-9]{1,2})[./-]([0-9]{1,2})(?![A-Z0-9]|[./-][A-Z0-9])")
_PHONE = re.compile(r"(?:(?<![A-Z0-9])\+[0-9]|\b(?:TEL|PHONE|FAX|FON|MOBILE)\b[ .:]{0,3}[0-9+(])[0-9 ()/.-]{4,24}")
_NUMBER = re.compile(
    r"(?<![A-Z0-9.,])(?:([A-Z]{3}) ?)?([0-9]{1,3}(?:[.,'][0-9]{3})+|[0-9]{1,12})(?:[.,]([0-9]{2,3}))?(?![A-Z0-9]|[.,][0-9])(?=( ?[A-Z]{3}\b)?)"
)
_DECIMALS = re.compile("[0-9][.,'][0-9]{2,3}(?![0-9])")
_BREAK = re.compile(r"[\s;,]")
_KINDS = bytes.maketrans(ascii_uppercase.encode() + b"0123456789/'", b"A" * 26 + b"0" * 10 + b"-,")
"""Writes a text as kinds of characters: A a letter, 0 a digit, - what stands only inside dates, comma what stands only inside amounts."""
_APART = bytes(code if chr(code).isalnum() or code == 1 else 32 if _BREAK.match(chr(code)) else 45 for code in range(128)) + bytes(128)
"""Writes what stands between words as a blank where it parts them, else as a dash."""
_IN_WORDS, _DASH = ascii_uppercase.encode() + b"0123456789\x01", ord("-")
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
    """Split a payment text into words; strike out IBANs, dates, phone numbers and the amount of the payment (minor units).

    A pattern is asked only where the kinds of characters that it cannot do without stand in the text in a row.
    """
    body = plain(text[:READ_MOST])
    kinds = body.encode("ascii", "replace").translate(_KINDS).decode()
    found: tuple[str, ...] = ()
    if len(body) > 8:
        if "RF" in body:
            body, found = _without_references(body)
        if "AA00" in kinds:
            body = _IBAN.sub(_strike_iban, body)
        if "+" in body or "TEL" in body or "FON" in body or "FAX" in body or "PHONE" in body or "MOBILE" in body:
            body = _PHONE.sub(_STRUCK, body)
    signs = kinds.replace(".", "-")
    if "0-0-0" in signs or "0-00-0" in signs:
        body = _YEAR_FIRST.sub(_strike_year_first, _DAY_FIRST.sub(_strike_day_first, body))
    if _may_hold_an_amount(body, amount, currency) or (("0.00" in kinds or "0,00" in kinds) and _DECIMALS.search(body)):
        body = _without_amounts(body, amount, currency)
    return Text(*_split(body, clean=GONE not in text), found)


def _split(body: str, *, clean: bool) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """Return the words of a text in upper-case letters, and which of them the writer wrote together with the one before.

    In a `clean` text only we wrote the mark of what is struck out, a blank on each side.
    """
    if not (clean and body.isascii()):
        pieces = _WORD.split(body)
        return tuple(pieces[1::2]), (False, *[not _BREAK.search(gap) for gap in pieces[2:-1:2]])[: len(pieces) // 2]
    letters = body.encode()
    said = letters.translate(_APART).decode()
    if "-" not in said:
        words = said.split()
        return tuple(words), (False,) * len(words)
    words = said.replace("-", " ").split()
    gaps = letters.translate(_APART, _IN_WORDS)
    if len(gaps) != len(words) - 1:  # more than one sign a gap, or something outside
        gaps = b" ".join(letters.translate(_APART).split()).translate(None, _IN_WORDS)
    if len(gaps) == len(words) - 1:
        return tuple(words), _dashes(gaps)
    glued: list[bool] = []
    for written in said.split():
        parts = len(written.replace("-", " ").split())
        glued += [False, *[True] * (parts - 1)][:parts]
    return tuple(words), tuple(glued)


@lru_cache(maxsize=4096)
def _dashes(gaps: bytes) -> tuple[bool, ...]:
    return (False, *[gap == _DASH for gap in gaps])


def runs(text: Text) -> Iterator[tuple[str, int, int, bool]]:
    """Yield every run of one to three adjacent words: squeezed, first place, size, and whether the writer left no blank inside it.

    Nothing joins across what was struck out.
    """
    words, glued = text.words, text.glued
    last = len(words) - 1
    for first, word in enumerate(words):
        size = len(word)
        if size > LONGEST or word == GONE:
            continue
        if size > 1:
            yield word, first, 1, True
        if first == last or words[first + 1] == GONE:
            continue
        run = word + words[first + 1]
        if len(run) > LONGEST:
            continue
        yield run, first, 2, glued[first + 1]
        if first + 1 == last or words[first + 2] == GONE:
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


def _without_references(body: str) -> tuple[str, tuple[str, ...]]:
    """Lift the valid RF references out of a text."""
    found: list[str] = []
    return _RF.sub(lambda m: _lift_reference(m, found), body), tuple(found)


def _without_amounts(body: str, amount: int, currency: str) -> str:
    return _NUMBER.sub(lambda m: _strike_amount(m, amount, currency), body)


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


def _strike_day_first(match: re.Match[str]) -> str:
    return _strike_date(match, int(match[1]), int(match[2]))


def _strike_year_first(match: re.Match[str]) -> str:
    return _strike_date(match, int(match[3]), int(match[2]))


def _strike_date(match: re.Match[str], day: int, month: int) -> str:
    possible = (1 <= day <= 31 and 1 <= month <= 12) or (1 <= month <= 31 and 1 <= day <= 12)
    return _STRUCK if possible else match[0]


@lru_cache(maxsize=256)
def _exponent(currency: str) -> int:
    return ISO.exponent(currency) if ISO.known(currency) else 2


def _may_hold_an_amount(body: str, amount: int, currency: str) -> bool:
    """Say whether a text holds the currency or the digits of the amount, without those of the minor unit where they are zeros."""
    digits, zeros = str(amount), "0" * _exponent(currency)
    return currency in body or digits.removesuffix(zeros) in body


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
