"""What a close hands to the ERP, line by line, and what is new against what it handed over before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from arwork.matching.adjusted import CODES
from arwork.tables import conform, empty

AMOUNTS = ("cash", "discount", "small_diff", "wht", "bank_charge", "fx", "write_off", "relieved", "residual")
"""Amounts of a posting line, minor units."""
_SAME = ("line_id", "kind", "receipt_id", "item_id", "currency", "reason_code", "adjustment_code", *AMOUNTS)
_ITEM = ["item_id", "customer_id", "doc_no", "fiscal_year", "line_no", "reference", "amount_doc", "due_date"]
_RECEIPT = ["receipt_id", "ledger_id", "company_code", "bank_account", "end_to_end_id", "bank_txn_id", "booking_date", "value_date"]
_LEGS = ["amount_applied", "discount", "small_diff", "wht", "bank_charge", "fx", "write_off"]


def posting_lines(tables: Mapping[str, pd.DataFrame], left_out: Collection[int] = ()) -> pd.DataFrame:
    """Return `posting_lines` of a run: allocations, money on account, residuals, write-offs of open items; amounts in minor units.

    Decisions in `left_out` (undone or replaced since the run) hand nothing over.
    """
    parts = [_allocations(tables), _on_account(tables), _residuals(tables), _adjustments(tables)]
    lines = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(len(part) for part in parts) else None
    if lines is None:
        return empty("posting_lines")
    lines = lines[~lines["decision_seq"].isin(list(left_out))].reset_index(drop=True)
    return _numbered(lines)


def _numbered(lines: pd.DataFrame) -> pd.DataFrame:
    if lines.empty:
        return empty("posting_lines")
    ordered = lines.assign(_back=lines["kind"] != "REVERSAL").sort_values(["_back", "value_date", "receipt_id", "line_id"], kind="stable")
    return conform("posting_lines", ordered.drop(columns="_back").reset_index(drop=True).assign(place=range(1, len(ordered) + 1)))


def _allocations(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    made = tables["allocations"]
    if made.empty:
        return made
    frame = made[["receipt_id", "item_id", "currency", *_LEGS, "adjustment_code", "item_currency", "residual", "rule_id", "decision_seq"]].assign(
        line_id=made["allocation_id"], kind="ALLOCATION", relieved=made["amount_relieved"], decided_by=made["by"], text=made["reason"],
        reason_code=[" ".join(one.rsplit(":", 1)[-1] for one in ids.split()) for ids in made["residual_item_id"]],
    )  # fmt: skip
    return _placed(frame.rename(columns={"amount_applied": "cash"}), tables)


def _on_account(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Money that stays on the account by a rule that acts or by a person."""
    told = tables["on_account"][tables["on_account"]["status"] == "AUTO"]
    if told.empty:
        return told
    own = told.merge(
        tables["proposals"][["receipt_id", "strategy", "decided_by", "decision_seq"]], on="receipt_id", how="inner", validate="1:1"
    )
    frame = own[["receipt_id", "currency", "decided_by", "decision_seq", "customer_id"]].assign(
        line_id=own["receipt_id"] + ":ON-ACCOUNT", kind="ON_ACCOUNT", item_id="", cash=own["amount"], rule_id=own["strategy"], text=own["sentence"],
        **dict.fromkeys([name for name in AMOUNTS if name != "cash"], 0), item_currency=own["currency"], adjustment_code="", reason_code="",
    )  # fmt: skip
    return _placed(frame, tables)


def _residuals(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Residual items that are created: what stays owed by its reason, beside the line that settles the document."""
    told = tables["residuals"][tables["residuals"]["status"] == "CREATED"]
    if told.empty:
        return told
    own = told.merge(tables["allocations"][["receipt_id", "item_id", "currency", "rule_id", "by", "decision_seq"]].rename(
        columns={"item_id": "ref_item", "currency": "paid"}), on=["receipt_id", "ref_item"], how="inner", validate="m:1")  # fmt: skip
    frame = own[["receipt_id", "rule_id", "decision_seq", "reason_code"]].assign(
        line_id=own["residual_id"], kind="RESIDUAL", item_id=own["ref_item"], currency=own["paid"], decided_by=own["by"], text="Stays owed.",
        **dict.fromkeys([name for name in AMOUNTS if name != "residual"], 0), residual=own["amount"], item_currency=own["currency"],
        adjustment_code="",
    )  # fmt: skip
    return _placed(frame, tables)


def _adjustments(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Write-offs of open items that two people decided, by the leg of their code (CO-65, CO-70)."""
    told = tables.get("adjustments", empty("adjustments"))
    own = told[told["receipt_id"] == ""]
    if own.empty:
        return own
    legs = [CODES[code].leg for code in own["adjustment_code"]]
    frame = own[["receipt_id", "item_id", "currency", "adjustment_code", "decision_seq"]].assign(
        line_id=own["adjustment_id"], kind="ADJUSTMENT", relieved=own["amount"], decided_by=own["approved_by"], item_currency=own["currency"],
        rule_id="PERSON", text=own["reason"], reason_code="", cash=0, residual=0,
        **{leg: [amount if name == leg else 0 for name, amount in zip(legs, own["amount"], strict=True)] for leg in _LEGS[1:]},
    )  # fmt: skip
    days = own["approved_on"].to_numpy()
    places = own[["ledger_id", "company_code"]].to_numpy()
    placed = _placed(frame, tables).assign(booking_date=days, value_date=days, bank_reference="", bank_account="", bank_gl="")
    return placed.assign(ledger_id=places[:, 0], company_code=places[:, 1])


def _placed(lines: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Say of each line which document it settles and on which account of ours the money came."""
    items = tables["open_items"].loc[tables["open_items"]["item_id"].isin(lines["item_id"]), _ITEM].rename(columns={"line_no": "doc_line"})
    banks = tables["bank_accounts"][["bank_account", "currency", "gl_account"]].rename(columns={"gl_account": "bank_gl"})
    receipts = tables["receipts"].loc[tables["receipts"]["receipt_id"].isin(lines["receipt_id"]), _RECEIPT]
    known = items.drop(columns="customer_id") if "customer_id" in lines else items
    wide = lines.merge(receipts, on="receipt_id", how="left", validate="m:1").merge(known, on="item_id", how="left", validate="m:1")
    wide = wide.merge(banks, on=["bank_account", "currency"], how="left", validate="m:1")
    debit = (wide["amount_doc"].fillna(0) > 0).map({True: "Invoice", False: "Credit Memo"})
    named = wide["end_to_end_id"].where(wide["end_to_end_id"] != "", wide["bank_txn_id"])
    return wide.assign(bank_reference=named, applies_to=debit.where(wide["item_id"] != "", "")).drop(
        columns=["amount_doc", "end_to_end_id", "bank_txn_id"]
    )


def new_lines(
    now: pd.DataFrame, before: Sequence[tuple[int, pd.DataFrame]], receipts: Collection[str], undone: Collection[int] = ()
) -> pd.DataFrame:
    """Return what is to be handed over now: lines that never were, and reversals of those that were and hold no more.

    `before` are the exports in their order, each with its number in the journal; `receipts` are those of the run. What was handed
    over of a receipt that the run does not hold any more stays as it is: the ERP has it. A write-off of an open item is taken back
    only when its decision is among those `undone`: that the item is gone means that the ERP posted it.
    """
    old = _standing(before)
    if old.empty:
        return _numbered(now)
    key = list(_SAME)
    fresh = now[~_rows(now, key).isin(_rows(old, key))]
    back = old["receipt_id"].isin(list(receipts)) | ((old["kind"] == "ADJUSTMENT") & old["decision_seq"].isin(list(undone)))
    gone = old[~_rows(old, key).isin(_rows(now, key)) & back]
    reversals = gone.assign(
        line_id=[f"{line}:reverses:{number}" for line, number in zip(gone["line_id"], gone["reverses"], strict=True)],
        kind="REVERSAL", text="Reverses what was exported before: the decision or proposal behind it holds no more.",
        **{name: -gone[name] for name in AMOUNTS},
    )  # fmt: skip
    both = [part for part in (fresh, reversals) if len(part)]
    return _numbered(pd.concat(both, ignore_index=True)) if both else empty("posting_lines")


def _rows(frame: pd.DataFrame, key: list[str]) -> pd.Series[str]:
    return pd.Series(["\x1f".join(map(str, row)) for row in frame[key].itertuples(index=False, name=None)], index=frame.index, dtype="str")


def _standing(before: Sequence[tuple[int, pd.DataFrame]]) -> pd.DataFrame:
    """Return the lines that the exports left standing, each with the export it went out with in `reverses`."""
    standing = empty("posting_lines")
    for number, lines in before:
        back = lines["kind"] == "REVERSAL"
        gone = [line.rsplit(":reverses:", 1)[0] for line in lines.loc[back, "line_id"]]
        parts = [standing[~standing["line_id"].isin(gone)], lines[~back].assign(reverses=number)]
        filled = [part for part in parts if len(part)]
        standing = pd.concat(filled, ignore_index=True) if filled else empty("posting_lines")
    return standing
