"""When a debt becomes statute-barred: the limitation date of each invoice by the law of the debtor's country, as a team's own table states it (CO-60, T30)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from arwork.collect.claims import add_months

COLUMNS = ("item_id", "reference", "due_date", "country", "limitation_date", "rule", "needs")


def limitation(invoices: pd.DataFrame, country: str, legal_params: pd.DataFrame) -> pd.DataFrame:
    """Return for each invoice its limitation date, the rule with its source, or what it would need.

    `invoices` hold item_id, reference and due_date. The row of T30 counts that was valid on the due date. That the law of the debtor's country
    governs is an assumption which legal confirms; nothing is assumed where the table says nothing.
    """
    rules = legal_params[(legal_params["kind"] == "LIMITATION") & (legal_params["country"] == country)].sort_values("valid_from")
    rows = [{**invoice, "country": country, **_row(invoice["due_date"].date(), country, rules)} for invoice in _named(invoices)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"limitation_date": "datetime64[us]"})


def ends(due: date, value: int, unit: str) -> date:
    """Return the last day of a period from a due date: months clamp to the month's end, YEARS_END counts from the end of the year."""
    if unit == "DAYS":
        return due + timedelta(value)
    if unit == "YEARS_END":
        return date(due.year + value, 12, 31)
    return add_months(due, value * (12 if unit == "YEARS" else 1))


def _named(invoices: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in invoices[["item_id", "reference", "due_date"]].to_dict("records")]


def _row(due: date, country: str, rules: pd.DataFrame) -> dict[str, Any]:
    day = pd.Timestamp(due)
    fits = rules[(rules["valid_from"] <= day) & ~(rules["valid_to"] < day)]
    if fits.empty:
        said = f"not measurable: needs legal_params with LIMITATION of {country or 'the customer, whose country is blank'} for {due}"
        return {"limitation_date": pd.NaT, "rule": "", "needs": said}
    rule = fits.iloc[-1]
    value, unit = int(rule["value"]), str(rule["unit"])
    source = f", {rule['source']}" if rule["source"] else ""
    words = {"DAYS": "days", "MONTHS": "months", "YEARS": "years", "YEARS_END": "years"}[unit]
    start = f"the end of {due.year}" if unit == "YEARS_END" else "the due date"
    return {"limitation_date": pd.Timestamp(ends(due, value, unit)), "rule": f"{value} {words} from {start}{source}", "needs": ""}
