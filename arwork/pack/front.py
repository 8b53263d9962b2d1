"""`pack.html`, the front page of a pack: READY or NOT READY and why, ties, findings, what is owed to whom, and the way to everything else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from arwork.money import Units
from arwork.pack.page import page, table_of
from arwork.proof import Finding, Tie
from arwork.show.markup import Markup, element, joined
from arwork.show.numbers import count, money, plural

_SEVERITIES = (("error", "Errors"), ("warn", "Warnings"), ("info", "Notes"))


def front_page(
    folder: Path,
    facts: Mapping[str, Any],
    ties: list[tuple[str, Tie]],
    findings: list[tuple[str, Finding]],
    owed: pd.DataFrame,
    units: Units,
    shared: str = "",
) -> str:
    """Write the page as at the seal; what is signed later never stands on it. Every text is escaped.

    `shared` says whose decisions came from one account and are not separated, where any did (CV-13).
    """
    said = "Every tie holds and no finding is an error." if facts["status"] == "READY" else "It must not be signed as it is."
    body = joined(
        element("h1", f"{facts['status']}: {facts['why']}"),
        element("p", f"{said} Run {facts['run']}, key date {facts['as_of']}, as at the seal."),
        element(
            "p",
            f"What people sign later does not change this pack: it stands in {facts['run']}.signoff beside it, and index.html of the "
            "outputs shows the state that follows. Check the pack with arwork verify, or without arwork: python verify.py.",
        ),
        element("p", f"The close signs its manifest by the key {facts['signing_key']}.") if "signing_key" in facts else Markup(""),
        element("p", shared) if shared else Markup(""),
        element("h2", "What is owed to whom"),
        _owed(owed, units),
        element("h2", f"Ties: {sum(t.holds for _, t in ties)} of {len(ties)} hold"),
        _ties(ties),
        element("h2", "Findings"),
        _findings(findings),
        element("h2", "In this pack"),
        _links(folder),
    )
    return page(f"{facts['close']} {facts['period']}", "Front page of a sealed pack. This page loads nothing and runs nothing.", body)


def _owed(owed: pd.DataFrame, units: Units) -> Markup:
    """Add up what waits, by who should act, queue and currency."""
    if owed.empty:
        return element("p", "Nothing waits for a person.")
    keys = ["owner", "queue", "currency"]
    sums = owed.groupby(keys, sort=True, dropna=False, as_index=False).agg(
        rows=("key", "size"), amount=("amount", "sum"), oldest=("days", "max")
    )
    rows = []
    for row in sums.to_dict("records"):
        code, amount = str(row["currency"]), int(row["amount"])
        shown = f"{money(amount, code, units)} {code}" if units.known(code) else str(amount)
        rows.append((str(row["owner"]) or "nobody named", str(row["queue"]), count(int(row["rows"])), shown, count(int(row["oldest"]))))
    return table_of(("who acts", "queue", "rows", "amount", "oldest, days"), rows, right=(2, 3, 4))


def _ties(ties: list[tuple[str, Tie]]) -> Markup:
    """Show every tie that does not hold, and how many hold by stage and rule with the name of one."""
    failed = [(stage, t.rule, t.name, f"{t.difference} {t.unit}") for stage, t in ties if not t.holds]
    held: dict[tuple[str, str], list[str]] = {}
    for stage, tie in ties:
        if tie.holds:
            held.setdefault((stage, tie.rule), []).append(tie.name)
    rows = [(stage, rule, names[0], count(len(names))) for (stage, rule), names in sorted(held.items())]
    good = table_of(("stage", "rule", "what ties, the first of them", "hold"), rows, right=(3,))
    bad = table_of(("stage", "rule", "does not hold", "difference"), failed, right=(3,)) if failed else Markup("")
    return joined(bad, good)


def _findings(findings: list[tuple[str, Finding]]) -> Markup:
    parts: list[Markup] = []
    for severity, name in _SEVERITIES:
        rows = [(f.rule, f.sentence, stage) for stage, f in findings if f.severity == severity]
        parts.append(element("h3", f"{name}: {count(len(rows))}"))
        if rows:
            parts.append(table_of(("rule", "what a person must know", "stage"), rows[:50]))
        if len(rows) > 50:
            parts.append(element("p", f"{plural(len(rows) - 50, 'more')} in the table findings."))
    return joined(*parts)


def _links(folder: Path) -> Markup:
    found = [("pack.xlsx", "the workbook")] if (folder / "pack.xlsx").is_file() else []
    found += [(f"html/{path.name}", f"notebook {path.stem}") for path in sorted((folder / "html").glob("*.html"))]
    found += [("journal.jsonl", "the decisions, chained"), ("manifest.json", "every file, input and version"), ("SHA256SUMS", "checksums")]
    found += [("verify.py", "checks this pack without arwork")]
    items = [element("li", element("a", name, href=quote(name)), f": {what}") for name, what in found]
    return element("ul", *items)
