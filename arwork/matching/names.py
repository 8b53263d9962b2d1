"""Names of companies made comparable: case, accents, legal forms and abbreviations taken out (step B of 2.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from html import unescape

import pandas as pd
from rapidfuzz.distance import Levenshtein

from arwork.matching.columns import rows
from arwork.matching.name_words import ANYWHERE_FORMS, HEAD_FORMS, ON_BEHALF, SAME_FORM, SECOND_NAME, SPELLED_FORMS, TAIL_FORMS

SECOND = "TA"
"""Stands in a cleaned name before a second name ("trading as")."""
CARE = "CAREOF"
"""Stands in a cleaned name before the name of whom it is in care of."""
LONGEST = 300
"""Characters of a name that are read; banks deliver 140 at most, and a longer text is no name."""
_LETTERS = str.maketrans(
    {"ß": "SS", "ẞ": "SS", "Ł": "L", "Ø": "O", "Æ": "AE", "Œ": "OE", "Đ": "D", "Ð": "D", "Þ": "TH", "İ": "I", "ı": "I", "Ħ": "H"}
)
_DOTTED = re.compile(r"\b(?:[^\W\d_][./]\s?){1,6}(?:[^\W\d_]\b)?")
_RUN = re.compile(r"\b[A-Z](?: (?:AND )?[A-Z]\b)+")
_ESCAPED = re.compile(r"\\x([0-9A-Fa-f]{2})")
_WORDS = re.compile(r"[^\W_]+")
_QUOTES = re.compile(r"['’`´]")
_MARKS = re.compile(f"(?P<second>{SECOND_NAME})|(?P<care>{ON_BEHALF})")
_MAY_BE_MARKED = re.compile(r"[/.]| AS | A K A|DBA|AKA|FORMERLY|VORMALS|BEHALF|AUFTRAG|FAO")
_FORMS = re.compile(r"\b(?:" + "|".join(sorted(SPELLED_FORMS, key=len, reverse=True)) + r")\b")
_FORM_STARTS = frozenset(form.split()[0] for form in SPELLED_FORMS)
_QUOTE_SIGNS = frozenset("'’`´")
_JOINING = frozenset(("AND", "UND", "ET", "Y"))
_NO_CORE = _JOINING | {"THE"}
_SPELLED = {
    "INTL": "INTERNATIONAL", "INT": "INTERNATIONAL", "INTNL": "INTERNATIONAL", "MFG": "MANUFACTURING", "BROS": "BROTHERS",
    "GES": "GESELLSCHAFT", "DEUTSCHL": "DEUTSCHLAND",
    "MGMT": "MANAGEMENT", "SVCS": "SERVICES", "SVC": "SERVICE", "TECHN": "TECHNOLOGIES", "TECHS": "TECHNOLOGIES", "TECH": "TECHNOLOGIES",
    "IND": "INDUSTRIES", "ASSOC": "ASSOCIATES", "DIST": "DISTRIBUTION", "ENG": "ENGINEERING", "LAB": "LABORATORIES", "LABS": "LABORATORIES",
    "SYS": "SYSTEMS", "GRP": "GROUP", "HLDG": "HOLDING", "HLDGS": "HOLDINGS", "NATL": "NATIONAL", "CTR": "CENTER", "SOC": "SOCIETE",
}  # fmt: skip


def plain(name: str) -> str:
    """Write a name in upper-case without accents; letters of other scripts stay what they are."""
    text = name[:LONGEST]
    if "\\x" in text:  # bytes that an export wrote out
        text = _ESCAPED.sub(lambda m: bytes.fromhex(m[1]).decode("cp1252", "ignore"), text)
    if "&" in text and ";" in text:
        text = unescape(text)
    if text.isascii() and text.isprintable():
        return text.upper()
    text = unicodedata.normalize("NFKD", " ".join(text.split()).upper().translate(_LETTERS)).upper()
    return "".join(c for c in text if not unicodedata.combining(c) and unicodedata.category(c) not in ("Cf", "Cc"))


def clean(name: str) -> str:
    """Write a name for comparison: upper-case, no accents, no punctuation, no legal form, common abbreviations spelt out.

    Letters of other scripts stay what they are: a Cyrillic letter is never taken for a Latin one.
    """
    return cleaned(name)[0]


def words_and_form(name: str) -> tuple[list[str], str]:
    """Return the words of a name written for comparison, and its legal form in one spelling ("" if it states none)."""
    words, form = cleaned(name)
    return words.split(), form


@lru_cache(maxsize=1 << 19)
def cleaned(name: str) -> tuple[str, str]:
    """Return the same, the words joined by blanks; a name is read once, for files and payments bear the same ones again and again."""
    text = plain(name)
    if not _QUOTE_SIGNS.isdisjoint(text):
        text = _QUOTES.sub("", text)
    if _MAY_BE_MARKED.search(text):
        text = _MARKS.sub(lambda m: f" {SECOND} " if m["second"] else f" {CARE} ", text)
        text = _DOTTED.sub(_undotted, text)
    if "&" in text or "+" in text:
        text = text.replace("&", " AND ").replace("+", " AND ")
    words = _WORDS.findall(text)
    letters = 1 in map(len, words)  # initials are words of one letter; no other word becomes one
    if letters or not _FORM_STARTS.isdisjoint(words):
        text = " ".join(words)
        words = _FORMS.sub(_spelled_form, _initials(text) if letters else text).split()
    if SECOND in words or CARE in words:
        kept, form = _parted(words)
    else:
        kept, form = _stripped(words)
    spelt = " ".join([_SPELLED.get(word, word) for word in (_initials(" ".join(kept)).split() if letters else kept)])
    return spelt.replace("AE", "A").replace("OE", "O").replace("UE", "U"), form


def _undotted(match: re.Match[str]) -> str:
    return re.sub(r"[./\s]", "", match[0]) + " "


def _spelled_form(match: re.Match[str]) -> str:
    return SPELLED_FORMS[match[0]]


def _parted(words: list[str]) -> tuple[list[str], str]:
    """Take the legal forms off each part of a name that holds several; the first form counts."""
    kept: list[str] = []
    form = ""
    start = 0
    for place, word in enumerate([*words, SECOND]):
        if word in (SECOND, CARE) or place == len(words):
            part, own = _stripped(words[start:place])
            form = form or own
            kept += [*part, word] if part and place < len(words) else part
            start = place + 1
    return kept, form


def _initials(text: str) -> str:
    """Write initials that stand apart as one word: "J. F." and "J & F" as "JF"."""
    return _RUN.sub(lambda m: m[0].replace(" AND ", "").replace(" ", ""), text)


def _stripped(words: list[str]) -> tuple[list[str], str]:
    """Take the legal forms off one name: off both ends, those that are no name anywhere also from the middle; nothing else stays."""
    end = len(words)
    while end and (words[end - 1] in TAIL_FORMS or words[end - 1] in _JOINING):
        end -= 1
    kept, forms = words[:end], []
    if "CO" in kept or not ANYWHERE_FORMS.isdisjoint(kept):
        kept = []
        for place, word in enumerate(words[:end]):
            before = words[place - 1] if place else ""
            if place and (word in ANYWHERE_FORMS or (word == "CO" and before in _JOINING) or (before == "CO" and word in TAIL_FORMS)):
                forms.append(word)
            else:
                kept.append(word)
    while kept and kept[0] in HEAD_FORMS:
        forms.append(kept.pop(0))
    core = kept if _NO_CORE.isdisjoint(kept) else [word for word in kept if word not in _NO_CORE]
    if not core:
        return words, ""
    own = [SAME_FORM.get(word, word) for word in (*forms, *words[end:]) if word not in _JOINING]
    return core, own[0] if len(own) == 1 else " ".join(dict.fromkeys([word for word in own if word]))


def similarity(left: str, right: str) -> float:
    """Compare two cleaned names: 1 less the Levenshtein distance over the longer length; a blank is like nothing."""
    return Levenshtein.normalized_similarity(left, right) if left and right else 0.0


def spellings(name: str, alias_names: str) -> list[str]:
    """List the cleaned spellings of a customer: its name and each alias."""
    return sorted({spelling for spelling in map(clean, written(name, alias_names)) if spelling})


def written(name: str, alias_names: str) -> list[str]:
    """List the spellings of a customer as they stand in the file: its name and each alias (`customers`, T02)."""
    return [part.strip() for part in (name, *(alias_names.split("|") if alias_names else ())) if part.strip()]


Formed = Mapping[str, tuple[str, str]]
"""Spellings as written, each cleaned and with its legal form: what `words_and_form` says, the words joined by blanks."""


def formed(customers: pd.DataFrame) -> Formed:
    """Clean every spelling of the customer file once (`customers`, T02)."""
    found: dict[str, tuple[str, str]] = {}
    for name, alias in rows(customers, ["name", "alias_names"]):
        for spelling in written(name, alias):
            if spelling not in found:
                found[spelling] = cleaned(spelling)
    return found


def directory(customers: pd.DataFrame, known: Formed | None = None) -> dict[tuple[str, str], dict[str, frozenset[str]]]:
    """Return for each ledger and company the cleaned spellings, each with the customers that bear it (`customers`, T02).

    `known` is what `formed` returned for the same customers.
    """
    return _borne(customers, formed(customers) if known is None else known)


def as_written(customers: pd.DataFrame) -> Mapping[tuple[str, str], Mapping[str, frozenset[str]]]:
    """Return for each ledger and company the spellings as written, each with the customers that bear it (`customers`, T02)."""
    return _borne(customers, None)


def _borne(customers: pd.DataFrame, known: Formed | None) -> dict[tuple[str, str], dict[str, frozenset[str]]]:
    found: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
    columns = ["ledger_id", "company_code", "customer_id", "name", "alias_names"]
    for ledger, company, customer, name, alias in rows(customers, columns):
        book = found.setdefault((ledger, company), {})
        for spelling in written(name, alias):
            shown = spelling if known is None else known[spelling][0]
            if shown:
                before = book.get(shown)
                book[shown] = frozenset((customer,)) if before is None else before | {customer}
    return found
