"""Comparison of runs: each changed line with its cause; V5's differences; several closes by one command."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import sealed
import tiny
from conftest import Finished
from resealed import reseal, writable

from arwork.comparing import compare, newest_beside
from arwork.decide import Person, decide
from arwork.errors import InputError, IntegrityError
from arwork.many import close_many
from arwork.pack.manifest import read_manifest
from arwork.pack.verify import verify
from arwork.rerun import differences, run_again
from arwork.signing import Act, sign_off


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One month closed, prepared, and closed again after a decision, a changed input, and changed params."""
    folder = tmp_path_factory.mktemp("compare")
    params, first = sealed.month(folder)
    sign_off(first, folder / "outputs", Act("PREPARE", "", "seen", Person("ann", "test")), params)
    with duckdb.connect() as c:
        rows = c.read_parquet(str(first / "data/receipts.parquet")).filter("amount = 4200").project("receipt_id").fetchall()
    decide(params, folder / "outputs", action="REJECT", receipts=[rows[0][0]], reason="not ours", person=Person("ann", "test"))
    decided = sealed.closed(params)
    (folder / "customers.csv").write_text(tiny.CUSTOMERS.replace("Beta Bau AG", "Beta Bau GmbH"))
    (folder / "items.csv").write_text(tiny.ITEMS + "\n")
    renamed = sealed.closed(params)
    params.write_text(params.read_text() + "policy: {ageing: {buckets: [10, 60, 90, 180]}}\n")
    return {"first": first, "decided": decided, "renamed": renamed, "params": sealed.closed(params)}


def test_a_decision_is_the_cause_of_what_it_changed(runs: dict[str, Path]) -> None:
    found = compare(runs["first"], runs["decided"])
    assert [note.split(" on ")[0] for note in found.notes] == ["PREPARE by ann"]
    assert len(found.causes) == 1  # who the people are, and what they signed, decides nothing
    assert found.causes[0].startswith("decision: ")
    assert "REJECT by ann (not ours)" in found.causes[0]
    assert ("decisions", "new", "decision") in {(line.table, line.change, line.cause) for line in found.lines}
    assert {line.cause for line in found.lines} == {"decision"}


def test_a_changed_file_is_the_cause_of_its_rows(runs: dict[str, Path]) -> None:
    found = compare(runs["decided"], runs["renamed"])
    assert found.causes == ("input: customers.csv (customers) changed; items.csv (open_items) changed",)
    rests = {(line.change, line.cause) for line in found.lines if line.table == "recon_inputs"}
    assert rests == {("changed", "input")}
    (line,) = [line for line in found.lines if line.table == "customers" and line.change == "changed" and "name" in line.what]
    assert (line.key, line.cause) == ("MAIN 1000 C2", "input")
    assert "name Beta Bau AG → Beta Bau GmbH" in line.what


def test_changed_params_are_the_cause_of_other_buckets(runs: dict[str, Path]) -> None:
    found = compare(runs["renamed"], runs["params"])
    assert found.causes == ("params: params/close.yaml (now 'policy: {ageing: {buckets: [10, 60, 90, 180]}}')",)
    assert {"ageing", "ageing_items"} <= {line.table for line in found.lines}
    assert {line.cause for line in found.lines} == {"params"}
    (line,) = [line for line in found.lines if line.key == "MAIN 1000 C1 EUR INVOICE 1"]
    assert "amount 500.00 → 750.50" in line.what


def test_a_tie_that_no_longer_holds_and_other_code_are_said_first(runs: dict[str, Path], tmp_path: Path) -> None:
    other = tmp_path / runs["params"].name
    shutil.copytree(runs["params"], other)
    writable(tmp_path)
    facts = read_manifest(other)
    first = next(tie for tie in facts["ties"] if tie["unit"] == "EUR")
    ties = [{**first, "holds": False, "difference": 7}, *(tie for tie in facts["ties"] if tie != first)]
    versions = {**facts["versions"], "pandas": "9.9"}
    reseal(other, ties=ties, status="NOT READY", why="a tie fails", code="f" * 64, versions=versions)
    found = compare(runs["params"], other)
    tie, was = ties[0], facts["versions"]["pandas"]
    assert found.notes == ("READY became NOT READY: a tie fails", f"{tie['rule']} {tie['name']} no longer holds (0.07 {tie['unit']})")
    assert found.causes == (f"code: the files of arwork ({facts['code'][:12]} became ffffffffffff); pandas {was} became 9.9",)
    assert compare(other, runs["params"]).notes[1] == f"{tie['rule']} {tie['name']} holds now (0.07 {tie['unit']})"


def test_a_run_is_compared_with_the_newest_beside_it(runs: dict[str, Path]) -> None:
    assert compare(runs["params"], runs["params"]).lines == ()
    assert newest_beside(runs["first"]) in (runs["renamed"], runs["params"])


def test_other_closes_are_not_compared(runs: dict[str, Path], tmp_path: Path) -> None:
    _, other = sealed.month(tmp_path, tiny=tiny.PARAMS.replace("close: tiny", "close: other"))
    with pytest.raises(InputError, match="Compare runs of one close"):
        compare(runs["first"], other)
    with pytest.raises(InputError, match="no other run of this period"):
        newest_beside(other)


@pytest.fixture(scope="module")
def executed(small: Finished) -> Path:
    """A month closed by its notebooks."""
    return small.pack


def test_v5_run_again_it_comes_out_the_same(executed: Path) -> None:
    said = run_again(executed, verify(executed).facts)
    assert "tables equal byte by byte" in said
    assert "7 notebooks" in said


def test_v5_other_code_cannot_run_it_again(executed: Path) -> None:
    with pytest.raises(IntegrityError, match="built by other code"):
        run_again(executed, {**verify(executed).facts, "code": "0" * 64})


def test_v5_names_the_cell_that_differs(executed: Path, tmp_path: Path) -> None:
    other = tmp_path / executed.name
    shutil.copytree(executed, other)
    assert list(differences(executed, other)) == []
    path = other / "notebooks/30_reconciliations.ipynb"
    path.chmod(0o644)
    notebook = json.loads(path.read_text())
    cell = next(n for n, c in enumerate(notebook["cells"]) if c.get("outputs"))
    notebook["cells"][cell]["outputs"] = []
    path.write_text(json.dumps(notebook))
    (other / "data").chmod(0o755)
    (other / "data/owed.parquet").unlink()
    (other / "html/50_forecast.html").chmod(0o644)
    (other / "html/50_forecast.html").write_text("<p>all is well</p>")
    (other / "html/note.html").write_text("<p>all is well</p>")
    assert list(differences(executed, other)) == [
        "data/owed.parquet is only in the pack", f"notebooks/30_reconciliations.ipynb, cell {cell + 1}: outputs",
        "html/50_forecast.html is not the file that a run makes", "html/note.html is missing",
    ]  # fmt: skip


def test_the_front_page_says_what_the_pack_is(executed: Path) -> None:
    text = (executed / "pack.html").read_text()
    ties = len(read_manifest(executed)["ties"])
    assert f"READY: all {ties} ties hold" in text
    assert "unidentified" in text
    assert 'href="pack.xlsx"' in text
    assert "<script" not in text


def test_one_refused_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten entities by one command: nine packs and one reason. The closes themselves are stood in for, two at a time."""
    files = [tiny.write(tmp_path / f"e{n}", tiny=tiny.PARAMS.replace("close: tiny", f"close: e{n}")) for n in range(10)]
    calls: list[list[str]] = []

    def close_one(words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        calls.append(words)
        if words[4].endswith("e6/tiny.yaml"):
            return subprocess.CompletedProcess(words, 2, "", "12:00:00  00_intake running\narwork: items.csv, line 2: <b>no amount</b>.\n")
        pack = tmp_path / "outputs" / Path(words[4]).parent.name / "2026-03" / "0123456789ab"
        pack.mkdir(parents=True)
        facts = {"close": pack.parent.parent.name, "period": "2026-03", "run": pack.name, "status": "READY", "why": "all ties hold"}
        told = {**facts, "schema": "arwork-pack-1", "files": [], "journal": {"events": 0, "head": ""}}
        (pack / "manifest.json").write_text(json.dumps(told, sort_keys=True, separators=(",", ":")) + "\n")
        return subprocess.CompletedProcess(words, 0, f"pack: {pack}\n", "")

    monkeypatch.setattr("arwork.many.subprocess.run", close_one)
    ended = close_many(files, tmp_path / "outputs", lambda name, what: None)
    assert [one.code for one in ended] == [0, 0, 0, 0, 0, 0, 2, 0, 0, 0]
    assert ended[6].reason == "items.csv, line 2: <b>no amount</b>."
    assert calls[0][:4] == [sys.executable, "-m", "arwork.cli", "close"]
    page = (tmp_path / "outputs/summary.html").read_text()
    assert "9 of 10 closed, 9 READY" in page
    assert "&lt;b&gt;no amount&lt;/b&gt;" in page
    with pytest.raises(InputError, match="stands twice"):
        close_many([files[0], files[0]], tmp_path / "outputs", lambda name, what: None)


def test_months_of_one_close_run_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tiny.write(tmp_path / f"m{n}") for n in range(4)]
    order: list[str] = []
    monkeypatch.setattr(
        "arwork.many.subprocess.run", lambda words, **_: subprocess.CompletedProcess(words, 4, order.append(words[4]) or "", "")
    )
    ended = close_many(files, tmp_path / "outputs", lambda name, what: None)
    assert order == [str(file) for file in files]
    assert {one.reason for one in ended} == {"it ended with exit code 4"}
