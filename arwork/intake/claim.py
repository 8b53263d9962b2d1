"""Which reader takes a bank file: decided by what is in it, never by its name; refused with what it is and the cure."""

from __future__ import annotations

import re
from io import BytesIO

from lxml import etree

from arwork.errors import InputError, place
from arwork.intake.bank import camt, mt940
from arwork.intake.bank.statement import BankFile
from arwork.intake.received import Received
from arwork.intake.text import decode
from arwork.money import Units

_CURE = "Ask the bank for camt.053 (XML) or MT940"
_BINARY = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_TEXT = (
    (r"\{1:|\{2:[IO]|:20:", "a SWIFT message"),
    (r"OFXHEADER|<OFX", "an OFX file"),
    (r"!Type:|!Account", "a QIF file"),
    (r"01,[^,\n]*,[^,\n]*,[0-9]{6},", "a BAI2 file"),
    (r"101[ 0-9]{10}", "a NACHA (ACH) file"),
    (r"ISA[^A-Za-z0-9]", "an X12 interchange"),
    (r"UNA.{6}|UNB\+", "an EDIFACT interchange"),
    (r"0000[0-9]{6}.{118}(?:\r?\n|$)", "a CODA file"),
    (r"[\[{]\s*[\"\[{]", "a JSON file"),
    (r"---\s|#", "a YAML file"),
)
_SWIFT_NAMES = {"900": "debit advice", "910": "credit advice", "941": "balance report", "942": "interim report"}


def read_bank(received: Received, units: Units, encoding: str = "") -> BankFile:
    """Read a bank file of any format that arwork knows, whole.

    `encoding` is what the params state for a text format. XML states its own. Text that is not UTF-8 and has no stated
    encoding is read as cp1252 only when every byte beyond ASCII is a letter there. Raises InputError with the file,
    what it was recognised as, and the cure.
    """
    data = received.data
    if not data.strip(b"\xef\xbb\xbf \t\r\n\x00\x1a"):
        raise InputError("the file is empty", where=place(received.name), cure="Export it again; an empty file proves nothing.")
    for start, what in _BINARY:
        if data.startswith(start):
            cure = "Unpack it and give the files inside" if "archive" in what else _CURE
            raise _not_a_statement(received, what, cure)
    if _is_xml(data):
        _claim_xml(received)
        return camt.read(received, units)
    text, used = _decoded(received, encoding)
    _claim_mt940(received, text)
    return mt940.read(received, text, used, units)


def _not_a_statement(received: Received, what: str, cure: str = _CURE) -> InputError:
    return InputError(f"this is {what}, not a bank statement that arwork reads", where=place(received.name), cure=cure)


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
            name = etree.QName(element)
            root = root or (name.namespace or "").rpartition(":")[2] or name.localname
            if name.localname in ("BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn"):
                return
            if re.search(r"camt\.05[234]\.", name.namespace or ""):
                return
            if seen > 200:
                break
    except etree.XMLSyntaxError as broken:
        where = place(received.name, broken.lineno or "")
        raise InputError(f"the XML is cut off or damaged: {broken.msg}", where=where, cure="Fetch the file again from the bank") from None
    raise _not_a_statement(received, f"XML of another kind ({root})")


def _decoded(received: Received, stated: str) -> tuple[str, str]:
    """Decode a text; without a stated encoding, bytes beyond ASCII must be UTF-8 or all letters of cp1252."""
    if not stated:
        try:
            received.data.decode("utf-8")
        except UnicodeDecodeError:
            beyond = bytes(byte for byte in set(received.data) if byte >= 0x80)
            letters = beyond.decode("cp1252", errors="replace")
            if not received.data.startswith((b"\xff\xfe", b"\xfe\xff")) and letters.isalpha():
                return decode(received, "cp1252")
    return decode(received, stated)


def _claim_mt940(received: Received, text: str) -> None:
    """Let a text pass that has the fields of an MT940; name what else it is where that can be told."""
    tags = set(re.findall(r"(?m)^:([0-9]{2}[A-Z]?):", text.replace("\r", "\n")))
    envelope = re.search(r"\{2:[IO]([0-9]{3})", text)
    number = envelope[1] if envelope else ""
    if not number and tags & {"34F", "13D", "90C", "90D"} and not tags & {"60F", "60M"}:
        number = "942"
    if number and number not in ("940", "950"):
        name = _SWIFT_NAMES.get(number, "")
        raise _not_a_statement(received, f"an MT{number}{f' ({name})' if name else ''}")
    if tags & {"20", "25", "60F", "60M", "61", "62F", "62M", "86"}:
        return
    head = text.lstrip("\ufeff \t\r\n\x01")
    if re.match(r"<!doctype\s+html|<html", head, re.IGNORECASE):
        raise _not_a_statement(received, "a web page (HTML)", "Download the file itself, not the page around it")
    for pattern, what in _TEXT:
        if re.match(pattern, head):
            raise _not_a_statement(received, what)
    lines = [line for line in re.split(r"\r\n|\n|\r", head) if line.strip()][:20]
    if len(lines) > 1 and len(lines[0]) >= 80 and len({len(line.rstrip()) for line in lines}) == 1:
        raise _not_a_statement(received, f"a file of fixed records of {len(lines[0])} characters")
    if len(lines) > 1 and any(sum(line.count(mark) >= 2 for line in lines) * 2 >= len(lines) for mark in ";\t|,"):
        raise _not_a_statement(received, "a table (CSV) without a layout", f"{_CURE}; a CSV proves no balance")
    raise InputError("the content is no bank format that arwork knows", where=place(received.name), cure=_CURE)
