"""The bench: a made-up world through the engine, and its score against truth written by hand."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

BENCH = Path(__file__).resolve().parent.parent / "bench"
COLUMNS = ["receipt_id", "invoice_id", "amount", "status", "probability", "strategy"]


def command(script: str, *args: object) -> str:
    done = subprocess.run([sys.executable, str(BENCH / script), *map(str, args)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"bench_{name}", BENCH / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    command("world.py", "750,300,60", "mixed", 5, folder / "one")
    command("world.py", "750,300,60", "mixed", 5, folder / "two")
    return folder


def test_a_world_is_the_same_twice_and_whole(world: Path) -> None:
    """A seed gives the same bytes; each receipt has one label; truth names known invoices once and adds up to the receipt."""
    files = sorted((world / "one").glob("*.parquet"))
    assert len(files) == 7
    for path in files:
        assert path.read_bytes() == (world / "two" / path.name).read_bytes(), path.name
    tables = {path.stem: pd.read_parquet(path) for path in files}
    invoices, receipts, truth, labels = (tables[name] for name in ("invoices", "receipts", "truth", "labels"))
    assert len(receipts) == 300
    assert len(invoices) == 750
    assert invoices["invoice_id"].is_unique
    assert set(labels["receipt_id"]) == set(receipts["receipt_id"])
    assert not truth.duplicated(["receipt_id", "invoice_id"]).any()
    assert truth["invoice_id"].isin(invoices["invoice_id"]).all()
    paid = truth.groupby("receipt_id")["alloc"].sum()
    assert (paid == receipts.set_index("receipt_id")["amount"].loc[paid.index]).all()
    empty = labels.loc[~labels["receipt_id"].isin(truth["receipt_id"]), "kind"]
    assert set(empty) == {"dup", "other", "onacct"}


@pytest.mark.parametrize("level", ["easy", "hard"])
def test_other_levels_are_made_whole(level: str, tmp_path: Path) -> None:
    """The easy and the hard level make as many receipts as asked for; the hard one hides more numbers."""
    command("world.py", "2500,1000,200", level, 1, tmp_path)
    labels = pd.read_parquet(tmp_path / "labels.parquet")
    hidden = (labels["memo_style"] == "none").mean()
    assert len(labels) == 1000
    assert hidden < 0.15 if level == "easy" else hidden > 0.2


def test_the_engine_runs_over_a_world_and_says_the_same_twice(world: Path, tmp_path: Path) -> None:
    """OUT has the six columns, whole amounts, no pair twice; a second run gives the same bytes."""
    told = [json.loads(command("run.py", world / "one", tmp_path / f"{n}.parquet")) for n in (1, 2)]
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()
    out = pd.read_parquet(tmp_path / "1.parquet")
    assert list(out.columns) == COLUMNS
    assert out["amount"].dtype == "int64"
    assert not out.duplicated(["receipt_id", "invoice_id"]).any()
    assert out["probability"].between(0, 1).all()
    assert set(out["status"]) <= {"AUTO", "SUGGEST", "REVIEW"}
    assert sum(told[0]["status"].values()) == 300
    assert {"convert", "extract", "identify", "duplicates", "propose"} <= set(told[0]["cpu"])
    found = json.loads(command("score.py", world / "one", tmp_path / "1.parquet", "--json"))
    assert found["precision"] > 0.9
    assert found["whole_receipts_exact"] > 0.5


def frame(columns: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


RECEIPTS = frame("receipt_id amount", ("R1", 100), ("R2", 300), ("R3", 50), ("R4", 80), ("R5", 20))
TRUTH = frame("receipt_id invoice_id alloc", ("R1", "A", 100), ("R2", "B", 200), ("R2", "C", 100), ("R3", "D", 50))
LABELS = frame(
    "receipt_id kind memo_style",
    ("R1", "exact", "refs"),
    ("R2", "lump", "refs"),
    ("R3", "exact", "none"),
    ("R4", "other", "none"),
    ("R5", "dup", "none"),
)


def test_the_score_of_truth_written_by_hand() -> None:
    """R1 right and alone; R2 half named; R3 only for review; R4 wrongly proposed; R5 rightly left: 2 of 5 exact, 2 of 3 pairs, 2 of 4 found."""
    rows = frame(
        "receipt_id invoice_id amount status",
        ("R1", "A", 100, "AUTO"), ("R2", "B", 300, "SUGGEST"), ("R3", "D", 50, "REVIEW"), ("R4", "A", 80, "AUTO"),
    )  # fmt: skip
    found = loaded("score").figures(rows, TRUTH, RECEIPTS, LABELS)
    assert (found["precision"], found["recall"]) == (round(2 / 3, 5), 0.5)
    assert found["f1"] == round(4 / 7, 5)
    assert found["whole_receipts_exact"] == 0.4
    assert found["receipts_proposed"] == 0.6
    assert found["exact_of_proposed"] == round(1 / 3, 5)
    assert (found["auto_share"], found["auto_wrong"]) == (0.4, 1)
    assert (found["auto_precision_count"], found["auto_precision_value"]) == (0.5, round(100 / 180, 5))
    assert found["auto_error_upper95"] == round(0.95**0.5, 5)
    assert found["amount_right_of_hits"] == 0.5
    assert found["by_kind"] == {"dup": 1.0, "exact": 0.5, "lump": 0.0, "other": 0.0}


def test_a_pair_named_twice_is_no_proposal() -> None:
    rows = frame("receipt_id invoice_id amount status", ("R1", "A", 50, "AUTO"), ("R1", "A", 50, "AUTO"))
    with pytest.raises(ValueError, match="twice"):
        loaded("score").figures(rows, TRUTH, RECEIPTS)


def test_nothing_proposed_scores_without_a_division_by_zero() -> None:
    rows = frame("receipt_id invoice_id amount status").astype({"amount": "int64"})
    found = loaded("score").figures(rows, TRUTH, RECEIPTS)
    assert (found["f1"], found["whole_receipts_exact"], found["auto_error_upper95"]) == (0.0, 0.4, 1.0)


MATCHES = pd.DataFrame({
    "match": ["1", "2", "3", "4"], "kind": ["1:1", "1:n", "n:1", "1:1"], "damage": ["none", "none", "none", "digit"],
    "invoice": [frozenset("A"), frozenset("BC"), frozenset("D"), frozenset("E")],
    "payment": [frozenset({"p1"}), frozenset({"p2"}), frozenset({"p3", "p4"}), frozenset({"p5"})],
})  # fmt: skip


@pytest.mark.parametrize(
    ("more", "right", "whole"),
    [
        ([], [True, True, True, False], [True, True, False, False]),
        ([("p4", "D", "SUGGEST")], [True, True, True, False], [True, True, True, False]),
        ([("p5", "A", "AUTO")], [False, True, True, False], [False, True, False, False]),
        ([("p5", "A", "REVIEW"), ("p5", "E", "SUGGEST")], [True, True, True, True], [True, True, False, True]),
        ([("p2", "X", "SUGGEST")], [True, False, True, False], [True, False, False, False]),
    ],
    ids=["as they stand", "every part named", "another payment on its invoice", "review does not count", "one invoice too many"],
)
def test_matches_of_payments_and_invoices(
    more: list[tuple[str, str, str]], right: list[bool], whole: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A match is right when its payments name its invoices and no other payment does, whole when each of them names something."""
    monkeypatch.syspath_prepend(str(BENCH))
    rows = frame(
        "receipt_id invoice_id status", ("p1", "A", "AUTO"), ("p2", "B", "SUGGEST"), ("p2", "C", "SUGGEST"), ("p3", "D", "SUGGEST"), *more
    )
    seen = loaded("pay_to_inv").judged(MATCHES, rows)
    assert seen["right"].tolist() == right
    assert seen["whole"].tolist() == whole
