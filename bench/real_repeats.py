"""Look for second payments in a public register of payments: `python bench/real_repeats.py FOLDER [--draw N] [--seed S]`.

FOLDER holds monthly CSV files of a council's payments: Date, Internal Ref Number, Invoice Number, Net Amount, Supplier ID (the register
of Calderdale has this form). A payment is all lines of one supplier, invoice number and date: one invoice is often split over cost codes.
Each (supplier, invoice number after folding) is an obligation, settled by its first payment; the payments after it are the receipts
that the product tests. A number that a supplier was paid the same sum for before, but typed otherwise (one character more or less, or up
to three characters before or after it), is that number again and no obligation of its own. Lines without a supplier or with a redacted
number say nothing and are counted. `--draw` prints every PROBABLE case and fills up to that many from the other classes, drawn by the
seed, each with what else the supplier was paid under that number or in that sum, for a person to read.
"""

from __future__ import annotations

import argparse
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from rapidfuzz.distance import Levenshtein
from repeats import filled

from arwork.breaks.classes import RepeatBooks, classify
from arwork.breaks.likeness import folding
from arwork.breaks.repeats import duplicate_payments
from arwork.matching.references import core, extract, fold, norm
from arwork.policy import Policy, read_policy
from arwork.tables import empty

ROOT = Path(__file__).resolve().parent.parent
_COLUMNS = {
    "Date": "day", "Internal Ref Number": "ref", "Invoice Number": "number", "Net Amount": "amount", "Supplier ID": "supplier",
    "Supplier(Beneficiary) Name": "name", "Expense Area": "area", "Expense Code": "code",
}  # fmt: skip
_AFFIX, _LEAST, _SHOWN = 3, 4, 14


def lines_of(folder: Path) -> pd.DataFrame:
    """Read the files whole; amounts in pence."""
    parts = []
    for path in sorted(folder.glob("*.csv")):
        frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig", encoding_errors="replace", keep_default_na=False)
        if {*_COLUMNS} <= {*frame.columns}:
            parts.append(
                frame[list(_COLUMNS)].rename(columns=_COLUMNS).assign(place=[f"{path.name}:{n}" for n in range(2, len(frame) + 2)])
            )
    lines = pd.concat(parts, ignore_index=True)
    pence = [int(Decimal(text.replace(",", "")) * 100) for text in lines["amount"]]
    return lines.assign(amount=pence, day=pd.to_datetime(lines["day"], format="%Y-%m-%d"))


def payments_of(lines: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Put lines together to payments, each with its obligation and whether it is `again`; print what is left out."""
    silent = lines["number"].str.contains("REDACTED") | ~lines["supplier"].str.match("S[0-9]+$")
    print(f"{len(lines):,} lines; {int(silent.sum()):,} without a supplier or with a redacted invoice number are left out")
    told = lines.loc[~silent]
    how = folding(policy.matching)
    told = told.assign(folded=[fold(core(norm(text), how.prefixes)) for text in told["number"]])
    keys = ["supplier", "folded", "day"]
    paid = told.groupby(keys, as_index=False).agg(
        amount=("amount", "sum"), number=("number", "first"), place=("place", "first"), lines=("place", "size"), name=("name", "first"),
        area=("area", "first"), code=("code", "first"),
    )  # fmt: skip
    paid = paid.sort_values(keys).reset_index(drop=True)
    of = _obligations(paid)
    real = paid["amount"] > 0
    again = (paid.loc[real].assign(of=of).sort_values(["day", "place"]).duplicated(["supplier", "of"])).reindex(
        paid.index, fill_value=False
    )
    otherwise = int((again & (of != paid["folded"])).sum())
    print(
        f"{int(real.sum()):,} payments of {int((real & ~again).sum()):,} invoices; {int(again.sum()):,} pay a number that was paid before, "
        f"{otherwise} of them typed otherwise"
    )
    return paid.assign(again=again, of=of)


def _obligations(paid: pd.DataFrame) -> pd.Series[str]:
    """Name for each payment the number it is for: its own, or an earlier one of its supplier and sum that is typed otherwise."""
    of = paid["folded"].copy()
    for _, group in paid.loc[paid["amount"] > 0].sort_values(["day", "folded"]).groupby(["supplier", "amount"]):
        known: list[str] = []
        for place, number in group["folded"].items():
            first = next((other for other in known if typed_otherwise(other, number)), None)
            if first is None:
                known.append(number)
            else:
                of[place] = first
    return of


def typed_otherwise(first: str, second: str) -> bool:
    """Say whether two folded numbers are one number by a slip of typing that no running number shows."""
    short, long = sorted((first, second), key=len)
    if len(short) < _LEAST or len(short) == len(long):
        return False
    affix = len(long) - len(short) <= _AFFIX and (long.startswith(short) or long.endswith(short))
    return affix or Levenshtein.distance(short, long) == 1


def books_of(paid: pd.DataFrame, policy: Policy) -> RepeatBooks:
    """Turn first payments into settled items, later ones into receipts, suppliers into customers."""
    book = {"ledger_id": "MAIN", "company_code": "1000", "currency": "GBP"}
    first, later = paid.loc[~paid["again"] & (paid["amount"] > 0)], paid.loc[paid["again"]]
    items = filled("open_items", {
        **{k: [v] * len(first) for k, v in book.items()}, "item_id": first["supplier"] + ":" + first["folded"], "customer_id": first["supplier"],
        "doc_no": first["number"], "reference": first["number"], "doc_type": ["INV"] * len(first), "amount_doc": first["amount"],
        "clearing_date": first["day"], "clearing_doc": first["place"], "doc_date": first["day"], "local_currency": ["GBP"] * len(first),
        "amount_local": first["amount"], "gl_account": ["1400"] * len(first), "source_file": first["place"].str.split(":").str[0],
        "source_line": first["place"].str.split(":").str[1],
    }, len(first))  # fmt: skip
    receipts = filled("receipts", {
        **{k: [v] * len(later) for k, v in book.items()}, "receipt_id": later["place"], "customer_id": later["supplier"],
        "amount": later["amount"], "booking_date": later["day"], "value_date": later["day"], "remittance_text": later["number"],
        "payer_strength": ["STRONG"] * len(later), "payer_key": ["B3"] * len(later), "status": ["UNAPPLIED"] * len(later),
        "method": ["ACH"] * len(later), "remitter_account": later["supplier"],
        "source_file": later["place"].str.split(":").str[0], "source_line": later["place"].str.split(":").str[1],
    }, len(later))  # fmt: skip
    who = paid["supplier"].drop_duplicates()
    customers = filled("customers", {
        "ledger_id": ["MAIN"] * len(who), "company_code": ["1000"] * len(who), "customer_id": who, "customer_id_raw": who, "name": who,
    }, len(who))  # fmt: skip
    references = extract(receipts, items, empty("remittance_lines"), policy.matching)
    breaks = duplicate_payments(receipts, references, items, customers, policy)
    return RepeatBooks(receipts, references, items, customers, breaks, policy, date(2022, 8, 31))


def drawn_from(repeats: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    """Take every PROBABLE case, then one of each other and likelihood in turn, drawn by the seed, until there are enough."""
    shuffled = repeats.sort_values("case_id").sample(frac=1, random_state=seed)
    turn = shuffled.groupby(["class", "likely"]).cumcount().where(shuffled["likely"] != "PROBABLE", -1)
    return shuffled.assign(turn=turn).sort_values(["turn", "class", "likely", "case_id"]).head(most)


def told(case: Any, paid: pd.DataFrame) -> str:
    """Put down what a reader needs of one case: both payments and whatever else the supplier was paid under the number or in that sum."""
    own = paid.loc[paid["supplier"] == case.customer_id]
    this = own.loc[own["place"] == case.this].iloc[0]
    same = own.loc[(own["of"] == this["of"]) | (own["amount"] == this["amount"]) | (own["amount"] == -this["amount"])].sort_values(
        ["day", "place"]
    )
    rows = [
        f"     {'*' if row.place in (case.this, case.other_source) else ' '} {row.day:%Y-%m-%d} {row.amount / 100:>12,.2f} {row.number} "
        f"x{row.lines} {row.code} {row.area[-40:]} [{row.place}]"
        for row in same.itertuples()
    ]
    shown = rows if len(rows) <= _SHOWN else [*(r for r in rows if "*" in r), f"       and {len(rows)} in all of that sum or number"]
    head = f"{case.kind_of} {case.likely} {case.this} after {case.other_source} {case.score / 100:.2f} {this['name']}"
    return "\n".join([head, *shown])


def main() -> None:
    """Read, test, count, and draw."""
    asked = argparse.ArgumentParser(description="Second payments in a public register of payments.")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--draw", type=int, default=0)
    asked.add_argument("--seed", type=int, default=20)
    given = asked.parse_args()
    policy = Policy.model_validate(read_policy((ROOT / "params/policy.yaml").read_text(encoding="utf-8")))
    paid = payments_of(lines_of(given.folder), policy)
    found = classify(books_of(paid, policy))
    print(found.repeat_classes.drop(columns=["rule"]).to_string(index=False))
    drawn = drawn_from(found.repeats, given.draw, given.seed).rename(columns={"class": "kind_of"})
    for number, case in enumerate(drawn.itertuples(), start=1):
        print(f"{number:2} {told(case, paid)}")


if __name__ == "__main__":
    main()
