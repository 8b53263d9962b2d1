"""The key that signs the manifest of a close: its public half is named in the params, its private half is with an agent, never in the pack."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arwork.errors import InputError, IntegrityError
from arwork.journal.keys import fingerprint, public_key
from arwork.pack.digest import write_once
from arwork.pack.manifest import MANIFEST
from arwork.pack.ssh import check, fingerprint_of, principal_of, sign, signer_of
from arwork.params import Params

FILE = "signing_key.pub"
"""Name of the public key inside a pack, below `params`."""
SIGNATURE = f"{MANIFEST}.sig"
"""Name of the signature inside a pack; the manifest cannot list it, and says by `signing_key` that it is there."""
KEY_VARIABLE = "ARWORK_SIGNING_KEY"
"""Environment variable that names the SSH key of whoever acts."""
_CURE = "Take the pack from the archive."


def read_key(params: Params, params_file: Path) -> bytes:
    """Return the public key that the params name, as it goes into the pack; empty where they name none.

    InputError where the file is not there or is no public key, and says so of a private one.
    """
    if not params.signing_key:
        return b""
    path = params_file.parent / params.signing_key
    if not path.is_file():
        raise InputError(f"signing_key: there is no file {params.signing_key!r}", where=params_file.name, cure="Name a public key file.")
    text = path.read_bytes()[:20_000].decode("utf-8", "replace")
    if "PRIVATE KEY" in text:
        raise InputError(
            f"signing_key: {params.signing_key!r} holds a private key, which no params may name", where=params_file.name,
            cure="Name its public half, the file that ends with .pub.",
        )  # fmt: skip
    key = public_key(text)
    if not key:
        raise InputError(f"signing_key: {params.signing_key!r} is no public SSH key", where=params_file.name, cure="Name a .pub file.")
    return f"{key}\n".encode("ascii")


def fingerprint_in(key: bytes) -> str:
    """Return the fingerprint of a public key as `read_key` gives it; blank for none."""
    return fingerprint(key.decode("ascii")) if key else ""


def signing_key(params: Params, params_file: Path) -> Path | None:
    """Return the key file that `ssh-keygen` signs the manifest with, after a trial: a close without its key ends before its first notebook.

    That is the file in ARWORK_SIGNING_KEY where it is this very key, else the public half, whose private one an agent holds or which lies beside it.
    """
    public = read_key(params, params_file)
    if not public:
        return None
    mine = os.environ.get(KEY_VARIABLE, "")
    given = Path(mine) if mine and fingerprint_of(Path(mine)) == fingerprint_in(public) else params_file.parent / params.signing_key
    sign(given, b"arwork asks whether this key signs\n")
    return given


def sign_manifest(folder: Path, key: Path) -> None:
    """Sign the manifest of a staging folder."""
    write_once(folder / SIGNATURE, sign(key, (folder / MANIFEST).read_bytes()))


def check_signature(pack: Path, manifest: Mapping[str, Any], allowed: Path | None = None) -> str:
    """Check the signature of a manifest that names a key, and return the name that an allowed-signers file gives that key.

    Blank without such a file, for a key that it does not list, and for a manifest that names no key. IntegrityError where the
    signature is not the key's over these very bytes, or the key is not the one of the params.
    """
    named = str(manifest.get("signing_key", ""))
    key = pack / "params" / FILE
    if named != fingerprint_in(key.read_bytes() if key.is_file() else b""):
        raise IntegrityError(f"{MANIFEST} names another key than params/{FILE}", where=pack.name, cure=_CURE)
    if not named:
        return ""
    signature = (pack / SIGNATURE).read_bytes()
    if signer_of(signature, SIGNATURE) != named:
        raise IntegrityError(f"{SIGNATURE} is of another key than {MANIFEST} names", where=pack.name, cure=_CURE)
    data = (pack / MANIFEST).read_bytes()
    check(data, signature, SIGNATURE)
    whose = principal_of(signature, allowed) if allowed else ""
    if whose:
        check(data, signature, SIGNATURE, principal=whose, allowed=allowed)
    return whose
