"""The pre-legal file: nineteen parts, what the books hold of each, what a person must add, and whether it may go (CO-60)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from arwork.collect.key_date import open_at
from arwork.collect.limitation import limitation
from arwork.collect.standing import ACCOUNT
from arwork.tables import conform, empty

PARTS = (
    "Debtor: legal name, registration, address, guarantors", "Contract, terms with acceptance, retention of title, interest clause",
    "Orders", "Invoices", "Proof of delivery of each invoice", "Statement, ageing and ledger extract at the date",
    "How every payment was applied", "Letters with proof of delivery, final demand with deadline", "Contact log",
    "Promises and acknowledgements of debt", "Disputes with their resolution", "Computation of late payment fees",
    "Credit report, assets, insolvency search", "Securities, insurance and notices", "Limitation date of each invoice",
    "Set-off and counterclaims", "Cost and benefit", "Approvals", "Payments received after hand-over",
)  # fmt: skip
"""The index of a file, in its order."""
MANDATORY = frozenset({1, 4, 5, 6, 8, 15, 18})
"""Parts without which a file may not go; beside them one of contract (2) and orders (3)."""
OUTSIDE: Mapping[int, tuple[tuple[str, str], ...]] = {
    1: (("register number and guarantors", "master data"),), 2: (("contract, terms with acceptance, retention of title, interest clause", "sales"),),
    3: (("orders", "sales"),), 4: (("a copy of each invoice", "billing"),), 5: (("proof of delivery of each invoice", "logistics"),),
    8: (("final demand with a deadline", "collector"),), 9: (("contact log", "collector"),), 12: (("computation of late payment fees", "collector"),),
    13: (("credit report, assets, insolvency search", "credit"),), 14: (("notices to insurer and guarantors", "credit"),),
    15: (("limitation date of each invoice, by the law that governs it", "legal"),),
    17: (("what can be recovered, how likely, and what it costs", "legal"),), 18: (("approval of the hand-over", "AR manager"),),
}  # fmt: skip
"""What the books cannot show of a part, and who gets it."""
_NO_SOURCE: Mapping[int, str] = {17: "not measurable: needs odds of recovery and costs, which no table holds"}
FINAL = 3
"""Reminder level of the final demand (CO-01)."""
_MAY_BE_EMPTY = (7, 10, 11, 14, 16, 19)
SOURCES = ("open_items", "promises", "disputes", "letters_sent", "contacts", "customers", "customer_profiles")
"""Tables by account that a file is made from."""


@dataclass(frozen=True)
class File:
    """One account's file: its rows by the number of the part, and what a part would need to be measured."""

    account: tuple[str, ...]
    rows: Mapping[int, pd.DataFrame]
    needs: Mapping[int, str]


def assemble(tables: Mapping[str, pd.DataFrame], account: tuple[str, ...], as_of: date) -> File:
    """Gather from the books what belongs into an account's file, a frame a part (CO-60)."""
    mine = {name: of_account(tables[name], account) for name in SOURCES}
    kept = open_at(mine["open_items"], as_of)
    applied = tables["allocations"]
    profile = mine["customer_profiles"]
    rows = {
        1: mine["customers"], 4: kept[kept["open_doc"] > 0], 6: mine["open_items"],
        7: applied[applied["item_id"].isin(mine["open_items"]["item_id"])], 8: mine["letters_sent"], 9: mine["contacts"],
        10: mine["promises"], 11: mine["disputes"], 14: profile[(profile["security_amount"] > 0) | (profile["insured_limit"] > 0)],
        16: kept[kept["open_doc"] < 0],
    }  # fmt: skip
    if "late_fees" in tables:
        rows[12] = of_account(tables["late_fees"], account)
    country = str(mine["customers"]["country"].iloc[0]) if len(mine["customers"]) else ""
    late = rows[4][rows[4]["due_date"] < pd.Timestamp(as_of)]
    dated = limitation(late, country, tables["legal_params"])
    absent = sorted(set(dated["needs"]) - {""})
    rows[15] = dated[dated["needs"] == ""]
    return File(account, rows, {15: absent[0]} if absent else {})


def of_account(frame: pd.DataFrame, account: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows of one account."""
    mine = frame
    for name, value in zip(ACCOUNT, account, strict=True):
        mine = mine[mine[name] == value]
    return mine


def index(file: File) -> pd.DataFrame:
    """Return the index of a file, a row a part (`prelegal_files`): found in the books, to be added by a person, or nothing to show.

    Letters count only when a final demand with a deadline is among them.
    """
    rows = []
    for place, title in enumerate(PARTS, start=1):
        held = len(file.rows.get(place, ()))
        enough = held and place not in file.needs and (place != 8 or final_demand(file.rows[8]))
        status = "FOUND" if enough else "NONE" if place in _MAY_BE_EMPTY else "ADD"
        rows.append({
            **dict(zip(ACCOUNT, file.account, strict=True)), "place": place, "title": title, "mandatory": place in MANDATORY,
            "status": status, "rows": held, "note": _note(place, held, status, file.needs.get(place, "")),
        })  # fmt: skip
    return pd.DataFrame(rows)


def final_demand(letters: pd.DataFrame) -> bool:
    """Say whether a final demand that states a deadline is among the letters sent, and was not returned."""
    return bool(((letters["level"] >= FINAL) & letters["deadline"].notna() & (letters["delivery"] != "UNDELIVERED")).any())


def missing(place: int, status: str) -> str:
    """Say what the books cannot show of a part and who gets it; blank where nothing is expected."""
    asked = OUTSIDE.get(place, ()) if status != "NONE" else ()
    return "; ".join(f"{what}: {who}" for what, who in asked if not (status == "FOUND" and place in (8, 9, 12, 15)))


def unmeasured(note: str) -> str:
    """Return what a line of the index says it would need to be measured; blank where it needs nothing."""
    return next((part for part in note.split("; ") if part.startswith("not measurable")), "")


def _note(place: int, held: int, status: str, needs: str) -> str:
    shown = f"{held:,} rows of the books" if held else "the books hold none"
    wanted = missing(place, status)
    told = (shown, needs or _NO_SOURCE.get(place, ""), f"to be added: {wanted}" if wanted else "")
    return "; ".join(part for part in told if part)


def completeness(parts: pd.DataFrame, added: frozenset[int] = frozenset()) -> tuple[int, int, bool]:
    """Return the mandatory parts that are there, how many there are, and whether the file may go (CO-60).

    `added` are the parts that a person has put into the folder. Contract (2) or orders (3) count as one mandatory part.
    """
    there = set(parts.loc[parts["status"] == "FOUND", "place"]) | added
    held = len(there & MANDATORY) + bool(there & {2, 3})
    return held, len(MANDATORY) + 1, held == len(MANDATORY) + 1


def candidates(tables: Mapping[str, pd.DataFrame], as_of: date) -> list[tuple[str, ...]]:
    """Return the accounts whose file is due: pre-legal notices proposed, and escalations that reached risk or legal (CO-40)."""
    notices = tables["dunning_letters"].loc[lambda t: t["outcome"] == "NOTICE", ACCOUNT]
    high = tables["escalations"].loc[lambda t: t["to"].str.startswith("risk or legal"), ACCOUNT]
    return sorted({tuple(row) for frame in (notices, high) for row in frame.itertuples(index=False, name=None)})


def files(tables: Mapping[str, pd.DataFrame], as_of: date) -> pd.DataFrame:
    """Return `prelegal_files`: the index of every file that is due (CO-60)."""
    near: dict[str, Any] = {}
    due = candidates(tables, as_of)
    wanted = pd.DataFrame(due, columns=ACCOUNT)
    for name in (*SOURCES, *({"late_fees"} & set(tables))):
        near[name] = tables[name].merge(wanted, on=ACCOUNT, how="inner") if len(wanted) else tables[name].head(0)
    near["legal_params"] = tables["legal_params"]
    near["allocations"] = tables["allocations"].loc[lambda t: t["item_id"].isin(near["open_items"]["item_id"])]
    found = [index(assemble(near, account, as_of)) for account in due]
    return conform("prelegal_files", pd.concat(found, ignore_index=True)) if found else empty("prelegal_files")
