"""The desk as a notebook shows it: one call opens it on the newest run of a close."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from arwork.decide import acting_person
from arwork.desk.grid import DeskWidget, desk_widget
from arwork.desk.open import open_desk
from arwork.desk.session import begin, hear


def desk(params_file: str, outputs: str, person: str = "") -> DeskWidget:
    """Open the desk on the newest run of a close, as the owner of this account or as the person named.

    Raises InputError when nothing was closed yet. The widget asks for the journal's news each second for as long as it is
    shown; when its page is closed, nobody asks any more.
    """
    session = begin(open_desk(Path(params_file), Path(outputs), acting_person(person)))
    return desk_widget(partial(hear, session))
