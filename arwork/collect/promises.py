"""Promises to pay, over one or many documents and in instalments: what was paid on each, and what follows (CO-30)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from arwork.collect.payments import WHOSE
from arwork.money import Units
from arwork.policy import Policy
from arwork.tables import conform, empty

Account = tuple[str, str, str]
_NOT_KEPT = ("PARTIALLY_KEPT", "BROKEN")


@dataclass(frozen=True)
class Part:
    """One promise, or one instalment of a plan; amounts in minor units."""

    promise_id: str
    account: Account
    items: tuple[str, ...]
    plan: str
    created: date
    due: date
    promised: int
    currency: str
    status: str
    paid: int = 0
    late: int = 0
    full_on: date | None = None
    late_on: date | None = None
    level: int = 1
    found_on: date | None = None
    documents: str = ""
    known: bool = field(default=True)


def evaluate(
    promises: pd.DataFrame, paid: pd.DataFrame, on_account: pd.DataFrame, items: pd.DataFrame, customers: pd.DataFrame, policy: Policy,
    units: Units, as_of: date,
) -> pd.DataFrame:  # fmt: skip
    """Return `promise_results`: state, payment and consequence of every promise at the key date (CO-30, MT-30).

    `paid` are the payments of items (`payments`), `on_account` the receipts of customers (account, `currency`, `amount`,
    `value_date`) that a promise for the whole account counts, `items` the open items by which documents are named. A promise is
    evaluated on the first day after its last day, or when it is paid in full. A payment counts once: first for the earliest
    instalment whose window is open, then late for earlier ones. Payments before the promise do not count.
    """
    if promises.empty:
        return empty("promise_results")
    parts = _parts(promises[promises["created_date"] <= pd.Timestamp(as_of)], _named(promises, items))
    money, whole = _by_item(paid), _by_account(on_account)
    done: list[Part] = []
    for group in _groups(parts):
        done += _weighed(group, money, whole, policy, units, as_of)
    names = dict(zip(items["item_id"], items["reference"], strict=True))
    return _table(_levelled(_superseded(done)), customers, names, policy)


def _named(promises: pd.DataFrame, items: pd.DataFrame) -> Mapping[tuple[Account, str], str]:
    """Return the item that each promised document names, by account and document; item numbers, document numbers, references."""
    wanted = {word for text in promises["item"] for word in text.split()}
    found: dict[tuple[Account, str], str] = {}
    for column in ("reference", "doc_no", "item_id"):
        rows = items[items[column].isin(wanted) & (items["amount_doc"] > 0)].sort_values("item_id")
        accounts = rows[WHOSE].itertuples(index=False, name=None)
        found |= {((a[0], a[1], a[2]), word): item for a, word, item in zip(accounts, rows[column], rows["item_id"], strict=True)}
    return found


def _parts(promises: pd.DataFrame, named: Mapping[tuple[Account, str], str]) -> list[Part]:
    parts = []
    for row in promises.to_dict("records"):
        account = (row["ledger_id"], row["company_code"], row["customer_id"])
        words = row["item"].split()
        found = tuple(sorted({named[account, word] for word in words if (account, word) in named}))
        parts.append(Part(
            row["promise_id"], account, found, row["plan"], row["created_date"].date(), row["promised_date"].date(),
            int(row["promised_amount"]), row["currency"], row["status"], documents=row["item"], known=bool(found) or not words,
        ))  # fmt: skip
    return sorted(parts, key=lambda p: (p.created, p.due, p.promise_id))


def _groups(parts: Iterable[Part]) -> list[list[Part]]:
    """Put the instalments of a plan together; every other promise stands alone."""
    groups: dict[tuple[Any, ...], list[Part]] = {}
    for part in parts:
        groups.setdefault((part.account, part.plan, part.currency) if part.plan else (part.promise_id,), []).append(part)
    return list(groups.values())


def _by_item(paid: pd.DataFrame) -> Mapping[str, list[tuple[date, int, str]]]:
    found: dict[str, list[tuple[date, int, str]]] = {}
    for item, day, amount, currency in paid[["item_id", "value_date", "paid", "currency"]].itertuples(index=False, name=None):
        found.setdefault(item, []).append((day.date(), int(amount), currency))
    return found


def _by_account(receipts: pd.DataFrame) -> Mapping[tuple[Account, str], list[tuple[date, int, str]]]:
    found: dict[tuple[Account, str], list[tuple[date, int, str]]] = {}
    for row in receipts[[*WHOSE, "currency", "value_date", "amount"]].itertuples(index=False, name=None):
        found.setdefault(((row[0], row[1], row[2]), row[3]), []).append((row[4].date(), int(row[5]), row[3]))
    return found


def _weighed(
    group: list[Part], money: Mapping[str, list[tuple[date, int, str]]], whole: Mapping[tuple[Account, str], list[tuple[date, int, str]]],
    policy: Policy, units: Units, as_of: date,
) -> list[Part]:  # fmt: skip
    """Give the payments to the instalments of a group, and say what became of each."""
    first = group[0]
    names = sorted({item for part in group for item in part.items})
    flow = [entry for item in names for entry in money.get(item, [])] if names else whole.get((first.account, first.currency), [])
    dated = sorted((day, amount) for day, amount, currency in flow if currency == first.currency and day <= as_of) if first.known else []
    parts = sorted(group, key=lambda p: (p.due, p.promise_id))
    for day, amount in dated:
        parts = _spread(parts, day, amount, policy.promise.tolerance_days)
    allowed = units.rounded(policy.promise.tolerance_amount, first.currency)
    return [_judged(part, allowed, policy.promise.tolerance_days, as_of) for part in parts]


def _spread(parts: list[Part], day: date, amount: int, tolerance: int) -> list[Part]:
    """Give a payment to the parts: those whose window is open by their day, then those that are late."""
    in_time = [p for p in parts if p.created <= day <= p.due + timedelta(tolerance)]
    too_late = [p for p in parts if day > p.due + timedelta(tolerance)]
    changed: dict[str, Part] = {}
    for part in [*in_time, *too_late]:
        take = min(amount, part.promised - part.paid - part.late)
        if take <= 0:
            continue
        amount -= take
        late = part.late + (take if part in too_late else 0)
        got = part.paid + (0 if part in too_late else take)
        full = got + late >= part.promised
        changed[part.promise_id] = replace(
            part, paid=got, late=late, full_on=day if full and not late else part.full_on, late_on=day if full and late else part.late_on
        )
    return [changed.get(part.promise_id, part) for part in parts]


def _judged(part: Part, allowed: int, tolerance: int, as_of: date) -> Part:
    over = part.due + timedelta(tolerance + 1)
    if part.status in _NOT_KEPT and part.found_on is None:  # found by the ERP, which does not say when
        return replace(part, found_on=min(over, as_of))
    if part.status != "OPEN" or not part.known:
        return part
    if part.paid + allowed >= part.promised:
        return replace(part, status="KEPT", found_on=part.full_on or over if over <= as_of or part.full_on else as_of)
    if as_of < over:
        return part
    return replace(part, status="PARTIALLY_KEPT" if part.paid > 0 else "BROKEN", found_on=over)


def _superseded(parts: list[Part]) -> list[Part]:
    """Close a promise that a newer one on the same documents replaced before its day (not another instalment of its plan)."""
    result = []
    for part in parts:
        later = [
            other for other in parts
            if other.account == part.account and other.promise_id != part.promise_id and not (part.plan and other.plan == part.plan)
            and (set(other.items) & set(part.items) or (not other.items and not part.items and other.documents == part.documents == ""))
            and part.created < other.created <= part.due and other.status != "WITHDRAWN"
        ]  # fmt: skip
        before = part.full_on is not None and later and part.full_on <= min(other.created for other in later)
        if later and part.status in ("OPEN", "PARTIALLY_KEPT", "BROKEN", "KEPT") and not before:
            part = replace(part, status="SUPERSEDED", found_on=min(other.created for other in later))
        result.append(part)
    return result


def _levelled(parts: list[Part]) -> list[Part]:
    failed: dict[tuple[Account, str], list[tuple[date, str]]] = {}
    for part in parts:
        if part.status in _NOT_KEPT:
            for item in part.items or ("",):
                failed.setdefault((part.account, item), []).append((part.created, part.promise_id))
    return [
        replace(part, level=1 + max(
            sum(1 for made, number in failed.get((part.account, item), []) if (made, number) < (part.created, part.promise_id))
            for item in part.items or ("",)
        ))
        for part in parts
    ]  # fmt: skip


def _table(parts: list[Part], customers: pd.DataFrame, names: Mapping[str, str], policy: Policy) -> pd.DataFrame:
    keeper = dict(zip(customers[WHOSE].itertuples(index=False, name=None), customers["collector"], strict=True))
    rows = []
    for part in parts:
        owner, action = _follows(part, keeper.get(part.account, "") or "collections", policy)
        rows.append({
            "promise_id": part.promise_id, **dict(zip(WHOSE, part.account, strict=True)), "item": part.documents,
            "reference": " ".join(names[item] or item for item in part.items), "plan": part.plan,
            "created_date": part.created, "promised_date": part.due, "last_day": part.due + timedelta(policy.promise.tolerance_days),
            "currency": part.currency, "promised_amount": part.promised, "paid_amount": part.paid, "status": part.status,
            "evaluated_at": part.found_on, "paid_late_date": part.late_on, "level": part.level, "owner": owner, "next_action": action,
        })  # fmt: skip
    return conform("promise_results", pd.DataFrame(rows)) if rows else empty("promise_results")


def _follows(part: Part, collector: str, policy: Policy) -> tuple[str, str]:
    """Say who acts on a promise and how: after the first broken one, the second, the third (CO-30)."""
    if not part.known:
        return collector, f"Find the documents {part.documents}: the customer's account has none by these numbers."
    if part.status == "OPEN":
        ahead = (part.due - part.created).days
        if ahead > policy.promise.max_days_ahead:
            return collector, f"Ask for an earlier day: it lies {ahead} days ahead, {policy.promise.max_days_ahead} are allowed."
        return collector, f"Wait until {part.due + timedelta(policy.promise.tolerance_days)}, then check the payment."
    if part.status not in _NOT_KEPT:
        return collector, "Nothing: the promise is closed."
    if part.late_on:
        return collector, f"Nothing: paid late, on {part.late_on}."
    if part.level == 1:
        return collector, f"Call today; take no new promise for more than {policy.broken_promise_days} days."
    if part.level == 2:
        return "supervisor", "Second broken promise: talk to the supervisor and propose a credit hold."
    return "team lead", "Third broken promise: send the final demand and open the pre-legal file."


def kept_ratio(results: pd.DataFrame) -> tuple[list[tuple[int, int]], Mapping[str, int]]:
    """Return (paid, promised) of the evaluated promises and how many there are of each state (MT-30)."""
    done = results[results["status"].isin(["KEPT", *_NOT_KEPT])]
    pairs = list(zip(done["paid_amount"].tolist(), done["promised_amount"].tolist(), strict=True))
    return pairs, {str(state): int(n) for state, n in done["status"].value_counts().items()}
