"""A share of a split as people write it: `ITEM=CASH+DISCOUNT,deduction=AMOUNT:CODE,write-off=AMOUNT:CODE,override=WHY`."""

from __future__ import annotations

import re
from decimal import Decimal

from arwork.errors import InputError
from arwork.matching.split import ON_ACCOUNT, UNAPPLIED, Split
from arwork.money import Units

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_SPLIT = re.compile(
    rf"(?P<item>[^=]+)=(?P<cash>-?{_NUMBER})(?:\+(?P<plus>{_NUMBER}))?(?P<more>(?:,(?:discount|deduction|write-off)=-?{_NUMBER}(?::[A-Z]{{2}})?)*)"
    r"(?:,override=(?P<why>.+))?",
    re.DOTALL,
)
_HOW = "Write for example 1000:0090000123:2026:001=928.00+19.00,deduction=50.00:PR,write-off=3.00:SD (cash+discount, then the rest)."


def read_split(text: str, currency: str, units: Units) -> Split:
    """Read one share of a split, amounts in major units; InputError says how it is written.

    `ON-ACCOUNT=60.00` and `UNAPPLIED=11.00` stand for no item and hold cash only.
    """
    found = _SPLIT.fullmatch(text)
    if not found:
        raise InputError(f"{text!r} is not ITEM=AMOUNT", cure=_HOW)
    parts = {name: (Decimal(0), "") for name in ("discount", "deduction", "write-off")}
    for word in found["more"].split(",")[1:]:
        name, _, rest = word.partition("=")
        amount, _, code = rest.partition(":")
        if parts[name] != (Decimal(0), "") or (name == "discount" and (code or found["plus"])):
            raise InputError(f"{text!r} gives the {name} twice or with a code it does not have", cure=_HOW)
        parts[name] = (Decimal(amount), code)
    if found["item"] in (ON_ACCOUNT, UNAPPLIED) and (found["plus"] or found["more"] or found["why"]):
        raise InputError(f"{text!r}: {found['item']} is cash only", cure=f"Write {found['item']}=60.00.")
    minor = {name: _minor(units, amount, currency) for name, (amount, _) in parts.items()}
    plus = _minor(units, Decimal(found["plus"]), currency) if found["plus"] else minor["discount"]
    return Split(
        found["item"], _minor(units, Decimal(found["cash"]), currency), plus, minor["deduction"], parts["deduction"][1],
        minor["write-off"], parts["write-off"][1], found["why"] or "",
    )  # fmt: skip


def _minor(units: Units, amount: Decimal, currency: str) -> int:
    try:
        return units.minor(amount, currency)
    except InputError as refused:
        raise InputError(refused.what, cure="Write the amount with the decimals of the currency.") from None
