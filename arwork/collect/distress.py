"""Delinquent and distressed accounts: the signs that the books show, their points, and whom to tell (CO-50)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from arwork.collect.key_date import open_at
from arwork.collect.overdue import owing
from arwork.collect.standing import ACCOUNT, whose
from arwork.policy import Policy
from arwork.tables import conform, empty

NOT_MEASURED = (
    "insolvency registers, insurer's limits and ratings, adverse news and tax liens: needs a person or a feed; "
    "unreachable contact: needs contacts; orders against payment: needs sales_history"
)
"""Signs of CO-50 that no table of the close can show."""


def screen(tables: Mapping[str, pd.DataFrame], policy: Policy, as_of: date) -> pd.DataFrame:
    """Return `distress`: every account that is delinquent, shows a sign or meets a hard trigger (CO-50).

    Takes `standing`, `net_overdue`, `customers`, `promises` as evaluated (`promise_results`), `disputes`, `cheques`, `open_items`. Delinquent is
    who is net overdue beyond 30 days, or with more than a tenth of its balance now and at the month-end before. A hard trigger notifies the same day.
    """
    items = tables["standing"]
    late = owing(items, tables["net_overdue"])
    debts = items.groupby(ACCOUNT).agg(
        open_local=("open_local", "sum"), left_local=("left_local", "sum"), local_currency=("local_currency", "first")
    )
    sums = late.groupby(ACCOUNT).agg(overdue_local=("free_local", "sum"), oldest_days=("days_past_due", "max"))
    table = (
        debts.join(sums, how="left")
        .fillna({"overdue_local": 0, "oldest_days": 0})
        .astype({"overdue_local": "int64", "oldest_days": "int64"})
    )
    signs, before = _signs(tables, late, as_of), _tenth_before(tables["open_items"], as_of)
    people = tables["customers"].set_index(ACCOUNT)[["name", "status"]]
    rows = []
    for key, row in zip(table.index, table.to_dict("records"), strict=True):
        name, status = people.loc[key] if key in people.index else (key[2], "ACTIVE")
        found: dict[str, int] = signs.get(key, {})
        hard = "insolvent" if status == "INSOLVENT" else "cheques returned twice" if found.pop("cheques returned twice", 0) else ""
        overdue, tenth = row["overdue_local"], row["overdue_local"] * 10 > row.pop("left_local") > 0
        delinquent = overdue > 0 and (row["oldest_days"] > 30 or (tenth and key in before))
        if not (hard or found or delinquent):
            continue
        late_words = "overdue beyond 30 days" if row["oldest_days"] > 30 else "a tenth overdue at two month-ends"
        score = sum(found.values())
        notify = bool(hard) or score >= policy.distress.notify_at
        rows.append({
            **whose(key), **{str(k): v for k, v in row.items()}, "name": name, "delinquent": delinquent, "total_points": score, "hard_trigger": hard,
            "signs": "; ".join(f"{said} {got}" for said, got in sorted(found.items())) or late_words, "notify": notify,
            "owner": "risk management" if notify else "collector",
            "next_action": "today: stop supply, retention of title, set-off, securities, provision" if hard
            else "send the notice pack to risk management" if notify else "watch; call on the oldest items",
        })  # fmt: skip
    return conform("distress", pd.DataFrame(rows)) if rows else empty("distress")


def _tenth_before(open_items: pd.DataFrame, as_of: date) -> frozenset[tuple[str, ...]]:
    """Return the accounts of whose balance more than a tenth was overdue at the month-end before the key date."""
    day = as_of.replace(day=1) - timedelta(days=1)
    kept = open_at(open_items, day)
    late = kept["open_local"].where((kept["open_local"] > 0) & (kept["due_date"] < pd.Timestamp(day)), 0)
    sums = kept.assign(late=late).groupby(ACCOUNT)[["open_local", "late"]].sum()
    return frozenset(tuple(key) for key in sums.index[(sums["late"] * 10 > sums["open_local"]) & (sums["open_local"] > 0)])


def _signs(tables: Mapping[str, pd.DataFrame], late: pd.DataFrame, as_of: date) -> dict[tuple[str, ...], dict[str, int]]:
    """Points of the signs by account."""
    day = pd.Timestamp(as_of)
    found: dict[tuple[str, ...], dict[str, int]] = {}

    def _add(keys: Any, said: str, got: int) -> None:
        for key in keys:
            found.setdefault(tuple(key), {})[said] = got

    promises = tables["promises"]
    broken = promises[(promises["status"] == "BROKEN") & (promises["promised_date"] > day - pd.Timedelta(days=90))]
    _add(_often(broken, 2), "two broken promises in 90 days", 25)
    disputes = tables["disputes"]
    fresh = disputes[(disputes["opened_date"] > day - pd.Timedelta(days=90)) & (disputes["opened_date"] <= day)]
    _add(_often(fresh, 3), "three disputes in 90 days", 15)
    _add(bounced_twice(tables["cheques"], as_of), "cheques returned twice", 1)
    _add(_slower(tables["open_items"], as_of), "15 days slower than the own norm", 20)
    old = late.loc[late["days_past_due"] > 30, ACCOUNT].drop_duplicates().assign(old=1)
    party = tables["customers"].loc[lambda c: c["party_id"] != "", [*ACCOUNT, "party_id"]]
    pairs = party.merge(party.merge(old, on=ACCOUNT), on="party_id", suffixes=("", "_other"))
    other = (pairs["ledger_id"] != pairs["ledger_id_other"]) | (pairs["company_code"] != pairs["company_code_other"])
    _add(pairs.loc[other, ACCOUNT].itertuples(index=False, name=None), "overdue beyond 30 days in another ledger", 10)
    return found


def bounced_twice(cheques: pd.DataFrame, as_of: date) -> frozenset[tuple[str, str, str]]:
    """Return the accounts of which two cheques or more had come back by a day: a hard trigger (CO-50)."""
    back = cheques[cheques["returned_date"] <= pd.Timestamp(as_of)]
    return frozenset((ledger, company, customer) for ledger, company, customer in _often(back, 2))


def _often(rows: pd.DataFrame, least: int) -> list[tuple[str, ...]]:
    counts = rows.groupby(ACCOUNT).size()
    return [tuple(key) for key in counts.index[counts >= least]]


def _slower(items: pd.DataFrame, as_of: date) -> list[tuple[str, ...]]:
    """Accounts whose invoices cleared in the last 90 days were 15 days later than those of the year before."""
    day = pd.Timestamp(as_of)
    paid = items[(items["doc_type"] == "INV") & (items["clearing_date"] <= day)]
    days = paid.assign(late=(paid["clearing_date"] - paid["due_date"]).dt.days, age=(day - paid["clearing_date"]).dt.days)
    now = days[days["age"] < 90].groupby(ACCOUNT)["late"].agg(["sum", "size"])
    norm = days[(days["age"] >= 90) & (days["age"] < 455)].groupby(ACCOUNT)["late"].agg(["sum", "size"])
    both = now.add_suffix("_now").join(norm.add_suffix("_norm"), how="inner")
    left = both["sum_now"] * both["size_norm"] - both["sum_norm"] * both["size_now"]
    return [tuple(key) for key in both.index[left >= 15 * both["size_now"] * both["size_norm"]]]
