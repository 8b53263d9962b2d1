"""One advice that came twice, as text and attachment of an e-mail or sent again, is taken once."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from arwork.errors import InputError, place
from arwork.proof import Finding
from arwork.tables import conform, empty

_HEADS = ("payment_ref", "trace_no", "payer_name", "payer_account", "remittance_date", "payment_date", "payment_amount")
_MUST_AGREE = ("payment_ref", "trace_no", "payer_account", "payment_date", "payment_amount")

_AGAIN = "/part "


def together(frames: Sequence[pd.DataFrame], *, strict: bool = False) -> tuple[pd.DataFrame, list[Finding], int]:
    """Join the lines of several files or parts, take each advice once, and say what was left out.

    Numbers that two parts chose alike are kept apart; with `strict`, such advices must be one and the same (InputError).
    """
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return empty("remittance_lines"), [], 0
    taken: set[str] = set()
    renamed = []
    for part, frame in enumerate(filled, start=1):
        names = {name: name if name not in taken else f"{name}{_AGAIN}{part}" for name in frame["remittance_id"].unique()}
        taken |= set(names.values())
        renamed.append(frame.assign(remittance_id=frame["remittance_id"].map(names)))
    lines, findings, repeated = once(conform("remittance_lines", pd.concat(renamed, ignore_index=True)))
    other = lines[lines["remittance_id"].str.contains(_AGAIN, regex=False)]
    if strict and len(other):
        row = other.iloc[0]
        number = str(row["remittance_id"]).partition(_AGAIN)[0]
        first = lines[lines["remittance_id"] == number].iloc[0]
        places = " and ".join(place(str(r["source_file"]), str(r["source_line"])) for r in (first, row))
        raise InputError(f"remittance_lines {number} stands in {places}", cure="Give each row in one file only.")
    return lines, findings, repeated


def once(lines: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding], int]:
    """Take each advice of `remittance_lines` once; return the lines, what was left out, and how many lines that was.

    Two advices are one when they pay the same documents with the same amounts in one currency, and no head value that
    both state differs. The surer of the two stays (then the earlier file and number); what it leaves blank it takes from
    the other.
    """
    groups: dict[Hashable, list[str]] = {}
    parts = {str(number): rows for number, rows in lines.groupby("remittance_id", sort=True)}
    for number, rows in parts.items():
        paid = zip(rows["doc_reference"], rows["gross_amount"], rows["net_amount"], rows["currency"], strict=True)
        key = tuple(sorted((re.sub(r"[^A-Z0-9]", "", doc.upper()), int(gross), int(net), currency) for doc, gross, net, currency in paid))
        groups.setdefault(key, []).append(number)
    gone: dict[str, str] = {}
    fills: dict[str, dict[str, Any]] = {}
    for numbers in groups.values():
        ordered = sorted(numbers, key=lambda n: (-int(parts[n]["confidence"].min()), str(parts[n]["source_file"].iloc[0]), n))
        kept: list[str] = []
        for number in ordered:
            twin = next((other for other in kept if _agree(parts[other].iloc[0], parts[number].iloc[0])), "")
            if twin:
                gone[number] = twin
                fills.setdefault(twin, {}).update(
                    {c: v for c, v in _stated(parts[number].iloc[0]).items() if c not in _stated(parts[twin].iloc[0])}
                )
            else:
                kept.append(number)
    if not gone:
        return lines, [], 0
    left = lines[~lines["remittance_id"].isin(list(gone))].copy()
    for number, values in fills.items():
        for column, value in values.items():
            left.loc[left["remittance_id"] == number, column] = value
    findings = [_told(parts[number], parts[twin]) for number, twin in sorted(gone.items())]
    return conform("remittance_lines", left), findings, len(lines) - len(left)


def _stated(head: pd.Series[Any]) -> dict[str, Any]:
    return {c: head[c] for c in _HEADS if not pd.isna(head[c]) and head[c] != ""}


def _agree(one: pd.Series[Any], other: pd.Series[Any]) -> bool:
    mine, theirs = _stated(one), _stated(other)
    return all(mine[c] == theirs[c] for c in _MUST_AGREE if c in mine and c in theirs)


def _told(rows: pd.DataFrame, kept: pd.DataFrame) -> Finding:
    again, first = (place(str(part["source_file"].iloc[0]), str(part["source_line"].iloc[0])) for part in (rows, kept))
    sentence = f"The advice in {again} is the one in {first} again: taken once."
    return Finding("EX-10", "info", sentence, "remittance_lines", (str(kept["remittance_id"].iloc[0]),))
