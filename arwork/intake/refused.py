"""What arwork knows by its content and refuses on purpose: the published list, each kind with its reason and what to give instead.

Formats that arwork reads are asked before this list (see `claim`), so nothing stands here that a reader takes. The list
decides by content alone: the first bytes, the message type that an envelope states, the namespace or root of an XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from arwork.intake.archives import alone
from arwork.intake.received import Received
from arwork.intake.workbook_kinds import is_html_table, is_old_workbook

STATEMENT = "Ask the bank for camt.053 (XML), MT940 or BAI2"
"""The cure where nothing closer is known."""
_LOOKED_AT = 65_536


@dataclass(frozen=True)
class Kind:
    """A kind of file that is refused: its name with its article, why, and what to give instead."""

    group: str
    name: str
    why: str
    instead: str


class _Reason(NamedTuple):
    why: str
    instead: str


_REASONS: Mapping[str, _Reason] = {
    "order": _Reason("it asks a bank to pay or collect; nothing in it is booked yet", "Give the statement that books it"),
    "status": _Reason("it answers an order; it books nothing", "Give the statement, where returned payments stand as lines"),
    "single": _Reason("it tells of one payment; no balance and no count shows that none is missing", STATEMENT),
    "balance": _Reason("it states a balance without the lines that make it", STATEMENT),
    "admin": _Reason("it manages accounts, mandates or messages and holds no booking", STATEMENT),
    "between": _Reason("it travels between banks and states no account of yours", "Give the statement of your account"),
    "charges": _Reason("it bills the bank's services; the charges stand on the statement as lines", "Give the statement"),
    "enquiry": _Reason("it asks about a payment or answers that question; it books nothing", "Give the statement"),
    "health": _Reason("it explains payments of health insurers claim by claim, which is no invoice of a customer",
                      "Give the statement; a table of the claims can be read with a layout"),
    "trade": _Reason("it is a trade document; no money has moved by it", "Export open items from the ledger as CSV or XLSX, with a layout"),
    "report": _Reason("it reports to an authority; it is neither statement nor ledger", "Export the table behind it as CSV or XLSX"),
    "printed": _Reason("it holds printed pages; figures read from a picture prove nothing", STATEMENT),
    "picture": _Reason("it holds a picture; figures read from a picture prove nothing", STATEMENT),
    "office": _Reason("it is an office document and no workbook or table", "Save the table as XLSX or CSV"),
    "archive": _Reason("this kind of archive is not unpacked", "Unpack it and give the files inside; zip and gzip are unpacked"),
    "several": _Reason("a table's archive holds that one file", "Unpack it and give each file"),
    "program": _Reason("it is a program", "Nothing in a drop folder should be one: ask whoever put it there"),
    "sealed": _Reason("it is encrypted or signed", "Decrypt it with the bank's tool and give the file inside"),
    "data": _Reason("no two of its kind name amount, day and account alike", "Export the same as CSV or XLSX, with a layout"),
    "database": _Reason("it is a database or a program's own storage", "Export the table as CSV or XLSX"),
    "page": _Reason("it is a page around a file, or an error page", "Download the file itself, not the page around it"),
    "advice": _Reason("it is a remittance advice: it says what is paid, not what the bank booked", "Give it as `reads: remittance`"),
    "table": _Reason("a table needs a layout that says which column is what",
                     "Name a layout; `arwork init FILE` proposes one. Where the bank offers camt.053, MT940 or BAI2, prefer that"),
    "unread": _Reason("arwork has no reader for it", STATEMENT),
    "other": _Reason("it is no statement of an account", STATEMENT),
    "settings": _Reason("it holds settings", "Name files of a bank or ledger as sources, not settings"),
}  # fmt: skip


def _rows(block: str) -> Iterator[tuple[list[str], str, str]]:
    """Read `codes reason words` a line."""
    for line in filter(str.strip, block.splitlines()):
        codes, reason, words = line.strip().split(" ", 2)
        yield codes.split(","), reason, words


def _kinds(group: str, prefix: str, block: str) -> Mapping[str, Kind]:
    """Make a kind of every code: `prefix` and code are its name, the words stand in brackets."""
    found: dict[str, Kind] = {}
    for codes, reason, words in _rows(block):
        why, instead = _REASONS[reason]
        found |= {code: Kind(group, f"{prefix}{code} ({words})", why, instead) for code in codes}
    return found


_ISO = _kinds(
    "XML of ISO 20022",
    "XML of type ",
    """
pain.001 order credit transfers to be made
pain.008 order direct debits to be collected
pain.007 order reversal of collections
pain.013,pain.014 order request to be paid
pain.002 status status of orders
pain.009,pain.010,pain.011,pain.012,pain.017,pain.018 admin mandates
pacs.002 status status between banks
pacs.003,pacs.010 between direct debit between banks
pacs.004,pacs.007 between return or reversal between banks
pacs.008,pacs.009 between credit transfer between banks
pacs.028 enquiry request for a status
camt.003,camt.005,camt.006,camt.018,camt.019,camt.025,camt.046,camt.047 admin question to a payment system or its answer
camt.004,camt.060 balance account information asked for or given without lines
camt.026,camt.027,camt.028,camt.029,camt.030,camt.031,camt.032,camt.033,camt.034,camt.036,camt.037,camt.038,camt.087 enquiry investigation
camt.035,camt.998 admin proprietary message
camt.040,camt.041,camt.042,camt.043,camt.044,camt.045 admin fund report
camt.050,camt.051 order transfer of liquidity
camt.055,camt.056,camt.007,camt.008 order change or cancellation of an order
camt.057,camt.058,camt.059 single notice of money to come
camt.086,camt.077 charges billing of bank services
camt.101,camt.102,camt.103,camt.105,camt.106,camt.107,camt.108,camt.109,camt.110,camt.111 enquiry charges, cheques or investigations
remt.001 advice remittance advice
remt.002 advice place of a remittance advice
acmt.001,acmt.002,acmt.007,acmt.010,acmt.011,acmt.014,acmt.022,acmt.023,acmt.024,acmt.027 admin account management
admi.002,admi.004,admi.006,admi.007,admi.011,admi.998 admin system event
auth.001,auth.002,auth.018,auth.030 report report to an authority
tsmt.017,tsmt.018,tsmt.019 trade trade services
tsin.004,tsin.006,tsin.007,tsin.008 trade financing of invoices
head.001 admin header without its message
""",
)
_ISO_FAMILIES = _kinds(
    "XML of ISO 20022",
    "XML of family ",
    """
pain order payments to be made
pacs between between banks
camt admin cash management
acmt,admi,reda,head,fednow admin administration
auth report report to an authority
seev,semt,sese,setr,sett,colr,secl trade securities
trad,fxtr trade foreign exchange
tsmt,tsin,tsrv trade trade services
casp,caaa,caad,cafm,cain,canm,casr,catm,catp,caam,cafc single card message
""",
)
_ISO_ROOTS = dict(
    line.split()
    for line in """
CstmrCdtTrfInitn pain.001
CstmrDrctDbtInitn pain.008
CstmrPmtStsRpt pain.002
CstmrPmtRvsl pain.007
CdtrPmtActvtnReq pain.013
MndtInitnReq pain.009
FIToFIPmtStsRpt pacs.002
FIToFICstmrDrctDbt pacs.003
PmtRtr pacs.004
FIToFIPmtRvsl pacs.007
FIToFICstmrCdtTrf pacs.008
FICdtTrf pacs.009
FIToFIPmtStsReq pacs.028
RmtAdvc remt.001
AcctRptgReq camt.060
NtfctnToRcv camt.057
FIToFIPmtCxlReq camt.056
CstmrPmtCxlReq camt.055
RsltnOfInvstgtn camt.029
BkSvcsBllgStmt camt.086
""".strip().splitlines()
)
_XML = _kinds(
    "Other XML",
    "XML of kind ",
    """
xbrl report business report
Invoice,CreditNote,CrossIndustryInvoice,CrossIndustryDocument,FatturaElettronica,Finvoice,cXML,Facturae trade electronic invoice
AuditFile report SAF-T
Elster,IRIS,Return,UnternehmensteuerErklaerung report tax form
merchantReconciliationXML unread reconciliation file of a card acquirer
Workbook table Excel 2003 as XML
svg picture vector picture
Envelope admin answer of a web service
ebicsRequest,ebicsResponse,ebicsUnsecuredRequest,ebicsNoPubKeyDigestsRequest,ebicsKeyManagementResponse sealed EBICS envelope
IDOC,FINSTA01,PEXR2002,FIDCCP02,INVOIC02 trade SAP IDoc
rss,feed admin news feed
plist settings property list
""",
)
_MT = _kinds(
    "SWIFT MT",
    "an MT",
    """
101,102,104,107,201,203,210 order order or notice to a bank
103 single customer credit transfer
110,111,112 single cheque
190,191,192,195,196,198,199,290,291,292,295,296,298,299,990,991,992,995,996,998,999 enquiry query, charge or free text
200,202,204,205,256 between transfer between banks
300,305,320,330,350,362 trade foreign exchange or money market
400,405,410,412,416,420,422,430,450,455,456 trade collection
515,535,536,537,540,541,542,543,544,545,546,547,548,566,567,568 trade securities
700,701,705,707,710,720,730,734,740,742,747,750,752,754,756,760,765,767,768,769 trade documentary credit or guarantee
900 single debit advice
910 single credit advice
920 enquiry request for a report
935 admin change of rates
941 balance balance report
970,971,972,973,985,986 between netting
""",
)
_X12 = _kinds(
    "X12 transaction sets",
    "an X12 ",
    """
820 advice payment order and remittance advice
835 health health care payment advice
834,837,270,271,276,277,278 health health care message
810,880,894 trade invoice
812 trade credit or debit adjustment
850,855,856,860,865,830,832,840,843,844,845,846,849,852,857,861,862,867,869,870,940,943,944,945,947 trade order or delivery
811,814,816,821,822,824,827,828,829,831 admin financial reporting or control
823 unread lockbox in X12
110,204,210,211,214,990 trade freight
997,999,864 admin acknowledgement or text
""",
)
_EDIFACT = _kinds(
    "EDIFACT messages",
    "an EDIFACT ",
    """
REMADV advice remittance advice
FINSTA unread financial statement
CREADV,CREEXT single credit advice
DEBADV single debit advice
BANSTA status banking status
PAYMUL,PAYORD,PAYEXT,DIRDEB,FINPAY order payment order
FINCAN,AUTHOR admin cancellation or authorisation
INVOIC,COMDIS,TAXCON trade invoice
ORDERS,ORDRSP,ORDCHG,DESADV,DELFOR,RECADV,PRICAT,SLSRPT,INVRPT,PARTIN,IFTMIN trade order or delivery
UTILMD,MSCONS,UTILTS,PRIHUB,INSRPT admin energy market
CONTRL,APERAK,GENRAL admin acknowledgement or text
""",
)


class _Mark(NamedTuple):
    """How a kind is known: a pattern at the start of the content, its name and reason."""

    pattern: str
    reason: str
    name: str


def _marks(block: str) -> Sequence[_Mark]:
    """Read `pattern :: reason :: name` a line."""
    return [_Mark(*line.split(" :: ")) for line in block.strip().splitlines()]


_BYTES = _marks(r"""
%PDF :: printed :: a PDF
%!PS :: printed :: a PostScript file
\xd0\xcf\x11\xe0 :: office :: an old Office document, or a saved Outlook message
\{\\rtf :: office :: a rich text (RTF)
7z\xbc\xaf\x27 :: archive :: a 7-Zip archive
Rar!\x1a\x07 :: archive :: a RAR archive
BZh[1-9]1AY :: archive :: a bzip2 archive
\xfd7zXZ\x00 :: archive :: an xz archive
\x28\xb5\x2f\xfd :: archive :: a Zstandard archive
.{257}ustar :: archive :: a tar archive
MSCF\x00 :: archive :: a cabinet archive
\x89PNG|\xff\xd8\xff|GIF8[79]a|II\*\x00|MM\x00\*|RIFF.{4}WEBP|BM.{4}\x00{4} :: picture :: a picture
MZ.{58}|\x7fELF|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe :: program :: a program
#!\s*/ :: program :: a script
SQLite format 3\x00 :: database :: an SQLite database
PAR1 :: database :: a Parquet file
\x00\x01\x00\x00Standard (Jet|ACE) DB :: database :: an Access database
-----BEGIN (PGP|PKCS7|CMS|ENCRYPTED)|\xc3\x0d\x04|0\x82..\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07 :: sealed :: an encrypted or signed file
\x00\x00.{2}F[01] :: between :: an image cash letter (X9.37)
""")
_TEXT = _marks(r"""
(?is).{0,2000}?xmlns:ix\s*=|<ix: :: report :: an iXBRL report
(?i)<!doctype\s+html|<(html|head|body)\b :: page :: a web page (HTML)
(?s)[\[{].{0,400}?\"fedWireMessage\" :: single :: a Fedwire message written as JSON
(?s)[\[{].{0,400}?\"(fileHeader|batches|cashLetterHeader|fileControl)\" :: data :: an ACH or cheque file written as JSON
(\[\s*([\"\[{\]]|-?[0-9])|\{\s*[\"}]) :: data :: a JSON file
0128A :: order :: a DTAUS file
01REMESSA|[0-9]{3}00000.{134}1.{90} :: order :: a CNAB remittance to the bank (remessa)
NY0000[0-9]{74}\s+NY21 :: order :: a file of AvtaleGiro requests
01(AUTOGIRO|[0-9]{8}AUTOGIRO) :: order :: a file of Autogiro requests
VOL1|UHL1 :: order :: a Bacs file (Standard 18)
0 {17}01[A-Z]{3} {7} :: order :: an Australian direct entry file (ABA)
03(02|20|76)\s :: order :: a CFONB file of orders
1C[A-Za-z]*Exchange :: unread :: an exchange file of 1C
T20[0-9]{2}[ P][0-9]{9} :: report :: a file of tax forms (1220)
(?m)^EDI_DC40 :: trade :: an SAP IDoc
(?i)((received|return-path|delivered-to|from|to|subject|date|mime-version|message-id|x-[\w-]+):[^\n]*\n([ \t][^\n]*\n)*){2} :: advice :: a mail
(?i)begin:(vcard|vcalendar) :: admin :: a visiting card or calendar entry
---\s|%YAML :: settings :: a YAML file
\[[A-Za-z][\w .-]*\]\s*\n :: settings :: a settings file
#\s*\w[^;|\t\n]*(\n|$) :: settings :: a YAML or note file
""")


_PARTS = (
    (b"word/document.xml", Kind("Binary files", "a Word document", *_REASONS["office"])),
    (b"ppt/presentation.xml", Kind("Binary files", "a PowerPoint file", *_REASONS["office"])),
    (b"opendocument.spreadsheet", Kind("Binary files", "an OpenDocument spreadsheet", *_REASONS["table"])),
    (b"application/vnd.oasis", Kind("Binary files", "an OpenDocument file", *_REASONS["office"])),
    (b"xl/workbook.bin", Kind("Binary files", "a binary Excel workbook (XLSB)", *_REASONS["table"])),
    (b"xl/workbook.xml", Kind("Binary files", "an Excel workbook", *_REASONS["table"])),
    (b"", Kind("Binary files", "a zip archive of several files, or of none", *_REASONS["several"])),
)


def is_advice(kind: Kind) -> bool:
    """Say whether a kind is one in which payers send advices, so that what the advice reader says of it is the refusal to show."""
    return kind.why in (_REASONS["advice"].why, _REASONS["printed"].why)


def kind_of(received: Received) -> Kind | None:
    """Name a file of the list by its content, or the one file in an archive; None where the list does not know it."""
    received = alone(received)
    if is_old_workbook(received.data):
        return Kind("Binary files", "an old Excel workbook (XLS)", *_REASONS["table"])
    if is_html_table(received.data):
        return Kind("Text files", "a table saved as a web page", *_REASONS["table"])
    found = by_bytes(received.data)
    if found is not None:
        return found
    data = received.data[:_LOOKED_AT]
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return by_text(data.decode("utf-16" if utf16 else "latin-1", errors="replace").removeprefix("ï»¿"))


def by_bytes(data: bytes) -> Kind | None:
    """Name what is no text, by the first bytes; a workbook by the parts that its archive lists."""
    if data.startswith(b"PK\x03\x04"):
        parts = data[:4096] + data[-_LOOKED_AT:]
        return next((kind for part, kind in _PARTS if part in parts), _PARTS[-1][1])
    head = data[:1024].decode("latin-1")
    return next((_marked("Binary files", mark) for mark in _BYTES if re.match(mark.pattern, head, re.DOTALL)), None)


def by_text(text: str) -> Kind | None:
    """Name a text by the message type that its envelope or namespace states, else by how it begins."""
    head = text[:_LOOKED_AT].lstrip("\ufeff \t\r\n\x01\x0b\x0c")
    if head.startswith("<"):
        found = _xml(head)
        if found is not None:
            return found
    return (
        _swift(head) or _x12(head) or _edifact(head) or next((_marked("Text files", m) for m in _TEXT if re.match(m.pattern, head)), None)
    )


def _marked(group: str, mark: _Mark) -> Kind:
    return Kind(group, mark.name, *_REASONS[mark.reason])


def _xml(head: str) -> Kind | None:
    stated = [
        name for name in re.findall(r"xsd:([a-z]{4}\.[0-9]{3})", head) if name not in ("head.001", "camt.052", "camt.053", "camt.054")
    ]
    tags = re.findall(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)", head)
    stated += [_ISO_ROOTS[tag] for tag in tags if tag in _ISO_ROOTS]
    for name in stated:
        if name in _ISO:
            return _ISO[name]
        if name[:4] in _ISO_FAMILIES:
            return _ISO_FAMILIES[name[:4]]
    if "fednow" in head[:4096].casefold() and not stated:
        return _ISO_FAMILIES["fednow"]
    if "xmlns:ix" in head[:4096]:
        return _marked("Text files", _TEXT[0])
    return _XML.get(next(iter(tags), ""))


def _swift(head: str) -> Kind | None:
    envelope = re.search(r"\{2:[IO]([0-9]{3})", head[:4096])
    if envelope is None:
        return None
    return _MT.get(envelope[1], Kind("SWIFT MT", f"an MT{envelope[1]}", *_REASONS["single"]))


def _x12(head: str) -> Kind | None:
    if not re.match(r"ISA[^A-Za-z0-9]", head):
        return None
    sent = re.search(r"(?:^|[^A-Za-z0-9])ST" + re.escape(head[3]) + r"([0-9]{3})", head)
    number = sent[1] if sent else ""
    return _X12.get(number, Kind("X12 transaction sets", f"an X12 {number or 'interchange without a transaction set'}", *_REASONS["other"]))


def _edifact(head: str) -> Kind | None:
    if not re.match(r"UNA.{6}|UNB\+", head):
        return None
    sent = re.search(r"UNH[^A-Za-z0-9][^']{0,40}?[^A-Za-z0-9]([A-Z]{6})[^A-Za-z0-9]", head)
    name = sent[1] if sent else ""
    return _EDIFACT.get(name, Kind("EDIFACT messages", f"an EDIFACT {name or 'interchange without a message'}", *_REASONS["other"]))


def published() -> Sequence[Kind]:
    """List every kind that is refused on purpose, for the reference page; what another reader takes is left out."""
    tables = [*_ISO.values(), *_ISO_FAMILIES.values(), *_XML.values(), *_MT.values(), *_X12.values(), *_EDIFACT.values()]
    marks = [
        *(kind for _, kind in _PARTS),
        *(_marked("Binary files", mark) for mark in _BYTES),
        *(_marked("Text files", mark) for mark in _TEXT),
    ]
    elsewhere = {_REASONS[name].why for name in ("advice", "table")}
    return [kind for kind in [*tables, *marks] if kind.why not in elsewhere]
