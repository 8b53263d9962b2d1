"""CNAB 400 return files (retorno) of Brazilian banks: what became of each boleto, a line for each that was paid.

The file states no balance. Every record carries a sequence number, so a record that is missing, repeated or out of order
is refused; the last one is the trailer. Itau and Bradesco also state counts and sums there, which must agree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.bank.cnab_banks import BANKS, Bank, Span
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.fixed import CURE, Record, plural, records
from arwork.intake.bank.formats import Format
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, account_code, bank_file, classed
from arwork.intake.received import Received
from arwork.money import Units

CURRENCY = "BRL"
_WIDTH = 400
_NUMBERS = {"001": (101, 107), "237": (109, 113), "341": (109, 113), "748": (111, 117), "756": (101, 107)}
_OTHER_LAYOUT = "Ask the bank for the return file in CNAB 240, which is laid out alike at all banks, or for camt.053, MT940 or OFX"


@dataclass
class _Return:
    """What is gathered while a file is read; sums in centavos by occurrence, of title values and of amounts paid."""

    bank: Bank
    header: Record
    day: date
    account: str = ""
    lines: Lines = field(default_factory=Lines)
    counts: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)
    extras: int = 0


def claims(head: str) -> bool:
    """Say whether a text begins with the header of a CNAB 400 file, return or remittance."""
    return re.match(r"(02RETORNO|01REMESSA)[0-9 ]{2}[^\r\n]{65}[0-9]{3}", head, re.IGNORECASE) is not None


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read a CNAB 400 return whole; InputError names the record otherwise."""
    name = received.name
    found: _Return | None = None
    trailer: Record | None = None
    count = 0
    for count, record in enumerate(records(text, name, _WIDTH), start=1):
        if trailer is not None:
            raise record.refused("a record follows the trailer")
        record.agrees("the sequence number of the record (395-400)", record.text[394:400], f"{count:06d}")
        if found is None:
            found = _Return(_bank(record), record, _file_day(record))
        elif record.text[0] == "9":
            trailer = record
        elif record.text[0] in ("17" if found.bank.code == "001" else "1"):
            _detail(record, found, units)
        elif record.text[0] in "2345678":
            found.extras += 1
        else:
            raise record.refused("a record of this kind does not belong into a return", 1, 1)
    if found is None or trailer is None:
        what = f"the trailer (record 9) is missing after {plural(count, 'record')}: the file is cut off"
        raise InputError(what, where=place(name, count or ""), cure=CURE)
    checked = _check_trailer(trailer, found)
    statement = _statement(found)
    return bank_file(
        received, [statement], format="CNAB 400 retorno", encoding=encoding, completeness="counted",
        proof=_proof(found, count, checked, units),
    )  # fmt: skip


def _bank(header: Record) -> Bank:
    if header.text[1] == "1":
        what = "this is a CNAB 400 remittance (remessa): it asks the bank to collect; nothing in it is booked yet"
        raise InputError(what, where=place(header.file, header.number), cure="Give the return file (retorno) that answers it")
    code = header.digits(77, 79, "the bank (077-079)")
    if code in ("008", "353"):
        code = "033"
    if code not in BANKS:
        what = f"this is the CNAB 400 return of bank {code} ({header.words(80, 94) or 'without a name'}), whose layout arwork does not know"
        raise InputError(what, where=place(header.file, header.number, "77-79", code), cure=_OTHER_LAYOUT)
    return BANKS[code]


def _file_day(header: Record) -> date:
    """Read the day of the file: DDMMYY, at the Sicredi YYYYMMDD, at the C6 further right."""
    if header.part(77, 79) == "748":
        return header.day(95, 102, "ymd", "the day of the file")
    first = 95 if header.part(95, 100) else 125
    return header.day(first, first + 5, "dmy", "the day of the file")


def _text(record: Record, span: Span) -> str:
    return record.words(*span) if span != (0, 0) else ""


def _account(record: Record, bank: Bank) -> str:
    """Name our account as bank/branch/account, leading zeros of the account off."""
    parts = [account_code(_text(record, span)) for span in bank.account]
    parts[-1] = parts[-1].lstrip("0")
    parts[0] = parts[0][1:] if len(parts) == 2 and len(parts[0]) == 5 and parts[0][0] == "0" else parts[0]
    return "/".join([bank.code, *filter(None, parts)]) if any(part.strip("0") for part in parts) else ""


def _detail(record: Record, found: _Return, units: Units) -> None:
    """Read one title: a line where money moved, else only counted."""
    bank = found.bank
    if not found.account:
        found.account = _account(found.header if bank.in_header else record, bank)
    occurrence = record.digits(*bank.occurrence, "the occurrence")
    amount = record.money(*bank.amount, CURRENCY, units, name="the amount paid") if _text(record, bank.amount) else 0
    value = record.money(*bank.value, CURRENCY, units, name="the value of the title") if _text(record, bank.value) else 0
    stated = _text(record, bank.credit).strip("0")
    found.counts[occurrence] += 1
    found.values[occurrence] += value
    found.amounts[occurrence] += amount
    if not (bank.paid | bank.cheque | bank.back | bank.known) & {occurrence} and amount and stated:
        what = f"occurrence {occurrence} states an amount paid and a credit day, but arwork does not know it at {bank.name} ({bank.code})"
        raise record.refused(what, *bank.occurrence)
    moves = occurrence in bank.paid | bank.back or (occurrence in bank.cheque and bool(stated))
    if not (moves and amount):
        found.silent[occurrence] += 1
        return
    found.lines.append(_line(record, found, occurrence, -amount if occurrence in bank.back else amount))


def _line(record: Record, found: _Return, occurrence: str, amount: int) -> Line:
    bank = found.bank
    paid_on = record.day_or(*bank.day, "dmy", "the day of the occurrence", found.day)
    credit = paid_on
    if bank.credit != (0, 0):
        credit = record.day_or(*bank.credit, "ymd" if bank.code == "748" else "dmy", "the credit day", paid_on)
    returned = f"the bank takes a settlement back (occurrence {occurrence})" if amount < 0 else ""
    kind, reason = classed(amount, Meaning("", "OTHER", f"boleto settled (occurrence {occurrence})"), returned)
    old = bank.code == "001" and record.text[0] == "1"
    own = _text(record, (38, 62) if old else bank.own)
    document = _text(record, bank.document)
    return Line(
        booking_date=paid_on,
        value_date=credit,
        amount=amount,
        source_line=str(record.number),
        kind=kind,
        class_reason=reason,
        txn_code=occurrence,
        remitter_name=_text(record, bank.payer),
        remittance_text=" ".join(dict.fromkeys(filter(lambda word: word.strip("0"), (document, own)))),
        structured_ref=_text(record, (63, 74) if old else bank.title),
        return_reason=occurrence if amount < 0 else "",
        is_return=kind == "RETURN",
    )


def _check_trailer(trailer: Record, found: _Return) -> Sequence[str]:
    """Compare the figures of the trailer that the bank defines; a figure of zeros or blanks is not stated."""
    checked = []
    if found.bank.trailer == "itau":
        stated = trailer.told(213, 220)
        if stated:
            trailer.agrees("the number of titles (213-220)", stated, found.counts.total())
            checked.append(f"{plural(stated, 'title')} in the trailer")
        total = trailer.told(221, 234)
        if total:
            trailer.agrees("the sum of the title values in centavos (221-234)", total, found.values.total())
            checked.append("the sum of their values")
    if found.bank.trailer == "bradesco":
        for occurrence, at, amount_at in (("02", (58, 62), (63, 74)), ("06", (87, 91), (92, 103))):
            stated = trailer.told(*at)
            if stated:
                trailer.agrees(f"the number of occurrences {occurrence} ({at[0]}-{at[1]})", stated, found.counts[occurrence])
                checked.append(f"{stated} of occurrence {occurrence}")
            total = trailer.told(*amount_at)
            if total and total not in (found.values[occurrence], found.amounts[occurrence]):
                trailer.agrees(f"the sum of occurrences {occurrence} in centavos", total, found.amounts[occurrence])
    return checked


def _statement(found: _Return) -> Statement:
    account = found.account or _account(found.header, found.bank) or f"{found.bank.code}/{_text(found.header, (27, 46)) or 'unnamed'}"
    number = found.header.part(*_NUMBERS[found.bank.code]).lstrip("0") if found.bank.code in _NUMBERS else ""
    return Statement(
        account=account_code(account), currency=CURRENCY, number=f"{found.day.isoformat()}{f'-{number}' if number else ''}",
        sequence="", from_date=None, to_date=found.day, opening=None, closing=None, lines=found.lines,
        source_line=str(found.header.number),
    )  # fmt: skip


def _proof(found: _Return, count: int, checked: Sequence[str], units: Units) -> str:
    """Say what was counted, and which records are no lines because no money moved by them."""
    total = units.said(found.lines.total(), CURRENCY)
    parts = [f"The {count} records are numbered 1 to {count} without a gap", f"{plural(len(found.lines), 'line')} of {total}"]
    if checked:
        parts.append(f"the trailer agrees: {', '.join(checked)}")
    if found.silent:
        told = ", ".join(f"{number} of {occurrence}" for occurrence, number in sorted(found.silent.items()))
        parts.append(f"occurrences that moved no money are no lines: {told}")
    if found.extras:
        parts.append(f"{plural(found.extras, 'supplementary record')} read over")
    return "; ".join(parts) + "."


FORMAT = Format("CNAB 400", claims, read, charset="iso8859-1")
