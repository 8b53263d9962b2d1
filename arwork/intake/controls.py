"""Control files: `items.csv.control.yaml` beside `items.csv` states how many rows it has and what they add up to (LD-10).

    rows: 1250            data rows, headings and totals not counted
    sum: 48211.07         sum of the amounts, in the file's own sign

Whoever exports the file can write it, so that a lost or cut row is found at the other end. Both figures are optional.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from arwork.errors import InputError, place
from arwork.intake.bank.statement import BankFile
from arwork.intake.received import Received
from arwork.money import Units
from arwork.params import Source
from arwork.settings import Amount, Frozen, read_yaml, validated

ENDING = ".control.yaml"
"""What the name of a control file adds to the name of its file."""


class Control(Frozen):
    """The figures of one control file."""

    rows: int | None = None
    sum: Amount | None = None


def is_control(name: str) -> bool:
    """Say whether a file is a control file by its name."""
    return name.endswith(ENDING)


def controlled(source: Source, files: Sequence[Received], *, joined: bool) -> Iterator[tuple[Source, list[Received]]]:
    """Give the files of a source in parts that are read alike: those without a control file together, each other with its figures.

    With `joined` all files make one table and the figures are those of its only control file. Raises InputError for a
    control file that cannot be read, and for figures that the params state otherwise.
    """
    figures = {received.name.removesuffix(ENDING): _figures(received) for received in files if is_control(received.name)}
    data = [received for received in files if not is_control(received.name)]
    if joined and len(figures) == 1:
        yield _with(source, *figures.items()), data
        return
    plain = [received for received in data if received.name not in figures]
    if plain:
        yield source, plain
    for received in data:
        if received.name in figures:
            yield _with(source, (received.name, figures[received.name])), [received]


def control_sources(source_id: str, source: Source, files: Sequence[Received]) -> list[dict[str, Any]]:
    """Give the rows of table `sources` for the control files of a source."""
    return [
        {
            "source_id": f"{source_id}.control.{number}", "reads": source.reads, "source_file": received.name,
            "source_sha256": received.sha256, "bytes": len(received.data), "format": "control file", "encoding": "utf-8", "layout": "",
            "rows_in": 0, "rows_out": 0, "rejects": 0, "skipped": 0, "completeness": "counted",
            "proof": f"states the rows and the sum of {received.name.removesuffix(ENDING)}",
        }
        for number, received in enumerate((file for file in files if is_control(file.name)), start=1)
    ]  # fmt: skip


def check_bank(bank: BankFile, source: Source, file: str, units: Units) -> None:
    """Compare the lines of a bank file with the control figures of its source; InputError with both figures otherwise."""
    rows = len(bank.bank_lines)
    if source.control_rows is not None and source.control_rows != rows:
        raise InputError(f"holds {rows:,} lines where control_rows says {source.control_rows:,}", where=file, cure="Get the whole file.")
    pairs = zip(bank.bank_lines["amount"], bank.bank_lines["currency"], strict=True)
    total = sum((units.decimal(int(amount), currency) for amount, currency in pairs), Decimal(0))
    if source.control_sum is not None and source.control_sum != total:
        raise InputError(f"adds up to {total:,f} where control_sum says {source.control_sum:,f}", where=file, cure="Get the whole file.")


def _figures(received: Received) -> Control:
    try:
        text = received.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=received.name, cure="Save the control file as UTF-8.") from None
    tree, lines = read_yaml(text, received.name)
    found: Control = validated(Control, tree, lines, received.name)
    if found.rows is None and found.sum is None:
        raise InputError("states neither rows nor sum", where=place(received.name, 1), cure="Write `rows: …`, `sum: …` or both.")
    return found


def _with(source: Source, named: tuple[str, Control]) -> Source:
    name, control = named
    for what, ours, theirs in (("rows", source.control_rows, control.rows), ("sum", source.control_sum, control.sum)):
        if ours is not None and theirs is not None and ours != theirs:
            raise InputError(
                f"the params say control_{what} {ours:,}, the control file says {theirs:,}", where=name, cure="Correct one of the two."
            )
    return source.model_copy(
        update={
            "control_rows": source.control_rows if control.rows is None else control.rows,
            "control_sum": source.control_sum if control.sum is None else control.sum,
        }
    )
