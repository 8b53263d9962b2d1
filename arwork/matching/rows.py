"""Proposals and their items as tables: one row a receipt, one row an item of each candidate (CV-11, CV-12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from arwork.matching.authority import acts_alone, may_earn, record_name
from arwork.matching.case import Case, Claim
from arwork.matching.competition import Entry
from arwork.matching.decided import Applied
from arwork.matching.evidence import Weighed, Weights, odds, weigh
from arwork.matching.explain import amount_text, listed, why_not
from arwork.matching.fit import Line, Solution
from arwork.matching.gates import Verdict
from arwork.matching.lean import lean
from arwork.matching.score import score
from arwork.tables import conform, empty

_AT_ONCE = 20_000
"""So many rows are turned into columns together."""


_HEAD = (
    "receipt_id", "ledger_id", "company_code", "customer_id", "currency", "amount", "write_off", "strategy", "status", "gates", "decided_by",
    "decision_seq", "items", "allocated", "discount", "small_diff", "wht", "bank_charge", "fx", "residual", "on_account", "on_account_status",
    "on_account_kind", "on_account_sentence", "on_account_gates", "rivals", "exhaustive", "score", "sentence", "runner_up", "falls_without",
    "why_not", "class", "probability", "profile", "authority", "may_earn", "form",
)  # fmt: skip
_LINE = (
    "receipt_id", "candidate", "item_id", "customer_id", "reference", "due_date", "open_amount", "amount_applied", "discount", "small_diff",
    "score", "probability", "profile", "item_currency", "wht", "bank_charge", "fx", "residual", "residual_code", "residual_split",
    "residual_hint", "amount_relieved", "relieved_value", "write_off", "adjustment_code",
)  # fmt: skip
"""The columns of a row of `proposals` and of `proposal_items`, in the order in which rows are laid out here."""


@lean
class Outcome:
    """What became of a receipt under the rules."""

    entry: Entry
    verdict: Verdict


def tables(
    outcomes: Iterable[Outcome], applied: Mapping[str, Applied], cases: Mapping[str, Case], weights: Weights, *, rank: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `proposals` and `proposal_items`; candidate 1 is the proposal, higher numbers are its rivals (by evidence with `rank`)."""
    heads, lines = _Made(_HEAD), _Made(_LINE)
    for outcome in outcomes:
        entry = outcome.entry
        seen = weigh(entry.case, entry.claim, weights, claimed="G-18" in outcome.verdict.fired, rank=rank)
        named = frozenset(entry.case.named.items())
        scores = [score(one.solution, entry.case, named) for one in seen]
        heads.add([tuple(_by_rule(outcome, seen, scores).values())])
        lines.add(_lines_by_rule(entry, seen, scores))
    for receipt, ruling in applied.items():
        row = _by_person(cases[receipt], ruling)
        heads.add([tuple([row.get(name, "") for name in _HEAD])])
        lines.add(_lines_by_person(ruling))
    return heads.table("proposals"), lines.table("proposal_items")


@dataclass
class _Made:
    """Rows of a table on the way to it; many of them are turned into columns as soon as they are there, for rows take ten times the room."""

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    frames: list[pd.DataFrame] = field(default_factory=list)

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows, each in the order of `names`."""
        self.rows += rows
        if len(self.rows) >= _AT_ONCE:
            self.frames.append(self._frame())

    def table(self, name: str) -> pd.DataFrame:
        """Return the rows as a checked table."""
        if self.rows:
            self.frames.append(self._frame())
        return (
            conform(name, pd.concat(self.frames, ignore_index=True) if len(self.frames) > 1 else self.frames[0])
            if self.frames
            else empty(name)
        )

    def _frame(self) -> pd.DataFrame:
        """Arrange the rows as columns, and let go of them."""
        columns = {name: _column(values) for name, values in zip(self.names, zip(*self.rows, strict=True), strict=True)}
        self.rows.clear()
        return pd.DataFrame(columns)


def _column(values: Sequence[Any]) -> Any:
    """Return values of one kind as pandas keeps them; left to itself it looks at each of a million for what it might be."""
    first = values[0]
    if isinstance(first, str):
        return pd.array(pa.array(values, type=pa.large_string()), dtype="str")
    if isinstance(first, date):
        return np.array(values, dtype="datetime64[D]").astype("datetime64[s]")
    return np.array(values)  # numbers with a fraction stay what they are, and `conform` refuses them (CV-02)


def _head(case: Case) -> dict[str, Any]:
    receipt = case.receipt
    return {
        "receipt_id": receipt.receipt_id, "ledger_id": receipt.book[0], "company_code": receipt.book[1], "customer_id": receipt.customer_id,
        "currency": receipt.currency, "amount": receipt.amount, "write_off": 0,
    }  # fmt: skip


def _by_rule(outcome: Outcome, seen: Sequence[Weighed], scores: Sequence[int]) -> dict[str, Any]:
    case, claim, verdict = outcome.entry.case, outcome.entry.claim, outcome.verdict
    chosen = claim.proposal
    automatic = verdict.status == "AUTO"
    best = (seen[0] if chosen else max(seen, key=lambda one: (one.probability, -one.number))) if seen else None
    record = acts_alone(case, claim) if automatic and claim.capped else ""
    return {
        **_head(case), "strategy": claim.strategy, "status": verdict.status, "gates": " ".join(verdict.fired), "decided_by": "rule",
        "decision_seq": 0, "items": len(chosen.lines) if chosen else 0,
        "allocated": sum([line.cash for line in chosen.lines]) if chosen else 0, "discount": chosen.discount if chosen else 0,
        "small_diff": chosen.small_diff if chosen else 0, **_differences(chosen), **_rest(claim, verdict), "rivals": claim.rivals, "exhaustive": claim.exhaustive,
        "score": max(scores[: 1 if chosen else None], default=0),
        "sentence": f"{claim.sentence} {claim.strategy} acts alone here: {record}." if record else claim.sentence,
        "runner_up": " ".join(filter(None, (claim.runner_up, odds(claim, seen)))), "falls_without": claim.falls_without,
        "why_not": "" if automatic else why_not(verdict.fired, [*outcome.entry.told, claim.capped]),
        "class": "" if automatic or outcome.entry.out else claim.kind,
        "probability": best.probability if best else 0, "profile": best.profile if best else "", "authority": record,
        "may_earn": not verdict.fired and may_earn(claim), "form": record_name(claim) if claim.capped else "",
    }  # fmt: skip


def _differences(chosen: Solution | None) -> dict[str, int]:
    if chosen is None:
        return dict.fromkeys(("wht", "bank_charge", "fx", "residual", "on_account"), 0)
    return {"wht": chosen.wht, "bank_charge": chosen.charge, "fx": chosen.fx, "residual": chosen.residual, "on_account": chosen.on_account}


def _rest(claim: Claim, verdict: Verdict) -> dict[str, str]:
    """Say what may happen with what stays on account: a row of its own beside the items, which may be automatic (G-11)."""
    if claim.rest is None:
        return dict.fromkeys(("on_account_status", "on_account_kind", "on_account_sentence", "on_account_gates"), "")
    own = "REVIEW" if claim.rest.fired else "AUTO"
    return {
        "on_account_status": own if verdict.status == "AUTO" else verdict.status, "on_account_kind": claim.rest.kind,
        "on_account_sentence": claim.rest.sentence, "on_account_gates": " ".join(sorted(claim.rest.fired)),
    }  # fmt: skip


def _lines_by_rule(entry: Entry, seen: Sequence[Weighed], scores: Sequence[int]) -> list[tuple[Any, ...]]:
    """List the items of the proposal as candidate 1 and those of the other candidates from 2 on; in the order of the table's key."""
    receipt = entry.case.receipt.receipt_id
    return [
        _line(receipt, line, one.number, points, one.probability, one.profile)
        for one, points in zip(seen, scores, strict=True)
        for line in (sorted(one.solution.lines, key=_by_item) if len(one.solution.lines) > 1 else one.solution.lines)
    ]


def _by_item(line: Line) -> str:
    return line.item.item_id


def _line(receipt: str, line: Line, candidate: int, points: int, probability: int, profile: str, code: str = "") -> tuple[Any, ...]:
    """Lay out one item of a candidate in the order of `_LINE`: a month has more of these rows than receipts."""
    item, parts = line.item, line.parts
    return (
        receipt, candidate, item.item_id, item.account[2], item.name, item.due_date, item.left, line.cash, line.discount, line.small_diff,
        points, probability, profile, item.currency, line.wht, line.charge, line.fx, line.residual,
        " ".join([part.code for part in parts]) if parts else "",
        " ".join([str(part.amount) for part in parts]) if parts else "",
        next((part.hint for part in parts if part.hint), "") if parts else "",
        line.relieved, line.value, line.write_off, code,
    )  # fmt: skip


def _by_person(case: Case, applied: Applied) -> dict[str, Any]:
    ruling, lines, head, units = applied.ruling, applied.lines, _head(case), case.master.units
    owners = {line.item.account[2] for line in lines}
    names = listed([line.item.name for line in lines]) or "the account"
    money = amount_text(ruling.cash, head["currency"], units)
    sums = {leg: sum(getattr(line, name) for line in lines) for leg, name in _SUMS.items()}
    told = [f"{name} {amount_text(sums[leg], head['currency'], units)}" for leg, name in _TOLD.items() if sums[leg]]
    why = ruling.reason or "no reason given"
    kept = f"{ruling.by} left {amount_text(ruling.on_account, head['currency'], units)} on account: {why}." if ruling.on_account else ""
    return {
        **head, "customer_id": next(iter(owners)) if len(owners) == 1 else head["customer_id"], "strategy": "PERSON",
        "status": "AUTO", "gates": "", "decided_by": ruling.by, "decision_seq": ruling.seq, "items": len(ruling.shares), **sums,
        "on_account": ruling.on_account, "on_account_status": "AUTO" if kept else "", "on_account_sentence": kept, "rivals": 0,
        "exhaustive": True, "score": 0,
        "sentence": f"{ruling.by} allocated {money} to {names}{f' with {listed(told)}' if told else ''}: {why}.", "runner_up": "",
        "falls_without": f"decision {ruling.seq} in the journal", "why_not": "", "probability": 0, "profile": "", "authority": "",
    }  # fmt: skip


_SUMS = {
    "allocated": "cash", "discount": "discount", "small_diff": "small_diff", "wht": "wht", "bank_charge": "charge", "fx": "fx",
    "residual": "residual", "write_off": "write_off",
}  # fmt: skip
_TOLD = {
    "discount": "a discount of", "residual": "a deduction of", "small_diff": "a small difference of", "wht": "withheld tax of",
    "bank_charge": "bank charges of", "fx": "an exchange difference of", "write_off": "a write-off of",
}  # fmt: skip


def _lines_by_person(applied: Applied) -> list[tuple[Any, ...]]:
    receipt, codes = applied.ruling.receipt_id, {share.item_id: share.code for share in applied.ruling.shares}
    return [_line(receipt, line, 1, 0, 0, "", codes[line.item.item_id]) for line in applied.lines]
