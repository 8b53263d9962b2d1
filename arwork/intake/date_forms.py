"""Which of the date formats that fit a column is proposed, and which others would read another day."""

from __future__ import annotations

import re
from collections.abc import Sequence


def date_form(forms: Sequence[str], *, european: bool) -> tuple[str, tuple[str, ...]]:
    """Choose one of the date formats that fit a column, and name the others that would read another day."""
    loose = [
        form for form in forms if form.replace("DD", "D").replace("MM", "M") == form or "MMM" in form or form.startswith("YY")
    ] or list(forms)
    orders = {_order(form) for form in loose}
    if len(orders) == 1:
        return loose[0], ()
    first = next((form for form in loose if _order(form) == ("DM" if european else "MD")), loose[0])
    return first, tuple(form for form in loose if _order(form) != _order(first))


def _order(form: str) -> str:
    return "".join(dict.fromkeys(mark for mark in form if mark in "DM"))


def same_signs(one: str, other: str) -> bool:
    """Say whether two formats write the same signs between the parts, and years of the same length."""
    return re.sub("[A-Z]", "", one) == re.sub("[A-Z]", "", other) and ("YYYY" in one) == ("YYYY" in other)
