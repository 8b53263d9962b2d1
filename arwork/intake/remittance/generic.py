"""Advices that no layout of their own reads: by labels and headings, with the words that come with arwork."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from arwork.errors import InputError
from arwork.intake.advice import Advice
from arwork.intake.remittance.by_layout import read_patterns, recognised
from arwork.intake.remittance.headings import header_of, table_lines
from arwork.intake.remittance.labelled import labelled, lines_of
from arwork.intake.remittance.rows import MOST_ROWS, Row
from arwork.intake.remittance.text_layout import TextLayout, no_layout
from arwork.intake.remittance.told import CELLS, LIKENESS, UNCHECKED, Basis, Page, Told, advice_of


def read_rows(
    rows: Sequence[Row], layouts: Sequence[TextLayout], basis: Basis, *, cells: bool = False, hidden: bool = False
) -> tuple[list[Advice], list[str], str]:
    """Read rows as advices by the layout that fits; return them, notes for a person, and the title of the layout.

    A layout whose `recognise` words stand in the text goes before those that read every payer. `cells` says that the rows
    are cells of a CSV or XLSX file, `hidden` that the text lies invisible under a picture. Raises InputError where no
    layout reads it, and with the reason of the first that tried.
    """
    if len(rows) > MOST_ROWS:
        raise no_layout(basis.file, f"holds {len(rows):,} rows, more than an advice has")
    own = [layout for layout in layouts if layout.recognise and recognised(rows, layout)]
    if len(own) > 1:
        shown = " and ".join(repr(layout.title or " ".join(layout.recognise)) for layout in own[:3])
        raise InputError(f"two layouts recognise this text: {shown}", where=basis.file, cure="Make `recognise:` of one of them more exact")
    refused: list[InputError] = []
    for layout in own or [layout for layout in layouts if not layout.recognise]:
        try:
            pages = [read_patterns(rows, layout, basis.file)] if layout.lines else _by_words(rows, layout, basis.file, cells=cells)
            advices, notes = _advices(pages, replace(basis, decimal=layout.decimal, dates=layout.dates), layout, hidden=hidden)
            return advices, notes, layout.title
        except InputError as problem:
            refused.append(problem)
    raise refused[0] if refused else no_layout(basis.file, "no layout reads this text as an advice")


def _advices(pages: Sequence[Page], basis: Basis, layout: TextLayout, *, hidden: bool) -> tuple[list[Advice], list[str]]:
    found, notes = [], []
    if "currency" in layout.constants:
        basis = replace(basis, currency=layout.constants["currency"])
    for page in pages:
        advice, told = advice_of(replace(page, best=min(page.best, LIKENESS)) if hidden else page, basis)
        found.append(advice)
        notes += told
    return found, list(dict.fromkeys(notes))


def _by_words(rows: Sequence[Row], layout: TextLayout, file: str, *, cells: bool) -> list[Page]:
    """Read rows by labels and headings: a table where there is a header, else what labels and sentences say."""
    header = header_of(rows, layout, file)
    if header is None:
        said = labelled(rows, layout, file, set())
        lines, by_sentence = lines_of(said, rows, file)
        page = Page({**said.heads, **_constants(layout)}, said.amount, lines)
        return [page if by_sentence else replace(page, best=UNCHECKED)]
    lines, totals, used = table_lines(rows, header, file)
    if not lines:
        raise no_layout(file, "the table of the advice has no line with a document and an amount")
    said = labelled(rows, layout, file, used)
    page = Page({**said.heads, **_constants(layout)}, said.amount, lines, totals, unchecked=CELLS if cells else UNCHECKED)
    if header.alike:
        page = replace(page, best=LIKENESS)
    return _by_payment(page)


def _constants(layout: TextLayout) -> dict[str, str]:
    return {name: value for name, value in layout.constants.items() if name != "currency"}


def _by_payment(page: Page) -> list[Page]:
    """Part a table that names the payment of each line into one page a payment."""
    if not any("payment_ref" in line.heads for line in page.lines):
        heads = _shared(page.lines)
        return [replace(page, heads={**heads, **page.heads})]
    groups: dict[str, list[Told]] = {}
    for line in page.lines:
        groups.setdefault(line.heads.get("payment_ref", ""), []).append(line)
    if len(groups) == 1:
        return [replace(page, heads={**page.heads, **_shared(page.lines)})]
    return [replace(page, heads={**page.heads, **_shared(lines)}, amount=None, lines=lines, totals=()) for lines in groups.values()]


def _shared(lines: Sequence[Told]) -> dict[str, str]:
    """Give the head values that every line of a payment states alike."""
    found: dict[str, str] = {}
    for name in ("payment_ref", "payment_date", "payer_name"):
        values = {line.heads.get(name, "") for line in lines}
        if len(values) == 1 and values != {""}:
            found[name] = values.pop()
    return found
