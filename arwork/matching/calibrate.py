"""Weights learned from candidates whose truth is known, and how far the probabilities they give can be believed.

Ridge-regularised logistic regression by Newton's method. Candidates with the same facts are one row with a count, so a year
of receipts is a few thousand rows. The order of rows and steps is fixed, and weights are rounded to thousandths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from arwork.matching.evidence import WHOLE, Weights, probability
from arwork.matching.facts import LEVELS, spelled

Tally = Mapping[str, tuple[int, int]]
"""Profile → how many candidates had it, and how many of them were right."""
_RIDGE, _STEPS, _CLOSE = 1.0, 60, 1e-10
EDGES = (0, 10_000, 100_000, 200_000, 300_000, 400_000, 500_000, 600_000, 700_000, 800_000, 900_000, 990_000, 999_000, WHOLE)
"""Ends of the bins of the reliability table, ten-thousandths of a percent point; finer at the ends, where money moves."""


@dataclass(frozen=True)
class Bin:
    """Candidates that were said to be about equally likely: what was said on average, what was so, how many."""

    predicted: int
    observed: int
    candidates: int


def learn(tally: Tally) -> Weights:
    """Fit the weight of every level of every fact; the heavier the ridge against the count, the nearer a weight stays to 0."""
    places = {pair: n for n, pair in enumerate(((fact, level) for fact, levels in LEVELS.items() for level in levels), start=1)}
    words = sorted(tally)
    design = np.zeros((len(words), len(places) + 1))
    design[:, 0] = 1.0
    for row, word in enumerate(words):
        for pair in spelled(word):
            design[row, places[pair]] = 1.0
    tried = np.array([tally[word][0] for word in words], dtype=float)
    right = np.array([tally[word][1] for word in words], dtype=float)
    ridge = np.full(len(places) + 1, _RIDGE)
    ridge[0] = 1e-6  # the start is free; a hair keeps the equations solvable
    weights = np.zeros(len(places) + 1)
    for _ in range(_STEPS):
        share = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30.0, 30.0)))
        slope = design.T @ (right - tried * share) - ridge * weights
        bend = (design * (tried * share * (1.0 - share))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if float(np.abs(step).max()) < _CLOSE:
            break
    rounded = [round(float(weight) * 1000) for weight in weights]
    return Weights(rounded[0], {pair: rounded[place] for pair, place in places.items() if rounded[place]})


def reliability(tally: Tally, weights: Weights) -> tuple[Bin, ...]:
    """Compare what the weights say with what was so, bin by bin; empty bins are left out."""
    bins = [[0, 0, 0] for _ in EDGES[1:]]
    for word in sorted(tally):
        tried, right = tally[word]
        told = probability(weights.total(spelled(word)))
        place = next(n for n, edge in enumerate(EDGES[1:]) if told < edge)
        bins[place][0] += tried
        bins[place][1] += tried * told
        bins[place][2] += right
    return tuple(Bin(_ratio(said, n), _ratio(right * WHOLE, n), n) for n, said, right in bins if n)


def brier(tally: Tally, weights: Weights) -> int:
    """Return the mean squared distance between probability and truth in millionths: 0 knows everything, 250,000 a coin."""
    total = candidates = 0
    for word, (tried, right) in tally.items():
        told = probability(weights.total(spelled(word)))
        total += right * (WHOLE - told) ** 2 + (tried - right) * told**2
        candidates += tried
    return _ratio(total, candidates * WHOLE) if candidates else 0


def counted(pairs: Sequence[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
    """Count candidates by profile: how many, and how many were right."""
    found: dict[str, tuple[int, int]] = {}
    for word, right in pairs:
        tried, good = found.get(word, (0, 0))
        found[word] = (tried + 1, good + right)
    return found


def _ratio(part: int, whole: int) -> int:
    """Divide whole numbers, rounded half up."""
    return (2 * part + whole) // (2 * whole)
