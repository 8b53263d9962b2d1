"""One camt entry (`Ntry`) to bank lines: amounts, dates, parties, references, codes (T07, row "bank formats" of 1.5).

An entry that gathers several transactions becomes one line a transaction when their amounts make the entry; otherwise
it stays one line and says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from arwork.errors import InputError
from arwork.intake.advice import Advice
from arwork.intake.bank.camt_advice import advice_of
from arwork.intake.bank.camt_party import parties
from arwork.intake.bank.camt_xml import CURE, Context, Element, amount_of, day_of, kids, reference, signed, text, told
from arwork.intake.bank.codes import Meaning, meaning
from arwork.intake.bank.statement import Line, classed

_WHOLE = ("AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt")
_PART = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt")
_BEARERS = {"SHAR": "SHA", "DEBT": "OUR", "CRED": "BEN"}


@dataclass(frozen=True)
class Entry:
    """One booked entry: its lines, signed amount in minor units, currency, and the documents it says are paid.

    `foreign` is the amount as the entry states it, where that is in another currency than the account and the amount
    in account currency was taken from its details.
    """

    lines: list[Line]
    amount: int
    currency: str
    advices: list[Advice]
    foreign: str = ""


def status(entry: Element) -> str:
    """Give the status of an entry, BOOK when the bank states none."""
    return text(entry, "Sts/Cd") or text(entry, "Sts/Prtry") or text(entry, "Sts") or "BOOK"


def entry_of(entry: Element, account_currency: str, context: Context) -> Entry:
    """Turn one booked entry into lines; InputError names the element that cannot be read."""
    amount, currency, foreign = _amount(entry, account_currency, context)
    parts = [
        (part, f"NtryDtls{f'[{i}]' if len(kids(entry, 'NtryDtls')) > 1 else ''}/TxDtls[{j}]")
        for i, details in enumerate(kids(entry, "NtryDtls"), start=1)
        for j, part in enumerate(kids(details, "TxDtls"), start=1)
    ]
    if len(parts) <= 1:
        shares: Sequence[int | None] | None = [amount] * len(parts)
        lines = [_line(entry, [part for part, _ in parts], amount, currency, parts[0][1] if parts else "", context, "")]
    else:
        shares = _shares([part for part, _ in parts], amount, currency, context)
        _check_batch(entry, amount, currency, shares is not None, context)
        lines = _lines(entry, parts, shares, amount, currency, context)
    advices = _advices(parts, shares, lines, currency, context) if amount > 0 else []
    return Entry(lines, amount, currency, advices, foreign)


def _amount(entry: Element, account_currency: str, context: Context) -> tuple[int, str, str]:
    """Read the amount of an entry in the currency of the account, from its details where it is stated in another."""
    read = amount_of(entry, "Amt", context)
    if read is None:
        raise InputError("an entry has no amount", where=context.where(), cure=CURE)
    amount, currency = read
    if account_currency and currency != account_currency:
        details = kids(entry, "NtryDtls/TxDtls")
        places = [(entry, path) for path in _WHOLE] + [(details[0], path) for path in _PART if len(details) == 1]
        found = next((r for at, path in places if (r := told(at, path, context)) and r[1] == account_currency), None)
        if found is None:
            what = f"an entry in {currency} on an account in {account_currency}, without its amount in {account_currency}"
            raise InputError(what, where=context.where("Amt", text(entry, "Amt")), cure=CURE)
        return signed(entry, found[0], context), account_currency, f"{text(entry, 'Amt')} {currency}"
    return signed(entry, amount, context), currency, ""


def _shares(parts: Sequence[Element], amount: int, currency: str, context: Context) -> list[int] | None:
    """Find the amounts of the transactions that make the entry; None where they are not stated so."""
    for paths in (_PART, *((path,) for path in _PART)):
        shares = [_share(part, paths, amount, currency, context) for part in parts]
        known = [share for share in shares if share is not None]
        if len(known) == len(parts) and sum(known) == amount:
            return known
    return None


def _share(part: Element, paths: Sequence[str], whole: int, currency: str, context: Context) -> int | None:
    """Read one transaction in the entry's currency and on the entry's side; None when it is not stated so."""
    mark = text(part, "CdtDbtInd")
    side = whole if not mark else (1 if mark == "CRDT" else -1)
    if (side > 0) != (whole > 0):
        return None
    for path in paths:
        read = amount_of(part, path, context)
        if read and read[1] == currency:
            return read[0] if whole > 0 else -read[0]
    return None


def _check_batch(entry: Element, amount: int, currency: str, split: bool, context: Context) -> None:
    """Compare what the bank states of a batch (Btch) with its details; InputError where details are missing."""
    for number, details in enumerate(kids(entry, "NtryDtls"), start=1):
        stated, listed = text(details, "Btch/NbOfTxs"), len(kids(details, "TxDtls"))
        path = f"NtryDtls[{number}]/Btch"
        if not split and listed > 1 and re.fullmatch(r"[0-9]{1,15}", stated) and int(stated) > listed:
            what = f"the bank counts {stated} transactions in a batch, the file holds {listed}, which do not make its amount"
            raise InputError(what, where=context.where(f"{path}/NbOfTxs", stated), cure=CURE)
        total = told(details, "Btch/TtlAmt", context)
        if total and len(kids(entry, "NtryDtls")) == 1 and total[1] == currency and split and total[0] != abs(amount):
            what = f"the bank sums a batch to {text(details, 'Btch/TtlAmt')}, its transactions make {text(entry, 'Amt')}"
            raise InputError(what, where=context.where(f"{path}/TtlAmt"), cure=CURE)


def _lines(
    entry: Element, parts: Sequence[tuple[Element, str]], shares: Sequence[int] | None, amount: int, currency: str, context: Context
) -> list[Line]:
    """Make a line of each transaction, or one of all where their amounts are not stated."""
    if shares is None:
        note = f"; bulk entry of {len(parts)} payments whose single amounts the bank does not state"
        return [_line(entry, [part for part, _ in parts], amount, currency, "", context, note)]
    note = f"; one of {len(parts)} payments of a bulk entry"
    return [_line(entry, [part], share, currency, path, context, note) for (part, path), share in zip(parts, shares, strict=True)]


def _advices(
    parts: Sequence[tuple[Element, str]], shares: Sequence[int | None] | None, lines: Sequence[Line], currency: str, context: Context
) -> list[Advice]:
    """Collect the documents that each transaction says it pays; a transaction without an own line takes those of the bulk."""
    found = []
    for number, (part, path) in enumerate(parts):
        if not kids(part, "RmtInf/Strd/RfrdDocAmt"):
            continue
        line = lines[number] if len(lines) == len(parts) else lines[0]
        if line.is_return:
            continue
        advice = advice_of(part, line, shares[number] if shares else None, currency, f"{context.path}/{path}", context)
        found += [advice] if advice else []
    return found


def _line(entry: Element, parts: list[Element], amount: int, currency: str, path: str, context: Context, note: str) -> Line:
    single = parts[0] if len(parts) == 1 else None
    whole = None if note else entry
    codes, key, code = _codes(entry, single)
    reason = _return_reason(single)
    reversal = text(entry, "RvslInd") in ("true", "1")
    returned = _returned(reversal, single, reason, codes)
    kind, why = classed(amount, codes, returned)
    stated = day_of(entry, "BookgDt", context) or day_of(entry, "ValDt", context)
    booked = stated or context.report_day
    if booked is None:
        raise InputError("a booked entry has no date", where=context.where("BookgDt"), cure="Ask the bank for a file with booking dates")
    if stated is None:
        note += f"; the entry states no date, that of the report stands in ({booked})"
    (name, account, bank), ours, principal = parties(single, amount > 0, kind == "RETURN", context.account)
    orig = _original(whole, single, amount, currency, context)
    return Line(
        booking_date=booked,
        value_date=day_of(entry, "ValDt", context) or booked,
        amount=amount,
        source_line=context.path + ("/" + path if path else ""),
        kind=kind,
        class_reason=why + note,
        bank_txn_id=reference(text(single, "Refs/AcctSvcrRef")) or reference(text(entry, "AcctSvcrRef")),
        end_to_end_id=reference(text(single, "Refs/EndToEndId")),
        txn_code=code,
        method=codes.method,
        virtual_account=ours if amount > 0 and kind != "RETURN" and ours != context.account else "",
        remitter_name=name,
        remitter_account=account,
        remitter_bank=bank,
        remittance_text=_text(entry, parts, principal),
        structured_ref=_structured(parts),
        orig_currency=orig[1] if orig else "",
        orig_amount=orig[0] if orig else None,
        charges=_charges(whole, single, currency, context),
        charge_bearer=_bearer(whole, single),
        return_reason=reason or (key if kind == "RETURN" else ""),
        is_return=kind == "RETURN",
        reversal=reversal,
        turned=parties(single, amount < 0, kind == "RETURN", context.account)[0] if reversal else ("", "", ""),
    )


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


def _structured(parts: Sequence[Element]) -> str:
    """Join the creditor references of the payments."""
    paths = ("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef")
    return " ".join(found.text for part in parts for path in paths for found in kids(part, path) if found.text)


def _text(entry: Element, parts: Sequence[Element], principal: str) -> str:
    """Join the free text of the payments; what the bank adds about the entry stands in when there is none.

    `principal` is for whom the payer pays, where that is another; it stands at the end.
    """
    paths = ("RmtInf/Ustrd", "RmtInf/Strd/RfrdDocInf/Nb", "RmtInf/Strd/RfrdDocInf/RfrdDocNb")
    found = [e.text for part in parts for path in paths for e in kids(part, path)]
    found += [e.text for part in parts for e in kids(part, "RmtInf/Strd/AddtlRmtInf")]
    if not any(found):
        found = [text(part, "AddtlTxInf") for part in parts] + [text(entry, "AddtlNtryInf")]
    return " ".join(" ".join(piece.split()) for piece in chain(found, [principal]) if piece)


def _original(whole: Element | None, part: Element | None, amount: int, currency: str, context: Context) -> tuple[int, str] | None:
    """Find what the payer instructed (amount and currency), where it differs from the amount booked.

    `whole` is the entry where it holds one payment, None where it gathers several.
    """
    places = ((part, "AmtDtls/InstdAmt/Amt"), (whole, "AmtDtls/InstdAmt/Amt"), (part, "AmtDtls/TxAmt/Amt"), (part, "Amt"), (whole, "Amt"))
    for source, path in places:
        read = told(source, path, context)
        if read and read[0] and read != (abs(amount), currency):
            return read
    return None


def _charges(whole: Element | None, part: Element | None, currency: str, context: Context) -> int | None:
    """Sum the charges in account currency: the stated total, or its records; None when there are none."""
    blocks = kids(part, "Chrgs") or kids(whole, "Chrgs")
    read = [told(block, "TtlChrgsAndTaxAmt", context) for block in blocks]
    if not any(read):
        read = [told(record, "Amt", context) for block in blocks for record in [block, *kids(block, "Rcrd")]]
    return sum(found[0] for found in read if found and found[1] == currency) or None


def _bearer(whole: Element | None, part: Element | None) -> str:
    """Read who bears the charges (MP-61); blank where records differ, or where they follow the service level, which says nothing of them."""
    blocks = kids(part, "Chrgs") or kids(whole, "Chrgs")
    said = {text(record, "Br") for block in blocks for record in [block, *kids(block, "Rcrd")]} - {""}
    return _BEARERS.get(said.pop(), "") if len(said) == 1 else ""
