"""CFONB 120 account statements of French banks (also AFB 120), of any number of accounts in one file (RC-20).

Every statement opens with record 01, closes with 07 and must tie; movements are records 04, their details 05. Bank,
branch, account and currency of all records of a statement must be the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from arwork.errors import InputError, place
from arwork.intake.bank.cfonb_codes import cfonb_meaning
from arwork.intake.bank.fixed import CURE, Record, iban, records
from arwork.intake.bank.formats import Format
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, account_code, bank_file, classed, proof_sentence, ties, untied
from arwork.intake.received import Received
from arwork.money import Units

_ABROAD = frozenset(["XOF", "XAF", "GNF", "MAD", "TND", "DZD", "MGA", "MRU", "KMF", "DJF", "MUR", "LBP", "CDF", "BIF", "RWF", "HTG"])
_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
_QUALIFIERS = frozenset(["LIB", "LCC", "LC2", "LCS", "NPY", "NBE", "RCN", "REF", "MMO", "FEE", "RET", "CPY", "CBE"])
_NO_REFERENCE = ("", "NOTPROVIDED", "NON COMMUNIQUE", "NONREF")


@dataclass(frozen=True)
class _Account:
    """The account of a statement as its records name it, and the decimals of its amounts."""

    bank: str
    branch: str
    number: str
    currency: str
    decimals: int

    def name(self) -> str:
        """Give the IBAN of a French account, else bank, branch and account."""
        national = self.bank + self.branch + self.number
        digits = national.translate(_LETTERS)
        if self.currency in _ABROAD or not digits.isdigit():
            return f"{self.bank}{self.branch}/{self.number}"
        key = 97 - (89 * int(digits[:5]) + 15 * int(digits[5:10]) + 3 * int(digits[10:])) % 97
        return iban("FR", f"{national}{key:02d}")


@dataclass
class _Open:
    """A statement whose closing balance is still to come."""

    record: Record
    account: _Account
    opening: int
    lines: Lines = field(default_factory=Lines)
    movement: Record | None = None
    details: list[tuple[str, str]] = field(default_factory=list)


def claims(head: str) -> bool:
    """Say whether a text begins with a record of a CFONB 120 statement."""
    return re.match(r"0[1457][0-9A-Z]{5}[0-9A-Z ]{4}[0-9A-Z]{5}[A-Z]{3}[0-9] [0-9A-Z]{11}[0-9A-Z ]{2}[0-9]{6}", head) is not None


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read a CFONB 120 file whole; InputError names the record and the figures otherwise."""
    statements: list[Statement] = []
    open_one: _Open | None = None
    for record in records(text, received.name, 120):
        kind = record.text[:2]
        if kind == "01":
            if open_one is not None:
                raise record.refused("a new statement begins before the closing balance (07) of the one above", 1, 2)
            account = _account(record, units)
            open_one = _Open(record, account, record.signed_money(91, 104, account.currency, units, account.decimals))
            continue
        if kind not in ("04", "05", "07"):
            raise record.refused(f"a record {kind!r} does not belong into a statement of account", 1, 2)
        if open_one is None:
            raise record.refused(f"a record {kind} without an opening balance (01) above it", 1, 2)
        found = _account(record, units)
        record.agrees("bank, branch, account or currency differ from the opening balance", _shown(found), _shown(open_one.account))
        if kind == "05":
            _detail(record, open_one)
            continue
        _finish(open_one, units)
        if kind == "04":
            open_one.movement = record
        else:
            statements.append(_closed(record, open_one, units))
            open_one = None
    if open_one is not None:
        what = "the last statement has no closing balance (07): the file is cut off"
        raise InputError(what, where=place(received.name, open_one.record.number), cure=CURE)
    if not statements:
        raise InputError("the file holds no statement", where=place(received.name), cure=CURE)
    return bank_file(
        received, statements, format="CFONB 120", encoding=encoding, completeness="proven", proof=proof_sentence(statements, units)
    )


def _account(record: Record, units: Units) -> _Account:
    currency = record.part(17, 19).upper()
    if not units.known(currency):
        raise record.refused(f"the currency {currency!r} is unknown", 17, 19)
    number = re.sub(r"\s", "", record.text[21:32]).upper()
    if not (number and record.part(3, 7)):
        raise record.refused("the record names no account", 3, 32)
    return _Account(record.part(3, 7), record.part(12, 16), number, currency, int(record.digits(20, 20, "the number of decimals")))


def _shown(account: _Account) -> str:
    return f"{account.bank} {account.branch} {account.number} {account.currency}/{account.decimals}"


def _detail(record: Record, to: _Open) -> None:
    """Add record 05 to its movement; it repeats day and operation of the 04 above it."""
    movement = to.movement
    if movement is None:
        raise record.refused("a detail (05) without a movement (04) above it", 1, 2)
    record.agrees("the detail names another operation than its movement", record.part(33, 34), movement.part(33, 34))
    record.agrees("the detail names another day than its movement", record.part(35, 40), movement.part(35, 40))
    to.details.append((record.text[45:48].strip().upper(), record.text[48:118].rstrip()))


def _finish(of: _Open, units: Units) -> None:
    """Turn the movement that is complete now into a line."""
    if of.movement is not None:
        of.lines.append(_line(of.movement, of.details, of.account, units))
    of.movement, of.details = None, []


def _line(record: Record, details: Iterable[tuple[str, str]], account: _Account, units: Units) -> Line:
    booked = record.day(35, 40, "dmy", "the booking date")
    amount = record.signed_money(91, 104, account.currency, units, account.decimals)
    code, rejected = record.part(33, 34), record.part(41, 42)
    rejected = rejected if rejected.strip("0") else ""
    codes = cfonb_meaning(code)
    told = _told(details)
    returned = codes.words if codes.kind == "RETURN" else ""
    if (rejected or told.get("RET")) and codes.kind != "NON_AR":
        returned = f"the bank states a reason for rejection ({rejected or told['RET']})"
    kind, reason = classed(amount, codes, returned)
    original, fee = _foreign(told.get("MMO", ""), units), _foreign(told.get("FEE", ""), units)
    abroad = original is not None and original[1] != account.currency
    party = account_code(told.get("CPY" if amount > 0 else "CBE", ""))
    reference = told.get("RCN", "")[:35].strip()
    words = [record.words(49, 79), *(told.get(name, "") for name in ("", "LIB", "LCC", "LC2"))]
    return Line(
        booking_date=booked,
        value_date=record.day_or(43, 48, "dmy", "the value date", booked),
        amount=amount,
        source_line=str(record.number),
        kind=kind,
        class_reason=reason,
        bank_txn_id=record.words(105, 120) or told.get("REF", ""),
        end_to_end_id="" if reference.upper() in _NO_REFERENCE else reference,
        txn_code=f"{code}+{record.part(8, 11)}" if record.part(8, 11) else code,
        method=codes.method,
        remitter_name=_other_side(told, amount),
        remitter_account=party if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", party) else "",
        remittance_text=" ".join(filter(None, words)),
        structured_ref=told.get("LCS", ""),
        orig_currency=original[1] if original and abroad else "",
        orig_amount=original[0] if original and abroad else None,
        charges=fee[0] if fee and fee[0] and fee[1] == account.currency else None,
        return_reason=(rejected or told.get("RET", "")) if kind == "RETURN" else "",
        is_return=kind == "RETURN",
    )


def _told(details: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Join the details by qualifier; fixed inner fields (RCN, MMO, FEE) keep their padding, the rest is squeezed."""
    found: dict[str, str] = {}
    for qualifier, content in details:
        name = qualifier if qualifier in _QUALIFIERS else ""
        if name in ("RCN", "MMO", "FEE"):
            found.setdefault(name, content)
        else:
            squeezed = " ".join(content.split())
            shown = f"{qualifier} {squeezed}".strip() if name == "" else squeezed
            found[name] = f"{found[name]} {shown}".strip() if name in found else shown
    return found


def _other_side(told: Mapping[str, str], amount: int) -> str:
    """Name who paid on a credit (NPY), who was paid on a debit (NBE); the other one stands in where only it is told."""
    first, second = ("NPY", "NBE") if amount > 0 else ("NBE", "NPY")
    return told.get(first, "") or told.get(second, "")


def _foreign(written: str, units: Units) -> tuple[int, str] | None:
    """Read MMO or FEE: currency, number of decimals, amount; to minor units, None where it is written otherwise."""
    found = re.match(r"([A-Z]{3})([0-9])([0-9]{1,14})", written)
    if not found or not units.known(found[1]):
        return None
    shift = units.exponent(found[1]) - int(found[2])
    amount = int(found[3])
    if shift < 0 and amount % 10**-shift:
        return None
    return (amount * 10**shift if shift >= 0 else amount // 10**-shift), found[1]


def _closed(record: Record, of: _Open, units: Units) -> Statement:
    account = of.account
    day = record.day(35, 40, "dmy", "the day of the closing balance")
    statement = Statement(
        account=account_code(account.name()), currency=account.currency, number=day.isoformat(), sequence="", from_date=None, to_date=day,
        opening=of.opening, closing=record.signed_money(91, 104, account.currency, units, account.decimals), lines=of.lines,
        source_line=str(of.record.number),
    )  # fmt: skip
    of.record.day(35, 40, "dmy", "the day of the opening balance")
    if not ties(statement):
        raise untied(statement, units, record.file)
    return statement


FORMAT = Format("CFONB 120", claims, read, charset="iso8859-1")
