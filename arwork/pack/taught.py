"""What a backtest learned, as an input of a close: taken in by its bytes, and only on the word of a second person (CV-13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from arwork.errors import InputError
from arwork.intake.received import Received, take
from arwork.journal.events import Event, accepted, same_person
from arwork.matching.authority import earned
from arwork.matching.learned import Learned, digest_of, policy_digest, read_learned
from arwork.params import Params

FILE = "learned.yaml"
"""Name of the file in `params/` of a run."""


def taught(params: Params, params_file: Path, events: Sequence[Event]) -> tuple[Received | None, dict[str, Any] | None]:
    """Take in the file that the params name under `learned`, and say by whom it was accepted; nothing where they name none.

    Raises InputError for a file that is not there, was changed by hand, was learned under another policy, or that no second
    person accepted in the close's journal.
    """
    if not params.learned:
        return None, None
    path = params_file.parent / params.learned
    if not path.is_file():
        raise InputError(
            f"learned: there is no file {params.learned!r}", where=params_file.name, cure="Correct the path, or leave `learned` out."
        )
    received = take(path)
    learned = read_learned(received.data, received.name)
    event = accepted(events).get(digest_of(received.data))
    if event is None:
        raise InputError(
            f"nobody accepted what it holds (digest {received.sha256[:12]})", where=received.name,
            cure=f"Let somebody who did not run it look at its report, then: arwork accept {params_file.name} {params.learned} --reason ...",
        )  # fmt: skip
    if same_person(event.by, learned.run_by):
        raise InputError(
            f"{event.by} ran the backtest and accepted it too (CV-13)", where=received.name, cure="Let another person accept it."
        )
    _holds_here(learned, params, received.name)
    return received, {
        "name": received.name,
        "sha256": received.sha256,
        "accepted_by": event.by,
        "event": event.seq,
        "run_by": learned.run_by,
    }


def _holds_here(learned: Learned, params: Params, name: str) -> None:
    """Refuse a record that says nothing about this close: another policy, another confidence, a grant that is not there."""
    policy = params.policy
    if learned.policy != policy_digest(policy):
        raise InputError(
            "was learned under another policy of matching, so its record says nothing about this close", where=name,
            cure="Run `arwork backtest` again under this policy.",
        )  # fmt: skip
    if learned.confidence != int(policy.authority.confidence * 10_000):
        raise InputError(
            f"states its bounds at {learned.confidence / 10_000:.2f} % confidence, the policy asks for {policy.authority.confidence} %",
            where=name, cure="Run `arwork backtest` again.",
        )  # fmt: skip
    if policy.matching.fuzzy_auto and not any(strategy.startswith("M12") for _, strategy in earned(learned, policy.authority)):
        raise InputError(
            "fuzzy_auto: true would post damaged references, but this record earns M12 nothing", where=name, cure="Leave fuzzy_auto false."
        )


def read_taught(folder: Path, record: Mapping[str, Any]) -> Learned | None:
    """Read back what a run took in; InputError when its bytes are not the ones in the run's record."""
    said = record.get("learned")
    if not said:
        return None
    data = (folder / "params" / FILE).read_bytes()
    if digest_of(data) != said["sha256"]:
        raise InputError("is not the file that was taken in", where=said["name"], cure="Run the close again.")
    return read_learned(data, said["name"])
