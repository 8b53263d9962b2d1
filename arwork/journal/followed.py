"""Promises, contacts and disputes that people recorded in the journal, laid over what the exports say (T13, T14, T16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from arwork.journal.events import Event, standing
from arwork.proof import Finding
from arwork.tables import TABLES, conform

Account = tuple[str, str, str]


@dataclass(frozen=True)
class Followed:
    """`promises`, `contacts` and `disputes` with what the journal adds, and what could not be laid over."""

    promises: pd.DataFrame
    contacts: pd.DataFrame
    disputes: pd.DataFrame
    findings: tuple[Finding, ...]


def follow(
    events: Sequence[Event], promises: pd.DataFrame, contacts: pd.DataFrame, disputes: pd.DataFrame, customers: pd.DataFrame
) -> Followed:
    """Lay the journal's promises, contacts and disputes over the tables of the exports; the journal's word is the later one.

    A decision names its customer, and its ledger and company where the number stands in several. What cannot be placed is told
    in a finding and left out. Rows of the journal carry `journal` as their file and the number of the decision as their line.
    """
    accounts = _accounts(customers)
    added: dict[str, dict[str, dict[str, Any]]] = {
        name: {row[key]: {str(k): v for k, v in row.items()} for row in frame.to_dict("records")}
        for name, key, frame in (
            ("promises", "promise_id", promises),
            ("contacts", "contact_id", contacts),
            ("disputes", "dispute_id", disputes),
        )
    }
    wrong: list[str] = []
    for action, name, key, make in (
        ("PROMISE", "promises", "promise", _promise), ("CONTACT", "contacts", "", _contact), ("DISPUTE", "disputes", "dispute", _dispute),
    ):  # fmt: skip
        for event in standing(events, action):
            number = str(event.body[key]) if key else f"journal-{event.seq}"
            row = make(event, number, accounts, added[name].get(number))
            if row is None:
                wrong.append(f"{event.seq} ({action.lower()})")
            else:
                added[name][number] = {**row, **_lineage(event)}
    made = {name: _table(name, rows.values()) for name, rows in added.items()}
    return Followed(made["promises"], made["contacts"], made["disputes"], tuple(_told(wrong)))


def _told(wrong: list[str]) -> list[Finding]:
    if not wrong:
        return []
    said = f"Decisions {', '.join(wrong)} of the journal name no customer, document or amount that this close knows; they were left out."
    return [Finding("T13", "warn", said, "promises")]


def _accounts(customers: pd.DataFrame) -> Mapping[str, list[Account]]:
    found: dict[str, list[Account]] = {}
    for ledger, company, number in customers[["ledger_id", "company_code", "customer_id"]].itertuples(index=False, name=None):
        found.setdefault(number, []).append((ledger, company, number))
    return found


def _whose(body: Mapping[str, Any], accounts: Mapping[str, list[Account]]) -> dict[str, str] | None:
    """Return the account a decision names; None where there is none or more than one."""
    said = (body.get("ledger"), body.get("company_code"))
    fits = [a for a in accounts.get(str(body.get("customer", "")), []) if all(not s or s == have for s, have in zip(said, a, strict=False))]
    return dict(zip(("ledger_id", "company_code", "customer_id"), fits[0], strict=True)) if len(fits) == 1 else None


def _lineage(event: Event) -> dict[str, str]:
    return {"source_file": "journal", "source_line": str(event.seq), "source_sha256": event.hash}


def _words(body: Mapping[str, Any]) -> str:
    """Return the documents a decision names, separated by blanks."""
    named = body.get("items") or ([body["item"]] if body.get("item") else [])
    return " ".join(str(entry.get("item", "") if isinstance(entry, Mapping) else entry) for entry in named).strip()


def _promise(event: Event, number: str, accounts: Mapping[str, list[Account]], before: dict[str, Any] | None) -> dict[str, Any] | None:
    body, whose = event.body, _whose(event.body, accounts)
    if whose is None:
        return None
    made = before["created_date"] if before else pd.Timestamp(str(body.get("created") or event.at[:10]))
    return {
        "promise_id": number, **whose, "item": _words(body) or (before or {}).get("item", ""), "created_date": made,
        "promised_date": pd.Timestamp(body["date"]), "promised_amount": body["amount"], "currency": body["currency"],
        "status": body["step"], "plan": str(body.get("plan", "")), "given_by": str(body.get("given_by", "")),
        "channel": str(body.get("channel", "")),
    }  # fmt: skip


def _contact(event: Event, number: str, accounts: Mapping[str, list[Account]], before: dict[str, Any] | None) -> dict[str, Any] | None:
    body, whose = event.body, _whose(event.body, accounts)
    outcome = str(body["outcome"]).strip().upper().replace(" ", "_")
    allowed = next(c.values for c in TABLES["contacts"].columns if c.name == "outcome")
    if whose is None or outcome not in allowed:
        return None
    again = body.get("next_action_date")
    return {
        "contact_id": number, **whose, "contact_date": pd.Timestamp(body["date"]),
        "contact_time": str(body.get("time", "")), "type": body["channel"], "outcome": outcome,
        "direction": "IN" if str(body.get("direction", "")).upper() == "IN" else "OUT", "items": _words(body),
        "action_code": str(body.get("action_code", "")), "person": str(body.get("person", "")),
        "next_action_date": pd.Timestamp(again) if again else pd.NaT, "note": event.reason, "made_by": event.by,
    }  # fmt: skip


def _dispute(event: Event, number: str, accounts: Mapping[str, list[Account]], before: dict[str, Any] | None) -> dict[str, Any] | None:
    body = event.body
    day = pd.Timestamp(str(body.get("date") or event.at[:10]))
    over = {"status": body["step"]}
    over |= {name: str(body[name]) for name in ("resolution", "root_cause", "owner_function", "processor") if body.get(name)}
    over |= {name: pd.Timestamp(body[name]) for name in ("due_date", "resolved_date") if body.get(name)}
    over |= {name: body[name] for name in ("paid_amount", "credited_amount", "cleared_manually", "original_amount") if name in body}
    if body["step"] == "RESOLVED" and "resolved_date" not in over:
        over["resolved_date"] = day
    elif body["step"] not in ("RESOLVED", "CLOSED"):  # a case that was reopened is not resolved any more; its age goes on
        over |= {"resolution": "", "resolved_date": None}
    if before:
        if isinstance(body.get("amount"), int):
            over["disputed_amount"] = body["amount"]
        return {**before, **over}
    whose, words = _whose(body, accounts), _words(body)
    if whose is None or not words or not isinstance(body.get("amount"), int) or not body.get("currency"):
        return None
    return {
        "dispute_id": number, **whose, "items": words, "opened_date": day, "logged_date": pd.Timestamp(event.at[:10]),
        "reason_code": str(body.get("reason_code", "UN")), "disputed_amount": body["amount"], "currency": str(body["currency"]), **over,
    }  # fmt: skip


def _table(name: str, rows: Any) -> pd.DataFrame:
    """Build a table from rows of exports and of the journal; what a row lacks is blank."""
    held = list(rows)
    columns: dict[str, Any] = {}
    for column in TABLES[name].columns:
        values = [row.get(column.name) for row in held]
        if column.kind == "date":
            columns[column.name] = pd.to_datetime(pd.Series([pd.NaT if v is None else v for v in values], dtype="object"))
        elif column.kind == "money?":
            columns[column.name] = pd.array([pd.NA if v is None or pd.isna(v) else int(v) for v in values], dtype="Int64")
        elif column.kind == "money":
            columns[column.name] = pd.array(values, dtype="int64")
        else:
            columns[column.name] = ["" if v is None or (isinstance(v, float) and pd.isna(v)) else str(v) for v in values]
    return conform(name, pd.DataFrame(columns))
