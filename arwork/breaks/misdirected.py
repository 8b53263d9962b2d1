"""Payments for a debt owed to another ledger or company: where they belong, both ledgers' entries, what is due by when (EX-40)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from arwork.breaks.transfer_standing import NEW, TERMS, Transfer, in_turn
from arwork.dates import NO_HOLIDAYS, Holidays, business_days_after
from arwork.matching.explain import amount_text, listed
from arwork.money import Units
from arwork.policy import Policy
from arwork.proof import Finding, Tie
from arwork.tables import conform, empty

NOBODY: Mapping[str, Collection[str]] = {}
"""No receipt was allocated by hand."""
STEPS = ("RECEIVE", "CREDIT", "SETTLE", "COLLECT")
"""The steps of an entry in their order in time."""
_BOOK = ["ledger_id", "company_code"]


@dataclass(frozen=True)
class Misdirected:
    """What EX-40 returns: `misdirected`, `misdirected_entries`, `transfer_steps`, its ties and its findings."""

    misdirected: pd.DataFrame
    misdirected_entries: pd.DataFrame
    transfer_steps: pd.DataFrame
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Target:
    """Where a payment belongs: customer and items there; blank where a person must say, with what was looked at in words."""

    ledger: str = ""
    company: str = ""
    customer: str = ""
    items: tuple[str, ...] = ()
    due: date | None = None
    assigned: bool = False
    told: str = ""


def misdirected(
    receipts: pd.DataFrame, proposals: pd.DataFrame, proposal_items: pd.DataFrame, open_items: pd.DataFrame, returns: Collection[str],
    policy: Policy, as_of: date, units: Units, holidays: Holidays = NO_HOLIDAYS, steps: pd.DataFrame | None = None,
    chosen_by: Mapping[str, Collection[str]] = NOBODY,
) -> Misdirected:  # fmt: skip
    """Return each misdirected payment with its entries: the customer is credited in the right ledger with the original value date.

    Takes the receipts whose proposal is of class MISDIRECTED (M13), and the items elsewhere that it shows. Exactly one thing
    happens to the money: handed on inside the group, or returned to the payer (`returns` are the receipts that people chose to
    pay back). Nothing is applied to the receiving ledger's items (G-09). `steps` are the recorded approvals (STEP_COLUMNS), `chosen_by`
    says who allocated a receipt by hand; entries are APPROVED when two people have approved, one for each ledger. Ties the
    clearing between the companies to nothing, the misdirected clearing to the list, and the approved entries to the approved money (RC-50).
    """
    astray = proposals.loc[proposals["class"] == "MISDIRECTED", ["receipt_id", "allocated", "sentence"]]
    facts = receipts[["receipt_id", *_BOOK, "customer_id", "currency", "amount", "value_date"]]
    rows = facts.merge(astray, on="receipt_id", how="inner", validate="1:1")
    shown = _shown(rows, proposal_items, open_items)
    standings, recorded = in_turn(steps, chosen_by) if steps is not None and len(steps) else ({}, [])
    made, entries = [], []
    for row in rows.to_dict("records"):
        amount = int(row["amount"]) - int(row["allocated"])
        target = target_of(shown.get(row["receipt_id"], ()), amount, row["currency"], units)
        one = _row(row, target, amount, row["receipt_id"] in returns, policy, as_of, units, holidays)
        if one["settlement"] == "TRANSFER":
            one |= _approved(one, standings.get(row["receipt_id"], NEW))
        made.append(one)
        entries += entries_of(one)
    table = conform("misdirected", pd.DataFrame(made)) if made else empty("misdirected")
    lines = conform("misdirected_entries", pd.DataFrame(entries)) if entries else empty("misdirected_entries")
    told = conform("transfer_steps", pd.DataFrame(recorded)) if recorded else empty("transfer_steps")
    return Misdirected(table, lines, told, _ties(table, lines), (*_findings(table), *_steps_told(table, told, standings)))


def _approved(one: Mapping[str, Any], standing: Transfer) -> dict[str, str]:
    """Say which ledgers approved this amount for this customer, and who; both approvals make the entries ready to be posted."""
    given = standing.of(tuple(one[name] for name in TERMS))
    who = {side: f"{given[side]} for {ledger}" for side, ledger in (
        ("FROM", f"{one['ledger_id']}/{one['company_code']}"), ("TO", f"{one['to_ledger']}/{one['to_company']}")
    ) if side in given}  # fmt: skip
    said = one["sentence"].replace(
        "; both ledgers approve.", f"; approved by {' and '.join(who.values())}" if who else "; both ledgers approve."
    )
    return {
        "approval_from": "GIVEN" if "FROM" in who else "PENDING", "approval_to": "GIVEN" if "TO" in who else "PENDING",
        "approved_by": "; ".join(who.values()),
        "sentence": said + ({0: "", 1: ", the other ledger's approval is missing.", 2: ": the entries may be posted."}[len(who)]),
    }  # fmt: skip


def _shown(rows: pd.DataFrame, proposal_items: pd.DataFrame, open_items: pd.DataFrame) -> Mapping[str, list[dict[Any, Any]]]:
    """List the items in other books that each proposal shows."""
    own = rows.set_index("receipt_id")[_BOOK].apply(tuple, axis=1).to_dict() if len(rows) else {}
    lines = proposal_items.loc[proposal_items["receipt_id"].isin(list(own)), ["receipt_id", "item_id"]].drop_duplicates()
    facts = open_items[open_items["item_id"].isin(lines["item_id"])]
    columns = ["item_id", *_BOOK, "customer_id", "currency", "open_amount_doc", "due_date", "assigned_to", "reference", "doc_no"]
    found: dict[str, list[dict[Any, Any]]] = {}
    for line in lines.merge(facts[columns], on="item_id", how="inner").sort_values(["receipt_id", "item_id"]).to_dict("records"):
        if (line["ledger_id"], line["company_code"]) != own[line["receipt_id"]]:
            found.setdefault(line["receipt_id"], []).append(line)
    return found


def target_of(items: Sequence[Mapping[Any, Any]], amount: int, currency: str, units: Units) -> _Target:
    """Choose where the money belongs; a tie is left to a person.

    All items shown, when they are one customer's and make up the amount; else the one item of this amount; else the one item
    shown; else the customer, when all items are one's. Items in another currency name the customer and no more.
    """
    if not items:
        return _Target(told="no item is named there")
    same = [item for item in items if item["currency"] == currency]
    owners = {(item["ledger_id"], item["company_code"], item["customer_id"]) for item in items}
    exact = [item for item in same if item["open_amount_doc"] == amount]
    if len(owners) == 1 and len(same) == len(items) and sum(item["open_amount_doc"] for item in items) == amount:
        return _at(items, items)
    if len(exact) == 1 or (len(items) == 1 and same):
        return _at(exact[:1] or items, exact[:1] or items)
    if len(owners) == 1:
        return _at(items, ())
    names = listed([f"{_name(item)} of {item['customer_id']} in {item['ledger_id']} {item['company_code']}" for item in items])
    return _Target(told=f"it could be {names}; a person chooses, for {amount_text(amount, currency, units)} fits more than one")


def _name(item: Mapping[Any, Any]) -> str:
    return str(item["reference"] or item["doc_no"])


def _at(items: Sequence[Mapping[Any, Any]], chosen: Sequence[Mapping[Any, Any]]) -> _Target:
    first = items[0]
    due = min((item["due_date"].date() for item in chosen), default=None)
    assigned = any(item["assigned_to"] for item in (chosen or items))
    names = listed([_name(item) for item in chosen]) if chosen else "an item that the right ledger chooses"
    told = f"{names} of customer {first['customer_id']} in {first['ledger_id']} {first['company_code']}"
    ids = tuple(item["item_id"] for item in chosen)
    return _Target(first["ledger_id"], first["company_code"], first["customer_id"], ids, due, assigned, told)


def _row(
    row: Mapping[Any, Any], target: _Target, amount: int, returned: bool, policy: Policy, as_of: date, units: Units,
    holidays: Holidays,
) -> dict[str, Any]:  # fmt: skip
    valued = row["value_date"].date()
    by = business_days_after(valued, policy.misdirected.ic_remit_bd, holidays.get((row["ledger_id"], row["company_code"]), ()))
    settlement = "RETURN" if returned else "TRANSFER" if target.ledger else "OPEN"
    waits = "NOT_NEEDED" if returned else "PENDING"
    money = amount_text(amount, row["currency"], units)
    told = {
        "RETURN": f"{money} goes back to the payer, after the refund controls.",
        "TRANSFER": f"{money} belongs to {target.told}: credit it there with value {valued}, hand it on by {by}; both ledgers approve.",
        "OPEN": f"{money} belongs to another ledger or company, but {target.told}. {row['sentence']}",
    }[settlement]
    return {
        "receipt_id": row["receipt_id"], "ledger_id": row["ledger_id"], "company_code": row["company_code"],
        "customer_id": row["customer_id"], "currency": row["currency"], "amount": amount, "value_date": valued,
        "to_ledger": target.ledger, "to_company": target.company, "to_customer": target.customer, "to_items": " ".join(target.items),
        "to_due_date": target.due, "days_past_due": max((valued - target.due).days, 0) if target.due else 0, "assigned": target.assigned,
        "remit_by": by, "days_late": max((as_of - by).days, 0), "settlement": settlement, "approval_from": waits, "approval_to": waits, "approved_by": "",
        "sentence": told,
    }  # fmt: skip


def entries_of(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write the entries of one payment: received and owed to the other company; credited there; handed on and collected.

    A payment whose ledger is not known yet has the first step alone; one that goes back to the payer has none here: the refund
    clears it. They are APPROVED when both ledgers have approved. Debits are above zero (CV-01).
    """
    state = "APPROVED" if one["approval_from"] == one["approval_to"] == "GIVEN" else "PROPOSED"
    here, there = (one["ledger_id"], one["company_code"]), (one["to_ledger"], one["to_company"])
    steps: Iterable[tuple[str, tuple[str, str], str, str, date]] = ()
    if one["settlement"] in ("OPEN", "TRANSFER"):
        steps = [("RECEIVE", here, "BANK", "IC_PAYABLE", one["value_date"])]
    if one["settlement"] == "TRANSFER":
        steps = [
            *steps, ("CREDIT", there, "IC_RECEIVABLE", "CUSTOMER", one["value_date"]),
            ("SETTLE", here, "IC_PAYABLE", "BANK", one["remit_by"]), ("COLLECT", there, "BANK", "IC_RECEIVABLE", one["remit_by"]),
        ]  # fmt: skip
    return [
        {
            "receipt_id": one["receipt_id"], "step": step, "line": line, "ledger_id": book[0], "company_code": book[1], "account": account,
            "customer_id": one["to_customer"] if account == "CUSTOMER" else "", "item": one["to_items"] if account == "CUSTOMER" else "",
            "currency": one["currency"], "amount": one["amount"] if line == 1 else -one["amount"], "value_date": day, "state": state,
        }
        for step, book, debit, credit, day in steps
        for line, account in ((1, debit), (2, credit))
    ]  # fmt: skip


def in_order(entries: pd.DataFrame) -> pd.DataFrame:
    """Return `misdirected_entries` by receipt in the order in which they are posted."""
    return entries.sort_values(["receipt_id", "step", "line"], key=lambda c: c.map(STEPS.index) if c.name == "step" else c, kind="stable")


def _ties(table: pd.DataFrame, lines: pd.DataFrame) -> tuple[Tie, ...]:
    ties = []
    going = set(table.loc[table["settlement"] == "TRANSFER", "receipt_id"])
    for currency in sorted(table["currency"].unique()):
        rows = lines[lines["currency"] == currency]
        open_ = rows[rows["step"].isin(["RECEIVE", "CREDIT"])]
        payable = open_[open_["account"] == "IC_PAYABLE"]
        known = int(payable.loc[payable["receipt_id"].isin(going), "amount"].sum())
        receivable = int(open_.loc[open_["account"] == "IC_RECEIVABLE", "amount"].sum())
        ties.append(
            Tie(f"intercompany payable and receivable of misdirected payments, {currency}", "RC-50", known + receivable, 0, currency)
        )
        listed_ = table.loc[(table["currency"] == currency) & (table["settlement"] != "RETURN"), "amount"]
        ties.append(
            Tie(
                f"misdirected clearing = misdirected payments, {currency}",
                "RC-50",
                -int(payable["amount"].sum()),
                int(listed_.sum()),
                currency,
            )
        )
        ready = rows.loc[(rows["state"] == "APPROVED") & (rows["step"] == "CREDIT") & (rows["account"] == "CUSTOMER"), "amount"]
        both = (table["currency"] == currency) & (table["approval_from"] == "GIVEN") & (table["approval_to"] == "GIVEN")
        ties.append(
            Tie(
                f"customers credited by approved entries = transfers that both ledgers approved, {currency}",
                "EX-40",
                -int(ready.sum()),
                int(table.loc[both, "amount"].sum()),
                currency,
            )
        )
    return tuple(ties)


def _steps_told(table: pd.DataFrame, steps: pd.DataFrame, standings: Mapping[str, Transfer]) -> tuple[Finding, ...]:
    """Tell of approvals that do not count, and of those of an amount or a customer that is another by now."""
    told = []
    refused = steps[~steps["counts"]]
    if len(refused):
        said = f"{len(refused):,} steps of transfers do not count; the first: {refused['why_not'].iloc[0]}."
        told.append(Finding("EX-40", "warn", said, "transfer_steps", tuple(str(seq) for seq in refused["seq"])))
    now = {str(row[0]): row[1:] for row in table[["receipt_id", *TERMS]].itertuples(index=False, name=None)}
    stale = sorted(receipt for receipt, one in standings.items() if one.given and now.get(receipt) != one.terms)
    if stale:
        said = f"Approved with another amount, customer or item than now, or not misdirected any more: {', '.join(stale)}. "
        said += "Reject it; what still moves is approved anew."
        told.append(Finding("EX-40", "warn", said, "transfer_steps", tuple(stale)))
    return tuple(told)


def _findings(table: pd.DataFrame) -> tuple[Finding, ...]:
    if table.empty:
        return ()
    late = int((table["days_late"] > 0).sum())
    many = f"{len(table):,} payments belong" if len(table) > 1 else "1 payment belongs"
    told = f"{many} to another ledger or company; nothing was applied here, both ledgers approve"
    told += f"; {late:,} are beyond their day for handing on." if late else "."
    return (Finding("EX-40", "warn", told, "misdirected", tuple(table["receipt_id"].head(200))),)
