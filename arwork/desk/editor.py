"""The split editor's side of the kernel: typed texts become a split, and a split becomes what the page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from arwork.desk.board import Board
from arwork.desk.detail import detail, taken_by_decisions
from arwork.desk.open import Desk
from arwork.desk.proposed import empty_split, proposed
from arwork.desk.said import elsewhere, marked
from arwork.desk.split import Line, Split, difference, problems, rest_to, with_line, with_on_account, with_unapplied
from arwork.desk.typed import as_typed, decimal_mark, typed_amount
from arwork.errors import InputError
from arwork.matching.reasons import x12_of
from arwork.show.markup import visible
from arwork.show.numbers import day, money

_PARTS = ("amount", "discount", "deduction", "write_off")
_NAMES = {"amount": "cash", "discount": "discount", "deduction": "deduction", "write_off": "write-off"}
CODES: Mapping[str, str] = {
    "SD": "small difference", "ED": "earned discount", "UD": "unearned discount", "PR": "price", "AL": "allowance", "VB": "volume bonus",
    "QT": "quantity", "NR": "not received", "DM": "damaged", "LS": "lost", "LD": "late delivery", "QL": "quality", "WP": "wrong product",
    "RT": "return", "RC": "recall", "DB": "billed twice", "CN": "credit note missing", "TX": "tax", "WT": "withheld tax", "FR": "freight",
    "PC": "packaging", "BC": "bank charge", "FX": "exchange difference", "MD": "master data", "UN": "unexplained",
}  # fmt: skip
"""The adjustment matrix in a few words (CO-70), for the editor's lists."""


_MOST = 200


def editor(desk: Desk, board: Board, receipt: str) -> dict[str, Any]:
    """Begin a split with what is proposed filled in: the proposal's items first, then the customer's other open items.

    An own decision that holds is begun with again.
    """
    seen = detail(desk, board, receipt)
    begun = seen.candidates[0].split if seen.candidates else proposed(desk.tables, receipt)
    units, mark = desk.params.units, _mark(desk, seen.row)
    known = {line.item_id: line for line in begun.lines}
    items = seen.items[seen.items["currency"] == begun.currency]
    rows = _rows(items[(items["left"] != 0) | items["item_id"].isin(list(known))])
    rows.sort(key=lambda row: row["item"] not in known)
    for line in begun.lines:
        if all(row["item"] != line.item_id for row in rows):
            rows.append({"item": line.item_id, "reference": line.reference, "due": "", "open": line.open_amount, "note": ""})
    filled = {line.item_id: _typed_line(line, desk, mark) for line in begun.lines}
    return {
        "amount": f"{money(begun.amount, begun.currency, units)} {begun.currency}",
        "payer": visible(str(seen.row["payer"] or seen.row["customer"])), "text": marked(seen), "advice": elsewhere(seen),
        "hint": f"decimal mark {mark} · = in a field takes what is still to be spread · Ctrl+Enter records · Esc goes back",
        "items": [_shown(row, begun.currency, desk) | filled.get(row["item"], {}) for row in rows[:_MOST]],
        "on_account": as_typed(begun.on_account, begun.currency, units, mark),
        "unapplied": as_typed(begun.unapplied, begun.currency, units, mark),
        "codes": [[code, words] for code, words in CODES.items() if x12_of(code)],
        "answer": _answer(desk, begun, [], mark),
    }  # fmt: skip


def found_items(desk: Desk, board: Board, receipt: str, text: str) -> list[dict[str, Any]]:
    """Find open items of the receipt's ledger by their reference, number or customer, for a payer that is not known.

    InputError when there is none.
    """
    seen = detail(desk, board, receipt)
    items, wanted = desk.tables["open_items"], text.strip().casefold()
    same = (items["ledger_id"] == seen.row["ledger_id"]) & (items["currency"] == seen.row["currency"]) & (items["open_amount_doc"] != 0)
    near = items.loc[same]
    hit = near["customer_id"].str.casefold() == wanted
    for column in ("item_id", "reference", "doc_no"):
        hit |= near[column].str.casefold() == wanted
    customers = desk.tables["customers"]
    named = customers.loc[customers["name"].str.casefold() == wanted, "customer_id"]
    hit |= near["customer_id"].isin(named)
    if not wanted or not hit.any():
        raise InputError(
            f"no open item in {seen.row['currency']} answers to {text.strip()!r}",
            cure="Give a reference, a customer number or a whole name.",
        )
    used = taken_by_decisions(desk, board, receipt)
    return [_shown(row, str(seen.row["currency"]), desk) for row in _rows(_as_items(near.loc[hit], used))[:_MOST]]


def sums(desk: Desk, board: Board, said: Mapping[str, Any]) -> dict[str, Any]:
    """Read what is typed and do the sums; `rest` of the message names the item that takes what is still to be spread."""
    split, wrong, mark = _read(desk, board, said)
    filled: dict[str, str] = {}
    if "rest" in said and not wrong:
        item = str(said["rest"])
        if item == "unapplied":
            whole = with_unapplied(split, split.unapplied + difference(split))
            return _answer(desk, whole, wrong, mark) | {
                "filled": {item: as_typed(whole.unapplied, split.currency, desk.params.units, mark)}
            }
        if item and all(line.item_id != item for line in split.lines):
            split = with_line(split, _line_of(desk, board, split.receipt_id, item))
        split = rest_to(split, item)
        amount = split.on_account if not item else next(line.amount for line in split.lines if line.item_id == item)
        filled = {item: as_typed(amount, split.currency, desk.params.units, mark)}
    return _answer(desk, split, wrong, mark) | {"filled": filled}


def asked_split(desk: Desk, board: Board, said: Mapping[str, Any]) -> Split:
    """Return the split that is to be recorded; InputError when a typed amount cannot be read."""
    one = {**said, "receipt": said["receipts"][0]}
    split, wrong, _ = _read(desk, board, one)
    if wrong:
        raise InputError(" ".join(wrong), cure="Correct the amount.")
    return split


def _read(desk: Desk, board: Board, said: Mapping[str, Any]) -> tuple[Split, list[str], str]:
    receipt = str(said["receipt"])
    begun = empty_split(desk.tables, receipt)
    row = board.rows.iloc[board.places[receipt]]
    units, mark, wrong = desk.params.units, _mark(desk, row), []
    used = taken_by_decisions(desk, board, receipt)
    split = begun
    for typed in said["lines"]:
        line = _line_of(desk, board, receipt, str(typed["item"]), used)
        amounts = {}
        for part in _PARTS:
            amounts[part], problem = typed_amount(str(typed.get(part, "")), begun.currency, units, mark)
            wrong += [f"{_NAMES[part].capitalize()} of {visible(line.reference)}: {problem}."] if problem else []
        codes = {name: str(typed.get(name, "")) for name in ("deduction_code", "adjustment_code")}
        split = with_line(split, replace(line, **amounts, **codes))  # type: ignore[arg-type]
    for name, put in (("on_account", with_on_account), ("unapplied", with_unapplied)):
        amount, problem = typed_amount(str(said.get(name, "")), begun.currency, units, mark)
        wrong += [f"{name.replace('_', ' ').capitalize()}: {problem}."] if problem else []
        split = put(split, amount)
    return split, wrong, mark


def _line_of(desk: Desk, board: Board, receipt: str, item: str, used: Mapping[str, int] | None = None) -> Line:
    """Begin a line of an open item with nothing taken off; InputError when the run has no such item."""
    items = desk.tables["open_items"]
    rows = items[items["item_id"] == item]
    if rows.empty:
        raise InputError(f"there is no open item {item!r} in this run", cure="Take an item from the list.")
    row, taken = rows.iloc[0], (used if used is not None else taken_by_decisions(desk, board, receipt)).get(item, 0)
    return Line(item, str(row["reference"] or row["doc_no"]), str(row["currency"]), int(row["open_amount_doc"]) - taken, taken)


def _answer(desk: Desk, split: Split, wrong: list[str], mark: str) -> dict[str, Any]:
    units, gap = desk.params.units, difference(split)
    if gap:
        gap_text = f"{money(abs(gap), split.currency, units)} {split.currency} {'still to spread' if gap > 0 else 'too much spread'}"
    else:
        gap_text = f"\u2713 {money(0, split.currency, units)} {split.currency} left to spread"
    left = {line.item_id: money(line.left, line.currency, units) for line in split.lines}
    return {
        "gap_text": gap_text,
        "whole": gap == 0 and not wrong,
        "left": left,
        "problems": [*wrong, *map(visible, problems(split, units))],
        "mark": mark,
    }


def _rows(items: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {"item": row["item_id"], "reference": str(row["reference"]), "due": day(row["due_date"]), "open": int(row["left"]), "note": str(row["blocked"])}
        for row in items.to_dict("records")
    ]  # fmt: skip


def _as_items(rows: pd.DataFrame, used: Mapping[str, int]) -> pd.DataFrame:
    named = rows["reference"].mask(rows["reference"] == "", rows["doc_no"])
    left = rows["open_amount_doc"] - rows["item_id"].map(dict(used)).fillna(0).astype("int64")
    told = rows.assign(reference=named, left=left, blocked=rows["customer_id"])
    return told[told["left"] != 0].sort_values(["due_date", "item_id"], kind="stable")


def _shown(row: Mapping[str, Any], currency: str, desk: Desk) -> dict[str, Any]:
    """Write one item for the page."""
    return {
        "item": row["item"], "reference": visible(row["reference"]), "due": row["due"], "note": visible(row["note"]),
        "open": money(row["open"], currency, desk.params.units),
    }  # fmt: skip


def _typed_line(line: Line, desk: Desk, mark: str) -> dict[str, Any]:
    units = desk.params.units
    amounts = {part: as_typed(getattr(line, part), line.currency, units, mark) for part in _PARTS}
    return {**amounts, "deduction_code": line.deduction_code, "adjustment_code": line.adjustment_code, "proposed": True}


def _mark(desk: Desk, row: Mapping[str, Any] | pd.Series[Any]) -> str:
    """Return the decimal mark of the receipt's ledger."""
    ledgers = {one.ledger: one.country for one in desk.params.ledgers}
    return decimal_mark(str(ledgers.get(row["ledger_id"], "")))
