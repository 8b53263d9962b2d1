"""CODA, the coded statement of account of the Belgian banks (Febelfin), versions 1 and 2, of any number of accounts (RC-20).

Opening + movements = closing is proven on every statement; the number of records and both turnovers of record 9 must
agree. Details of a globalised movement become lines where they add up to it, else the movement stays one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import takewhile

from arwork.errors import InputError, place
from arwork.intake.bank.coda_codes import coda_meaning, is_charge
from arwork.intake.bank.coda_records import Movement, account_of, add, communication, inform, movement
from arwork.intake.bank.fixed import CURE, Record, records
from arwork.intake.bank.formats import Format
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, account_code, bank_file, classed, proof_sentence, ties, untied
from arwork.intake.received import Received
from arwork.money import Units

_R_TYPES = {"1": "rejected", "2": "returned", "3": "refunded", "4": "reversed", "5": "cancelled"}
_AFTER = {"0": "1", "1": "238", "2": "238", "3": "238", "8": "49", "4": "49", "9": "0"}


@dataclass
class _Open:
    """A statement while its records are read: its header, balances, movements not yet made lines, and the counts so far.

    `other` is the account that the new balance names where that is not the account of the old one.
    """

    header: Record
    version: str
    partial: bool
    structure: str = "0"
    account: str = ""
    currency: str = ""
    number: str = ""
    opening: int = 0
    closing: int = 0
    day: date = date.min
    to_date: date = date.min
    records: int = 0
    debits: int = 0
    credits: int = 0
    current: Movement | None = None
    last: Movement | None = None
    lines: Lines = field(default_factory=Lines)
    other: str = ""


def claims(head: str) -> bool:
    """Say whether a text begins with the header record of a CODA."""
    return re.match(r"00000[0-9]{6}[0-9 ]{3}05[ D]", head) is not None


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read a CODA whole; InputError names the record and the figures otherwise."""
    statements: list[Statement] = []
    versions: list[str] = []
    remarks = ["the records and turnovers counted in record 9 agree"]
    state, kind = None, "9"
    partial = more = False
    for record in records(text, received.name, 128):
        found = record.text[0]
        if found not in _AFTER[kind]:
            raise record.refused(f"a record {found!r} does not belong behind a record {kind}", 1, 1)
        kind = found
        if state is None or kind == "0":
            state = _opened(record)
            versions.append(state.version)
            if record.text[16] == "D":
                remarks.append("the bank marks the file as a duplicate")
            continue
        _take(record, state, units)
        if kind == "9":
            more = record.text[127] == "1"
            statements.append(_closed(record, state, units))
            if state.other:
                # The header names the account and the figures tie; masked and merged test files differ only in this label.
                remarks.append(f"the new balance of statement {state.number} names account {state.other}, the old one {state.account}")
            partial = partial or state.partial
    if kind != "9" or not statements:
        what = "the last statement has no record 9: the file is cut off" if versions else "the file holds no statement"
        raise InputError(what, where=place(received.name), cure=CURE)
    if more:
        remarks.append("the last record 9 announces another statement, which is not in the file")
    remarks = list(dict.fromkeys(remarks))
    proof = proof_sentence(statements, units, remarks=remarks)
    if partial:
        proof = f"The file holds selected movements (separate application) and states no balance; {'; '.join(remarks)}."
    return bank_file(
        received,
        statements,
        format=f"CODA {max(versions)}",
        encoding=encoding,
        completeness="counted" if partial else "proven",
        proof=proof,
    )


def _opened(record: Record) -> _Open:
    version = record.text[127]
    if version not in "12":
        raise record.refused(f"this is a CODA of version {version!r}; arwork reads versions 1 and 2", 128, 128)
    return _Open(record, version, bool(record.part(84, 88).strip("0")), day=record.day(6, 11, "dmy", "the day of the file"))


def _take(record: Record, state: _Open, units: Units) -> None:
    """Take one record between header and trailer."""
    kind = record.text[0]
    if kind in "1238":
        state.records += 1
    if kind == "1":
        state.structure = "0" if state.version == "1" else record.text[1]
        if state.structure not in "0123":
            raise record.refused("the structure of the account number is none of 0 to 3", 2, 2)
        state.account, state.currency = account_of(record, 6, state.structure)
        if not state.account or not units.known(state.currency):
            raise record.refused("the statement names no account with a known currency", 6, 42)
        state.opening = _balance(record, 43, state.currency, units)
        state.number = record.part(126, 128).lstrip("0") or record.part(3, 5).lstrip("0")
    elif kind == "2":
        _movement(record, state, units)
    elif kind == "3":
        if state.last is None:
            raise record.refused("an information record without a movement before it", 1, 2)
        if record.text[1] not in "123":
            raise record.refused("this kind of information record is unknown", 1, 2)
        inform(state.last, record)
    elif kind == "8":
        _finish(state, units)
        found = account_of(record, 5, state.structure)
        record.agrees("the new balance is in another currency than the old one", found[1], state.currency)
        state.other = found[0] if found[0] != state.account else ""
        state.closing = _balance(record, 42, state.currency, units)
        state.to_date = record.day(58, 63, "dmy", "the day of the new balance")


def _balance(record: Record, first: int, currency: str, units: Units) -> int:
    """Read sign and amount of a balance: 0 in credit, 1 in debit."""
    sign = record.text[first - 1]
    if sign not in "01":
        raise record.refused("the sign of the balance is neither 0 (credit) nor 1 (debit)", first, first)
    amount = record.money(first + 1, first + 15, currency, units, 3, "the balance")
    return -amount if sign == "1" else amount


def _movement(record: Record, state: _Open, units: Units) -> None:
    """Take record 21, 22 or 23."""
    if record.text[1] in "23":
        if state.last is None:
            raise record.refused("this record follows no movement", 1, 2)
        add(state.last, record, state.version)
        return
    if record.text[1] != "1":
        raise record.refused("this kind of movement record is unknown", 1, 2)
    found = movement(record, state.currency, units, state.day)
    state.last = found
    if found.detail == "0000" or found.type in "0123":
        _finish(state, units)
        state.current = found
        if found.amount < 0:
            state.debits -= found.amount
        else:
            state.credits += found.amount
    elif state.current is None or state.current.sequence != found.sequence:
        raise record.refused(f"detail {found.sequence} {found.detail} follows no movement {found.sequence} 0000", 3, 10)
    else:
        state.current.details.append(found)


def _closed(record: Record, state: _Open, units: Units) -> Statement:
    """Check the trailer and prove the statement."""
    record.agrees("the number of records (017-022)", record.figure(17, 22, "the number of records"), state.records)
    for first, name, found in ((23, "debit", state.debits), (38, "credit", state.credits)):
        stated = record.money(first, first + 14, state.currency, units, 3, f"the {name} turnover")
        agreed = units.text(stated, state.currency), units.text(found, state.currency)
        record.agrees(f"the {name} turnover ({first:03d}-{first + 14:03d})", *agreed)
    statement = Statement(
        account=account_code(state.account), currency=state.currency, number=state.number or state.to_date.isoformat(),
        sequence=state.number, from_date=None, to_date=state.to_date, opening=state.opening, closing=state.closing,
        lines=state.lines, source_line=str(state.header.number),
    )  # fmt: skip
    if state.partial and not state.opening and not state.closing:
        return replace(statement, opening=None, closing=None)
    state.partial = False
    if not ties(statement):
        raise untied(statement, units, record.file)
    return statement


def _finish(state: _Open, units: Units) -> None:
    """Turn the movement that is complete now into its line, or the lines of its details."""
    if state.current is not None:
        state.lines.extend(_lines(state.current, state.currency, units))
    state.current = None


def _lines(lump: Movement, currency: str, units: Units) -> Iterator[Line]:
    """Give the details as lines where they add up to a globalised movement, else the movement itself."""
    parts = [detail for detail in lump.details if detail.type in "567"]
    if lump.type in "12" and parts and sum(part.amount for part in parts) == lump.amount:
        own = communication(lump).text
        for at, part in enumerate(lump.details):
            if part.type in "567":
                components = takewhile(lambda detail: detail.type == "9", lump.details[at + 1 :])
                yield _line(part, list(components), currency, units, own)
        return
    texts = " ".join(filter(None, (f"{part.name} {communication(part).text}".strip() for part in parts)))
    yield _line(lump, [detail for detail in lump.details if detail.type == "8"], currency, units, texts)


def _line(of: Movement, components: list[Movement], currency: str, units: Units, otherwise: str) -> Line:
    """Make a line of a movement; `components` are what its amount consists of, `otherwise` a text of its lump or parts."""
    told = communication(of)
    codes = coda_meaning(of.family, of.operation)
    r_type = of.r_type.strip("0") or told.r_type
    returned = codes.words if codes.kind == "RETURN" else ""
    if r_type in _R_TYPES:
        returned = f"the bank marks it as {_R_TYPES[r_type]} (R-transaction {r_type})"
    kind, reason = classed(of.amount, codes, returned)
    own = told.text or told.structured
    text = told.text if own and of.type in "567" else " ".join(filter(None, (told.text, otherwise)))
    original, charges = _original(of, told.original, told.original_currency, components, units), _charges(of, components)
    return Line(
        booking_date=of.entry_date,
        value_date=of.value_date,
        amount=of.amount,
        source_line=str(of.record.number),
        kind=kind,
        class_reason=reason,
        bank_txn_id=of.record.words(11, 31),
        end_to_end_id=of.customer_ref,
        txn_code=of.code(),
        method=codes.method,
        remitter_name=of.name,
        remitter_account=account_code(of.account),
        remitter_bank=of.bank,
        remittance_text=text,
        structured_ref=told.structured,
        orig_currency=original[1] if original and original[1] != currency else "",
        orig_amount=original[0] if original and original[1] != currency else None,
        charges=charges,
        return_reason=(of.reason or told.reason) if kind == "RETURN" else "",
        is_return=kind == "RETURN",
    )


def _original(of: Movement, amount: int | None, currency: str, components: list[Movement], units: Units) -> tuple[int, str] | None:
    """Give the amount in the payer's currency, from the movement or the component that states it."""
    if amount is None:
        stated = [told for told in map(communication, components) if told.original is not None]
        amount, currency = (stated[0].original, stated[0].original_currency) if stated else (None, "")
    if amount is None or not amount or not units.known(currency):
        return None
    step = 10 ** (3 - min(units.exponent(currency), 3))
    return (amount // step * 10 ** max(units.exponent(currency) - 3, 0), currency) if amount % step == 0 else None


def _charges(of: Movement, components: list[Movement]) -> int | None:
    """Add up the charges that the bank took off money in; None where it states none."""
    taken = -sum(part.amount for part in components if part.amount < 0 and is_charge(part.category))
    return taken if of.amount > 0 and taken else None


FORMAT = Format("CODA", claims, read, charset="iso8859-1")
