"""The shape of every reconciliation: lines as printed, reconciling items by class, result (domain 4, 4.10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from arwork.dates import span_after
from arwork.proof import Finding, Tie
from arwork.tables import conform, empty

CLASSES: Mapping[str, tuple[str, str]] = {
    "RI-TIM": ("in transit", "no entry needed"),
    "RI-OST": ("outstanding refund", "treasury follows up"),
    "RI-UNR": ("on the statement, not booked", "cash application books it"),
    "RI-CUT": ("posted in another period", "receivables correct it before certification"),
    "RI-INT": ("interface", "receivables and IT post it"),
    "RI-MJE": ("manual journal on the control account", "general ledger corrects it"),
    "RI-RCL": ("reclassified for presentation", "reverses by itself"),
    "RI-FXR": ("revaluation", "general ledger keeps it apart"),
    "RI-DUP": ("posted twice", "receivables reverse one"),
    "RI-BNK": ("error of the bank", "the bank corrects it"),
    "RI-ERR": ("posted with another amount", "receivables correct it"),
    "RI-MIS": ("posted to the wrong account or company", "receivables move it"),
    "RI-RND": ("rounding", "no entry needed"),
    "RI-DIS": ("disputed with the other side", "its owner settles it"),
    "RI-ICT": ("between companies in transit", "both companies clear it"),
    "RI-UNX": ("unexplained", "the preparer explains it"),
}
"""Class of each reconciling item: its name, and who corrects it (4.10)."""
OWNERS: Mapping[str, str] = {
    "RI-TIM": "", "RI-OST": "treasury", "RI-UNR": "cash application", "RI-CUT": "receivables", "RI-INT": "IT and receivables",
    "RI-MJE": "general ledger", "RI-RCL": "", "RI-FXR": "general ledger", "RI-DUP": "receivables", "RI-BNK": "bank",
    "RI-ERR": "receivables", "RI-MIS": "receivables", "RI-RND": "", "RI-DIS": "owner of the dispute", "RI-ICT": "both companies",
    "RI-UNX": "preparer",
}  # fmt: skip
"""Who corrects each class; blank where nobody needs to (4.10)."""


@dataclass(frozen=True)
class Reconciled:
    """What a reconciliation returns: its tables, ties and findings."""

    reconciliations: pd.DataFrame
    recon_lines: pd.DataFrame
    recon_items: pd.DataFrame
    proof_of_cash: pd.DataFrame
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Line:
    """One printed line: what it says, its letter in the layout, amount in minor units, rows behind it, whether it is a total."""

    label: str
    mark: str
    amount: int
    rows: int = 0
    total: bool = False


@dataclass(frozen=True)
class Item:
    """One reconciling item: class, letter of its line, document, day, signed amount in minor units, sentence, lineage.

    `owner` is who acts, where it is not whom the class names (4.10).
    """

    code: str
    mark: str
    document: str
    day: date
    amount: int
    sentence: str
    expected_by: date | None = None
    source_file: str = ""
    source_line: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Sheet:
    """One reconciliation as worked out; `ours`, `theirs` and the rest as in the table `reconciliations`."""

    rule: str
    ledger_id: str
    company_code: str
    account: str
    currency: str
    key_date: date
    ours: int
    theirs: int
    difference: int
    explained: int
    unexplained: int
    status: str
    sentence: str
    lines: tuple[Line, ...]
    items: tuple[Item, ...] = ()

    @property
    def recon_id(self) -> str:
        """Name the reconciliation: rule/ledger/company_code/account/currency."""
        return f"{self.rule}/{self.ledger_id}/{self.company_code}/{self.account}/{self.currency}"


def gather(sheets: Sequence[Sheet], proofs: Sequence[Mapping[str, Any]], ties: Iterable[Tie], findings: Iterable[Finding]) -> Reconciled:
    """Write worked-out reconciliations as the tables `reconciliations`, `recon_lines`, `recon_items`, `proof_of_cash`."""
    heads = [
        {
            "recon_id": s.recon_id, "rule": s.rule, "ledger_id": s.ledger_id, "company_code": s.company_code, "account": s.account,
            "currency": s.currency, "key_date": s.key_date, "ours": s.ours, "theirs": s.theirs, "difference": s.difference,
            "explained": s.explained, "unexplained": s.unexplained, "items": len(s.items), "status": s.status, "sentence": s.sentence,
        }
        for s in sheets
    ]  # fmt: skip
    lines = [{"recon_id": s.recon_id, "line_no": n, **vars(line)} for s in sheets for n, line in enumerate(s.lines, 1)]
    items = [
        {
            "recon_id": s.recon_id, "item_no": n, "code": i.code, "mark": i.mark, "document": i.document, "date": i.day, "amount": i.amount,
            "currency": s.currency, "sentence": i.sentence, "expected_by": i.expected_by or pd.NaT, "source_file": i.source_file,
            "source_line": i.source_line, "owner": i.owner,
        }
        for s in sheets for n, i in enumerate(s.items, 1)
    ]  # fmt: skip
    names = ("reconciliations", "recon_lines", "recon_items", "proof_of_cash")
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = dict(zip(names, (heads, lines, items, proofs), strict=True))
    tables = {name: conform(name, pd.DataFrame(found)) if found else empty(name) for name, found in rows.items()}
    return Reconciled(**tables, ties=tuple(ties), findings=tuple(findings))


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a frame, columns as attributes."""
    rows: Iterator[Any] = frame.itertuples(index=False)
    return rows


def due_by(day: date, span: str, holidays: Collection[date] = ()) -> date:
    """Add a span to a day: `5bd` business days, Monday to Friday less the holidays of the book (T27); `30d` calendar days."""
    return span_after(day, span, holidays)
