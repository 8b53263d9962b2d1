"""Credit release: exposure with the order, a score out of 100, hard stops, and the decision proposed to a person (CO-45)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from arwork.collect.key_date import open_at
from arwork.collect.standing import ACCOUNT
from arwork.policy import Policy
from arwork.tables import conform, empty

_RISK = {"A": 10, "B": 8, "C": 5, "D": 2, "E": 0}
FULL = 1_000_000
"""100 % in ten-thousandths of a percent point."""


@dataclass(frozen=True)
class Standing:
    """What the score of one order is made of; amounts in minor units of the order's currency."""

    exposure: int
    limit: int
    open_ar: int
    overdue_30: int
    oldest: int
    kept: int
    promised: int
    trend: int | None
    risk: str
    paid_lately: bool
    complete: bool

    @property
    def utilisation(self) -> int:
        """Exposure by limit in ten-thousandths of a percent point; without a limit as far above any bound as can be."""
        return self.exposure * FULL // self.limit if self.limit > 0 else 999 * FULL if self.exposure > 0 else 0


def points(s: Standing) -> dict[str, int]:
    """Return the points of each factor (CO-45); a trend that nothing shows brings none."""
    used, kept = s.utilisation, s.kept * 100
    share = s.overdue_30 * 100
    return {
        "utilisation": 25 if used <= 80 * FULL // 100 else 18 if used <= FULL else 8 if used <= 110 * FULL // 100 else 0,
        "overdue over 30 days": 20 if share <= 0 else 14 if share <= 5 * s.open_ar else 7 if share <= 15 * s.open_ar else 0,
        "oldest overdue": next((got for most, got in ((0, 15), (15, 11), (30, 7), (60, 3)) if s.oldest <= most), 0),
        "promises kept": 8 if not s.promised else 10 if kept >= 90 * s.promised else 6 if kept >= 70 * s.promised else 0,
        "trend": 0 if s.trend is None else next((got for most, got in ((0, 10), (7, 6), (15, 3)) if s.trend <= most), 0),
        "risk class": _RISK[s.risk],
        "payment in 45 days": 5 if s.paid_lately else 0,
        "master data complete": 5 if s.complete else 0,
    }


def decision(score: int, utilisation: int, stops: list[str], policy: Policy) -> str:
    """Return RELEASE, CONDITIONAL or HOLD (CO-45)."""
    release, conditional = policy.credit.release, policy.credit.conditional
    if stops:
        return "HOLD"
    if score >= release[0] and utilisation <= release[1] * FULL // 100:
        return "RELEASE"
    return "CONDITIONAL" if score >= conditional[0] and utilisation <= conditional[1] * FULL // 100 else "HOLD"


def review(tables: Mapping[str, pd.DataFrame], policy: Policy, as_of: date) -> pd.DataFrame:
    """Return `credit_reviews`, a row for each of `credit_requests` (CO-45). A proposal: a person decides, per order.

    Takes `standing` and `promises` as evaluated (`promise_results`) beside the tables of the close: what this close allocates is paid. Items and
    receipts in other currencies than the order's are not part of its exposure and are named as not measurable.
    """
    requests = tables["credit_requests"]
    if requests.empty:
        return empty("credit_reviews")
    wanted = requests[ACCOUNT].drop_duplicates()
    near = {
        name: tables[name].merge(wanted, on=ACCOUNT, how="inner")
        for name in ("open_items", "receipts", "promises", "customers", "customer_profiles", "cheques")
    }
    items = near["open_items"]
    kept = open_at(items, as_of).merge(tables["standing"][["item_id", "left", "disputed_part"]], on="item_id", how="inner", validate="1:1")
    rows = [_review(request, near, kept, policy, as_of) for request in requests.to_dict("records")]
    return conform("credit_reviews", pd.DataFrame(rows))


def _of(frame: pd.DataFrame, request: Mapping[Any, Any]) -> pd.DataFrame:
    mine = frame
    for name in ACCOUNT:
        mine = mine[mine[name] == request[name]]
    return mine


def _review(
    request: Mapping[Any, Any], near: Mapping[str, pd.DataFrame], kept: pd.DataFrame, policy: Policy, as_of: date
) -> dict[str, Any]:
    mine = {name: _of(frame, request) for name, frame in near.items()}
    items = _of(kept, request)
    profile = dict(mine["customer_profiles"].iloc[0]) if len(mine["customer_profiles"]) else {}
    customer = dict(mine["customers"].iloc[0]) if len(mine["customers"]) else {"name": request["customer_id"], "status": "ACTIVE"}
    standing, unknown = _standing(request, mine, items, profile, as_of)
    stops = _stops(request, customer, profile, items, mine, standing, as_of)
    got = points(standing)
    score, verdict = sum(got.values()), decision(sum(got.values()), standing.utilisation, stops, policy)
    excess = standing.exposure - standing.limit
    over = excess * 100 - 5 * standing.limit
    authority = "CREDIT_ANALYST" if over <= 0 else "MANAGER" if excess * 100 <= 10 * standing.limit else "DIRECTOR"
    condition = max(excess, standing.overdue_30, 0) if verdict == "CONDITIONAL" else 0
    return {
        **{name: request[name] for name in (*ACCOUNT, "order_no", "currency", "order_value")}, "name": customer["name"],
        "exposure": standing.exposure, "credit_limit": standing.limit, "utilisation": standing.utilisation, "total_points": score,
        "points": "; ".join(f"{name} {value}" for name, value in got.items()), "hard_stops": "; ".join(stops), "decision": verdict,
        "condition_amount": condition, "authority": authority,
        "valid_until": pd.Timestamp(as_of + timedelta(days=policy.credit.release_valid_days)) if verdict != "HOLD" else pd.NaT,
        "not_measurable": "; ".join(unknown), "sentence": _spoken(str(request["order_no"]), verdict, stops, got, authority),
    }  # fmt: skip


def _spoken(order: str, verdict: str, stops: Sequence[str], got: Mapping[str, int], authority: str) -> str:
    """Say what is proposed, what stops it or how many points it has, and who decides."""
    none = [name for name, points in got.items() if not points]
    because = f"{stops[0]} stops it" if stops else f"{sum(got.values())} of 100 points" + (f", none for {', '.join(none)}" if none else "")
    lead = {"RELEASE": "Release", "CONDITIONAL": "Release on a condition", "HOLD": "Hold"}[verdict]
    return f"{lead} order {order}: {because}; the {authority.replace('_', ' ').lower()} decides."


def _standing(
    request: Mapping[Any, Any], mine: Mapping[str, pd.DataFrame], items: pd.DataFrame, profile: Mapping[Any, Any], as_of: date
) -> tuple[Standing, list[str]]:
    code, day = request["currency"], pd.Timestamp(as_of)
    own = items[items["currency"] == code]
    cash = own["doc_type"].isin(["RCPT", "ONACC"]) & (own["open_doc"] < 0)
    receipts = mine["receipts"][mine["receipts"]["currency"] == code]
    waiting = int(receipts["unapplied_amount"].sum() + receipts["on_account_amount"].sum())
    open_ar = int(own.loc[~cash, "left"].sum())
    exposure = open_ar + int(own.loc[cash, "left"].sum()) - waiting
    exposure += int(request["open_deliveries"]) + int(request["open_orders"]) + int(request["order_value"])
    late = own[(own["left"] > own["disputed_part"]) & (own["due_date"] < day)]
    dpd = (day - late["due_date"]).dt.days
    promises = mine["promises"][mine["promises"]["promised_date"] >= day - pd.Timedelta(days=365)]
    ended = promises[promises["status"].isin(["KEPT", "PARTIALLY_KEPT", "BROKEN"])]
    valid = not pd.isna(profile.get("credit_limit_expiry")) and profile["credit_limit_expiry"] < day
    limit = 0 if valid or profile.get("currency", code) != code else int(profile.get("credit_limit", 0))
    trend = _trend(mine["open_items"], as_of)
    paid = receipts["value_date"].max() if len(receipts) else pd.NaT
    cleared = mine["open_items"].loc[mine["open_items"]["doc_type"] == "RCPT", "posting_date"].max()
    latest = max([d for d in (paid, cleared) if not pd.isna(d)], default=pd.NaT)
    told = profile.get("contact_date")
    complete = bool(profile.get("tax_id")) and not pd.isna(told) and told >= day - pd.Timedelta(days=365)
    unknown = ["days late, three months against nine before"] if trend is None else []
    unknown += ["open items in other currencies"] if len(own) < len(items) else []
    unknown += ["credit data: needs customer_profiles"] if not profile else []
    standing = Standing(
        exposure=exposure, limit=limit, open_ar=max(open_ar, 0), overdue_30=int((late["left"] - late["disputed_part"])[dpd > 30].sum()),
        oldest=int(dpd.max()) if len(dpd) else 0, kept=int((ended["status"] == "KEPT").sum()), promised=len(ended), trend=trend,
        risk=str(profile.get("risk_class") or "C"), paid_lately=not pd.isna(latest) and latest >= day - pd.Timedelta(days=45), complete=complete,
    )  # fmt: skip
    return standing, unknown


def _trend(items: pd.DataFrame, as_of: date) -> int | None:
    """Average days late of invoices cleared in the last 90 days less that of the 270 days before; None where one has none."""
    day = pd.Timestamp(as_of)
    paid = items[(items["doc_type"] == "INV") & (items["clearing_date"] <= day)]
    late = (paid["clearing_date"] - paid["due_date"]).dt.days
    age = (day - paid["clearing_date"]).dt.days
    now, before = late[age < 90], late[(age >= 90) & (age < 365)]
    if now.empty or before.empty:
        return None
    # The ceiling of the exact difference: a trend of 0.2 days is above 0.
    return -((int(before.sum()) * len(now) - int(now.sum()) * len(before)) // (len(now) * len(before)))


def _stops(
    request: Mapping[Any, Any], customer: Mapping[Any, Any], profile: Mapping[Any, Any], items: pd.DataFrame, mine: Mapping[str, pd.DataFrame],
    standing: Standing, as_of: date,
) -> list[str]:  # fmt: skip
    day = pd.Timestamp(as_of)
    failed = mine["promises"].loc[(mine["promises"]["status"] == "BROKEN") & mine["promises"]["paid_late_date"].isna(), "item"]
    broken = failed.str.split().explode().dropna()
    cheques = mine["cheques"].loc[mine["cheques"]["returned_date"] <= day, "items"].str.split().explode()
    owed = items[items["left"] > 0]
    names = {*owed["item_id"], *owed["doc_no"], *owed["reference"]} - {""}
    written = mine["open_items"].loc[mine["open_items"]["written_off"]]
    recent = written["posting_date"] >= day - pd.Timedelta(days=730)
    checks = {
        f"customer is {customer['status']}": customer["status"] in ("INSOLVENT", "LEGAL"),
        "sanctions list names the customer": bool(request["sanctions_hit"]),
        "no valid credit limit and no security": standing.limit <= 0 and int(profile.get("security_amount", 0)) <= 0,
        "reminder level 4 was reached": bool((owed["dunning_level"] >= 4).any()),
        "a returned cheque is not made good": bool(set(cheques.dropna()) & names),
        "a broken promise is unpaid": bool(set(broken) & names) or (bool((failed == "").any()) and standing.oldest > 0),
        "written off within 24 months": bool(recent.any()),
    }
    return [said for said, holds in checks.items() if holds]
