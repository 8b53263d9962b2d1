"""Where things stand in the workbook: the paper of each reconciliation, the rows behind a line, the sheet behind a tie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from arwork.pack.sheets import Link

Tables = Mapping[str, pd.DataFrame]
_FIRST = 5
_SHEET_OF: Mapping[str, str] = {
    "LD-10": "Sources", "EX-10": "Sources", "T09": "Proposals", "INV-1": "Proposals", "MP-64": "Allocations", "G-04": "Breaks",
    "EX-20": "Repeats", "EX-22": "Repeats", "G-21": "Small differences", "RC-50": "Misdirected", "RF-01": "Refunds", "RF-02": "Refunds",
    "RC-10": "Reconciliations", "RC-20": "Bank to book", "RC-30": "Reconciliations", "RC-80": "Reconciliations", "RC-90": "Reconciliations",
    "RC-40": "Customer accounts", "MT-03": "Ageing", "CO-07": "Reminders", "CO-20": "Reminders", "CO-15": "Worklist", "MT-64": "Provisions", "CO-55": "Late fees",
    "FC-03": "Forecast items", "FC-06": "Forecast", "RC-70": "Cash log", "EX-40": "Misdirected",
}  # fmt: skip
_OF_STAGE: Mapping[tuple[str, str], str] = {
    ("00_intake", "RC-20"): "Sources", ("00_intake", "T11"): "Sources", ("30_reconciliations", "T11"): "Reconciliations",
    ("40_ageing_collections", "RC-40"): "Statements", ("20_breaks_refunds", "RC-60"): "Credit balances", ("30_reconciliations", "RC-60"): "Suspense",
}  # fmt: skip


def paper_of(stage: str, rule: str) -> Link | None:
    """Return the way to the sheet that holds the rows of a tie; None where there is no one sheet."""
    sheet = _OF_STAGE.get((stage, rule)) or _SHEET_OF.get(rule, "")
    return Link(sheet, sheet) if sheet else None


def recon_places(tables: Tables) -> dict[str, tuple[str, int]]:
    """Return for each reconciliation its paper (AR-30.1, AR-30.2, …) and the row where it begins, below their index."""
    lines, items = tables["recon_lines"]["recon_id"].value_counts(), tables["recon_items"].groupby("recon_id")
    counted, other = items.size(), items["currency"].unique()
    row, found = 6 + len(tables["reconciliations"]) + 1, {}
    for number, (key, code) in enumerate(zip(*(tables["reconciliations"][n] for n in ("recon_id", "currency")), strict=True), start=1):
        found[key] = (f"AR-30.{number}", row)
        listed = int(counted.get(key, 0))
        below = 2 + listed + (2 if set(other.get(key, [])) == {code} else 0) if listed else 0
        row += 2 + int(lines.get(key, 0)) + below + 2
    return found


def recon_links(tables: Tables, keys: Iterable[str]) -> list[Link | str]:
    """Return the papers of reconciliations, each leading to where it begins."""
    places = recon_places(tables)
    return [Link(places[key][0], "Reconciliations", f"A{places[key][1]}") if key in places else str(key) for key in keys]


def moves_in_order(tables: Tables) -> pd.DataFrame:
    """Return the movements as their sheet lists them."""
    return tables["movements"].sort_values(["ledger_id", "company_code", "movement", "date", "movement_id"])


def suspense_in_order(tables: Tables) -> pd.DataFrame:
    """Return cash without an item as its sheet lists it: by reconciliation, the oldest first."""
    return tables["suspense_items"].sort_values(["recon_id", "days", "kind", "receipt_id"], ascending=[True, False, True, True])


def items_in_order(tables: Tables) -> pd.DataFrame:
    """Return the aged items as their sheet lists them: by customer, the oldest first."""
    order = ["ledger_id", "company_code", "customer_id", "currency", "days_past_due", "item_id"]
    return tables["ageing_items"].sort_values(order, ascending=[True, True, True, True, False, True])


def first_rows(tables: Tables, most: int) -> dict[tuple[str, ...], int]:
    """Return by sheet and key (ledger, company and movement; reconciliation; ledger, company, customer and currency) its first row.

    Keys that begin beyond the `most` rows of a sheet have none.
    """
    found: dict[tuple[str, ...], int] = {}
    for sheet, frame, keys in (
        ("Movements", moves_in_order(tables), ["ledger_id", "company_code", "movement"]),
        ("Suspense", suspense_in_order(tables), ["recon_id"]),
        ("Open items", items_in_order(tables), ["ledger_id", "company_code", "customer_id", "currency"]),
    ):
        for place, key in enumerate(frame[keys].head(most).itertuples(index=False, name=None), start=_FIRST):
            found.setdefault((sheet, *(str(part) for part in key)), place)
    return found


def behind(recon: Mapping[Any, Any], line: Mapping[Any, Any], firsts: Mapping[tuple[str, ...], int]) -> Link | None:
    """Return the way from a line of a reconciliation to the rows that make it; None where they stand on no sheet of their own."""
    rule, named = str(recon["rule"]), str(line["mark"])
    if rule == "RC-30":
        row = firsts.get(("Movements", str(recon["ledger_id"]), str(recon["company_code"]), named))
        return Link("Movements", "Movements", f"A{row}") if row else Link("Open items", "Open items") if named == "closing" else None
    if rule == "RC-60" and named == "list":
        row = firsts.get(("Suspense", str(recon["recon_id"])))
        return Link("Suspense", "Suspense", f"A{row}") if row else None
    sheet = {
        ("RC-10", "A"): "Open items", ("RC-20", "b0"): "Bank to book", ("RC-20", "k0"): "Bank to book", ("RC-80", "bucket"): "Ageing",
        ("RC-80", "register"): "Disputes",
        **{("RC-40", line): "Customer accounts" for line in ("ours", "paid", "theirs", "amount")},
        ("RC-90", "RI-UNR"): "Cut-off", ("RC-90", "RI-TIM"): "Cut-off", ("RC-90", "posted"): "Open items",
    }.get((rule, named), "")  # fmt: skip
    return Link(sheet, sheet) if sheet else None
