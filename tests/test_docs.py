"""The documentation says what the code does, or the build fails."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
import typer

from arwork import cli

ROOT = Path(__file__).resolve().parent.parent
SPEC = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
assert SPEC is not None
assert SPEC.loader is not None
reference = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(reference)


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_reference_pages_are_fresh(name: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == reference.PAGES[name](), "run python docs/make_reference.py"


def test_every_command_has_help_and_stands_in_a_guide() -> None:
    guides = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    for name, command in typer.main.get_command(cli.app).commands.items():  # type: ignore[attr-defined]
        assert command.help
        assert f"arwork {name}" in guides, name
        assert all(getattr(p, "help", "") for p in command.params if p.name != "help"), name


def links() -> list[tuple[Path, str]]:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")]
    return [(page, link) for page in pages for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))]


def test_links_between_pages_lead_somewhere() -> None:
    for page, link in links():
        assert "://" in link or (page.parent / link).exists(), f"{page.name}: {link}"
