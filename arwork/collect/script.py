"""What a collector says: what is due, promised, in dispute, and lying on the account (CO-15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from arwork.money import Units

Rows = Sequence[Mapping[Any, Any]]
_NAMED = 3


def script_of(items: Rows, promises: Rows, account: Mapping[Any, Any], units: Units) -> str:
    """Return the sentences of a call about one account; `items` come from `standing`, `promises` from `promise_results`."""
    late = [i for i in items if i["days_past_due"] >= 1 and i["left"] > 0]
    lines = [_due(late, code, units) for code in sorted({i["currency"] for i in late})]
    lines += [
        f"Promised: {units.said(p['promised_amount'], p['currency'])} by {p['promised_date'].date()}"
        + (f" for {p['item']}." if p["item"] else ".")
        for p in promises if p["status"] == "OPEN"
    ]  # fmt: skip
    lines += [
        f"Not kept: {units.said(p['promised_amount'], p['currency'])} promised by {p['promised_date'].date()}, "
        f"{units.said(p['paid_amount'], p['currency'])} came."
        for p in promises if p["status"] in ("BROKEN", "PARTIALLY_KEPT") and str(p["paid_late_date"]) == "NaT"
    ]  # fmt: skip
    lines += [
        f"Disputed: {units.said(i['disputed_part'], i['currency'])} of {_name(i)} (case {i['dispute_ids']})."
        for i in late if i["disputed_part"] > 0
    ]  # fmt: skip
    if int(account["unapplied_local"]) > 0:
        lines.append(f"On the account: {units.said(int(account['unapplied_local']), account['local_currency'])}; ask what it is for.")
    return " ".join(lines)


def _due(late: Rows, code: str, units: Units) -> str:
    own = sorted((i for i in late if i["currency"] == code), key=lambda i: (-i["days_past_due"], i["item_id"]))
    free = sum(i["left"] - i["disputed_part"] for i in own)
    named = ", ".join(
        f"{_name(i)} of {units.said(i['left'], code)} due {i['due_date'].date()} ({i['days_past_due']} days)" for i in own[:_NAMED]
    )
    more = f" and {len(own) - _NAMED} more" if len(own) > _NAMED else ""
    return f"Due: {units.said(free, code)} on {len(own)} document{'' if len(own) == 1 else 's'}: {named}{more}."


def _name(item: Mapping[Any, Any]) -> str:
    return str(item["reference"] or item["item_id"])
