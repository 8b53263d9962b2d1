"""Signatures with the SSH keys that people have already: `ssh-keygen -Y`, offline, one namespace for what arwork signs."""

from __future__ import annotations

import base64
import binascii
import hashlib
import subprocess
import tempfile
from pathlib import Path

from arwork.errors import InputError, IntegrityError, StoppedError

NAMESPACE = "arwork-signoff"
"""A signature made for anything else does not count."""
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_CURE = "Take the sign-off from the archive."


def sign(key: Path, data: bytes) -> bytes:
    """Sign bytes with a private key file (or a public one whose key an agent holds); InputError when it cannot."""
    if not key.is_file():
        raise InputError("there is no such key", where=str(key), cure="Name a private SSH key, such as ~/.ssh/id_ed25519.")
    done = _run(["ssh-keygen", "-Y", "sign", "-q", "-f", str(key), "-n", NAMESPACE], data)
    if done.returncode:
        raise InputError(
            f"the key does not sign: {_said(done)}",
            where=key.name,
            cure="Name its private half in ARWORK_SIGNING_KEY, without a passphrase, or let an SSH agent hold it.",
        )
    return done.stdout


def fingerprint_of(key: Path) -> str:
    """Return the fingerprint of a key file as `ssh-keygen -l` prints it: SHA256:..."""
    if not key.is_file():
        raise InputError("there is no such key", where=str(key), cure="Name a private SSH key, such as ~/.ssh/id_ed25519.")
    done = _run(["ssh-keygen", "-l", "-f", str(key)], b"")
    words = done.stdout.decode("utf-8", "replace").split()
    if done.returncode or len(words) < 2:
        raise InputError(f"it is no SSH key: {_said(done)}", where=key.name)
    return words[1]


def signer_of(signature: bytes, name: str) -> str:
    """Return the fingerprint of the key in a signature file, which must be written in the one canonical way.

    Armour and version are checked first: ssh-keygen accepts a dozen flipped bits there that change nothing it looks at.
    """
    try:
        lines = signature.decode("ascii").split("\n")
        blob = base64.b64decode("".join(lines[1:-2]), validate=True)
        size = int.from_bytes(blob[10:14], "big")
        public = blob[14 : 14 + size]
        whole = blob[:6] == b"SSHSIG" and int.from_bytes(blob[6:10], "big") == 1 and len(public) == size > 0
    except (ValueError, binascii.Error):
        whole, public, blob = False, b"", b""
    if not whole or _armoured(blob) != signature:
        raise IntegrityError("is not an SSH signature as it was written", where=name, cure=_CURE)
    return "SHA256:" + base64.b64encode(hashlib.sha256(public).digest()).decode().rstrip("=")


def _armoured(blob: bytes) -> bytes:
    text = base64.b64encode(blob).decode()
    return "\n".join([_BEGIN, *(text[at : at + 70] for at in range(0, len(text), 70)), _END, ""]).encode()


def check(data: bytes, signature: bytes, name: str, *, principal: str = "", allowed: Path | None = None, at: str = "") -> None:
    """Check a signature over bytes; with an allowed-signers file also that the principal held that key at that time.

    `at` is the time of signing as YYYYMMDDHHMMSSZ. IntegrityError names the file.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "signature"
        file.write_bytes(signature)
        common = ["-n", NAMESPACE, "-s", str(file)]
        if allowed is None:
            words = ["ssh-keygen", "-Y", "check-novalidate", *common]
        else:
            when = [f"-Overify-time={at}"] if at else []
            words = ["ssh-keygen", "-Y", "verify", "-f", str(allowed), "-I", principal, *common, *when]
        done = _run(words, data)
    if done.returncode:
        whose = f" of {principal} by the keys allowed" if allowed else ""
        raise IntegrityError(f"is not a valid signature{whose}: {_said(done)}", where=name, cure=_CURE)


def principal_of(signature: bytes, allowed: Path) -> str:
    """Return the name that an allowed-signers file gives the key of a signature, the first where there are several; blank for none."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "signature"
        file.write_bytes(signature)
        done = _run(["ssh-keygen", "-Y", "find-principals", "-s", str(file), "-f", str(allowed)], b"")
    return "" if done.returncode else done.stdout.decode("utf-8", "replace").split("\n")[0].strip()


def _run(words: list[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(words, input=data, capture_output=True, check=False, timeout=60)  # noqa: S603 (no shell)
    except FileNotFoundError:
        raise StoppedError("ssh-keygen is not installed", cure="Install the OpenSSH client, version 8.9 or newer.") from None
    except subprocess.TimeoutExpired:
        raise StoppedError("ssh-keygen did not answer within a minute", cure="Use a key that an agent holds.") from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return " ".join((done.stderr or done.stdout).decode("utf-8", "replace").split())[:200] or f"exit code {done.returncode}"
