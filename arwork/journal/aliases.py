"""What people accepted of customers (names, accounts, references, payers), laid over the tables by which payers are known (2.2, step B)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from arwork.journal.events import Event, standing
from arwork.tables import conform

_KEY = ["ledger_id", "company_code", "customer_id"]


@dataclass(frozen=True)
class Known:
    """Customers with accepted names, their accounts, rights to pay; `references` are (ledger, company, number) with their customers."""

    customers: pd.DataFrame
    customer_banks: pd.DataFrame
    payer_relationships: pd.DataFrame
    references: Mapping[tuple[str, str, str], frozenset[str]]


def with_aliases(
    events: Sequence[Event], customers: pd.DataFrame, customer_banks: pd.DataFrame, payer_relationships: pd.DataFrame
) -> Known:
    """Lay the accepted aliases over the tables of the exports; rows they add carry `journal` and the number of the decision."""
    said = standing(events, "ALIAS") if any(event.action == "ALIAS" for event in events) else []
    if not said:
        return Known(customers, customer_banks, payer_relationships, {})
    names: dict[tuple[str, ...], list[str]] = {}
    references: dict[tuple[str, str, str], set[str]] = {}
    banks: list[dict[str, Any]] = []
    rights: list[dict[str, Any]] = []
    for event in said:
        body = event.body
        whose = (str(body.get("ledger", "")), str(body.get("company_code", "")), str(body["customer"]))
        lineage = {"source_file": "journal", "source_line": str(event.seq), "source_sha256": event.hash}
        account = dict(zip(_KEY, whose, strict=True))
        if body["kind"] == "NAME":
            names.setdefault(whose, []).append(str(body["alias"]))
        elif body["kind"] == "ACCOUNT":
            banks.append({**account, "account": str(body["alias"]), **lineage})
        elif body["kind"] == "REFERENCE":
            references.setdefault((*whose[:2], str(body["alias"])), set()).add(whose[2])
        else:
            rights.append({
                **{name: account[name] for name in _KEY[:2]}, "payer_id": str(body["alias"]), "beneficiary_id": whose[2], "type": "AGENT",
                "authority_doc": str(body.get("document", "")), "valid_from": pd.Timestamp(str(body.get("since") or event.at[:10])), **lineage,
            })  # fmt: skip
    kept = {key: frozenset(who) for key, who in references.items()}
    return Known(
        _named(customers, names), _more("customer_banks", customer_banks, banks, ["account", "virtual_account"]),
        _more("payer_relationships", payer_relationships, rights, ["payer_id", "beneficiary_id", "type", "valid_from"]), kept,
    )  # fmt: skip


def _named(customers: pd.DataFrame, names: Mapping[tuple[str, ...], list[str]]) -> pd.DataFrame:
    if not names:
        return customers
    keys = list(customers[_KEY].itertuples(index=False, name=None))
    told = [" | ".join([*filter(None, [old]), *names.get(key, ())]) for key, old in zip(keys, customers["alias_names"], strict=True)]
    return customers.assign(alias_names=pd.Series(told, index=customers.index, dtype=customers["alias_names"].dtype))


def _more(name: str, frame: pd.DataFrame, rows: list[dict[str, Any]], key: list[str]) -> pd.DataFrame:
    """Add rows that the export does not have by its key; accounts are compared without blanks and case."""
    if not rows:
        return frame
    made = pd.DataFrame(rows)
    for column in key:
        if column not in made:
            made[column] = ""
    wide = [*(column for column in _KEY if column in frame.columns), *key]
    both = pd.concat([frame, made], ignore_index=True) if len(frame) else made
    return conform(name, both.drop_duplicates(wide, keep="first"))
