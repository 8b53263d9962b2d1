"""What every bank reader returns and shares: typed tables, the identity of a line, the balance proof, step A classes.

Rules: T07 (`bank_lines`), RC-20 (opening + lines = closing), 2.2 step A (classes). A reader turns a file into
`Statement` and `Line` nouns; `bank_file` turns those into a `BankFile` with frames as `tables.py` declares them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

import pandas as pd

from arwork.errors import InputError, place
from arwork.intake.advice import Advice, remittance_lines
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.columns import Growing
from arwork.intake.bank.line_table import KINDS, Part, line_table
from arwork.intake.received import Received
from arwork.money import Units
from arwork.tables import conform, empty


@dataclass(frozen=True, slots=True)
class Line:
    """One booking as its reader understood it; amounts in minor units, `amount` signed (CV-01).

    `kind` is the class of step A. `reversal` marks a line whose sign its format leaves in doubt (RvslInd), `turned` is
    its other side (name, account, bank) should the sign have to be turned.
    """

    booking_date: date
    value_date: date
    amount: int
    source_line: str
    kind: str
    class_reason: str
    bank_txn_id: str = ""
    end_to_end_id: str = ""
    txn_code: str = ""
    method: str = "OTHER"
    virtual_account: str = ""
    remitter_name: str = ""
    remitter_account: str = ""
    remitter_bank: str = ""
    remittance_text: str = ""
    structured_ref: str = ""
    orig_currency: str = ""
    orig_amount: int | None = None
    charges: int | None = None
    charge_bearer: str = ""
    return_reason: str = ""
    is_return: bool = False
    reversal: bool = False
    turned: tuple[str, str, str] = ("", "", "")


_NAMES = tuple("kind" if name == "class" else name for name in KINDS)
_VALUES = attrgetter(*_NAMES)


class Lines:
    """The lines of one statement, in the order of the file: append to it and keep nothing else; it packs them into columns."""

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        self._rows = Growing(KINDS)
        self._turned: dict[int, tuple[str, str, str]] = {}
        self.credits = 0
        self.debits = 0
        self.last_day: date | None = None
        self.extend(lines)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Line]:
        for number, values in enumerate(self._rows.rows()):
            told: dict[str, Any] = dict(zip(_NAMES, values, strict=True))
            yield Line(**told, turned=self._turned.get(number, ("", "", "")))

    def append(self, line: Line) -> None:
        """Add a line."""
        if line.amount > 0:
            self.credits += line.amount
        else:
            self.debits -= line.amount
        if line.reversal:
            self._turned[len(self._rows)] = line.turned
        self.last_day = max(self.last_day or line.booking_date, line.booking_date)
        self._rows.append(_VALUES(line))

    def extend(self, lines: Iterable[Line]) -> None:
        """Add lines."""
        for line in lines:
            self.append(line)

    def total(self) -> int:
        """Sum the signed amounts."""
        return self.credits - self.debits

    def doubtful(self) -> bool:
        """Say whether a line is marked as reversal, so that its sign could be read either way."""
        return bool(self._turned)

    def columns(self) -> Growing:
        """Give the columns behind the lines."""
        return self._rows


@dataclass(frozen=True)
class Statement:
    """One statement as its reader understood it; `opening` and `closing` are None where the file does not state them."""

    account: str
    currency: str
    number: str
    sequence: str
    from_date: date | None
    to_date: date
    opening: int | None
    closing: int | None
    lines: Lines
    source_line: str


@dataclass(frozen=True)
class Stated:
    """What a file says of one statement or report: balances where it states them, sums in minor units of its lines."""

    account: str
    currency: str
    number: str
    from_date: date | None
    to_date: date
    opening: int | None
    closing: int | None
    credits: int
    debits: int
    lines: int


@dataclass(frozen=True)
class BankFile:
    """One bank file, read whole: `statements` and `bank_lines` as tables, and how it was shown that nothing is missing.

    Lines whose `statement_key` is not in `statements` come from reports without both balances. `remittance` holds the
    documents that the file itself says were paid (table `remittance_lines`); `stated` what it says of each statement.
    """

    statements: pd.DataFrame
    bank_lines: pd.DataFrame
    format: str
    encoding: str
    completeness: str
    proof: str
    rejects: pd.DataFrame
    remittance: pd.DataFrame
    stated: tuple[Stated, ...]


def bank_file(
    received: Received, statements: Sequence[Statement], *, format: str, encoding: str, completeness: str, proof: str,
    advices: Sequence[Advice] = (),
) -> BankFile:  # fmt: skip
    """Build the tables `statements`, `bank_lines` and `remittance_lines` of one file; keys are unique inside the file.

    The lines of each statement are used up: their columns move into the table.
    """
    keys = _keys(statements)
    stated = tuple(_stated(statement) for statement in statements)
    lineage = {"source_file": received.name, "source_sha256": received.sha256}
    heads = [
        _head(statement, told, key) | lineage | {"format": format}
        for statement, told, key in zip(statements, stated, keys, strict=True)
        if statement.opening is not None and statement.closing is not None
    ]
    return BankFile(
        statements=_heads(heads),
        bank_lines=line_table([_part(s, key) for s, key in zip(statements, keys, strict=True)], lineage),
        format=format,
        encoding=encoding,
        completeness=completeness,
        proof=proof,
        rejects=empty("rejects"),
        remittance=remittance_lines(received, advices),
        stated=stated,
    )


def account_code(text: str) -> str:
    """Write an account as it is compared: no blanks, capital letters."""
    return re.sub(r"\s", "", text).upper()


def account_key(account: str) -> str:
    """Name an account so that a German IBAN and its bank code with account number are one."""
    iban = re.fullmatch(r"DE[0-9]{2}([0-9]{8})([0-9]{10})", account)
    old = re.fullmatch(r"([0-9]{8})/([0-9]{1,10})", account)
    found = iban or old
    return f"{found[1]}/{found[2].zfill(10)}" if found else account


def classed(amount: int, meaning: Meaning, returned: str) -> tuple[str, str]:
    """Give the class of step A and its reason: what is no receivable, then a return mark, other codes, the sign.

    Interest or charges that the bank reverses stay NON_AR: no payment of a customer comes back.
    """
    if returned and meaning.kind != "NON_AR":
        return "RETURN", returned
    if meaning.kind:
        return meaning.kind, meaning.words
    if amount == 0:
        return "NON_AR", "no money moved"
    side = "money in" if amount > 0 else "money out"
    return ("RECEIPT" if amount > 0 else "PAYMENT"), f"{side}: {meaning.words}" if meaning.words else side


def classify(lines: pd.DataFrame, own_accounts: Collection[str]) -> pd.DataFrame:
    """Mark receipts and payments whose other side is one of our own accounts as OWN_TRANSFER (2.2 step A).

    In and out: table `bank_lines`. `own_accounts` are account numbers as statements or params write them.
    """
    own = {account_code(account) for account in own_accounts if account.strip()}
    transfer = lines["remitter_account"].isin(own) & lines["class"].isin(["RECEIPT", "PAYMENT"])
    kind = lines["class"].mask(transfer, "OWN_TRANSFER")
    reason = lines["class_reason"].mask(transfer, "the other side is our own account " + lines["remitter_account"])
    return conform("bank_lines", lines.assign(**{"class": kind, "class_reason": reason}))


def untied(statement: Statement, units: Units, file: str) -> InputError:
    """Say that a statement does not tie, with its figures (RC-20): opening, lines, closing, difference."""
    opening, closing = statement.opening or 0, statement.closing or 0
    moved = statement.lines.total()

    def text(minor: int) -> str:
        """Write an amount of the statement."""
        return units.text(minor, statement.currency)

    return InputError(
        f"statement {statement.number} of {statement.account} does not tie: opening {text(opening)} and "
        f"{_lines(len(statement.lines))} of {text(moved)} make {text(opening + moved)} {statement.currency}, "
        f"but closing is {text(closing)}; difference {text(closing - opening - moved)}",
        where=place(file, statement.source_line),
        cure="The file is damaged or incomplete: fetch it again from the bank",
    )


def ties(statement: Statement) -> bool:
    """Say whether opening + lines = closing (RC-20); False when a balance is missing."""
    if statement.opening is None or statement.closing is None:
        return False
    return statement.opening + statement.lines.total() == statement.closing


def proof_sentence(statements: Sequence[Statement], units: Units, *, remarks: Iterable[str] = ()) -> str:
    """Say how completeness was shown: the figures of one statement, or the number of statements that tie."""
    count = sum(len(s.lines) for s in statements)
    if len(statements) == 1 and statements[0].opening is not None:
        s = statements[0]
        opening, closing = units.said(s.opening or 0, s.currency), units.said(s.closing or 0, s.currency)
        first = f"Opening {opening} and {_lines(count)} make closing {closing}"
    else:
        first = f"On each of {len(statements)} statements opening and lines make closing ({_lines(count)})"
    return "; ".join([first, *remarks]) + "."


def _lines(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"


def _keys(statements: Sequence[Statement]) -> list[str]:
    """Name each statement by account, currency, number and last day; a name that comes again in the file gets a number."""
    seen: Counter[str] = Counter()
    keys = []
    for s in statements:
        name = f"{s.account}/{s.currency}/{s.number}/{s.to_date.isoformat()}"
        seen[name] += 1
        keys.append(name if seen[name] == 1 else f"{name}/{seen[name]}")
    return keys


def _stated(s: Statement) -> Stated:
    return Stated(
        s.account, s.currency, s.number, s.from_date, s.to_date, s.opening, s.closing, s.lines.credits, s.lines.debits, len(s.lines)
    )


def _part(s: Statement, key: str) -> Part:
    return Part(s.account, account_key(s.account), s.currency, key, s.lines.columns())


def _head(statement: Statement, told: Stated, key: str) -> dict[str, object]:
    return {
        "statement_key": key,
        "bank_account": statement.account,
        "currency": statement.currency,
        "statement_id": statement.number,
        "sequence_no": statement.sequence,
        "from_date": statement.from_date,
        "to_date": statement.to_date,
        "opening": statement.opening,
        "closing": statement.closing,
        "credits": told.credits,
        "debits": told.debits,
        "lines": told.lines,
        "source_line": statement.source_line,
    }


def _heads(rows: list[dict[str, object]]) -> pd.DataFrame:
    if not rows:
        return empty("statements")
    frame = pd.DataFrame(rows)
    for column in ("from_date", "to_date"):
        frame[column] = pd.to_datetime(frame[column])
    return conform("statements", frame)
