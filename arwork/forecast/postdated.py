"""Post-dated cheques as the forecast takes them: on their date, by the chance that they clear (FC-07, CO-92)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from arwork.dates import NO_HOLIDAYS, Holidays, business_days_after
from arwork.forecast.behaviour import ACCOUNT

WHOSE = ACCOUNT[:3]
_TAKEN = [*ACCOUNT, "cheque_id", "item", "day", "amount", "return_rate"]


def register_at(cheques: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the register of cheques (`cheques`) as it stood at the end of a day: later deposits, clearings and returns are not known."""
    stamp = pd.Timestamp(day)
    kept = cheques.loc[cheques["received_date"] <= stamp]
    later = {name: kept[name].mask(kept[name] > stamp) for name in ("deposit_date", "cleared_date", "returned_date")}
    return kept.assign(**later)


def postdated(cheques: pd.DataFrame, as_of: date, prior: tuple[int, int], holidays: Holidays = NO_HOLIDAYS) -> pd.DataFrame:
    """Return the cheques in hand that are dated after the key date: account, `cheque_id`, `item`, `day`, `amount`, `return_rate` (percent).

    A cheque counts on its date, or the next business day; one that is dated earlier, is deposited, cleared or returned is no promise of
    later cash. The share returned is that of the customer's cheques that cleared or came back, with a prior of so many returned of so many.
    """
    known = register_at(cheques, as_of)
    still = known[["deposit_date", "cleared_date", "returned_date"]].isna().all(axis=1)
    held = known.loc[still & (known["cheque_date"] > pd.Timestamp(as_of)) & (known["amount"] > 0)]
    back, came = known["returned_date"].notna(), known["cleared_date"].notna()
    judged = known.assign(back=back).loc[back | came].groupby(WHOSE)["back"].agg(["sum", "size"])
    past = judged.reindex(pd.MultiIndex.from_frame(held[WHOSE])).fillna(0)
    rate = (past["sum"].to_numpy() + prior[0]) / (past["size"].to_numpy() + prior[1]) * 100
    books = zip(held["cheque_date"].dt.date, held["ledger_id"], held["company_code"], strict=True)
    days = [pd.Timestamp(business_days_after(day, 0, holidays.get((ledger, company), ()))) for day, ledger, company in books]
    paid = pd.Series(days, index=held.index, dtype="datetime64[us]")
    return held.assign(
        cheque_id=held["bank"] + " " + held["cheque_no"], item=held["items"], day=paid, return_rate=rate,
    )[_TAKEN].reset_index(drop=True)  # fmt: skip
