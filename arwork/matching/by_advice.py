"""Strategies that follow an advice line by line: M01 (every line exact), M02 (lines with declared deductions) (2.2 step D)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arwork.matching.case import Case, Claim, Declared, paid_on
from arwork.matching.explain import amount_text, how_it_fits, listed, money, names_of, nearest, owed_still
from arwork.matching.fit import Line, Part, Solution, discounts_of
from arwork.matching.reasons import UNEARNED, UNEXPLAINED, mapped
from arwork.matching.tolerances import in_currency
from arwork.matching.universe import Item
from arwork.money import percent_of


@dataclass(frozen=True)
class Followed:
    """An advice followed line by line: what it says of each item, and what it takes off without naming an item."""

    said: Mapping[str, Declared]
    items: tuple[Item, ...]
    loose: tuple[tuple[int, str], ...]


def remit_exact(case: Case) -> Claim | None:
    """M01: every line of the advice names one open item, at what is left on it or less its earned discount; the sum is the receipt."""
    followed = _followed(case)
    if followed is None or followed.loose or any(said.deductions for said in followed.said.values()):
        return None
    return _claim(case, followed, "M01")


def remit_deduct(case: Case) -> Claim | None:
    """M02: as M01, but lines declare deductions; each lives on as a residual with its reason (MP-40).

    It acts alone while each deduction has a reason that is known and stays within `deduction_auto_cap`, the lower of the amount
    and the percentage of the invoice.
    """
    followed = _followed(case)
    if followed is None or not (followed.loose or any(said.deductions for said in followed.said.values())):
        return None
    return _claim(case, followed, "M02")


def _followed(case: Case) -> Followed | None:
    """Resolve every line of the advice to one open item of the payer; None where one does not, or the sum is not the receipt's."""
    advice = case.advice
    if advice is None or advice.wrong or not advice.lines or not case.receipt.customer_id or advice.total != case.receipt.amount:
        return None
    words = {word.token: word.items for word in case.named.words if word.origin == "advice" and not word.part}
    said: dict[str, Declared] = {}
    loose: list[tuple[int, str]] = []
    for token, line in advice.lines.items():
        found = words.get(token, ())
        if len(found) == 1:
            before = said.get(found[0], Declared(0, 0, 0))
            said[found[0]] = Declared(
                before.gross + line.gross, before.discount + line.discount, before.net + line.net, before.deductions + line.deductions
            )
        elif not found and not line.gross and not line.discount and sum(taken for taken, _ in line.deductions) == -line.net > 0:
            loose += line.deductions
        else:
            return None
    items = sorted((case.universe.items[item] for item in said), key=lambda item: (item.due_date, item.item_id))
    return Followed(said, tuple(items), tuple(loose)) if items else None


def _claim(case: Case, followed: Followed, strategy: str) -> Claim | None:
    taken = {item: sum(amount for amount, _ in line.deductions) for item, line in followed.said.items()}
    off = discounts_of(followed.items, paid_on(case), case.open_items(), case.master.policy, taken)
    lines = [_line(item, followed.said[item.item_id], off.get(item.item_id, 0), case) for item in followed.items]
    known = [line for line in lines if line]
    if len(known) < len(lines):
        return None
    known = _with_loose(known, followed, case)
    if any(line.item.left > 0 > line.cash for line in known):
        return None
    late = sum(part.amount for line in known for part in line.parts if part.code == UNEARNED)
    found = Solution(tuple(known), case.receipt.amount + late, case.receipt.amount, 0, None)
    fired = {"G-10": f"{money(late, case)} of discount was taken that was not earned"} if late else {}
    more = {item for word in case.named.words if not word.part for item in word.items} - set(found.items)
    capped = [*_over_cap(case, followed), *(["the text names more documents than the advice"] if more else [])]
    rest = owed_still(found, case)
    if case.master.policy.short_pay_mode == "PARTIAL" and any(line.parts for line in known):
        found = Solution(tuple(_open(line) for line in known), found.expected, found.received, 0, None)
    names = names_of([line.item for line in known])
    return Claim(
        strategy, found, fired=fired, capped="; ".join(capped), sentence=f"Pays {names} line by line as the advice says: "
        f"{how_it_fits(found, case)}{f'; left owed: {rest}' if rest else ''}.",
        runner_up=nearest(case.open_items(), found.items, case) if len(known) == 1 else "", falls_without="the advice",
    )  # fmt: skip


def _line(item: Item, said: Declared, earned: int, case: Case) -> Line | None:
    """Settle one item as the advice says: cash, the discount that is earned, the rest by its reason; None where the figures differ."""
    gone = item.left - said.net
    taken = sum(amount for amount, _ in said.deductions)
    if item.left < 0:
        return Line(item, said.net, 0, 0) if not gone and not taken and not said.discount else None
    claimed = said.discount if said.discount or taken or not gone else earned
    if claimed < 0 or taken < 0 or gone != claimed + taken or said.net < 0:
        return None
    discount = min(claimed, earned)
    parts = _by_reason(said.deductions, case)
    if claimed > discount:
        parts[UNEARNED] = parts.get(UNEARNED, 0) + claimed - discount
    return Line(item, said.net, discount, 0, parts=tuple(Part(amount, code) for code, amount in sorted(parts.items()) if amount))


def _meaning(reason: str, case: Case) -> str:
    return mapped(reason, case.master.policy.deduction_reasons, case.master.meant, case.receipt.customer_id)


def _by_reason(deductions: tuple[tuple[int, str], ...], case: Case) -> dict[str, int]:
    found: dict[str, int] = {}
    for amount, reason in deductions:
        code = _meaning(reason, case) or UNEXPLAINED
        found[code] = found.get(code, 0) + amount
    return found


def _with_loose(lines: list[Line], followed: Followed, case: Case) -> list[Line]:
    """Hang a deduction that names no item on the latest due one, then the highest id (decision 1)."""
    if not followed.loose:
        return lines
    total = sum(amount for amount, _ in followed.loose)
    place = max((n for n, line in enumerate(lines) if line.cash >= total), default=-1)
    if place < 0:
        return [Line(line.item, -1, 0, 0) for line in lines]
    line = lines[place]
    parts = {part.code: part.amount for part in line.parts}
    for code, amount in _by_reason(followed.loose, case).items():
        parts[code] = parts.get(code, 0) + amount
    lines[place] = Line(line.item, line.cash - total, line.discount, 0, parts=tuple(Part(a, code) for code, a in sorted(parts.items())))
    return lines


def _open(line: Line) -> Line:
    """Leave the item itself open with what is not paid: `short_pay_mode` PARTIAL makes no residual (MP-40)."""
    return Line(line.item, line.cash, line.discount, 0)


def _over_cap(case: Case, followed: Followed) -> list[str]:
    """Say which deductions a person must look at: without a reason that is known, or above the cap (M02)."""
    cap, units, told = case.master.policy.deduction_auto_cap, case.master.units, []
    rows = [(item, taken) for item in followed.items for taken in followed.said[item.item_id].deductions]
    rows += [(followed.items[-1], taken) for taken in followed.loose]
    for item, (amount, reason) in rows:
        limit = min(in_currency(cap.abs, [item], units), percent_of(item.left, cap.pct))
        text = amount_text(amount, item.currency, units)
        if not _meaning(reason, case):
            told.append(
                f"the reason {reason!r} of the deduction of {text} is not known" if reason else f"the deduction of {text} has no reason"
            )
        elif amount > limit:
            told.append(f"the deduction of {text} from {item.name} is above the limit of {amount_text(limit, item.currency, units)}")
    return [listed(told, 3)] if told else []
