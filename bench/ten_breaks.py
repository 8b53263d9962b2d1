"""The demo month broken on purpose in its source files, each break named by its class, with the amount: `python bench/ten_breaks.py FOLDER`.

Each break is made in a copy of the files; stages 00, 10 and 30 are run in this process, and what the reconciliations then say beyond
the unbroken month is printed as a table (RC-10 to RC-90, 4.10). About 10 seconds of processor time a break.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd

from arwork.demo.company import files
from arwork.money import ISO
from arwork.pack.plan import lay_out, make_plan
from arwork.pack.record import read_tables
from arwork.run import STAGES
from arwork.stages.books import open_books, publish

Files = dict[str, bytes]
ROOT = Path(__file__).resolve().parent.parent
STAGE = ("00_intake", "10_cash_application", "30_reconciliations")
KEY = ["recon_id", "code", "document", "amount"]


def edited(made: Files, name: str, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    """Change the rows of a CSV file."""
    rows = list(csv.DictReader(io.StringIO(made[name].decode())))
    held = io.StringIO()
    writer = csv.DictWriter(held, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(change(rows))
    made[name] = held.getvalue().encode()


def balance(made: Files, account: str, amount: str) -> None:
    """Move the March movement and closing of a GL account by an amount, as the posting that is added or changed does."""

    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        """Find the row and move it."""
        for row in rows:
            if (row["gl_account"], row["period"]) == (account, "2026-03"):
                side = "debits" if Decimal(amount) > 0 else "credits"
                row[side] = str(Decimal(row[side]) + abs(Decimal(amount)))
                row["closing"] = str(Decimal(row["closing"]) + Decimal(amount))
        return rows

    edited(made, "gl_balances.csv", change)


def journal(made: Files, number: str, amount: str, text: str) -> None:
    """Post a line on the control account in the general ledger only."""
    line = {"ledger_id": "MAIN", "company_code": "1000", "gl_account": "1400", "doc_no": number, "line_no": "1", "posting_date": "2026-03-30",
            "entered_by": "VOGELM", "origin": "GL", "currency": "EUR", "amount": amount, "reference": number, "text": text}  # fmt: skip
    edited(made, "gl_lines.csv", lambda rows: [*rows, line])
    balance(made, "1400", amount)


def receipt(rows: list[dict[str, str]]) -> dict[str, str]:
    """Return the row of the cash book that most breaks are made in: a receipt of MAIN in EUR of the middle of March."""
    return next(
        r for r in rows if r["gl_account"] == "1800" and r["type"] == "RECEIPT" and r["posting_date"] == "2026-03-16" and r["bank_ref"]
    )


def in_book(made: Files, change: Callable[[dict[str, str]], list[dict[str, str]]]) -> None:
    """Replace that row by others, and let the GL balance follow what is posted by the key date."""

    def changed(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        """Put the new rows in its place."""
        own = receipt(rows)
        new = change(dict(own))
        posted = sum((Decimal(r["amount"]) for r in new if r["posting_date"] <= "2026-03-31"), Decimal(0))
        gap = posted - Decimal(own["amount"])
        if gap:
            balance(made, "1800", str(gap))
        return [*(r for r in rows if r is not own), *new]

    edited(made, "cash_book.csv", changed)


def swapped(amount: str) -> str:
    """Swap the first two digits of an amount that differ."""
    at = next(n for n in range(len(amount) - 1) if amount[n : n + 2].isdigit() and amount[n] != amount[n + 1])
    return f"{amount[:at]}{amount[at + 1]}{amount[at]}{amount[at + 2 :]}"


def missing_page(made: Files) -> None:
    """A week's statement of the main account is not delivered."""
    del made["camt053_main_eur_2026-12.xml"]


def transposed(made: Files) -> None:
    """Two digits of a receipt are swapped in the cash book."""
    in_book(made, lambda row: [{**row, "amount": swapped(row["amount"])}])


def next_period(made: Files) -> None:
    """A receipt of March is posted in April."""
    in_book(made, lambda row: [{**row, "posting_date": "2026-04-01"}])


def twice(made: Files) -> None:
    """A receipt is posted twice."""
    in_book(made, lambda row: [row, {**row, "doc_no": f"{row['doc_no']}X"}])


def not_booked(made: Files) -> None:
    """A receipt is not posted at all."""
    in_book(made, lambda row: [])


def in_transit(made: Files) -> None:
    """A cheque is posted that the bank has not credited."""
    in_book(
        made,
        lambda row: [
            row,
            {**row, "doc_no": "CHQ-77", "bank_ref": "", "reference": "CHQ-77", "amount": "777.00", "posting_date": "2026-03-31"},
        ],
    )


def theirs(made: Files) -> None:
    """A customer's statement shows an invoice with two digits swapped."""
    text = made["statement_altenwerder.csv"].decode()
    made["statement_altenwerder.csv"] = text.replace(";1200,00", ";2100,00").replace(";4330,00", ";5230,00").encode()


BREAKS: tuple[tuple[str, Callable[[Files], None]], ...] = (
    ("a week's bank statement is missing", missing_page),
    ("a manual journal on the control account", lambda made: journal(made, "SA-1", "-1234.50", "write-off in the GL only")),
    ("a reclassification for presentation", lambda made: journal(made, "SA-2", "3275.00", "RECLASS credit balances")),
    ("a revaluation on the control account", lambda made: journal(made, "SA-3", "17.17", "Revaluation of USD items")),
    ("two digits swapped in the cash book", transposed),
    ("a receipt posted in the next period", next_period),
    ("a receipt posted twice", twice),
    ("a receipt not posted", not_booked),
    ("a cheque posted, not yet with the bank", in_transit),
    ("two digits swapped on a customer's statement", theirs),
)


def closed(made: Files, folder: Path) -> dict[str, pd.DataFrame]:
    """Write the files, run the stages, and return the tables of the reconciliations."""
    sources = folder / "outputs" / "demo" / "sources"
    for place in (sources, folder / "params"):
        place.mkdir(parents=True)
    for name, data in made.items():
        (sources / name).write_bytes(data)
    text = (ROOT / "params" / "demo.yaml").read_text(encoding="utf-8")
    (folder / "params" / "demo.yaml").write_text(re.sub(r", control_rows: \d+", "", text), encoding="utf-8")
    plan = make_plan(folder / "params" / "demo.yaml", folder / "outputs")
    run = folder / "run"
    lay_out(plan, run)
    for stage in STAGE:
        books = open_books(STAGES[stage], run, close=plan.params.close, period=plan.params.period, as_of=plan.params.as_of.isoformat())
        publish(STAGES[stage].work(books), books)
    return read_tables(run, ["recon_items", "reconciliations"])


def main(folder: Path) -> None:
    """Close the month as it is and once with each break, and print what each is named as."""
    base = closed(files(), folder / "00")
    known = set(base["recon_items"][KEY].itertuples(index=False, name=None))
    bad = int((base["reconciliations"]["status"] != "TIES").sum())
    print(f"The unbroken month: {len(base['reconciliations'])} reconciliations, {bad} do not tie, {len(known)} reconciling items.\n")
    print("| Break | Reconciliation | Named as | Document | Amount | Left unexplained |\n|---|---|---|---|---|---|")
    for number, (name, break_it) in enumerate(BREAKS, start=1):
        made = files()
        break_it(made)
        found = closed(made, folder / f"{number:02d}")
        rest = found["reconciliations"].set_index("recon_id")[["unexplained", "currency"]]
        new = found["recon_items"].loc[[key not in known for key in found["recon_items"][KEY].itertuples(index=False, name=None)]]
        for (recon_id, klass), rows in new.groupby(["recon_id", "code"], sort=True):
            left, many = rest.loc[recon_id], len(rows) > 2
            code, sums = str(left["currency"]), (int(rows["amount"].sum()), int(left["unexplained"]))
            document = f"{len(rows)} documents" if many else ", ".join(rows["document"])
            cells = (name, str(recon_id), str(klass), document, *(ISO.text(minor, code) for minor in sums))
            print(f"| {' | '.join(cells)} |", flush=True)
        if new.empty:
            print(f"| {name} | nothing new was named | | | | |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
