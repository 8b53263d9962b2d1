"""Late-payment fees: interest and fixed sum by item, and whether to charge, waive or hold them, with the criterion (CO-55)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from arwork.collect.fee_rates import NoRateError, Segment, fixed_sum, segments
from arwork.collect.overdue import OVER, money_of
from arwork.collect.payments import WHOSE
from arwork.money import Units, half_up
from arwork.policy import Policy
from arwork.proof import Finding
from arwork.tables import conform, empty

_CHARGED = ("INV", "DM", "INST")
Account = tuple[str, str, str]


@dataclass(frozen=True)
class Fees:
    """What is recommended: `late_fees`, `late_fee_segments`, findings."""

    late_fees: pd.DataFrame
    late_fee_segments: pd.DataFrame
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Circumstances:
    """What decides a fee beside the days: disputes, promise results, net overdue with money on the account, customers."""

    disputes: pd.DataFrame
    promises: pd.DataFrame
    net: pd.DataFrame
    customers: pd.DataFrame


def late_fees(
    open_items: pd.DataFrame, paid: pd.DataFrame, around: Circumstances, policy: Policy, units: Units, start: date, as_of: date
) -> Fees:
    """Recommend a fee for every invoice that is late at the key date or was paid late in the period that begins at `start` (CO-55).

    `paid` are the payments of items. Countries without a regime in the policy get no fee, and a finding counts them; never interest
    on a fee; one fee an item. Amounts in minor units of the item.
    """
    late, without = _late(open_items, paid, around.customers, policy, start, as_of)
    known = _Known(around, open_items, policy, as_of)
    rows, parts = [], []
    first = _first_offences(late, paid, as_of)
    for row in late.to_dict("records"):
        fee, cut = _fee(row, known, policy, units)
        rows.append({**fee, "_first": first.get(_account(row), False)})
        parts += cut
    rows = _small(rows, policy, units)
    tables = (conform("late_fees", pd.DataFrame(rows)) if rows else empty("late_fees"),
              conform("late_fee_segments", pd.DataFrame(parts)) if parts else empty("late_fee_segments"))  # fmt: skip
    return Fees(*tables, tuple(_findings(tables[0], without, units)))


def _account(row: Mapping[Any, Any]) -> Account:
    return (row["ledger_id"], row["company_code"], row["customer_id"])


def _late(
    open_items: pd.DataFrame, paid: pd.DataFrame, customers: pd.DataFrame, policy: Policy, start: date, as_of: date
) -> tuple[pd.DataFrame, int]:
    """Return the late invoices with their payments, and how many others are late in countries without a regime."""
    day = pd.Timestamp(as_of)
    own = open_items["doc_type"].isin(_CHARGED) & (open_items["amount_doc"] > 0) & (open_items["due_date"] < day)
    own &= ~open_items["written_off"] & (open_items["reversed_by"] == "") & (open_items["posting_date"] <= day)
    after = paid.loc[(paid["value_date"] >= pd.Timestamp(start)) & paid["cleared"] & (paid["days_late"] >= 1), "item_id"]
    live = ~(open_items["clearing_date"] <= day) & (open_items["open_amount_doc"] > 0)
    items = open_items.loc[own & (live | open_items["item_id"].isin(after))]
    items = items.merge(customers[[*WHOSE, "country", "status", "collector"]], on=WHOSE, how="left", validate="m:1")
    regime = items["country"].map(dict(policy.lpf.regime_by_country))
    money: dict[str, list[tuple[date, int]]] = {}
    mine = paid.loc[paid["item_id"].isin(items["item_id"])]
    for item, when, amount in mine[["item_id", "value_date", "paid"]].itertuples(index=False, name=None):
        money.setdefault(item, []).append((when.date(), int(amount)))
    chosen = items.assign(regime=regime).loc[regime.notna()]
    chosen = chosen.assign(
        money=pd.Series([money.get(i, []) for i in chosen["item_id"]], index=chosen.index, dtype="object"), key_date=as_of
    ).sort_values("item_id")
    chosen = chosen.assign(done=chosen["clearing_date"] <= day)
    return chosen.loc[[_end(r) > r["due_date"].date() for r in chosen.to_dict("records")]], int(regime.isna().sum())


def _end(row: Mapping[Any, Any]) -> date:
    """Return the day up to which interest runs: the last payment of what is paid in full, else the key date."""
    base = _base(row)
    full = row["money"] and sum(amount for _, amount in row["money"]) >= base
    last: date = max(day for day, _ in row["money"]) if full else row["key_date"]
    return last


def _base(row: Mapping[Any, Any]) -> int:
    """Return what was outstanding: the whole of an item cleared by now, else what the extract shows open."""
    return int(row["amount_doc"] if row["done"] else row["open_amount_doc"])


def _fee(row: Mapping[Any, Any], known: _Known, policy: Policy, units: Units) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    regime, code, base, end = policy.lpf.regimes[row["regime"]], row["currency"], _base(row), _end(row)
    due = row["due_date"].date()
    lacking = ""
    cut: list[Segment] = []
    try:
        cut = segments(base, due, end, row["money"], regime, policy.lpf.reference_rates, policy.lpf.basis)
    except NoRateError as none:
        lacking = f"{none}; add it with its source"
    interest = sum(segment.interest for segment in cut)
    fixed = units.rounded(fixed_sum(regime, units.decimal(base, code), code), code)
    days = (end - due).days
    outcome, criterion = ("HOLD", lacking) if lacking else known.outcome(row, days, interest, fixed, units)
    parts = [
        {
            "item_id": row["item_id"], "segment": n, "from_date": s.start, "to_date": s.end, "days": (s.end - s.start).days,
            "outstanding": s.outstanding, "currency": code, "rate": half_up(s.rate * 10_000), "reference_rate": s.rests_on, "interest": s.interest,
        }
        for n, s in enumerate(cut, start=1)
    ]  # fmt: skip
    return {
        "item_id": row["item_id"], **{name: row[name] for name in WHOSE}, "reference": row["reference"], "currency": code, "amount": base,
        "due_date": due, "end_date": end, "days_late": days, "regime": row["regime"], "interest": interest, "fixed_sum": fixed,
        "fee": interest + fixed, "outcome": outcome, "criterion": criterion, "owner": row["collector"] or "collections",
    }, parts  # fmt: skip


class _Known:
    """What is known of items and accounts that waives or holds a fee, looked up once."""

    def __init__(self, around: Circumstances, open_items: pd.DataFrame, policy: Policy, as_of: date) -> None:
        self.policy, self.as_of = policy, as_of
        cases = around.disputes
        self.disputed = _documents(cases.loc[~cases["status"].isin(OVER)], "items")
        self.ours = _documents(cases.loc[cases["resolution"].isin(["VALID", "PARTLY_VALID"])], "items")
        self.promised = _documents(around.promises.loc[around.promises["status"] == "OPEN"], "item")
        charged = open_items.loc[(open_items["doc_type"] == "LPF") & (open_items["ref_item"] != "")]
        self.charged = set(zip(charged["company_code"], charged["ref_item"], strict=True))
        money = around.net.loc[around.net["unapplied"] > 0]
        self.money = money_of(money)

    def outcome(self, row: Mapping[Any, Any], days: int, interest: int, fixed: int, units: Units) -> tuple[str, str]:
        """Return RECOMMEND, WAIVE or HOLD and the criterion that decided, holds before waivers (CO-55)."""
        account, lpf = _account(row), self.policy.lpf
        names = {row["item_id"], row["doc_no"], row["reference"]} - {""}
        waiver = next(
            (w for w in lpf.waivers if (w.ledger, w.customer) == (account[0], account[2]) and w.valid_from <= self.as_of <= w.valid_to),
            None,
        )
        left = 0 if row["done"] else int(row["open_amount_doc"]) - sum(amount for _, amount in row["money"])
        least = units.rounded(lpf.min_fee, row["currency"])
        tests = (
            ("HOLD", "open dispute", bool(names & self.disputed.get(account, set())) and not row["done"]),
            ("HOLD", "open promise", bool((names | {"*"}) & self.promised.get(account, set())) and not row["done"]),
            ("HOLD", "insolvency or legal proceedings", row["status"] in ("INSOLVENT", "LEGAL")),
            ("HOLD", "money on the account covers it", 0 < left <= self.money.get((*account, row["currency"]), 0)),
            ("WAIVE", "a fee was charged already", any((row["company_code"], name) in self.charged for name in names)),
            ("WAIVE", "our fault: its dispute was valid", bool(names & self.ours.get(account, set()))),
            ("WAIVE", f"waiver on file, approved by {waiver.approved_by} until {waiver.valid_to}" if waiver else "", waiver is not None),
            ("WAIVE", f"only {days} days late, fewer than {lpf.min_days_late}", days < lpf.min_days_late),
            ("WAIVE", f"interest below {lpf.min_fee} and no fixed sum", interest < least and not fixed),
        )
        hit = next(((result, why) for result, why, holds in tests if holds), None)
        return hit or ("RECOMMEND", f"{days} days late, {row['regime']}")


def _documents(frame: pd.DataFrame, column: str) -> dict[Account, set[str]]:
    """Return the documents that rows name, by account; `*` for a row that names none."""
    found: dict[Account, set[str]] = {}
    for row in frame.to_dict("records"):
        found.setdefault(_account(row), set()).update(row[column].split() or ["*"])
    return found


def _first_offences(late: pd.DataFrame, paid: pd.DataFrame, as_of: date) -> dict[Account, bool]:
    """Say of each account whether nothing else of it was paid late in the twelve months before."""
    year = paid.loc[(paid["value_date"] > pd.Timestamp(as_of) - pd.Timedelta(days=365)) & (paid["days_late"] >= 1)]
    others = year.loc[~year["item_id"].isin(late["item_id"])]
    before = set(others[WHOSE].drop_duplicates().itertuples(index=False, name=None))
    accounts = set(late[WHOSE].itertuples(index=False, name=None))
    return {key: key not in before for key in accounts}


def _small(rows: list[dict[str, Any]], policy: Policy, units: Units) -> list[dict[str, Any]]:
    """Waive what a small customer owes that pays late for the first time: all its fees together do not pass the policy's amount."""
    sums: dict[tuple[Account, str], int] = {}
    for row in rows:
        key = (_account(row), row["currency"])
        sums[key] = sums.get(key, 0) + (row["fee"] if row["outcome"] == "RECOMMEND" else 0)
    result = []
    for row in rows:
        first = row.pop("_first")
        least = units.rounded(policy.lpf.small_first_offence, row["currency"])
        if row["outcome"] == "RECOMMEND" and first and sums[_account(row), row["currency"]] <= least:
            row = {**row, "outcome": "WAIVE", "criterion": f"first late payment in 12 months, fees up to {policy.lpf.small_first_offence}"}
        result.append(row)
    return result


def _findings(fees: pd.DataFrame, without: int, units: Units) -> list[Finding]:
    said = []
    if without:
        said.append(
            Finding(
                "CO-55",
                "info",
                f"{without:,} late items belong to customers in countries for which the policy names no law on late payment; no fee was computed.",
                "open_items",
            )
        )
    due = fees.loc[fees["outcome"] == "RECOMMEND"]
    for code, rows in due.groupby("currency"):
        total = f"{units.text(int(rows['fee'].sum()), str(code))} {code}"
        said.append(
            Finding(
                "CO-55",
                "info",
                f"Late-payment fees of {total} on {len(rows):,} items are recommended; each waits for approval.",
                "late_fees",
            )
        )
    return said
