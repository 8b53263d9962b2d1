"""Close a month: plan, run the notebooks, check, seal, publish. It computes no figure itself; the notebooks do.

Apart from `run`, which every kernel imports: what plans and seals would cost each of them two seconds.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arwork.cover import readiness
from arwork.errors import InputError, IntegrityError
from arwork.intake.shipped import shipped
from arwork.journal.people import separated
from arwork.pack import build
from arwork.pack.digest import write_once
from arwork.pack.front import front_page
from arwork.pack.index import write_index
from arwork.pack.laid import read_plan
from arwork.pack.manifest import versions
from arwork.pack.notebooks import GRAPH, NORMALISED, quiet_environment, run_graph
from arwork.pack.plan import inputs_of, lay_out, make_plan
from arwork.pack.record import read_tables, ties_and_findings
from arwork.pack.seal_key import signing_key
from arwork.pack.signed import own_events
from arwork.pack.verify import Verified, verify
from arwork.params import Params


@dataclass(frozen=True)
class Closed:
    """How a close ended: where the pack is, whether it was there already, what it says of itself."""

    place: Path
    was_there: bool
    verified: Verified

    @property
    def ready(self) -> bool:
        """Whether every tie of the pack holds."""
        return bool(self.verified.facts["status"] == "READY")


def close(params_file: Path, outputs: Path, tell: Callable[[str, str], None]) -> Closed:
    """Close a month: plan, run the notebooks, seal, publish; or find the same close's pack and check it.

    Raises InputError (nothing is left behind), IntegrityError (other content under the pack's name), StoppedError
    (the staging folder stays, and the same command resumes it).
    """
    plan = make_plan(params_file, outputs)
    final = outputs / plan.place
    if final.exists():
        return _there_already(final)
    key = signing_key(plan.params, params_file)
    quiet_environment()
    with build.staging(final) as staging:
        try:
            lay_out(plan, staging)
            run_graph(GRAPH, shipped("notebooks"), staging, _parameters(plan.params), tell)
        except InputError:
            build.drop(staging)
            raise
        build.html_pages(staging, f"{plan.params.close} {plan.params.period}")
        tell("seal", "running")
        build.seal(staging, with_front(staging, manifest_facts(staging, inputs_of(plan))), key)
        build.publish(staging, final)
        tell("seal", "done")
    write_index(outputs)
    return Closed(final, False, verify(final))


def _there_already(final: Path) -> Closed:
    """A pack under the same name must be this very close, whole; anything else is not ours to touch."""
    try:
        found = Closed(final, True, verify(final))
    except IntegrityError as broken:
        raise IntegrityError(f"{final} is there, but is not the pack of this close: {broken.what}", cure=broken.cure) from None
    build.settle(final)  # who stopped between the rename and this had acknowledged nothing
    with suppress(OSError):  # an archive that may only be read
        write_index(final.parent.parent.parent)
    return found


def _parameters(params: Params) -> dict[str, str]:
    return {"run_dir": ".", "close": params.close, "period": params.period, "as_of": params.as_of.isoformat()}


def with_front(folder: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """Write the front page of a run whose facts are known, and return them."""
    ties, findings = ties_and_findings(folder)
    (folder / "pack.html").unlink(missing_ok=True)
    owed, shared = read_tables(folder, ["owed"])["owed"], separated(own_events(folder))
    text = front_page(folder, facts, ties, findings, owed, read_plan(folder)[1].units, shared)
    write_once(folder / "pack.html", text.encode("utf-8"))
    return facts


def manifest_facts(folder: Path, inputs: Any) -> dict[str, Any]:
    """Gather what the manifest says of a finished run besides its files: plan, sources, status, ties, findings, what waits, versions."""
    record, _ = read_plan(folder)
    ties, findings = ties_and_findings(folder)
    ready, why = readiness(ties, findings)
    severity = {name: sum(f.severity == name for _, f in findings) for name in ("error", "warn", "info")}
    waiting = read_tables(folder, ["owed"])["owed"]
    return {
        **record,
        "sources": list(inputs),
        "status": "READY" if ready else "NOT READY",
        "why": why,
        "ties": [
            {"stage": s, "rule": t.rule, "name": t.name, "unit": t.unit, "difference": t.difference, "holds": t.holds} for s, t in ties
        ],
        "findings": severity,
        "waiting": {str(queue): int(count) for queue, count in waiting["queue"].value_counts().sort_index().items()},
        "versions": versions(),
        "normalised": list(NORMALISED),
    }


def scratch(pack_dir: Path, folder: Path) -> Path:
    """Lay out a run again beside its pack, inputs and params only, so that a notebook can be run again without touching it."""
    verify(pack_dir)
    for name in ("inputs", "params", "previous"):
        if (pack_dir / name).is_dir():
            shutil.copytree(pack_dir / name, folder / name)
    (folder / "record").mkdir(parents=True, exist_ok=True)
    write_once(folder / "record" / "plan.json", (pack_dir / "record" / "plan.json").read_bytes())
    write_once(folder / "journal.jsonl", (pack_dir / "journal.jsonl").read_bytes())
    return folder
