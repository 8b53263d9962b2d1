"""Two invoices for one delivery, order line or period (EX-16)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from rapidfuzz.distance import Levenshtein

from arwork.breaks.likeness import Folding, folding
from arwork.breaks.settled import among
from arwork.matching.columns import rows as rows_of
from arwork.money import Units
from arwork.policy import Policy

_WHOSE = ["ledger_id", "company_code", "customer_id", "currency"]
_READ = (
    "item_id", "doc_no", "reference", "amount_doc", "net", "doc_date", "delivery_no", "po_no", "po_line", "service_from", "service_to",
    "supply_date", "lines_hash", "open_amount_doc", "cleared_by_money", "source_file", "source_line", *_WHOSE,
)  # fmt: skip
_NEAR_DAYS = 3
_BLOCK = 60
"""Up to this many invoices of one delivery or order line each is compared with each; beyond it with the next in amount."""
_NEXT = 8


class _Invoice(NamedTuple):
    """One invoice as the test reads it, in the order of `_READ`."""

    item_id: str
    doc_no: str
    reference: str
    amount: int
    net: int
    doc_date: Any
    delivery: str
    po: str
    po_line: str
    service_from: Any
    service_to: Any
    supply: Any
    lines: str
    open: int
    paid: bool
    source_file: str
    source_line: str
    ledger_id: str
    company_code: str
    customer_id: str
    currency: str


def repeated_invoices(open_items: pd.DataFrame, paid: pd.Series[Any], policy: Policy, units: Units) -> list[dict[str, Any]]:
    """List pairs of invoices that score `duplicates.invoice_flag` or more under EX-16; `paid` are the items that money settled.

    Same delivery or order line 40 (without it a pair cannot reach 70, so only such pairs are met), same net amount 25 or
    within 1 % 15, overlapping service period or supply dates within three days 15, reference alike 0.80 or more 10, same
    lines 10. Left out are reversed and written-off invoices and those that a credit memo took back in full (credit and
    rebill). An order line does not count where both state other deliveries or periods apart: it was then delivered twice.
    """
    bills = open_items[
        open_items["doc_type"].isin(["INV", "DM"]) & (open_items["amount_doc"] > 0) & (open_items["reversed_by"] == "")
        & (open_items["reverses"] == "") & ~open_items["written_off"] & ((open_items["delivery_no"] != "") | (open_items["po_line"] != ""))
    ]  # fmt: skip
    bills = bills[~bills["item_id"].isin(_credited(open_items, bills))]
    if len(bills) < 2:
        return []
    bills = bills.assign(net=bills["amount_net"].fillna(bills["amount_doc"]), cleared_by_money=among(bills, "item_id", paid.tolist()))
    how = folding(policy.matching)
    found: dict[str, tuple[int, dict[str, int], _Invoice, _Invoice, list[str]]] = {}
    for one, two in _pairs(bills):
        first, second = sorted((one, two), key=lambda i: (i.doc_date, i.item_id))
        parts = _points(first, second, how, policy)
        score = sum(parts.values())
        if score >= 100 * policy.duplicates.invoice_flag:
            known = found.get(second.item_id)
            if known is None or (-score, first.item_id) < (-known[0], known[2].item_id):
                rivals = [] if known is None else [*known[4], known[2].item_id]
                found[second.item_id] = (score, parts, first, second, rivals)
            elif known[2].item_id != first.item_id and first.item_id not in known[4]:
                known[4].append(first.item_id)
    return [_row(*found[item], units) for item in sorted(found)]


def _credited(open_items: pd.DataFrame, bills: pd.DataFrame) -> set[str]:
    """Name the invoices that linked credit memos took back in full; a link names the item, the document or its number."""
    memos = open_items[(open_items["doc_type"] == "CM") & (open_items["ref_item"] != "")]
    credits = memos.groupby([*_WHOSE, "ref_item"])["amount_doc"].sum().to_dict()
    if not credits:
        return set()
    gone = set()
    for item, doc, reference, amount, *whose in rows_of(bills, ["item_id", "doc_no", "reference", "amount_doc", *_WHOSE]):
        if any(credits.get((*whose, name), 0) == -amount for name in {item, doc, reference}):
            gone.add(item)
    return gone


def _pairs(bills: pd.DataFrame) -> Iterator[tuple[_Invoice, _Invoice]]:
    """Yield invoices of one customer and currency that share a delivery or an order line and are within 1 % in net amount."""
    for names in (["delivery_no"], ["po_no", "po_line"]):
        has = bills.loc[(bills[names] != "").all(axis=1)]
        has = has[has.duplicated([*_WHOSE, *names], keep=False)].sort_values(["net", "item_id"])
        if has.empty:
            continue
        blocks, _ = pd.factorize(pd.MultiIndex.from_frame(has[[*_WHOSE, *names]]))
        invoices = [_Invoice(*row) for row in rows_of(has, list(_READ))]
        order = np.argsort(blocks, kind="stable")
        cuts = np.flatnonzero(np.diff(blocks[order])) + 1
        for block in np.split(order, cuts):
            reach = len(block) if len(block) <= _BLOCK else _NEXT
            for at, left in enumerate(block.tolist()):
                for right in block[at + 1 : at + 1 + reach].tolist():
                    one, two = invoices[left], invoices[right]
                    if (two.net - one.net) * 100 > two.net:
                        break
                    if one.doc_no != two.doc_no:
                        yield one, two


def _points(one: _Invoice, two: _Invoice, how: Folding, policy: Policy) -> dict[str, int]:
    same_delivery = one.delivery != "" and one.delivery == two.delivery
    same_line = one.po != "" and one.po_line != "" and (one.po, one.po_line) == (two.po, two.po_line)
    apart = one.delivery != "" and two.delivery != "" and one.delivery != two.delivery
    apart |= _periods(one, two) and not _overlap(one, two)
    near = one.supply is not None and two.supply is not None and abs((one.supply - two.supply).days) <= _NEAR_DAYS
    return {
        "delivery or order line": 4000 if same_delivery or (same_line and not apart) else 0,
        "net amount": 2500 if one.net == two.net else 1500,
        "period or supply date": 1500 if _overlap(one, two) or near else 0,
        "number alike": 1000 if _alike(one, two, how, policy) else 0,
        "same lines": 1000 if one.lines != "" and one.lines == two.lines else 0,
    }


def _periods(one: _Invoice, two: _Invoice) -> bool:
    return None not in (one.service_from, one.service_to, two.service_from, two.service_to)


def _overlap(one: _Invoice, two: _Invoice) -> bool:
    return _periods(one, two) and bool(one.service_from <= two.service_to and two.service_from <= one.service_to)


def _alike(one: _Invoice, two: _Invoice, how: Folding, policy: Policy) -> bool:
    """Say whether the numbers are alike; numbers of 0.80 and more, after folding."""
    left, right = (list(how.of([i.reference or i.doc_no]).values()) for i in (one, two))
    return bool(left and right) and Levenshtein.normalized_similarity(left[0], right[0]) >= float(policy.duplicates.ref_min_similarity)


def _row(score: int, parts: dict[str, int], first: _Invoice, second: _Invoice, rivals: list[str], units: Units) -> dict[str, Any]:
    both = first.paid and second.paid
    names = first.reference or first.doc_no, second.reference or second.doc_no
    amount = f"{units.decimal(second.amount, second.currency):,} {second.currency}"
    what = f"delivery {second.delivery}" if second.delivery == first.delivery != "" else f"order {second.po} line {second.po_line}"
    said = f"{names[0]} and {names[1]} both bill {what}, {amount}; goods went out once. Score {score // 100}.{score % 100:02d} of 100."
    said += " Both were paid." if both else " The second is open." if second.open else ""
    action = f"Credit memo of -{amount} on {names[1]} (code DB, X12 19)"
    return {
        "case_id": f"EX-16:{second.item_id}:{first.item_id}", "rule": "EX-16", "class": "DUPLICATE_INVOICE", "likely": "PROBABLE", "quiet": False,
        "kind": "INVOICE", **{name: getattr(second, name) for name in _WHOSE}, "this": second.item_id, "other": first.item_id,
        "this_source": f"{second.source_file}:{second.source_line}", "other_source": f"{first.source_file}:{first.source_line}",
        "item_id": second.item_id, "reference": names[1], "amount": second.amount, "reverse": second.amount,
        "credit_due": second.amount if both else 0, "score": score, "rivals": " ".join(sorted(rivals)), "sentence": said,
        "parts": "; ".join(f"{name} {points // 100}" for name, points in parts.items()),
        "next_action": f"{action}, then offset or refund." if both else f"{action}; nothing to refund.",
    }  # fmt: skip
