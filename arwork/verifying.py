"""Verify a pack in levels: V1 integrity, V2 authority, V3 arithmetic, V4 replay, V5 re-execution. It trusts nothing that the pack says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from arwork.errors import ArworkError, InputError, IntegrityError
from arwork.journal.signing import WHOLE
from arwork.pack import verify_alone
from arwork.pack.arithmetic import recompute
from arwork.pack.authority import Authority, authority
from arwork.pack.manifest import ALONE
from arwork.pack.replayed import replay_again
from arwork.pack.stale import newest_of, stale_since
from arwork.pack.verify import Verified, verify
from arwork.pack.went_in import check_went_in
from arwork.show.numbers import plural

CANNOT = (
    "Without an anchor it is not known whether the whole pack, with its journal and sign-offs, was replaced by another consistent one, "
    "or whether the last sign-offs were taken away. Bring the seal printed at the sign-off (--seal), an earlier checkpoint (--since) or "
    "the keys of who signs (--allowed-signers)."
)
"""What a check without an anchor cannot know."""

_NOT_AGAIN = "Notebooks, pages and workbook were not compared with the tables: only V5 does."


@dataclass(frozen=True)
class Brought:
    """What the verifier brings: the seal as printed, an earlier checkpoint, the keys of who may sign."""

    seal: str = ""
    since: Path | None = None
    allowed: Path | None = None


@dataclass(frozen=True)
class Report:
    """What was verified: V1's facts, a sentence a level, the sign-offs, what anchors it, and what voids the sign-offs."""

    found: Verified
    levels: tuple[tuple[str, str], ...]
    authority: Authority
    anchors: tuple[str, ...]
    stale: str = ""

    @property
    def state(self) -> str:
        """How far the pack is signed; STALE when a run of its period was closed after it (4.11)."""
        return "OPEN (STALE)" if self.stale else self.authority.state

    @property
    def anchored(self) -> bool:
        """Whether anything that the verifier brought ties the pack to something outside it."""
        return bool(self.anchors)


Again: TypeAlias = Callable[[Path, Mapping[str, Any]], str]
"""Runs a pack again and compares (rerun.py); it loads Papermill, so a quick check does without."""


def verify_levels(pack: Path, brought: Brought, again: Again | None, tell: Callable[[str, str], None]) -> Report:
    """Verify a pack up to V4, and V5 where `again` is given; IntegrityError names the first difference. What is not known fails."""
    if brought.seal and not re.fullmatch(r"[0-9a-f]{32,64}", brought.seal):
        raise InputError("a seal is written as 32 to 64 digits and letters a to f", cure="Copy it as it was printed.")
    for file in (brought.since, brought.allowed):
        if file and not file.is_file():
            raise InputError("there is no such file", where=str(file))
    return _as_integrity(pack, lambda: _levels(pack, brought, again, tell))


def _as_integrity(pack: Path, work: Callable[[], Report]) -> Report:
    """Let nothing a hostile pack can provoke end as anything but a refusal."""
    try:
        return work()
    except ArworkError:
        raise
    except Exception as fault:  # a pack that breaks a reader is not the pack that was sealed
        raise IntegrityError(f"it cannot be checked: {type(fault).__name__}: {str(fault)[:200]}", where=pack.name) from None


def _levels(pack: Path, brought: Brought, again: Again | None, tell: Callable[[str, str], None]) -> Report:
    told: list[tuple[str, str]] = []

    def said(level: str, sentence: str, *more: str) -> None:
        """Note a level that held, and tell it, what belongs to it on lines of their own."""
        told.append((level, "; ".join([sentence, *more])))
        tell(level, sentence)
        for line in more:
            tell("  ", line)

    found = verify(pack)
    anchors = _sealed(found, brought, pack)
    key = f"; manifest signed by {found.facts['signing_key']}" if "signing_key" in found.facts else ""
    said(
        "V1",
        f"{found.files} files, every byte as sealed; {plural(found.facts['journal']['events'], 'event')} of the journal, chain whole{key}",
    )
    signed = authority(pack, found.seal, _reconciliations(pack), brought.allowed, brought.since)
    anchors += signed.anchors
    stale = _stale(pack) if signed.acts else ""
    signed = replace(signed, doubts=(*signed.doubts, *_besides(pack, stale)))
    said("V2", signed.far, *(signed.acts or ["nobody has signed"]), *([stale] if stale else []))
    figures = recompute(pack, found.facts, _decimals(pack))
    left = f"; not counted again: {', '.join(figures.not_read[:5])}" if figures.not_read else ""
    said("V3", f"{figures.checks} checks recomputed in SQL; {figures.files} files as received counted by a second reader{left}")
    replayed = replay_again(pack)
    check_went_in(pack, found.facts)
    said("V4", f"{replayed} decisions replayed, the tables hold what they make; the run is named by what went in")
    if not again:
        signed = replace(signed, doubts=(*signed.doubts, _NOT_AGAIN))
    else:
        said("V5", again(pack, found.facts))
    return Report(found, tuple(told), signed, tuple(anchors), stale)


def _stale(pack: Path) -> str:
    """Say what voids the sign-offs, as the runs beside the pack tell it; what lies beside cannot fail the pack itself."""
    try:
        found = stale_since(pack)
    except (ArworkError, OSError) as broken:
        return f"Whether a newer run makes them STALE is not known: a run beside it cannot be read ({str(broken)[:200]})."
    return found.sentence if found else ""


def _besides(pack: Path, stale: str) -> list[str]:
    """Say what a reader must know beside the sign-offs: that a newer run is there, that the pack's own check is not ours."""
    newer = newest_of(pack)
    told = [f"Run {newer.name} of the same period was closed after it."] if newer and not stale else []
    if (pack / ALONE).read_bytes() != Path(verify_alone.__file__).read_bytes():
        told.append(
            f"{ALONE} in the pack is not the one of this release: rely on it only where it is known to be that of the pack's release."
        )
    return told


def _sealed(found: Verified, brought: Brought, pack: Path) -> list[str]:
    if not brought.seal:
        return []
    if not found.seal.startswith(brought.seal):
        raise IntegrityError(f"the seal is {found.seal}, not the one given", where=pack.name, cure="This is not the pack that was sealed.")
    return ["the seal given"]


def _reconciliations(pack: Path) -> list[str]:
    """List the reconciliations of a pack; a pack without them is signed as a whole."""
    path = pack / "data" / "reconciliations.parquet"
    with duckdb.connect(":memory:") as connection:
        rows = connection.read_parquet(str(path)).project("recon_id").fetchall() if path.is_file() else []
    return sorted(str(row[0]) for row in rows) or [WHOLE]


def _decimals(pack: Path) -> dict[str, int]:
    """Read the decimals that the params give to currencies, without reading the params as arwork does."""
    text = (pack / "params" / "close.yaml").read_text(encoding="utf-8-sig")
    block = re.search(r"(?m)^currency_decimals:[ \t]*(\{[^}]*\}|\n(?:[ \t]+.*\n?)+)", text)
    return {code: int(number) for code, number in re.findall(r"([A-Z]{3})[\"']?\s*:\s*([0-4])", block[1])} if block else {}


def as_json(pack: Path, report: Report) -> str:
    """Write a report as one JSON object."""
    return json.dumps(
        {
            "pack": str(pack), "ok": True, "files": report.found.files, "seal": report.found.seal, "status": report.found.facts["status"],
            "state": report.state, "stale": report.stale, "levels": [{"level": level, "said": said} for level, said in report.levels],
            "anchored": report.anchored, "anchors": list(report.anchors), "doubts": list(report.authority.doubts),
            "cannot_know": "" if report.anchored else CANNOT,
        }
    )  # fmt: skip
