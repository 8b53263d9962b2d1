"""Bytes to text and text to cells: strict in encoding, quotes and column count, so that nothing is lost in silence."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from arwork.errors import InputError, place
from arwork.intake.received import Received

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_NO_TEXT = {
    b"\xd0\xcf\x11\xe0": "an old or a protected Excel or Word file",
    b"\x1f\x8b": "compressed",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
}
_ALLOWED = re.compile(
    r"ascii|utf-8|utf-16(-[lb]e)?|cp(125[0-8]|437|850|852|855|857|858|86[0-9]|866|874|932|949|950)|iso8859-([1-9]|1[03456])"
    r"|mac-(roman|latin2|cyrillic|greek|turkish)|koi8-[ru]|shift_jis|euc_(jp|kr)|big5|gb2312|gbk|gb18030"
)
_FRAME = re.compile(r"[\s|+\-=_*]*")
_KEPT = re.compile(r'^="([^"]*)"$')
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


@dataclass(frozen=True)
class Dialect:
    """How a text file splits into cells: the delimiter, whether `"` quotes, newlines in quotes, SAP's `|…|` frame."""

    delimiter: str
    quotes: bool = True
    newlines: bool = False
    framed: bool = False


@dataclass(frozen=True)
class Line:
    """The cells of one row and the line it starts on; `fault` says why the cells cannot be trusted."""

    number: int
    cells: tuple[str, ...]
    fault: str = ""


def decode(received: Received, stated: str = "") -> tuple[str, str]:
    """Turn bytes into text and name the encoding used.

    A byte order mark decides; else strict UTF-8; else the encoding that the source or the layout states. Nothing is
    guessed: other bytes are refused with line, byte and cure. The text must encode back to the same bytes, and a NUL
    is refused. Raises InputError.
    """
    name, data = received.name, received.data
    for magic, kind in _NO_TEXT.items():
        if data.startswith(magic):
            raise InputError(f"is {kind}", where=name, cure="Save it as XLSX or CSV.")
    found = next((encoding for mark, encoding in _BOMS if data.startswith(mark)), "")
    wanted = _known(stated, name) if stated else ""
    if not found and wanted.startswith("utf-16"):
        found = wanted
    try:
        text, used = data.decode(found or "utf-8"), found or "utf-8"
    except UnicodeDecodeError as broken:
        if found or not wanted or wanted in ("utf-8", "ascii"):
            raise _undecodable(received, broken, found or "utf-8") from None
        try:
            text, used = data.decode(wanted), wanted
        except UnicodeDecodeError as second:
            raise _undecodable(received, second, wanted) from None
    if not found and used != "utf-8" and text.encode(used) != data:  # strict UTF-8 always reads back to its bytes
        raise InputError(f"does not read back to the same bytes as {used}", where=name, cure="State the right encoding.")
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise InputError("holds a NUL character, so it is no text file", where=place(name, line), cure="Export it again as CSV or XLSX.")
    return text.removesuffix("\x1a"), used


def _known(stated: str, name: str) -> str:
    try:
        canonical = codecs.lookup(stated).name
    except LookupError:
        canonical = ""
    if not _ALLOWED.fullmatch(canonical):
        raise InputError(f"unknown encoding {stated!r}", where=name, cure="State a usual one: utf-8, cp1252, cp850, iso-8859-15, utf-16.")
    return canonical


def _undecodable(received: Received, broken: UnicodeDecodeError, tried: str) -> InputError:
    before = received.data[: broken.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    column = len(before) - before.rfind(b"\n")
    value = received.data[broken.start : broken.start + 1].hex()
    return InputError(
        f"is not {tried}: byte 0x{value} cannot be read",
        where=place(received.name, before.count(b"\n") + 1, f"byte {column}", f"0x{value}"),
        cure="State the encoding of the export, such as `encoding: cp1252`, in the params or the layout.",
    )


def lines_of(text: str) -> list[str]:
    """Split at CR, LF and CRLF only; other separators such as U+2028 stay inside their cell."""
    lines = io.StringIO(text, newline=None).read().split("\n")
    return lines[:-1] if lines and not lines[-1] else lines


def split(text: str, dialect: Dialect, name: str) -> Iterator[Line]:
    """Yield the rows of a delimited text, without empty lines.

    A quote that does not pair, stands inside an unquoted cell or is followed by more text, and a newline inside quotes
    that the layout does not allow, raise InputError: they could swallow rows. In framed lists (LD-05) frame lines and
    page headings come back as a Line without cells, and rows whose frame is broken as a Line with a fault.
    """
    lines = lines_of(text)
    at = 0
    while at < len(lines):
        line, number = lines[at].lstrip("\x0c"), at + 1
        at += 1
        if dialect.framed:
            if line.strip():
                yield _framed(line, number)
            continue
        if not line.strip():
            continue
        if not dialect.quotes or '"' not in line:
            yield Line(number, tuple(line.split(dialect.delimiter)))
            continue
        if dialect.newlines:
            line, at = _joined(lines, at - 1)
        yield Line(number, tuple(_unquoted(line, dialect, place(name, number))))


def _joined(lines: list[str], first: int) -> tuple[str, int]:
    """Join lines from the first until their quotes pair; return the text and the index after the last."""
    odd, last = lines[first].count('"') % 2, first
    while odd and last + 1 < len(lines):
        last += 1
        odd = (odd + lines[last].count('"')) % 2
    return "\n".join(lines[first : last + 1]), last + 1


def _framed(line: str, number: int) -> Line:
    shown = line.strip()
    if _FRAME.fullmatch(shown) or "|" not in shown:
        return Line(number, ())
    if not (shown.startswith("|") and shown.endswith("|")):
        return Line(number, (shown,), "the row does not begin and end with its frame '|'")
    return Line(number, tuple(shown[1:-1].split("|")))


def _unquoted(line: str, dialect: Dialect, where: str) -> list[str]:
    cells: list[str] = []
    at, delimiter = 0, dialect.delimiter
    while True:
        at += line.startswith('="', at)  # ="00123" is how exports make a spreadsheet keep a text
        if line.startswith('"', at):
            quoted = _QUOTED.match(line, at)
            if quoted is None:
                raise _stray(where, "a quote is opened and not closed on its line")
            cells.append(_KEPT.sub(r"\1", quoted.group(1).replace('""', '"')))
            at = quoted.end()
            if at < len(line) and not line.startswith(delimiter, at):
                raise _stray(where, "text follows a closing quote")
        else:
            end = line.find(delimiter, at)
            cells.append(line[at : end if end >= 0 else len(line)])
            if '"' in cells[-1]:
                raise _stray(where, "a quote stands inside an unquoted cell")
            at = end if end >= 0 else len(line)
        if at >= len(line):
            return cells
        at += len(delimiter)
        if at == len(line):
            return [*cells, ""]


def _stray(where: str, what: str) -> InputError:
    return InputError(
        what,
        where=where,
        cure="Correct the line; or state in the layout `quotes: false` (quotes are ordinary characters) or `newlines: true`.",
    )
