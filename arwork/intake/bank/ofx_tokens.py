"""OFX as a stream of aggregates: SGML without closing tags (1.x) and XML (2.x), read by one small tokenizer.

Linear in the text, without recursion; keeps the line of every tag. An aggregate that is opened and not closed, or closed
and not opened, refuses the file: it is cut off or damaged. Tags that the standard does not know are tolerated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from arwork.errors import InputError, place

CURE = "Download the file again from the bank; do not edit it"
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._:-]*)(?:\s[^<>]*)?(?<!/)(/?)>")
_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|nbsp|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}
_SPECIAL = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>", "<!": ""}
_DEEPEST = 64
_MESSAGES = re.compile(r".*MSGSR[SQ]V[0-9]|.*TRNR[SQ]|.*STMTR[SQ]|.*STMTENDR[SQ]|(BUY|SELL)(DEBT|MF|OPT|OTHER|STOCK)")
_AGGREGATE_NAMES = (
    "OFX SONRS SONRQ STATUS FI BANKACCTFROM BANKACCTTO CCACCTFROM CCACCTTO INVACCTFROM INVACCTTO LOANACCTFROM BANKTRANLIST "
    "BANKTRANLISTP STMTTRN STMTTRNP LEDGERBAL AVAILBAL BALLIST BAL PAYEE EXTDPAYEE CURRENCY ORIGCURRENCY IMAGEDATA INVTRANLIST "
    "INVBANKTRAN INVBUY INVSELL INVTRAN SECID INCOME REINVEST TRANSFER SPLIT RETOFCAP CLOSUREOPT INVEXPENSE JRNLFUND JRNLSEC "
    "MARGININTEREST INVPOSLIST INVPOS INVBAL INVOOLIST SECLIST SECINFO ACCTINFO"
)
_AGGREGATES = frozenset(_AGGREGATE_NAMES.split())
_LEAF_NAMES = (
    "CURDEF BANKID BRANCHID ACCTID ACCTTYPE ACCTKEY BROKERID DTSTART DTEND TRNTYPE DTPOSTED DTUSER DTAVAIL TRNAMT FITID CORRECTFITID "
    "CORRECTACTION SRVRTID CHECKNUM CHKNUM REFNUM SIC PAYEEID NAME EXTDNAME MEMO MEMO2 CURRATE CURSYM BALAMT DTASOF TOTAL DTTRADE "
    "DTSETTLE DTSERVER LANGUAGE CODE SEVERITY MESSAGE TRNUID DESC BALTYPE VALUE UNIQUEID UNIQUEIDTYPE UNITS UNITPRICE INCOMETYPE "
    "SUBACCTSEC SUBACCTFUND ORG FID"
)
_LEAVES = frozenset(_LEAF_NAMES.split())
_EITHER = ("CURRENCY", "PAYEE", "BAL", "SPLIT", "TRANSFER", "FI")
"""Names of aggregates that some banks write as values."""
_STREAMED = ("BANKTRANLIST", "BANKTRANLISTP", "INVTRANLIST", "SECLIST", "INVPOSLIST", "INVOOLIST")
"""Aggregates whose members are passed on one by one and not kept."""
_LISTS = ("BANKTRANLIST", "BANKTRANLISTP", "INVTRANLIST")
_AFTER_LISTS = ("LEDGERBAL", "AVAILBAL", "BALLIST", "BANKTRANLIST", "BANKTRANLISTP", "INVPOSLIST", "INVBAL", "INVOOLIST")
"""Some banks leave a list open; what comes after it, or the end of the statement, closes it."""


@dataclass
class Node:
    """One aggregate: its name, its line, its values with their lines, the aggregates in it, and whether it is of the standard."""

    name: str
    line: int
    known: bool = True
    values: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    kids: list[Node] = field(default_factory=list)

    def value(self, name: str) -> str:
        """Give the first value of a name that is not empty, or ""."""
        return next((text for text, _ in self.values.get(name, ()) if text), "")

    def line_of(self, name: str) -> int:
        """Give the line of a value, or that of the aggregate where it has none."""
        return self.values[name][0][1] if name in self.values else self.line

    def kid(self, *names: str) -> Node | None:
        """Give the first aggregate directly inside this one with one of the names."""
        return next((kid for kid in self.kids if kid.name in names), None)


@dataclass(frozen=True)
class _Tag:
    """A tag with its line and the text behind it."""

    name: str
    closes: bool
    empty: bool
    line: int
    text: str


def aggregates(text: str, file: str) -> Iterator[tuple[str, Node]]:
    """Yield ("open", node) and ("close", node) for each aggregate, in the order of the file; InputError when damaged."""
    closers = {name.upper() for name in re.findall(r"</([A-Za-z][A-Za-z0-9._:-]*)", text)}
    open_nodes: list[Node] = []
    ahead: _Tag | None = None
    for following in _with_end(_tags(text, file)):
        tag, ahead = ahead, following
        if tag is None:
            continue
        if tag.closes:
            yield from _closed(open_nodes, tag, file)
        elif tag.empty or not _is_aggregate(tag, following, closers):
            if open_nodes:
                open_nodes[-1].values.setdefault(tag.name, []).append((tag.text, tag.line))
        else:
            if len(open_nodes) >= _DEEPEST:
                raise InputError(f"aggregates are nested more than {_DEEPEST} deep", where=place(file, tag.line), cure=CURE)
            if open_nodes and open_nodes[-1].name in _LISTS and tag.name in _AFTER_LISTS:
                yield from _closed(open_nodes, _Tag(open_nodes[-1].name, True, False, tag.line, ""), file)
            node = Node(tag.name, tag.line, _is_known(tag.name))
            open_nodes.append(node)
            yield "open", node
    if open_nodes:
        node = next((n for n in open_nodes if n.known), open_nodes[0])
        raise InputError(f"<{node.name}> is not closed: the file is cut off", where=place(file, node.line), cure=CURE)


def _with_end(tags: Iterator[_Tag]) -> Iterator[_Tag | None]:
    yield from tags
    yield None


def _is_known(name: str) -> bool:
    return name in _AGGREGATES or _MESSAGES.fullmatch(name) is not None


def _is_aggregate(tag: _Tag, following: _Tag | None, closers: set[str]) -> bool:
    """Say whether a tag opens an aggregate: one of the standard, or an unknown one without text that is closed further down."""
    if _is_known(tag.name):
        return not (tag.text and tag.name in _EITHER)
    if tag.text or tag.name in _LEAVES or tag.name not in closers:
        return False
    return not (following is not None and following.closes and following.name == tag.name)


def _closed(open_nodes: list[Node], tag: _Tag, file: str) -> Iterator[tuple[str, Node]]:
    """Close an aggregate; unknown ones inside it that were left open give it what they hold. The close of a value is none."""
    if not any(node.name == tag.name for node in open_nodes):
        if _is_known(tag.name):
            raise InputError(f"</{tag.name}> closes what is not open", where=place(file, tag.line), cure=CURE)
        return
    while open_nodes[-1].name != tag.name:
        left = open_nodes[-1]
        if left.name in _LISTS:
            yield from _closed(open_nodes, _Tag(left.name, True, False, tag.line, ""), file)
            continue
        if left.known:
            raise InputError(f"<{left.name}> is not closed before </{tag.name}>", where=place(file, left.line), cure=CURE)
        open_nodes.pop()
        above = open_nodes[-1]
        above.kids.extend(left.kids)
        for name, values in left.values.items():
            above.values.setdefault(name, []).extend(values)
    node = open_nodes.pop()
    yield "close", node
    if open_nodes and open_nodes[-1].name not in _STREAMED:
        open_nodes[-1].kids.append(node)


def _tags(text: str, file: str) -> Iterator[_Tag]:
    """Yield each tag with the text behind it, up to the next one."""
    at, line, counted = 0, 1, 0
    tag: tuple[str, bool, bool, int] | None = None
    parts: list[str] = []
    while True:
        found = text.find("<", at)
        if found < 0:
            break
        parts.append(_unescaped(text[at:found]))
        special = next((mark for mark in _SPECIAL if text.startswith(mark, found)), "")
        if special:
            at = _skipped(text, found, special, parts, file)
            continue
        read = _TAG.match(text, found)
        if read is None:
            parts.append("<")
            at = found + 1
            continue
        if tag:
            yield _Tag(*tag, text="".join(parts).strip())
        line += text.count("\n", counted, found)
        counted = found
        tag, parts = (read[2].upper(), read[1] == "/", read[3] == "/", line), []
        at = read.end()
    if tag:
        yield _Tag(*tag, text="".join([*parts, _unescaped(text[at:])]).strip())


def _skipped(text: str, at: int, special: str, parts: list[str], file: str) -> int:
    """Step over a comment or an instruction, take the content of a CDATA section; a document type is refused."""
    end = text.find(_SPECIAL[special], at)
    if special == "<!" or end < 0:
        where = place(file, text.count("\n", 0, at) + 1)
        if end < 0:
            raise InputError(f"{special} is not closed: the file is cut off", where=where, cure=CURE)
        what = "the file declares a document type or holds other markup that no statement needs"
        raise InputError(what, where=where, cure="Do not use this file; download it again from the bank")
    if special == "<![CDATA[":
        parts.append(text[at + len(special) : end])
    return end + len(_SPECIAL[special])


def _unescaped(text: str) -> str:
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if not name.startswith("#"):
        return _NAMED[name]
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    allowed = 32 <= code < 0xD800 or 0xE000 <= code < 0x110000
    return chr(code) if allowed else found[0]
