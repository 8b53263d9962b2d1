"""What the payer still owes, and whether it explains a receipt (EX-14, and the last five points of EX-20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from arwork.breaks.quiet import obligation_keys
from arwork.breaks.settled import WHOSE, among, coded, nets
from arwork.matching.columns import column
from arwork.matching.references import PART
from arwork.policy import Combo

Account = tuple[str, str, str, str]
"""Ledger, company, currency, customer."""
_ACCOUNT = ["ledger_id", "company_code", "currency", "customer_id"]
_SAFE = 2**62


@dataclass(frozen=True)
class Half:
    """All sums of one half of an account's open items, rising, each with the fewest items that make it."""

    sums: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]


def open_lines(open_items: pd.DataFrame) -> pd.DataFrame:
    """Return the open lines that a payment may be meant for: no special G/L, nothing reversed, no cash but partial payments."""
    lone_cash = (open_items["doc_type"] == "ONACC") | ((open_items["doc_type"] == "RCPT") & (open_items["ref_item"] == ""))
    live = (open_items["open_amount_doc"] != 0) & (open_items["special_gl"] == "") & (open_items["reversed_by"] == "") & ~lone_cash
    return open_items.loc[live]


def named_in_full(receipts: pd.DataFrame, references: pd.DataFrame, lines: pd.DataFrame) -> set[str]:
    """Name the receipts whose exact references are open items that explain them in full, gross or net (M01, M03, M04)."""
    named = references.loc[references["state"] == "OPEN", ["receipt_id", "item_id"]].drop_duplicates()
    owed = lines[["item_id", "open_amount_doc", "disc1_pct", "disc2_pct"]]
    met = named.merge(owed, on="item_id", how="inner")
    met = met.assign(
        gross=met["open_amount_doc"],
        net_1=[nets(g, p)[0] if p else g for g, p in zip(met["open_amount_doc"], met["disc1_pct"], strict=True)],
        net_2=[nets(g, p)[0] if p else g for g, p in zip(met["open_amount_doc"], met["disc2_pct"], strict=True)],
    )
    sums = met.groupby("receipt_id")[["gross", "net_1", "net_2"]].sum()
    amount = dict(zip(column(receipts, "receipt_id"), receipts["amount"].tolist(), strict=True))
    return {str(r) for r, *found in sums.itertuples(name=None) if amount.get(str(r)) in found}


def pay_an_obligation(receipts: pd.DataFrame, lines: pd.DataFrame) -> set[str]:
    """Name the receipts of a family that are no more in number than its open items of the same amount (EX-14)."""
    what = [*WHOSE, "amount"]
    ours, owed = coded(receipts, lines.assign(amount=lines["open_amount_doc"]), what)
    size = int(max(ours.max(initial=-1), owed.max(initial=-1))) + 1
    payments, obligations = np.bincount(ours, minlength=size), np.bincount(owed, minlength=size)
    return set(column(receipts[payments[ours] <= obligations[ours]], "receipt_id"))


def named_again(
    receipts: pd.DataFrame, references: pd.DataFrame, paid: pd.DataFrame, lines: pd.DataFrame
) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Map receipts and the settled items of their amount that they name to the open items of that amount, by number, that may be meant instead.

    Left out is what a delivery, order line, period or instalment sets apart from every such open item: that recurs (EX-14).
    """
    exact = references.loc[
        (references["item_id"] != "") & ~references["field"].str.endswith(PART), ["receipt_id", "item_id"]
    ].drop_duplicates()
    exact = exact[among(exact, "item_id", column(paid, "item_id")) & among(exact, "receipt_id", column(receipts, "receipt_id"))]
    named = paid.loc[among(paid, "item_id", exact["item_id"])]
    met = exact.merge(receipts[[*WHOSE, "receipt_id", "amount"]], on="receipt_id").merge(
        named[[*WHOSE, "item_id"]].assign(amount=named["amount_doc"], key=obligation_keys(named)), on=[*WHOSE, "item_id", "amount"]
    )
    near = lines.loc[among(lines, "family", met["family"])]
    name = near["reference"].where(near["reference"] != "", near["doc_no"])
    owed = near[WHOSE].assign(amount=near["open_amount_doc"], other=near["item_id"], name=name, key_open=obligation_keys(near))
    both = met.merge(owed, on=[*WHOSE, "amount"])
    apart = (both["key"] != "") & (both["key_open"] != "") & (both["key"] != both["key_open"])
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for receipt, item, other, number in sorted(
        zip(*(column(both[~apart], one) for one in ("receipt_id", "item_id", "other", "name")), strict=True)
    ):
        found[receipt, item][other] = number
    return found


def by_account(lines: pd.DataFrame) -> Mapping[Account, list[int]]:
    """List the open amounts of each account."""
    found: dict[Account, list[int]] = defaultdict(list)
    for *account, amount in lines[[*_ACCOUNT, "open_amount_doc"]].itertuples(index=False, name=None):
        found[(account[0], account[1], account[2], account[3])].append(amount)
    return {account: sorted(amounts) for account, amounts in found.items()}


def halves(amounts: Sequence[int], limits: Combo) -> tuple[Half, Half] | None:
    """Prepare the exact search over an account's open items; None beyond `combo.max_candidates` items (2.3)."""
    if len(amounts) > limits.max_candidates or sum(map(abs, amounts)) >= _SAFE:
        return None
    middle = len(amounts) // 2
    return _half(amounts[:middle], limits.max_size), _half(amounts[middle:], limits.max_size)


def explains(target: int, sides: tuple[Half, Half], max_size: int) -> bool:
    """Say whether one to `max_size` of the items add up to the target exactly; every such set is looked at."""
    left, right = sides
    need = target - left.sums
    at = np.searchsorted(right.sums, need)
    at = np.minimum(at, len(right.sums) - 1)
    hit = (right.sums[at] == need) & (left.sizes + right.sizes[at] <= max_size)
    return bool(hit.any())


def _half(amounts: Sequence[int], max_size: int) -> Half:
    sums, sizes = np.zeros(1, dtype="int64"), np.zeros(1, dtype="int64")
    for amount in amounts:
        sums, sizes = np.concatenate([sums, sums + amount]), np.concatenate([sizes, sizes + 1])
        fits = sizes <= max_size
        sums, sizes = sums[fits], sizes[fits]
    order = np.lexsort((sizes, sums))
    sums, sizes = sums[order], sizes[order]
    first = np.append(True, sums[1:] != sums[:-1])
    return Half(sums[first], sizes[first])
