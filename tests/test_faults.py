"""A close is interrupted at system calls drawn by chance: nothing half-done is visible, nothing acknowledged is lost, the same command mends it.

`python bench/faults.py` tries every call, and kills closes with their kernels.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import fault_world
import faulty
import pytest

import arwork.journal.lock as lock_module
from arwork.errors import StoppedError
from arwork.journal.durable import replace_whole, write_new
from arwork.journal.lock import held
from arwork.pack import build
from arwork.pack.digest import write_once
from arwork.pack.manifest import read_manifest

SAMPLE = {
    "publish a stage": 3,
    "seal and publish": 2,
    "append, SQLite": 8,
    "append, lines": 8,
    "sign": 3,
    "sign with a key": 2,
    "inbox": 4,
    "intake": 1,
}
SEED = 20260331


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    if not faulty.possible():
        pytest.skip("this system lets nobody ask about system calls")
    fault_world.warmed()
    with tempfile.TemporaryDirectory(prefix="arwork-faults-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as place:
        built = faulty.run(lambda: fault_world.build(Path(place) / "base") or "", Path("/nowhere"), None, ())
        assert built.ended == "answered", built.said
        yield Path(place) / "base"


@pytest.mark.parametrize("name", SAMPLE)
def test_interrupted_anywhere_and_done_again(base: Path, tmp_path: Path, name: str) -> None:
    operation = fault_world.OPERATIONS[name]
    calm = fault_world.undisturbed(base, operation, tmp_path)
    assert calm.ended == "answered", calm.said
    faults = random.Random(f"{SEED} {name}").sample(list(fault_world.points(calm.calls, reads=20)), SAMPLE[name])
    for fault in faults:
        ran, wrong = fault_world.tried(base, operation, fault, tmp_path)
        assert ran.hit, f"{fault} met no call"
        assert not wrong, f"{fault} at {ran.hit}: {wrong}"


def test_a_full_disk_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    """What was written in place left half a record, and a close that could never be resumed."""
    if not faulty.possible():
        pytest.skip("this system lets nobody ask about system calls")
    ended = []
    for kind in faulty.KINDS:
        for nth in range(1, 9):
            folder = tmp_path / f"{kind}{nth}"
            folder.mkdir()
            ran = faulty.run(lambda folder=folder: write_once(folder / "record.json", b"whole") or "", folder, faulty.Fault(kind, nth))
            assert (folder / "record.json").read_bytes() == b"whole" if (folder / "record.json").exists() else ran.ended != "answered"
            ended.append(ran.ended)
    assert {"answered", "refused", "killed"} <= set(ended)


def test_a_journal_of_lines_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    """Appended in place, a full disk left half a line, and with it a journal that nobody could read again."""
    if not faulty.possible():
        pytest.skip("this system lets nobody ask about system calls")
    for kind in faulty.KINDS:
        for nth in range(1, 9):
            file = tmp_path / f"{kind}{nth}" / "journal.jsonl"
            file.parent.mkdir()
            file.write_text("one\n")
            faulty.run(lambda file=file: replace_whole(file, b"one\ntwo\n") or "", file.parent, faulty.Fault(kind, nth))
            assert file.read_text() in ("one\n", "one\ntwo\n")


def test_nothing_is_replaced_and_no_link_is_followed(tmp_path: Path) -> None:
    write_once(tmp_path / "a", b"first")
    with pytest.raises(StoppedError, match="is there already"):
        write_once(tmp_path / "a", b"second")
    (tmp_path / "b").symlink_to(tmp_path / "c")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "b", b"x")
    assert (tmp_path / "a").read_bytes() == b"first"
    assert not (tmp_path / "c").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]


def test_a_draft_that_a_dead_writer_left_is_not_sealed(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base / "seal and publish", tmp_path / "place")
    place = next(p for p in (tmp_path / "place/outputs").glob("*/*/.staging-*") if p.is_dir())
    (place / "data/.data.receipts.parquet.77.part").write_bytes(b"half")
    looked = faulty.run(lambda: fault_world.sealing(tmp_path / "place"), Path("/nowhere"), None, ())
    assert looked.ended == "answered", looked.said
    assert not list((tmp_path / "place/outputs").rglob("*.part"))


def test_a_draft_whose_removal_was_refused_is_not_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An input/output error at the removal of a draft is passed over, since the file is there; the seal took the draft in."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/x").write_bytes(b"x")
    removed, refused = Path.unlink, []

    def unlink(path: Path, missing_ok: bool = False) -> None:
        """Refuse the first removal of each draft that is there."""
        if path.suffix == ".part" and path.exists() and path not in refused:
            refused.append(path)
            raise OSError(5, "Input/output error")
        removed(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    build.seal(tmp_path, {"journal": {"events": 0, "head": ""}})
    assert len(refused) == 3
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["SHA256SUMS", "manifest.json", "verify.py", "x"]
    assert [row["path"] for row in read_manifest(tmp_path)["files"]] == ["data/x", "verify.py"]


def test_the_lock_of_a_close_that_was_killed_after_its_rename_goes_with_the_next(base: Path, tmp_path: Path) -> None:
    """The pack is whole and found again; the empty lock file stood beside it for good. One that somebody holds stays."""
    shutil.copytree(base / "sign", tmp_path / "place")
    (pack,) = fault_world.packs(tmp_path / "place")
    lock = pack.with_name(f".staging-{pack.name}.lock")
    lock.touch()
    with held(lock, "it"):
        build.settle(pack)
        assert lock.exists()
    build.settle(pack)
    assert not lock.exists()
    with pytest.raises(StoppedError, match="sealed by another process"), build.staging(pack):
        pass
    assert [p.name for p in pack.parent.iterdir()] == [pack.name]


def test_a_lock_file_that_its_last_holder_removed_holds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waited for it would work beside the holder of the new one."""
    wanted = lock_module.os.open

    def late(path: Path, *more: int) -> int:
        """Open it while its holder removes it."""
        handle = wanted(path, *more)
        path.unlink()
        return handle

    monkeypatch.setattr(lock_module.os, "open", late)
    with pytest.raises(StoppedError, match="by another process"), held(tmp_path / "lock", "it is done"):
        pass
