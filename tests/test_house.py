"""The rules of the house, checked from the source text: floors, doors, purity, size, and what may never appear."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "arwork"
MODULES = sorted(PACKAGE.rglob("*.py"))
COMMANDS = sorted(path.stem for path in PACKAGE.glob("commands_*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

FLOORS: dict[str, tuple[int, int]] = {}
for number, rooms in enumerate(
    [
        ["errors", "money", "dates"],
        ["settings", "conduct_policy", "fee_policy", "policy", "params", "tables", "proof", "states"],
        ["matching", "collect", "breaks", "reconcile", "forecast", "audit"],
        ["intake", "journal", "show", "pack", "demo"],
        ["decide", "expect", "followup", "desk", "scale"],
        [
            "cover",
            "stages",
            "run",
            "close",
            "inbox",
            "export",
            "worlds",
            "backtest",
            "keeping",
            "signing",
            "rerun",
            "verifying",
            "comparing",
            "many",
            *COMMANDS,
            "cli",
        ],
    ]
):
    FLOORS.update({room: (number, place) for place, room in enumerate(rooms)})
PURE = ("matching", "collect", "breaks", "reconcile", "forecast", "audit")


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports(tree: ast.AST) -> list[tuple[ast.stmt, str]]:
    found: list[tuple[ast.stmt, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            base = node.module
            found += [(node, f"{base}.{alias.name}" if base == "arwork" or base.count(".") == 1 else base) for alias in node.names]
    return found


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_down_or_back(path: Path) -> None:
    """A room imports only lower floors and, on its own floor, rooms that stand before it in the plan."""
    here = room_of(name_of(path))
    if not here:
        return
    for node, target in imports(parse(path)):
        if target.split(".")[0] == "arwork" and room_of(target):
            there = room_of(target)
            assert there == here or FLOORS[there] < FLOORS[here], f"line {node.lineno}: {here} imports {there}"
            if FLOORS[there][0] == FLOORS[here][0] and FLOORS[here][0] in (0, 1) and there != here:
                assert FLOORS[there][1] < FLOORS[here][1]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_hidden_imports(path: Path) -> None:
    """No import inside a function (but the commands), no star import, no re-export, nothing but a docstring in __init__."""
    tree = parse(path)
    for node in ast.walk(tree):
        assert not (isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names))
        assert not (isinstance(node, ast.Import) and any(alias.name == "arwork" for alias in node.names))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not path.name.startswith(("cli.", "commands_")):
            assert not [inner for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)], f"line {node.lineno}"
    if path.name == "__init__.py":
        assert len(tree.body) == 1
        assert ast.get_docstring(tree)


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(name_of(p)) in PURE], ids=name_of)
def test_thinking_rooms_touch_no_file_clock_or_network(path: Path) -> None:
    """Floor 2 has no file, clock, network, randomness, plot or print."""
    banned = {
        "os",
        "sys",
        "pathlib",
        "io",
        "time",
        "random",
        "socket",
        "urllib",
        "requests",
        "subprocess",
        "matplotlib",
        "sqlite3",
        "tempfile",
    }
    tree = parse(path)
    assert not {target.split(".")[0] for _, target in imports(tree)} & banned
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in {"open", "print", "input", "eval", "exec"}, f"line {node.lineno}"
            assert not re.search(r"\.(today|now|utcnow|read_csv|read_parquet|read_excel|to_csv|to_parquet)$", called), f"line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_and_functions_stay_short(path: Path) -> None:
    """A module has at most 400 lines, a function at most 45. The page that declares every table is read as a page, not as code."""
    assert path.name == "tables.py" or len(path.read_text(encoding="utf-8").splitlines()) <= 400
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 46, f"{node.name} at line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_everything_public_says_what_it_is_for(path: Path) -> None:
    """Every module, public class and public function has a docstring."""
    tree = parse(path)
    assert ast.get_docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} at line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_dangerous_calls_are_absent(path: Path) -> None:
    """No pickle, eval, unsafe YAML, archive extraction, user text in query; markup is built in show only."""
    text = path.read_text(encoding="utf-8")
    for call in ("pickle", "eval(", "exec(", "yaml.load(", "extractall(", ".query(", "os.system", "shell=True", "to_html(", "display.HTML"):
        assert call not in text, call
    if room_of(name_of(path)) not in ("show", "pack"):
        assert not re.search(r"['\"]<(table|div|td|tr|span|a|p)[ >]", text)


def test_import_does_nothing() -> None:
    """Importing every module in a clean process writes no file and opens no connection."""
    names = [name_of(path) for path in MODULES]
    script = (
        "import sys, importlib, weasyprint, pandas, matplotlib.figure, papermill, pandera.pandas, openpyxl, rich, typer, nbconvert\n"
        "bad = []\n"
        "def hook(event, args):\n"
        "    if event == 'socket.connect' or (event == 'open' and isinstance(args[1], str) and set(args[1]) & set('wax+') "
        "and '__pycache__' not in str(args[0])):\n"
        "        bad.append((event, str(args[0])))\n"
        "sys.addaudithook(hook)\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "assert not bad, bad\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_verify_starts_light() -> None:
    """`arwork verify` loads no Papermill, no pictures and no table checks."""
    script = "import sys, arwork.cli, arwork.pack.verify; print([m for m in ('papermill','matplotlib','nbconvert','pandera') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_are_thin_and_clean(path: Path) -> None:
    """Stored without outputs, one parameters cell, no long function, no class, no shell command, no cell that may fail unseen."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in code) == 1
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    for cell in code:
        source = "".join(cell["source"])
        assert not cell["outputs"]
        assert cell["execution_count"] is None
        assert "raises-exception" not in cell["metadata"].get("tags", [])
        assert not re.search(r"^\s*[!%]", source, re.MULTILINE)
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, ast.ClassDef)
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 10


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_nothing_names_a_registry_or_a_machine() -> None:
    """No registry's host, no path of a machine, no address in a lock file."""
    words = [r"p" + r"ypi\.org", r"python" + r"hosted", r"npm" + r"js\.", r"deb\." + r"debian", r"/wo" + r"rk/", r"/ro" + r"ot/"]
    for path in tracked():
        if path.suffix in (".png", ".parquet", ".xlsx", ".pdf") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for word in words:
            assert not re.search(word, text), f"{path.relative_to(ROOT)}: {word}"
        if path.suffix == ".lock":
            assert "://" not in text


def test_environment_and_pyproject_agree() -> None:
    """environment.yml lists what pyproject.toml lists for the core, the desk, letters, PostgreSQL and the tests."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    stated = project["dependencies"] + [one for name in ("desk", "pdf", "postgres", "test") for one in extras[name]]
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    pip = next(entry["pip"] for entry in conda["dependencies"] if isinstance(entry, dict))
    assert [entry for entry in pip if not entry.startswith("--")] == stated


def test_lock_pins_every_dependency_with_hashes() -> None:
    """Every dependency of pyproject.toml is pinned in the lock, and every pin carries a hash."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())
    assert all("--hash=sha256:" in pin for pin in pins)
    pinned = {re.match(r"[A-Za-z0-9._-]+", pin).group().lower().replace("_", "-") for pin in pins}  # type: ignore[union-attr]
    extras = project["optional-dependencies"]
    stated = project["dependencies"] + [one for name in ("desk", "pdf", "postgres", "test") for one in extras[name]]
    assert {re.split(r"[\[>=<]", entry)[0].lower().replace("_", "-") for entry in stated} <= pinned


def test_kernels_load_no_papermill() -> None:
    """What a notebook imports leaves out Papermill and the page writer; they would cost every kernel two seconds."""
    script = "import sys, arwork.run, arwork.show.views; print([m for m in ('papermill', 'nbconvert', 'bleach') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
