"""SWIFT MT940 and MT950 statements, bare or in their envelopes, of any number of accounts in one file (1.5, RC-20).

Every statement must open and close with a balance and tie; the pages of one statement (60M, 62M) must follow each other
without a gap. Interim reports (MT942) may stand beside them. Anything that does not stand where it must is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from arwork.errors import InputError, place
from arwork.intake.bank.formats import Format
from arwork.intake.bank.mt940_fields import CURE, Balance, amount_in, balance
from arwork.intake.bank.mt940_lines import Booked, account_of, booked, number_of
from arwork.intake.bank.mt940_messages import Message, messages
from arwork.intake.bank.mt942 import Report, check_counts, report
from arwork.intake.bank.statement import BankFile, Statement, bank_file, proof_sentence, ties, untied
from arwork.intake.received import Received
from arwork.money import Units

_SUMS = re.compile(r"\s*/SUM/([0-9]{1,9})/([0-9]{1,9})/(?:([0-9.,]+)/([0-9.,]+)/?)?")
_OLD_SUMS = re.compile(r"\s*D([0-9]{6})C([0-9]{6})D([0-9.,]+)C([0-9.,]+)\s*")
_TAGS = re.compile(r"(?m)^[ \t\x01]*(?:@@)?:(20|25P?|28C?|34F|60[FM]|61|62[FM]|64|65|86|90[CD]|NS):")


@dataclass(frozen=True)
class _Page:
    """One message read: a statement, its page number, whether its balances are the first and the last, its bookings."""

    statement: Statement
    page: int
    opens: bool
    closes: bool
    line: int
    made: Booked


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read an MT940, MT942 or MT950 file whole; InputError names the line and the figures otherwise."""
    if text.count("{4:") > len(re.findall(r"-\s*\}", text)):
        raise InputError("a message is not closed by its envelope (-}): the file is cut off", where=place(received.name), cure=CURE)
    pages: list[_Page] = []
    reports: list[Report] = []
    for message in messages(text, received.name):
        if message.is_report():
            reports.append(report(message, received.name, units))
        else:
            pages.append(_page(message, received.name, units))
    if not pages and not reports:
        raise InputError("the file holds no statement", where=place(received.name), cure=CURE)
    remarks = [*_remarks([*(p.made for p in pages), *(r.booked for r in reports)]), *_begun(pages)]
    statements = list(_chained(pages, units, received.name))
    completeness, proof = _proof(statements, reports, units, remarks)
    name = "MT950" if re.search(r"\{2:[IO]950", text) else "MT940"
    return bank_file(
        received,
        [*statements, *(r.statement for r in reports)],
        format=" and ".join([name] * bool(pages) + ["MT942"] * bool(reports)),
        encoding=encoding,
        completeness=completeness,
        proof=proof,
    )


def _proof(statements: Sequence[Statement], reports: Sequence[Report], units: Units, remarks: Sequence[str]) -> tuple[str, str]:
    """Say how far the file is proven: balances of statements, counts and sums of interim reports."""
    if not reports:
        return "proven", proof_sentence(statements, units, remarks=remarks)
    counted = all(r.counted for r in reports)
    lines = sum(len(r.statement.lines) for r in reports)
    how = "the counts and sums of debits and credits that the file states agree" if counted else "no counts and sums prove all of them"
    told = (
        f"{len(reports)} interim report{'' if len(reports) == 1 else 's'} without balances: {how} ({lines} line{'' if lines == 1 else 's'})"
    )
    parts = [proof_sentence(statements, units).rstrip("."), told] if statements else [told]
    return ("counted" if counted else "not_proven"), "; ".join([*parts, *remarks]) + "."


def _remarks(made: Sequence[Booked]) -> Iterator[str]:
    """Say what was left out or read with care."""
    expected = sum(len(m.expected) for m in made)
    moved = sorted({day for m in made for day in m.moved})
    if expected:
        yield f"{expected} expected {'entry' if expected == 1 else 'entries'} left out"
    if moved:
        yield f"value dates that no calendar has are read as the last day of February ({', '.join(moved)})"


def _begun(pages: Sequence[_Page]) -> Iterator[str]:
    """Name each statement whose earlier pages are in another file."""
    after = True
    for page in pages:
        if after and not page.opens:
            yield f"statement {page.statement.number} of {page.statement.account} begins on page {page.page or 'unnumbered'} (60M)"
        after = page.closes


def _page(message: Message, file: str, units: Units) -> _Page:
    """Read one message and prove that it ties."""
    opening, opens = _balance_of(message, ("60F", "60M"), file, units)
    closing, closes = _balance_of(message, ("62F", "62M"), file, units)
    if opening.currency != closing.currency:
        what = f"opening in {opening.currency}, closing in {closing.currency}"
        raise InputError(what, where=place(file, message.start), cure=CURE)
    named = message.first("25", "25P")
    if named is None or not named.value():
        raise InputError("the statement does not say for which account it is (25)", where=place(file, message.start), cure=CURE)
    account = account_of(named.value(), opening.currency)
    made = booked(message, account, opening.currency, file, units)
    number, page = number_of(message)
    statement = Statement(
        account=account,
        currency=opening.currency,
        number=number,
        sequence=number.lstrip("0") if number.isdigit() else "",
        from_date=None,
        to_date=closing.day,
        opening=opening.amount,
        closing=closing.amount,
        lines=made.lines,
        source_line=str(message.start),
    )
    if not ties(statement):
        raise untied(statement, units, file)
    if opens and closes:
        check_counts(message, made, opening.currency, {"C": 0, "D": 0}, file, units)
        _check_own_sums(message, statement, file, units)
    return _Page(statement, page, opens, closes, message.start, made)


def _balance_of(message: Message, tags: tuple[str, str], file: str, units: Units) -> tuple[Balance, bool]:
    found = message.first(*tags)
    if found is None:
        raise InputError(f"the statement has no balance ({tags[0]})", where=place(file, message.start), cure=CURE)
    return balance(found, units, place(file, found.number, value=found.value())), found.tag.endswith("F")


def _check_own_sums(message: Message, statement: Statement, file: str, units: Units) -> None:
    """Compare numbers and sums of debits and credits that ING writes behind the closing balance (`:86:/SUM/4/4/…`)."""
    closing = next(i for i, f in enumerate(message.fields) if f.tag.startswith("62"))
    sums = statement.lines.debits, statement.lines.credits
    for found in message.fields[closing:]:
        written = "".join(found.lines)
        stated = (_SUMS.match(written) or _OLD_SUMS.match(written)) if found.tag == "86" else None
        if stated is None:
            continue
        where = place(file, found.number, value=written.strip())
        counts = sum(line.amount < 0 for line in statement.lines), sum(line.amount > 0 for line in statement.lines)
        if (int(stated[1]), int(stated[2])) != counts:
            what = f"the bank counts {stated[1]} debits and {stated[2]} credits, the statement holds {counts[0]} and {counts[1]}"
            raise InputError(what, where=where, cure=CURE)
        told = [amount_in(text, statement.currency, units, where) for text in (stated[3], stated[4]) if text]
        if told and tuple(told) != sums:
            held = " and ".join(units.text(one, statement.currency) for one in sums)
            what = f"the bank sums debits to {stated[3]} and credits to {stated[4]}, the statement holds {held}"
            raise InputError(what, where=where, cure=CURE)


def _chained(pages: Sequence[_Page], units: Units, file: str) -> Iterator[Statement]:
    """Join the pages of a statement; a page that is missing, repeated or out of order is refused and named.

    The first page in the file may be a later page of its statement: its opening balance proves it all the same.
    """
    whole: _Page | None = None
    for page in pages:
        if whole is None:
            whole = page
        else:
            last = whole.statement
            same = (page.statement.account, page.statement.currency) == (last.account, last.currency) and not page.opens
            if not same or page.statement.opening != last.closing or (page.page and whole.page and page.page != whole.page + 1):
                raise _missing(whole, whole.page + 1, "after", file)
            last.lines.extend(page.statement.lines)
            joined = replace(last, closing=page.statement.closing, to_date=page.statement.to_date)
            whole = replace(page, statement=joined, opens=True)
        if whole.closes:
            yield whole.statement
            whole = None
    if whole is not None:
        raise _missing(whole, whole.page + 1, "after", file)


def _missing(page: _Page, number: int, side: str, file: str) -> InputError:
    near = f"statement {page.statement.number} of {page.statement.account}"
    return InputError(
        f"page {number} of {near} is missing {side} page {page.page}",
        where=place(file, page.line),
        cure="Put all pages of the statement into one file, in their order",
    )


def claims(head: str) -> bool:
    """Say whether a text has the fields of an MT940, MT950 or MT942, bare or in its envelope."""
    envelope = re.search(r"\{2:[IO]([0-9]{3})", head)
    if envelope and envelope[1] not in ("940", "942", "950"):
        return False
    return _TAGS.search(head.replace("\r", "\n").replace("@@:", "\n:")) is not None


FORMAT = Format("MT940", claims, read)
