"""Names of companies made comparable: case, accents, legal forms and abbreviations taken out (step B of 2.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import pandas as pd
from rapidfuzz.distance import Levenshtein

from arwork.matching.name_words import ANYWHERE_FORMS, HEAD_FORMS, ON_BEHALF, SECOND_NAME, SPELLED_FORMS, TAIL_FORMS

SECOND = "TA"
"""Stands in a cleaned name before a second name ("trading as")."""
CARE = "CAREOF"
"""Stands in a cleaned name before the name of whom it is in care of."""
LONGEST = 300
"""Characters of a name that are read; banks deliver 140 at most, and a longer text is no name."""
_LETTERS = str.maketrans(
    {"ß": "SS", "ẞ": "SS", "Ł": "L", "Ø": "O", "Æ": "AE", "Œ": "OE", "Đ": "D", "Ð": "D", "Þ": "TH", "İ": "I", "ı": "I", "Ħ": "H"}
)
_UMLAUTS = re.compile(r"([AOU])E")
_DOTTED = re.compile(r"\b(?:[^\W\d_][./]\s?){1,6}(?:[^\W\d_]\b)?")
_RUN = re.compile(r"\b[A-Z](?: [A-Z]\b)+")
_WORDS = re.compile(r"[^\W_]+")
_QUOTES = re.compile(r"['’`´]")
_LINKS = re.compile(r"[&+]")
_MARKS = re.compile(f"(?P<second>{SECOND_NAME})|(?P<care>{ON_BEHALF})")
_FORMS = re.compile(r"\b(?:" + "|".join(sorted(SPELLED_FORMS, key=len, reverse=True)) + r")\b")
_JOINING = frozenset("AND UND ET Y &".split())
_SPELLED = {
    "INTL": "INTERNATIONAL", "INT": "INTERNATIONAL", "INTNL": "INTERNATIONAL", "MFG": "MANUFACTURING", "BROS": "BROTHERS",
    "GES": "GESELLSCHAFT", "DEUTSCHL": "DEUTSCHLAND",
    "MGMT": "MANAGEMENT", "SVCS": "SERVICES", "SVC": "SERVICE", "TECHN": "TECHNOLOGIES", "TECHS": "TECHNOLOGIES", "TECH": "TECHNOLOGIES",
    "IND": "INDUSTRIES", "ASSOC": "ASSOCIATES", "DIST": "DISTRIBUTION", "ENG": "ENGINEERING", "LAB": "LABORATORIES", "LABS": "LABORATORIES",
    "SYS": "SYSTEMS", "GRP": "GROUP", "HLDG": "HOLDING", "HLDGS": "HOLDINGS", "NATL": "NATIONAL", "CTR": "CENTER", "SOC": "SOCIETE",
}  # fmt: skip


def plain(name: str) -> str:
    """Write a name in upper-case without accents; letters of other scripts stay what they are."""
    text = name[:LONGEST].upper()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text.translate(_LETTERS)).upper()
    return "".join(c for c in text if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")


def clean(name: str) -> str:
    """Write a name for comparison: upper-case, no accents, no punctuation, no legal form, common abbreviations spelt out.

    Letters of other scripts stay what they are: a Cyrillic letter is never taken for a Latin one.
    """
    text = _QUOTES.sub("", plain(name))
    if "/" in text or "." in text or " A" in text or "FOR" in text or "VOR" in text:
        text = _MARKS.sub(lambda m: f" {SECOND} " if m["second"] else f" {CARE} ", text)
        text = _DOTTED.sub(lambda m: re.sub(r"[./\s]", "", m[0]) + " ", text)
    # A sign is kept as a word of its own until initials are joined: "J & I" is not "JI".
    text = " ".join(_WORDS.findall(_LINKS.sub(" AND ", text)))
    text = _FORMS.sub(lambda m: SPELLED_FORMS[m[0]], _RUN.sub(lambda m: m[0].replace(" ", ""), text))
    return " ".join(_UMLAUTS.sub(r"\1", _SPELLED.get(word, word)) for word in _core(text.split()))


def _core(words: list[str]) -> list[str]:
    """Take legal forms off both ends of each name, those that are no name anywhere also from the middle, and the words that join."""
    kept: list[str] = []
    start = 0
    for place, word in enumerate([*words, SECOND]):
        if word in (SECOND, CARE) or place == len(words):
            part = _stripped(words[start:place])
            kept += [*part, word] if part and place < len(words) else part
            start = place + 1
    return _RUN.sub(lambda m: m[0].replace(" ", ""), " ".join(kept)).split()


def _stripped(words: list[str]) -> list[str]:
    """Take the legal forms off one name; a name of nothing else stays."""
    end = len(words)
    while end and (words[end - 1] in TAIL_FORMS or words[end - 1] in _JOINING):
        end -= 1
    kept = []
    for place, word in enumerate(words[:end]):
        before = words[place - 1] if place else ""
        if place and (word in ANYWHERE_FORMS or (word == "CO" and before in _JOINING) or (before == "CO" and word in TAIL_FORMS)):
            continue
        kept.append(word)
    while kept and kept[0] in HEAD_FORMS:
        kept = kept[1:]
    return [word for word in kept if word not in _JOINING and word != "THE"] or words


def similarity(left: str, right: str) -> float:
    """Compare two cleaned names: 1 less the Levenshtein distance over the longer length; a blank is like nothing."""
    return Levenshtein.normalized_similarity(left, right) if left and right else 0.0


def spellings(name: str, alias_names: str) -> list[str]:
    """List the cleaned spellings of a customer: its name and each alias."""
    return sorted({spelling for spelling in map(clean, written(name, alias_names)) if spelling})


def written(name: str, alias_names: str) -> list[str]:
    """List the spellings of a customer as they stand in the file: its name and each alias (`customers`, T02)."""
    return [part.strip() for part in (name, *alias_names.split("|")) if part.strip()]


def directory(customers: pd.DataFrame) -> dict[tuple[str, str], dict[str, frozenset[str]]]:
    """Return for each ledger and company the cleaned spellings, each with the customers that bear it (`customers`, T02)."""
    return _borne(customers, raw=False)


def as_written(customers: pd.DataFrame) -> Mapping[tuple[str, str], Mapping[str, frozenset[str]]]:
    """Return for each ledger and company the spellings as written, each with the customers that bear it (`customers`, T02)."""
    return _borne(customers, raw=True)


def _borne(customers: pd.DataFrame, *, raw: bool) -> dict[tuple[str, str], dict[str, frozenset[str]]]:
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    columns = ["ledger_id", "company_code", "customer_id", "name", "alias_names"]
    for ledger, company, customer, name, alias in customers[columns].itertuples(index=False, name=None):
        book = found.setdefault((ledger, company), {})
        for spelling in written(name, alias) if raw else spellings(name, alias):
            book.setdefault(spelling, set()).add(customer)
    return {book: {spelling: frozenset(who) for spelling, who in names.items()} for book, names in found.items()}
