"""What a run says of its receipts before any newer decision: a row each, its queue, state and money; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from arwork.desk.words import short_reason

Tables = Mapping[str, pd.DataFrame]
_KEYS = ["ledger_id", "company_code", "customer_id"]
_STATES = {"AUTO": "auto", "SUGGEST": "suggested", "REVIEW": "review", "NONE": "none"}
_BY_STATUS = {"AUTO": "done", "SUGGEST": "confirm", "REVIEW": "decide", "NONE": "unapplied"}
_BY_CLASS = {"MISDIRECTED": "misdirected", "THIRD_PARTY": "third party"}


def baseline(tables: Tables, as_of: date) -> tuple[pd.DataFrame, dict[str, tuple[int, str, str]]]:
    """Return the rows of the board as the run has them, in the order of `receipts`, and the decisions that the run had taken in.

    Reads `receipts`, `proposals`, `customers`, `breaks`, `on_account`, `decisions`. `age_days` counts to the key date.
    """
    facts, names = tables["receipts"], tables["customers"]
    told = _beside(tables["proposals"].drop(columns=_KEYS), ["receipt_id"], facts)
    who = _beside(names[[*_KEYS, "name", "collector"]], _KEYS, facts)
    by_person = told["strategy"] == "PERSON"
    unapplied = facts["unapplied_amount"] + facts["unidentified_amount"] + facts["misdirected_amount"] + facts["refunded_amount"]
    board = pd.DataFrame({
        "receipt_id": facts["receipt_id"], "queue": _queues(facts, told, tables, by_person),
        "state": told["status"].map(_STATES).fillna("none").mask(by_person, "allocated"),
        "ledger_id": facts["ledger_id"], "company_code": facts["company_code"], "customer_id": facts["customer_id"],
        "customer": who["name"], "payer": facts["remitter_name"], "amount": facts["amount"], "currency": facts["currency"],
        "value_date": facts["value_date"], "age_days": (pd.Timestamp(as_of) - facts["value_date"]).dt.days.astype("int64"),
        "collector": who["collector"], "strategy": told["strategy"], "probability": told["probability"], "gates": told["gates"],
        "reason": _reasons(told), "sentence": told["sentence"],
        "decided_by": told["decided_by"].mask(told["decided_by"] == "rule", ""), "decided_seq": told["decision_seq"],
        "applied": facts["applied_amount"], "on_account": facts["on_account_amount"], "unapplied": unapplied,
        "source": _joined(facts, ["source_file", "source_line"], ":"),
    })  # fmt: skip
    return board.reset_index(drop=True), _taken(tables["decisions"])


@dataclass(frozen=True)
class Words:
    """What a search looks in: ids, names, references and the text of each payment, put together when first asked for."""

    rows: pd.DataFrame
    receipts: pd.DataFrame

    @cached_property
    def lowered(self) -> pd.Series[str]:
        """The words of each row of the board in lower case, parted by line ends."""
        told = self.receipts[["remittance_text", "structured_ref", "end_to_end_id", "bank_txn_id", "remitter_account"]].reset_index(
            drop=True
        )
        both = pd.concat([self.rows[["receipt_id", "customer_id", "customer", "payer", "source"]], told], axis=1)
        lowered: pd.Series[str] = _joined(both, list(both.columns), "\n").str.lower()
        return lowered


def _joined(frame: pd.DataFrame, columns: list[str], mark: str) -> pd.Series[str]:
    between: Any = pa.scalar(mark, pa.large_string())
    join: Any = pc.binary_join_element_wise
    parts: list[Any] = [pa.array(frame[column], type=pa.large_string(), from_pandas=True) for column in columns]
    return pd.Series(
        join(*parts, between, null_handling="replace").to_pandas().array,
        index=frame.index,
        dtype="str",
    )


def _beside(frame: pd.DataFrame, key: list[str], rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a frame that stand beside others by key, blank where there is none."""
    if len(key) == 1 and frame[key[0]].equals(rows[key[0]]):
        return frame
    known, wanted = (pd.Index(_joined(one, key, "\x1f")) for one in (frame, rows))
    found = frame.take(known.get_indexer(wanted)).set_axis(rows.index) if len(frame) else frame.reindex(rows.index)
    if (known.get_indexer(wanted) >= 0).all():
        return found
    absent = pd.Series(known.get_indexer(wanted) < 0, index=rows.index)
    return pd.DataFrame({
        name: column.mask(absent, 0 if column.dtype.kind in "iu" else "") if column.dtype.kind != "b" else column & ~absent
        for name, column in found.items()
    })  # fmt: skip


def _queues(facts: pd.DataFrame, told: pd.DataFrame, tables: Tables, by_person: pd.Series[bool]) -> pd.Series[Any]:
    """Give each receipt the one queue in which a person should look at it first."""
    waits = told["status"] != "AUTO"
    repeats = facts["receipt_id"].isin(tables["breaks"]["receipt_id"])
    rests = tables["on_account"]
    over = facts["receipt_id"].isin(rests.loc[rests["status"] == "REVIEW", "receipt_id"])
    nobody = waits & (facts["customer_id"] == "")
    queue = told["status"].map(_BY_STATUS).fillna("unapplied").astype("object")
    queue = queue.mask(~waits & over, "overpayment").mask(nobody, "unidentified").mask(waits & repeats, "possible repeat")
    for kind, name in _BY_CLASS.items():
        queue = queue.mask(waits & (told["class"] == kind), name)
    return queue.mask(by_person, "decided").astype("str")


def _reasons(told: pd.DataFrame) -> pd.Series[Any]:
    """Say in a few words why each receipt waits; few combinations occur, so each is put into words once."""
    codes, kinds = pd.factorize(_joined(told, ["gates", "status", "class"], "\x1f"))
    said = np.array([short_reason(*str(kind).split("\x1f")) for kind in kinds], dtype=object)
    return pd.Series(said[codes] if len(said) else [], index=told.index, dtype="str")


def _taken(decisions: pd.DataFrame) -> dict[str, tuple[int, str, str]]:
    """Return by receipt the decision that the run took as holding: event, action and outcome."""
    ruling = decisions["action"].isin(["ALLOCATE", "REJECT", "HOLD"]) & decisions["outcome"].isin(
        ["APPLIED", "EARLIER", "STALE", "RECORDED"]
    )
    rows = decisions.loc[ruling].sort_values("seq")[["receipt_id", "seq", "action", "outcome"]]
    return {receipt: (int(seq), action, outcome) for receipt, seq, action, outcome in rows.itertuples(index=False, name=None)}
