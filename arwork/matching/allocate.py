"""Money moves only here: what is automatic or decided becomes allocations, and every receipt still adds up (INV-1, INV-2, MP-64)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from arwork.errors import StoppedError, first_few
from arwork.matching.outcomes import NOTHING, decisions
from arwork.matching.posting import posting_identity, refuse_unbalanced
from arwork.matching.residuals import residual_ids
from arwork.proof import Finding, Tie
from arwork.tables import conform, empty

PARTS = ("applied_amount", "on_account_amount", "unapplied_amount", "unidentified_amount", "misdirected_amount", "refunded_amount")
"""Where the money of a receipt can stand; together they are its amount (INV-1)."""


@dataclass(frozen=True)
class Settled:
    """What settling returns: tables `receipts`, `allocations`, `decisions`, and their ties and findings."""

    receipts: pd.DataFrame
    allocations: pd.DataFrame
    decisions: pd.DataFrame
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


def settle(
    receipts: pd.DataFrame,
    proposals: pd.DataFrame,
    proposal_items: pd.DataFrame,
    decided: pd.DataFrame,
    open_items: pd.DataFrame | None = None,
    done: Mapping[int, str] = NOTHING,
) -> Settled:
    """Turn AUTO proposals into `allocations`, and give every receipt its state (1.2) and every decision its outcome.

    Amounts are minor units of the receipt's currency. Raises StoppedError when a receipt does not add up (INV-1) or an item
    would be relieved beyond what is open on it (INV-2): a fault of ours, nothing may be posted. `open_items` tell which decisions
    the ERP has posted, `done` which ones an earlier close carried out.
    """
    allocations = _allocations(receipts, proposals, proposal_items)
    made = decisions(receipts, proposals, decided, open_items, done=done)
    settled = _states(receipts, proposals, allocations)
    refuse_unbalanced(settled, allocations)
    _refuse_beyond_open(allocations, proposal_items)
    return Settled(settled, allocations, made, _ties(settled, allocations), _findings(settled, proposals, made))


def _allocations(receipts: pd.DataFrame, proposals: pd.DataFrame, proposal_items: pd.DataFrame) -> pd.DataFrame:
    columns = ["receipt_id", "currency", "strategy", "decided_by", "decision_seq", "sentence"]
    going = proposals.loc[proposals["status"] == "AUTO", columns]
    lines = proposal_items[proposal_items["candidate"] == 1].merge(going, on="receipt_id", how="inner", validate="many_to_one")
    lines = lines.merge(receipts[["receipt_id", "value_date"]], on="receipt_id", how="inner", validate="many_to_one")
    if lines.empty:
        return empty("allocations")
    frame = pd.DataFrame(
        {
            "allocation_id": lines["receipt_id"] + ":" + lines["item_id"], "receipt_id": lines["receipt_id"], "item_id": lines["item_id"],
            "allocation_date": lines["value_date"], "currency": lines["currency"], "amount_applied": lines["amount_applied"],
            "amount_relieved": lines["amount_relieved"], "discount": lines["discount"], "small_diff": lines["small_diff"],
            "item_currency": lines["item_currency"], "wht": lines["wht"], "bank_charge": lines["bank_charge"], "fx": lines["fx"],
            "residual": lines["residual"], "relieved_value": lines["relieved_value"],
            "write_off": lines["write_off"], "adjustment_code": lines["adjustment_code"],
            "residual_item_id": residual_ids(lines), "rule_id": lines["strategy"], "by": lines["decided_by"],
            "decision_seq": lines["decision_seq"], "reason": lines["sentence"],
        }
    )  # fmt: skip
    return conform("allocations", frame)


def _states(receipts: pd.DataFrame, proposals: pd.DataFrame, allocations: pd.DataFrame) -> pd.DataFrame:
    """Give each receipt its parts and state; a rest stays on account by a person or a rule (MP-50), misdirected by EX-40."""
    if receipts.empty:
        return receipts
    going = proposals[proposals["status"] == "AUTO"].set_index("receipt_id")
    owner = going["customer_id"]
    applied = allocations.groupby("receipt_id")["amount_applied"].sum()
    on_account = going["on_account"]
    keys = receipts["receipt_id"]
    cash = pd.Series(applied.reindex(keys, fill_value=0).to_numpy(), index=receipts.index)
    kept = pd.Series(on_account.reindex(keys, fill_value=0).to_numpy(), index=receipts.index)
    customer = receipts["customer_id"].where(receipts["customer_id"] != "", owner.reindex(keys, fill_value="").to_numpy())
    rest = receipts["amount"] - cash - kept
    known, paid = customer != "", keys.isin(allocations["receipt_id"])
    # A receipt of 0.00 nets credits against invoices (MP-30): its sums are whole from the start, so that only its allocations tell.
    status = (
        pd.Series("UNIDENTIFIED", index=receipts.index)
        .mask(known, "UNAPPLIED")
        .mask((kept == receipts["amount"]) & (kept > 0), "ON_ACCOUNT")
    )
    status = status.mask((cash != 0) & (cash < receipts["amount"]), "PARTIALLY_APPLIED").mask(
        paid & (cash == receipts["amount"]), "APPLIED"
    )
    flags = pd.Series(proposals.set_index("receipt_id")["class"].reindex(keys, fill_value="").to_numpy(), index=receipts.index)
    # A receipt that belongs to another ledger in part stays whole with its payer until a person divides it (AX-15).
    whole = set(proposals.loc[(proposals["class"] == "MISDIRECTED") & (proposals["items"] == 0), "receipt_id"])
    astray = keys.isin(whole)
    frame = receipts.assign(
        customer_id=customer, status=status.mask(astray, "MISDIRECTED"), applied_amount=cash, on_account_amount=kept,
        unapplied_amount=rest.where(known & ~astray, 0), unidentified_amount=rest.where(~known & ~astray, 0),
        misdirected_amount=rest.where(astray, 0), flags=flags,
    )  # fmt: skip
    _refuse_uneven(frame)
    return conform("receipts", frame)


def _refuse_uneven(frame: pd.DataFrame) -> None:
    """Stop when a receipt's parts are not its amount, or one of them is negative (INV-1)."""
    uneven = (frame[list(PARTS)].sum(axis=1) != frame["amount"]) | (frame[list(PARTS)] < 0).any(axis=1)
    if uneven.any():
        raise StoppedError(
            f"receipts do not add up (INV-1): {first_few(sorted(frame.loc[uneven, 'receipt_id']))}", cure="Nothing was posted; report this."
        )


def _refuse_beyond_open(allocations: pd.DataFrame, proposal_items: pd.DataFrame) -> None:
    """Stop when an item is relieved beyond what is open on it, over all receipts, or its sign would flip (INV-2)."""
    if allocations.empty:
        return
    chosen = proposal_items[proposal_items["candidate"] == 1]
    before = chosen.groupby("item_id")["open_amount"].agg(lambda amounts: max(amounts, key=abs))
    total = allocations.groupby("item_id")["amount_relieved"].sum()
    opened = before.loc[total.index]
    beyond = (total * opened.map(lambda amount: 1 if amount > 0 else -1) > opened.abs()) | (
        total * opened.map(lambda a: 1 if a > 0 else -1) < 0
    )
    if beyond.any():
        raise StoppedError(f"items would be relieved beyond what is open (INV-2): {first_few(sorted(total.index[beyond]))}")


def _ties(receipts: pd.DataFrame, allocations: pd.DataFrame) -> tuple[Tie, ...]:
    """Tie receipts to their parts (INV-1) and every leg to what it relieves (MP-64), by currency of the receipts."""
    ties = []
    for currency, group in receipts.groupby("currency"):
        whole, parts = int(group["amount"].sum()), int(group[list(PARTS)].sum().sum())
        ties.append(
            Tie(
                f"receipts = applied + on account + unapplied + unidentified + misdirected, {currency}",
                "INV-1",
                whole,
                parts,
                str(currency),
            )
        )
    for currency, group in allocations.groupby("currency"):
        own = receipts[receipts["currency"] == currency]
        ties.append(posting_identity(str(currency), own, group))
        cash = int(receipts.loc[receipts["currency"] == currency, "applied_amount"].sum())
        ties.append(
            Tie(f"cash of allocations = applied on receipts, {currency}", "MP-64", int(group["amount_applied"].sum()), cash, str(currency))
        )
    return tuple(ties)


def _findings(receipts: pd.DataFrame, proposals: pd.DataFrame, made: pd.DataFrame) -> tuple[Finding, ...]:
    counts = proposals["status"].value_counts()
    by_person = int((proposals["strategy"] == "PERSON").sum())
    told = ", ".join(
        f"{int(counts.get(status, 0)) - (by_person if status == 'AUTO' else 0):,} {status}"
        for status in ("AUTO", "SUGGEST", "REVIEW", "NONE")
    )
    findings = [Finding("CV-11", "info", f"{len(receipts):,} receipts: {told}, {by_person:,} by person.", "proposals")]
    posted = made[made["outcome"] == "POSTED"]
    if len(posted):
        sentence = f"{len(posted):,} {'decision was' if len(posted) == 1 else 'decisions were'} posted by the ERP since; the documents stand beside them."
        findings.append(Finding("CV-12", "info", sentence, "decisions", tuple(str(seq) for seq in posted["seq"])))
    stale = made[made["outcome"] == "STALE"]
    if len(stale):
        sentence = f"{len(stale):,} decisions no longer fit the books and were not applied."
        findings.append(Finding("CV-12", "warn", sentence, "decisions", tuple(str(seq) for seq in stale["seq"])))
    return tuple(findings)
