"""Intake: every source file is read whole or refused."""

from __future__ import annotations

from arwork.intake.assemble import take_in
from arwork.pack.given import read_given
from arwork.pack.laid import CARRIED
from arwork.proof import Stage
from arwork.stages.books import Books, Task, carried


def intake(books: Books) -> Stage:
    """Take in every source file: each read whole or refused, every row a row or a reject (LD, DV, RC-20, EX-10)."""
    layouts, given = read_given(books.run_dir, books.record, books.params)
    return take_in("00_intake", given, books.params, layouts, carried(books.run_dir, CARRIED[:6]))


TASK = Task("00_intake", intake, ())
