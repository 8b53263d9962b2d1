"""What every bank reader returns and shares: typed tables, the identity of a line, the balance proof, step A classes.

Rules: T07 (`bank_lines`), RC-20 (opening + lines = closing), 2.2 step A (classes). A reader turns a file into
`Statement` and `Line` nouns; `bank_file` turns those into a `BankFile` with frames as `tables.py` declares them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date

import pandas as pd

from arwork.errors import InputError, place
from arwork.intake.bank.codes import Meaning
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
    return_reason: str = ""
    is_return: bool = False
    reversal: bool = False
    turned: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True)
class Statement:
    """One statement as its reader understood it; `opening` and `closing` are None where the format states no balances."""

    account: str
    currency: str
    number: str
    sequence: str
    from_date: date | None
    to_date: date
    opening: int | None
    closing: int | None
    lines: Sequence[Line]
    source_line: str


@dataclass(frozen=True)
class BankFile:
    """One bank file, read whole: `statements` and `bank_lines` as tables, and how it was shown that nothing is missing.

    Lines whose `statement_key` is not in `statements` come from reports without balances; nothing proves them complete.
    """

    statements: pd.DataFrame
    bank_lines: pd.DataFrame
    format: str
    encoding: str
    completeness: str
    proof: str
    rejects: pd.DataFrame


def bank_file(
    received: Received, statements: Sequence[Statement], *, format: str, encoding: str, completeness: str, proof: str
) -> BankFile:
    """Build the tables `statements` and `bank_lines` of one file; keys are unique inside the file."""
    keys = _keys(statements)
    lineage = {"source_file": received.name, "source_sha256": received.sha256}
    heads = [
        _head(statement, key) | lineage | {"format": format}
        for statement, key in zip(statements, keys, strict=True)
        if statement.opening is not None
    ]
    lines = [
        row | lineage | {"statement_key": key, "line_no": number}
        for statement, key in zip(statements, keys, strict=True)
        for number, row in enumerate(_rows(statement), start=1)
    ]
    for row, line_id in zip(lines, _line_ids(statements), strict=True):
        row["line_id"] = line_id
    return BankFile(
        statements=_frame("statements", heads),
        bank_lines=_frame("bank_lines", lines),
        format=format,
        encoding=encoding,
        completeness=completeness,
        proof=proof,
        rejects=empty("rejects"),
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
    moved = sum(line.amount for line in statement.lines)

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
    return statement.opening + sum(line.amount for line in statement.lines) == statement.closing


def proof_sentence(statements: Sequence[Statement], units: Units, *, remarks: Iterable[str] = ()) -> str:
    """Say how completeness was shown: the figures of one statement, or the number of statements that tie."""
    count = sum(len(s.lines) for s in statements)
    if len(statements) == 1 and statements[0].opening is not None:
        s = statements[0]
        opening, closing = units.text(s.opening or 0, s.currency), units.text(s.closing or 0, s.currency)
        first = f"Opening {opening} and {_lines(count)} make closing {closing} {s.currency}"
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


def _head(statement: Statement, key: str) -> dict[str, object]:
    credits = sum(line.amount for line in statement.lines if line.amount > 0)
    debits = -sum(line.amount for line in statement.lines if line.amount < 0)
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
        "credits": credits,
        "debits": debits,
        "lines": len(statement.lines),
        "source_line": statement.source_line,
    }


def _rows(statement: Statement) -> Iterator[dict[str, object]]:
    names = [f.name for f in fields(Line) if f.name not in ("kind", "reversal", "turned")]
    for line in statement.lines:
        row: dict[str, object] = {name: getattr(line, name) for name in names}
        yield row | {"bank_account": statement.account, "currency": statement.currency, "class": line.kind}


def _line_ids(statements: Sequence[Statement]) -> Iterator[str]:
    """Name each line by what it says, and number equals in the order of the file: real repeats stay apart."""
    seen: Counter[str] = Counter()
    for statement in statements:
        account = account_key(statement.account)
        for line in statement.lines:
            said = (
                account, statement.currency, line.booking_date.isoformat(), line.value_date.isoformat(),
                str(line.amount), line.bank_txn_id, line.end_to_end_id, line.remitter_name, line.remitter_account,
                line.remittance_text,
            )  # fmt: skip
            squeezed = "\x1f".join("".join(unicodedata.normalize("NFC", part).split()) for part in said)
            digest = hashlib.sha256(squeezed.encode()).hexdigest()[:16]
            seen[digest] += 1
            yield f"{digest}-{seen[digest]}"


def _frame(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    if not rows:
        return empty(name)
    frame = pd.DataFrame(rows)
    for column in ("from_date", "to_date", "booking_date", "value_date"):
        if column in frame:
            frame[column] = pd.to_datetime(frame[column])
    for column in ("orig_amount", "charges"):
        if column in frame:
            frame[column] = pd.array(frame[column].tolist(), dtype="Int64")
    return conform(name, frame)
