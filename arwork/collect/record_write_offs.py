"""Write-offs of open items by adjustment code, proposed by one person and approved by another, checked before they are kept (CO-65, CO-70); pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from arwork.collect.adjustments import ladder
from arwork.collect.recorded import Around, Body, account_of, items_of, refuse
from arwork.collect.recorded import Whose as WhoseItem
from arwork.matching.adjusted import CODES
from arwork.money import share_of
from arwork.states import WHO, approval


@dataclass(frozen=True)
class WriteOff:
    """A write-off as a person proposes it; `amount` blank is all that is left of the item."""

    item: str
    code: str
    amount: str = ""


@dataclass(frozen=True)
class Approval:
    """The word of a second person on write-off `number`; `role` is who approves by CO-70, `own` the person's limits by currency."""

    number: int
    role: str
    own: Mapping[str, int]


@dataclass(frozen=True)
class Written:
    """What a write-off is checked against besides the rest: the run's `write_offs` and register, bodies that stand already.

    `used` is by item what allocations take off it, those decided since the run included; `approved` are bodies of approved
    write-offs, `waiting` those of proposals by number.
    """

    used: Mapping[str, int]
    write_offs: pd.DataFrame
    register: pd.DataFrame
    approved: Sequence[Mapping[str, Any]]
    waiting: Mapping[int, Mapping[str, Any]]


def write_off_body(said: WriteOff, around: Around, written: Written) -> Body:
    """Check a proposed write-off and return what is recorded, with the tier that must approve; InputError says what bars it."""
    code = said.code.strip().upper()
    if code not in CODES:
        refuse(f"{said.code!r} writes nothing off", f"Use one of {', '.join(CODES)}; a claim of the customer takes a credit memo (CO-65).")
    row = _item(said.item, around)
    account = {"customer": row["customer_id"], "ledger": row["ledger_id"], "company_code": row["company_code"]}
    currency, left = row["currency"], _left(row, written)
    amount = around.amount(said.amount, currency, row["ledger_id"]) if said.amount.strip() else left
    told = [f"{around.units.text(minor, currency)} {currency}" for minor in (amount, left)]
    if row["open_amount_doc"] < 0:
        refuse(f"item {row['item_id']} is a credit: the customer's money, never income (RF-13)", "Refund it, or offset it.")
    if not 0 < amount <= left:
        refuse(
            f"{told[0]} is not between nothing and the {told[1]} that is left of item {row['item_id']}", "Give what is to be written off."
        )
    _refuse_barred(row, code, amount, around, written)
    body: Body = {
        "item": row["item_id"], "amount": amount, "currency": currency, "code": code, **account, "seen_open": int(row["open_amount_doc"]),
        "local": share_of(int(row["open_amount_local"]), amount, int(row["open_amount_doc"])), "counted_currency": row["local_currency"],
        "quarter": f"{around.today.year}-Q{(around.today.month + 2) // 3}",
    }  # fmt: skip
    return {**body, **_counted(body, around, written)}


def approval_body(said: Approval, around: Around, written: Written) -> Body:
    """Check the approval of a proposed write-off and return what is recorded; InputError where it is beyond the person's tier (CO-70)."""
    proposal = written.waiting.get(said.number)
    if proposal is None:
        refuse(f"no write-off waits under {said.number}", "See what waits: arwork write-off PARAMS.")
    body = {**proposal, "quarter": f"{around.today.year}-Q{(around.today.month + 2) // 3}"}
    body |= _counted(body, around, written)
    row = _item(str(body["item"]), around)
    if int(row["open_amount_doc"]) != body["seen_open"] or _left(row, written) < body["amount"]:
        refuse(f"what is open on item {body['item']} has changed since it was proposed", "Undo the proposal and propose it again.")
    _refuse_barred(row, str(body["code"]), int(body["amount"]), around, written)
    currency = str(body["counted_currency"])
    if not said.role and currency not in said.own:
        refuse(
            "write-offs are approved by somebody who is an approver, and you have no role here",
            "Name people and their roles: arwork people add.",
        )
    limit = said.own.get(currency, _limit(said.role, _tiers(str(body["code"])), currency, around))
    if limit is not None and int(body["counted"]) > limit:
        told = [f"{around.units.text(minor, currency)} {currency}" for minor in (int(body["counted"]), limit)]
        refuse(f"{told[0]} counts for this customer and quarter, and you approve up to {told[1]}", f"This takes the {body['approver']}.")
    return {**body, "approves": said.number}


def _item(word: str, around: Around) -> Mapping[Any, Any]:
    rows = around.open_items
    hits = rows[((rows["item_id"] == word) | (rows["reference"] == word) | (rows["doc_no"] == word)) & (rows["open_amount_doc"] != 0)]
    owners = hits["customer_id"].unique().tolist()
    if len(owners) != 1:
        refuse(f"{word!r} names {'items of several customers' if owners else 'no open item'}", "Take the item from the pack's open items.")
    first = hits.iloc[0]
    account = account_of(around, WhoseItem(str(first["customer_id"]), str(first["ledger_id"]), str(first["company_code"])))
    found: Mapping[Any, Any] = items_of(around, account, [word]).to_dict("records")[0]
    return found


def _left(row: Mapping[Any, Any], written: Written) -> int:
    """What is open on an item after allocations and the write-offs approved and not in the ledger yet."""
    taken = written.used.get(str(row["item_id"]), 0)
    gone = sum(int(b["amount"]) for b in written.approved if b["item"] == row["item_id"] and int(b["seen_open"]) == row["open_amount_doc"])
    return int(row["open_amount_doc"]) - taken - gone


def _refuse_barred(row: Mapping[Any, Any], code: str, amount: int, around: Around, written: Written) -> None:
    """Refuse what CO-65 and MP-20 bar: bad debt that is too young or not through, a small difference that is not small, a fee that is none."""
    item, currency = row["item_id"], row["currency"]
    if code == "WO":
        bars = written.write_offs.loc[written.write_offs["item_id"] == item, "not_before"].tolist()
        if not bars:
            least = around.policy.write_off.min_dpd
            refuse(
                f"item {item} is no bad debt: it is not {least} days overdue, and its customer is not insolvent (CO-65)", "Leave it open."
            )
        if bars[0]:
            refuse(f"item {item} cannot be written off yet: {bars[0]}", "Settle that first.")
    most = around.units.rounded(max(around.policy.matching.tolerances.users.values()), currency)
    if code == "SD" and amount > most:
        refuse(
            f"{around.units.text(amount, currency)} {currency} is no small difference",
            f"Up to {around.units.text(most, currency)} is (MP-20); use another code.",
        )
    if code == "LW" and row["doc_type"] != "LPF":
        refuse(f"item {item} is no late-payment fee", "Use another code.")


def _counted(body: Mapping[str, Any], around: Around, written: Written) -> Body:
    """Return the amount that picks the tier, in ledger currency: bad debt of a customer and quarter counts together (CO-65)."""
    tiers, currency = _tiers(str(body["code"])), str(body["counted_currency"])
    registered = 0
    same = [
        b for b in written.approved if all(b.get(name) == body[name] for name in ("ledger", "company_code", "customer", "counted_currency", "quarter"))
    ]  # fmt: skip
    before = sum(abs(int(b["local"])) for b in same)
    if tiers == "T-WO":
        told = written.register
        day = pd.Timestamp(around.today)
        quarter = (told["requested_date"].dt.year == day.year) & (told["requested_date"].dt.quarter == day.quarter)
        mine = (
            (told["ledger_id"] == body["ledger"])
            & (told["company_code"] == body["company_code"])
            & (told["customer_id"] == body["customer"])
        )
        registered = int(told.loc[quarter & mine & (told["adjustment_code"] == "WO") & (told["currency"] == currency), "amount"].sum())
    counted = before + abs(int(body["local"])) + max(registered, 0)
    who = approval(tiers, [counted], ladder(tiers, currency, around.policy, around.units))
    return {"counted": counted, "registered": max(registered, 0), "tier": who.level, "approver": who.who}


def _tiers(code: str) -> str:
    return CODES[code].tiers or "T-STD"


def _limit(role: str, tiers: str, currency: str, around: Around) -> int | None:
    """Return up to which amount a role approves; None is without limit."""
    steps = around.policy.adjustment_roles.get(role, 0)
    limits = ladder(tiers, currency, around.policy, around.units)
    if steps > len(limits) or steps >= len(WHO[tiers]):
        return None
    return limits[steps - 1] if steps else 0
