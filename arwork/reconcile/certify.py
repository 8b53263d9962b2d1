"""Whether each reconciliation can be certified, and why not: unexplained, support, cut-off, changed inputs (4.11)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from arwork.dates import NO_HOLIDAYS, Holidays
from arwork.money import Units, percent_of
from arwork.policy import Reconciliation
from arwork.proof import Finding
from arwork.reconcile.layout import due_by
from arwork.tables import conform, empty

_DUE: Mapping[str, int] = {"RC-70": 1, "RC-20": 2, "RC-10": 3, "RC-30": 4, "RC-50": 4, "RC-60": 4}
"""Business day after the key date by which each is certified; the others on the fifth, the day of the review (4.11)."""
_HIGH = ("RC-10", "RC-20", "RC-30", "RC-50", "RC-60", "RC-70", "RC-80")
_BANK = ("RC-20", "RC-70")


@dataclass(frozen=True)
class Certified:
    """What certification returns: `certification`, `recon_inputs`, findings."""

    certification: pd.DataFrame
    recon_inputs: pd.DataFrame
    findings: tuple[Finding, ...]


def certifiability(
    reconciliations: pd.DataFrame,
    recon_items: pd.DataFrame,
    recon_inputs: pd.DataFrame,
    before: Mapping[str, pd.DataFrame],
    as_of: date,
    rules: Reconciliation,
    units: Units,
    certified_on: pd.DataFrame | None = None,
    off: Holidays = NO_HOLIDAYS,
) -> Certified:
    """Say of each of `reconciliations` whether it can be certified, and why not (4.11).

    Certifiable is what is proven, has nothing unexplained, no item of a wrong period and every material item with a row behind
    it. EXCEPTION: an unexplained amount up to the policy's limit, never of a bank account, never twice in a row. `before` holds
    `reconciliations` and `certification` of the close before: the same unexplained amount again escalates. `certified_on` are
    the `recon_inputs` on which they were certified; an input that changed since is named and voids it.
    """
    last = _by_id(before.get("reconciliations", empty("reconciliations")))
    allowed_last = _by_id(before.get("certification", empty("certification")))
    changed = stale(certified_on, recon_inputs) if certified_on is not None else {}
    rows = []
    for recon in reconciliations.sort_values("recon_id").to_dict("records"):
        items = recon_items[recon_items["recon_id"] == recon["recon_id"]]
        exceptional = allowed_last.get(recon["recon_id"], {}).get("certifiable") == "EXCEPTION"
        again = last.get(recon["recon_id"], {}).get("unexplained") == recon["unexplained"] != 0
        rows.append(_judged(recon, items, again, exceptional, changed.get(recon["recon_id"], ()), as_of, rules, units, off))
    table = conform("certification", pd.DataFrame(rows)) if rows else empty("certification")
    return Certified(table, recon_inputs, tuple(_findings(table)))


MOST_FILES = 50
"""Files of one kind up to which each is named by itself."""


def condensed(recon_inputs: pd.DataFrame) -> pd.DataFrame:
    """Write many files of one kind as one row: how many, and one digest over all of theirs."""
    rows = []
    for (recon_id, reads), files in recon_inputs.groupby(["recon_id", "reads"], sort=True):
        if len(files) <= MOST_FILES:
            rows += files.to_dict("records")
            continue
        told = "".join(f"{sha} {name}\n" for name, sha in sorted(zip(files["source_file"], files["sha256"], strict=True)))
        digest = hashlib.sha256(told.encode()).hexdigest()
        rows.append({"recon_id": recon_id, "source_file": f"{len(files)} {reads} files", "reads": reads, "sha256": digest})
    return conform("recon_inputs", pd.DataFrame(rows)) if rows else empty("recon_inputs")


def stale(certified_on: pd.DataFrame, now: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Name by reconciliation the files that are not the ones it was certified on: other bytes, new, or gone (4.11)."""
    key = ["recon_id", "source_file", "sha256"]
    left, right = (set(condensed(frame)[key].itertuples(index=False, name=None)) for frame in (certified_on, now))
    found: dict[str, set[str]] = {}
    standing = set(certified_on["recon_id"])
    for recon_id, file, _ in left ^ right:
        if recon_id not in standing:
            continue
        found.setdefault(str(recon_id), set()).add(str(file))
    return {recon_id: tuple(sorted(files)) for recon_id, files in sorted(found.items())}


def _by_id(frame: pd.DataFrame) -> dict[str, dict[Any, Any]]:
    return {row["recon_id"]: row for row in frame.to_dict("records")}


def _judged(
    recon: Mapping[Any, Any], items: pd.DataFrame, again: bool, exceptional: bool, changed: tuple[str, ...], as_of: date,
    rules: Reconciliation, units: Units, off: Holidays,
) -> dict[str, Any]:  # fmt: skip
    rest, code = int(recon["unexplained"]), str(recon["currency"])
    limit = 0 if recon["rule"] in _BANK else _allowed(abs(int(recon["theirs"])), code, rules, units)
    material = items["amount"].abs() >= units.rounded(rules.item_materiality, code)
    unsupported = int((material & (items["source_file"] == "")).sum())
    wrong = sorted(items.loc[items["code"] == "RI-CUT", "document"])

    def money(minor: int) -> str:
        """Write an amount for a sentence."""
        return f"{units.decimal(minor, code):,} {code}"

    why = "Proven, explained and supported." + (f" It rests on {len(items)} reconciling items." if len(items) else "")
    state = "YES"
    if recon["status"] == "NOT_PROVEN":
        state, why = "NO", f"One side is missing: {recon['sentence']}"
    elif rest and (abs(rest) > limit or exceptional):
        state = "NO"
        why = f"{money(rest)} is unexplained; " + (
            f"an exception of at most {money(limit)} was used up in the period before." if exceptional and abs(rest) <= limit
            else f"at most {money(limit)} could be certified as immaterial." if limit else "nothing of it may be certified."
        )  # fmt: skip
    elif wrong:
        state, why = "NO", f"{len(wrong)} documents stand in a wrong period and are corrected first (RI-CUT), the first is {wrong[0]}."
    elif unsupported:
        state, why = "NO", f"{unsupported} material reconciling items have no row of a file behind them."
    elif rest:
        state, why = "EXCEPTION", f"{money(rest)} is unexplained and immaterial; a reviewer must approve it, for this period only."
    if changed:
        state, why = "NO", f"STALE, an input changed since it was certified: {', '.join(changed)}. {why}"
    rating = "HIGH" if recon["rule"] in _HIGH else "MEDIUM"
    return {
        "recon_id": recon["recon_id"], "rating": rating, "due": _due(recon, as_of, off), "certifiable": state, "unexplained": rest,
        "allowed": limit, "currency": code, "escalate": again or (exceptional and rest != 0), "unsupported": unsupported,
        "stale": "; ".join(changed), "why": why,
    }  # fmt: skip


def _allowed(balance: int, code: str, rules: Reconciliation, units: Units) -> int:
    """Return the most that may stay unexplained: the lower of the amount and the percentage of the balance."""
    limit = rules.immaterial_unexplained
    return min(units.rounded(limit.abs, code), percent_of(balance, limit.pct))


def _due(recon: Mapping[Any, Any], as_of: date, off: Holidays) -> date:
    """Return the business day of its book after the key date by which a rule is certified; customers within ten days of the request."""
    if recon["rule"] == "RC-40":
        return as_of + timedelta(days=10)
    return due_by(as_of, f"{_DUE.get(recon['rule'], 5)}bd", off.get((recon["ledger_id"], recon["company_code"]), ()))


def _findings(table: pd.DataFrame) -> list[Finding]:
    again = tuple(table.loc[table["escalate"], "recon_id"])
    found = [Finding("4.11", "warn", f"{len(again)} reconciliations leave the same amount unexplained for the second period: "
                     f"{', '.join(again[:3])}; escalate.", "certification", again)] if again else []  # fmt: skip
    barred = table[table["certifiable"] == "NO"]
    if len(barred):
        said = f"{len(barred)} of {len(table)} reconciliations cannot be certified yet; first {barred['recon_id'].iloc[0]}: {barred['why'].iloc[0]}"
        found.append(Finding("4.11", "info", said, "certification", tuple(barred["recon_id"])))
    return found
