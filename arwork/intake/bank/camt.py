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
from arwork.intake.advice import Advice
from arwork.intake.bank.amounts import minor_units, xml_amount
from arwork.intake.bank.camt_balance import Balance, balances, currency_of, stated_elsewhere
from arwork.intake.bank.camt_entry import entry_of, status
from arwork.intake.bank.camt_xml import CURE, Context, Element, Raw, kids, text
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, account_code, bank_file, proof_sentence, ties, untied
from arwork.intake.received import Received
from arwork.money import Units

_STATEMENTS = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}
_LEFT_OUT = {"PDNG": "pending", "FUTR": "future", "INFO": "informative"}


@dataclass
class _Part:
    """A statement while it streams by: entries are taken one by one, everything else when the statement ends."""

    path: str
    account: str = ""
    currency: str = ""
    report_day: date | None = None
    entries: int = 0
    lines: Lines = field(default_factory=Lines)
    counts: Counter[str] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    advices: list[Advice] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def read(received: Received, units: Units) -> BankFile:
    """Read a camt.052, .053 or .054 file whole; InputError names the place and the figures otherwise."""
    statements: list[Statement] = []
    advices: list[Advice] = []
    remarks: Counter[str] = Counter()
    counted, unproven, name, encoding = 0, 0, "", ""
    for part, head in _parts(received, units):
        tree = head.getroottree()
        name, encoding = _format(head), tree.docinfo.encoding or "UTF-8"
        said = Element(head)
        statement = _statement(part, said, _name(head) == "Stmt", units, received.name)
        agreed = _summary(part, said, statement, Context(received.name, part.path, statement.account, units))
        unproven += int(bool(part.entries) and not agreed and not ties(statement))
        counted += int(agreed)
        statements.append(statement)
        advices += part.advices
        remarks += Counter({f"{kind} left out": count for kind, count in part.left_out.items()})
        remarks += Counter({"in another currency read at the amount that the bank states in the account's": len(part.foreign)})
    if not statements:
        raise InputError("the file holds no statement", where=place(received.name), cure=CURE)
    completeness, proof = _proof(statements, units, remarks, counted=bool(counted) and not unproven)
    return bank_file(received, statements, format=name, encoding=encoding, completeness=completeness, proof=proof, advices=advices)


def _proof(statements: Sequence[Statement], units: Units, told: Counter[str], *, counted: bool) -> tuple[str, str]:
    """Say whether the file is proven, counted or not proven, and the sentence for it."""
    remarks = []
    for what, count in sorted(told.items()):
        word, _, rest = what.partition(" ")
        noun = "entry" if count == 1 else "entries"
        remarks.append(f"{count} {noun} {what}" if word == "in" else f"{count} {word} {noun} {rest}")
    if all(ties(s) for s in statements):
        return "proven", proof_sentence(statements, units, remarks=remarks)
    how = "the counts and sums that it states agree" if counted else "nothing proves that it is whole"
    return ("counted" if counted else "not_proven"), "; ".join([f"The file states no balances that prove it: {how}", *remarks]) + "."


def _parts(received: Received, units: Units) -> Iterator[tuple[_Part, Raw]]:
    """Stream the statements of a file, each with the small elements that are left of it."""
    numbers: Counter[str] = Counter()
    part = _Part("")
    try:
        _refuse_doctype(received)
        for event, element in _stream(received.data, "{*}Ntry", *(f"{{*}}{name}" for name in _STATEMENTS)):
            kind = _name(element)
            if ":" in kind:
                what = f"the XML uses a prefix that it does not declare ({kind})"
                raise InputError(what, where=place(received.name, element.sourceline or ""), cure=CURE)
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
        raise InputError(f"the XML is cut off or damaged: {broken.msg}", where=where, cure=CURE) from None


def _stream(data: bytes, *tags: str) -> Iterator[tuple[str, Raw]]:
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


def _name(element: Raw | None) -> str:
    return "" if element is None else str(element.tag).rpartition("}")[2]


def _format(head: Raw) -> str:
    """Name the format by its namespace, or by the element that holds the entries."""
    found = re.search(r"camt\.05[234]\.[0-9]{3}\.[0-9]{2}", str(head.tag).partition("}")[0])
    return found[0] if found else _STATEMENTS[_name(head)]


def _entry(part: _Part, raw: Raw, units: Units, file: str) -> None:
    """Take one entry in, then free the memory of the entry before it."""
    head, entry = raw.getparent(), Element(raw)
    if not part.entries:
        said = Element(head)
        part.account, part.currency = _account(said), currency_of(said)
        part.report_day = _day(said, "FrToDt/ToDtTm") or _day(said, "CreDtTm")
    part.entries += 1
    context = Context(file, f"{part.path}/Ntry[{part.entries}]", part.account, units, part.report_day)
    state = status(entry)
    if state == "BOOK":
        read = entry_of(entry, part.currency, context)
        part.currency = part.currency or read.currency
        part.lines.extend(read.lines)
        part.advices.extend(read.advices)
        part.foreign.extend([f"{read.foreign} ({context.path})"] if read.foreign else [])
        mark = text(entry, "CdtDbtInd")
        part.counts[mark] += 1
        part.sums[mark] += abs(read.amount)
    else:
        part.left_out[_LEFT_OUT.get(state, f"unbooked ({state})")] += 1
    before = raw.getprevious()
    if _name(before) == "Ntry":
        head.remove(before)


def _account(head: Element) -> str:
    for path in ("Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN", "Acct/Id/UPIC"):
        if written := text(head, path):
            return account_code(written)
    return ""


def _statement(part: _Part, head: Element, final: bool, units: Units, file: str) -> Statement:
    """Close one statement: its account, its balances, its proof."""
    account = _account(head)
    context = Context(file, part.path, account, units)
    if not account:
        raise InputError("a statement does not say for which account it is", where=context.where("Acct/Id"), cure=CURE)
    opening, closing = balances(head, part.currency or currency_of(head), context)
    currencies = {text(head, "Acct/Ccy"), part.currency, *(b.currency for b in (opening, closing) if b)} - {""}
    if len(currencies) != 1:
        what = f"one statement in several currencies: {', '.join(sorted(currencies))}" if currencies else "a statement without a currency"
        raise InputError(what, where=context.where("Bal"), cure=CURE)
    number = text(head, "Id") or text(head, "ElctrncSeqNb") or "unnumbered"
    currency = currencies.pop()
    both = opening is not None and closing is not None
    if final and (other := stated_elsewhere(head, opening, closing)):
        what = f"statement {number} states no {other} balance in {currency}, but one in another currency"
        raise InputError(what, where=context.where("Bal"), cure="Ask the bank for statements with opening and closing balance")
    statement = Statement(
        account=account,
        currency=currency,
        number=number,
        sequence=(text(head, "ElctrncSeqNb") or text(head, "LglSeqNb")).lstrip("0"),
        from_date=_day(head, "FrToDt/FrDtTm"),
        to_date=_last_day(head, closing, part.lines, context),
        # A report's one interim balance neither opens nor closes it; a statement may state only one of its two.
        opening=opening.amount if opening and (both or final) else None,
        closing=closing.amount if closing and (both or final) else None,
        lines=part.lines,
        source_line=part.path,
    )
    tied = _tied(statement, units, file, refuse=final or (closing is not None and closing.code == "CLBD")) if both else statement
    if part.foreign and not ties(tied):
        what = f"an entry of {part.foreign[0]} on an account in {statement.currency}, and no balance proves its amount there"
        raise InputError(what, where=context.where(), cure=CURE)
    return tied


def _last_day(head: Element, closing: Balance | None, lines: Lines, context: Context) -> date:
    """Day of the closing balance; where the file does not date it: the end of its period, the last line, the report itself."""
    last = (
        (closing.day if closing else None) or _day(head, "FrToDt/ToDtTm")
        or lines.last_day or _day(head, "CreDtTm")
    )  # fmt: skip
    if last is None:
        raise InputError("a statement has no date", where=context.where("Bal/Dt"), cure=CURE)
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
    if statement.lines.doubtful():
        turned = replace(statement, lines=Lines(_turned(line) if line.reversal else line for line in statement.lines))
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

    With unbooked entries left out the bank's figures are not compared: banks differ in whether they count those. Of all
    entries some banks state the net where the standard wants the gross sum.
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
                raise InputError(f"the bank counts {count} entries, the file holds {entries}", where=where, cure=CURE)
            have = {sum(sums[mark] for mark in marks)} | ({abs(sums["CRDT"] - sums["DBIT"])} if len(marks) > 1 else set())
            _check_sum(total, max(have), have, statement.currency, context, where)
            agreed = agreed or bool(count)
            net = text(block, "TtlNetNtryAmt") or text(block, "TtlNetNtry/Amt")
            moved = abs(sums["CRDT"] - sums["DBIT"])
            _check_sum(net.lstrip("-"), moved, {moved}, statement.currency, context, where)
    return agreed


def _check_sum(stated: str, shown: int, allowed: set[int], currency: str, context: Context, where: str) -> None:
    """Refuse a stated sum that is none of those allowed; `shown` is the one to name."""
    if stated and minor_units(xml_amount(stated), stated, currency, context.units, where) not in allowed:
        made = context.units.text(shown, currency)
        raise InputError(f"the bank sums {stated}, the entries make {made} {currency}", where=where, cure=CURE)
