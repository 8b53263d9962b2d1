"""What a text advice told before it is an advice: head values, lines and totals, still as they stand; and how sure each is (G-16).

Confidence of a value, by how it was read:

    100 %   a format (X12, EDIFACT, ISO 20022), or a table under a layout that the user named
     99 %   text or table whose lines add up (gross - discount - deduction = net) and whose sum is the total it states
     98 %   cells of a CSV or XLSX under known headings, where nothing states a total
     94 %   text whose lines or sum do not agree, or where nothing states a total to check against
     90 %   headings known by likeness only, or text that lies invisible under a picture (made by text recognition)

Values below the limit of the policy (`ocr_min_confidence`, 95 %) never lead to an automatic allocation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.advice import Advice, PaidDocument, fitted
from arwork.intake.remittance.rows import Money, currency_of
from arwork.intake.remittance.values import read_dates, read_figures
from arwork.money import Units

AGREED, CELLS, UNCHECKED, LIKENESS = 990_000, 980_000, 940_000, 900_000
_SAY = "A close takes the ledger's; say it here with `--currency {0}`, or `constants: {{currency: {0}}}` in a text layout"
_CURE = "Ask the payer which amount is meant, or for the advice as CSV, X12 820 or remt.001"


@dataclass(frozen=True)
class Told:
    """One line of a table, amounts as they stand: `amount` is gross or net, whichever the sums show."""

    place: str
    document: str
    gross: Money | None = None
    discount: Money | None = None
    deduction: Money | None = None
    net: Money | None = None
    amount: Money | None = None
    reason: str = ""
    heads: Mapping[str, str] = field(default_factory=dict)

    def moneys(self) -> tuple[Money, ...]:
        """List the amounts of the line."""
        return tuple(m for m in (self.gross, self.discount, self.deduction, self.net, self.amount) if m is not None)


@dataclass(frozen=True)
class Page:
    """Everything that one document told. `totals` are the amounts of each total row; `best` caps the confidence."""

    heads: Mapping[str, str]
    amount: Money | None
    lines: Sequence[Told]
    totals: Sequence[tuple[Money, ...]] = ()
    best: int = AGREED
    unchecked: int = UNCHECKED


@dataclass(frozen=True)
class Basis:
    """What a document is read with: its file, source, decimals, the currency where it states none, separator and date format."""

    file: str
    source: str
    units: Units
    currency: str = ""
    decimal: str = ""
    dates: str = ""


def advice_of(page: Page, basis: Basis) -> tuple[Advice, list[str]]:
    """Make an advice of what a document told, and the notes that a person should read.

    Raises InputError where the currency is not clear, an amount cannot be read, or the figures can mean two things.
    """
    notes: list[str] = []
    written = [m for line in page.lines for m in line.moneys()] + [m for row in page.totals for m in row]
    written += [page.amount] if page.amount else []
    currency, told = _currency(page, written, basis)
    figures = read_figures(written, currency, basis.units, basis.file, basis.decimal).minor
    total = figures[page.amount] if page.amount else None
    totals = [[figures[m] for m in row] for row in page.totals]
    documents, checked = _documents(page, figures, total, totals, basis)
    net = sum(document.net for document in documents)
    stated = total if total is not None else next((row[-1] for row in totals[-1:]), None)
    if total is None and any(net in row for row in totals):
        stated = net
    agrees = stated is not None and stated == net
    sure = AGREED if agrees and checked else page.unchecked if stated is None and checked else UNCHECKED
    sure = min(sure, page.best)
    if not told:
        sure = min(sure, UNCHECKED)
        notes.append(f"the advice states no currency; {currency} was taken, so a person confirms it")
    days, unclear = read_dates(
        [page.heads[name] for name in ("payment_date", "advice_date") if page.heads.get(name)], basis.file, basis.dates
    )
    if unclear:
        notes.append("its dates can be read two ways and were left out; state `dates:` in a layout")
    advice = _with_heads(page, basis, currency, [replace(d, confidence=min(d.confidence, sure)) for d in documents], days)
    return replace(advice, amount=stated), notes


def _currency(page: Page, written: Iterable[Money], basis: Basis) -> tuple[str, bool]:
    """Settle the one currency of a document, and say whether the document itself states it."""
    marks = {money.currency for money in written} - {""}
    if page.heads.get("currency"):
        marks.add(page.heads["currency"].strip())
    marks |= {line.heads["currency"] for line in page.lines if line.heads.get("currency")}
    read = {currency_of(mark, basis.currency) for mark in marks}
    if None in read:
        shared = sorted(mark for mark in marks if currency_of(mark, basis.currency) is None)
        exact = {code for code in read if code and all(currency_of(mark, code) == code for mark in shared)}
        if len(exact) != 1:
            what = f"{shared[0]!r} can stand for several currencies"
            raise InputError(what, where=place(basis.file), cure=_SAY.format("USD"))
        read = set(exact)
    known = {code for code in read if code}
    if len(known) > 1:
        raise InputError(f"one advice in several currencies: {', '.join(sorted(known))}", where=place(basis.file), cure=_CURE)
    code = next(iter(known), basis.currency)
    if not code:
        raise InputError("states no currency", where=place(basis.file), cure=_SAY.format("EUR"))
    if not basis.units.known(code):
        raise InputError(f"unknown currency {code!r}", where=place(basis.file), cure=_CURE)
    return code, bool(known)


def _documents(
    page: Page, figures: Mapping[Money, int], total: int | None, totals: Sequence[Sequence[int]], basis: Basis
) -> tuple[list[PaidDocument], bool]:
    """Read the lines as paid documents, and say whether every line's own figures agree."""
    read = []
    for line in page.lines:
        read.append(
            {n: None if (m := getattr(line, n)) is None else figures[m] for n in ("gross", "discount", "deduction", "net", "amount")}
        )
    whole = {value for value in (total, *(figure for row in totals for figure in row)) if value is not None}
    _settle_amount(read, whole, basis)
    for name in ("discount", "deduction"):
        # A column that is never above zero shows what is taken off with its minus.
        column = [figures_of[name] for figures_of in read if figures_of[name]]
        if column and all(value < 0 for value in column if value is not None) and _fits_better_turned(read, name):
            for figures_of in read:
                figures_of[name] = -(figures_of[name] or 0)
    documents, checked = [], True
    for line, f in zip(page.lines, read, strict=True):
        gross, net, discount, deduction = f["gross"], f["net"], f["discount"] or 0, f["deduction"] or 0
        if net is None:
            if gross is None:
                raise InputError("a line states no amount", where=place(basis.file, line.place, value=line.document), cure=_CURE)
            net = gross - discount - deduction
        checked = checked and (gross is None or gross - discount - deduction == net)
        adjustments = [(-deduction, line.reason or "deduction")] if deduction else []
        documents.append(fitted(line.document, net, line.place, gross=gross, discount=discount, adjustments=adjustments))
    return documents, checked


def _fits_better_turned(read: Sequence[Mapping[str, int | None]], name: str) -> bool:
    """Say whether gross less what is taken off makes net only when the column is turned; without both amounts it is turned."""
    other = "deduction" if name == "discount" else "discount"
    both = [f for f in read if f["gross"] is not None and f["net"] is not None]
    straight = [f for f in both if (f["gross"] or 0) - (f[name] or 0) - abs(f[other] or 0) == f["net"]]
    return len(straight) < len(both) or not both


def _settle_amount(read: Sequence[dict[str, int | None]], whole: set[int], basis: Basis) -> None:
    """Decide whether a column called just `amount` is gross or net: what the other column is not, else what the total shows."""
    if all(f["amount"] is None for f in read):
        return
    if any(f["net"] is not None for f in read) and any(f["gross"] is not None for f in read):
        return
    name = "gross" if any(f["net"] is not None for f in read) else "net"
    off = [(abs(f["discount"] or 0) + abs(f["deduction"] or 0)) for f in read]
    if name == "net" and not any(f["gross"] is not None for f in read) and any(off):
        amount = sum(f["amount"] or 0 for f in read)
        as_net, as_gross = amount in whole, amount - sum(off) in whole
        if as_net == as_gross:
            what = "it is not clear whether the amounts are before or after the deductions beside them"
            raise InputError(what, where=place(basis.file), cure=_CURE)
        name = "net" if as_net else "gross"
    for figures in read:
        figures[name] = figures["amount"] if figures[name] is None else figures[name]


def _with_heads(page: Page, basis: Basis, currency: str, documents: Sequence[PaidDocument], days: Mapping[str, date]) -> Advice:
    heads = page.heads
    return Advice(
        number=heads.get("number") or heads.get("payment_ref") or heads.get("trace_no") or basis.file.rsplit(".", 1)[0],
        currency=currency, source=basis.source, documents=documents, payment_ref=heads.get("payment_ref", ""),
        trace_no=heads.get("trace_no", ""), payer_name=heads.get("payer_name", ""),
        payer_account="".join(heads.get("payer_account", "").split()).upper(), date=days.get(heads.get("advice_date", "")),
        payment_date=days.get(heads.get("payment_date", "")),
    )  # fmt: skip
