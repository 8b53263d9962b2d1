"""A tiny month closed and sealed in this process, without kernels: what tests of sign-off, verification and comparison start from."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

import tiny

from arwork.close import manifest_facts, with_front
from arwork.pack.build import seal
from arwork.pack.plan import inputs_of, lay_out, make_plan
from arwork.run import run_stages

_KEPT = Path(tempfile.mkdtemp(prefix="arwork-sealed-"))
atexit.register(shutil.rmtree, _KEPT, ignore_errors=True)
PEOPLE = """people:
  - {name: ann, roles: [preparer], logins: [ann.adm]}
  - {name: bob, roles: [reviewer]}
  - {name: cem, roles: [approver]}
  - {name: dia, roles: [approver, reviewer]}
  - {name: eve, roles: [auditor]}
  - {name: fay, roles: [preparer, reviewer]}
"""


def closed(params: Path) -> Path:
    """Close a month in this process and seal it like a real one; the outputs lie beside the params."""
    outputs = params.parent / "outputs"
    plan = make_plan(params, outputs)
    folder, kept = outputs / plan.place, _KEPT / plan.run
    if not folder.exists():
        if not kept.exists():  # its name is a digest of all that goes in, so what was closed once is copied
            lay_out(plan, kept)
            run_stages(kept)
            seal(kept, with_front(kept, manifest_facts(kept, inputs_of(plan))))
        shutil.copytree(kept, folder)
    return folder


def month(folder: Path, more: str = PEOPLE, **changed: str) -> tuple[Path, Path]:
    """Write the tiny company with people, close it, and return params and pack."""
    given = {"tiny": tiny.PARAMS + more, **changed}
    params = tiny.write(folder, **given)
    return params, closed(params)
