"""Late-payment fees: interest and fixed sum by item, and whether to charge, waive or hold them, with the criterion (CO-55)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from arwork.collect.fee_rates import NoRateError, Segment, fixed_sum, segments
from arwork.collect.overdue import OVER, money_of
from arwork.collect.payments import WHOSE
from arwork.fee_policy import Waiver
from arwork.money import Units, half_up
from arwork.policy import Policy
from arwork.proof import Finding, numbered
from arwork.tables import conform, empty

_CHARGED = ("INV", "DM", "INST")
_ON_FILE = "waiver on file"
Account = tuple[str, str, str]


@dataclass(frozen=True)
class Fees:
    """What is recommended: `late_fees`, `late_fee_segments`, findings."""

    late_fees: pd.DataFrame
    late_fee_segments: pd.DataFrame
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Circumstances:
    """What decides a fee beside the days: disputes, promise results, net overdue with money on the account, customers, their profiles."""

    disputes: pd.DataFrame
    promises: pd.DataFrame
    net: pd.DataFrame
    customers: pd.DataFrame
    profiles: pd.DataFrame = field(default_factory=lambda: empty("customer_profiles"))


def late_fees(
    open_items: pd.DataFrame, paid: pd.DataFrame, around: Circumstances, policy: Policy, units: Units, start: date, as_of: date
) -> Fees:
    """Recommend a fee for every invoice that is late at the key date or was paid late in the period that begins at `start` (CO-55).

    `paid` are the payments of items. A customer's own contract goes before the law of its country; countries without a regime in the policy, and
    consumers without a contract, get no fee, and a finding counts them. Never interest on a fee; one fee an item. Amounts in minor units of the item.
    """
    late, without = _late(open_items, paid, around, policy, start, as_of)
    known = _Known(around, open_items, late, policy, as_of)
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
    open_items: pd.DataFrame, paid: pd.DataFrame, around: Circumstances, policy: Policy, start: date, as_of: date
) -> tuple[pd.DataFrame, int]:
    """Return the late invoices with their payments, and how many others are late without a regime."""
    day = pd.Timestamp(as_of)
    own = open_items["doc_type"].isin(_CHARGED) & (open_items["amount_doc"] > 0) & (open_items["due_date"] < day)
    own &= ~open_items["written_off"] & (open_items["reversed_by"] == "") & (open_items["posting_date"] <= day)
    after = paid.loc[(paid["value_date"] >= pd.Timestamp(start)) & paid["cleared"] & (paid["days_late"] >= 1), "item_id"]
    live = ~(open_items["clearing_date"] <= day) & (open_items["open_amount_doc"] > 0)
    items = open_items[own & (live | open_items["item_id"].isin(after))]
    items = items.merge(around.customers[[*WHOSE, "country", "status", "collector"]], on=WHOSE, how="left", validate="m:1")
    regime = _regimes(items, around.profiles, policy)
    money: dict[str, list[tuple[date, int]]] = {}
    mine = paid[paid["item_id"].isin(items["item_id"])]
    for item, when, amount in mine[["item_id", "value_date", "paid"]].itertuples(index=False, name=None):
        money.setdefault(item, []).append((when.date(), int(amount)))
    chosen = items.assign(regime=regime)[regime.notna()]
    chosen = chosen.assign(
        money=pd.Series([money.get(i, []) for i in chosen["item_id"]], index=chosen.index, dtype="object"), key_date=as_of
    ).sort_values("item_id")
    settled = paid.loc[paid["cleared"] & (paid["value_date"] <= day), "item_id"]
    booked = chosen["clearing_date"] <= day
    chosen = chosen.assign(done=booked | chosen["item_id"].isin(settled), booked=booked)
    return chosen.loc[[_end(r) > r["due_date"].date() for r in chosen.to_dict("records")]], int(regime.isna().sum())


def _regimes(items: pd.DataFrame, profiles: pd.DataFrame, policy: Policy) -> pd.Series[Any]:
    """Return the regime of each item: the contract of its customer that holds on the due date, else the law of its country, never for consumers."""
    private = profiles.loc[profiles["is_consumer"], WHOSE].itertuples(index=False, name=None)
    consumer = pd.MultiIndex.from_frame(items[WHOSE]).isin(list(private))
    regime = items["country"].map(dict(policy.lpf.regime_by_country)).astype(object).mask(consumer, None)
    for one in policy.lpf.contracts:
        since = (
            (items["ledger_id"] == one.ledger)
            & (items["customer_id"] == one.customer)
            & (items["due_date"] >= pd.Timestamp(one.valid_from))
        )
        until = items["due_date"] <= pd.Timestamp(one.valid_to) if one.valid_to else True
        regime = regime.mask(since & until, one.regime)
    return regime


def _end(row: Mapping[Any, Any]) -> date:
    """Return the day up to which interest runs: the last payment of what is settled, else the key date."""
    last: date = max(day for day, _ in row["money"]) if row["done"] and row["money"] else row["key_date"]
    return last


def _base(row: Mapping[Any, Any]) -> int:
    """Return what was outstanding: the whole of an item that the ERP cleared, what was paid of one that this close settles, else what is open.

    A discount or deduction that settled the rest was never owed late.
    """
    if row["done"] and not row["booked"]:
        return sum(amount for _, amount in row["money"])
    return int(row["amount_doc"] if row["done"] else row["open_amount_doc"])


def _fee(row: Mapping[Any, Any], known: _Known, policy: Policy, units: Units) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    regime, code, base, end = policy.lpf.regimes[row["regime"]], row["currency"], _base(row), _end(row)
    due = row["due_date"].date()
    lacking = ""
    cut: list[Segment] = []
    try:
        cut = segments(base, due, end, row["money"], regime, policy.lpf.reference_rates, policy.lpf.basis, _frozen(row, policy))
    except NoRateError as none:
        lacking = f"{none}; add it with its source"
    interest = sum(segment.interest for segment in cut)
    fixed = units.rounded(fixed_sum(regime, units.decimal(base, code), code), code)
    days = (end - due).days
    outcome, criterion = ("HOLD", lacking) if lacking else known.outcome(row, days, interest, fixed, units)
    parts = [
        {
            "item_id": row["item_id"], "segment": n, "from_date": s.start, "to_date": s.end, "days": (s.end - s.start).days,
            "outstanding": s.outstanding, "currency": code, "rate": half_up(s.rate * 10_000), "per": "MONTH" if s.monthly else "YEAR",
            "charged": s.charged, "reference_rate": s.rests_on, "interest": s.interest,
        }
        for n, s in enumerate(cut, start=1)
    ]  # fmt: skip
    return {
        "item_id": row["item_id"], **{name: row[name] for name in WHOSE}, "reference": row["reference"], "currency": code, "amount": base,
        "due_date": due, "end_date": end, "days_late": days, "regime": row["regime"], "interest": interest, "fixed_sum": fixed,
        "fee": interest + fixed, "outcome": outcome, "criterion": criterion,
        "waived_by": known.waived_by(row) if criterion.startswith(_ON_FILE) else "", "owner": row["collector"] or "collections",
    }, parts  # fmt: skip


def _covered(late: pd.DataFrame, money: Mapping[tuple[str, str, str, str], int]) -> set[str]:
    """Return the items that money on their account covers, the oldest first; it covers each amount once."""
    rest, found = dict(money), set()
    for row in late[~late["done"]].sort_values(["due_date", "item_id"]).to_dict("records"):
        key = (*_account(row), str(row["currency"]))
        left = int(row["open_amount_doc"]) - sum(amount for _, amount in row["money"])
        if 0 < left <= rest.get(key, 0):
            rest[key] -= left
            found.add(str(row["item_id"]))
    return found


def _frozen(row: Mapping[Any, Any], policy: Policy) -> list[tuple[date, date, str]]:
    """Return the freezes of an item: of its ledger, its customer, or the document itself."""
    names = {row["item_id"], row["doc_no"], row["reference"], ""}
    return [
        (one.valid_from, one.valid_to, f"{one.reason}, approved by {one.approved_by}")
        for one in policy.lpf.freezes
        if one.ledger == row["ledger_id"] and one.customer in ("", row["customer_id"]) and one.document in names
    ]


class _Known:
    """What is known of items and accounts that waives or holds a fee, looked up once."""

    def __init__(self, around: Circumstances, open_items: pd.DataFrame, late: pd.DataFrame, policy: Policy, as_of: date) -> None:
        self.policy, self.as_of = policy, as_of
        cases = around.disputes
        self.disputed = _documents(cases[~cases["status"].isin(OVER)], "items")
        self.ours = _documents(cases[cases["resolution"].isin(["VALID", "PARTLY_VALID"])], "items")
        self.promised = _documents(around.promises[around.promises["status"] == "OPEN"], "item")
        charged = open_items[(open_items["doc_type"] == "LPF") & (open_items["ref_item"] != "")]
        self.charged = set(zip(charged["company_code"], charged["ref_item"], strict=True))
        self.covered = _covered(late, money_of(around.net[around.net["unapplied"] > 0]))

    def waived_by(self, row: Mapping[Any, Any]) -> str:
        """Return who approved the waiver on file; blank without one."""
        waiver = self._waiver(row)
        return waiver.approved_by if waiver else ""

    def _waiver(self, row: Mapping[Any, Any]) -> Waiver | None:
        mine = [w for w in self.policy.lpf.waivers if (w.ledger, w.customer) == (row["ledger_id"], row["customer_id"])]
        return next((w for w in mine if w.valid_from <= self.as_of <= w.valid_to), None)

    def outcome(self, row: Mapping[Any, Any], days: int, interest: int, fixed: int, units: Units) -> tuple[str, str]:
        """Return RECOMMEND, WAIVE or HOLD and the criterion that decided, holds before waivers (CO-55)."""
        account, lpf = _account(row), self.policy.lpf
        names = {row["item_id"], row["doc_no"], row["reference"]} - {""}
        waiver = self._waiver(row)
        least = units.rounded(lpf.min_fee, row["currency"])
        tests = (
            ("HOLD", "open dispute", bool(names & self.disputed.get(account, set())) and not row["done"]),
            ("HOLD", "open promise", bool((names | {"*"}) & self.promised.get(account, set())) and not row["done"]),
            ("HOLD", "insolvency or legal proceedings", row["status"] in ("INSOLVENT", "LEGAL")),
            ("HOLD", "money on the account covers it", row["item_id"] in self.covered),
            ("WAIVE", "a fee was charged already", any((row["company_code"], name) in self.charged for name in names)),
            ("WAIVE", "our fault: its dispute was valid", bool(names & self.ours.get(account, set()))),
            ("WAIVE", f"{_ON_FILE}, approved by {waiver.approved_by} until {waiver.valid_to}" if waiver else "", waiver is not None),
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
    year = paid[(paid["value_date"] > pd.Timestamp(as_of) - pd.Timedelta(days=365)) & (paid["days_late"] >= 1)]
    others = year[~year["item_id"].isin(late["item_id"])]
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
                f"{without:,} late items belong to consumers, or to customers in countries for which the policy names no law on late payment, and no contract "
                "gives terms; no fee was computed.",
                "open_items",
            )
        )
    due = fees[fees["outcome"] == "RECOMMEND"]
    for code, rows in due.groupby("currency"):
        total = units.said(int(rows["fee"].sum()), str(code))
        said.append(
            Finding(
                "CO-55",
                "info",
                f"Late-payment fees of {total} on {numbered(len(rows), 'item is', 'items are')} recommended; each waits for approval.",
                "late_fees",
            )
        )
    waived = fees[fees["outcome"] == "WAIVE"]
    waived = waived.assign(by=waived["waived_by"].replace("", "rule"))
    for by, code in sorted(set(zip(waived["by"], waived["currency"], strict=True))):
        rows = waived[(waived["by"] == by) & (waived["currency"] == code)]
        total = units.said(int(rows["fee"].sum()), str(code))
        said.append(
            Finding(
                "CO-55",
                "info",
                f"Late-payment fees of {total} on {numbered(len(rows), 'item is', 'items are')} waived by {by}.",
                "late_fees",
            )
        )
    return said
