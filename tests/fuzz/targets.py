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
from arwork.intake.ledger import read_alone
from arwork.intake.received import Received
from arwork.intake.recognise import fitting, shipped_layouts
from arwork.intake.remittance.claim import read_advice
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


def advice(data: bytes) -> None:
    """Read the bytes as an advice, whatever kind; a PDF or .msg starts a process for each, so those are left to other tests."""
    if data.startswith((b"%PDF", b"\xd0\xcf\x11\xe0", b"PK")):
        return
    try:
        lines = read_advice(received(data), ISO, "cp1252", currency="EUR").remittance
    except InputError:
        return
    if not (lines["gross_amount"] - lines["discount_amount"] - lines["deduction_amount"] == lines["net_amount"]).all():
        raise AssertionError("a line of an advice does not add up")


def table(data: bytes) -> None:
    """Read the bytes as a table, by each layout that its headings fit."""
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return
    file = received(data)
    for fit in fitting(file, LAYOUTS, "cp1252")[:2]:
        try:
            read = read_alone(file, LAYOUTS[fit.layout], ISO, "cp1252")
        except InputError:
            continue
        if read.rows_in != len(read.table) + len(read.rejects.drop_duplicates(["source_line"])):
            raise AssertionError("rows in are not rows out and rejects")


LAYOUTS = {name: layout for name, layout in shipped_layouts().items() if not layout.join}
ADVICES = {"x12": "*_820.edi", "edifact": "*_remadv.edi", "remt": "*.xml", "mail": "*.eml", "advice_text": "*.txt", "advice_table": "*.csv"}
TARGETS: Mapping[str, Target] = {
    **{form.read.__module__.rpartition(".")[2]: bank_format(form) for form in FORMATS},
    "camt": xml,
    "claim": any_bank_file,
    **dict.fromkeys(ADVICES, advice),
    "table": table,
}
"""Target by name; each name is also a file of the kept corpus."""


def seeds(name: str) -> list[bytes]:
    """The samples that a target starts from: those of its folder or kind, all of them for the claim."""
    if name in ADVICES:
        found = sorted((SAMPLES / "advices").glob(ADVICES[name]))
    elif name == "table":
        found = sorted((SAMPLES / "tables").glob("*.*"))
    else:
        folders = [
            folder for folder in SAMPLES.iterdir() if name == "claim" or name.startswith(folder.name) or folder.name.startswith(name)
        ]
        found = [path for folder in sorted(folders) for path in sorted(folder.glob("*.*"))]
    return [path.read_bytes() for path in found if not path.name.endswith(".expected.csv")]
