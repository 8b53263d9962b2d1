"""The words of a customer reconciliation: for each reason its class, who acts, what we say, what comes next, what the letter says (RC-40)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from arwork.money import Units
from arwork.reconcile.customer_match import Group

CLASSES: Mapping[str, str] = {
    "TIMING": "timing", "ERROR_OURS": "error in our books", "ERROR_THEIRS": "error in their books", "DISPUTE": "disputed",
    "MISSING_AT_OURS": "missing in our books", "MISSING_AT_THEIRS": "missing in their books", "OPEN": "not explained yet",
}  # fmt: skip
"""Class of a difference, in words, in the order in which they are told."""


class Rule(NamedTuple):
    """What a reason means: class, owner, what it is, next step, the sentence of the letter, and its line where it is always the same."""

    klass: str
    owner: str
    what: str
    action: str
    letter: str
    mark: str = ""


_WE, _CASH, _THEY, _CASE = "receivables", "cash application", "customer", "owner of the dispute"
SAID: Mapping[str, Rule] = {
    "recent": Rule("TIMING", _THEY, "was posted on {day}, shortly before the key date, and is not on the statement yet",
                   "None; it must stand on the next statement.", "Please book {doc} of {day}, {ours}; it was sent shortly before your key date."),
    "copy": Rule("MISSING_AT_THEIRS", _WE, "of {day} is not on the statement", "Send a copy with proof of delivery and ask for booking.",
                 "Your statement does not show {doc} of {day}, {ours}. Please book it; a copy comes with this letter."),
    "credit_copy": Rule("MISSING_AT_THEIRS", _WE, "of {day}, a credit, is not on the statement", "Send a copy of the credit memo.",
                        "We have credited you {ours} with {doc} of {day}. Please book it; a copy comes with this letter."),
    "disputed": Rule("DISPUTE", _CASE, "is disputed (case {case})", "Settle the dispute; then credit it or ask for payment.",
                     "{doc}, {gap}: the matter is under examination (our case {case}); we come back to you."),
    "paid": Rule("TIMING", _CASH, "was paid on {on} ({receipt}); this close applies the payment, the ledger has not posted it yet",
                 "Post the application.", "{doc}: your payment of {on} has arrived and is being posted.", "paid"),
    "received": Rule("TIMING", _CASH, "arrived on {on} ({receipt}); this close applies it, the ledger has not posted it yet",
                     "Post the application.", "Your payment of {theirs} has arrived on {on} and is being posted."),
    "unapplied": Rule("ERROR_OURS", _CASH, "was received on {on} ({receipt}) and is not applied in our books",
                      "Apply the receipt.", "Your payment received on {on} was not assigned yet; we correct our books.", "paid"),
    "on_account": Rule("ERROR_OURS", _CASH, "of {day} is money on account that we have not applied; the statement has used it",
                       "Ask what it pays, and apply it.", "We hold {ours} of {day} on your account. Please tell us which documents it pays."),
    "in_transit": Rule("TIMING", _CASH, "of {day} was booked by the customer shortly before the key date and had not arrived",
                       "Watch for it on the bank statement.", "Your payment {no} of {day}, {theirs}, had not arrived at the key date."),
    "no_payment": Rule("MISSING_AT_OURS", _CASH, "of {day} is booked by the customer, and no receipt of ours fits it",
                       "Ask for the proof of payment; search for it with other customers and in suspense.",
                       "Your statement shows a payment {no} of {day}, {theirs}, that we cannot find. Please send us the proof of payment."),
    "several_receipts": Rule("OPEN", _CASH, "could be one of several receipts: {receipts}", "Choose the receipt.",
                             "Your payment {no} of {day}, {theirs}: please tell us its reference and the documents it pays."),
    "misdirected": Rule("TIMING", "both ledgers", "arrived on {on} ({receipt}) for another company of ours and is on its way between the ledgers",
                        "Hand it over, and credit it with its value date (EX-40).",
                        "Your payment of {on}, {theirs}, reached another company of ours and is being credited with its value date."),
    "other_account": Rule("ERROR_OURS", _CASH, "arrived on {on} ({receipt}) and stands on the account of customer {where}",
                          "Move it to this customer.", "Your payment of {on}, {theirs}, was booked to a wrong account; we correct it."),
    "already_used": Rule("ERROR_THEIRS", _THEY, "stands in our books since {on} ({by}) and is used up there",
                         "Ask the customer to match it with what it pays.",
                         "We booked {no}, {theirs}, on {on}. Please match it with the documents it settles."),
    "deduction": Rule("DISPUTE", _CASE, "of {day} is a deduction that we have not accepted{case_said}",
                      "Ask for the reason and the papers; open a dispute where none is open.",
                      "You deducted {theirs} with {no} of {day}. Please send us the reason and the papers; until then the amount stays open."),
    "their_credit": Rule("DISPUTE", _CASE, "of {day} is a credit that we have not issued{case_said}",
                         "Ask what it is for; issue the credit memo or reject it.",
                         "Your statement takes a credit of {theirs} ({no}, {day}) that we have not issued. Please tell us what it is for."),
    "unknown_document": Rule("MISSING_AT_OURS", _WE, "of {day} is not in our books", "Ask for a copy; it may be another supplier's.",
                             "Your statement shows {no} of {day}, {theirs}, which we do not know. Please send us a copy."),
    "other_entity": Rule("ERROR_THEIRS", _THEY, "is a document of another company of ours ({where}); accounts of two companies are not netted",
                         "Ask the customer to book it with the right company.",
                         "{no}, {theirs}, belongs to your account with another company ({where}). Please book it there; we do not net the two."),
    "other_customer": Rule("MISSING_AT_OURS", _WE, "stands on another account of ours ({where})", "Find out which of the two accounts is right.",
                           "{no}, {theirs}, is booked to another account with us. Please confirm that it concerns you."),
    "after_key": Rule("TIMING", "nobody", "was posted with us on {on}, after the key date", "None; it is in our next period.",
                      "{doc}, {theirs}, is booked with us on {on}, after your key date."),
    "cancelled": Rule("ERROR_THEIRS", _THEY, "was cancelled with us on {on} ({by})", "Send the cancellation.",
                      "{doc}, {theirs}, was cancelled on {on} ({by}). Please cancel it in your books."),
    "credit_recent": Rule("TIMING", _THEY, "was credited with us on {on} ({by}), shortly before the key date", "None; the credit is on its way.",
                          "{doc}, {theirs}, was credited on {on} ({by}). Please book the credit memo."),
    "credit_not_booked": Rule("MISSING_AT_THEIRS", _WE, "was credited with us on {on} ({by}); the statement does not show the credit",
                              "Send a copy of the credit memo.",
                              "{doc}, {theirs}, was credited on {on} ({by}). Please book the credit memo; a copy comes with this letter."),
    "payment_not_matched": Rule("ERROR_THEIRS", _THEY, "was paid with us on {on} ({by}); the statement still shows it open",
                                "Ask the customer to match its payment.",
                                "{doc}, {theirs}, is settled with us since {on} ({by}). Please match your payment."),
    "settled": Rule("ERROR_THEIRS", _THEY, "is {how}; the statement still shows it open", "Ask the customer to match its payment.",
                    "{doc}, {theirs}, is settled with us. Please match your payment."),
    "twice_ours": Rule("ERROR_OURS", _WE, "stands in our books more than once", "Reverse the repeated posting.",
                       "{doc}: our books hold it more than once; we reverse what is too much."),
    "twice_theirs": Rule("ERROR_THEIRS", _THEY, "stands on the statement more than once", "Ask the customer to reverse one.",
                         "{doc} stands on your statement more than once. Please reverse what is too much."),
    "part": Rule("ERROR_THEIRS", _THEY, "stands there with its whole amount; with us a part of it is settled", "Ask the customer to book the part.",
                 "{doc}: of {theirs} a part is settled with us; {ours} is still owed. Please book the part payment or credit."),
    "sign": Rule("OPEN", _WE, "stands there with the other sign", "Look at the document: one of both posted it with a wrong sign.",
                 "{doc}: your statement shows {theirs}, we show {ours}. Please check the sign."),
    "bank_says_theirs": Rule("ERROR_OURS", _CASH, "is booked with another amount than the bank shows: the statement is right",
                             "Correct the posting to what the bank shows.", "{doc}: we booked your payment with a wrong amount and correct it."),
    "bank_says_ours": Rule("ERROR_THEIRS", _THEY, "stands there with another amount than the bank shows", "Send the bank's line.",
                           "{doc}: the bank credited {ours}, your statement shows {theirs}. Please correct it."),
    "payment_differs": Rule("OPEN", _CASH, "is a payment with two amounts, and no bank line says which is right", "Look at the bank statement.",
                            "{doc}: we show {ours}, you show {theirs}. Please send us the proof of payment."),
    "swapped": Rule("ERROR_THEIRS", _THEY, "stands there with two digits swapped", "Ask the customer to correct the posting.",
                    "{doc} is over {ours}; your statement shows {theirs}, two digits are swapped. Please correct it."),
    "net": Rule("ERROR_THEIRS", _THEY, "stands there without its tax", "Ask the customer to book the tax.",
                "{doc} is over {ours}; your statement shows the amount without tax, {theirs}. Please correct it."),
    "discount": Rule("DISPUTE", _WE, "stands there less {percent} % discount", "Look whether the discount is due; credit it or ask for it.",
                     "{doc}: you show {theirs}, which is {percent} % discount less. We check whether it is due."),
    "less": Rule("DISPUTE", _CASE, "stands there with less than the document says", "Ask for the reason; open a dispute or credit it.",
                 "{doc} is over {ours}; your statement shows {theirs}. Please tell us the reason."),
    "more": Rule("ERROR_THEIRS", _THEY, "stands there with more than the document says", "Send a copy of the document.",
                 "{doc} is over {ours}; your statement shows {theirs}. Please correct it; a copy comes with this letter."),
    "tie": Rule("OPEN", _WE, "met by {how}: one side has more of them than the other, and which one is missing a person must say",
                "Choose which of them are the same.", "Of {doc}, {ours} with us, you show {theirs}. Please tell us which of them you have."),
    "opening": Rule("OPEN", _WE, "differs: the difference is older than the statement", "Ask for a statement that begins earlier.",
                    "Your opening balance is {theirs}, ours is {ours}. Please send us a statement that begins earlier.", "opening"),
}  # fmt: skip
"""By reason, what is said and done."""


def said(reason: str, group: Group, ours: int, theirs: int, currency: str, units: Units, facts: Mapping[str, str]) -> tuple[str, str]:
    """Return the sentence of a difference for the analyst, and what comes next."""
    rule = SAID[reason]
    filled = _facts(group, ours, theirs, currency, units, facts)
    return f"{named(group)} {rule.what.format_map(filled)}.", rule.action.format_map(filled)


def letter(reason: str, group: Group, ours: int, theirs: int, currency: str, units: Units, facts: Mapping[str, str]) -> str:
    """Return the sentence of a difference for the customer."""
    return SAID[reason].letter.format_map(_facts(group, ours, theirs, currency, units, facts))


def named(group: Group) -> str:
    """Name a group by our document, else by theirs; a tie by all of them."""
    ours = list(dict.fromkeys(entry.reference or entry.doc_no for entry in group.ours))
    if group.tie:
        return ", ".join(ours[:4]) + (f" and {len(ours) - 4} more" if len(ours) > 4 else "")
    return ours[0] if ours else _their_name(group)


def _their_name(group: Group) -> str:
    line = group.theirs[0]
    if line.kind in ("RCPT", "ONACC") and line.their_no:
        return f"{line.their_no} ({line.reference})" if line.reference else line.their_no
    return line.reference or line.their_no or line.text or f"line {line.source_line}"


FACTS = ("doc", "no", "day", "ours", "theirs", "gap", "case_said", "case", "receipt", "receipts", "on", "by", "how", "where", "percent")
"""Facts that a sentence may tell."""


def filled(
    group: Group, ours: int, theirs: int, facts: Mapping[str, str], write_money: Callable[[int], str], write_day: Callable[[date | str | None], str]
) -> Mapping[str, str]:  # fmt: skip
    """Return the facts of a difference as a language writes them; those it does not have are blank."""
    day = group.ours[0].day if group.ours else group.theirs[0].day if group.theirs else None
    case = facts.get("case", "")
    return {
        **dict.fromkeys(FACTS, ""),
        "doc": named(group) if group.ours or group.theirs else "", "no": _their_name(group) if group.theirs else "", "day": write_day(day),
        "ours": write_money(abs(ours)), "theirs": write_money(abs(theirs)), "gap": write_money(abs(theirs - ours)),
        "case_said": f" (case {case})" if case else "", **{**facts, **({"on": write_day(facts["on"])} if facts.get("on") else {})},
    }  # fmt: skip


def _facts(group: Group, ours: int, theirs: int, currency: str, units: Units, facts: Mapping[str, str]) -> Mapping[str, str]:
    return filled(group, ours, theirs, facts, lambda minor: units.said(minor, currency), lambda day: f"{day}" if day else "no day")
