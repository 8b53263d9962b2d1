"""How likely a set of items is right: each fact adds its weight, the sum is log-odds, and log-odds are a probability.

Weights are whole thousandths of a natural logarithm, probabilities ten-thousandths of a percent point: sums are exact, and
equal facts give equal bytes. Evidence orders what people see and earns authority; by itself it posts nothing (2.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any

import pandas as pd

from arwork.matching.case import Case, Claim
from arwork.matching.explain import names_of
from arwork.matching.facts import LEVELS, Facts, levels, profile, spelled
from arwork.matching.fit import Solution
from arwork.matching.lean import Kept, lean
from arwork.money import half_up
from arwork.tables import conform, empty

WHOLE = 1_000_000
"""100 % in ten-thousandths of a percent point."""
BASE = "before any fact"
"""Stands in the table `evidence` for the weight that every candidate starts from."""
_EXACT = Context(prec=30)
_FAR = 13_000


@lean
class Weights:
    """What each level of each fact weighs, and what every candidate starts from; a level that was never seen weighs nothing."""

    base: int
    levels: Mapping[tuple[str, str], int]

    def total(self, found: Facts) -> int:
        """Add up log-odds, in thousandths of a natural logarithm."""
        return self.base + sum([self.levels.get(fact, 0) for fact in found])

    @Kept
    def seen(self) -> dict[tuple[str, ...], tuple[str, int]]:
        """Profile and probability of the levels that were met before: a month of candidates has a few thousand kinds."""
        return {}


@lean
class Weighed:
    """One candidate as people see it: its number (1 is the proposal), its items, its facts as a profile, how likely it is."""

    number: int
    solution: Solution
    profile: str
    probability: int


@lru_cache(maxsize=1 << 15)
def probability(log_odds: int) -> int:
    """Turn thousandths of log-odds into ten-thousandths of a percent point; never quite 0 % or 100 %."""
    bounded = max(-_FAR, min(_FAR, log_odds))
    raised = _EXACT.exp(Decimal(bounded).scaleb(-3))
    return max(1, min(WHOLE - 1, half_up(_EXACT.divide(WHOLE * raised, 1 + raised))))


def weigh(case: Case, claim: Claim, weights: Weights, *, claimed: bool = False, rank: bool = False) -> tuple[Weighed, ...]:
    """Weigh the proposal of a claim (number 1) and its other candidates (from 2 on, as the strategy ranked them).

    With `rank` the others stand by their probability; equal ones stay in the order of the strategy.
    """
    proposal = (_one(1, claim.proposal, case, claim, weights, claimed),) if claim.proposal else ()
    if not claim.others:
        return proposal
    others = [_one(0, solution, case, claim, weights, claimed) for solution in claim.others]
    if rank:
        others.sort(key=lambda other: -other.probability)
    return (*proposal, *(Weighed(n, o.solution, o.profile, o.probability) for n, o in enumerate(others, start=2)))


def _one(number: int, solution: Solution, case: Case, claim: Claim, weights: Weights, claimed: bool) -> Weighed:
    found = levels(case, claim, solution, claimed=claimed)
    seen = weights.seen.get(found)
    if seen is None:
        told = tuple(zip(LEVELS, found, strict=True))
        seen = weights.seen[found] = profile(told), probability(weights.total(told))
    return Weighed(number, solution, *seen)


def odds(claim: Claim, seen: Sequence[Weighed]) -> str:
    """Say how the best other candidate stands beside the proposal, in percent; blank where there is none."""
    if claim.proposal is None or not claim.others:
        return ""
    best = max(seen[1:], key=lambda other: (other.probability, -other.number))
    names = names_of([line.item for line in best.solution.lines])
    gap = seen[0].probability - best.probability
    how = "comes next" if gap > 0 else "is likelier" if gap < 0 else "is as likely"
    told = f"By evidence {names} {how}: {said(best.probability)}, the proposal {said(seen[0].probability)}, each judged by itself."
    return f"{told} The proposal stands first only because it is due earlier or has fewer documents." if gap < 0 else told


def said(ten_thousandths: int) -> str:
    """Write a probability for people: whole percent points, finer only near 0 and 100 where it matters."""
    points = Decimal(ten_thousandths).scaleb(-4)
    if 1 <= points <= 99:
        return f"{half_up(points)} %"
    text = f"{points:.2f}"
    return "under 0.01 %" if text == "0.00" else "over 99.99 %" if text == "100.00" else f"{text} %"


def spelled_out(profiles: Iterable[str], weights: Weights) -> pd.DataFrame:
    """Return the table `evidence`: every fact of every distinct profile, with its level and its weight.

    `proposals.profile` and `proposal_items.profile` lead here, so that each proposal of a month and each rival has its facts
    at the cost of a few thousand rows.
    """
    rows: list[dict[str, Any]] = []
    for word in sorted(set(profiles) - {""}):
        told = [(BASE, "", weights.base), *((fact, level, weights.levels.get((fact, level), 0)) for fact, level in spelled(word))]
        rows += [
            {"profile": word, "place": place, "fact": fact, "level": level, "weight": weight}
            for place, (fact, level, weight) in enumerate(told)
        ]
    return conform("evidence", pd.DataFrame(rows)) if rows else empty("evidence")
