"""A tiny month closed and sealed in this process, without kernels: what tests of sign-off, verification and comparison start from."""

from __future__ import annotations

from pathlib import Path

import tiny

from arwork.close import manifest_facts, with_front
from arwork.pack.build import seal
from arwork.pack.plan import inputs_of, lay_out, make_plan
from arwork.run import run_stages

PEOPLE = """people:
  - {name: ann, roles: [preparer], logins: [ann.adm]}
  - {name: bob, roles: [reviewer]}
  - {name: cem, roles: [approver]}
  - {name: dia, roles: [approver, reviewer]}
  - {name: eve, roles: [auditor]}
"""


def closed(params: Path) -> Path:
    """Close a month in this process and seal it like a real one; the outputs lie beside the params."""
    outputs = params.parent / "outputs"
    plan = make_plan(params, outputs)
    folder = outputs / plan.place
    if not folder.exists():
        lay_out(plan, folder)
        run_stages(folder)
        seal(folder, with_front(folder, manifest_facts(folder, inputs_of(plan))))
    return folder


def month(folder: Path, more: str = PEOPLE, **changed: str) -> tuple[Path, Path]:
    """Write the tiny company with people, close it, and return params and pack."""
    given = {"tiny": tiny.PARAMS + more, **changed}
    params = tiny.write(folder, **given)
    return params, closed(params)
