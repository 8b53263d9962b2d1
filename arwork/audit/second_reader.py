"""A second, small reader of what came in: it knows only counts, signs, amounts and balances, and shares no line with the first one.

camt.053, MT940, BAI2, and CSV of open items with our own column names. What it does not know it says; it guesses nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from xml.etree import ElementTree

DECIMALS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "XAF": 0, "XOF": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}
"""Decimals of the currencies that have not two."""


class Counted(NamedTuple):
    """One statement, or one table by currency: how many entries, money in, money out (minor units), balances where there are any."""

    currency: str
    entries: int
    credits: int
    debits: int
    opening: int | None = None
    closing: int | None = None


class UnknownError(Exception):
    """This reader does not know what it was given; nothing follows from that."""


def counted(data: bytes, kind: str, encoding: str, decimals: Mapping[str, int]) -> list[Counted]:
    """Count a file as received. `kind` is the format that the pack states for it; `decimals` overrides those of a currency.

    Raises UnknownError for another format, or a form of it that this reader does not know.
    """
    places = {**DECIMALS, **decimals}
    try:
        if kind.startswith("camt.053"):
            return list(_camt(data, places))
        text = data.decode(encoding or "utf-8")
        if kind == "MT940":
            return list(_mt940(text, places))
        if kind == "BAI2":
            return list(_bai2(text))
        if kind == "open items":
            return list(_items(text, places))
    except (UnicodeDecodeError, LookupError, InvalidOperation, ElementTree.ParseError, ValueError, IndexError, csv.Error) as broken:
        raise UnknownError(f"{type(broken).__name__}: {broken}") from None
    raise UnknownError(f"format {kind}")


def _minor(text: str, currency: str, places: Mapping[str, int]) -> int:
    scaled = Decimal(text.strip()).scaleb(places.get(currency, 2))
    if scaled != scaled.to_integral_value():
        raise UnknownError(f"an amount of {text} {currency}")
    return int(scaled)


def _camt(data: bytes, places: Mapping[str, int]) -> Iterator[Counted]:
    """Read statements of camt.053: booked entries by their own amount and side, OPBD or PRCD, and CLBD."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnknownError("a document type")
    root = ElementTree.fromstring(data)  # noqa: S314 (a document type, and with it every entity, was refused above)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    for statement in root.iter("Stmt"):
        entries = [e for e in statement.findall("Ntry") if (e.findtext("Sts/Cd") or e.findtext("Sts") or "BOOK").strip() == "BOOK"]
        balances = {(b.findtext("Tp/CdOrPrtry/Cd") or "").strip(): _sided(b, places) for b in statement.findall("Bal")}
        opening, closing = balances.get("OPBD") or balances.get("PRCD"), balances.get("CLBD")
        if opening is None or closing is None or len(balances) != len(statement.findall("Bal")):
            raise UnknownError("a statement without one opening and one closing balance")
        amounts = [_sided(entry, places) for entry in entries]
        if {currency for currency, _ in [*amounts, opening, closing]} != {opening[0]}:
            raise UnknownError("entries in another currency than the account")
        yield _sums(opening[0], [minor for _, minor in amounts], opening[1], closing[1])


def _sided(element: ElementTree.Element, places: Mapping[str, int]) -> tuple[str, int]:
    amount = element.find("Amt")
    if amount is None:
        raise UnknownError("an entry without an amount")
    currency, minor = amount.get("Ccy", ""), _minor("".join(amount.itertext()), amount.get("Ccy", ""), places)
    side = (element.findtext("CdtDbtInd") or "").strip()
    if side not in ("CRDT", "DBIT"):
        raise UnknownError("an entry that is neither credit nor debit")
    return currency, minor if side == "CRDT" else -minor


def _sums(currency: str, amounts: list[int], opening: int | None = None, closing: int | None = None) -> Counted:
    return Counted(currency, len(amounts), sum(a for a in amounts if a > 0), -sum(a for a in amounts if a < 0), opening, closing)


_BALANCE = re.compile(r":(60|62)([FM]):([CD])[0-9]{6}([A-Z]{3})([0-9]+,[0-9]*)")
_ENTRY = re.compile(r":61:[0-9]{6}(?:[0-9]{4})?(C|D|RC|RD|EC|ED)[A-Z]?([0-9]+,[0-9]*)")


def _mt940(text: str, places: Mapping[str, int]) -> Iterator[Counted]:
    """Read statements of MT940, from 60F to 62F; pages between them are one statement."""
    amounts: list[int] = []
    opened: tuple[str, int] | None = None
    for line in re.split(r"\r\n|\n|\r", text):
        found = _BALANCE.match(line)
        if found:
            which, page, side, currency, digits = found.groups()
            minor = _minor(digits.replace(",", "."), currency, places) * (1 if side == "C" else -1)
            if which == "60" and page == "F":
                opened, amounts = (currency, minor), []
            elif which == "62" and page == "F" and opened:
                yield _sums(opened[0], amounts, opened[1], minor)
                opened = None
        elif line.startswith((":60", ":62")):
            raise UnknownError("a balance written otherwise")
        elif line.startswith(":61:"):
            entry = _ENTRY.match(line)
            if entry is None or opened is None:
                raise UnknownError("an entry written otherwise")
            minor = _minor(entry[2].replace(",", "."), opened[0], places)
            if entry[1] not in ("EC", "ED"):  # expected, not booked
                amounts.append(minor if entry[1] in ("C", "RD") else -minor)
    if opened:
        raise UnknownError("a statement that does not close")


def _bai2(text: str) -> Iterator[Counted]:
    """Read accounts of BAI2 whose records stand one a line: 03 with its balances, 16 with amounts in minor units."""
    amounts: list[int] = []
    account: tuple[str, int | None, int | None] | None = None
    group, before = "USD", ""
    for line in filter(None, (row.strip() for row in re.split(r"\r\n|\n|\r", text))):
        fields = line.rstrip("/").split(",")
        if fields[0] == "02":
            group = fields[6] if len(fields) > 6 and fields[6] else "USD"
        elif fields[0] == "03":
            stated = {code: int(amount) for code, amount in zip(fields[3::4], fields[4::4], strict=False) if code and amount}
            account, amounts = (fields[2] or group, stated.get("010"), stated.get("015")), []
        elif fields[0] == "16" and account:
            amounts.append(int(fields[2]) * (1 if 100 <= int(fields[1]) < 400 else -1))
        elif fields[0] == "49" and account:
            yield _sums(account[0], amounts, account[1], account[2])
            account = None
        elif fields[0] == "88" and before == "03":
            raise UnknownError("a summary that goes on in another record")
        elif fields[0] not in ("01", "88", "98", "99"):
            raise UnknownError("a record that this reader does not know")
        before = fields[0] if fields[0] != "88" else before


def _items(text: str, places: Mapping[str, int]) -> Iterator[Counted]:
    """Read a CSV of open items with our own column names: rows and open amounts by currency."""
    reader = csv.DictReader([f"{line}\n" for line in text.removeprefix("\ufeff").split("\n")], strict=True)
    if not {"currency", "open_amount_doc"} <= set(reader.fieldnames or ()):
        raise UnknownError("a table with other columns")
    found: dict[str, list[int]] = {}
    for row in reader:
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", row["open_amount_doc"] or "") or not re.fullmatch(r"[A-Z]{3}", row["currency"] or ""):
            raise UnknownError("amounts written otherwise")
        found.setdefault(row["currency"], []).append(_minor(row["open_amount_doc"], row["currency"], places))
    for currency, amounts in sorted(found.items()):
        counted_ = _sums(currency, amounts)
        yield counted_._replace(entries=len(amounts))
