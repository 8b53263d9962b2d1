"""The arithmetic of the daily cash log: opening, credits, what became of them, closing, per bank account and day (RC-70)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from arwork.reconcile.cash_parts import KINDS

ACCOUNT = ["bank_account", "currency"]
KEY = [*ACCOUNT, "day"]


def grid(accounts: pd.DataFrame, start: date, as_of: date) -> pd.DataFrame:
    """Return a row for every account of `accounts` and every day of the period, in order."""
    days = pd.DataFrame({"day": pd.date_range(start, as_of, unit="us")})
    return accounts.drop_duplicates(ACCOUNT).sort_values(ACCOUNT).merge(days, how="cross").reset_index(drop=True)


def daily(credits: pd.DataFrame, days: pd.DataFrame, start: date) -> pd.DataFrame:
    """Return `days` with the nine lines of the log, each as count and amount in minor units.

    `credits` as `credits_of` returns them. `listed` is what the list of unposted lines adds up to; it equals `closing` unless what
    became of a credit does not add up to the credit (proof 1). `oldest` is the booking day of the oldest unposted line.
    """
    first = pd.Timestamp(start)
    now = credits[credits["booking_date"] >= first].assign(day=lambda c: c["booking_date"])
    done = credits[credits["posted_on"].notna() & (credits["posted_on"] >= first)].assign(day=lambda c: c["posted_on"])
    before = credits[(credits["booking_date"] < first) & (credits["posted_on"].isna() | (credits["posted_on"] >= first))]
    log = _added(days, now, {"credits": now["amount"]})
    log = _added(log, done, {kind: done[kind] for kind in KINDS})
    log = _added(log, done, {"posted": done["amount"]})
    log = with_sums(log, before.groupby(ACCOUNT).agg(held=("amount", "sum"), held_count=("amount", "size")))
    kinds = log[list(KINDS)].sum(axis=1)
    for name, less in (("closing", kinds), ("listed", log["posted"])):
        log[name] = log["held"] + (log["credits"] - less).groupby([log[c] for c in ACCOUNT]).cumsum()
    log["closing_count"] = log["held_count"] + (log["credits_count"] - log["posted_count"]).groupby([log[c] for c in ACCOUNT]).cumsum()
    for name, opening in (("closing", "held"), ("closing_count", "held_count")):
        first_day = ~log.duplicated(ACCOUNT)
        log[name.replace("closing", "opening")] = log[name].shift(fill_value=0).where(~first_day, log[opening])
    return log.assign(oldest=_oldest(credits, log)).drop(columns=["held", "held_count", "posted", "posted_count"])


def _added(days: pd.DataFrame, rows: pd.DataFrame, amounts: dict[str, pd.Series[int]]) -> pd.DataFrame:
    """Add sums and counts by account and day; a row counts where its amount is not nil."""
    values = pd.DataFrame({**amounts, **{f"{name}_count": (amount != 0).astype("int64") for name, amount in amounts.items()}})
    return with_sums(days, pd.concat([rows[KEY], values], axis=1).groupby(KEY)[list(values.columns)].sum())


def with_sums(log: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """Add whole-number columns that are indexed by account, or by account and day; nil where there is nothing."""
    asked = pd.MultiIndex.from_frame(log[list(sums.index.names)])
    found = sums.reindex(asked, fill_value=0).set_axis(log.index)
    return log.assign(**{str(name): found[name].astype("int64") for name in found.columns})


def _oldest(credits: pd.DataFrame, days: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """Return for every account and day the booking day of the oldest line that was unposted at its end."""
    waited = credits[credits["posted_on"].isna() | (credits["posted_on"] > credits["booking_date"])]
    found = np.full(len(days), np.datetime64("NaT", "us"))
    where = days.groupby(ACCOUNT).indices
    for key, lines in waited.groupby(ACCOUNT):
        booked = lines["booking_date"].to_numpy()
        until = lines["posted_on"].fillna(pd.Timestamp("9999-12-31")).to_numpy()
        for place in where.get(key, []):
            day = days["day"].iloc[place].to_datetime64()
            open_then = booked[(booked <= day) & (until > day)]
            if len(open_then):
                found[place] = open_then.min()
    return pd.Series(found, index=days.index)
