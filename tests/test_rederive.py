"""V3: one figure of every money table changed, manifest and records mended; the second path finds it, and finds nothing in the pack itself."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from conftest import Finished
from resealed import rewrite, writable

from arwork.audit.rederive import CHECKS, rederive
from arwork.errors import IntegrityError
from arwork.pack.arithmetic import recompute
from arwork.pack.verify import verify

AS_OF = date(2026, 3, 31)
FIRST = "rowid = (SELECT min(rowid) FROM t WHERE {0})"

FORGED: dict[str, tuple[str, str, str]] = {
    # reconciliations, line by line
    "RC-10 subledger": ("recon_lines", "UPDATE t SET amount = amount + 1 WHERE recon_id LIKE 'RC-10/MAIN%' AND mark = 'A'", "RC-10"),
    "RC-10 debit items": ("recon_lines", f"UPDATE t SET amount = amount - 1 WHERE {FIRST.format(chr(34) + 'label' + chr(34) + ' = ' + chr(39) + 'Debit items' + chr(39))}", "RC-10"),
    "RC-10 unexplained": ("recon_lines", "UPDATE t SET amount = 5 WHERE recon_id LIKE 'RC-10/MAIN%' AND mark = 'E'", "RC-10"),
    "RC-20 balance per bank": ("recon_lines", "UPDATE t SET amount = amount + 100 WHERE recon_id LIKE 'RC-20/FIN%' AND mark IN ('b0', 'bank', 'k0', 'book')", "RC-20"),
    "RC-20 deposits in transit": ("recon_lines", "UPDATE t SET amount = 0 WHERE mark = 'b1'", "RC-20|4.10"),
    "RC-20 errors of the book": ("recon_lines", "UPDATE t SET amount = 7 WHERE recon_id LIKE 'RC-20/FIN%' AND mark = 'k3'", "RC-20|4.10"),
    "RC-30 billings": ("recon_lines", "UPDATE t SET amount = amount + 10 WHERE mark = 'billings'", "RC-30"),
    "RC-30 two lines that net": ("recon_lines", "UPDATE t SET amount = amount + CASE mark WHEN 'billings' THEN 10 ELSE -10 END WHERE mark IN ('billings', 'receipts')", "RC-30"),
    "RC-30 opening and closing": ("recon_lines", "UPDATE t SET amount = amount + 1 WHERE recon_id LIKE 'RC-30%' AND mark IN ('opening', 'reached', 'closing')", "RC-30"),
    "RC-30 a movement": ("movements", "UPDATE t SET amount_local = amount_local - 1 WHERE rowid = 0", "RC-30"),
    "RC-40 computed": ("recon_lines", "UPDATE t SET amount = amount + 1 WHERE recon_id LIKE 'RC-40%' AND mark = 't'", "RC-40"),
    "RC-40 a line": ("recon_lines", "UPDATE t SET amount = amount + CASE mark WHEN 'ours' THEN 5 ELSE -5 END WHERE recon_id LIKE 'RC-40%' AND mark IN ('ours', 'paid')", "RC-40"),
    "RC-40 a difference": ("customer_differences", "UPDATE t SET theirs = theirs - 1, difference = difference - 1 WHERE rowid = 0", "RC-40"),
    "RC-60 closing": ("recon_lines", "UPDATE t SET amount = amount - 1 WHERE recon_id LIKE 'RC-60%' AND mark = 'closing'", "RC-60"),
    "RC-60 an age": ("recon_lines", "UPDATE t SET amount = amount + 1 WHERE recon_id LIKE 'RC-60%' AND label LIKE '%8–30%'", "RC-60"),
    "RC-60 an item of the list": ("suspense_items", "UPDATE t SET amount = amount - 1 WHERE rowid = 0", "RC-60"),
    "RC-60 an item is gone": ("suspense_items", "DELETE FROM t WHERE rowid = 0", "RC-60"),
    "RC-80 a bucket": ("recon_lines", "UPDATE t SET amount = amount + 1 WHERE recon_id LIKE 'RC-80%' AND label = 'current'", "RC-80"),
    "RC-80 all": ("recon_lines", "UPDATE t SET amount = amount + 1 WHERE recon_id LIKE 'RC-80%' AND mark IN ('ageing', 'comparable')", "RC-80"),
    "RC-80 register": ("recon_lines", "UPDATE t SET amount = amount + 1 WHERE mark = 'register'", "RC-80"),
    "RC-90 receipts in hand": ("recon_lines", "UPDATE t SET amount = amount + 1 WHERE recon_id LIKE 'RC-90%' AND mark = 'RI-TIM'", "RC-90|4.10"),
    "RC-90 adjusted": ("recon_lines", "UPDATE t SET amount = amount + 1 WHERE recon_id LIKE 'RC-90%' AND mark = 'settlement'", "RC-90"),
    "RC-90 as posted": ("reconciliations", "UPDATE t SET ours = ours + 1, theirs = theirs + 1 WHERE rule = 'RC-90'", "RC-90"),
    "4.11 what is left": ("certification", "UPDATE t SET unexplained = unexplained + 1", "4.11"),
    "4.11 a limit for the bank": ("certification", "UPDATE t SET allowed = 100 WHERE recon_id LIKE 'RC-20%'", "4.11"),
    "CV-07 a change": (
        "changes_since", "INSERT INTO t (item_id, was, now, currency, local_currency, effect_local) VALUES ('I', 5, 9, 'EUR', 'EUR', 5)", "CV-07"),
    # credits
    "MP-40 a residual": ("residuals", "UPDATE t SET amount = amount + 1 WHERE rowid = 0", "MP-40"),
    "MP-50 on account": ("on_account", "UPDATE t SET amount = amount + 1 WHERE rowid = 0", "MP-50"),
    "MP-50 on account, gone": ("on_account", "DELETE FROM t", "MP-50"),
    "MP-60 tax withheld": ("wht_certificates", "INSERT INTO t (receipt_id, item_id, amount) VALUES ('R', 'I', 5)", "MP-60"),
    "CO-65 a write-off": ("adjustments", "INSERT INTO t (receipt_id, item_id, amount) VALUES ('R', 'I', 5)", "CO-65"),
    "EX-20 a repeat": ("breaks", "UPDATE t SET amount = amount - 1 WHERE rowid = 0", "EX-20"),
    "EX-10 a class": ("repeat_classes", "UPDATE t SET amount = 0, credit_due = 0 WHERE amount > 0", "EX-10"),
    "EX-30 an overpayment": ("overpayments", "UPDATE t SET amount = amount + 1 WHERE part = 'REST'", "EX-30"),
    "EX-30 a gain": ("overpayments", "UPDATE t SET amount = amount * 2 WHERE part = 'SMALL'", "EX-30"),
    "EX-40 misdirected": ("misdirected", "UPDATE t SET amount = amount - 1", "EX-40"),
    "EX-40 an entry": ("misdirected_entries", "UPDATE t SET amount = amount - 1 WHERE step = 'SETTLE' AND line = 2", "EX-40"),
    "EX-40 both sides of a step": ("misdirected_entries", "UPDATE t SET amount = amount * 2 WHERE step = 'CREDIT'", "EX-40"),
    "RF-01 a refund": ("refunds", "UPDATE t SET refund_amount = refund_amount + 100 WHERE rowid = 0", "RF-01"),
    "RF-01 a credit made up": ("refunds", "UPDATE t SET gross_credit = gross_credit + 100000000, refund_amount = refund_amount + 100000000 WHERE rowid = 0", "RF-01"),
    "RF-02 nothing offset": ("refunds", "UPDATE t SET offset_amount = 0, refund_amount = gross_credit WHERE offset_amount > 0", "RF-02"),
    "RF-02 an offset": ("refund_offsets", "UPDATE t SET amount = amount - 1 WHERE rowid = 0", "RF-02"),
    "RF-02 an item that is not open": ("refund_offsets", "UPDATE t SET open_amount = open_amount + 100000000 WHERE rowid = 0", "RF-02"),
    "RC-60 a credit": ("credit_balances", "UPDATE t SET amount = amount - 1 WHERE rowid = (SELECT min(rowid) FROM t WHERE kind = 'UNAPPLIED')", "RC-60"),
    "RC-60 a credit is gone": ("credit_balances", "DELETE FROM t WHERE kind = 'UNIDENTIFIED'", "RC-60"),
    "RC-60 a credit made younger": ("credit_balances", "UPDATE t SET days = 1 WHERE days > 20", "RC-60"),
    "MP-56 a credit memo": ("credit_balances", "UPDATE t SET amount = amount * 3 WHERE kind = 'CREDIT_MEMO'", "MP-56"),
    "G-21 used to date": ("tolerance_budget", "UPDATE t SET used_to_date = used_to_date - 1 WHERE rowid = 0", "G-21"),
    "G-21 used": ("tolerance_budget", "UPDATE t SET used = used + 5, used_to_date = used_to_date + 5 WHERE view = 'CLERK'", "G-21"),
    # collections
    "MT-10 a value": ("metrics", "UPDATE t SET value = '12.34' WHERE metric = 'MT-41'", "MT-10"),
    "MT-12 its parts": ("metrics", "UPDATE t SET numerator = numerator - 1 WHERE metric = 'MT-11'", "MT-12"),
    "MT-23 overdue": ("metrics", "UPDATE t SET numerator = numerator + CASE variant WHEN 'overdue' THEN -100 WHEN 'not overdue' THEN 100 ELSE 0 END WHERE metric = 'MT-23'", "MT-23"),
    "MT-60 a loss": ("provisions", "UPDATE t SET expected_loss = expected_loss - 1 WHERE rate > 0", "MT-60"),
    "MT-60 an exposure": ("provisions", "UPDATE t SET exposure = exposure - 1 WHERE rate = 0", "MT-60"),
    "CO-10 a first contact": ("first_contacts", "UPDATE t SET amount = amount + 1 WHERE rowid = 0", "CO-10"),
    "CO-15 net overdue": ("worklist", "UPDATE t SET net_overdue = net_overdue + 1 WHERE net_overdue > 0", "CO-15"),
    "CO-15 overdue": ("worklist", "UPDATE t SET overdue = overdue + 1, net_overdue = net_overdue + 1 WHERE place = 1", "CO-15"),
    "CO-30 a promise": ("promise_results", "UPDATE t SET promised_amount = promised_amount + 1", "CO-30"),
    "CO-30 paid": ("promise_results", "UPDATE t SET paid_amount = promised_amount + 1", "CO-30"),
    "CO-55 a fee": ("late_fees", "UPDATE t SET fee = fee + 1 WHERE rowid = 0", "CO-55"),
    "CO-55 interest": ("late_fees", "UPDATE t SET fee = fee + 1, interest = interest + 1 WHERE rowid = 0", "CO-55"),
    "CO-55 a segment": ("late_fee_segments", "UPDATE t SET interest = interest + 500, days = days WHERE rowid = 0", "CO-55"),
    "CO-55 days": ("late_fee_segments", "UPDATE t SET days = days + 1", "CO-55"),
    "CO-80 a dispute": ("dispute_work", "UPDATE t SET disputed_amount = disputed_amount + 1", "CO-80"),
    "CO-65 to be written off": ("write_offs", "UPDATE t SET open_amount = open_amount - 1 WHERE rowid = 0", "CO-65"),
    "CO-01 a reminder": ("dunning_letters", "UPDATE t SET amount = amount + 1 WHERE outcome = 'LETTER'", "CO-01"),
    "CO-07 an item of it": ("dunning_items", "UPDATE t SET asked = asked + 1 WHERE rowid = 0", "CO-07"),
    "CO-20 a reaction": ("letter_reactions", "INSERT INTO t (letter_id, amount) VALUES ('L', 5)", "CO-20"),
    "RC-40 a statement": ("account_statements", "UPDATE t SET payments = payments - 1 WHERE rowid = 0", "RC-40"),
    "RC-40 its closing": ("account_statements", "UPDATE t SET opening = opening + 1, closing = closing + 1 WHERE rowid = 0", "RC-40"),
    "CO-50 distress": ("distress", "UPDATE t SET open_local = open_local + 1", "CO-50"),
    "CO-92 a cheque": ("cheque_register", "INSERT INTO t (ledger_id, company_code, cheque_no, bank, amount) VALUES ('M', '1', 'C', 'B', 5)", "CO-92"),
    "CO-45 an order": ("credit_reviews", "INSERT INTO t (ledger_id, company_code, customer_id, order_no, order_value) VALUES ('M', '1', 'C', 'O', 5)", "CO-45"),
    "CO-70 an adjustment": ("adjustment_checks", "UPDATE t SET amount = amount + 1", "CO-70"),
    # forecast
    "FC-03 a part": ("forecast_items", "UPDATE t SET later = later - 1 WHERE later > 0", "FC-03"),
    "FC-03 more than is open": ("forecast_items", "UPDATE t SET amount = amount + 100000000, later = later + 100000000 WHERE rowid = 0", "FC-03"),
    "FC-03 a kind": ("forecast_cash", "UPDATE t SET ordinary = ordinary + 1 WHERE span = 'W05'", "FC-03"),
    "FC-03 a week": ("forecast_cash", "UPDATE t SET ordinary = ordinary + 1, expected = expected + 1 WHERE span = 'W05'", "FC-03"),
    "FC-03 reached": ("forecast_cash", "UPDATE t SET reached = reached + 1 WHERE span = 'W05'", "FC-03"),
    "FC-04 the month": ("forecast_cash", "UPDATE t SET ordinary = ordinary + 1, expected = expected + 1 WHERE span = 'MONTH'", "FC-04"),
    "FC-04 promises of the quarter": ("forecast_items", "UPDATE t SET horizon = horizon + 1, later = later - 1 WHERE kind = 'PROMISE' AND later > 0", "FC-04"),
    "FC-01 naive": ("forecast_cash", "UPDATE t SET naive = naive + 5 WHERE span IN ('QUARTER', 'W02')", "FC-01"),
    "7.1 a step": ("forecast_changes", "INSERT INTO t (ledger_id, company_code, currency, step, amount) VALUES ('M', '1', 'EUR', 'FROZEN', 5), ('M', '1', 'EUR', 'NOW', 6)", "7.1"),
    "7.4 cash of an earlier month": ("forecast_accuracy", "UPDATE t SET actual = actual + 1 WHERE span = 'MONTH'", "7.4"),
    "7.4 a score": ("forecast_scores", "UPDATE t SET wape = wape // 2 WHERE horizon = 'MONTH' AND wape > 10", "7.4"),
}  # fmt: skip


@pytest.fixture(scope="module")
def tables(demo: Finished) -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo's pack, every table a view."""
    with duckdb.connect(":memory:") as connection:
        for path in (demo.pack / "data").glob("*.parquet"):
            connection.read_parquet(str(path)).create_view(path.stem)
        yield connection


def _present(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}


def test_v3_the_demo_comes_out_again(tables: duckdb.DuckDBPyConnection) -> None:
    wrong, ran = rederive(tables, _present(tables), AS_OF)
    assert [one.sentence() for one in wrong] == []
    assert ran == len(CHECKS), "a check whose tables the demo does not have proves nothing"


@pytest.mark.parametrize("kind", FORGED)
def test_v3_a_changed_figure_is_found(tables: duckdb.DuckDBPyConnection, kind: str) -> None:
    table, sql, rule = FORGED[kind]
    tables.execute(f"CREATE TEMP TABLE t AS SELECT * FROM {table}")
    try:
        changed = tables.execute(sql).fetchone()
        assert changed is not None
        assert changed[0] > 0, "nothing was changed, so nothing could be found"
        tables.execute(f"CREATE TEMP VIEW {table} AS SELECT * FROM t")  # before the one of the pack
        wrong, _ = rederive(tables, _present(tables), AS_OF)
    finally:
        tables.execute(f"DROP VIEW IF EXISTS temp.main.{table}")
        tables.execute("DROP TABLE t")
    assert any(re.fullmatch(rule, one.check.rule) for one in wrong), [one.sentence() for one in wrong]


def test_v3_every_money_table_that_a_close_makes_is_read_by_a_check() -> None:
    """A table that states money and that no check reads is named here, with the reason."""
    left = {
        "roundings": "reads only what the layout rounds", "bank_accounts": "params", "customer_statements": "as received",
        "remittance_lines": "as received", "gl_balances": "as received", "gl_lines": "as received",
    }  # fmt: skip
    read = {table for check in CHECKS for table in check.reads}
    assert not set(left) & read
    assert {table for table, _, _ in FORGED.values()} <= read


@pytest.mark.parametrize("kind", ["RF-01 a refund", "RC-90 adjusted", "FC-03 a week"])
def test_v3_stops_the_verification_of_a_pack_sealed_again(demo: Finished, tmp_path: Path, kind: str) -> None:
    table, sql, rule = FORGED[kind]
    pack = tmp_path / demo.pack.name
    shutil.copytree(demo.pack, pack)
    writable(pack)
    rewrite(pack, table, sql)
    with pytest.raises(IntegrityError, match=rule):
        recompute(pack, verify(pack).facts, {})
