"""Tables of a run read back: the digest decides whether they are ours, the columns whether this release can read them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from arwork.errors import IntegrityError, StoppedError
from arwork.pack.record import publish, read_tables
from arwork.proof import Stage
from arwork.tables import empty


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of one stage with one empty table."""
    for name in ("data", "record"):
        (tmp_path / "1b33f8e9679e" / name).mkdir(parents=True)
    publish(Stage("00_intake", {"open_items": empty("open_items")}, (), ()), tmp_path / "1b33f8e9679e")
    return tmp_path / "1b33f8e9679e"


def test_a_table_of_another_release_is_told_with_the_cure(run: Path) -> None:
    """A pack kept over an update of arwork ended a command with a list of columns and no way out."""
    file, record = run / "data/open_items.parquet", run / "record/00_intake.json"
    pq.write_table(pq.read_table(file).drop_columns(["due_date"]), file)
    said = json.loads(record.read_text(encoding="utf-8"))
    said["tables"]["open_items"]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    record.write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(
        StoppedError, match=r"1b33f8e9679e/data/open_items.parquet: it was written by another release .*due_date.*Close the month again"
    ):
        read_tables(run, ["open_items"])


def test_a_table_with_other_bytes_is_not_read(run: Path) -> None:
    file = run / "data/open_items.parquet"
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(IntegrityError, match="not the table that was published"):
        read_tables(run)
