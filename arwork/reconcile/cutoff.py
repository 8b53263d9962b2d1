"""RC-90: what stands at the edge of the period, and receivables as they would be with everything on its right side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

import numpy as np
import pandas as pd

from arwork.collect.key_date import open_at
from arwork.money import Units
from arwork.proof import Finding, numbered
from arwork.reconcile.control_account import Control, covered
from arwork.reconcile.layout import CLASSES, Item, Line, Reconciled, Sheet, gather, rows_of
from arwork.reconcile.movements import CASH
from arwork.tables import conform, empty

BILLED = ("INV", "DM", "CB", "LPF", "INST", "CM")
"""Types of lines that bill or credit a customer."""
_LISTS: Mapping[str, tuple[str, str]] = {
    "UNPOSTED_RECEIPT": ("on the bank statement by the key date, posted later or not at all", "warn"),
    "RECEIPT_IN_HAND": ("posted by the key date, with the bank only later", "info"),
    "BILLED_NEXT_PERIOD": ("dated in the period, posted after it: to be accrued", "warn"),
    "BILLED_EARLY": ("posted in the period, dated after it: to be deferred", "warn"),
    "CREDITED_LATER": ("credited soon after the key date for an invoice of before: receivables may be overstated", "warn"),
    "VALUE_LATER": ("booked by the bank by the key date with a later value date: follows the booking", "info"),
    "ENTERED_LATER": ("posted in the period and entered after it", "warn"),
    "PERIOD_REOPENED": ("entered in this period and posted into an earlier one", "warn"),
}  # fmt: skip
_WHERE = ["ledger_id", "company_code"]


class CutOffRules(Protocol):
    """Days after the key date in which credit memos are looked for, and from which amount."""

    @property
    def credit_memo_days(self) -> int:
        """Days after the key date."""

    @property
    def credit_memo_min(self) -> Decimal:
        """Smallest credit memo that is listed."""


@dataclass(frozen=True)
class CutOff:
    """What the cut-off returns: the tables of a reconciliation and `cutoff_items`."""

    recon: Reconciled
    cutoff_items: pd.DataFrame


@dataclass(frozen=True)
class BankSide:
    """Bank to book as it was proven: `reconciliations` and `recon_items` of RC-20, with `bank_lines`, `cash_book`, `bank_accounts`."""

    reconciliations: pd.DataFrame
    recon_items: pd.DataFrame
    bank_lines: pd.DataFrame
    cash_book: pd.DataFrame
    bank_accounts: pd.DataFrame


def cut_off(
    open_items: pd.DataFrame, bank: BankSide, ledgers: pd.DataFrame, controls: Sequence[Control], start: date, as_of: date,
    rules: CutOffRules, units: Units,
) -> CutOff:  # fmt: skip
    """List what stands at the edge of a period, and adjust receivables for it by company and currency (RC-90).

    Receipts on a statement by the key date that the book has later or not (RI-UNR) lower them under both policies. Receipts in
    hand (booked, not yet with the bank) raise them again under SETTLEMENT, and count as cash under RECEIPT_IN_HAND; the policy is
    the ledger's own. Takes `open_items` of the control accounts, RC-20 as proven, `ledgers`. Amounts in minor units.
    """
    own = open_items.loc[covered(open_items, controls)]
    lists = [*_of_bank(bank), *_of_billing(own, start, as_of), *_of_entry(own, start, as_of), _credited(own, as_of, rules, units),
             _value_later(bank, start, as_of)]  # fmt: skip
    filled = [rows for rows in lists if len(rows)]
    listed = conform("cutoff_items", pd.concat(filled, ignore_index=True)) if filled else empty("cutoff_items")
    policies = {(row.ledger_id, row.company_code): row.recognition_policy for row in rows_of(ledgers)}
    standing = open_at(own, as_of).groupby([*_WHERE, "currency"])["open_doc"].agg(["sum", "size"])
    at_bank = listed[listed["list"].isin(["UNPOSTED_RECEIPT", "RECEIPT_IN_HAND"])]
    keys = set(standing.index) | set(at_bank[[*_WHERE, "currency"]].itertuples(index=False, name=None))
    sheets = []
    for key in sorted(key for key in keys if key[:2] in policies):
        posted, rows = (int(v) for v in standing.loc[key]) if key in standing.index else (0, 0)
        mine = at_bank.loc[(at_bank[[*_WHERE, "currency"]] == list(key)).all(axis=1)]
        unproven = _unproven(bank, key)
        sheets.append(_sheet(key, policies[key[:2]] or "SETTLEMENT", (posted, rows), mine, unproven, as_of, units))
    open_sheets = [Finding("RC-90", "info", s.sentence, "reconciliations", (s.recon_id,)) for s in sheets if s.status != "TIES"]
    return CutOff(gather(sheets, [], [], [*open_sheets, *_told(listed, units)]), listed)


def _unproven(bank: BankSide, key: tuple[str, str, str]) -> str:
    heads = bank.reconciliations
    mine = heads[(heads["rule"] == "RC-20") & (heads["ledger_id"] == key[0]) & (heads["company_code"] == key[1])
                     & (heads["currency"] == key[2])]  # fmt: skip
    if mine.empty:
        return "no bank account of that currency is reconciled"
    left = sorted(mine.loc[mine["status"] != "TIES", "account"])
    return f"bank to book does not tie for {', '.join(left)}" if left else ""


def _sheet(
    key: tuple[str, str, str], policy: str, posted: tuple[int, int], mine: pd.DataFrame, unproven: str, as_of: date, units: Units
) -> Sheet:  # fmt: skip
    unposted, in_hand = (mine[mine["list"] == name] for name in ("UNPOSTED_RECEIPT", "RECEIPT_IN_HAND"))
    less, more = int(unposted["amount"].sum()), int(in_hand["amount"].sum())
    adjusted = {"RECEIPT_IN_HAND": posted[0] - less, "SETTLEMENT": posted[0] - less + more}
    lines = [
        Line(f"Subledger as posted at {as_of}", "posted", *posted, total=True),
        Line("− receipts with the bank by the key date, not posted in the period (RI-UNR)", "RI-UNR", -less, len(unposted)),
        Line("Adjusted AR, receipts in hand are cash (RECEIPT_IN_HAND)", "in hand", adjusted["RECEIPT_IN_HAND"], total=True),
        Line("+ receipts in hand, not yet with the bank (RI-TIM)", "RI-TIM", more, len(in_hand)),
        Line("Adjusted AR, receivable until the cash is with the bank (SETTLEMENT)", "settlement", adjusted["SETTLEMENT"], total=True),
        Line("Cash under SETTLEMENT, against RECEIPT_IN_HAND", "cash", -more, len(in_hand)),
        Line(f"Adjusted AR under the ledger's policy, {policy}", "policy", adjusted[policy], total=True),
    ]  # fmt: skip
    items = [*_items(unposted, "RI-UNR", -1), *(_items(in_hand, "RI-TIM", 1) if policy == "SETTLEMENT" else ())]
    gap = adjusted[policy] - posted[0]
    said = (
        f"{key[0]}/{key[1]} receivables in {key[2]}: {units.decimal(posted[0], key[2]):,} as posted, "
        f"{units.decimal(adjusted[policy], key[2]):,} {key[2]} after cut-off under {policy}."
    )
    said += f" Not proven: {unproven}." if unproven else ""
    where = (key[0], key[1], "AR", key[2], as_of)
    status = "NOT_PROVEN" if unproven else "TIES"
    return Sheet("RC-90", *where, posted[0], adjusted[policy], gap, gap, 0, status, said, tuple(lines), tuple(items))


def _items(rows: pd.DataFrame, code: str, sign: int) -> Iterator[Item]:
    for row in rows_of(rows.sort_values(["posting_date", "key"])):
        said = f"{row.sentence}; {CLASSES[code][1]}."
        yield Item(code, code, row.document, row.posting_date.date(), sign * int(row.amount), said, None, row.source_file, row.source_line)


def _of_bank(bank: BankSide) -> Iterator[pd.DataFrame]:
    """List receipts of which bank and book disagree about the period, from the items of RC-20."""
    where = ["source_file", "source_line"]
    accounts = bank.bank_accounts[["bank_account", "currency", *_WHERE, "gl_account"]]
    sides = (
        ("UNPOSTED_RECEIPT", "k1", bank.bank_lines[bank.bank_lines["class"] == "RECEIPT"], "booking_date", "line_id", ["bank_account", "currency"]),
        ("RECEIPT_IN_HAND", "b1", bank.cash_book[bank.cash_book["type"] == "RECEIPT"], "posting_date", "doc_no", [*_WHERE, "gl_account", "currency"]),
    )  # fmt: skip
    for name, mark, rows, day, key, join in sides:
        found = bank.recon_items[(bank.recon_items["mark"] == mark) & bank.recon_items["recon_id"].str.startswith("RC-20/")]
        met = rows.merge(found[[*where, "document", "sentence"]].drop_duplicates(where), on=where, how="inner", validate="m:1")
        owned = met.merge(accounts, on=join, how="inner", validate="m:1")
        yield pd.DataFrame({
            "list": name, "key": owned[key], **{column: owned[column] for column in (*_WHERE, "document", "currency", "amount", *where)},
            "doc_date": owned["value_date"], "posting_date": owned[day], "sentence": owned["sentence"].str.split("; ", n=1).str[0],
        })  # fmt: skip


def _rows(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    copied = [*_WHERE, "customer_id", "doc_date", "posting_date", "entry_date", "entered_by", "currency", "source_file", "source_line"]
    days = [rows[column].dt.strftime("%Y-%m-%d").fillna("") for column in ("doc_date", "posting_date")]
    entered = rows["entry_date"].dt.strftime("%Y-%m-%d").fillna("")
    said = "Document " + rows["doc_no"] + " of " + days[0] + ", posted on " + days[1]
    said += np.where(entered != "", ", entered on " + entered, "")
    said += np.where(rows["entered_by"] != "", " by " + rows["entered_by"], "")
    return rows[copied].assign(list=name, key=rows["item_id"], document=rows["doc_no"], amount=rows["amount_doc"], sentence=said + ".")


def _of_billing(own: pd.DataFrame, start: date, as_of: date) -> Iterator[pd.DataFrame]:
    billed = own[own["doc_type"].isin(BILLED)]
    first, day = pd.Timestamp(start), pd.Timestamp(as_of)
    dated, posted = billed["doc_date"], billed["posting_date"]
    yield _rows("BILLED_NEXT_PERIOD", billed[(dated <= day) & (posted > day)])
    yield _rows("BILLED_EARLY", billed[(dated > day) & (posted >= first) & (posted <= day)])


def _of_entry(own: pd.DataFrame, start: date, as_of: date) -> Iterator[pd.DataFrame]:
    """List backdated lines: entered after the key date but posted by it, and entered in the period but posted before it."""
    first, day = pd.Timestamp(start), pd.Timestamp(as_of)
    entered, posted = own["entry_date"], own["posting_date"]
    yield _rows("ENTERED_LATER", own[(posted >= first) & (posted <= day) & (entered > day)])
    yield _rows("PERIOD_REOPENED", own[(posted < first) & (entered >= first) & (entered <= day)])


def _credited(own: pd.DataFrame, as_of: date, rules: CutOffRules, units: Units) -> pd.DataFrame:
    """List credit memos issued soon after the key date that name an invoice of before it."""
    day = pd.Timestamp(as_of)
    until = day + timedelta(days=rules.credit_memo_days)
    credits = own[(own["doc_type"] == "CM") & (own["posting_date"] > day) & (own["posting_date"] <= until) & (own["ref_item"] != "")]
    least = credits["currency"].map({code: units.rounded(rules.credit_memo_min, code) for code in credits["currency"].unique()})
    credits = credits[-credits["amount_doc"] >= least.astype("int64")]
    older = own[(own["posting_date"] <= day) & ~own["doc_type"].isin(["CM", *CASH])]
    hit = pd.Series(False, index=credits.index)
    for name in ("item_id", "doc_no", "reference"):
        known = pd.MultiIndex.from_frame(older.loc[older[name] != "", [*_WHERE, "customer_id", name]])
        hit |= pd.MultiIndex.from_frame(credits[[*_WHERE, "customer_id", "ref_item"]]).isin(known)
    return _rows("CREDITED_LATER", credits.loc[hit])


def _value_later(bank: BankSide, start: date, as_of: date) -> pd.DataFrame:
    lines = bank.bank_lines
    booked = lines["booking_date"]
    late = lines[(booked >= pd.Timestamp(start)) & (booked <= pd.Timestamp(as_of)) & (lines["value_date"] > pd.Timestamp(as_of))]
    owned = late.merge(
        bank.bank_accounts[["bank_account", "currency", *_WHERE]], on=["bank_account", "currency"], how="inner", validate="m:1"
    )
    days = [owned[name].dt.strftime("%Y-%m-%d") for name in ("booking_date", "value_date")]
    copied = [*_WHERE, "currency", "amount", "source_file", "source_line"]
    return owned[copied].assign(
        list="VALUE_LATER", key=owned["line_id"], document=owned["bank_txn_id"].where(owned["bank_txn_id"] != "", owned["line_id"]),
        doc_date=owned["value_date"], posting_date=owned["booking_date"], sentence="Booked on " + days[0] + " with value date " + days[1] + ".",
    )  # fmt: skip


def _told(listed: pd.DataFrame, units: Units) -> Iterator[Finding]:
    """Say of each list and currency how many there are and what they add up to."""
    for (name, currency), rows in listed.groupby(["list", "currency"], sort=True):
        words, severity = _LISTS[str(name)]
        total = f"{units.decimal(int(rows['amount'].sum()), str(currency)):,} {currency}"
        said = f"{numbered(len(rows), f'document of {total} is', f'documents of together {total} are')} {words}."
        yield Finding("RC-90", "warn" if severity == "warn" else "info", said, "cutoff_items", tuple(sorted(rows["key"])))
