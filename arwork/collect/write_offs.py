"""Items that may be written off as bad debt, what bars it, what must be confirmed, and who approves (CO-65)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from arwork.collect.adjustments import ladder
from arwork.collect.overdue import money_of
from arwork.collect.payments import WHOSE
from arwork.money import Units
from arwork.policy import Policy
from arwork.states import approval
from arwork.tables import conform, empty

_CONFIRM = "file complete; guarantor and insurer pursued; tax relief checked; provision looked at"


def write_offs(
    items: pd.DataFrame, net: pd.DataFrame, customers: pd.DataFrame, receipts: pd.DataFrame, register: pd.DataFrame, policy: Policy,
    units: Units, as_of: date,
) -> pd.DataFrame:  # fmt: skip
    """Return `write_offs`: debit items late for the policy's days, or of an insolvent customer, with what bars them (CO-65).

    `items` come from `standing`, `net` from `net_overdue`, `register` holds the write-offs made in this quarter. An amount within
    the small-difference tolerance is no write-off. The approver is that of everything proposed and made for the customer in the
    quarter, in ledger currency.
    """
    master = customers[[*WHOSE, "status", "tolerance_group", "collector"]]
    known = items[items["left"] > 0].merge(master, on=WHOSE, how="left", validate="m:1")
    old = known["days_past_due"] >= policy.write_off.min_dpd
    gone = (known["status"] == "INSOLVENT") & (known["days_past_due"] >= 1)
    chosen = known[old | gone].sort_values("item_id")
    if chosen.empty:
        return empty("write_offs")
    money = money_of(net)
    lost = receipts[receipts["status"] == "UNIDENTIFIED"]
    waiting = set(zip(lost["currency"], lost["amount"], strict=True))
    sums = chosen.groupby(WHOSE)["left_local"].sum()
    made = _made(register, as_of)
    rows = []
    for row in chosen.to_dict("records"):
        account = (row["ledger_id"], row["company_code"], row["customer_id"])
        total = int(sums[account]) + made.get((*account, row["local_currency"]), 0)
        who = approval("T-WO", [total], ladder("T-WO", row["local_currency"], policy, units)).who
        rows.append(_row(row, _bars(row, money.get((*account, row["currency"]), 0), waiting, policy, units), who))
    return conform("write_offs", pd.DataFrame(rows))


def _made(register: pd.DataFrame, as_of: date) -> dict[tuple[Any, ...], int]:
    day = register["requested_date"]
    now = (day.dt.year == as_of.year) & ((day.dt.month - 1) // 3 == (as_of.month - 1) // 3) & (day <= pd.Timestamp(as_of))
    own = register[now & (register["adjustment_code"] == "WO")]
    return {key: int(value) for key, value in own.groupby([*WHOSE, "currency"])["amount"].sum().items()}


def _bars(row: Mapping[Any, Any], money: int, waiting: set[tuple[str, int]], policy: Policy, units: Units) -> str:
    limit = policy.matching.tolerances.groups.get(row["tolerance_group"] or "STD")
    small = units.rounded(limit.short[0], row["currency"]) if limit else 0
    tests = {
        "its dispute is open": row["disputed_part"] > 0,
        f"{units.text(money, row['currency'])} {row['currency']} of the customer's own money or credits is unused": money > 0,
        "a receipt of exactly this amount has no payer yet": (row["currency"], row["left"]) in waiting,
        "it is a small difference, not a loss (SD)": row["left"] <= small,
        "it is in legal proceedings": row["status"] == "LEGAL",
    }
    return "; ".join(why for why, holds in tests.items() if holds)


def _row(row: Mapping[Any, Any], bars: str, who: str) -> dict[str, Any]:
    ground = "insolvent" if row["status"] == "INSOLVENT" else f"{row['days_past_due']} days late"
    return {
        "item_id": row["item_id"], **{name: row[name] for name in WHOSE}, "reference": row["reference"], "currency": row["currency"],
        "open_amount": row["left"], "open_local": row["left_local"], "days_past_due": row["days_past_due"], "ground": ground,
        "not_before": bars, "to_confirm": _CONFIRM, "approver": who, "owner": row["collector"] or "collections",
        "next_action": "Settle first what bars it." if bars else f"Confirm the file and ask the {who} to approve.",
    }  # fmt: skip
