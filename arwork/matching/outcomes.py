"""What became of each decision of a person: applied, posted by the ERP, stale with the reason, held, rejected, superseded, undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from arwork.matching.decided import Ruling, rulings
from arwork.matching.explain import listed
from arwork.matching.posted import Posted, posted
from arwork.money import ISO, Units
from arwork.tables import conform, empty

_SAID = {
    "UNDONE": "A later event in the journal took it back.", "SUPERSEDED": "A later decision on the same receipt replaced it.",
}  # fmt: skip
_LEGS = ("small_diff", "wht", "bank_charge", "fx")
NOTHING: Mapping[int, str] = MappingProxyType({})
"""No decision that an earlier close carried out."""
_RECORDED = {"HOLD": "HELD", "REJECT": "REJECTED", "NOTE": "RECORDED"}


def decisions(
    receipts: pd.DataFrame,
    proposals: pd.DataFrame,
    decided: pd.DataFrame,
    open_items: pd.DataFrame | None = None,
    units: Units = ISO,
    done: Mapping[int, str] = NOTHING,
) -> pd.DataFrame:
    """Return `decisions`: who decided what, how they were known, why, and its state in this close; amounts in minor units.

    `open_items` tell which decisions the ERP has posted meanwhile, `done` which ones an earlier close carried out, and how.
    """
    if decided.empty:
        return empty("decisions")
    ruled = rulings(decided)
    here = receipts.set_index("receipt_id")[["source_file", "source_line"]]
    by_person = proposals.loc[proposals["strategy"] == "PERSON", "receipt_id"]
    waiting = [ruling for receipt, ruling in ruled.items() if receipt not in set(by_person)]
    state = _Known(
        ruled, frozenset(here.index), frozenset(by_person), dict(zip(proposals["receipt_id"], proposals["why_not"], strict=True)),
        {} if open_items is None else posted(waiting, open_items, units), done,
    )  # fmt: skip
    places = here.to_dict("index")
    rows = [
        _row(int(lines.iloc[0]["seq"]), lines, state, places.get(lines.iloc[0]["receipt_id"], {})) for _, lines in decided.groupby("seq")
    ]
    frame = pd.DataFrame(rows)
    return conform("decisions", frame.astype(dict.fromkeys(_AMOUNTS, "Int64")))


_AMOUNTS = ("amount", "discount", "deduction", "write_off", "on_account")


@dataclass(frozen=True)
class _Known:
    """What tells the state of a decision: rulings in force, receipts here, those applied by a person, why not, what the ERP posted, what is done."""

    ruled: Mapping[str, Ruling]
    here: frozenset[str]
    applied: frozenset[str]
    why: Mapping[str, str]
    posted: Mapping[str, Posted]
    earlier: Mapping[int, str]


def _row(seq: int, lines: pd.DataFrame, known: _Known, place: Mapping[Any, Any]) -> dict[str, Any]:
    first, items = lines.iloc[0], lines[lines["item_id"] != ""]
    outcome, reason, documents = _state(seq, first["action"], first["receipt_id"], known)
    more = {name: lines[name] if name in lines else pd.Series(dtype="int64") for name in (*_LEGS, "deduction", "write_off")}
    codes = [lines[name] if name in lines else pd.Series(dtype="str") for name in ("deduction_code", "adjustment_code")]
    return {
        "seq": seq, "at": first["at"], "by": first["by"], "known_by": first.get("known_by", ""), "action": first["action"],
        "receipt_id": first["receipt_id"], "item_ids": " ".join(sorted(items["item_id"])), "amount": int(lines["amount_applied"].sum()),
        "discount": int(lines["discount"].sum()), "deduction": int(more["deduction"].sum()),
        "write_off": sum(int(more[name].sum()) for name in ("write_off", *_LEGS)),
        "codes": " ".join(sorted({code for column in codes for text in column for code in text.split()})),
        "on_account": int(lines.loc[lines["item_id"] == "", "amount_applied"].sum()), "currency": first["currency"],
        "reason": first["reason"] or "no reason given", "outcome": outcome, "outcome_reason": reason, "posted_documents": documents,
        "source_file": place.get("source_file", ""), "source_line": place.get("source_line", ""),
    }  # fmt: skip


def _state(seq: int, action: str, receipt: str, known: _Known) -> tuple[str, str, str]:
    """Return the state of a decision, why, and the ERP's documents where it is posted."""
    if action in _SAID:
        return action, _SAID[action], ""
    if action != "NOTE" and receipt in known.here and known.ruled[receipt].seq != seq:
        return "SUPERSEDED", "A later decision on the same receipt holds.", ""
    if action != "ALLOCATE":
        here = receipt in known.here or action == "NOTE"
        return _RECORDED.get(action, "RECORDED"), "Kept for the reader." if here else "The receipt is not in this close.", ""
    if receipt in known.applied:
        return "APPLIED", "Allocated as decided.", ""
    done = known.posted.get(receipt)
    if done and done.as_decided:
        return "POSTED", f"The ERP posted it: {listed(list(done.documents))}.", " ".join(done.documents)
    if seq in known.earlier:
        return "EARLIER", known.earlier[seq], ""
    if done:
        return "STALE", f"Decision {seq} is stale: {done.why}.", ""
    return "STALE", f"{known.why.get(receipt, '').split('; ')[0] or 'The receipt is not in this close'}.", ""
