"""What each text format of a bank brings: its name, how it is known by its content, the charset of its standard, its reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from arwork.intake.bank.statement import BankFile
from arwork.intake.received import Received
from arwork.money import Units

HEAD = 4096
"""Characters of a file that are looked at to claim it."""


@dataclass(frozen=True)
class Format:
    """One text format: `claims` looks at the first characters, `read` takes the file, its text, the encoding used and the units.

    `charset` is what the standard of the format prescribes; it is used where the bytes are not UTF-8 and none is stated.
    """

    name: str
    claims: Callable[[str], bool]
    read: Callable[[Received, str, str, Units], BankFile]
    charset: str = ""
