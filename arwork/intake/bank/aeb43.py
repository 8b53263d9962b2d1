"""Norma 43 (AEB 43, CSB 43), the account statements of Spanish banks, of any number of accounts in one file (RC-20).

Opening + movements = closing is proven on every account; the counts and sums of record 33 and the record count of 88
must agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.fixed import CURE, Record, iban, records
from arwork.intake.bank.formats import Format
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, bank_file, classed, proof_sentence, ties, untied
from arwork.intake.received import Received
from arwork.money import Units

_CURRENCIES: Mapping[str, str] = {
    "978": "EUR", "840": "USD", "826": "GBP", "756": "CHF", "392": "JPY", "752": "SEK", "578": "NOK", "208": "DKK", "124": "CAD",
    "036": "AUD", "554": "NZD", "985": "PLN", "203": "CZK", "348": "HUF", "946": "RON", "975": "BGN", "949": "TRY", "504": "MAD",
    "484": "MXN", "986": "BRL", "032": "ARS", "152": "CLP", "170": "COP", "604": "PEN", "858": "UYU", "156": "CNY", "344": "HKD",
    "702": "SGD", "356": "INR", "710": "ZAR", "784": "AED", "682": "SAR", "376": "ILS", "643": "RUB", "724": "ESP",
}  # fmt: skip
"""Currencies by their numeric code of ISO 4217, as far as Spanish banks keep accounts or quote amounts in them."""
_CONCEPTS: Mapping[str, Meaning] = {
    "01": Meaning("", "OTHER", "cheques and withdrawals"),
    "02": Meaning("", "OTHER", "payments in"),
    "03": Meaning("", "SEPA_DD", "direct debits and bills"),
    "04": Meaning("", "SEPA_CT", "transfers"),
    "05": Meaning("NON_AR", "OTHER", "loans and credits"),
    "06": Meaning("", "OTHER", "remittances of bills"),
    "07": Meaning("NON_AR", "OTHER", "subscriptions of securities"),
    "08": Meaning("NON_AR", "OTHER", "dividends and coupons"),
    "09": Meaning("NON_AR", "OTHER", "securities"),
    "10": Meaning("", "CHEQUE", "fuel cheques"),
    "11": Meaning("", "CASH", "cash machine"),
    "12": Meaning("", "CARD", "cards"),
    "13": Meaning("", "WIRE", "foreign operations"),
    "14": Meaning("RETURN", "OTHER", "returned and unpaid items"),
    "15": Meaning("", "OTHER", "wages and social security"),
    "16": Meaning("NON_AR", "OTHER", "stamps and brokerage"),
    "17": Meaning("NON_AR", "OTHER", "interest, commission and taxes"),
    "98": Meaning("RETURN", "OTHER", "cancellation or correction by the bank"),
    "99": Meaning("", "OTHER", "sundry"),
}
_WEIGHTS = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)


@dataclass
class _Open:
    """An account whose record 33 is still to come."""

    record: Record
    account: str
    currency: str
    opening: int
    from_date: date
    to_date: date
    lines: Lines = field(default_factory=Lines)
    debits: list[int] = field(default_factory=list)
    credits: list[int] = field(default_factory=list)
    movement: Record | None = None
    concepts: list[str] = field(default_factory=list)
    foreign: Record | None = None


def claims(head: str) -> bool:
    """Say whether a text begins with the account record of a Norma 43 file, after comments of the bank (record 00)."""
    return re.match(r"(00[^\r\n]*[\r\n]+)*11[0-9]{30}[12][0-9]{17}", head) is not None


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read a Norma 43 file whole; InputError names the record and the figures otherwise."""
    statements: list[Statement] = []
    open_one: _Open | None = None
    count, ended = 0, False
    for record in records(text, received.name, 80):
        kind = record.text[:2]
        if ended:
            raise record.refused("a record follows the end of the file (88)")
        if kind == "00":
            continue
        if kind == "88":
            if open_one is not None:
                raise record.refused("the file ends before the closing balance (33) of the account above", 1, 2)
            record.agrees("the number of records (21-26)", record.figure(21, 26, "the number of records"), count)
            ended = True
            continue
        count += 1
        if kind == "11":
            if open_one is not None:
                raise record.refused("a new account begins before the closing balance (33) of the one above", 1, 2)
            open_one = _opened(record, units)
        elif open_one is None:
            raise record.refused(f"a record {kind!r} without an account (11) above it", 1, 2)
        elif kind == "33":
            _finish(open_one, units)
            statements.append(_closed(record, open_one, units))
            open_one = None
        else:
            _take(record, kind, open_one, units)
    if not ended:
        what = "the file has no last record (88): it is cut off" if count else "the file holds no account"
        raise InputError(what, where=place(received.name), cure=CURE)
    if not statements:
        raise InputError("the file holds no account", where=place(received.name), cure=CURE)
    proof = proof_sentence(statements, units, remarks=["the counts and sums of records 33 and 88 agree"])
    return bank_file(received, statements, format="Norma 43", encoding=encoding, completeness="proven", proof=proof)


def _account(record: Record) -> str:
    """Make the IBAN of bank, branch and account (positions 3 to 20) with the two control digits of Spain."""
    number = record.digits(3, 20, "the account")
    control = ""
    for part in ("00" + number[:8], number[8:]):
        rest = 11 - sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, part, strict=True)) % 11
        control += {10: "1", 11: "0"}.get(rest, str(rest))
    return iban("ES", number[:8] + control + number[8:])


def _currency(record: Record, first: int) -> str:
    code = record.part(first, first + 2)
    if code not in _CURRENCIES:
        raise record.refused("the currency is not a numeric code of ISO 4217 that arwork knows", first, first + 2)
    return _CURRENCIES[code]


def _sign(record: Record, at: int, name: str) -> int:
    """Read the key of a side: 1 debit, 2 credit."""
    key = record.text[at - 1]
    if key not in "12":
        raise record.refused(f"the key of {name} is neither 1 (debit) nor 2 (credit)", at, at)
    return 1 if key == "2" else -1


def _opened(record: Record, units: Units) -> _Open:
    currency = _currency(record, 48)
    if not units.known(currency):
        raise record.refused(f"the currency {currency} has no decimals that arwork knows", 48, 50)
    opening = _sign(record, 33, "the opening balance") * record.money(34, 47, currency, units, name="the opening balance")
    first = record.day(21, 26, "ymd", "the first day")
    last = record.day(27, 32, "ymd", "the last day")
    return _Open(record, _account(record), currency, opening, first, last)


def _take(record: Record, kind: str, to: _Open, units: Units) -> None:
    """Take a movement (22), its texts (23) and its amount in another currency (24)."""
    if kind == "22":
        _finish(to, units)
        to.movement = record
        return
    if to.movement is None:
        raise record.refused(f"a record {kind!r} without a movement (22) above it", 1, 2)
    if kind == "23":
        to.concepts.append(record.text[4:80])
    elif kind == "24":
        to.foreign = record
    else:
        raise record.refused(f"a record {kind!r} does not belong into a Norma 43 file", 1, 2)


def _finish(of: _Open, units: Units) -> None:
    """Turn the movement that is complete now into a line."""
    record = of.movement
    if record is not None:
        amount = _sign(record, 28, "the movement") * record.money(29, 42, of.currency, units)
        (of.credits if record.text[27] == "2" else of.debits).append(abs(amount))
        of.lines.append(_line(record, amount, of, units))
    of.movement, of.concepts, of.foreign = None, [], None


def _line(record: Record, amount: int, of: _Open, units: Units) -> Line:
    booked = record.day(11, 16, "ymd", "the day of the movement")
    concept = record.part(23, 24)
    found = _CONCEPTS.get(concept)
    codes = Meaning(found.kind, found.method, f"{found.words} (concept {concept})") if found else Meaning("", "OTHER", "")
    kind, reason = classed(amount, codes, codes.words if codes.kind == "RETURN" else "")
    first, second = record.words(53, 64), record.words(65, 80)
    original = _original(of.foreign, of.currency, units)
    document = record.part(43, 52).lstrip("0")
    return Line(
        booking_date=booked,
        value_date=record.day_or(17, 22, "ymd", "the value date", booked),
        amount=amount,
        source_line=str(record.number),
        kind=kind,
        class_reason=reason,
        bank_txn_id=document,
        end_to_end_id=second if second.strip("0") else "",
        txn_code=f"{concept}+{record.part(25, 27)}" if record.part(25, 27) else concept,
        method=codes.method,
        remittance_text=" ".join("".join(of.concepts).split()),
        structured_ref=first if first.strip("0") else "",
        orig_currency=original[1] if original else "",
        orig_amount=original[0] if original else None,
        is_return=kind == "RETURN",
    )


def _original(record: Record | None, currency: str, units: Units) -> tuple[int, str] | None:
    """Read the amount before exchange (record 24); None where there is none, or it is in our currency."""
    if record is None:
        return None
    code = _CURRENCIES.get(record.part(5, 7), "")
    amount = record.told(8, 21)
    if not amount or code == currency or not units.known(code) or units.exponent(code) > 2:
        return None
    step = 10 ** (2 - units.exponent(code))
    return (amount // step, code) if amount % step == 0 else None


def _closed(record: Record, of: _Open, units: Units) -> Statement:
    """Check the sums and counts of record 33 and prove the account."""
    record.agrees("the account of the closing record", record.text[2:20], of.record.text[2:20])
    record.agrees("the currency of the closing record", _currency(record, 74), of.currency)
    for first, name, amounts in ((21, "debit", of.debits), (40, "credit", of.credits)):
        record.agrees(f"the number of {name} movements", record.figure(first, first + 4, f"the number of {name}s"), len(amounts))
        total = record.money(first + 5, first + 18, of.currency, units, name=f"the sum of the {name}s")
        record.agrees(f"the sum of the {name} movements", units.text(total, of.currency), units.text(sum(amounts), of.currency))
    closing = record.money(60, 73, of.currency, units, name="the closing balance")
    found = of.opening + of.lines.total()
    if record.text[58] in "12":
        closing *= _sign(record, 59, "the closing balance")
    elif closing == abs(found):
        closing = found
    statement = Statement(
        account=of.account, currency=of.currency, number=of.to_date.isoformat(), sequence="", from_date=of.from_date, to_date=of.to_date,
        opening=of.opening, closing=closing, lines=of.lines, source_line=str(of.record.number),
    )  # fmt: skip
    if not ties(statement):
        raise untied(statement, units, record.file)
    return statement


FORMAT = Format("Norma 43", claims, read, charset="iso8859-1")
