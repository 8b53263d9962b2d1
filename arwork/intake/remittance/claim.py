"""Which reader takes a remittance advice: decided by what is in the file, never by its name; else refused by name with the cure."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO

import pandas as pd
from lxml import etree

from arwork.errors import InputError, first_few, place
from arwork.intake.advice import Advice, remittance_lines
from arwork.intake.archives import unpacked
from arwork.intake.bank.formats import HEAD
from arwork.intake.claim import FORMATS, read_bank
from arwork.intake.received import Received
from arwork.intake.remittance import edifact, pdf, remt
from arwork.intake.remittance.generic import read_rows
from arwork.intake.remittance.headings import header_of
from arwork.intake.remittance.mail import Mail, html_rows, is_mail, read_eml, read_msg
from arwork.intake.remittance.once import together
from arwork.intake.remittance.rows import Row, text_rows
from arwork.intake.remittance.text_layout import TextLayout, read_text_layout
from arwork.intake.remittance.told import AGREED, Basis
from arwork.intake.remittance.x12 import transaction
from arwork.intake.remittance.x12_envelope import transaction_sets
from arwork.intake.sheets import read_sheet
from arwork.intake.shipped import shipped
from arwork.intake.text import Dialect, decode, split
from arwork.intake.workbook_kinds import is_excel_2003, is_old_workbook, kind_of_workbook
from arwork.money import Units
from arwork.proof import Finding
from arwork.tables import empty

_CURE = "Ask the payer for X12 820, EDIFACT REMADV, remt.001, CSV, XLSX, a text PDF or an e-mail"
_PICTURES = ((b"\x89PNG", "a PNG"), (b"\xff\xd8\xff", "a JPEG"), (b"II*\x00", "a TIFF"), (b"MM\x00*", "a TIFF"), (b"GIF8", "a GIF"))
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Advised:
    """One advice file, read whole: table `remittance_lines`, what it was, and how it was shown that nothing is missing."""

    remittance: pd.DataFrame
    format: str
    encoding: str
    completeness: str
    proof: str
    rejects: pd.DataFrame
    findings: tuple[Finding, ...]
    repeated: int = 0


@dataclass(frozen=True)
class Asked:
    """What a file is read with: decimals, the encoding stated for it, text layouts, the currency where it states none."""

    units: Units
    encoding: str
    layouts: Sequence[TextLayout]
    currency: str


@dataclass
class _Got:
    """What one file or one part of it gave: `counted` when all that it counts or sums agrees."""

    format: str
    encoding: str
    remittance: list[pd.DataFrame] = field(default_factory=list)
    counted: bool = False
    proof: str = ""
    findings: list[Finding] = field(default_factory=list)


@functools.cache
def shipped_layouts() -> tuple[TextLayout, ...]:
    """Read the text layouts that come with arwork."""
    files = sorted(shipped("params", "layouts", "advices").glob("*.yaml"))
    return tuple(read_text_layout(path.read_text(encoding="utf-8"), path.name) for path in files)


def read_advice(received: Received, units: Units, encoding: str = "", layouts: Sequence[TextLayout] = (), *, currency: str = "") -> Advised:
    """Read a remittance advice of any kind that arwork knows, whole; a gzip or zip is read as the files inside it.

    `encoding` is what the params state for a text that is not UTF-8, `layouts` are text layouts of single payers beside
    those that come with arwork, `currency` is taken where a text states none (and told). Raises InputError with the file,
    what it was recognised as, and the cure.
    """
    own = [layout.title for layout in layouts]
    asked = Asked(units, encoding, (*layouts, *(s for s in shipped_layouts() if s.title not in own)), currency)
    parts = unpacked(received)
    if not parts:
        raise InputError("the archive holds no file", where=place(received.name), cure=_CURE)
    got = [_read(part, asked) for part in parts]
    lines, repeats, repeated = together([frame for one in got for frame in one.remittance])
    findings = [finding for one in got for finding in one.findings]
    return Advised(
        remittance=lines, format=", ".join(sorted({one.format for one in got})), encoding=", ".join(sorted({one.encoding for one in got} - {""})),
        completeness="counted" if all(one.counted for one in got) else "not_proven", proof=" ".join(one.proof for one in got),
        rejects=empty("rejects"), findings=(*findings, *repeats), repeated=repeated,
    )  # fmt: skip


def _read(received: Received, asked: Asked) -> _Got:
    """Give a file to the reader that its content claims."""
    data = received.data
    if not data.strip(b"\xef\xbb\xbf \t\r\n\x00\x1a"):
        raise InputError("the file is empty", where=place(received.name), cure="Fetch it again; an empty file advises nothing")
    for start, what in _PICTURES:
        if data.startswith(start):
            raise InputError(f"this is {what} picture: a scan without text", where=place(received.name), cure=_CURE)
    if b"%PDF-" in data[:1024]:
        rows, hidden = pdf.read(received)
        return _by_rows([rows], received, asked, "PDF", "PDF", hidden=hidden)
    if data.startswith(b"PK\x03\x04") or is_old_workbook(data) or is_excel_2003(data):
        return _by_sheet(received, asked)
    if data.startswith(_OLE):
        return _by_mail(read_msg(received), received, asked, "Outlook message")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        raise InputError("this is a rich text file (RTF)", where=place(received.name), cure=_CURE)
    return _read_text(received, asked)


def _read_text(received: Received, asked: Asked) -> _Got:
    head = received.data[: 4 * HEAD]
    start = head.decode("utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1", errors="replace")
    start = start.removeprefix("ï»¿").lstrip("\ufeff \t\r\n\x01")
    if start.startswith("<") and not re.match(r"<!doctype\s+html|<html|<OFX", start, re.IGNORECASE):
        return _by_xml(received, asked)
    if any(form.claims(start[:HEAD]) for form in FORMATS):
        return _by_bank(received, asked)
    text, used = decoded(received, asked.encoding)
    text = text.lstrip("\ufeff")
    if re.match(r"\s*ISA[^A-Za-z0-9]", text):
        return _by_x12(received, text, used, asked)
    if re.match(r"\s*(?:UNA.{6}|UNB[^A-Za-z0-9])", text, re.DOTALL):
        advices, version = edifact.read(text.lstrip(), received.name, asked.units, asked.currency)
        return _finished(received, _Got(f"EDIFACT REMADV {version}", used), advices, asked, counted="Segment and message counts agree")
    if re.match(r"<!doctype\s+html|<html", start, re.IGNORECASE):
        return _by_rows([html_rows(received.data, "", received.name)], received, asked, "HTML", "EMAIL", used)
    if is_mail(text):
        return _by_mail(read_eml(received), received, asked, "e-mail", used)
    table = _table_rows(text, received.name, asked.layouts)
    if table:
        return _by_rows([table], received, asked, "delimited text", "TABLE", used, cells=True)
    source = "LOCKBOX" if "lockbox" in text[:2_000].casefold() else "EMAIL"
    return _by_rows([text_rows(text)], received, asked, "text", source, used)


def decoded(received: Received, stated: str) -> tuple[str, str]:
    """Decode a text: a mark or UTF-8, else what is stated, else cp1252 where every byte beyond ASCII is a letter there."""
    if not stated and not received.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            received.data.decode("utf-8")
        except UnicodeDecodeError:
            beyond = bytes(byte for byte in set(received.data) if byte >= 0x80)
            if all(mark.isalpha() or mark in "€£§°–’" for mark in beyond.decode("cp1252", errors="replace")):
                return decode(received, "cp1252")
    return decode(received, stated)


def _by_x12(received: Received, text: str, used: str, asked: Asked) -> _Got:
    sets = transaction_sets(text, received.name)
    advices = [transaction(one.found, one.number, received.name, asked.units) for one in sets]
    versions = ", ".join(sorted({one.version[:6] for one in sets}))
    return _finished(received, _Got(f"X12 820 {versions}".strip(), used), advices, asked, counted="Segment, set and group counts agree")


def _by_xml(received: Received, asked: Asked) -> _Got:
    head = received.data[:4096]
    try:
        _, root = next(etree.iterparse(BytesIO(received.data), events=("start",), load_dtd=False, no_network=True, resolve_entities=False))
    except (etree.XMLSyntaxError, StopIteration) as broken:
        raise InputError(f"the XML is cut off or damaged: {broken}"[:200], where=place(received.name), cure=_CURE) from None
    names = f"{root.tag} {' '.join(filter(None, root.nsmap.values()))}"
    if "camt.05" in names or b"BkToCstmr" in head:
        return _by_bank(received, asked)
    advices, name, encoding, findings = (
        remt.read(received, asked.units) if "remt" in names.casefold() or b"RmtAdvc" in head else ([], "", "", [])
    )
    if not name:
        raise InputError(f"this is XML of another kind ({str(root.tag).rpartition('}')[2]})", where=place(received.name), cure=_CURE)
    return _finished(received, _Got(name, encoding, findings=findings), advices, asked)


def _by_bank(received: Received, asked: Asked) -> _Got:
    """Take the documents paid out of a bank file that names them."""
    bank = read_bank(received, asked.units, asked.encoding)
    if bank.remittance.empty:
        what = f"this is a bank file ({bank.format}) that names no documents paid"
        raise InputError(what, where=place(received.name), cure="Give it as a source that `reads: bank`")
    counted = bank.completeness != "not_proven"
    return _Got(bank.format, bank.encoding, remittance=[bank.remittance], counted=counted, proof=bank.proof)


def _by_sheet(received: Received, asked: Asked) -> _Got:
    sheet = read_sheet(received)
    rows = [
        Row(f"{sheet.name}!A{number}", tuple(" ".join(cell.split()) for cell in cells), None, tuple(native))
        for number, (cells, native) in enumerate(zip(sheet.rows, sheet.native, strict=True), start=1)
        if any(cells)
    ]
    kind = kind_of_workbook(received.data)
    return _by_rows([rows], received, asked, f"{kind}, sheet {sheet.name}", "TABLE", kind.casefold(), cells=True)


def _table_rows(text: str, file: str, layouts: Sequence[TextLayout]) -> list[Row]:
    """Split a delimited text under the delimiter that shows a header; nothing where none does."""
    for delimiter in (";", ",", "\t", "|"):
        if delimiter not in text:
            continue
        try:
            lines = list(split(text, Dialect(delimiter), file))
        except InputError:
            continue
        rows = [Row(str(line.number), tuple(cell.strip() for cell in line.cells)) for line in lines]
        for layout in layouts:
            header = header_of(rows, layout, file) if layout.columns else None
            if header is not None and len(rows[header.at].cells) > 1:
                return rows
    return []


def _by_rows(
    versions: Sequence[Sequence[Row]], received: Received, asked: Asked, form: str, source: str, encoding: str = "", *,
    cells: bool = False, hidden: bool = False,
) -> _Got:  # fmt: skip
    """Read the first version of a text that any layout reads; the refusal of the first stands when none does."""
    refused: list[InputError] = []
    for rows in versions:
        basis = Basis(received.name, source, asked.units, asked.currency)
        try:
            advices, notes, title = read_rows(rows, asked.layouts, basis, cells=cells, hidden=hidden)
        except InputError as problem:
            refused.append(problem)
            continue
        got = _Got(f"{form}, by layout: {title}", encoding)
        got.findings += [Finding("G-16", "warn", f"{received.name}: {note}.", "remittance_lines") for note in notes]
        if hidden:
            got.findings.append(Finding("G-16", "warn", f"{received.name}: its text was made by text recognition.", "remittance_lines"))
        return _finished(received, got, advices, asked)
    raise refused[0] if refused else InputError("holds no text", where=place(received.name), cure=_CURE)


def _by_mail(mail: Mail, received: Received, asked: Asked, form: str, encoding: str = "") -> _Got:
    """Read the text and every attachment of an e-mail; what none of the readers takes is told, unless nothing reads."""
    got = _Got(form, encoding)
    unread = list(mail.left_out)
    tries: list[_Got] = []
    for part in mail.attached:
        try:
            tries.append(_read(part, asked))
        except InputError as problem:
            if re.match(rb"\s*(?:ISA[^A-Za-z0-9]|UN[AB])", part.data[:200]):
                raise
            unread.append(problem.paragraph())
    try:
        if mail.texts:
            tries.append(_by_rows([[*mail.head, *rows] for rows in mail.texts], received, asked, form, "EMAIL", encoding))
    except InputError as problem:
        unread.append(problem.paragraph())
    if not tries:
        raise InputError(f"no part of the e-mail is an advice: {first_few(unread, 3)}" if unread else "the e-mail is empty",
                         where=place(received.name), cure=_CURE)  # fmt: skip
    got.remittance = [frame for one in tries for frame in one.remittance]
    got.format = ", ".join([form, *sorted({one.format for one in tries if not one.format.startswith(form)})])
    got.counted, got.proof = all(one.counted for one in tries), " ".join(one.proof for one in tries)
    got.findings = [finding for one in tries for finding in one.findings]
    if unread:
        got.findings.append(
            Finding("T09", "info", f"{received.name}: parts that are no advice: {first_few(unread, 5)}", "remittance_lines")
        )
    return got


def _finished(received: Received, got: _Got, advices: Sequence[Advice], asked: Asked, counted: str = "") -> _Got:
    """Put the advices of one part into the table, and say how far their sums agree with what they state (G-05)."""
    paid = [advice for advice in advices if advice.documents]
    if not paid:
        raise InputError(f"this is {got.format}, which pays no document", where=place(received.name), cure=_CURE)
    if len(paid) < len(advices):
        sentence = f"{received.name}: {len(advices) - len(paid)} of {len(advices)} payments name no document."
        got.findings.append(Finding("T09", "warn", sentence, "remittance_lines"))
    agree = 0
    for advice in paid:
        net = sum(document.net for document in advice.documents)
        agree += int(advice.amount == net)
        if advice.amount is not None and advice.amount != net:
            made, stated, off = (asked.units.text(figure, advice.currency) for figure in (net, advice.amount, advice.amount - net))
            sentence = (
                f"{received.name}: advice {advice.number} adds up to {made}, its payment is {stated} {advice.currency}; difference {off}."
            )
            got.findings.append(Finding("G-05", "warn", sentence, "remittance_lines"))
    told = f"{agree} of {len(paid)} advices add up to the payment they state"
    # A sum that is its own proof (one document, one amount) proves nothing: such lines are less sure.
    proven = agree == len(paid) and all(document.confidence >= AGREED for advice in paid for document in advice.documents)
    return replace(
        got, remittance=[remittance_lines(received, paid)], counted=bool(counted) or proven,
        proof=f"{counted}; {told}." if counted else f"{told[:1].upper()}{told[1:]}.",
    )  # fmt: skip
