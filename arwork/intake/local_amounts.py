"""Ledger-currency amounts for items whose export has none: converted once, by the rates given, and told."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from arwork.errors import InputError
from arwork.money import Units
from arwork.proof import Finding


def in_local_currency(
    items: pd.DataFrame, without_local: Sequence[str], fx_rates: pd.DataFrame, ledgers: pd.DataFrame, units: Units
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Fill amount_local and open_amount_local of the named items in the ledger's currency (CV-03, T20).

    The rate is the last SPOT or CLOSE rate on or before the posting date, else the earliest one after it; a pair that
    exists only the other way round is divided by. InputError when a currency has no rate at all.
    """
    if not without_local:
        return items, ()
    home = {(str(row.ledger_id), str(row.company_code)): str(row.ledger_currency) for row in ledgers.itertuples()}
    rates = _rates(fx_rates)
    wanted = items["item_id"].isin(set(without_local))
    rows = items.loc[wanted]
    local = [home[key] for key in zip(rows["ledger_id"], rows["company_code"], strict=True)]
    facts = list(zip(rows["currency"], local, rows["posting_date"], rows["amount_doc"], rows["open_amount_doc"], strict=True))
    amounts = [_convert(amount, source, target, day, rates, units) for source, target, day, amount, _ in facts]
    opens = [_convert(amount, source, target, day, rates, units) for source, target, day, _, amount in facts]
    filled = items.copy()
    for name, values in (("local_currency", local), ("amount_local", amounts), ("open_amount_local", opens)):
        filled.loc[wanted, name] = pd.Series(values, index=rows.index, dtype=items[name].dtype)
    foreign = sum(source != target for source, target, *_ in facts)
    told = (
        Finding("MP-62", "info", f"{foreign:,} items carry no ledger-currency amount; it was converted at the rates given.", "open_items"),
    )
    return filled, told if foreign else ()


def _rates(fx_rates: pd.DataFrame) -> dict[tuple[str, str], list[tuple[Any, Decimal]]]:
    usable = fx_rates[fx_rates["rate_type"].isin(["SPOT", "CLOSE"])].sort_values(["date", "rate_type"])
    found: dict[tuple[str, str], list[tuple[Any, Decimal]]] = {}
    for row in usable.itertuples():
        rate = Decimal(str(row.rate))
        found.setdefault((str(row.from_currency), str(row.to_currency)), []).append((row.date, rate))
    for pair in list(found):
        turned = (pair[1], pair[0])
        if turned not in found:
            found[turned] = [(day, 1 / rate) for day, rate in found[pair]]
    return found


def _convert(minor: int, source: str, target: str, day: Any, rates: dict[tuple[str, str], list[tuple[Any, Decimal]]], units: Units) -> int:
    if source == target:
        return int(minor)
    series = rates.get((source, target))
    if not series:
        raise InputError(
            f"items in {source} carry no amount in {target} and there is no rate for the pair",
            cure="Give a source that reads fx_rates, or map amount_local in the layout.",
        )
    before = [rate for when, rate in series if when <= day]
    rate = before[-1] if before else series[0][1]
    return units.rounded(units.decimal(minor, source) * rate, target)
