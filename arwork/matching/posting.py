"""The posting identity: what came in and what is granted is what is relieved and what stands elsewhere, to the cent (MP-64)."""

from __future__ import annotations

import pandas as pd

from arwork.errors import StoppedError, first_few
from arwork.proof import Tie

LEGS = ("amount_applied", "discount", "small_diff", "wht", "bank_charge", "fx", "write_off")
"""What settles items, in the currency of the receipt; a loss is positive, a gain negative (MP-64)."""

ELSEWHERE = ("on_account_amount", "unapplied_amount", "unidentified_amount", "misdirected_amount", "refunded_amount")
"""Where the money of a receipt stands that pays no item."""


def refuse_unbalanced(receipts: pd.DataFrame, allocations: pd.DataFrame) -> None:
    """Stop where a posting would not balance: a fault of ours, nothing may be posted (MP-64).

    Every line: its legs are what it relieves less the residual, which within one currency is no other amount. Every receipt, as
    settled: what came in with what is granted is what is relieved less residuals, with the money that stands elsewhere.
    """
    if allocations.empty:
        return
    legs = allocations[list(LEGS)].sum(axis=1)
    relieved = allocations["amount_relieved"] - allocations["residual"]
    same = allocations["currency"] == allocations["item_currency"]
    wrong = (legs != allocations["relieved_value"]) | (same & (relieved != allocations["relieved_value"]))
    wrong |= allocations["residual"] * allocations["amount_relieved"] < 0
    if wrong.any():
        _stop(sorted(set(allocations.loc[wrong, "receipt_id"])))
    sums = allocations.groupby("receipt_id")[[*LEGS[1:], "relieved_value"]].sum()
    own = receipts.set_index("receipt_id").loc[sums.index]
    ours = own["amount"] + sums[list(LEGS[1:])].sum(axis=1)
    theirs = sums["relieved_value"] + own[list(ELSEWHERE)].sum(axis=1)
    if (ours != theirs).any():
        _stop(sorted(sums.index[ours != theirs]))


def _stop(receipts: list[str]) -> None:
    raise StoppedError(f"postings do not balance (MP-64): {first_few(receipts)}", cure="Nothing was posted; report this.")


def posting_identity(currency: str, receipts: pd.DataFrame, allocations: pd.DataFrame) -> Tie:
    """Tie, for one currency of receipts, receipts with every gain and loss to items relieved and money that stands elsewhere (MP-64)."""
    granted = int(allocations[["discount", "wht", "bank_charge", "write_off"]].sum().sum())
    losses = sum(int(allocations[leg].clip(lower=0).sum()) for leg in ("small_diff", "fx"))
    gains = sum(int(-allocations[leg].clip(upper=0).sum()) for leg in ("small_diff", "fx"))
    ours = int(receipts["amount"].sum()) + granted + losses
    theirs = int(allocations["relieved_value"].sum()) + int(receipts[list(ELSEWHERE)].sum().sum()) + gains
    name = "cash + discount + withheld tax + charges + write-offs + losses = items relieved less residuals + money elsewhere + gains"
    return Tie(f"{name}, {currency}", "MP-64", ours, theirs, currency)
