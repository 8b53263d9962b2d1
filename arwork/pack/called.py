"""The worklist for the telephone: a few lines on the screen, or a CSV file whose cells are text and figures only (CO-15)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pandas as pd

from arwork.errors import InputError
from arwork.money import Units
from arwork.pack.exports import defused
from arwork.show.markup import visible
from arwork.show.masks import Mask, personal
from arwork.show.numbers import money, points
from arwork.tables import TABLES


def called(worklist: pd.DataFrame, collector: str) -> pd.DataFrame:
    """Return the worklist in its order, of one collector when asked; InputError when that collector has nothing."""
    rows = worklist.sort_values("place")
    if not collector:
        return rows
    own = rows[rows["collector"].str.casefold() == collector.casefold()]
    if own.empty:
        known = ", ".join(sorted(set(rows["collector"]))) or "nobody"
        raise InputError(f"{collector!r} has nobody in the worklist", cure=f"It names {known}.")
    return own


def csv_text(worklist: pd.DataFrame, units: Units, mask: Mask = personal) -> str:
    """Write the worklist as CSV, a column a field of the table; amounts in plain digits, scores in points, text masked (CO-98) and defused."""
    kinds = {column.name: column.kind for column in TABLES["worklist"].columns}
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(kinds)
    for row in worklist.to_dict("records"):
        code = row["currency"]
        cells = []
        for name, kind in kinds.items():
            value = row[name]
            if kind == "money":
                cells.append(units.text(int(value), code))
            elif kind == "date":
                cells.append("" if pd.isna(value) else str(value.date()))
            elif name == "score" or name.startswith("points_"):
                cells.append(points(int(value)))
            else:
                cells.append(defused(mask(str(value), name)) if kind != "count" else str(value))
        writer.writerow(cells)
    return held.getvalue()


def lines(worklist: pd.DataFrame, units: Units) -> Iterator[str]:
    """Say the worklist in lines for the screen, three a customer."""
    for row in worklist.to_dict("records"):
        owed = money(int(row["net_overdue"]), row["currency"], units)
        yield visible(f"{row['place']:>4}. {row['customer_id']} {row['name']}: {owed} {row['currency']}, score {points(int(row['score']))}")
        yield visible(f"      {row['why']}")
        yield visible(f"      {row['action_code']} by {row['act_by'].date()}, {row['collector']}: {row['next_action']}")
