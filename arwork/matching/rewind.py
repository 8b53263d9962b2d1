"""Past months as they were before anybody worked on them, and what they came to in the end.

A ledger's extract shows how its items stand today. Rewound to the first day of a month, what was cleared since is open again
and what was posted by hand since is gone; the clearing itself, and the decisions in the journal, are the truth to compare with.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from arwork.matching.decided import rulings
from arwork.matching.receipts import already_posted
from arwork.matching.references import PAYMENT_TYPES


def rewound(open_items: pd.DataFrame, start: date) -> pd.DataFrame:
    """Return `open_items` as they stood before the first day of a replay.

    Items cleared since are open again with their whole amount; payments, and rests of payments, posted since are gone. An item
    that was paid in part since and is still open stands with today's rest: the extract does not say what it was before.
    """
    day = pd.Timestamp(start)
    by_people = open_items["doc_type"].isin([*PAYMENT_TYPES, "RESID"]) & (open_items["posting_date"] >= day)
    kept = open_items[~by_people].copy()
    again = kept["clearing_date"] >= day
    kept.loc[again, "open_amount_doc"] = kept.loc[again, "amount_doc"]
    kept.loc[again, "open_amount_local"] = kept.loc[again, "amount_local"]
    kept.loc[again, "clearing_doc"] = ""
    kept.loc[again, "clearing_date"] = pd.NaT
    return kept.reset_index(drop=True)


def outcomes(lines: pd.DataFrame, open_items: pd.DataFrame, decided: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the truth of receipts (`receipt_id`, `item_id`): how the ERP cleared them, or else what a person decided.

    `lines` are the receipts as bank lines with ledger and company (`line_id` is the receipt). A payment tells the truth where
    its clearing document clears no other payment, or where it names the item it is part of; all others tell nothing.
    """
    posted = already_posted(lines, open_items, pd.Timestamp(as_of))
    keys = ["ledger_id", "company_code", "customer_id", "clearing_doc"]
    columns = ["item_id", "doc_no", "doc_type", "ref_item", *keys]
    items = list(open_items[columns].itertuples(index=False, name=None))
    cleared: dict[tuple[str, ...], list[tuple[str, bool]]] = {}
    numbers: dict[tuple[str, ...], set[str]] = {}
    for item, number, kind, _, *key in items:
        pays = kind in PAYMENT_TYPES
        if key[3]:
            cleared.setdefault(tuple(key), []).append((item, pays))
        for name in {item, number} if not pays else ():
            numbers.setdefault((*key[:3], name), set()).add(item)
    payments = {row[0]: row for row in items if row[2] in PAYMENT_TYPES}
    found: dict[str, list[str]] = {}
    for receipt, payment in posted.items():
        _, _, _, ref, *key = payments[payment]
        together = cleared.get(tuple(key), [])
        if sum(pays for _, pays in together) == 1 and len(together) > 1:
            found[receipt] = sorted(item for item, pays in together if not pays)
        elif not together and len(numbers.get((*key[:3], ref), ())) == 1:
            found[receipt] = sorted(numbers[(*key[:3], ref)])
    for receipt, ruling in rulings(decided).items():
        if ruling.action == "ALLOCATE":
            found.setdefault(receipt, sorted(share.item_id for share in ruling.shares) or [""])
    rows = [(receipt, item) for receipt, chosen in sorted(found.items()) for item in chosen]
    return pd.DataFrame(rows, columns=["receipt_id", "item_id"]).astype("str")
