"""Promises to pay as people state them, checked against a run before they are kept (T13, CO-30); pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.collect.recorded import CHANNELS, Around, Body, Whose, account_of, day_of, free, items_of, mine, one_of, past, refuse, row_of
from arwork.states import may_follow

_NOT_KEPT = ("BROKEN", "PARTIALLY_KEPT")


@dataclass(frozen=True)
class Promise:
    """A promise as a person states it (CO-30): (amount, day) for each instalment; `items` blank is the whole account."""

    whose: Whose
    payments: tuple[tuple[str, str], ...]
    items: tuple[str, ...] = ()
    given_by: str = ""
    channel: str = ""
    day: str = ""
    currency: str = ""


def promise_bodies(said: Promise, around: Around) -> list[Body]:
    """Check a promise and return what is recorded, a body an instalment (T13, CO-30); InputError says what does not fit.

    A day may lie as far ahead as the policy allows, after a broken promise less; each instalment counts from the one before.
    """
    account = account_of(around, said.whose)
    items = items_of(around, account, said.items) if said.items else None
    currency = _currency(said, account, items, around)
    made = past(said.day, around, "promise")
    parts = sorted((day_of(day), around.amount(amount, currency, account["ledger"])) for amount, day in said.payments)
    if not parts:
        refuse("a promise names an amount and a day", "Give them, such as 500.00@2026-04-15.")
    _refuse_days(parts, made, _longest(account, items, around))
    left = _owed(account, currency, items, around)
    total = sum(amount for _, amount in parts)
    if any(amount <= 0 for _, amount in parts) or total > left:
        told = [f"{around.units.text(minor, currency)} {currency}" for minor in (total, left)]
        refuse(f"{told[0]} promised is not between nothing and the {told[1]} that is open", "Give what was promised of what is open.")
    name = free(f"P-{around.number}", set(around.promises["promise_id"]))
    words = items["item_id"].tolist() if items is not None else []
    plan = {"plan": name} if len(parts) > 1 else {}
    more = {key: value.strip() for key, value in (("given_by", said.given_by), ("channel", said.channel.upper())) if value.strip()}
    if more.get("channel"):
        one_of("channel", more["channel"], CHANNELS)
    return [
        {"promise": name if len(parts) == 1 else f"{name}-{place}", "step": "OPEN", **account, "amount": amount, "currency": currency,
         "date": day.isoformat(), "created": made.isoformat(), **({"items": words} if words else {}), **plan, **more}
        for place, (day, amount) in enumerate(parts, start=1)
    ]  # fmt: skip


def withdrawal_body(promise: str, around: Around) -> Body:
    """Check that a promise may be withdrawn and return what is recorded: only an open one, as it was evaluated last (CO-30)."""
    row = row_of(around.promises, "promise_id", promise, "promise")
    judged = around.results.loc[around.results["promise_id"] == promise, "status"].tolist()
    state = judged[0] if judged and row["status"] == "OPEN" else str(row["status"])
    answer = may_follow("promise", state, "WITHDRAWN", {})
    if not answer:
        refuse(f"promise {promise}: {answer.why}", "Record a new promise instead.")
    body = {
        "promise": promise, "step": "WITHDRAWN", "customer": row["customer_id"], "ledger": row["ledger_id"], "company_code": row["company_code"],
        "amount": int(row["promised_amount"]), "currency": row["currency"], "date": row["promised_date"].date().isoformat(),
        "created": row["created_date"].date().isoformat(), **{key: row[key] for key in ("plan", "given_by", "channel") if row[key]},
    }  # fmt: skip
    if row["item"]:
        body["items"] = row["item"].split()
    return body if promise in around.journal_promises else {**body, "before": state}


def _currency(said: Promise, account: Mapping[str, str], items: pd.DataFrame | None, around: Around) -> str:
    if items is not None:
        return str(items["currency"].iloc[0])
    items_open = around.open_items[mine(around.open_items, account) & (around.open_items["open_amount_doc"] > 0)]
    own = items_open["currency"].unique().tolist()
    wanted = said.currency.upper()
    if not own or (wanted and wanted not in own):
        refuse(
            f"customer {account['customer']} owes nothing" + (f" in {wanted}" if wanted else ""),
            "A promise is about something that is open.",
        )
    if not wanted and len(own) > 1:
        refuse(f"customer {account['customer']} owes in {' and '.join(sorted(own))}", "Say which: --currency, or name the items.")
    return wanted or str(own[0])


def _owed(account: Mapping[str, str], currency: str, items: pd.DataFrame | None, around: Around) -> int:
    if items is not None:
        return int(items["open_amount_doc"].sum())
    own = around.open_items
    return int(own.loc[mine(own, account) & (own["currency"] == currency) & (own["open_amount_doc"] > 0), "open_amount_doc"].sum())


def _longest(account: Mapping[str, str], items: pd.DataFrame | None, around: Around) -> int:
    """Return how many days ahead a promise may lie: less after one on the same items was not kept (CO-30)."""
    told = around.results
    own = mine(told, account)
    failed = told[own & told["status"].isin(_NOT_KEPT)]
    named = set() if items is None else {*items["item_id"], *items["reference"], *items["doc_no"]}
    again = any(not text or items is None or named & set(text.split()) for text in failed["item"])
    return around.policy.broken_promise_days if again else around.policy.promise.max_days_ahead


def _refuse_days(parts: Sequence[tuple[date, int]], made: date, most: int) -> None:
    before = made
    for day, _ in parts:
        if day < before:
            refuse(f"the promised day {day} lies before {before}", "Give a day from the promise on.")
        if (day - before).days > most:
            refuse(
                f"{day} lies {(day - before).days} days after {before}; {most} are allowed (CO-30)",
                "Agree on an earlier day, or on instalments.",
            )
        before = day
