"""Fedwire messages in the tag format of the Fedwire Application Interface Manual, one or many in a file (1.5, LD-10).

A wire is money in for the beneficiary: the line stands on the beneficiary's account at the receiving bank. Requests,
refusals and service messages move no money. The format states neither counts nor balances, so nothing proves that no
message is missing. Amounts are US cents.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from arwork.errors import InputError, place
from arwork.intake.advice import Advice
from arwork.intake.bank.amounts import swift_amount
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.fedwire_remittance import advice
from arwork.intake.bank.fedwire_tags import CURE, ELEMENTS, Message, messages
from arwork.intake.bank.formats import Format
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, account_code, bank_file, classed
from arwork.intake.received import Received
from arwork.money import Units

_TYPES = ("10", "15", "16")
_SUBTYPES = {
    "00": "funds transfer",
    "01": "request for reversal",
    "02": "reversal of a transfer",
    "07": "request for reversal of an earlier day's transfer",
    "08": "reversal of an earlier day's transfer",
    "31": "request for credit (drawdown)",
    "32": "transfer honouring a request for credit (drawdown)",
    "33": "refusal of a request for credit (drawdown)",
    "90": "service message",
}
_NO_VALUE = ("01", "07", "31", "33", "90")
_FUNCTIONS = {
    "BTR": Meaning("", "WIRE", "bank transfer"),
    "CKS": Meaning("", "CHEQUE", "cheque same-day settlement"),
    "CTP": Meaning("", "WIRE", "customer transfer plus"),
    "CTR": Meaning("", "WIRE", "customer transfer"),
    "DEP": Meaning("", "WIRE", "deposit to the sender's account"),
    "DRB": Meaning("NON_AR", "WIRE", "bank drawdown request"),
    "DRC": Meaning("NON_AR", "WIRE", "customer drawdown request"),
    "DRW": Meaning("", "WIRE", "drawdown payment"),
    "FFR": Meaning("NON_AR", "WIRE", "fed funds returned"),
    "FFS": Meaning("NON_AR", "WIRE", "fed funds sold"),
    "SVC": Meaning("NON_AR", "WIRE", "service message"),
}
_TEXTS = ("6000", "6400", "6500", "7070", "8750")


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read a file of Fedwire messages whole; InputError names the message and its tag otherwise."""
    lines: dict[tuple[str, date], Lines] = {}
    first: dict[tuple[str, date], int] = {}
    advices: list[Advice] = []
    count = 0
    seen: dict[str, int] = {}
    for message in messages(text, received.name):
        line, amount = _line(message, units)
        if seen.setdefault("".join(message.part("1520", n) for n in range(3)) or f"line {message.line}", message.line) != message.line:
            what = f"the wire with this IMAD stands here twice, first on line {seen[line.bank_txn_id]}"
            raise message.refused(what, "1520", line.bank_txn_id)
        key = (_account(message), line.booking_date)
        lines.setdefault(key, Lines()).append(line)
        first.setdefault(key, message.line)
        count += 1
        paid = advice(message, line, amount, units)
        if paid is not None:
            advices.append(paid)
    if not count:
        raise InputError("the file holds no message", where=place(received.name), cure=CURE)
    statements = [
        Statement(account, "USD", day.strftime("%Y%m%d"), "", day, day, None, None, found, str(first[account, day]))
        for (account, day), found in lines.items()
    ]
    proof = f"{count:,} wire message{'' if count == 1 else 's'} read; the format states no count and no balance, so none proves that all are here."
    return bank_file(received, statements, format="Fedwire", encoding=encoding, completeness="not_proven", proof=proof, advices=advices)


def _line(message: Message, units: Units) -> tuple[Line, int]:
    """Read one message as a line, and the amount that it states."""
    for tag in ("1500", "1510", "2000", "3100", "3400", "3600"):
        if message.first(tag) is None:
            raise message.refused(f"the message has no tag {{{tag}}}, which every wire has: it is cut off or damaged")
    kind, subtype = message.part("1510", 0), message.part("1510", 1)
    function = message.part("3600", 0)
    if kind not in _TYPES or subtype not in _SUBTYPES:
        raise message.refused("unknown type of message", "1510", kind + subtype)
    if function not in _FUNCTIONS:
        raise message.refused("unknown business function", "3600", function)
    stated = _cents(message)
    meaning, day = _meaning(message, subtype, function), _day(message)
    moves = subtype not in _NO_VALUE and function not in ("SVC", "DRB", "DRC")
    returned = _SUBTYPES[subtype] if moves and subtype in ("02", "08") else ""
    amount = stated if moves else 0
    klass, reason = classed(amount, meaning, returned)
    currency, instructed = message.part("3710", 0), swift_amount(message.part("3710", 1))
    foreign = instructed is not None and currency != "USD" and units.known(currency) and not instructed.scaleb(units.exponent(currency)) % 1
    reference = next((text for text in (message.part("3620", 6), message.part("4320", 0), message.part("3320", 0)) if text), "")
    return Line(
        booking_date=day,
        value_date=day,
        amount=amount,
        source_line=str(message.line),
        kind=klass,
        class_reason=reason,
        bank_txn_id="".join(message.part("1520", n) for n in range(3)) or "".join(message.part("1120", n) for n in range(3)),
        end_to_end_id=reference,
        txn_code=f"{kind}{subtype}/{function}",
        method=meaning.method,
        remitter_name=_originator(message),
        remitter_account=_originator_account(message),
        remitter_bank=_originator_bank(message),
        remittance_text=_text(message, reference, returned, 0 if moves else stated, units),
        orig_currency=currency if foreign else "",
        orig_amount=units.minor(instructed, currency) if foreign and instructed is not None else None,
        charges=_charges(message, units),
        is_return=klass == "RETURN",
    ), stated


def _meaning(message: Message, subtype: str, function: str) -> Meaning:
    """Say what the codes mean: no money moves in requests, service messages and messages that are marked as tests."""
    known = _FUNCTIONS[function]
    words = f"{known.words}, {_SUBTYPES[subtype]} ({function} {message.part('1510', 0)}{subtype})"
    if message.part("1500", 2) == "T":
        return Meaning("NON_AR", known.method, f"test message, not production: {words}")
    return Meaning("NON_AR" if subtype in _NO_VALUE else known.kind, known.method, words)


def _cents(message: Message) -> int:
    written = message.part("2000", 0)
    if not (len(written) == 12 and written.isascii() and written.isdigit()):
        raise message.refused("the amount is not written in twelve digits", "2000", written)
    found = message.first("2000")
    if found is not None and found.raw.strip(" *") != written:
        raise message.refused("something follows the twelve digits of the amount", "2000", found.raw)
    return int(written)


def _day(message: Message) -> date:
    """Read the day of the Fed's cycle: that of the input message, else that of the output message."""
    tag = "1520" if message.first("1520") else "1120"
    written = message.part(tag, 0)
    if not (len(written) == 8 and written.isascii() and written.isdigit()):
        raise message.refused("the message does not say on which day it was sent ({1520} or {1120})", "1520", written or None)
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        raise message.refused("not a day of the calendar", tag, written) from None


def _account(message: Message) -> str:
    """Name our account: the beneficiary's number at its bank or the receiving bank, else the number of that bank."""
    bank = message.part("4100", 1) if message.part("4100", 0) == "F" else ""
    routing = account_code(bank or message.part("3400", 0))
    if not routing:
        raise message.refused("the message names no receiving bank", "3400")
    number = account_code(message.part("4200", 1))
    return f"{routing}/{number}" if number else routing


def _originator(message: Message) -> str:
    option_f = message.part("5010", 1)
    named = option_f[2:] if re.match(r"1/", option_f) else option_f
    return message.part("5000", 2) or named or message.part("5100", 2) or message.part("3100", 1)


def _originator_account(message: Message) -> str:
    """Give the originator's account; passports, tax numbers and the like are no accounts."""
    if message.part("5000", 0) in ("D", "T"):
        return account_code(message.part("5000", 1))
    party = message.part("5010", 0)
    return account_code(party[1:]) if party.startswith("/") else ""


def _originator_bank(message: Message) -> str:
    coded = message.part("5100", 0) in ("F", "B")
    return account_code(message.part("5100", 1) if coded and message.part("5100", 1) else message.part("3100", 0))


def _text(message: Message, reference: str, returned: str, named: int, units: Units) -> str:
    """Join what the originator writes: free lines, addenda, references without a field of their own, what a request names."""
    told = [_wrapped(message, tag) for tag in _TEXTS]
    told += [" ".join(message.part("8200", 1).split()), message.part("8250", 0)]
    told += [text for text in (message.part("4320", 0), message.part("3320", 0)) if text != reference]
    told += [f"reverses {message.part('3500', 0)}" if returned and message.part("3500", 0) else ""]
    return " ".join(filter(None, [*told, f"amount named: {units.text(named, 'USD')} USD" if named else ""]))


def _wrapped(message: Message, tag: str) -> str:
    """Join the lines of a text; one that fills its length runs on into the next."""
    found = message.first(tag)
    lines = zip(ELEMENTS[tag], found.parts, strict=True) if found else ()
    return "".join(line if len(line) == length else f"{line} " for length, line in lines if line and length != 5).strip()


def _charges(message: Message, units: Units) -> int | None:
    """Sum the charges of the senders where all are in US dollars."""
    found = message.first("3700")
    written = [part for part in found.parts[1:] if part] if found else []
    amounts = [swift_amount(part[3:]) if part.startswith("USD") else None for part in written]
    exact = [amount for amount in amounts if amount is not None and not amount.scaleb(2) % 1]
    return (units.minor(sum(exact, Decimal(0)), "USD") or None) if exact and len(exact) == len(written) else None


def claims(head: str) -> bool:
    """Say whether a text begins with a tag of four digits in braces, as wires do."""
    return bool(re.match(r"\{1[15][0-9]{2}\}", head))


FORMAT = Format("Fedwire", claims, read)
