"""Receipts compete for items by strategy, never by row order; equal claims go to people (design: order-free, G-18, G-21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from types import MappingProxyType

import pandas as pd

from arwork.matching.case import Case, Claim
from arwork.matching.columns import rows as rows_of
from arwork.matching.explain import amount_text, listed
from arwork.matching.fit import Solution
from arwork.matching.gates import Verdict, judge
from arwork.matching.lean import lean
from arwork.matching.named import Receipt
from arwork.matching.tolerances import in_ledger_currency, yearly_cap
from arwork.matching.universe import Account


@lean
class Entry:
    """A case with its claim; `told` says what a person's decision has to do with it, `out` that a person rejected it.

    `stakes` is what the claim wants of each item; many want nothing.
    """

    case: Case
    claim: Claim
    told: tuple[str, ...] = ()
    out: bool = False

    stakes: Mapping[str, Stake] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Work out the stakes."""
        object.__setattr__(self, "stakes", _stakes(self.case, self.claim.proposal) if self.claim.proposal else _NOTHING)


@lean
class Stake:
    """What a receipt wants of an item: how much of it, minor units, and the payment that wants it."""

    amount: int
    receipt: Receipt
    items: tuple[str, ...]


_NOTHING: Mapping[str, Stake] = MappingProxyType({})


def _stakes(case: Case, proposal: Solution) -> dict[str, Stake]:
    items, receipt = proposal.items, case.receipt
    return {line.item.item_id: Stake(abs(line.value if line.settled is None else line.settled), receipt, items) for line in proposal.lines}


@lean
class Board:
    """Who has which item: `taken` automatically, by receipt; `held` by claims that wait for a person. `settled` are receipts that nobody has to look at.

    `used` is what each customer's small differences of a year came to, and grows (G-21).
    """

    taken: dict[str, str] = field(default_factory=dict)
    held: dict[str, list[Stake]] = field(default_factory=dict)
    used: dict[tuple[Account, int], int] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)

    def hold(self, stakes: Mapping[str, Stake]) -> None:
        """Remember what a claim wants."""
        for item, stake in stakes.items():
            self.held.setdefault(item, []).append(stake)


def spent_before(budget: pd.DataFrame | None) -> dict[tuple[Account, int], int]:
    """Return by customer and year what small differences came to in earlier closes, in ledger currency (`tolerance_budget`, G-21)."""
    found: dict[tuple[Account, int], int] = {}
    columns = ("view", "ledger_id", "company_code", "who", "year", "used")
    for view, ledger, company, who, year, used in rows_of(budget, columns) if budget is not None and len(budget) else ():
        if view == "CUSTOMER":
            key = ((ledger, company, who), int(year))
            found[key] = found.get(key, 0) + int(used)
    return found


def compete(entries: Sequence[Entry], board: Board) -> dict[str, Verdict]:
    """Judge the claims of one strategy together and return the verdict of each receipt.

    An item that a stronger claim took, or of which claims together want more than is left, is in competition: G-18. Part
    payments that stay within what is left do not compete. Of payments that name the same items, by one payer and of
    one amount, on different days the first keeps the items, and the later ones are shown as its repeats.
    """
    wanted: dict[str, list[Stake]] = {}
    for entry in entries:
        if _wants(entry):
            for item, stake in entry.stakes.items():
                wanted.setdefault(item, []).append(stake)
    asked = {entry.case.receipt.receipt_id for entry in entries}
    verdicts = {}
    for entry in entries:
        more = {}
        if _wants(entry):
            reason = _rivals(entry, wanted, board)
            more = {"G-18": reason} if reason else _twin(entry, asked, board)
        verdicts[entry.case.receipt.receipt_id] = _capped(judge(entry.case, entry.claim, more), entry)
    return _within_yearly_cap(entries, verdicts, board.used)


def _wants(entry: Entry) -> bool:
    """Say whether a claim is for one set of items only; a tie between several sets claims none.

    Money that the bank took back claims none beside its equals, so a payment made anew by name is free (EX-13).
    """
    if entry.case.receipt.returned:
        return False
    return entry.claim.proposal is not None and not entry.out and (not entry.claim.others or entry.claim.tie_by_policy)


def _rivals(entry: Entry, wanted: Mapping[str, Sequence[Stake]], board: Board) -> str:
    told = []
    mine = entry.case.receipt
    held, taken = board.held, board.taken
    for item, stake in entry.stakes.items():
        if item not in held and item not in taken and len(wanted[item]) <= 1:
            continue
        others = [s for s in (*wanted.get(item, ()), *board.held.get(item, ())) if s.receipt.receipt_id != mine.receipt_id]
        known = entry.case.universe.items[item]
        names = {s.receipt.receipt_id for s in others if entry.claim.by_amount or not _repeats(stake, s)}
        parts = {s.receipt.receipt_id: s for s in others}
        # Each part may be rounded by itself: one minor unit a payment is within every tolerance (MP-20).
        if others and stake.amount + sum(s.amount for s in parts.values()) <= abs(known.left) + len(parts) + 1:
            names = set()
        if board.taken.get(item, mine.receipt_id) != mine.receipt_id:
            names.add(board.taken[item])
        if names:
            told.append(f"{known.name} is also claimed by {'receipt' if len(names) == 1 else 'receipts'} {listed(sorted(names), 3)}")
    return listed(told, 3)


def _twin(entry: Entry, asked: set[str], board: Board) -> dict[str, str]:
    """G-04: what words prove for a second payment is the first one's, as long as that is not settled.

    Two halves of one invoice look alike, too; so only a payment that its documents explain is held. What the first one claims itself, among
    those that are `asked` now, is no item of this one (else it is a rival, G-18): the rates of a contract look alike as well (AX-13).
    """
    twin, claim = entry.case.receipt.twin, entry.claim
    if (
        twin is None
        or twin[0] in board.settled
        or twin[0] in asked
        or claim.by_amount
        or claim.proposal is None
        or not claim.proposal.explained
    ):
        return {}
    return {
        "G-04": f"receipt {twin[0]} of {twin[1]} has the same payer, amount and numbers and is not settled: possibly one payment made twice"
    }


def _repeats(first: Stake, later: Stake) -> bool:
    """Say whether a payment is the same as an earlier one: payer, amount, items or, before it claims any, words; it came on a later day."""
    mine, other = first.receipt, later.receipt
    alike = mine.account == other.account or (other.twin is not None and other.twin[0] == mine.receipt_id)
    same = mine.amount == other.amount and alike and mine.value_date < other.value_date
    return same and (first.items == later.items or (not later.items and mine.text == other.text))


def _capped(verdict: Verdict, entry: Entry) -> Verdict:
    """A receipt on which a person ruled otherwise goes back to people, whatever the rules say."""
    return replace(verdict, status="REVIEW") if entry.told and verdict.status in ("AUTO", "SUGGEST") else verdict


def _within_yearly_cap(
    entries: Sequence[Entry], verdicts: Mapping[str, Verdict], used: dict[tuple[Account, int], int]
) -> dict[str, Verdict]:
    """Stop small differences above the customer's yearly cap (G-21), counted by value date, larger receipt, id (decision 11)."""
    result = dict(verdicts)
    using = [
        e for e in entries if verdicts[e.case.receipt.receipt_id].status == "AUTO" and e.claim.proposal and e.claim.proposal.small_diff
    ]
    for entry in sorted(using, key=lambda e: (e.case.receipt.value_date, -e.case.receipt.amount, e.case.receipt.receipt_id)):
        case, items = entry.case, entry.claim.shown()
        key = (items[0].account, case.receipt.value_date.year)
        small = abs(entry.claim.proposal.small_diff) if entry.claim.proposal else 0
        total = used.get(key, 0) + in_ledger_currency(small, items)
        cap = yearly_cap(items, case.master.policy, case.master.units)
        if total > cap:
            text = amount_text(cap, items[0].local_currency, case.master.units)
            reason = f"small differences of customer {items[0].account[2]} would pass the yearly cap of {text}"
            result[case.receipt.receipt_id] = judge(case, entry.claim, {"G-21": reason})
        else:
            used[key] = total
    return result
