"""The payment file of approved refunds: pain.001.001.09, written and never sent by us, with what is left out and why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lxml import etree
from stdnum import iban

from arwork.money import Units
from arwork.pack.digest import sha256

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
"""Name of the message."""
_SEPA = frozenset(re.findall("..", "ADALATBEBGCHCYCZDEDKEEESFIFRGBGIGRHRHUIEISITLILTLULVMCMDMEMKMTNLNOPLPTRORSSESISKSMVA"))
_SPELT = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "&": "+", "_": "-",
})  # fmt: skip
_FOREIGN = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


@dataclass(frozen=True)
class PaymentFile:
    """The file, blank where nothing is to be paid; its message id, the refunds in it, sums by currency, and who is left out and why."""

    data: bytes
    message_id: str
    refund_ids: tuple[str, ...]
    totals: Mapping[str, int]
    left_out: Mapping[str, str]


@dataclass(frozen=True)
class _Payment:
    """One payment as it stands in the file."""

    refund_id: str
    end_to_end: str
    payer: str
    our_account: str
    currency: str
    amount: int
    payee: str
    payee_account: str
    text: str

    @property
    def sepa(self) -> bool:
        """Whether both accounts and the currency are of the single euro payments area."""
        return self.currency == "EUR" and {self.our_account[:2], self.payee_account[:2]} <= _SEPA


def payment_file(
    refunds: Sequence[Mapping[Any, Any]], companies: Mapping[tuple[str, str], str], accounts: Mapping[tuple[str, str, str], Sequence[str]],
    created: datetime, execute_on: date, units: Units,
) -> PaymentFile:  # fmt: skip
    """Write the approved refunds as one message, grouped by our account; every other row is left out with its reason.

    `refunds` are rows of table `refunds`, `companies` the name of each company, `accounts` our accounts by ledger, company and
    currency, for credits whose own account is not known. The message id is a digest of what is paid, so the same payments
    written twice carry one id, by which a bank tells the second. Amounts in the file are exact decimals of their currency.
    """
    payments, left_out = [], {}
    for row in sorted(refunds, key=lambda r: str(r["refund_id"])):
        ours = _our_account(row, accounts)
        why = _why_not(row, ours)
        if why:
            left_out[str(row["refund_id"])] = why
            continue
        payments.append(_payment(row, ours, companies))
    if not payments:
        return PaymentFile(b"", "", (), {}, left_out)
    message = f"RF{sha256(repr(payments).encode())[:30].upper()}"
    root = _message(payments, message, created, execute_on, units)
    totals: dict[str, int] = {}
    for payment in payments:
        totals[payment.currency] = totals.get(payment.currency, 0) + payment.amount
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return PaymentFile(data, message, tuple(payment.refund_id for payment in payments), dict(sorted(totals.items())), left_out)


def _our_account(row: Mapping[Any, Any], accounts: Mapping[tuple[str, str, str], Sequence[str]]) -> str:
    """Return the account that received the money, else the one account of the company in that currency; several are no choice."""
    known = str(row["our_account"]) or next(iter(_only(accounts.get((row["ledger_id"], row["company_code"], row["currency"]), ()))), "")
    return known.replace(" ", "").upper()


def _only(found: Sequence[str]) -> Sequence[str]:
    return found if len(found) == 1 else ()


def _why_not(row: Mapping[Any, Any], ours: str) -> str:
    """Say why a refund is not in the file; blank where it is."""
    if row["state"] != "APPROVED":
        return f"its state is {row['state']}; only an approved refund is paid"
    if int(row["refund_amount"]) <= 0:
        return "nothing is left to pay after the offset"
    if row["route"] == "SAME_CARD":
        return "it goes back on the card, by the card's processor"
    if not iban.is_valid(str(row["payee_account"])):
        return f"the payee's account {str(row['payee_account']) or '(none)'} is no valid IBAN; pay it by hand"
    if not iban.is_valid(ours):
        return "our account is not known as a valid IBAN; name it in the bank's own form"
    return ""


def _payment(row: Mapping[Any, Any], ours: str, companies: Mapping[tuple[str, str], str]) -> _Payment:
    company = companies.get((row["ledger_id"], row["company_code"]), row["company_code"])
    text = f"Refund {row['customer_id']} {row['since']:%Y-%m-%d} {row['reason'].replace('_', ' ').lower()}"
    return _Payment(
        str(row["refund_id"]), f"RF{sha256(str(row['refund_id']).encode())[:20].upper()}", latin(company, 70), ours, str(row["currency"]),
        int(row["refund_amount"]), latin(str(row["payee_name"]) or str(row["customer_name"]), 70),
        str(row["payee_account"]).replace(" ", "").upper(), latin(text, 140),
    )  # fmt: skip


def latin(text: str, most: int) -> str:
    """Write a text in the letters that banks of the area take, cut to a length; other scripts become dots."""
    spelt = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_SPELT))
    kept = _FOREIGN.sub(".", "".join(mark for mark in spelt if not unicodedata.combining(mark)))
    kept = re.sub("/{2,}", "/", " ".join(kept.split())).strip("/")
    return kept[:most].strip().rstrip("/") or "."


def _message(payments: Sequence[_Payment], message: str, created: datetime, execute_on: date, units: Units) -> Any:
    root = etree.Element("Document", nsmap={None: NAMESPACE})
    body = _put(root, "CstmrCdtTrfInitn")
    head = _put(body, "GrpHdr")
    _put(head, "MsgId", message)
    _put(head, "CreDtTm", created.strftime("%Y-%m-%dT%H:%M:%S"))
    _put(head, "NbOfTxs", str(len(payments)))
    _put(head, "CtrlSum", _sum(payments, units))
    _put(_put(head, "InitgPty"), "Nm", payments[0].payer)
    groups: dict[tuple[str, str, str, bool], list[_Payment]] = {}
    for payment in payments:
        groups.setdefault((payment.payer, payment.our_account, payment.currency, payment.sepa), []).append(payment)
    for number, ((payer, ours, currency, sepa), own) in enumerate(sorted(groups.items()), start=1):
        info = _put(body, "PmtInf")
        _put(info, "PmtInfId", f"{message[:30]}-{number}")
        _put(info, "PmtMtd", "TRF")
        _put(info, "NbOfTxs", str(len(own)))
        _put(info, "CtrlSum", _sum(own, units))
        if sepa:
            _put(info, "PmtTpInf/SvcLvl/Cd", "SEPA")
        _put(info, "ReqdExctnDt/Dt", execute_on.isoformat())
        _put(info, "Dbtr/Nm", payer)
        account = _put(info, "DbtrAcct")
        _put(account, "Id/IBAN", ours)
        _put(account, "Ccy", currency)
        _put(info, "DbtrAgt/FinInstnId/Othr/Id", "NOTPROVIDED")
        _put(info, "ChrgBr", "SLEV" if sepa else "SHAR")
        for payment in own:
            _transfer(info, payment, units)
    return root


def _transfer(info: Any, payment: _Payment, units: Units) -> None:
    line = _put(info, "CdtTrfTxInf")
    _put(line, "PmtId/EndToEndId", payment.end_to_end)
    _put(line, "Amt/InstdAmt", units.text(payment.amount, payment.currency)).set("Ccy", payment.currency)
    _put(line, "Cdtr/Nm", payment.payee)
    _put(line, "CdtrAcct/Id/IBAN", payment.payee_account)
    _put(line, "RmtInf/Ustrd", payment.text)


def _put(parent: Any, path: str, text: str = "") -> Any:
    """Add elements one inside the other and return the last."""
    for name in path.split("/"):
        parent = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    parent.text = text or None
    return parent


def _sum(payments: Sequence[_Payment], units: Units) -> str:
    """Add up the amounts as written, whatever their currencies, as the message wants it."""
    return str(sum(units.decimal(payment.amount, payment.currency) for payment in payments))
