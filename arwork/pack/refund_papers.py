"""The papers of each refund: a file with its evidence index, an approval form and a letter, from templates that a team may edit."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from arwork.breaks.refund_checks import WORDS
from arwork.errors import InputError
from arwork.money import Units
from arwork.pack.digest import sha256
from arwork.pack.exports import defused
from arwork.show.markup import visible
from arwork.show.numbers import day, money, percent

TEMPLATES = ("file.html", "approval.html", "letter_en.html", "letter_de.html", "style.css")
"""Templates in `params/refunds`; a file of the same name in a folder `refunds` beside the params takes its place."""
_GERMAN = ("DE", "AT", "LI")
_COMMA = str.maketrans(",.", ".,")
_FILES = {
    "BANK_PROOF": "bank-proof.csv",
    "HISTORY": "history.csv",
    "NO_OPEN_DEBT": "open-items.csv",
    "DUPLICATE_CHECK": "refunds-before.csv",
}
_PROOF = (
    "receipt_id", "source_file", "source_line", "source_sha256", "bank_account", "booking_date", "value_date", "currency", "amount", "method",
    "remitter_name", "remitter_account", "bank_txn_id", "end_to_end_id", "remittance_text",
)  # fmt: skip
_ITEMS = (
    "item_id",
    "doc_type",
    "reference",
    "doc_date",
    "due_date",
    "clearing_date",
    "clearing_doc",
    "currency",
    "amount_doc",
    "open_amount_doc",
)
_HISTORY = (
    "allocation_id",
    "receipt_id",
    "item_id",
    "allocation_date",
    "currency",
    "amount_applied",
    "amount_relieved",
    "rule_id",
    "by",
    "reason",
)
_BEFORE = ("refund_id", "source", "paid_date", "currency", "amount", "payee_account", "status", "requested_by", "approved_by")


@dataclass(frozen=True)
class Papers:
    """What the papers are made from: tables of the run with the refunds as they stand, names, decimals, templates."""

    tables: Mapping[str, pd.DataFrame]
    companies: Mapping[tuple[str, str], str]
    units: Units
    as_of: date
    run: str
    templates: Mapping[str, str]


def folder_of(refund_id: str) -> str:
    """Name the folder of a refund: no text from outside becomes part of a path."""
    return f"refund-{sha256(refund_id.encode())[:12]}"


def environment(templates: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    """Return the sandbox in which templates run: every text is escaped, unknown names are errors, nothing else can be reached."""
    return ImmutableSandboxedEnvironment(loader=DictLoader(dict(templates)), autoescape=True, undefined=StrictUndefined)


def refund_papers(row: Mapping[Any, Any], papers: Papers) -> dict[str, bytes]:
    """Return the files of one refund by name: index.html, evidence.csv, the proofs as CSV, approval.html and letter.html.

    Every text from outside is escaped, hidden characters are shown by their code, and CSV cells are defused. Raises InputError
    for a template that does not work, with its name.
    """
    proofs = _proofs(row, papers)
    checks = papers.tables["refund_checks"].loc[lambda c: c["refund_id"] == row["refund_id"]].sort_values("place").to_dict("records")
    evidence = [
        {**line, "words": WORDS[line["document"]], "file": _FILES.get(line["document"], "") if line["state"] == "HAVE" else ""}
        for line in checks
    ]
    evidence = [{**line, "file": line["file"] if line["file"] in proofs else ""} for line in evidence]
    letter = _letter(row, papers)
    listed = _csv(
        ("document", "state", "evidence", "file"), ([line[name] for name in ("words", "state", "evidence", "file")] for line in evidence)
    )
    pages = {"index.html": "file.html", "approval.html": "approval.html", "letter.html": letter}
    made = {name: _filled(template, _context(row, papers, evidence, template), papers.templates) for name, template in pages.items()}
    return {**made, "evidence.csv": listed, **proofs}


def _letter(row: Mapping[Any, Any], papers: Papers) -> str:
    """Choose the language by the customer's country: German where it is spoken, else English."""
    customers = papers.tables["customers"]
    same = (customers["ledger_id"] == row["ledger_id"]) & (customers["company_code"] == row["company_code"])
    country = customers.loc[same & (customers["customer_id"] == row["customer_id"]), "country"].tolist()
    return "letter_de.html" if country and country[0] in _GERMAN else "letter_en.html"


def _filled(template: str, context: Mapping[str, Any], templates: Mapping[str, str]) -> bytes:
    try:
        return environment(templates).get_template(template).render(context).encode("utf-8")
    except TemplateError as broken:
        raise InputError(
            f"the template does not work: {broken}", where=f"refunds/{template}", cure="Correct it, or take it away."
        ) from None


def _context(row: Mapping[Any, Any], papers: Papers, evidence: Sequence[Mapping[str, Any]], template: str) -> dict[str, Any]:
    """Gather what templates may use; texts have no hidden characters, money and days are written as the language does."""
    code, german = str(row["currency"]), template.endswith("_de.html")

    def worth(minor: Any, currency: str = code) -> str:
        """Write an amount with its currency."""
        text = money(int(minor), currency, papers.units)
        return f"{text.translate(_COMMA) if german else text} {currency}"

    def dated(when: Any) -> str:
        """Write a day."""
        return f"{when:%d.%m.%Y}" if german else day(when)

    of = papers.tables["refund_offsets"].loc[lambda o: o["refund_id"] == row["refund_id"]].sort_values(["due_date", "item_id"])
    offsets = [
        {"reference": visible(line["reference"] or line["item_id"]), "due": dated(line["due_date"]), "open": worth(line["open_amount"]),
         "settled": worth(line["amount"])} for line in of.to_dict("records")
    ]  # fmt: skip
    steps = papers.tables["refund_steps"].loc[lambda s: s["refund_id"] == row["refund_id"]].to_dict("records")
    account = str(row["payee_account"])
    return {
        "refund": _shown(row), "gross": worth(row["gross_credit"]), "offset": worth(row["offset_amount"]), "amount": worth(row["refund_amount"]),
        "not_due": worth(row["owed_not_due"]), "disputed": worth(row["owed_disputed"]), "elsewhere": worth(row["owed_elsewhere"]),
        "tier_amount": worth(row["tier_amount"], str(row["tier_currency"])), "checklist": percent(int(row["checklist"])), "offsets": offsets,
        "evidence": [_shown(line) for line in evidence], "steps": [_shown(step) for step in steps], "pays": int(row["refund_amount"]) > 0,
        "company": visible(papers.companies.get((row["ledger_id"], row["company_code"]), "")), "as_of": dated(papers.as_of),
        "since": dated(row["since"]), "run": papers.run,
        "from_payment": row["source_kind"] == "RECEIPT", "known": row["route"] in ("SAME_ACCOUNT", "SAME_CARD"),
        "masked": f"{account[:4]} … {account[-4:]}" if len(account) > 8 else "the same card", "style": _style(papers.templates["style.css"]),
    }  # fmt: skip


def _style(text: str) -> Markup:
    """Take the style sheet as it is, but for what could end its element or fetch something."""
    return Markup(re.sub(r"<|@import|url\s*\(", "", text))  # noqa: S704 (the team's own style sheet, stripped)


def _shown(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Make the texts of a row visible and write its days."""
    return {str(name): visible(value) if isinstance(value, str) else _written(value) for name, value in row.items()}


def _written(value: Any) -> Any:
    """Write a day for people, a missing one as nothing; leave everything else."""
    return "" if value is pd.NaT else day(value) if isinstance(value, date) else value


def _proofs(row: Mapping[Any, Any], papers: Papers) -> dict[str, bytes]:
    """Write the proofs as CSV: the bank line with its source, the history, what the customer has open, refunds made before."""
    tables, source = papers.tables, row["source"]
    mine = ["ledger_id", "company_code", "customer_id"]
    line = tables["receipts"][tables["receipts"]["receipt_id"] == source]
    used = tables["allocations"].loc[lambda a: (a["receipt_id"] == source) | (a["item_id"] == source)]
    offset = tables["refund_offsets"].loc[tables["refund_offsets"]["refund_id"] == row["refund_id"], "item_id"]
    items = tables["open_items"]
    own = (items[mine] == [row[name] for name in mine]).all(axis=1) & (items["currency"] == row["currency"])
    shown = items[own & ((items["open_amount_doc"] != 0) | items["item_id"].isin([source, *offset, *used["item_id"]]))]
    before = tables["refund_register"]
    made = before.loc[(before[mine] == [row[name] for name in mine]).all(axis=1)]
    lists = {
        "history.csv": (used, _HISTORY), "open-items.csv": (shown, _ITEMS), "refunds-before.csv": (made, _BEFORE),
        **({"bank-proof.csv": (line, _PROOF)} if len(line) else {}),
    }  # fmt: skip
    return {name: _table(frame, columns, papers.units) for name, (frame, columns) in lists.items()}


def _table(frame: pd.DataFrame, columns: Sequence[str], units: Units) -> bytes:
    rows = frame[list(dict.fromkeys([*columns, "currency"]))].to_dict("records")
    return _csv(columns, ([_cell(name, row, units) for name in columns] for row in rows))


def _cell(name: str, row: Mapping[Any, Any], units: Units) -> str:
    value = row[name]
    if name in ("amount", "amount_doc", "open_amount_doc", "amount_applied", "amount_relieved"):
        return units.text(int(value), row["currency"])
    return str(_written(value))


def _csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a CSV with defused cells; amounts keep their sign, for they are digits of ours."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([cell if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) else defused(cell) for cell in row] for row in rows)
    return held.getvalue().encode("utf-8")
