"""What arwork raises: one tree, each branch with its exit code.

    ArworkError            anything arwork stops for; shown as one paragraph, never as a traceback
    ├── InputError      2  wrong use or bad input: names file, line, column, value and the cure
    ├── IntegrityError  3  something sealed is not what it was
    └── StoppedError    4  stopped before the end (kernel, disk, a fault of ours); run again to resume

A business problem (a receipt nobody can place, a balance that does not tie) is never raised: it is a row.
"""

from __future__ import annotations

from collections.abc import Sequence


class ArworkError(Exception):
    """A reason to stop, with the exit code that the command line returns."""

    exit_code = 4

    def __init__(self, what: str, *, where: str = "", cure: str = "") -> None:
        """Keep what is wrong, where, and what to do about it."""
        self.what, self.where, self.cure = what, where, cure
        super().__init__(self.paragraph())

    def paragraph(self) -> str:
        """Say what, where and the cure in one paragraph."""
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.cure:
            parts.append(self.cure)
        return " ".join(part if part.endswith((".", "?", "!", ":")) else part + "." for part in parts)


class InputError(ArworkError):
    """Wrong use or bad input; nothing was written."""

    exit_code = 2


class IntegrityError(ArworkError):
    """A sealed file, chain or pack differs from what its seal says."""

    exit_code = 3


class StoppedError(ArworkError):
    """The run ended before its end; what is finished is kept and the same command resumes it."""

    exit_code = 4


def place(file: str, line: str | int = "", column: str = "", value: object = None) -> str:
    """Name a place in a file the way every message does: file, line, column, value."""
    parts = [file]
    if line != "":
        parts.append(f"line {line}" if str(line).isdigit() else str(line))
    if column:
        parts.append(f"column {column}")
    if value is not None:
        shown = str(value)
        parts.append(f"value {shown[:80]!r}" + ("…" if len(shown) > 80 else ""))
    return ", ".join(parts)


def first_few(problems: Sequence[str], shown: int = 10) -> str:
    """Join problems into one message: the first ones, then how many more there are."""
    rest = len(problems) - shown
    return "; ".join(problems[:shown]) + (f"; and {rest} more" if rest > 0 else "")
