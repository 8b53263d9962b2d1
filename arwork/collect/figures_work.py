"""Figures of the collector's own work: letters, contacts, portfolio, days removed, postings, limits (MT-32 to MT-36, MT-47, MT-72)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

import pandas as pd

from arwork.collect import metrics as mt
from arwork.collect.calendars import business_days
from arwork.collect.figure import Figure
from arwork.dates import NO_HOLIDAYS, Holidays

WAIT = 14
"""Days after a letter within which a payment counts as its effect (MT-32)."""
_SPEAKING = ("PHONE", "MEETING", "VISIT")
_NAMES = ("item_id", "doc_no", "reference")


def worked(own: Mapping[str, pd.DataFrame], exponent: int, start: date, as_of: date, off: Holidays = NO_HOLIDAYS) -> Iterator[Figure]:
    """Yield the figures of a book's collectors; `exponent` is the decimals of the ledger currency.

    `own` holds `items` (from `standing`), `paid` (from `payments`), `receipts`, `open_items`, `customers`, `contacts`, `letters_sent`, `cash_book`;
    `off` are holidays by book (T27).
    """
    yield _letters(own, start, as_of)
    yield from _contacts(own, exponent, start, as_of)
    yield Figure(
        "MT-34",
        "Collected against target",
        "PERCENT",
        "MONEY",
        None,
        None,
        None,
        "",
        needs="targets of collection by collector and month; no table of arwork holds them",
    )
    yield from _owned(own)
    yield _removed(own["paid"], start, as_of)
    yield _posted(own["receipts"], own["cash_book"], as_of, off)


def letter_items(letters: pd.DataFrame, open_items: pd.DataFrame) -> pd.DataFrame:
    """Return a row a letter and document it lists: `letter_id`, `sent_date`, `item_id` (blank where the extract does not hold the document).

    A document is named by its reference, number or item id, and belongs to the customer of the letter.
    """
    keys = ["ledger_id", "company_code", "customer_id"]
    words = letters.assign(word=letters["items"].str.split()).explode("word").dropna(subset=["word"]).drop_duplicates(["letter_id", "word"])
    near = open_items[open_items["amount_doc"] > 0]
    named = pd.concat([near[[*keys, "item_id"]].assign(word=near[name]) for name in _NAMES], ignore_index=True).drop_duplicates()
    found = words[["letter_id", "sent_date", *keys, "word"]].merge(named, on=[*keys, "word"], how="left", validate="m:m")
    return found.assign(item_id=found["item_id"].fillna(""))[["letter_id", "sent_date", "word", "item_id"]]


def _letters(own: Mapping[str, pd.DataFrame], start: date, as_of: date) -> Figure:
    """Letter effectiveness: documents cleared by a payment 1 to 14 days after the letter / documents in letters (MT-32).

    Letters count in the month in which their 14 days end, so that each counts once; letters that came back do not count.
    """
    sent = own["letters_sent"]
    ends = sent["sent_date"] + pd.Timedelta(days=WAIT)
    due = sent[ends.between(pd.Timestamp(start), pd.Timestamp(as_of)) & (sent["delivery"] != "UNDELIVERED")]
    listed = letter_items(due, own["open_items"])
    known = listed[listed["item_id"] != ""]
    cleared = own["paid"].loc[own["paid"]["cleared"]].groupby("item_id")["value_date"].max()
    day = cleared.astype("datetime64[us]").reindex(known["item_id"]).set_axis(known.index)
    paid = int(((day > known["sent_date"]) & (day <= known["sent_date"] + pd.Timedelta(days=WAIT))).sum())
    unknown = len(listed) - len(known)
    said = "Documents paid within 14 days after the letter / documents in letters."
    said += f" {unknown:,} documents that the extract does not hold are left out." if unknown else ""
    needs = "" if len(sent) else "letters_sent"
    return Figure("MT-32", "Letter effectiveness", "PERCENT", "ROWS", mt.percent(paid, len(known)), paid, len(known), said, needs=needs)


def _contacts(own: Mapping[str, pd.DataFrame], exponent: int, start: date, as_of: date) -> Iterator[Figure]:
    """Right-party contacts, contacts per collector-day, collected per contact (MT-33).

    Right party: outgoing calls and meetings that reached somebody / all of them. A collector-day is a day on which a named person made a
    contact. Collected is what customers contacted in the period paid in it on overdue items, on or after the day of their first contact.
    """
    log = own["contacts"]
    made = log[log["contact_date"].between(pd.Timestamp(start), pd.Timestamp(as_of)) & (log["direction"] != "IN")]
    spoken = made[made["type"].isin(_SPEAKING)]
    needs = "" if len(log) else "contacts"
    reached = int((spoken["outcome"] == "REACHED").sum())
    said = "Outgoing calls and meetings that reached the right person / all of them."
    yield Figure(
        "MT-33",
        "Right-party contacts",
        "PERCENT",
        "ROWS",
        mt.percent(reached, len(spoken)),
        reached,
        len(spoken),
        said,
        "reached",
        needs=needs,
    )
    by = made[made["made_by"] != ""]
    days = len(by[["made_by", "contact_date"]].drop_duplicates())
    said = "Outgoing contacts of named persons / days on which such a person made one."
    name = "Contacts per collector-day"
    unnamed = needs or ("" if len(by) or made.empty else "contacts with the person who made them")
    yield Figure("MT-33", name, "TIMES", "ROWS", mt.ratio(len(by), days), len(by), days, said, "per collector-day", needs=unnamed)
    got = collected(own["paid"], made, start, as_of)
    value = Fraction(got, len(made) * 10**exponent) if len(made) else None
    said = "Paid on overdue items by customers contacted before, in ledger currency / outgoing contacts."
    yield Figure("MT-33", "Collected per contact", "AMOUNT", "MONEY", value, got, len(made), said, "collected per contact", needs=needs)


def collected(paid: pd.DataFrame, made: pd.DataFrame, start: date, as_of: date) -> int:
    """Add up what was paid late in the period, on or after the customer's first contact of the period; minor units of ledger currency."""
    keys = ["ledger_id", "company_code", "customer_id"]
    first = made.groupby(keys)["contact_date"].min().rename("first").reset_index()
    late = paid[(paid["days_late"] > 0) & paid["value_date"].between(pd.Timestamp(start), pd.Timestamp(as_of))]
    both = late.merge(first, on=keys, how="inner", validate="m:1")
    return int(both.loc[both["value_date"] >= both["first"], "local"].sum())


def _owned(own: Mapping[str, pd.DataFrame]) -> Iterator[Figure]:
    """Overdue share of what collectors own: overdue open debits / open debits of the customers that have a collector (MT-35)."""
    keys = ["ledger_id", "company_code", "customer_id"]
    debits = own["items"][own["items"]["left_local"] > 0]
    mine = debits.merge(own["customers"][[*keys, "collector"]], on=keys, how="left", validate="m:1")
    mine = mine[mine["collector"].fillna("") != ""]
    needs = "" if len(mine) or debits.empty else "customers with a collector"
    groups = [("all owned", mine), *((f"owned by {who}", rows) for who, rows in mine.groupby("collector", sort=True))]
    for variant, rows in groups:
        late, whole = int(rows.loc[rows["days_past_due"] >= 1, "left_local"].sum()), int(rows["left_local"].sum())
        said = "Overdue open debits / open debits of the customers owned."
        yield Figure(
            "MT-35", "Overdue of the owned portfolio", "PERCENT", "MONEY", mt.percent(late, whole), late, whole, said, variant, needs=needs
        )


def _removed(paid: pd.DataFrame, start: date, as_of: date) -> Figure:
    """Delinquency days removed: Σ days past due, at payment, of the overdue items cleared in the period (MT-36)."""
    done = paid[paid["cleared"] & (paid["days_late"] > 0) & paid["value_date"].between(pd.Timestamp(start), pd.Timestamp(as_of))]
    days = done.groupby("item_id")["days_late"].max()
    total = int(days.sum())
    needs = "" if len(paid) else "allocations, or cleared items in the extract of open items"
    said = f"Σ days past due at payment of the {len(days):,} overdue items cleared in the period."
    return Figure("MT-36", "Delinquency days removed", "DAYS", "ROWS", Fraction(total), total, len(days), said, needs=needs)


def _posted(receipts: pd.DataFrame, cash_book: pd.DataFrame, as_of: date, off: Holidays) -> Figure:
    """Posting timeliness: receipts posted in the cash book by the next business day after booking / receipts (MT-47).

    A receipt that is not posted and still has time is left out. Business days are Monday to Friday less the holidays of the book (T27).
    """
    rows = receipts[receipts["bank_txn_id"] != ""]
    posted = cash_book[cash_book["bank_ref"] != ""].groupby("bank_ref")["posting_date"].min()
    when = posted.astype("datetime64[us]").reindex(rows["bank_txn_id"]).set_axis(rows.index)
    in_time = business_days(rows["booking_date"], when.fillna(pd.Timestamp(as_of)), rows, off) <= 1
    good, judged = int((in_time & when.notna()).sum()), int((when.notna() | ~in_time).sum())
    needs = "" if len(posted) and len(rows) else "cash_book with the bank's reference"
    said = "Receipts posted by the next business day after booking / receipts whose time has passed."
    return Figure("MT-47", "Posted in time", "PERCENT", "ROWS", mt.percent(good, judged), good, judged, said, needs=needs)


def exposed(items: pd.DataFrame, customers: pd.DataFrame, profiles: pd.DataFrame, receipts: pd.DataFrame) -> pd.DataFrame:
    """Return the exposure of each party family against its limits, all ledgers together (MT-72): shown together, owed separately.

    A family is headed by `parent_id`, else the party, else the customer. Columns: `family`, `currency` (of the ledgers), `exposure` (what is left
    open less money that waits on the account, never below nothing), `credit_limit`, `insured_limit` (minor units), `accounts`, `books`, `why_not`.
    Limits in another currency than the ledger's are not added; `why_not` says so.
    """
    keys = ["ledger_id", "company_code", "customer_id"]
    head = customers["parent_id"].where(customers["parent_id"] != "", customers["party_id"])
    people = customers[keys].assign(family=head.where(head != "", customers["customer_id"]))
    open_local = items.groupby([*keys, "local_currency"])["left_local"].sum().rename("open").reset_index()
    same = receipts[receipts["customer_id"] != ""]
    waits = (
        same.assign(waits=same["unapplied_amount"] + same["on_account_amount"]).groupby([*keys, "currency"])["waits"].sum().reset_index()
    )
    found = people.merge(open_local, on=keys, how="inner", validate="1:m")
    found = found.merge(waits.rename(columns={"currency": "local_currency"}), on=[*keys, "local_currency"], how="left", validate="1:1")
    found = found.merge(profiles[[*keys, "currency", "credit_limit", "insured_limit"]], on=keys, how="left", validate="m:1")
    other = found["currency"].notna() & (found["currency"] != "") & (found["currency"] != found["local_currency"])
    found = found.assign(
        net=found["open"] - found["waits"].fillna(0).astype("int64"), other=other, book=found["ledger_id"] + " " + found["company_code"],
        **{name: found[name].where(~other, 0).fillna(0).astype("int64") for name in ("credit_limit", "insured_limit")},
    )  # fmt: skip
    sums = found.groupby(["family", "local_currency"], sort=True).agg(
        exposure=("net", "sum"), credit_limit=("credit_limit", "sum"), insured_limit=("insured_limit", "sum"), accounts=("customer_id", "size"),
        books=("book", lambda names: " | ".join(sorted(set(names)))), other=("other", "any"),
    )  # fmt: skip
    said = sums["other"].map({True: "a limit is in another currency than the ledger", False: ""})
    return (
        sums.assign(exposure=sums["exposure"].clip(lower=0), why_not=said)
        .drop(columns="other")
        .reset_index()
        .rename(columns={"local_currency": "currency"})
    )


def against_limits(families: pd.DataFrame, own: pd.DataFrame, currency: str) -> Iterator[Figure]:
    """Yield exposure / limit and exposure / insured limit over the families that have such a limit and an account in this book (MT-72).

    `families` come from `exposed`; `own` are the book's customers. A family counts with its exposure in every ledger of the currency.
    """
    head = own["parent_id"].where(own["parent_id"] != "", own["party_id"])
    here = set(head.where(head != "", own["customer_id"]))
    near = families[families["family"].isin(here) & (families["currency"] == currency) & (families["why_not"] == "")]
    for column, variant in (("credit_limit", "limit"), ("insured_limit", "insured limit")):
        rows = near[near[column] > 0]
        above, below = int(rows["exposure"].sum()), int(rows[column].sum())
        over = int((rows["exposure"] > rows[column]).sum())
        needs = "" if len(rows) else f"customer_profiles with the {variant} in ledger currency"
        said = f"Exposure of families in all ledgers / their {variant}; {over:,} of {len(rows):,} families are over it."
        yield Figure(
            "MT-72", f"Exposure by {variant}", "PERCENT", "MONEY", mt.percent(above, below), above, below, said, variant, needs=needs
        )
