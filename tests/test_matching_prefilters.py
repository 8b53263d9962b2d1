"""What is asked first only saves work: without each of the cheap questions the same comes out, row by row."""

from __future__ import annotations

from itertools import accumulate
from random import Random

import pytest
from ax import Ran, random_ledger, together

from arwork.matching import by_total, gates, second_look
from arwork.matching.likely import _windows

SEEDS = range(24)


def ran() -> dict[str, Ran]:
    return together({str(seed): random_ledger(seed) for seed in SEEDS})


@pytest.fixture(scope="module")
def as_built() -> dict[str, Ran]:
    return ran()


ALWAYS = {
    "every gate is asked": (gates, "_asked", lambda case, claim: gates.GATES),
    "totals are searched however little is owed": (by_total, "_reach", lambda items, case: len(items) > 1),
    "words are read however little a circle has": (second_look, "_in_reach", lambda outcome, circle: True),
}


@pytest.mark.parametrize(("module", "name", "always"), ALWAYS.values(), ids=ALWAYS)
def test_without_a_cheap_question_the_same_is_proposed(
    module: object, name: str, always: object, as_built: dict[str, Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, always)
    for seed, out in ran().items():
        assert out.proposals.equals(as_built[seed].proposals)
        assert out.proposal_items.equals(as_built[seed].proposal_items)


def test_the_ledgers_fire_gates_of_every_kind(as_built: dict[str, Ran]) -> None:
    fired = {gate for out in as_built.values() for row in out.proposals["gates"] for gate in row.split()}
    assert len(fired) >= 6, fired


@pytest.mark.parametrize("dropped", [0, 1])
def test_rows_are_all_rows_that_add_up_however_they_are_looked_for(dropped: int) -> None:
    draw, met = Random(7), 0
    for _ in range(1_500):
        values = [draw.randint(1, draw.choice((4, 40))) for _ in range(draw.choice((2, 3, 5, 9, 50)))]
        amount = draw.choice((sum(values), sum(values[:3]), draw.randint(1, 60)))
        found = list(_windows(values, amount, dropped))
        sums = [0, *accumulate(values)]
        for row in found:
            assert sum(values[n] for n in row) == amount
            assert row[-1] - row[0] + 1 == len(row) + dropped
        ends = {(row[0], row[-1] + 1) for row in found}
        for start in range(len(values)):
            for end in range(start + 2 + dropped, min(len(values), start + 41) + 1):
                over = sums[end] - sums[start] - amount
                there = over == 0 if dropped == 0 else over in values[start + 1 : end - 1]
                assert there == ((start, end) in ends)
        met += bool(found)
    assert met > 100
