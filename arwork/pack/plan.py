"""The plan of a close: which bytes go in, under which name the run is known, and the folder the notebooks work on.

A run's name is the first twelve characters of a digest over everything that can change its result: the source files,
the params with the policy and layouts, the head of the journal, the code, and the previous period's pack.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from glob import escape, glob
from pathlib import Path
from typing import Any

from arwork.errors import InputError
from arwork.intake.controls import ENDING, is_control
from arwork.intake.received import Received, take
from arwork.intake.shipped import shipped
from arwork.journal.chain import head
from arwork.journal.events import Event, canonical
from arwork.journal.lines import as_line
from arwork.journal.people import seeded
from arwork.journal.rules import with_rules
from arwork.journal.signing import REACHED, deciding, refuse_locked
from arwork.journal.store import Signer, Store, open_store
from arwork.pack.digest import sha256, sha256_of, write_once
from arwork.pack.filed import filed_text
from arwork.pack.filed_list import FILE as INBOX
from arwork.pack.filed_list import with_filed
from arwork.pack.given import Given
from arwork.pack.laid import CARRIED, UNCLAIMED
from arwork.pack.manifest import MANIFEST
from arwork.pack.seal_key import FILE as PUBLIC_KEY
from arwork.pack.seal_key import KEY_VARIABLE, fingerprint_in, read_key
from arwork.pack.ssh import fingerprint_of, sign
from arwork.pack.taught import FILE as TAUGHT
from arwork.pack.taught import taught
from arwork.pack.verify import verify
from arwork.pack.went_in import run_name
from arwork.params import Params, Source, read_params
from arwork.policy import read_policy


@dataclass(frozen=True)
class Plan:
    """Everything a close starts from, as read; `run` is its name."""

    params: Params
    params_name: str
    texts: Mapping[str, bytes]
    given: tuple[Given, ...]
    events: tuple[Event, ...]
    previous: Path | None
    code: str
    run: str
    learned: Mapping[str, Any] | None = None

    @property
    def place(self) -> Path:
        """Folder of the pack below the outputs folder."""
        return Path(self.params.close) / self.params.period / self.run


def make_plan(params_file: Path, outputs: Path) -> Plan:
    """Read the params file and every source it names; InputError with place and cure for anything that is not right."""
    if not params_file.is_file():
        raise InputError("there is no such params file", where=str(params_file), cure="Name the YAML file of the close.")
    if outputs.exists() and not outputs.is_dir():
        raise InputError(f"{outputs} is a file", cure="Give --outputs a folder.")
    text = take(params_file)
    policy_file = shipped("params", "policy.yaml")
    policy = read_policy(policy_file.read_text(encoding="utf-8"), policy_file.name)
    params = read_params(_utf8(text), params_file.name, policy)
    filed = filed_text(params, params_file)
    params = with_filed(params, filed, INBOX)
    texts = {"close.yaml": text.data, "policy.yaml": policy_file.read_bytes(), **_layouts(params, params_file.parent)}
    texts |= {INBOX: filed} if filed else {}
    texts |= {UNCLAIMED: take(_unclaimed(params_file.parent)).data}
    given = tuple((source, _files(source, params_file)) for source in params.sources)
    whole = read_journal(params, params_file)
    refuse_locked(whole, params.close, params.period)
    params = with_rules(params, deciding(whole))
    learned, said = taught(params, params_file, deciding(whole))
    texts |= {TAUGHT: learned.data} if learned else {}
    key = read_key(params, params_file)
    texts |= {PUBLIC_KEY: key} if key else {}
    previous = _previous(params, outputs)
    code = code_digest()
    named = partial(
        run_name,
        {name: sha256(data) for name, data in texts.items()},
        [[source.reads, [[f.name, f.sha256] for f in files]] for source, files in given],
        code,
        sha256_of(previous / MANIFEST) if previous else "",
    )
    events, run = _as_far(whole, params.period, named)
    return Plan(params, params_file.name, texts, given, events, previous, code, run, said)


def _as_far(whole: Sequence[Event], period: str, named: Callable[[str], str]) -> tuple[tuple[Event, ...], str]:
    """Return the events that a run takes in, and its name: all decisions, and sign-offs of its period on a run that had other inputs.

    What is signed on the run itself is left out, so that closing again finds the pack that was signed. What was signed on an older one is
    taken in, so that the new run says which reconciliations that makes STALE (4.11).
    """
    end = len(deciding(whole))
    while True:
        run = named(head(whole[:end]))
        signs = (n for n in range(end, len(whole)) if whole[n].action in REACHED and whole[n].body.get("period") == period)
        foreign = next((n for n in signs if whole[n].body.get("run") != run), None)
        if foreign is None:
            return tuple(whole[:end]), run
        end = foreign + 1


def journal_store(params: Params, params_file: Path) -> Store:
    """Open the close's journal: the one its params name under `journal`, or a file beside them; the caller closes it.

    InputError when the params name a file that is not there, or when two journals lie beside them.
    """
    store = open_store(journal_place(params, params_file), base=params_file.parent)
    key = os.environ.get(KEY_VARIABLE, "")
    signer = Signer(partial(fingerprint_of, Path(key)), lambda data: sign(Path(key), data).decode("ascii")) if key else None
    return replace(store, seeds=tuple(seeded([(seat.name, seat.roles, seat.logins) for seat in params.people])), signer=signer)


def journal_place(params: Params, params_file: Path) -> str:
    """Return where the journal is, as `open_store` takes it; a close whose decisions are in a `.jsonl` file goes on there.

    A journal that was moved away is not begun anew beside the old decisions: InputError.
    """
    base = params_file.parent
    if not params.journal:
        new, old = f"{params.close}.journal.sqlite", f"{params.close}.journal.jsonl"
        if (base / new).exists() and (base / old).exists():
            raise InputError(
                f"both {new} and {old} are there, and only one can be the journal", where=params_file.name,
                cure=f"Name the one that counts: journal: {new}.",
            )  # fmt: skip
        gone = next((name for name in (new, old) if (base / f"{name}.moved").exists()), "")
        if gone and not (base / new).exists() and not (base / old).exists():
            raise InputError(
                f"the journal was moved from {gone} to another place, which the params do not name", where=params_file.name,
                cure="Name the new place, as `arwork journal move` printed it: journal: ...",
            )  # fmt: skip
        return old if (base / old).exists() else new
    if "://" in params.journal:
        return params.journal
    path = base / params.journal
    if not path.is_file():
        raise InputError(
            f"journal: there is no file {params.journal!r}", where=params_file.name,
            cure="Correct the path. A new journal needs an empty file there, so that a misspelt one cannot lose every decision.",
        )  # fmt: skip
    if "outputs" in Path(params.journal).parts:
        raise InputError(
            "journal: it lies among the outputs, which are written once", where=params_file.name, cure="Put it beside the params."
        )
    return params.journal


def read_journal(params: Params, params_file: Path) -> tuple[Event, ...]:
    """Read all events of the close's journal, once."""
    store = journal_store(params, params_file)
    try:
        return tuple(store.events())
    finally:
        store.close()


def code_digest() -> str:
    """Return one digest over the package's own code and the shipped notebooks."""
    package = Path(__file__).resolve().parent.parent
    notebooks = shipped("notebooks")
    files = [(f"arwork/{p.relative_to(package).as_posix()}", p) for p in package.rglob("*.py")]
    files += [(f"notebooks/{p.name}", p) for p in notebooks.glob("*.ipynb")]
    return sha256(canonical([[name, sha256_of(path)] for name, path in sorted(files)]).encode())


def _utf8(received: Received) -> str:
    try:
        return received.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=received.name, cure="Save the params file as UTF-8.") from None


def _unclaimed(folder: Path) -> Path:
    return folder / UNCLAIMED if (folder / UNCLAIMED).is_file() else shipped("params", UNCLAIMED)


def _layouts(params: Params, folder: Path) -> dict[str, bytes]:
    """Take each layout the sources name: a file beside the params, in its `layouts` folder, or a shipped one."""
    found = {}
    for name in sorted({source.layout for source in params.sources if source.layout and source.layout != "plain"}):
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_\-]*", name):
            raise InputError(f"layout {name!r} is not a name", where=f"{folder.name}", cure="Use letters, digits, dash and underscore.")
        places = [folder / "layouts" / f"{name}.yaml", shipped("params", "layouts") / f"{name}.yaml"]
        path = next((place for place in places if place.is_file()), None)
        if path is None:
            known = sorted(p.stem for p in shipped("params", "layouts").glob("*.yaml"))
            raise InputError(
                f"layout {name!r} is not there", cure=f"Write layouts/{name}.yaml beside the params file, or use {', '.join(known)}."
            )
        found[f"layouts/{name}.yaml"] = take(path).data
    if any(source.reads == "remittance" and not source.layout for source in params.sources):
        # Advices without a layout are read with the words that ship: they change the result, so they are part of the plan.
        found |= {f"layouts/{path.name}": take(path).data for path in sorted(shipped("params", "layouts", "advices").glob("*.yaml"))}
    return found


def _files(source: Source, params_file: Path) -> tuple[Received, ...]:
    base, pattern = params_file.parent, source.file
    found = [base / pattern]
    if any(mark in pattern for mark in "*?["):
        found = [Path(name) for name in glob(f"{escape(str(base))}/{pattern}", recursive=True)]  # noqa: PTH207 (it may start with ..)
    paths = sorted(path for path in found if not path.is_dir() and not is_control(path.name)) or found
    if not paths:
        raise InputError(f"no file matches {pattern!r}", where=params_file.name, cure="Correct the pattern, or deliver the files.")
    sides = [side for path in paths if (side := path.with_name(path.name + ENDING)).is_file()]
    return tuple(take(path) for path in (*paths, *sides))


def _previous(params: Params, outputs: Path) -> Path | None:
    """Find the sealed pack of the previous period; a first period says so and takes its openings from the params."""
    if not params.previous_period:
        return None
    period, _, run = params.previous_period.partition("/")
    folder = outputs / params.close / period
    packs = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}") if not path.parent.name.startswith("."))
    packs = [path for path in packs if run in ("", path.name)]
    if len(packs) != 1:
        many = f"holds {len(packs)} packs ({', '.join(p.name for p in packs)})" if packs else "holds no such pack"
        cure = f"Close that period first; where it has several runs, name one: previous_period: {period}/<run>."
        raise InputError(f"{folder.as_posix()} {many}", cure=cure)
    verify(packs[0])  # a changed amount in it would become this month's money
    return packs[0]


def lay_out(plan: Plan, folder: Path) -> None:
    """Put the plan into a staging folder: inputs by digest, params, journal, what is carried, and `record/plan.json`.

    Files that are there already with the same bytes are kept, so that a stopped run can resume.
    """
    for _, files in plan.given:
        for received in files:
            _lay(folder / "inputs" / received.sha256, received.data)
    for name, data in plan.texts.items():
        _lay(folder / "params" / name, data)
    _lay(folder / "journal.jsonl", "".join(as_line(event) + "\n" for event in plan.events).encode("utf-8"))
    if plan.previous:
        for name in (MANIFEST, *(f"data/{table}.parquet" for table in CARRIED)):
            if (plan.previous / name).is_file():
                _lay(folder / "previous" / Path(name).name, (plan.previous / name).read_bytes())
    _lay(folder / "record" / "plan.json", (canonical(_as_record(plan)) + "\n").encode("utf-8"))


def _lay(path: Path, data: bytes) -> None:
    if path.is_file() and sha256_of(path) == sha256(data):
        return
    path.unlink(missing_ok=True)
    write_once(path, data)


def _as_record(plan: Plan) -> dict[str, Any]:
    return {
        "run": plan.run, "close": plan.params.close, "period": plan.params.period, "as_of": plan.params.as_of.isoformat(),
        "params_name": plan.params_name, "code": plan.code,
        "sources": [[{"name": f.name, "sha256": f.sha256, "bytes": len(f.data)} for f in files] for _, files in plan.given],
        "journal": {"events": len(plan.events), "head": head(plan.events)},
        "previous": {"pack": "/".join(plan.previous.parts[-3:]), "manifest": sha256_of(plan.previous / MANIFEST)} if plan.previous else None,
        **({"learned": dict(plan.learned)} if plan.learned else {}),
        **({"signing_key": fingerprint_in(plan.texts[PUBLIC_KEY])} if PUBLIC_KEY in plan.texts else {}),
    }  # fmt: skip


def inputs_of(plan: Plan) -> Sequence[Mapping[str, Any]]:
    """List the inputs of a plan for the manifest: what each holds, its name as received, size and digest."""
    said = plan.learned
    learned = [{"reads": "learned", "name": said["name"], "bytes": len(plan.texts[TAUGHT]), "sha256": said["sha256"]}] if said else []
    return [
        {"reads": source.reads, "name": received.name, "bytes": len(received.data), "sha256": received.sha256}
        for source, files in plan.given
        for received in files
    ] + learned
