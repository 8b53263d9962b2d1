"""The score of a customer in the worklist, by part (CO-15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from arwork.policy import Policy

RISK: Mapping[str, Decimal] = {"A": Decimal(0), "B": Decimal("0.25"), "C": Decimal("0.5"), "D": Decimal("0.75"), "E": Decimal(1)}
"""Weight of a risk class; a customer without one counts as C."""
CONTACT: Mapping[str, Decimal] = {"BREACHED": Decimal(1), "AT_RISK": Decimal("0.5"), "DUE": Decimal("0.5")}
PARTS = ("amount", "age", "risk", "broken", "contact", "trend")
"""Parts of the score in the order in which they are shown."""
_WEIGHTS = {"amount": "amt", "age": "age", "risk": "risk", "broken": "broken", "contact": "sla", "trend": "trend"}
_OLD, _OFTEN, _SLOWER = 90, 3, 30


@dataclass(frozen=True)
class Facts:
    """What the score of a customer rests on: minor units of ledger currency, days, counts; `trend` None where it is not known."""

    net: int
    reference: int
    oldest: int
    risk: str
    broken: int
    contact: str
    trend: Decimal | None


def score(facts: Facts, policy: Policy) -> dict[str, int]:
    """Return the points of each part and their `total`, in hundredths of a point of 100 (CO-15, CV-03).

    The total is rounded by itself; a part never above its weight.
    """
    one = Decimal(1)
    shares = {
        "amount": min(one, Decimal(facts.net) / facts.reference) if facts.reference > 0 else Decimal(0),
        "age": min(one, Decimal(max(facts.oldest, 0)) / _OLD),
        "risk": RISK.get(facts.risk, RISK["C"]),
        "broken": min(one, Decimal(facts.broken) / _OFTEN),
        "contact": CONTACT.get(facts.contact, Decimal(0)),
        "trend": min(one, max(Decimal(0), (facts.trend or Decimal(0)) / _SLOWER)),
    }
    exact = {part: share * policy.priority.weights[_WEIGHTS[part]] * 10_000 for part, share in shares.items()}
    return {**{part: _whole(value) for part, value in exact.items()}, "total": _whole(sum(exact.values(), Decimal(0)))}


def _whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
