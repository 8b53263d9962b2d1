"""Small tables that notebooks print: counts, queues and joins made from the tables of a run. Frames in, frames out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

Tables = Mapping[str, pd.DataFrame]


def in_brief(tables: Tables) -> pd.DataFrame:
    """Return one row a table: its name and how many rows it has."""
    names = sorted(tables)
    return pd.DataFrame({"table": names, "rows": [len(tables[name]) for name in names]}).astype({"rows": "int64"})


def currencies(frame: pd.DataFrame) -> list[str]:
    """Return the currencies of a table, the one with most rows first (ties by code)."""
    counts = frame["currency"].value_counts()
    return sorted(counts.index, key=lambda code: (-int(counts[code]), code))


def main_currency(frame: pd.DataFrame, otherwise: str) -> str:
    """Return the currency with most rows, or another when the table is empty."""
    found = currencies(frame)
    return found[0] if found else otherwise


def outcome(proposals: pd.DataFrame) -> pd.DataFrame:
    """Return count and amount of receipts by currency, status and strategy."""
    grouped = proposals.groupby(["currency", "status", "strategy"], sort=True)["amount"]
    return grouped.agg(receipts="size", amount="sum").reset_index()


def with_receipt(tables: Tables, status: str) -> pd.DataFrame:
    """Return the proposals of one status with the facts of their receipts, the largest amounts first."""
    own = ["receipt_id", "strategy", "status", "gates", "rivals", "sentence", "why_not", "decided_by"]
    chosen = tables["proposals"].loc[lambda p: p["status"] == status, own]
    facts = tables["receipts"].drop(columns=["status"])
    joined = facts.merge(chosen, on="receipt_id", how="inner", validate="1:1")
    return joined.sort_values(["amount", "receipt_id"], ascending=[False, True]).reset_index(drop=True)


def telling(proposals: pd.DataFrame, most: int = 3) -> list[dict[Any, Any]]:
    """Return proposals worth a look at their evidence: the largest of each status, those that people decide first."""
    weighed = proposals[(proposals["profile"] != "") & (proposals["decided_by"] == "rule")]
    order = {"REVIEW": 0, "SUGGEST": 1, "NONE": 2, "AUTO": 3}
    ranked = weighed.assign(rank=weighed["status"].map(order)).sort_values(["rank", "amount", "receipt_id"], ascending=[True, False, True])
    first = ranked.groupby("rank", sort=True).head(1)
    rest = ranked[~ranked["receipt_id"].isin(first["receipt_id"])]
    return pd.concat([first, rest]).head(most).drop(columns=["rank"]).to_dict("records")


def evidence_of(tables: Tables, receipt_id: str) -> pd.DataFrame:
    """Return the evidence of one receipt: a row for every fact of its proposal and of each rival, with level and weight."""
    items = tables["proposal_items"].loc[lambda i: i["receipt_id"] == receipt_id, ["candidate", "profile", "probability"]].drop_duplicates()
    joined = items.merge(tables["evidence"], on="profile", how="inner", validate="m:m").sort_values(["candidate", "place"])
    return joined[["candidate", "probability", "fact", "level", "weight"]].reset_index(drop=True)


def recons(tables: Tables, rule: str, *, with_items: bool = False) -> list[dict[Any, Any]]:
    """Return the reconciliations of a rule as rows, in order; only those with reconciling items when asked."""
    rows = tables["reconciliations"].loc[lambda r: (r["rule"] == rule) & ((r["items"] > 0) | (not with_items))]
    return rows.to_dict("records")


def moved(movements: pd.DataFrame, most: int = 3) -> pd.DataFrame:
    """Return the largest movements of each line of the roll-forward, by ledger and company."""
    keys = ["ledger_id", "company_code", "movement"]
    ranked = movements.assign(size=movements["amount_local"].abs()).sort_values(
        [*keys, "size", "movement_id"], ascending=[True, True, True, False, True]
    )
    shown = [
        "movement",
        "ledger_id",
        "company_code",
        "document",
        "customer_id",
        "doc_type",
        "date",
        "local_currency",
        "amount_local",
        "entered_by",
    ]
    return ranked.groupby(keys, sort=True).head(most)[shown].reset_index(drop=True)


def oldest(suspense_items: pd.DataFrame) -> pd.DataFrame:
    """Return cash without an item, the oldest first, larger amounts before smaller ones."""
    order = ["days", "amount", "kind", "receipt_id"]
    return suspense_items.sort_values(order, ascending=[False, False, True, True]).reset_index(drop=True)


def log_days(cash_log: pd.DataFrame) -> pd.DataFrame:
    """Return the days of the cash log that are open, then those closed by named items (RC-70)."""
    rows = cash_log[(cash_log["state"] == "OPEN") | (cash_log["named_count"] > 0)]
    return rows.sort_values(["state", "bank_account", "currency", "day"], ascending=[False, True, True, True]).reset_index(drop=True)


def to_confirm(bank_groups: pd.DataFrame) -> pd.DataFrame:
    """Return what of bank to book waits for a person: ties, then proposals, then pairs to confirm, the largest first (RC-20)."""
    rows = bank_groups[bank_groups["state"] != "CERTAIN"]
    ranked = rows.assign(
        place=rows["state"].map({"TIED": 0, "PROPOSED": 1, "TO_CONFIRM": 2}), size=rows[["bank_amount", "book_amount"]].abs().max(axis=1)
    )
    ranked = ranked.sort_values(["place", "size", "group_id"], ascending=[True, False, True])
    return ranked.drop(columns=["place", "size"]).reset_index(drop=True)


def buckets(ageing: pd.DataFrame, basis: str) -> pd.DataFrame:
    """Return the ageing of a basis by ledger, company code, currency and bucket."""
    keys = ["ledger_id", "company_code", "currency", "bucket_no", "bucket"]
    rows = ageing[ageing["basis"] == basis]
    sums = rows.groupby(keys, sort=True)[["items", "amount", "disputed", "about_to_clear"]].sum()
    return sums.reset_index().drop(columns=["bucket_no"])


def overdue(items: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return the overdue debit items by customer and currency with the oldest age, the largest first."""
    keys = ["ledger_id", "company_code", "customer_id"]
    late = items[(items["days_past_due"] >= 1) & (items["open_amount"] > 0)]
    sums = late.groupby([*keys, "currency"], sort=True).agg(
        items=("item_id", "size"), overdue=("open_amount", "sum"), local=("open_local", "sum"), oldest_days=("days_past_due", "max")
    )
    named = sums.reset_index().merge(customers[[*keys, "name", "collector"]], on=keys, how="inner", validate="m:1")
    ranked = named.sort_values(["local", *keys, "currency"], ascending=[False, True, True, True, True])
    return ranked[[*keys, "name", "currency", "items", "overdue", "oldest_days", "collector"]].reset_index(drop=True)


def overpaid(tables: Tables) -> pd.DataFrame:
    """Return count and amount of overpayments by kind, status and currency; what has no sign of a kind says so."""
    over = tables["overpayments"].assign(kind=lambda o: o["kind"].where(o["kind"] != "", "no sign"))
    grouped = over.groupby(["kind", "status", "currency"], sort=True)["amount"].agg(receipts="size", amount="sum")
    return grouped.reset_index()


def overpaid_rows(tables: Tables) -> pd.DataFrame:
    """Return the overpayments that somebody should look at: without unknown payers and small differences, the largest first."""
    rows = tables["overpayments"].loc[lambda o: ~o["kind"].isin(["O10", "O11"])]
    return rows.sort_values(["amount", "overpayment_id"], ascending=[False, True]).reset_index(drop=True)


def payable(refunds: pd.DataFrame) -> pd.DataFrame:
    """Return the refunds that are not over, those with money to pay first, then the largest."""
    rows = refunds[~refunds["state"].isin(["CONFIRMED", "REJECTED"])].assign(none=lambda r: r["refund_amount"] == 0)
    return rows.sort_values(["none", "refund_amount", "gross_credit", "refund_id"], ascending=[True, False, False, True]).reset_index(
        drop=True
    )


def credits_by_age(credits: pd.DataFrame) -> pd.DataFrame:
    """Return count and amount of open credits by kind, currency and bucket (RC-60)."""
    grouped = credits.groupby(["kind", "currency", "bucket_no", "bucket"], sort=True)["amount"].agg(cases="size", amount="sum")
    return grouped.reset_index().drop(columns=["bucket_no"])


def oldest_credits(credits: pd.DataFrame) -> pd.DataFrame:
    """Return the open credits, the oldest first."""
    return credits.sort_values(["days", "amount", "credit_id"], ascending=[False, False, True]).reset_index(drop=True)


def queues(owed: pd.DataFrame) -> pd.DataFrame:
    """Return count, amount and longest wait of each queue by currency."""
    grouped = owed.groupby(["queue", "currency"], sort=True)
    return grouped.agg(waiting=("key", "size"), amount=("amount", "sum"), longest_days=("days", "max")).reset_index()


def tie_summary(ties: pd.DataFrame) -> pd.DataFrame:
    """Return one row a rule: how many ties were checked, how many hold, how many do not."""
    counted = (
        ties.assign(held=ties["holds"].astype("int64")).groupby("rule", sort=True)["held"].agg(checked="size", hold="sum").reset_index()
    )
    return counted.assign(do_not_hold=counted["checked"] - counted["hold"])
