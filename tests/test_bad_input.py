"""Bad input gets one clear message with file, line, column, value and cure, exit code 2, and leaves nothing half-written."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny
from conftest import Finished, arwork, in_process
from test_demo_close import table

from arwork.decide import Person, decide
from arwork.errors import InputError
from arwork.journal.chain import GENESIS
from arwork.journal.events import canonical
from arwork.pack.plan import lay_out, make_plan
from arwork.run import run_stages

CASES: dict[str, tuple[dict[str, str | bytes], tuple[str, ...]]] = {
    "missing column": ({"items": tiny.ITEMS.replace("due_date", "dew_date")}, ("items.csv", "due_date")),
    "unparsable amount": ({"items": tiny.ITEMS.replace("250.50,250.50,EUR", "2x0.50,250.50,EUR", 1)}, ("items.csv", "line 3", "amount_doc", "2x0.50")),
    "duplicate key": ({"items": tiny.ITEMS + tiny.ITEMS.splitlines()[1] + "\n"}, ("items.csv", "line 5", "9001")),
    "unknown parameter": ({"tiny": tiny.PARAMS.replace("as_of", "as_off")}, ("tiny.yaml", "line 2", "did you mean 'as_of'")),
    "unknown currency in params": ({"tiny": tiny.PARAMS.replace("currency: EUR\n", "currency: EUX\n")}, ("tiny.yaml", "EUX", "ISO 4217")),
    "unknown currency in a row": ({"items": tiny.ITEMS.replace("04-04,EUR", "04-04,EUX")}, ("items.csv", "line 4", "currency", "EUX")),
    "wrong control total": (
        {"tiny": tiny.PARAMS.replace("reads: open_items}", "reads: open_items, control_sum: 900.00}")}, ("items.csv", "900.00", "850.49")
    ),
    "wrong control count": ({"tiny": tiny.PARAMS.replace("reads: open_items}", "reads: open_items, control_rows: 4}")}, ("items.csv", "4", "3")),
    "empty file": ({"statement": ""}, ("statement.sta", "empty")),
    "unreadable encoding": ({"customers": tiny.CUSTOMERS.encode().replace(b"Alpha", b"\xc4lpha")}, ("customers.csv", "line 2", "encoding")),
    "statement that does not tie": ({"statement": tiny.STATEMENT.replace("1542,00", "1542,01")}, ("statement.sta", "1542.01", "1542.00")),
    "statement of an unknown account": ({"tiny": tiny.PARAMS.replace("DE02120300000000202051", "DE99")}, ("statement.sta", "bank_accounts")),
    "impossible date": ({"items": tiny.ITEMS.replace("2026-03-05,2026-03-05", "2026-02-30,2026-03-05")}, ("items.csv", "line 4", "2026-02-30")),
    "a file that is not there": ({"tiny": tiny.PARAMS.replace("cash.csv", "cash2.csv")}, ("cash2.csv",)),
    "two files with the same rows": (
        {"tiny": tiny.PARAMS.replace("  - {file: customers.csv", "  - {file: items.csv, reads: open_items}\n  - {file: customers.csv")},
        ("items.csv", "line 2", "1000:9001:2026:1", "one file only"),
    ),
    "a blank open amount in a filled column": ({"items": tiny.ITEMS.replace("250.50,250.50,EUR", "250.50,,EUR", 1)}, ("items.csv", "line 3", "open_amount_doc")),
    "a journal that is not there": ({"tiny": tiny.PARAMS + "journal: typo.jsonl\n"}, ("tiny.yaml", "typo.jsonl")),
    "a file name with a control character": ({"tiny": tiny.PARAMS.replace("file: cash.csv", 'file: "ca\\0sh.csv"')}, ("tiny.yaml", "not the name of a file")),
    "a company code the params do not name": ({"items": tiny.ITEMS.replace("MAIN,1000,C2", "MAIN,1001,C2")}, ("1001",)),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CASES))
def test_one_message_with_place_and_cure(name: str, tmp_path: Path) -> None:
    changed, expected = CASES[name]
    params = tiny.write(tmp_path / "in", **changed)
    with pytest.raises(InputError) as refused:
        plan = make_plan(params, tmp_path / "outputs")
        lay_out(plan, tmp_path / "run")
        run_stages(tmp_path / "run")
    message = refused.value.paragraph()
    assert all(part in message for part in expected), message
    assert len(message) < 900, message
    assert str(tmp_path) not in message or name == "a file that is not there", message


@pytest.mark.parametrize("name", ["unparsable amount", "unknown parameter"])
def test_exit_code_2_and_nothing_half_written(name: str, tmp_path: Path) -> None:
    tiny.write(tmp_path, **CASES[name][0])
    refused = arwork(tmp_path, "close", "tiny.yaml")
    assert refused.code == 2
    assert refused.err.count("arwork:") == 1
    assert "Traceback" not in refused.err
    assert not [p for p in (tmp_path / "outputs").rglob("*") if p.is_file()]


def test_rejects_can_be_accepted_exactly(tmp_path: Path) -> None:
    """LD-10: the message shows the block that accepts these rows; with it the close goes on and the rejects are in the pack."""
    changed: dict[str, str | bytes] = {"items": tiny.ITEMS + tiny.ITEMS.splitlines()[1].replace("500.00", "500.00") + "\n"}
    params = tiny.write(tmp_path / "in", **changed)
    with pytest.raises(InputError) as refused:
        _run(params, tmp_path, "a")
    message = refused.value.paragraph()
    block = message[message.index("accept_rejects:") : message.index("}]") + 2]
    params.write_text(params.read_text() + block + "\n")
    _run(params, tmp_path, "b")
    params.write_text(params.read_text().replace("rows: 1", "rows: 2"))
    with pytest.raises(InputError):
        _run(params, tmp_path, "c")


def _run(params: Path, tmp_path: Path, name: str) -> None:
    lay_out(make_plan(params, tmp_path / "outputs"), tmp_path / name)
    run_stages(tmp_path / name)


def test_the_tiny_company_closes(small: Finished) -> None:
    assert small.code == 0, small.out + small.err


def decided(folder: Path, *words: str) -> None:
    done = in_process(folder, "decide", "tiny.yaml", *words)
    assert done.code == 0, done.err


def test_decisions_are_taken_in_by_the_next_close(tmp_path: Path) -> None:
    """A person splits the unidentified receipt, undoes it, and the journal keeps both."""
    tiny.write(tmp_path)
    first = in_process(tmp_path, "close", "tiny.yaml").pack
    waiting = table(first, "proposals").loc[lambda p: p["status"] != "AUTO", "receipt_id"].item()
    decided(tmp_path, "--receipt", waiting, "--allocate", "1000:9003:2026:1=42.00", "--reason", "cheque stub seen", "--as", "ana")
    second = in_process(tmp_path, "close", "tiny.yaml").pack
    assert second != first
    row = table(second, "allocations").loc[lambda a: a["receipt_id"] == waiting].iloc[0]
    assert (row["by"], row["amount_applied"], row["rule_id"]) == ("ana", 4200, "PERSON")
    assert "cheque stub seen" in row["reason"]
    decided(tmp_path, "--undo", "1", "--reason", "wrong customer", "--as", "ana")
    third = in_process(tmp_path, "close", "tiny.yaml").pack
    assert waiting not in set(table(third, "allocations")["receipt_id"])
    assert "UNDONE" in set(table(third, "decisions")["outcome"])
    assert len((third / "journal.jsonl").read_text().splitlines()) == 2


@pytest.fixture(scope="module")
def run_of_tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The params of a run of the tiny company that is laid out and done, and its one receipt that waits."""
    folder = tmp_path_factory.mktemp("tiny")
    params = tiny.write(folder)
    plan = make_plan(params, folder / "outputs")
    run = folder / "outputs" / plan.place
    lay_out(plan, run)
    run_stages(run)
    told = canonical({"schema": "arwork-pack-1", "files": [], "journal": {"events": 0, "head": GENESIS}})
    (run / "manifest.json").write_text(told + "\n")
    return params, table(run, "proposals").loc[lambda p: p["status"] != "AUTO", "receipt_id"].item()


@pytest.mark.parametrize(
    "split", ["1000:9003:2026:1=-5", "1000:9003:2026:1=0", "1000:9003:2026:1=10+300", "1000:9003:2026:1=999", "1000:9003:2026:1=1.001"]
)
def test_a_split_that_cannot_be_applied_is_refused_at_once(run_of_tiny: tuple[Path, str], split: str) -> None:
    params, receipt = run_of_tiny
    person = Person("ana", "test")
    with pytest.raises(InputError):
        decide(
            params, params.parent / "outputs", action="ALLOCATE", receipts=[receipt], splits=[split], undoes=0, reason="why", person=person
        )
    assert not (params.parent / "tiny.journal.sqlite").exists()


def test_two_amounts_for_one_currency_are_an_error_dv_05(tmp_path: Path) -> None:
    params = tiny.write(tmp_path, items=tiny.ITEMS.replace("EUR,250.50,250.50,INV", "EUR,999.50,999.50,INV"))
    _run(params, tmp_path, "run")
    found = table(tmp_path / "run", "findings")
    assert found.loc[found["rule"] == "DV-05", "severity"].tolist() == ["error"]


def test_a_changed_previous_pack_stops_the_next_month_with_exit_3(tmp_path: Path) -> None:
    tiny.write(tmp_path)
    pack = in_process(tmp_path, "close", "tiny.yaml").pack
    target = pack / "data" / "receipts.parquet"
    target.chmod(0o644)
    target.write_bytes(target.read_bytes()[:-1] + b"x")
    (tmp_path / "tiny.yaml").write_text(
        tiny.PARAMS.replace("2026-03-31", "2026-04-30").replace("first_period: true", "previous_period: 2026-03")
    )
    refused = in_process(tmp_path, "close", "tiny.yaml")
    assert refused.code == 3, refused.err
    assert "data/receipts.parquet" in refused.err


def test_other_content_under_the_name_of_a_run_is_exit_3(tmp_path: Path) -> None:
    tiny.write(tmp_path / "a")
    pack = in_process(tmp_path / "a", "close", "tiny.yaml").pack
    tiny.write(tmp_path / "b")
    target = tmp_path / "b" / pack.relative_to(tmp_path / "a")
    target.mkdir(parents=True)
    (target / "note.txt").write_text("mine")
    refused = in_process(tmp_path / "b", "close", "tiny.yaml")
    assert refused.code == 3, refused.err
    assert (target / "note.txt").read_text() == "mine"


def test_a_tie_that_fails_is_exit_1_and_says_which(tmp_path: Path) -> None:
    tiny.write(tmp_path, balances=tiny.BALANCES.replace("350.49,0.00,850.49", "350.50,0.00,850.50"))
    done = in_process(tmp_path, "close", "tiny.yaml")
    assert done.code == 1, done.err
    assert "NOT READY" in done.out
    assert "does not hold: RC-10" in done.out
    assert done.pack.is_dir()
