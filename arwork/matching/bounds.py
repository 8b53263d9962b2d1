"""How bad a strategy can be at most, given how often it was wrong in a replay: exact upper bounds, whole numbers in and out.

By count: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika
26 (1934), one-sided. By value: the same bound on units as large as the largest receipt. Whatever the chance of error has to do
with the amount, the expected wrong value is at most the largest receipt times the expected number of wrong receipts; so a
total of V with a largest receipt of L proves no more than V / L receipts would (rounded down), and the wrong value counts as
whole units (rounded up). This is stricter than the bound of Stringer (Annals of the ASA Business Section, 1963), which assumes
that money units were drawn at random; receipts are not.
"""

from __future__ import annotations

from decimal import Context, Decimal

WHOLE = 1_000_000
"""100 % in ten-thousandths of a percent point."""
_EXACT = Context(prec=40, Emin=-999_999_999, Emax=999_999_999)


def upper(tried: int, wrong: int, confidence: int) -> int:
    """Return the exact one-sided upper bound of the error rate, in ten-thousandths of a percent point, rounded up.

    `confidence` is in ten-thousandths of a percent point (95 % is 950,000). Nothing tried, or everything wrong, gives 100 %.
    """
    if tried <= wrong or tried <= 0:
        return WHOLE
    doubt = Decimal(WHOLE - confidence).scaleb(-6)
    low, high = 0, WHOLE  # at `low` so few errors are still likely enough, at `high` they are not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _at_most(tried, wrong, Decimal(middle).scaleb(-6)) <= doubt else (middle, high)
    return high


def upper_by_value(total: int, wrong: int, largest: int, confidence: int) -> int:
    """Return the upper bound of the wrong share of value, in ten-thousandths of a percent point, from amounts in one currency."""
    if largest <= 0:
        return WHOLE
    return upper(total // largest, -(-wrong // largest), confidence)


def _at_most(tried: int, wrong: int, rate: Decimal) -> Decimal:
    """Return the probability of at most `wrong` errors in `tried` trials at an error rate."""
    right = 1 - rate
    term = _EXACT.power(right, tried)
    ratio = _EXACT.divide(rate, right)
    total = term
    for number in range(wrong):
        term = _EXACT.multiply(term, _EXACT.divide(_EXACT.multiply(ratio, Decimal(tried - number)), Decimal(number + 1)))
        total = _EXACT.add(total, term)
    return total
