"""Disputes as people open and move them, checked against a run before they are kept (T14, CO-80); pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from arwork.collect.disputes import QUERIES
from arwork.collect.matrix import MATRIX
from arwork.collect.recorded import Around, Body, Whose, account_of, free, items_of, mine, one_of, past, refuse, row_of
from arwork.matching.reasons import owner_of
from arwork.states import may_follow

FUNCTIONS = ("SALES", "LOGISTICS", "BILLING", "PRICING", "QUALITY", "TAX", "AR")
"""Functions that answer disputes (T14)."""
_SETTLED = ("RESOLVED", "CLOSED")


@dataclass(frozen=True)
class Dispute:
    """A new dispute as a person states it (T14, CO-80); `amount` blank is all that is open on the items."""

    whose: Whose
    items: tuple[str, ...]
    reason_code: str
    amount: str = ""
    function: str = ""
    day: str = ""


@dataclass(frozen=True)
class Step:
    """The next step of a dispute; `to` is who works on it, `accepted` what of a PARTLY_VALID one is the customer's right."""

    dispute: str
    step: str
    to: str = ""
    function: str = ""
    resolution: str = ""
    accepted: str = ""
    root_cause: str = ""


def dispute_body(said: Dispute, around: Around) -> Body:
    """Check a new dispute and return what is recorded: the function that must answer, and by when (CO-80)."""
    account = account_of(around, said.whose)
    if not said.items:
        refuse("a dispute names its items", "Give the documents that the customer disputes or asks about.")
    items = items_of(around, account, said.items)
    code = said.reason_code.strip().upper()
    if code not in MATRIX:
        refuse(
            f"{said.reason_code!r} is no reason",
            f"Use a code of the matrix (CO-70), such as {', '.join(list(MATRIX)[3:9])}; UN where none is known.",
        )
    currency = str(items["currency"].iloc[0])
    left = int(items["open_amount_doc"].sum())
    amount = around.amount(said.amount, currency, account["ledger"]) if said.amount.strip() else left
    if not 0 < amount <= left:
        told = [f"{around.units.text(minor, currency)} {currency}" for minor in (amount, left)]
        about, cure = (
            ("asked about", "Give what the customer asks about.")
            if code in QUERIES
            else ("in dispute", "Give what the customer disputes of it.")
        )
        refuse(f"{told[0]} {about} is not between nothing and the {told[1]} that is open", cure)
    _refuse_disputed(items, account, around, code in QUERIES)
    day = past(said.day, around, "dispute")
    function = one_of("function", said.function, FUNCTIONS) if said.function else owner_of(code)
    days = around.policy.dispute_sla_days.get(function, max(around.policy.dispute_sla_days.values()))
    body = {
        "dispute": free(f"D-{around.number}", set(around.disputes["dispute_id"])), "step": "NEW", **account, "items": items["item_id"].tolist(),
        "amount": amount, "currency": currency, "reason_code": code, "date": day.isoformat(), "owner_function": function,
        "due_date": (day + timedelta(days)).isoformat(),
    }  # fmt: skip
    return body


def step_body(said: Step, around: Around) -> Body:
    """Check the next step of a dispute and return what is recorded; InputError where it may not follow (domain 1.2)."""
    row = row_of(around.disputes, "dispute_id", said.dispute, "dispute")
    step, resolution = said.step.upper().replace("-", "_"), said.resolution.upper().replace("-", "_")
    state = str(row["status"])
    answer = may_follow("dispute", state, step, {"resolution": resolution})
    if not answer:
        refuse(f"dispute {said.dispute}: {answer.why}", "Take the step that follows; `arwork dispute --help` lists them.")
    body: Body = {
        "dispute": said.dispute, "step": step, "customer": row["customer_id"], "ledger": row["ledger_id"], "company_code": row["company_code"],
        "date": around.today.isoformat(), "currency": row["currency"],
    }  # fmt: skip
    if step == "ASSIGNED" and not (said.to.strip() or said.function):
        refuse("an assignment names who works on it", "Give the person, or the function that must answer.")
    if said.to.strip():
        body["processor"] = said.to.strip()
    if said.function:
        body["owner_function"] = one_of("function", said.function, FUNCTIONS)
    if said.root_cause.strip():
        body["root_cause"] = said.root_cause.strip()
    if step == "RESOLVED":
        body |= {"resolution": resolution, **_accepted(said, row, resolution, around)}
    return body if said.dispute in around.journal_disputes else {**body, "before": state}


def _refuse_disputed(items: pd.DataFrame, account: Mapping[str, str], around: Around, asks: bool) -> None:
    """Refuse items that are in another dispute still, or for a query (`asks`) in another query; a query may become a dispute beside it."""
    told = around.disputes[around.disputes["reason_code"].isin(QUERIES) == asks]
    own = mine(told, account)
    named = {
        word: item
        for item, *words in items[["item_id", "item_id", "reference", "doc_no"]].itertuples(index=False, name=None)
        for word in words
        if word
    }
    for number, words in told.loc[own & ~told["status"].isin(_SETTLED), ["dispute_id", "items"]].itertuples(index=False, name=None):
        hit = next((word for word in words.split() if word in named), "")
        if hit:
            refuse(
                f"item {named[hit]} is in {'query' if asks else 'dispute'} {number} already", f"Go on with {number}, or leave the item out."
            )


def _accepted(said: Step, row: Mapping[Any, Any], resolution: str, around: Around) -> Body:
    """Return what is credited: all of a VALID dispute, a part of a PARTLY_VALID one, nothing of an INVALID one (CO-80)."""
    whole = int(row["disputed_amount"])
    if resolution == "VALID":
        return {"credited_amount": whole}
    if resolution == "INVALID":
        return {}
    if not said.accepted.strip():
        refuse("a dispute that is partly valid says what is accepted of it", "Give --accepted AMOUNT.")
    part = around.amount(said.accepted, str(row["currency"]), str(row["ledger_id"]))
    if not 0 < part < whole:
        told = around.units.text(whole, str(row["currency"]))
        refuse(
            f"{said.accepted} is not between nothing and the {told} {row['currency']} in dispute",
            "VALID accepts all of it, INVALID nothing.",
        )
    return {"credited_amount": part}
