"""Kinds of tampering, each caught by a level of `arwork verify`; forged packs that are consistent in themselves; bit flips; false alarms."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sealed
import tiny
from resealed import reseal, rewrite, writable

from arwork.decide import Person, decide
from arwork.errors import ArworkError, InputError, IntegrityError
from arwork.journal.chain import GENESIS, head, link
from arwork.journal.chain import sealed as seal_event
from arwork.journal.events import Event, canonical
from arwork.journal.lines import as_line, parse
from arwork.pack.manifest import MANIFEST, SUMS, read_manifest
from arwork.pack.signed import folder_of
from arwork.pack.verify import verify
from arwork.signing import Act, sign_off
from arwork.verifying import Brought, Report, verify_levels

FLIPS = int(os.environ.get("ARWORK_FLIPS", "300"))
"""Bits flipped in this run; `make proof` flips 10,000."""
CLOSES = int(os.environ.get("ARWORK_CLOSES", "1"))
"""Different closes that must verify without a complaint; `make proof` makes 190, and `bench/many.py` ten by their kernels."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month with two decisions, prepared, reviewed and certified."""
    folder = tmp_path_factory.mktemp("tampering")
    params, pack = sealed.month(folder)
    with duckdb.connect() as c:
        rows = c.read_parquet(str(pack / "data/receipts.parquet")).project("receipt_id, amount").fetchall()
    (unknown,) = [receipt for receipt, amount in rows if amount == 4200]
    for action in ("HOLD", "REJECT"):
        decide(params, folder / "outputs", action=action, receipts=[unknown], reason="asked", person=Person("ann", "OS account"))
    shutil.rmtree(pack)
    pack = sealed.closed(params)
    for act, who in (("PREPARE", "ann"), ("REVIEW", "bob"), ("CERTIFY", "cem")):
        sign_off(pack, folder / "outputs", Act(act, "", "looked", Person(who, "OS account")), params)
    return folder


@pytest.fixture
def pack(built: Path, tmp_path: Path) -> Path:
    """A copy whose files can be written."""
    shutil.copytree(built / "outputs", tmp_path / "outputs")
    writable(tmp_path / "outputs")
    return next(p for p in (tmp_path / "outputs/tiny/2026-03").iterdir() if p.suffix != ".signoff")


def checked(pack: Path, **brought: Any) -> Report:
    return verify_levels(pack, Brought(**brought), None, lambda level, said: None)


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a JSON file in place, canonically."""
    said = json.loads(path.read_text())
    change(said)
    path.write_text(canonical(said) + "\n")


def journal(pack: Path, change: Callable[[list[Event]], list[Event]]) -> None:
    """Rewrite the pack's journal with a chain that holds, and seal the pack again."""
    events: list[Event] = []
    for old in change(parse((pack / "journal.jsonl").read_text(), "journal")):
        events.append(
            seal_event(
                events[-1] if events else None,
                at=old.at,
                by=old.by,
                known_by=old.known_by,
                action=old.action,
                body=old.body,
                reason=old.reason,
            )
        )
    (pack / "journal.jsonl").write_text("".join(as_line(e) + "\n" for e in events))
    said = {"events": len(events), "head": head(events)}
    edit(pack / "record/plan.json", lambda record: record.update(journal=said))
    reseal(pack, journal=said)


def signed(pack: Path, number: int) -> Path:
    return sorted(folder_of(pack).glob("*.json"))[number]


def act_of(pack: Path, number: int, **change: object) -> None:
    """Change an act in its file and give it a hash that fits, as a forger would."""
    said = json.loads(signed(pack, number).read_text())
    said["act"].update(change)
    content = {k: v for k, v in said["act"].items() if k not in ("prev", "hash")}
    said["act"]["hash"] = link(said["act"]["prev"], content)
    signed(pack, number).write_text(canonical(said) + "\n")


def other_content(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"~")


def swap(one: Path, other: Path) -> None:
    a, b = one.read_bytes(), other.read_bytes()
    one.write_bytes(b)
    other.write_bytes(a)


def link_to_same(path: Path) -> None:
    copy = path.parent.parent.parent / f"copy-{path.name}"
    copy.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(copy)


def first_input(pack: Path) -> Path:
    return sorted((pack / "inputs").iterdir())[0]


FILES = {
    **{f"a byte of {name} is changed": (lambda p, name=name: other_content(p / name)) for name in (
        "pack.xlsx", "pack.html", "journal.jsonl", "manifest.json", "SHA256SUMS", "verify.py", "data/receipts.parquet", "data/ties.parquet",
        "params/close.yaml", "params/policy.yaml", "record/plan.json", "record/90_pack.json",
    )},
    **{f"{name} is missing": (lambda p, name=name: (p / name).unlink()) for name in (
        "pack.xlsx", "manifest.json", "SHA256SUMS", "journal.jsonl", "verify.py", "data/allocations.parquet", "record/plan.json",
    )},
    "an input is missing": lambda p: first_input(p).unlink(),
    "an input is cut": lambda p: first_input(p).write_bytes(first_input(p).read_bytes()[:-10]),
    "an input is longer": lambda p: first_input(p).write_bytes(first_input(p).read_bytes() + b"\n"),
    "a file is added": lambda p: (p / "data/more.parquet").write_bytes(b""),
    "a hidden file is added": lambda p: (p / ".hidden").write_bytes(b"x"),
    "a folder with a file is added": lambda p: (p / "extra").mkdir() or (p / "extra/x").write_bytes(b"x"),
    "a file is renamed": lambda p: (p / "pack.xlsx").rename(p / "Pack.xlsx"),
    "two tables are swapped": lambda p: swap(p / "data/receipts.parquet", p / "data/open_items.parquet"),
    "a file is a link to the same bytes": lambda p: link_to_same(p / "pack.xlsx"),
    "a file is a hard link elsewhere, other bytes": lambda p: (p / "pack.xlsx").write_bytes(b"PK"),
    "a folder is a link": lambda p: (p / "html").symlink_to(p / "data"),
    "a fifo stands in the pack": lambda p: os.mkfifo(p / "pipe"),
    "the folder has another name": lambda p: None,
    "the manifest is not canonical": lambda p: (p / MANIFEST).write_text(json.dumps(read_manifest(p), indent=1)),
    "the manifest is of another kind": lambda p: edit(p / MANIFEST, lambda m: m.update(schema="arwork-pack-2")),
    "the manifest says READY of another run": lambda p: edit(p / MANIFEST, lambda m: m.update(run="000000000000")),
    "the manifest names a file outside": lambda p: edit(p / MANIFEST, lambda m: m["files"].append({"path": "../x", "bytes": 0, "sha256": ""})),
    "the manifest lists a file twice": lambda p: edit(p / MANIFEST, lambda m: m["files"].append(m["files"][0])),
    "the manifest is nested to break readers": lambda p: (p / MANIFEST).write_text("[" * 100_000),
    "the checksums are in another order": lambda p: (p / SUMS).write_text("".join(reversed((p / SUMS).read_text().splitlines(keepends=True)))),
}  # fmt: skip
SIGNED = {
    "a sign-off is changed": lambda p: other_content(signed(p, 0)),
    "the first sign-off is missing": lambda p: signed(p, 0).unlink(),
    "a sign-off in between is missing": lambda p: signed(p, 1).unlink(),
    "sign-offs are swapped": lambda p: swap(signed(p, 0), signed(p, 1)),
    "a sign-off is there twice": lambda p: shutil.copy(signed(p, 2), signed(p, 2).with_name("004-CERTIFY.json")),
    "a file beside the sign-offs": lambda p: (folder_of(p) / "note.txt").write_text("approved"),
    "a signature without a key": lambda p: (folder_of(p) / "001-PREPARE.json.sig").write_text("x"),
    "the sign-offs are a link": lambda p: (folder_of(p).rename(p.parent / "s"), folder_of(p).symlink_to(p.parent / "s")),
    "a sign-off is a folder": lambda p: (signed(p, 2).unlink(), (folder_of(p) / "003-CERTIFY.json").mkdir()),
    "sign-offs of another seal": lambda p: edit(signed(p, 0), lambda s: s.update(pack="0" * 64)),
    "another state is claimed": lambda p: edit(signed(p, 1), lambda s: s.update(state="CERTIFIED")),
    "events are put in": lambda p: edit(signed(p, 0), lambda s: s.update(since=[*s["since"], s["act"]])),
    "a certificate by the preparer": lambda p: act_of(p, 2, by="ann"),
    "a certificate by the reviewer": lambda p: act_of(p, 2, by="bob"),
    "a certificate by a stranger": lambda p: act_of(p, 2, by="zoe"),
    "a certificate by the preparer under an alias": lambda p: act_of(p, 2, by="ann.adm"),
    "a certificate by an auditor": lambda p: act_of(p, 2, by="eve"),
    "a certificate of what is not in the pack": lambda p: act_of(
        p, 2, body={**json.loads(signed(p, 2).read_text())["act"]["body"], "of": 1}
    ),
    "a reopening of what was never certified": lambda p: act_of(p, 1, action="REOPEN"),
}
FORGED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a receipt is larger": (lambda p: rewrite(p, "receipts", "UPDATE t SET amount = amount + 1 WHERE amount = 50000"), "INV-1"),
    "a receipt moved between places": (lambda p: rewrite(p, "receipts", "UPDATE t SET applied_amount = 0, unapplied_amount = amount"), "INV-1"),
    "an allocation is larger": (lambda p: rewrite(p, "allocations", "UPDATE t SET amount_applied = amount_applied + 1"), "INV-1|MP-64"),
    "an allocation is gone": (lambda p: rewrite(p, "allocations", "DELETE FROM t"), "INV-1"),
    "an allocation relieves more than it pays": (lambda p: rewrite(p, "allocations", "UPDATE t SET amount_relieved = amount_relieved - 1"), "MP-64"),
    "an allocation to an item that is not there": (lambda p: rewrite(p, "allocations", "UPDATE t SET item_id = 'x'"), "INV-2"),
    "a bank line is larger": (lambda p: rewrite(p, "bank_lines", "UPDATE t SET amount = amount + 100 WHERE amount = 4200"), "RC-20"),
    "a bank line is gone": (lambda p: rewrite(p, "bank_lines", "DELETE FROM t WHERE amount = 4200"), "RC-20"),
    "a closing balance is moved": (lambda p: rewrite(p, "statements", "UPDATE t SET closing = closing + 1"), "RC-20"),
    "both balances are moved alike": (lambda p: rewrite(p, "statements", "UPDATE t SET closing = closing + 1, opening = opening + 1"), "as received|RC-20"),
    "an open item is smaller": (lambda p: rewrite(p, "open_items", "UPDATE t SET open_amount_doc = 1, open_amount_local = 1 WHERE doc_no = '9003'"), "CV-06"),
    "an open item is gone": (lambda p: rewrite(p, "open_items", "DELETE FROM t WHERE doc_no = '9003'"), "CV-06"),
    "an item is made younger": (lambda p: rewrite(p, "ageing_items", "UPDATE t SET days_past_due = 0, bucket_due = 'current'"), "CV-05"),
    "an item stands in another bucket": (lambda p: rewrite(p, "ageing_items", "UPDATE t SET bucket_due = 'current'"), "MT-01"),
    "ageing is smaller": (lambda p: rewrite(p, "ageing", "UPDATE t SET amount = amount - 1 WHERE bucket_no = 0"), "MT-03"),
    "a reconciliation is made to tie": (lambda p: rewrite(p, "reconciliations", "UPDATE t SET ours = ours + 1 WHERE rule = 'RC-10'"), "RC-10"),
    "a difference is called explained": (lambda p: rewrite(p, "reconciliations", "UPDATE t SET explained = 1 WHERE rule = 'RC-10'"), "RC-10"),
    "proof of cash is mended": (lambda p: rewrite(p, "proof_of_cash", "UPDATE t SET closing = closing + 1"), "RC-20"),
    "a tie is said to hold": (lambda p: rewrite(p, "ties", "UPDATE t SET ours = ours + 5"), "ties"),
    "a tie is gone": (lambda p: rewrite(p, "ties", "DELETE FROM t WHERE tie_no = 1"), "ties"),
    "a warning is gone": (lambda p: reseal(p, findings={"error": 0, "warn": 0, "info": 0}), "findings"),
    "the status is another": (lambda p: reseal(p, status="NOT READY"), "status"),
    "work that waits is hidden": (lambda p: reseal(p, waiting={}), "waiting"),
    "work that waits is hidden everywhere": (lambda p: (rewrite(p, "owed", "DELETE FROM t"), reseal(p, waiting={})), "owed"),
    "rows of a file are hidden": (lambda p: rewrite(p, "sources", "UPDATE t SET rows_in = rows_in - 1 WHERE reads = 'bank'"), "LD-10"),
    "an input is another file": (lambda p: (first_input(p).write_bytes(b"x"), reseal(p)), "another file than the one received"),
    "a decision is another person's": (lambda p: rewrite(p, "decisions", "UPDATE t SET \"by\" = 'bob'"), "decision"),
    "a decision is left out of the table": (lambda p: rewrite(p, "decisions", "DELETE FROM t WHERE outcome = 'SUPERSEDED'"), "decision"),
    "an undone decision is in force": (lambda p: rewrite(p, "decisions", "UPDATE t SET outcome = 'HELD' WHERE outcome = 'SUPERSEDED'"), "decision"),
    "a decision is cut off the journal": (lambda p: journal(p, lambda events: events[:-1]), "decision"),
    "a decision's person is rewritten": (lambda p: journal(p, lambda events: [*events[:-1], Event(**{**vars(events[-1]), "by": "bob"})]), "decision"),
    "the policy is another": (lambda p: (other_content(p / "params/policy.yaml"), reseal(p)), "what went in makes run"),
    "a params file is put in": (lambda p: ((p / "params/more.yaml").write_text("x: 1"), reseal(p)), "what went in makes run"),
    "the close is called otherwise": (lambda p: reseal(p, close="other"), "close: the manifest says other"),
    "the code is another in manifest and plan": (
        lambda p: (edit(p / "record/plan.json", lambda said: said.update(code="0" * 64)), reseal(p, code="0" * 64)), "what went in makes run"
    ),
    "the key date is another in the params": (
        lambda p: ((p / "params/close.yaml").write_text((p / "params/close.yaml").read_text().replace("as_of: 2026-03-31", "as_of: 2026-04-30")), reseal(p)),
        "as_of: the manifest says 2026-03-31, the params 2026-04-30",
    ),
    "a source has another name": (
        lambda p: reseal(p, sources=[{**row, "name": "other.csv"} for row in read_manifest(p)["sources"]]), "not those of the plan"
    ),
    "a pack of the period before is put in": (
        lambda p: ((p / "previous").mkdir(), shutil.copy(p / "data/receipts.parquet", p / "previous/receipts.parquet"), reseal(p)), "no pack before it"
    ),
    "a page is put in": (lambda p: ((p / "note.html").write_text("approved"), reseal(p)), "note.html is no part of a pack"),
    "a table is no table": (lambda p: ((p / "data/owed.parquet").write_bytes(b"PAR1"), reseal(p)), "."),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(FILES))
def test_v1_files(pack: Path, kind: str) -> None:
    FILES[kind](pack)
    if kind == "the folder has another name":
        pack = pack.rename(pack.with_name("ffffffffffff"))
    with pytest.raises(IntegrityError):
        checked(pack)


@pytest.mark.parametrize("kind", sorted(SIGNED))
def test_v2_sign_offs(pack: Path, kind: str) -> None:
    SIGNED[kind](pack)
    with pytest.raises(IntegrityError):
        checked(pack)


@pytest.mark.parametrize("kind", sorted(FORGED))
def test_v3_and_v4_consistent_forgeries(pack: Path, kind: str) -> None:
    """The forger sealed the pack again, so V1 has nothing to say; the figures or the decisions do."""
    change, said = FORGED[kind]
    change(pack)
    verify(pack)
    with pytest.raises(IntegrityError, match=said):
        checked(pack)


def test_an_untouched_pack_is_whole_and_says_what_it_cannot_know(pack: Path) -> None:
    report = checked(pack)
    assert [level for level, _ in report.levels] == ["V1", "V2", "V3", "V4"]
    assert report.authority.state == "CERTIFIED"
    assert not report.anchored
    assert checked(pack, seal=report.found.seal).anchors == ("the seal given",)
    assert checked(pack, seal=report.found.seal[:32]).anchored


def test_an_older_valid_pack_in_its_place_is_caught_by_the_seal(pack: Path) -> None:
    seal = verify(pack).seal
    reseal(pack, why="all ties hold")
    assert checked(pack).found.seal != seal
    with pytest.raises(IntegrityError, match="not the one given"):
        checked(pack, seal=seal)


def test_a_check_of_its_own_that_lies_is_named(pack: Path) -> None:
    """Who seals a pack again can put a verify.py into it that finds everything whole."""
    assert [doubt for doubt in checked(pack).authority.doubts if "workbook were not compared" in doubt]
    assert not [doubt for doubt in checked(pack).authority.doubts if "verify.py" in doubt]
    (pack / "verify.py").write_text("print('every byte as sealed')")
    reseal(pack)
    assert [doubt for doubt in checked(pack).authority.doubts if doubt.startswith("verify.py in the pack is not the one of this release")]


def test_another_approver_put_in_is_caught_by_a_checkpoint(pack: Path, tmp_path: Path) -> None:
    """Who could have signed and did not: nothing in the pack contradicts it, what the verifier kept does."""
    last = tmp_path / "checkpoint.json"
    shutil.copy(signed(pack, 2), last)
    act_of(pack, 2, by="dia")
    assert "CERTIFY by dia" in checked(pack).authority.acts[2]
    with pytest.raises(IntegrityError, match="are not those of the checkpoint"):
        checked(pack, since=last)


def test_a_cut_or_rewritten_journal_is_caught_by_a_checkpoint(pack: Path, tmp_path: Path) -> None:
    last = tmp_path / "checkpoint.json"
    shutil.copy(signed(pack, 2), last)
    assert checked(pack, since=last).anchored
    shutil.rmtree(folder_of(pack))  # the sign-offs taken away: consistent in itself, but not what the checkpoint knows
    assert not checked(pack).anchored
    with pytest.raises(IntegrityError, match="the journal ends at event"):
        checked(pack, since=last)
    earlier = tmp_path / "earlier.jsonl"
    shutil.copy(pack / "journal.jsonl", earlier)
    events = parse(earlier.read_text(), "x")
    fresh: list[Event] = []
    for e in events:
        fresh.append(
            seal_event(
                fresh[-1] if fresh else None, at="2026-01-01", by=e.by, known_by=e.known_by, action=e.action, body=e.body, reason=e.reason
            )
        )
    earlier.write_text("".join(as_line(e) + "\n" for e in fresh))
    with pytest.raises(IntegrityError, match="are not those of the checkpoint"):
        checked(pack, since=earlier)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"events": "9", "head": "x"}', '{"events": 1, "head": "zz"}', "[" * 9999, '{"act": 1}']
)
def test_a_forged_checkpoint_is_no_anchor(pack: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(IntegrityError, match="is no checkpoint"):
        checked(pack, since=tmp_path / "c.json")


def test_an_empty_checkpoint_of_the_genesis_anchors_nothing_else(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text(json.dumps({"events": 0, "head": "0" * 64}))
    with pytest.raises(IntegrityError):
        checked(pack, since=tmp_path / "c.json")
    assert head([]) == GENESIS


def test_an_anchor_that_is_not_there_is_refused(pack: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        checked(pack, since=tmp_path / "none")
    with pytest.raises(InputError, match="a seal is written"):
        checked(pack, seal="abc")
    (tmp_path / "allowed").write_text("")
    with pytest.raises(IntegrityError, match="carries no signature"):
        checked(pack, allowed=tmp_path / "allowed")


def test_flips_of_single_bits_are_all_caught(built: Path, tmp_path: Path) -> None:
    """Any bit of any file of the pack or its sign-offs, of which one carries a signature."""
    shutil.copytree(built, tmp_path / "month")
    pack = next(p for p in (tmp_path / "month/outputs/tiny/2026-03").iterdir() if p.suffix != ".signoff")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    sign_off(pack, pack.parents[2], Act("REOPEN", "", "late", Person("dia", "test"), tmp_path / "key"), tmp_path / "month/tiny.yaml")
    writable(pack.parent)
    paths = sorted(p for where in (pack, folder_of(pack)) for p in where.rglob("*") if p.is_file())
    assert "004-REOPEN.json.sig" in {p.name for p in paths}
    draw = random.Random(4711)
    weights = [p.stat().st_size for p in paths]
    whole = checked(pack)
    for number in range(FLIPS):
        path = paths[number % len(paths)] if number < max(len(paths), FLIPS // 2) else draw.choices(paths, weights)[0]
        kept = path.read_bytes()
        bit = draw.randrange(len(kept) * 8)
        flipped = bytearray(kept)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bytes(flipped))
        with pytest.raises(ArworkError):
            checked(pack)
            raise AssertionError(f"bit {bit} of {path.name} was not noticed")
        path.write_bytes(kept)
    assert checked(pack).found == whole.found


def test_no_false_alarm_on_other_small_closes(tmp_path: Path) -> None:
    """Closes that differ in amounts, signs, receipts and damage are verified without a complaint."""
    seals = set()
    for number, changed in enumerate(_closes()):
        _, pack = sealed.month(tmp_path / str(number), **changed)
        report = checked(pack)
        assert report.authority.state == "OPEN", f"close {number}"
        seals.add(report.found.seal)
    assert len(seals) == CLOSES


def _closes() -> Iterator[dict[str, str]]:
    """Give one that has all four differences that are told apart by name, then each of them alone, then as many as asked for, drawn by chance."""
    items = tiny.ITEMS + "MAIN,1000,C2,9004,1,2026,CM,2026-03-06,2026-03-06,2026-04-05,EUR,-50.00,-50.00,EUR,-50.00,-50.00,CM-1,1400\n"
    credit = {"items": items, "balances": tiny.BALANCES.replace("350.49,0.00,850.49", "300.49,0.00,800.49")}
    apart = {"balances": tiny.BALANCES.replace("350.49,0.00,850.49", "351.49,0.00,851.49")}
    returned = {"statement": tiny.STATEMENT.replace("C42,00NTRF", "RC42,00NRTI").replace("EUR1542,00", "EUR1458,00")}
    named = {"customers": tiny.CUSTOMERS.replace("Beta Bau AG", "Bêta «Bau» AG")}
    draw = random.Random(200)
    told = chain([{**credit, **apart, **returned, **named}, credit, apart, returned, named], (tiny.drawn(draw) for _ in count()))
    return islice(told, CLOSES)
