"""Bookings of an MT940 or MT942 as bank lines: field 61 with the texts that follow it (T07)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from arwork.errors import place
from arwork.intake.bank.amounts import swift_amount
from arwork.intake.bank.codes import meaning
from arwork.intake.bank.mt940_fields import Booking, Field, booking
from arwork.intake.bank.mt940_messages import Message
from arwork.intake.bank.mt940_text import Details, details, is_iban, national
from arwork.intake.bank.statement import Line, Lines, account_code, classed
from arwork.money import Units

_ORIGINAL = re.compile(r"/OCMT/([A-Z]{3}[0-9.,]+)")
_CHARGES = re.compile(r"/CHGS/([A-Z]{3}[0-9.,]+)")
_BEARER = re.compile(r"(?:^|[\s/:?])71A:? ?(SHA|OUR|BEN)\b")
"""Only where the bank speaks (field 61): what a payer writes into its text must not make us bear charges."""
_GERMAN = re.compile(r"(?:DE|AT)[0-9]{18,20}|[0-9]{8}/[0-9]{1,10}|[A-Z]{4}(?:DE|AT)[A-Z0-9]{2,5}/[A-Z0-9]+")
"""Accounts of German and Austrian banks, whose three digits before `?00` are business transaction codes (GVC)."""


@dataclass
class Booked:
    """The bookings of one message as lines; `expected` are signed amounts that are announced and not booked.

    `moved` are value dates that no calendar has.
    """

    lines: Lines = field(default_factory=Lines)
    expected: list[int] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)


def account_of(written: str, currency: str) -> str:
    """Read field 25: an IBAN where there is one, without the bank code before it and the currency behind it."""
    account = account_code(written).lstrip("/")
    number = account.removesuffix(currency).rstrip("/") if currency else account
    if not (number[-1:].isdigit() or _is_sound(number)):
        number = account
    bank, _, rest = number.partition("/")
    return rest if bank and is_iban(rest) and _is_sound(rest) else number


def number_of(message: Message) -> tuple[str, int]:
    """Read statement and page number from 28C; the reference of the message stands in for a missing number."""
    found = message.first("28C", "28")
    written = "".join("".join(found.lines).split()) if found else ""
    number, _, page = written.partition("/")
    reference = message.fields[0].value()
    return (number or reference or "unnumbered"), int(page) if re.fullmatch(r"[0-9]{1,9}", page) else 0


def booked(message: Message, account: str, currency: str, file: str, units: Units) -> Booked:
    """Read each booking with the texts that follow it; InputError names the line of one that cannot be read.

    `account` is ours: elsewhere banks number their transactions in other ways, so no GVC is read there.
    """
    made, german = Booked(), _GERMAN.fullmatch(account) is not None
    at, fields = 0, message.fields
    while at < len(fields):
        found = fields[at]
        at += 1
        if found.tag != "61":
            continue
        told: list[Field] = []
        while at < len(fields) and fields[at].tag in ("86", "NS"):
            told.append(fields[at])
            at += 1
        where = place(file, found.number, value=f":61:{found.lines[0].strip()}")
        read = booking(found, currency, units, where)
        if read.moved:
            made.moved.append(read.moved)
        if read.expected:
            made.expected.append(read.amount)
        else:
            details_of = _told(told)
            made.lines.append(_line(read, details_of if german else replace(details_of, gvc=""), currency, units, str(found.number)))
    return made


def _is_sound(account: str) -> bool:
    """Say whether the check digits of an IBAN are right (ISO 7064, 97-10)."""
    if not is_iban(account):
        return False
    return int("".join(str(int(mark, 36)) for mark in account[4:] + account[:4])) % 97 == 1


def _told(fields: Sequence[Field]) -> Details:
    """Read what follows a booking; several fields 86 are one text. Polish banks send the code alone in a field before the text."""
    texts = [f for f in fields if f.tag == "86"]
    if len(texts) > 1 and re.fullmatch("[0-9]{3}", texts[0].value()) and texts[1].value().startswith(texts[0].value()):
        del texts[0]
    if not texts:
        return national([line for f in fields for line in f.lines]) if fields else Details()
    first, *rest = [details(f.lines) for f in texts]
    return replace(first, text=" ".join(filter(None, [first.text, *(other.text for other in rest)])))


def _line(read: Booking, told: Details, currency: str, units: Units, source_line: str) -> Line:
    codes = meaning(gvc=told.gvc, swift=read.type)
    returned = ""
    if read.reversal:
        returned = "the bank marks a reversal (R before the debit or credit mark)"
    elif told.returned:
        returned = f"the bank gives a return reason ({told.returned})"
    elif codes.kind == "RETURN":
        returned = codes.words
    kind, reason = classed(read.amount, codes, returned)
    name, account, reference = _partner(read, told)
    original = _amount(told.original or _found(_ORIGINAL, read.extra), currency, units)
    charges = _amount(told.charges or _found(_CHARGES, read.extra), currency, units)
    differs = original is not None and original != (abs(read.amount), currency)
    return Line(
        booking_date=read.booking_date,
        value_date=read.value_date,
        amount=read.amount,
        source_line=source_line,
        kind=kind,
        class_reason=reason,
        bank_txn_id=read.bank_ref,
        end_to_end_id=told.end_to_end_id or reference,
        txn_code="+".join(filter(None, (read.type, told.code))),
        method=codes.method,
        remitter_name=name,
        remitter_account=account_code(account),
        remitter_bank=account_code(told.bank),
        remittance_text=told.text or _extra_text(read, told),
        structured_ref=told.structured_ref,
        orig_currency=original[1] if original and differs else "",
        orig_amount=original[0] if original and differs else None,
        charges=charges[0] if charges and charges[1] == currency and charges[0] else None,
        charge_bearer=_found(_BEARER, read.extra),
        return_reason=told.returned or (told.key if kind == "RETURN" else ""),
        is_return=kind == "RETURN",
        reversal=read.reversal,
    )


def _partner(read: Booking, told: Details) -> tuple[str, str, str]:
    """Name the other side (name, account), and the reference of the payment that is left.

    Some banks write the account of the other side as the reference and its name below it, and both again in field 86.
    """
    customer = read.customer_ref
    iban = next((word for word in (told.account, customer, read.extra) if is_iban(account_code(word))), "")
    name, account = told.name or read.name, iban or told.account
    reference = "" if is_iban(customer) else customer
    if customer and read.extra and not told.name and told.text.casefold().startswith(f"{customer} {read.extra}".casefold()):
        return read.extra, iban or customer, ""
    if read.name and reference.isdigit() and not account:
        account, reference = reference, ""
    return name, account, reference


def _extra_text(read: Booking, told: Details) -> str:
    """Let the supplementary text of field 61 stand in for a missing text, unless it is a name, codes or an account."""
    extra = read.extra
    return "" if told.structured_ref or extra.startswith("/") or extra == read.name or is_iban(account_code(extra)) else extra


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _amount(written: str, currency: str, units: Units) -> tuple[int, str] | None:
    """Read an amount that only informs; None where it cannot be read exactly."""
    found = re.match(r"([A-Z]{3})?\s*([0-9][0-9.,]*)", written)
    if not found or not units.known(found[1] or currency):
        return None
    amount = swift_amount(found[2].rstrip("."))
    code = found[1] or currency
    if amount is None or amount.scaleb(units.exponent(code)) % 1:
        return None
    return units.minor(amount, code), code
