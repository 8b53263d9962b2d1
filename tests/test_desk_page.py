"""What goes to the page of the desk and what comes from it, without a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from arwork.desk.grid import COLUMNS, cells, packed, page_script
from arwork.desk.typed import as_typed, decimal_mark, typed_amount
from arwork.money import ISO

PAGE = Path(__file__).resolve().parent.parent / "arwork" / "desk" / "page"


@pytest.mark.parametrize("path", sorted(PAGE.glob("*.js")), ids=lambda path: path.name)
def test_the_page_makes_text_nodes_only_and_asks_nobody(path: Path) -> None:
    """No markup from strings, no code from strings, no network, nothing kept in the browser."""
    code = path.read_text(encoding="utf-8")
    for word in (
        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "DOMParser", "createContextualFragment", "srcdoc",
        "fetch(", "XMLHttpRequest", "WebSocket", "import(", "localStorage", "sessionStorage", "document.cookie", "href", "src=",
    ):  # fmt: skip
        assert word not in code, word
    assert len(code.splitlines()) <= 400
    assert max(map(len, code.splitlines())) <= 165


def test_the_page_is_one_module_with_one_way_in() -> None:
    assert len(re.findall(r"^export ", page_script(), re.MULTILINE)) == 1
    assert not re.search(r"^import ", page_script(), re.MULTILINE)


def rows(size: int) -> pd.DataFrame:
    frame: dict[str, Any] = {column.name: [f"{column.name} {n}" for n in range(size)] for column in COLUMNS}
    frame |= {
        "queue": [("confirm", "decide")[n % 2] for n in range(size)], "amount": np.array([2**53 + 1 + n for n in range(size)]),
        "value_date": pd.to_datetime(["2026-03-31"] * size), "age_days": np.arange(size), "probability": [997_562] * size,
        "payer": ["one\nline \u202e\x00 two"] * size,
    }  # fmt: skip
    return pd.DataFrame(frame)


def read_back(said: dict[str, Any], buffers: list[bytes]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for column in said["columns"]:
        if column["form"] == "coded":
            words = buffers[column["words"]].decode().split("\n")
            found[column["name"]] = [words[code] for code in np.frombuffer(buffers[column["codes"]], dtype=np.int32)]
        elif column["form"] == "texts":
            found[column["name"]] = buffers[column["texts"]].decode().split("\n")
        else:
            kind = np.int64 if column["form"] == "wide" else np.int32
            found[column["name"]] = np.frombuffer(buffers[column["numbers"]], dtype=kind).tolist()
    return found


def test_columns_come_back_whole_and_exact() -> None:
    """Amounts beyond 2**53, days, shares; a line end or an invisible letter inside a text parts nothing."""
    said, buffers = packed(rows(5))
    back = read_back(said, buffers)
    assert said["size"] == 5
    assert back["amount"] == [2**53 + 1 + n for n in range(5)]
    assert back["value_date"] == [20543] * 5
    assert back["probability"] == [9975] * 5
    assert back["payer"] == ["one⟨U+000A⟩line ⟨U+202E⟩⟨U+0000⟩ two"] * 5
    assert back["queue"] == ["confirm", "decide", "confirm", "decide", "confirm"]
    assert back["receipt_id"] == [f"receipt_id {n}" for n in range(5)]
    assert packed(rows(0))[0]["size"] == 0


def test_changed_cells_say_the_same_as_the_columns() -> None:
    back = read_back(*packed(rows(3)))
    for place, row in enumerate(cells(rows(3))):
        assert {name: int(value) if name == "amount" else value for name, value in row.items()} == {k: v[place] for k, v in back.items()}


@pytest.mark.parametrize(
    ("text", "country", "minor", "refused"),
    [
        ("1.234,50", "DE", 123450, False), ("1234,5", "DE", 123450, False), ("980.50", "DE", 98050, False), ("1,234.50", "DE", 123450, False),
        ("1.234", "DE", 123400, False), ("1,234", "DE", 0, True), ("1,234.50", "US", 123450, False), ("980,50", "US", 98050, False),
        ("1,234", "US", 123400, False), ("1.234", "US", 0, True), ("-20,00", "FR", -2000, False), ("", "DE", 0, False), ("abc", "DE", 0, True),
        ("1e3", "US", 0, True), ("12 345,67", "FR", 1234567, False), ("1'234.50", "CH", 123450, False), ("NaN", "GB", 0, True),
    ],
)  # fmt: skip
def test_typed_amounts_are_read_in_the_way_of_their_ledger(text: str, country: str, minor: int, refused: bool) -> None:
    found, problem = typed_amount(text, "EUR", ISO, decimal_mark(country))
    assert (found, bool(problem)) == (minor, refused)


@pytest.mark.parametrize("country", ["DE", "US", ""])
@pytest.mark.parametrize(("minor", "currency"), [(123450, "EUR"), (-2000, "EUR"), (5, "EUR"), (81576, "JPY"), (1234567, "KWD")])
def test_what_is_filled_in_reads_back_the_same(minor: int, currency: str, country: str) -> None:
    mark = decimal_mark(country)
    assert typed_amount(as_typed(minor, currency, ISO, mark), currency, ISO, mark) == (minor, "")
    assert as_typed(0, currency, ISO, mark) == ""
