"""Where the proofs of the daily cash log do not hold, and which break is a named reconciling item (RC-70, proofs 1 to 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from arwork.reconcile.bank_gaps import missing
from arwork.reconcile.cash_days import ACCOUNT
from arwork.reconcile.cash_parts import KINDS, of_group
from arwork.reconcile.layout import CLASSES, OWNERS
from arwork.reconcile.matched import Matched

COLUMNS = ("bank_account", "currency", "day", "proof", "amount", "code", "document", "named", "sentence", "owner", "next_action", "source_file",
           "source_line")  # fmt: skip
_AR = frozenset(("RECEIPT",))
_NOT_SAID = frozenset(("OTHER", ""))
_BANK, _BOOKS = "cash application", "receivables"
_ASK = {
    "1": "Correct the receipt until its parts add up to it.",
    "2": "Ask the bank for the missing statement or page, and run the close again.",
    "3": "Post it where it belongs, or say why it differs.",
    "4": "Find the day on which the balance and the lines part, and get the missing lines.",
    "end": "Post it, or accrue it at cut-off.",
}


@dataclass(frozen=True)
class Given:
    """What the proofs are held against: RC-20's items, the statements, what was allocated, the period.

    `postings` are GL lines by column of the log: of the suspense accounts for line 6, of the clearing of misdirected money for line 7.
    """

    matched: Matched
    recon_items: pd.DataFrame
    statements: pd.DataFrame
    proof_of_cash: pd.DataFrame
    allocations: pd.DataFrame
    postings: Mapping[str, pd.DataFrame]
    start: date
    as_of: date
    spans: Mapping[str, str]


def breaks(log: pd.DataFrame, credits: pd.DataFrame, given: Given) -> pd.DataFrame:
    """List every break of a proof, by account and day, with its class where it is a named reconciling item, else RI-UNX.

    Proof 1: a credit whose parts do not add up. Proof 2: money that moved a balance without a line. Proof 3: the book against the
    log, row by row; cash applied against the allocations; unidentified and misdirected money against their accounts. Proof 4: the receipts
    that the balances show against the log of the month so far. `end`: a line that is unposted at the key date and no item.
    Amounts are minor units: theirs less the log.
    """
    found = [
        _parts(credits), _gaps(given), _across(given, credits), _elsewhere(given, credits), _wrong_kind(given, credits),
        _unallocated(given, credits), *(_posted_there(given, log, column) for column in ACCOUNTS), _balances(given, log), _at_the_end(given, credits),
    ]  # fmt: skip
    whole = pd.concat([_shaped(frame) for frame in found], ignore_index=True)
    inside = (whole["day"] >= pd.Timestamp(given.start)) & (whole["day"] <= pd.Timestamp(given.as_of)) & (whole["amount"] != 0)
    order = [*ACCOUNT, "day", "proof", "document", "amount"]
    return whole.loc[inside].sort_values(order).reset_index(drop=True)


def _shaped(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a list of breaks its columns: without a class it is unexplained, and its owner and next action follow from the proof."""
    if frame.empty:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in COLUMNS}).astype(
            {"amount": "int64", "named": "bool", "day": "datetime64[us]"}
        )
    code = frame["code"] if "code" in frame.columns else pd.Series("RI-UNX", index=frame.index)
    named = code != "RI-UNX"
    owner = frame["owner"] if "owner" in frame.columns else pd.Series(_BOOKS, index=frame.index)
    source = {name: frame[name] if name in frame.columns else "" for name in ("source_file", "source_line")}
    return frame.assign(
        code=code, named=named, owner=code.map(OWNERS).where(named, owner),
        next_action=frame["proof"].map(_ASK).where(~named, code.map(lambda c: CLASSES[c][1])), **source,
    )[list(COLUMNS)]  # fmt: skip


def _parts(credits: pd.DataFrame) -> pd.DataFrame:
    rest = credits["amount"] - credits[list(KINDS)].sum(axis=1)
    rows = credits[credits["posted_on"].notna() & (rest != 0)]
    return rows.assign(
        day=rows["posted_on"], proof="1", amount=rest.loc[rows.index], document=rows["line_id"],
        sentence="What became of receipt " + rows["line_id"] + " does not add up to it",
    )  # fmt: skip


def _gaps(given: Given) -> pd.DataFrame:
    """List what the balances of each account moved by and no line shows (proof 2)."""
    found = [
        {
            "bank_account": account, "currency": currency, "day": pd.Timestamp(item.day), "proof": "2", "amount": item.amount,
            "document": item.document, "sentence": item.sentence.rpartition(";")[0], "owner": "IT and cash application",
            "source_file": item.source_file, "source_line": item.source_line,
        }
        for (account, currency), rows in given.statements.groupby(ACCOUNT, sort=True)
        for item in missing(rows, given.start, given.as_of, given.spans)
    ]  # fmt: skip
    return pd.DataFrame(found)


def _across(given: Given, credits: pd.DataFrame) -> pd.DataFrame:
    """List book rows of a credit that were posted on another day than the log counts it, and the credit on its day: timing (proof 3)."""
    first = credits[credits["group"] >= 0].groupby("group")["posted_on"].max()
    rows = given.matched.rows[given.matched.rows["group"].isin(first.dropna().index) & (given.matched.rows["how"] != "REVERSAL")]
    counted = of_group(first, rows["group"])
    rows = rows.assign(counted=counted.to_numpy())
    early = rows[(rows["posting_date"] != rows["counted"]) & (rows["how"] != "DIFFERENCE")]
    apart = early["posting_date"].dt.strftime("%Y-%m-%d") + " and counted on " + early["counted"].dt.strftime("%Y-%m-%d")
    told = "Booked on " + apart + ", when bank and book both had it"
    there = early.assign(day=early["posting_date"], document=early["doc_no"], sentence=told, proof="3", code="RI-TIM")
    here = there.assign(day=there["counted"], amount=-there["amount"])
    return pd.concat([there, here], ignore_index=True)


def _elsewhere(given: Given, credits: pd.DataFrame) -> pd.DataFrame:
    """List credits of the book without a line of the bank, and lines booked with another amount (proof 3); RC-20 names them."""
    rows = given.matched.rows
    alone = rows[(rows["group"] < 0) & (rows["amount"] > 0) & rows["counts"]]
    alone = alone.assign(
        document=alone["doc_no"],
        sentence="In the book (" + alone["text"].where(alone["text"] != "", alone["type"]) + "), not on a statement",
    )
    other = rows[(rows["how"] == "DIFFERENCE") & rows["group"].isin(credits["group"])]
    sums = other.groupby("group").agg(
        bank_account=("bank_account", "first"), currency=("currency", "first"), amount=("amount", "sum"), document=("doc_no", "first"),
        source_file=("source_file", "first"), source_line=("source_line", "first"),
    )  # fmt: skip
    mine = credits[credits["how"] == "DIFFERENCE"].set_index("group")
    sums = sums.assign(amount=sums["amount"] - mine["amount"].reindex(sums.index), posting_date=mine["posted_on"].reindex(sums.index))
    sums = sums.assign(sentence="Booked with another amount than the bank's")
    both = pd.concat([alone, sums.reset_index(drop=True)], ignore_index=True)
    both = both.assign(day=both["posting_date"], proof="3")
    return both.assign(code=_named(given, both, ("b1", "k3")))


def _named(given: Given, rows: pd.DataFrame, marks: Sequence[str]) -> pd.Series[str]:
    """Return the class of the reconciling item of RC-20 that stands for each row, by account, currency and document; else RI-UNX."""
    items = given.recon_items[given.recon_items["recon_id"].str.startswith("RC-20/") & given.recon_items["mark"].isin(list(marks))]
    account = items["recon_id"].str.split("/").str[3:-1].str.join("/")
    known = dict(zip(zip(account, items["currency"], items["document"], strict=True), items["code"], strict=True))
    keys = zip(rows["bank_account"], rows["currency"], rows["document"], strict=True)
    return pd.Series([known.get(key, "RI-UNX") for key in keys], index=rows.index, dtype="object")


def _wrong_kind(given: Given, credits: pd.DataFrame) -> pd.DataFrame:
    """List credits that the book posted as something else than they are: a customer's money as no receipt, or the other way round (proof 3)."""
    book = given.matched.rows
    book = book[(book["group"] >= 0) & ~book["type"].isin(list(_NOT_SAID))].groupby("group")["type"].agg(["first", "nunique"])
    kind = of_group(book["first"].where(book["nunique"] == 1), credits["group"])
    customers = credits["non_ar"] == 0
    wrong = kind.notna() & (customers != kind.isin(list(_AR))) & credits["posted_on"].notna() & (credits["how"] != "REVERSAL")
    rows = credits.loc[wrong]
    what = np.where(customers.loc[wrong], "is a customer's payment", "is no payment of a customer")
    said: pd.Series[Any] = (
        "Line " + rows["bank_txn_id"].where(rows["bank_txn_id"] != "", rows["line_id"]) + " " + what + "; the book posted it as "
    )
    amount = rows["amount"].where(~customers.loc[wrong], -rows["amount"])
    return rows.assign(
        day=rows["posted_on"], proof="3", amount=amount, document=rows["line_id"],
        sentence=said + kind.loc[wrong].astype("object"),
    )  # fmt: skip


def _unallocated(given: Given, credits: pd.DataFrame) -> pd.DataFrame:
    """List receipts of this close whose applied cash is not the sum of their allocations (proof 3)."""
    sums = given.allocations.groupby("receipt_id")["amount_applied"].sum()
    known = credits[credits["line_id"].isin(sums.index) & credits["posted_on"].notna()]
    there = sums.reindex(known["line_id"]).set_axis(known.index)
    rows = known[there != known["applied"]]
    return rows.assign(
        day=rows["posted_on"], proof="3", amount=there.loc[rows.index] - rows["applied"], document=rows["line_id"],
        sentence="The allocations of receipt " + rows["line_id"] + " do not add up to what is applied of it",
    )  # fmt: skip


ACCOUNTS: Mapping[str, tuple[str, str, str]] = {
    "unidentified": ("6", "suspense", "Postings to the suspense account are not the unidentified money of the day"),
    "misdirected": ("7", "clearing", "Postings to the clearing of misdirected money are not the misdirected money of the day"),
}
"""By column of the log that has accounts of its own: its line, their name, what a break says."""


def _posted_there(given: Given, log: pd.DataFrame, column: str) -> pd.DataFrame:
    """Hold a line against the postings to its accounts, by company, currency and day, where their GL lines are given (proof 3)."""
    gl = given.postings[column].loc[lambda lines: lines["amount"] < 0]
    where = ["ledger_id", "company_code", "currency", "day"]
    if gl.empty:
        return pd.DataFrame()
    theirs = -gl.rename(columns={"posting_date": "day"}).groupby(where)["amount"].sum()
    ours = log.groupby(where).agg(amount=(column, "sum"), bank_account=("bank_account", "min"))
    held = {tuple(place[:3]) for place in theirs.index.tolist()}
    asked = ours.loc[[tuple(place[:3]) in held for place in ours.index.tolist()]]
    rows = asked.assign(amount=theirs.reindex(asked.index, fill_value=0) - asked["amount"]).reset_index()
    return rows.assign(proof="3", document=ACCOUNTS[column][1], sentence=ACCOUNTS[column][2])


def _balances(given: Given, log: pd.DataFrame) -> pd.DataFrame:
    """Hold the log of the month so far against the receipts that the balances show, on every day a statement ends (proof 4)."""
    proven = {
        (row["bank_account"], row["currency"]): (int(row["opening"]), int(row["closing"]))
        for row in given.proof_of_cash[given.proof_of_cash["side"] == "BANK"].to_dict("records")
    }
    first = pd.Timestamp(given.start)
    found: list[pd.DataFrame] = []
    for (account, currency), days in log.groupby(ACCOUNT, sort=True):
        if (account, currency) not in proven:
            continue
        opening, last = proven[account, currency]
        lines = given.matched.lines
        mine = lines[(lines["bank_account"] == account) & (lines["currency"] == currency) & (lines["booking_date"] >= first)]
        paid = mine[mine["amount"] < 0].groupby("booking_date")["amount"].sum().reindex(days["day"], fill_value=0).cumsum()
        ends = given.statements[(given.statements["bank_account"] == account) & (given.statements["currency"] == currency)]
        end = pd.Timestamp(given.as_of)
        closing = pd.concat([_closings(ends), pd.Series([last], index=[end])])
        closing = closing[~closing.index.duplicated(keep="last") & (closing.index >= first) & (closing.index <= end)]
        shown = closing - opening - paid.reindex(closing.index)
        apart = shown - days.set_index("day")["credits"].cumsum().reindex(closing.index)
        step = apart - apart.shift(fill_value=0)
        found.append(step.rename("amount").rename_axis("day").reset_index().assign(bank_account=str(account), currency=str(currency)))
    whole = pd.concat(found, ignore_index=True) if found else pd.DataFrame({"day": [], "amount": []})
    return whole.assign(
        proof="4", document="", owner="IT and cash application",
        sentence="From here on the balances of the bank show other receipts than the lines of the month",
    )  # fmt: skip


def _closings(statements: pd.DataFrame) -> pd.Series[int]:
    """Return the closing balance of the last statement of each day: the one at whose closing no other of that day opens."""
    rows = statements.assign(number=pd.to_numeric(statements["sequence_no"], errors="coerce").fillna(0)).sort_values(
        ["to_date", "number", "statement_key"]
    )
    moving = rows.loc[rows["opening"] != rows["closing"], ["to_date", "opening"]].drop_duplicates()
    met = rows.merge(moving.rename(columns={"opening": "closing"}), on=["to_date", "closing"], how="left", indicator=True, validate="m:1")
    last = met.assign(free=met["_merge"].astype("str") == "left_only").sort_values(["to_date", "free"], kind="stable")
    return last.groupby("to_date")["closing"].last()


def _at_the_end(given: Given, credits: pd.DataFrame) -> pd.DataFrame:
    """List lines that are unposted at the key date, each with the item of RC-20 that names it."""
    rows = credits[credits["posted_on"].isna()]
    rows = rows.assign(
        day=pd.Timestamp(given.as_of), proof="end", document=rows["bank_txn_id"].where(rows["bank_txn_id"] != "", rows["line_id"]), owner=_BANK,
        sentence="On the statement of " + rows["booking_date"].dt.strftime("%Y-%m-%d") + ", not posted by the key date",
    )  # fmt: skip
    return rows.assign(code=_named(given, rows, ("k1", "b3")))
