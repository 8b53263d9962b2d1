"""ISO 20022 remittance advice: remt.001 in every version, found by local names, with hardened settings (T09).

A structured block pays a document: `RmtdAmt` is paid, `DuePyblAmt` due, `DscntApldAmt` discount, `CdtNoteAmt` a credit,
`AdjstmntAmtAndRsn` an adjustment; newer versions name an amount by its type. The payment that the advice tells of stands
in `OrgnlPmtInf`. A block of plain text names no amounts: it is told, not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from lxml import etree

from arwork.dates import iso_date
from arwork.errors import InputError, place
from arwork.intake.advice import NAMELESS, SURE, Advice, PaidDocument, fitted
from arwork.intake.bank.amounts import minor_units, xml_amount
from arwork.intake.received import Received
from arwork.money import Units
from arwork.proof import Finding

Element = Any
"""An lxml element; lxml ships no types."""
UNSURE = 940_000
"""Confidence of a line whose amount had to be worked out from adjustments (G-16)."""
_CURE = "Ask the payer to send the advice again"
_REFERENCES = ("EndToEndId", "PmtRef", "TxId", "InstrId", "PmtInfId", "MsgId")
_TRACES = ("AcctSvcrRef", "UETR", "ClrSysRef", "ChqNb", "TxId")
_KINDS = (
    ("discount", r"dsct|disc|skonto|escompte|korting|sconto|descuento"),
    ("credit", r"cdtn|credit|gutschrift"),
    ("tax", r"^tax|vat|mwst"),
    ("adjustment", r"adj|deduct|abzug"),
    ("net", r"rmtd|remit|paid|net|payment|zahl"),
    ("gross", r"du[ep]|gross|invoice|payable|original|brutto|total"),
)


@dataclass(frozen=True)
class _Place:
    """Where a block stands, and what its amounts are read with."""

    file: str
    path: str
    units: Units

    def where(self, element: str = "", value: object = None) -> str:
        """Name the place of an element for a message."""
        return place(self.file, self.path + ("/" + element if element else ""), value=value)


def read(received: Received, units: Units) -> tuple[list[Advice], str, str, list[Finding]]:
    """Read a remt.001 whole: its advices, the format, the encoding, and what a person must know.

    Raises InputError for damaged XML, a document type, or a figure or date that cannot be read.
    """
    root = _root(received)
    encoding = root.getroottree().docinfo.encoding or "UTF-8"
    found = re.search(r"remt\.001\.[0-9]{3}\.[0-9]{2}", str(root.tag).partition("}")[0])
    name = found[0] if found else "remt.001"
    number = text(root, "GrpHdr/MsgId") or text(root, "RmtAdvc/GrpHdr/MsgId") or next(_texts(root, "MsgId"), "")
    advices: list[Advice] = []
    findings: list[Finding] = []
    for count, block in enumerate((e for e in root.iter() if _name(e) == "RmtInf" and kids(e, "*")), start=1):
        where = _Place(received.name, f"RmtInf[{count}]", units)
        loose = [found.text.strip() for found in kids(block, "Ustrd") if (found.text or "").strip()]
        documents, currency = _documents(block, where)
        if loose:
            shown = "; ".join(loose)[:120]
            sentence = f"{received.name}, {where.path}: the advice also says in plain text, which names no amounts: {shown}."
            findings.append(Finding("T09", "warn", sentence, "remittance_lines"))
        if documents:
            advices.append(_advice(block, root, number or received.name, documents, currency, where))
    return advices, name, encoding, findings


def _root(received: Received) -> Element:
    parser = etree.XMLParser(
        load_dtd=False, no_network=True, resolve_entities=False, remove_comments=True, remove_pis=True, huge_tree=False, recover=False
    )
    try:
        root = etree.parse(BytesIO(received.data), parser).getroot()
    except etree.XMLSyntaxError as broken:
        where = place(received.name, broken.lineno or "")
        raise InputError(f"the XML is cut off or damaged: {broken.msg}", where=where, cure=_CURE) from None
    info: Any = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        what = "the XML declares a document type (DOCTYPE), which no advice needs and which can hide content"
        raise InputError(what, where=place(received.name), cure=_CURE)
    return root


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def kids(element: Element | None, path: str) -> list[Element]:
    """Find elements below one by local names, `RfrdDocInf/Nb`, whatever their namespace."""
    found: list[Element] = [] if element is None else element.findall("/".join("{*}" + step for step in path.split("/")))
    return found


def text(element: Element | None, path: str) -> str:
    """Give the first text at a path, without blanks around it, or ""."""
    return next(((found.text or "").strip() for found in kids(element, path) if (found.text or "").strip()), "")


def _texts(root: Element, name: str) -> Any:
    return ((e.text or "").strip() for e in root.iter() if _name(e) == name and (e.text or "").strip())


def _money(element: Element, where: _Place) -> tuple[int, str]:
    written, currency = (element.text or "").strip(), (element.get("Ccy") or "").strip()
    at = where.where(_name(element), written)
    if not where.units.known(currency):
        raise InputError(f"unknown currency {currency!r}", where=at, cure=_CURE)
    return minor_units(xml_amount(written), written, currency, where.units, at), currency


def _documents(block: Element, where: _Place) -> tuple[list[PaidDocument], str]:
    """Read the structured blocks; all amounts of one advice must be in one currency."""
    documents, currencies = [], set()
    for number, strd in enumerate(kids(block, "Strd"), start=1):
        at = _Place(where.file, f"{where.path}/Strd[{number}]", where.units)
        document, currency = structured(strd, at.file, at.path, where.units)
        if document is not None:
            documents.append(document)
            currencies.add(currency)
    if len(currencies) > 1:
        raise InputError(f"one advice in several currencies: {', '.join(sorted(currencies))}", where=where.where(), cure=_CURE)
    return documents, next(iter(currencies), "")


def structured(strd: Element, file: str, path: str, units: Units) -> tuple[PaidDocument | None, str]:
    """Read one structured block (`Strd`) as a paid document with its currency; None where it states no amount.

    Amounts carry no sign: a credit note (CREN) lessens the payment. InputError where a block names several documents and
    one amount, or an amount whose kind is not told beside others.
    """
    where = _Place(file, path, units)
    infos = [info for info in kids(strd, "RfrdDocInf") if text(info, "Nb") or kids(info, "Tp")]
    names = [text(info, "Nb") for info in infos if text(info, "Nb")]
    figures = [(kind, element, reason) for amounts in kids(strd, "RfrdDocAmt") for kind, element, reason in _figures(amounts)]
    if not figures:
        return None, ""
    if len(set(names)) > 1:
        shown = ", ".join(names[:5])
        raise InputError(
            f"one amount for {len(names)} documents ({shown})",
            where=where.where("RfrdDocInf"),
            cure="Ask the payer which document gets what",
        )
    read = [(kind, *_money(element, where), reason) for kind, element, reason in figures]
    currencies = {currency for _, _, currency, _ in read}
    if len(currencies) != 1:
        raise InputError(
            f"one document in several currencies: {', '.join(sorted(currencies))}", where=where.where("RfrdDocAmt"), cure=_CURE
        )
    name = next(iter(names), "") or text(strd, "CdtrRefInf/Ref") or text(strd, "CdtrRefInf/CdtrRef") or NAMELESS
    credit = any("CREN" in (text(info, "Tp/CdOrPrtry/Cd"), text(info, "Tp/Cd")) for info in infos)
    return _fit(name, [(kind, minor, reason) for kind, minor, _, reason in read], credit=credit, where=where), currencies.pop()


def _figures(amounts: Element) -> list[tuple[str, Element, str]]:
    """List the amounts of a document, each with its kind: gross, net, discount, credit, adjustment or tax, and its reason."""
    found: list[tuple[str, Element, str]] = []
    for element in amounts:
        name = _name(element)
        inner = element if element.text and element.get("Ccy") else next(iter(kids(element, "Amt")), None)
        if inner is None:
            continue
        if name == "RmtAmtAndTp":
            told = text(element, "Tp/Cd") or text(element, "Tp/Prtry")
            kind = next((kind for kind, pattern in _KINDS if re.search(pattern, told.casefold())), "")
            found.append((kind or ("net" if not told else f"?{told}"), inner, told))
        elif name == "AdjstmntAmtAndRsn":
            mark = text(element, "CdtDbtInd")
            reason = " ".join(filter(None, (text(element, "Rsn"), text(element, "AddtlInf")))) or "adjustment"
            found.append(("+adjustment" if mark == "DBIT" else "adjustment", inner, reason))
        else:
            kind = {"DuePyblAmt": "gross", "DscntApldAmt": "discount", "CdtNoteAmt": "credit", "TaxAmt": "tax", "RmtdAmt": "net"}.get(
                name, ""
            )
            found.append((kind or f"?{name}", inner, name))
    return found


def _fit(name: str, read: Sequence[tuple[str, int, str]], *, credit: bool, where: _Place) -> PaidDocument:
    sums: dict[str, int] = {}
    for kind, minor, _ in read:
        sums[kind] = sums.get(kind, 0) + minor
    strange = [kind.lstrip("?") for kind in sums if kind.startswith("?")]
    if strange and len(read) > 1:
        raise InputError(f"an amount of kind {strange[0]!r} stands beside others", where=where.where("RfrdDocAmt", strange[0]), cure=_CURE)
    if sum(kind in ("net", "gross") for kind, _, _ in read) > len({kind for kind, _, _ in read if kind in ("net", "gross")}):
        raise InputError("one document has two amounts of one kind", where=where.where("RfrdDocAmt", name), cure=_CURE)
    sign = -1 if credit else 1
    gross, discount, note = sums.get("gross"), sums.get("discount", 0), sums.get("credit", 0)
    adjustments = [(-sign * minor, reason) for kind, minor, reason in read if kind == "adjustment"]
    adjustments += [(sign * minor, reason) for kind, minor, reason in read if kind == "+adjustment"]
    net = sums.get("net", next((sums["?" + kind] for kind in strange), None))
    if gross is None and net is None and note:
        # A block that holds only a credit note's amount is the credit note.
        return fitted(name, -note, where.path, confidence=SURE)
    if note:
        adjustments.append((-sign * note, "credit note"))
    if gross is None and net is None:
        raise InputError("a document has neither an amount due nor an amount remitted", where=where.where("RfrdDocAmt", name), cure=_CURE)
    owed = None if gross is None else sign * gross
    worked_out = (owed or 0) - sign * discount + sum(minor for minor, _ in adjustments)
    paid = worked_out if net is None else sign * net
    sure = (net is not None and (owed is not None or not adjustments)) or not adjustments
    return fitted(
        name, paid, where.path, gross=owed, discount=sign * discount, adjustments=adjustments, confidence=SURE if sure else UNSURE
    )


def _advice(block: Element, root: Element, number: str, documents: Sequence[PaidDocument], currency: str, where: _Place) -> Advice:
    """Put the payment that the advice tells of beside its documents."""
    original = next(iter(kids(block, "OrgnlPmtInf")), None)
    stated = next((e for e in (original.iter() if original is not None else ()) if e.get("Ccy") and (e.text or "").strip()), None)
    total = _money(stated, where) if stated is not None else None
    day = next((d for p in ("ReqdExctnDt/Dt", "ReqdExctnDt/DtTm", "ReqdExctnDt", "TxDt", "IntrBkSttlmDt") if (d := text(original, p))), "")
    refs = next(iter(kids(original, "Refs")), original)
    debtor = text(original, "Dbtr/Nm") or text(original, "UltmtDbtr/Nm") or text(root, "RmtAdvc/GrpHdr/InitgPty/Nm")
    account = text(original, "DbtrAcct/Id/IBAN") or text(original, "DbtrAcct/Id/Othr/Id")
    issued = next(_texts(root, "CreDtTm"), "")
    try:
        paid_on, told_on = (iso_date(day[:10]) if day else None), (iso_date(issued[:10]) if issued else None)
    except InputError as refused:
        raise InputError(refused.what, where=where.where("OrgnlPmtInf/ReqdExctnDt", day), cure=_CURE) from None
    return Advice(
        number=text(block, "RmtId") or number, currency=currency, source="REMT", documents=documents,
        payment_ref=next((found for name in _REFERENCES if (found := text(refs, name))), ""),
        trace_no=next((found for name in _TRACES if (found := text(refs, name))), ""),
        payer_name=debtor, payer_account=re.sub(r"\s", "", account).upper(), date=told_on, payment_date=paid_on,
        amount=total[0] if total and total[1] == currency else None,
    )  # fmt: skip
