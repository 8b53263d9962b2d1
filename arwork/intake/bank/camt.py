"""ISO 20022 account statements: camt.053 in every version, and the reports camt.052 and camt.054 (1.5, RC-20).

The file is read as a stream with hardened settings: no DTD at all, no entities, no network, comments and processing
instructions dropped (a comment inside an amount changes nothing), elements found by local name in any namespace.
A statement counts only when opening + lines = closing; its own summary, where it has one, must agree too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from io import BytesIO

from lxml import etree

from arwork.errors import InputError, place
from arwork.intake.bank.amounts import minor_units, xml_amount
from arwork.intake.bank.camt_entry import Context, Element, amount_of, day_of, kids, lines_of, signed, status, text
from arwork.intake.bank.statement import BankFile, Line, Statement, account_code, bank_file, proof_sentence, ties, untied
from arwork.intake.received import Received
from arwork.money import Units

_CURE = "Fetch the file again from the bank"
_OPENING = ("OPBD", "PRCD", "ITBD", "OPAV")
_CLOSING = ("CLBD", "ITBD", "CLAV")
_STATEMENTS = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}
_LEFT_OUT = {"PDNG": "pending", "FUTR": "future", "INFO": "informative"}


@dataclass
class _Part:
    """A statement while it streams by: entries are taken one by one, everything else when the statement ends."""

    path: str
    account: str = ""
    currency: str = ""
    entries: int = 0
    lines: list[Line] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Balance:
    code: str
    amount: int
    currency: str
    day: date | None


def read(received: Received, units: Units) -> BankFile:
    """Read a camt.052, .053 or .054 file whole; InputError names the place and the figures otherwise."""
    statements: list[Statement] = []
    left_out: Counter[str] = Counter()
    counted, unproven, name, encoding = 0, 0, "", ""
    for part, head in _parts(received, units):
        tree = head.getroottree()
        name, encoding = _format(head), tree.docinfo.encoding or "UTF-8"
        statement = _statement(part, head, units, received.name)
        agreed = _summary(part, head, statement, Context(received.name, part.path, statement.account, units))
        unproven += int(bool(part.entries) and not agreed and statement.opening is None)
        counted += int(agreed)
        statements.append(statement)
        left_out += part.left_out
    if not statements:
        raise InputError("the file holds no statement", where=place(received.name), cure=_CURE)
    completeness, proof = _proof(statements, units, left_out, counted=bool(counted) and not unproven)
    return bank_file(received, statements, format=name, encoding=encoding, completeness=completeness, proof=proof)


def _proof(statements: Sequence[Statement], units: Units, left_out: Counter[str], *, counted: bool) -> tuple[str, str]:
    """Say whether the file is proven, counted or not proven, and the sentence for it."""
    remarks = [f"{count} {kind} {'entry' if count == 1 else 'entries'} left out" for kind, count in sorted(left_out.items())]
    if all(s.opening is not None for s in statements):
        return "proven", proof_sentence(statements, units, remarks=remarks)
    how = "the counts and sums that it states agree" if counted else "nothing proves that it is whole"
    return ("counted" if counted else "not_proven"), "; ".join([f"The file states no balances that prove it: {how}", *remarks]) + "."


def _parts(received: Received, units: Units) -> Iterator[tuple[_Part, Element]]:
    """Stream the statements of a file, each with the small elements that are left of it."""
    numbers: Counter[str] = Counter()
    part = _Part("")
    try:
        _refuse_doctype(received)
        for event, element in _stream(received.data, "{*}Ntry", *(f"{{*}}{name}" for name in _STATEMENTS)):
            kind = _name(element)
            if kind == "Ntry":
                if event == "end" and _name(element.getparent()) in _STATEMENTS:
                    _entry(part, element, units, received.name)
            elif event == "start":
                numbers[kind] += 1
                above = "".join("/" + _name(a) for a in reversed(list(element.iterancestors())))
                part = _Part(f"{above}/{kind}[{numbers[kind]}]")
            else:
                yield part, element
                element.clear()
    except etree.XMLSyntaxError as broken:
        where = place(received.name, broken.lineno or "")
        raise InputError(f"the XML is cut off or damaged: {broken.msg}", where=where, cure=_CURE) from None


def _stream(data: bytes, *tags: str) -> Iterator[tuple[str, Element]]:
    yield from etree.iterparse(
        BytesIO(data), events=("start", "end"), tag=tags or None, load_dtd=False, no_network=True, resolve_entities=False,
        remove_comments=True, remove_pis=True, huge_tree=False, recover=False,
    )  # fmt: skip


def _refuse_doctype(received: Received) -> None:
    _, root = next(_stream(received.data))
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise InputError(
            "the XML declares a document type (DOCTYPE), which no bank statement needs and which can hide content",
            where=place(received.name), cure="Do not use this file; fetch it again from the bank",
        )  # fmt: skip


def _name(element: Element | None) -> str:
    return "" if element is None else str(element.tag).rpartition("}")[2]


def _format(head: Element) -> str:
    """Name the format by its namespace, or by the element that holds the entries."""
    found = re.search(r"camt\.05[234]\.[0-9]{3}\.[0-9]{2}", etree.QName(head).namespace or "")
    return found[0] if found else _STATEMENTS[_name(head)]


def _entry(part: _Part, entry: Element, units: Units, file: str) -> None:
    """Take one entry in, then free the memory of the entry before it."""
    head = entry.getparent()
    if not part.entries:
        part.account, part.currency = _account(head), text(head, "Acct/Ccy")
    part.entries += 1
    context = Context(file, f"{part.path}/Ntry[{part.entries}]", part.account, units)
    state = status(entry)
    if state == "BOOK":
        lines, currency = lines_of(entry, context)
        part.currency = part.currency or currency
        if currency != part.currency:
            what = f"an entry in {currency} on an account in {part.currency}"
            raise InputError(what, where=context.where("Amt", text(entry, "Amt")), cure=_CURE)
        part.lines.extend(lines)
        mark = text(entry, "CdtDbtInd")
        part.counts[mark] += 1
        part.sums[mark] += abs(sum(line.amount for line in lines))
    else:
        part.left_out[_LEFT_OUT.get(state, f"unbooked ({state})")] += 1
    before = entry.getprevious()
    if _name(before) == "Ntry":
        head.remove(before)


def _account(head: Element) -> str:
    for path in ("Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN", "Acct/Id/UPIC"):
        if written := text(head, path):
            return account_code(written)
    return ""


def _statement(part: _Part, head: Element, units: Units, file: str) -> Statement:
    """Close one statement: its account, its balances, its proof."""
    account = _account(head)
    context = Context(file, part.path, account, units)
    if not account:
        raise InputError("a statement does not say for which account it is", where=context.where("Acct/Id"), cure=_CURE)
    opening, closing = _balances(head, context)
    currencies = {text(head, "Acct/Ccy"), part.currency, *(b.currency for b in (opening, closing) if b)} - {""}
    if len(currencies) != 1:
        what = f"one statement in several currencies: {', '.join(sorted(currencies))}" if currencies else "a statement without a currency"
        raise InputError(what, where=context.where("Bal"), cure=_CURE)
    both = opening is not None and closing is not None
    statement = Statement(
        account=account,
        currency=currencies.pop(),
        number=text(head, "Id") or text(head, "ElctrncSeqNb") or "unnumbered",
        sequence=(text(head, "ElctrncSeqNb") or text(head, "LglSeqNb")).lstrip("0"),
        from_date=_day(head, "FrToDt/FrDtTm"),
        to_date=_last_day(head, closing, part.lines, context),
        opening=opening.amount if opening and both else None,
        closing=closing.amount if closing and both else None,
        lines=part.lines,
        source_line=part.path,
    )
    final = _name(head) == "Stmt"
    if final and not both:
        raise InputError(f"statement {statement.number} states no opening or no closing balance", where=context.where("Bal"), cure=_CURE)
    return _tied(statement, units, file, refuse=final or (closing is not None and closing.code == "CLBD")) if both else statement


def _balances(head: Element, context: Context) -> tuple[_Balance | None, _Balance | None]:
    """Choose the best opening and closing balance there is; interim and available balances only stand in."""
    found = []
    for balance in kids(head, "Bal"):
        code = text(balance, "Tp/CdOrPrtry/Cd") or text(balance, "Tp/Cd")
        amount = amount_of(balance, "Amt", context) if code in _OPENING + _CLOSING else None
        if amount:
            found.append(_Balance(code, signed(balance, amount[0], context), amount[1], day_of(balance, "Dt", context)))
    opens: list[_Balance | None] = [b for code in _OPENING for b in found if b.code == code]
    closes: list[_Balance | None] = [b for code in _CLOSING for b in reversed(found) if b.code == code]
    opening, closing = [*opens, None][0], [*closes, None][0]
    if opening is not None and opening is closing:
        # One interim balance cannot both open and close: it opens a page that another balance closes, or the reverse.
        later = [b for b in closes if b is not opening]
        earlier = [b for b in opens if b is not opening]
        return (opening, later[0]) if later else ([*earlier, None][0], closing)
    return opening, closing


def _last_day(head: Element, closing: _Balance | None, lines: Sequence[Line], context: Context) -> date:
    """Day of the closing balance; where the file does not date it: the end of its period, the last line, the report itself."""
    last = (
        (closing.day if closing else None) or _day(head, "FrToDt/ToDtTm")
        or max((line.booking_date for line in lines), default=None) or _day(head, "CreDtTm")
    )  # fmt: skip
    if last is None:
        raise InputError("a statement has no date", where=context.where("Bal/Dt"), cure=_CURE)
    return last


def _day(head: Element, path: str) -> date | None:
    """Read the day of an instant as written; None when there is none that reads."""
    try:
        return date.fromisoformat(text(head, path)[:10])
    except ValueError:
        return None


def _tied(statement: Statement, units: Units, file: str, *, refuse: bool) -> Statement:
    """Prove opening + lines = closing; reversals are read the other way round when only so the statement ties (RC-20)."""
    if ties(statement):
        return statement
    lines = [_turned(line) if line.reversal else line for line in statement.lines]
    turned = replace(statement, lines=lines)
    if ties(turned):
        return turned
    if refuse:
        raise untied(statement, units, file)
    return replace(statement, opening=None, closing=None)


def _turned(line: Line) -> Line:
    name, account, bank = line.turned
    reason = f"{line.class_reason}; sign read against CdtDbtInd, because only so the statement ties"
    return replace(line, amount=-line.amount, class_reason=reason, remitter_name=name, remitter_account=account, remitter_bank=bank)


def _summary(part: _Part, head: Element, statement: Statement, context: Context) -> bool:
    """Check the counts and sums that the bank states; InputError when they disagree, False when there are none to check.

    With unbooked entries left out the bank's figures are not compared: banks differ in whether they count those.
    """
    if part.left_out:
        return False
    counts, sums = part.counts, part.sums
    agreed = False
    for name, marks in (("TtlNtries", ("CRDT", "DBIT")), ("TtlCdtNtries", ("CRDT",)), ("TtlDbtNtries", ("DBIT",))):
        for block in kids(head, f"TxsSummry/{name}"):
            count, total = text(block, "NbOfNtries"), text(block, "Sum").lstrip("-")
            where = context.where(f"TxsSummry/{name}", f"{count} entries, {total}")
            entries = sum(counts[mark] for mark in marks)
            if count and count.lstrip("0") != str(entries or ""):
                raise InputError(f"the bank counts {count} entries, the file holds {entries}", where=where, cure=_CURE)
            have = sum(sums[mark] for mark in marks)
            if total and minor_units(xml_amount(total), total, statement.currency, context.units, where) != have:
                made = context.units.text(have, statement.currency)
                raise InputError(f"the bank sums {total}, the entries make {made} {statement.currency}", where=where, cure=_CURE)
            agreed = agreed or bool(count)
    return agreed
