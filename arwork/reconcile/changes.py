"""What changed behind a key date since a close stated it, and what the ledger was known to be on another day (CV-06, CV-07)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from arwork.money import Units
from arwork.reconcile.layout import rows_of
from arwork.tables import conform, empty

_WORDS = {
    "ADDED": "was entered behind the key date", "GONE": "is no longer in the ledger", "REOPENED": "was cleared then and is open again",
    "CLEARED": "was open then and is now cleared behind the key date", "AMOUNT": "has another amount than then",
}  # fmt: skip
_FACTS = ["ledger_id", "company_code", "customer_id", "doc_no", "posting_date", "entry_date", "entered_by", "currency", "local_currency",
          "source_file", "source_line"]  # fmt: skip
_COMPANY = ["ledger_id", "company_code"]
Company = tuple[str, str]
"""A company of a ledger: `ledger_id` and `company_code`."""
_FIGURES = ["amount_doc", "amount_local", "open_amount_doc", "open_amount_local", "clearing_date"]


def known_on(open_items: pd.DataFrame, known: date) -> pd.DataFrame:
    """Return `open_items` as they were known at the end of a day: lines entered later are left out, settlements entered later undone (CV-07).

    A line without entry date counts as entered on its posting date. A clearing was entered with its clearing document where
    the ledger holds it, else on the clearing date. What was taken off a line without any document cannot be dated; it stays off.
    """
    day = pd.Timestamp(known)
    entered = open_items["entry_date"].fillna(open_items["posting_date"])
    whose = ["ledger_id", "company_code", "doc_no"]
    by_document = entered.groupby([open_items[name] for name in whose]).min()
    keys = pd.MultiIndex.from_frame(open_items[["ledger_id", "company_code", "clearing_doc"]])
    named = pd.Series(by_document.reindex(keys).to_numpy(), index=open_items.index)
    settled = named.where(open_items["clearing_doc"] != "").fillna(open_items["clearing_date"])
    settled = settled.where(open_items["clearing_date"].notna())
    later = settled > day
    seen = open_items.assign(
        clearing_date=open_items["clearing_date"].mask(later), clearing_doc=open_items["clearing_doc"].mask(later, ""),
        open_amount_doc=open_items["open_amount_doc"].mask(later, open_items["amount_doc"]),
        open_amount_local=open_items["open_amount_local"].mask(later, open_items["amount_local"]),
    )  # fmt: skip
    return seen[entered <= day].reset_index(drop=True)


def changes_since(before: pd.DataFrame, now: pd.DataFrame, key_date: date, units: Units) -> pd.DataFrame:
    """Return `changes_since`: each line whose open amount at a key date is no longer what it was, with user and document (CV-07).

    Takes `open_items` as the close of that key date read them, and as they are read now. Part payments without a document
    are no change behind the key date: nothing says that they are older. Neither is a document that left a list of open items.
    The effects add up to the change of the balance.
    """
    day = pd.Timestamp(key_date)
    then, today = (frame[frame["posting_date"] <= day].set_index("item_id") for frame in (before, now))
    both = then.index.union(today.index)
    old, new = then.reindex(both), today.reindex(both)
    was_open, is_open = (side["posting_date"].notna() & ~(side["clearing_date"] <= day) for side in (old, new))
    values = {}
    for unit in ("doc", "local"):
        was = _value(old, was_open, day, unit)
        plain = _value(new, is_open, day, unit)
        gap = new[f"amount_{unit}"].fillna(0).astype("int64") - old[f"amount_{unit}"].fillna(0).astype("int64")
        stays = was_open & is_open
        values[unit] = (was, plain.mask(stays, was + gap).astype("int64"))
    changed = (values["doc"][0] != values["doc"][1]) | (values["local"][0] != values["local"][1])
    what = np.select(
        [old["posting_date"].isna(), new["posting_date"].isna(), was_open & ~is_open, ~was_open & is_open],
        ["ADDED", "GONE", "CLEARED", "REOPENED"], "AMOUNT",
    )  # fmt: skip
    left = (what == "GONE") & in_companies(old, open_only(before, now))
    changed &= ~left
    facts = new[_FACTS].where(new["posting_date"].notna(), old[_FACTS])
    found = facts.assign(
        item_id=both, what=what, was=values["doc"][0], now=values["doc"][1], effect_local=values["local"][1] - values["local"][0]
    ).loc[changed]
    if found.empty:
        return empty("changes_since")
    return conform("changes_since", _told(found.rename(columns={"doc_no": "document"}), key_date, units))


def open_only(before: pd.DataFrame, now: pd.DataFrame) -> frozenset[Company]:
    """Name the companies (ledger, code) of which both exports list open items only: what is settled leaves them without a trace."""
    there, settled = _companies(before), frozenset[Company]()
    for frame in (before, now):
        settled |= _companies(frame[frame["clearing_date"].notna() | ((frame["open_amount_doc"] == 0) & (frame["amount_doc"] != 0))])
    return there - settled


def _companies(rows: pd.DataFrame) -> frozenset[Company]:
    return frozenset((str(ledger), str(company)) for ledger, company in rows[_COMPANY].drop_duplicates().itertuples(index=False, name=None))


def in_companies(rows: pd.DataFrame, companies: Collection[Company]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Say by row whether it belongs to one of the companies."""
    return np.array([key in companies for key in rows[_COMPANY].itertuples(index=False, name=None)], dtype=bool)


def _value(side: pd.DataFrame, is_open: pd.Series[bool], day: pd.Timestamp, unit: str) -> pd.Series[int]:
    """Return what each line shows open at the key date, 0 where it is not open (CV-06)."""
    whole = side["clearing_date"] > day
    value = side[f"open_amount_{unit}"].mask(whole, side[f"amount_{unit}"]).where(is_open, 0)
    kept: pd.Series[int] = value.fillna(0).astype("int64")
    return kept


def _told(found: pd.DataFrame, key_date: date, units: Units) -> pd.DataFrame:
    said = []
    for row in rows_of(found):
        entered = f" on {row.entry_date:%Y-%m-%d}" if pd.notna(row.entry_date) else ""
        by = f" by {row.entered_by}" if row.entered_by else ""
        amounts = [f"{units.decimal(int(minor), row.currency):,}" for minor in (row.was, row.now)]
        words = _WORDS[str(row.what)]
        said.append(f"Document {row.document} {words}{f', entered{entered}{by}' if entered or by else ''}: open at {key_date} "
                    f"{amounts[0]} then, {amounts[1]} {row.currency} now.")  # fmt: skip
    return found.assign(sentence=said)
