"""Letters as e-mails ready to be looked at and sent by a person: multipart text and HTML, the same bytes for the same letter; nothing is sent.

`X-Unsent` makes mail programs open the file as a draft. Without an address in `customer_profiles` there is no recipient; none is made up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html.parser import HTMLParser

import pandas as pd

from arwork.collect.standing import ACCOUNT
from arwork.pack.digest import sha256
from arwork.pack.letters import Letter, page
from arwork.params import Params
from arwork.show.markup import visible

_ADDRESS = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,250}[A-Za-z0-9])?\.[A-Za-z]{2,24}")
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})$")
_LINE = frozenset({"p", "div", "h1", "h2", "h3", "tr", "br", "section", "header", "footer", "li", "table", "address", "dt", "caption"})
_CELL = frozenset({"td", "th", "dd"})
_SILENT = frozenset({"style", "script", "title"})


def address(text: str) -> str:
    """Return the one e-mail address that a text is, or blank: several, a name beside it, or a hidden character are none."""
    plain = text.strip()
    return plain if _ADDRESS.fullmatch(plain) and ".." not in plain else ""


def recipients(profiles: pd.DataFrame) -> dict[tuple[str, ...], str]:
    """Return the address of each account of `customer_profiles` that has one."""
    rows = profiles[[*ACCOUNT, "email"]].itertuples(index=False, name=None)
    return {tuple(map(str, row[:3])): address(str(row[3])) for row in rows if address(str(row[3]))}


def mails(letters: Sequence[Letter], css: str, to: Mapping[tuple[str, ...], str], params: Params) -> list[bytes]:
    """Write letters as e-mails, in their order; `to` are the addresses by account, the sender is the contact of the company."""
    senders: dict[tuple[str, ...], tuple[str, str]] = {}
    for entry in params.ledgers:
        found = _ADDRESS.search(entry.sender.contact)
        senders[(entry.ledger, entry.company_code)] = (entry.name, found[0] if found else "")
    return [_mail(letter, css, to.get(letter.account[:3], ""), senders[letter.account[:2]]) for letter in letters]


def _mail(letter: Letter, css: str, to: str, sender: tuple[str, str]) -> bytes:
    whole, plain = page([letter], css, letter.letter_id), as_text(letter.body)
    mark = sha256("\n".join((letter.letter_id, to, *sender, whole)).encode())[:32]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"{_subject(letter.body)} {visible(letter.letter_id)}".strip()
    if sender[1]:
        message["From"] = _named(visible(sender[0]), sender[1])
    if to:
        message["To"] = _named(visible(letter.name), to)
    message["Date"] = _date(letter.letter_id)
    message["Message-ID"] = f"<{mark}@letters.invalid>"
    message["Content-Language"] = letter.language
    message["X-Unsent"] = "1"
    message.set_content(plain, cte="quoted-printable")
    message.add_alternative(whole, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{mark}")
    return message.as_bytes()


def _named(name: str, where: str) -> Address:
    user, _, domain = where.rpartition("@")
    return Address(display_name=name, username=user, domain=domain)


def _date(letter_id: str) -> str:
    """Return the day of the letter at midnight UTC, so that the file does not depend on the clock."""
    found = _DAY.search(letter_id)
    day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC) if found else datetime(1970, 1, 1, tzinfo=UTC)
    return format_datetime(day)


def _subject(body: str) -> str:
    """Return the first heading of a letter."""
    reader = _Reader(only="h1")
    reader.feed(body)
    return " ".join("".join(reader.parts).split())


def as_text(body: str) -> str:
    """Write the body of a letter as plain text: a line a paragraph or row, two blanks between cells."""
    reader = _Reader()
    reader.feed(body)
    lines = (re.sub(r"[ \t\r\f\v]+(?=\x1f)|(?<=\x1f)[ \t\r\f\v]+", "", line) for line in "".join(reader.parts).split("\n"))
    kept = ("  ".join(" ".join(cell.split()) for cell in line.split("\x1f") if cell.split()) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip() + "\n"


class _Reader(HTMLParser):
    """Gathers the text of our own HTML: new lines for blocks, a mark between cells; with `only`, the text of the first such element."""

    def __init__(self, only: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._only, self._inside, self._done, self._silent = only, False, False, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line or a cell."""
        self._silent += tag in _SILENT
        self._inside = self._inside or tag == self._only
        if not self._only and tag in _LINE:
            self.parts.append("\n")
        elif not self._only and tag in _CELL:
            self.parts.append("\x1f")

    def handle_endtag(self, tag: str) -> None:
        """End a block."""
        self._silent -= tag in _SILENT
        if tag == self._only:
            self._inside, self._done = False, True
        elif not self._only and tag in _LINE and tag != "tr":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep the text; line ends of the source are blanks."""
        if not self._silent and not self._done and (self._inside or not self._only):
            self.parts.append(data.replace("\n", " ").replace("\x1f", " "))
