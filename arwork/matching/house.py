"""House formats: how a ledger writes its document numbers, learned from the open items and never listed in code (step C of 2.2).

A number is a row of letter runs and digit runs. In every format one digit run tells documents of a customer apart: the serial. The
others say year, branch or customer. Payers drop those first, so a serial alone often has to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from arwork.matching.tokens import plain

_PIECES = re.compile(r"[A-Z]+|[0-9]+|[^A-Z0-9]+")
_DIGITS = re.compile(r"[0-9]+")
_SAMPLE = 20_000
_FEW = 40
_LEAST = 4
_TWENTY = "20"


@dataclass(frozen=True)
class House:
    """Formats of one ledger: which digit run of a shape is the serial, what stands fixed before it, and what may stand before it in a text.

    `serial` maps a shape (`A-9-9`) to the place of its serial among the digit runs, `fixed` a shape to the digits that every
    serial begins with, `heads` lists digits that the house writes before serials, the longest first.
    """

    serial: Mapping[str, int]
    fixed: Mapping[str, str]
    heads: tuple[str, ...]


@dataclass(frozen=True)
class Number:
    """A document number taken apart: its shape, its serial as a number and how many digits it is written with, the other digits.

    `forms` lists how people write its digits together when they drop what is before or behind.
    """

    shape: str
    serial: int
    width: int
    context: str
    forms: tuple[str, ...] = ()


def shape_of(number: str) -> str:
    """Write the shape of a number: `A` for letters, `9` for digits, `-` for whatever stands between."""
    return "".join("9" if piece[0].isdigit() else "A" if piece[0].isalpha() else "-" for piece in _PIECES.findall(plain(number)))


def learn(numbers: Iterable[tuple[str, str]]) -> House:
    """Learn the formats of a ledger from pairs of customer and document number; a fixed sample of many is enough."""
    ordered = sorted(set(numbers))
    step = max(1, len(ordered) // _SAMPLE)
    shapes: dict[str, list[tuple[str, list[str]]]] = {}
    for customer, number in ordered[::step]:
        digits = _DIGITS.findall(number)
        if digits:
            shapes.setdefault(shape_of(number), []).append((customer, digits))
    serial: dict[str, int] = {}
    fixed: dict[str, str] = {}
    heads: set[str] = set()
    for shape, seen in shapes.items():
        place = _telling(seen)
        serial[shape] = place
        fixed[shape] = _beginning([digits[place] for _, digits in seen])
        heads |= {fixed[shape], fixed[shape].rstrip("0")}
        heads |= _before(seen, place, fixed[shape])
    return House(serial, fixed, tuple(sorted(heads - {""}, key=lambda h: (-len(h), h))))


def take_apart(number: str, house: House) -> Number | None:
    """Take a document number apart by the formats of the house; None where it holds no digits."""
    digits = _DIGITS.findall(number)
    if not digits:
        return None
    shape = shape_of(number)
    place = house.serial.get(shape, -1)
    if not 0 <= place < len(digits):
        place = max(range(len(digits)), key=lambda n: (len(digits[n]), n))
    whole = digits[place]
    head = house.fixed.get(shape, "")
    tail = whole[len(head) :] if head and whole.startswith(head) and len(whole) > len(head) else whole
    if len(tail) > 18:
        return None
    context = "-".join(run for n, run in enumerate(digits) if n != place)
    forms = {"".join(digits[i:j]) for i in range(place + 1) for j in range(place + 1, len(digits) + 1) if j - i > 1}
    return Number(shape, int(tail), len(tail), f"{context}|{head}", tuple(sorted(forms)) if len(digits) > 1 else ())


def readings(digits: str, house: House) -> list[int]:
    """List the serials that a run of digits may stand for: all of it, or what follows digits the house writes before serials."""
    found = [int(digits)] if len(digits) <= 18 else []
    for head in house.heads:
        if len(head) < len(digits) <= len(head) + 18 and digits.startswith(head):
            found.append(int(digits[len(head) :]))
    return list(dict.fromkeys(found))


def _telling(seen: list[tuple[str, list[str]]]) -> int:
    """Return the digit run that tells the documents of one customer apart; of equals the longest, then the last."""
    count = min(len(digits) for _, digits in seen)
    ranked = [
        (len({(customer, digits[n]) for customer, digits in seen}), max(len(digits[n]) for _, digits in seen), n) for n in range(count)
    ]
    return max(ranked)[2]


def _beginning(serials: list[str]) -> str:
    """Return the digits with which every serial of one length begins, such as a year or a number range; never the last four."""
    if len(serials) < _LEAST or len({len(serial) for serial in serials}) > 1:
        return ""
    low, high = min(serials), max(serials)
    same = next((n for n, (a, b) in enumerate(zip(low, high, strict=True)) if a != b), len(low))
    return low[: max(0, min(same, len(low) - _LEAST))].rstrip("0")


def _before(seen: list[tuple[str, list[str]]], place: int, fixed: str) -> set[str]:
    """List what the house writes before its serials: the runs on its left, each and together, years also with two digits."""
    rows = {tuple(digits[:place]) for _, digits in seen}
    if not place or len(rows) > _FEW:
        return set()
    heads: set[str] = set()
    for row in rows:
        for start in range(place):
            joined = "".join(row[start:]) + fixed
            heads |= {joined, joined.rstrip("0")}
            if row[start].startswith(_TWENTY) and len(row[start]) == 4:
                heads.add(joined[2:])
    return heads
