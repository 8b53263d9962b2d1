"""What the reconciliations of a run rest on beside the files of the month: params, policy, decisions, learned record, the pack before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from arwork.journal.events import Event, canonical
from arwork.journal.signing import QUIET
from arwork.pack.digest import sha256, sha256_of
from arwork.pack.stale import DECISIONS
from arwork.pack.taught import FILE as TAUGHT
from arwork.params import Params, Source
from arwork.reconcile.rests import Beside, Row

_APART = {"sources", "policy", "people", "journal", "learned", "accept_rejects"}
"""Parts of the params that change no reconciliation, or that count by themselves."""
_TALK = ("CONTACT", "NOTE", "PROMISE", "EXPORT", "POSTED", "BACKTEST")


def beside(run_dir: Path, record: Mapping[str, Any], params: Params, events: Sequence[Event]) -> Beside:
    """Gather these inputs of a laid-out run, each by name and digest.

    The params count without their list of sources: a file counts where it is read, and how it is read with it.
    """
    settings = params.model_dump(mode="json", exclude=_APART)
    always = [
        Row(str(record["params_name"]), "params", _digest(settings)),
        Row("policy", "policy", _digest(params.policy.model_dump(mode="json"))),
    ]
    if record["previous"]:
        always.append(Row(f"pack {record['previous']['pack']}", "previous", str(record["previous"]["manifest"])))
    decided = [event for event in events if event.action not in (*QUIET, *_TALK, "RULE")]
    seen = [Row(DECISIONS, "decisions", _digest([event.hash for event in decided]))] if decided else []
    taught = run_dir / "params" / TAUGHT
    if taught.is_file():
        seen.append(Row("learned record", "learned", sha256_of(taught)))
    reading = {n: row for n, source in enumerate(params.sources, start=1) if (row := _reading(run_dir, source))}
    return Beside(tuple(always), tuple(seen), reading)


def _reading(run_dir: Path, source: Source) -> Row | None:
    """Say how a source is read, where the params say more than its file and what it holds."""
    said = source.model_dump(
        mode="json", include={"layout", "ledger", "company_code", "customer", "signs", "encoding"}, exclude_defaults=True
    )
    if not said:
        return None
    layout = run_dir / "params" / "layouts" / f"{source.layout}.yaml"
    text = sha256_of(layout) if source.layout and layout.is_file() else ""
    return Row(f"how {Path(source.file).name} is read", "reading", _digest([said, text]))


def _digest(said: Any) -> str:
    return sha256(canonical(said).encode())
