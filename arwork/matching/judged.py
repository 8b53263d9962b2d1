"""What a replay proposed beside what was true: each candidate right or wrong, and each strategy's record.

A candidate is right when its items are exactly the true ones. Where one item is wrong, the whole value of the receipt counts
as wrong: the strict reading, since nobody can say which part would have been found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from arwork.errors import InputError
from arwork.matching.calibrate import counted
from arwork.matching.learned import Record, record_of
from arwork.money import half_up

ALONE, FORM, GATED, NOTHING = "acts alone", "waits for its form", "stopped by a gate", "proposes nothing"
"""How a proposal stands: AUTO; SUGGEST with no gate fired, so that only the strategy's form holds it; the rest; no proposal."""
COLUMNS = (
    "receipt_id", "ledger_id", "strategy", "how", "right", "lines", "wrong_lines", "currency", "amount", "value", "value_currency",
    "proposed", "expected", "probability", "best",
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """One candidate of a replayed receipt: its profile, whether it was right, whether it is held out of the learning."""

    profile: str
    right: bool
    held_out: bool


@dataclass(frozen=True)
class Judged:
    """A replay beside its truth: a row a receipt (columns `COLUMNS`), and every candidate."""

    receipts: pd.DataFrame
    candidates: tuple[Candidate, ...]

    def tally(self, *, held_out: bool) -> dict[str, tuple[int, int]]:
        """Count candidates by profile on one side of the split."""
        return counted([(one.profile, one.right) for one in self.candidates if one.held_out == held_out])


def held_out(receipt_id: str) -> bool:
    """Split receipts in two halves by a hash of their id, the same way in every run."""
    return hashlib.sha256(receipt_id.encode()).digest()[0] % 2 == 1


def judge(proposals: pd.DataFrame, proposal_items: pd.DataFrame, open_items: pd.DataFrame, truth: pd.DataFrame) -> Judged:
    """Judge every proposal of a receipt whose truth is known; `truth` has `receipt_id`, `item_id` (blank: it pays nothing).

    Amounts are minor units; `value` is the receipt in ledger currency, at the rate of its items.
    """
    true: dict[str, frozenset[str]] = {}
    for receipt, item in truth[["receipt_id", "item_id"]].itertuples(index=False, name=None):
        true[receipt] = true.get(receipt, frozenset()) | ({item} if item else set())
    sets: dict[str, dict[int, list[str]]] = {}
    columns = ["receipt_id", "candidate", "item_id", "profile"]
    candidates: dict[tuple[str, int], str] = {}
    for receipt, number, item, profile in proposal_items[columns].itertuples(index=False, name=None):
        if receipt in true:
            sets.setdefault(receipt, {}).setdefault(number, []).append(item)
            candidates[receipt, number] = profile
    rates = _rates(open_items)
    rows = [_row(p, sets.get(str(p["receipt_id"]), {}), true[str(p["receipt_id"])], rates) for p in _known(proposals, true)]
    found = [Candidate(w, frozenset(sets[r][n]) == true[r], held_out(r)) for (r, n), w in sorted(candidates.items()) if w]
    return Judged(pd.DataFrame(rows, columns=list(COLUMNS)), tuple(found))


def _known(proposals: pd.DataFrame, true: Mapping[str, frozenset[str]]) -> list[dict[str, object]]:
    rows = proposals.loc[proposals["receipt_id"].isin(list(true)) & (proposals["decided_by"] == "rule")].to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _rates(open_items: pd.DataFrame) -> dict[str, tuple[int, int, str]]:
    columns = ["item_id", "amount_local", "amount_doc", "local_currency"]
    rows = open_items[columns].itertuples(index=False, name=None)
    return {item: (abs(int(local)), abs(int(document)), currency) for item, local, document, currency in rows}


def _row(
    p: Mapping[str, object], sets: Mapping[int, list[str]], true: frozenset[str], rates: Mapping[str, tuple[int, int, str]]
) -> dict[str, object]:
    chosen = sets.get(1, [])
    waits = p["status"] == "SUGGEST" and not p["gates"]
    how = NOTHING if not chosen else ALONE if p["status"] == "AUTO" else FORM if waits else GATED
    local, document, currency = rates[chosen[0]] if chosen else (1, 1, str(p["currency"]))
    amount = int(str(p["amount"]))
    return {
        "receipt_id": p["receipt_id"], "ledger_id": p["ledger_id"], "strategy": p["strategy"], "how": how,
        "right": bool(chosen) and frozenset(chosen) == true, "lines": len(chosen),
        "wrong_lines": sum(item not in true for item in chosen), "currency": p["currency"], "amount": amount,
        "value": half_up(Decimal(amount) * local / document) if document else amount, "value_currency": currency,
        "proposed": " ".join(sorted(chosen)), "expected": " ".join(sorted(true)), "probability": p["probability"],
        "best": any(frozenset(items) == true for items in sets.values()),
    }  # fmt: skip


def records(receipts: pd.DataFrame, confidence: int, largest: Mapping[str, int]) -> dict[str, dict[str, Record]]:
    """Return by ledger and strategy the record of what only its form holds back, for receipts up to the ledger's `largest`.

    `largest` is in minor units of the ledger currency: larger receipts wait for a person whatever the record says. Raises
    InputError where the items of one ledger stand in several ledger currencies: their values cannot be added up.
    """
    found: dict[str, dict[str, Record]] = {}
    for (ledger, strategy), rows in receipts.loc[receipts["how"] == FORM].groupby(["ledger_id", "strategy"], sort=True):
        currencies = sorted(set(rows["value_currency"]))
        if len(currencies) > 1:
            raise InputError(
                f"ledger {ledger} keeps its items in several ledger currencies: {', '.join(currencies)}",
                cure="A ledger has one currency of its own; correct amount_local and local_currency of the items.",
            )
        tried = rows.loc[rows["value"] <= largest[str(ledger)]]
        if len(tried):
            found.setdefault(str(ledger), {})[str(strategy)] = _record(tried, confidence, currencies[0])
    return found


def _record(tried: pd.DataFrame, confidence: int, currency: str) -> Record:
    wrong = tried.loc[~tried["right"].astype(bool)]
    return record_of(
        (len(tried), len(wrong)), (_sum(tried["lines"]), _sum(tried["wrong_lines"])), (_sum(tried["value"]), _sum(wrong["value"])),
        max(int(value) for value in tried["value"]), currency, confidence,
    )  # fmt: skip


def _sum(values: Iterable[int]) -> int:
    return sum(int(value) for value in values)
