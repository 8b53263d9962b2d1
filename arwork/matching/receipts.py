"""Which bank lines are receipts of this close, before anybody is asked who paid (step A of 2.2, T08)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from arwork.matching.own_ids import NO_REFERENCE
from arwork.matching.references import norm
from arwork.matching.uncollected import uncollected
from arwork.proof import Finding
from arwork.tables import conform, empty

RETURNED = ", returned"
"""Ends `receipts.method` of a receipt that the bank took back later, or that is itself a return (G-15)."""
_POSTED_TYPES = ("RCPT", "ONACC")
_SHORTEST_ID = 4
_POSTED_BEFORE = pd.Timedelta(days=5)


@uncollected()
def take(
    bank_lines: pd.DataFrame,
    bank_accounts: pd.DataFrame,
    open_items: pd.DataFrame,
    start: date,
    as_of: date,
    remittance_lines: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Return `receipts` (T08) from `bank_lines` of class RECEIPT booked from `start` to `as_of`, and what was left out.

    The bank account gives ledger and company. A line whose bank reference or end-to-end id stands on a payment line of
    `open_items` with exactly the opposite amount is already posted to a customer: left out, and told. Amounts are minor units.
    A line of 0.00 is a receipt where `remittance_lines` hold an advice of 0.00 that names it: pure netting (MP-30).
    """
    netting = _netting(bank_lines, remittance_lines)
    lines = bank_lines[(bank_lines["class"] == "RECEIPT") | bank_lines["line_id"].isin(netting)]
    first, last = pd.Timestamp(start), pd.Timestamp(as_of)
    findings = [
        _told("RC-90", "info", lines[lines["booking_date"] > last], f"booked after the key date {as_of}: left to a later close"),
        _told("RC-90", "info", lines[lines["booking_date"] < first], f"booked before {start}: not taken again"),
        _told(
            "CV-01",
            "warn",
            lines[lines["amount"].le(0) & ~lines["line_id"].isin(netting)],
            "classed as receipts without money coming in: left out, to be classed again",
        ),
    ]
    lines = lines[lines["booking_date"].between(first, last) & (lines["amount"].gt(0) | lines["line_id"].isin(netting))]
    accounts = bank_accounts[["bank_account", "currency", "ledger_id", "company_code", "country"]]
    owned = lines.merge(accounts, on=["bank_account", "currency"], how="inner", validate="many_to_one")
    strange = lines[~lines["line_id"].isin(owned["line_id"])] if len(owned) < len(lines) else lines[:0]
    findings.append(_told("CV-08", "warn", strange, "on a bank account that no ledger of the params owns: left out"))
    posted = already_posted(owned, open_items, last)
    there = owned["line_id"].isin(list(posted))
    findings.append(_told("INV-5", "info", owned[there], "already posted to a customer by the ERP: left out"))
    return _as_receipts(owned[~there], bank_lines), tuple(finding for finding in findings if finding)


def _netting(bank_lines: pd.DataFrame, remittance_lines: pd.DataFrame | None) -> frozenset[str]:
    """List the lines of 0.00 whose own or the bank's reference an advice of 0.00 names as its payment."""
    still = bank_lines[bank_lines["amount"] == 0]
    if remittance_lines is None or remittance_lines.empty or still.empty:
        return frozenset()
    advices = remittance_lines.groupby("remittance_id").agg(
        net=("net_amount", "sum"), ref=("payment_ref", "first"), trace=("trace_no", "first")
    )
    even = advices[advices["net"] == 0]
    said = {norm(text) for text in {*even["ref"], *even["trace"]} - {*NO_REFERENCE}} - {""}
    keys = still[["line_id", "bank_txn_id", "end_to_end_id"]].itertuples(index=False, name=None)
    return frozenset(line for line, *ids in keys if said & {norm(text) for text in ids if text not in NO_REFERENCE})


def _told(rule: str, severity: str, lines: pd.DataFrame, what: str) -> Finding | None:
    if lines.empty:
        return None
    count = f"{len(lines):,} receipt is" if len(lines) == 1 else f"{len(lines):,} receipts are"
    return Finding(rule, "warn" if severity == "warn" else "info", f"{count} {what}.", "bank_lines", tuple(sorted(lines["line_id"])))


def already_posted(lines: pd.DataFrame, open_items: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, str]:
    """Return by line the payment item where exactly one payment line of the ERP names by the bank's or the payer's reference, amount for amount.

    The posting must not be older than the payment: a standing order repeats reference and amount every month. Where several
    lines or several postings fit, nothing is taken for posted.
    """
    payments = open_items[
        open_items["doc_type"].isin(_POSTED_TYPES)
        & (open_items["amount_doc"] < 0)
        & (open_items["posting_date"] <= as_of)
        & (open_items["reversed_by"] == "")
        & (open_items["reverses"] == "")
    ]
    named: dict[tuple[str, str, str, str, int], set[tuple[str, pd.Timestamp]]] = {}
    columns = ["item_id", "ledger_id", "company_code", "currency", "amount_doc", "posting_date", "reference", "assignment", "text"]
    for item, ledger, company, currency, amount, posted, *texts in payments[columns].itertuples(index=False, name=None):
        for number in {number for text in texts for number in _numbers(text)}:
            named.setdefault((ledger, company, currency, number, -amount), set()).add((item, posted))
    if not named:
        return {}
    postings: dict[str, set[str]] = {}
    users: dict[str, set[str]] = {}
    columns = ["line_id", "ledger_id", "company_code", "currency", "amount", "booking_date", "value_date", "bank_txn_id", "end_to_end_id"]
    for line, ledger, company, currency, amount, booked, valued, *ids in lines[columns].itertuples(index=False, name=None):
        earliest = min(booked, valued) - _POSTED_BEFORE
        for number in {norm(text) for text in ids if text not in NO_REFERENCE and len(norm(text)) >= _SHORTEST_ID}:
            for item, posted in named.get((ledger, company, currency, number, amount), ()):
                if posted >= earliest:
                    postings.setdefault(line, set()).add(item)
                    users.setdefault(item, set()).add(line)
    return {line: next(iter(found)) for line, found in postings.items() if len(found) == 1 == len(users[next(iter(found))])}


def _numbers(text: str) -> Iterator[str]:
    """Yield the squeezed words of a text and the whole of it."""
    yield norm(text)
    yield from (norm(word) for word in text.split())


def _as_receipts(lines: pd.DataFrame, bank_lines: pd.DataFrame) -> pd.DataFrame:
    if lines.empty:
        return empty("receipts")
    kept = [
        "ledger_id", "company_code", "bank_account", "virtual_account", "statement_key", "line_no", "booking_date", "value_date", "currency",
        "amount", "remitter_name", "remitter_account", "remittance_text", "structured_ref", "end_to_end_id", "bank_txn_id", "source_file",
        "source_line", "source_sha256", "charge_bearer", "orig_currency",
    ]  # fmt: skip
    returned = lines["is_return"] | lines["line_id"].isin(_returned_later(lines, bank_lines))
    frame = lines[kept].assign(
        receipt_id=lines["line_id"],
        charges=lines["charges"].fillna(0).astype("int64"),
        orig_amount=lines["orig_amount"].fillna(0).astype("int64"),
        bank_country=lines["country"],
        method=lines["method"].where(~returned, lines["method"] + RETURNED),
        customer_id="",
        payer_key="NONE",
        payer_strength="NONE",
        payer_sentence="Nobody has looked for the payer yet.",
        payer_conflict=False,
        status="UNIDENTIFIED",
        unidentified_amount=lines["amount"],
        **dict.fromkeys(["applied_amount", "on_account_amount", "unapplied_amount", "misdirected_amount", "refunded_amount"], 0),
    )
    return conform("receipts", frame)


def _returned_later(lines: pd.DataFrame, bank_lines: pd.DataFrame) -> set[str]:
    """Return the receipts that a later line of the same account takes back: opposite amount, one shared reference."""
    back = bank_lines[(bank_lines["amount"] < 0) & (bank_lines["is_return"] | (bank_lines["class"] == "RETURN"))]
    columns = ["bank_account", "currency", "booking_date", "amount", "bank_txn_id", "end_to_end_id"]
    taken: dict[tuple[str, str, str, int], pd.Timestamp] = {}
    for account, currency, day, amount, *ids in back[columns].itertuples(index=False, name=None):
        for number in {norm(text) for text in ids if text not in NO_REFERENCE} - {""}:
            key = (account, currency, number, -amount)
            taken[key] = max(day, taken.get(key, day))
    found: set[str] = set()
    if not taken:
        return found
    for line, account, currency, day, amount, *ids in lines[["line_id", *columns]].itertuples(index=False, name=None):
        numbers = {norm(text) for text in ids if text not in NO_REFERENCE} - {""}
        if any((account, currency, number, amount) in taken and taken[account, currency, number, amount] >= day for number in numbers):
            found.add(line)
    return found
