"""The listing sheets of repeats: cases for a person, and small differences against their cap."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from arwork.pack.workbook_lists import Listing, columns_of


def repeats(tables: Mapping[str, pd.DataFrame]) -> Listing:
    """List the amounts that came twice and need a person, by rule and score (EX-10 to EX-21)."""
    found = tables["repeats"]
    found = found[~found["quiet"]].sort_values(["rule", "score", "case_id"], ascending=[True, False, True], kind="stable")
    columns = [
        "class", "likely", "customer_id", "reference", "currency", "amount", "reverse", "credit_due", "score", "parts", "variants", "sentence",
        "next_action", "this_source", "other_source", "rivals", "rule",
    ]  # fmt: skip
    return Listing(
        "Repeats", "AR-58 Repeats: amounts that came twice, told apart", "The first test that is true decides; quiet classes are in the data folder.",
        columns_of(found, columns, {}, ("reverse", "credit_due")), 1, "data/repeats.parquet",
    )  # fmt: skip


def small_differences(tables: Mapping[str, pd.DataFrame]) -> Listing:
    """List small differences and small write-offs by customer, person and reason, month by month (G-21)."""
    order = ["view", "exceeded", "used_to_date", "who", "month", "ledger_id", "company_code"]
    found = tables["tolerance_budget"].sort_values(order, ascending=[True, False, False, True, True, True, True], kind="stable")
    columns = ["view", "who", "ledger_id", "month", "uses", "currency", "used", "used_to_date", "limit", "left", "exceeded"]
    return Listing(
        "Small differences", "AR-59 Small differences against their cap", "Only small differences of customers have a cap (G-21).",
        columns_of(found, columns, {}, ()), 1, "data/tolerance_budget.parquet",
    )  # fmt: skip
