"""What an ALLOCATE event holds: cash, discount, deduction and write-off by item, and what goes on account; its check and its rows.

`{"receipt", "currency", "items": [...], "on_account"}`, all amounts whole minor units signed like the item. An item holds `item`,
`amount` (cash), `discount`, `seen_open` (what was open when the person decided), and where they apply `deduction` with
`deduction_code` (what stays owed as a residual, by reason), `write_off` with `adjustment_code`, `discount_reason` (why a discount
that terms do not give is allowed) and `earned` (what terms gave). Of an accepted proposal it holds as well `small_diff`, `wht`,
`bank_charge`, `fx`, `deduction_split`, `item_currency` and `settled` as the rules proposed them, and the body says under `accepted`
by which strategy and in which pack. A name that is missing means 0 or blank, so old journals still replay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arwork.errors import InputError

AMOUNTS = ("discount", "seen_open", "deduction", "write_off", "small_diff", "wht", "bank_charge", "fx", "settled")
"""Amounts of an item beside its cash, in minor units."""
TEXTS = ("deduction_code", "deduction_split", "adjustment_code", "discount_reason", "item_currency")
"""Texts of an item beside its id."""
DECIDED_COLUMNS = {
    "seq": "int64", "at": "str", "by": "str", "known_by": "str", "action": "str", "receipt_id": "str", "item_id": "str",
    "amount_applied": "int64", **dict.fromkeys(AMOUNTS, "int64"), "earned": "int64", **dict.fromkeys(TEXTS, "str"), "currency": "str",
    "reason": "str",
}  # fmt: skip
"""Columns of the frame `decided`: a row an item of a decision, and one without an item for what goes on account; minor units.

`earned` is the discount that terms gave when the person decided, -1 where that was not recorded.
"""
BLANKS: Mapping[str, Any] = {**dict.fromkeys(AMOUNTS, 0), "earned": -1, **dict.fromkeys(TEXTS, ""), "known_by": ""}
"""What a name that is missing means."""


def check_allocation(body: Mapping[str, Any]) -> None:
    """Refuse the body of an ALLOCATE that could not be replayed; InputError names the item."""
    items, kept = body.get("items") or [], body.get("on_account", 0)
    if not _whole(kept) or kept < 0:
        raise InputError("what goes on account must be whole minor units, not less than nothing")
    if not body.get("currency") or not (items or kept):
        raise InputError("an allocation names its items and its currency", cure="Give at least one item with its amount.")
    named = [entry.get("item") for entry in items]
    if len(set(named)) != len(named):
        raise InputError("an allocation names an item twice", cure="Add the two amounts up.")
    for entry in items:
        whole = [entry.get("amount"), entry.get("seen_open"), *(entry.get(name, 0) for name in (*AMOUNTS, "earned"))]
        if not entry.get("item") or not all(_whole(n) for n in whole):
            raise InputError(f"item {entry.get('item')!r} needs amount, discount and seen_open in whole minor units")
        if not all(isinstance(entry.get(name, ""), str) for name in TEXTS):
            raise InputError(f"item {entry.get('item')!r} gives a reason code that is no text")
        _coded(entry)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _coded(entry: Mapping[str, Any]) -> None:
    """A deduction and a write-off each carry their code, and a code its amount."""
    for amount, code in (("deduction", "deduction_code"), ("write_off", "adjustment_code")):
        if bool(entry.get(amount, 0)) != bool(entry.get(code, "")):
            raise InputError(f"item {entry['item']!r}: {amount.replace('_', '-')} and its reason code come together")


def decided_rows(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of `decided` that a body makes, without what the event itself says: one an item, one for what goes on account."""
    rows = [
        {"item_id": str(entry["item"]), "amount_applied": entry["amount"], **{name: entry.get(name, blank) for name, blank in _OF_ITEM}}
        for entry in body.get("items") or []
    ]
    kept = body.get("on_account", 0)
    if kept or not rows:
        rows.append({"item_id": "", "amount_applied": kept, **dict(_OF_ITEM)})
    return rows


_OF_ITEM = tuple((name, blank) for name, blank in BLANKS.items() if name != "known_by")
