"""Amounts as banks write them, by strict grammar, to whole minor units (CV-02): never a float, never a guess."""

from __future__ import annotations

import re
from decimal import Decimal

from arwork.errors import InputError
from arwork.money import Units

_XML = re.compile(r"[0-9]{1,18}(\.[0-9]{1,17})?")
_COMMA = re.compile(r"[0-9]{1,18},[0-9]{0,4}|,[0-9]{1,4}")
_POINT = re.compile(r"[0-9]{1,18}\.[0-9]{1,4}")
_GROUPED_COMMA = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+,[0-9]{0,4}")
_GROUPED_POINT = re.compile(r"[0-9]{1,3}(,[0-9]{3})+\.[0-9]{1,4}")
_SIGNED = re.compile(r"([+-]?)\s*((?=[.,]?[0-9])[0-9., ]{1,40})")
_SPACED = re.compile(r"[0-9]{1,3}( [0-9]{3})+([.,][0-9]*)?")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:(?:,[0-9]{3}){2,}|(?:\.[0-9]{3}){2,})")


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
    cure = "Fetch the file again from the bank; do not edit it."
    if amount is None:
        raise InputError(f"{text!r} cannot be read as one amount", where=where, cure=cure)
    try:
        return units.minor(amount, currency)
    except InputError as refused:
        raise InputError(refused.what, where=where, cure=cure) from None


def plain_amount(text: str, decimals: int) -> Decimal | None:
    """Read an amount as programs for home banking write it (OFX, QIF), with its sign; None when it could be read in two ways.

    `1006.6`, `1006,60`, `1,006.60`, `1.006,60`, `+1 006,60` and `-80` have one reading. `1,006` has two, a thousand or
    one and a bit, unless the currency has three decimals; `decimals` is their number.
    """
    found = _SIGNED.fullmatch(text.strip().replace("\u00a0", " "))
    if found is None:
        return None
    sign, body = found[1], found[2]
    if " " in body:
        if not _SPACED.fullmatch(body):
            return None
        body = body.replace(" ", "")
    value = _unsigned(body, decimals)
    return None if value is None else -value if sign == "-" else value


def _unsigned(body: str, decimals: int) -> Decimal | None:
    """Read digits with points and commas where only one reading is left."""
    if body.isdigit():
        return Decimal(body)
    for grouped, group, mark in ((_GROUPED_POINT, ",", "."), (_GROUPED_COMMA, ".", ",")):
        if grouped.fullmatch(body):
            return Decimal(body.replace(group, "").replace(mark, ".") + "0")
    if _THOUSANDS.fullmatch(body):
        return Decimal(re.sub("[.,]", "", body))
    parts = re.fullmatch(r"([0-9]*)[.,]([0-9]*)", body)
    if parts is None:
        return None
    whole, fraction = parts[1], parts[2]
    could_be_thousand = len(fraction) == 3 and re.fullmatch(r"[1-9][0-9]{0,2}", whole) is not None
    if could_be_thousand and decimals != 3:
        return None
    return Decimal(f"{whole or '0'}.{fraction or '0'}")
