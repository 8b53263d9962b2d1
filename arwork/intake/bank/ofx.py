"""OFX and QFX files of bank, card and investment accounts, SGML (1.x) and XML (2.x) (1.5).

OFX states a closing balance (LEDGERBAL) and no opening one, so nothing in the file proves that no transaction is missing,
unless its list of balances (BALLIST) holds the opening one. Pending and held transactions are left out and counted.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.bank.formats import Format
from arwork.intake.bank.ofx_entry import Account, account_number, amount_of, currency_in, investment_line, stated_day, transaction_line
from arwork.intake.bank.ofx_tokens import CURE, Node, aggregates
from arwork.intake.bank.statement import BankFile, Lines, Statement, bank_file, proof_sentence, ties
from arwork.intake.received import Received
from arwork.money import Units

_STATEMENTS = ("STMTRS", "CCSTMTRS", "INVSTMTRS")
_ACCOUNTS = ("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM")
_KEYS = re.compile(r"(OFXHEADER|DATA|VERSION|SECURITY|ENCODING|CHARSET|COMPRESSION|OLDFILEUID|NEWFILEUID)\s*(?::|=\s*[\"'])\s*")
_OPENING = re.compile(r"\b(open(ing)?|begin(ning)?|start(ing)?|previous)\s*bal", re.IGNORECASE)


@dataclass
class _Part:
    """A statement while it streams by."""

    node: Node
    account: Account | None = None
    lines: Lines = field(default_factory=Lines)
    left_out: Counter[str] = field(default_factory=Counter)


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read an OFX file whole; InputError names the line of what is damaged or missing."""
    head = _header(text)
    text, encoding = _decoded(received, text, encoding, head)
    statements: list[Statement] = []
    remarks: Counter[str] = Counter()
    server: date | None = None
    part: _Part | None = None
    path: list[Node] = []
    for event, node in aggregates(text, received.name):
        if event == "open":
            path.append(node)
            part = _Part(node) if node.name in _STATEMENTS else part
            continue
        path.pop()
        server = stated_day(node.value("DTSERVER")) or server
        _refuse_error(node, received.name)
        if part is None:
            continue
        if node is part.node:
            statements.append(_statement(part, server, units, received.name))
            remarks += part.left_out
            part = None
        elif path:
            _take(part, node, path, received.name, units)
    if not statements:
        what = "the OFX file holds no statement: only a sign-on, a list of accounts, a request or nothing at all"
        raise InputError(what, where=place(received.name), cure="Download the transactions of the account")
    _refuse_repeat(statements, received.name)
    completeness, proof = _proof(statements, remarks, units)
    return bank_file(received, statements, format=_version(head), encoding=encoding, completeness=completeness, proof=proof)


def _refuse_repeat(statements: Sequence[Statement], file: str) -> None:
    """Refuse a file in which the same statement stands twice, as in two downloads that were joined."""
    seen: dict[tuple[object, ...], str] = {}
    for s in statements:
        sums = (len(s.lines), s.lines.credits, s.lines.debits)
        first = seen.setdefault((s.account, s.currency, s.from_date, s.to_date, s.closing, *sums), s.source_line)
        if first != s.source_line and len(s.lines):
            what = f"the same statement of account {s.account} stands here twice, first on line {first}"
            raise InputError(what, where=place(file, s.source_line), cure="Take one of them out, or download the file again")


def _take(part: _Part, node: Node, path: Sequence[Node], file: str, units: Units) -> None:
    """Take in one transaction; pending and held ones are only counted."""
    above = path[-1].name
    if node.name == "STMTTRNP" or above == "BANKTRANLISTP":
        part.left_out["pending"] += 1
    elif node.name == "STMTTRN":
        if node.value("TRNTYPE").upper() == "HOLD":
            part.left_out["held"] += 1
            return
        line = transaction_line(node, _account(part, node, file, units))
        part.left_out["turned"] += (line.txn_code, line.amount > 0) in (("CREDIT", False), ("DEBIT", True)) and line.amount != 0
        part.lines.append(line)
    elif above == "INVTRANLIST" and node.name != "INVBANKTRAN":
        block = node.kid("INVBUY", "INVSELL") or node
        part.lines.append(investment_line(node, _account(part, block, file, units)))


def _account(part: _Part, node: Node, file: str, units: Units) -> Account:
    """Give what transactions are read against; the currency is that of the account, else the first one that is stated."""
    if part.account is None:
        currency = part.node.value("CURDEF").upper() or currency_in(node)
        where = place(file, part.node.line_of("CURDEF"), "CURDEF", currency or None)
        if not currency:
            raise InputError("the statement states no currency (CURDEF)", where=where, cure="Ask the bank for a file with a currency")
        if not units.known(currency):
            raise InputError(f"unknown currency {currency!r}", where=where, cure=CURE)
        part.account = Account(file, currency, units)
    return part.account


def _statement(part: _Part, server: date | None, units: Units, file: str) -> Statement:
    """Close one statement: account, period, closing balance, and the opening one where the file has it."""
    node = part.node
    account = _account(part, node, file, units)
    named = account_number(node.kid(*_ACCOUNTS))
    if not named:
        raise InputError("a statement does not say for which account it is (ACCTID)", where=place(file, node.line), cure=CURE)
    period = node.kid("BANKTRANLIST", "INVTRANLIST")
    closing, closed = _closing(part, account)
    last = closed or stated_day(node.value("DTASOF")) or (stated_day(period.value("DTEND")) if period else None)
    to_date = last or part.lines.last_day or server
    if to_date is None:
        raise InputError("a statement has no date (DTASOF, DTEND)", where=place(file, node.line), cure=CURE)
    statement = Statement(
        account=named,
        currency=account.currency,
        number="unnumbered",
        sequence="",
        from_date=stated_day(period.value("DTSTART")) if period else None,
        to_date=to_date,
        opening=None,
        closing=closing,
        lines=part.lines,
        source_line=str(node.line),
    )
    proven = replace(statement, opening=_opening(node, account))
    return proven if ties(proven) else statement


def _closing(part: _Part, account: Account) -> tuple[int | None, date | None]:
    """Read the closing balance (LEDGERBAL); one that is empty is none, one without a day is left out and counted."""
    ledger = part.node.kid("LEDGERBAL")
    if ledger is None or not ledger.value("BALAMT"):
        return None, None
    amount, day = amount_of(ledger, "BALAMT", account), stated_day(ledger.value("DTASOF"))
    if day is None:
        part.left_out["undated"] += 1
        return None, None
    return amount, day


def _opening(node: Node, account: Account) -> int | None:
    """Find the opening balance in the list of balances (BALLIST)."""
    listed = node.kid("BALLIST")
    for balance in listed.kids if listed else ():
        if balance.name == "BAL" and balance.value("VALUE") and _OPENING.search(f"{balance.value('NAME')} {balance.value('DESC')}"):
            return amount_of(balance, "VALUE", account)
    return None


def _proof(statements: Sequence[Statement], remarks: Counter[str], units: Units) -> tuple[str, str]:
    """Say how far the file is proven, what it states, and what was left out."""
    told = [
        f"{remarks[kind]} {kind} transaction{'' if remarks[kind] == 1 else 's'} left out" for kind in ("held", "pending") if remarks[kind]
    ]
    if remarks["turned"]:
        told.append(f"{remarks['turned']} of type CREDIT or DEBIT with an amount of the other sign: read by the sign")
    if remarks["undated"]:
        told.append(f"{remarks['undated']} closing balance{'' if remarks['undated'] == 1 else 's'} without a day (DTASOF) not used")
    if all(s.opening is not None for s in statements):
        return "proven", proof_sentence(statements, units, remarks=told)
    bare, closing = sum(s.opening is None for s in statements), sum(s.closing is not None for s in statements)
    first = f"On {bare} of {len(statements)} statements no opening balance proves that the lines are all; {closing} state the closing one"
    return "not_proven", "; ".join([first, *told]) + "."


def _refuse_error(node: Node, file: str) -> None:
    """Refuse an answer of the bank that is an error instead of a statement."""
    status = node.kid("STATUS") if node.name.endswith("STMTTRNRS") else None
    if status is not None and status.value("SEVERITY").upper() == "ERROR":
        told = " ".join(filter(None, [status.value("CODE"), status.value("MESSAGE")]))
        raise InputError(
            f"the bank answers with an error instead of a statement ({told})",
            where=place(file, status.line), cure="Download the transactions again",
        )  # fmt: skip


def _header(text: str) -> dict[str, str]:
    """Read the keys of the header, one a line, all on one line, or as attributes."""
    start = text.upper().find("<OFX>")
    pieces = _KEYS.split(text[: start if start >= 0 else 4096])
    return {key: re.split(r"[\s\"'?]", value, maxsplit=1)[0] for key, value in zip(pieces[1::2], pieces[2::2], strict=True)}


def _version(head: dict[str, str]) -> str:
    found = re.fullmatch(r"([0-9])([0-9]{2})", head.get("VERSION", ""))
    return f"OFX {found[1]}.{found[2]}" if found else "OFX"


def _decoded(received: Received, text: str, encoding: str, head: dict[str, str]) -> tuple[str, str]:
    """Decode again by the charset that the file declares, where the text is neither ASCII nor UTF-8."""
    if encoding.startswith(("utf", "ascii")):
        return text, encoding
    stated = re.match(rb"\s*(?:\xef\xbb\xbf)?<\?xml[^>]{0,100}encoding=[\"']([A-Za-z0-9_-]+)", received.data[:400])
    declared = stated[1].decode("ascii") if stated else head.get("CHARSET", "")
    for name in (declared, f"cp{declared}", f"iso-{declared}"):
        try:
            known = codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
        if re.fullmatch(r"cp[0-9]{3,4}|iso8859-[0-9]{1,2}|shift_jis|gbk|big5|euc_[jk][pr]|koi8-[ru]", known) and known != "iso8859-1":
            try:
                return received.data.decode(known), known
            except UnicodeDecodeError:
                return text, encoding
    return text, encoding


def claims(head: str) -> bool:
    """Say whether a text begins as OFX does: with its header, its processing instruction or its first tag."""
    begins = r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[^>]*-->\s*)?(?:OFXHEADER\s*:|<\?OFX\b|<OFX>)"
    return re.match(begins, head, re.IGNORECASE) is not None or re.search(r"(?m)^OFXHEADER\s*:\s*[0-9]{3}", head) is not None


FORMAT = Format("OFX", claims, read, charset="cp1252")
