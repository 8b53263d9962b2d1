"""Check a payment file against the rules of pain.001.001.09: structure, order, lengths, letters, IBANs, counts and control sums."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml import etree
from stdnum import iban

from arwork.money import ISO
from arwork.pack.pain001 import NAMESPACE

_ID35, _NAME = r"[A-Za-z0-9/\-?:().,'+ ]{1,35}", r"[A-Za-z0-9/\-?:().,'+ ]{1,70}"
_AMOUNT = r"[0-9]{1,13}(\.[0-9]{1,5})?"
_LEAVES = {
    "MsgId": _ID35, "PmtInfId": _ID35, "EndToEndId": _ID35, "Nm": _NAME, "CreDtTm": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "NbOfTxs": r"[0-9]{1,15}",
    "CtrlSum": r"[0-9]{1,18}(\.[0-9]{1,17})?", "PmtMtd": "TRF", "Cd": "SEPA", "Dt": r"\d{4}-\d\d-\d\d", "IBAN": r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}",
    "Ccy": "[A-Z]{3}", "ChrgBr": "SLEV|SHAR", "Id": "NOTPROVIDED", "InstdAmt": _AMOUNT, "Ustrd": r"[A-Za-z0-9/\-?:().,'+ ]{1,140}",
}  # fmt: skip
_ORDER = {
    "Document": "CstmrCdtTrfInitn", "CstmrCdtTrfInitn": "GrpHdr PmtInf+", "GrpHdr": "MsgId CreDtTm NbOfTxs CtrlSum InitgPty", "InitgPty": "Nm",
    "PmtInf": "PmtInfId PmtMtd NbOfTxs CtrlSum PmtTpInf? ReqdExctnDt Dbtr DbtrAcct DbtrAgt ChrgBr CdtTrfTxInf+", "PmtTpInf": "SvcLvl",
    "SvcLvl": "Cd", "ReqdExctnDt": "Dt", "Dbtr": "Nm", "DbtrAcct": "Id Ccy", "DbtrAgt": "FinInstnId", "FinInstnId": "Othr", "Othr": "Id",
    "CdtTrfTxInf": "PmtId Amt Cdtr CdtrAcct RmtInf", "PmtId": "EndToEndId", "Amt": "InstdAmt", "Cdtr": "Nm", "CdtrAcct": "Id",
    "RmtInf": "Ustrd",
}  # fmt: skip


def faults(data: bytes) -> list[str]:
    """List what is wrong with a payment file of ours; empty when it may be handed to a bank."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(data, parser)
    if root.tag != f"{{{NAMESPACE}}}Document":
        return ["it is no pain.001.001.09"]
    return [*_structure(root), *_sums(root)]


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _structure(element: Any) -> Iterator[str]:
    name, children = _name(element), [_name(child) for child in element]
    if children:
        wanted = _ORDER.get(name, "IBAN" if name == "Id" else "")
        pattern = "".join(f"(?:{word.rstrip('+?')} ){word[len(word.rstrip('+?')) :]}" for word in wanted.split())
        if not re.fullmatch(pattern, "".join(f"{child} " for child in children)):
            yield f"{name} holds {' '.join(children)}, not {wanted}"
    elif not re.fullmatch(_LEAVES.get(name, ""), element.text or ""):
        yield f"{name} {element.text!r} is not as the message wants it"
    if name == "IBAN" and not iban.is_valid(element.text or ""):
        yield f"IBAN {element.text} fails its check digits"
    if name == "InstdAmt":
        yield from _amount(element)
    for child in element:
        yield from _structure(child)


def _amount(element: Any) -> Iterator[str]:
    code = element.get("Ccy", "")
    places = len((element.text or "").partition(".")[2])
    if not ISO.known(code) or Decimal(element.text or "0") <= 0 or places > ISO.exponent(code):
        yield f"amount {element.text} {code} is none"


def _sums(root: Any) -> Iterator[str]:
    """Compare counts and control sums of the message and of each group with its payments, and look for ids given twice."""
    groups = root.iter(f"{{{NAMESPACE}}}PmtInf")
    for part in (root, *groups):
        amounts = [Decimal(found.text or "0") for found in part.iter(f"{{{NAMESPACE}}}InstdAmt")]
        stated = {name: part.find(f".//{{{NAMESPACE}}}{name}").text for name in ("NbOfTxs", "CtrlSum")}
        if Decimal(stated["NbOfTxs"]) != len(amounts) or Decimal(stated["CtrlSum"]) != sum(amounts):
            yield f"{_name(part)} states {stated['NbOfTxs']} payments of {stated['CtrlSum']}, and holds {len(amounts)} of {sum(amounts)}"
    for name in ("EndToEndId", "PmtInfId"):
        ids = [found.text for found in root.iter(f"{{{NAMESPACE}}}{name}")]
        if len(set(ids)) != len(ids):
            yield f"{name} stands twice"
