"""What bank to book put together on less than the bank's reference, told to a person: on what it rests, and its rivals (RC-20)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from arwork.money import Units
from arwork.proof import Finding
from arwork.reconcile.matched import Side, Together, groups_of
from arwork.reconcile.pairing import SURE, Pairs
from arwork.tables import conform, empty

_STATE: Mapping[str, str] = {"DIFFERENCE": "CERTAIN", "SET": "PROPOSED", "CHARGE": "PROPOSED", "TIE": "TIED"}
_WHY: Mapping[str, str] = {
    "REFERENCE": "the bank's reference stands on all of them", "DOCUMENT": "the line names the document, and no other of that amount",
    "NAME": "the name agrees, and no other of that amount has it", "WORDS": "words agree, and others differ or a rival shares them",
    "AMOUNT": "amount and day alone", "NUMBERS": "as many of that amount on that day on both sides; which is which changes no figure",
    "REVERSAL": "one takes the other back", "DIFFERENCE": "the bank's reference, with another amount",
    "SET": "together they add up to it, by amount alone", "CHARGE": "the name agrees and the difference may be a bank charge",
    "TIE": "several rows fit equally",
}  # fmt: skip
_NEXT: Mapping[str, str] = {
    "TO_CONFIRM": "Confirm that they are the same money.", "PROPOSED": "Look whether they are the same money; until then they stay items.",
    "TIED": "Choose among the rivals shown.", "CERTAIN": "",
}  # fmt: skip
_LISTED = 10


def bank_groups(sides: Sequence[Side], start: date, as_of: date, units: Units) -> pd.DataFrame:
    """List the groups of the period that rest on more or less than one reference for one line and one row, amounts in minor units.

    CERTAIN needs nobody. TO_CONFIRM is paired, by amount or by words that a rival shares. PROPOSED changes no figure: a set that adds
    up, a row less a charge. TIED names what fits equally. The last three wait for a person, with their rivals.
    """
    rows = [row for side in sides for row in _rows(side, start, as_of, units)]
    if not rows:
        return empty("bank_groups")
    found = pd.DataFrame(rows).sort_values(["bank_account", "currency", "group_id", "how", "lines", "rows"], ignore_index=True)
    again = found.groupby("group_id").cumcount()  # a line may stand in several proposals
    return conform(
        "bank_groups", found.assign(group_id=found["group_id"].where(again == 0, found["group_id"] + " #" + (again + 1).astype("str")))
    )


@dataclass(frozen=True)
class _Names:
    """The columns of both sides that the list needs, by place; taken out once, for a month has many groups."""

    line_ids: Sequence[str]
    lines: Sequence[str]
    rows: Sequence[str]
    amounts: tuple[Sequence[int], Sequence[int]]
    days: tuple[Sequence[pd.Timestamp], Sequence[pd.Timestamp]]
    files: tuple[Sequence[str], Sequence[str]]
    places: tuple[Sequence[str], Sequence[str]]
    currency: str


def _names(side: Side) -> _Names:
    lines, book = side.lines, side.book
    told = lines["bank_txn_id"].where(lines["bank_txn_id"] != "", lines["line_id"])
    both = {name: (lines[name].tolist(), book[name].tolist()) for name in ("amount", "source_file", "source_line")}
    days = (lines["booking_date"].tolist(), book["posting_date"].tolist())
    currency = str([*lines["currency"].iloc[:1], *book["currency"].iloc[:1], ""][0])
    return _Names(
        lines["line_id"].tolist(),
        told.tolist(),
        book["doc_no"].tolist(),
        both["amount"],
        days,
        both["source_file"],
        both["source_line"],
        currency,
    )


def _rows(side: Side, start: date, as_of: date, units: Units) -> Iterator[dict[str, Any]]:
    """Describe the groups of one account that touch the period."""
    names, first, last = _names(side), pd.Timestamp(start), pd.Timestamp(as_of)
    for group in groups_of(side.pairs, plain=False):
        days = [[names.days[at][n] for n in places] for at, places in enumerate((group.lines, group.rows))]
        if max([*days[0], *days[1]]) >= first and min([*days[0], *days[1]]) <= last:
            yield _row(side, group, names, days, units)


def _row(side: Side, group: Together, names: _Names, days: Sequence[Sequence[pd.Timestamp]], units: Units) -> dict[str, Any]:
    state = "CERTAIN" if group.how in SURE else _STATE.get(group.how, "TO_CONFIRM")
    there, here = (sum(names.amounts[at][n] for n in places) for at, places in enumerate((group.lines, group.rows)))
    rivals = [_rival(group, rival, names) for rival in group.rivals]
    told = [names.lines[n] for n in group.lines], [names.rows[n] for n in group.rows]
    at, first = (0, group.lines[0]) if group.lines else (1, group.rows[0])
    return {
        "group_id": f"{side.bank_account} {names.currency} {'row ' + told[1][0] if at else 'line ' + names.line_ids[first]}",
        "ledger_id": side.ledger_id, "company_code": side.company_code, "bank_account": side.bank_account, "currency": names.currency,
        "how": group.how, "state": state, "lines": " ".join(told[0]), "rows": " ".join(told[1]), "bank_amount": there,
        "book_amount": here, "difference": there - here if group.lines and group.rows else 0,
        "bank_date": min(days[0], default=pd.NaT), "book_date": min(days[1], default=pd.NaT), "rivals": len(rivals),
        "rival_rows": "; ".join(rivals[:_LISTED]) + (f"; and {len(rivals) - _LISTED} more" if len(rivals) > _LISTED else ""),
        "exhaustive": group.exhaustive, "chance": group.chance, "sentence": _sentence(group, told, there, here, names.currency, units),
        "owner": "" if state == "CERTAIN" else "cash application", "next_action": _NEXT[state],
        "source_file": names.files[at][first], "source_line": names.places[at][first],
    }  # fmt: skip


def _rival(group: Together, rival: Sequence[int], names: _Names) -> str:
    """Name a rival set: rows of the book, or lines of the bank where several lines were sought for one row."""
    ours = names.lines if len(group.lines) > 1 and len(group.rows) == 1 else names.rows
    return " + ".join(ours[n] for n in rival)


def _sentence(group: Together, names: tuple[Sequence[str], Sequence[str]], there: int, here: int, currency: str, units: Units) -> str:
    lines, rows = (", ".join(some[:_LISTED]) + (f" and {len(some) - _LISTED} more" if len(some) > _LISTED else "") for some in names)
    amount = f"{units.decimal(there if names[0] else here, currency):,} {currency}"
    what = f"Line {lines}, {amount}" if lines else f"Rows {rows}"
    with_rows = f" and {'row' if len(names[1]) == 1 else 'rows'} {rows}" if lines and rows else ""
    said = f"{what}{with_rows}: {_WHY[group.how]}."
    if group.how in ("DIFFERENCE", "CHARGE"):
        said += f" They differ by {units.decimal(there - here, currency):,} {currency}."
    if group.how == "SET":
        said += f" {'The only set' if not group.rivals and group.exhaustive else 'Not the only set, or not all were searched'};"
        said += f" by coincidence {group.chance / 1_000_000:.4f} would fit."
    return said


def hints_of(pairs: Pairs, lines: pd.DataFrame, book: pd.DataFrame) -> tuple[dict[int, str], dict[int, str]]:
    """Say for each line and each book row of a proposal what it may be the same money as, by place."""
    bank: dict[int, str] = {}
    rows: dict[int, str] = {}
    for found in pairs.proposals:
        ours = ", ".join(str(book["doc_no"].iat[n]) for n in found.rows[:_LISTED])
        theirs = ", ".join(str(lines["bank_txn_id"].iat[n] or lines["line_id"].iat[n]) for n in found.lines[:_LISTED])
        if found.how == "TIE":
            some = ", ".join(str(book["doc_no"].iat[n]) for rival in found.rivals[:_LISTED] for n in rival)
            bank |= dict.fromkeys(
                found.lines, f"; {len(found.rivals)} rows fit equally: {some}" if len(found.rivals) > 1 else f"; may be {some}"
            )
            continue
        charge = " less a bank charge" if found.how == "CHARGE" else ""
        bank |= dict.fromkeys(found.lines, f"; may be {ours}{charge}")
        rows |= dict.fromkeys(found.rows, f"; may be on line {theirs}{charge}")
    return bank, rows


def waiting(groups: pd.DataFrame) -> Iterator[Finding]:
    """Tell, account by account, what waits for a person."""
    words = {
        "TO_CONFIRM": "pairs of bank and book rest on amount and day, or on words that do not decide",
        "PROPOSED": "sets or differing rows may explain bank lines; they stay reconciling items until somebody looks",
        "TIED": "bank lines have several rows that fit equally",
    }
    for (account, currency, state), rows in groups[groups["state"] != "CERTAIN"].groupby(["bank_account", "currency", "state"], sort=True):
        said = f"{account} {currency}: {len(rows):,} {words[str(state)]}; first {rows['lines'].iloc[0] or rows['rows'].iloc[0]}."
        yield Finding("RC-20", "info", said, "bank_groups", tuple(rows["group_id"]))
