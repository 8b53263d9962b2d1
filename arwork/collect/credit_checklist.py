"""The checklist of a credit release: every question answered from the books with its evidence, or with who must answer it (CO-45)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from arwork.collect.standing import ACCOUNT, whose
from arwork.money import Units
from arwork.tables import conform, empty


class Check(NamedTuple):
    """One question: its name, whether it is FINE, a CONCERN or for a person to ANSWER, the answer, and where it was looked up."""

    question: str
    state: str
    answer: str
    evidence: str


def checklist(tables: Mapping[str, pd.DataFrame], reviews: pd.DataFrame, units: Units, as_of: date) -> pd.DataFrame:
    """Return `credit_checks`: the fourteen questions of every order of `credit_reviews` (CO-45).

    Takes `standing`, `net_overdue`, `customers`, `customer_profiles`, `receipts`, `promises` as evaluated, `disputes`, `cheques`, `open_items`
    and `credit_requests`. Amounts are in the currency of the order; what is in another is not added.
    """
    if reviews.empty:
        return empty("credit_checks")
    sanctions = tables["credit_requests"].set_index([*ACCOUNT, "order_no"])["sanctions_hit"]
    rows = []
    for review in reviews.to_dict("records"):
        account = tuple(str(review[name]) for name in ACCOUNT)
        look = _Look(tables, account, review, units, as_of)
        hit = bool(sanctions.get((*account, review["order_no"]), False))
        for place, check in enumerate((*look.limits(), *look.paying(), *look.others(hit)), start=1):
            rows.append({**whose(account), "order_no": review["order_no"], "place": place, **check._asdict()})
    return conform("credit_checks", pd.DataFrame(rows))


class _Look:
    """The books of one account, looked up once for one order."""

    def __init__(
        self, tables: Mapping[str, pd.DataFrame], account: tuple[str, ...], review: Mapping[Any, Any], units: Units, as_of: date
    ) -> None:
        self.tables, self.account, self.review, self.units, self.as_of = tables, account, review, units, as_of
        self.day, self.code = pd.Timestamp(as_of), str(review["currency"])
        items = self._mine("standing")
        self.items = items[items["currency"] == self.code]
        profile = self._mine("customer_profiles")
        self.profile: Mapping[Any, Any] = dict(profile.iloc[0]) if len(profile) else {}
        free = self.items["left"] - self.items["disputed_part"]
        self.late = self.items.assign(free=free)[(free > 0) & (self.items["days_past_due"] >= 1)]

    def _mine(self, name: str) -> pd.DataFrame:
        frame = self.tables[name]
        for column, value in zip(ACCOUNT, self.account, strict=True):
            frame = frame[frame[column] == value]
        return frame

    def _money(self, minor: int) -> str:
        return self.units.said(minor, self.code)

    def limits(self) -> Iterator[Check]:
        """Answer for the limit, how far it is used, and what is overdue."""
        limit, until = int(self.review["credit_limit"]), self.profile.get("credit_limit_expiry")
        dated = f" until {until.date()}" if limit and not pd.isna(until) else ""
        stated = self._money(limit) + dated if limit else "none that is valid"
        yield Check("Limit valid", "FINE" if limit else "CONCERN", stated, "customer_profiles")
        used = int(self.review["utilisation"])
        share = f"{used / 10_000:,.2f} %" if limit else "no limit to measure by"
        said = f"{self._money(self.review['exposure'])} with this order: {share}"
        yield Check("Utilisation", "FINE" if limit and used <= 1_000_000 else "CONCERN", said, "credit_reviews, open_items, receipts")
        old, whole = int(self.late.loc[self.late["days_past_due"] > 30, "free"].sum()), int(self.items["left"].clip(lower=0).sum())
        share = f", {old * 100 / whole:.2f} % of {self._money(whole)}" if whole else ""
        yield Check("Overdue beyond 30 days", "CONCERN" if old else "FINE", self._money(old) + share, "ageing_items")
        oldest = self.late.sort_values(["days_past_due", "item_id"], ascending=[False, True]).head(1)
        said = "nothing is overdue"
        for row in oldest.to_dict("records"):
            said = f"{row['reference'] or row['item_id']}, {row['days_past_due']} days, {self._money(row['free'])}"
        yield Check("Oldest overdue", "CONCERN" if len(oldest) else "FINE", said, "ageing_items")

    def paying(self) -> Iterator[Check]:
        """Answer for payments, promises, disputes, what bounced, and reminders."""
        came = self._mine("receipts").sort_values(["value_date", "receipt_id"])
        last = came.tail(1).to_dict("records")
        said = (
            f"{self.units.said(last[0]['amount'], last[0]['currency'])} on {last[0]['value_date'].date()}" if last else "none in the period"
        )
        same = came[came["currency"] == self.code]
        waits = int(same["unapplied_amount"].sum() + same["on_account_amount"].sum())
        said += f"; {self._money(waits)} waits on the account" if waits else "; nothing waits on the account"
        yield Check("Last payment, money in transit", "FINE" if last else "CONCERN", said, "receipts")
        made = self._mine("promises")
        states = made.loc[made["promised_date"] >= self.day - pd.Timedelta(days=365), "status"].value_counts()
        said = ", ".join(f"{int(states[name])} {name.replace('_', ' ').lower()}" for name in sorted(states.index)) or "none in 12 months"
        yield Check("Promises", "CONCERN" if {"BROKEN", "PARTIALLY_KEPT"} & set(states.index) else "FINE", said, "promise_results")
        part = int(self.items["disputed_part"].sum())
        said = f"{self._money(part)} in dispute, left out of what is overdue" if part else "none open"
        yield Check("Disputes", "CONCERN" if part else "FINE", said, "disputes")
        back = self._mine("cheques").loc[lambda c: c["returned_date"].between(self.day - pd.Timedelta(days=90), self.day)]
        needs = len(self.tables["cheques"]) > 0
        said = f"{len(back)} cheques came back" if needs else "not measurable: needs cheques"
        yield Check("Bounced payments, 90 days", "CONCERN" if len(back) else "FINE" if needs else "ANSWER", said, "cheques")
        kept = self._mine("open_items").loc[lambda t: t["item_id"].isin(self.items.loc[self.items["left"] > 0, "item_id"])]
        level = int(kept["dunning_level"].max()) if len(kept) else 0
        yield Check("Reminder level", "CONCERN" if level >= 2 else "FINE", f"level {level}" if level else "no reminder", "open_items")

    def others(self, sanctions: bool) -> Iterator[Check]:
        """Answer for cover, master data, the order itself, other ledgers and what is offered."""
        insured, held = int(self.profile.get("insured_limit", 0)), int(self.profile.get("security_amount", 0))
        said = (
            f"insured up to {self._money(insured)}, securities of {self._money(held)}" if insured or held else "neither insured nor secured"
        )
        yield Check("Insurance and security", "FINE" if insured or held else "CONCERN", said, "customer_profiles")
        told = self.profile.get("contact_date")
        fresh = not pd.isna(told) and told >= self.day - pd.Timedelta(days=365)
        wrong = [word for word, holds in (("a sanctions list names the customer", sanctions), ("no tax number", not self.profile.get("tax_id")),
                                          ("contact data not confirmed for 12 months", not fresh)) if holds]  # fmt: skip
        said = "; ".join(wrong) or "tax number and contact data there, no sanctions hit"
        yield Check("Master data, sanctions", "CONCERN" if wrong else "FINE", said, "customer_profiles, credit_requests")
        yield Check("Margin of the order, strategic note", "ANSWER", "no table holds it: sales answers", "")
        yield self._elsewhere()
        asked = int(self.review["condition_amount"])
        offers = {"RELEASE": "none needed", "CONDITIONAL": f"payment of {self._money(asked)} first, or part release, prepayment, security",
                  "HOLD": self.review["hard_stops"] or "prepayment or security, for a person to agree"}  # fmt: skip
        decided = str(self.review["decision"])
        yield Check("Conditions offered", "FINE" if decided == "RELEASE" else "CONCERN", offers[decided], "credit_reviews")

    def _elsewhere(self) -> Check:
        """Say what the family owes late in other ledgers; shown together, owed separately."""
        people = self.tables["customers"]
        head = people["parent_id"].where(people["parent_id"] != "", people["party_id"])
        mine = head.loc[(people[ACCOUNT] == list(self.account)).all(axis=1)]
        family = str(mine.iloc[0]) if len(mine) else ""
        kin = people.loc[(head == family) & (family != "") & ~(people[ACCOUNT] == list(self.account)).all(axis=1), ACCOUNT]
        owed = self.tables["net_overdue"].merge(kin, on=ACCOUNT, how="inner")
        late = owed[owed["net"] > 0]
        told = [
            f"{row['customer_id']} in {row['ledger_id']}: {self.units.said(row['net'], row['currency'])} net overdue, "
            f"{row['oldest_days']} days"
            for row in late.to_dict("records")
        ]
        said = "; ".join(told) or ("nothing overdue with its family" if len(kin) else "no other account of its family")
        return Check("Other ledgers, family", "CONCERN" if told else "FINE", said, "customers, ageing_items")
