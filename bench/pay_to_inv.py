"""The engine on labelled payments in SAP's shape: `python bench/pay_to_inv.py FOLDER [--out OUT.parquet] [--dates]`.

FOLDER holds invoices, payments and matches (.csv) with one row a document, a payment, and a match of some payments with some
invoices. A match is right when the AUTO and SUGGEST rows of its payments name exactly its invoices and no other payment names
any of them; it is whole when besides each of its payments names something. Truth is read by the scorer only.

The documents of such a folder all bear one day of the year, so dates say nothing and are left out: every document one day,
every payment the next. `--dates` takes them as they stand. Amounts are rounded to the minor unit of their currency.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pandas as pd
from books import Clock, apply_cash, bed, peak_mib, policy, proposed

from arwork.money import ISO

_DAY = pd.Timestamp("2026-09-20")


def read(folder: Path, name: str) -> pd.DataFrame:
    """Read one file, every value as text."""
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


def truth(folder: Path) -> pd.DataFrame:
    """Read the matches: their kind, the damage done, and the sets of invoices and payments that belong together."""
    found = read(folder, "matches")
    as_set = lambda text: frozenset(str(n) for n in json.loads(text))  # noqa: E731
    damage = found["perturbation_categories"].map(lambda t: "+".join(json.loads(t)).replace("perturbed_", "") or "none")
    sets = {name: found[f"{name}_ids"].map(as_set) for name in ("invoice", "payment")}
    return pd.DataFrame({"match": found["match_id"], "kind": found["match_category"], "damage": damage, **sets})


def judged(matches: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the matches with `named` (what their payments name), `others` (payments of other matches on their invoices), `right`, `whole`."""
    told = rows[rows["status"].isin(["AUTO", "SUGGEST"])]
    by_payment = told.groupby("receipt_id")["invoice_id"].agg(frozenset).to_dict()
    by_invoice = told.groupby("invoice_id")["receipt_id"].agg(frozenset).to_dict()
    nothing: frozenset[str] = frozenset()
    named = [nothing.union(*(by_payment.get(p, nothing) for p in payments)) for payments in matches["payment"]]
    others = [
        nothing.union(*(by_invoice.get(i, nothing) for i in invoices)) - payments
        for invoices, payments in zip(matches["invoice"], matches["payment"], strict=True)
    ]
    right = [n == i and not o for n, i, o in zip(named, matches["invoice"], others, strict=True)]
    each = [all(p in by_payment for p in payments) for payments in matches["payment"]]
    whole = [r and e for r, e in zip(right, each, strict=True)]
    return matches.assign(named=named, others=others, right=right, whole=whole)


def figures(seen: pd.DataFrame) -> dict[str, object]:
    """Sum up `judged`: the share right in all, by kind of match and by kind of damage."""
    by = {of: seen.groupby(of)["right"].mean().round(4).to_dict() for of in ("kind", "damage")}
    both = {f"{kind} {damage}": round(float(part.mean()), 4) for (kind, damage), part in seen.groupby(["kind", "damage"])["right"]}
    return {
        "matches": len(seen),
        "right": round(float(seen["right"].mean()), 5),
        "whole": round(float(seen["whole"].mean()), 5),
        **by,
        "both": both,
    }


def _minor(amounts: pd.Series, currencies: pd.Series) -> list[int]:
    return [ISO.rounded(Decimal(a), c) for a, c in zip(amounts, currencies, strict=True)]


def _days(frame: pd.DataFrame, column: str, day: pd.Timestamp, dates: bool) -> pd.Series:
    return pd.to_datetime(frame[column], format="%Y%m%d") if dates else pd.Series(day, index=frame.index)


def frames(folder: Path, *, dates: bool, aliases: Path | None = None) -> Mapping[str, pd.DataFrame]:
    """Read the folder as a bed: what `books.bed` takes."""
    invoices, payments = read(folder, "invoices"), read(folder, "payments")
    names = invoices.drop_duplicates("Customer ID")
    known = read(aliases.parent, aliases.stem) if aliases else pd.DataFrame({"customer_name": [], "bank_statement_name": []})
    spelled = known.groupby("customer_name")["bank_statement_name"].agg(" | ".join)
    customers = pd.DataFrame({
        "customer_id": names["Customer ID"], "name": names["Customer Name"], "parent_id": "",
        "alias_names": [spelled.get(name, "") for name in names["Customer Name"]],
    })  # fmt: skip
    items = pd.DataFrame({
        "invoice_id": invoices["invoice_id"], "customer_id": invoices["Customer ID"], "doc_no": invoices["Document Number"],
        "reference": invoices["Billing Number"], "assignment": invoices["Assignment Number"], "fiscal_year": invoices["Fiscal Year"],
        "issue_date": _days(invoices, "Document Date", _DAY, dates), "due_date": _days(invoices, "Due Date", _DAY, dates),
        "currency": invoices["Currency Code"], "amount": _minor(invoices["Amount"], invoices["Currency Code"]), "disc_pct": 0, "disc_days": 0,
    })  # fmt: skip
    receipts = pd.DataFrame({
        "receipt_id": payments["payment_id"], "value_date": _days(payments, "Posting Date", _DAY + pd.Timedelta(days=1), dates),
        "currency": payments["Currency"], "amount": _minor(payments["Amount"], payments["Currency"]),
        "payer_name": payments["Business Partner"], "memo": payments["Memo Line"], "payer_account": payments["Account Number"],
    })  # fmt: skip
    return {
        "customers": customers,
        "customer_banks": pd.DataFrame({"customer_id": [], "account": []}, dtype=str),
        "invoices": items,
        "receipts": receipts,
    }


def main(folder: Path, out: Path | None, *, dates: bool, aliases: Path | None, keep: Path | None) -> dict[str, object]:
    """Run the engine over the folder and score it."""
    clock = Clock()
    with clock.step("convert"):
        made = bed(frames(folder, dates=dates, aliases=aliases))
    proposals, found, between = apply_cash(made, policy(), clock)
    rows = proposed(proposals, found)
    if out:
        rows.to_parquet(out, index=False)
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        for name, frame in {**between, "proposals": proposals, "proposal_items": found, "open_items": made.open_items}.items():
            frame.to_parquet(keep / f"{name}.parquet", index=False)
    took = {"cpu": {k: round(v, 2) for k, v in clock.cpu.items()}, "peak_mib": peak_mib()}
    return {**figures(judged(truth(folder), rows)), "status": proposals["status"].value_counts().to_dict(), **took}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--dates", action="store_true", help="take the dates as they stand")
    parser.add_argument("--aliases", type=Path, help="file of bank-statement spellings of customers")
    parser.add_argument("--keep", type=Path, help="folder for the engine's own tables")
    given = parser.parse_args()
    print(json.dumps(main(given.folder, given.out, dates=given.dates, aliases=given.aliases, keep=given.keep), indent=1))
