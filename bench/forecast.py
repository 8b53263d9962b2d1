"""The forecast on real payments: every method on the same items and origins, a mean-days-late rule and a boosted regressor beside them.

python bench/forecast.py DATA      the IBM and cassandra sets in DATA: WAPE, bias, coverage
python bench/forecast.py --size 1000000      one forecast of so many open items, 500 draws: seconds
"""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

from arwork.forecast.backtest import METHODS, REST, accuracy, at_origin, origins_of, wape
from arwork.forecast.behaviour import known_at
from arwork.forecast.cash import Inputs, forecast
from arwork.forecast.parts import Special
from arwork.forecast.weeks import ends
from arwork.policy import Policy, read_policy
from arwork.settings import validated
from arwork.tables import TABLES, empty

_BLANKS = {"money": 0, "count": 0, "percent": 0, "flag": False, "date": pd.NaT, "money?": pd.NA}


def policy(origins: int) -> Policy:
    """Read the shipped policy, with so many origins."""
    made: Policy = validated(Policy, read_policy(Path("params/policy.yaml").read_text(encoding="utf-8")), {}, "policy.yaml")
    return made.model_copy(update={"forecast": made.forecast.model_copy(update={"origins": origins})})


def items(rows: pd.DataFrame) -> pd.DataFrame:
    """Fill a frame of invoices up to the columns of `open_items`."""
    common = {"ledger_id": "MAIN", "company_code": "1", "doc_type": "INV", "posting_date": rows["doc_date"]}
    given = rows.assign(**{name: value for name, value in common.items() if name not in rows})
    given = given.assign(open_amount_doc=given["amount_doc"].where(given["clearing_date"].isna(), 0), amount_local=given["amount_doc"])
    blank = {c.name: _BLANKS.get(c.kind, "") for c in TABLES["open_items"].columns if c.name not in given}
    return given.assign(**blank)[TABLES["open_items"].names()]


def ibm(folder: Path) -> pd.DataFrame:
    """Read the IBM set: 2,466 invoices of 100 customers, all settled; entered on the invoice date."""
    raw = pd.read_csv(folder / "ibm-ar" / "WA_Fn-UseC_-Accounts-Receivable.csv", dtype=str)
    days = {name: pd.to_datetime(raw[name], format="%m/%d/%Y") for name in ("InvoiceDate", "DueDate", "SettledDate")}
    return items(pd.DataFrame({
        "item_id": raw["invoiceNumber"], "doc_no": raw["invoiceNumber"], "customer_id": raw["customerID"], "currency": "USD",
        "amount_doc": (raw["InvoiceAmount"].astype(float) * 100).round().astype("int64"), "doc_date": days["InvoiceDate"],
        "entry_date": days["InvoiceDate"], "due_date": days["DueDate"], "clearing_date": days["SettledDate"],
    }))  # fmt: skip


def cassandra(folder: Path) -> pd.DataFrame:
    """Read the cassandra set: what was settled of 8,753 invoices, known from the day the document was created."""
    raw = pd.read_csv(folder / "cassandra-udyam22" / "trainData.csv", dtype=str)
    billed = pd.to_datetime(raw["Invoice_Date"], format="%d-%b-%y")
    made = pd.to_datetime(raw["Created"], format="%d-%m-%Y %H:%M").dt.normalize()
    number = pd.Series([f"{place:06d}" for place in range(len(raw))])
    return items(pd.DataFrame({
        "item_id": number, "doc_no": number, "customer_id": raw["Vendor_Name"], "currency": "INR",
        "amount_doc": (raw["Settled"].astype(float) * 100).round().astype("int64"), "doc_date": billed,
        "entry_date": made.where(made > billed, billed), "due_date": pd.to_datetime(raw["Due_Date"], format="%d-%b-%y"),
        "clearing_date": billed + pd.to_timedelta(raw["Number_of_Days_until_Payment"].astype(int), unit="D"),
    }))  # fmt: skip


def rivals(open_items: pd.DataFrame, asked: Policy, origin: date) -> pd.DataFrame:
    """Return by span what three rivals expect: all customers' mean days late, the customer's own, and a boosted regressor."""
    told = at_origin(open_items, asked, origin)
    claims, made = known_at(open_items, origin), told.parts
    paid = claims.loc[claims["paid"]]
    mean = paid.groupby("customer_id")["age"].agg(["mean", "std", "size"])

    def features(rows: pd.DataFrame) -> np.ndarray:
        past = mean.reindex(rows["customer_id"])
        terms = (rows["due_date"] - rows["doc_date"]).dt.days
        return np.column_stack([past["mean"], past["std"], past["size"], rows["amount_doc"], terms, rows["doc_date"].dt.day])

    boosted = HistGradientBoostingRegressor(random_state=0).fit(features(paid), paid["age"])
    days = {
        "mean days late": np.full(len(made), paid["age"].mean()),
        "customer's mean": made["customer_id"].map(mean["mean"]).fillna(paid["age"].mean()).to_numpy(),
        "boosted": boosted.predict(features(made)),
    }
    ages = (ends(told.buckets)[None, :] - made["due_date"].to_numpy().astype("datetime64[D]")[:, None]).astype(int)
    found = {}
    for name, late in days.items():
        at = np.maximum(np.rint(late).astype(int), made["age"].to_numpy() + 1)
        found[name] = (made["amount"].to_numpy()[:, None] * (ages >= at[:, None])).sum(axis=0)
    spans = [f"W{place + 1:02d}" for place in range(len(told.buckets))]
    weekly = pd.DataFrame({name: np.diff(values, prepend=0) for name, values in found.items()}, index=spans)
    return pd.concat([weekly, weekly.sum().to_frame("MONTH").T]).assign(origin=pd.Timestamp(origin)).rename_axis("span").reset_index()


def compare(name: str, open_items: pd.DataFrame, asked: Policy, as_of: date) -> None:
    """Print WAPE and bias of every method and rival, month total, weekly buckets and weekly updates, and the coverage of the range."""
    own = accuracy(open_items, asked, as_of)
    days = origins_of(open_items, as_of, asked.forecast.origins)
    both = own.merge(pd.concat([rivals(open_items, asked, day) for day in days]), on=["origin", "span"], how="left", validate="1:1")
    methods = {**METHODS, **{rival: rival for rival in ("mean days late", "customer's mean", "boosted")}}
    print(f"\n{name}: {len(days)} month starts, {days[0]} to {days[-1]}")
    horizons = {
        "month": both["span"] == "MONTH",
        "weeks": ~both["span"].isin(["MONTH", REST]),
        "rest of the month, weekly updates": both["span"] == REST,
    }
    for label, here in horizons.items():
        part, columns = both.loc[here], METHODS if label.startswith("rest") else methods
        paid, base = part["actual"].sum(), wape(part["naive"], part["actual"])
        inside = ((part["actual"] >= part["p10"]) & (part["actual"] <= part["p90"])).mean()
        below = [(part["actual"] <= part[f"p{percent}"]).mean() for percent in (10, 50, 90)]
        print(f"  {label}: {len(part)} figures, P10 to P90 holds {inside:.0%}; below P10, P50, P90: {', '.join(f'{b:.0%}' for b in below)}")
        for method, column in columns.items():
            each = wape(part[column], part["actual"])
            print(f"    {method:16} WAPE {each:7.2%}   bias {(part[column].sum() - paid) / paid:+7.2%}   skill {1 - each / base:+7.2%}")


def size(count: int) -> None:
    """Forecast a made-up ledger of so many open items beside as many paid ones, 500 draws, and print the seconds."""
    random = np.random.default_rng(7)
    total, as_of = count * 2, date(2026, 3, 31)
    back = random.integers(0, 75, total)
    billed = pd.Timestamp(as_of) - pd.to_timedelta(np.where(np.arange(total) < count, back, back + 120), unit="D")
    number = pd.Series([f"1000:{place:010d}:2026:1" for place in range(total)], dtype="string")
    customers = random.integers(0, 40_000, total)
    due = pd.Series(billed) + pd.Timedelta(days=30)
    clear = due + pd.to_timedelta(np.rint(random.normal(5, 12, total)).clip(-28, 60), unit="D")
    rows = items(pd.DataFrame({
        "item_id": number, "doc_no": number, "customer_id": pd.Series(customers).astype("string"), "currency": "EUR",
        "amount_doc": random.integers(1_000, 5_000_000, total), "doc_date": pd.Series(billed), "entry_date": pd.Series(billed), "due_date": due,
        "clearing_date": clear.where(np.arange(total) >= count),
    }))  # fmt: skip
    special = Special(empty("promises"), empty("disputes"), empty("cheques"), pd.DataFrame())
    inputs = Inputs(rows, empty("customers"), empty("allocations"), empty("receipts"), special)
    start, busy = time.perf_counter(), time.process_time()
    made = forecast(inputs, policy(12), as_of)
    month = made.cash.loc[made.cash["span"] == "MONTH"].iloc[0]
    print(
        f"{count:,} open items, {month['paths']} draws: {time.perf_counter() - start:.1f} s by the clock, {time.process_time() - busy:.1f} s of CPU"
    )
    print(f"    month {month['expected'] / 100:,.2f}, from {month['p10'] / 100:,.2f} to {month['p90'] / 100:,.2f}")


def main() -> None:
    """Run what the arguments ask for."""
    if sys.argv[1:2] == ["--size"]:
        size(int(sys.argv[2]))
        return
    folder = Path(sys.argv[1])
    compare("IBM", ibm(folder), policy(12), date(2013, 11, 30))
    whole = cassandra(folder)
    compare("cassandra", whole, policy(36), date(2017, 9, 30))
    compare("cassandra without the one invoice of 10.7 million", whole.loc[whole["amount_doc"] < 10**9], policy(36), date(2017, 9, 30))


if __name__ == "__main__":
    main()
