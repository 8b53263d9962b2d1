"""The records of a BAI2 file, one by one without ever splitting the whole text, and the fields inside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from arwork.errors import InputError, place

CURE = "The file is damaged or incomplete: fetch it again from the bank"
CODES = frozenset({"01", "02", "03", "16", "49", "88", "98", "99"})
WIDTH = 80
"""The usual length of a physical record, where the file header states none."""
_AMOUNT = re.compile(r"[+-]?[0-9]{1,18}")
_PACKED = re.compile(r"[\r\n]+|(?<=/) *(?=(?:02|03|16|49|88|98|99),)")
_INSIDE = re.compile(r"/ *(?:02|03|16|49|88|98|99),")


@dataclass(slots=True)
class Logical:
    """One record with its continuations (88): its pieces without the closing slash, and which of them fill their line."""

    code: str
    line: int
    pieces: list[str]
    full: list[bool]


def is_packed(text: str) -> bool:
    """Say whether records may follow each other on one line: a slash and the code of a record stand inside of a line."""
    return bool(_INSIDE.search(text))


def physical(text: str, packed: bool) -> Iterator[tuple[int, str]]:
    """Give each physical record and its line: a line each; where records are packed, also what follows a slash."""
    if packed:
        at, number = 0, 1
        for found in _PACKED.finditer(text):
            yield number, text[at : found.start()]
            number += found[0].count("\n") or found[0].count("\r")
            at = found.end()
        yield number, text[at:]
        return
    end = "\n" if "\n" in text else "\r"
    at, number = 0, 0
    while at < len(text):
        stop = text.find(end, at)
        stop = len(text) if stop < 0 else stop
        number += 1
        yield number, text[at:stop]
        at = stop + 1


def logical(text: str, packed: bool, width: int, file: str) -> Iterator[tuple[Logical, int]]:
    """Give each record with its continuations, and how many physical records it takes.

    A text that fills its line of `width` characters runs on in the next without a blank. A line that begins with no code
    goes on where the line above it had no closing slash, and raises InputError otherwise.
    """
    record: Logical | None = None
    count = 0
    ended = True
    for number, line in physical(text, packed):
        line = line.strip(" \t\r\x1a")
        if not line:
            continue
        code = line[:2]
        content = line[3:]
        if line[2:3] != "," or code not in CODES:
            if ended or record is None or record.code != "16" or (len(record.pieces) == 1 and record.pieces[0].count(",") < 5):
                raise InputError("a line begins with no record code of BAI2", where=place(file, number, value=line), cure=CURE)
            content, code = line, ""
        ended = content.endswith("/")
        content = content.removesuffix("/")
        if code == "88" or not code:
            if record is None:
                raise InputError("a continuation (88) continues nothing", where=place(file, number, value=line), cure=CURE)
            record.pieces.append(content)
            record.full.append(not ended and len(line) == width)
            count += code == "88"
            continue
        if record is not None:
            yield record, count
        record, count = Logical(code, number, [content], [not ended and len(line) == width]), 1
    if record is not None:
        yield record, count


def header_fields(pieces: Sequence[str], wanted: int) -> tuple[list[str], int]:
    """Split the first `wanted` fields off a record; a last one is the rest of its piece. Gives how many pieces were used."""
    fields = pieces[0].split(",", wanted)
    used = 1
    while len(fields) < wanted and used < len(pieces):
        fields += pieces[used].split(",", wanted - len(fields))
        used += 1
    return fields, used


def amount(written: str, file: str, line: int, name: str) -> int:
    """Read an amount or a total as it stands, sign and all; blank is zero. InputError where it is not written in digits."""
    if written.isdigit() and written.isascii() and len(written) < 19:
        return int(written)
    if not written:
        return 0
    if not _AMOUNT.fullmatch(written):
        raise InputError(f"{name} is no amount", where=place(file, line, value=written), cure=CURE)
    return int(written)


def count_of(written: str, file: str, line: int, name: str) -> int:
    """Read a number of records, accounts, groups or items; InputError where it is not written in digits."""
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise InputError(f"{name} is no number", where=place(file, line, value=written), cure=CURE)
    return int(written)


def day(written: str, file: str, line: int, name: str) -> date:
    """Read a day written YYMMDD or YYYYMMDD; InputError where it is blank or no day of the calendar."""
    if len(written) in (6, 8) and written.isascii() and written.isdigit():
        year = int(written[:-4])
        if len(written) == 6:
            year += 2000 if year < 80 else 1900
        try:
            return date(year, int(written[-4:-2]), int(written[-2:]))
        except ValueError:
            pass
    raise InputError(f"{name} is not a day (YYMMDD)", where=place(file, line, value=written), cure=CURE)
