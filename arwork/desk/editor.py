"""The split editor's side of the kernel: typed texts become a split, and a split becomes what the page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from arwork.desk.board import Board
from arwork.desk.detail import detail
from arwork.desk.open import Desk
from arwork.desk.proposed import proposed
from arwork.desk.split import Line, Split, difference, problems, rest_to
from arwork.desk.typed import as_typed, decimal_mark, typed_amount
from arwork.errors import InputError
from arwork.matching.reasons import x12_of
from arwork.show.markup import visible
from arwork.show.numbers import day, money

_PARTS = ("amount", "discount", "deduction", "write_off")
_NAMES = {"amount": "cash", "discount": "discount", "deduction": "deduction", "write_off": "write-off"}
CODES: Mapping[str, str] = {
    "SD": "small difference", "ED": "earned discount", "UD": "unearned discount", "PR": "price", "AL": "allowance", "VB": "volume bonus",
    "QT": "quantity", "NR": "not received", "DM": "damaged", "LS": "lost", "LD": "late delivery", "QL": "quality", "WP": "wrong product",
    "RT": "return", "RC": "recall", "DB": "billed twice", "CN": "credit note missing", "TX": "tax", "WT": "withheld tax", "FR": "freight",
    "PC": "packaging", "BC": "bank charge", "FX": "exchange difference", "MD": "master data", "UN": "unexplained",
}  # fmt: skip
"""The adjustment matrix in a few words (CO-70), for the editor's lists."""


def editor(desk: Desk, board: Board, receipt: str) -> dict[str, Any]:
    """Begin a split with what is proposed filled in: the proposal's items first, then the customer's other open items."""
    begun = proposed(desk.tables, receipt)
    seen = detail(desk, board, receipt)
    units, mark = desk.params.units, _mark(desk, board, receipt)
    items = _items(seen.open_items, begun)
    lines = {line.item_id: line for line in begun.lines}

    def shown(row: Mapping[str, Any]) -> dict[str, Any]:
        """Write one item for the page."""
        line = lines.get(row["item_id"])
        filled = {name: as_typed(getattr(line, name), begun.currency, units, mark) for name in _PARTS} if line else {}
        codes = {"deduction_code": line.deduction_code, "adjustment_code": line.adjustment_code} if line else {}
        return {
            "item": row["item_id"], "reference": visible(row["reference"]), "due": row["due"], "proposed": line is not None,
            "open": money(row["open"], begun.currency, units), **filled, **codes,
        }  # fmt: skip

    return {
        "amount": f"{money(begun.amount, begun.currency, units)} {begun.currency}", "payer": visible(seen.payer), "currency": begun.currency,
        "hint": f"Decimal mark {mark}   = gives a field what is still to be spread   Ctrl+Enter records   Esc goes back",
        "items": [shown(row) for row in items], "on_account": as_typed(begun.on_account, begun.currency, units, mark),
        "codes": [[code, words] for code, words in CODES.items() if x12_of(code)], "answer": _answer(desk, begun, []),
    }  # fmt: skip
