"""What small differences and small write-offs of a year came to, against the yearly cap, by customer, person and reason (G-21)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from arwork.matching.columns import rows as rows_of
from arwork.money import ISO, Units, half_up
from arwork.policy import Policy
from arwork.proof import Finding, Tie
from arwork.tables import conform, empty

_BOOK = ["ledger_id", "company_code"]
_SMALL = "SD"
_LEGS = {"small_diff": _SMALL, "bank_charge": "BC"}
_VIEWS = {"CUSTOMER": "customer_id", "CLERK": "by", "REASON": "code"}
_USE = ["ledger_id", "company_code", "customer_id", "by", "code", "year", "month", "currency", "amount"]


@dataclass(frozen=True)
class Budget:
    """Table `tolerance_budget`, its tie and findings."""

    tolerance_budget: pd.DataFrame
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


def tolerance_budget(
    allocations: pd.DataFrame,
    open_items: pd.DataFrame,
    policy: Policy,
    *,
    earlier: pd.DataFrame | None = None,
    units: Units = ISO,
) -> Budget:
    """Add up by month what was given away in small differences, bank charges and write-offs by code, in ledger currency (G-21).

    The year is the calendar year of the value date; gains count like losses. The cap `tolerances.yearly_cap_per_customer`
    is of customers and of small differences (SD) only; persons and reasons have none. `earlier` is this table of the
    packs before: its months before the first of these allocations are taken over.
    """
    uses = _uses(allocations, open_items, units)
    before = _before(earlier, uses)
    cap = policy.matching.tolerances.yearly_cap_per_customer
    rows: list[dict[str, Any]] = []
    for view, name in _VIEWS.items():
        counted = uses[uses["code"] == _SMALL] if view == "CUSTOMER" else uses
        keys = [*_BOOK, name, "year", "month", "currency"]
        months = counted.groupby(keys, as_index=False).agg(uses=("amount", "size"), used=("amount", "sum")).rename(columns={name: "who"})
        known = before.loc[before["view"] == view, [*months.columns]]
        filled = [frame for frame in (known, months) if len(frame)]
        if filled:
            limit = {c: units.rounded(cap, c) for frame in filled for c in frame["currency"].unique()} if view == "CUSTOMER" else {}
            rows += _to_date(view, pd.concat(filled, ignore_index=True), limit)
    table = conform("tolerance_budget", pd.DataFrame(rows)) if rows else empty("tolerance_budget")
    return Budget(table, (_tie(table),), tuple(_findings(table, units)))


def _uses(allocations: pd.DataFrame, open_items: pd.DataFrame, units: Units) -> pd.DataFrame:
    """List each amount given away: whose, by whom, by which code, in which month; converted at the rate of the item."""
    some = (allocations["small_diff"] != 0) | (allocations["bank_charge"] != 0) | (allocations["write_off"] != 0)
    facts = open_items[["item_id", *_BOOK, "customer_id", "currency", "local_currency", "amount_doc", "amount_local"]]
    facts = facts.rename(columns={"currency": "document_currency"})
    met = allocations.loc[some].merge(facts, on="item_id", how="inner")
    rows = []
    entry: Any
    for entry in met.itertuples(index=False):
        for leg in ("small_diff", "bank_charge", "write_off"):
            if getattr(entry, leg):
                code, day = _LEGS.get(leg, entry.adjustment_code or "WO"), entry.allocation_date
                minor = _in_ledger_currency(abs(getattr(entry, leg)), entry)
                who = (entry.ledger_id, entry.company_code, entry.customer_id, entry.by)
                rows.append((*who, code, day.year, day.strftime("%Y-%m"), entry.local_currency, minor))
    return pd.DataFrame(rows, columns=_USE)


def _in_ledger_currency(minor: int, entry: Any) -> int:
    """Convert at the rate at which the item stands in the ledger, first from the receipt's currency into the item's."""
    if entry.currency == entry.local_currency:
        return minor
    if entry.currency != entry.document_currency and entry.relieved_value:
        minor = half_up(Decimal(minor) * abs(entry.amount_relieved) / abs(entry.relieved_value))
    if entry.document_currency == entry.local_currency or not entry.amount_doc:
        return minor
    return half_up(Decimal(minor) * abs(entry.amount_local) / abs(entry.amount_doc))


def _before(earlier: pd.DataFrame | None, uses: pd.DataFrame) -> pd.DataFrame:
    """Take the months of the packs before this one, of the years that count now."""
    known = empty("tolerance_budget") if earlier is None else earlier
    if uses.empty:
        return known
    earlier_months: pd.DataFrame = known[known["year"].isin(uses["year"].unique()) & (known["month"] < uses["month"].min())]
    return earlier_months


def _to_date(view: str, months: pd.DataFrame, limit: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Yield the months of one view in their order, each with what the year came to by then and what is left."""
    key = [*_BOOK, "who", "year", "currency"]
    ordered = months.sort_values([*key, "month"])
    ordered = ordered.assign(used_to_date=ordered.groupby(key)["used"].cumsum())
    for values in rows_of(ordered, list(ordered.columns)):
        row = dict(zip(ordered.columns, values, strict=True))
        most = limit.get(row["currency"])
        left: Any = pd.NA if most is None else most - row["used_to_date"]
        yield {**row, "view": view, "limit": pd.NA if most is None else most, "left": left, "exceeded": most is not None and left < 0}


def _tie(table: pd.DataFrame) -> Tie:
    """Persons and reasons count the same uses."""
    clerks, reasons = (int(table.loc[table["view"] == view, "uses"].sum()) for view in ("CLERK", "REASON"))
    return Tie("small differences and write-offs, by person and by reason", "G-21", clerks, reasons, "rows")


def _findings(table: pd.DataFrame, units: Units) -> Iterator[Finding]:
    """Say which customers passed the cap, the most first; one finding a ledger and year."""
    over = table.loc[table["exceeded"]].sort_values("month").drop_duplicates([*_BOOK, "who", "year", "currency"], keep="last")
    for (ledger, _, year, currency), rows in over.groupby([*_BOOK, "year", "currency"], sort=True):
        worst = rows.sort_values(["used_to_date", "who"], ascending=[False, True]).iloc[0]
        used, most = (f"{units.decimal(int(worst[name]), str(currency)):,} {currency}" for name in ("used_to_date", "limit"))
        said = f"{len(rows):,} {'customer' if len(rows) == 1 else 'customers'} of {ledger} passed the yearly cap of small differences in {year}"
        yield Finding(
            "G-21", "warn", f"{said}, the most customer {worst['who']} with {used} of {most}.", "tolerance_budget", tuple(rows["who"])
        )
