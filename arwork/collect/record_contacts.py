"""Contacts and aliases as people state them, checked against a run before they are kept (T16, 2.2 step B); pure."""

from __future__ import annotations

from dataclasses import dataclass

from arwork.collect.conduct import time_of_day
from arwork.collect.recorded import CHANNELS, Around, Body, Whose, account_of, day_of, items_of, one_of, past, refuse

ACTION_CODES = ("CL", "LT", "EM", "MT", "CP", "PP", "DQ", "CB", "CH", "ES", "RM", "PL", "AG", "WO", "RF", "ST", "RC", "CQ")
"""What was done or agreed in a contact (CO-15)."""
OUTCOMES = ("REACHED", "SENT", "DELIVERED", "UNDELIVERED", "NO_ANSWER", "VOICEMAIL", "WRONG_CONTACT", "REFUSED")
"""What came of a contact (T16)."""
KINDS = ("NAME", "ACCOUNT", "REFERENCE", "PAYER")
"""Kinds of an alias."""


@dataclass(frozen=True)
class Contact:
    """A contact as a person states it (T16); `day` blank is today, `time` the time of day where the customer is, blank where not known (CO-98)."""

    whose: Whose
    channel: str
    outcome: str
    day: str = ""
    incoming: bool = False
    items: tuple[str, ...] = ()
    action_code: str = ""
    spoke_to: str = ""
    next_day: str = ""
    time: str = ""


@dataclass(frozen=True)
class Alias:
    """What a person accepts of a customer: kind NAME, ACCOUNT, REFERENCE or PAYER, and the text; a PAYER needs its `document`,
    and counts from `since` (today)."""

    whose: Whose
    kind: str
    text: str
    document: str = ""
    since: str = ""


def contact_body(said: Contact, around: Around) -> Body:
    """Check a contact and return what is recorded (T16); InputError says what does not fit."""
    account = account_of(around, said.whose)
    channel, outcome = one_of("channel", said.channel, CHANNELS), one_of("outcome", said.outcome, OUTCOMES)
    day = past(said.day, around, "contact")
    body = {**account, "channel": channel, "outcome": outcome, "date": day.isoformat(), "direction": "IN" if said.incoming else "OUT"}
    if said.time.strip():
        at = time_of_day(said.time)
        if at is None:
            refuse(f"{said.time!r} is not a time of day", "Write it as 14:30, by the clock where the customer is.")
        body["time"] = at
    if said.items:
        body["items"] = items_of(around, account, said.items)["item_id"].tolist()
    if said.action_code:
        body["action_code"] = one_of("action code", said.action_code, ACTION_CODES)
    if said.spoke_to.strip():
        body["person"] = said.spoke_to.strip()
    if said.next_day:
        again = day_of(said.next_day)
        if again < day:
            refuse(f"the next action on {again} lies before the contact on {day}", "Give a day from the contact on.")
        body["next_action_date"] = again.isoformat()
    return body


def alias_body(said: Alias, around: Around) -> Body:
    """Check an alias and return what is recorded: whose it is, and that nobody else's master says the same (2.2, step B)."""
    account = account_of(around, said.whose)
    kind, text = one_of("kind", said.kind, KINDS), " ".join(said.text.split())
    body: Body = {**account, "kind": kind}
    if kind == "ACCOUNT":
        text = "".join(text.split()).upper()
    bare = sum(mark.isalnum() for mark in text)
    if kind != "PAYER" and (bare < 4 or len(text) > 140 or "|" in text):
        refuse(f"{said.text!r} is too short or too long to tell a customer by", "Give four letters or digits or more, without a bar.")
    if kind == "REFERENCE" and not any(mark.isdigit() for mark in text):
        refuse(f"{text!r} holds no digit", "Give the number that the customer writes, or accept it as a name.")
    if kind == "PAYER":
        other = account_of(around, Whose(text, account["ledger"], account["company_code"]))
        if other["customer"] == account["customer"]:
            refuse("a customer may always pay for itself", "Name the other customer.")
        if not said.document.strip():
            refuse("a right to pay for somebody stands in a document", "Give it with --document: nothing is automatic without one (MP-55).")
        body |= {"document": said.document.strip(), "since": past(said.since, around, "right").isoformat()}
    return {**body, "alias": text}
