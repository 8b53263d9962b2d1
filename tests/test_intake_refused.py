"""The published list of refusals: each kind is known by its content, has a reason and something to give instead, and no reader takes it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from arwork.errors import InputError
from arwork.intake.claim import FORMATS, bank_format, read_bank
from arwork.intake.received import Received, take
from arwork.intake.refused import kind_of, published
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples"
ISO_DOCUMENT = '<?xml version="1.0"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{}"><X/></Document>'
X12 = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260331*1200*U*00401*000000001*0*P*>~GS*RA*A*B~ST*{}*0001~"


def received(data: str | bytes) -> Received:
    raw = data.encode() if isinstance(data, str) else data
    return Received("drop.dat", raw, hashlib.sha256(raw).hexdigest())


def word_file() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


KINDS: list[tuple[str | bytes, str, str]] = [
    (ISO_DOCUMENT.format("pain.001.001.09"), "XML of type pain.001 (credit transfers to be made)", "nothing in it is booked yet"),
    (ISO_DOCUMENT.format("pain.008.001.02"), "XML of type pain.008", "asks a bank to pay or collect"),
    (ISO_DOCUMENT.format("pain.002.001.10"), "XML of type pain.002", "answers an order"),
    (ISO_DOCUMENT.format("pacs.008.001.08"), "XML of type pacs.008", "between banks"),
    (ISO_DOCUMENT.format("pacs.029.001.01"), "XML of family pacs", "between banks"),
    (ISO_DOCUMENT.format("camt.029.001.09"), "XML of type camt.029", "asks about a payment"),
    (ISO_DOCUMENT.format("camt.086.001.02"), "XML of type camt.086", "bills the bank's services"),
    (ISO_DOCUMENT.format("camt.060.001.05"), "XML of type camt.060", "without the lines"),
    (ISO_DOCUMENT.format("acmt.007.001.03"), "XML of type acmt.007", "no booking"),
    (ISO_DOCUMENT.format("seev.031.001.09"), "XML of family seev", "trade document"),
    ("<Document><FIToFIPmtStsRpt><GrpHdr/></FIToFIPmtStsRpt></Document>", "XML of type pacs.002", "answers an order"),
    ('<Message xmlns="urn:fednow:x"><AppHdr/></Message>', "XML of family fednow", "no booking"),
    ('<html xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"><body/></html>', "an iXBRL report", "authority"),
    ('<?xml version="1.0"?><xbrl xmlns="x"/>', "XML of kind xbrl", "authority"),
    ('<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>', "XML of kind Invoice", "no money has moved"),
    ("{1:F01BANKDEFFXXXX0000000000}{2:I103BANKUS33XXXXN}{4:\n:20:X\n-}", "an MT103 (customer credit transfer)", "one payment"),
    ("{1:F01BANKDEFFXXXX0000000000}{2:O9411200X}{4:\n:20:X\n-}", "an MT941 (balance report)", "without the lines"),
    ("{1:F01BANKDEFFXXXX0000000000}{2:O2021200X}{4:\n:20:X\n-}", "an MT202", "between banks"),
    ("{1:F01BANKDEFFXXXX0000000000}{2:O8881200X}{4:\n:20:X\n-}", "an MT888", "one payment"),
    (X12.format("835"), "an X12 835 (health care payment advice)", "health insurers"),
    (X12.format("810"), "an X12 810 (invoice)", "no money has moved"),
    (X12.format("850"), "an X12 850", "no money has moved"),
    (X12.format("823"), "an X12 823", "has no reader"),
    (X12.format("601"), "an X12 601", "no statement of an account"),
    ("UNB+UNOC:3+A+B+260331:1200+1'UNH+1+INVOIC:D:96A:UN'", "an EDIFACT INVOIC", "no money has moved"),
    ("UNA:+.? 'UNB+UNOC:3+A+B+260331:1200+1'UNH+1+PAYMUL:D:96A:UN'", "an EDIFACT PAYMUL", "asks a bank to pay"),
    ('{"fileHeader": {"id": ""}, "batches": []}', "an ACH or cheque file written as JSON", "alike"),
    ('{"id": "1", "fedWireMessage": {}}', "a Fedwire message written as JSON", "one payment"),
    ('{"transactions": [{"amount": 1}]}', "a JSON file", "alike"),
    ("---\nclose: demo\n", "a YAML file", "settings"),
    ("0128AGB1234567800000000KUNDE", "a DTAUS file", "asks a bank to pay or collect"),
    ("%PDF-1.7\n", "a PDF", "printed pages"),
    ("%!PS-Adobe-3.0\n", "a PostScript file", "printed pages"),
    (b"\x89PNG\r\n\x1a\n", "a picture", "picture"),
    (b"II*\x00abcd", "a picture", "picture"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "not unpacked"),
    (b"Rar!\x1a\x07\x01\x00", "a RAR archive", "not unpacked"),
    (b"x" * 257 + b"ustar", "a tar archive", "not unpacked"),
    (b"MZ" + b"\x00" * 62, "a program", "is a program"),
    (b"#!/bin/sh\n", "a script", "is a program"),
    (b"SQLite format 3\x00", "an SQLite database", "own storage"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", "office document"),
    ("{\\rtf1 hello}", "a rich text", "office document"),
    (word_file(), "a Word document", "office document"),
    ("-----BEGIN PGP MESSAGE-----\n", "an encrypted or signed file", "encrypted"),
]


@pytest.mark.parametrize(("data", "name", "why"), KINDS, ids=[name for _, name, _ in KINDS])
def test_each_kind_is_named_with_its_reason_and_what_to_give(data: str | bytes, name: str, why: str) -> None:
    kind = kind_of(received(data))
    assert kind is not None
    assert kind.name.startswith(name)
    assert why in kind.why
    assert kind.instead
    with pytest.raises(InputError) as refused:
        read_bank(received(data), ISO)
    assert kind.name in refused.value.what
    assert kind.why in refused.value.what
    assert refused.value.cure == kind.instead
    assert refused.value.where == "drop.dat"


@pytest.mark.parametrize("data", ["", "hello\n", "a;b;c\n1;2;3\n", "<ledger/>", "\x00\x01\x02", "{2:", "ISA", "UNB", "{", "PK"])
def test_what_is_not_known_is_not_named(data: str) -> None:
    assert kind_of(received(data)) is None or data == "ISA"


def test_a_reader_may_refuse_its_own_neighbour_by_name() -> None:
    data = "NY000010" + "0" * 72 + "\nNY212020" + "0" * 72 + "\n"
    kind = kind_of(received(data))
    assert kind is not None
    assert kind.name == "a file of AvtaleGiro requests"
    with pytest.raises(InputError, match="AvtaleGiro"):
        read_bank(received(data), ISO)


def test_the_list_says_everything_in_sentences_and_nothing_twice() -> None:
    kinds = published()
    assert len(kinds) > 250
    assert all(kind.name and kind.why and kind.instead and kind.group for kind in kinds)
    assert all(not kind.why.endswith(".") and kind.why[0].islower() for kind in kinds)
    names = [kind.name for kind in kinds]
    assert len(set(names)) == len(names)


def test_nothing_that_a_reader_takes_stands_in_the_list() -> None:
    """Every sample of every format is claimed by exactly one reader, and is of no kind that is refused."""
    for path in sorted(SAMPLES.glob("*/*.*")):
        if path.parent.name in ("advices", "tables") or ".expected" in path.name:
            continue
        data = take(path)
        assert bank_format(data), path.name
        if not data.data.startswith((b"\x1f\x8b", b"PK")):
            text = data.data[:16384].decode("latin-1").lstrip(" \t\r\n\x01").removeprefix("ï»¿")[:4096]
            assert sum(form.claims(text) for form in FORMATS) == (0 if bank_format(data) == "camt" else 1), path.name
