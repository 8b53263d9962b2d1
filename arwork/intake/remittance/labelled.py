"""Values with a label beside them: `Check amount: 4,250.00`; and advices that are nothing but labels and a sentence or two."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from arwork.errors import InputError, place
from arwork.intake.remittance.rows import Money, Row, label, leading_money, looks_like_money, money, trailing_code
from arwork.intake.remittance.text_layout import TextLayout, no_layout
from arwork.intake.remittance.told import Told
from arwork.intake.remittance.values import day_text

_CURE = "Ask the payer which is meant, or write a text layout for this payer"
_MOST_WORDS = 5
_TO = ("to", "for", "against", "fur", "zu", "auf", "pour", "a", "para", "voor", "per", "op", "towards")
_BETWEEN = ("invoice", "invoices", "inv", "no", "number", "rechnung", "facture", "factura", "factuur", "fattura", "the", "la", "die", "de")
_AND = re.compile(r"[,;]|\s+(?:and|und|et|y|en|e|&|\+)\s+|\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Labelled:
    """The values that labels announced: heads, the stated amount, documents with their place, and deductions with their words."""

    heads: Mapping[str, str]
    amount: Money | None
    documents: Sequence[tuple[str, str]]
    deductions: Sequence[tuple[Money, str, str]]


def labelled(rows: Sequence[Row], layout: TextLayout, file: str, used: set[int]) -> Labelled:
    """Read the values beside known labels in all rows that are no part of a table.

    A meaning is taken from the first of its labels that the text has. Raises InputError where that label stands with two
    different values.
    """
    known = {label(word): (name, rank) for name, words in layout.words.items() for rank, word in enumerate(words)}
    found: dict[str, tuple[int, str, str, bool]] = {}
    documents: list[tuple[str, str]] = []
    deductions: list[tuple[Money, str, str]] = []
    for at, row in enumerate(rows):
        for written, value, native in _pairs(row, known) if at not in used else ():
            name, rank = known[written]
            if name == "documents":
                documents += [(part.strip("().:"), row.place) for part in _AND.split(value) if _is_number(part.strip("().:"))]
            elif name == "deductions":
                amount, words = leading_money(value)
                if amount is not None:
                    deductions.append((amount, words.strip(" ,;:-"), row.place))
            elif (shown := _fitting(name, value)) is not None:
                _keep(found, name, (rank, shown, row.place, native), file)
    total = found.get("payment_amount") or found.get("total")
    amount = money(total[1], native=total[3]) if total else None
    heads = {name: entry[1] for name, entry in found.items() if name not in ("payment_amount", "total")}
    return Labelled(heads, amount, list(dict(documents).items()), deductions)


def _pairs(row: Row, known: Mapping[str, tuple[str, int]]) -> Iterator[tuple[str, str, bool]]:
    """Yield the known labels of a row with the value beside each: after a colon, in the next cell, or after the label's words."""
    skip = False
    for n, cell in enumerate(row.cells):
        if skip:
            skip = False
            continue
        head, colon, tail = cell.partition(":")
        written = label(head)
        after = row.cells[n + 1] if n + 1 < len(row.cells) else ""
        code, beside = trailing_code(head), money(tail.strip() or after)
        if code and written not in known and label(head.strip()[:-3]) in known and beside is not None and not beside.currency:
            # `Total paid EUR` names the currency of the amount beside it.
            skip = not tail.strip()
            yield label(head.strip()[:-3]), f"{code} {tail.strip() or after}", False
            continue
        if colon and written in known:
            skip = not tail.strip() and bool(after)
            yield written, tail.strip() or ("" if after.endswith(":") else after), skip and row.is_native(n + 1)
        elif not colon and written in known and after:
            skip = True
            yield written, after.removeprefix(":").strip(), row.is_native(n + 1)
        elif not colon or written not in known:
            words = cell.split()
            size = next((k for k in range(min(_MOST_WORDS, len(words) - 1), 0, -1) if label(" ".join(words[:k])) in known), 0)
            if size and len(words) - size <= 4:
                yield label(" ".join(words[:size])), " ".join(words[size:]).lstrip(": ").strip(), False


def _fitting(name: str, value: str) -> str | None:
    """Give the value where it is of the kind that its label announces; None otherwise."""
    if name in ("payment_amount", "total"):
        amount, rest = leading_money(value)
        return (
            value
            if money(value)
            else value[: len(value) - len(rest)].strip()
            if amount is not None and looks_like_money(value.split()[0])
            else None
        )
    if name in ("payment_date", "advice_date"):
        return value if day_text(value) else None
    if name in ("payment_ref", "trace_no", "number"):
        return value if _is_number(value.split(" ")[0]) and len(value) <= 60 else None
    if name == "currency":
        return value if re.fullmatch(r"[A-Z]{3}", value) else None
    return value if 0 < len(value) <= 140 else None


def _is_number(text: str) -> bool:
    return 2 <= len(text) <= 60 and any(mark.isdigit() for mark in text) and not text.startswith(("$", "€", "£"))


def _keep(found: dict[str, tuple[int, str, str, bool]], name: str, new: tuple[int, str, str, bool], file: str) -> None:
    """Keep the value of the more telling label; the same label with another value is not clear."""
    old = found.get(name)
    if old is None or new[0] < old[0]:
        found[name] = new
    elif old[0] == new[0] and old[1] != new[1] and name not in ("payer_name", "currency"):
        what = f"states {name.replace('_', ' ')} twice: {old[1]!r} and {new[1]!r}"
        raise InputError(what, where=place(file, new[2], value=new[1]), cure=_CURE)


def lines_of(said: Labelled, rows: Sequence[Row], file: str) -> tuple[list[Told], bool]:
    """Make lines of an advice without a table: each document with the amount that a sentence gives it, else one document with the payment.

    Returns the lines and whether sentences gave the amounts. Raises InputError where documents or amounts are missing or
    cannot be given to each other.
    """
    names = [name for name, _ in said.documents]
    if not names:
        raise no_layout(file, "no layout reads this text as an advice: it names no document")
    by_sentence = _sentences(rows, names, file)
    if by_sentence and set(by_sentence) != set(names):
        missing = ", ".join(name for name in names if name not in by_sentence)
        raise InputError(f"it says what some documents get, but not {missing}", where=place(file), cure=_CURE)
    if not by_sentence and (len(names) > 1 or said.amount is None):
        what = f"it names {len(names)} documents and does not say what each gets" if len(names) > 1 else "it names a document and no amount"
        raise no_layout(file, what)
    lines = []
    taken_off = _taken_off(said, names, file)
    for name, where in said.documents:
        own = taken_off.get(name)
        net = by_sentence.get(name) or said.amount
        lines.append(Told(where, name, net=net, deduction=own[0] if own else None, reason=own[1] if own else ""))
    return lines, bool(by_sentence)


def _sentences(rows: Sequence[Row], names: Sequence[str], file: str) -> dict[str, Money]:
    """Find `$400.00 to INV-10581` in running text; InputError where a document gets two amounts."""
    words = [word for row in rows for word in row.text.split()]
    found: dict[str, Money] = {}
    wanted = set(names)
    for at, word in enumerate(words):
        name = word.strip(".,;:()")
        if name not in wanted:
            continue
        before = at - 1
        while before >= 0 and label(words[before]) in _BETWEEN:
            before -= 1
        if before < 1 or label(words[before]) not in _TO or not looks_like_money(words[before - 1].strip(",;")):
            continue
        amount = money(words[before - 1].strip(",;"))
        if amount is not None and found.setdefault(name, amount) != amount:
            raise InputError(f"{name} gets two amounts", where=place(file, value=name), cure=_CURE)
    return found


def _taken_off(said: Labelled, names: Sequence[str], file: str) -> dict[str, tuple[Money, str]]:
    """Give each deduction to the one document that its words name, or to the only one."""
    found: dict[str, tuple[Money, str]] = {}
    for amount, words, where in said.deductions:
        named = [name for name in names if name in re.split(r"[\s,;:()]+", words)] or (list(names) if len(names) == 1 else [])
        if len(named) != 1 or named[0] in found:
            raise InputError("it is not clear from which document this is taken off", where=place(file, where, value=words), cure=_CURE)
        found[named[0]] = (amount, words)
    return found
