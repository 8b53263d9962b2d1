"""The two records of BAI2 that hold money: account summaries (03) and transaction details (16)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from arwork.errors import InputError, place
from arwork.intake.bank.bai2_codes import CODES, side
from arwork.intake.bank.bai2_records import CURE, Logical, amount, count_of, day, header_fields
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.statement import Line, account_code, classed

_PLAIN = frozenset({"", "Z", "0", "1", "2"})
_TAGGED = re.compile(r"(EREF|DBNM|CRNM|DACT|CACT|DABA|CABA|DBIC|CBIC):\s*(\S.*)?")
_DESCRIBED = re.compile(r"([^\s,:][^:]{0,80}?)\s+DES:.*?\s(?:INDN|CO ID):")
"""How Bank of America writes an ACH entry: company, then description, identification and receiver."""
_MONEY_IN = {"DBNM": "name", "DACT": "account", "DABA": "bank", "DBIC": "bank"}
_MONEY_OUT = {"CRNM": "name", "CACT": "account", "CABA": "bank", "CBIC": "bank"}


@dataclass(frozen=True, slots=True)
class Summary:
    """What an account record states: the sum of all its amounts, balances and totals by type code, their item counts."""

    total: int
    amounts: dict[str, int]
    counts: dict[str, int]


def _extra(funds: str, fields: list[str], at: int, where: tuple[str, int]) -> int:
    """Say how many fields follow a funds type, -1 where they do not say so yet; InputError where the type is unknown."""
    file, line = where
    if funds in _PLAIN:
        return 0
    if funds == "D":
        return 1 + 2 * count_of(fields[at].strip(), file, line, "the distributions of funds type D") if at < len(fields) else -1
    if funds in ("S", "V"):
        return 3 if funds == "S" else 2
    raise InputError("unknown funds type", where=place(file, line, value=funds), cure=CURE)


def summary(record: Logical, file: str) -> tuple[str, str, Summary]:
    """Read an account record: account, currency, then type code, amount, item count and funds type over and over."""
    fields, starts = _flat(record, file)
    total = 0
    amounts: dict[str, int] = {}
    counts: dict[str, int] = {}
    for at in starts:
        code, written, items = (part.strip() for part in (*fields[at : at + 3], "", "")[:3])
        if not code and not written:
            continue
        if len(code) != 3 or not (code.isascii() and code.isdigit()):
            raise InputError("a type code has three digits", where=place(file, record.line, value=code), cure=CURE)
        figure = amount(written, file, record.line, f"the amount of type {code}")
        total += figure
        if written:
            if amounts.setdefault(code, figure) != figure:
                raise InputError(f"type {code} stands twice with two amounts", where=place(file, record.line), cure=CURE)
            if items:
                counts[code] = count_of(items, file, record.line, f"the item count of type {code}")
    return fields[0].strip(), (fields[1].strip() if len(fields) > 1 else ""), Summary(total, amounts, counts)


def _flat(record: Logical, file: str) -> tuple[list[str], list[int]]:
    """Put the fields of an account record and its continuations into one row, and say where each group of fields starts.

    A comma before the slash closes the last field in some files and opens an empty one in others: an empty field that
    would begin a group at the end of a line is left out.
    """
    fields: list[str] = []
    starts: list[int] = []
    at = 2
    for piece in record.pieces:
        fields += piece.split(",")
        while at + 4 <= len(fields):
            extra = _extra(fields[at + 3].strip().upper(), fields, at + 4, (file, record.line))
            if extra < 0 or at + 4 + extra > len(fields):
                break
            starts.append(at)
            at += 4 + extra
        if at == len(fields) - 1 and not fields[at].strip():
            fields.pop()
    if at + 4 <= len(fields):
        raise InputError(f"funds type {fields[at + 3]} lacks fields", where=place(file, record.line), cure=CURE)
    return fields, [*starts, at] if at < len(fields) else starts


def detail(record: Logical, booked: date, file: str) -> tuple[Line, int]:
    """Read a transaction detail as a line, and its amount as it stands; InputError where its direction is in doubt."""
    fields, used = header_fields(record.pieces, 5)
    fields += [""] * (5 - len(fields))
    funds, value = fields[2].strip().upper(), booked
    if funds not in _PLAIN:
        fields, used, value = _available(record, funds, booked, file)
    code, written = fields[0].strip(), fields[1].strip()
    if len(code) != 3 or not (code.isascii() and code.isdigit()):
        raise InputError("a type code has three digits", where=place(file, record.line, value=code), cure=CURE)
    stated = amount(written, file, record.line, f"the amount of type {code}")
    if stated < 0 or written[:1] == "-":
        what = f"the amount of type {code} has a sign; its code alone says which way the money goes"
        raise InputError(what, where=place(file, record.line, value=written), cure=CURE)
    moved = _moved(code, stated, record.line, file)
    text = fields[5] if len(fields) > 5 else ""
    if used < len(record.pieces):
        text = _run_on(text, len(fields) > 5 and record.full[used - 1], record, used)
    kind, reason, method = _class(code, (moved > 0) - (moved < 0))
    tags = _tags(record, moved, kind, text) if len(record.pieces) > 1 or "ORIG CO NAME:" in text or " DES:" in text else {}
    return Line(
        booking_date=booked,
        value_date=value,
        amount=moved,
        source_line=str(record.line),
        kind=kind,
        class_reason=reason,
        bank_txn_id=fields[3].strip(),
        end_to_end_id=fields[4].strip() or tags.get("EREF", ""),
        txn_code=code,
        method=method,
        remitter_name=tags.get("name", ""),
        remitter_account=tags.get("account", ""),
        remitter_bank=tags.get("bank", ""),
        remittance_text=" ".join(text.split()),
        is_return=kind == "RETURN",
    ), stated


def _moved(code: str, stated: int, line: int, file: str) -> int:
    if code == "890":
        return 0
    sign = side(code)
    if not sign and stated:
        what = f"type {code} is a balance or a status, not a credit and not a debit"
        raise InputError(what, where=place(file, line, value=code), cure=CURE)
    return sign * stated


def _available(record: Logical, funds: str, booked: date, file: str) -> tuple[list[str], int, date]:
    """Take the fields of funds types S, V and D out of a detail; type V states the value date."""
    fields, _ = header_fields(record.pieces, 6)
    extra = _extra(funds, fields, 3, (file, record.line))
    fields, used = header_fields(record.pieces, 5 + max(extra, 0))
    if extra < 0 or len(fields) < 3 + extra:
        raise InputError(f"funds type {funds} lacks fields", where=place(file, record.line), cure=CURE)
    told = [part.strip() for part in fields[3 : 3 + extra]]
    del fields[3 : 3 + extra]
    fields += [""] * (5 - len(fields))
    if funds == "V":
        return fields, used, day(told[0], file, record.line, "the value date") if told[0] else booked
    for written in told:
        amount(written, file, record.line, f"a figure of funds type {funds}")
    return fields, used, booked


def _run_on(text: str, full: bool, record: Logical, used: int) -> str:
    """Join the text with its continuations; a line that is filled to its end runs on without a blank."""
    pieces = [text, *record.pieces[used:]]
    filled = [full, *record.full[used:]]
    return "".join(piece if runs else f"{piece} " for piece, runs in zip(pieces, filled, strict=True))


@lru_cache(maxsize=4096)
def _class(code: str, sign: int) -> tuple[str, str, str]:
    """Give class, reason and method of a code; they depend on nothing but the code and the sign of what moved."""
    known = CODES.get(code, Meaning("", "OTHER", "type"))
    words = f"{known.words} (BAI {code})"
    returned = known.kind == "RETURN"
    kind, reason = classed(sign, Meaning("" if returned else known.kind, known.method, words), words if returned and sign else "")
    return kind, reason, known.method


def _tags(record: Logical, moved: int, kind: str, text: str) -> dict[str, str]:
    """Read what continuations label: the payer's reference, and of ordinary payments name, account and bank of the other side."""
    found: dict[str, str] = {}
    wanted = (_MONEY_IN if moved > 0 else _MONEY_OUT) if kind in ("RECEIPT", "PAYMENT") else {}
    for piece in record.pieces:
        tagged = _TAGGED.match(piece)
        if tagged and tagged[2] and (tagged[1] == "EREF" or tagged[1] in wanted):
            field = wanted.get(tagged[1], "EREF")
            found.setdefault(field, account_code(tagged[2]) if field in ("account", "bank") else tagged[2].strip())
    if wanted:
        named = " ".join(" ".join(record.pieces).split()).partition("ORIG CO NAME:")[2]
        for mark in ("ORIG ID:", "CO ENTRY", "DESC DATE:"):
            named = named.partition(mark)[0]
        described = _DESCRIBED.match(" ".join(text.split()))
        if named.strip():
            found.setdefault("name", named.strip())
        elif described:
            found.setdefault("name", described[1])
    return found
