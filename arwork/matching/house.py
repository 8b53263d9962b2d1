"""House formats: how document numbers are written, learned from the open items of a customer and never listed in code (step C of 2.2).

A number is a row of letter runs and digit runs. In every format one digit run tells documents of a customer apart: the serial. The
others say year, branch or customer. Payers drop those first, so a serial, or its end, often has to do. What is learned for one
customer comes from its own items only: items of others never change how its payments are read (INV-7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from string import ascii_letters, digits

from arwork.matching.lean import lean

_PIECES = re.compile(r"[A-Z]+|[0-9]+|[^A-Z0-9]+", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+")
_CENTURIES = ("19", "20")
_ZEROS = re.compile(r"0{2,}")
_LONGEST = 18
_YEAR_LONG = 4
_KINDS = {n: "9" if chr(n) in digits else "A" if chr(n) in ascii_letters else "-" for n in range(128)}
"""What each character of a plain document number is: digit, letter, anything else."""
_TAIL_LEAST = 3


@lean
class Number:
    """A document number taken apart: its shape, the digit run that is its serial and where it stands, and all its digit runs."""

    shape: str
    serial: int
    run: str
    place: int
    runs: tuple[str, ...]

    @property
    def context(self) -> tuple[str, ...]:
        """The digit runs beside the serial."""
        return (*self.runs[: self.place], *self.runs[self.place + 1 :])


def take_apart(names: Sequence[str]) -> list[Number | None]:
    """Take the document numbers of one customer apart; None where a number holds no digits.

    Of the digit runs of one shape (`A-9-9`), the serial is the one with the most values; of equals one that is no year, then
    the longest, then the last.
    """
    shapes = [_shape(name) for name in names]
    rows = [tuple(_DIGITS.findall(name)) for name in names]
    seen: dict[str, list[tuple[str, ...]]] = {}
    for shape, runs in zip(shapes, rows, strict=True):
        if runs:
            seen.setdefault(shape, []).append(runs)
    places = {shape: _telling(found) for shape, found in seen.items()}
    return [
        Number(shape, int(runs[places[shape]]), runs[places[shape]], places[shape], runs)
        if runs and len(runs[places[shape]]) <= _LONGEST
        else None
        for shape, runs in zip(shapes, rows, strict=True)
    ]


def forms(number: Number) -> set[str]:
    """List how people write the digits of a number: parts before or behind dropped, zeros lost, the year with two digits."""
    runs, place = number.runs, number.place
    found: set[str] = set()
    for start in range(place + 1):
        year = start < place and _is_year(runs[start])
        for end in range(place + 1, len(runs) + 1):
            whole = "".join(runs[start:end])
            found.add(whole)
            if year:
                found.add(whole[2:])
    for form in list(found):
        if form[0] == "0":
            found.add(form.lstrip("0"))
        if "00" in form:
            found |= {one_zero(form), _ZEROS.sub("", form.lstrip("0"))}
    return found


def one_zero(digits: str) -> str:
    """Write one zero for several in a row."""
    while "00" in digits:
        digits = digits.replace("00", "0")
    return digits


def ends(number: Number) -> Iterator[tuple[str, bool]]:
    """Yield the ends of a serial without leading zeros, each with whether it is all of the serial behind zeros."""
    run = number.run
    for start in range(1, len(run) - _TAIL_LEAST + 1):
        if run[start] != "0":
            yield run[start:], run[start - 1] == "0"


def _shape(number: str) -> str:
    if number.isascii():
        return _collapsed(number.translate(_KINDS))
    return "".join("9" if piece[0].isdigit() else "A" if piece[0].isalpha() else "-" for piece in _PIECES.findall(number))


@lru_cache(maxsize=1 << 12)
def _collapsed(kinds: str) -> str:
    return "".join([kind for place, kind in enumerate(kinds) if not place or kind != kinds[place - 1]])


def _telling(seen: Sequence[tuple[str, ...]]) -> int:
    if len(seen[0]) == 1:
        return 0
    ranked = []
    for place in range(len(seen[0])):
        values = {runs[place] for runs in seen}
        year = all(_is_year(value) for value in values)
        ranked.append((len(values), not year, max(len(value) for value in values), place))
    return max(ranked)[3]


def _is_year(digits: str) -> bool:
    return len(digits) == _YEAR_LONG and digits.startswith(_CENTURIES)
