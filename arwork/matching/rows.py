"""Proposals and their items as tables: one row a receipt, one row an item of each candidate (CV-11, CV-12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

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


@lean
class Outcome:
    """What became of a receipt under the rules."""

    entry: Entry
    verdict: Verdict


def tables(
    outcomes: Iterable[Outcome], applied: Mapping[str, Applied], cases: Mapping[str, Case], weights: Weights, *, rank: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `proposals` and `proposal_items`; candidate 1 is the proposal, higher numbers are its rivals (by evidence with `rank`)."""
    heads, lines = _Made(), _Made()
    for outcome in outcomes:
        entry = outcome.entry
        seen = weigh(entry.case, entry.claim, weights, claimed="G-18" in outcome.verdict.fired, rank=rank)
        named = frozenset(entry.case.named.items())
        scores = [score(one.solution, entry.case, named) for one in seen]
        heads.add([_by_rule(outcome, seen, scores)])
        lines.add(_lines_by_rule(entry, seen, scores))
    for receipt, ruling in applied.items():
        heads.add([_by_person(cases[receipt], ruling)])
        lines.add(_lines_by_person(ruling))
    return heads.table("proposals"), lines.table("proposal_items")


@dataclass
class _Made:
    """Rows of a table on the way to it; many of them are turned into columns as soon as they are there, for rows take ten times the room."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    frames: list[pd.DataFrame] = field(default_factory=list)

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows."""
        self.rows += rows
        if len(self.rows) >= _AT_ONCE:
            self.frames.append(_frame(self.rows))
            self.rows.clear()

    def table(self, name: str) -> pd.DataFrame:
        """Return the rows as a checked table; a row that lacks a text has it blank."""
        frames = [*self.frames, _frame(self.rows)] if self.rows else self.frames
        if not frames:
            return empty(name)
        names = tuple(dict.fromkeys(column for frame in frames for column in frame.columns))
        whole = [frame.assign(**dict.fromkeys([each for each in names if each not in frame.columns], "")) for frame in frames]
        return conform(name, pd.concat(whole, ignore_index=True) if len(whole) > 1 else whole[0])


def _frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Arrange rows as columns; a row that lacks a text has it blank."""
    names = tuple(dict.fromkeys(name for kind in dict.fromkeys(map(tuple, rows)) for name in kind))
    values = [row.values() if tuple(row) == names else [row.get(name, "") for name in names] for row in rows]
    columns: dict[str, Any] = dict(zip(names, map(list, zip(*values, strict=True)), strict=True))
    if "due_date" in columns:
        columns["due_date"] = np.array(columns["due_date"], dtype="datetime64[D]").astype("datetime64[s]")
    return pd.DataFrame(columns)


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


def _lines_by_rule(entry: Entry, seen: Sequence[Weighed], scores: Sequence[int]) -> list[dict[str, Any]]:
    """List the items of the proposal as candidate 1 and those of the other candidates from 2 on."""
    receipt = entry.case.receipt.receipt_id
    lines = []
    for one, points in zip(seen, scores, strict=True):
        for line in one.solution.lines:
            row = _line(receipt, line)
            row["candidate"], row["score"], row["probability"], row["profile"] = one.number, points, one.probability, one.profile
            lines.append(row)
    return lines


def _line(receipt: str, line: Line) -> dict[str, Any]:
    item, parts = line.item, line.parts
    value, residual = line.value, line.residual
    return {
        "receipt_id": receipt, "candidate": 1, "item_id": item.item_id, "customer_id": item.account[2], "reference": item.name,
        "due_date": item.due_date, "open_amount": item.left, "amount_applied": line.cash, "discount": line.discount,
        "small_diff": line.small_diff, "score": 0, "probability": 0, "profile": "", "item_currency": item.currency, "wht": line.wht,
        "bank_charge": line.charge,
        "fx": line.fx, "residual": residual, "residual_code": " ".join([part.code for part in parts]) if parts else "",
        "residual_split": " ".join([str(part.amount) for part in parts]) if parts else "",
        "residual_hint": next((part.hint for part in parts if part.hint), "") if parts else "",
        "amount_relieved": line.relieved, "relieved_value": value, "write_off": line.write_off,
    }  # fmt: skip


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


def _lines_by_person(applied: Applied) -> list[dict[str, Any]]:
    receipt, codes = applied.ruling.receipt_id, {share.item_id: share.code for share in applied.ruling.shares}
    return [{**_line(receipt, line), "adjustment_code": codes[line.item.item_id]} for line in applied.lines]
