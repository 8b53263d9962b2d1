"""The weights that evidence uses while a ledger has no past of its own.

Fitted by `calibrate.learn` on 240,000 payments of made-up companies whose truth is known (`make learned`): exact references,
damaged ones, sums over several invoices, discounts, shortages. Held out, the Brier score is 0.013 on mixed payments and 0.020 on
hard ones. What does not occur there is set by judgement, round and against the candidate: repeats, documents of another ledger,
settled or unknown ones that an advice states. `arwork backtest` replaces them by weights from the ledger's own months.
"""

from __future__ import annotations

from collections.abc import Mapping

from arwork.matching.evidence import Weights

_LEVELS: Mapping[str, Mapping[str, int]] = {
    "payer": {"strong account": 220, "strong words": -131, "medium": 106, "weak": 11, "none": -262, "two customers": 1168},
    "words": {"all named": -314, "some named": 394, "longer number": 11, "damaged": 41, "damaged in part": 1468, "one slip": -870,
        "none named": 194},
    "amount": {"to the cent": 1717, "less discount": 752, "within tolerance": -823, "short to 1 %": 1070, "short to 10 %": 896,
        "short by more": 246, "over to 1 %": 362, "over to 10 %": -289, "over by more": -3930},
    "rivals": {"none": 5241, "1": -1163, "2 to 5": -2043, "more": -2595, "not all searched": 561},
    "size": {"1": 972, "2": -809, "3 to 5": -22, "6 to 10": -313, "more": 172},
    "chance": {"no set by amount": -1267, "whole account": 839, "natural group": 208, "below 0.0001": 606, "below 0.01": 255,
        "below 1": -293, "1 or more": -347},
    "other words": {"none": 2026, "unknown": 1917, "unknown and stated": -1000, "other customer": 1548, "other ledger": -2000,
        "other currency": -5492, "not open": -1000},
    "repeat": {"possible": -1500, "probable": -3000},
    "claimed": {"by nobody else": 3629, "by others": -3629},
    "age": {"before its date": -6091, "not yet due": 2514, "due to 30 days": 2161, "due to 90 days": 920, "due longer": 495},
    "open items": {"1": 146, "2 to 5": 172, "6 to 20": 43, "21 to 100": -199, "more": -162},
    "roundness": {"odd": 381, "whole": 149, "whole hundreds": -530},
    "whose": {"the payer's own": 454, "family": 198, "others": -342, "payer unknown": -310},
}  # fmt: skip

PRIOR = Weights(-8626, {(fact, level): weight for fact, levels in _LEVELS.items() for level, weight in levels.items()})
"""Thousandths of a natural logarithm; a level that stands nowhere here weighs nothing."""
