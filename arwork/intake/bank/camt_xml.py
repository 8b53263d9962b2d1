"""Reading elements of a camt file: texts, amounts, days; found by local name, so that every version and dialect reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from arwork.dates import iso_date
from arwork.errors import InputError, place
from arwork.intake.bank.amounts import minor_units, xml_amount
from arwork.money import Units

Raw = Any
"""An lxml element; lxml ships no types."""

CURE = "Fetch the file again from the bank"
_NOTHING = ("", "NOTPROVIDED", "NONREF", "NOT PROVIDED", "NOTAVAILABLE", "NOT AVAILABLE")


@dataclass(frozen=True)
class Context:
    """Where an entry stands: file, path of the entry, our account, the decimals of currencies, and the day of the report."""

    file: str
    path: str
    account: str
    units: Units
    report_day: date | None = None

    def where(self, element: str = "", value: object = None) -> str:
        """Name the place of an element of the entry for a message."""
        return place(self.file, self.path + ("/" + element if element else ""), value=value)


class Element:
    """What an element of the file says: its text, its currency, the elements in it by local name."""

    __slots__ = ("currency", "inside", "text")

    def __init__(self, raw: Raw) -> None:
        self.text = str(raw.text or "").strip()
        self.currency = str(raw.get("Ccy") or "").strip()
        self.inside: dict[str, list[Element]] = {}
        for kid in raw:
            self.inside.setdefault(str(kid.tag).rpartition("}")[2], []).append(Element(kid))


def kids(element: Element | None, path: str) -> list[Element]:
    """Find elements below one by local names, `NtryDtls/TxDtls`, whatever their namespace."""
    if element is None:
        return []
    found = [element]
    for step in _steps(path):
        found = found[0].inside.get(step, []) if len(found) == 1 else [kid for above in found for kid in above.inside.get(step, ())]
        if not found:
            return []
    return found


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


def text(element: Element | None, path: str) -> str:
    """Give the first text at a path, without blanks around it, or ""; an element that holds elements has no text."""
    for found in kids(element, path):
        if found.text and not found.inside:
            return found.text
    return ""


def amount_at(found: Element, path: str, context: Context) -> tuple[int, str]:
    """Read the amount and the currency of an element; InputError, naming its path, when it is not written exactly."""
    written, currency = found.text, found.currency
    if found.inside:
        raise InputError("an amount holds other elements", where=context.where(path), cure=CURE)
    where = context.where(path, written)
    if not context.units.known(currency):
        raise InputError(f"unknown currency {currency!r}", where=where, cure=CURE)
    return minor_units(xml_amount(written), written, currency, context.units, where), currency


def amount_of(element: Element | None, path: str, context: Context) -> tuple[int, str] | None:
    """Read an amount and its currency at a path; None when absent, InputError when it is not written exactly."""
    found = kids(element, path)
    return amount_at(found[0], path, context) if found else None


def signed(element: Element, amount: int, context: Context) -> int:
    """Give an amount the sign of its CdtDbtInd: CRDT is money in."""
    mark = text(element, "CdtDbtInd")
    if mark not in ("CRDT", "DBIT"):
        raise InputError("neither credit nor debit", where=context.where("CdtDbtInd", mark), cure=CURE)
    return amount if mark == "CRDT" else -amount


def day_of(element: Element | None, path: str, context: Context) -> date | None:
    """Read the day of a date choice (Dt or DtTm) as the bank writes it; an instant is never moved to another zone."""
    written = text(element, path + "/Dt") or text(element, path + "/DtTm")
    if not written:
        return None
    try:
        return iso_date(written[:10])
    except InputError as refused:
        raise InputError(refused.what, where=context.where(path, written), cure=CURE) from None


def told(element: Element | None, path: str, context: Context) -> tuple[int, str] | None:
    """Read an amount that only informs; one that cannot be kept exactly is left out instead of refusing the file."""
    try:
        return amount_of(element, path, context)
    except InputError:
        return None


def reference(written: str) -> str:
    """Give a reference, or "" where the bank writes that there is none."""
    return "" if written.upper() in _NOTHING else written
