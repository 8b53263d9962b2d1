"""Amounts that came twice, told apart: tests EX-10 to EX-22 in their order, the first that is true decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from arwork.breaks.hidden import Beyond
from arwork.breaks.obligations import open_lines
from arwork.breaks.postings import booked_twice, twice_delivered
from arwork.breaks.quiet import quiet_receipts, returned
from arwork.breaks.repeats import duplicate_payments
from arwork.breaks.second_invoices import repeated_invoices
from arwork.breaks.second_refunds import repeated_refunds
from arwork.breaks.settled import settled_items, with_family
from arwork.matching.columns import rows as rows_of
from arwork.matching.fx import read_rates
from arwork.money import ISO, Units
from arwork.policy import Policy
from arwork.proof import Finding, Tie, numbered
from arwork.tables import conform, empty

_PARTS = {
    "amount": "points_amount", "payer": "points_payer", "reference": "points_reference", "time": "points_time",
    "nothing open": "points_unexplained",
}  # fmt: skip
_WORDS = {
    "DUPLICATE_POSTING": ("bank line is", "bank lines are", "booked more than once; our books must be reversed, nobody is owed anything"),
    "DUPLICATE_INVOICE": ("invoice bills", "invoices bill", "a delivery, order line or period that another invoice bills"),
    "DUPLICATE_REFUND": ("credit was", "credits were", "refunded twice, or refunded and used"),
}


@dataclass(frozen=True)
class RepeatBooks:
    """What the tests look at; `breaks` are the second payments found before matching, `refund_register` None where there is none."""

    receipts: pd.DataFrame
    references: pd.DataFrame
    open_items: pd.DataFrame
    customers: pd.DataFrame
    breaks: pd.DataFrame
    policy: Policy
    as_of: date
    allocations: pd.DataFrame = field(default_factory=partial(empty, "allocations"))
    bank_lines: pd.DataFrame = field(default_factory=partial(empty, "bank_lines"))
    bank_accounts: pd.DataFrame = field(default_factory=partial(empty, "bank_accounts"))
    cash_book: pd.DataFrame = field(default_factory=partial(empty, "cash_book"))
    repeated_lines: pd.DataFrame = field(default_factory=partial(empty, "repeated_lines"))
    customer_statements: pd.DataFrame = field(default_factory=partial(empty, "customer_statements"))
    fx_rates: pd.DataFrame = field(default_factory=partial(empty, "fx_rates"))
    refund_register: pd.DataFrame | None = None
    units: Units = ISO


@dataclass(frozen=True)
class Repeated:
    """Tables `repeats` and `repeat_classes`, ties and findings."""

    repeats: pd.DataFrame
    repeat_classes: pd.DataFrame
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


def classify(books: RepeatBooks) -> Repeated:
    """Say of every amount that came twice what it is (EX-10 to EX-22), with score, both rows, the obligation and what to do.

    Second payments are those of `breaks`, those of items that this close settled, and those that hide the repeat (H1 to
    H7). Quiet classes are listed too, marked `quiet`. Items cleared after the key date count as they are in the extract.
    """
    now = _settled_here(books)
    paid_items = settled_items(now)
    invoices = repeated_invoices(now, paid_items["item_id"], books.policy, books.units)
    payments = _payments(books, now)
    loud = [
        *twice_delivered(books.repeated_lines),
        *booked_twice(books.cash_book, books.open_items, books.bank_lines, books.bank_accounts, books.units),
        *invoices, *payments, *repeated_refunds(books.refund_register, books.open_items, books.allocations, books.units),
    ]  # fmt: skip
    receipts = with_family(books.receipts[books.receipts["customer_id"] != ""], books.customers)
    receipts = receipts.assign(loud=receipts["receipt_id"].isin(sorted({row["this"] for row in payments})))
    paid, second = with_family(paid_items, books.customers), {row["this"] for row in invoices}
    back = returned(receipts, paid, books.bank_lines)
    quiet = quiet_receipts(receipts, books.references, with_family(now, books.customers), back, second, books.units)
    parts = [frame for frame in (pd.DataFrame(loud), quiet) if len(frame)]
    table = conform("repeats", pd.concat(parts, ignore_index=True)) if parts else empty("repeats")
    return Repeated(table, _counted(table), _ties(table, books), _findings(table, books))


def _settled_here(books: RepeatBooks) -> pd.DataFrame:
    """Return the open items as this close leaves them: what its allocations relieve in full is settled, by its last receipt."""
    used = books.allocations.sort_values(["allocation_date", "allocation_id"])
    if used.empty:
        return books.open_items
    last = used.groupby("item_id").agg(relieved=("amount_relieved", "sum"), day=("allocation_date", "last"), by=("receipt_id", "last"))
    met = books.open_items[["item_id", "open_amount_doc"]].merge(last, left_on="item_id", right_index=True, how="left")
    gone = (met["relieved"].fillna(0) == met["open_amount_doc"]).to_numpy(dtype=bool) & met["relieved"].notna().to_numpy(dtype=bool)
    items = books.open_items.copy()
    items.loc[gone, "open_amount_doc"] = 0
    items.loc[gone, "clearing_date"] = met.loc[gone, "day"].to_numpy()
    items.loc[gone, "clearing_doc"] = met.loc[gone, "by"].to_numpy()
    return items


def _payments(books: RepeatBooks, now: pd.DataFrame) -> list[dict[str, Any]]:
    """Look again, with what this close settled and with hidden repeats, and word all second payments (EX-20)."""
    settled_by = dict(zip(books.allocations["item_id"], books.allocations["receipt_id"], strict=True))
    settled_by |= {f"by {receipt}": receipt for receipt in books.allocations["receipt_id"].unique()}
    lines = open_lines(now)
    rates = read_rates(books.fx_rates, books.policy.matching.fx_rate_max_age_days)
    owed = dict(zip(lines["item_id"], lines["open_amount_doc"].tolist(), strict=True))
    looked = books.receipts[~books.receipts["receipt_id"].isin(books.breaks["receipt_id"])]
    more = duplicate_payments(
        looked, books.references, now, books.customers, books.policy, returns=books.bank_lines, settled_by=settled_by,
        beyond=Beyond(books.customer_statements, owed, rates, books.units), units=books.units,
    )  # fmt: skip
    parts = [frame for frame in (books.breaks, more) if len(frame)]
    if not parts:
        return []
    found = pd.concat(parts, ignore_index=True)
    receipts = books.receipts[books.receipts["receipt_id"].isin([*found["receipt_id"], *found["cleared_by"]])]
    facts = {row[0]: row[1:] for row in rows_of(receipts, ["receipt_id", "source_file", "source_line", "method"])}
    items = now[now["item_id"].isin(found["item_id"])]
    places = {row[0]: f"{row[1]}:{row[2]}" for row in rows_of(items, ["item_id", "source_file", "source_line"])}
    return [_payment(row, facts, places, books.units) for row in _records(found)]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(frame.columns, values, strict=True)) for values in rows_of(frame, list(frame.columns))]


def _payment(row: dict[str, Any], facts: Mapping[str, tuple[Any, ...]], places: Mapping[str, str], units: Units) -> dict[str, Any]:
    here, first = facts[row["receipt_id"]], facts.get(row["cleared_by"])
    other_means = first is not None and first[2] != here[2] and "H3" not in row["variants"]
    due = row["portion"] or row["amount"]
    money = f"{units.decimal(due, row['currency']):,} {row['currency']}"
    sure = row["class"] == "PROBABLE"
    return {
        "case_id": row["break_id"], "rule": "EX-20", "class": "DUPLICATE_PAYMENT", "likely": row["class"], "quiet": False, "kind": "RECEIPT",
        **{name: row[name] for name in ("ledger_id", "company_code", "customer_id", "item_id", "reference", "currency", "amount", "score")},
        "this": row["receipt_id"], "other": row["cleared_by"] if first else row["item_id"], "this_source": f"{here[0]}:{here[1]}",
        "other_source": f"{first[0]}:{first[1]}" if first else places[row["item_id"]], "reverse": 0, "credit_due": due,
        "parts": "; ".join(f"{name} {row[points] // 100}.{row[points] % 100:02d}" for name, points in _PARTS.items()),
        "variants": " ".join(sorted([*row["variants"].split(), *(["H3"] if other_means else [])])), "rivals": row["rivals"],
        "sentence": row["sentence"],
        "next_action": f"Hold {money}; ask the customer, then offset or refund." if sure else f"Compare both payments before {money} is posted.",
    }  # fmt: skip


def _counted(table: pd.DataFrame) -> pd.DataFrame:
    keys = ["rule", "class", "likely", "currency"]
    counts = table.groupby(keys, as_index=False).agg(cases=("case_id", "size"), amount=("amount", "sum"), credit_due=("credit_due", "sum"))
    return conform("repeat_classes", counts) if len(counts) else empty("repeat_classes")


def _ties(table: pd.DataFrame, books: RepeatBooks) -> tuple[Tie, ...]:
    """Every second payment found before matching is shown, and no receipt has two classes."""
    shown = set(table.loc[table["rule"] == "EX-20", "case_id"])
    receipts = table.loc[table["kind"] == "RECEIPT", "this"]
    return (
        Tie(
            "second payments found before matching and shown as cases",
            "EX-20",
            len(shown & set(books.breaks["break_id"])),
            len(books.breaks),
            "rows",
        ),
        Tie("receipts with more than one class", "EX-22", int(receipts.duplicated().sum()), 0, "rows"),
    )


def _findings(table: pd.DataFrame, books: RepeatBooks) -> tuple[Finding, ...]:
    told = []
    for kind, (one, many, words) in _WORDS.items():
        rows = table[(table["class"] == kind) & ~table["quiet"]]
        if len(rows):
            rule = str(rows["rule"].iloc[0])
            told.append(Finding(rule, "warn", f"{numbered(len(rows), one, many)} {words}.", "repeats", tuple(rows["case_id"])))
    more = table[(table["rule"] == "EX-20") & ~table["case_id"].isin(books.breaks["break_id"])]
    if len(more):
        looks = numbered(len(more), "more receipt looks", "more receipts look")
        sentence = f"{looks} like a second payment of what this close settled, or hide the repeat (H1 to H7)."
        told.append(Finding("EX-20", "warn", sentence, "repeats", tuple(more["case_id"])))
    if books.refund_register is None or books.refund_register.empty:
        told.append(
            Finding(
                "EX-21",
                "info",
                "Refunds paid twice are looked for in the subledger only: for others the table refund_register is needed.",
                "repeats",
            )
        )
    return tuple(told)
