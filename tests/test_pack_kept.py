"""The kept index: with it, without it, and with a damaged one the same is proposed; what is damaged is never trusted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from arwork.journal.body import DECIDED_COLUMNS
from arwork.matching.index import Index, index
from arwork.matching.payer import identify
from arwork.matching.references import extract
from arwork.matching.strategies import CashBooks, propose
from arwork.matching.universe import universe
from arwork.money import ISO
from arwork.pack import kept
from arwork.tables import empty
from tests.ax import customer, customers, item, items, policy, receipt, receipts

RULES = policy()
AS_OF = date(2025, 3, 31)
OPEN = items(
    *(
        item(f"INV-2025-{n:05}", f"C{n % 9}", f"{100 + n % 7}.00", due=f"2025-03-{1 + n % 28:02}", po_no=f"PO{n % 11}" if n % 3 else "",
             assignment="É-77/1" if n == 5 else "", reversed_by="X" if n == 8 else "", posting_date="2025-04-02" if n == 13 else "2025-03-01")
        for n in range(80)
    ),
    item("R-1", "C1", "-50.00", doc_type="RCPT", ref_item="INV-2025-00001"), item("R-2", "C2", "-10.00", doc_type="RCPT"),
)  # fmt: skip
WHO = customers(
    *(
        customer(f"C{n}", name)
        for n, name in enumerate(f"{word} Werke GmbH" for word in ("Nord", "Süd", "Ost", "West", "Alt", "Neu", "Rot", "Blau", "Gelb"))
    )
)
IN = receipts(
    receipt("R1", "103.00", "2025-03-12", text="INV-2025-00003 Rechnung", name="West Werke"),
    receipt("R2", "51.00", "2025-03-12", text="INV 2025 00001", name="Süd Werke GmbH"),
    receipt("R3", "105.00", "2025-03-12", text="E771", name="Neu Werkee"),
)  # fmt: skip


def proposed(known: Index | None) -> tuple[pd.DataFrame, ...]:
    lines = empty("remittance_lines")
    references = extract(IN, OPEN, lines, RULES.matching, known.register if known else None)
    payers = identify(IN, references, OPEN, WHO, empty("customer_banks"), RULES.matching, known=known.formed if known else None)
    books = CashBooks(
        payers, references, OPEN, lines, WHO, empty("disputes"), empty("breaks"), pd.DataFrame(columns=list(DECIDED_COLUMNS)), empty("ledgers"),
        RULES, ISO, AS_OF, index=known,
    )  # fmt: skip
    return (references, payers, *propose(books))


def same(one: tuple[pd.DataFrame, ...], other: tuple[pd.DataFrame, ...]) -> None:
    for left, right in zip(one, other, strict=True):
        assert_frame_equal(left, right)


def cut(folder: Path) -> None:
    path = folder / "codes.arrow"
    path.write_bytes(path.read_bytes()[:-9])


def swapped(folder: Path) -> None:
    shutil.copy(folder / "cleaned.arrow", folder / "forms.arrow")


def flipped(folder: Path) -> None:
    data = bytearray((folder / "cores.arrow").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "cores.arrow").write_bytes(bytes(data))


def gone(folder: Path) -> None:
    (folder / "names.arrow").unlink()


def unsigned(folder: Path) -> None:
    (folder / "index.json").write_text("[]", encoding="utf-8")


def of_others(folder: Path) -> None:
    """An index of fewer items, whole in itself, under the name of ours."""
    shutil.rmtree(folder)
    kept.load_or_build(folder, OPEN.head(7), WHO, RULES.matching)


@pytest.mark.parametrize("damage", [cut, swapped, flipped, gone, unsigned, of_others], ids=lambda f: f.__name__)
def test_the_index_changes_no_result_and_is_never_trusted_damaged(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """Without an index, with a new one, with a kept one and with a damaged one the same is proposed; the damaged one is replaced."""
    folder = tmp_path / ".index" / "a"
    plain = proposed(None)
    assert "M04" in set(plain[2]["strategy"])
    same(plain, proposed(kept.load_or_build(folder, OPEN, WHO, RULES.matching)))
    whole = (folder / "index.json").read_bytes()
    same(plain, proposed(kept.load_or_build(folder, OPEN, WHO, RULES.matching)))
    damage(folder)
    same(plain, proposed(kept.load_or_build(folder, OPEN, WHO, RULES.matching)))
    assert (folder / "index.json").read_bytes() == whole
    assert [path.name for path in folder.parent.iterdir()] == ["a"]


def test_an_index_that_is_whole_is_read_not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run builds nothing."""
    kept.load_or_build(tmp_path / "a", OPEN, WHO, RULES.matching)
    monkeypatch.setattr(kept, "_keep", lambda *_: pytest.fail("built again"))
    found = kept.load_or_build(tmp_path / "a", OPEN, WHO, RULES.matching)
    assert found.formed == index(OPEN, WHO, RULES.matching).formed


def test_old_indexes_are_removed(tmp_path: Path) -> None:
    """Only the newest few are kept, and nothing half-written."""
    (tmp_path / ".dead").mkdir()
    for name in "abcde":
        kept.load_or_build(tmp_path / name, OPEN, WHO, RULES.matching)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == kept.KEPT_MOST
    assert "e" in left
    assert ".dead" not in left


def test_an_index_goes_by_all_it_depends_on() -> None:
    """Other items, other customers or other rules for numbers are another index."""
    other = policy(matching={"reference_min_length": 5})
    names = {
        kept.index_name(*given) for given in (("a", "b", RULES.matching), ("c", "b", RULES.matching), ("a", "c", RULES.matching), ("a", "b", other.matching))
    }  # fmt: skip
    assert len(names) == 4
    assert kept.index_name("a", "b", RULES.matching) in names


def test_a_run_keeps_its_index_below_the_outputs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a run folder of its close and period, with published tables and many items, keeps one; outside every pack."""
    run = tmp_path / "demo" / "2025-03" / ".staging-r"
    (run / "record").mkdir(parents=True)
    known = {"tables": {name: {"rows": 1, "sha256": name} for name in ("open_items", "customers")}}
    (run / "record" / "00_intake.json").write_text(json.dumps(known), encoding="utf-8")
    assert kept.kept_index(run, ("demo", "2025-03"), OPEN, WHO, RULES.matching) is None
    monkeypatch.setattr(kept, "WORTH_IT", 10)
    assert kept.kept_index(run, ("demo", "2025-04"), OPEN, WHO, RULES.matching) is None
    assert not (tmp_path / kept.FOLDER).exists()
    assert kept.kept_index(run, ("demo", "2025-03"), OPEN, WHO, RULES.matching) is not None
    assert len(list((tmp_path / kept.FOLDER).iterdir())) == 1


def test_items_read_one_by_one_are_the_items_read_at_once() -> None:
    """For few payments and for many, in order or not, a universe holds the same."""
    worlds = [
        universe(OPEN, empty("disputes"), AS_OF), universe(OPEN, empty("disputes"), AS_OF, wanted=1),
        universe(OPEN.iloc[::-1].reset_index(drop=True), empty("disputes"), AS_OF, wanted=1),
    ]  # fmt: skip
    for world in worlds[1:]:
        for name in ("items", "by_account", "settled", "later", "credits", "by_left"):
            assert dict(getattr(world, name)) == dict(getattr(worlds[0], name)), name
        assert world.find("nothing") is None
