"""Archives that banks send files in: gzip and zip are unpacked in memory, within bounds; what is inside is what is read."""

from __future__ import annotations

import io
import zipfile
import zlib

from arwork.errors import InputError, place
from arwork.intake.received import Received
from arwork.intake.workbook_kinds import MAIN

LARGEST_CONTENT = 1024**3
"""What an archive may unpack to: 1 GiB in all."""
_MEMBERS = 1000
_RATIO = 200
_STEP = 1 << 20
_NAMES = 200


def unpacked(received: Received) -> list[Received]:
    """Return the files inside a gzip or zip, or the file itself where it is none; nothing is written to disk.

    The digest stays that of the archive as received, and the name says what stood in what. Raises InputError for a
    damaged or encrypted archive, for archives in archives, and for one that unpacks to far more than it holds.
    """
    if received.data.startswith(b"\x1f\x8b"):
        return [Received(received.name, _gunzipped(received), received.sha256)]
    if received.data.startswith(b"PK\x03\x04") and not _is_office(received.data):
        return _members(received)
    return [received]


def alone(received: Received) -> Received:
    """Return the one file inside a gzip or zip; a file that is none of them, is damaged or holds several files, as it is."""
    try:
        parts = unpacked(received)
    except InputError:
        return received
    return parts[0] if len(parts) == 1 else received


def _is_office(data: bytes) -> bool:
    """Say whether a zip is a document and not an archive of files; what stands in a file inside it must not decide that."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return not {"[Content_Types].xml", "mimetype", *MAIN}.isdisjoint(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return b"[Content_Types].xml" in data[:8192] or b"mimetypeapplication/vnd." in data[:200] or b"xl/workbook" in data[-65536:]


def _gunzipped(received: Received) -> bytes:
    """Unpack one gzip member after the other, never more than the bound."""
    out = io.BytesIO()
    rest = received.data
    try:
        while rest:
            stream = zlib.decompressobj(wbits=31)
            while not stream.eof:
                piece = stream.decompress(rest, _STEP)
                rest = stream.unconsumed_tail
                if not piece and not rest and not stream.eof:
                    raise _broken(received, "the gzip archive is cut off")
                out.write(piece)
                _bounded(received, out.tell())
            rest = stream.unused_data.lstrip(b"\x00")
    except zlib.error:
        raise _broken(received, "the gzip archive is damaged") from None
    return out.getvalue()


def _members(received: Received) -> list[Received]:
    try:
        with zipfile.ZipFile(io.BytesIO(received.data)) as archive:
            files = sorted((info for info in archive.infolist() if not _no_content(info)), key=lambda info: info.filename)
            if len(files) > _MEMBERS:
                raise _broken(received, f"the zip holds {len(files):,} files; the limit is {_MEMBERS:,}")
            _bounded(received, sum(info.file_size for info in files))
            return [_member(received, archive, info) for info in files]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, OverflowError):
        # zipfile says "encrypted" by RuntimeError and an unknown method by NotImplementedError.
        raise _broken(received, "the zip is damaged, encrypted, or packed in a way that is not read") from None


def _no_content(info: zipfile.ZipInfo) -> bool:
    return info.is_dir() or info.filename.startswith("__MACOSX/") or info.filename.rpartition("/")[2].startswith("._")


def _member(received: Received, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Received:
    with archive.open(info) as opened:
        data = opened.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise _broken(received, f"the zip says that {info.filename[:_NAMES]!r} holds {info.file_size:,} bytes, which it does not")
    if data.startswith(b"\x1f\x8b") or (data.startswith(b"PK\x03\x04") and not _is_office(data)):
        raise _broken(received, f"{info.filename[:_NAMES]!r} is an archive inside the archive")
    shown = "".join(mark if mark.isprintable() else "?" for mark in info.filename)[-_NAMES:]
    return Received(f"{received.name}!{shown}", data, received.sha256)


def _bounded(received: Received, size: int) -> None:
    if size > LARGEST_CONTENT or size > _STEP + _RATIO * len(received.data):
        raise _broken(received, f"the archive of {len(received.data):,} bytes unpacks to {size:,} or more, which no real file does")


def _broken(received: Received, what: str) -> InputError:
    return InputError(what, where=place(received.name), cure="Unpack it yourself and give the files inside, or fetch it again")
