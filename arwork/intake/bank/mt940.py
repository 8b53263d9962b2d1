"""SWIFT MT940 statements, bare or in their envelopes, of any number of accounts in one file (1.5, RC-20).

Every message must open and close with a balance and tie; the pages of one statement (60M, 62M) must follow each other
without a gap. Anything that does not stand where it must is refused with its line: nothing is skipped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from arwork.errors import InputError, place
from arwork.intake.bank.amounts import swift_amount
from arwork.intake.bank.codes import meaning
from arwork.intake.bank.mt940_fields import CURE, Balance, Booking, Field, balance, booking, fields_of
from arwork.intake.bank.mt940_text import Details, details, is_iban, national
from arwork.intake.bank.statement import BankFile, Line, Statement, account_code, bank_file, classed, proof_sentence, ties, untied
from arwork.intake.received import Received
from arwork.money import Units

_ORIGINAL = re.compile(r"/OCMT/([A-Z]{3}[0-9.,]+)")
_CHARGES = re.compile(r"/CHGS/([A-Z]{3}[0-9.,]+)")


@dataclass
class _Message:
    """The fields of one message, from :20: to the next."""

    start: int
    fields: list[Field] = field(default_factory=list)

    def first(self, *tags: str) -> Field | None:
        """Give the first field with one of the tags."""
        return next((f for f in self.fields if f.tag in tags), None)


@dataclass(frozen=True)
class _Page:
    """One message read: a statement, its page number, and whether its balances are interim ones."""

    statement: Statement
    page: int
    opens: bool
    closes: bool
    line: int


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read an MT940 file whole; InputError names the line and the figures otherwise."""
    if text.count("{4:") > len(re.findall(r"-\s*\}", text)):
        raise InputError("a message is not closed by its envelope (-}): the file is cut off", where=place(received.name), cure=CURE)
    pages = [_page(message, received.name, units) for message in _messages(text, received.name)]
    if not pages:
        raise InputError("the file holds no statement", where=place(received.name), cure=CURE)
    statements = list(_chained(pages, units, received.name))
    return bank_file(
        received, statements, format="MT940", encoding=encoding, completeness="proven", proof=proof_sentence(statements, units)
    )


def _messages(text: str, file: str) -> Iterator[_Message]:
    """Group fields into messages, each in the order 20, 25, 28, 60, bookings, 62."""
    order = {"20": 0, "21": 1, "25": 1, "25P": 1, "28": 1, "28C": 1, "60F": 2, "60M": 2, "61": 3, "62F": 4, "62M": 4, "64": 5, "65": 5}
    message: _Message | None = None
    stage = 5
    for found in fields_of(text):
        where = place(file, found.number, value=f":{found.tag}:{found.value()}")
        if found.tag == "20":
            if stage < 4:
                raise InputError("the statement before this line has no closing balance (62F)", where=where, cure=CURE)
            if message is not None:
                yield message
            message, stage = _Message(found.number), 0
        if message is None:
            raise InputError("the file does not begin with a field :20:", where=where, cure=CURE)
        if found.tag in ("86", "NS"):
            allowed = stage >= 3 or found.tag == "NS"
        else:
            step = order[found.tag]
            allowed = step == 0 or step > stage or (step == stage and step in (1, 3, 5)) or (step == 3 and stage == 2)
            stage = max(stage, step)
        if not allowed:
            raise InputError(f"field {found.tag} does not belong here", where=where, cure=CURE)
        message.fields.append(found)
    if message is not None:
        if stage < 4:
            raise InputError("the last statement has no closing balance (62F): the file is cut off", where=place(file), cure=CURE)
        yield message


def _page(message: _Message, file: str, units: Units) -> _Page:
    """Read one message and prove that it ties."""
    opening, opens = _balance_of(message, ("60F", "60M"), file, units)
    closing, closes = _balance_of(message, ("62F", "62M"), file, units)
    if opening.currency != closing.currency:
        what = f"opening in {opening.currency}, closing in {closing.currency}"
        raise InputError(what, where=place(file, message.start), cure=CURE)
    named = message.first("25", "25P")
    if named is None or not named.value():
        raise InputError("the statement does not say for which account it is (25)", where=place(file, message.start), cure=CURE)
    number, page = _number(message)
    statement = Statement(
        account=_account(named.value(), opening.currency),
        currency=opening.currency,
        number=number,
        sequence=number.lstrip("0") if number.isdigit() else "",
        from_date=None,
        to_date=closing.day,
        opening=opening.amount,
        closing=closing.amount,
        lines=list(_lines(message, opening.currency, file, units)),
        source_line=str(message.start),
    )
    if not ties(statement):
        raise untied(statement, units, file)
    _check_own_counts(message, statement, file)
    return _Page(statement, page, opens, closes, message.start)


def _balance_of(message: _Message, tags: tuple[str, str], file: str, units: Units) -> tuple[Balance, bool]:
    found = message.first(*tags)
    if found is None:
        raise InputError(f"the statement has no balance ({tags[0]})", where=place(file, message.start), cure=CURE)
    return balance(found, units, place(file, found.number, value=found.value())), found.tag.endswith("F")


def _number(message: _Message) -> tuple[str, int]:
    """Read statement and page number from 28C; the reference of the message stands in for a missing number."""
    found = message.first("28C", "28")
    written = "".join("".join(found.lines).split()) if found else ""
    number, _, page = written.partition("/")
    reference = message.fields[0].value()
    return (number or reference or "unnumbered"), int(page) if page.isascii() and page.isdigit() else 0


def _account(written: str, currency: str) -> str:
    """Take the currency off that some banks write behind the account."""
    account = account_code(written)
    number = account.removesuffix(currency).rstrip("/")
    return number if number[-1:].isdigit() else account


def _lines(message: _Message, currency: str, file: str, units: Units) -> Iterator[Line]:
    """Read each booking with the texts that follow it."""
    at = 0
    while at < len(message.fields):
        found = message.fields[at]
        at += 1
        if found.tag != "61":
            if found.tag.startswith("62"):
                return
            continue
        told: list[Field] = []
        while message.fields[at].tag in ("86", "NS"):
            told.append(message.fields[at])
            at += 1
        where = place(file, found.number, value=f":61:{found.lines[0].strip()}")
        booked = booking(found, currency, units, where)
        yield _line(booked, _told(told), currency, units, str(found.number))


def _told(fields: Sequence[Field]) -> Details:
    """Read what follows a booking; several fields 86 are one text."""
    texts = [f for f in fields if f.tag == "86"]
    if not texts:
        return national([line for f in fields for line in f.lines]) if fields else Details()
    first, *rest = [details(f.lines) for f in texts]
    return replace(first, text=" ".join(filter(None, [first.text, *(other.text for other in rest)])))


def _line(booked: Booking, told: Details, currency: str, units: Units, source_line: str) -> Line:
    swift = booked.type.ljust(4)[:4].strip()
    codes = meaning(gvc=told.gvc, swift=swift)
    returned = ""
    if booked.reversal:
        returned = "the bank marks a reversal (R before the debit or credit mark)"
    elif told.returned:
        returned = f"the bank gives a return reason ({told.returned})"
    elif codes.kind == "RETURN":
        returned = codes.words
    kind, reason = classed(booked.amount, codes, returned)
    customer = "" if is_iban(booked.customer_ref) else booked.customer_ref
    partner = next((word for word in (told.account, booked.customer_ref, booked.extra) if is_iban(account_code(word))), told.account)
    original = _amount(told.original or _found(_ORIGINAL, booked.extra), currency, units)
    charges = _amount(told.charges or _found(_CHARGES, booked.extra), currency, units)
    differs = original is not None and original != (abs(booked.amount), currency)
    return Line(
        booking_date=booked.booking_date,
        value_date=booked.value_date,
        amount=booked.amount,
        source_line=source_line,
        kind=kind,
        class_reason=reason,
        bank_txn_id=booked.bank_ref,
        end_to_end_id=told.end_to_end_id or customer,
        txn_code=f"{swift}+{told.gvc}" if told.gvc else swift,
        method=codes.method,
        remitter_name=told.name,
        remitter_account=account_code(partner),
        remitter_bank=account_code(told.bank),
        remittance_text=told.text or _extra_text(booked.extra, told),
        structured_ref=told.structured_ref,
        orig_currency=original[1] if original and differs else "",
        orig_amount=original[0] if original and differs else None,
        charges=charges[0] if charges and charges[1] == currency and charges[0] else None,
        return_reason=told.returned or (told.key if kind == "RETURN" else ""),
        is_return=kind == "RETURN",
        reversal=booked.reversal,
    )


def _extra_text(extra: str, told: Details) -> str:
    """Let the supplementary text of field 61 stand in for a missing text, unless it is codes or an account."""
    return "" if told.structured_ref or extra.startswith("/") or is_iban(account_code(extra)) else extra


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


def _check_own_counts(message: _Message, statement: Statement, file: str) -> None:
    """Compare the numbers of debits and credits that ING writes behind the closing balance (`:86:/SUM/4/4/…`)."""
    closing = next(i for i, f in enumerate(message.fields) if f.tag.startswith("62"))
    debits = sum(line.amount < 0 for line in statement.lines)
    credits = sum(line.amount > 0 for line in statement.lines)
    for found in message.fields[closing:]:
        stated = re.match(r"\s*/SUM/([0-9]+)/([0-9]+)/", "".join(found.lines)) if found.tag == "86" else None
        if (
            stated
            and message.fields[closing].tag == "62F"
            and message.first("60F")
            and (int(stated[1]), int(stated[2])) != (debits, credits)
        ):
            what = f"the bank counts {stated[1]} debits and {stated[2]} credits, the statement holds {debits} and {credits}"
            raise InputError(what, where=place(file, found.number), cure=CURE)


def _chained(pages: Sequence[_Page], units: Units, file: str) -> Iterator[Statement]:
    """Join the pages of a statement; a page that is missing, repeated or out of order is refused and named."""
    whole: _Page | None = None
    for page in pages:
        if whole is None:
            if not page.opens:
                raise _missing(page, max(page.page - 1, 1), "before", file)
            whole = page
        else:
            last = whole.statement
            same = (page.statement.account, page.statement.currency) == (last.account, last.currency) and not page.opens
            if not same or page.statement.opening != last.closing or (page.page and whole.page and page.page != whole.page + 1):
                raise _missing(whole, whole.page + 1, "after", file)
            joined = replace(
                last, closing=page.statement.closing, to_date=page.statement.to_date, lines=[*last.lines, *page.statement.lines]
            )
            whole = replace(page, statement=joined, opens=True)
        if whole.closes:
            yield whole.statement
            whole = None
    if whole is not None:
        raise _missing(whole, whole.page + 1, "after", file)


def _missing(page: _Page, number: int, side: str, file: str) -> InputError:
    near = f"statement {page.statement.number} of {page.statement.account}"
    return InputError(
        f"page {number} of {near} is missing {side} page {page.page}",
        where=place(file, page.line),
        cure="Put all pages of the statement into one file, in their order",
    )
