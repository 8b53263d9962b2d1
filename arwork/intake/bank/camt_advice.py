"""Documents that a camt transaction says it pays: structured remittance information with amounts, as an advice (T09).

`RfrdDocInf` names the document, `RfrdDocAmt` states DuePyblAmt (gross), DscntApldAmt, CdtNoteAmt, AdjstmntAmtAndRsn and
RmtdAmt (net). A block that leaves a figure open in two ways makes no advice; its number stays in the text of the line.
"""

from __future__ import annotations

from dataclasses import dataclass

from arwork.errors import InputError
from arwork.intake.advice import Advice, PaidDocument
from arwork.intake.bank.camt_xml import Context, Element, amount_at, kids, reference, text
from arwork.intake.bank.statement import Line

_CREDIT_NOTES = ("CREN", "CNFA")


@dataclass(frozen=True)
class _Amounts:
    """What RfrdDocAmt states, in minor units; None where it is not stated. `adjusted` says that adjustments are stated."""

    gross: int | None
    discount: int
    net: int | None
    credit: int | None
    adjusted: bool
    reason: str
    currency: str


def advice_of(part: Element, line: Line, amount: int | None, currency: str, path: str, context: Context) -> Advice | None:
    """Make the advice of one transaction that pays us, or None where it states no document with amounts.

    `amount` is the transaction in minor units of `currency`, None where the file does not state it.
    """
    documents, currencies = [], set()
    for number, block in enumerate(kids(part, "RmtInf/Strd"), start=1):
        name, code = _document(block)
        amounts = _amounts(block, context)
        place = f"{path}/RmtInf/Strd[{number}]"
        paid = _paid(name, code, amounts, place) if name and amounts else None
        if paid is None or amounts is None:
            if amounts is not None:
                return None
            continue
        documents.append(paid)
        currencies.add(amounts.currency)
    if not documents or len(currencies) != 1:
        return None
    stated = currencies.pop()
    return Advice(
        number=line.end_to_end_id or line.bank_txn_id or path,
        currency=stated,
        source="CAMT",
        documents=documents,
        payment_ref=line.end_to_end_id,
        trace_no=line.bank_txn_id,
        payer_name=line.remitter_name,
        payer_account=line.remitter_account,
        payment_date=line.booking_date,
        amount=amount if stated == currency else None,
    )


def _document(block: Element) -> tuple[str, str]:
    """Give the one document that a block names, and the code of its kind; "" where it names none or several."""
    named = [(text(info, "Nb") or text(info, "RfrdDocNb"), text(info, "Tp/CdOrPrtry/Cd")) for info in kids(block, "RfrdDocInf")]
    named = [(number, code) for number, code in named if reference(number)]
    if not named and (creditor := text(block, "CdtrRefInf/Ref") or text(block, "CdtrRefInf/CdtrRef")):
        return creditor, ""
    return named[0] if len(named) == 1 else ("", "")


def _amounts(block: Element, context: Context) -> _Amounts | None:
    """Read the amounts of a block; None where there are none, where one cannot be read, or where currencies differ."""
    paths = {
        "gross": ("DuePyblAmt",),
        "discount": ("DscntApldAmt/Amt", "DscntApldAmt"),
        "credit": ("CdtNoteAmt",),
        "net": ("RmtdAmt",),
    }
    found: dict[str, list[tuple[int, str]]] = {}
    try:
        for name, places in paths.items():
            for path in places:
                read = [amount_at(e, path, context) for e in kids(block, f"RfrdDocAmt/{path}") if not e.inside]
                found.update({name: found.get(name, []) + read} if read else {})
    except InputError:
        return None
    currencies = {currency for reads in found.values() for _, currency in reads}
    if len(currencies) != 1:
        return None

    def total(name: str) -> int | None:
        """Sum what is stated under a name."""
        return sum(amount for amount, _ in found[name]) if name in found else None

    return _Amounts(
        gross=total("gross"),
        discount=total("discount") or 0,
        net=total("net"),
        credit=total("credit"),
        adjusted=bool(kids(block, "RfrdDocAmt/AdjstmntAmtAndRsn")),
        reason=text(block, "RfrdDocAmt/AdjstmntAmtAndRsn/Rsn") or text(block, "RfrdDocAmt/AdjstmntAmtAndRsn/AddtlInf"),
        currency=currencies.pop(),
    )


def _paid(name: str, code: str, amounts: _Amounts, place: str) -> PaidDocument | None:
    """Make gross - discount - deduction = net of what is stated; a credit note counts against the payment."""
    gross, net = amounts.gross, amounts.net
    if code in _CREDIT_NOTES or (gross is None and net is None and amounts.credit is not None):
        against = next((amount for amount in (amounts.credit, net, gross) if amount is not None), None)
        return None if against is None else PaidDocument(name, -against, 0, 0, -against, place, reason="credit note")
    if net is None and (amounts.adjusted or amounts.credit is not None):
        return None
    if net is None:
        net = None if gross is None else gross - amounts.discount
    if gross is None:
        gross = None if net is None or amounts.adjusted else net + amounts.discount
    if gross is None or net is None:
        return None
    deduction = gross - amounts.discount - net
    return PaidDocument(name, gross, amounts.discount, deduction, net, place, reason=amounts.reason if deduction else "")
