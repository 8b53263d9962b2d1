"""One OFX transaction to a bank line: STMTTRN of bank and card statements, and the cash side of investment transactions (T07)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from arwork.errors import InputError, place
from arwork.intake.bank.amounts import minor_units, plain_amount
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.mt940_text import is_iban
from arwork.intake.bank.ofx_tokens import CURE, Node
from arwork.intake.bank.statement import Line, account_code, classed
from arwork.money import Units

_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[T ]?[0-9:]{2,8}(?:[.,][0-9]{1,9})?)?\s*(?:Z|\[[^\[\]]{0,40}\]?)?")
_TYPES = {
    "INT": Meaning("NON_AR", "OTHER", "interest"),
    "DIV": Meaning("NON_AR", "OTHER", "dividend"),
    "FEE": Meaning("NON_AR", "OTHER", "bank charges"),
    "SRVCHG": Meaning("NON_AR", "OTHER", "bank charges"),
    "DEP": Meaning("", "OTHER", "deposit"),
    "ATM": Meaning("", "CASH", "cash machine"),
    "POS": Meaning("", "CARD", "card payment"),
    "XFER": Meaning("", "WIRE", "transfer"),
    "CHECK": Meaning("", "CHEQUE", "cheque"),
    "PAYMENT": Meaning("", "OTHER", "electronic payment"),
    "CASH": Meaning("", "CASH", "cash"),
    "DIRECTDEP": Meaning("", "ACH", "direct deposit"),
    "DIRECTDEBIT": Meaning("", "ACH", "direct debit"),
    "REPEATPMT": Meaning("", "OTHER", "standing order"),
}
_NOTHING = ("", "0", "NONREF", "NOTPROVIDED", "N/A", "NULL")


@dataclass(frozen=True)
class Account:
    """What a transaction is read against: the file, the currency of the account, the decimals of currencies."""

    file: str
    currency: str
    units: Units

    def where(self, node: Node, name: str) -> str:
        """Name the place of a value of an aggregate for a message."""
        return place(self.file, node.line_of(name), name, node.value(name) or None)


def stated_day(text: str) -> date | None:
    """Read a date as written, with or without a time and a zone in brackets; None when there is none or it is no day."""
    read = _DATE.fullmatch(text)
    try:
        return date(int(read[1]), int(read[2]), int(read[3])) if read else None
    except ValueError:
        return None


def account_number(node: Node | None) -> str:
    """Name an account: the IBAN, else bank code and account number, else the number; "" where there is none."""
    if node is None:
        return ""
    number, bank = account_code(node.value("ACCTID")), account_code(node.value("BANKID"))
    return f"{bank}/{number}" if bank and number and not is_iban(number) else number


def amount_of(node: Node, name: str, account: Account) -> int:
    """Read a signed amount in minor units; InputError when it is missing or could be read in two ways."""
    written = node.value(name)
    if not written:
        raise InputError(f"the {node.name} has no {name}", where=account.where(node, name), cure=CURE)
    amount = plain_amount(written, account.units.exponent(account.currency))
    return minor_units(amount, written, account.currency, account.units, account.where(node, name))


def currency_in(node: Node) -> str:
    """Give the currency in which a transaction states its amount (CURRENCY), "" where it states none."""
    block = node.kid("CURRENCY")
    return (block.value("CURSYM") if block else node.value("CURRENCY")).upper()


def transaction_line(node: Node, account: Account) -> Line:
    """Turn a STMTTRN into a line; InputError names the value that is missing, damaged or in another currency."""
    _refuse_correction(node, account)
    _check_currency(node, account)
    posted = _day(node, "DTPOSTED", account)
    amount = amount_of(node, "TRNAMT", account)
    kind_name = node.value("TRNTYPE").upper()
    codes = _TYPES.get(kind_name, Meaning("", "OTHER", ""))
    kind, why = classed(amount, codes, "")
    payee = node.kid("PAYEE", "EXTDPAYEE")
    name = _spaced((payee.value("NAME") if payee else "") or node.value("NAME") or node.value("EXTDNAME") or node.value("PAYEE"))
    other = node.kid("BANKACCTTO", "CCACCTTO")
    number = next((n for tag in ("CHECKNUM", "CHKNUM") if (n := _reference(node.value(tag)))), "")
    return Line(
        booking_date=posted,
        value_date=stated_day(node.value("DTAVAIL")) or posted,
        amount=amount,
        source_line=str(node.line),
        kind=kind,
        class_reason=f"{why} (TRNTYPE {kind_name})" if codes.words else why,
        bank_txn_id=_reference(node.value("FITID")),
        end_to_end_id=_reference(node.value("REFNUM")) or number,
        txn_code=kind_name,
        method=codes.method,
        remitter_name=name,
        remitter_account=account_number(other),
        remitter_bank=account_code(other.value("BANKID")) if other else "",
        remittance_text=_text(node, name),
    )


def investment_line(node: Node, account: Account) -> Line:
    """Turn a buy, sale, income or transfer of securities into a NON_AR line; TOTAL is its amount, 0 where no cash moves.

    Brokers compute TOTAL to fractions of the minor unit; it is rounded half up, and the reason of the class says so.
    """
    block = node.kid("INVBUY", "INVSELL") or node
    head = block.kid("INVTRAN") or node
    _check_currency(block, account)
    traded = _day(head, "DTTRADE", account)
    written = block.value("TOTAL")
    amount, note = 0, ""
    if written:
        # Brokers write more decimals than the currency has, so a point is the decimal mark whatever follows it.
        exact = plain_amount(written, account.units.exponent(account.currency) if "," in written else 3)
        where = account.where(block, "TOTAL")
        scale = Decimal(1).scaleb(-account.units.exponent(account.currency))
        rounded = None if exact is None else account.units.decimal(account.units.rounded(exact, account.currency), account.currency)
        amount = minor_units(rounded, written, account.currency, account.units, where)
        note = f", total {written} rounded to {scale}" if rounded != exact else ""
    security = block.kid("SECID")
    words = [head.value("MEMO"), node.name, node.value("INCOMETYPE"), security.value("UNIQUEID") if security else ""]
    return Line(
        booking_date=traded,
        value_date=stated_day(head.value("DTSETTLE")) or traded,
        amount=amount,
        source_line=str(node.line),
        kind="NON_AR",
        class_reason=f"securities ({node.name}){note}",
        bank_txn_id=_reference(head.value("FITID")),
        txn_code=node.name,
        remittance_text=_spaced(" ".join(words)),
    )


def _day(node: Node, name: str, account: Account) -> date:
    day = stated_day(node.value(name))
    if day is None:
        what = f"{node.value(name)!r} is not a date" if node.value(name) else f"the {node.name} has no {name}"
        raise InputError(what, where=account.where(node, name), cure=CURE)
    return day


def _check_currency(node: Node, account: Account) -> None:
    """Refuse an amount in another currency than the account's: a rate does not give back the amount that was booked."""
    stated = currency_in(node)
    if stated and stated != account.currency:
        what = f"a transaction in {stated} on an account in {account.currency}"
        raise InputError(what, where=place(account.file, node.line, "CURSYM", stated), cure="Ask the bank for amounts in account currency")


def _refuse_correction(node: Node, account: Account) -> None:
    if corrected := node.value("CORRECTFITID"):
        action = node.value("CORRECTACTION") or "no action stated"
        raise InputError(
            f"the transaction corrects an earlier one, {corrected} ({action}), and would count twice",
            where=account.where(node, "CORRECTFITID"), cure="Download the whole period again, so that it holds the corrected booking only",
        )  # fmt: skip


def _text(node: Node, name: str) -> str:
    """Join name and memo, the name only where the memo does not begin with it."""
    tags = ("MEMO", "MEMO2") if name == _spaced(node.value("EXTDNAME")) else ("MEMO", "MEMO2", "EXTDNAME")
    memo = _spaced(" ".join(text for tag in tags for text, _ in node.values.get(tag, ()) if text))
    written = _spaced(node.value("NAME")) or name
    if not memo or not written:
        return memo or written
    return memo if memo.casefold().startswith(written.casefold()) else f"{written} {memo}"


def _reference(text: str) -> str:
    return "" if text.strip("0") == "" or text.upper() in _NOTHING else text


def _spaced(text: str) -> str:
    return " ".join(text.split())
