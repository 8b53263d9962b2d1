"""The strategies in their order, and the pipeline that runs them over all receipts at once (step D of 2.2).

A strategy is one function: it looks at a case and answers with a claim, or with nothing, and then the next one is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from arwork.matching.abroad import other_currency
from arwork.matching.amounts import shelves, singles
from arwork.matching.by_advice import remit_deduct, remit_exact
from arwork.matching.by_amount import single_amount
from arwork.matching.by_reference import overpayment, short_payment, structured_reference, text_reference
from arwork.matching.by_total import cohort, combination, discounted_amount, not_searched, whole_account
from arwork.matching.case import BY_AMOUNT, Case, Claim, valued
from arwork.matching.competition import Entry, compete
from arwork.matching.decided import Ruling, apply, rulings
from arwork.matching.explain import difference, listed, money
from arwork.matching.fit import Solution
from arwork.matching.fx import NO_RATES, read_rates
from arwork.matching.known import advices, looks, master
from arwork.matching.named import Receipt, named, read_receipts, read_words
from arwork.matching.rows import Outcome, tables
from arwork.matching.universe import Account, Universe, relieved, universe
from arwork.money import Units
from arwork.policy import Policy


@dataclass(frozen=True)
class CashBooks:
    """All that cash application works on: tables of `tables.py`, the decisions of people, the policy, the key date.

    In a `replay` of past receipts each is judged as on the day it came in: none is too old for its key date (G-13). `fx_rates`
    are the rates of exchange (MP-62), `role` the role of the person for whom the rules run; the engine itself has none (MP-20).
    """

    receipts: pd.DataFrame
    references: pd.DataFrame
    open_items: pd.DataFrame
    remittance_lines: pd.DataFrame
    customers: pd.DataFrame
    disputes: pd.DataFrame
    breaks: pd.DataFrame
    decided: pd.DataFrame
    ledgers: pd.DataFrame
    policy: Policy
    units: Units
    as_of: date
    replay: bool = False
    fx_rates: pd.DataFrame | None = None
    role: str = ""


def fallback(case: Case) -> Claim:
    """M16: nothing explains the receipt; what its words name is shown with the exact difference (G-10, G-11)."""
    words = [word for word in case.named.words if not word.part]
    fired: dict[str, str] = {}
    others: tuple[Solution, ...] = ()
    if words:
        found = valued(case, sorted({item for word in words for item in word.items}))
        others = (found,)
        if not found.explained:
            fired["G-10" if found.difference > 0 else "G-11"] = difference(found, case)
    if case.named.taken:
        names = [case.universe.taken[item].name for item in case.named.taken]
        fired["G-18"] = f"{listed(names)} was already allocated by a person"
    later = [case.universe.later[item].name for item in case.named.later]
    sentence, capped = _why_nothing(case, bool(others))
    sentence += not_searched(case)
    capped = f"{listed(later)} is posted after the key date" if later else "" if fired else capped
    return Claim("M16", None, others, len(others), exhaustive=False, fired=fired, capped=capped, sentence=sentence)


def _why_nothing(case: Case, names_something: bool) -> tuple[str, str]:
    """Return why nothing is proposed: a sentence, and the reason for `why_not` where no gate gives one."""
    receipt = case.receipt
    if not receipt.customer_id:
        return f"The payer is unknown: {money(receipt.amount, case)} stays unidentified. {receipt.payer_sentence}", "the payer is unknown"
    if names_something:
        return f"Customer {receipt.customer_id} paid {money(receipt.amount, case)}; the documents named do not explain it.", ""
    if case.named.resolves:
        return (
            f"Customer {receipt.customer_id} paid {money(receipt.amount, case)}; the payment names no open document of this customer.",
            "",
        )
    same = singles(case.free, receipt.amount, receipt.value_date)
    least = case.master.policy.amount_only_min
    why = (
        f"amounts below {least} are not matched by amount alone"
        if same
        else "no word names a document, and no single open one has this amount"
    )
    return f"Customer {receipt.customer_id} paid {money(receipt.amount, case)}; nothing explains what for.", why


STRATEGIES: tuple[tuple[str, Callable[[Case], Claim | None]], ...] = (
    ("M05", other_currency),
    ("M01", remit_exact),
    ("M02", remit_deduct),
    ("M03", structured_reference),
    ("M04", text_reference),
    ("M05", short_payment),
    ("M06", single_amount),
    ("M07", discounted_amount),
    ("M08", whole_account),
    ("M09", cohort),
    ("M10", combination),
    ("M05", overpayment),
    ("M16", fallback),
)
"""The strategies of this slice, the strongest first, and before them what is paid in another currency.

M05 is asked about an overpayment only when no set with the named items adds up.
"""


def propose(books: CashBooks) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `proposals` and `proposal_items` for every receipt (domain 2.2; CV-09, CV-11).

    Decisions of people apply first. Then each strategy looks at all receipts that are left; its claims compete, automatic
    ones take their items, and the next strategy sees the rest. Amounts are minor units. Row order changes nothing.
    """
    world = universe(books.open_items, books.disputes, books.as_of)
    receipts = read_receipts(books.receipts)
    ruled = rulings(books.decided)
    applied, stale = apply(ruled, receipts, world)
    world = relieved(world, {share.item_id: share.cash + share.discount for a in applied.values() for share in a.ruling.shares})
    cases = _cases(books, receipts, world)
    told = {receipt: _told(receipt, ruled, stale) for receipt in cases}
    outcomes = _run({receipt: case for receipt, case in cases.items() if receipt not in applied}, world, told, ruled)
    return tables(outcomes, applied, cases)


def _cases(books: CashBooks, receipts: Sequence[Receipt], world: Universe) -> dict[str, Case]:
    policy = books.policy.matching
    rates = NO_RATES if books.fx_rates is None else read_rates(books.fx_rates, policy.fx_rate_max_age_days)
    known = master(books.customers, policy, books.units, books.as_of, replay=books.replay, rates=rates, role=books.role)
    words, linked, repeats = read_words(books.references), advices(books.receipts, books.remittance_lines), looks(books.breaks)
    found = {}
    for receipt in receipts:
        number = receipt.receipt_id
        says = named(receipt, words.get(number, ()), world, policy)
        found[number] = Case(receipt, says, world, known, advice=linked.get(number), looks=repeats.get(number))
    return found


def _told(receipt: str, ruled: Mapping[str, Ruling], stale: Mapping[str, str]) -> tuple[str, ...]:
    """Say what a person's decision that allocates nothing has to do with a receipt."""
    ruling = ruled.get(receipt)
    if receipt in stale:
        return (stale[receipt],)
    if ruling is None or ruling.action == "ALLOCATE":
        return ()
    return (f"{'rejected' if ruling.action == 'REJECT' else 'held'} by {ruling.by}: {ruling.reason or 'no reason given'}",)


def _run(cases: Mapping[str, Case], world: Universe, told: Mapping[str, tuple[str, ...]], ruled: Mapping[str, Ruling]) -> list[Outcome]:
    """Run the strategies in order over all cases at once."""
    pending, outcomes = dict(cases), []
    taken: dict[str, str] = {}
    held: dict[str, frozenset[str]] = {}
    used: dict[tuple[Account, int], int] = {}
    rejected = {receipt for receipt, ruling in ruled.items() if ruling.action == "REJECT"}
    for name, strategy in STRATEGIES:
        if name in BY_AMOUNT:
            pending = _shelved(pending, world, taken)
            for receipt, case in pending.items():
                _hold(held, case.named.items(), receipt if receipt not in rejected else "")
        # Amount-only strategies never run across currencies (MP-62).
        asked = (case for case in pending.values() if name not in BY_AMOUNT or not case.abroad)
        claims = ((case, strategy(case)) for case in asked)
        entries = [Entry(c, claim, told[c.receipt.receipt_id], c.receipt.receipt_id in rejected) for c, claim in claims if claim]
        verdicts = compete(entries, taken, held, used)
        for entry in entries:
            receipt = entry.case.receipt.receipt_id
            del pending[receipt]
            outcomes.append(Outcome(entry, verdicts[receipt]))
            items = entry.claim.proposal.items if entry.claim.proposal else ()
            if verdicts[receipt].status == "AUTO":
                taken.update(dict.fromkeys(items, receipt))
            else:
                _hold(held, items, "" if entry.out else receipt)
    return outcomes


def _shelved(pending: Mapping[str, Case], world: Universe, taken: Mapping[str, str]) -> dict[str, Case]:
    """Give each case what is open for its payer in its currency, without what stronger claims took."""
    found = shelves(world, ((case.receipt.account, case.receipt.currency) for case in pending.values()), taken)
    return {receipt: replace(case, free=found[case.receipt.account, case.receipt.currency]) for receipt, case in pending.items()}


def _hold(held: dict[str, frozenset[str]], items: Iterable[str], receipt: str) -> None:
    for item in items if receipt else ():
        held[item] = held.get(item, frozenset()) | {receipt}
