"""Money that somebody else paid: what makes it a case for compliance before it is applied or paid back (MP-55)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

_KEYS = ["ledger_id", "company_code", "customer_id"]
_BACK = re.compile(
    r"\b(refund|repay(ment)?|return (the )?(money|funds)|r(ü|ue)ckzahl|r(ü|ue)ck(ü|ue)berweis|erstatt|rembours|reembols|rimbors|terugbetal|zwrot)",
    re.IGNORECASE,
)
_IBAN = re.compile(r"([A-Z]{2})[0-9]{2}[A-Z0-9]{11,30}")


def red_flags(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return by receipt of class THIRD_PARTY why compliance is to look at it; receipts without a reason are left out (MP-55).

    The payer is nobody we know or not of the family of those it pays for, its account lies in another country than theirs, or the words ask for
    money back. Takes `receipts`, `proposals`, `proposal_items`, `customers`.
    """
    theirs = tables["proposals"].loc[tables["proposals"]["class"] == "THIRD_PARTY", ["receipt_id"]]
    if theirs.empty:
        return {}
    people = tables["customers"].set_index(_KEYS)[["party_id", "parent_id", "country"]].to_dict("index")
    lines = (
        tables["proposal_items"].loc[lambda t: t["receipt_id"].isin(theirs["receipt_id"]), ["receipt_id", "customer_id"]].drop_duplicates()
    )
    owners = lines.groupby("receipt_id")["customer_id"].apply(list).to_dict()
    found = {}
    for row in theirs.merge(tables["receipts"], on="receipt_id", how="left", validate="1:1").sort_values("receipt_id").to_dict("records"):
        payer, *debtors = (
            people.get((row["ledger_id"], row["company_code"], customer), {})
            for customer in (row["customer_id"], *owners.get(row["receipt_id"], []))
        )
        told = _reasons(row, payer, debtors)
        if told:
            found[row["receipt_id"]] = "; ".join(told)
    return found


def _reasons(row: Mapping[Any, Any], payer: Mapping[Any, Any], owners: Sequence[Mapping[Any, Any]]) -> list[str]:
    told = []
    family = _family(payer)
    if not family or any(not family & _family(owner) for owner in owners):
        told.append("the payer is not of the customer's family in the master" if payer else "the payer is nobody we know")
    account = _IBAN.fullmatch(str(row["remitter_account"]))
    lands = {str(owner["country"]) for owner in owners if owner.get("country")}
    if account and lands and account[1] not in lands:
        told.append(f"the money came from {account[1]}, the customer is in {' and '.join(sorted(lands))}")
    asked = _BACK.search(str(row["remittance_text"]))
    if asked:
        told.append(f"the payment asks for money back ({asked[0]})")
    return told


def _family(customer: Mapping[Any, Any]) -> set[str]:
    return {str(customer[name]) for name in ("party_id", "parent_id") if customer.get(name)}
