"""The raw row behind a receipt: the line, element or cells of the file as it was received, found by digest in the run."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

_LONGEST = 4_000
_READ_MOST = 64 * 1024 * 1024


def source_text(run: Path, sha256: str, line: str, around: int = 0) -> str:
    """Return the raw text of a row: its line in a text file, or its element in an XML file; blank where it cannot be shown.

    `line` is a line number or an XPath as tables give it; cells of a workbook and files above 64 MiB are not shown.
    """
    path = run / "inputs" / sha256
    if not re.fullmatch(r"[0-9a-f]{64}", sha256) or not path.is_file() or path.stat().st_size > _READ_MOST:
        return ""
    data = path.read_bytes()
    if line.startswith("/"):
        return _element(data, line)
    number = re.match(r"[0-9]+", line)
    if not number or data[:2] == b"PK":
        return ""
    lines = data.decode("utf-8", errors="replace").splitlines()
    first = max(0, int(number[0]) - 1 - around)
    return "\n".join(lines[first : int(number[0]) + around])[:_LONGEST]


def _element(data: bytes, where: str) -> str:
    """Write the element that a plain path names, whatever its namespace; nothing of the file is resolved or fetched."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError):
        return ""
    steps = [re.fullmatch(r"([A-Za-z_][\w.-]*)(?:\[([0-9]+)\])?", step) for step in where.strip("/").split("/")]
    node = root
    for place, step in enumerate(steps):
        if step is None:
            return ""
        here = [node] if place == 0 else list(node)
        named = [child for child in here if isinstance(child.tag, str) and etree.QName(child).localname == step[1]]
        number = int(step[2] or 1)
        if len(named) < number:
            return ""
        node = named[number - 1]
    etree.cleanup_namespaces(node)
    return str(etree.tostring(node, encoding="unicode", with_tail=False))[:_LONGEST]
