"""What follows from a difference, as tables: residual items, certificates of tax withheld, money on account (MP-40, MP-60, MP-50)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import pandas as pd

from arwork.matching.reasons import CREDITED, UNEXPLAINED, opens_dispute, owner_of, x12_of
from arwork.money import Units, half_up
from arwork.policy import Matching
from arwork.tables import conform, empty

_WHOSE = ["ledger_id", "company_code"]
_PREPAID = {"O8": "DP"}
"""Special G/L indicator by kind of overpayment: an order that is named makes a prepayment, not an overpayment (MP-51)."""
Requests: TypeAlias = dict[tuple[tuple[str, str, str], str, str, int], list[tuple[str, str]]]
"""Approved adjustments with their codes, by what they are for: account, document, currency, minor units."""
_MAY_POST = ("AUTO", "SUGGEST", "REVIEW")


def residual_ids(lines: pd.DataFrame) -> pd.Series[str]:
    """Name the residuals of each line, separated by blanks; blank where it leaves none."""
    split = zip(lines["receipt_id"], lines["item_id"], lines["residual_code"], strict=True)
    return pd.Series(
        [" ".join(f"{receipt}:{item}:{code}" for code in codes.split()) for receipt, item, codes in split], index=lines.index, dtype="str"
    )


def residuals(
    proposals: pd.DataFrame, proposal_items: pd.DataFrame, open_items: pd.DataFrame, policy: Matching, units: Units,
    adjustment_register: pd.DataFrame | None = None, as_of: date = date.max,
) -> pd.DataFrame:  # fmt: skip
    """Return `residuals` of every proposal: reason, X12 code, inherited due date, dispute or query, owner (MP-40 to MP-42).

    Those of automatic and decided proposals are created, the others proposed: nothing is posted by them. What an approved request for a
    credit memo covers consumes that request and opens no dispute (MP-41).
    """
    lines = _first(proposals, proposal_items[proposal_items["residual"] != 0])
    if lines.empty:
        return empty("residuals")
    columns = ["item_id", "doc_no", "po_no", "amount_doc", "amount_local", "local_currency"]
    lines = lines.merge(open_items.loc[open_items["item_id"].isin(lines["item_id"]), columns], on="item_id", how="inner", validate="m:1")
    lines = lines.sort_values(["receipt_id", "item_id"])
    left = {} if adjustment_register is None else _requests(adjustment_register, as_of)
    return conform("residuals", pd.DataFrame([row for line in lines.to_dict("records") for row in _rows(line, policy, units, left)]))


def _requests(register: pd.DataFrame, as_of: date) -> Requests:
    """Return the requests for credit memos that were approved by the key date and are not posted, by account, document, currency and amount.

    Of each the adjustment and its code, the earliest approved first (MP-41, T18).
    """
    found: Requests = {}
    ready = register["approved_by"].ne("") & register["approved_date"].le(pd.Timestamp(as_of)) & register["posted_ref"].eq("")
    rows = register[ready & register["item"].ne("") & register["adjustment_code"].isin(CREDITED)]
    for row in rows.sort_values(["approved_date", "adjustment_id"]).to_dict("records"):
        account = (row["ledger_id"], row["company_code"], row["customer_id"])
        found.setdefault((account, row["item"], row["currency"], int(row["amount"])), []).append(
            (row["adjustment_id"], row["adjustment_code"])
        )
    return found


def _consumed(line: dict[Any, Any], code: str, amount: int, left: Requests) -> str:
    """Take the first request for this document and amount that gives the same reason, or any where the payer gave none; blank else."""
    account = (line["ledger_id"], line["company_code"], line["customer_id"])
    for word in dict.fromkeys((line["item_id"], line["doc_no"], line["reference"])):
        waiting = left.get((account, word, line["item_currency"], amount), [])
        for place, (number, why) in enumerate(waiting):
            if code in (why, UNEXPLAINED):
                del waiting[place]
                return number
    return ""


def _rows(line: dict[Any, Any], policy: Matching, units: Units, left: Requests) -> list[dict[str, Any]]:
    threshold = units.rounded(policy.dispute_auto_threshold, line["local_currency"])
    found = []
    for code, split in zip(line["residual_code"].split(), line["residual_split"].split(), strict=True):
        amount = int(split)
        request = _consumed(line, code, amount, left)
        local = half_up(Decimal(amount) * int(line["amount_local"]) / int(line["amount_doc"])) if line["amount_doc"] else amount
        found.append({
            "residual_id": f"{line['receipt_id']}:{line['item_id']}:{code}", "receipt_id": line["receipt_id"],
            **{name: line[name] for name in (*_WHOSE, "reference", "po_no", "due_date")}, "customer_id": line["customer_id"],
            "ref_item": line["item_id"], "currency": line["item_currency"], "amount": amount, "reason_code": code, "x12_code": x12_of(code),
            "suggested_code": line["residual_hint"],
            "credit_request": request, "dispute": not request and opens_dispute(code, local, threshold), "owner_function": owner_of(code),
            "status": "CREATED" if line["status"] == "AUTO" else "PROPOSED",
        })  # fmt: skip
    return found


def certificates(proposals: pd.DataFrame, proposal_items: pd.DataFrame, receipts: pd.DataFrame, policy: Matching) -> pd.DataFrame:
    """Return `wht_certificates`: tax withheld, for which a certificate must come within `wht_cert_days` of the value date (MP-60)."""
    lines = _first(proposals, proposal_items[proposal_items["wht"] != 0])
    if lines.empty:
        return empty("wht_certificates")
    lines = lines.merge(receipts[["receipt_id", "value_date"]], on="receipt_id", how="inner", validate="m:1")
    frame = lines[["receipt_id", "item_id", *_WHOSE, "customer_id", "currency"]].assign(
        amount=lines["wht"], status=["CERT_PENDING" if status == "AUTO" else "PROPOSED" for status in lines["status"]],
        due_date=lines["value_date"] + timedelta(days=policy.wht_cert_days),
    )  # fmt: skip
    return conform("wht_certificates", frame)


def on_account(proposals: pd.DataFrame) -> pd.DataFrame:
    """Return `on_account`: of each receipt what pays no item, by rule or by a person (MP-50, G-11)."""
    rows = proposals[proposals["on_account"] != 0]
    if rows.empty:
        return empty("on_account")
    frame = rows[["receipt_id", *_WHOSE, "customer_id", "currency"]].assign(
        amount=rows["on_account"], kind=rows["on_account_kind"], status=rows["on_account_status"], gates=rows["on_account_gates"],
        sentence=rows["on_account_sentence"],
        special_gl=rows["on_account_kind"].map(_PREPAID).fillna(""),
    )  # fmt: skip
    return conform("on_account", frame)


def _first(proposals: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Join the lines of candidate 1 with what the proposal says of its receipt."""
    columns = ["receipt_id", *_WHOSE, "currency", "status"]
    going = proposals.loc[proposals["status"].isin(_MAY_POST), columns]
    return lines[lines["candidate"] == 1].merge(going, on="receipt_id", how="inner", validate="m:1")
