"""Write the reference pages from the code: tables from their declarations, commands from their help, layouts from their docstring.

Run `python docs/make_reference.py` after a change; a test fails while a page differs from what this writes.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import typer

from arwork import cli, errors
from arwork.intake import layouts
from arwork.pack.notebooks import GRAPH, NORMALISED
from arwork.tables import TABLES

HERE = Path(__file__).resolve().parent
NOTE = "<!-- Made by docs/make_reference.py from the code; do not edit. -->\n\n"


def tables_page() -> str:
    """Every table: its sentence, its key, and each column with kind and sentence."""
    parts = [NOTE + "# Tables\n\n" + (inspect.getdoc(sys.modules["arwork.tables"]) or "").replace("\n\n", "\n\n") + "\n"]
    for table in TABLES.values():
        rows = [
            f"| `{c.name}` | {c.kind}{' (' + ', '.join(c.values) + ')' if c.values else ''} | {'yes' if c.required else ''} | {c.sentence} |"
            for c in table.columns
        ]
        head = f"\n## {table.name}\n\n{table.sentence} Key: {', '.join(f'`{name}`' for name in table.key)}.\n\n"
        parts.append(head + "| Column | Kind | Filled | Meaning |\n|---|---|---|---|\n" + "\n".join(rows) + "\n")
    return "".join(parts)


def commands_page() -> str:
    """Every command with its help, arguments and options, and the exit codes."""
    group = typer.main.get_command(cli.app)
    parts = [NOTE + "# Commands\n"]
    for name in sorted(group.commands):  # type: ignore[attr-defined]
        command = group.commands[name]  # type: ignore[attr-defined]
        parts.append(f"\n## arwork {name}\n\n{(command.help or '').strip()}\n\n")
        for parameter in command.params:
            shown = parameter.name.upper() if parameter.param_type_name == "argument" else ", ".join(parameter.opts)
            if parameter.name != "help":
                parts.append(f"- `{shown}`: {getattr(parameter, 'help', '') or ''}\n")
    parts.append("\n## Exit codes\n\n```text\n" + (inspect.getdoc(cli) or "").split("\n\n")[1] + "\n```\n")
    parts.append("\n## What stops a command\n\n```text\n" + (inspect.getdoc(errors) or "") + "\n```\n")
    return "".join(parts)


def layouts_page() -> str:
    """How a layout file is written, and the layouts that come with arwork."""
    shipped = sorted((HERE.parent / "params" / "layouts").glob("*.yaml"))
    parts = [NOTE + "# Layouts\n\n```text\n" + (inspect.getdoc(layouts) or "") + "\n```\n\n## Layouts that come with arwork\n"]
    for path in shipped:
        parts.append(f"\n### {path.stem}\n\n```yaml\n{path.read_text(encoding='utf-8').strip()}\n```\n")
    return "".join(parts)


def policy_page() -> str:
    """The default policy, each value with its rule."""
    text = (HERE.parent / "params" / "policy.yaml").read_text(encoding="utf-8").strip()
    return (
        NOTE
        + f"# Policy\n\nEvery default of the trade's rules, with the rule's ID. A close overrides single values.\n\n```yaml\n{text}\n```\n"
    )


def notebooks_page() -> str:
    """The notebooks of a close in their order, and what is done to them afterwards."""
    rows = "".join(f"- `{step.name}` after {', '.join(step.after) or 'nothing'}\n" for step in GRAPH)
    rules = "".join(f"- {sentence}\n" for sentence in NORMALISED)
    return (
        NOTE
        + f"# Notebooks\n\nIndependent ones run side by side.\n\n{rows}\nExecuted notebooks are settled, so that two equal runs are equal:\n\n{rules}"
    )


PAGES = {
    "tables.md": tables_page, "commands.md": commands_page, "layouts.md": layouts_page, "policy.md": policy_page, "notebooks.md": notebooks_page,
}  # fmt: skip


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (HERE / "reference" / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
