"""The remittance information that a wire carries: documents in tags {8400} to {8700}, or X12 820 segments in addenda {8200}."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from arwork.errors import InputError
from arwork.intake.advice import SURE, Advice, PaidDocument
from arwork.intake.bank.fedwire_tags import Message, Tag
from arwork.intake.bank.nacha_addenda import paid_documents
from arwork.intake.bank.statement import Line
from arwork.money import Units

_DECIMAL = re.compile(r"[0-9]{1,13}(\.[0-9]{0,5})?")


def advice(message: Message, line: Line, amount: int, units: Units) -> Advice | None:
    """Read which documents a wire pays; None where it does not say, or not in figures that can be read exactly."""
    currency, documents = _documents(message, units)
    source = "REMT"
    if not documents:
        currency, source = "USD", "EDI820"
        found = message.first("8200")
        documents = paid_documents(found.parts[1], message.file, found.line, amount) if found else []
    if not documents:
        return None
    payer = message.part("8300", 2)
    return Advice(
        number=message.part("8250", 0) or line.bank_txn_id or f"wire on line {message.line}",
        currency=currency,
        source=source,
        documents=documents,
        payment_ref=line.end_to_end_id,
        trace_no=line.bank_txn_id,
        payer_name=payer or line.remitter_name,
        payer_account=line.remitter_account,
        payment_date=line.booking_date,
        amount=amount if currency == "USD" else None,
    )


def _documents(message: Message, units: Units) -> tuple[str, list[PaidDocument]]:
    """Read every document in full, or none where an amount of one cannot be read or currencies differ."""
    loops = list(_loops(message.tags))
    currencies = {found.parts[2 if found.tag == "8600" else 0] for loop in loops for found in loop if found.tag in _MONEY}
    if len(currencies) != 1 or not units.known(min(currencies)):
        return "", []
    currency = min(currencies)
    documents = [_document(loop, currency, units) for loop in loops]
    return (currency, [d for d in documents if d]) if all(documents) else ("", [])


_MONEY = ("8450", "8500", "8550", "8600")


def _loops(tags: Sequence[Tag]) -> Iterator[list[Tag]]:
    """Group the tags of structured remittance: each document begins with {8400}."""
    loop: list[Tag] = []
    for found in tags:
        if found.tag == "8400" and loop:
            yield loop
            loop = []
        if found.tag == "8400" or (loop and found.tag in (*_MONEY, "8650", "8700")):
            loop.append(found)
    if loop:
        yield loop


def _document(loop: Sequence[Tag], currency: str, units: Units) -> PaidDocument | None:
    """Read one document: {8450} is paid, {8500} its total, {8550} the discount, {8600} what is held back and why."""
    try:
        paid, gross, discount = (_sum([t.parts[1] for t in loop if t.tag == tag], currency, units) for tag in ("8450", "8500", "8550"))
        signs = [(-1 if t.parts[1] == "DBIT" else 1, t.parts[3]) for t in loop if t.tag == "8600"]
        held = sum(sign * (_sum([text], currency, units) or 0) for sign, text in signs)
    except InputError:
        return None
    name = loop[0].parts[2] or loop[0].parts[1]
    if not name or (paid is None and gross is None):
        return None
    if paid is None:
        paid = (gross or 0) - (discount or 0) - held
    gross = paid + (discount or 0) + held if gross is None else gross
    deduction = gross - (discount or 0) - paid
    reasons = [" ".join(filter(None, (t.parts[0], t.parts[4]))) for t in loop if t.tag == "8600"]
    # Figures that do not add up leave no doubt about what was paid, but about why; the confidence says so.
    sure = SURE if deduction == held else SURE // 2
    return PaidDocument(name, gross, discount or 0, deduction, paid, str(loop[0].line), "; ".join(reasons), sure)


def _sum(written: Sequence[str], currency: str, units: Units) -> int | None:
    """Sum amounts with a decimal point in minor units; None where there are none, InputError where one cannot be read."""
    total = None
    for text in written:
        if not _DECIMAL.fullmatch(text):
            raise InputError(f"{text!r} is no amount")
        total = (total or 0) + units.minor(Decimal(text), currency)
    return total
