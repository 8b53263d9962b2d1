"""The wheel carries all it needs: installed into an empty environment, in an empty folder, it closes the demo."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import Finished

ROOT = Path(__file__).resolve().parent.parent


def build(folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True, capture_output=True
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_notebooks_policy_and_layouts(tmp_path: Path) -> None:
    names = set(zipfile.ZipFile(build(tmp_path)).namelist())
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"arwork/shipped/notebooks/{notebook.name}" in names
    for layout in (ROOT / "params" / "layouts").glob("*.yaml"):
        assert f"arwork/shipped/params/layouts/{layout.name}" in names
    assert "arwork/shipped/params/policy.yaml" in names
    for part in (ROOT / "arwork" / "desk" / "page").iterdir():
        assert f"arwork/desk/page/{part.name}" in names
    assert not any("outputs" in name or "tests" in name for name in names)


def digests(pack: Path) -> dict[str, str]:
    return {path.relative_to(pack).as_posix(): sha256(path.read_bytes()).hexdigest() for path in sorted(pack.rglob("*")) if path.is_file()}


@pytest.mark.index
def test_installed_alone_it_closes_the_demo_to_the_same_bytes(demo: Finished, tmp_path: Path) -> None:
    """Parquet, HTML, workbook and notebooks are those of the checkout's own demo, though made in another folder by another installation."""
    wheel = build(tmp_path / "dist")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    binaries = tmp_path / "env" / "bin"
    subprocess.run([str(binaries / "pip"), "install", "--quiet", "--disable-pip-version-check", str(wheel)], check=True, timeout=900)
    listed = subprocess.run([str(binaries / "pip"), "list", "--format=freeze"], check=True, capture_output=True, text=True).stdout.lower()
    for more in ("jupyterlab==", "nbval==", "weasyprint==", "psycopg==", "pytest==", "playwright=="):
        assert more not in listed, more
    empty = tmp_path / "empty"
    empty.mkdir()
    done = subprocess.run([str(binaries / "arwork"), "demo"], cwd=empty, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    pack = empty / done.stdout.strip().splitlines()[-1].removeprefix("pack: ")
    assert digests(pack) == digests(demo.pack)
