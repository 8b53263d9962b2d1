"""One credit refunded twice, or refunded and used as well (EX-21)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from arwork.matching.columns import rows as rows_of
from arwork.matching.references import norm
from arwork.money import Units

_WHOSE = ["ledger_id", "company_code", "customer_id", "currency"]
_READ = [*_WHOSE, "refund_id", "source", "amount", "day", "source_file", "source_line"]
_MONTHS = 24
_CENT = 1
_DEAD = ("REJECTED", "BOUNCED")


def refunds_on_file(register: pd.DataFrame | None, open_items: pd.DataFrame) -> list[pd.DataFrame]:
    """Return refunds by where they are told of: the register, and the subledger's refund lines; each is compared within itself.

    The register has refund_id, source, amount above zero, paid_date and status (T19); rejected and bounced ones count nothing.
    """
    lines = open_items[(open_items["doc_type"] == "REFUND") & (open_items["reversed_by"] == "") & (open_items["reverses"] == "")]
    booked = lines.assign(refund_id=lines["item_id"], source=lines["ref_item"], amount=lines["amount_doc"], day=lines["posting_date"])
    found = [booked.loc[booked["amount"] > 0, _READ]]
    if register is not None:
        found.append(register[~register["status"].isin(_DEAD)].rename(columns={"paid_date": "day"})[_READ])
    return [frame for frame in found if len(frame)]


def repeated_refunds(
    register: pd.DataFrame | None, open_items: pd.DataFrame, allocations: pd.DataFrame, units: Units
) -> list[dict[str, Any]]:
    """List refunds whose credit was refunded before (customer, amount within a cent, source, 24 months) or used as well (EX-21, RF-10).

    A refund without a source that equals an earlier one of the customer is POSSIBLE, never more.
    """
    result: dict[str, dict[str, Any]] = {}
    for refunds in refunds_on_file(register, open_items):
        ordered = refunds.sort_values(["day", "refund_id"])
        for row in [
            *_twice(list(rows_of(ordered, _READ)), units),
            *_used_too(list(rows_of(ordered, _READ)), open_items, allocations, units),
        ]:
            result.setdefault(row["this"], row)
    return [result[key] for key in sorted(result)]


def _twice(refunds: list[tuple[Any, ...]], units: Units) -> Iterable[dict[str, Any]]:
    """Meet each refund with earlier ones of the customer whose amount is within a cent."""
    before: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for refund in refunds:
        whose, (source, amount, day) = refund[:4], refund[5:8]
        near = [other for step in (-_CENT, 0, _CENT) for other in before.get((*whose, amount + step), [])]
        near = [o for o in near if pd.Timestamp(o[7]) + pd.DateOffset(months=_MONTHS) >= pd.Timestamp(day)]
        same = [o for o in near if norm(o[5]) == norm(source) != ""]
        unsure = [o for o in near if norm(o[5]) == "" or norm(source) == ""]
        if same or unsure:
            other = (same or unsure)[-1]
            rivals = [o[4] for o in (same or unsure)[:-1]]
            by = f"{units.decimal(amount, refund[3]):,} {refund[3]}"
            of = f"credit {source}" if same else "a credit that one of the two does not name"
            said = f"{by} went back to customer {refund[2]} on {day} ({refund[4]}) and on {other[7]} ({other[4]}), both for {of}."
            yield _row(refund, other, amount, "PROBABLE" if same else "POSSIBLE", said, rivals)
        before.setdefault((*whose, amount), []).append(refund)


def _used_too(
    refunds: list[tuple[Any, ...]], open_items: pd.DataFrame, allocations: pd.DataFrame, units: Units
) -> Iterable[dict[str, Any]]:
    """Find credits of which refunds and uses together are more than the credit: allocated in this close, or cleared against invoices."""
    used = allocations.groupby("item_id")["amount_relieved"].sum().abs().to_dict()
    credits = _credits(open_items)
    spent: dict[str, int] = {}
    for refund in refunds:
        credit = credits.get((*refund[:4], refund[5]))
        if credit is None:
            continue
        item, gross, cleared, place = credit
        spent[item] = spent.get(item, 0) + refund[6]
        gone = spent[item] + cleared + used.get(item, 0)
        if gone > gross and (cleared or used.get(item, 0)):
            text = [f"{units.decimal(v, refund[3]):,} {refund[3]}" for v in (gross, refund[6], cleared + used.get(item, 0))]
            said = f"Credit {refund[5]} of {text[0]} was refunded ({text[1]}, {refund[4]}) and used as well ({text[2]})."
            other = (*refund[:4], item, refund[5], gross, refund[7], *place)
            yield _row(refund, other, min(refund[6], gone - gross), "PROBABLE", said, [])


def _credits(open_items: pd.DataFrame) -> dict[tuple[Any, ...], tuple[str, int, int, tuple[str, str]]]:
    """Index credits by every name a refund may use: item, amount, how much other documents of its clearing used, and where it stands."""
    lines = open_items[
        (open_items["amount_doc"] < 0) & (open_items["reversed_by"] == "") & open_items["doc_type"].isin(["CM", "ONACC", "RCPT"])
    ]
    debits = open_items[(open_items["amount_doc"] > 0) & (open_items["clearing_doc"] != "")]
    debits = debits.assign(back=debits["amount_doc"].where(debits["doc_type"] == "REFUND", 0))
    groups = debits.groupby(["ledger_id", "company_code", "clearing_doc"])[["amount_doc", "back"]].sum().to_dict("index")
    found: dict[tuple[Any, ...], tuple[str, int, int, tuple[str, str]]] = {}
    wanted = ["item_id", "doc_no", "reference", "amount_doc", "open_amount_doc", "clearing_doc", "source_file", "source_line", *_WHOSE]
    for item, doc, reference, amount, still, clearing, file, line, *whose in rows_of(lines, wanted):
        group = groups.get((whose[0], whose[1], clearing), {"amount_doc": 0, "back": 0}) if clearing and not still else None
        cleared = min(-amount, max(0, int(group["amount_doc"]) - int(group["back"]))) if group else 0
        for name in {item, doc, reference} - {""}:
            found[(*whose, name)] = (item, -amount, cleared, (file, line))
    return found


def _row(refund: tuple[Any, ...], other: tuple[Any, ...], back: int, likely: str, said: str, rivals: list[str]) -> dict[str, Any]:
    return {
        "case_id": f"EX-21:{refund[4]}:{other[4]}", "rule": "EX-21", "class": "DUPLICATE_REFUND", "likely": likely, "quiet": False,
        "kind": "REFUND", **dict(zip(_WHOSE, refund[:4], strict=True)), "this": refund[4], "other": other[4],
        "this_source": f"{refund[8]}:{refund[9]}", "other_source": f"{other[8]}:{other[9]}", "reference": refund[5], "amount": refund[6],
        "reverse": back, "credit_due": 0, "score": 0, "rivals": " ".join(rivals), "sentence": said,
        "next_action": "Block it if it is not paid; else recover it from the customer.",
    }  # fmt: skip
