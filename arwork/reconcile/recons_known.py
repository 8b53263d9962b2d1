"""Reconciliations of any key date as they were known on another day, beside as known now; what cannot be told is named (CV-06, CV-07)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.collect.ageing import age
from arwork.dates import period_of
from arwork.money import Units
from arwork.policy import Policy
from arwork.reconcile import bank as bank_to_book
from arwork.reconcile import control_account
from arwork.reconcile.changes import known_on
from arwork.reconcile.control_account import Control
from arwork.reconcile.cutoff import BankSide, cut_off
from arwork.reconcile.intercompany import Between
from arwork.reconcile.layout import Reconciled
from arwork.reconcile.period import Period, between
from arwork.reconcile.rollforward import roll_forward
from arwork.reconcile.tie_outs import tie_outs
from arwork.tables import empty

Tables = Mapping[str, pd.DataFrame]
READS = (
    "open_items", "gl_balances", "gl_lines", "ledgers", "statements", "bank_lines", "cash_book", "bank_accounts", "disputes", "receipts",
    "proposals", "proposal_items", "fx_rates",
)  # fmt: skip
"""Tables that reconciliations of another day are made from."""
_LEDGER = ["ledger_id", "company_code", "gl_account"]
_GL_SIDE, _TOTALS = ("B", "C", "D", "E"), ("ΣB", "ΣC", "ΣD", "ΣE")
NOT_TOLD: tuple[tuple[str, str], ...] = (
    ("RC-60", "receipts has no day on which a payer was found or money applied; the packs of earlier closes state it as they knew it"),
    ("RC-70", "lines 3 to 8 need the day on which receipts was decided, which no column holds; lines 1, 2 and 9 follow from RC-20 above"),
)


@dataclass(frozen=True)
class ReconsKnown:
    """Lines of the layouts with `then`, `now` and `difference` in minor units (`then` missing where untold), and what cannot be told.

    `lines` has recon_id, rule, currency, line_no, mark, label, total; `untold` pairs a rule with the reason and the missing column.
    """

    lines: pd.DataFrame
    untold: tuple[tuple[str, str], ...]


def recons_known(
    t: Tables, before: Tables, controls: Sequence[Control], start: date, key_date: date, known: date, policy: Policy, units: Units,
    pairs: Sequence[Between] = (),
) -> ReconsKnown:  # fmt: skip
    """Return RC-10, RC-20, RC-30, RC-50, RC-80 and RC-90 of a key date as known at the end of another day, beside as known now.

    Takes the tables `READS`, what the close before left open at the bank (`before`), the first day of the period. A bank statement is
    known from the day it ends; a row without entry date from its posting date. A GL balance is taken back to that day by the lines
    entered since, where these lines are all dated and make up its movement; else that side is not told. A misdirected receipt counts from
    the day its statement ends, a dispute from the day it was opened until it was resolved. `pairs` are the companies' accounts with each other.
    """
    then = _then(t, known)
    blind = {f"RC-10/{account}": why for account, why in _blind(t, controls, key_date)}
    theirs = dict(_blind(t, [(*pair.company, account) for pair in pairs for account in (*pair.accounts, *pair.clearing)], key_date))
    sides = [_all(frames, before, controls, start, key_date, policy, units, pairs) for frames in (then, t)]
    columns = ["recon_id", "line_no", "mark", "label", "total", "amount"]
    old, new = (pd.concat([part.recon_lines for part in side])[columns] for side in sides)
    heads = pd.concat([part.reconciliations for side in sides for part in side])[["recon_id", "rule", "currency"]].drop_duplicates(
        "recon_id"
    )
    place = ["recon_id", "mark", "label"]
    old, new = (frame.assign(again=frame.groupby(place).cumcount()) for frame in (old, new))
    met = old.merge(new, on=[*place, "again"], how="outer", suffixes=("_then", "_now"), validate="1:1")
    lines = met.assign(
        line_no=met["line_no_now"].fillna(met["line_no_then"]).astype("int64"), total=met["total_now"].fillna(met["total_then"]).astype(bool),
        then=met["amount_then"].fillna(0).astype("Int64"), now=met["amount_now"].fillna(0).astype("Int64"),
    ).merge(heads, on="recon_id", how="left", validate="m:1")  # fmt: skip
    companies = {name.rsplit("/", 2)[0] for name in blind}
    own, whole = lines["recon_id"].isin(list(blind)), lines["recon_id"].str.rsplit("/", n=2).str[0].isin(sorted(companies))
    gone = (own & lines["mark"].isin(_GL_SIDE)) | (whole & lines["mark"].isin(_TOTALS)) | ((lines["rule"] == "RC-50") & bool(theirs))
    lines = lines.assign(then=lines["then"].mask(gone)).assign(difference=lambda f: f["now"] - f["then"])
    shown = lines.sort_values(["rule", "recon_id", "line_no", "mark"])
    kept = ["recon_id", "rule", "currency", "line_no", "mark", "label", "total", "then", "now", "difference"]
    return ReconsKnown(shown[kept].reset_index(drop=True), (*_untold(t, blind, theirs, key_date), *NOT_TOLD))


def _all(
    t: Tables, before: Tables, controls: Sequence[Control], start: date, key_date: date, policy: Policy, units: Units, pairs: Sequence[Between]
) -> list[Reconciled]:  # fmt: skip
    spans = policy.reconciling_items
    account = control_account.reconcile(
        t["open_items"], t["gl_balances"], t["gl_lines"], t["ledgers"], controls, key_date, units, spans=spans
    )
    bank = bank_to_book.prove(
        t["statements"], t["bank_lines"], t["cash_book"], t["bank_accounts"], t["gl_balances"], start, key_date, policy, units, before
    )
    rolled = roll_forward(
        t["open_items"], empty("changes_since"), t["ledgers"], controls, start, key_date, policy.rollforward, units
    )  # the opening of each side is the ledger's own, as that day knew it
    side = BankSide(bank.recon.reconciliations, bank.recon.recon_items, t["bank_lines"], t["cash_book"], t["bank_accounts"])
    edge = cut_off(t["open_items"], side, t["ledgers"], controls, start, key_date, policy.cutoff, units)
    aged = age(t["open_items"], t["disputes"], empty("allocations"), policy, key_date)
    tied = tie_outs(aged.ageing, t["open_items"], t["disputes"], account, t["ledgers"], controls, key_date, units)
    held = t["receipts"][t["receipts"]["value_date"] <= pd.Timestamp(key_date)]
    companies = between({**t, "receipts": held}, Period(start, key_date, controls, {}, policy, units, tuple(pairs)))
    return [account, bank.recon, rolled.recon, companies, tied, edge.recon]


def _then(t: Tables, known: date) -> dict[str, pd.DataFrame]:
    """Take the tables back to what a day knew."""
    day = pd.Timestamp(known)
    dated = {name: t[name].assign(_entered=t[name]["entry_date"].fillna(t[name]["posting_date"])) for name in ("gl_lines", "cash_book")}
    later = pd.concat([frame[frame["_entered"] > day] for frame in dated.values()])
    statements = t["statements"][t["statements"]["to_date"] <= day]
    balances = _taken_back(t["gl_balances"], later)
    disputes = t["disputes"][t["disputes"]["opened_date"] <= day]
    unsettled = disputes["resolved_date"] > day
    disputes = disputes.assign(
        status=disputes["status"].mask(unsettled, "ASSIGNED"), resolved_date=disputes["resolved_date"].mask(unsettled)
    )
    return {
        **t, "open_items": known_on(t["open_items"], known), "gl_balances": balances, "statements": statements,
        **{name: t[name][t[name]["statement_key"].isin(statements["statement_key"])] for name in ("bank_lines", "receipts")},
        "disputes": disputes,
        **{name: frame[frame["_entered"] <= day].drop(columns="_entered") for name, frame in dated.items()},
    }  # fmt: skip


def _taken_back(balances: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Take lines that were entered later off the balances: of the period off its movement, of earlier ones off its opening."""
    taken = balances.reset_index(drop=True).astype({"opening": "int64", "closing": "int64"})
    months = later["posting_date"].dt.strftime("%Y-%m")
    for _, row in later.assign(month=months).groupby([*_LEDGER, "month", "currency"])["amount"].sum().reset_index().iterrows():
        same = (taken[_LEDGER] == row[_LEDGER]).all(axis=1) & (taken["currency"] == row["currency"])
        here, after = same & (taken["period"] == row["month"]), same & (taken["period"] > row["month"])
        amount = int(row["amount"])
        taken.loc[here, "debits" if amount > 0 else "credits"] -= abs(amount)
        taken.loc[here | after, "closing"] -= amount
        taken.loc[after, "opening"] -= amount
    return taken


def _blind(t: Tables, controls: Sequence[Control], key_date: date) -> Iterator[tuple[str, str]]:
    """Yield the accounts whose GL balance cannot be taken back, and why: lines undated, or not the whole movement of the period."""
    month = period_of(key_date)
    stated = t["gl_balances"][t["gl_balances"]["period"] == month].to_dict("records")
    for row in (row for row in stated if tuple(row[name] for name in _LEDGER) in set(controls)):
        lines = t["gl_lines"].loc[(t["gl_lines"][_LEDGER] == [row[name] for name in _LEDGER]).all(axis=1)]
        lines = lines[lines["posting_date"].dt.strftime("%Y-%m") == month]
        name = f"{row['ledger_id']}/{row['company_code']}/{row['gl_account']}/{row['currency']}"
        if lines["entry_date"].isna().any():
            yield name, "gl_lines has rows without entry_date"
        elif int(lines["amount"].sum()) != int(row["debits"]) - int(row["credits"]):
            yield name, "gl_lines does not hold all lines of the period, and gl_balances has no entry_date"


def _untold(t: Tables, blind: Mapping[str, str], theirs: Mapping[str, str], key_date: date) -> Iterator[tuple[str, str]]:
    """Yield what of the reconciliations above is told by a stand-in or not at all."""
    reasons: dict[str, list[str]] = {}
    for name, why in sorted(blind.items()):
        reasons.setdefault(why, []).append(name.split("/")[3])
    for why, accounts in sorted(reasons.items()):
        yield "RC-10", f"side B of account {', '.join(accounts)} is not told: {why}"
    for name, why in sorted(theirs.items()):
        yield "RC-50", f"the day's own balances are not told: account {name.split('/')[2]}: {why}"
    yield "RC-50", "receipts has no day on which money was found misdirected; each counts from the day its statement ends"
    yield "RC-80", "disputes has opened_date and resolved_date; what was in dispute between them stands as it is known now"
    undated = int(t["cash_book"]["entry_date"].isna().sum())
    if undated:
        yield "RC-20", f"cash_book has no entry_date on {undated:,} rows; their posting date stood in, so rows posted back are not seen"
    yield "RC-20", "statements has no day of arrival; each counts as known on the day it ends"
    no_entry = int(t["open_items"].loc[t["open_items"]["posting_date"] <= pd.Timestamp(key_date), "entry_date"].isna().sum())
    if no_entry:
        yield "RC-30", f"open_items has no entry_date on {no_entry:,} lines; their posting date stood in"
