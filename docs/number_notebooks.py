"""Number the sections of the notebooks of a close: 30.1, 30.2, … `python docs/number_notebooks.py` after a section came or went."""

from __future__ import annotations

import json
import re
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def numbered(text: str, number: str) -> str:
    """Return a notebook file with its second-level headings numbered in order; everything else stays as it is."""
    notebook = json.loads(text)
    sections = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and cell["source"] and cell["source"][0].startswith("## "):
            sections += 1
            cell["source"][0] = re.sub(r"^## (\d\d\.\d+ )?", f"## {number}.{sections} ", cell["source"][0])
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        path.write_text(numbered(path.read_text(encoding="utf-8"), path.name[:2]), encoding="utf-8")
