"""E-mails that carry an advice: `.eml` and `.msg` to the rows of their text and the files attached; nothing is fetched or opened."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32

from bs4 import BeautifulSoup
from bs4.element import NavigableString

from arwork.errors import InputError, place
from arwork.intake.received import Received
from arwork.intake.remittance.apart import parsed
from arwork.intake.remittance.rows import Row, text_rows

MOST_ATTACHED = 100
MOST_BYTES = 100 * 1024**2
MOST_HTML = 5 * 1024**2
DEEPEST = 3
"""Messages inside messages are opened to this depth."""
_CURE = "Save the e-mail again, or give the attachment as a file of its own"
_CELL, _LINE = "\x1f", "\x1e"
_BLOCKS = ("p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "hr", "pre", "blockquote")
_HEAD = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\r\n]*(?:\r\n|\n|\r)(?:[ \t][^\r\n]*(?:\r\n|\n|\r))*)+(?=\r\n|\n|\r)")
_TELLING = ("to", "subject", "date", "message-id", "mime-version", "received")


@dataclass
class Mail:
    """One e-mail: its head lines as rows, the versions of its text (the first one that reads is the one), its attachments."""

    head: list[Row] = field(default_factory=list)
    texts: list[list[Row]] = field(default_factory=list)
    attached: list[Received] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def is_mail(text: str) -> bool:
    """Say whether a text begins with the head of an e-mail: From, and at least one of To, Subject, Date, Message-ID."""
    head = _HEAD.match(text[:65_536].lstrip("\ufeff\r\n"))
    names = {line.partition(":")[0].casefold() for line in re.split(r"\r\n|\n|\r", head[0])} if head else set()
    return "from" in names and bool(names & set(_TELLING))


def read_eml(received: Received) -> Mail:
    """Read an `.eml`; InputError for one that is damaged or holds more than a mail has."""
    mail = Mail()
    data = re.sub(rb"\A(?:\xef\xbb\xbf|\r|\n)+", b"", received.data)
    try:
        _take(message_from_bytes(data, policy=compat32), mail, received, 0)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError, AssertionError):
        raise InputError("the e-mail is damaged", where=place(received.name), cure=_CURE) from None
    return mail


def read_msg(received: Received) -> Mail:
    """Read an Outlook `.msg`, parsed in a process of its own; InputError for one that is damaged or is no message."""
    answer = parsed(received, "msg_child", "Outlook message")
    mail = Mail(head=_head_rows([("Subject", str(answer["subject"])), ("From", str(answer["sender"])), ("Date", str(answer["date"]))]))
    if answer["html"]:
        mail.texts.append(html_rows(base64.b64decode(answer["html"]), "", received.name))
    if answer["text"]:
        mail.texts.append(text_rows(str(answer["text"])))
    for entry in answer["attached"]:
        _attach(mail, received, str(entry["name"]), base64.b64decode(entry["data"]))
    mail.left_out += [str(name) for name in answer["left_out"]]
    return mail


def _take(message: Message, mail: Mail, received: Received, depth: int) -> None:
    """Take the text and attachments of a message, and of those inside it."""
    if depth == 0:
        mail.head = _head_rows([(name, _header(message, name)) for name in ("Subject", "From", "Date")])
    for part in _leaves(message):
        kind, name = part.get_content_type(), _file_name(part)
        if kind == "message/rfc822":
            inner = part.get_payload()
            if depth >= DEEPEST:
                mail.left_out.append("a message inside messages")
            elif isinstance(inner, list) and inner and isinstance(inner[0], Message):
                _take(inner[0], mail, received, depth + 1)
            continue
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes) or not data.strip():
            continue
        if not name and part.get_content_disposition() != "attachment" and kind in ("text/plain", "text/html"):
            charset = part.get_content_charset() or ""
            rows = html_rows(data, charset, received.name) if kind == "text/html" else text_rows(_decoded(data, charset, received.name))
            # A table survives in HTML; of two versions of one text the HTML goes first.
            mail.texts.insert(0 if kind == "text/html" else len(mail.texts), rows)
        else:
            _attach(mail, received, name or f"part.{kind.partition('/')[2]}", data)


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that hold content, without going into messages inside the message."""
    waiting, seen = [message], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > 10 * MOST_ATTACHED:
            return
        inner = part.get_payload()
        if part.get_content_type() != "message/rfc822" and isinstance(inner, list):
            waiting += [p for p in reversed(inner) if isinstance(p, Message)]
        else:
            yield part


def _attach(mail: Mail, received: Received, name: str, data: bytes) -> None:
    shown = "".join(mark if mark.isprintable() else "?" for mark in name)[-100:]
    if len(mail.attached) >= MOST_ATTACHED or sum(len(a.data) for a in mail.attached) + len(data) > MOST_BYTES:
        what = f"the e-mail holds more than {MOST_ATTACHED} attachments or {MOST_BYTES // 1024**2} MB"
        raise InputError(what, where=place(received.name), cure=_CURE)
    mail.attached.append(Received(f"{received.name}!{shown}", data, received.sha256))


def _header(message: Message, name: str) -> str:
    raw = message.get(name)
    if raw is None:
        return ""
    text = str(raw)
    if any(0xDC80 <= ord(mark) <= 0xDCFF for mark in text):
        text = text.encode("ascii", "surrogateescape").decode("utf-8", "replace")
    try:
        return str(make_header(decode_header(text)))
    except (ValueError, LookupError, binascii.Error):
        return text


def _file_name(part: Message) -> str:
    name = part.get_filename() or ""
    try:
        return str(make_header(decode_header(name)))
    except (ValueError, LookupError, binascii.Error):
        return name


def _head_rows(pairs: Sequence[tuple[str, str]]) -> list[Row]:
    return [Row(name, (f"{name}: {' '.join(value.split())}",)) for name, value in pairs if value.strip()]


def _decoded(data: bytes, charset: str, file: str) -> str:
    """Decode the text of a part: its charset, else UTF-8, else cp1252 where every byte beyond ASCII is a letter or sign there."""
    for wanted in (charset, "utf-8", "cp1252"):
        try:
            if wanted:
                return data.decode(wanted)
        except (UnicodeDecodeError, LookupError):
            continue
    raise InputError("the text of the e-mail cannot be decoded", where=place(file), cure=_CURE)


def html_rows(data: bytes, charset: str, file: str) -> list[Row]:
    """Turn HTML into rows: a row of a table that holds no other table gives its cells, all else its lines."""
    if len(data) > MOST_HTML:
        raise InputError(f"the HTML text holds more than {MOST_HTML // 1024**2} MB", where=place(file), cure=_CURE)
    found = re.search(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,20})", data[:4096])
    soup = BeautifulSoup(_decoded(data, charset or (found[1].decode("ascii") if found else ""), file), "html.parser")
    for gone in soup.find_all(["script", "style", "head", "title"]):
        gone.decompose()
    for line in soup.find_all("tr"):
        if line.find("table") is None:
            cells = [" ".join(cell.get_text(" ").split()) for cell in line.find_all(["td", "th"])]
            line.replace_with(NavigableString(f"{_LINE}{_CELL.join(cells)}{_CELL}{_LINE}"))
    for block in soup.find_all(_BLOCKS):
        block.insert_before(NavigableString(_LINE))
        block.insert_after(NavigableString(_LINE))
    rows = []
    for number, text in enumerate((part for part in soup.get_text().split(_LINE) if part.strip(_CELL + " \t\r\n\u00a0")), start=1):
        where = f"text {number}"
        if _CELL in text:
            rows.append(Row(where, tuple(cell.replace("\u00a0", " ").strip() for cell in text.removesuffix(_CELL).split(_CELL))))
        else:
            rows.append(Row(where, (" ".join(text.split()),)))
    return rows
