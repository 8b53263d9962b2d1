"""What open items are made of, column by column: a month makes a hundred thousand of them at once (CV-05 to CV-08)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from arwork.matching.blocked import Disputed, why_blocked
from arwork.matching.stock import Stock

_Column = Sequence[Any]
_TOGETHER = (("po_no", "order"), ("contract_no", "contract"), ("delivery_no", "delivery"))
_BLOCKING = ("dispute_id", "payment_block", "legal_hold", "written_off", "assigned_to", "special_gl")
_UNCLEAR = "has a part payment that names several documents"


def item_columns(
    stock: Stock, rows: NDArray[np.int64], lefts: Sequence[int], unclear: frozenset[str], disputed: Disputed
) -> tuple[_Column, ...]:
    """Return the fields of `universe.Item` in their order, each for all of some rows; amounts in minor units.

    Equal texts and equal accounts are kept once: a ledger has millions. A column with one value is looked at once.
    """
    read = stock.columns(rows)
    size, number = len(rows), read["item_id"]
    same: dict[tuple[str, ...], tuple[str, ...]] = {}
    keys = zip(read["ledger_id"], read["company_code"], read["customer_id"], strict=True)
    accounts = [same.setdefault(key, key) for key in keys]
    doc_no = [own if doc == own else doc for own, doc in zip(number, read["doc_no"], strict=True)]
    reference = [doc if said == doc else said for doc, said in zip(doc_no, read["reference"], strict=True)]
    return (
        number, accounts, doc_no, read["doc_type"], reference, read["doc_date"], read["due_date"], read["currency"], lefts,
        read["amount_doc"], read["amount_local"], read["local_currency"], _discounts(read, stock, size), read["grace_days"],
        read["ref_item"], _blocked(read, stock, accounts, unclear, disputed), _groups(read, stock, size),
        *_components(read, stock, size), read["assignment"],
    )  # fmt: skip


def _discounts(read: Mapping[str, _Column], stock: Stock, size: int) -> _Column:
    """List the tiers of discount of each row, the higher first: (ten-thousandths of a percent point, last day)."""
    if not (stock.same.get("disc1_pct", 1) or stock.same.get("disc2_pct", 1)):
        return [()] * size
    tiers = zip(read["disc1_pct"], read["disc1_date"], read["disc2_pct"], read["disc2_date"], strict=True)
    return [_tiers(((first, day), (second, other))) if first or second else () for first, day, second, other in tiers]


def _tiers(said: Sequence[tuple[int, date | None]]) -> tuple[tuple[int, date], ...]:
    return tuple(sorted([(pct, day) for pct, day in said if pct > 0 and day is not None], reverse=True))


def _blocked(
    read: Mapping[str, _Column], stock: Stock, accounts: Sequence[Any], unclear: frozenset[str], disputed: Disputed
) -> Sequence[str]:
    """Say of each row why it must not be matched without a person; blank when it may (G-06)."""
    if not (disputed.named or unclear or any(stock.same.get(name, True) for name in _BLOCKING)):
        return [""] * len(accounts)
    names = ("item_id", "doc_no", "reference", *_BLOCKING)
    found = []
    for account, values in zip(accounts, zip(*(read[name] for name in names), strict=True), strict=True):
        why = why_blocked(dict(zip(names, values, strict=True)), account, disputed) if disputed.named or any(values[3:]) else ""
        found.append(why or (_UNCLEAR if values[0] in unclear else ""))
    return found


def _groups(read: Mapping[str, _Column], stock: Stock, size: int) -> Sequence[tuple[str, ...]]:
    """Name the order, contract and delivery of each row (M09)."""
    if not any(stock.same.get(name, True) for name, _ in _TOGETHER):
        return [()] * size
    every = zip(*(read[name] for name, _ in _TOGETHER), strict=True)
    return [tuple([f"all of {what} {said}" for (_, what), said in zip(_TOGETHER, row, strict=True) if said]) for row in every]


def _components(read: Mapping[str, _Column], stock: Stock, size: int) -> tuple[_Column, ...]:
    """Return net, tax, freight, base of the discount and the amount that earns it; net and tax follow from one another."""
    names = ("amount_net", "amount_tax", "amount_freight", "disc_eligible_amount")
    if all(_unknown(stock.same.get(name, 0)) for name in names):
        return [None] * size, [None] * size, [None] * size, read["disc_base"], [None] * size
    net, tax, freight, eligible = ([None if _unknown(value) else int(value) for value in read[name]] for name in names)
    amounts = list(zip(read["amount_doc"], net, tax, strict=True))
    return (
        [whole - taxed if alone is None and taxed is not None else alone for whole, alone, taxed in amounts],
        [whole - alone if taxed is None and alone is not None else taxed for whole, alone, taxed in amounts],
        freight, read["disc_base"], eligible,
    )  # fmt: skip


def _unknown(value: Any) -> bool:
    return value is pd.NA or value is None
