"""The tags of Fedwire messages and their elements: fixed in length, or ended by an asterisk before their greatest length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from arwork.errors import InputError, place

CURE = "The file is damaged or incomplete: fetch it again from the bank"
_TAG = re.compile(r"\{([0-9]{4})\}")
_CUT = re.compile(r"\{[0-9]{0,4}$")
_PARTY = (-1, 34, 35, 35, 35, 35)
_ADVICE = (-3, 26, 33, 33, 33, 33, 33)
_INFO = (30, 33, 33, 33, 33, 33)
_COVER = (5, 35, 35, 35, 35, 35)
_MONEY = (-3, 19)
ELEMENTS: Mapping[str, tuple[int, ...]] = {
    "1100": (-4, -1, -1, -1), "1110": (-4, -4, -4), "1120": (-8, -8, -6, -4, -4, -4), "1130": (-1, -3, 35),
    "1500": (-2, -8, -1, -1), "1510": (-2, -2), "1520": (-8, -8, -6), "2000": (-12,),
    "3100": (-9, 18), "3400": (-9, 18), "3320": (16,), "3500": (-22,), "3600": (-3, 3), "3610": (-4, 35),
    "3620": (-1, 2048, 140, 35, 35, 35, 35), "3700": (-1, 15, 15, 15, 15), "3710": (-3, 15), "3720": (12,),
    "4000": _PARTY, "4100": _PARTY, "4200": _PARTY, "4320": (16,), "4400": _PARTY,
    "5000": _PARTY, "5010": (35, 35, 35, 35, 35), "5100": _PARTY, "5200": _PARTY, "5400": (-9,),
    "6000": (35, 35, 35, 35), "6100": _INFO, "6110": _ADVICE, "6200": _INFO, "6210": _ADVICE, "6300": _INFO, "6310": _ADVICE,
    "6400": _INFO, "6410": _ADVICE, "6420": (-5, 30), "6500": (35, 35, 35, 35, 35, 35),
    "7033": (5, 18), "7050": _COVER, "7052": _COVER, "7056": _COVER, "7057": _COVER, "7059": _COVER,
    "7070": (5, 35, 35, 35, 35), "7072": (*_COVER, 35),
    "8200": (-4, 8994), "8250": (35, 4, 2048, 140, *(70,) * 14),
    "8300": (-2, -4, 140, 35, 35, 82, 4, *(70,) * 20), "8350": (140, -2, -4, 35, 35, 82, 4, *(70,) * 16),
    "8400": (-4, 35, 35, 35), "8450": _MONEY, "8500": _MONEY, "8550": _MONEY, "8600": (-2, -4, *_MONEY, 140), "8650": (-8,),
    "8700": (-4, 35, 35, 35), "8750": (140, 140, 140),
    "9000": (35,) * 12,
}  # fmt: skip
"""Tags of the Fedwire Application Interface Manual and their elements: the greatest length, negative where the length is fixed."""
_MANY = frozenset({"8400", "8450", "8500", "8550", "8600", "8650", "8700", "8750"})
_APPENDED = frozenset({"1100", "1110", "1120", "1130"})


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: its number, its elements without blanks at the ends, and the line on which it stands."""

    tag: str
    parts: tuple[str, ...]
    line: int
    raw: str


@dataclass
class Message:
    """The tags of one message, in the order of the file."""

    line: int
    file: str
    tags: list[Tag] = field(default_factory=list)
    seen: dict[str, Tag] = field(default_factory=dict)

    def add(self, tag: Tag) -> None:
        """Add a tag."""
        self.tags.append(tag)
        self.seen.setdefault(tag.tag, tag)

    def first(self, tag: str) -> Tag | None:
        """Give the first tag of a number."""
        return self.seen.get(tag)

    def part(self, tag: str, number: int) -> str:
        """Give one element of a tag, counted from 0, or nothing."""
        found = self.first(tag)
        return found.parts[number] if found else ""

    def refused(self, what: str, tag: str = "", value: object = None) -> InputError:
        """Say what is wrong with this message, at one of its tags where that is given."""
        found = self.first(tag)
        column = f"tag {{{tag}}}" if tag else ""
        return InputError(what, where=place(self.file, found.line if found else self.line, column, value), cure=CURE)


def elements(tag: str, value: str) -> tuple[str, ...]:
    """Split the value of a tag: an asterisk ends an element of variable length before its greatest length, else that length does."""
    parts, at = [], 0
    for limit in ELEMENTS[tag]:
        length = abs(limit)
        end = value.find("*", at, at + length + (limit > 0))
        parts.append(" ".join(value[at : end if end >= 0 else at + length].split()))
        at = at + length if end < 0 else end + (limit > 0)
    return tuple(parts)


def messages(text: str, file: str) -> Iterator[Message]:
    """Give the messages one by one: each begins with {1500}, or with the tags that the Fed puts before or behind it.

    Raises InputError for a tag that Fedwire does not have, for one that stands twice, and for text outside of tags.
    """
    message: Message | None = None
    leads = False
    for found in _tags(text, file):
        if message is None:
            leads = found.tag in _APPENDED
        opened = message is not None and message.first("1500") is not None
        if message is None or (opened and (found.tag == "1500" or (leads and found.tag in _APPENDED))):
            if message is not None:
                yield message
            message = Message(found.line, file)
        if found.tag not in _MANY and message.first(found.tag):
            raise InputError(
                f"tag {{{found.tag}}} stands twice in the message that begins on line {message.line}",
                where=place(file, found.line, value=found.raw),
                cure=CURE,
            )
        message.add(found)
    if message is not None:
        yield message


def _tags(text: str, file: str) -> Iterator[Tag]:
    at, line, end_of_line = 0, 1, "\n" if "\n" in text else "\r"
    found = _TAG.search(text)
    if _CUT.search(text[-8:].rstrip()):
        raise InputError("the file ends inside a tag: it is cut off", where=place(file, value=text[-8:].strip()), cure=CURE)
    if found is None or text[: found.start()].strip():
        raise InputError("the file does not begin with a tag of Fedwire", where=place(file, 1, value=text[:40]), cure=CURE)
    while found is not None:
        tag = found[1]
        line += text.count(end_of_line, at, found.start())
        if tag not in ELEMENTS:
            raise InputError(f"Fedwire has no tag {{{tag}}}", where=place(file, line), cure=CURE)
        start = at = found.end()
        if tag == "8200":
            at = _addenda_end(text, start, file, line)
            end = at
        found = _TAG.search(text, at)
        if tag != "8200":
            end = found.start() if found else len(text)
        value = text[start:end].strip("\r\n\x1a")
        if tag == "8200" and text[end : found.start() if found else len(text)].strip(" *\r\n\x1a"):
            raise InputError("the addenda are longer than {8200} states", where=place(file, line, value=value[:4]), cure=CURE)
        yield Tag(tag, elements(tag, value) if tag != "8200" else (value[:4], value[4:]), line, value[:80])
        at = start


def _addenda_end(text: str, start: int, file: str, line: int) -> int:
    """Find the end of unstructured addenda, whose length in characters is stated; they may hold anything, even tags."""
    stated = text[start : start + 4]
    if not (len(stated) == 4 and stated.isascii() and stated.isdigit()):
        raise InputError("the length of the addenda is not a number", where=place(file, line, "tag {8200}", stated), cure=CURE)
    end = start + 4 + int(stated)
    if end > len(text):
        what = f"addenda of {{8200}}: stated {int(stated)} characters, found {len(text) - start - 4}"
        raise InputError(what, where=place(file, line), cure=CURE)
    return end
