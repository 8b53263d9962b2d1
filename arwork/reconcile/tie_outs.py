"""RC-80: the ageing, the register of disputes and the allowance against the figures that they must agree with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.collect.key_date import disputed, open_at
from arwork.money import Units
from arwork.proof import Finding, Tie
from arwork.reconcile.control_account import Control, covered
from arwork.reconcile.layout import CLASSES, Item, Line, Reconciled, Sheet, gather, rows_of

_WHERE = ["ledger_id", "company_code"]
_CUSTOMER = [*_WHERE, "customer_id"]


@dataclass(frozen=True)
class Allowance:
    """The allowance of one company over a period, minor units: what it was, what moved it, what is computed and added by judgement."""

    opening: int
    charge: int
    write_offs: int
    recoveries: int
    fx: int
    closing: int
    computed: int
    overlay: int


def tie_outs(
    ageing: pd.DataFrame, open_items: pd.DataFrame, disputes: pd.DataFrame, controlled: Reconciled, ledgers: pd.DataFrame,
    controls: Sequence[Control], as_of: date, units: Units,
) -> Reconciled:  # fmt: skip
    """Tie the ageing to the subledger of RC-10 by company in ledger currency, and the register of disputes to the disputed items (RC-80).

    Takes `ageing` (basis DUE counts), `open_items`, `disputes`, RC-10 as proven, `ledgers`. Open lines on accounts that no RC-10
    of this close covers stand in the ageing and not in RC-10; they are shown. Where a dispute is over part of its items, or an
    item is disputed and in no register, that is an item RI-DIS. Amounts in minor units.
    """
    kept = open_at(open_items, as_of)
    sheets: list[Sheet] = []
    ties: list[Tie] = []
    for ledger, company, currency in rows_of(ledgers.sort_values(_WHERE)[[*_WHERE, "ledger_currency"]]):
        key = (str(ledger), str(company))
        sheet = _ageing(ageing, kept[~covered(kept, controls)], controlled, key, str(currency), as_of, units)
        sheets.append(sheet)
        ties.append(Tie(f"{ledger}/{company}: ageing equals the subledger of RC-10", "RC-80", sheet.ours, sheet.theirs, str(currency)))
        sheets += _register(kept, disputes, key, as_of, units)
    warned = [Finding("RC-80", "warn", s.sentence, "reconciliations", (s.recon_id,)) for s in sheets if s.status != "TIES"]
    return gather(sheets, [], ties, warned)


def _ageing(
    ageing: pd.DataFrame, outside: pd.DataFrame, controlled: Reconciled, key: tuple[str, str], currency: str, as_of: date, units: Units
) -> Sheet:  # fmt: skip
    mine = ageing[(ageing["ledger_id"] == key[0]) & (ageing["company_code"] == key[1]) & (ageing["basis"] == "DUE")]
    buckets = mine.groupby(["bucket_no", "bucket"], sort=True).agg(amount=("amount_local", "sum"), items=("items", "sum"))
    lines = [
        Line(str(name), "bucket", int(row.amount), int(row.items)) for (_, name), row in zip(buckets.index, rows_of(buckets), strict=True)
    ]
    total = sum(line.amount for line in lines)
    stray = outside[(outside["ledger_id"] == key[0]) & (outside["company_code"] == key[1])]
    left_out = int(stray["open_local"].sum())
    heads = controlled.reconciliations
    ids = heads.loc[(heads["ledger_id"] == key[0]) & (heads["company_code"] == key[1]), "recon_id"]
    there = controlled.recon_lines
    a = int(there.loc[there["recon_id"].isin(ids) & (there["mark"] == "A"), "amount"].sum())
    ours = total - left_out
    lines += [
        Line("Σ buckets and credits", "ageing", total, sum(line.rows for line in lines), total=True),
        Line("− lines on accounts that no RC-10 of this close covers", "outside", -left_out, len(stray)),
        Line("Ageing of reconciled accounts", "comparable", ours, total=True),
        Line("Subledger of RC-10", "A", a, len(ids), total=True), Line("Unexplained", "E", a - ours, total=True),
    ]  # fmt: skip
    said = f"{key[0]}/{key[1]} ageing {units.decimal(ours, currency):,} {currency}, subledger of RC-10 {units.decimal(a, currency):,} {currency}."
    status = "TIES" if a == ours else "UNEXPLAINED"
    return Sheet("RC-80", *key, "ageing", currency, as_of, ours, a, a - ours, 0, a - ours, status, said, tuple(lines))


def _register(kept: pd.DataFrame, disputes: pd.DataFrame, key: tuple[str, str], as_of: date, units: Units) -> Iterator[Sheet]:
    live = disputes[
        ~disputes["status"].isin(["RESOLVED", "CLOSED"]) & (disputes["opened_date"] <= pd.Timestamp(as_of))
        & (disputes["ledger_id"] == key[0]) & (disputes["company_code"] == key[1])
    ]  # fmt: skip
    own = kept[(kept["ledger_id"] == key[0]) & (kept["company_code"] == key[1])]
    own = own.loc[disputed(own, disputes, as_of)]
    for code in sorted(set(own["currency"]) | set(live["currency"])):
        registered, items = live[live["currency"] == code], own[own["currency"] == code]
        ours, theirs = int(registered["disputed_amount"].sum()), int(items["open_doc"].sum())
        apart = tuple(_apart(registered, items))
        explained = sum(item.amount for item in apart)
        rest = theirs - ours - explained
        lines = (
            Line("Register: Σ amounts in dispute", "register", ours, len(registered), total=True),
            Line("Disputed in part, or not registered (RI-DIS)", "D", explained, len(apart)),
            Line("Σ disputed open items", "items", theirs, len(items), total=True), Line("Unexplained", "E", rest, total=True),
        )  # fmt: skip
        said = f"{key[0]}/{key[1]} register of disputes {units.decimal(ours, code):,} {code}, disputed open items {units.decimal(theirs, code):,} {code}."
        status = "UNEXPLAINED" if rest else "TIES"
        yield Sheet("RC-80", *key, "disputes", code, as_of, ours, theirs, theirs - ours, explained, rest, status, said, lines, apart)


def _apart(registered: pd.DataFrame, items: pd.DataFrame) -> Iterator[Item]:
    """List by dispute what its open items are over its amount, and the disputed items that are in no register."""
    named = registered.assign(item=registered["items"].str.split()).explode("item")
    wanted = {(*row[:3], row[4]): str(row[3]) for row in rows_of(named[[*_CUSTOMER, "dispute_id", "item"]])}
    sums: dict[str, int] = dict.fromkeys(sorted(registered["dispute_id"]), 0)
    numbers = set(sums)
    for row in rows_of(items.sort_values("item_id")):
        where = (row.ledger_id, row.company_code, row.customer_id)
        found = row.dispute_id if row.dispute_id in numbers else next(
            (wanted[(*where, name)] for name in (row.item_id, row.doc_no, row.reference) if (*where, name) in wanted), ""
        )  # fmt: skip
        if found:
            sums[found] += int(row.open_doc)
        else:
            said = f"Document {row.doc_no} is disputed and in no register; {CLASSES['RI-DIS'][1]}."
            yield Item("RI-DIS", "D", row.doc_no, row.posting_date.date(), int(row.open_doc), said, None, row.source_file, row.source_line)
    for row in rows_of(registered.sort_values("dispute_id")):
        gap = sums[row.dispute_id] - int(row.disputed_amount)
        if gap:
            said = f"Dispute {row.dispute_id} is over another amount than its items have open; {CLASSES['RI-DIS'][1]}."
            yield Item("RI-DIS", "D", row.dispute_id, row.opened_date.date(), gap, said, None, row.source_file, row.source_line)


def allowance(figures: Allowance, key: tuple[str, str], currency: str, as_of: date, units: Units) -> Sheet:
    """Prove opening + charge − write-offs + recoveries ± FX = closing, and closing = computed loss ± overlay (RC-80, MT-60); minor units."""
    f = figures
    reached, due = f.opening + f.charge - f.write_offs + f.recoveries + f.fx, f.computed + f.overlay
    rest = due - reached if due != reached else f.closing - reached
    lines = (
        Line("Opening allowance", "opening", f.opening, total=True), Line("+ charge of the period", "charge", f.charge),
        Line("− write-offs", "write_offs", -f.write_offs), Line("+ recoveries", "recoveries", f.recoveries), Line("± exchange", "fx", f.fx),
        Line("Roll-forward", "reached", reached, total=True), Line("Closing allowance per GL", "closing", f.closing, total=True),
        Line("Expected loss computed", "computed", f.computed), Line("± documented overlay", "overlay", f.overlay),
        Line("Allowance as it should be", "due", due, total=True), Line("Unexplained", "E", rest, total=True),
    )  # fmt: skip
    said = f"{key[0]}/{key[1]} allowance {units.decimal(f.closing, currency):,} {currency}, computed with overlay {units.decimal(due, currency):,}."
    status = "UNEXPLAINED" if rest else "TIES"
    return Sheet("RC-80", *key, "allowance", currency, as_of, reached, due, due - reached, 0, rest, status, said, lines)
