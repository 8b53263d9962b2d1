"""Open items: what an export leaves out is derived by rule (T06, MP-10), and what it says is checked (DV)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from arwork.dates import Holidays, iso_date
from arwork.intake.fields import Fields
from arwork.intake.grids import Flags
from arwork.intake.layouts import Layout
from arwork.money import half_up
from arwork.proof import Finding, Severity

_DEBITS = ("INV", "DM", "CB", "LPF", "INST")
_CREDITS = ("CM", "RCPT", "ONACC")
_EXAMPLES = 20


@dataclass(frozen=True)
class Columns:
    """Columns of a table that are being completed: blank where the file has nothing; `get` never fails."""

    of: Mapping[str, pd.Series[Any]]
    rows: int

    def has(self, name: str) -> bool:
        """Say whether the file or a rule gave the column."""
        return name in self.of

    def text(self, name: str) -> pd.Series[Any]:
        """Give a text column, blank where there is none."""
        return self.of[name] if name in self.of else pd.Series([""] * self.rows, dtype="str")

    def money(self, name: str) -> pd.Series[Any]:
        """Give an amount column, NA where there is none."""
        return self.of[name] if name in self.of else pd.Series([pd.NA] * self.rows, dtype="Int64")

    def days(self, name: str) -> pd.Series[Any]:
        """Give a date column, NaT where there is none."""
        return self.of[name] if name in self.of else pd.Series([pd.NaT] * self.rows, dtype="datetime64[us]")

    def count(self, name: str) -> pd.Series[Any]:
        """Give a number column, zero where there is none."""
        return self.of[name] if name in self.of else pd.Series([0] * self.rows, dtype="int64")

    def plus(self, **more: pd.Series[Any]) -> Columns:
        """Add or replace columns."""
        return Columns({**self.of, **more}, self.rows)


def filled(cells: pd.Series[Any], other: pd.Series[Any]) -> pd.Series[Any]:
    """Fill blank text with other text."""
    return cells.mask(cells.eq(""), other)


def completed_items(columns: Columns, layout: Layout, *, roll: Holidays | None) -> tuple[Columns, pd.Series[Any]]:
    """Derive what open items leave out; return them, and which rows have no amount in ledger currency.

    Line 1; each of document and posting date from the other; fiscal year of the posting date; where the export has no column for it, open
    amount = amount while there is no clearing date, else 0; due date by MP-10; item_id = company_code:doc_no:fiscal_year:line. A local amount
    that the export does not carry is the document amount where the currencies are equal, else 0 and told.
    """
    posting = columns.days("posting_date").fillna(columns.days("doc_date"))
    # One amount stands for the other only where the export does not carry it at all: a single blank cell once made an
    # item fully open. Such a cell stays blank and its row is a reject; a cleared item may leave its open amount out.
    columns = _less_settled(columns)
    stated, opened = columns.money("amount_doc"), columns.money("open_amount_doc")
    amount = stated if stated.notna().any() else opened
    cleared = columns.days("clearing_date").notna() & amount.notna()
    open_amount = (opened if opened.notna().any() else amount).mask(cleared & (opened.isna()), 0)
    year = posting.dt.year.astype("Int64").astype("str").replace("<NA>", "")
    line = columns.text("line_no")
    columns = columns.plus(
        posting_date=posting,
        doc_date=columns.days("doc_date").fillna(posting),
        amount_doc=amount,
        open_amount_doc=open_amount,
        line_no=line.mask(line.eq(""), "1"),
        fiscal_year=filled(columns.text("fiscal_year"), year),
    )
    columns, without = _local(columns)
    columns = _discount_day(columns)
    columns = columns.plus(due_date=_due_dates(columns, layout, roll=roll))
    kind, negative = columns.text("doc_type"), amount.fillna(0) < 0
    for ours, credit in layout.negative_types.items():
        kind = kind.mask(negative & kind.eq(ours), credit)
    columns = columns.plus(doc_type=kind)
    parts = [columns.text(name) for name in ("company_code", "doc_no", "fiscal_year", "line_no")]
    return columns.plus(item_id=parts[0] + ":" + parts[1] + ":" + parts[2] + ":" + parts[3]), without


def _less_settled(columns: Columns) -> Columns:
    """Take what is settled off the amount where the export states that and not what is open."""
    for settled, amount, opened in (
        ("settled_doc", "amount_doc", "open_amount_doc"),
        ("settled_local", "amount_local", "open_amount_local"),
    ):
        if columns.has(settled):
            left = columns.money(amount) - columns.money(settled).fillna(0)
            columns = columns.plus(**{opened: columns.money(opened).fillna(left)})
    return columns


def _local(columns: Columns) -> tuple[Columns, pd.Series[Any]]:
    amount, open_amount = columns.money("amount_doc"), columns.money("open_amount_doc")
    same = columns.text("currency") == columns.text("local_currency")
    local = columns.money("amount_local").fillna(amount.where(same))
    lacking = local.isna() & columns.money("open_amount_local").notna() & amount.notna() & open_amount.ne(0).fillna(value=False)
    if lacking.any():
        triples = zip(columns.money("open_amount_local")[lacking], amount[lacking], open_amount[lacking], strict=True)
        made = [half_up(Decimal(int(a)) * int(b) / int(c)) for a, b, c in triples]
        local = local.fillna(pd.Series(made, index=local.index[lacking], dtype="Int64"))
    without = local.isna() & amount.notna()
    local = local.mask(without, 0)
    given = columns.money("open_amount_local")
    share = local.where(open_amount == amount).fillna(open_amount.where(same | (open_amount == 0))).mask(without, 0)
    opened = given.fillna(share)
    partly = opened.isna() & local.notna() & open_amount.notna()
    triples = zip(local[partly], open_amount[partly], amount[partly], strict=True)
    shares = [half_up(Decimal(int(a)) * int(b) / int(c)) if c else 0 for a, b, c in triples]
    opened = opened.fillna(pd.Series(shares, index=opened.index[partly], dtype="Int64"))
    return columns.plus(amount_local=local, open_amount_local=opened), without


def _after(base: pd.Series[Any], days: pd.Series[Any]) -> pd.Series[Any]:
    return base + pd.to_timedelta(days, unit="D").astype("timedelta64[us]")


def _discount_day(columns: Columns) -> Columns:
    """Give discount 1 its last day from the baseline where the export has only days and percent (MP-12)."""
    if not (columns.has("days_1") and columns.has("baseline_date")):
        return columns
    last = _after(columns.days("baseline_date"), columns.count("days_1")).where(columns.count("disc1_pct") > 0)
    return columns.plus(disc1_date=columns.days("disc1_date").fillna(last))


def _due_dates(columns: Columns, layout: Layout, *, roll: Holidays | None) -> pd.Series[Any]:
    """Derive missing due dates (MP-10): SAP terms, baseline + days, or terms by code; a credit without invoice is due at once."""
    rule = layout.due_date
    due = columns.days("due_date")
    missing = due.isna()
    if not missing.any():
        return due
    base = columns.days("baseline_date").fillna(columns.days("doc_date"))
    credit, linked = columns.money("amount_doc").fillna(0) < 0, columns.text("ref_item").ne("")
    derived = base.where(credit)
    if rule == "sap_terms":
        first, second, net = (columns.count(f"days_{tier}") for tier in (1, 2, 3))
        after = _after(base, net.where(net > 0, second.where(second > 0, first)))
        derived = after.where(~credit, base)
    elif rule == "baseline_plus_days":
        derived = _after(base, columns.count("net_days")).where(~credit, base)
    elif rule == "terms":
        derived = _by_terms(columns, layout).where(~credit, base)
    if roll is not None:
        derived = _rolled(derived, columns, roll)
    due = due.fillna(derived)
    named = columns.text("company_code") + ":" + columns.text("doc_no")
    invoices = pd.DataFrame({"named": named, "due": due})[~credit & due.notna()].drop_duplicates("named", keep=False)
    wanted = columns.text("company_code") + ":" + columns.text("ref_item")
    theirs = wanted.map(dict(zip(invoices["named"], invoices["due"], strict=True))).astype("datetime64[us]")
    return due.mask(missing & credit & linked & theirs.notna(), theirs)


def _by_terms(columns: Columns, layout: Layout) -> pd.Series[Any]:
    """Derive due dates from the layout's terms (T05, MP-10); a code that it does not have gives none."""
    codes = columns.text("terms_code")
    result: pd.Series[Any] = pd.Series([pd.NaT] * columns.rows, dtype="datetime64[us]")
    for code, term in layout.terms.items():
        rows = codes.eq(code)
        day = columns.days("posting_date" if term.baseline == "POSTING_DATE" else "doc_date")[rows]
        if term.baseline == "EOM":
            day = _month_end(day, term.months_forward)
        elif term.baseline == "FIXED_DAY":
            day = _next_fixed(day, term.net_day_of_month or 1, term.months_forward)
        result[rows] = (day + pd.Timedelta(days=term.net_days)).astype("datetime64[us]")
    return result


def _month_end(days: pd.Series[Any], months: int) -> pd.Series[Any]:
    ends: pd.Series[Any] = (days.dt.to_period("M") + months).dt.to_timestamp(how="end").dt.normalize()
    return ends


def _next_fixed(days: pd.Series[Any], wanted: int, months: int) -> pd.Series[Any]:
    """Give the next day of the month that is `wanted` on or after each day, `months` later; short months end earlier."""

    def fixed(period: Any) -> pd.Series[Any]:
        """Name that day of each month."""
        last = period.dt.days_in_month
        day: pd.Series[Any] = period.dt.to_timestamp() + pd.to_timedelta(last.clip(upper=wanted) - 1, unit="D")
        return day

    month = days.dt.to_period("M")
    this = fixed(month)
    return fixed(month.where(this >= days, month + 1) + months)


def _rolled(days: pd.Series[Any], columns: Columns, off: Holidays) -> pd.Series[Any]:
    """Move days on a weekend or a holiday of the item's book to the next business day (policy due_date.roll_to_business_day, T27)."""
    known = days.fillna(pd.Timestamp(iso_date("2000-01-03"))).to_numpy().astype("datetime64[D]")
    moved = known.copy()
    books = columns.text("ledger_id") + "/" + columns.text("company_code")
    for book in books.unique():
        here = (books == book).to_numpy(dtype=bool)
        ledger, _, company = book.partition("/")
        free = np.array(sorted(off.get((ledger, company), ())), dtype="datetime64[D]")
        moved[here] = np.busday_offset(known[here], 0, roll="forward", holidays=free)
    return pd.Series(moved).astype("datetime64[us]").where(days.notna())


def checked_items(items: pd.DataFrame, file: str, *, clearing_documents: bool) -> list[Finding]:
    """Check what must hold in table `open_items`: DV-02, DV-03, DV-04, DV-07; findings with counts and examples."""
    amount, opened = items["amount_doc"], items["open_amount_doc"]
    stays = items["reversed_by"].eq("") & items["reverses"].eq("")
    wrong_sign = stays & ((items["doc_type"].isin(_DEBITS) & (amount < 0)) | (items["doc_type"].isin(_CREDITS) & (amount > 0)))
    too_much = (opened.abs() > amount.abs()) | ((opened < 0) & (amount > 0)) | ((opened > 0) & (amount < 0))
    cleared = items["clearing_date"].notna()
    half = (cleared & (opened != 0)) | (cleared != items["clearing_doc"].ne("") if clearing_documents else cleared & False)
    early = items["doc_type"].isin(_DEBITS) & (items["due_date"] < items["doc_date"])
    found: list[tuple[str, Severity, pd.Series[Any], str]] = [
        ("DV-02", "warn", early, "are due before their document date"),
        ("DV-03", "error", wrong_sign, "have an amount whose sign does not fit their document type"),
        ("DV-04", "error", too_much, "are open by more than their amount, or with the other sign"),
        ("DV-07", "error", half, "are cleared without clearing document or date, or open with one"),
    ]
    return [
        Finding(rule, severity, f"{file}: {int(hit.sum()):,} items {what}.", "open_items", tuple(items.loc[hit, "item_id"].head(_EXAMPLES)))
        for rule, severity, hit, what in found
        if hit.any()
    ]


def names_of(columns: Columns, fields: Fields, keep: Flags) -> pd.DataFrame:
    """List how often each customer of the items is spelt in which way: what a customer master is made of where none is given."""
    frame = pd.DataFrame({
        "ledger_id": columns.text("ledger_id"), "company_code": columns.text("company_code"), "customer_id": columns.text("customer_id"),
        "customer_id_raw": fields.cells("customer_id_raw"), "name": columns.text("customer_name").str.split().str.join(" "),
        "country": columns.text("customer_country"), "terms_code": columns.text("terms_code"),
    })[keep]  # fmt: skip
    return frame.groupby(list(frame.columns), as_index=False, sort=True).size().rename(columns={"size": "items"})
