"""Amounts as banks write them, by strict grammar, to whole minor units (CV-02): never a float, never a guess."""

from __future__ import annotations

import re
from decimal import Decimal

from arwork.errors import InputError
from arwork.money import Units

_XML = re.compile(r"[0-9]{1,18}(\.[0-9]{1,17})?")
_COMMA = re.compile(r"[0-9]{1,18},[0-9]{0,4}")
_POINT = re.compile(r"[0-9]{1,18}\.[0-9]{1,4}")
_GROUPED_COMMA = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+,[0-9]{0,4}")
_GROUPED_POINT = re.compile(r"[0-9]{1,3}(,[0-9]{3})+\.[0-9]{1,4}")


def xml_amount(text: str) -> Decimal | None:
    """Read a camt amount: ASCII digits, at most one point, no sign, no exponent; None when it is written otherwise."""
    return Decimal(text) if _XML.fullmatch(text) else None


def swift_amount(text: str) -> Decimal | None:
    """Read an MT amount; None when it is written otherwise or could be read in two ways.

    SWIFT writes `1234,56` and `1234,`. Dialects with a point are taken only where one reading is left: `1234.56`,
    `1.234,56`, `1,234.56`. `1.234` (thousand, or one and a bit) and `1234` (no decimal mark) are not.
    """
    if _COMMA.fullmatch(text):
        return Decimal(text.replace(",", ".") + "0")
    if _GROUPED_COMMA.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", ".") + "0")
    if _GROUPED_POINT.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if _POINT.fullmatch(text) and len(text.partition(".")[2]) != 3:
        return Decimal(text)
    return None


def minor_units(amount: Decimal | None, text: str, currency: str, units: Units, where: str) -> int:
    """Turn an amount that was read into minor units; InputError names the place when it cannot be kept exactly."""
    if amount is None:
        raise InputError(
            f"{text!r} cannot be read as one amount",
            where=where,
            cure="Fetch the file again from the bank; do not edit it.",
        )
    try:
        return units.minor(amount, currency)
    except InputError as refused:
        raise InputError(refused.what, where=where, cure=refused.cure) from None
