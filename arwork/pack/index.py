"""`outputs/index.html`: every pack with the state that follows from its sign-offs; rebuilt at will, outside every seal, evidence of nothing."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from arwork.errors import ArworkError
from arwork.journal.signing import how_far, scope_of, signed
from arwork.pack.digest import sha256_of
from arwork.pack.manifest import MANIFEST, SUMS, read_manifest
from arwork.pack.page import page, table_of
from arwork.pack.signed import read_sign_offs
from arwork.pack.stale import stale_since
from arwork.show.markup import Markup, element, joined

_HEADS = ("close", "period", "run", "at the seal", "sign-offs", "by whom", "changed since", "seal")


def write_index(outputs: Path) -> Path:
    """Write the page anew, in one step, so that a reader sees the old one or the new one."""
    found: dict[Path, list[tuple[int, int, Path]]] = {}
    for path in sorted(outputs.glob(f"*/*/*/{MANIFEST}")):
        if not path.parent.name.startswith("."):
            found.setdefault(path.parent.parent, []).append((_events(path.parent), path.stat().st_mtime_ns, path.parent))
    rows = []
    for runs in found.values():
        newest = max(runs)[2]
        rows += [_row(outputs, pack, pack == newest) for *_, pack in sorted(runs, reverse=True)]
    body = joined(
        element("p", "Every pack in this folder, and the state that follows from what people signed since. The packs do not change by it."),
        table_of(_HEADS, rows),
        element(
            "p",
            "This page is written anew after each close and sign-off and proves nothing: ",
            element("code", "arwork verify PACK"),
            " does.",
        ),
    )
    target, fresh = outputs / "index.html", outputs / f".index-{os.getpid()}.html"
    fresh.write_text(page("Packs", "Closes and their sign-offs", body), encoding="utf-8")
    fresh.replace(target)
    return target


def _events(pack: Path) -> int:
    try:
        return int(read_manifest(pack)["journal"]["events"])
    except ArworkError:
        return -1


def _row(outputs: Path, pack: Path, newest: bool) -> tuple[str | Markup, ...]:
    close, period, run = pack.relative_to(outputs).parts
    front = "pack.html" if (pack / "pack.html").is_file() else MANIFEST
    link = element("a", run, href="/".join(quote(part) for part in (close, period, run, front)))
    try:
        manifest, seal = read_manifest(pack), sha256_of(pack / SUMS)
        state, who, changed = state_of(pack, newest)
        return close, period, link, str(manifest.get("status", "")), state, who, changed, seal[:16]
    except (ArworkError, OSError) as broken:
        return close, period, link, "NOT WHOLE", "", str(broken)[:200], "", ""


def state_of(pack: Path, newest: bool) -> tuple[str, str, str]:
    """Say the state of a pack by its sign-offs, who did the last acts, and what changed since; a run closed again is STALE (4.11)."""
    found = read_sign_offs(pack)
    if not found.acts:
        return ("OPEN" if newest else "OPEN (superseded)"), "", ""
    state = how_far(signed(found.events, sha256_of(pack / SUMS)), int(found.acts[-1].body["of"]))
    who = "; ".join(f"{act.action}{scope_of(act)} by {act.by} on {act.at[:10]}" for act in found.acts[-4:])
    old = None if newest else stale_since(pack)
    return ("OPEN (STALE)" if old else state if newest else "OPEN (superseded)"), who, old.sentence if old else ""
