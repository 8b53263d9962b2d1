"""What moved the receivables between two key dates: a row a document line, each with its line of the roll-forward (RC-30)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import numpy as np
import pandas as pd

from arwork.reconcile.changes import Company, in_companies, open_only
from arwork.tables import conform, empty

CASH = ("RCPT", "ONACC")
"""Types of lines that are payments."""
_COMPANY = ["ledger_id", "company_code"]
_COLUMNS = [
    *_COMPANY, "customer_id", "item_id", "doc_type", "currency", "local_currency", "entered_by", "source_file", "source_line",
]  # fmt: skip


class Rules(Protocol):
    """Line of the layout by document type, and the words of a reason that point to another line."""

    @property
    def types(self) -> Mapping[str, str]:
        """Line by document type."""

    @property
    def reasons(self) -> Mapping[str, Sequence[str]]:
        """Words by line."""


def moved(items: pd.DataFrame, after: date, as_of: date, rules: Rules, before: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return `movements` of subledger lines (`open_items`) after one key date up to another; amounts in minor units (RC-30).

    A posting takes the line of its type, unless its reason code names another; a type without a line takes the words of its
    text, if they point to one line only; else it is `unmapped`. A settlement that nets to nothing is neutral; one that does
    so in document currency only is realised exchange difference. A ledger without payment lines settles by receipts.
    `before` are the lines as the close before knew them: they date part payments that have no line of their own. A list of open
    items shows neither what settled a document nor the document any more: what left it counts as settled by receipts.
    """
    first, last = pd.Timestamp(after), pd.Timestamp(as_of)
    now = items[items["posting_date"] <= last]
    posted = now[now["posting_date"] > first]
    parts = [_posted(posted, rules), _in_receipts(posted), _settled(now, posted, first, last, before)]
    filled = [part for part in parts if len(part)]
    return conform("movements", pd.concat(filled, ignore_index=True)) if filled else empty("movements")


def _rows(rows: pd.DataFrame, kind: str, movement: Any, doc: Any, local: Any, day: Any, document: Any) -> pd.DataFrame:
    return rows[_COLUMNS].assign(
        movement_id=rows["item_id"] + ":" + kind, movement=movement, document=document, reason=rows["reason_code"], date=day,
        amount_doc=doc, amount_local=local,
    )  # fmt: skip


def _posted(posted: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    movement = movement_of(posted, rules)
    return _rows(
        posted, "POSTED", movement, posted["amount_doc"], posted["amount_local"], posted["posting_date"], posted["doc_no"]
    )  # fmt: skip


def movement_of(lines: pd.DataFrame, rules: Rules) -> pd.Series[str]:
    """Return the line of the roll-forward of each subledger line: by reason code, else by type, else by words of the text."""
    by_reason = {word.upper(): line for line, words in rules.reasons.items() for word in words}
    movement: pd.Series[str] = lines["reason_code"].str.upper().map(by_reason).astype("object")
    reinstated = lines["doc_type"].isin(CASH) & (lines["amount_doc"] > 0)
    movement = movement.mask(movement.isna() & reinstated, "returned")
    movement = movement.fillna(lines["doc_type"].map(dict(rules.types)).astype("object"))
    blank = movement.isna()
    if blank.any():
        spoken = [_spoken(text, rules) for text in (lines.loc[blank, "doc_class_raw"] + " " + lines.loc[blank, "text"])]
        movement.loc[blank] = pd.Series(spoken, index=lines.index[blank], dtype="object")
    return movement.astype("str")


def _spoken(text: str, rules: Rules) -> str:
    """Name the one line whose words stand in a text; `unmapped` where none or several do."""
    said = f" {re.sub(r'[^0-9A-ZÄÖÜ-]+', ' ', text.upper())} "
    found = {line for line, words in rules.reasons.items() if any(f" {word.upper()} " in said for word in words)}
    return found.pop() if len(found) == 1 else "unmapped"


def _in_receipts(posted: pd.DataFrame) -> pd.DataFrame:
    """Return both sides of residuals that a payment document created: the item goes out of the receipt, and comes in as a residual."""
    residual = posted[posted["doc_type"] == "RESID"]
    payers = posted.loc[posted["doc_type"].isin(CASH), [*_COMPANY, "doc_no"]].drop_duplicates()
    paid = residual.merge(payers, on=[*_COMPANY, "doc_no"], how="inner", validate="m:1")
    out = (-paid["amount_doc"], -paid["amount_local"], paid["posting_date"], paid["doc_no"])
    into = (paid["amount_doc"], paid["amount_local"], paid["posting_date"], paid["doc_no"])
    sides = [_rows(paid, "RESIDUAL-OUT", "residuals", *out), _rows(paid, "RESIDUAL-IN", "receipts", *into)]
    return pd.concat(sides, ignore_index=True) if len(paid) else pd.DataFrame()


def _settled(now: pd.DataFrame, posted: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, before: pd.DataFrame | None) -> pd.DataFrame:
    """Return what settlements of the window changed beyond netting: exchange differences, residuals, receipts without a line."""
    cleared = now[(now["clearing_date"] <= last) & (now[["clearing_date", "posting_date"]].max(axis=1) > first)]
    key = cleared["clearing_doc"].where(cleared["clearing_doc"] != "", cleared["item_id"])
    doc, local = _known_open(cleared, cleared["posting_date"] <= first, before, ("amount_doc", "amount_local"))
    day = cleared[["clearing_date", "posting_date"]].max(axis=1)
    rows = _rows(cleared, "SETTLED", "unmapped", -doc, -local, day, key)
    whole = [*_COMPANY, "document"]
    doc = rows.groupby([*whole, "currency"])["amount_doc"].transform("sum")
    open_doc = (doc != 0).groupby([rows[name] for name in whole]).transform("any")
    local = rows.groupby(whole)["amount_local"].transform("sum")
    lone = ~rows.duplicated(whole)
    gained = lone & ~open_doc & (local != 0)
    exchange = rows.loc[gained].assign(movement="fx_realised", amount_doc=0, amount_local=local[gained])
    replaced = _replaced(rows, posted, whole) & open_doc
    residual = rows.loc[replaced].assign(movement="residuals")
    lists = open_only(before, now) if before is not None else frozenset[Company]()
    gone = [_gone(before, now, lists, last)] if before is not None and lists else []
    left = pd.concat([rows[open_doc & ~replaced], _part(now, posted, last, before), *gone], ignore_index=True)
    whose = [*_COMPANY, "customer_id", "currency"]
    sums = left.groupby(whose)[["amount_doc", "amount_local"]].transform("sum")
    left = left[(sums["amount_doc"] != 0) | (sums["amount_local"] != 0)]
    paying = set(now.loc[now["doc_type"].isin(CASH), _COMPANY].itertuples(index=False, name=None))
    lineless = [key not in paying or key in lists for key in left[_COMPANY].itertuples(index=False, name=None)]
    left = left.assign(movement=np.where(np.array(lineless, dtype=bool), "receipts", "unmapped"))
    return pd.concat([exchange, residual, left], ignore_index=True)


def _replaced(rows: pd.DataFrame, posted: pd.DataFrame, whole: list[str]) -> pd.Series[bool]:
    """Say which clearings leave just the residual that the same document posted: the item goes out, the residual comes in."""
    created = posted[posted["doc_type"] == "RESID"].groupby([*_COMPANY, "doc_no"])["amount_doc"].sum()
    keys = pd.MultiIndex.from_frame(rows[whole])
    wanted = pd.Series(created.reindex(keys).to_numpy(), index=rows.index).fillna(0)
    found: pd.Series[bool] = (rows.groupby(whole)["amount_doc"].transform("sum") == -wanted) & (wanted != 0)
    return found


def _part(now: pd.DataFrame, posted: pd.DataFrame, last: pd.Timestamp, before: pd.DataFrame | None) -> pd.DataFrame:
    """Return what was taken off lines that are not cleared, without a line of its own: since posting, or since the close before."""
    live = now[now["clearing_date"].isna()]
    fresh = live["item_id"].isin(posted["item_id"])
    doc, local = _known_open(live, ~fresh, before, ("open_amount_doc", "open_amount_local"))
    doc = live["open_amount_doc"] - doc.mask(fresh, live["amount_doc"])
    local = live["open_amount_local"] - local.mask(fresh, live["amount_local"])
    some = (doc != 0) | (local != 0)
    kept = live.loc[some]
    return _rows(kept, "PART", "unmapped", doc[some], local[some], last, kept["doc_no"])


def _gone(before: pd.DataFrame, now: pd.DataFrame, lists: frozenset[Company], last: pd.Timestamp) -> pd.DataFrame:
    """Return what left a list of open items since the close before read it."""
    left = before[~before["item_id"].isin(now["item_id"]) & (before["posting_date"] <= last)]
    left = left[in_companies(left, lists)]
    return _rows(left, "GONE", "unmapped", -left["open_amount_doc"], -left["open_amount_local"], last, left["doc_no"])


def _known_open(
    lines: pd.DataFrame, older: pd.Series[bool], before: pd.DataFrame | None, otherwise: tuple[str, str]
) -> tuple[pd.Series[int], pd.Series[int]]:
    """Return what each older line had open when the close before read it, in document and ledger currency; else two of its columns."""
    doc, local = lines[otherwise[0]].copy(), lines[otherwise[1]].copy()
    if before is None or not len(lines):
        return doc, local
    then = before[before["clearing_date"].isna()].drop_duplicates("item_id").set_index("item_id")
    known = older & lines["item_id"].isin(then.index)
    names = lines.loc[known, "item_id"]
    doc.loc[known] = then["open_amount_doc"].reindex(names).to_numpy()
    local.loc[known] = then["open_amount_local"].reindex(names).to_numpy()
    return doc, local
