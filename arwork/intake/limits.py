"""The default policy's limits in the size of another currency, for the params that `arwork init` begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from arwork.params import merged
from arwork.settings import Tree

_TIMES = {
    10: "BRL CNY CZK DKK DOP HKD ILS MAD MOP MXN NOK SEK TRY ZAR",
    100: "BDT DZD EGP INR ISK JPY KES LKR NPR PHP PKR RSD RUB THB TWD UAH UYU",
    1_000: "AMD ARS CLP CRC HUF IQD KRW KZT MMK NGN TZS XAF XOF",
    10_000: "COP IDR KHR LAK PYG UGX UZS VND",
}
"""How many units of a currency are about one euro, as a power of ten: the size of money, not a rate."""
_LIMITS = (
    ("matching", "tolerances", "yearly_cap_per_customer"), ("matching", "tolerances", "groups"), ("matching", "tolerances", "users"),
    ("matching", "amount_only_min"), ("matching", "deduction_auto_cap", "abs"), ("matching", "dispute_auto_threshold"),
    ("matching", "bank_charge_cap"), ("matching", "fx_tolerance", "abs"), ("matching", "large_receipt"), ("matching", "over_review"),
    ("authority", "largest_receipt"), ("refunds", "tiers"), ("reconciliation", "immaterial_unexplained", "abs"),
    ("reconciliation", "item_materiality"), ("cutoff", "credit_memo_min"), ("write_off", "tiers"), ("adjustment_tiers",),
)  # fmt: skip
"""The limits that decide what a person must look at in a first month."""


def limits(currency: str, policy: Mapping[str, Tree]) -> Sequence[str]:
    """Return the lines of a `policy:` block with the limits of the default policy in the size of a currency; none where they fit it.

    The default is meant for EUR, USD and the like. In rupees its large receipt, 100,000.00, is a small one, and most receipts of a first
    month waited for a person (G-12).
    """
    times = next((factor for factor, codes in _TIMES.items() if currency in codes.split()), 1)
    if times == 1:
        return ()
    told = f"policy:  # the default's limits times {times:,}: they are meant for EUR, USD and the like; change them to yours"
    block: dict[str, Tree] = {}
    for path in _LIMITS:
        found: Tree = dict(policy)
        for name in path:
            found = found[name] if isinstance(found, dict) else ""
        inner: Tree = _scaled(found, times)
        for name in reversed(path[1:]):
            inner = {name: inner}
        block[path[0]] = merged(block.get(path[0], {}), inner)
    return (told, *_lines(block, 1))


def _scaled(tree: Tree, times: int, *, pair: bool = False) -> Tree:
    """Multiply every amount; of a tolerance, an amount and a percent, only the amount."""
    if isinstance(tree, dict):
        return {name: _scaled(value, times, pair=name in ("short", "over")) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_scaled(value, times) if not pair or n == 0 else value for n, value in enumerate(tree)]
    return f"{Decimal(tree) * times:f}"


def _lines(block: Mapping[str, Tree], depth: int) -> Iterator[str]:
    for name, value in block.items():
        if isinstance(value, dict) and depth < 3:
            yield f"{'  ' * depth}{name}:"
            yield from _lines(value, depth + 1)
        else:
            yield f"{'  ' * depth}{name}: {_flow(value)}"


def _flow(value: Tree) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(inner)}" for name, inner in value.items()) + "}"
    return "[" + ", ".join(map(_flow, value)) + "]" if isinstance(value, list) else str(value)
