"""Notebooks run as a graph: a run that failed cannot look like one that worked."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellTimeoutError

from arwork.errors import InputError, StoppedError
from arwork.pack.notebooks import ANSWER, Step, check_after, execute, run_graph, settled

GIVEN = {"run_dir": ".", "close": "acme", "period": "2026-03", "as_of": "2026-03-31"}
PARAMETERS = 'run_dir: str = "."\nclose: str = ""\nperiod: str = ""\nas_of: str = ""'
PUBLISH = """
from pathlib import Path
from arwork.pack.record import publish
from arwork.proof import Stage
from arwork.tables import empty
publish(Stage("{name}", {{"{table}": empty("{table}")}}), Path(run_dir))
"""


def notebook(folder: Path, name: str, *cells: str, parameters: str = PARAMETERS, tag: str = "parameters") -> Path:
    made = nbformat.v4.new_notebook()
    made.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    first = nbformat.v4.new_code_cell(parameters, metadata={"tags": [tag]})
    made.cells = [first, *(nbformat.v4.new_code_cell(cell) for cell in cells)]
    path = folder / f"{name}.ipynb"
    path.write_text(nbformat.writes(made))
    return path


@pytest.fixture
def staging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "staging"
    (folder / "record").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def test_a_misspelt_parameter_is_refused_before_a_kernel_starts(tmp_path: Path, staging: Path) -> None:
    path = notebook(tmp_path, "00_x", parameters=PARAMETERS.replace("period", "peroid"))
    with pytest.raises(InputError, match="peroid"):
        execute(path, staging, GIVEN)
    assert not (staging / "notebooks").exists()


def test_a_notebook_without_the_parameters_tag_is_refused(tmp_path: Path, staging: Path) -> None:
    with pytest.raises(InputError, match="tagged `parameters`"):
        execute(notebook(tmp_path, "00_x", tag="other"), staging, GIVEN)


def test_a_killed_kernel_is_not_a_success(tmp_path: Path, staging: Path) -> None:
    path = notebook(tmp_path, "00_x", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "1 + 1")
    with pytest.raises(StoppedError, match="died"):
        execute(path, staging, GIVEN)
    assert not (staging / "notebooks" / "00_x.ipynb").exists()


def test_a_cell_that_answers_too_late_on_a_busy_machine_is_a_stop_that_resumes(
    tmp_path: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was shown as a refusal of the system, after four seconds, since the error is a TimeoutError."""
    given: dict[str, object] = {}

    def late(*words: str, **options: object) -> None:
        given.update(options)
        raise CellTimeoutError("Timeout waiting for IOPub output")

    monkeypatch.setattr("papermill.execute_notebook", late)
    with pytest.raises(StoppedError, match="00_x did not answer in time"):
        execute(notebook(tmp_path, "00_x"), staging, GIVEN)
    assert given["iopub_timeout"] == ANSWER


def test_bad_input_found_in_a_notebook_comes_out_as_bad_input(tmp_path: Path, staging: Path) -> None:
    path = notebook(tmp_path, "00_x", "from arwork.errors import InputError\nraise InputError('a.csv, line 7: wrong')")
    with pytest.raises(InputError, match=r"a\.csv, line 7: wrong"):
        execute(path, staging, GIVEN)


def test_a_notebook_that_publishes_nothing_is_stopped(tmp_path: Path, staging: Path) -> None:
    with pytest.raises(StoppedError, match="without publishing"):
        execute(notebook(tmp_path, "00_x", "1 + 1"), staging, GIVEN)


def test_a_graph_resumes_where_it_stopped_and_never_runs_a_notebook_twice(tmp_path: Path, staging: Path) -> None:
    notebook(tmp_path, "00_a", PUBLISH.format(name="00_a", table="owed"))
    notebook(tmp_path, "10_b", "raise RuntimeError('disk')")
    graph = (Step("00_a", ()), Step("10_b", ("00_a",)))
    heard: list[tuple[str, str]] = []
    with pytest.raises(StoppedError, match="RuntimeError: disk"):
        run_graph(graph, tmp_path, staging, GIVEN, lambda name, what: heard.append((name, what)))
    kept = (staging / "notebooks" / "00_a.ipynb").read_bytes()
    notebook(tmp_path, "10_b", PUBLISH.format(name="10_b", table="ties"))
    heard.clear()
    run_graph(graph, tmp_path, staging, GIVEN, lambda name, what: heard.append((name, what)))
    assert ("00_a", "kept") in heard
    assert ("00_a", "running") not in heard
    assert (staging / "notebooks" / "00_a.ipynb").read_bytes() == kept
    text = (staging / "notebooks" / "10_b.ipynb").read_text()
    assert str(tmp_path) not in text, "a path of this machine stands in the executed notebook"
    assert "start_time" not in text


def test_a_close_after_another_one_finds_its_folder(tmp_path: Path) -> None:
    """Two notebooks side by side once left Papermill looking in the staging folder of the close before."""
    for name, table in (("00_a", "owed"), ("10_b", "ties"), ("20_c", "findings")):
        notebook(tmp_path, name, f"import time\ntime.sleep({0.4 if name == '10_b' else 0})", PUBLISH.format(name=name, table=table))
    graph = (Step("00_a", ()), Step("10_b", ("00_a",)), Step("20_c", ("00_a",)))
    for close in ("first", "second"):
        folder = tmp_path / close
        (folder / "record").mkdir(parents=True)
        run_graph(graph, tmp_path, folder, GIVEN, lambda name, what: None)
        assert len(list((folder / "notebooks").glob("*.ipynb"))) == 3
        folder.rename(tmp_path / f"{close}-published")


def test_cells_out_of_order_or_with_errors_are_stopped() -> None:
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell("1", execution_count=1), nbformat.v4.new_code_cell("2", execution_count=3)]
    with pytest.raises(StoppedError, match="not every cell ran"):
        check_after(made, "x")
    made.cells[1].execution_count = 2
    check_after(made, "x")
    made.cells[1].outputs = [nbformat.v4.new_output("error", ename="E", evalue="v", traceback=[])]
    with pytest.raises(StoppedError, match="ended with an error"):
        check_after(made, "x")


def test_settled_notebooks_hold_no_times_paths_or_random_ids() -> None:
    made = nbformat.v4.new_notebook()
    cell = nbformat.v4.new_code_cell("run_dir = '.'", metadata={"tags": ["injected-parameters"], "papermill": {"duration": 1.5}})
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=part) for part in ("a", "b")]
    made.cells, made.metadata["papermill"] = [cell], {"parameters": {"close": "acme"}, "input_path": "/home/ana/x.ipynb"}
    plain = settled(made)
    assert plain.cells[0].id == "injected-parameters"
    assert plain.cells[0].outputs[0].text == "ab"
    assert plain.metadata["arwork"] == {"parameters": {"close": "acme"}}
    assert "/home" not in nbformat.writes(plain)
