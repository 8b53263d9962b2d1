"""Bank lines from a table by layout: they get the identity and class that every bank reader gives, and prove what they can."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePath
from typing import Any

import pandas as pd

from arwork.errors import InputError, place
from arwork.intake.balances import Booking, Chain, chained
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, bank_file, classed, ties, untied
from arwork.intake.layouts import Layout
from arwork.intake.received import Received
from arwork.money import Units

_TEXTS = (
    "bank_txn_id", "end_to_end_id", "txn_code", "virtual_account", "remitter_name", "remitter_account", "remitter_bank",
    "remittance_text", "structured_ref", "orig_currency", "return_reason",
)  # fmt: skip
_NOTHING = "The file states no balances, so nothing proves that it is whole."


def bank_table(rows: pd.DataFrame, received: Received, layout: Layout, form: str, encoding: str, units: Units) -> BankFile:
    """Make a bank file of the rows of one table: a statement an account and currency, named by the file (RC-20).

    It is proven when every statement's running balance holds from its first to its last line, when opening and closing
    balance stand beside the lines and agree, or when lines and payouts add up to zero. InputError where they do not.
    """
    made: list[Statement] = []
    proofs: list[str] = []
    groups = list(rows.groupby(["bank_account", "currency"], sort=True))
    for (account, currency), group in groups:
        statement, proof = _proven(str(account), str(currency), group, received, layout, units, alone=len(groups) == 1)
        made.append(statement)
        proofs.append(proof)
    whole = bool(proofs) and all(proofs)
    said = "; ".join(dict.fromkeys(proof for proof in proofs if proof))
    if said and not whole:
        said += "; the other lines have no balance that proves them"
    proof = f"{said[:1].upper()}{said[1:]}." if said else _NOTHING
    completeness = "proven" if whole else "not_proven"
    return bank_file(received, made, format=form, encoding=encoding, completeness=completeness, proof=proof)


def _proven(
    account: str, currency: str, rows: pd.DataFrame, received: Received, layout: Layout, units: Units, *, alone: bool
) -> tuple[Statement, str]:
    """Build one statement with the balances the file gives it, and the words of its proof; blank when nothing proves it."""
    lines = [_line(row) for row in rows.to_dict("records")]
    statement = _statement(account, currency, lines, received)
    chain = _chain(lines, rows, currency, units, received.name)
    proof = ""
    if chain:
        ordered = _collected(lines[n] for n in chain.order)
        statement = replace(statement, opening=chain.opening, closing=chain.closing, lines=ordered)
        if chain.checked and chain.whole:
            several = f"{chain.checked:,} running balances hold" if chain.checked > 1 else "1 running balance holds"
            proof = f"from the first line to the last {several}, {_text(chain.opening, chain.closing, currency, units)}"
    opening, closing = (_beside(rows, name) if alone else None for name in ("opening", "closing"))
    if opening is not None and closing is not None:
        beside = replace(statement, opening=opening, closing=closing)
        if not ties(beside):
            raise untied(beside, units, received.name)
        return beside, f"opening, lines and closing agree, {_text(opening, closing, currency, units)}"
    if chain and (opening not in (None, chain.opening) or closing not in (None, chain.closing)):
        stated = f"opening {opening} closing {closing}".replace("opening None ", "").replace(" closing None", "")
        raise InputError(
            f"states a balance ({stated} in minor units) that its lines do not reach", where=received.name, cure="Fetch it again."
        )
    if layout.sums_to_zero:
        total = sum(line.amount for line in lines)
        if total:
            what = f"lines and payouts of {account} add up to {units.text(total, currency)} {currency}, not to zero"
            raise InputError(what, where=place(received.name), cure="A line is missing or damaged: fetch the report again.")
        statement = replace(statement, opening=0, closing=0)
        proof = f"lines and payouts of {account} add up to zero {currency}"
    return statement, proof


def _text(opening: int, closing: int, currency: str, units: Units) -> str:
    return f"{units.text(opening, currency)} to {units.text(closing, currency)} {currency}"


def _beside(rows: pd.DataFrame, name: str) -> int | None:
    return _whole(rows[name].iloc[0]) if name in rows else None


def _collected(lines: Iterable[Line]) -> Lines:
    collected = Lines()
    collected.extend(lines)
    return collected


def _chain(lines: Sequence[Line], rows: pd.DataFrame, currency: str, units: Units, file: str) -> Chain | None:
    if "balance" not in rows:
        return None
    pairs = zip(lines, rows["balance"], strict=True)
    bookings = [Booking(line.source_line, line.booking_date, line.amount, _whole(balance)) for line, balance in pairs]
    return chained(bookings, currency, units, file)


def _statement(account: str, currency: str, lines: Sequence[Line], received: Received) -> Statement:
    days = [line.booking_date for line in lines]
    return Statement(
        account, currency, PurePath(received.name).stem, "", min(days), max(days), None, None, _collected(lines), lines[0].source_line
    )


def _line(row: dict[Any, Any]) -> Line:
    amount = int(row["amount"])
    returned = "the bank calls it a return" if row.get("is_return") else ""
    said = str(row.get("txn_code") or "")
    meaning = Meaning(str(row.get("bank_class") or ""), "", f"the file calls it {said}" if said else "")
    kind, reason = classed(amount, meaning, returned)
    texts: dict[str, Any] = {name: str(row[name]) for name in _TEXTS if name in row}
    return Line(
        booking_date=_day(row["booking_date"]),
        value_date=_day(row["value_date"]),
        amount=amount,
        source_line=str(row["source_line"]),
        kind=kind,
        class_reason=reason,
        method=row.get("method") or "OTHER",
        orig_amount=_whole(row.get("orig_amount")),
        charges=_whole(row.get("charges")),
        is_return=bool(returned),
        **texts,
    )


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)
