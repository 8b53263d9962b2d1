"""Post-dated cheques and announced direct debits as the forecast takes them: on their date, by the chance that they are paid (FC-07, CO-92)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from arwork.dates import NO_HOLIDAYS, Holidays, business_days_after
from arwork.forecast.behaviour import ACCOUNT

WHOSE = ACCOUNT[:3]
_TAKEN = [*ACCOUNT, "item", "day", "amount", "return_rate"]


def register_at(cheques: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the register of cheques (`cheques`) as it stood at the end of a day: later deposits, clearings and returns are not known."""
    stamp = pd.Timestamp(day)
    kept = cheques[cheques["received_date"] <= stamp]
    later = {name: kept[name].mask(kept[name] > stamp) for name in ("deposit_date", "cleared_date", "returned_date")}
    return kept.assign(**later)


def postdated(cheques: pd.DataFrame, as_of: date, prior: tuple[int, int], holidays: Holidays = NO_HOLIDAYS) -> pd.DataFrame:
    """Return the cheques in hand that are dated after the key date: account, `cheque_id`, `item`, `day`, `amount`, `return_rate` (percent).

    A cheque counts on its date, or the next business day; one that is dated earlier, is deposited, cleared or returned is no promise of
    later cash. The share returned is that of the customer's cheques that cleared or came back, with a prior of so many returned of so many.
    """
    known = register_at(cheques, as_of)
    still = known[["deposit_date", "cleared_date", "returned_date"]].isna().all(axis=1)
    held = known[still & (known["cheque_date"] > pd.Timestamp(as_of)) & (known["amount"] > 0)]
    back, came = known["returned_date"].notna(), known["cleared_date"].notna()
    paid = _taken(held, "cheque_date", known.assign(back=back)[back | came], prior, holidays)
    return paid.assign(cheque_id=held["bank"] + " " + held["cheque_no"])[["cheque_id", *_TAKEN]].reset_index(drop=True)


def debits_at(debits: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the direct debits (`direct_debits`) as they were known at the end of a day: later notices and returns are not."""
    stamp = pd.Timestamp(day)
    kept = debits[debits["announced_date"] <= stamp]
    return kept.assign(returned_date=kept["returned_date"].mask(kept["returned_date"] > stamp))


def announced(debits: pd.DataFrame, as_of: date, prior: tuple[int, int], holidays: Holidays = NO_HOLIDAYS) -> pd.DataFrame:
    """Return the direct debits announced for a day after the key date: account, `debit_id`, `item`, `day`, `amount`, `return_rate` (percent).

    The share returned is that of the customer's debits whose day has passed, with a prior of so many returned of so many. A debit that
    came back is no later cash; one whose day has passed is a receipt, or nothing.
    """
    known = debits_at(debits, as_of)
    ahead = known["collection_date"] > pd.Timestamp(as_of)
    held = known[ahead & known["returned_date"].isna() & (known["amount"] > 0)]
    paid = _taken(held, "collection_date", known[~ahead].assign(back=known["returned_date"].notna()), prior, holidays)
    return paid[["debit_id", *_TAKEN]].reset_index(drop=True)


def _taken(held: pd.DataFrame, when: str, past: pd.DataFrame, prior: tuple[int, int], holidays: Holidays) -> pd.DataFrame:
    """Add `item`, the business `day` on or after the date, and `return_rate` from what became of the customer's earlier ones (`past`, `back`)."""
    judged = past.groupby(WHOSE)["back"].agg(["sum", "size"])
    seen = judged.reindex(pd.MultiIndex.from_frame(held[WHOSE])).fillna(0)
    rate = (seen["sum"].to_numpy() + prior[0]) / (seen["size"].to_numpy() + prior[1]) * 100
    books = zip(held[when].dt.date, held["ledger_id"], held["company_code"], strict=True)
    days = [pd.Timestamp(business_days_after(day, 0, holidays.get((ledger, company), ()))) for day, ledger, company in books]
    return held.assign(item=held["items"], day=pd.Series(days, index=held.index, dtype="datetime64[us]"), return_rate=rate)
