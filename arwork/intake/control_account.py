"""Control accounts for items whose export names none: most lists of open invoices do not, and most ledgers have only one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from arwork.params import Ledger
from arwork.proof import Finding


def on_control_account(items: pd.DataFrame, ledgers: Sequence[Ledger]) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Count `open_items` without a GL account for the control account of their ledger, where the params name just one (RC-10).

    Lines of special G/L stay as they are: they stand on accounts of their own. What is filled is told.
    """
    filled, told = items["gl_account"].copy(), []
    for entry in ledgers:
        own = (items["ledger_id"] == entry.ledger) & (items["company_code"] == entry.company_code)
        blank = own & (items["gl_account"] == "") & (items["special_gl"] == "")
        if len(entry.control_accounts) != 1 or not blank.any():
            continue
        [account] = entry.control_accounts
        filled = filled.mask(blank, account)
        count, book = int(blank.sum()), f"{entry.ledger}/{entry.company_code}"
        name = (
            f"1 item of {book} names no GL account; it counts"
            if count == 1
            else f"{count:,} items of {book} name no GL account; they count"
        )
        said = f"{name} for {account}, its only control account."
        told.append(Finding("RC-10", "info", said, "open_items"))
    return (items.assign(gl_account=filled), tuple(told)) if told else (items, ())
