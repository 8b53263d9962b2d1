"""The listing sheets of a close: what waits, proposals, allocations, breaks, decisions, sources, rejects, findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from arwork.money import Units
from arwork.pack.sheets import Link
from arwork.pack.workbook_lists import FIRST_ROW, Listing, columns_of
from arwork.show.columns import figure
from arwork.show.numbers import count

Tables = Mapping[str, pd.DataFrame]
_FACTS = ["receipt_id", "booking_date", "bank_account", "remitter_name", "remittance_text", "statement_key", "line_no"]
_HEADS = {"remitter_name": "Payer on the statement", "key": "Key", "decided_by": "By"}
_ITEMS_SHOWN, _RIVALS_SHOWN = 12, 5
_LEGS = ("wht", "bank_charge", "fx")


def proposals_in_order(tables: Tables) -> pd.DataFrame:
    """Return proposals with the facts of their receipts and source rows, by booking day and place on the statement."""
    facts = tables["receipts"][[*_FACTS, "source_file", "source_line"]]
    joined = tables["proposals"].merge(facts, on="receipt_id", how="inner", validate="1:1")
    order = ["booking_date", "bank_account", "currency", "statement_key", "line_no", "receipt_id"]
    return joined.sort_values(order, kind="stable").reset_index(drop=True)


def waiting_in_order(tables: Tables) -> pd.DataFrame:
    """Return the table `owed`, the longest wait and the largest amount first."""
    sized = tables["owed"].assign(_size=tables["owed"]["amount"].abs())
    ordered = sized.sort_values(["days", "_size", "queue", "key"], ascending=[False, False, True, True], kind="stable")
    return ordered.drop(columns="_size").reset_index(drop=True)


def rows_by(keys: pd.Series[str]) -> dict[str, int]:
    """Return the sheet row of each key of a listing."""
    return {str(key): FIRST_ROW + place for place, key in enumerate(keys)}


def candidates(tables: Tables, units: Units) -> dict[tuple[str, int], str]:
    """Write out each candidate of each receipt: its documents with the cash for each."""
    currency = dict(zip(tables["proposals"]["receipt_id"], tables["proposals"]["currency"], strict=True))
    items = tables["proposal_items"]
    held: dict[tuple[str, int], list[str]] = {}
    columns = (items[name] for name in ("receipt_id", "candidate", "item_id", "reference", "amount_applied"))
    for receipt, candidate, item, reference, minor in zip(*columns, strict=True):
        amount = figure(int(minor), currency.get(receipt, ""), units)
        held.setdefault((receipt, int(candidate)), []).append(f"{reference or item} {amount}")
    return {key: _some(parts, _ITEMS_SHOWN, "; ") for key, parts in held.items()}


def _some(parts: list[str], shown: int, between: str) -> str:
    rest = len(parts) - shown
    return between.join(parts[:shown]) + (f"{between}and {count(rest)} more" if rest > 0 else "")


def _links(keys: pd.Series[str], texts: pd.Series[str], sheet: str, rows: Mapping[str, int]) -> pd.Series[Any]:
    cells = [Link(t, sheet, f"A{rows[k]}") if k in rows and t else t for k, t in zip(keys, texts, strict=True)]
    return pd.Series(cells, index=keys.index, dtype=object)


def exceptions(tables: Tables, units: Units, proposal_rows: Mapping[str, int]) -> Listing:
    """List what waits for a person with the receipt's own words, the candidates, and the row in the source file (G, EX, RC)."""
    waiting = waiting_in_order(tables)
    breaks = dict(zip(tables["breaks"]["break_id"], tables["breaks"]["receipt_id"], strict=True))
    receipts = waiting["key"].map(lambda key: breaks.get(key, key))
    said = tables["receipts"].set_index("receipt_id")
    told = tables["proposals"].set_index("receipt_id")
    names = _customer_names(tables, waiting)
    texts = candidates(tables, units)
    listed: dict[str, list[str]] = {}
    for (receipt, number), text in sorted(texts.items()):
        listed.setdefault(receipt, []).append(f"{number}: {text}")
    frame = waiting.assign(
        name=names,
        remitter_name=_looked_up(receipts, said["remitter_name"]),
        remittance_text=_looked_up(receipts, said["remittance_text"]),
        gates=_looked_up(receipts, told["gates"]),
        candidates=[_some(listed.get(receipt, []), _RIVALS_SHOWN, " | ") for receipt in receipts],
        key=_links(receipts, waiting["key"], "Proposals", proposal_rows),
    )
    columns = [
        "queue", "since", "days", "customer_id", "name", "currency", "amount", "owner", "next_action", "why", "gates", "candidates",
        "remitter_name", "remittance_text", "source_file", "source_line", "key",
    ]  # fmt: skip
    return Listing(
        "Exceptions", "AR-50 Exceptions: what waits for a person", "The longest wait first; the key leads to the proposal.",
        columns_of(frame, columns, _HEADS, ("amount",)), 3, "data/owed.parquet",
    )  # fmt: skip


def _customer_names(tables: Tables, frame: pd.DataFrame) -> list[str]:
    keys = ["ledger_id", "company_code", "customer_id"]
    names = dict(zip(tables["customers"][keys].itertuples(index=False, name=None), tables["customers"]["name"], strict=True))
    return [names.get(key, "") for key in frame[keys].itertuples(index=False, name=None)]


def proposals(tables: Tables, units: Units, exception_rows: Mapping[str, int]) -> Listing:
    """List every receipt with what is proposed, by which strategy, on which evidence, and its row in the source file (CV-11)."""
    ordered = proposals_in_order(tables)
    texts = candidates(tables, units)
    frame = ordered.assign(
        name=_customer_names(tables, ordered),
        pays=[texts.get((receipt, 1), "") for receipt in ordered["receipt_id"]],
        status=_links(ordered["receipt_id"], ordered["status"], "Exceptions", exception_rows),
    )
    columns = [
        "booking_date", "status", "customer_id", "name", "remitter_name", "currency", "amount", "allocated", "discount", "small_diff",
        "wht", "bank_charge", "fx", "residual", "on_account", "strategy", "gates", "rivals", "pays", "decided_by", "source_file",
        "source_line", "receipt_id",
    ]  # fmt: skip
    return Listing(
        "Proposals", "AR-51 Proposals: every receipt and what is proposed",
        "By booking day; the status of what waits leads to it. The reasons are on AR-51.1, row for row.",
        columns_of(frame, columns, _HEADS, ("amount", "allocated", "discount", "small_diff", *_LEGS, "residual", "on_account")), 2,
        "data/proposals.parquet",
    )  # fmt: skip


def reasons(tables: Tables, proposal_rows: Mapping[str, int]) -> Listing:
    """List for every receipt why this is proposed, why it was not automatic, and the fact without which it falls."""
    ordered = proposals_in_order(tables)
    frame = ordered.assign(receipt_id=_links(ordered["receipt_id"], ordered["receipt_id"], "Proposals", proposal_rows))
    columns = ["receipt_id", "status", "customer_id", "currency", "amount", "sentence", "why_not", "falls_without"]
    return Listing(
        "Reasons", "AR-51.1 Reasons: why each receipt was placed so", "In the order of AR-51; the receipt leads to its proposal.",
        columns_of(frame, columns, {}, ("amount",), {"sentence": 64, "why_not": 44, "falls_without": 40}), 1, "data/proposals.parquet",
    )  # fmt: skip


def allocations(tables: Tables, proposal_rows: Mapping[str, int]) -> Listing:
    """List the cash that is applied, by rule or by a person (T10)."""
    first = tables["proposal_items"].loc[lambda i: i["candidate"] == 1]
    keys = first["receipt_id"] + ":" + first["item_id"]
    reference, customer = dict(zip(keys, first["reference"], strict=True)), dict(zip(keys, first["customer_id"], strict=True))
    ordered = tables["allocations"].sort_values(["allocation_date", "receipt_id", "item_id"], kind="stable").reset_index(drop=True)
    own = ordered["receipt_id"] + ":" + ordered["item_id"]
    frame = ordered.assign(
        customer_id=[customer.get(key, "") for key in own],
        reference=[reference.get(key, "") for key in own],
        receipt_id=_links(ordered["receipt_id"], ordered["receipt_id"], "Proposals", proposal_rows),
        decision_seq=ordered["decision_seq"].astype("Int64").mask(ordered["decision_seq"] == 0),
    )
    columns = [
        "allocation_date", "customer_id", "reference", "item_id", "currency", "amount_applied", "amount_relieved", "discount", "small_diff",
        "wht", "bank_charge", "fx", "write_off", "adjustment_code", "residual", "rule_id", "by", "decision_seq", "reason", "receipt_id",
    ]  # fmt: skip
    added = ("amount_applied", "amount_relieved", "discount", "small_diff", *_LEGS, "write_off", "residual")
    return Listing(
        "Allocations", "AR-52 Allocations: cash applied to items", "By value date; the receipt leads to its proposal.",
        columns_of(frame, columns, {}, added, {"reason": 48}), 1, "data/allocations.parquet",
    )  # fmt: skip


def breaks(tables: Tables, proposal_rows: Mapping[str, int]) -> Listing:
    """List payments that look repeated, with the points of each (EX-20)."""
    found = tables["breaks"].sort_values(["score", "amount", "break_id"], ascending=[False, False, True], kind="stable")
    frame = found.assign(
        name=_customer_names(tables, found), receipt_id=_links(found["receipt_id"], found["receipt_id"], "Proposals", proposal_rows)
    )
    columns = [
        "class", "customer_id", "name", "currency", "amount", "reference", "cleared_date", "cleared_by", "score", "points_amount",
        "points_payer", "points_reference", "points_time", "points_unexplained", "sentence", "rule", "receipt_id",
    ]  # fmt: skip
    return Listing(
        "Breaks", "AR-53 Breaks: payments that look repeated", "The highest score first; the money stays on account until it is clear.",
        columns_of(frame, columns, {"reference": "Settled before"}, ("amount",)), 1, "data/breaks.parquet",
    )  # fmt: skip


def decisions(tables: Tables, proposal_rows: Mapping[str, int]) -> Listing:
    """List what people decided, who they were and how that is known, why, and its state in this close, with the receipt's own line."""
    made = tables["decisions"]
    frame = made.assign(receipt_id=_links(made["receipt_id"], made["receipt_id"], "Proposals", proposal_rows))
    columns = [
        "seq", "at", "by", "known_by", "action", "outcome", "currency", "amount", "discount", "deduction", "write_off", "codes", "on_account",
        "reason", "outcome_reason", "posted_documents", "item_ids", "source_file", "source_line", "receipt_id",
    ]  # fmt: skip
    return Listing(
        "Decisions", "AR-54 Decisions: what people decided", "In the order of the journal; the state says what this close did with each.",
        columns_of(frame, columns), 1, "data/decisions.parquet",
    )  # fmt: skip


def other_decisions(tables: Tables) -> Listing:
    """List what people decided besides receipts: contacts, promises, disputes, write-offs, aliases, rules, refunds; who, when, what, why."""
    columns = [
        "seq", "at", "by", "known_by", "action", "step", "said", "outcome", "customer_id", "matter", "currency", "amount", "reason",
        "outcome_reason", "item_ids", "ledger_id", "company_code",
    ]  # fmt: skip
    return Listing(
        "Other decisions", "AR-63 Other decisions: contacts, promises, disputes, write-offs, aliases, rules, refunds",
        "In the order of the journal; what waits for a second person says so.", columns_of(tables["other_decisions"], columns), 1,
        "data/other_decisions.parquet",
    )  # fmt: skip


def sources(tables: Tables) -> Listing:
    """List every source file with its row counts and the proof that it was read whole."""
    columns = [
        "source_id", "reads", "source_file", "format", "encoding", "layout", "bytes", "rows_in", "rows_out", "rejects", "skipped",
        "completeness", "proof", "source_sha256",
    ]  # fmt: skip
    return Listing(
        "Sources", "AR-60 Sources: every file the close was given", "Rows in = rows out + rejects; skipped rows hold no data (LD-05).",
        columns_of(tables["sources"], columns), 3, "data/sources.parquet",
    )  # fmt: skip


def rejects(tables: Tables) -> Listing:
    """List the rows that could not be taken over, with reason and cure (LD-10)."""
    columns = ["source_file", "source_line", "reads", "column", "value", "reason", "cure", "currency", "amount", "accepted"]
    return Listing(
        "Rejects", "AR-61 Rejects: rows that were not taken over", "Each with the reason and the cure.",
        columns_of(tables["rejects"], columns), 2, "data/rejects.parquet",
    )  # fmt: skip


def findings(tables: Tables) -> Listing:
    """List the findings, errors first."""
    rank = tables["findings"]["severity"].map({"error": 0, "warn": 1, "info": 2}).astype("int64")
    ordered = tables["findings"].assign(_rank=rank).sort_values(["_rank", "stage", "finding_no"], kind="stable").drop(columns="_rank")
    ordered = ordered.assign(rows=[_some(rows.split(), _ITEMS_SHOWN, " ") for rows in ordered["rows"]])
    return Listing(
        "Findings", "AR-21 Findings: what a person must know", "An error makes the pack NOT READY. All rows of a finding are in data/findings.parquet.",
        columns_of(ordered, ["severity", "rule", "sentence", "stage", "table", "rows"], None, (), {"sentence": 70, "rows": 50}), 1, "data/findings.parquet",
    )  # fmt: skip


def _looked_up(keys: pd.Series[Any], texts: pd.Series[Any]) -> list[str]:
    """Look up a text for each key; blank where there is none."""
    found = {str(key): str(text) for key, text in texts.items()}
    return [found.get(str(key), "") for key in keys]
