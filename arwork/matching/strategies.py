"""The strategies in their order, and the pipeline that runs them over all receipts at once (step D of 2.2).

A strategy is one function: it looks at a case and answers with a claim, or with nothing, and then the next one is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.matching.abroad import other_currency
from arwork.matching.amounts import Shelf, gathered, shelves, singles
from arwork.matching.astray import Astray, astray
from arwork.matching.authority import earned
from arwork.matching.by_advice import remit_deduct, remit_exact
from arwork.matching.by_age import instructed, oldest_first, turns
from arwork.matching.by_amount import single_amount
from arwork.matching.by_damage import damaged_reference
from arwork.matching.by_family import family_amount, family_reference
from arwork.matching.by_ledger import cross_ledger
from arwork.matching.by_nearness import nearly, row_of_documents
from arwork.matching.by_reference import overpayment, short_payment, structured_reference, text_reference
from arwork.matching.by_repeat import closed_amount, duplicate_guard
from arwork.matching.by_total import cohort, combination, discounted_amount, not_searched, whole_account
from arwork.matching.case import BY_AMOUNT, Case, Claim, changed, valued
from arwork.matching.columns import column
from arwork.matching.competition import Board, Entry, Stake, compete, spent_before
from arwork.matching.decided import Applied, Ruling, apply, rulings, taken_off
from arwork.matching.explain import difference, listed, money
from arwork.matching.fit import Solution
from arwork.matching.fx import NO_RATES, read_rates
from arwork.matching.index import Index
from arwork.matching.instalments import contracts_named, instalments
from arwork.matching.known import advices, looks, master
from arwork.matching.learned import Learned
from arwork.matching.library import Library
from arwork.matching.named import Receipt, named, read_receipts, read_words
from arwork.matching.others import circle, others
from arwork.matching.posted import posted
from arwork.matching.prior import PRIOR
from arwork.matching.rows import Outcome, tables
from arwork.matching.second_look import second_look
from arwork.matching.twins import with_twins
from arwork.matching.uncollected import uncollected
from arwork.matching.universe import Account, Universe, relieved, universe
from arwork.matching.unread import as_written
from arwork.money import Units
from arwork.policy import Policy


@dataclass(frozen=True)
class CashBooks:
    """All that cash application works on: tables of `tables.py`, the decisions of people, the policy, the key date.

    In a `replay` of past receipts each is judged as on the day it came in: none is too old for its key date (G-13).
    `learned` is the accepted record of past months: weights of evidence, and what strategies may do alone. `fx_rates` are the
    rates of exchange (MP-62), `role` the role of the person for whom the rules run; the engine itself has none (MP-20). Books are
    closed up to and with `closed_until`, where that is given (G-13). `index` is what `index.index` derived from these items and
    customers, where it was kept; it changes no result. `tolerance_budget` is that table of the pack before (G-21).
    `reason_map` says what customers' own reasons mean (T29), `master_changes` what was changed since the extract (G-19).
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
    payer_relationships: pd.DataFrame | None = None
    customer_banks: pd.DataFrame | None = None
    customer_statements: pd.DataFrame | None = None
    learned: Learned | None = None
    fx_rates: pd.DataFrame | None = None
    role: str = ""
    index: Index | None = None
    closed_until: date | None = None
    tolerance_budget: pd.DataFrame | None = None
    reason_map: pd.DataFrame | None = None
    master_changes: pd.DataFrame | None = None


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
    why = f"amounts below {least} are not matched by amount alone" if same else f"{strange(case)}, and no single open one has this amount"
    return f"Customer {receipt.customer_id} paid {money(receipt.amount, case)}; nothing explains what for.", why


def strange(case: Case) -> str:
    """Say what the words of a payment that lead to no document come to: the analyst sees them, so we say that we did, too."""
    seen = [as_written(case, word) for word in (*case.named.unknown_stated, *case.named.unknown)]
    return f"{listed(seen, 3)} {'is' if len(seen) == 1 else 'are'} no document that we know" if seen else "no word names a document"


STRATEGIES: tuple[tuple[str, Callable[[Case], Claim | None]], ...] = (
    ("M05", other_currency),
    ("M01", remit_exact),
    ("M02", remit_deduct),
    ("M03", structured_reference),
    ("M04", text_reference),
    ("M04", instalments),
    ("M00", duplicate_guard),
    ("M11", family_reference),
    ("M13", cross_ledger),
    ("M12", damaged_reference),
    ("M05", short_payment),
    ("M06", single_amount),
    ("M07", discounted_amount),
    ("M08", whole_account),
    ("M09", cohort),
    ("M10", combination),
    ("M09", row_of_documents),
    ("M07", nearly),
    ("M05", overpayment),
    ("M11", family_amount),
    ("M14", closed_amount),
    ("M15", oldest_first),
    ("M16", fallback),
)
"""The strategies of this slice, the strongest first, and before them what is paid in another currency.

M05 is asked about an overpayment only when no set with the named items adds up.
"""


@uncollected()
def propose(books: CashBooks) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `proposals` and `proposal_items` for every receipt (domain 2.2; CV-09, CV-11).

    Decisions of people apply first. Then each strategy looks at all receipts that are left; its claims compete, automatic
    ones take their items, and the next strategy sees the rest. Amounts are minor units. Row order changes nothing.
    """
    outcomes, applied, by_person = _judged(books)
    weights = books.learned.evidence.weights() if books.learned else PRIOR
    return tables(_let_go(outcomes), applied, by_person, weights, rank=books.learned is not None)


def _judged(books: CashBooks) -> tuple[list[Outcome], Mapping[str, Applied], Mapping[str, Case]]:
    """Return what became of every receipt that no person decided, what people decided, and the cases of these."""
    known = books.index.accounts if books.index else None
    receipts = with_twins(sorted(read_receipts(books.receipts), key=lambda receipt: (receipt.account, receipt.receipt_id)))
    world = universe(
        books.open_items, books.disputes, books.as_of, wanted=len(books.receipts), known=known,
        payers=[receipt.account for receipt in receipts if receipt.customer_id], named=column(books.references, "item_id"),
    )  # fmt: skip
    ruled = rulings(books.decided)
    applied, stale = apply(ruled, receipts, world, books.policy.matching, books.units)
    world = relieved(world, taken_off(applied.values()))
    library = Library(world)
    board = Board(used=spent_before(books.tolerance_budget), settled={*applied})
    cases = _cases(books, receipts, world, library, board)
    done = posted([ruled[receipt] for receipt in stale], books.open_items, books.units)
    stale |= {
        r: f"decision {ruled[r].seq} of {ruled[r].by} was posted by the ERP: {listed(list(d.documents))}"
        for r, d in done.items()
        if d.as_decided
    }
    told = {receipt: _told(receipt, ruled, stale) for receipt in cases}
    by_person = {receipt: cases.pop(receipt) for receipt in applied}
    outcomes = _run(cases, library, told, ruled, board)
    library.forget()
    return outcomes, applied, by_person


def _let_go(outcomes: list[Outcome]) -> Iterator[Outcome]:
    """Yield outcomes by receipt, each forgotten when the next one is asked for: a month of them takes gigabytes."""
    outcomes.sort(key=lambda outcome: outcome.entry.case.receipt.receipt_id, reverse=True)
    while outcomes:
        yield outcomes.pop()


def _cases(books: CashBooks, receipts: Sequence[Receipt], world: Universe, library: Library, board: Board) -> dict[str, Case]:
    policy = books.policy.matching
    may = earned(books.learned, books.policy.authority)
    rates = NO_RATES if books.fx_rates is None else read_rates(books.fx_rates, policy.fx_rate_max_age_days)
    known = master(
        books.customers, policy, books.units, books.as_of, replay=books.replay, payer_relationships=books.payer_relationships,
        customer_statements=books.customer_statements, lookback=books.policy.duplicates.amount_lookback_days, earned=may,
        rates=rates, role=books.role, formed=books.index.formed if books.index else None, closed_until=books.closed_until,
        reason_map=books.reason_map, master_changes=books.master_changes,
    )  # fmt: skip
    words, linked, repeats = read_words(books.references), advices(books.receipts, books.remittance_lines), looks(books.breaks)
    elsewhere = _astray(books, world)
    contracts = contracts_named(books.receipts, books.open_items, known.groups, policy)
    found = {}
    for receipt in receipts:
        number = receipt.receipt_id
        said = words.get(number, ())
        says = named(receipt, said, world, policy)
        strange = others(receipt, says, said, world, known.relations, policy)
        found[number] = Case(
            receipt, says, world, known, advice=linked.get(number), looks=repeats.get(number), others=strange,
            astray=elsewhere.get(number), contract=contracts.get(number, ""), library=library, gone=board.taken,
        )  # fmt: skip
    return found


def _astray(books: CashBooks, world: Universe) -> dict[str, Astray]:
    banks = books.customer_banks
    return {} if banks is None else astray(books.receipts, books.customers, banks, books.ledgers, world)


def _told(receipt: str, ruled: Mapping[str, Ruling], stale: Mapping[str, str]) -> tuple[str, ...]:
    """Say what a person's decision that allocates nothing has to do with a receipt."""
    ruling = ruled.get(receipt)
    if receipt in stale:
        return (stale[receipt],)
    if ruling is None or ruling.action == "ALLOCATE":
        return ()
    return (f"{'rejected' if ruling.action == 'REJECT' else 'held'} by {ruling.by}: {ruling.reason or 'no reason given'}",)


def _run(
    pending: dict[str, Case], library: Library, told: Mapping[str, tuple[str, ...]], ruled: Mapping[str, Ruling], board: Board
) -> list[Outcome]:
    """Run the strategies in order over all cases at once; `board` holds what earlier closes used. No case is `pending` in the end."""
    world, outcomes = library.world, list[Outcome]()
    out = {receipt for receipt, ruling in ruled.items() if ruling.action == "REJECT"}
    named_held = False
    stale: set[tuple[Account, str]] = set()
    for name, strategy in STRATEGIES:
        if name in BY_AMOUNT:
            fresh = {r: c for r, c in pending.items() if not named_held or (c.receipt.account, c.receipt.currency) in stale}
            pending |= _shelved(fresh, world, board.taken)
            stale.clear()
            for receipt, case in pending.items() if not named_held else ():
                if receipt not in out:
                    board.hold({i: Stake(abs(world.items[i].left), case.receipt, ()) for i in (*case.named.items(), *case.others.items())})
            named_held = True
        if strategy is family_amount:
            pending |= _circled(pending, world, board.taken)
        spent: dict[str, int] = {}
        for asked in _rounds(name, strategy, pending):
            if strategy in (oldest_first, instalments):
                asked = _shelved(asked, world, board.taken, spent)
            # Amount-only strategies never run across currencies (MP-62).
            claims = ((case, strategy(case)) for case in asked.values() if name not in BY_AMOUNT or not case.abroad)
            entries = [Entry(c, claim, told[c.receipt.receipt_id], c.receipt.receipt_id in out) for c, claim in claims if claim]
            verdicts = compete(entries, board)
            for entry in entries:
                receipt = entry.case.receipt.receipt_id
                del pending[receipt]
                outcomes.append(Outcome(entry, verdicts[receipt]))
                if verdicts[receipt].status == "AUTO":
                    items = _spend(entry.claim, spent) if strategy is oldest_first else tuple(entry.stakes)
                    board.taken.update(dict.fromkeys(items, receipt))
                    board.settled.add(receipt)
                    stale.update((line.item.account, line.item.currency) for line in entry.claim.shown_lines())
                elif receipt not in out:
                    board.hold(entry.stakes)
        if strategy is damaged_reference:
            library.forget()  # only a few are read again, and the numbers of a hundred thousand customers fill gigabytes
    return second_look(outcomes, world)


def _rounds(name: str, strategy: Callable[[Case], Claim | None], pending: Mapping[str, Case]) -> list[dict[str, Case]]:
    """Say whom a strategy is asked about, and in how many rounds: a written instruction skips M06 to M10 and M14, and fills in turn."""
    if strategy is oldest_first:
        return [{case.receipt.receipt_id: case for case in turn} for turn in turns([c for c in pending.values() if instructed(c)])]
    if strategy is instalments:
        return [{case.receipt.receipt_id: case for case in turn} for turn in turns([c for c in pending.values() if c.contract])]
    if name in BY_AMOUNT or strategy in (family_amount, closed_amount):
        return [{receipt: case for receipt, case in pending.items() if case.receipt.amount and not instructed(case)}]  # 0.00 proves nothing
    return [dict(pending)]


def _spend(claim: Claim, spent: dict[str, int]) -> tuple[str, ...]:
    """Note what a claim took off its items, and return those with nothing left."""
    gone = []
    for line in claim.proposal.lines if claim.proposal else ():
        took = line.cash + line.discount + line.small_diff
        spent[line.item.item_id] = spent.get(line.item.item_id, 0) + took
        if took == line.item.left:
            gone.append(line.item.item_id)
    return tuple(gone)


def _shelved(
    pending: Mapping[str, Case], world: Universe, taken: Mapping[str, str], spent: Mapping[str, int] | None = None
) -> dict[str, Case]:
    """Give each case what is open for its payer in its currency, without what stronger claims took, whole or in part (`spent`)."""
    found = shelves(world, ((case.receipt.account, case.receipt.currency) for case in pending.values()), taken, spent or {})
    return {receipt: changed(case, "free", found[case.receipt.account, case.receipt.currency]) for receipt, case in pending.items()}


def _circled(pending: Mapping[str, Case], world: Universe, taken: Mapping[str, str]) -> dict[str, Case]:
    """Give each case that names nothing what is open in its currency in the payer's family and for whom it may pay (M11)."""
    found: dict[tuple[tuple[str, str], frozenset[str], str], Shelf] = {}
    result = {}
    for number, case in pending.items():
        near = frozenset() if case.named.resolves else circle(case.receipt, case.master.relations)
        if near:
            key = (case.receipt.book, near, case.receipt.currency)
            if key not in found:
                found[key] = gathered(world, *key, taken)
            result[number] = changed(case, "circle", found[key])
    return result
