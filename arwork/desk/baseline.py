"""What a run says of its receipts before any newer decision: a row each, its queue, state and money; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from arwork.desk.words import short_reason

Tables = Mapping[str, pd.DataFrame]
_KEYS = ["ledger_id", "company_code", "customer_id"]
_STATES = {"AUTO": "auto", "SUGGEST": "suggested", "REVIEW": "review", "NONE": "none"}
_BY_STATUS = {"AUTO": "done", "SUGGEST": "confirm", "REVIEW": "decide", "NONE": "unapplied"}
_BY_CLASS = {"MISDIRECTED": "misdirected", "THIRD_PARTY": "third party"}


def baseline(tables: Tables, as_of: date) -> tuple[pd.DataFrame, dict[str, tuple[int, str, str]]]:
    """Return the rows of the board as the run has them, sorted by receipt, and the decisions that the run had taken in.

    Reads `receipts`, `proposals`, `customers`, `breaks`, `on_account`, `decisions`. `age_days` counts to the key date.
    """
    columns = [
        "receipt_id", "status", "strategy", "gates", "class", "probability", "sentence", "why_not", "decided_by", "decision_seq",
    ]  # fmt: skip
    facts = tables["receipts"].drop(columns=["status"])
    rows = facts.merge(tables["proposals"][columns], on="receipt_id", how="left", validate="1:1").sort_values("receipt_id", kind="stable")
    rows = rows.merge(tables["customers"][[*_KEYS, "name", "collector"]], on=_KEYS, how="left", validate="m:1").reset_index(drop=True)
    text = ["status", "strategy", "gates", "class", "sentence", "why_not", "decided_by", "name", "collector"]
    rows[text] = rows[text].fillna("")
    by_person = rows["strategy"] == "PERSON"
    unapplied = rows["unapplied_amount"] + rows["unidentified_amount"] + rows["misdirected_amount"] + rows["refunded_amount"]
    board = pd.DataFrame({
        "receipt_id": rows["receipt_id"], "queue": _queues(rows, tables, by_person),
        "state": rows["status"].map(_STATES).fillna("none").mask(by_person, "allocated"),
        "ledger_id": rows["ledger_id"], "company_code": rows["company_code"], "customer_id": rows["customer_id"],
        "customer": rows["name"], "payer": rows["remitter_name"], "amount": rows["amount"], "currency": rows["currency"],
        "value_date": rows["value_date"], "age_days": (pd.Timestamp(as_of) - rows["value_date"]).dt.days.astype("int64"),
        "collector": rows["collector"], "strategy": rows["strategy"], "probability": rows["probability"].fillna(0).astype("int64"),
        "gates": rows["gates"], "reason": _reasons(rows), "sentence": rows["sentence"].mask(rows["sentence"] == "", rows["why_not"]),
        "decided_by": rows["decided_by"].mask(rows["decided_by"] == "rule", ""),
        "decided_seq": rows["decision_seq"].fillna(0).astype("int64"), "applied": rows["applied_amount"],
        "on_account": rows["on_account_amount"], "unapplied": unapplied, "source": rows["source_file"] + ":" + rows["source_line"],
    })  # fmt: skip
    return board, _taken(tables["decisions"])


def haystack(rows: pd.DataFrame, receipts: pd.DataFrame) -> pd.Series[str]:
    """Return by row the lower-case words that a search looks in: ids, names, references and the text of the payment."""
    columns = ["receipt_id", "remittance_text", "structured_ref", "end_to_end_id", "bank_txn_id", "remitter_account"]
    told = rows[["receipt_id"]].merge(receipts[columns], on="receipt_id", how="left", validate="1:1")
    words = rows["customer_id"] + "\n" + rows["customer"] + "\n" + rows["payer"] + "\n" + rows["source"]
    for column in columns:
        words = words + "\n" + told[column]
    lowered: pd.Series[str] = words.str.lower()
    return lowered


def _queues(rows: pd.DataFrame, tables: Tables, by_person: pd.Series[bool]) -> pd.Series[Any]:
    """Give each receipt the one queue in which a person should look at it first."""
    waits = rows["status"] != "AUTO"
    repeats = rows["receipt_id"].isin(tables["breaks"]["receipt_id"])
    rests = tables["on_account"]
    over = rows["receipt_id"].isin(rests.loc[rests["status"] == "REVIEW", "receipt_id"])
    nobody = waits & (rows["customer_id"] == "")
    chosen = np.select(
        [by_person, waits & rows["class"].isin(list(_BY_CLASS)), waits & repeats, nobody, ~waits & over],
        [
            np.full(len(rows), "decided"), rows["class"].map(_BY_CLASS).fillna("").to_numpy(dtype=object), np.full(len(rows), "possible repeat"),
            np.full(len(rows), "unidentified"), np.full(len(rows), "overpayment"),
        ],
        rows["status"].map(_BY_STATUS).fillna("unapplied").to_numpy(dtype=object),
    )  # fmt: skip
    return pd.Series(chosen, index=rows.index, dtype="str")


def _reasons(rows: pd.DataFrame) -> pd.Series[Any]:
    """Say in a few words why each receipt waits; few combinations occur, so each is put into words once."""
    groups = rows.groupby(["gates", "status", "class"], sort=False).ngroup().to_numpy()
    first = rows.loc[~pd.Series(groups).duplicated().to_numpy(), ["gates", "status", "class"]]
    said = [short_reason(gates, status, kind) for gates, status, kind in first.itertuples(index=False, name=None)]
    return pd.Series(np.array(said, dtype=object)[groups] if len(said) else [], index=rows.index, dtype="str")


def _taken(decisions: pd.DataFrame) -> dict[str, tuple[int, str, str]]:
    """Return by receipt the decision that the run took as holding: event, action and outcome."""
    ruling = decisions["action"].isin(["ALLOCATE", "REJECT", "HOLD"]) & decisions["outcome"].isin(["APPLIED", "STALE", "RECORDED"])
    rows = decisions.loc[ruling].sort_values("seq")[["receipt_id", "seq", "action", "outcome"]]
    return {receipt: (int(seq), action, outcome) for receipt, seq, action, outcome in rows.itertuples(index=False, name=None)}
