"""The manifest signed by a key of the params: made by the close, checked by V1, an anchor where the verifier knows the key."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sealed
import tiny

import arwork.close
from arwork.errors import InputError, IntegrityError
from arwork.pack.authority import Authority, authority
from arwork.pack.laid import read_plan
from arwork.pack.manifest import MANIFEST
from arwork.pack.plan import make_plan
from arwork.pack.seal_key import FILE, SIGNATURE
from arwork.pack.ssh import fingerprint_of
from arwork.pack.verify import verify

FLIPS = int(os.environ.get("ARWORK_FLIPS", "60"))
"""Bits of the signature flipped in this run; `make proof` flips every one."""
SIGNED = tiny.PARAMS + sealed.PEOPLE + "signing_key: books.pub\n"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("books", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{name}@host", "-f", str(folder / name)], check=True)
        (folder / f"{name}.allowed").write_text(f'{name} namespaces="arwork-signoff" {(folder / f"{name}.pub").read_text()}')
    return folder


def month(folder: Path, keys: Path, **changed: str | bytes) -> Path:
    params = tiny.write(folder, **{"tiny": SIGNED, **changed})
    shutil.copy(keys / "books.pub", folder)
    return params


def closed(params: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Close as `arwork close` does, without notebooks: what is sealed is the plan alone."""
    monkeypatch.setattr(arwork.close, "run_graph", lambda *given: None)
    monkeypatch.setattr(
        arwork.close, "manifest_facts", lambda folder, inputs: read_plan(folder)[0] | {"status": "", "why": "", "findings": {}}
    )
    monkeypatch.setattr(arwork.close, "with_front", lambda folder, facts: facts)
    return arwork.close.close(params, params.parent / "outputs", lambda name, what: None).place


@pytest.fixture
def pack(tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack whose files can be written."""
    monkeypatch.setenv("ARWORK_SIGNING_KEY", str(keys / "books"))
    found = closed(month(tmp_path / "month", keys), monkeypatch)
    for path in found.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return found


def v2(pack: Path, allowed: Path | None = None) -> Authority:
    return authority(pack, verify(pack).seal, ["R"], allowed)


def test_a_close_signs_its_manifest_by_the_key_of_the_params(pack: Path, keys: Path) -> None:
    found = verify(pack)
    assert found.facts["signing_key"] == fingerprint_of(keys / "books.pub")
    assert (pack / "params" / FILE).read_text().split() == (keys / "books.pub").read_text().split()[
        :2
    ]  # without the comment, that names a host
    assert SIGNATURE not in {row["path"] for row in found.facts["files"]}
    assert not [path for path in pack.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]
    plain = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-n",
        "arwork-signoff",
        "-I",
        "books",
        "-f",
        str(keys / "books.allowed"),
        "-s",
        str(pack / SIGNATURE),
    ]
    assert not subprocess.run(plain, input=(pack / MANIFEST).read_bytes(), capture_output=True).returncode
    alone = subprocess.run([sys.executable, "-I", "-S", str(pack / "verify.py")], capture_output=True, text=True)
    assert alone.returncode == 0, alone.stdout
    assert found.facts["signing_key"] in alone.stdout


def test_the_key_anchors_where_the_verifier_brings_it(pack: Path, keys: Path) -> None:
    assert v2(pack, keys / "books.allowed").anchors == (f"the manifest is signed by the key of books ({fingerprint_of(keys / 'books')})",)
    assert v2(pack, keys / "books.allowed").doubts == ()
    assert v2(pack).anchors == ()
    assert "whose keys they are is not known" in v2(pack).doubts[0]
    with pytest.raises(IntegrityError, match="no signature that the allowed keys could prove"):
        v2(pack, keys / "other.allowed")


def test_the_same_close_makes_the_same_bytes_and_a_stopped_one_resumes(
    pack: Path, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = month(tmp_path / "again", keys)
    staging = (tmp_path / "again/outputs" / make_plan(again, tmp_path / "again/outputs").place).with_name(f".staging-{pack.name}")
    staging.mkdir(parents=True)
    (staging / SIGNATURE).write_text("of an attempt that was killed")
    other = closed(again, monkeypatch)
    assert {p.name: p.read_bytes() for p in other.iterdir() if p.is_file()} == {
        p.name: p.read_bytes() for p in pack.iterdir() if p.is_file()
    }


def test_another_key_of_the_params_is_another_run(tmp_path: Path, keys: Path) -> None:
    params = month(tmp_path, keys)
    first = make_plan(params, tmp_path / "outputs").run
    shutil.copy(keys / "other.pub", tmp_path / "books.pub")
    assert make_plan(params, tmp_path / "outputs").run != first


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "there is no file 'books.pub'"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\n", "holds a private key, which no params may name"),
        (b"ssh-dss AAAA", "is no public SSH key"),
        (b"\xff\xfe", "is no public SSH key"),
    ],
)
def test_what_is_no_public_key_is_refused(tmp_path: Path, keys: Path, given: bytes | None, said: str) -> None:
    params = month(tmp_path, keys)
    (tmp_path / "books.pub").unlink()
    if given is not None:
        (tmp_path / "books.pub").write_bytes(given)
    with pytest.raises(InputError, match=said):
        make_plan(params, tmp_path / "outputs")


def test_a_key_that_does_not_sign_ends_the_close_before_its_first_notebook(
    tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither an agent nor the environment holds the private half; another person's key does not stand in."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("ARWORK_SIGNING_KEY", str(keys / "other"))
    with pytest.raises(InputError, match="the key does not sign") as refused:
        closed(month(tmp_path, keys), monkeypatch)
    assert refused.value.exit_code == 2
    assert not (tmp_path / "outputs").exists()


TAMPERED: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "the signature is missing": (lambda pack, keys: (pack / SIGNATURE).unlink(), "manifest.json.sig is missing"),
    "the signature is another key's": (lambda pack, keys: _sign(pack, keys / "other"), "is of another key"),
    "the signature is of other bytes": (lambda pack, keys: _sign(pack, keys / "books", b"x"), "is not a valid signature"),
    "the signature is for another purpose": (lambda pack, keys: _sign(pack, keys / "books", use="file"), "is not a valid signature"),
    "the signature is empty": (lambda pack, keys: (pack / SIGNATURE).write_bytes(b""), "is not an SSH signature"),
}


def _sign(pack: Path, key: Path, data: bytes = b"", use: str = "arwork-signoff") -> None:
    words = ["ssh-keygen", "-Y", "sign", "-q", "-n", use, "-f", str(key)]
    done = subprocess.run(words, input=data or (pack / MANIFEST).read_bytes(), capture_output=True, check=True)
    (pack / SIGNATURE).write_bytes(done.stdout)


@pytest.mark.parametrize("kind", TAMPERED)
def test_v1_finds_a_signature_that_is_not_the_one_that_was_made(pack: Path, keys: Path, kind: str) -> None:
    change, said = TAMPERED[kind]
    change(pack, keys)
    with pytest.raises(IntegrityError, match=said):
        verify(pack)


def test_v1_finds_flips_of_the_signature(pack: Path) -> None:
    whole = (pack / SIGNATURE).read_bytes()
    bits = len(whole) * 8
    for bit in random.Random(8).sample(range(bits), min(FLIPS, bits)):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        (pack / SIGNATURE).write_bytes(flipped)
        with pytest.raises(IntegrityError):
            verify(pack)
    (pack / SIGNATURE).write_bytes(whole)
    verify(pack)
