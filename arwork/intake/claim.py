"""Which reader takes a bank file: decided by what is in it, never by its name; refused with what it is and the cure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO

import pandas as pd
from lxml import etree

from arwork.errors import InputError, place
from arwork.intake.archives import alone, unpacked
from arwork.intake.bank import (
    aeb43,
    bai2,
    bgmax,
    camt,
    cfonb,
    cnab240,
    cnab400,
    coda,
    esr,
    fedwire,
    lockbox,
    mt940,
    nacha,
    netsgiro,
    ofx,
    qif,
)
from arwork.intake.bank.formats import HEAD, Format
from arwork.intake.bank.statement import BankFile
from arwork.intake.received import Received
from arwork.intake.refused import STATEMENT, Kind, by_bytes, by_text
from arwork.intake.text import decode
from arwork.intake.workbook_kinds import is_page, is_workbook
from arwork.money import Units
from arwork.tables import conform

FORMATS: tuple[Format, ...] = (
    mt940.FORMAT,
    nacha.FORMAT,
    lockbox.FORMAT,
    bai2.FORMAT,
    fedwire.FORMAT,
    ofx.FORMAT,
    qif.FORMAT,
    cnab400.FORMAT,
    cnab240.FORMAT,
    coda.FORMAT,
    cfonb.FORMAT,
    aeb43.FORMAT,
    bgmax.FORMAT,
    esr.FORMAT,
    netsgiro.FORMAT,
)  # fmt: skip
"""The text formats of banks, in the order in which they are asked; each knows its own, so the order decides nothing."""
_THOUSANDS = re.compile("(?<=[0-9]),(?=[0-9])")
_NEAR = 65_536


def read_bank(received: Received, units: Units, encoding: str = "") -> BankFile:
    """Read a bank file of any format that arwork knows, whole; a gzip or zip is read as the files inside it.

    `encoding` is what the params state for a text format. XML states its own. Text that is not UTF-8 and has no stated
    encoding is read in the charset that its format prescribes, else as cp1252 where every byte beyond ASCII is a letter
    there. Raises InputError with the file, what it was recognised as, and the cure.
    """
    parts = unpacked(received)
    if not parts:
        raise InputError("the archive holds no file", where=place(received.name), cure=STATEMENT)
    return together([_read(part, units, encoding) for part in parts])


def bank_format(received: Received) -> str:
    """Name the bank formats that know the content by how it begins; of an archive all its files must; "" when none does.

    Raises InputError for an archive that cannot be unpacked.
    """
    names = []
    for part in unpacked(received):
        found = _reader(part.data)
        names.append(found.name if found else "camt" if _holds_camt(part.data) else "")
    return ", ".join(dict.fromkeys(names)) if all(names) else ""


def is_cells(received: Received) -> bool:
    """Say whether a file of no known kind looks like a table: a workbook, or lines that one delimiter cuts into cells."""
    received = alone(received)
    if by_bytes(received.data) is not None or is_page(received.data):
        return is_workbook(received.data)
    head = _text_of(received.data).lstrip("\ufeff \t\r\n\x01")
    return by_text(head) is None and _cut_into_cells(_first_lines(head))


def _text_of(data: bytes) -> str:
    """Give the first characters of a text in whatever encoding; letters beyond ASCII may come out wrong."""
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data[: 2 * _NEAR].decode("utf-16" if utf16 else "latin-1", errors="replace").removeprefix("ï»¿")[:_NEAR]


def _first_lines(head: str) -> list[str]:
    return [line for line in re.split(r"\r\n|\n|\r", head[:_NEAR]) if line.strip()][:20]


def _cut_into_cells(lines: Sequence[str]) -> bool:
    """Say whether half of the lines hold a delimiter twice, or all hold it once and no blank follows; or some stand in a frame."""
    lines = [_THOUSANDS.sub("", line) if "  " in line.strip() else line for line in lines]  # columns set apart by blanks
    if sum(line.strip()[:1] == line.strip()[-1:] == "|" for line in lines) >= 2:
        return True
    if len(lines) < 2:
        return any(line.count(mark) >= 3 for line in lines for mark in ";\t,")
    twice = any(sum(line.count(mark) >= 2 for line in lines) * 2 >= len(lines) for mark in ";\t|,")
    return twice or any(all(line.count(mark) == 1 and f"{mark} " not in line for line in lines) for mark in ";\t,")


def together(files: Sequence[BankFile]) -> BankFile:
    """Join the files of one archive: the tables one after the other, proven only as far as the least proven of them.

    Line identities and statement keys that two files chose alike are numbered on, so that nothing falls away.
    """
    if len(files) == 1:
        return files[0]
    rank = ("not_proven", "counted", "proven")
    taken: dict[str, int] = {}
    return BankFile(
        statements=_stacked("statements", [_numbered_on(f.statements, "statement_key", {}, n) for n, f in enumerate(files)]),
        bank_lines=_stacked(
            "bank_lines",
            [_numbered_on(_numbered_on(f.bank_lines, "statement_key", {}, n), "line_id", taken, 0) for n, f in enumerate(files)],
        ),
        format=", ".join(sorted({f.format for f in files})),
        encoding=", ".join(sorted({f.encoding for f in files})),
        completeness=min((f.completeness for f in files), key=rank.index),
        proof=" ".join(f.proof for f in files),
        rejects=_stacked("rejects", [f.rejects for f in files]),
        remittance=_stacked("remittance_lines", [_numbered_on(f.remittance, "remittance_id", {}, n) for n, f in enumerate(files)]),
        stated=tuple(stated for f in files for stated in f.stated),
    )


def _stacked(table: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return conform(table, pd.concat(filled, ignore_index=True)) if filled else frames[0]


def _numbered_on(frame: pd.DataFrame, column: str, taken: dict[str, int], file: int) -> pd.DataFrame:
    """Make a column unique over the files: statement keys by the number of the file, line ids by counting equals on."""
    if frame.empty:
        return frame
    if column != "line_id":
        return frame.assign(**{column: frame[column] + (f"/file {file + 1}" if file else "")})
    said = frame[column].str.rpartition("-")[0]
    fresh = []
    for name in said:
        taken[name] = taken.get(name, 0) + 1
        fresh.append(f"{name}-{taken[name]}")
    return frame.assign(**{column: fresh})


def _read(received: Received, units: Units, encoding: str) -> BankFile:
    data = received.data
    if not data.strip(b"\xef\xbb\xbf \t\r\n\x00\x1a"):
        raise InputError("the file is empty", where=place(received.name), cure="Export it again; an empty file proves nothing.")
    known = by_bytes(data)
    if known is not None:
        raise _not_a_statement(received, known)
    found = _reader(data)
    if found is None and _is_xml(data):
        _claim_xml(received)
        return camt.read(received, units)
    if found is None and (kind := by_text(_text_of(data))) is not None:
        raise _not_a_statement(received, kind)
    text, used = _decoded(received, encoding or (found.charset if found else ""), stated=bool(encoding))
    if found is None:
        raise _unknown(received, text)
    whole = [text.lstrip("\ufeff")]
    del text  # so that the reader can let go of a long text before it builds its table
    return found.read(received, whole.pop(), used, units)


def _reader(data: bytes) -> Format | None:
    """Ask each text format whether it knows the first characters."""
    head = data[: 4 * HEAD].decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1", errors="replace")
    head = head.removeprefix("ï»¿").lstrip("\ufeff \t\r\n\x01")[:HEAD]
    return next((form for form in FORMATS if form.claims(head)), None)


def _not_a_statement(received: Received, kind: Kind) -> InputError:
    return InputError(
        f"this is {kind.name}, not a bank statement that arwork reads: {kind.why}", where=place(received.name), cure=kind.instead
    )


def _holds_camt(data: bytes) -> bool:
    """Say whether an XML names a camt.052, .053 or .054 near its begin."""
    return (
        _is_xml(data)
        and re.search(rb"BkToCstmr(Stmt|AcctRpt|DbtCdtNtfctn)|camt\.05[234]\.", data[:_NEAR].replace(b"\x00", b"")) is not None
    )


def _is_xml(data: bytes) -> bool:
    """Say whether the first character is `<`, in UTF-8 or UTF-16; SGML such as OFX headers do not begin so."""
    head = data[:400].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<") and not re.match(rb"<OFX|<!doctype\s+html|<html", head, re.IGNORECASE)


def _claim_xml(received: Received) -> None:
    """Let an XML pass that holds a camt.052, .053 or .054; name any other by its namespace or root."""
    root = ""
    try:
        events = etree.iterparse(
            BytesIO(received.data), events=("start",), load_dtd=False, no_network=True, resolve_entities=False, huge_tree=False
        )
        for seen, (_, element) in enumerate(events):
            namespace, _, name = str(element.tag).rpartition("}")
            root = root or namespace.rpartition(":")[2] or name
            if name in ("BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn"):
                return
            if re.search(r"camt\.05[234]\.", namespace):
                return
            if seen > 200:
                break
    except etree.XMLSyntaxError as broken:
        _refuse_known(received)
        where = place(received.name, broken.lineno or "")
        raise InputError(f"the XML is cut off or damaged: {broken.msg}", where=where, cure="Fetch the file again from the bank") from None
    _refuse_known(received)
    raise InputError(
        f"this is XML of another kind ({root}), not a bank statement that arwork reads", where=place(received.name), cure=STATEMENT
    )


def _refuse_known(received: Received) -> None:
    """Refuse an XML of the published list by its name, unless it holds a statement that is only damaged."""
    kind = by_text(_text_of(received.data))
    if kind is not None and not _holds_camt(received.data):
        raise _not_a_statement(received, kind)


def _decoded(received: Received, wanted: str, *, stated: bool) -> tuple[str, str]:
    """Decode a text; without a stated encoding, bytes beyond ASCII must be UTF-8, or letters in the format's charset or cp1252."""
    if not stated:
        try:
            received.data.decode("utf-8")
        except UnicodeDecodeError:
            beyond = bytes(byte for byte in set(received.data) if byte >= 0x80)
            letters = beyond.decode("cp1252", errors="replace")
            if not wanted and not received.data.startswith((b"\xff\xfe", b"\xfe\xff")) and letters.isalpha():
                return decode(received, "cp1252")
    return decode(received, wanted)


def _unknown(received: Received, text: str) -> InputError:
    """Say what a text is that no reader takes, where that can be told."""
    head = text.lstrip("\ufeff \t\r\n\x01")
    lines = _first_lines(head)
    if len(lines) > 1 and len(lines[0]) >= 80 and len({len(line.rstrip()) for line in lines}) == 1:
        told, cure = f"this is a file of fixed records of {len(lines[0])} characters, of no format that arwork knows", STATEMENT
    elif _cut_into_cells(lines):
        told = "this is a table (CSV), which needs a layout"
        cure = f"Name the layout in the params: `arwork check FILE` says which one fits, `arwork init FILE` proposes one. Or: {STATEMENT}"
    else:
        told, cure = "the content is no bank format that arwork knows", STATEMENT
    return InputError(told, where=place(received.name), cure=cure)
