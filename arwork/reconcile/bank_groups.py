"""What bank to book put together on less than the bank's reference, told to a person: on what it rests, and its rivals (RC-20)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    rows = [row for side in sides for group in groups_of(side.pairs, plain=False) for row in _row(side, group, start, as_of, units)]
    if not rows:
        return empty("bank_groups")
    found = pd.DataFrame(rows).sort_values(["bank_account", "currency", "group_id", "how", "lines", "rows"], ignore_index=True)
    again = found.groupby("group_id").cumcount()  # a line may stand in several proposals
    return conform("bank_groups", found.assign(group_id=found["group_id"].where(again == 0, found["group_id"] + " #" + (again + 1).astype("str"))))


def _row(side: Side, group: Together, start: date, as_of: date, units: Units) -> Iterator[dict[str, Any]]:
    lines, book = side.lines.iloc[list(group.lines)], side.book.iloc[list(group.rows)]
    days = [*lines["booking_date"], *book["posting_date"]]
    if max(days) < pd.Timestamp(start) or min(days) > pd.Timestamp(as_of):
        return
    state = "CERTAIN" if group.how in SURE else _STATE.get(group.how, "TO_CONFIRM")
    currency = str([*lines["currency"], *book["currency"]][0])
    there, here = int(lines["amount"].sum()), int(book["amount"].sum())
    rivals = [_rival(side, group, rival) for rival in group.rivals]
    names = [*lines["bank_txn_id"].where(lines["bank_txn_id"] != "", lines["line_id"])], [*book["doc_no"]]
    yield {
        "group_id": f"{side.bank_account} {currency} {'line ' + lines['line_id'].iloc[0] if len(lines) else 'row ' + names[1][0]}",
        "ledger_id": side.ledger_id, "company_code": side.company_code, "bank_account": side.bank_account, "currency": currency,
        "how": group.how, "state": state, "lines": " ".join(names[0]), "rows": " ".join(names[1]), "bank_amount": there,
        "book_amount": here, "difference": there - here if len(lines) and len(book) else 0,
        "bank_date": lines["booking_date"].min(), "book_date": book["posting_date"].min(), "rivals": len(rivals),
        "rival_rows": "; ".join(rivals[:_LISTED]) + (f"; and {len(rivals) - _LISTED} more" if len(rivals) > _LISTED else ""),
        "exhaustive": group.exhaustive, "chance": group.chance, "sentence": _sentence(group, names, there, here, currency, units),
        "owner": "" if state == "CERTAIN" else "cash application", "next_action": _NEXT[state],
        "source_file": str([*lines["source_file"], *book["source_file"]][0]),
        "source_line": str([*lines["source_line"], *book["source_line"]][0]),
    }  # fmt: skip


def _rival(side: Side, group: Together, rival: Sequence[int]) -> str:
    """Name a rival set: rows of the book, or lines of the bank where several lines were sought for one row."""
    frame, column = (side.lines, "line_id") if len(group.lines) > 1 and len(group.rows) == 1 else (side.book, "doc_no")
    return " + ".join(str(name) for name in frame[column].iloc[list(rival)])


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
            bank |= dict.fromkeys(found.lines, f"; {len(found.rivals)} rows fit equally: {some}" if len(found.rivals) > 1 else f"; may be {some}")
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
    for (account, currency, state), rows in groups.loc[groups["state"] != "CERTAIN"].groupby(["bank_account", "currency", "state"], sort=True):
        said = f"{account} {currency}: {len(rows):,} {words[str(state)]}; first {rows['lines'].iloc[0] or rows['rows'].iloc[0]}."
        yield Finding("RC-20", "info", said, "bank_groups", tuple(rows["group_id"]))
