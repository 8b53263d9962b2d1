"""What is fuzzed: a target for each text reader; any bytes must give a table or an InputError, and what was proven must tie."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from arwork.errors import InputError
from arwork.intake.bank import camt
from arwork.intake.bank.formats import Format
from arwork.intake.bank.statement import BankFile
from arwork.intake.claim import FORMATS, read_bank
from arwork.intake.received import Received
from arwork.intake.text import decode
from arwork.money import ISO

SAMPLES = Path(__file__).parent.parent / "samples"
CORPUS = Path(__file__).parent / "corpus"
Target = Callable[[bytes], None]


def received(data: bytes) -> Received:
    """The bytes as a file that was taken."""
    return Received("fuzz", data, hashlib.sha256(data).hexdigest())


def holds(bank: BankFile) -> None:
    """What must be true of every bank file that was read, whatever its bytes were."""
    heads = bank.statements
    if not (heads["opening"] + heads["credits"] - heads["debits"] == heads["closing"]).all():
        raise AssertionError("a statement that was read does not tie")
    if bank.completeness == "proven" and len(heads) != len(bank.stated):
        raise AssertionError("proven, although a statement has no balances")
    if sum(stated.lines for stated in bank.stated) != len(bank.bank_lines):
        raise AssertionError("lines were lost between reader and table")
    if int(bank.bank_lines["amount"].sum()) != sum(stated.credits - stated.debits for stated in bank.stated):
        raise AssertionError("the sum of the lines changed between reader and table")


def bank_format(form: Format) -> Target:
    """A target that goes past the claim, straight into one reader."""

    def run(data: bytes) -> None:
        """Read the bytes as this format."""
        file = received(data)
        try:
            text, used = decode(file, form.charset or "cp1252")
            holds(form.read(file, text.lstrip("\ufeff"), used, ISO))
        except InputError:
            return

    return run


def xml(data: bytes) -> None:
    """Read the bytes as a camt file."""
    try:
        holds(camt.read(received(data), ISO))
    except InputError:
        return


def any_bank_file(data: bytes) -> None:
    """Read the bytes as whatever they are."""
    try:
        holds(read_bank(received(data), ISO))
    except InputError:
        return


TARGETS: Mapping[str, Target] = {
    **{form.read.__module__.rpartition(".")[2]: bank_format(form) for form in FORMATS},
    "camt": xml,
    "claim": any_bank_file,
}
"""Target by name; each name is also a file of the kept corpus."""


def seeds(name: str) -> list[bytes]:
    """The samples that a target starts from: those of its folder, all of them for the claim."""
    folders = [folder for folder in SAMPLES.iterdir() if name == "claim" or name.startswith(folder.name) or folder.name.startswith(name)]
    files = [path for folder in sorted(folders) for path in sorted(folder.glob("*.*")) if not path.name.endswith(".expected.csv")]
    return [path.read_bytes() for path in files]
