"""Sign-offs: states of domain 1.2, segregation (CV-13), what may be certified (4.11), the lock of a period, files, keys, crashes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import sealed
import tiny
from conftest import in_process

from arwork.decide import Person, decide
from arwork.errors import InputError, IntegrityError
from arwork.journal.signing import deciding, locked, pack_state, signed
from arwork.money import ISO
from arwork.pack.authority import authority
from arwork.pack.plan import make_plan, read_journal
from arwork.pack.record import read_tables
from arwork.pack.signed import folder_of, read_sign_offs
from arwork.pack.ssh import signer_of
from arwork.pack.verify import verify
from arwork.params import Params, read_params
from arwork.policy import AbsPct, read_policy
from arwork.reconcile.signable import allowed, by_itself, not_certifiable, quarter_end
from arwork.signing import Act, SignedOff, sign_off
from arwork.verifying import Brought, verify_levels

ROOT = Path(__file__).resolve().parent.parent
APART = tiny.BALANCES.replace("350.49,0.00,850.49", "351.49,0.00,851.49")
"""Balances with which the month is not READY."""
RECONS = [
    "RC-10/MAIN/1000/1400/EUR", "RC-20/MAIN/1000/DE02120300000000202051/EUR", "RC-30/MAIN/1000/AR/EUR",
    "RC-60/MAIN/1000/unidentified/EUR",
    "RC-70/MAIN/1000/DE02120300000000202051/EUR", "RC-80/MAIN/1000/ageing/EUR", "RC-90/MAIN/1000/AR/EUR",
]  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One closed month; every test works on a copy."""
    folder = tmp_path_factory.mktemp("signoff")
    sealed.month(folder)
    return folder


@pytest.fixture
def month(built: Path, tmp_path: Path) -> tuple[Path, Path]:
    folder = tmp_path / "month"
    shutil.copytree(built, folder)
    return folder / "tiny.yaml", next((folder / "outputs/tiny/2026-03").iterdir())


Sign = Callable[..., SignedOff]


@pytest.fixture
def sign(month: tuple[Path, Path]) -> Sign:
    params, pack = month

    def act(what: str, who: str, one: str = "", **more: object) -> SignedOff:
        wanted = Act(what, one, str(more.pop("reason", "looked at it")), Person(who, f"OS account {who}"), **more)  # type: ignore[arg-type]
        return sign_off(pack, params.parent / "outputs", wanted, params)

    return act


def params_of(file: Path) -> Params:
    return read_params(file.read_text(), file.name, read_policy((ROOT / "params/policy.yaml").read_text()))


def certified(sign: Sign) -> SignedOff:
    sign("PREPARE", "ann")
    sign("REVIEW", "bob")
    return sign("CERTIFY", "cem")


def test_4_11_three_people_certify_and_the_pack_stays_as_it_was(month: tuple[Path, Path], sign: Sign) -> None:
    _, pack = month
    before = {p: p.read_bytes() for p in pack.rglob("*") if p.is_file()}
    done = [sign("PREPARE", "ann"), sign("REVIEW", "bob"), sign("CERTIFY", "cem")]
    assert [one.state for one in done] == ["PREPARED", "REVIEWED", "CERTIFIED"]
    assert {p: p.read_bytes() for p in pack.rglob("*") if p.is_file()} == before
    assert [p.name for p in sorted(folder_of(pack).iterdir())] == ["001-PREPARE.json", "002-REVIEW.json", "003-CERTIFY.json"]
    assert json.loads(done[2].file.read_text())["pack"] == verify(pack).seal == done[0].seal
    assert "CERTIFIED" in (month[0].parent / "outputs/index.html").read_text()


def test_1_2_a_pack_is_certified_when_all_its_reconciliations_are(sign: Sign) -> None:
    sign("PREPARE", "ann")
    assert sign("REVIEW", "bob", RECONS[0]).state == "PREPARED"
    assert sign("CERTIFY", "cem", RECONS[0]).state == "PREPARED"
    assert sign("REVIEW", "bob").event.body["reconciliations"] == RECONS[1:]
    assert sign("CERTIFY", "cem").state == "CERTIFIED"


REFUSED = [
    ("nothing is prepared", [], ("REVIEW", "bob"), "after OPEN a reconciliation may become PREPARED"),
    ("the role is another", [], ("PREPARE", "bob"), "bob is reviewer"),
    ("an auditor looks", [("PREPARE", "ann")], ("REVIEW", "eve"), "eve is auditor"),
    ("a stranger", [], ("PREPARE", "zoe"), "zoe is not among the people"),
    ("the alias of the preparer", [("PREPARE", "ann")], ("REVIEW", "ann.adm"), "ann is preparer"),
    ("review and certificate by one", [("PREPARE", "ann"), ("REVIEW", "dia")], ("CERTIFY", "dia"), "dia did REVIEW in the same matter"),
    ("reviewed is not certified by a reviewer", [("PREPARE", "ann"), ("REVIEW", "bob")], ("CERTIFY", "bob"), "bob is reviewer"),
    ("not reviewed", [("PREPARE", "ann")], ("CERTIFY", "cem"), "after PREPARED a reconciliation may become"),
    ("reopen what is open", [], ("REOPEN", "cem"), "OPEN"),
    ("reopen what is prepared", [("PREPARE", "ann")], ("REOPEN", "cem"), "goes from PREPARED to OPEN only with"),
    ("reopened by who certified", [("PREPARE", "ann"), ("REVIEW", "bob"), ("CERTIFY", "cem")], ("REOPEN", "cem"), "cem did CERTIFY"),
    ("prepared twice", [("PREPARE", "ann")], ("PREPARE", "ann"), "after PREPARED"),
    ("no such reconciliation", [], ("PREPARE", "ann", "RC-99"), "there is no reconciliation 'RC-99'"),
]


@pytest.mark.parametrize(("before", "act", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_cv13_what_is_refused_leaves_no_trace(
    month: tuple[Path, Path], sign: Sign, before: list[tuple[str, ...]], act: tuple[str, ...], said: str
) -> None:
    for one in before:
        sign(*one)
    events = read_journal(params_of(month[0]), month[0])
    with pytest.raises(InputError, match=said):
        sign(*act)
    assert read_journal(params_of(month[0]), month[0]) == events
    assert len(read_sign_offs(month[1]).acts) == len(before)


def test_cv13_who_decided_on_a_receipt_does_not_review_it(month: tuple[Path, Path]) -> None:
    params, pack = month
    outputs = params.parent / "outputs"
    receipts = pd.read_parquet(pack / "data/receipts.parquet")
    (unknown,) = receipts.loc[receipts["amount"] == 4200, "receipt_id"]
    decide(params, outputs, action="HOLD", receipts=[unknown], reason="asked the bank", person=Person("fay", "test"))
    decide(params, outputs, action="REJECT", receipts=[unknown], reason="not ours", person=Person("fay", "test"))
    pack = sealed.closed(params)
    sign_off(pack, outputs, Act("PREPARE", "", "done", Person("ann", "test")), params)
    with pytest.raises(InputError, match="fay did REJECT in the same matter"):
        sign_off(pack, outputs, Act("REVIEW", "", "done", Person("fay", "test")), params)
    assert sign_off(pack, outputs, Act("REVIEW", "", "done", Person("bob", "test")), params).state == "REVIEWED"


def test_returned_goes_back_to_its_preparer(sign: Sign) -> None:
    sign("PREPARE", "ann")
    assert sign("RETURN", "bob", RECONS[0], reason="support is missing").state == "RETURNED"
    assert sign("PREPARE", "ann").event.body["reconciliations"] == [RECONS[0]]
    assert sign("REVIEW", "bob").state == "REVIEWED"


def test_certified_locks_the_period_until_it_is_reopened(month: tuple[Path, Path], sign: Sign) -> None:
    params, pack = month
    outputs = params.parent / "outputs"
    sign("PREPARE", "ann")
    assert make_plan(params, outputs).run == pack.name  # what is signed changes no figure and makes no new run
    sign("REVIEW", "bob")
    sign("CERTIFY", "cem")
    with pytest.raises(InputError, match=r"tiny 2026-03 was certified by cem on .* and is locked") as refused:
        make_plan(params, outputs)
    assert refused.value.exit_code == 2
    sign("REOPEN", "dia", RECONS[0], reason="a late statement")
    assert make_plan(params, outputs).run == pack.name
    names = [p.name for p in sorted(folder_of(pack).iterdir())]
    assert names == ["001-PREPARE.json", "002-REVIEW.json", "003-CERTIFY.json", "004-REOPEN.json"]
    events = read_journal(params_of(params), params)
    assert locked(events, "2026-03") is None
    assert pack_state(signed(events, verify(pack).seal), 2) == "OPEN"
    assert deciding(events) == []


def test_4_11_a_run_with_other_inputs_makes_the_old_one_stale(month: tuple[Path, Path], sign: Sign) -> None:
    """The item file changed: every signed reconciliation that rests on it is named STALE with it, bank to book is not (4.11)."""
    params, pack = month
    sign("PREPARE", "ann")
    (params.parent / "items.csv").write_text(tiny.ITEMS.replace("INV-2026-0003", "INV-2026-0004"))
    new = sealed.closed(params)
    outputs = params.parent / "outputs"
    assert new != pack
    assert make_plan(params, outputs).run == new.name
    certified = read_tables(new, ["certification"])["certification"].set_index("recon_id")["stale"]
    assert certified.to_dict() == {name: "" if name.startswith("RC-20") else "items.csv" for name in RECONS}
    with pytest.raises(InputError, match=f"run {new.name} was closed after it with other inputs, so it is STALE: items.csv"):
        sign("REVIEW", "bob")
    report = verify_levels(pack, Brought(), None, lambda *_: None)
    says = f"Run {new.name} was closed after it; what changed: items.csv. STALE are 6 of 7 signed reconciliations: {RECONS[0]} (items.csv);"
    assert report.state == "OPEN (STALE)"
    assert report.stale.startswith(says)
    sign_off(new, outputs, Act("PREPARE", "", "again", Person("ann", "test")), params)
    page = (outputs / "index.html").read_text()
    assert "OPEN (STALE)" in page
    assert says.partition(" STALE")[0] in page
    assert "PREPARED" in page
    assert make_plan(params, outputs).run == new.name  # what is signed on the new run makes no further one


def test_a_pack_that_is_not_ready_is_not_certified(tmp_path: Path) -> None:
    params, pack = sealed.month(tmp_path, balances=APART)
    outputs = tmp_path / "outputs"
    for act, who in (("PREPARE", "ann"), ("REVIEW", "bob")):
        sign_off(pack, outputs, Act(act, "", "seen", Person(who, "test")), params)
    with pytest.raises(InputError, match=r"1400/EUR cannot be certified: 1\.00 EUR are unexplained \(4\.11\)"):
        sign_off(pack, outputs, Act("CERTIFY", "", "seen", Person("cem", "test")), params)
    assert read_sign_offs(pack).acts[-1].action == "REVIEW"


@pytest.mark.parametrize(
    ("rule", "balance", "currency", "most"),
    [
        ("RC-10", 100_000_00, "EUR", 10_00),  # 0.01 % of 100,000.00
        ("RC-10", -100_000_00, "EUR", 10_00),
        ("RC-10", 10_000_000_00, "EUR", 100_00),  # at most 100.00
        ("RC-10", 0, "EUR", 0),
        ("RC-10", 1_000_000, "JPY", 100),
        ("RC-20", 10_000_000_00, "EUR", 0),  # never for a bank account
    ],
)
def test_4_11_what_may_stay_unexplained(rule: str, balance: int, currency: str, most: int) -> None:
    limits = AbsPct.model_validate({"abs": "100.00", "pct": "0.01"})
    assert allowed(rule, balance, currency, limits, ISO) == most
    row = {"recon_id": "r", "rule": rule, "theirs": balance, "currency": currency, "status": "UNEXPLAINED"}
    for sign in (1, -1):
        assert not_certifiable(pd.DataFrame([{**row, "unexplained": sign * most}]), limits, ISO) == {}
        assert list(not_certifiable(pd.DataFrame([{**row, "unexplained": sign * (most + 1)}]), limits, ISO)) == ["r"]
    assert "not delivered" in not_certifiable(pd.DataFrame([{**row, "unexplained": 0, "status": "NOT_PROVEN"}]), limits, ISO)["r"]


def test_4_11_nothing_is_prepared_without_a_person_at_quarter_or_year_end() -> None:
    frame = pd.DataFrame([
        {"recon_id": "plain", "status": "TIES", "unexplained": 0, "items": 0},
        {"recon_id": "with items", "status": "TIES", "unexplained": 0, "items": 1},
        {"recon_id": "apart", "status": "UNEXPLAINED", "unexplained": 5, "items": 0},
    ])  # fmt: skip
    for month in range(1, 13):
        found = by_itself(frame, date(2026, month, 28))
        assert found == (() if month in (3, 6, 9, 12) else ("plain",))
    assert quarter_end(date(2026, 1, 31), year_ends_in=10)
    assert not quarter_end(date(2026, 3, 31), year_ends_in=10)


def test_robots_sign_as_robots_and_not_in_march(sign: Sign) -> None:
    with pytest.raises(InputError, match="nothing may be prepared without a person"):
        sign("PREPARE", "ann", automatic=True)


def test_a_crash_between_event_and_file_is_mended_by_the_next_act(month: tuple[Path, Path], sign: Sign) -> None:
    first = sign("PREPARE", "ann")
    kept = first.file.read_bytes()
    first.file.unlink()
    sign("REVIEW", "bob")
    assert first.file.read_bytes() == kept
    assert [act.action for act in read_sign_offs(month[1]).acts] == ["PREPARE", "REVIEW"]


def test_nobody_named_means_anybody_but_never_twice(month: tuple[Path, Path]) -> None:
    params, pack = month
    params.write_text(tiny.PARAMS)  # the journal is empty still, and now no people begin it
    outputs = params.parent / "outputs"
    sign_off(pack, outputs, Act("PREPARE", "", "seen", Person("Ann", "test")), params)
    with pytest.raises(InputError, match="did PREPARE in the same matter"):
        sign_off(pack, outputs, Act("REVIEW", "", "seen", Person("a nn", "test")), params)
    found = authority(pack, verify(pack).seal, RECONS)
    assert any("Nobody is named" in doubt for doubt in found.doubts)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ann", "bob", "mal"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)], check=True)
    lines = [f'{name} namespaces="arwork-signoff" {(folder / f"{name}.pub").read_text()}' for name in ("ann", "bob")]
    (folder / "allowed").write_text("".join(lines))
    return folder


def test_a_key_proves_who_signed(month: tuple[Path, Path], sign: Sign, keys: Path) -> None:
    _, pack = month
    sign("PREPARE", "ann", key=keys / "ann")
    sign("REVIEW", "bob", key=keys / "bob")
    found = authority(pack, verify(pack).seal, RECONS, allowed=keys / "allowed")
    assert [anchor.split(" (")[0] for anchor in found.anchors] == ["PREPARE signed by the key of ann", "REVIEW signed by the key of bob"]
    assert found.doubts == ()


@pytest.mark.parametrize("who", ["mal", "bob"])
def test_a_key_of_somebody_else_is_refused(month: tuple[Path, Path], sign: Sign, keys: Path, who: str) -> None:
    _, pack = month
    sign("PREPARE", "ann", key=keys / who)
    with pytest.raises(IntegrityError, match="not a valid signature of ann"):
        authority(pack, verify(pack).seal, RECONS, allowed=keys / "allowed")
    assert authority(pack, verify(pack).seal, RECONS).anchors == ()


def test_every_flip_of_a_signature_is_caught(month: tuple[Path, Path], sign: Sign, keys: Path) -> None:
    """Flips of any bit: the armour must be the canonical one, the key the one that the act names, the signature whole."""
    _, pack = month
    file = sign("PREPARE", "ann", key=keys / "ann").file
    path = file.with_name(f"{file.name}.sig")
    whole = path.read_bytes()
    path.chmod(0o644)
    passed = []
    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            if signer_of(bytes(flipped), "x") == signer_of(whole, "x"):
                passed.append(bytes(flipped))
        except IntegrityError:
            continue
    assert 0 < len(passed) < len(whole) * 8
    for flipped in passed[:: max(1, len(passed) // 60)]:
        path.write_bytes(flipped)
        with pytest.raises(IntegrityError):
            authority(pack, verify(pack).seal, RECONS, allowed=keys / "allowed")


def test_the_pack_checks_itself_without_arwork(month: tuple[Path, Path], sign: Sign) -> None:
    """`verify.py` runs on the standard library alone, and sees what was changed."""
    _, pack = month
    certified(sign)
    words = [sys.executable, "-I", "-S", str(pack / "verify.py")]
    done = subprocess.run([*words, verify(pack).seal], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every byte as sealed" in done.stdout
    assert "CERTIFY by cem" in done.stdout
    assert subprocess.run([*words, verify(pack).seal[:32]], capture_output=True).returncode == 0
    assert subprocess.run([*words, verify(pack).seal[:31]], capture_output=True).returncode == 3
    assert subprocess.run([*words, "0" * 64], capture_output=True).returncode == 3
    away = pack.parents[3] / "known.py"
    away.write_bytes((pack / "verify.py").read_bytes())
    assert subprocess.run([sys.executable, "-I", "-S", str(away), verify(pack).seal, str(pack)], capture_output=True).returncode == 0
    assert subprocess.run([sys.executable, "-I", "-S", str(away), str(pack.parent)], capture_output=True).returncode == 3
    (folder_of(pack) / "002-REVIEW.json").unlink()
    assert subprocess.run(words, capture_output=True).returncode == 3


def test_a_person_certifies_locks_and_reopens_by_the_command_line(month: tuple[Path, Path]) -> None:
    """As three people would type it: what may not be done says why and leaves nothing; the page of all packs follows."""
    params, pack = month
    folder = params.parent

    def typed(code: int, *words: str) -> str:
        """Type a command and return what it said."""
        done = in_process(folder, *words)
        assert done.code == code, done.out + done.err
        return done.out + done.err

    typed(0, "prepare", "tiny.yaml", "--as", "ann", "--reason", "all three statements are here")
    assert "ann is preparer" in typed(2, "review", "tiny.yaml", "--as", "ann", "--reason", "myself")
    typed(0, "review", "tiny.yaml", "--as", "bob", "--reason", "looked at every item")
    assert "state: CERTIFIED" in typed(0, "certify", "tiny.yaml", "--as", "cem", "--reason", "ties")
    said = typed(2, "close", "tiny.yaml")
    assert "was certified by cem on" in said
    assert "arwork reopen" in said
    assert sorted(p.name for p in pack.parent.iterdir()) == [pack.name, f"{pack.name}.signoff"]
    assert "cem did CERTIFY" in typed(2, "reopen", str(pack), "--params", "tiny.yaml", "--as", "cem", "--reason", "late statement")
    assert "state: OPEN" in typed(0, "reopen", str(pack), "--params", "tiny.yaml", "--as", "dia", "--reason", "late statement")
    assert f"pack: outputs/tiny/2026-03/{pack.name}" in typed(0, "close", "tiny.yaml")
    assert "at quarter and year end" in typed(2, "prepare", "tiny.yaml", "--as", "ann", "--automatic", "--reason", "robot").lower()
    shown = typed(0, "verify", "--quick", str(pack))
    assert "V2 OPEN\n   PREPARE by ann" in shown
    assert "CERTIFY by cem" in shown
    assert "REOPEN by dia" in shown
    assert "REOPEN by dia" in (folder / "outputs/index.html").read_text()


def test_a_stop_between_the_act_and_its_files_is_mended_by_the_same_command(month: tuple[Path, Path], sign: Sign, keys: Path) -> None:
    """The act is in the journal, its signature is not there: it fails closed, and the same command answers with that act."""
    _, pack = month
    first = sign("PREPARE", "ann", key=keys / "ann")
    for name in ("001-PREPARE.json.sig", "001-PREPARE.json"):
        (folder_of(pack) / name).unlink()
        again = sign("PREPARE", "ann", key=keys / "ann")
        assert (again.event, again.state) == (first.event, "PREPARED")
        assert len(list(folder_of(pack).iterdir())) == 2
        if name.endswith(".sig"):
            (folder_of(pack) / "001-PREPARE.json").unlink()
            with pytest.raises(IntegrityError):
                read_sign_offs(pack)
            sign("PREPARE", "ann", key=keys / "ann")
    authority(pack, verify(pack).seal, RECONS, allowed=keys / "allowed")
    with pytest.raises(InputError, match="after PREPARED"):
        sign("PREPARE", "ann", key=keys / "ann")
