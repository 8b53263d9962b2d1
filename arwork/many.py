"""Close several params files with one command: two at a time, each in a process of its own, and a page that sums them up."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from arwork.errors import InputError
from arwork.pack.manifest import read_manifest
from arwork.pack.page import page, table_of
from arwork.show.markup import Markup, element, joined, visible


@dataclass(frozen=True)
class Ended:
    """How the close of one params file ended: its exit code, what it printed, why it stopped, and its pack where there is one."""

    params: Path
    code: int
    out: str
    reason: str
    pack: Path | None


def close_many(files: Sequence[Path], outputs: Path, tell: Callable[[str, str], None]) -> list[Ended]:
    """Close every file, two at a time; one that is refused stops no other. Writes `summary.html` into the outputs.

    Files of one close run one after the other in the order given, since a month takes up the one before. Raises InputError when a
    file stands twice.
    """
    names = [file.resolve() for file in files]
    if len(set(names)) != len(names):
        raise InputError("a params file stands twice", cure="Name each once.")
    lines: dict[str, list[Path]] = {}
    for file in files:
        lines.setdefault(_name(file), []).append(file)
    with ThreadPoolExecutor(2) as pool:
        done = {
            ended.params: ended
            for line in pool.map(lambda line: [_close(f, outputs, tell) for f in line], lines.values())
            for ended in line
        }
    ended_all = [done[file] for file in files]
    outputs.mkdir(parents=True, exist_ok=True)
    (outputs / "summary.html").write_text(summary(ended_all, outputs), encoding="utf-8")
    return ended_all


def _name(file: Path) -> str:
    """Find the name of a close by its line in the params; a file that states none plainly stands for itself."""
    text = file.read_text(encoding="utf-8-sig", errors="replace") if file.is_file() else ""
    found = re.search(r"(?m)^close:[ \t]*([^\s#]+)", text)
    return found[1] if found else f"file {file.resolve()}"


def _close(file: Path, outputs: Path, tell: Callable[[str, str], None]) -> Ended:
    tell(file.as_posix(), "running")
    words = [sys.executable, "-m", "arwork.cli", "close", str(file), "--outputs", str(outputs)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 (our own command, no shell)
    last = done.stdout.strip().rpartition("\n")[2]
    pack = Path(last.removeprefix("pack: ")) if last.startswith("pack: ") else None
    said = [line for line in done.stderr.splitlines() if line.startswith("arwork: ")]
    reason = "\n".join(said).removeprefix("arwork: ") if pack is None else ""
    tell(file.as_posix(), "done" if pack else "stopped")
    return Ended(file, done.returncode, done.stdout, reason or ("" if pack else f"it ended with exit code {done.returncode}"), pack)


def summary(ended: Sequence[Ended], outputs: Path) -> str:
    """Return the page: a row a close, with its status and pack, or the reason why there is none."""
    rows = [(one.params.name, *_row(one, outputs)) for one in ended]
    packs = sum(one.pack is not None for one in ended)
    ready = sum(one.code == 0 for one in ended)
    body = joined(
        element("h1", f"{packs} of {len(ended)} closed, {ready} READY"),
        table_of(("params", "close", "period", "status", "why", "pack"), rows),
        element("p", "The sign-offs of each pack are in index.html beside this page."),
    )
    return page("Closes of one command", "Two at a time; what was refused left nothing behind.", body)


def _row(one: Ended, outputs: Path) -> tuple[str | Markup, ...]:
    if one.pack is None:
        return "", "", f"no pack (exit code {one.code})", visible(one.reason), ""
    facts = read_manifest(one.pack)
    where = one.pack.resolve().relative_to(outputs.resolve()).as_posix()
    link = element("a", facts["run"], href=quote(f"{where}/pack.html"))
    return str(facts["close"]), str(facts["period"]), str(facts["status"]), str(facts["why"]), link
