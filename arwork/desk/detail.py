"""Everything a person needs to decide on one receipt: what the bank sent, what was read, what fits, what is open; pure but for the source line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from arwork.collect.disputes import QUERIES
from arwork.desk.acts import may_do
from arwork.desk.board import Board
from arwork.desk.open import Desk
from arwork.desk.proposed import proposed
from arwork.desk.source import source_text
from arwork.desk.spans import Span, spans
from arwork.desk.split import Split
from arwork.errors import InputError
from arwork.journal.events import Event, holding


@dataclass(frozen=True)
class Fact:
    """One fact of a candidate: what was looked at, how it stands, its weight in thousandths of a natural logarithm of the odds."""

    fact: str
    level: str
    weight: int


@dataclass(frozen=True)
class Candidate:
    """One explanation: number 1 is the proposal, the others its rivals and runners-up, the likeliest first.

    `split` holds items and amounts as they would be confirmed, `probability` is in ten-thousandths of a percent point,
    `facts` begin with what every candidate starts from.
    """

    number: int
    split: Split
    probability: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Detail:
    """One receipt in full.

    `receipt` are the fields as the bank sent them, `text` the wording of the payment and `spans` the references found in
    it; `proposal` the row of the proposals table. `items` are all items of the customer that are open in the run:
    item_id, reference, doc_type, doc_date, due_date, currency, open_amount, taken (by decisions since the run), left,
    days_past_due, dispute_id, blocked (why a rule would not touch it). `events` are of this receipt, `earlier` of the
    customer's other receipts. `may` is what the person may do; where that is nothing, `may_not` says why.
    """

    receipt_id: str
    row: Mapping[str, Any]
    receipt: Mapping[str, Any]
    text: str
    spans: tuple[Span, ...]
    source_file: str
    source_line: str
    source_sha256: str
    source_text: str
    proposal: Mapping[str, Any]
    candidates: tuple[Candidate, ...]
    items: pd.DataFrame
    events: tuple[Event, ...]
    earlier: tuple[Event, ...]
    may: tuple[str, ...]
    may_not: str

    @property
    def gates(self) -> tuple[str, ...]:
        """Gates that were hit."""
        return tuple(str(self.proposal.get("gates", "")).split())

    @property
    def rivals(self) -> int:
        """How many other item sets explain the receipt as well."""
        return int(self.proposal.get("rivals", 0))

    @property
    def exhaustive(self) -> bool:
        """Whether the search for rivals was complete."""
        return bool(self.proposal.get("exhaustive", False))


def detail(desk: Desk, board: Board, receipt_id: str) -> Detail:
    """Gather everything about one receipt; InputError when it is not on the board."""
    if receipt_id not in board.places:
        raise InputError(f"there is no receipt {receipt_id!r} on the desk", cure="Open the newest run.")
    row = _record(board.rows.iloc[board.places[receipt_id]])
    receipt = _one(desk.tables["receipts"], receipt_id)
    proposal = _one(desk.tables["proposals"], receipt_id)
    used = taken_by_decisions(desk, board, receipt_id)
    may, may_not = may_do(desk)
    raw = source_text(desk.run, receipt.get("source_sha256", ""), receipt.get("source_line", ""))
    return Detail(
        receipt_id, row, receipt, str(receipt["remittance_text"]), spans(desk.tables, receipt), str(receipt["source_file"]),
        str(receipt["source_line"]), str(receipt["source_sha256"]), raw, proposal, _candidates(desk, receipt_id, used),
        items_of(desk, receipt, used), board.history.get(receipt_id, ()), _earlier(board, row), may, may_not,
    )  # fmt: skip


def taken_by_decisions(desk: Desk, board: Board, but: str = "") -> dict[str, int]:
    """Return by item what decisions that the run had not taken in take off it, and what the run itself allocates.

    The receipt `but` is left out, so that its own decision does not count against itself. Amounts are minor units of the item.
    """
    found: dict[str, int] = {}
    decided = holding([event for events in board.history.values() for event in events])
    allocations = desk.tables["allocations"]
    kept = allocations[~allocations["receipt_id"].isin([but, *decided])]
    for item, amount in kept[["item_id", "amount_relieved"]].itertuples(index=False, name=None):
        found[item] = found.get(item, 0) + int(amount)
    for receipt, event in decided.items():
        for entry in event.body.get("items") or [] if receipt != but else []:
            parts = (entry.get(name, 0) for name in ("amount", "discount", "deduction", "write_off"))
            found[str(entry["item"])] = found.get(str(entry["item"]), 0) + sum(int(part) for part in parts)
    return found


def items_of(desk: Desk, receipt: Mapping[str, Any], taken: Mapping[str, int], customer: str = "") -> pd.DataFrame:
    """Return all open items of the receipt's customer (or of another customer of its ledger), oldest first; columns as in `Detail`.

    Items that decisions or rules use up stay listed, with nothing left.
    """
    items = desk.tables["open_items"]
    who = customer or str(receipt["customer_id"])
    own = (items["ledger_id"] == receipt["ledger_id"]) & (items["company_code"] == receipt["company_code"]) & (items["customer_id"] == who)
    rows = items[own & (items["open_amount_doc"] != 0)].sort_values(["due_date", "item_id"], kind="stable").reset_index(drop=True)
    used = rows["item_id"].map(dict(taken)).fillna(0).astype("int64")
    return pd.DataFrame({
        "item_id": rows["item_id"], "reference": rows["reference"].mask(rows["reference"] == "", rows["doc_no"]), "doc_type": rows["doc_type"],
        "doc_date": rows["doc_date"], "due_date": rows["due_date"], "currency": rows["currency"], "open_amount": rows["open_amount_doc"],
        "taken": used, "left": rows["open_amount_doc"] - used,
        "days_past_due": (pd.Timestamp(desk.params.as_of) - rows["due_date"]).dt.days.astype("int64"),
        "dispute_id": rows["dispute_id"], "blocked": _blocked(rows, desk.tables["disputes"]),
    })  # fmt: skip


def _blocked(rows: pd.DataFrame, cases: pd.DataFrame) -> pd.Series[Any]:
    """Say why a rule would not touch an item; one that is only asked about, in a query, is not disputed (CO-80)."""
    asked = cases.loc[cases["reason_code"].isin(QUERIES), "dispute_id"]
    rows = rows.assign(dispute_id=rows["dispute_id"].mask(rows["dispute_id"].isin(asked), ""))
    said = pd.Series("", index=rows.index, dtype="str")
    for column, words in (("assigned_to", "belongs to somebody else"), ("written_off", "written off"), ("legal_hold", "in legal proceedings"),
                          ("payment_block", "blocked"), ("dispute_id", "disputed")):  # fmt: skip
        hit = rows[column] if rows[column].dtype == bool else rows[column] != ""
        said = said.mask(hit, words)
    return said


def _candidates(desk: Desk, receipt_id: str, taken: Mapping[str, int]) -> tuple[Candidate, ...]:
    items = desk.tables["proposal_items"]
    rows = items.loc[items["receipt_id"] == receipt_id, ["candidate", "probability", "profile"]].drop_duplicates("candidate")
    facts = desk.tables["evidence"]
    found = []
    for number, probability, profile in rows.itertuples(index=False, name=None):
        told = facts[facts["profile"] == profile].sort_values("place")[["fact", "level", "weight"]]
        weights = tuple(Fact(fact, level, int(weight)) for fact, level, weight in told.itertuples(index=False, name=None))
        found.append(Candidate(int(number), proposed(desk.tables, receipt_id, int(number), taken), int(probability), weights))
    return tuple(sorted(found, key=lambda one: (one.number != 1, -one.probability, one.number)))


def _earlier(board: Board, row: Mapping[str, Any]) -> tuple[Event, ...]:
    """Return what was decided on other receipts of the customer, the newest first."""
    if not row["customer_id"]:
        return ()
    rows = board.rows
    others = [receipt for receipt in board.history if receipt != row["receipt_id"] and receipt in board.places]
    theirs = rows.take([board.places[receipt] for receipt in others])
    same = [(theirs[name] == row[name]).tolist() for name in ("customer_id", "ledger_id", "company_code")]
    found = [event for receipt, *hits in zip(others, *same, strict=True) if all(hits) for event in board.history[receipt]]
    return tuple(sorted(found, key=lambda event: -event.seq))


def _one(frame: pd.DataFrame, receipt_id: str) -> dict[str, Any]:
    rows = frame[frame["receipt_id"] == receipt_id]
    return _record(rows.iloc[0]) if len(rows) else {}


def _record(row: pd.Series[Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def notes_of(events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the notes among events, in their order."""
    return tuple(event for event in events if event.action == "NOTE")
