"""RC-40: our account of a customer against the customer's own statement, section by section, with every difference classed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from arwork.collect.key_date import open_at
from arwork.errors import InputError
from arwork.money import Units
from arwork.policy import Policy
from arwork.reconcile.customer_class import Difference, classed
from arwork.reconcile.customer_known import Books, Section, entries_of, known_of, movements_of
from arwork.reconcile.customer_match import Entry, Group, Line, key_of, matched
from arwork.reconcile.customer_said import SAID, letter, named
from arwork.reconcile.layout import Line as Printed
from arwork.reconcile.layout import Sheet, rows_of
from arwork.tables import conform, empty

KINDS = ("INV", "CM", "DM", "RCPT", "ONACC")
"""What an entry of theirs may be known to be."""


@dataclass(frozen=True)
class Stated:
    """What a statement says beside its entries, by currency, in minor units from the customer's file; and on which day it was drawn up."""

    opening: Mapping[str, int]
    closing: Mapping[str, int]
    said_on: date | None = None


@dataclass(frozen=True)
class Account:
    """One section as reconciled: its printed layout, its differences, how entries met, and whether the customer stated the balance."""

    section: Section
    sheet: Sheet
    differences: tuple[Difference, ...]
    met: Mapping[str, int]
    stated: bool


@dataclass(frozen=True)
class CustomerRecon:
    """The reconciliation of a customer: a section a company and currency, never netted; notes that a person should read."""

    customer_id: str
    key_date: date
    accounts: tuple[Account, ...]
    notes: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """Return `customer_differences`."""
        rows = [row for account in self.accounts for row in _rows(account)]
        return conform("customer_differences", pd.DataFrame(rows)) if rows else empty("customer_differences")


def reconcile_customer(
    books: Books, lines: pd.DataFrame, stated: Stated, kinds: Mapping[str, str], key_date: date, policy: Policy, units: Units, signs: str = "",
) -> CustomerRecon:  # fmt: skip
    """Reconcile the accounts of one customer with its statement (RC-40).

    Takes `books`, the entries as `their_items`, what the statement states, and `kinds`: what each of its words for an entry means.
    `signs` is `ours` when positive is what the customer owes, `theirs` when negative is, blank to let the documents that both sides
    have decide. Unexplained is the stated balance less the computed one, and every difference that is left to a person. A statement
    that covers several companies gives a section each, without netting; its balance is then compared as a whole only.
    """
    accounts = sorted(set(zip(books.open_items["ledger_id"], books.open_items["company_code"], strict=True)))
    if not accounts:
        raise InputError(f"customer {books.customer_id} has no line in the ledger", cure="Look at the customer's number.")
    told = _lines(lines, kinds)
    factor, notes = _orientation(told, books, policy, signs)
    turned = {code: [replace(line, amount=factor * line.amount) for line in rows] for code, rows in told.items()}
    done: list[Account] = []
    for code in sorted({*turned, *_open_currencies(books, key_date)}):
        sections = [Section(*where, books.customer_id, code, key_date) for where in accounts]
        shares = _shared(turned.get(code, []), sections, books, policy)
        alone = sum(bool(rows) for _, rows in shares) <= 1
        for section, rows in shares:
            said = _of_section(stated, code, factor) if alone and (rows or len(shares) == 1) else (None, None)
            account = _account(books, section, rows, said, policy, units)
            if rows or account.sheet.ours:
                done.append(account)
        if not alone:
            notes.append(_whole(shares, stated, code, factor, units))
    notes += [_unstated(account, units) for account in done if not account.stated]
    return CustomerRecon(books.customer_id, key_date, tuple(done), tuple(notes))


def _lines(lines: pd.DataFrame, kinds: Mapping[str, str]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for place, row in enumerate(rows_of(lines)):
        day = None if pd.isna(row.doc_date) else row.doc_date.date()
        kind = kinds.get(str(row.kind), "")
        line = Line(row.reference, row.their_no, kind, row.text, day, int(row.amount), place, row.source_file, row.source_line)
        found.setdefault(str(row.currency), []).append(line)
    return found


def _open_currencies(books: Books, key_date: date) -> set[str]:
    return set(open_at(books.open_items, key_date)["currency"])


def _orientation(told: Mapping[str, Sequence[Line]], books: Books, policy: Policy, signs: str) -> tuple[int, list[str]]:
    """Say whether the statement counts what the customer owes as positive (1) or negative (-1): by common documents, else by its words."""
    if signs:
        return (1 if signs == "ours" else -1), []
    prefixes = tuple(policy.matching.reference_prefixes)
    whole: dict[tuple[str, str], int] = {}
    for row in rows_of(books.open_items):
        for name in (row.reference, row.doc_no):
            if name:
                whole[(str(row.currency), key_of(name, prefixes))] = int(row.amount_doc)
    same = other = 0
    for code, lines in told.items():
        for line in lines:
            ours = whole.get((code, key_of(line.reference, prefixes)), 0) if line.kind in ("INV", "") else 0
            ours = ours or (1 if line.kind == "INV" else 0)
            same += ours * line.amount > 0
            other += ours * line.amount < 0
    if same and other and 3 * min(same, other) > max(same, other):
        raise InputError(
            f"its signs cannot be told: {same} documents have the same sign as ours, {other} the other",
            cure="Say --signs ours (positive is what the customer owes) or --signs theirs.",
        )  # fmt: skip
    note = "The statement counts what it owes us as negative; its signs were turned."
    return (-1, [note]) if other > same else (1, [])


def _shared(lines: list[Line], sections: Sequence[Section], books: Books, policy: Policy) -> list[tuple[Section, list[Line]]]:
    """Share the entries of a currency out to the companies by the documents they name; the rest goes where most are."""
    if len(sections) == 1:
        return [(sections[0], lines)]
    prefixes = tuple(policy.matching.reference_prefixes)
    names: dict[str, set[int]] = {}
    for number, section in enumerate(sections):
        own = books.of(section)
        for name in {*own["reference"], *own["doc_no"]} - {""}:
            names.setdefault(key_of(name, prefixes), set()).add(number)
    places = [names.get(key_of(line.reference, prefixes), set()) for line in lines]
    counts = [sum(place == {number} for place in places) for number in range(len(sections))]
    most = counts.index(max(counts))
    homes = [next(iter(place)) if len(place) == 1 else most for place in places]
    return [(section, [line for line, home in zip(lines, homes, strict=True) if home == n]) for n, section in enumerate(sections)]


def _of_section(stated: Stated, code: str, factor: int) -> tuple[int | None, int | None]:
    opening, closing = stated.opening.get(code), stated.closing.get(code)
    return (None if opening is None else factor * opening), (None if closing is None else factor * closing)


def _account(
    books: Books, section: Section, lines: list[Line], said: tuple[int | None, int | None], policy: Policy, units: Units
) -> Account:
    opening, closing = said
    ours = int(open_at(books.of(section), section.key_date)["open_doc"].sum())
    entries: list[Entry]
    begins: tuple[int, int] | None = None
    if opening is None:
        entries = entries_of(books, section)
    else:
        first = min((line.day for line in lines if line.day), default=section.key_date)
        entries = movements_of(books, section, first - timedelta(days=1), policy.rollforward)
        begins = (ours - sum(entry.value for entry in entries), opening)
    rules = policy.customer_statement
    groups = matched(lines, entries, policy.matching.reference_prefixes, rules.amount_days)
    known = known_of(books, section, groups, policy)
    found = list(classed(groups, known, rules, units))
    if begins and begins[0] != begins[1]:
        found.append(_opening(begins, section, units, rules.answer_days))
    entries_sum = (opening or 0) + sum(line.amount for line in lines)
    sheet = _sheet(section, ours, len(books.of(section)), found, entries_sum if closing is None else closing, units, closing is not None)
    met: dict[str, int] = {}
    for group in groups:
        if group.theirs and group.ours and not group.tie:
            met[group.how] = met.get(group.how, 0) + 1
    return Account(section, sheet, tuple(found), met, closing is not None)


def _opening(begins: tuple[int, int], section: Section, units: Units, days: int) -> Difference:
    rule, group = SAID["opening"], Group((), ())
    ours, theirs = begins
    sentence = f"The opening balance differs: ours is {units.said(ours, section.currency)}, theirs {units.said(theirs, section.currency)}."
    written = letter("opening", group, ours, theirs, section.currency, units, {})
    by = section.key_date + timedelta(days=days)
    return Difference(rule.klass, "opening", "opening", group, ours, theirs, rule.owner, rule.action, by, sentence, written)


_LABELS = (
    ("ours", "− items on ours, not on theirs"), ("paid", "− payments and deductions booked by them, not by us"),
    ("theirs", "+ items on theirs, and credits of ours they have not"), ("amount", "± amount differences on common documents"),
)  # fmt: skip


def _sheet(section: Section, ours: int, rows: int, found: Sequence[Difference], theirs: int, units: Units, stated: bool) -> Sheet:
    """Print the layout of RC-40; unexplained is what the classed differences leave of theirs less ours."""
    explained = [one for one in found if one.klass != "OPEN"]
    computed = ours + sum(one.amount for one in explained)
    printed = [Printed(f"Balance per our ledger at {section.key_date}", "a", ours, rows, total=True)]
    for mark, label in _LABELS:
        own = [one for one in explained if one.mark == mark]
        printed.append(Printed(label, mark, sum(one.amount for one in own), len(own)))
    what = "stated" if stated else "sum of its entries"
    printed += [
        Printed("= Balance per customer's ledger, computed", "t", computed, total=True),
        Printed(f"Balance per customer's ledger, {what}", "s", theirs, total=True),
        Printed("Unexplained (stated − computed)", "E", theirs - computed, total=True),
    ]
    rest = theirs - computed
    mine, yours = units.said(ours, section.currency), units.said(theirs, section.currency)
    many = f"{len(explained)} classed difference{'' if len(explained) == 1 else 's'}"
    said = f"Our balance {mine} and theirs {yours} " + (
        f"are explained by {many}." if not rest and explained else "agree." if not rest
        else f"differ by {units.said(theirs - ours, section.currency)}; {units.said(rest, section.currency)} is unexplained after {many}."
    )  # fmt: skip
    where = (section.ledger_id, section.company_code, section.customer_id, section.currency, section.key_date)
    status = "UNEXPLAINED" if rest else "TIES"
    return Sheet("RC-40", *where, ours, theirs, theirs - ours, computed - ours, rest, status, said, tuple(printed))


def _whole(shares: Sequence[tuple[Section, list[Line]]], stated: Stated, code: str, factor: int, units: Units) -> str:
    """Compare the balance of a statement over several companies as a whole: for information, nothing is netted."""
    total = sum(line.amount for _, rows in shares for line in rows)
    parts = "; ".join(f"{s.ledger_id} {s.company_code} {units.said(sum(line.amount for line in rows), code)}" for s, rows in shares)
    opening, closing = _of_section(stated, code, factor)
    said = f"The statement covers several companies ({parts}); they are compared one by one and not netted."
    if closing is None:
        return said
    gap = closing - total - (opening or 0)
    return f"{said} For information: it states {units.said(closing, code)}" + (
        f", {units.said(gap, code)} more than its entries." if gap else "."
    )


def _unstated(account: Account, units: Units) -> str:
    where = f"{account.section.ledger_id} {account.section.company_code} {account.section.currency}"
    total = units.said(account.sheet.theirs, account.section.currency)
    return f"{where}: no balance is stated; the sum of the entries, {total}, stands for it, so a page that is missing would not be seen."


def _rows(account: Account) -> Iterable[dict[str, object]]:
    for number, one in enumerate(account.differences, start=1):
        line = one.group.theirs[0] if one.group.theirs else None
        entry = one.group.ours[0] if one.group.ours else None
        found = entry.source if entry and not line else ("", "")
        yield {
            "recon_id": account.sheet.recon_id, "item_no": number, "class": one.klass, "reason": one.reason, "mark": one.mark,
            "document": named(one.group) if entry or line else "opening balance",
            "their_no": (line.their_no or line.reference) if line else "",
            "date": (line.day if line and line.day else entry.day if entry else pd.NaT), "ours": one.ours, "theirs": one.theirs,
            "difference": one.amount, "currency": account.section.currency, "owner": one.owner, "action": one.action, "act_by": one.act_by,
            "sentence": one.sentence, "letter": one.letter, "source_file": line.source_file if line else found[0],
            "source_line": line.source_line if line else found[1], "item_id": entry.item_id if entry else "",
        }  # fmt: skip
