"""RC-60: cash without an item, rolled forward from the close before, listed and aged with owner, next step and escalation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Protocol

import numpy as np
import pandas as pd

from arwork.dates import period_of
from arwork.matching.own_ids import NO_REFERENCE
from arwork.money import Units
from arwork.proof import Finding, Tie, numbered
from arwork.reconcile.layout import Line, Reconciled, Sheet, gather
from arwork.tables import conform, empty

KINDS: Mapping[str, tuple[str, str, str]] = {
    "UNIDENTIFIED": (
        "unidentified_amount",
        "cash application",
        "Find out who paid: ask the bank, search the name, write to the payer's bank.",
    ),
    "UNAPPLIED": ("unapplied_amount", "collector", "Ask the customer what was paid, or choose among the rivals shown."),
    "MISDIRECTED": ("misdirected_amount", "both ledgers", "Credit the right ledger with the original value date, or return it."),
}
"""Kinds of cash without an item: its column in `receipts`, who acts, what comes next (RC-60, MP-56, EX-40)."""
_TOLD = ("team lead", "AR manager", "controller", "legal: unclaimed property")
_WHERE = ["ledger_id", "company_code", "currency"]


class AgeRules(Protocol):
    """Upper ends of the buckets in days, the day from which an owner is due, the days of escalation."""

    @property
    def buckets(self) -> Sequence[int]:
        """Upper ends of the buckets."""

    @property
    def owner_from_day(self) -> int:
        """Age from which somebody must own an item."""

    @property
    def escalate_days(self) -> Sequence[int]:
        """Ages at which somebody else is told."""


@dataclass(frozen=True)
class Suspense:
    """What the suspense reconciliation returns: the tables of a reconciliation and the list `suspense_items`."""

    recon: Reconciled
    suspense_items: pd.DataFrame


def suspense(
    receipts: pd.DataFrame,
    before: pd.DataFrame,
    bank_lines: pd.DataFrame,
    customers: pd.DataFrame,
    gl_balances: pd.DataFrame,
    accounts: Mapping[tuple[str, str], Sequence[str]],
    rules: AgeRules,
    as_of: date,
    units: Units,
) -> Suspense:
    """Prove opening + new − identified or applied − transferred − returned = closing, per company, currency and kind (RC-60).

    Takes `receipts` of this close and those the close before left (`before`, same columns), `bank_lines` for returns, `customers`
    for the collector, `gl_balances` with the suspense `accounts` of each company. Unidentified cash is tied to the GL where an
    account is named and kept in its currency; else the sentence says that it is not. Age counts from the value date.
    Amounts in minor units.
    """
    held = _held(receipts, before, _returned(before, bank_lines))
    items = _listed(held, receipts, customers, rules, as_of)
    sheets: list[Sheet] = []
    ties: list[Tie] = []
    findings: list[Finding] = []
    for key, rows in held.groupby(["kind", *_WHERE], sort=True):
        kind, *where = (str(part) for part in key)
        account = kind.lower()
        recon_id = f"RC-60/{where[0]}/{where[1]}/{account}/{where[2]}"
        listed = items[items["recon_id"] == recon_id]
        in_gl = _in_gl(gl_balances, accounts, where, as_of) if kind == "UNIDENTIFIED" else None
        sheet = _sheet(kind, where, _figures(rows), listed, in_gl, rules, as_of, units)
        sheets.append(sheet)
        name = f"{where[0]}/{where[1]} {account} {where[2]}: roll-forward equals " + ("list" if in_gl is None else "GL suspense account")
        ties.append(Tie(name, "RC-60", sheet.ours, sheet.theirs, where[2]))
        if sheet.status != "TIES":
            findings.append(Finding("RC-60", "warn", sheet.sentence, "reconciliations", (sheet.recon_id,)))
    return Suspense(gather(sheets, [], ties, [*findings, *_late(items)]), items)


def _held(receipts: pd.DataFrame, before: pd.DataFrame, returned: set[str]) -> pd.DataFrame:
    """Return a row a receipt and kind: what the close before left (`was`), what is left now, and what became of the rest."""
    parts = []
    for kind, (column, _, _) in KINDS.items():
        now, then = (frame[frame[column] != 0].set_index("receipt_id") for frame in (receipts, before))
        both = now.index.union(then.index)
        facts = now[_WHERE].reindex(both).fillna(then[_WHERE].reindex(both))
        was, left = (frame[column].reindex(both, fill_value=0).astype("int64") for frame in (then, now))
        parts.append(facts.assign(kind=kind, was=was, now=left).rename_axis("receipt_id").reset_index())
    held = pd.concat(parts, ignore_index=True)
    whole = receipts.set_index("receipt_id")
    refunded = (
        whole["refunded_amount"].reindex(held["receipt_id"]).fillna(0).to_numpy()
        > before.set_index("receipt_id")["refunded_amount"].reindex(held["receipt_id"]).fillna(0).to_numpy()
    )
    moved = whole["status"].reindex(held["receipt_id"]).eq("MISDIRECTED").to_numpy() & (held["kind"] != "MISDIRECTED").to_numpy()
    gone = np.select([held["receipt_id"].isin(returned) | refunded, moved], ["returned", "transferred"], "identified")
    return held.assign(gone=gone)


def _returned(before: pd.DataFrame, bank_lines: pd.DataFrame) -> set[str]:
    """Name the receipts that the bank took back: a returning line with the same reference and the opposite amount."""
    back = bank_lines[bank_lines["is_return"] | (bank_lines["class"] == "RETURN")]
    found: set[str] = set()
    for name in ("bank_txn_id", "end_to_end_id"):
        left, right = (frame[~frame[name].str.upper().isin(NO_REFERENCE)] for frame in (before, back))
        key = ["bank_account", "currency", name, "amount"]
        met = left[["receipt_id", *key]].merge(
            right.assign(amount=-right["amount"])[key].drop_duplicates(), on=key, how="inner", validate="m:1"
        )
        found |= set(met["receipt_id"])
    return found


def _figures(rows: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Sum each line of the roll-forward: amount and receipts."""
    more, less = (rows["now"] - rows["was"]).clip(lower=0), (rows["was"] - rows["now"]).clip(lower=0)
    figures = {"opening": (int(rows["was"].sum()), int((rows["was"] != 0).sum())), "new": (int(more.sum()), int((more != 0).sum()))}
    for name in ("identified", "transferred", "returned"):
        part = less.where(rows["gone"] == name, 0)
        figures[name] = (-int(part.sum()), int((part != 0).sum()))
    return figures


def _in_gl(gl_balances: pd.DataFrame, accounts: Mapping[tuple[str, str], Sequence[str]], where: Sequence[str], as_of: date) -> int | None:
    """Return what the GL holds as unidentified, as a positive figure; None where no account is named in that currency."""
    named = accounts.get((where[0], where[1]), ())
    rows = gl_balances[
        (gl_balances["ledger_id"] == where[0]) & (gl_balances["company_code"] == where[1]) & gl_balances["gl_account"].isin(list(named))
        & (gl_balances["period"] == period_of(as_of)) & (gl_balances["currency"] == where[2])
    ]  # fmt: skip
    return -int(rows["closing"].sum()) if len(rows) else None


def _sheet(
    kind: str, where: Sequence[str], figures: Mapping[str, tuple[int, int]], listed: pd.DataFrame, in_gl: int | None, rules: AgeRules,
    as_of: date, units: Units,
) -> Sheet:  # fmt: skip
    closing, there = sum(amount for amount, _ in figures.values()), int(listed["amount"].sum())
    theirs = there if in_gl is None else in_gl
    rest = theirs - closing
    words = {
        "opening": "Opening", "new": "+ new", "identified": "− identified or applied", "transferred": "− transferred to another ledger",
        "returned": "− refunded or returned",
    }  # fmt: skip
    lines = [Line(words[name], name, *figures[name], total=name == "opening") for name in words]
    lines += [Line("Closing", "closing", closing, len(listed), total=True)]
    for name in bucket_names(rules.buckets):
        part = listed.loc[listed["bucket"] == name, "amount"]
        lines.append(Line(f"of which {name} days", "age", int(part.sum()), len(part)))
    lines.append(Line("List of receipts", "list", there, len(listed), total=True))
    lines += [] if in_gl is None else [Line("GL suspense account", "GL", in_gl, total=True)]
    lines.append(Line("Unexplained", "E", rest, total=True))

    def money(minor: int) -> str:
        """Write an amount for a sentence."""
        return f"{units.decimal(minor, where[2]):,} {where[2]}"

    said = (
        f"{where[0]}/{where[1]} {kind.lower()} cash: {money(closing)} in {len(listed):,} receipts, {money(figures['opening'][0])} before."
    )
    if rest:
        said += f" It does not tie: {money(rest)} apart from " + ("the list." if in_gl is None else "the GL suspense account.")
    elif in_gl is None and kind == "UNIDENTIFIED":
        said += " No GL suspense account is named in this currency, so only the list proves it."
    place = (where[0], where[1], kind.lower(), where[2], as_of)
    return Sheet("RC-60", *place, closing, theirs, rest, 0, rest, "UNEXPLAINED" if rest else "TIES", said, tuple(lines))


def bucket_names(ends: Sequence[int]) -> list[str]:
    """Name the buckets by their days: 0–2, 3–7, … > 90."""
    return [f"0–{ends[0]}", *(f"{low + 1}–{high}" for low, high in pairwise(ends)), f"> {ends[-1]}"]


def _listed(held: pd.DataFrame, receipts: pd.DataFrame, customers: pd.DataFrame, rules: AgeRules, as_of: date) -> pd.DataFrame:
    """List what waits at the key date, a row a receipt and kind, aged from its value date."""
    open_now = held.loc[held["now"] != 0, ["receipt_id", "kind", "was", "now"]]
    facts = receipts[["receipt_id", *_WHERE, "customer_id", "remitter_name", "value_date", "source_file", "source_line"]]
    rows = open_now.merge(facts, on="receipt_id", how="inner", validate="m:1")
    if rows.empty:
        return empty("suspense_items")
    days = np.maximum((np.datetime64(as_of, "D") - rows["value_date"].to_numpy().astype("datetime64[D]")).astype("int64"), 0)
    whose = ["ledger_id", "company_code", "customer_id"]
    collector = rows[whose].merge(customers[[*whose, "collector"]], on=whose, how="left", validate="m:1")["collector"].fillna("")
    usual = rows["kind"].map({kind: words[1] for kind, words in KINDS.items()})
    told = np.array(["", *_TOLD], dtype=object)[np.minimum(np.searchsorted(list(rules.escalate_days), days, "right"), len(_TOLD))]
    listed = rows.assign(
        recon_id="RC-60/" + rows["ledger_id"] + "/" + rows["company_code"] + "/" + rows["kind"].str.lower() + "/" + rows["currency"],
        payer=rows["remitter_name"], amount=rows["now"], days=days, carried=rows["was"] != 0,
        bucket=np.array(bucket_names(rules.buckets), dtype=object)[np.searchsorted(list(rules.buckets), days, "left")],
        owner=collector.to_numpy(), next_action=rows["kind"].map({kind: words[2] for kind, words in KINDS.items()}), escalation=told,
    )  # fmt: skip
    # The collector acts for a known customer; elsewhere the function does. Nobody is never the owner (RC-60).
    named = (listed["owner"] != "") & (listed["kind"] == "UNAPPLIED")
    listed["owner"] = listed["owner"].where(named, usual)
    return conform("suspense_items", listed[list(empty("suspense_items").columns)])


def _late(items: pd.DataFrame) -> Iterator[Finding]:
    """Name what is old enough to be told to somebody, by who is told."""
    for told, rows in items[items["escalation"] != ""].groupby("escalation", sort=True):
        few = ", ".join(sorted(rows["receipt_id"])[:3])
        said = f"{numbered(len(rows), 'receipt', 'receipts')} without an item: old enough for the {told}, the oldest {int(rows['days'].max())} days: {few}."
        yield Finding("RC-60", "warn", said, "suspense_items", tuple(sorted(rows["receipt_id"])))
