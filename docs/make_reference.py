"""Write the reference pages from the code: tables from their declarations, commands from their help, formats from their readers.

Run `python docs/make_reference.py` after a change; a test fails while a page differs from what this writes.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import typer

from arwork import cli, errors
from arwork.intake import claim, layouts
from arwork.intake.bank import camt
from arwork.intake.recognise import shipped_layouts
from arwork.intake.refused import published
from arwork.intake.remittance import edifact, generic, mail, pdf, remt, text_layout, x12
from arwork.pack.notebooks import GRAPH, NORMALISED
from arwork.tables import TABLES

HERE = Path(__file__).resolve().parent
ADVICES = {
    "X12 820": x12, "EDIFACT REMADV": edifact, "remt.001": remt, "PDF with text": pdf, "E-mail (.eml, .msg)": mail,
    "CSV and workbooks by their headings": generic, "Text by layout": text_layout,
}  # fmt: skip
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
    named = dict(group.commands)  # type: ignore[attr-defined]
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        named |= {f"{name} {inner}": found for inner, found in getattr(command, "commands", {}).items()}
    for name, command in sorted(named.items()):
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


def formats_page() -> str:
    """What arwork reads: bank formats, advices, exports by layout; and what it knows and refuses, with the reason."""
    parts = [
        NOTE
        + "# Formats\n\nWhat a file is, its content decides, never its name. `arwork check FILE` says what a file is, what it states and "
        "what is wrong with it; `arwork init FILE` proposes a layout for a table that no layout fits. A file is read whole or refused. "
        "gzip and zip are unpacked in memory.\n\n## Bank files\n\n| Format | What its reader says |\n|---|---|\n"
    ]
    for name, reader in [("camt.052, camt.053, camt.054", camt.read), *((form.name, form.read) for form in claim.FORMATS)]:
        parts.append(f"| {name} | {_first_sentences(sys.modules[reader.__module__])} |\n")
    parts.append("\n## Remittance advices\n\n| Kind | What its reader says |\n|---|---|\n")
    for kind, module in ADVICES.items():
        parts.append(f"| {kind} | {_first_sentences(module)} |\n")
    parts.append("\n## Tables, by layout\n\n| Layout | Reads | What it is |\n|---|---|---|\n")
    for name, layout in shipped_layouts().items():
        parts.append(f"| [{name}](layouts.md#{name}) | `{layout.reads}` | {layout.title} |\n")
    parts.append(
        "\nA file with our own headings (see [tables](tables.md)) needs no layout. A table is a text with a delimiter, or XLSX, XLSB, ODS, XLS, Excel 2003 XML, "
        "or a web page with tables.\n\n## Refused on purpose\n"
    )
    groups: dict[str, dict[tuple[str, str], list[str]]] = {}
    for refusal in published():
        groups.setdefault(refusal.group, {}).setdefault((refusal.why, refusal.instead), []).append(_short(refusal.name))
    for group, kinds in groups.items():
        parts.append(f"\n### {group}\n\n| Kind | Why it is refused | What to give instead |\n|---|---|---|\n")
        for (why, instead), names in kinds.items():
            parts.append(f"| {_gathered(names)} | {why} | {instead} |\n")
    return "".join(parts)


def _gathered(names: list[str]) -> str:
    """Write names with the same words in brackets as one."""
    codes: dict[str, list[str]] = {}
    for name in names:
        code, _, words = name.partition(" (")
        codes.setdefault(words, []).append(code)
    return "; ".join(f"{', '.join(each)}{' (' + words if words else ''}" for words, each in codes.items())


def _short(name: str) -> str:
    for start in ("XML of type ", "XML of kind ", "an ", "a "):
        name = name.removeprefix(start)
    return name


def _first_sentences(module: object) -> str:
    """Give the first paragraph of a module's docstring in one line."""
    return " ".join((inspect.getdoc(module) or "").split("\n\n")[0].split()).replace("|", "\\|")


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
    "formats.md": formats_page, "tables.md": tables_page, "commands.md": commands_page, "layouts.md": layouts_page,
    "policy.md": policy_page, "notebooks.md": notebooks_page,
}  # fmt: skip


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (HERE / "reference" / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
