"""Which file is what: claimed by content, never by name, and refused with what it is."""

from __future__ import annotations

import hashlib

import pytest

from arwork.errors import InputError
from arwork.intake.bank.statement import BankFile
from arwork.intake.claim import read_bank
from arwork.intake.received import Received
from arwork.money import ISO

MT940 = ":20:X\n:25:DE1\n:28C:1\n:60F:C260330EUR1,00\n:61:260331C1,00NTRFNONREF\n:86:{}\n:62F:C260331EUR2,00\n"
CAMT = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>'
    "<Acct><Id><IBAN>DE1</IBAN></Id></Acct>"
    '<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
    '<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1.00</Amt>'
    "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-31</Dt></Dt></Bal></Stmt></BkToCstmrStmt></Document>"
)


def read(data: str | bytes, name: str = "statement.pdf", encoding: str = "") -> BankFile:
    raw = data.encode() if isinstance(data, str) else data
    return read_bank(Received(name, raw, hashlib.sha256(raw).hexdigest()), ISO, encoding)


@pytest.mark.parametrize("name", ["a.xml", "a.sta", "a.pdf", "noname", "A.CSV"])
def test_the_name_of_a_file_decides_nothing(name: str) -> None:
    assert read(CAMT, name).format == "camt.053.001.08"
    assert read(MT940.format("x"), name).format == "MT940"


@pytest.mark.parametrize(
    "wrapped",
    [
        CAMT,
        "<envelope><head/>" + CAMT + "</envelope>",
        CAMT.replace(' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"', ""),
        "\n\n  " + CAMT,
    ],
)
def test_camt_is_found_in_a_wrapper_and_without_a_namespace(wrapped: str) -> None:
    assert read(wrapped).format.startswith("camt.053")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "file is empty"),
        (b" \r\n\x1a", "file is empty"),
        (b"\xef\xbb\xbf", "file is empty"),
        (b"%PDF-1.7 ...", "this is a PDF"),
        (b"PK\x03\x04....", "zip is damaged"),
        ("<ledger><entry/></ledger>", r"XML of another kind \(ledger\)"),
        (b"\xd0\xcf\x11\xe0....", "old Office document"),
        (b"\x1f\x8b\x08....", "gzip archive is damaged"),
        ("{1:F01}{2:I103X}{4:\n:20:X\n-}", "an MT103"),
        ('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>', r"XML of type pain.001 \(credit transfers"),
        ("<!doctype html><html></html>", "a web page"),
        ("ISA*00*          *00*", "an X12 interchange without"),
        ("UNA:+.? 'UNB+", "an EDIFACT interchange without"),
        ('{"transactions": [{"amount": 1}]}', "a JSON file"),
        ("date;text;amount\n2026-03-31;x;1,00\n2026-03-31;y;2,00\n", r"table \(CSV\), which needs a layout"),
        ("x" * 120 + "\n" + "y" * 120 + "\n", "fixed records of 120 characters"),
        ("hello\n", "no bank format that arwork knows"),
        ("<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'", "cut off or damaged"),
        ("<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'/>", "holds no statement"),
        (":61:260331C1,00NTRFNONREF\n", "does not begin with a field :20:"),
    ],
)
def test_what_is_no_statement_is_named_with_file_and_cure(data: str | bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        read(data, "from-bank.dat")
    assert refused.value.where.startswith("from-bank.dat")
    assert refused.value.cure


def test_encodings_are_stated_or_safe_never_guessed() -> None:
    text = MT940.format("Müller Straße")
    assert read(text.encode("utf-8")).encoding == "utf-8"
    assert read(text.encode("utf-8-sig")).bank_lines["remittance_text"].tolist() == ["Müller Straße"]
    assert read(text.encode("utf-16")).bank_lines["remittance_text"].tolist() == ["Müller Straße"]
    letters = read(text.encode("cp1252"))
    assert (letters.encoding, letters.bank_lines["remittance_text"].tolist()) == ("cp1252", ["Müller Straße"])
    for other in ("cp850", "mac-roman", "cp437"):
        with pytest.raises(InputError, match="is not utf-8"):
            read(text.encode(other))
        stated = read(text.encode(other), encoding=other)
        assert stated.bank_lines["remittance_text"].tolist() == ["Müller Straße"]
    with pytest.raises(InputError, match="is not utf-8"):
        read(MT940.format("price 5 €").encode("cp1252"))
    assert read(MT940.format("price 5 €").encode("cp1252"), encoding="cp1252").encoding == "cp1252"
