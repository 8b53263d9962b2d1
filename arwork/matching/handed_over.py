"""What the previous period's pack hands over: receipts whose money still waits, decisions it carried out, allocations that nobody posted (RC-60, INV-5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from arwork.money import Units
from arwork.proof import Finding
from arwork.tables import empty

HANDED_OVER = ("receipts", "allocations", "decisions", "open_items")
"""Tables of the previous pack that are read here."""
_WAITING = ["unapplied_amount", "unidentified_amount", "misdirected_amount"]
_PLACED = ["applied_amount", "on_account_amount"]
_DONE = ("APPLIED", "POSTED", "EARLIER")


@dataclass(frozen=True)
class HandedOver:
    """Receipts to take again (shape of `receipts`), why decisions by their `seq` are done, and allocations that are not posted (shape of `allocations`)."""

    receipts: pd.DataFrame
    done: Mapping[int, str]
    unposted: pd.DataFrame

    def findings(self, period: str, units: Units) -> list[Finding]:
        """Say which allocations of the period before the ledger does not show: reminders would go to customers who paid."""
        if self.unposted.empty:
            return []
        sums = self.unposted.groupby("currency")["amount_applied"].sum()
        total = " and ".join(f"{units.text(int(cash), str(code))} {code}" for code, cash in sums.items())
        count = len(self.unposted)
        said = (
            f"{count:,} {'allocation' if count == 1 else 'allocations'} of {period}, {total}, {'is' if count == 1 else 'are'} not posted:"
        )
        items = f"{'its item is' if count == 1 else 'their items are'} as open as before. Post them, or export the ledger again."
        return [Finding("INV-5", "warn", f"{said} {items}", "open_items", tuple(sorted(self.unposted["item_id"])))]


def waiting(receipts: pd.DataFrame) -> pd.Series[Any]:
    """Say by row whether money of a receipt waits for a decision; what stays on account is decided."""
    return receipts[_WAITING].sum(axis=1).gt(0) | receipts["status"].isin(["UNAPPLIED", "UNIDENTIFIED", "MISDIRECTED"])


def handed_over(before: Mapping[str, pd.DataFrame], open_items: pd.DataFrame, period: str) -> HandedOver:
    """Return what the pack of `period` leaves to this close; amounts in minor units.

    A receipt placed in part comes back with the rest that waits: what was placed is in the ledger by now. Where its items are
    still as open as they were, nothing was posted, and it comes back whole.

    A team had March's 977.40 back in April, 967.40 of it allocated and posted, and applied it twice.
    """
    if not set(HANDED_OVER) <= set(before):
        return HandedOver(empty("receipts"), {}, empty("allocations"))
    receipts, unposted = before["receipts"], _unposted(before["allocations"], before["open_items"], open_items)
    left = receipts[waiting(receipts)]
    in_part = left[_PLACED].sum(axis=1).gt(0) & ~left["receipt_id"].isin(unposted["receipt_id"])
    rest = left[in_part].assign(amount=left.loc[in_part, _WAITING].sum(axis=1), charges=0, orig_amount=0, orig_currency="")
    back = pd.concat([left[~in_part], rest]).sort_index() if len(rest) else left
    again = set(left.loc[~in_part, "receipt_id"])
    told = before["decisions"]
    told = told[told["outcome"].isin(_DONE) & (told["action"] == "ALLOCATE") & ~told["receipt_id"].isin(again)]
    done = {
        int(seq): why if outcome == "EARLIER" else f"Carried out in the close of {period}."
        for seq, outcome, why in told[["seq", "outcome", "outcome_reason"]].itertuples(index=False, name=None)
    }
    return HandedOver(back, done, unposted[~unposted["receipt_id"].isin(again)])


def _unposted(allocations: pd.DataFrame, then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return the allocations whose item is as open now as it was when they were made."""
    if allocations.empty:
        return allocations
    live = now[(now["reversed_by"] == "") & (now["reverses"] == "")]
    both = then[["item_id", "open_amount_doc"]].merge(live[["item_id", "open_amount_doc"]], how="inner", validate="1:1")
    return allocations[allocations["item_id"].isin(both["item_id"])]
