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
ALWAYS = "always for a person"
"""How a proposal stands: AUTO; held by nothing but a form that a record may free (`may_earn`); by a gate; no proposal; `ALWAYS`
is what no gate stops and no record frees."""
COLUMNS = (
    "receipt_id", "ledger_id", "strategy", "form", "how", "right", "lines", "wrong_lines", "currency", "amount", "value", "value_currency",
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
    rows = proposals[proposals["receipt_id"].isin(list(true)) & (proposals["decided_by"] == "rule")].to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _rates(open_items: pd.DataFrame) -> dict[str, tuple[int, int, str]]:
    columns = ["item_id", "amount_local", "amount_doc", "local_currency"]
    rows = open_items[columns].itertuples(index=False, name=None)
    return {item: (abs(int(local)), abs(int(document)), currency) for item, local, document, currency in rows}


def _row(
    p: Mapping[str, object], sets: Mapping[int, list[str]], true: frozenset[str], rates: Mapping[str, tuple[int, int, str]]
) -> dict[str, object]:
    chosen = sets.get(1, [])
    how = NOTHING if not chosen else ALONE if p["status"] == "AUTO" else FORM if p["may_earn"] else GATED if p["gates"] else ALWAYS
    local, document, currency = rates[chosen[0]] if chosen else (1, 1, str(p["currency"]))
    amount = int(str(p["amount"]))
    return {
        "receipt_id": p["receipt_id"], "ledger_id": p["ledger_id"], "strategy": p["strategy"], "form": str(p.get("form") or p["strategy"]), "how": how,
        "right": bool(chosen) and frozenset(chosen) == true, "lines": len(chosen),
        "wrong_lines": sum(item not in true for item in chosen), "currency": p["currency"], "amount": amount,
        "value": half_up(Decimal(amount) * local / document) if document else amount, "value_currency": currency,
        "proposed": " ".join(sorted(chosen)), "expected": " ".join(sorted(true)), "probability": p["probability"],
        "best": any(frozenset(items) == true for items in sets.values()),
    }  # fmt: skip


def records(receipts: pd.DataFrame, confidence: int, largest: Mapping[str, int], most: int = 0) -> dict[str, dict[str, Record]]:
    """Return by ledger and form of a strategy the record of what only its form holds back, for receipts up to the ledger's `largest`.

    `largest` is in minor units of the ledger currency. From there the record widens, twice as far each time, while its bound by
    value stays within `most` (ten-thousandths of a percent point); receipts beyond wait for a person. The steps are fixed
    before anything is counted and end at the first that fails, so all of them together keep the confidence of one. Raises
    InputError where the items of one ledger stand in several ledger currencies: their values cannot be added up.
    """
    found: dict[str, dict[str, Record]] = {}
    for (ledger, form), rows in receipts[receipts["how"] == FORM].groupby(["ledger_id", "form"], sort=True):
        currencies = sorted(set(rows["value_currency"]))
        if len(currencies) > 1:
            raise InputError(
                f"ledger {ledger} keeps its items in several ledger currencies: {', '.join(currencies)}",
                cure="A ledger has one currency of its own; correct amount_local and local_currency of the items.",
            )
        record = _widest(rows, confidence, currencies[0], largest[str(ledger)], most)
        if record:
            found.setdefault(str(ledger), {})[str(form)] = record
    return found


def _widest(rows: pd.DataFrame, confidence: int, currency: str, first: int, most: int) -> Record | None:
    """Return the record up to the first step, or up to the last of the steps after it of which none fails; None without receipts."""
    found, cap = None, first
    while True:
        tried = rows[rows["value"] <= cap]
        record = _record(tried, confidence, currency) if len(tried) else None
        if found and record and record.value.at_most > most:
            return found
        found = record or found
        if record is None or record.value.at_most > most or len(tried) == len(rows):
            return found
        cap *= 2


def _record(tried: pd.DataFrame, confidence: int, currency: str) -> Record:
    wrong = tried[~tried["right"].astype(bool)]
    return record_of(
        (len(tried), len(wrong)), (_sum(tried["lines"]), _sum(tried["wrong_lines"])), (_sum(tried["value"]), _sum(wrong["value"])),
        max(int(value) for value in tried["value"]), currency, confidence,
    )  # fmt: skip


def _sum(values: Iterable[int]) -> int:
    return sum(int(value) for value in values)
