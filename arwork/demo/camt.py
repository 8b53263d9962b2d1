"""Statements as camt.053.001.08: one statement a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from xml.sax.saxutils import escape

from arwork.demo.facts import COMPANIES
from arwork.demo.identifiers import bank_code
from arwork.demo.model import House, Payment
from arwork.money import ISO

_CODES = {
    "SEPA_CT": "PMNT RCDT ESCT",
    "WIRE": "PMNT RCDT XBCT",
    "CHEQUE": "PMNT RCHQ CCHQ",
    "PAYMENT": "PMNT ICDT ESCT",
    "RETURN": "PMNT RCHQ UPCQ",
    "TRANSFER": "CAMT CAPL ZABA",
    "CHARGE": "ACMT MDOP CHRG",
    "OTHER": "ACMT MCOP INTR",
}
"""Bank transaction code (domain, family, sub-family) by kind of payment, else by method."""


@dataclass(frozen=True)
class Sheet:
    """One statement: account, number, span, balances in minor units, and lines with bank reference, text and structured reference."""

    house: House
    number: int
    first: date
    last: date
    opening: int
    closing: int
    lines: Sequence[tuple[Payment, str, str, str]]


def camt053(sheet: Sheet, message: str) -> str:
    """Write one statement as a camt.053 message with the given message id."""
    house, entries = sheet.house, [list(group) for _, group in groupby(sheet.lines, key=lambda line: line[0].batch or line[1])]
    made = f"{sheet.last}T20:15:00"
    amounts = [sum(line[0].amount for line in group) for group in entries]
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">',
        "<BkToCstmrStmt>",
        f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>{made}</CreDtTm></GrpHdr>",
        f"<Stmt><Id>{house.account[-10:]}-2026-{sheet.number:03d}</Id><ElctrncSeqNb>{sheet.number}</ElctrncSeqNb>",
        f"<LglSeqNb>{sheet.number}</LglSeqNb><CreDtTm>{made}</CreDtTm>",
        f"<FrToDt><FrDtTm>{sheet.first}T00:00:00</FrDtTm><ToDtTm>{sheet.last}T23:59:59</ToDtTm></FrToDt>",
        f"<Acct><Id><IBAN>{house.account}</IBAN></Id><Ccy>{house.currency}</Ccy>",
        f"<Ownr><Nm>{COMPANIES[house.ledger, house.company]}</Nm></Ownr>",
        f"<Svcr><FinInstnId><BICFI>{house.bank}</BICFI></FinInstnId></Svcr></Acct>",
        _balance("OPBD", sheet.opening, house, sheet.first),
        _balance("CLBD", sheet.closing, house, sheet.last),
        _summary(amounts, house),
        *(_entry(group, amount, house, n) for n, (group, amount) in enumerate(zip(entries, amounts, strict=True), start=1)),
        "</Stmt>",
        "</BkToCstmrStmt>",
        "</Document>",
    ]
    return "\n".join(parts) + "\n"


def _amount(tag: str, minor: int, currency: str) -> str:
    return f'<{tag} Ccy="{currency}">{ISO.text(abs(minor), currency)}</{tag}>'


def _side(minor: int) -> str:
    return f"<CdtDbtInd>{'CRDT' if minor >= 0 else 'DBIT'}</CdtDbtInd>"


def _balance(code: str, minor: int, house: House, day: date) -> str:
    amount = _amount("Amt", minor, house.currency) + _side(minor)
    return f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{amount}<Dt><Dt>{day}</Dt></Dt></Bal>"


def _summary(amounts: Sequence[int], house: House) -> str:
    credits, debits = [a for a in amounts if a >= 0], [-a for a in amounts if a < 0]
    total = ISO.text(sum(credits) + sum(debits), house.currency)
    sides = "".join(
        f"<Ttl{name}Ntries><NbOfNtries>{len(side)}</NbOfNtries><Sum>{ISO.text(sum(side), house.currency)}</Sum></Ttl{name}Ntries>"
        for name, side in (("Cdt", credits), ("Dbt", debits))
    )
    return f"<TxsSummry><TtlNtries><NbOfNtries>{len(amounts)}</NbOfNtries><Sum>{total}</Sum></TtlNtries>{sides}</TxsSummry>"


def _entry(group: Sequence[tuple[Payment, str, str, str]], amount: int, house: House, n: int) -> str:
    first, reference = group[0][0], group[0][1]
    batch = f"<Btch><NbOfTxs>{len(group)}</NbOfTxs>{_amount('TtlAmt', amount, house.currency)}</Btch>" if first.batch else ""
    reference = first.batch or reference
    reversal = "<RvslInd>true</RvslInd>" if first.kind == "RETURN" else ""
    domain, family, sub_family = (_CODES.get(first.kind) or _CODES[first.method]).split()
    details = "".join(_details(payment, bank, text, structured, house) for payment, bank, text, structured in group)
    return (
        f"<Ntry><NtryRef>{n}</NtryRef>{_amount('Amt', amount, house.currency)}{_side(amount)}{reversal}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{first.booking}</Dt></BookgDt><ValDt><Dt>{first.value}</Dt></ValDt><AcctSvcrRef>{reference}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd></Fmly></Domn></BkTxCd>\n"
        f"<NtryDtls>{batch}{details}</NtryDtls></Ntry>"
    )


def _details(payment: Payment, bank: str, text: str, structured: str, house: House) -> str:
    cheque = f"<ChqNb>{payment.end_to_end}</ChqNb>" if payment.method == "CHEQUE" and payment.end_to_end else ""
    end = "" if cheque else f"<EndToEndId>{payment.end_to_end or 'NOTPROVIDED'}</EndToEndId>"
    instructed = ""
    if payment.paid_in:
        instructed = f"<AmtDtls><InstdAmt>{_amount('Amt', payment.paid_in[1], payment.paid_in[0])}</InstdAmt></AmtDtls>"
    charges = ""
    if payment.charges:
        inner = f"{_amount('Amt', payment.charges, house.currency)}<CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd><Br>SHAR</Br>"
        charges = f"<Chrgs>{_amount('TtlChrgsAndTaxAmt', payment.charges, house.currency)}<Rcrd>{inner}</Rcrd></Chrgs>"
    reason = f"<RtrInf><Rsn><Cd>{payment.reason}</Cd></Rsn></RtrInf>" if payment.reason else ""
    amount = _amount("Amt", payment.amount, house.currency) + _side(payment.amount)
    return (
        f"<TxDtls><Refs><AcctSvcrRef>{bank}</AcctSvcrRef>{end}{cheque}</Refs>{amount}"
        f"{instructed}{charges}{_parties(payment, house)}{_remittance(text, structured)}{reason}</TxDtls>"
    )


def _parties(payment: Payment, house: House) -> str:
    if not payment.payer:
        return ""
    roles = ("Dbtr", "Cdtr") if payment.amount >= 0 or payment.kind == "RETURN" else ("Cdtr", "Dbtr")
    name = f"<{roles[0]}><Pty><Nm>{escape(payment.payer)}</Nm></Pty></{roles[0]}>"
    kind = "IBAN" if payment.account[:2].isalpha() else "Othr"
    number = payment.account if kind == "IBAN" else f"<Id>{payment.account}</Id>"
    account = f"<{roles[0]}Acct><Id><{kind}>{number}</{kind}></Id></{roles[0]}Acct>" if payment.account else ""
    ours = f"<{roles[1]}Acct><Id><IBAN>{payment.virtual_account}</IBAN></Id></{roles[1]}Acct>" if payment.virtual_account else ""
    agent = ""
    if payment.account:
        agent = f"<RltdAgts><{roles[0]}Agt><FinInstnId><BICFI>{bank_code(payment.account)}</BICFI></FinInstnId></{roles[0]}Agt></RltdAgts>"
    return f"<RltdPties>{name}{account}{ours}</RltdPties>{agent}"


def _remittance(text: str, structured: str) -> str:
    lines = "".join(f"<Ustrd>{escape(line)}</Ustrd>" for line in _cut(text, 140))
    if structured:
        lines += f"<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>{structured}</Ref></CdtrRefInf></Strd>"
    return f"<RmtInf>{lines}</RmtInf>" if lines else ""


def _cut(text: str, size: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= size:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
