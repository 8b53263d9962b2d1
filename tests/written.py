"""Files that tests write themselves: a PDF with text at given places, and an Outlook message, each byte ours."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence

Placed = tuple[float, float, str]
"""A text at a place of a page: points from the left, points from the bottom."""


def pdf(pages: Sequence[Sequence[Placed]], *, hidden: bool = False, picture: bool = False) -> bytes:
    """Write a PDF whose pages hold texts in Courier of 10 points (6 points a letter); `hidden` draws them invisibly."""
    objects: list[bytes] = [b"", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"]
    kids = []
    if picture:
        data = zlib.compress(b"\x80" * 100)
        head = b"<< /Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
        objects.append(head + b" /Length %d >>\nstream\n" % len(data) + data + b"\nendstream")
    for texts in pages:
        drawn = b"q 300 0 0 300 50 300 cm /P Do Q\n" if picture else b""
        for left, base, text in texts:
            shown = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
            mode = b"3 Tr " if hidden else b""
            drawn += b"BT /F 10 Tf %s1 0 0 1 %.2f %.2f Tm (%s) Tj ET\n" % (mode, left, base, shown)
        objects.append(b"<< /Length %d >>\nstream\n" % len(drawn) + drawn + b"endstream")
        content = len(objects)
        extra = b" /XObject << /P 4 0 R >>" if picture else b""
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F 3 0 R >>%s >> >>"
            % (content, extra)
        )
        kids.append(len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % at for at in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def table(rows: Sequence[Sequence[str]], lefts: Sequence[float], top: float = 700.0, right: Sequence[bool] = ()) -> list[Placed]:
    """Place the cells of a table: one row every 20 points, each column at its left edge, or ending there where `right`."""
    placed = []
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell:
                moved = len(cell) * 6.0 if column < len(right) and right[column] else 0.0
                placed.append((lefts[column] - moved, top - 20.0 * number, cell))
    return placed


def msg(subject: str, sender: str, body: str, html: str = "", attached: Mapping[str, bytes] | None = None) -> bytes:
    """Write an Outlook message (MS-OXMSG in a compound file) with its texts in UTF-16."""
    root = {"__properties_version1.0": b"", "__substg1.0_0037001F": _utf16(subject), "__substg1.0_0C1A001F": _utf16(sender)}
    if body:
        root["__substg1.0_1000001F"] = _utf16(body)
    if html:
        root["__substg1.0_10130102"] = html.encode("utf-8")
    tree: dict[str, bytes | dict[str, bytes]] = {**root}
    files = attached or {}
    fixed = struct.pack("<HHII4x", 0x0003, 0x340D, 6, 0x00040000) + struct.pack("<HHII4x", 0x0003, 0x3FDE, 6, 65001)
    tree["__properties_version1.0"] = struct.pack("<8x4I8x", 0, len(files), 0, len(files)) + fixed + _entries(root)
    for number, (name, data) in enumerate(files.items()):
        inner = {"__substg1.0_3701000D"[:-4] + "0102": data, "__substg1.0_3707001F": _utf16(name)}
        method = struct.pack("<HHII4x", 0x0003, 0x3705, 6, 1)
        tree[f"__attach_version1.0_#{number:08X}"] = {"__properties_version1.0": b"\0" * 8 + method + _entries(inner), **inner}
    return _compound(tree)


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _entries(streams: Mapping[str, bytes]) -> bytes:
    found = b""
    for name, data in streams.items():
        if name.startswith("__substg1.0_"):
            tag, kind = int(name[12:16], 16), int(name[16:20], 16)
            found += struct.pack("<HHIII", kind, tag, 6, len(data) + (2 if kind == 0x1F else 0), 0)
    return found


def _compound(tree: Mapping[str, bytes | Mapping[str, bytes]]) -> bytes:
    """Write a compound file of version 3: directory, FAT, mini stream for what is shorter than 4,096 bytes."""
    names: list[tuple[str, int, bytes, list[int]]] = [("Root Entry", 5, b"", [])]
    for name, content in tree.items():
        names[0][3].append(len(names))
        if isinstance(content, bytes):
            names.append((name, 2, content, []))
        else:
            here = len(names)
            names.append((name, 1, b"", []))
            for inner, data in content.items():
                names[here][3].append(len(names))
                names.append((inner, 2, data, []))
    mini, minifat, sectors, fat = bytearray(), [], [], []
    starts: dict[int, int] = {}

    def put(data: bytes) -> int:
        """Put data into sectors of 512 bytes, chained in the FAT."""
        first = len(sectors)
        pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        for number, piece in enumerate(pieces):
            sectors.append(piece)
            fat.append(first + number + 1 if number + 1 < len(pieces) else 0xFFFFFFFE)
        return first if pieces else 0xFFFFFFFE

    for number, (_, kind, data, _) in enumerate(names):
        if kind == 2 and 0 < len(data) < 4096:
            starts[number] = len(minifat)
            count = -(-len(data) // 64)
            mini += data.ljust(count * 64, b"\0")
            minifat += [*range(starts[number] + 1, starts[number] + count), 0xFFFFFFFE]
        elif kind == 2 and data:
            starts[number] = put(data)
    starts[0] = put(bytes(mini))
    minifat_at = put(b"".join(struct.pack("<I", entry) for entry in minifat).ljust(-(-len(minifat) * 4 // 512) * 512, b"\xff"))
    directory = bytearray()
    siblings = {child: after for _, _, _, kids in names for child, after in zip(kids, [*kids[1:], 0xFFFFFFFF], strict=False)}
    for number, (name, kind, data, kids) in enumerate(names):
        written = name.encode("utf-16-le")
        size = len(mini) if number == 0 else len(data)
        directory += written.ljust(64, b"\0") + struct.pack("<HBB", len(written) + 2, kind, 1)
        directory += struct.pack("<III", 0xFFFFFFFF, siblings.get(number, 0xFFFFFFFF), kids[0] if kids else 0xFFFFFFFF)
        directory += b"\0" * 36 + struct.pack("<IQ", starts.get(number, 0xFFFFFFFE if number == 0 else 0), size)
    directory_at = put(bytes(directory))
    room = -(-(len(fat) + 1) // 127)
    fat_at = len(sectors)
    table_of = [*fat, *[0xFFFFFFFD] * room]
    blob = b"".join(struct.pack("<I", entry) for entry in table_of).ljust(room * 512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, room, directory_at, 0, 4096, minifat_at, -(-len(minifat) * 4 // 512), 0xFFFFFFFE, 0)
    head += b"".join(struct.pack("<I", fat_at + n) for n in range(room)).ljust(436, b"\xff")
    return head + b"".join(sectors) + blob
