"""Close a month with what has arrived since: file it by digest, make it a source, run the ordinary close.

A file leaves the folder only when the close that took it in is sealed; when the close refuses it, everything is as before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from arwork.close import Closed, close
from arwork.errors import InputError
from arwork.intake.check import Choice, layouts_for
from arwork.intake.inbox import NEW, Arrival, arrivals
from arwork.journal.durable import replace_whole
from arwork.pack.digest import sha256_of
from arwork.pack.filed import file_away, list_file
from arwork.pack.plan import make_plan


@dataclass(frozen=True)
class Taken:
    """How a close with arrivals ended: what became of each file, which filed lists were replaced, and the close itself."""

    found: tuple[Arrival, ...]
    replaced: tuple[str, ...]
    closed: Closed


def close_with_inbox(params_file: Path, outputs: Path, folder: Path, tell: Callable[[str, str], None], wait: Callable[[], None]) -> Taken:
    """Take in what lies in a folder, then close as ever, as of the key date of the params.

    Raises what `close` raises; then the list of what arrived is as it was, and every file still lies in the folder.
    """
    plan = make_plan(params_file, outputs)
    layouts, _, _ = layouts_for(params_file.parent / "layouts", "")
    known = {received.sha256: f"{received.name}, a source of this close" for _, files in plan.given for received in files}
    if plan.previous:
        before_now = (path.name for path in (plan.previous / "inputs").glob("*"))
        known = {**dict.fromkeys(before_now, f"an input of {'/'.join(plan.previous.parts[-2:])}"), **known}
    tell("inbox", f"looking at {folder.as_posix()}")
    found = arrivals(folder, plan.params, Choice(layouts, units=plan.params.units), lambda sha: known.get(sha, ""), wait)
    new = [one for one in found if one.state == NEW]
    list_path = list_file(plan.params, params_file)
    before = list_path.read_bytes() if list_path.is_file() else None
    made, replaced = file_away(new, plan.params, params_file) if new else ([], [])
    try:
        closed = close(params_file, outputs, tell)
    except InputError as refused:
        _undo(list_path, before, made)
        cure = f"{refused.cure} Nothing of {folder.as_posix()} was taken in." if new else refused.cure
        raise InputError(refused.what, where=refused.where, cure=cure.strip()) from None
    for one in new:
        _take_away(one)
    return Taken(tuple(found), tuple(replaced), closed)


def _undo(list_path: Path, before: bytes | None, made: list[Path]) -> None:
    """Put the list back as it was and take away the copies; the files themselves never left the folder."""
    if before is None:
        list_path.unlink(missing_ok=True)
    else:
        replace_whole(list_path, before)
    for path in made:
        path.unlink(missing_ok=True)


def _take_away(one: Arrival) -> None:
    """Remove a file that is filed and sealed; what came under its name meanwhile stays."""
    aside = one.path.with_name(f".{one.path.name}.taken")
    try:
        one.path.rename(aside)
    except FileNotFoundError:
        return
    if one.received and sha256_of(aside) == one.received.sha256:
        aside.unlink()
    elif not one.path.exists():
        aside.rename(one.path)
