"""The door of the bench: beds of other shapes are read whole or refused with the place (CV-02), before anything runs."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from arwork.errors import InputError

BENCH = Path(__file__).resolve().parent.parent / "bench"
ROWS: dict[str, dict[str, list[object]]] = {
    "customers": {"customer_id": ["C1", "C2"], "name": ["Nord AG", "Süd AG"], "parent_id": ["", "C1"]},
    "customer_banks": {"customer_id": ["C1"], "account": ["DE1"]},
    "invoices": {
        "invoice_id": ["4711", "4712"], "customer_id": ["C1", "C2"], "issue_date": [pd.Timestamp("2026-03-02"), pd.Timestamp("2026-03-04")],
        "due_date": [pd.Timestamp("2026-04-02"), pd.Timestamp("2026-04-04")], "currency": ["EUR", "EUR"], "amount": [10000, 20000],
        "disc_pct": [2, 0], "disc_days": [10, 0],
    },
    "receipts": {
        "receipt_id": ["R1", "R2"], "value_date": [pd.Timestamp("2026-03-30"), pd.Timestamp("2026-03-31")], "currency": ["EUR", "EUR"],
        "amount": [10000, 20000], "payer_name": ["NORD AG", "SUED AG"], "memo": ["4711", ""], "payer_account": ["DE1", ""],
    },
}  # fmt: skip
Frames = dict[str, pd.DataFrame]
Change = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("bed_files")


def written(folder: Path, name: str = "", change: Change | None = None) -> Path:
    for each, columns in ROWS.items():
        frame = pd.DataFrame(columns)
        frame = change(frame) if change and each == name else frame
        frame.to_parquet(folder / f"{each}.parquet", index=False)
    return folder


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("receipts", lambda f: f.assign(memo=["4711", None], payer_account=["DE1", None])),
        ("receipts", lambda f: f.assign(value_date=f["value_date"].dt.date)),
        ("receipts", lambda f: f.assign(value_date=f["value_date"].dt.strftime("%Y-%m-%d"))),
        ("receipts", lambda f: f.assign(value_date=f["value_date"].dt.tz_localize("UTC"))),
        ("receipts", lambda f: f.assign(currency=f["currency"].astype("category"))),
        ("invoices", lambda f: f.assign(invoice_id=f["invoice_id"].astype("int64"))),
        ("invoices", lambda f: f.assign(amount=f["amount"].astype("int32"))),
    ],
)
def test_other_types_of_the_same_rows_are_the_same_rows(door: ModuleType, tmp_path: Path, name: str, change: Change) -> None:
    """Blank or null, date or ISO text, category or text, number or text as a name: the same table comes out."""
    (tmp_path / "plain").mkdir()
    (tmp_path / "other").mkdir()
    plain, other = door.read_bed(written(tmp_path / "plain"))[name], door.read_bed(written(tmp_path / "other", name, change))[name]
    assert plain.astype("str").to_dict("list") == other.astype("str").to_dict("list")


def test_what_a_bed_does_not_know_comes_in_blank(door: ModuleType, tmp_path: Path) -> None:
    """No file of bank accounts, no accounts of payers, no parents, no discounts: as if they were blank or zero."""
    folder = written(tmp_path)
    (folder / "customer_banks.parquet").unlink()
    for name, columns in {"customers": ["parent_id"], "receipts": ["payer_account"], "invoices": ["disc_pct", "disc_days"]}.items():
        pd.DataFrame(ROWS[name]).drop(columns=columns).to_parquet(folder / f"{name}.parquet", index=False)
    got: Frames = door.read_bed(folder)
    assert got["customer_banks"].empty
    assert got["customers"]["parent_id"].tolist() == got["receipts"]["payer_account"].tolist() == ["", ""]
    assert got["invoices"][["disc_pct", "disc_days"]].to_numpy().tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("receipts", lambda f: f.assign(amount=[100.0, 200.5]), "row 1, column amount, value '100.0'"),
        ("receipts", lambda f: f.drop(columns="memo"), "the column memo is missing"),
        ("receipts", lambda f: f.assign(currency=["EUR", None]), "row 2, column currency"),
        ("invoices", lambda f: f.assign(issue_date=["2026-03-02", "04/03/2026"]), "row 2, column issue_date, value '04/03/2026'"),
        ("invoices", lambda f: pd.concat([f, f.tail(1)]), "row 3, column invoice_id, value '4712'"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(door: ModuleType, tmp_path: Path, name: str, change: Change, said: str) -> None:
    """A float, a missing column, a blank, a date that may be two days and a name twice: file, row, column, value."""
    with pytest.raises(InputError) as refused:
        door.read_bed(written(tmp_path, name, change))
    assert said in str(refused.value)
    assert f"{name}.parquet" in str(refused.value)


def test_a_file_that_is_missing_or_is_none_is_said(door: ModuleType, tmp_path: Path) -> None:
    """Neither ends in a traceback."""
    folder = written(tmp_path)
    (folder / "receipts.parquet").write_bytes(b"hello")
    with pytest.raises(InputError, match="not a Parquet file"):
        door.read_bed(folder)
    (folder / "receipts.parquet").unlink()
    with pytest.raises(InputError, match="a bed needs this file"):
        door.read_bed(folder)


def test_a_discount_of_two_and_a_half_percent_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A percent was once cut to whole numbers, and 2.5 became 2."""
    monkeypatch.syspath_prepend(str(BENCH))
    frames = {name: pd.DataFrame(columns) for name, columns in ROWS.items()}
    frames["invoices"] = frames["invoices"].assign(disc_pct=[2.5, 0.0])
    assert importlib.import_module("books").bed(frames).open_items["disc1_pct"].tolist() == [25_000, 0]
