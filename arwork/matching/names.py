"""Names of companies made comparable: case, accents, legal forms and abbreviations taken out (step B of 2.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

_LETTERS = str.maketrans(
    {"ß": "SS", "ẞ": "SS", "Ł": "L", "Ø": "O", "Æ": "AE", "Œ": "OE", "Đ": "D", "Ð": "D", "Þ": "TH", "İ": "I", "ı": "I"}
)
_UMLAUTS = re.compile(r"([AOU])E")
_FORMS = (
    "GMBH MBH AG KG KGAA OHG GBR UG EK EV SE LTD LIMITED PLC LLP LP LLC INC INCORPORATED CORP CORPORATION CO COMPANY SA SAS SASU "
    "SARL EURL SPA SRL SRLS SL SLU SLP BV NV CV VOF OY OYJ AB ASA AS APS SPZOO SPK SRO ZOO DOO DD KFT ZRT NYRT BT EOOD OOD SIA UAB "
    "PTY PTE BHD SDN KK GK PVT PRIVATE LDA LTDA SCA SNC SC EIRL AD PJSC OOO ZAO THE AND UND ET Y"
)
_LEGAL = frozenset(_FORMS.split())
_SPELLED = {
    "INTL": "INTERNATIONAL", "INT": "INTERNATIONAL", "MFG": "MANUFACTURING", "BROS": "BROTHERS", "GES": "GESELLSCHAFT",
    "DEUTSCHL": "DEUTSCHLAND",
    "MGMT": "MANAGEMENT", "SVCS": "SERVICES", "SVC": "SERVICE", "TECHN": "TECHNOLOGIES", "TECHS": "TECHNOLOGIES", "TECH": "TECHNOLOGIES",
    "IND": "INDUSTRIES", "ASSOC": "ASSOCIATES", "DIST": "DISTRIBUTION", "ENG": "ENGINEERING", "LAB": "LABORATORIES", "LABS": "LABORATORIES",
    "SYS": "SYSTEMS", "GRP": "GROUP", "HLDG": "HOLDING", "HLDGS": "HOLDINGS", "NATL": "NATIONAL", "CTR": "CENTER", "SOC": "SOCIETE",
}  # fmt: skip


def clean(name: str) -> str:
    """Write a name for comparison: upper-case, no accents, no punctuation, no legal form, common abbreviations spelt out.

    Letters of other scripts stay what they are: a Cyrillic letter is never taken for a Latin one.
    """
    text = unicodedata.normalize("NFKD", name.upper().translate(_LETTERS))
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"\b(?:[A-Z0-9][./]){1,6}[A-Z0-9]?\b", lambda m: re.sub(r"[./]", "", m[0]) + " ", text)
    words = re.findall(r"[^\W_]+", re.sub(r"['’`]", "", text))
    joined = re.sub(r"\bSP Z O ?O\b|\bS R O\b|\bS P A\b|\bD O O\b|\bS A R L\b|\bB V\b|\bN V\b|\bS A\b", "SPZOO", " ".join(words))
    kept = [_SPELLED.get(word, word) for word in joined.split() if word not in _LEGAL]
    return " ".join(_UMLAUTS.sub(r"\1", word) for word in (kept or words))


def similarity(left: str, right: str) -> float:
    """Compare two cleaned names: 1 less the Levenshtein distance over the longer length; a blank is like nothing."""
    return Levenshtein.normalized_similarity(left, right) if left and right else 0.0


def spellings(name: str, alias_names: str) -> list[str]:
    """List the cleaned spellings of a customer: its name and each alias."""
    found = [clean(part) for part in (name, *alias_names.split("|"))]
    return sorted({spelling for spelling in found if spelling})


def directory(customers: pd.DataFrame) -> dict[tuple[str, str], dict[str, frozenset[str]]]:
    """Return for each ledger and company the cleaned spellings, each with the customers that bear it (`customers`, T02)."""
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    columns = ["ledger_id", "company_code", "customer_id", "name", "alias_names"]
    for ledger, company, customer, name, alias in customers[columns].itertuples(index=False, name=None):
        book = found.setdefault((ledger, company), {})
        for spelling in spellings(name, alias):
            book.setdefault(spelling, set()).add(customer)
    return {book: {spelling: frozenset(who) for spelling, who in names.items()} for book, names in found.items()}


def near(wanted: Sequence[str], known: Sequence[str], floor: float) -> list[list[tuple[float, str]]]:
    """Return for each wanted name the known names at least `floor` alike, best first; compared in blocks of similar length."""
    order = sorted(set(known), key=lambda text: (len(text), text))
    lengths = np.array([len(text) for text in order])
    result: list[list[tuple[float, str]]] = []
    for name in wanted:
        low, high = np.searchsorted(lengths, [len(name) * floor, len(name) / floor + 1e-9])
        block = order[int(low) : int(high) + 1]
        if not name or not block:
            result.append([])
            continue
        scores = cdist([name], block, scorer=Levenshtein.normalized_similarity, score_cutoff=floor)[0]
        hits = [(float(scores[i]), block[i]) for i in np.flatnonzero(scores >= np.float32(floor - 1e-6))]
        result.append(sorted((similarity(name, text), text) for _, text in hits)[::-1])
    return result
