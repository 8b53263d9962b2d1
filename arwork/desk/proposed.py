"""A proposal of the rules as a split that a person can confirm or change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from arwork.desk.split import Line, Split
from arwork.errors import InputError
from arwork.matching.reasons import CHARGE, EXCHANGE, WITHHELD

Tables = Mapping[str, pd.DataFrame]
_SMALL = "SD"


def empty_split(tables: Tables, receipt_id: str) -> Split:
    """Begin a split of a receipt with nothing allocated; InputError when there is no such receipt."""
    rows = tables["receipts"][tables["receipts"]["receipt_id"] == receipt_id]
    if rows.empty:
        raise InputError(f"there is no receipt {receipt_id!r} on the desk", cure="Open the newest run.")
    return Split(receipt_id, str(rows.iloc[0]["currency"]), int(rows.iloc[0]["amount"]))


def proposed(tables: Tables, receipt_id: str, candidate: int = 1, taken: Mapping[str, int] | None = None) -> Split:
    """Return a candidate as a split: 1 is the proposal, higher numbers are its rivals; without items when nothing was proposed.

    A small difference, bank charges and an exchange difference become write-offs, withheld tax and a residual become
    deductions, with their codes; where an item has several of a kind the code is left for the person to choose.
    `taken` is what decisions since the run take off each item.
    """
    begun = empty_split(tables, receipt_id)
    items = tables["proposal_items"]
    rows = items[(items["receipt_id"] == receipt_id) & (items["candidate"] == candidate)]
    lines = tuple(_line({str(k): v for k, v in row.items()}, taken or {}) for row in rows.to_dict("records"))
    spread = sum(line.amount for line in lines)
    return Split(begun.receipt_id, begun.currency, begun.amount, lines, max(0, begun.amount - spread) if lines else 0)


def _line(row: Mapping[str, Any], taken: Mapping[str, int]) -> Line:
    write_off, adjustment = _one({_SMALL: row["small_diff"], CHARGE: row["bank_charge"], EXCHANGE: row["fx"]})
    codes = str(row["residual_code"]).split()
    deduction, reason = _one({WITHHELD: row["wht"], codes[0] if len(codes) == 1 else "": row["residual"]})
    used = taken.get(str(row["item_id"]), 0)
    return Line(
        str(row["item_id"]), str(row["reference"]) or str(row["item_id"]), str(row["item_currency"]), int(row["open_amount"]) - used, used,
        int(row["amount_applied"]), int(row["discount"]), deduction, reason, write_off, adjustment,
    )  # fmt: skip


def _one(parts: Mapping[str, Any]) -> tuple[int, str]:
    """Add up parts; the code is known only where one part makes the whole."""
    filled = {code: int(amount) for code, amount in parts.items() if int(amount)}
    return sum(filled.values()), next(iter(filled)) if len(filled) == 1 else ""
