"""Reconciliations of any key date as they were known on another day, beside as known now; what cannot be told is named (CV-06, CV-07)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.dates import period_of
from arwork.money import Units
from arwork.policy import Policy
from arwork.reconcile import bank as bank_to_book
from arwork.reconcile import control_account
from arwork.reconcile.changes import known_on
from arwork.reconcile.control_account import Control
from arwork.reconcile.cutoff import BankSide, cut_off
from arwork.reconcile.layout import Reconciled
from arwork.reconcile.rollforward import roll_forward
from arwork.tables import empty

Tables = Mapping[str, pd.DataFrame]
READS = ("open_items", "gl_balances", "gl_lines", "ledgers", "statements", "bank_lines", "cash_book", "bank_accounts")
"""Tables that reconciliations of another day are made from."""
_LEDGER = ["ledger_id", "company_code", "gl_account"]
_GL_SIDE, _TOTALS = ("B", "C", "D", "E"), ("ΣB", "ΣC", "ΣD", "ΣE")
NOT_TOLD: tuple[tuple[str, str], ...] = (
    ("RC-50", "gl_balances holds sums without an entry date, and receipts has no day on which money was found misdirected"),
    ("RC-60", "receipts has no day on which a payer was found or money applied; the packs of earlier closes state it as they knew it"),
    ("RC-70", "lines 3 to 8 need the day on which receipts was decided, which no column holds; lines 1, 2 and 9 follow from RC-20 above"),
    ("RC-80", "disputes has opened_date and resolved_date, but not what was in dispute between them; the ageing is told above"),
)


@dataclass(frozen=True)
class ReconsKnown:
    """Lines of the layouts with `then`, `now` and `difference` in minor units (`then` missing where untold), and what cannot be told.

    `lines` has recon_id, rule, currency, line_no, mark, label, total; `untold` pairs a rule with the reason and the missing column.
    """

    lines: pd.DataFrame
    untold: tuple[tuple[str, str], ...]


def recons_known(
    t: Tables, before: Tables, controls: Sequence[Control], start: date, key_date: date, known: date, policy: Policy, units: Units
) -> ReconsKnown:  # fmt: skip
    """Return RC-10, RC-20, RC-30 and RC-90 of a key date as known at the end of another day, beside as known now.

    Takes the tables `READS`, what the close before left open at the bank (`before`), the first day of the period. A bank statement is
    known from the day it ends; a row without entry date from its posting date. A GL balance is taken back to that day by the lines
    entered since, where these lines are all dated and make up its movement; else that side is not told.
    """
    then = _then(t, known)
    blind = dict(_blind(t, controls, key_date))
    sides = [_all(frames, before, controls, start, key_date, policy, units) for frames in (then, t)]
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
    gone = (own & lines["mark"].isin(_GL_SIDE)) | (whole & lines["mark"].isin(_TOTALS))
    lines = lines.assign(then=lines["then"].mask(gone)).assign(difference=lambda f: f["now"] - f["then"])
    shown = lines.sort_values(["rule", "recon_id", "line_no", "mark"])
    kept = ["recon_id", "rule", "currency", "line_no", "mark", "label", "total", "then", "now", "difference"]
    return ReconsKnown(shown[kept].reset_index(drop=True), (*_untold(t, blind, key_date), *NOT_TOLD))


def _all(
    t: Tables, before: Tables, controls: Sequence[Control], start: date, key_date: date, policy: Policy, units: Units
) -> list[Reconciled]:
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
    return [account, bank.recon, rolled.recon, edge.recon]


def _then(t: Tables, known: date) -> dict[str, pd.DataFrame]:
    """Take the tables back to what a day knew."""
    day = pd.Timestamp(known)
    dated = {name: t[name].assign(_entered=t[name]["entry_date"].fillna(t[name]["posting_date"])) for name in ("gl_lines", "cash_book")}
    later = pd.concat([frame.loc[frame["_entered"] > day] for frame in dated.values()])
    statements = t["statements"].loc[t["statements"]["to_date"] <= day]
    balances = _taken_back(t["gl_balances"], later)
    return {
        **t, "open_items": known_on(t["open_items"], known), "gl_balances": balances, "statements": statements,
        "bank_lines": t["bank_lines"].loc[t["bank_lines"]["statement_key"].isin(statements["statement_key"])],
        **{name: frame.loc[frame["_entered"] <= day].drop(columns="_entered") for name, frame in dated.items()},
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
    """Yield the control accounts whose GL balance cannot be taken back: lines undated, or not the whole movement of the period."""
    month = period_of(key_date)
    stated = t["gl_balances"].loc[t["gl_balances"]["period"] == month].to_dict("records")
    for row in (row for row in stated if tuple(row[name] for name in _LEDGER) in set(controls)):
        lines = t["gl_lines"].loc[(t["gl_lines"][_LEDGER] == [row[name] for name in _LEDGER]).all(axis=1)]
        lines = lines.loc[lines["posting_date"].dt.strftime("%Y-%m") == month]
        name = f"RC-10/{row['ledger_id']}/{row['company_code']}/{row['gl_account']}/{row['currency']}"
        if lines["entry_date"].isna().any():
            yield name, "gl_lines has rows without entry_date"
        elif int(lines["amount"].sum()) != int(row["debits"]) - int(row["credits"]):
            yield name, "gl_lines does not hold all lines of the period, and gl_balances has no entry_date"


def _untold(t: Tables, blind: Mapping[str, str], key_date: date) -> Iterator[tuple[str, str]]:
    """Yield what of the reconciliations above is told by a stand-in or not at all."""
    reasons: dict[str, list[str]] = {}
    for name, why in sorted(blind.items()):
        reasons.setdefault(why, []).append(name.split("/")[3])
    for why, accounts in sorted(reasons.items()):
        yield "RC-10", f"side B of account {', '.join(accounts)} is not told: {why}"
    undated = int(t["cash_book"]["entry_date"].isna().sum())
    if undated:
        yield "RC-20", f"cash_book has no entry_date on {undated:,} rows; their posting date stood in, so rows posted back are not seen"
    yield "RC-20", "statements has no day of arrival; each counts as known on the day it ends"
    no_entry = int(t["open_items"].loc[t["open_items"]["posting_date"] <= pd.Timestamp(key_date), "entry_date"].isna().sum())
    if no_entry:
        yield "RC-30", f"open_items has no entry_date on {no_entry:,} lines; their posting date stood in"
