"""Invoice numbers of made-up sellers, and what becomes of a number between an invoice and a bank statement."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

BRANCHES = ("KTW", "GOT", "MIL", "BIO", "UTR", "LYS", "BRN", "AAR")
_ALIKE = {"0": "O", "O": "0", "1": "I", "I": "1", "5": "S", "S": "5", "8": "B", "B": "8", "2": "Z", "Z": "2"}
_PARTS = re.compile(r"[A-Z]+|[0-9]+|[^A-Z0-9]+")


@dataclass(frozen=True)
class Made:
    """What a number is made of: its place in the house's sequence, in its month and day, and for its customer."""

    seq: int
    in_month: int
    in_day: int
    for_customer: int
    day: date
    customer: str
    branch: str


def _checked(digits: str) -> str:
    total = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(reversed(digits), start=1))
    return digits + str(-total % 10)


@dataclass(frozen=True)
class House:
    """A house format: its share, how a number is written, and whether its last digits count up by one."""

    share: int
    write: Callable[[Made], str]
    counts: bool = True


HOUSES = (
    House(12, lambda m: f"{m.day:%Y}/{m.seq:05d}"),
    House(12, lambda m: f"R-{m.day:%y}-{m.seq:06d}"),
    House(9, lambda m: f"FV/{m.in_month:04d}/{m.day:%m/%Y}", counts=False),
    House(8, lambda m: f"ARI-{m.seq:07d}/1", counts=False),
    House(6, lambda m: f"{m.seq}-{m.day:%y}", counts=False),
    House(8, lambda m: f"K{m.customer}-{m.for_customer:04d}"),
    House(8, lambda m: f"SINV{m.seq:07d}"),
    House(8, lambda m: _checked(f"31{m.seq:07d}"), counts=False),
    House(6, lambda m: f"{m.day:%y}A{m.seq:07d}"),
    House(6, lambda m: f"{m.seq:07d}-{m.branch}", counts=False),
    House(5, lambda m: f"{m.day:%y%m%d}-{m.in_day:03d}"),
    House(4, lambda m: f"F{m.day:%y%m}{m.in_month:05d}"),
    House(3, lambda m: f"{m.branch}{m.day:%y}-{m.seq:06d}"),
    House(2, lambda m: f"VF {m.seq + 1_000_000}"),
    House(2, lambda m: f"{m.seq:08d}"),
    House(1, lambda m: f"D-{m.seq}/{m.day:%y%m}", counts=False),
)
"""Formats of sellers; the first member is the share of customers in per cent."""


def _drop_prefix(number: str, rnd: Random) -> str:
    parts = _PARTS.findall(number)
    while parts and not parts[0].isdigit():
        parts.pop(0)
    return "".join(parts) if sum(c.isdigit() for c in "".join(parts)) >= 3 else number


def _drop_year(number: str, rnd: Random) -> str:
    parts = _PARTS.findall(number)
    for place, part in enumerate(parts):
        if part in ("2026", "2025", "26", "25") and len(parts) > 1:
            kept = parts[:place] + parts[place + 1 :]
            return re.sub(r"([/-])[/-]+", r"\1", "".join(kept)).strip(" /-.") or number
    return re.sub(r"^(F?)2[56]", r"\1", number) if re.match(r"F?2[56]", number) else _drop_prefix(number, rnd)


def _drop_zeros(number: str, rnd: Random) -> str:
    parts = _PARTS.findall(number)
    return "".join(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)


def _look_alike(number: str, rnd: Random) -> str:
    places = [p for p, c in enumerate(number) if c in _ALIKE]
    if not places:
        return number
    place = rnd.choice(places)
    return number[:place] + _ALIKE[number[place]] + number[place + 1 :]


def _turned(number: str, rnd: Random) -> str:
    places = [p for p in range(len(number) - 1) if number[p : p + 2].isdigit() and number[p] != number[p + 1]]
    if not places:
        return number
    place = rnd.choice(places)
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]


def _lost(number: str, rnd: Random) -> str:
    places = [p for p, c in enumerate(number) if c.isdigit()]
    place = rnd.choice(places)
    return number[:place] + number[place + 1 :]


def _doubled(number: str, rnd: Random) -> str:
    places = [p for p, c in enumerate(number) if c.isdigit()]
    place = rnd.choice(places)
    return number[:place] + number[place] + number[place:]


def _parted(number: str, rnd: Random) -> str:
    if len(number) < 5:
        return number
    place = rnd.randrange(2, len(number) - 1)
    return number[:place] + rnd.choice((" ", " ", "\n")) + number[place:]


def _other_marks(number: str, rnd: Random) -> str:
    mark = rnd.choice(("", "", " ", "-", "/", ".", "_"))
    return re.sub(r"[^A-Z0-9]+", mark, number)


def _cut_front(number: str, rnd: Random) -> str:
    """Keep the last five or six digits, as people do who think the rest goes without saying."""
    digits = re.sub(r"[^0-9]", "", number)
    return digits[-rnd.choice((5, 6)) :]


DAMAGES: dict[str, tuple[int, Callable[[str, Random], str]]] = {
    "prefix": (16, _drop_prefix), "year": (12, _drop_year), "zeros": (14, _drop_zeros), "alike": (11, _look_alike),
    "turned": (8, _turned), "lost": (8, _lost), "doubled": (5, _doubled), "parted": (9, _parted), "marks": (12, _other_marks),
    "front": (5, _cut_front),
}  # fmt: skip
"""What happens to numbers on their way, with weights."""
_NAMES = tuple(DAMAGES)
_WEIGHTS = tuple(weight for weight, _ in DAMAGES.values())


def damaged(number: str, rnd: Random) -> tuple[str, str]:
    """Return a number with one damage, and its name; `none` where three damages in turn found nothing to hurt."""
    for _ in range(3):
        name = rnd.choices(_NAMES, _WEIGHTS)[0]
        hurt = DAMAGES[name][1](number, rnd)
        if hurt != number and sum(c.isdigit() for c in hurt) >= 3:
            return hurt, name
    return number, "none"
