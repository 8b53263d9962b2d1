"""Where a trail may lead in a pack: tables with the columns that are searched, and each kind of row in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from arwork.money import Units
from arwork.show.numbers import day, money

_LINEAGE = ("source_file", "source_line")


@dataclass(frozen=True)
class Place:
    """One table of a pack as a search sees it.

    `what` names a row for people, `key` identifies it, `texts` and `amounts` are searched, `currency` is the column with the
    currency of the amounts, `links` are columns by which a receipt, item or customer found elsewhere leads here, `only` a
    column that must not be 0 where a customer leads here, `more` columns that are printed. Where `shown` is false the table only leads on.
    """

    what: str
    table: str
    key: tuple[str, ...]
    texts: tuple[str, ...]
    amounts: tuple[str, ...] = ()
    currency: str = "currency"
    links: tuple[str, ...] = ()
    only: str = ""
    more: tuple[str, ...] = ()
    lineage: bool = False
    shown: bool = True

    @property
    def columns(self) -> list[str]:
        """Every column that is read, each once."""
        named = (*self.key, *self.texts, *self.amounts, *((self.currency,) if self.amounts else ()), *self.links, *self.more)
        return list(dict.fromkeys((*named, *(_LINEAGE if self.lineage else ()))))


PLACES = (
    Place("customer", "customers", ("ledger_id", "company_code", "customer_id"), ("customer_id", "customer_id_raw", "name", "alias_names"),
          more=("status", "collector"), lineage=True),
    Place("customer account", "customer_banks", ("ledger_id", "company_code", "customer_id", "account", "virtual_account"),
          ("account", "virtual_account", "account_holder"), more=("verified_at",), lineage=True),
    Place("receipt", "receipts", ("receipt_id",),
          ("receipt_id", "remitter_name", "remitter_account", "remittance_text", "structured_ref", "end_to_end_id", "bank_txn_id"),
          ("amount",), links=("receipt_id", "customer_id"), more=("value_date", "status"), lineage=True),
    Place("payment", "bank_lines", ("line_id",),
          ("remitter_name", "remitter_account", "remittance_text", "structured_ref", "end_to_end_id", "bank_txn_id"), ("amount",),
          more=("value_date", "class"), lineage=True),
    Place("advice", "remittance_lines", ("remittance_id", "line_no"), ("doc_reference", "payment_ref", "payer_name", "payer_account", "trace_no"),
          ("net_amount", "gross_amount", "payment_amount"), more=("payment_date",), lineage=True),
    Place("reference", "references", ("receipt_id", "token", "origin", "item_id"), ("token",), shown=False),
    Place("item", "open_items", ("item_id",),
          ("item_id", "doc_no", "reference", "assignment", "po_no", "delivery_no", "contract_no", "structured_ref"),
          ("amount_doc", "open_amount_doc"), links=("item_id", "customer_id"), only="open_amount_doc",
          more=("customer_id", "due_date", "clearing_date", "clearing_doc"), lineage=True),
    Place("proposal", "proposals", ("receipt_id",), (), (), links=("receipt_id",),
          more=("strategy", "status", "gates", "decided_by", "sentence", "why_not")),
    Place("candidate", "proposal_items", ("receipt_id", "candidate", "item_id"), (), (), links=("item_id",),
          more=("reference", "amount_applied", "item_currency", "probability")),
    Place("allocation", "allocations", ("allocation_id",), (), ("amount_applied",), links=("receipt_id", "item_id"),
          more=("rule_id", "by", "reason")),
    Place("residual", "residuals", ("residual_id",), ("reference", "po_no"), ("amount",), links=("receipt_id",),
          more=("reason_code", "status")),
    Place("on account", "on_account", ("receipt_id",), (), ("amount",), links=("receipt_id",), more=("status", "kind")),
    Place("decision", "decisions", ("seq",), ("receipt_id", "item_ids", "by", "reason"), ("amount",), links=("receipt_id",),
          more=("at", "action", "outcome", "outcome_reason")),
    Place("decision", "other_decisions", ("seq",), ("matter", "said", "reason", "by", "item_ids", "customer_id"), ("amount",),
          links=("matter", "customer_id"), more=("at", "action", "outcome", "outcome_reason")),
    Place("repeat", "breaks", ("break_id",), ("reference", "cleared_by"), ("amount",), links=("receipt_id",), more=("class", "sentence")),
    Place("cash book", "cash_book", ("ledger_id", "company_code", "gl_account", "doc_no", "line_no"), ("doc_no", "reference", "text", "bank_ref"),
          ("amount",), more=("posting_date", "type"), lineage=True),
    Place("GL line", "gl_lines", ("ledger_id", "company_code", "gl_account", "doc_no", "line_no"), ("doc_no", "reference", "text"), ("amount",),
          more=("posting_date", "origin"), lineage=True),
    Place("dispute", "disputes", ("dispute_id",), ("dispute_id", "items"), ("disputed_amount",), links=("customer_id",),
          more=("reason_code", "status"), lineage=True),
)  # fmt: skip
"""Every table that is searched, in the order money meets them."""


def row_id(place: Place, row: Mapping[str, Any]) -> str:
    """Write the key of a row."""
    return "/".join(str(row[column]) for column in place.key)


def source_of(row: Mapping[str, Any]) -> str:
    """Write source file and line of a row; what has no source of its own says so."""
    return f"{row['source_file']}:{row['source_line']}" if row.get("source_file") else "made by this close"


def said_of(place: Place, row: Mapping[str, Any], units: Units) -> str:
    """Say what a row is, in one line: its day, amount, names and words."""
    words = _SAID.get(place.table, lambda found, _: "; ".join(str(found[column]) for column in place.texts if found[column]))
    return " ".join(words(row, units).split())


def state_of(place: Place, row: Mapping[str, Any], units: Units) -> str:
    """Say how a row stands."""
    if place.table == "open_items":
        if row["clearing_date"] is not None:
            return f"settled {day(row['clearing_date'])} by {row['clearing_doc'] or 'an unnamed document'}"
        return f"open by {_amount(row, 'open_amount_doc', units)}, due {day(row['due_date'])}"
    if place.table == "proposals":
        person = "" if row["decided_by"] == "rule" else f", decided by {row['decided_by']}"
        return " ".join(filter(None, (row["status"], "by", row["strategy"], row["gates"]))) + person
    if place.table == "proposal_items":
        return "proposed" if row["candidate"] == 1 else f"rival {row['candidate']}"
    if place.table == "allocations":
        return f"applied by {row['by']} ({row['rule_id']})"
    if place.table in ("decisions", "other_decisions"):
        return f"{row['outcome']}: {row['outcome_reason']}"
    return next((str(row[name]) for name in ("status", "outcome", "class", "type", "origin") if row.get(name)), "recorded")


def _amount(row: Mapping[str, Any], column: str, units: Units, currency: str = "currency") -> str:
    code = str(row[currency])
    return f"{money(int(row[column] or 0), code, units)} {code}" if units.known(code) else f"{row[column]} {code}"


def _receipt(row: Mapping[str, Any], units: Units) -> str:
    return f"{day(row['value_date'])} {_amount(row, 'amount', units)} {row['remitter_name']}: {row['structured_ref']} {row['remittance_text'][:120]}"


def _item(row: Mapping[str, Any], units: Units) -> str:
    return f"{row['reference'] or row['doc_no']} of customer {row['customer_id']}, {_amount(row, 'amount_doc', units)}"


def _advice(row: Mapping[str, Any], units: Units) -> str:
    return f"{row['payer_name']} {day(row['payment_date'])} pays {_amount(row, 'net_amount', units)} for {row['doc_reference']}"


def _decision(row: Mapping[str, Any], units: Units) -> str:
    return f"{row['at']} {row['action']} by {row['by']}: {row['reason']}"


def _candidate(row: Mapping[str, Any], units: Units) -> str:
    return f"{_amount(row, 'amount_applied', units, 'item_currency')} for {row['reference']}"


def _ledger_line(row: Mapping[str, Any], units: Units) -> str:
    return f"{day(row['posting_date'])} {_amount(row, 'amount', units)} {row['doc_no']} {row['reference']} {row['text']}"


_SAID = {
    "customers": lambda row, _: f"{row['customer_id']} {row['name']}",
    "receipts": _receipt,
    "bank_lines": _receipt,
    "open_items": _item,
    "remittance_lines": _advice,
    "proposals": lambda row, _: row["sentence"] or row["why_not"],
    "proposal_items": _candidate,
    "allocations": lambda row, units: f"{_amount(row, 'amount_applied', units)}: {row['reason']}",
    "decisions": _decision,
    "other_decisions": lambda row, _: f"{row['at']} {row['action']} {row['said']} by {row['by']}: {row['reason']}",
    "residuals": lambda row, units: f"{_amount(row, 'amount', units)} stays owed on {row['reference']} ({row['reason_code']})",
    "on_account": lambda row, units: f"{_amount(row, 'amount', units)} on account",
    "breaks": lambda row, _: row["sentence"],
    "cash_book": _ledger_line,
    "gl_lines": _ledger_line,
}
"""How a row of each table is put into words."""
