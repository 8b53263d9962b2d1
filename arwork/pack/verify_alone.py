"""Check a pack with Python alone, no package installed: `python verify.py [SEAL]` inside it, or `python verify.py [SEAL] PACK` from elsewhere.

Whoever forges a pack can forge the verify.py in it too: use one that you have from another place, and a seal that you were told.

It checks that the folder holds exactly the files that were sealed, every byte of each, that the chain of decisions is whole and ends at
the head that the manifest names, and the same of the sign-offs beside the pack. It does not recompute figures: `arwork verify` does.
Exit code 0: consistent. 3: the first difference is printed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

DOMAIN = "arwork-journal-1"


class DifferentError(Exception):
    """Something is not what was sealed."""


def canonical(value: object) -> str:
    """Write a value as JSON in the one way that arwork writes it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(path: str) -> str:
    """Return the SHA-256 of a file."""
    found = hashlib.sha256()
    with open(path, "rb") as file:  # noqa: PTH123 (it runs on any Python 3 and takes plain names)
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def read(path: str) -> bytes:
    """Return the bytes of a file."""
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read()


def files_in(pack: str) -> Iterator[str]:
    """List the files below a folder by their names with forward slashes; links and special files are refused."""
    for folder, folders, names in os.walk(pack):
        for name in folders + names:
            path = os.path.join(folder, name)  # noqa: PTH118
            shown = os.path.relpath(path, pack).replace(os.sep, "/")
            if os.path.islink(path) or not (os.path.isfile(path) or os.path.isdir(path)):  # noqa: PTH112, PTH113, PTH114
                raise DifferentError(f"{shown} is a link or a special file")
            if name in names:
                yield shown


def check_files(pack: str) -> tuple[dict[str, Any], str]:
    """Check the set of files and every byte; return the manifest and the seal."""
    text = read(os.path.join(pack, "manifest.json"))  # noqa: PTH118
    manifest = json.loads(text)
    if (canonical(manifest) + "\n").encode() != text or manifest["schema"] != "arwork-pack-1":
        raise DifferentError("manifest.json was rewritten")
    listed = {row["path"]: row for row in manifest["files"]}
    present = set(files_in(pack))
    beside = {"manifest.json", "SHA256SUMS", *(["manifest.json.sig"] if manifest.get("signing_key") else [])}
    for name in sorted((set(listed) | beside) ^ present):
        raise DifferentError(f"{name} {'does not belong to the pack' if name in present else 'is missing'}")
    sums = {name: row["sha256"] for name, row in listed.items()} | {"manifest.json": hashlib.sha256(text).hexdigest()}
    for name, row in listed.items():
        path = os.path.join(pack, *name.split("/"))  # noqa: PTH118
        if os.path.getsize(path) != row["bytes"] or digest_of(path) != row["sha256"]:  # noqa: PTH202
            raise DifferentError(f"{name} is not the file that was sealed")
    wanted = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()
    found = read(os.path.join(pack, "SHA256SUMS"))  # noqa: PTH118
    if found != wanted:
        raise DifferentError("SHA256SUMS does not list this pack")
    return manifest, hashlib.sha256(found).hexdigest()


def check_chain(entries: list[dict[str, Any]]) -> str:
    """Check that each event seals the one before; return the head."""
    head = hashlib.sha256(DOMAIN.encode()).hexdigest()
    for number, entry in enumerate(entries, start=1):
        content = {name: value for name, value in entry.items() if name not in ("prev", "hash")}
        sealed = hashlib.sha256(f"{DOMAIN}\n{head}\n{canonical(content)}".encode()).hexdigest()
        if (entry["seq"], entry["prev"], entry["hash"]) != (number, head, sealed):
            raise DifferentError(f"event {number} is not the one that was recorded")
        head = sealed
    return head


def check_journal(pack: str, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Check the decisions of the pack."""
    text = read(os.path.join(pack, "journal.jsonl")).decode()  # noqa: PTH118
    if text and not text.endswith("\n"):
        raise DifferentError("the last line of journal.jsonl was cut short")
    entries = [json.loads(line) for line in text.split("\n")[:-1]]
    if text != "".join(canonical(entry) + "\n" for entry in entries):
        raise DifferentError("journal.jsonl was rewritten")
    if check_chain(entries) != manifest["journal"]["head"] or len(entries) != manifest["journal"]["events"]:
        raise DifferentError("journal.jsonl does not end at the head that the manifest names")
    return entries


def check_sign_offs(pack: str, seal: str, entries: list[dict[str, Any]]) -> list[str]:
    """Check the sign-offs beside the pack; return a sentence for each."""
    folder, told, before = pack + ".signoff", [], None
    if not os.path.isdir(folder):  # noqa: PTH112
        return []
    for name in sorted(n for n in os.listdir(folder) if n.endswith(".json")):  # noqa: PTH208
        data = read(os.path.join(folder, name))  # noqa: PTH118
        said = json.loads(data)
        if (canonical(said) + "\n").encode() != data or said["pack"] != seal or said["before"] != before:
            raise DifferentError(f"{name} is not a sign-off of this pack, or one before it is missing")
        entries = entries + said["since"] + [said["act"]]
        check_chain(entries)
        before = {"file": name, "sha256": hashlib.sha256(data).hexdigest()}
        told.append(f"{said['act']['action']} by {said['act']['by']} ({said['act']['known_by']}), {said['act']['at']}")
    return told


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main(pack: str, expected: str) -> int:
    """Check a pack and say what was found."""
    try:
        manifest, seal = check_files(pack)
        if manifest["run"] != os.path.basename(pack):  # noqa: PTH119
            raise DifferentError(f"the folder is not called {manifest['run']}, the run that its manifest names")
        told = check_sign_offs(pack, seal, check_journal(pack, manifest))
        if expected and (len(expected) < 32 or not seal.startswith(expected)):
            raise DifferentError(f"the seal is {seal}, not the one given")
    except (DifferentError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        say(f"NOT WHOLE: {wrong if isinstance(wrong, DifferentError) else type(wrong).__name__ + ': ' + str(wrong)}")
        return 3
    say(f"{manifest['close']} {manifest['period']} run {manifest['run']}: {len(manifest['files']) + 2} files, every byte as sealed")
    if manifest.get("signing_key"):
        say(f"the manifest is signed by the key {manifest['signing_key']}, it says: see manifest.json.sig")
    say(f"seal {seal}: " + ("the one given" if expected else "consistent, not anchored; compare it with the one printed at the sign-off"))
    for line in told:
        say(line.encode("ascii", "backslashreplace").decode())
    say("Figures were not recomputed and signatures not verified; arwork verify does both.")
    return 0


if __name__ == "__main__":
    PLACES = [word for word in sys.argv[1:] if os.path.isdir(word)]  # noqa: PTH112
    SEALS = [word for word in sys.argv[1:] if word not in PLACES]
    sys.exit(main(os.path.realpath(PLACES[0] if PLACES else os.path.dirname(__file__)), "".join(SEALS)))  # noqa: PTH120
