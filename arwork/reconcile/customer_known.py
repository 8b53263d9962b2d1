"""What our books say of one customer's account: its entries at the key date, and what explains differences (RC-40, CV-06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from arwork.collect.key_date import disputed, open_at
from arwork.dates import NO_HOLIDAYS, Holidays
from arwork.policy import Policy
from arwork.reconcile.customer_class import CASH, Cleared, Known, Paid
from arwork.reconcile.customer_match import Entry, Group, key_of
from arwork.reconcile.layout import rows_of
from arwork.reconcile.movements import Rules, moved

_NAMES = ("reference", "doc_no", "structured_ref", "assignment")


@dataclass(frozen=True)
class Section:
    """One account that is compared by itself: ledger, company, customer and currency at a key date (CV-08)."""

    ledger_id: str
    company_code: str
    customer_id: str
    currency: str
    key_date: date


@dataclass(frozen=True)
class Books:
    """The customer in our books: all lines of `open_items`, `disputes`, `receipts`, `allocations`, lines of others that may be meant.

    `receipts` are those of the customer and those that its statement may mean; `elsewhere` are lines of other accounts with a number
    that the statement names; `off` are the holidays of each book (T27).
    """

    customer_id: str
    open_items: pd.DataFrame
    disputes: pd.DataFrame
    receipts: pd.DataFrame
    allocations: pd.DataFrame
    elsewhere: pd.DataFrame = field(default_factory=pd.DataFrame)
    off: Holidays = field(default_factory=lambda: NO_HOLIDAYS)

    def of(self, section: Section) -> pd.DataFrame:
        """Return the lines of one section."""
        rows = self.open_items
        here = (rows["ledger_id"] == section.ledger_id) & (rows["company_code"] == section.company_code)
        return rows[here & (rows["currency"] == section.currency)]


def entries_of(books: Books, section: Section) -> list[Entry]:
    """Return every line of a section with what is open of it at the key date (CV-06), 0 for the others."""
    own = books.of(section).sort_values("item_id")
    open_ = open_at(own, section.key_date).set_index("item_id")["open_doc"].to_dict()
    return [
        Entry(
            row.item_id, row.doc_no, row.reference, row.doc_type, row.posting_date.date(), int(open_.get(row.item_id, 0)),
            int(row.amount_doc), _names(row), place, (row.source_file, row.source_line),
        )
        for place, row in enumerate(rows_of(own))
    ]  # fmt: skip


def _names(row: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (getattr(row, field) for field in _NAMES) if name))


def movements_of(books: Books, section: Section, after: date, rules: Rules) -> list[Entry]:
    """Return what moved a section after a day up to the key date: postings, and settlements that no line of the ledger shows."""
    own = books.of(section)
    found = moved(own, after, section.key_date, rules)
    facts = own.set_index("item_id")
    rows = found[(found["movement"] != "fx_realised") & (found["amount_doc"] != 0)]
    posted = rows["movement_id"].str.endswith(":POSTED")
    key = rows["movement_id"].where(posted, rows["document"])
    entries = []
    for place, (_, group) in enumerate(rows.groupby(key, sort=True)):
        first = group.iloc[0]
        plain = bool(str(first["movement_id"]).endswith(":POSTED"))
        line = facts.loc[first["item_id"]]
        amount = int(group["amount_doc"].sum())
        names = tuple(dict.fromkeys(str(line[name]) for name in _NAMES if line[name])) if plain else (str(first["document"]),)
        reference = str(line["reference"]) if plain else ""
        kind = str(first["doc_type"]) if plain else "RCPT"
        where = (str(first["source_file"]), str(first["source_line"]))
        day = first["date"].date()
        entries.append(Entry(str(first["item_id"]), str(first["document"]), reference, kind, day, amount, amount, names, place, where))
    return [entry for entry in entries if entry.value]


def known_of(books: Books, section: Section, groups: Sequence[Group], policy: Policy) -> Known:
    """Gather what explains the differences of a section."""
    own = books.of(section)
    live = books.disputes[~books.disputes["status"].isin(["RESOLVED", "CLOSED"])]
    in_dispute = own.loc[disputed(own, books.disputes, section.key_date)] if len(own) else own
    discounts, net = {}, {}
    for row in rows_of(own):
        discounts[str(row.item_id)] = tuple(int(share) for share in (row.disc1_pct, row.disc2_pct) if share)
        if not pd.isna(row.amount_net):
            net[str(row.item_id)] = int(row.amount_net)
    return Known(
        section.key_date, section.currency, _disputes(in_dispute, live), _cleared(own), _relieved(books), discounts, net,
        tuple(_receipts(books, section)), _elsewhere(books, section, groups, policy),
        books.off.get((section.ledger_id, section.company_code), ()),
    )  # fmt: skip


def _disputes(items: pd.DataFrame, live: pd.DataFrame) -> Mapping[str, tuple[str, str, int, date | None]]:
    """Return by item its case: number, owner, amount in dispute, day by which an answer is due."""
    cases = {str(row.dispute_id): row for row in rows_of(live.sort_values("dispute_id"))}
    found: dict[str, tuple[str, str, int, date | None]] = {}
    for row in rows_of(items):
        case = cases.get(str(row.dispute_id)) or next(
            (one for one in cases.values() if {row.item_id, row.doc_no, row.reference} & set(str(one.items).split())), None
        )
        due = None if case is None or pd.isna(case.due_date) else case.due_date.date()
        number = str(row.dispute_id) if case is None else str(case.dispute_id)
        amount = 0 if case is None else int(case.disputed_amount)
        found[str(row.item_id)] = (number, "" if case is None else str(case.owner_function), amount, due)
    return found


def _cleared(own: pd.DataFrame) -> Mapping[str, Cleared]:
    """Say of each settled line when and by what: credit memos alone, or money."""
    settled = own[own["clearing_date"].notna()]
    types = settled.groupby("clearing_doc")["doc_type"].agg(set).to_dict()
    debits = settled[settled["amount_doc"] > 0].groupby("clearing_doc")["amount_doc"].sum().to_dict()
    credits = settled[settled["amount_doc"] < 0].groupby("clearing_doc")["amount_doc"].sum().to_dict()
    found = {}
    for row in rows_of(settled):
        document = str(row.clearing_doc)
        kinds = types.get(document, set()) if document else set()
        whole = debits.get(document, 0) + credits.get(document, 0) == 0
        by_credit = bool(document) and "CM" in kinds and not kinds & set(CASH) and whole
        found[str(row.item_id)] = Cleared(row.clearing_date.date(), document or "settled", by_credit, bool(row.reversed_by))
    return found


def _relieved(books: Books) -> Mapping[str, tuple[str, int, date]]:
    """Say by item what this close takes off it that the ledger has not posted yet."""
    if books.allocations.empty:
        return {}
    days = books.receipts.set_index("receipt_id")["value_date"]
    found: dict[str, tuple[str, int, date]] = {}
    for row in rows_of(books.allocations.sort_values(["item_id", "allocation_id"])):
        taken = found.get(str(row.item_id), ("", 0, date.min))
        known = days.get(row.receipt_id)
        day = row.allocation_date.date() if known is None or pd.isna(known) else known.date()
        found[str(row.item_id)] = (taken[0] or str(row.receipt_id), taken[1] + int(row.amount_relieved), day)
    return found


def _receipts(books: Books, section: Section) -> list[Paid]:
    """List the money of the customer that we know of: receipts of the close, and payment lines of the ledger that are used up."""
    found = []
    mine = books.receipts[(books.receipts["currency"] == section.currency) & (books.receipts["amount"] > 0)]
    for row in rows_of(mine.sort_values("receipt_id")):
        here = (row.ledger_id, row.company_code) == (section.ledger_id, section.company_code)
        if row.customer_id == section.customer_id:
            status = "MISDIRECTED" if row.status == "MISDIRECTED" else "APPLIED" if row.applied_amount == row.amount else "UNAPPLIED"
            if not here and status != "MISDIRECTED":
                continue
        else:
            status = "OTHER_CUSTOMER"
        found.append(Paid(str(row.receipt_id), row.value_date.date(), int(row.amount), status, str(row.customer_id or "nobody")))
    own = books.of(section)
    used = own[own["doc_type"].isin(CASH) & (own["clearing_date"] <= pd.Timestamp(section.key_date))]
    for row in rows_of(used.sort_values("item_id")):
        found.append(Paid(str(row.doc_no), row.posting_date.date(), -int(row.amount_doc), "POSTED", section.customer_id))
    return found


def _elsewhere(books: Books, section: Section, groups: Sequence[Group], policy: Policy) -> Mapping[int, tuple[str, bool]]:
    """Say where a document that is not in this section stands with us; whether there it is the same customer's."""
    prefixes = tuple(policy.matching.reference_prefixes)
    places: dict[str, tuple[str, bool]] = {}
    frames = [books.open_items, books.elsewhere] if len(books.elsewhere) else [books.open_items]
    for frame in frames:
        for row in rows_of(frame):
            if (row.ledger_id, row.company_code, row.customer_id, row.currency) == (
                section.ledger_id, section.company_code, section.customer_id, section.currency,
            ):  # fmt: skip
                continue
            same = row.customer_id == section.customer_id
            company = f"ledger {row.ledger_id}, company {row.company_code}"
            where = f"{company}, {row.currency}" if same else f"{company}, customer {row.customer_id}"
            for name in (row.reference, row.doc_no):
                if name:
                    places.setdefault(key_of(name, prefixes), (where, same))
    lines = [line for group in groups if not group.ours for line in group.theirs]
    return {line.place: places[key] for line in lines if (key := key_of(line.reference, prefixes)) in places and len(key) > 2}
