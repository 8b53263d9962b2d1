"""Why a payer took something off: reason codes of the adjustment matrix, their X12 codes, and who must answer (CO-70, CO-71, MP-40)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TypeAlias

import pandas as pd

UNEXPLAINED, UNEARNED, WITHHELD, CHARGE, EXCHANGE, TAX, FREIGHT = "UN", "UD", "WT", "BC", "FX", "TX", "FR"
"""Codes that the rules give themselves."""
_OURS = frozenset(
    ("PR", "AL", "VB", "QT", "NR", "DM", "LS", "LD", "QL", "WP", "RT", "RC", "DB", "CN", "TX", "FR", "PC")
)  # fmt: skip
CREDITED = (*sorted(_OURS), "ED")
"""Reasons that a credit memo grants, by CO-70: those that allege an error of ours, and earned discounts."""
_QUIET = frozenset({UNEARNED, "SD", CHARGE, EXCHANGE, WITHHELD})
_OWNERS: Mapping[str, str] = {
    "PR": "PRICING", "AL": "SALES", "VB": "SALES", "QT": "LOGISTICS", "NR": "LOGISTICS", "DM": "LOGISTICS", "LS": "LOGISTICS",
    "LD": "LOGISTICS", "QL": "QUALITY", "WP": "LOGISTICS", "RT": "LOGISTICS", "RC": "QUALITY", "DB": "BILLING", "CN": "BILLING",
    "TX": "TAX", "WT": "TAX", "FR": "LOGISTICS", "PC": "LOGISTICS",
}  # fmt: skip
_TO_X12: Mapping[str, str] = {
    "SD": "CS", "ED": "76", "UD": "24", "PR": "01", "AL": "02", "VB": "57", "QT": "06", "NR": "59", "DM": "04", "LS": "42", "LD": "41",
    "QL": "05", "WP": "07", "RT": "72", "RC": "15", "DB": "19", "CN": "26", "TX": "55", "WT": "E3", "FR": "54", "PC": "10", "BC": "48",
    "FX": "33", "MD": "44", "UN": "D3",
}  # fmt: skip
_FROM_X12: Mapping[str, str] = {
    **{x12: code for code, x12 in _TO_X12.items()}, "A8": "AL", "56": "AL", "71": "AL", "D5": "VB", "B2": "VB", "A4": "NR", "99": "LD",
    "F1": "QL", "08": "WP", "A2": "WP", "11": "RT", "12": "RT", "18": "CN", "46": "FR", "A9": "MD", "73": "MD", "B6": "UD", "L7": "SD",
}  # fmt: skip
Meanings: TypeAlias = Mapping[tuple[str, str], str]
"""What customers' own reasons mean, by customer (blank for all) and words (T29)."""
DEDUCTIONS = tuple(sorted(set(_TO_X12) - {"SD", "ED"}))
"""Reason codes of a deduction that stays owed (CO-70)."""
_MAY_GO_ON = 7  # five letters between blanks
_CODED = re.compile(r"(?:code )?([A-Z0-9]{2})(?: .*|$)")


def x12_of(code: str) -> str:
    """Return the X12 code (element 426) of a reason code; blank where the matrix has none (CO-70)."""
    return _TO_X12.get(code, "")


def owner_of(code: str) -> str:
    """Return the function that must answer for a reason, by CO-70; AR for those that allege nothing against us."""
    return _OWNERS.get(code, "AR")


def opens_dispute(code: str, amount: int, threshold: int) -> bool:
    """Say whether a residual opens a dispute: it alleges an error of ours, or is large; some reasons never do (MP-40).

    `amount` and `threshold` are minor units of one currency.
    """
    return code not in _QUIET and (code in _OURS or abs(amount) >= threshold)


def mapped(reason: str, words: Mapping[str, tuple[str, ...]], meant: Meanings | None = None, customer: str = "") -> str:
    """Return the reason code that a payer's own words or code mean; blank where they mean none or several (CO-71).

    What `meant` says of the customer's own words counts first, then what it says for all, then `words`, the policy's words for each
    code. Several reasons, parted by `;`, must all mean the same.
    """
    found = {_meant(part, meant or {}, customer) or _one(part, words) for one in reason.split(";") if (part := one.strip())}
    return next(iter(found)) if len(found) == 1 else ""


def read_meanings(reason_map: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Read `reason_map` (T29): the code by customer, blank for all, and words; codes outside the matrix mean nothing."""
    rows = reason_map.loc[reason_map["reason_code"].isin(DEDUCTIONS), ["customer_id", "said", "reason_code"]]
    return {(customer, _squeezed(said)): code for customer, said, code in rows.itertuples(index=False, name=None)}


def _meant(reason: str, meant: Meanings, customer: str) -> str:
    said = _squeezed(reason) if meant else ""
    return meant.get((customer, said)) or meant.get(("", said), "")


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())


def _one(reason: str, words: Mapping[str, tuple[str, ...]]) -> str:
    coded = _CODED.fullmatch(reason)
    if coded and coded[1] in _FROM_X12 and (len(reason) > len(coded[1]) or coded[1] not in words):
        return _FROM_X12[coded[1]]
    if reason.upper() in words:
        return reason.upper()
    plain = _plain(reason)
    hits = {code for code, known in words.items() if any(_within(_plain(word), plain) for word in known)}
    return next(iter(hits)) if len(hits) == 1 else ""


def _within(word: str, text: str) -> bool:
    """Say whether a word stands in a text; a longer one may go on there (`mangel`, `mangelhaft`)."""
    return (word.rstrip() if len(word) >= _MAY_GO_ON else word) in text


def _plain(text: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))
    return f" {' '.join(re.findall(r'[a-z0-9ß]+', bare))} "
