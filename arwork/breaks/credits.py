"""Credits of customers and money without an item: what they are, how old, who acts, when they become unclaimed (RC-60, RF-13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from arwork.breaks.dormancy import Jurisdictions, clock
from arwork.collect.key_date import open_at
from arwork.dates import NO_HOLIDAYS, Holidays, business_days_after
from arwork.policy import Policy
from arwork.proof import Finding, Tie
from arwork.tables import conform, empty

ACCOUNT = ["ledger_id", "company_code", "customer_id"]
_PARTS = {
    "on_account_amount": "ON_ACCOUNT", "unapplied_amount": "UNAPPLIED", "unidentified_amount": "UNIDENTIFIED",
    "misdirected_amount": "MISDIRECTED",
}  # fmt: skip
_LINES = ("source_file", "source_line", "source_sha256")
_KEPT = ["ledger_id", "company_code", "customer_id", "currency", *_LINES]
_ACTIONS = {
    "ON_ACCOUNT": "Offset it against what is overdue, agree on the rest with the customer, or refund it (RF-02).",
    "UNAPPLIED": "Ask the customer what was paid, or apply it by hand.",
    "UNIDENTIFIED": "Find out who paid; ask our bank for the payer.",
    "MISDIRECTED": "Credit the right ledger with the original value date, or return it (EX-40).",
    "CREDIT_MEMO": "Clear it with open invoices, or refund it.",
}
_LINKED = "Clear it with the invoice it belongs to."
_ESCALATED = ("team lead", "AR manager", "controller", "legal, unclaimed property")
_LEGAL = "Legal decides; never to income (RF-13)."
_NOBODY = "cash application"


@dataclass(frozen=True)
class CreditBalances:
    """What ageing of credits returns: `credit_balances`, its ties and its findings."""

    credit_balances: pd.DataFrame
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


def open_credits(receipts: pd.DataFrame, open_items: pd.DataFrame, allocations: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """List every open credit at the key date, amounts above zero: parts of receipts without an item, and credit items.

    Columns: kind, source_kind, source, account, customer, currency, amount, since, linked (belongs to an open invoice of its
    own), doc_type, lineage. What this close allocates of a credit item is taken off; partial payments that stand beside their
    invoice are linked (CV-06).
    """
    parts = [_part(receipts, column, kind) for column, kind in _PARTS.items()]
    parts.append(_items(open_items, allocations, as_of))
    filled = [part for part in parts if len(part)]
    found = pd.concat(filled, ignore_index=True) if filled else parts[0]
    return found.sort_values(["source", "kind"], ignore_index=True)


def _part(receipts: pd.DataFrame, column: str, kind: str) -> pd.DataFrame:
    rows = receipts[receipts[column] > 0]
    return rows[_KEPT].assign(
        kind=kind,
        source_kind="RECEIPT",
        source=rows["receipt_id"],
        amount=rows[column],
        since=rows["value_date"],
        linked=False,
        doc_type="",
    )


def _items(open_items: pd.DataFrame, allocations: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """List the credit items; bills and guarantees on other accounts (special G/L) are left out."""
    kept = open_at(open_items, as_of)
    kept = kept[(kept["special_gl"] == "") & (kept["reversed_by"] == "") & (kept["reverses"] == "")]
    relieved = allocations.groupby("item_id")["amount_relieved"].sum()
    left = kept["open_doc"] - relieved.reindex(kept["item_id"], fill_value=0).to_numpy()
    credits = kept.assign(amount=-left)[left < 0]
    debits = kept[left > 0]
    kind = np.where(credits["doc_type"].isin(["RCPT", "ONACC", "DP"]), "ON_ACCOUNT", "CREDIT_MEMO")
    made: pd.DataFrame = credits[[*_KEPT, "amount", "doc_type"]].assign(
        kind=kind, source_kind="ITEM", source=credits["item_id"], since=credits["doc_date"], linked=targets(credits, debits) != ""
    )
    return made


def targets(credits: pd.DataFrame, debits: pd.DataFrame) -> pd.Series[str]:
    """Return for each credit the open item it belongs to by `ref_item`, of the same customer and currency; blank where none."""
    where: dict[tuple[str, ...], str] = {}
    whose = [*ACCOUNT, "currency"]
    wanted = set(credits["ref_item"]) - {""}
    for field in ("reference", "doc_no", "item_id"):
        named = debits.loc[debits[field].isin(wanted), [*whose, field, "item_id"]]
        where |= {key[:-1]: key[-1] for key in named.itertuples(index=False, name=None)}
    keys = credits[[*whose, "ref_item"]].itertuples(index=False, name=None)
    return pd.Series([where.get(key, "") if key[-1] else "" for key in keys], index=credits.index, dtype="str")


def credit_balances(
    receipts: pd.DataFrame, open_items: pd.DataFrame, allocations: pd.DataFrame, customers: pd.DataFrame, ledgers: pd.DataFrame,
    policy: Policy, rules: Jurisdictions, as_of: date, holidays: Holidays = NO_HOLIDAYS,
) -> CreditBalances:  # fmt: skip
    """Age every open credit from its value date with owner, next action, escalation and dormancy date (RC-60, MP-56, RF-13).

    `holidays` are days without business beside weekends. Ties every part of the receipts to its rows, by currency.
    """
    found = open_credits(receipts, open_items, allocations, as_of)
    if found.empty:
        return CreditBalances(empty("credit_balances"), (), ())
    days = (pd.Timestamp(as_of) - found["since"]).dt.days.clip(lower=0).to_numpy()
    ends = policy.unallocated_ageing.buckets
    number = np.digitize(days, list(ends), right=True)
    names = np.array(bucket_names(ends), dtype=object)
    table = found.assign(
        credit_id=found["kind"] + ":" + found["source"], days=days, bucket_no=number, bucket=names[number],
        **_people(found, customers, days, policy), **_dates(found, policy, as_of, holidays),
        **_clocks(found, receipts, open_items, customers, ledgers, rules, as_of),
    ).drop(columns=["source_kind", "linked", "doc_type"])  # fmt: skip
    made = conform("credit_balances", table)
    return CreditBalances(made, _ties(made, receipts), tuple(_findings(made, as_of)))


def bucket_names(ends: Sequence[int]) -> list[str]:
    """Name the buckets of RC-60 in days: `0–2`, `3–7`, …, `> 90`."""
    lows = [0, *(end + 1 for end in ends)]
    return [*(f"{low}–{high}" for low, high in zip(lows, ends, strict=False)), f"> {ends[-1]}"]


def _people(found: pd.DataFrame, customers: pd.DataFrame, days: Any, policy: Policy) -> dict[str, list[str]]:
    """Say for each credit who acts, what is next, and who was to be told by its age."""
    owners = dict(zip(customers[ACCOUNT].itertuples(index=False, name=None), customers["collector"], strict=True))
    steps = policy.unallocated_ageing.escalate_days
    level = np.digitize(days, list(steps))
    told = ["", *_ESCALATED[: len(steps)]]
    actions = [_LINKED if linked else _ACTIONS[kind] for kind, linked in zip(found["kind"], found["linked"], strict=True)]
    legal = len(steps)
    return {
        "owner": [owners.get(key, "") or _NOBODY for key in found[ACCOUNT].itertuples(index=False, name=None)],
        "next_action": [f"{action} {_LEGAL}" if number >= legal else action for action, number in zip(actions, level, strict=True)],
        "escalated_to": [told[min(number, len(told) - 1)] for number in level],
    }


def _dates(found: pd.DataFrame, policy: Policy, as_of: date, holidays: Holidays) -> dict[str, Any]:
    """Say by when what nobody has decided should be resolved (MP-56): business days after the value date."""
    known: dict[tuple[date, int, tuple[str, str]], date] = {}
    by: list[date | None] = []
    books = zip(found["ledger_id"], found["company_code"], strict=True)
    for kind, since, book in zip(found["kind"], found["since"].dt.date, books, strict=True):
        allowed = policy.unallocated_sla_bd.get(kind)
        if allowed is None:
            by.append(None)
            continue
        if (since, allowed, book) not in known:
            known[since, allowed, book] = business_days_after(since, allowed, holidays.get(book, ()))
        by.append(known[since, allowed, book])
    return {"resolve_by": pd.to_datetime(pd.Series(by, index=found.index)), "overdue": [day is not None and day < as_of for day in by]}


def last_payments(receipts: pd.DataFrame, open_items: pd.DataFrame) -> Mapping[tuple[str, ...], pd.Timestamp]:
    """Return for each customer account the day of its last payment: a receipt, or a payment in the subledger."""
    paid = open_items[open_items["doc_type"] == "RCPT"]
    both = pd.concat([
        receipts.loc[receipts["customer_id"] != "", [*ACCOUNT, "value_date"]].rename(columns={"value_date": "day"}),
        paid[[*ACCOUNT, "posting_date"]].rename(columns={"posting_date": "day"}),
    ])  # fmt: skip
    last = both.groupby(ACCOUNT)["day"].max()
    return dict(zip(last.index.tolist(), last.tolist(), strict=True))


def _clocks(
    found: pd.DataFrame, receipts: pd.DataFrame, open_items: pd.DataFrame, customers: pd.DataFrame, ledgers: pd.DataFrame,
    rules: Jurisdictions, as_of: date,
) -> dict[str, Any]:  # fmt: skip
    """Give each credit its clock: the customer's country and region, or the company's country where nobody knows the customer."""
    places = {tuple(row[:3]): row[3:] for row in customers[[*ACCOUNT, "country", "region"]].itertuples(index=False, name=None)}
    homes = {tuple(row[:2]): (row[2], "") for row in ledgers[[*ACCOUNT[:2], "country"]].itertuples(index=False, name=None)}
    paid = last_payments(receipts, open_items)
    rows: dict[str, list[Any]] = {name: [] for name in ("last_activity", "jurisdiction", "dormancy_date", "report_from", "dormancy_note")}
    known: dict[tuple[Any, ...], Any] = {}
    for *key, since in found[[*ACCOUNT, "since"]].itertuples(index=False, name=None):
        account = tuple(key)
        country, region = places.get(account) or homes.get(account[:2], ("", ""))
        last = max(since, paid.get(account, since)) if account[2] else since
        case = (country, region, last.date())
        if case not in known:
            known[case] = clock(rules, *case, as_of)
        at = known[case]
        values = (last, f"{country}-{region}" if region else country, at.dormancy, at.report_from, at.note)
        for name, value in zip(rows, values, strict=True):
            rows[name].append(value)
    return {name: pd.to_datetime(pd.Series(values, index=found.index)) if name in ("dormancy_date", "report_from") else values
            for name, values in rows.items()}  # fmt: skip


def _ties(made: pd.DataFrame, receipts: pd.DataFrame) -> tuple[Tie, ...]:
    """Tie the rows of receipts to the parts of the receipts that pay no item, by currency (RC-60)."""
    ties = []
    of_receipts = made[made["source"].isin(receipts["receipt_id"])]
    for currency in sorted(receipts["currency"].unique()):
        rows = of_receipts.loc[of_receipts["currency"] == currency, "amount"]
        parts = receipts.loc[receipts["currency"] == currency, list(_PARTS)]
        ties.append(Tie(f"credits listed = parts of receipts without an item, {currency}", "RC-60", int(rows.sum()),
                        int(parts.to_numpy().sum()), str(currency)))  # fmt: skip
    return tuple(ties)


def _findings(made: pd.DataFrame, as_of: date) -> list[Finding]:
    """Tell what is close to dormancy and what is past it; both are counted, none is written off (RF-13)."""
    now = pd.Timestamp(as_of)
    past = made[made["dormancy_date"] <= now]
    near = made[(made["report_from"] <= now) & (made["dormancy_date"] > now)]
    told = []
    if len(past):
        sentence = f"{len(past):,} credits have passed their dormancy date: legal decides on the report; nothing goes to income."
        told.append(Finding("RF-13", "warn", sentence, "credit_balances", tuple(past["credit_id"].head(200))))
    if len(near):
        sentence = f"{len(near):,} credits become unclaimed property within the reporting time: write to their owners."
        told.append(Finding("RF-13", "warn", sentence, "credit_balances", tuple(near["credit_id"].head(200))))
    return told
