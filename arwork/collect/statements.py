"""Statements of account: opening to closing by kind of movement, and every open item, by company and currency (RC-40)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from arwork.collect.dunning import languages
from arwork.collect.key_date import disputed, open_at
from arwork.collect.standing import ACCOUNT, OWED
from arwork.proof import Finding, Tie
from arwork.tables import conform, empty

_KINDS = {
    "invoices": ("INV", "INST", "DP", "BOE"), "debit_memos": ("DM", "LPF", "CB"), "credit_memos": ("CM",), "payments": ("RCPT", "ONACC", "REFUND"),
}  # fmt: skip
MOVEMENTS = (*_KINDS, "adjustments", "unshown")
"""What leads from opening to closing, in the order of a statement."""


@dataclass(frozen=True)
class Stated:
    """Statements of account: `account_statements`, the items listed, ties and findings."""

    account_statements: pd.DataFrame
    items: pd.DataFrame
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


def state(tables: Mapping[str, pd.DataFrame], start: date, as_of: date) -> Stated:
    """Draw up the statement of every account with a balance or a movement in the period (RC-40); minor units.

    Takes `open_items`, `disputes`, `customers`, `customer_profiles` and, for the tie, `ageing`. What the period settled
    through lines that the extract does not hold is a movement of its own, `unshown`, and told; nothing is netted across
    companies or currencies.
    """
    items, before = open_at(tables["open_items"], as_of), open_at(tables["open_items"], start - timedelta(days=1))
    kinds = {kind: name for name, found in _KINDS.items() for kind in found}
    posted = tables["open_items"]
    posted = posted[(posted["posting_date"] >= pd.Timestamp(start)) & (posted["posting_date"] <= pd.Timestamp(as_of))]
    moved = posted.assign(kind=posted["doc_type"].map(kinds).fillna("adjustments")).pivot_table(
        index=OWED, columns="kind", values="amount_doc", aggfunc="sum", fill_value=0
    )
    in_dispute = disputed(items, tables["disputes"], as_of)
    overdue = (items["due_date"] < pd.Timestamp(as_of)) & (items["open_doc"] > 0)
    cash = items["doc_type"].isin(["RCPT", "ONACC"]) & (items["open_doc"] < 0)
    now = items.assign(
        overdue=items["open_doc"].where(overdue, 0), disputed=items["open_doc"].where(in_dispute, 0),
        on_account=items["open_doc"].where(cash, 0), items=np.int64(1),
    ).groupby(OWED)[["open_doc", "overdue", "disputed", "on_account", "items"]].sum()  # fmt: skip
    opening = before.groupby(OWED)["open_doc"].sum().rename("opening")
    sums = now.rename(columns={"open_doc": "closing"}).join([opening, moved], how="outer").fillna(0).astype("int64")
    sums = sums.assign(**{name: 0 for name in MOVEMENTS if name not in sums.columns})
    shown = sums[["opening", *(name for name in MOVEMENTS if name != "unshown")]].sum(axis=1)
    sums = sums.assign(unshown=sums["closing"] - shown)
    table = _named(sums, tables, start, as_of)
    listed = items.assign(disputed=in_dispute, on_account=cash)
    return Stated(table, listed, tuple(_ties(table, tables["ageing"])), tuple(_findings(table)))


def _named(sums: pd.DataFrame, tables: Mapping[str, pd.DataFrame], start: date, as_of: date) -> pd.DataFrame:
    if sums.empty:
        return empty("account_statements")
    people = tables["customers"][[*ACCOUNT, "name", "party_id", "country"]]
    rows = sums.reset_index().merge(people, on=ACCOUNT, how="left").fillna({"name": "", "party_id": "", "country": ""})
    spoken = languages(tables["customers"], tables["customer_profiles"])
    rows = rows.assign(
        name=rows["name"].where(rows["name"] != "", rows["customer_id"]), from_date=pd.Timestamp(start), to_date=pd.Timestamp(as_of),
        party_id=rows["party_id"].where(rows["party_id"] != "", rows["customer_id"]),
        language=[spoken.get(key, "en") for key in rows[ACCOUNT].itertuples(index=False, name=None)],
    )  # fmt: skip
    return conform("account_statements", rows.drop(columns=["country"]))


def _ties(table: pd.DataFrame, ageing: pd.DataFrame) -> list[Tie]:
    """Closing balances equal the ageing, by currency (RC-40)."""
    aged = ageing[ageing["basis"] == "DUE"].groupby("currency")["amount"].sum()
    closing = table.groupby("currency")["closing"].sum()
    return [
        Tie(f"statements of account in {code} equal the ageing", "RC-40", int(closing.get(code, 0)), int(aged.get(code, 0)), str(code))
        for code in sorted({*aged.index, *closing.index})
    ]


def _findings(table: pd.DataFrame) -> list[Finding]:
    odd = table[table["unshown"] != 0]
    if odd.empty:
        return []
    sentence = (
        f"{len(odd):,} statements show a line 'settled, document not in the extract': the ledger export holds the settled items "
        "but not the lines that settled them."
    )
    rows = tuple("/".join(key) for key in odd[OWED].head(20).itertuples(index=False, name=None))
    return [Finding("RC-40", "info", sentence, "account_statements", rows)]


def families(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return by party its statements, a section each; a party with one section needs no consolidated statement (RC-40)."""
    groups = {str(party): rows.reset_index(drop=True) for party, rows in table.groupby("party_id", sort=True)}
    return {party: rows for party, rows in groups.items() if len(rows) > 1}
