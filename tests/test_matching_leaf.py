"""Only the numbers that something said may mean are spelled out (M12): asked of all of them, the answers are the same."""

from __future__ import annotations

import random
from datetime import date

import pytest

from arwork.matching.house import ends, forms
from arwork.matching.leaf import SERIAL, TAIL, Leaf, leaf
from arwork.matching.said import SHORTEST, Said, folded, unexplained
from arwork.matching.tokens import read
from arwork.matching.universe import Item

_HOUSES = (
    "INV-2026-{:06d}",
    "{:05d}/26",
    "RE26{:06d}",
    "UK03/{:05d}-4{}",
    "9000{:06d}",
    "F{:03d}.07.{}",
    "{:02d}-000-{:04d}",
    "ABC",
    "0{:04d}00",
)


def _leaf(chance: random.Random) -> Leaf:
    house = chance.choice(_HOUSES)
    made = []
    for place in range(chance.randint(1, 12)):
        name = house.format(chance.randrange(10 ** chance.randint(1, 5)), chance.randrange(10_000))
        other = str(chance.randrange(10_000_000)) if chance.random() < 0.3 else name
        made.append(
            Item(
                f"i{place}",
                ("L", "1", "C"),
                name,
                "INV",
                other,
                date(2026, 1, 1),
                date(2026, 2, 1),
                "EUR",
                100,
                100,
                100,
                "EUR",
                (),
                0,
                "",
                "",
            )
        )
    return leaf(made)


def _text(chance: random.Random, known: Leaf) -> str:
    """Write about some of the numbers as payers do: shortened, zeros lost or doubled, letters for digits, run together."""
    words = []
    for item in chance.sample(known.items, chance.randint(1, min(4, len(known.items)))):
        name = item.reference
        how = chance.randrange(6)
        if how == 0:
            name = name[chance.randrange(len(name)) :]
        elif how == 1:
            name = name.replace("0", "", chance.randint(1, 3))
        elif how == 2:
            name = name.replace("0", "O").replace("1", "I")
        elif how == 3:
            name = name.replace("00", "0")
        elif how == 4:
            name = name[: chance.randint(2, len(name))]
        words.append(name)
    return chance.choice((" ", "/", ", ")).join([*words, str(chance.randrange(1000))])


def _all_places(known: Leaf, said: Said) -> tuple[dict[str, set[int]], dict[str, set[tuple[int, int]]]]:
    """Look up what was said among all spellings of all numbers."""
    spelled: dict[str, set[int]] = {}
    met: dict[str, set[tuple[int, int]]] = {}
    for each in known.names:
        number = each.number
        for form in {folded(each.form), *(forms(number) if number else ())}:
            if form in said.forms and len(form) >= SHORTEST:
                spelled.setdefault(form, set()).add(each.place)
        for end, whole in ends(number) if number else ():
            if end in said.ends:
                close = SERIAL if whole and len(end) >= 4 else SERIAL - 10 if whole or len(end) > 4 else TAIL
                met.setdefault(end, set()).add((each.place, close))
    return spelled, met


@pytest.mark.parametrize("many", [250, 0], ids=["marks sought", "listed by key"])
@pytest.mark.parametrize("seed", range(40))
def test_what_is_spelled_out_for_a_text_is_all_that_it_may_mean(seed: int, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arwork.matching.leaf._MANY", many)
    chance, met = random.Random(seed), 0
    for _ in range(25):
        known = _leaf(chance)
        said = unexplained(read(_text(chance, known), 12_345, "EUR"), frozenset())
        found = known.spelled(said, said.keys)
        asked = {form: set(found.by_spelling.get(form, ())) for form in said.forms} if found else {}
        ended = {end: set(found.by_end.get(end, ())) for end in said.ends} if found else {}
        spelled, ending = _all_places(known, said)
        assert not known.keys.isdisjoint(said.keys) or not (spelled or ending)
        assert known.spelled(said, known.keys & said.keys) == found
        assert {form: places for form, places in asked.items() if places} == spelled
        assert {end: places for end, places in ended.items() if places} == ending
        met += bool(spelled or ending)
    assert met > 5
