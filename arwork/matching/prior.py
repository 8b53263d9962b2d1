"""The weights that evidence uses while a ledger has no past of its own.

Fitted by `calibrate.learn` on payments of a made-up company whose truth is known: exact references, damaged ones, sums over
several invoices, discounts, shortages. What does not occur there is set by judgement, round and against the candidate: repeats,
documents of another ledger, settled or unknown ones that an advice states. `arwork backtest` replaces them by weights from the ledger's own months.
"""

from __future__ import annotations

from collections.abc import Mapping

from arwork.matching.evidence import Weights

_LEVELS: Mapping[str, Mapping[str, int]] = {
    "payer": {"strong account": 705, "strong words": 470, "medium": 818, "weak": 196, "none": -3357, "two customers": 1168},
    "words": {"all named": 139, "some named": 414, "longer number": 11, "none named": -564},
    "amount": {"to the cent": 2164, "less discount": 937, "within tolerance": 1270, "short to 1 %": 668, "short to 10 %": 1582,
        "short by more": 3296, "over to 1 %": -1468, "over to 10 %": -2654, "over by more": -5797},
    "rivals": {"none": 4286, "1": -767, "2 to 5": -1422, "more": -2097},
    "size": {"1": 2083, "2": -52, "3 to 5": -245, "6 to 10": -788, "more": -998},
    "chance": {"no set by amount": -2111, "whole account": 861, "natural group": 251, "below 0.0001": 708, "below 0.01": 476,
        "below 1": 119, "1 or more": -303},
    "other words": {"none": 840, "unknown": 147, "other customer": -924, "other currency": -63,
        "unknown and stated": -1000, "other ledger": -2000, "not open": -1000},
    "repeat": {"possible": -1500, "probable": -3000},
    "claimed": {"by nobody else": 2584, "by others": -2584},
    "age": {"before its date": -5918, "not yet due": 2404, "due to 30 days": 1948, "due to 90 days": 893, "due longer": 673},
    "open items": {"1": 205, "2 to 5": 144, "6 to 20": 132, "21 to 100": -156, "more": -325},
    "roundness": {"odd": 167, "whole": 185, "whole hundreds": -352},
}  # fmt: skip

PRIOR = Weights(-6477, {(fact, level): weight for fact, levels in _LEVELS.items() for level, weight in levels.items()})
"""Thousandths of a natural logarithm; a level that stands nowhere here weighs nothing."""
