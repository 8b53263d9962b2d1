"""What a notebook prints: tables with control totals, ties, findings, facts, reconciliations and the waiting list.

Everything is static, escaped and styled inline, so it reads the same in a trusted notebook, in an untrusted one and on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from arwork.errors import InputError
from arwork.money import Units
from arwork.proof import Finding, Tie
from arwork.show.columns import currencies_of, figure, heading, kinds_of, table_of, totals_of, written
from arwork.show.grid import Align, Grid, Row, Shown, Tone, draw
from arwork.show.numbers import count, day, plural

_RIGHT = frozenset({"money", "count", "percent", "points", "rate"})
_WIDE = frozenset({
    "sentence", "why", "why_not", "reason", "said", "outcome_reason", "remittance_text", "runner_up", "falls_without", "next_action",
    "payer_sentence", "proof", "cure", "class_reason", "text", "script", "notice", "criterion", "not_before", "to_confirm", "wrong", "hard_first",
    "evidence", "usual_action", "name", "customer_name", "parts",
})  # fmt: skip
_SEVERITIES = ("error", "warn", "info")
_RULE_NAMES = {
    "RC-10": "Subledger to GL control account", "RC-20": "Bank to book", "RC-30": "Roll-forward", "RC-40": "Customer account",
    "RC-50": "Intercompany", "RC-60": "Cash without an item", "RC-70": "Daily cash log", "RC-80": "Tie-out", "RC-90": "Cut-off",
}  # fmt: skip
_MARKS = {"TIES": "✔", "UNEXPLAINED": "✘", "NOT_PROVEN": "○"}
"""A reconciliation that waits for its other side is open, and does not disagree."""
_OWED = ("queue", "since", "days", "customer_id", "currency", "amount", "owner", "next_action", "why", "source_file", "source_line")


def table(
    frame: pd.DataFrame,
    units: Units,
    *,
    title: str,
    columns: Sequence[str] | None = None,
    rows: int = 25,
    totals: Sequence[str] | None = (),
    currency: str = "",
    all_in: str = "",
) -> Shown:
    """Print the first rows of a frame with its row count and the totals of its money columns per currency (CV-15).

    `columns` are the columns to print, all by default. `totals` are the money columns to add up over all rows of the frame,
    not only those printed: by default every money column, None for none. `currency` is used where the frame has no currency column.
    `all_in` names the file that holds every row; a declared table names its own. Raises InputError for an unknown column.
    """
    names = [str(name) for name in (frame.columns if columns is None else columns)]
    if unknown := [name for name in names if name not in frame.columns]:
        raise InputError(f"the table has no column {', '.join(unknown)}", cure=f"Its columns are {', '.join(map(str, frame.columns))}.")
    kinds = kinds_of(frame)
    head = frame.head(rows)
    cells = [written(name, kinds[name], head, units, currency) for name in names]
    added = [n for n in names if kinds[n] == "money" and totals is not None and (n in totals or not totals)]
    return draw(Grid(
        caption=title,
        heads=tuple(heading(name) for name in names),
        aligns=tuple("right" if kinds[name] in _RIGHT else "left" for name in names),
        rows=(*(Row(row) for row in zip(*cells, strict=True)), *_totals(frame, names, added, units, currency)),
        notes=(_rows_note(len(head), len(frame), all_in or _file_of(frame)),),
        wide=frozenset(i for i, name in enumerate(names) if name in _WIDE),
    ))  # fmt: skip


def _totals(frame: pd.DataFrame, names: Sequence[str], added: Sequence[str], units: Units, currency: str) -> list[Row]:
    sums = {name: totals_of(name, frame, currency) for name in added}
    codes = sorted({code for found in sums.values() for code in found})
    label = next((i for i, name in enumerate(names) if name not in added), -1)
    printed = []
    for code in codes:
        cells = [figure(sums[n][code], code, units) if code in sums.get(n, {}) else "" for n in names]
        if label >= 0:
            cells[label] = f"Total {code}"
        printed.append(Row(tuple(cells), "total"))
    return printed


def _file_of(frame: pd.DataFrame) -> str:
    name = table_of(frame)
    return f"data/{name}.parquet" if name else ""


def _rows_note(shown: int, whole: int, file: str) -> str:
    if shown == whole:
        return f"{plural(whole, 'row')}." if whole else "No rows."
    return f"{count(shown)} of {plural(whole, 'row')} shown" + (f"; all in {file}." if file else ".")


def ties(found: Sequence[Tie] | pd.DataFrame, units: Units) -> Shown:
    """Print ties (Tie objects, or the table `ties`): what must agree, both figures, the difference, and whether it holds."""
    lines = [_tie_facts(tie) for tie in (found.to_dict("records") if isinstance(found, pd.DataFrame) else found)]
    failing = sum(1 for line in lines if not line["holds"])
    printed = []
    for line in lines:
        figures = [figure(int(line[name]), line["unit"], units) for name in ("ours", "theirs", "difference", "allowed")]
        verdict = "✔ holds" if line["holds"] else "✘ FAILS"
        printed.append(Row((verdict, line["rule"], line["name"], line["unit"], *figures), "" if line["holds"] else "bad"))
    caption = f"Ties: {len(lines)} checked, " + (f"{failing} FAIL" if failing else "all hold")
    heads = ("Result", "Rule", "What must agree", "Unit", "Ours", "Theirs", "Difference", "Allowed")
    aligns: tuple[Align, ...] = ("left", "left", "left", "left", "right", "right", "right", "right")
    return draw(Grid(caption if lines else "Ties: none were checked", heads, aligns, tuple(printed), wide=frozenset({2})))


def _tie_facts(tie: Tie | Mapping[Any, Any]) -> dict[str, Any]:
    names = ("rule", "name", "unit", "ours", "theirs", "difference", "allowed", "holds")
    return {name: tie[name] if isinstance(tie, Mapping) else getattr(tie, name) for name in names}


def findings(found: Sequence[Finding] | pd.DataFrame, rows: int = 5) -> Shown:
    """Print findings (Finding objects, or the table `findings`), errors first, each with the first rows it speaks of."""
    listed = [_finding_facts(f) for f in (found.to_dict("records") if isinstance(found, pd.DataFrame) else found)]
    listed.sort(key=lambda f: _SEVERITIES.index(f[0]))
    tones: Mapping[str, Tone] = {"error": "bad", "warn": "warn", "info": ""}
    printed = [Row((s.upper() if s == "error" else s, rule, text, _some(keys, rows)), tones[s]) for s, rule, text, keys in listed]
    counts = [plural(sum(f[0] == s for f in listed), name) for s, name in zip(_SEVERITIES, ("error", "warning", "note"), strict=True)]
    caption = "Findings: " + (", ".join(counts) if listed else "none")
    return draw(Grid(caption, ("Severity", "Rule", "What to know", "Rows"), ("left",) * 4, tuple(printed), wide=frozenset({2, 3})))


def _finding_facts(finding: Finding | Mapping[Any, Any]) -> tuple[str, str, str, tuple[str, ...]]:
    if isinstance(finding, Mapping):
        return finding["severity"], finding["rule"], finding["sentence"], tuple(finding["rows"].split())
    return finding.severity, finding.rule, finding.sentence, finding.rows


def _some(keys: Sequence[str], shown: int) -> str:
    rest = len(keys) - shown
    return ", ".join(keys[:shown]) + (f" and {count(rest)} more" if rest > 0 else "")


def facts(pairs: Mapping[str, str] | Iterable[tuple[str, str]], title: str = "") -> Shown:
    """Print names and values, one pair a row."""
    listed = pairs.items() if isinstance(pairs, Mapping) else pairs
    rows = tuple(Row((str(name), str(value))) for name, value in listed)
    return draw(Grid(title, ("", ""), ("left", "left"), rows, row_heads=0, wide=frozenset({1})))


def statement(recon_lines: pd.DataFrame, reconciliation: Mapping[Any, Any] | pd.Series[Any], units: Units) -> Shown:
    """Print one reconciliation as its layout says (4.1, 4.2): mark, label, rows behind the figure, amount, ruled totals.

    `recon_lines` may hold the lines of others; those of the reconciliation's `recon_id` are taken, in their order.
    """
    facts_of = dict(reconciliation)
    code = str(facts_of["currency"])
    lines = recon_lines[recon_lines["recon_id"] == facts_of["recon_id"]].sort_values("line_no")
    last = len(lines) - 1
    printed = []
    for place, line in enumerate(lines.to_dict("records")):
        tone: Tone = ("final" if place == last else "total") if line["total"] else ""
        rows = count(line["rows"]) if line["rows"] else ""
        printed.append(Row((line["mark"], line["label"], rows, figure(line["amount"], code, units)), tone))
    caption = (
        f"{facts_of['rule']} {_RULE_NAMES.get(facts_of['rule'], '')}: company {facts_of['company_code']}, "
        f"account {facts_of['account']}, {code}, key date {day(facts_of['key_date'])}"
    )
    verdict = f"{_MARKS[str(facts_of['status'])]} {str(facts_of['status']).replace('_', ' ')}"
    notes = (f"{verdict}. Unexplained {figure(int(facts_of['unexplained']), code, units)} {code}. {facts_of['sentence']}",)
    aligns: tuple[Align, ...] = ("left", "left", "right", "right")
    return draw(Grid(caption, ("", "Line", "Rows", code), aligns, tuple(printed), notes, row_heads=1, wide=frozenset({1})))


def owed(waiting: pd.DataFrame, units: Units, rows: int = 25) -> Shown:
    """Print the table `owed`: what waits for a person, longest wait and largest amount first, with totals per currency."""
    order = waiting.assign(_size=waiting["amount"].abs()).sort_values(
        ["days", "_size", "queue", "key"], ascending=[False, False, True, True], kind="stable"
    )
    title = f"Waiting for a person: {plural(len(waiting), 'case')}" if len(waiting) else "Nothing waits for a person"
    return table(order.drop(columns="_size"), units, title=title, columns=_OWED, rows=rows, totals=("amount",), all_in="data/owed.parquet")


def amounts(frame: pd.DataFrame, name: str, units: Units, currency: str = "") -> str:
    """Write the totals of a money column in one line, for headings and sentences: `EUR 1,234.50, JPY 900`."""
    currencies_of(name, frame, currency)
    return ", ".join(f"{code} {figure(minor, code, units)}" for code, minor in totals_of(name, frame, currency).items())
