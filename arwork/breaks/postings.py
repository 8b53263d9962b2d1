"""What was delivered or booked twice while the bank moved money once (EX-10, EX-11, EX-12)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from arwork.money import Units

_KEY = ["origin", "ledger_id", "company_code", "currency", "bank_ref"]
_LEDGER = ["ledger_id", "company_code"]


def twice_delivered(repeated_lines: pd.DataFrame) -> list[dict[str, Any]]:
    """List each file that brought again what was there already: a row a file, statement and reason (EX-10)."""
    keys = ["source_file", "statement_key", "currency", "reason"]
    rows: list[dict[str, Any]] = []
    for (file, statement, currency, reason), lines in repeated_lines.groupby(keys, sort=True):
        amount = int(lines["amount"].sum())
        what = "line" if len(lines) == 1 else "lines"
        rows.append({
            "case_id": f"EX-10:{file}:{statement}:{currency}:{len(rows)}", "rule": "EX-10", "class": "DUPLICATE_IMPORT", "likely": "CERTAIN",
            "quiet": False, "kind": "STATEMENT", "this": file, "other": statement or "not stated", "currency": currency,
            "this_source": f"{file}:{lines['source_line'].iloc[0]}", "amount": amount, "reverse": 0, "credit_due": 0, "score": 0,
            "sentence": f"{len(lines):,} {what} of {statement or 'a statement'} in {file} were there already: {reason}",
            "next_action": "None: entered once. Ask who delivers the file why it came again.",
        })  # fmt: skip
    return rows


def postings_of(cash_book: pd.DataFrame, open_items: pd.DataFrame, bank_refs: pd.Series[Any]) -> pd.DataFrame:
    """List the receipts that our books hold: of the cash book and of the subledger, money in positive, each with its bank reference.

    A subledger line carries the bank's reference where its assignment or reference is one that the bank gave.
    """
    cash = cash_book[((cash_book["type"] == "RECEIPT") | (cash_book["amount"] < 0)) & (cash_book["bank_ref"] != "")]
    cash = cash.assign(
        origin="cash book", customer_id="", undone=cash["amount"] < 0,
        posting_id=cash["ledger_id"] + ":" + cash["gl_account"] + ":" + cash["doc_no"] + ":" + cash["line_no"],
    )  # fmt: skip
    booked = open_items[open_items["doc_type"] == "RCPT"]
    known = booked["assignment"].where(booked["assignment"].isin(bank_refs), booked["reference"])
    booked = booked.assign(
        origin="subledger", bank_ref=known.where(known.isin(bank_refs) & (known != ""), ""), posting_id=booked["item_id"],
        amount=-booked["amount_doc"], undone=(booked["reversed_by"] != "") | (booked["reverses"] != ""),
    )  # fmt: skip
    wanted = [*_KEY, "customer_id", "posting_id", "posting_date", "amount", "undone", "source_file", "source_line"]
    parts = [part for part in (cash[wanted], booked.loc[booked["bank_ref"] != "", wanted]) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else cash[wanted]


def booked_twice(
    cash_book: pd.DataFrame, open_items: pd.DataFrame, bank_lines: pd.DataFrame, bank_accounts: pd.DataFrame, units: Units
) -> list[dict[str, Any]]:
    """List bank lines that the books hold more than once (EX-11), and those that were reversed and booked anew (EX-12).

    What counts is the sum: several postings of one bank reference that add up to the bank's money, such as a batch, are right.
    """
    bank = bank_lines[(bank_lines["bank_txn_id"] != "") & (bank_lines["amount"] > 0) & ~bank_lines["is_return"]]
    bank = bank.merge(bank_accounts[[*_LEDGER, "bank_account", "currency"]], on=["bank_account", "currency"], how="inner")
    bank = bank.groupby([*_LEDGER, "currency", "bank_txn_id"], as_index=False).agg(bank=("amount", "sum"))
    postings = postings_of(cash_book, open_items, bank["bank_txn_id"])
    sides = postings.merge(bank.rename(columns={"bank_txn_id": "bank_ref"}), on=[*_LEDGER, "currency", "bank_ref"], how="inner")
    several = sides[sides.duplicated(_KEY, keep=False)]
    return [row for _, group in several.groupby(_KEY, sort=True) if (row := _decided(group, units)) is not None]


def _decided(group: pd.DataFrame, units: Units) -> dict[str, Any] | None:
    """Decide what several postings of one bank reference are; None where they are right."""
    rows = group.sort_values(["posting_date", "posting_id"])
    held, bank = int(rows["amount"].sum()) if (rows["origin"] == "cash book").all() else _standing(rows), int(rows["bank"].iloc[0])
    entries = rows[rows["amount"] > 0]
    gone = bool(rows["undone"].any())
    if len(entries) < 2 or (held <= bank and not (gone and held == bank)):
        return None
    first, last = entries.iloc[0], entries.iloc[-1]
    excess = held - bank
    rule, kind = ("EX-11", "DUPLICATE_POSTING") if excess else ("EX-12", "REVERSAL_REPOST")
    said = [f"{units.decimal(v, last['currency']):,} {last['currency']}" for v in (held, bank, excess)]
    where = f"The {last['origin']} holds {first['posting_id']} and {last['posting_id']} for bank reference {last['bank_ref']}"
    sentence = (
        f"{where}: {said[0]} booked, {said[1]} received." if excess else f"{where}; one was reversed and {said[1]} stand, as received."
    )
    return {
        "case_id": f"{rule}:{last['posting_id']}:{first['posting_id']}", "rule": rule, "class": kind, "likely": "CERTAIN",
        "quiet": not excess, "kind": "POSTING", **{name: last[name] for name in (*_LEDGER, "customer_id", "currency")},
        "this": last["posting_id"], "other": first["posting_id"], "this_source": f"{last['source_file']}:{last['source_line']}",
        "other_source": f"{first['source_file']}:{first['source_line']}", "amount": int(last["amount"]), "reverse": excess, "credit_due": 0,
        "score": 0, "rivals": " ".join(entries["posting_id"].iloc[1:-1]), "reference": last["bank_ref"], "sentence": sentence,
        "next_action": f"Reverse {said[2]} in our books; no refund." if excess else "None: leave the reversed pair out.",
    }  # fmt: skip


def _standing(rows: pd.DataFrame) -> int:
    """Add up what stands: neither reversed nor a reversal, both of which name each other in the subledger."""
    return int(rows.loc[~rows["undone"], "amount"].sum())
