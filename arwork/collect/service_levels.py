"""Service levels: each target beside this month's figure, with the rows that miss it, or what it would need (CO-96)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from arwork.collect.calendars import business_days, calendar_of
from arwork.collect.metrics import percent, shown
from arwork.collect.overdue import OVER
from arwork.dates import Holidays
from arwork.policy import Policy
from arwork.policy import ServiceLevel as Target
from arwork.tables import conform, empty


@dataclass(frozen=True)
class Levels:
    """What a page of service levels holds: `service_levels` and the rows that miss one, `service_level_rows`."""

    service_levels: pd.DataFrame
    service_level_rows: pd.DataFrame


@dataclass(frozen=True)
class Found:
    """A figure: what counts, of how much, what the two are, and the rows that miss with the reason; `needs` where there is none."""

    above: int = 0
    below: int = 0
    counts: str = "rows"
    table: str = ""
    missed: tuple[tuple[str, str], ...] = ()
    needs: str = ""
    number: bool = False


@dataclass(frozen=True)
class Evidence:
    """Tables that service levels are computed from, by name, with policy, first day, key date and the holidays of each book (T27)."""

    tables: Mapping[str, pd.DataFrame]
    policy: Policy
    start: date
    as_of: date
    off: Holidays = field(default_factory=dict)


def service_levels(seen: Evidence) -> Levels:
    """Measure every service level of the policy (CO-96); amounts in ledger currency or, for cash, in the currency of the account.

    Business days are those of the params; each level names its calendar. A level without its table says what it needs. Rows that the policy
    excludes are left out and listed with reason and approver.
    """
    rows, missed = [], []
    for code, target in seen.policy.service_levels.items():
        less, gone = _without(seen, code, target)
        missed += [{"level": code, "table": _KEYS[code][0], "row": row, "why": why} for row, why in gone]
        for found in _MEASURES.get(code, _unknown)(less):
            key = f"{code} {found.counts}" if found.counts != "rows" else code
            rows.append({**_row(key, code, target, found), "excluded": len(gone), "calendar": _calendar(code, seen.off)})
            missed += [{"level": key, "table": found.table, "row": row, "why": why} for row, why in found.missed]
    table = conform("service_levels", pd.DataFrame(rows)) if rows else empty("service_levels")
    behind = pd.DataFrame(missed).drop_duplicates(["level", "table", "row"]) if missed else empty("service_level_rows")
    return Levels(table, conform("service_level_rows", behind))


def _without(seen: Evidence, code: str, target: Target) -> tuple[Evidence, tuple[tuple[str, str], ...]]:
    """Take the rows that the policy excludes off the table a level counts, and return them with reason and approver."""
    if not target.exclude or code not in _KEYS:
        return seen, ()
    table, key = _KEYS[code]
    frame = seen.tables[table]
    told = {one.row: f"excluded: {one.reason}, approved by {one.approved_by}" for one in target.exclude}
    there = set(frame[key]) & set(told)
    less = replace(seen, tables={**seen.tables, table: frame[~frame[key].isin(there)]})
    return less, tuple((row, told[row]) for row in sorted(there))


def _row(key: str, code: str, target: Target, found: Found) -> dict[str, object]:
    name, formula = _NAMES.get(code, (code, ""))
    value = Fraction(found.above) if found.number else percent(found.above, found.below)
    said, light = "", "NOT_MEASURABLE"
    needs = found.needs or ("" if value is not None else "rows of this month")
    if value is not None and not needs:
        said = str(found.above) if found.number else f"{shown(value)} %"
        light = _light(value, target)
    sense = "at most" if target.at_most else "at least"
    return {
        "level": key, "name": name, "target": f"{sense} {target.target}" + ("" if found.number else " %"), "value": said,
        "numerator": 0 if needs else found.above, "denominator": 0 if needs else found.below, "counts": found.counts,
        "light": light, "owner": target.owner, "sentence": f"Not measurable: needs {needs}." if needs else formula,
    }  # fmt: skip


def _calendar(code: str, off: Holidays) -> str:
    """Say which days a level counts."""
    if code in _IN_BUSINESS_DAYS:
        return f"business days: {calendar_of(off)}"
    return _OTHER_DAYS.get(code, "all rows of the month")


def _light(value: Fraction, target: Target) -> str:
    """Return GREEN where the target is met, AMBER up to the slack away from it, else RED."""
    goal, slack = Fraction(target.target), Fraction(target.slack)
    away = value - goal if target.at_most else goal - value
    return "GREEN" if away <= 0 else "AMBER" if away <= slack else "RED"


def _missed(rows: pd.DataFrame, key: str, why: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(row), why) for row in sorted(rows[key].tolist()))


def _cash_posted(seen: Evidence) -> Iterator[Found]:
    """Bank lines of money in whose posting in the cash book came by the next business day."""
    lines = seen.tables["bank_lines"]
    lines = lines[
        (lines["class"] == "RECEIPT")
        & (lines["bank_txn_id"] != "")
        & lines["booking_date"].between(pd.Timestamp(seen.start), pd.Timestamp(seen.as_of))
    ]
    book = seen.tables["cash_book"]
    posted = book[book["bank_ref"] != ""].groupby("bank_ref")["posting_date"].min()
    if lines.empty or posted.empty:
        yield Found(needs="cash_book with the bank's reference")
        return
    when = lines["bank_txn_id"].map(posted)
    held = seen.tables["bank_accounts"][["bank_account", "currency", "ledger_id", "company_code"]]
    books = lines[["bank_account", "currency"]].merge(held, on=["bank_account", "currency"], how="left", validate="m:1").fillna("")
    in_time = business_days(lines["booking_date"], when.fillna(pd.Timestamp(seen.as_of)), books, seen.off) <= 1
    # What is not posted yet but still in time is neither met nor missed.
    judged = when.notna() | ~in_time
    good = when.notna() & in_time
    yield Found(
        int(good.sum()),
        int(judged.sum()),
        table="bank_lines",
        missed=_missed(lines[judged & ~good], "line_id", "not posted by the next business day"),
    )


def _unidentified(seen: Evidence) -> Iterator[Found]:
    receipts = seen.tables["receipts"]
    rows = receipts[receipts["status"] == "UNIDENTIFIED"]
    limit = seen.policy.unallocated_sla_bd["UNIDENTIFIED"]
    late = rows[business_days(rows["value_date"], pd.Series(pd.Timestamp(seen.as_of), index=rows.index), rows, seen.off) > limit]
    yield Found(
        len(late),
        len(rows),
        table="receipts",
        missed=_missed(late, "receipt_id", f"payer unknown for more than {limit} business days"),
        number=True,
    )


def _unapplied(seen: Evidence) -> Iterator[Found]:
    for code, rows in seen.tables["receipts"].groupby("currency"):
        late = rows[rows["unapplied_amount"] > 0]
        yield Found(
            int(late["unapplied_amount"].sum()),
            int(rows["amount"].sum()),
            str(code),
            "receipts",
            _missed(late, "receipt_id", "customer known, not applied"),
        )


def _first_contact(seen: Evidence) -> Iterator[Found]:
    first = seen.tables["first_contacts"]
    if first.empty:
        yield Found(needs="contacts")
        return
    done = first[first["status"].isin(["MET", "BREACHED"]) & first["deadline"].between(pd.Timestamp(seen.start), pd.Timestamp(seen.as_of))]
    late = done[done["status"] == "BREACHED"]
    yield Found(
        len(done) - len(late), len(done), table="first_contacts", missed=_missed(late, "item_id", "no first contact by its deadline")
    )


def _disputes_logged(seen: Evidence) -> Iterator[Found]:
    rows = seen.tables["disputes"]
    rows = rows[rows["logged_date"].notna() & rows["logged_date"].between(pd.Timestamp(seen.start), pd.Timestamp(seen.as_of))]
    if rows.empty:
        yield Found(needs="disputes with the day on which they were logged")
        return
    late = rows[business_days(rows["opened_date"], rows["logged_date"], rows, seen.off) > 1]
    yield Found(
        len(rows) - len(late), len(rows), table="disputes", missed=_missed(late, "dispute_id", "logged after more than a business day")
    )


def _statement_requests(seen: Evidence) -> Iterator[Found]:
    """Requests of the period answered within two business days; one that waits longer is missed, one in time is neither."""
    rows = seen.tables["statement_requests"]
    rows = rows[rows["requested_date"].between(pd.Timestamp(seen.start), pd.Timestamp(seen.as_of))].reset_index(drop=True)
    if rows.empty:
        yield Found(needs="statement_requests of this month")
        return
    sent = rows["sent_date"].where(rows["sent_date"] <= pd.Timestamp(seen.as_of))
    good, late = _within(rows["requested_date"], sent, seen, 2, rows)
    named = rows["customer_id"] + " " + rows["requested_date"].dt.strftime("%Y-%m-%d")
    missed = tuple((name, "no statement within two business days") for name in sorted(named[late]))
    yield Found(int(good.sum()), int(good.sum() + late.sum()), table="statement_requests", missed=missed)


def _refund_decisions(seen: Evidence) -> Iterator[Found]:
    """Refunds approved or rejected in the period, or waiting too long, within five business days of being documented."""
    steps = seen.tables["refund_steps"]
    steps = steps.loc[steps["counts"]].assign(day=pd.to_datetime(steps["at"].str[:10]))
    steps = steps[steps["day"] <= pd.Timestamp(seen.as_of)]
    begun = steps[steps["step"] == "DOCUMENTED"].groupby("refund_id")["day"].min()
    if begun.empty:
        yield Found(needs="refund_steps: refunds documented and decided in the journal")
        return
    ended = steps[steps["step"].isin(["APPROVED", "REJECTED"])].groupby("refund_id")["day"].max().reindex(begun.index)
    now = ended.isna() | (ended >= pd.Timestamp(seen.start))
    good, late = _within(begun[now], ended[now], seen, 5, _books_of(begun[now].index, seen))
    missed = tuple((name, "not decided within five business days") for name in sorted(late.index[late]))
    yield Found(int(good.sum()), int(good.sum() + late.sum()), table="refund_steps", missed=missed)


def _books_of(refunds: pd.Index[Any], seen: Evidence) -> pd.DataFrame:
    """Return the book of each refund: that of the receipt or credit it pays back, which its number names; blank where neither is known."""
    known = pd.concat([
        seen.tables[name][[key, "ledger_id", "company_code"]].rename(columns={key: "source"})
        for name, key in (("receipts", "receipt_id"), ("open_items", "item_id"))
    ]).drop_duplicates("source")  # fmt: skip
    asked = pd.DataFrame({"source": [str(number).removeprefix("RF:") for number in refunds]})
    return asked.merge(known, on="source", how="left", validate="m:1").fillna("")


def _within(
    first: pd.Series[Any], last: pd.Series[Any], seen: Evidence, days: int, books: pd.DataFrame
) -> tuple[pd.Series[bool], pd.Series[bool]]:
    """Mark what was done within so many business days of its book, and what was not; what still waits in time is neither."""
    took = business_days(first, last.fillna(pd.Timestamp(seen.as_of)), books, seen.off)
    return last.notna() & (took <= days), took > days


def _dispute_answers(seen: Evidence) -> Iterator[Found]:
    cases = seen.tables["disputes"]
    day = pd.Timestamp(seen.as_of)
    done = cases[cases["resolved_date"].between(pd.Timestamp(seen.start), day) & cases["due_date"].notna()]
    waiting = cases[~cases["status"].isin(OVER) & (cases["due_date"] < day)]
    late = pd.concat([done[done["resolved_date"] > done["due_date"]], waiting])
    if cases.empty:
        yield Found(needs="disputes")
        return
    below = len(done) + len(waiting)
    yield Found(below - len(late), below, table="disputes", missed=_missed(late, "dispute_id", "not answered by its deadline"))


def _promises(seen: Evidence) -> Iterator[Found]:
    rows = seen.tables["promise_results"]
    if rows.empty:
        yield Found(needs="promises")
        return
    done = rows[rows["status"].isin(["KEPT", "PARTIALLY_KEPT", "BROKEN"]) & (rows["promised_date"] >= pd.Timestamp(seen.start))]
    late = done[done["status"] != "KEPT"]
    yield Found(len(done) - len(late), len(done), table="promise_results", missed=_missed(late, "promise_id", "not kept"))


def _overdue(seen: Evidence, days: int) -> Iterator[Found]:
    """Open debits after this close's allocations, by ledger currency; `standing` holds them."""
    aged = seen.tables["standing"]
    for code, rows in aged[aged["left_local"] > 0].groupby("local_currency"):
        late = rows[rows["days_past_due"] > days]
        yield Found(
            int(late["left_local"].sum()), int(rows["left_local"].sum()), str(code), "ageing_items",
            _missed(late, "item_id", f"more than {days} days late" if days else "overdue"),
        )  # fmt: skip


def _adjustments(seen: Evidence) -> Iterator[Found]:
    rows = seen.tables["adjustment_checks"]
    if rows.empty:
        yield Found(needs="adjustment_register, or write-offs decided in this close")
        return
    wrong = rows[~rows["complies"]]
    yield Found(
        len(rows) - len(wrong),
        len(rows),
        table="adjustment_checks",
        missed=tuple(sorted(zip(wrong["adjustment_id"], wrong["wrong"], strict=True))),
    )


def _forecast(seen: Evidence) -> Iterator[Found]:
    """Miss of the forecast made at the start of the month, per ledger and currency, of what was paid in it on items; at the end of the month only."""
    frozen, paid = seen.tables["forecast_frozen"], seen.tables["paid"]
    if frozen.empty or (frozen["to_date"] > pd.Timestamp(seen.as_of)).any():
        yield Found(needs="forecast_frozen of the close before, and the end of its month")
        return
    book = ["ledger_id", "company_code", "currency"]
    now = paid[(paid["value_date"] > frozen["frozen_at"].min()) & (paid["value_date"] <= frozen["to_date"].max())]
    came = now.groupby(book)["paid"].sum().rename("came").reset_index()
    rows = frozen.merge(came, on=book, how="left", validate="1:1").fillna({"came": 0})
    for code, own in rows.groupby("currency"):
        miss = (own["expected"] - own["came"].astype("int64")).abs()
        named = tuple(
            (f"{row[0]} {row[1]} {row[2]}", "forecast and cash differ")
            for row in own.loc[miss > 0, book].itertuples(index=False, name=None)
        )
        yield Found(int(miss.sum()), int(own["came"].sum()), str(code), "forecast_frozen", named)


def _needs(what: str) -> Callable[[Evidence], Iterator[Found]]:
    return lambda seen: iter((Found(needs=what),))


def _unknown(seen: Evidence) -> Iterator[Found]:
    yield Found(needs="a formula: the policy names a level that arwork does not know")


_NAMES: Mapping[str, tuple[str, str]] = {
    "cash_posted": ("Cash posted by the next business day", "Bank lines of money in with a posting by the next business day / such lines."),
    "unidentified": ("Unidentified cash waiting too long", "Receipts without a payer for more business days than the policy allows."),
    "unapplied": ("Unapplied cash of the month's receipts", "Unapplied / receipts."),
    "first_contact": ("First contact in time", "MET / (MET + BREACHED), deadlines in the period (MT-31)."),
    "disputes_logged": ("Disputes logged within a business day", "Logged in time / logged in the period."),
    "statement_requests": ("Statements sent within two days of the request", "Sent within two business days / requested in the period."),
    "reconciliations": ("Reconciliations on time", ""),
    "refund_decisions": (
        "Refunds decided within five days",
        "Decided within five business days of DOCUMENTED / decided in the period or past that.",
    ),
    "forecast": (
        "Error of the forecast made at the start of the month",
        "Forecast less cash on items, without sign / cash on items (7.3).",
    ),
    "promises_kept": ("Promises kept", "KEPT / evaluated, promised for a day of the period (MT-30)."),
    "overdue": ("Overdue", "Overdue open debits / open debits (MT-23)."),
    "over_90": ("More than 90 days late", "Open debits more than 90 days late / open debits (MT-23)."),
    "adjustments": ("Adjustments that follow the matrix", "Adjustments that comply / adjustments (CO-70)."),
    "misapplied": ("Misapplied by rule", ""),
    "dispute_answers": ("Disputes answered in time", "Resolved in time / resolved in the period or past their deadline (CO-80)."),
}
_IN_BUSINESS_DAYS = ("cash_posted", "unidentified", "disputes_logged", "statement_requests", "refund_decisions")
_OTHER_DAYS: Mapping[str, str] = {
    "first_contact": "calendar days from the due date", "promises_kept": "calendar days from the promised day", "dispute_answers": "calendar days of CO-80",
    "overdue": "calendar days past due at the key date", "over_90": "calendar days past due at the key date", "forecast": "the calendar month",
    "misapplied": "60 calendar days after the allocation", "reconciliations": "business days of each reconciliation's book (4.11)",
}  # fmt: skip
"""What levels count that are not measured in business days."""
_KEYS: Mapping[str, tuple[str, str]] = {
    "cash_posted": ("bank_lines", "line_id"), "unidentified": ("receipts", "receipt_id"), "unapplied": ("receipts", "receipt_id"),
    "first_contact": ("first_contacts", "item_id"), "disputes_logged": ("disputes", "dispute_id"), "dispute_answers": ("disputes", "dispute_id"),
    "refund_decisions": ("refund_steps", "refund_id"), "promises_kept": ("promise_results", "promise_id"), "overdue": ("standing", "item_id"),
    "over_90": ("standing", "item_id"), "adjustments": ("adjustment_checks", "adjustment_id"),
}  # fmt: skip
"""The table whose rows a level counts, and their key: a row can be excluded by it."""
_MEASURES: Mapping[str, Callable[[Evidence], Iterator[Found]]] = {
    "cash_posted": _cash_posted, "unidentified": _unidentified, "unapplied": _unapplied, "first_contact": _first_contact,
    "disputes_logged": _disputes_logged, "statement_requests": _statement_requests,
    "reconciliations": _needs("sign-offs of this month's reconciliations in the journal, made after this pack"), "refund_decisions": _refund_decisions,
    "forecast": _forecast, "promises_kept": _promises,
    "overdue": lambda seen: _overdue(seen, 0), "over_90": lambda seen: _overdue(seen, 90), "adjustments": _adjustments,
    "misapplied": _needs("decisions of the 60 days after the allocations"), "dispute_answers": _dispute_answers,
}  # fmt: skip
