"""One camt entry (`Ntry`) to bank lines: amounts, dates, parties, references, codes (T07, row "bank formats" of 1.5).

An entry that gathers several transactions becomes one line a transaction when their amounts make the entry; otherwise
it stays one line and says so. Elements are found by local name, so that every version and dialect of namespace reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from arwork.dates import iso_date
from arwork.errors import InputError, place
from arwork.intake.bank.amounts import minor_units, xml_amount
from arwork.intake.bank.codes import Meaning, meaning
from arwork.intake.bank.statement import Line, account_code, classed
from arwork.money import Units

Element = Any
"""An lxml element; lxml ships no types."""

_NOTHING = ("", "NOTPROVIDED", "NONREF", "NOT PROVIDED")


@dataclass(frozen=True)
class Context:
    """Where an entry stands: file, path of the entry, our account, and the decimals of currencies."""

    file: str
    path: str
    account: str
    units: Units

    def where(self, element: str = "", value: object = None) -> str:
        """Name the place of an element of the entry for a message."""
        return place(self.file, self.path + ("/" + element if element else ""), value=value)


@cache
def _wild(path: str) -> str:
    return "/".join("{*}" + step for step in path.split("/"))


def kids(element: Element | None, path: str) -> list[Element]:
    """Find elements below one by local names, `NtryDtls/TxDtls`, whatever their namespace."""
    if element is None:
        return []
    found: list[Element] = element.findall(_wild(path))
    return found


def text(element: Element | None, path: str) -> str:
    """Give the first text at a path, without blanks around it, or ""; an element that holds elements has no text."""
    first = None if element is None else element.find(_wild(path))
    if first is None:
        return ""
    value = (first.text or "").strip()
    if value and not len(first):
        return str(value)
    return next((found.text.strip() for found in kids(element, path) if (found.text or "").strip() and not len(found)), "")


def amount_of(element: Element | None, path: str, context: Context) -> tuple[int, str] | None:
    """Read an amount and its currency at a path; None when absent, InputError when it is not written exactly."""
    found = kids(element, path)
    if not found:
        return None
    written, currency = (found[0].text or "").strip(), (found[0].get("Ccy") or "").strip()
    if len(found[0]):
        raise InputError("an amount holds other elements", where=context.where(path), cure="Fetch the file again from the bank")
    where = context.where(path, written)
    if not context.units.known(currency):
        raise InputError(f"unknown currency {currency!r}", where=where, cure="Fetch the file again from the bank")
    return minor_units(xml_amount(written), written, currency, context.units, where), currency


def signed(element: Element, amount: int, context: Context) -> int:
    """Give an amount the sign of its CdtDbtInd: CRDT is money in."""
    mark = text(element, "CdtDbtInd")
    if mark not in ("CRDT", "DBIT"):
        raise InputError("neither credit nor debit", where=context.where("CdtDbtInd", mark), cure="Fetch the file again from the bank")
    return amount if mark == "CRDT" else -amount


def day_of(element: Element | None, path: str, context: Context) -> date | None:
    """Read the day of a date choice (Dt or DtTm) as the bank writes it; an instant is never moved to another zone."""
    written = text(element, path + "/Dt") or text(element, path + "/DtTm")
    if not written:
        return None
    try:
        return iso_date(written[:10])
    except InputError as refused:
        raise InputError(refused.what, where=context.where(path, written), cure="Fetch the file again from the bank") from None


def status(entry: Element) -> str:
    """Give the status of an entry, BOOK when the bank states none."""
    return text(entry, "Sts/Cd") or text(entry, "Sts/Prtry") or text(entry, "Sts") or "BOOK"


def lines_of(entry: Element, context: Context) -> tuple[list[Line], str]:
    """Turn one booked entry into lines, and give its currency."""
    read = amount_of(entry, "Amt", context)
    if read is None:
        raise InputError("an entry has no amount", where=context.where(), cure="Fetch the file again from the bank")
    amount, currency = signed(entry, read[0], context), read[1]
    parts = [
        (part, f"NtryDtls{f'[{i}]' if len(kids(entry, 'NtryDtls')) > 1 else ''}/TxDtls[{j}]")
        for i, details in enumerate(kids(entry, "NtryDtls"), start=1)
        for j, part in enumerate(kids(details, "TxDtls"), start=1)
    ]
    if len(parts) <= 1:
        part, path = parts[0] if parts else (None, "")
        return [_line(entry, [part] if part is not None else [], amount, currency, path, context, "")], currency
    amounts = [_part_amount(part, amount, currency, context) for part, _ in parts]
    if None not in amounts and sum(a or 0 for a in amounts) == amount:
        lines = [
            _line(entry, [part], share or 0, currency, path, context, f"; one of {len(parts)} payments of a bulk entry")
            for (part, path), share in zip(parts, amounts, strict=True)
        ]
        return lines, currency
    note = f"; bulk entry of {len(parts)} payments whose single amounts the bank does not state"
    return [_line(entry, [part for part, _ in parts], amount, currency, "", context, note)], currency


def _part_amount(part: Element, whole: int, currency: str, context: Context) -> int | None:
    """Find the amount of one transaction in the entry's currency and on the entry's side; None when it is not stated so."""
    mark = text(part, "CdtDbtInd")
    side = whole if not mark else (1 if mark == "CRDT" else -1)
    if (side > 0) != (whole > 0):
        return None
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        read = amount_of(part, path, context)
        if read and read[1] == currency:
            return read[0] if whole > 0 else -read[0]
    return None


def _line(entry: Element, parts: list[Element], amount: int, currency: str, path: str, context: Context, note: str) -> Line:
    single = parts[0] if len(parts) == 1 else None
    codes, key, code = _codes(entry, single)
    reason = _return_reason(single)
    reversal = text(entry, "RvslInd") in ("true", "1")
    returned = _returned(reversal, single, reason, codes)
    kind, why = classed(amount, codes, returned)
    booked = day_of(entry, "BookgDt", context) or day_of(entry, "ValDt", context)
    if booked is None:
        raise InputError("a booked entry has no date", where=context.where("BookgDt"), cure="Ask the bank for a file with booking dates")
    (name, account, bank), ours = _parties(single, amount > 0, kind == "RETURN", context.account)
    whole = None if note else entry
    orig = _original(whole, single, amount, currency, context)
    return Line(
        booking_date=booked,
        value_date=day_of(entry, "ValDt", context) or booked,
        amount=amount,
        source_line=context.path + ("/" + path if path else ""),
        kind=kind,
        class_reason=why + note,
        bank_txn_id=_reference(text(single, "Refs/AcctSvcrRef")) or _reference(text(entry, "AcctSvcrRef")),
        end_to_end_id=_reference(text(single, "Refs/EndToEndId")),
        txn_code=code,
        method=codes.method,
        virtual_account=ours if amount > 0 and kind != "RETURN" and ours != context.account else "",
        remitter_name=name,
        remitter_account=account,
        remitter_bank=bank,
        remittance_text=_text(entry, parts),
        structured_ref=" ".join(r.text.strip() for p in parts for r in kids(p, "RmtInf/Strd/CdtrRefInf/Ref") if r.text),
        orig_currency=orig[1] if orig else "",
        orig_amount=orig[0] if orig else None,
        charges=_charges(whole, single, currency, context),
        return_reason=reason or (key if kind == "RETURN" else ""),
        is_return=kind == "RETURN",
        reversal=reversal,
        turned=_parties(single, amount < 0, kind == "RETURN", context.account)[0] if reversal else ("", "", ""),
    )


def _reference(written: str) -> str:
    return "" if written.upper() in _NOTHING else written


def _codes(entry: Element, part: Element | None) -> tuple[Meaning, str, str]:
    """Read the transaction codes: their meaning, the German text key, and the code as the file states it."""
    for source in (part, entry):
        domain = "/".join(filter(None, (text(source, "BkTxCd/Domn/" + step) for step in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd"))))
        own = text(source, "BkTxCd/Prtry/Cd")
        if domain or own:
            german = re.fullmatch(r"([NSF][A-Z]{3})\+([0-9]{3})(?:\+([0-9]*))?(?:\+([0-9]*))?", own)
            swift, gvc, key = (german[1], german[2], german[4] or "") if german else (own if len(own) == 4 else "", "", "")
            return meaning(domain=domain, gvc=gvc, swift=swift), key, domain or own
    return meaning(), "", ""


def _return_reason(part: Element | None) -> str:
    return text(part, "RtrInf/Rsn/Cd") or text(part, "RtrInf/Rsn/Prtry") or text(part, "RtrInf/AddtlInf")


def _returned(reversal: bool, part: Element | None, reason: str, codes: Meaning) -> str:
    """Say why a line is a return or reversal, or ""."""
    if kids(part, "RtrInf"):
        return f"the bank gives return information{f' ({reason})' if reason else ''}"
    if reversal:
        return "the bank marks a reversal (RvslInd)"
    return codes.words if codes.kind == "RETURN" else ""


def _parties(part: Element | None, incoming: bool, returned: bool, own: str) -> tuple[tuple[str, str, str], str]:
    """Name the other side (name, account, bank), and our own account as the payment names it.

    The debtor is the other side of a credit. A return names the parties of the payment it returns, so there it is the
    other way round; where accounts show which side is ours, they decide.
    """
    debtor, creditor = _party(part, "Dbtr"), _party(part, "Cdtr")
    debtor_is_other = incoming != returned
    if own and creditor[1] == own and debtor[1] != own:
        debtor_is_other = True
    elif own and debtor[1] == own and creditor[1] != own:
        debtor_is_other = False
    other, ours = (debtor, creditor) if debtor_is_other else (creditor, debtor)
    return other, ours[1]


def _party(part: Element | None, role: str) -> tuple[str, str, str]:
    parties = next(iter(kids(part, "RltdPties")), None)
    agent = next(iter(kids(part, f"RltdAgts/{role}Agt/FinInstnId")), None)
    name = (
        text(parties, f"{role}/Nm") or text(parties, f"{role}/Pty/Nm") or text(parties, f"Ultmt{role}/Nm")
        or text(parties, f"Ultmt{role}/Pty/Nm") or text(parties, f"{role}/Agt/FinInstnId/Nm")
    )  # fmt: skip
    account = next(iter(kids(parties, f"{role}Acct/Id")), None)
    number = text(account, "IBAN") or text(account, "Othr/Id") or text(account, "PrtryAcct/Id")
    bank = text(agent, "BICFI") or text(agent, "BIC") or text(agent, "ClrSysMmbId/MmbId")
    return " ".join(name.split()), account_code(number), account_code(bank)


def _text(entry: Element, parts: list[Element]) -> str:
    """Join the free text of the payments; what the bank adds about the entry stands in when there is none."""
    found = [e.text for part in parts for path in ("RmtInf/Ustrd", "RmtInf/Strd/RfrdDocInf/Nb") for e in kids(part, path)]
    found += [e.text for part in parts for e in kids(part, "RmtInf/Strd/AddtlRmtInf")]
    if not any(found):
        found = [text(part, "AddtlTxInf") for part in parts] + [text(entry, "AddtlNtryInf")]
    return " ".join(" ".join(piece.split()) for piece in found if piece and piece.strip())


def _original(whole: Element | None, part: Element | None, amount: int, currency: str, context: Context) -> tuple[int, str] | None:
    """Find what the payer instructed (amount and currency), where it differs from the amount booked.

    `whole` is the entry where it holds one payment, None where it gathers several.
    """
    for source, path in ((part, "AmtDtls/InstdAmt/Amt"), (whole, "AmtDtls/InstdAmt/Amt"), (part, "AmtDtls/TxAmt/Amt"), (part, "Amt")):
        read = _told(source, path, context)
        if read and read[0] and read != (abs(amount), currency):
            return read
    return None


def _charges(whole: Element | None, part: Element | None, currency: str, context: Context) -> int | None:
    """Sum the charges in account currency: the stated total, or its records; None when there are none."""
    blocks = kids(part, "Chrgs") or kids(whole, "Chrgs")
    told = [_told(block, "TtlChrgsAndTaxAmt", context) for block in blocks]
    if not any(told):
        told = [_told(record, "Amt", context) for block in blocks for record in [block, *kids(block, "Rcrd")]]
    return sum(read[0] for read in told if read and read[1] == currency) or None


def _told(element: Element | None, path: str, context: Context) -> tuple[int, str] | None:
    """Read an amount that only informs; one that cannot be kept exactly is left out instead of refusing the file."""
    try:
        return amount_of(element, path, context)
    except InputError:
        return None
