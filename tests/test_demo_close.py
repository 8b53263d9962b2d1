"""The whole way: the demo's files become a pack, and the pack is what it says."""

from __future__ import annotations

import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import nbformat
import pandas as pd
import pyarrow.parquet as pq
import pytest
from conftest import Finished, arwork, in_process
from openpyxl import load_workbook

from arwork.close import scratch
from arwork.pack.plan import lay_out, make_plan
from arwork.pack.verify import verify
from arwork.run import run_stages

NOTEBOOKS = (
    "00_intake",
    "10_cash_application",
    "20_breaks_refunds",
    "30_reconciliations",
    "40_ageing_collections",
    "50_forecast",
    "90_pack",
)


def table(pack: Path, name: str) -> pd.DataFrame:
    return pq.read_table(pack / "data" / f"{name}.parquet").to_pandas()


def digests(folder: Path, pattern: str) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.glob(pattern)) if p.is_file()
    }


def test_demo_ends_well_and_its_last_line_is_the_pack(demo: Finished) -> None:
    assert demo.code == 0, demo.out + demo.err
    assert demo.pack.is_dir()
    assert "READY" in demo.out
    assert "NOT READY" not in demo.out
    assert re.search(r"waiting: +\d", demo.out)
    assert "Traceback" not in demo.err


def test_every_tie_of_the_demo_holds_and_work_waits(demo: Finished) -> None:
    ties = table(demo.pack, "ties")
    assert len(ties) > 30
    assert ties["holds"].all()
    assert len(table(demo.pack, "owed")) > 50


def test_every_code_cell_ran_once_in_order_without_error_or_noise(demo: Finished) -> None:
    assert sorted(p.stem for p in (demo.pack / "notebooks").glob("*.ipynb")) == list(NOTEBOOKS)
    for path in (demo.pack / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
        outputs = [output for cell in code for output in cell.outputs]
        assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"], path.stem
        assert "/tmp/" not in path.read_text(encoding="utf-8")


def test_planted_cases_are_found(demo: Finished) -> None:
    """Every planted case is in the pack as planted.csv expects it."""
    planted = pd.read_csv(demo.folder / "outputs/demo/sources/planted.csv", dtype=str, keep_default_na=False)
    receipts = table(demo.pack, "receipts").set_index("bank_txn_id")["receipt_id"].to_dict()
    items = table(demo.pack, "open_items").groupby("reference")["item_id"].agg(set).to_dict()
    missed = []
    for case in planted.itertuples():
        rows = table(demo.pack, case.table)
        keys = {case.key, receipts.get(case.key, case.key), *items.get(case.key, ())}
        hit = rows[rows.apply(lambda row, keys=keys: any(str(v) in keys or any(k in str(v).split() for k in keys) for v in row), axis=1)]
        if case.expected not in {str(value) for value in hit[case.column]}:
            missed.append((case.case, case.table, case.column, case.expected, sorted({str(v) for v in hit[case.column]})[:5]))
    assert not missed
    assert len(planted) > 30


def test_planted_cases_cover_the_rule_families(demo: Finished) -> None:
    planted = pd.read_csv(demo.folder / "outputs/demo/sources/planted.csv", dtype=str, keep_default_na=False)
    for family in ("AX-", "EX-", "RC-", "G-", "M0", "CO-"):
        assert planted["rule"].str.contains(family).any() or planted["case"].str.contains(family).any(), family


def test_the_same_close_again_finds_its_pack(demo: Finished) -> None:
    again = arwork(demo.folder, "close", "params/demo.yaml")
    assert again.code == 0
    assert again.pack == demo.pack
    assert "closed before" in again.out


def test_without_notebooks_the_same_tables(demo: Finished, tmp_path: Path) -> None:
    """The stages run in one process, without kernels, write the same Parquet bytes."""
    plan = make_plan(demo.folder / "params/demo.yaml", demo.folder / "outputs")
    lay_out(plan, tmp_path)
    run_stages(tmp_path)
    assert digests(tmp_path, "data/*") == digests(demo.pack, "data/*")
    assert (tmp_path / "pack.xlsx").read_bytes() == (demo.pack / "pack.xlsx").read_bytes()


def test_executed_notebooks_run_again_give_the_same_outputs(small: Finished, tmp_path: Path) -> None:
    """nbval, strict, on a scratch copy: a second execution cannot touch the pack."""
    folder = scratch(small.pack, tmp_path / "again")
    for path in (small.pack / "notebooks").glob("*.ipynb"):
        shutil.copy(path, folder / path.name)
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(folder), "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-3000:]
    cells = sum(c.cell_type == "code" for p in folder.glob("*.ipynb") for c in nbformat.read(p, as_version=4).cells)
    assert f"{cells} passed" in done.stdout
    verify(small.pack)


def test_inputs_are_the_bytes_as_received(demo: Finished) -> None:
    manifest = json.loads((demo.pack / "manifest.json").read_text(encoding="utf-8"))
    sources = demo.folder / "outputs/demo/sources"
    assert len(manifest["sources"]) > 20
    for entry in manifest["sources"]:
        assert (demo.pack / "inputs" / entry["sha256"]).read_bytes() == (sources / entry["name"]).read_bytes()


def test_manifest_lists_versions_ties_params_and_every_file(demo: Finished) -> None:
    manifest = json.loads((demo.pack / "manifest.json").read_text(encoding="utf-8"))
    listed = {row["path"] for row in manifest["files"]}
    present = {p.relative_to(demo.pack).as_posix() for p in demo.pack.rglob("*") if p.is_file()}
    assert present - listed == {"manifest.json", "SHA256SUMS"}
    assert manifest["status"] == "READY"
    assert manifest["versions"]["pandas"] == pd.__version__
    assert {"params/close.yaml", "params/policy.yaml", "journal.jsonl", "pack.xlsx", "html/90_pack.html"} <= listed
    assert all(tie["holds"] for tie in manifest["ties"])
    done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=demo.pack, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_html_fetches_nothing_and_runs_nothing(demo: Finished) -> None:
    for name in NOTEBOOKS:
        page = html.unescape((demo.pack / "html" / f"{name}.html").read_text(encoding="utf-8"))
        assert "default-src 'none'" in page
        assert not re.search(r"<(script|iframe|link|object|embed|form)\b", page, re.IGNORECASE)
        assert not re.search(r"""(src|href)\s*=\s*["']?\s*(https?:)?//""", page, re.IGNORECASE)
        assert "application/vnd.jupyter.widget-view" not in page


def test_workbook_opens_and_says_what_the_pack_says(demo: Finished) -> None:
    book = load_workbook(demo.pack / "pack.xlsx")
    assert {"Lead", "Tie-out", "Ageing", "Exceptions", "Proposals"} <= set(book.sheetnames)
    lead = " ".join(str(cell.value) for row in book["Lead"].iter_rows() for cell in row if cell.value is not None)
    assert demo.pack.name in lead
    assert "READY" in lead
    assert book.properties.created.date() == date(2026, 3, 31)


def test_verify_catches_a_flipped_bit_in_every_kind_of_file(demo: Finished, tmp_path: Path) -> None:
    """A sample of the long proof: one bit in each file, then files added, missing, renamed and linked."""
    pack = tmp_path / demo.pack.name
    shutil.copytree(demo.pack, pack)
    assert arwork(tmp_path, "verify", pack.name, "--quick").code == 0
    for path in sorted(p for p in pack.rglob("*") if p.is_file())[::4]:
        whole = path.read_bytes()
        path.chmod(0o644)
        place = len(whole) // 2
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :] if whole else b"x")
        with pytest.raises(Exception, match=r"."):
            verify(pack)
        path.write_bytes(whole)
    verify(pack)
    (pack / "extra.txt").write_text("x")
    assert in_process(tmp_path, "verify", pack.name).code == 3
    (pack / "extra.txt").unlink()
    (pack / "html/00_intake.html").rename(pack / "html/00_other.html")
    assert in_process(tmp_path, "verify", pack.name).code == 3
