"""Run the notebooks of a close: checked before, executed into the staging folder, checked after.

A run is what its record says. Papermill saves a notebook whose kernel was killed as completed, and runs the default
values when a parameter is misspelt; both happened to us. So parameters are compared with the notebook before it
starts, and afterwards every code cell must have run, in order, without an error, and the stage must have published.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import local_file_io_cwd

from arwork.errors import InputError, IntegrityError, StoppedError
from arwork.pack.record import is_done

PARAMETERS = ("run_dir", "close", "period", "as_of")
"""Parameters of every notebook."""


@dataclass(frozen=True)
class Step:
    """A notebook of the close and the notebooks that must be done before it."""

    name: str
    after: tuple[str, ...]


GRAPH: tuple[Step, ...] = (
    Step("00_intake", ()),
    Step("10_cash_application", ("00_intake",)),
    Step("20_breaks_refunds", ("10_cash_application",)),
    Step("30_reconciliations", ("10_cash_application",)),
    Step("40_ageing_collections", ("10_cash_application",)),
    Step("50_forecast", ("10_cash_application",)),
    Step("90_pack", ("20_breaks_refunds", "30_reconciliations", "40_ageing_collections", "50_forecast")),
)
"""The close as a graph; independent notebooks run side by side."""


ANSWER = 120
"""Seconds in which a cell's outputs must follow its answer: on a busy machine the four that nbclient gives stopped a close."""


class _Kernel(AsyncKernelManager):
    """A kernel whose channels are encrypted and that is not waited for longer than two seconds when it ends."""

    transport_encryption = "auto"
    shutdown_wait_time = 2.0


def run_graph(
    graph: Sequence[Step], notebooks: Path, staging: Path, parameters: Mapping[str, str], tell: Callable[[str, str], None]
) -> None:
    """Run every notebook that is not done yet, two at a time, in an order that respects the graph.

    `tell(name, what)` hears "kept", "running" and "done". The first failure stops the rest: an InputError or
    IntegrityError raised inside a notebook comes out as itself, anything else as StoppedError.
    """
    done = {step.name for step in graph if _finished(staging, step.name)}
    for name in sorted(done):
        tell(name, "kept")
    waiting = [step for step in graph if step.name not in done]
    running: dict[Future[None], str] = {}
    # Papermill changes the folder of the whole process, also from a thread, and remembers one folder for its reads; two
    # notebooks side by side left each other, and the next close, in a folder that was gone. So both are set here, once.
    notebooks, staging = notebooks.resolve(), staging.resolve()
    with chdir(staging), local_file_io_cwd(str(staging)), ThreadPoolExecutor(2) as pool:
        while waiting or running:
            ready = [step for step in waiting if set(step.after) <= done][: 2 - len(running)]
            for step in ready:
                tell(step.name, "running")
                running[pool.submit(execute, notebooks / f"{step.name}.ipynb", staging, parameters)] = step.name
                waiting.remove(step)
            for finished in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(finished)
                finished.result()
                done.add(name)
                tell(name, "done")


def _finished(staging: Path, name: str) -> bool:
    return (staging / "notebooks" / f"{name}.ipynb").exists() and is_done(staging, name)


def execute(template: Path, staging: Path, parameters: Mapping[str, str]) -> None:
    """Run one notebook into `notebooks/` of the staging folder, the folder that this process works in."""
    name = template.stem
    _check_before(template, parameters)
    working = staging / ".working"
    working.mkdir(exist_ok=True)
    (staging / "record" / f"{name}.json").unlink(missing_ok=True)
    attempt = working / template.name
    try:
        _in_kernel(template, attempt, staging, parameters)
    except PapermillExecutionError as failed:
        raise _as_ours(name, failed) from None
    except DeadKernelError:
        raise StoppedError(f"the kernel of {name} died", cure="Run the same command again; finished notebooks are kept.") from None
    except CellTimeoutError:  # else it would be shown as a refusal of the system, since it is a TimeoutError
        raise StoppedError(
            f"a cell of {name} did not answer in time",
            cure="The machine is very busy: run the same command again; finished notebooks are kept.",
        ) from None
    notebook = nbformat.read(attempt, as_version=4)
    check_after(notebook, name)
    if not is_done(staging, name):
        raise StoppedError(f"{name} ended without publishing its tables", cure="Its last cell must publish; see the shipped notebook.")
    target = staging / "notebooks" / template.name
    target.parent.mkdir(exist_ok=True)
    attempt.write_text(nbformat.writes(settled(notebook)) + "\n", encoding="utf-8")
    attempt.chmod(0o444)
    attempt.replace(target)


def _in_kernel(template: Path, attempt: Path, staging: Path, parameters: Mapping[str, str]) -> None:
    try:
        papermill.execute_notebook(
            str(template), str(attempt), parameters=dict(parameters), progress_bar=False, log_output=False,
            kernel_manager_class=_Kernel, iopub_timeout=ANSWER, store_widget_state=False, extra_arguments=["--IPKernelApp.log_level=50"],
        )  # fmt: skip
    finally:
        # Left open, the loop is collected at a random moment; under Python 3.11 that once broke a parse that was going on.
        ensure_event_loop().close()
        asyncio.set_event_loop(None)


def _check_before(template: Path, parameters: Mapping[str, str]) -> None:
    notebook = nbformat.read(template, as_version=4)
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1 or tagged[0].cell_type != "code":
        raise InputError(f"{template.name} needs exactly one code cell tagged `parameters`", cure="Restore the shipped notebook.")
    offered = {line.split(":")[0].split("=")[0].strip() for line in tagged[0].source.splitlines() if "=" in line and line[:1].isalpha()}
    if offered != set(parameters):
        raise InputError(
            f"{template.name} takes the parameters {sorted(offered)}, the close gives {sorted(parameters)}",
            cure="A misspelt parameter would run the default; restore the shipped notebook.",
        )
    forbidden = [cell for cell in notebook.cells if "raises-exception" in cell.metadata.get("tags", [])]
    if forbidden:
        raise InputError(f"{template.name} has a cell that may fail unseen (tag raises-exception)", cure="Remove the tag.")


def check_after(notebook: NotebookNode, name: str) -> None:
    """Raise StoppedError unless every code cell ran once, in order, without an error output."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    counts = [cell.execution_count for cell in code]
    if counts != list(range(1, len(code) + 1)):
        raise StoppedError(f"{name}: not every cell ran, in order, exactly once (counts {counts})", cure="Run the same command again.")
    if any(output.output_type == "error" for cell in code for output in cell.outputs):
        raise StoppedError(f"{name}: a cell ended with an error", cure="Open the notebook in the staging folder.")


def _as_ours(name: str, failed: PapermillExecutionError) -> Exception:
    kinds: Mapping[str, type[InputError | IntegrityError]] = {"InputError": InputError, "IntegrityError": IntegrityError}
    if failed.ename in kinds:
        return kinds[failed.ename](failed.evalue)
    what = f"{name} stopped in cell {failed.exec_count}: {failed.ename}: {failed.evalue}"
    return StoppedError(what, cure="Run the same command again to resume; if it stops again, report this.")


NORMALISED = (
    "notebook metadata: only kernelspec, language_info and the parameters given are kept; Papermill's times, durations and paths are removed",
    "cell metadata: only tags are kept; the injected parameters cell has the id `injected-parameters`",
    "outputs: metadata and transient fields are removed; consecutive stream outputs are joined",
)
"""What `settled` does to an executed notebook; the manifest lists it."""


def settled(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook without what differs between two equal runs: times, durations, paths, random ids."""
    kept: dict[str, Any] = {key: notebook.metadata[key] for key in ("kernelspec", "language_info") if key in notebook.metadata}
    kept["arwork"] = {"parameters": dict(notebook.metadata.get("papermill", {}).get("parameters", {}))}
    cells = [_settled_cell(cell) for cell in notebook.cells]
    plain: NotebookNode = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": kept, "cells": cells})
    return plain


def _settled_cell(cell: NotebookNode) -> dict[str, Any]:
    tags = list(cell.metadata.get("tags", []))
    plain: dict[str, Any] = {"id": cell.id, "cell_type": cell.cell_type, "source": cell.source, "metadata": {"tags": tags} if tags else {}}
    if "injected-parameters" in tags:
        plain["id"] = "injected-parameters"
    if cell.cell_type == "code":
        plain["execution_count"] = cell.execution_count
        plain["outputs"] = _settled_outputs(cell.outputs)
    return plain


def _settled_outputs(outputs: Sequence[NotebookNode]) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = []
    for output in outputs:
        if output.output_type == "stream" and result and result[-1].get("name") == output.name:
            result[-1]["text"] += output.text
            continue
        entry = {key: value for key, value in output.items() if key != "transient"}
        if "metadata" in entry:
            entry["metadata"] = {}
        result.append(entry)
    return result


def quiet_environment() -> None:
    """Fix what kernels inherit, so that no locale, time zone, hash seed or picture backend can change a result."""
    os.environ.update({"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "MPLBACKEND": "agg", "PYDEVD_DISABLE_FILE_VALIDATION": "1"})
