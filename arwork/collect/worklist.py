"""The collector's day: whom to call and why, one row a customer and ledger, with the next best action and what to say (CO-15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from arwork.collect.conduct import Window, disturbing, window
from arwork.collect.contacts import qualifying, worst
from arwork.collect.metrics import nearest_rank
from arwork.collect.payments import WHOSE
from arwork.collect.priority import PARTS, Facts, score
from arwork.collect.script import script_of
from arwork.collect.why import Told, why
from arwork.dates import Holidays
from arwork.money import Units
from arwork.policy import Policy
from arwork.tables import conform, empty

_APART = ("INSOLVENT", "LEGAL")
_UNANSWERED = ("NO_ANSWER", "VOICEMAIL", "WRONG_CONTACT", "REFUSED")
_CALLS = ("CL", "CB", "ES")
Account = tuple[str, str, str]


@dataclass(frozen=True)
class Day:
    """What a worklist is made of: `standing` items, `net_overdue`, customers, promise results, first contacts, contacts, payments.

    `bounced` and `distressed` name accounts whose cheque came back or that are in distress; empty where that is not known. `consumers` are
    accounts for whom stricter hours hold, `holidays` the days of each book on which nobody is called (CO-98).
    """

    items: pd.DataFrame
    net: pd.DataFrame
    customers: pd.DataFrame
    promises: pd.DataFrame
    first: pd.DataFrame
    contacts: pd.DataFrame
    paid: pd.DataFrame
    bounced: frozenset[Account] = frozenset()
    distressed: frozenset[Account] = frozenset()
    consumers: frozenset[Account] = frozenset()
    holidays: Holidays = field(default_factory=dict)


def worklist(day: Day, policy: Policy, units: Units, as_of: date) -> pd.DataFrame:
    """Return `worklist`: every customer with something overdue, by hard-first, score, net overdue and number (CO-15).

    Amounts in ledger currency. A call that the policy does not allow on the day says from when it does, and is to be made by then (CO-98).
    Customers who are in legal proceedings or insolvent, whose overdue items are all in dispute or covered by their own money, stand last as
    ELSEWHERE; those with an open promise that covers what is overdue as WAIT.
    """
    accounts = _accounts(day)
    if accounts.empty:
        return empty("worklist")
    reference = _reference(accounts, policy, units)
    found = _Found(day, policy, units, as_of)
    rows = [found.row(row, reference[row["local_currency"]]) for row in accounts.to_dict("records")]
    order = {"CALL": 0, "WAIT": 1, "ELSEWHERE": 2}
    rows.sort(key=lambda r: (order[r["state"]], not r["hard_first"], -r["score"], -r["net_overdue"], *(r[name] for name in WHOSE)))
    return conform("worklist", pd.DataFrame([{"place": place, **row} for place, row in enumerate(rows, start=1)]))


def _accounts(day: Day) -> pd.DataFrame:
    late = day.net[day.net["items"] > 0]
    sums = dict.fromkeys(("net_local", "overdue_local", "disputed_local", "unapplied_local", "items"), "sum")
    grouped = late.groupby([*WHOSE, "local_currency"], sort=True).agg({**sums, "oldest_days": "max"}).reset_index()
    own = [name for name in (*WHOSE, "name", "collector", "status", "risk_class") if name in day.customers.columns]
    return grouped.merge(day.customers[own], on=WHOSE, how="left", validate="m:1").fillna({"name": "", "collector": "", "status": ""})


def _reference(accounts: pd.DataFrame, policy: Policy, units: Units) -> dict[str, int]:
    """Return by ledger currency the net overdue that counts in full: a percentile of the portfolio, or a fixed amount."""
    said = policy.priority.a_ref
    found = {}
    for code, rows in accounts.groupby("local_currency"):
        owing = [n for n in rows["net_local"].tolist() if n > 0]
        found[str(code)] = nearest_rank(owing, int(said[1:])) if said.startswith("p") else units.rounded(Decimal(said), str(code))
    return found


def trends(paid: pd.DataFrame, as_of: date) -> dict[Account, Decimal]:
    """Return by account how many days later it pays than before: average days late of the last 3 months less the 9 before (CO-15).

    Weighted by nothing but the payment itself; accounts that did not pay in both spans have none.
    """
    three, twelve = _months_back(as_of, 3), _months_back(as_of, 12)
    year = paid[paid["value_date"] > pd.Timestamp(twelve)]
    late = year["value_date"] > pd.Timestamp(three)
    sums = year.assign(late=late).groupby([*WHOSE, "late"])["days_late"].agg(["sum", "size"])
    means = {key: Decimal(int(s)) / int(n) for key, s, n in zip(sums.index, sums["sum"], sums["size"], strict=True)}
    return {key[:3]: mean - means[(*key[:3], False)] for key, mean in means.items() if key[3] and (*key[:3], False) in means}


def _months_back(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    first = date(number // 12, number % 12 + 1, 1)
    last = (date((number + 1) // 12, (number + 1) % 12 + 1, 1) - timedelta(1)).day
    return first.replace(day=min(day.day, last))


class _Found:
    """What is known of each account, looked up once."""

    def __init__(self, day: Day, policy: Policy, units: Units, as_of: date) -> None:
        self.day, self.policy, self.units, self.as_of = day, policy, units, as_of
        self.contact = {key: str(state) for key, state in worst(day.first).items()} if len(day.first) else {}
        self.trend = trends(day.paid, as_of)
        self.promises = _by_account(day.promises)
        self.contacts = _by_account(day.contacts[day.contacts["contact_date"] <= pd.Timestamp(as_of)])
        self.items = _by_account(day.items[(day.items["left"] != 0)])
        self.called = {
            key: rows["contact_date"].dt.date.tolist() for key, rows in disturbing(day.contacts, policy.conduct, as_of).groupby(WHOSE)
        }
        counted = qualifying(day.contacts, policy, as_of)
        self.spoken = dict(counted.groupby(WHOSE)["contact_date"].max().items())
        late = day.first[day.first["status"] == "BREACHED"]
        self.breached = dict(late.groupby(WHOSE)["due_date"].max().items())
        self.deadline = {
            key: value.date() for key, value in day.first[day.first["status"].isin(["DUE", "AT_RISK", "BREACHED"])].groupby(WHOSE)["deadline"].min().items()
        } if len(day.first) else {}  # fmt: skip

    def row(self, account: Mapping[Any, Any], reference: int) -> dict[str, Any]:
        """Return the row of one account."""
        key: Account = (account["ledger_id"], account["company_code"], account["customer_id"])
        code, net = account["local_currency"], int(account["net_local"])
        promises, contacts = self.promises.get(key, []), self.contacts.get(key, [])
        year = pd.Timestamp(_months_back(self.as_of, 12))
        broken = [p for p in promises if p["status"] == "BROKEN" and p["promised_date"] > year]
        facts = Facts(
            net, reference, int(account["oldest_days"]), account.get("risk_class") or "C", len(broken), self.contact.get(key, ""),
            self.trend.get(key),
        )  # fmt: skip
        points = score(facts, self.policy)
        state, hard = self._state(key, account, promises), self._hard(key, promises, contacts)
        code_of, said, by, owner = self._action(key, account, state, hard, promises, contacts)
        hours = ""
        if state == "CALL" and code_of in _CALLS:
            said, by, hours = self._allowed(key, said, by, by if code_of == "CB" else self.as_of)
        return {
            **{name: account[name] for name in WHOSE}, "name": account["name"] or account["customer_id"], "collector": owner,
            "state": state, "hard_first": hard if state == "CALL" else "", "score": points["total"], "currency": code, "net_overdue": net,
            "overdue": int(account["overdue_local"]), "disputed": int(account["disputed_local"]),
            "unapplied": int(account["unapplied_local"]), "items": int(account["items"]), "oldest_days": facts.oldest,
            **{f"points_{part}": points[part] for part in PARTS}, "contact_status": facts.contact,
            "why": why(self._told(key, account, facts, state, bool(hard)), self.units, self.as_of), "action_code": code_of,
            "next_action": said, "act_by": by, "script": script_of(self.items.get(key, []), promises, account, self.units),
            "last_contacts": "; ".join(_told(c) for c in sorted(contacts, key=_when, reverse=True)[:3]),
            "is_consumer": key in self.day.consumers, "call_hours": hours,
        }  # fmt: skip

    def _allowed(self, key: Account, said: str, by: date, day: date) -> tuple[str, date, str]:
        """Say when the call of an account is allowed from a day on, and put the day by which to act not before that (CO-98)."""
        consumer, off = key in self.day.consumers, self.day.holidays.get(key[:2], frozenset())
        when: Window | None = window(self.called.get(key, []), day, self.policy.conduct, off, consumer=consumer)
        if when is None:
            return f"{said} The policy allows no call; write instead.", by, ""
        if when.why:
            said = f"{said} {'A consumer: n' if consumer else 'N'}{when.said()[1:]}: {when.why}."
        elif consumer:
            said = f"{said} A consumer: call between {when.first} and {when.last}."
        return said, max(by, when.day), when.said()

    def _told(self, key: Account, account: Mapping[Any, Any], facts: Facts, state: str, first: bool) -> Told:
        flags = (("a cheque came back", self.day.bounced), ("it shows signs of distress", self.day.distressed))
        deadline = None if self._spoken_since(key) else self.deadline.get(key)
        return Told(
            account, state, first, self.promises.get(key, []), self.contacts.get(key, []), deadline,
            [words for words, accounts in flags if key in accounts], facts.broken, facts.trend, facts.risk, bool(len(self.day.contacts)),
        )  # fmt: skip

    def _state(self, key: Account, account: Mapping[Any, Any], promises: list[dict[Any, Any]]) -> str:
        if account["status"] in _APART or int(account["net_local"]) <= 0:
            return "ELSEWHERE"
        ahead = [p for p in promises if p["status"] == "OPEN" and p["promised_date"] > pd.Timestamp(self.as_of)]
        late = [i for i in self.items.get(key, []) if i["days_past_due"] >= 1 and i["left"] > i["disputed_part"]]
        words = {word for p in ahead for word in p["item"].split()}
        whole = any(not p["item"] for p in ahead)
        free = [i for i in late if not whole and not words & {i["item_id"], i["reference"], i["doc_no"]}]
        return "WAIT" if ahead and not free else "CALL"

    def _hard(self, key: Account, promises: list[dict[Any, Any]], contacts: list[dict[Any, Any]]) -> str:
        """Say why an account goes before the score: nothing where it does not."""
        day = pd.Timestamp(self.as_of)
        spoken = max((_when(c) for c in contacts if c["direction"] != "IN"), default=pd.Timestamp.min)
        fresh = [
            p
            for p in promises
            if p["status"] in ("BROKEN", "PARTIALLY_KEPT") and pd.isna(p["paid_late_date"]) and p["evaluated_at"] >= spoken
        ]
        status = self.contact.get(key, "")
        reasons = {
            "broken promise, not yet followed up": bool(fresh),
            "first contact overdue": status == "BREACHED" and not self._spoken_since(key),
            "first contact at risk": status == "AT_RISK",
            "promise due today": any(p["status"] == "OPEN" and p["promised_date"] == day for p in promises),
            "cheque came back": key in self.day.bounced,
            "in distress": key in self.day.distressed,
        }
        return "; ".join(reason for reason, holds in reasons.items() if holds)

    def _spoken_since(self, key: Account) -> bool:
        """Say whether a contact that counts was made, late as it was, since the last of the breached items fell due."""
        return bool(self.spoken.get(key, pd.Timestamp.min) > self.breached.get(key, pd.Timestamp.max))

    def _action(
        self,
        key: Account,
        account: Mapping[Any, Any],
        state: str,
        hard: str,
        promises: list[dict[Any, Any]],
        contacts: list[dict[Any, Any]],
    ) -> tuple[str, str, date, str]:
        """Return the action code, the action in words, the day by which, and who acts."""
        owner, today = account["collector"] or "collections", self.as_of
        if account["status"] in _APART:
            return "PL", f"Leave it to the legal team: the account is {account['status'].lower()}.", today, "legal"
        if state == "ELSEWHERE":
            if int(account["unapplied_local"]) >= int(account["overdue_local"]) - int(account["disputed_local"]) > 0:
                return "RC", "Clarify the money and credits on the account: they cover what is overdue.", today, owner
            return "DQ", "Chase the owner of the dispute: all that is overdue is in dispute.", today, owner
        if state == "WAIT":
            until = min(p["promised_date"].date() for p in promises if p["status"] == "OPEN" and p["promised_date"] > pd.Timestamp(today))
            return "CB", f"Wait for the promise of {until}.", until + timedelta(self.policy.promise.tolerance_days), owner
        failed = [p for p in promises if p["status"] in ("BROKEN", "PARTIALLY_KEPT") and pd.isna(p["paid_late_date"])]
        if failed and "promise" in hard:
            worse = max(failed, key=lambda p: (p["level"], p["promise_id"]))
            return {1: "CL", 2: "CH"}.get(worse["level"], "PL"), worse["next_action"], today, worse["owner"]
        return self._call(key, account, hard, contacts, owner)

    def _call(
        self, key: Account, account: Mapping[Any, Any], hard: str, contacts: list[dict[Any, Any]], owner: str
    ) -> tuple[str, str, date, str]:
        today, last = self.as_of, sorted(contacts, key=_when, reverse=True)[:3]
        if "first contact" in hard or (key in self.deadline and not self._spoken_since(key)):
            by = max(self.deadline.get(key, today), today)
            return "CL", "Call: not all of what is overdue has had its first contact.", by, owner
        if len(last) == 3 and all(c["outcome"] in _UNANSWERED for c in last):
            return "LT", "Send a letter: three attempts to reach the customer failed.", today, owner
        if last and pd.notna(last[0]["next_action_date"]) and last[0]["next_action_date"] > pd.Timestamp(today):
            return "CB", "Call back as agreed.", last[0]["next_action_date"].date(), owner
        if int(account["oldest_days"]) >= 60:
            return "ES", "Call, then escalate: it is more than 60 days late.", today, owner
        if last:
            again = _when(last[0]).date() + timedelta(self.policy.contact.recontact_days)
            return "CL", "Call again: ask for payment or a dated promise.", max(again, today), owner
        return "CL", "Call: ask for payment or a dated promise.", today, owner


def _by_account(frame: pd.DataFrame) -> dict[Account, list[dict[Any, Any]]]:
    found: dict[Account, list[dict[Any, Any]]] = {}
    for row in frame.to_dict("records"):
        found.setdefault((row["ledger_id"], row["company_code"], row["customer_id"]), []).append(row)
    return found


def _when(contact: Mapping[Any, Any]) -> pd.Timestamp:
    return pd.Timestamp(contact["contact_date"])


def _told(contact: Mapping[Any, Any]) -> str:
    return f"{_when(contact).date()} {contact['type'].lower()} {contact['outcome'].replace('_', ' ').lower()}"
