"""What each kind of event must say, as data: fields by action, and the sentence for what is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple


class Field(NamedTuple):
    """A field of a body: its name, what it is, and the words for it; `choices` where only some values are known."""

    name: str
    kind: str
    words: str
    choices: tuple[str, ...] = ()


_RECEIPT = Field("receipt", "text", "its receipt")
_ITEM = Field("item", "text", "its open item")
_AMOUNT = Field("amount", "minor", "its amount in whole minor units")
_CURRENCY = Field("currency", "text", "its currency")
_CUSTOMER = Field("customer", "text", "its customer")
_DAY = Field("date", "day", "its date as YYYY-MM-DD")
_PACK = Field("pack", "digest", "the seal of the pack")
STEPS = ("DOCUMENTED", "APPROVED", "RELEASED", "PAID", "CONFIRMED", "REJECTED", "HOLD", "BOUNCED")
"""Steps of a refund that a person may record (domain 1.2)."""
TRANSFER_STEPS = ("APPROVED", "REJECTED")
SIDES = ("FROM", "TO")
"""The ledger that received misdirected money, and the one it belongs to (EX-40)."""
DISPUTE_STEPS = ("NEW", "ASSIGNED", "IN_REVIEW", "PENDING_CUSTOMER", "PENDING_INTERNAL", "RESOLVED", "CLOSED", "REOPENED")
PROMISE_STEPS = ("OPEN", "WITHDRAWN")
"""What a person says of a promise; whether it was kept is found from receipts."""
CHANNELS = ("LETTER", "PHONE", "MEETING", "EMAIL", "PORTAL", "SMS", "VISIT")
PEOPLE_STEPS = ("add", "remove", "role", "limit", "same-person", "key", "drop-key")

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "ALLOCATE": (_RECEIPT,),
    "REJECT": (_RECEIPT,),
    "HOLD": (_RECEIPT,),
    "NOTE": (),
    "WRITE_OFF": (_ITEM, _AMOUNT, _CURRENCY, Field("code", "text", "its code of the adjustment matrix (CO-70)")),
    "ALIAS": (
        _CUSTOMER, Field("alias", "text", "what was accepted: a name, an account or a number"),
        Field("kind", "choice", "its kind", ("NAME", "ACCOUNT", "REFERENCE", "PAYER")),
    ),
    "RULE": (Field("rule", "text", "the rule that changes"), Field("value", "any", "its new value"), Field("before", "any", "its old value")),
    "REFUND": (Field("refund", "text", "its refund"), Field("step", "choice", "its step", STEPS)),
    "TRANSFER": (
        Field("transfer", "text", "its receipt"), Field("step", "choice", "its step", TRANSFER_STEPS),
        Field("side", "choice", "its side", SIDES), _AMOUNT, _CURRENCY, Field("to_ledger", "text", "the ledger that the money belongs to"),
    ),
    "DISPUTE": (Field("dispute", "text", "its dispute"), Field("step", "choice", "its step", DISPUTE_STEPS)),
    "PROMISE": (
        Field("promise", "text", "its promise"), Field("step", "choice", "its step", PROMISE_STEPS), _CUSTOMER, _AMOUNT, _CURRENCY, _DAY,
    ),
    "CONTACT": (_CUSTOMER, Field("channel", "choice", "its channel", CHANNELS), Field("outcome", "text", "its outcome"), _DAY),
    "FORECAST": (_ITEM, _DAY, _AMOUNT, _CURRENCY, Field("original", "minor", "what the forecast said before, in whole minor units")),
    "PREPARE": (_PACK,),
    "REVIEW": (_PACK,),
    "CERTIFY": (_PACK,),
    "RETURN": (_PACK,),
    "REOPEN": (_PACK,),
    "PEOPLE": (Field("step", "choice", "what changes", PEOPLE_STEPS), Field("person", "text", "the person")),
    "EXPORT": (Field("export", "text", "its posting file"), Field("sha256", "digest", "the digest of the posting file")),
    "POSTED": (Field("export", "text", "the posting file that was posted"),),
    "LETTERS": (Field("letters", "digest", "the digest of the reminders proposed; `arwork letters` finds it"),),
    "UNDO": (Field("undoes", "number", "the number of the event it undoes"),),
    "ACCEPT": (
        Field("learned", "digest", "the digest of what was learned; `arwork accept` finds it"), Field("run_by", "text", "who ran the backtest"),
    ),
}  # fmt: skip
"""By action, the fields without which it cannot be replayed. What else a body holds is kept with it."""
ACTIONS = tuple(FIELDS)
"""What a person may decide."""
ON_RECEIPT = ("ALLOCATE", "REJECT", "HOLD", "NOTE")
"""Actions that replay turns into rows about a receipt."""
OTHERS = ("CONTACT", "PROMISE", "DISPUTE", "WRITE_OFF", "ALIAS", "RULE", "REFUND", "TRANSFER")
"""Actions about customers, items, refunds and rules, which a close shows beside those on receipts."""
_SPOKEN = {
    "ALLOCATE": "an allocation", "REJECT": "a rejection", "HOLD": "a hold", "WRITE_OFF": "a write-off", "ALIAS": "an accepted alias",
    "RULE": "a change of a rule", "REFUND": "a step of a refund", "TRANSFER": "a step of a transfer", "DISPUTE": "a step of a dispute", "PROMISE": "a promise",
    "CONTACT": "a contact", "FORECAST": "a forecast of an item", "PREPARE": "a preparation", "REVIEW": "a review", "CERTIFY": "a certificate", "RETURN": "a return",
    "REOPEN": "a reopening", "PEOPLE": "a change of people", "EXPORT": "an export", "POSTED": "a posting", "UNDO": "an undo",
    "ACCEPT": "an acceptance", "LETTERS": "an approval of letters", "NOTE": "a note",
}  # fmt: skip


def missing(action: str, body: Mapping[str, Any]) -> tuple[str, str] | None:
    """Say what a body lacks and the cure; None when it is whole."""
    for field in FIELDS[action]:
        wrong = _wrong(field, body.get(field.name))
        if wrong:
            return f"{_SPOKEN[action]} names {field.words} ({field.name}){wrong}", f"Give {field.name}."
    if action == "NOTE" and not any(body.get(name) for name in ("receipt", "item", "customer", "pack")):
        return "a note names what it is about", "Give the receipt, the item, the customer or the pack."
    return None


def _wrong(field: Field, value: object) -> str:
    """Return what is wrong with a value, behind the words for the field; empty when it is right."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return ", and it is not there"
    whole = isinstance(value, int) and not isinstance(value, bool)
    fits = {
        "text": isinstance(value, str),
        "minor": whole,
        "number": whole,
        "day": isinstance(value, str) and bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)),
        "digest": isinstance(value, str) and bool(re.fullmatch(r"[0-9a-f]{64}", value)),
        "choice": value in field.choices,
        "any": True,
    }[field.kind]
    if fits:
        return ""
    return f", not {value!r}" + (f" but one of {', '.join(field.choices)}" if field.choices else "")
