"""Receipts compete for items by strategy, never by date or row order; equal claims go to people (design: order-free, G-18, G-21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from arwork.matching.case import Case, Claim
from arwork.matching.explain import amount_text, listed
from arwork.matching.gates import Verdict, judge
from arwork.matching.tolerances import in_ledger_currency, yearly_cap
from arwork.matching.universe import Account


@dataclass(frozen=True)
class Entry:
    """A case with its claim; `told` says what a person's decision has to do with it, `out` that a person rejected it."""

    case: Case
    claim: Claim
    told: tuple[str, ...] = ()
    out: bool = False


def compete(
    entries: Sequence[Entry], taken: Mapping[str, str], held: Mapping[str, frozenset[str]], used: dict[tuple[Account, int], int]
) -> dict[str, Verdict]:
    """Judge the claims of one strategy together and return the verdict of each receipt.

    An item that a stronger claim took or holds, or that another claim of this strategy wants as well, is in competition:
    G-18. `taken` and `held` name items and the receipts that have them; `used` is what each customer's small differences of a
    year came to in the strategies before, and grows (G-21).
    """
    wanted: dict[str, set[str]] = {}
    for entry in entries:
        if _wants(entry):
            for item in _items(entry.claim):
                wanted.setdefault(item, set()).add(entry.case.receipt.receipt_id)
    verdicts = {}
    for entry in entries:
        receipt = entry.case.receipt.receipt_id
        more = {}
        if _wants(entry):
            reason = _rivals(entry, receipt, wanted, taken, held)
            more = {"G-18": reason} if reason else {}
        verdicts[receipt] = _capped(judge(entry.case, entry.claim, more), entry)
    return _within_yearly_cap(entries, verdicts, used)


def _wants(entry: Entry) -> bool:
    """Say whether a claim is for one set of items only; a tie between several sets claims none."""
    return entry.claim.proposal is not None and not entry.out and (not entry.claim.others or entry.claim.tie_by_policy)


def _items(claim: Claim) -> tuple[str, ...]:
    return claim.proposal.items if claim.proposal else ()


def _rivals(
    entry: Entry, receipt: str, wanted: Mapping[str, set[str]], taken: Mapping[str, str], held: Mapping[str, frozenset[str]]
) -> str:
    told = []
    for item in _items(entry.claim):
        others = (wanted.get(item, set()) | held.get(item, frozenset()) | ({taken[item]} if item in taken else set())) - {receipt}
        if others:
            name = entry.case.universe.items[item].name
            told.append(f"{name} is also claimed by {'receipt' if len(others) == 1 else 'receipts'} {listed(sorted(others), 3)}")
    return listed(told, 3)


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
