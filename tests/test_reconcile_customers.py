"""Customers' own statements inside a close (RC-40): taken in, compared by the rules of `arwork reconcile`, carried as reconciling items."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import tiny

from arwork.errors import InputError
from arwork.intake.received import take
from arwork.intake.their_source import read_their_source
from arwork.intake.their_statement import kind_of
from arwork.money import ISO
from arwork.pack.plan import lay_out, make_plan
from arwork.pack.record import read_tables
from arwork.params import Params, Source, read_params
from arwork.policy import read_policy
from arwork.reconcile.customers import Customers, customer_accounts, whose
from arwork.run import STAGES
from arwork.stages.books import open_books, publish
from tests.ax import POLICY_FILE, disputes, item, items, policy, receipts, table

KEY = date(2026, 3, 31)
THEIRS = """Alpha Handel GmbH
Document;Our no.;Date;Type;Amount EUR
INV-2026-0001;E-1;10.02.2026;Invoice;500,00
INV-2026-0002;E-2;02.03.2026;Invoice;205,50
;Z-9;30.03.2026;Payment;-40,00
Closing balance 31.03.2026;;;;665,50
"""
LEDGER = (item("INV-2026-0001", "C1", "500.00", doc="2026-02-10"), item("INV-2026-0002", "C1", "250.50", doc="2026-03-02"))


@pytest.fixture
def params() -> Params:
    return read_params(tiny.PARAMS, "tiny.yaml", read_policy(POLICY_FILE.read_text(encoding="utf-8")))


def taken(folder: Path, params: Params, text: str = THEIRS, name: str = "alpha.csv", **said: Any) -> dict[str, pd.DataFrame]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    source = Source.model_validate({"file": name, "reads": "their_items", **said})
    read = read_their_source("007.001", source, take(path), params, {})
    return {"their_items": read.lines, "their_statements": read.says}


def compared(*given: dict[str, pd.DataFrame], ledger: tuple[dict[str, Any], ...] = LEDGER) -> Customers:
    rows = {name: pd.concat([one[name] for one in given], ignore_index=True) for name in ("their_items", "their_statements")}
    books = {"open_items": items(*ledger), "disputes": disputes(), "receipts": receipts(), "allocations": table("allocations")}
    words = {word: kind_of(word) for word in rows["their_items"]["kind"].unique()}
    return customer_accounts({**rows, **books}, words, policy(), ISO, KEY)


def said(found: Customers) -> list[str]:
    return [finding.sentence for finding in found.recon.findings]


def test_rc40_each_statement_of_a_close_is_a_reconciliation_with_its_items(tmp_path: Path, params: Params) -> None:
    """Ours 750.50, a payment in transit of 40.00, two digits swapped (250.50 as 205.50): theirs 665.50, nothing unexplained."""
    found = compared(taken(tmp_path, params, customer="C1"))
    head = found.recon.reconciliations.iloc[0]
    assert (head["rule"], head["account"], head["ours"], head["theirs"], head["unexplained"]) == ("RC-40", "C1", 75_050, 66_550, 0)
    rows = found.recon.recon_items
    assert sorted(zip(rows["code"], rows["mark"], rows["amount"], strict=True)) == [
        ("RI-DIS", "amount", -4_500),
        ("RI-TIM", "paid", -4_000),
    ]
    assert set(rows["owner"]) == {"customer", "cash application"}
    assert (rows["source_file"] == "alpha.csv").all()
    assert found.customer_differences["difference"].sum() == head["difference"] == head["explained"] == -8_500
    marks = dict(zip(found.recon.recon_lines["mark"], found.recon.recon_lines["amount"], strict=True))
    assert marks["a"] + marks["ours"] + marks["paid"] + marks["theirs"] + marks["amount"] == marks["t"] == marks["s"]


def test_rc40_none_given_is_said(params: Params) -> None:
    nothing = {"their_items": table("their_items"), "their_statements": table("their_statements")}
    found = compared(nothing)
    assert found.recon.reconciliations.empty
    assert "No customer's own statement was given" in said(found)[0]


def test_rc40_whose_statement_it_is_may_follow_from_its_documents(tmp_path: Path, params: Params) -> None:
    """Two documents of one customer say whose it is, and the note tells it; one document, or documents of two customers, do not."""
    found = compared(taken(tmp_path, params))
    assert found.recon.reconciliations["account"].tolist() == ["C1"]
    assert any("the params do not say whose it is" in sentence for sentence in said(found))
    lines, (one, two) = taken(tmp_path, params)["their_items"], LEDGER
    for rivals in (items(one), items(one, {**two, "customer_id": "C2"})):
        with pytest.raises(InputError, match="nobody says whose statement it is"):
            whose(lines, rivals)
    nobody = compared(taken(tmp_path, params), ledger=(one, {**two, "customer_id": "C2"}))
    assert nobody.recon.reconciliations.empty
    assert "its documents point to C1, C2" in said(nobody)[0]


def test_rc40_the_newest_of_several_statements_counts_and_two_of_a_day_none(tmp_path: Path, params: Params) -> None:
    march = taken(tmp_path, params, customer="C1")
    february = taken(tmp_path, params, THEIRS.replace("31.03.2026;;;;", "28.02.2026;;;;"), "older.csv", customer="C1")
    old = {**february, "their_statements": february["their_statements"].assign(statement_date=pd.Timestamp("2026-02-28"))}
    found = compared(march, old)
    assert found.recon.reconciliations["key_date"].tolist() == [pd.Timestamp(KEY)]
    assert any("older.csv was not reconciled: alpha.csv states" in sentence for sentence in said(found))
    twice = compared(march, taken(tmp_path, params, name="again.csv", customer="C1"))
    assert twice.recon.reconciliations.empty
    assert any("both state" in sentence for sentence in said(twice))


def test_rc40_a_customer_without_a_line_stops_nothing(tmp_path: Path, params: Params) -> None:
    found = compared(taken(tmp_path, params, customer="C77"))
    assert found.recon.reconciliations.empty
    assert "customer 'C77' has no line in this close" in said(found)[0]


def test_rc40_what_a_statement_leaves_unexplained_is_told(tmp_path: Path, params: Params) -> None:
    found = compared(taken(tmp_path, params, THEIRS.replace("665,50", "670,50"), customer="C1"))
    assert found.recon.reconciliations["unexplained"].tolist() == [500]
    assert any("1 of 1 customer accounts leave an amount unexplained" in sentence for sentence in said(found))


def test_rc40_a_statement_of_other_count_or_of_two_customers_is_refused(tmp_path: Path, params: Params) -> None:
    with pytest.raises(InputError, match="holds 3 entries, control_rows says 4"):
        taken(tmp_path, params, customer="C1", control_rows=4)
    with pytest.raises(InputError, match="belong to a customer's own statement"):
        read_params(
            tiny.PARAMS.replace("reads: bank", "reads: bank, customer: C1"), "p", read_policy(POLICY_FILE.read_text(encoding="utf-8"))
        )


def test_rc40_a_close_takes_the_statement_in_and_publishes_it(tmp_path: Path) -> None:
    """From the params to the sheet: reconciliation, items, certificate and what it rests on; the file is proven by its own balance."""
    source = "  - {file: alpha.csv, reads: their_items, customer: C1}\n"
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "alpha.csv").write_text(THEIRS, encoding="utf-8")
    plan = make_plan(tiny.write(tmp_path / "m", tiny=tiny.PARAMS + source), tmp_path / "outputs")
    lay_out(plan, tmp_path / "run")
    for stage in ("00_intake", "10_cash_application", "30_reconciliations"):
        books = open_books(
            STAGES[stage], tmp_path / "run", close=plan.params.close, period=plan.params.period, as_of=plan.params.as_of.isoformat()
        )
        publish(STAGES[stage].work(books), books)
    t = read_tables(tmp_path / "run", ["reconciliations", "certification", "recon_inputs", "sources", "customer_differences"])
    name = "RC-40/MAIN/1000/C1/EUR"
    assert name in set(t["reconciliations"]["recon_id"])
    assert name in set(t["certification"]["recon_id"])
    assert "alpha.csv" in set(t["recon_inputs"].loc[t["recon_inputs"]["recon_id"] == name, "source_file"])
    row = t["sources"].loc[t["sources"]["reads"] == "their_items"].iloc[0]
    assert (row["completeness"], row["rows_out"], row["rejects"]) == ("proven", 3, 0)
    assert len(t["customer_differences"])
