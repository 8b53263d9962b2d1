"""RC-40 inside a close: every customer's own statement that the close was given, against our account, by the rules of `arwork reconcile`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from arwork.errors import InputError
from arwork.money import Units
from arwork.policy import Policy
from arwork.proof import Finding
from arwork.reconcile.customer import Account, CustomerRecon, Stated, reconcile_customer
from arwork.reconcile.customer_known import Books
from arwork.reconcile.layout import Item, Reconciled, Sheet, gather
from arwork.tables import conform, empty

Tables = Mapping[str, pd.DataFrame]
CODES: Mapping[str, str] = {
    "TIMING": "RI-TIM", "ERROR_OURS": "RI-ERR", "ERROR_THEIRS": "RI-DIS", "DISPUTE": "RI-DIS", "MISSING_AT_OURS": "RI-UNR",
    "MISSING_AT_THEIRS": "RI-DIS",
}  # fmt: skip
"""Class of 4.10 under which a difference of 4.4 is carried: what the other side must put right is one that both must settle (RI-DIS)."""
_BY_REASON: Mapping[str, str] = {"twice_ours": "RI-DUP", "other_account": "RI-MIS", "misdirected": "RI-ICT"}


@dataclass(frozen=True)
class Customers:
    """The customer accounts reconciled in a close: their sheets as tables, and `customer_differences`."""

    recon: Reconciled
    customer_differences: pd.DataFrame


@dataclass(frozen=True)
class _Done:
    """One statement as compared: its file, its customer, its day, and the sections."""

    file: str
    customer_id: str
    key_date: date
    recon: CustomerRecon


def customer_accounts(t: Tables, kinds: Mapping[str, str], policy: Policy, units: Units, as_of: date) -> Customers:
    """Reconcile every customer's statement of a close (RC-40).

    Takes `their_items`, `their_statements`, `open_items`, `disputes`, `receipts`, `allocations`; `kinds` says what each word of a
    statement for an entry means. A statement is compared at its own day, else at the key date. One that cannot be compared (nobody
    is told to have sent it, unclear signs, two of one account and day) is a finding and stops nothing.
    """
    findings, done = [], []
    for file, said in t["their_statements"].groupby("source_file", sort=True):
        try:
            done.append(_compared(str(file), said, t, kinds, policy, units, as_of))
        except InputError as refused:
            findings.append(Finding("RC-40", "warn", f"{file} was not reconciled: {refused.paragraph()}", "their_statements", (str(file),)))
    kept, told = _newest(done)
    findings += told
    sheets = [_with_items(account) for one in kept for account in one.recon.accounts]
    for one in kept:
        findings += [Finding("RC-40", "info", f"{one.file}: {note}", "their_statements", (one.file,)) for note in one.recon.notes]
    findings += _open(sheets)
    if t["their_statements"].empty:
        findings.append(
            Finding("RC-40", "info", "No customer's own statement was given; no customer account was reconciled.", "their_statements")
        )
    tables = [frame for frame in (one.recon.table() for one in kept) if len(frame)]
    differences = conform("customer_differences", pd.concat(tables, ignore_index=True)) if tables else empty("customer_differences")
    return Customers(gather(sheets, (), (), findings), differences)


def _compared(
    file: str, said: pd.DataFrame, t: Tables, kinds: Mapping[str, str], policy: Policy, units: Units, as_of: date
) -> _Done:  # fmt: skip
    """Compare one statement with the books; InputError where that cannot be done."""
    lines = t["their_items"][t["their_items"]["source_file"] == file].reset_index(drop=True)
    first = said.iloc[0]
    notes = [note for note in said["notes"].unique() if note]
    customer = str(first["customer_id"]) or whose(lines, t["open_items"])
    if not first["customer_id"]:
        notes.append(f"The documents it names are those of customer {customer}; the params do not say whose it is.")
    books = books_of(t, customer, str(first["ledger_id"]), lines)
    day = as_of if pd.isna(first["statement_date"]) else first["statement_date"].date()
    stated = Stated(_filled(said, "opening"), _filled(said, "closing"), day)
    recon = reconcile_customer(books, lines, stated, kinds, day, policy, units, str(first["signs"]))
    return _Done(file, customer, day, replace(recon, notes=(*notes, *recon.notes)))


def _filled(said: pd.DataFrame, name: str) -> dict[str, int]:
    rows = said.dropna(subset=[name])
    return {str(code): int(minor) for code, minor in zip(rows["currency"], rows[name], strict=True)}


def whose(lines: pd.DataFrame, open_items: pd.DataFrame) -> str:
    """Say whose statement it is by the documents it names, word by word: two at least, all of one customer; else InputError."""
    names = sorted({*lines["reference"], *lines["their_no"]} - {""})
    known = open_items.loc[open_items["reference"].isin(names) | open_items["doc_no"].isin(names), ["customer_id", "doc_no"]]
    found = sorted(known["customer_id"].unique())
    if len(found) != 1 or known["doc_no"].nunique() < 2:
        rivals = f"its documents point to {', '.join(found[:3])}" if found else "it names no document of ours"
        raise InputError(f"nobody says whose statement it is, and {rivals}", cure="Say it in the params: customer: NUMBER.")
    return str(found[0])


def books_of(t: Tables, customer_id: str, ledger: str, lines: pd.DataFrame) -> Books:
    """Take of the tables of a close what concerns one customer and what its statement may mean; InputError where it has no line."""
    items, receipts = t["open_items"], t["receipts"]
    names, amounts = {*lines["reference"], *lines["their_no"]} - {""}, {abs(int(amount)) for amount in lines["amount"]}
    own = items["customer_id"] == customer_id
    mine = own & (items["ledger_id"] == ledger) if ledger else own
    if not mine.any():
        raise InputError(
            f"customer {customer_id!r} has no line in this close" + (f" in ledger {ledger}" if ledger else ""),
            cure="Take the number as the ledger writes it.",
        )
    meant = (own | items["reference"].isin(names) | items["doc_no"].isin(names)) & ~mine
    held = items.loc[mine].reset_index(drop=True)
    allocations = t["allocations"][t["allocations"]["item_id"].isin(held["item_id"])].reset_index(drop=True)
    cash = (
        (receipts["customer_id"] == customer_id) | receipts["amount"].isin(amounts) | receipts["receipt_id"].isin(allocations["receipt_id"])
    )
    disputes = t["disputes"][t["disputes"]["customer_id"] == customer_id].reset_index(drop=True)
    elsewhere = items.loc[meant].reset_index(drop=True)
    return Books(customer_id, held, disputes, receipts.loc[cash].reset_index(drop=True), allocations, elsewhere)


def _newest(done: Sequence[_Done]) -> tuple[list[_Done], list[Finding]]:
    """Keep of several statements of one account the newest; two of one day are both left to a person."""
    by_account: dict[str, list[_Done]] = {}
    for one in done:
        for account in one.recon.accounts:
            by_account.setdefault(account.sheet.recon_id, []).append(one)
    out: dict[str, str] = {}
    for recon_id, rivals in sorted(by_account.items()):
        last = max(one.key_date for one in rivals)
        newest = [one for one in rivals if one.key_date == last]
        for one in rivals:
            if len(newest) > 1:
                out[one.file] = f"{' and '.join(r.file for r in newest)} both state {recon_id} at {last}; give one of them"
            elif one is not newest[0]:
                out.setdefault(one.file, f"{newest[0].file} states {recon_id} at a later day, {last}")
    told = [
        Finding("RC-40", "warn", f"{file} was not reconciled: {why}.", "their_statements", (file,)) for file, why in sorted(out.items())
    ]
    return [one for one in done if one.file not in out], told


def _with_items(account: Account) -> Sheet:
    """Give a sheet its reconciling items: every difference that has a class, under the nearest of 4.10."""
    table = CustomerRecon("", account.section.key_date, (account,), ()).table()
    items = tuple(
        Item(
            _BY_REASON.get(row["reason"], CODES[row["class"]]), row["mark"], row["document"] or row["their_no"],
            row["date"].date() if pd.notna(row["date"]) else account.section.key_date,
            int(row["difference"]), row["sentence"], row["act_by"].date(), row["source_file"], row["source_line"],
            row["owner"],
        )
        for row in table.to_dict("records") if row["class"] != "OPEN"
    )  # fmt: skip
    return replace(account.sheet, items=items)


def _open(sheets: Sequence[Sheet]) -> list[Finding]:
    left = tuple(sheet.recon_id for sheet in sheets if sheet.unexplained)
    if not left:
        return []
    first = next(sheet for sheet in sheets if sheet.unexplained)
    said = f"{len(left)} of {len(sheets)} customer accounts leave an amount unexplained; first customer {first.account}: {first.sentence}"
    return [Finding("RC-40", "warn", said, "reconciliations", left)]
