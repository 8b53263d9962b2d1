"""Fields of MT940, MT942 and MT950 grouped into messages, each in the order of its standard; nothing is skipped in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from arwork.errors import InputError, place
from arwork.intake.bank.mt940_fields import CURE, Field, fields_of

_ORDER = {
    "20": 0, "13": 1, "13D": 1, "21": 1, "25": 1, "25P": 1, "28": 1, "28C": 1, "34F": 2, "60F": 2, "60M": 2, "61": 3,
    "62F": 4, "62M": 4, "90D": 5, "90C": 5, "64": 5, "65": 5,
}  # fmt: skip
_HEAD, _OPEN, _BOOKED, _CLOSED, _AFTER = 1, 2, 3, 4, 5


@dataclass
class Message:
    """The fields of one message, from :20: to the next."""

    start: int
    fields: list[Field] = field(default_factory=list)

    def first(self, *tags: str) -> Field | None:
        """Give the first field with one of the tags."""
        return next((f for f in self.fields if f.tag in tags), None)

    def is_report(self) -> bool:
        """Say whether this is an interim report (MT942): floor limits or counts, and no balance."""
        return self.first("60F", "60M", "62F", "62M") is None and self.first("34F", "90D", "90C", "13D", "13") is not None


def messages(text: str, file: str) -> Iterator[Message]:
    """Group fields into messages, each in the order 20, 25, 28, 60 or 34F, bookings, 62 or 90; InputError for any other."""
    message: Message | None = None
    stage = _AFTER
    for found in fields_of(text):
        where = place(file, found.number, value=f":{found.tag}:{found.value()}")
        if found.tag == "20":
            if message is not None:
                _finished(message, stage, file, "the statement before this line", where)
                yield message
            message, stage = Message(found.number), 0
        if message is None:
            raise InputError(
                "the file does not begin with a field :20:, so it is a piece of a statement", where=where, cure="Fetch the whole file"
            )
        if not _belongs(found.tag, stage):
            raise InputError(f"field {found.tag} does not belong here", where=where, cure=CURE)
        stage = max(stage, _ORDER.get(found.tag, 0))
        message.fields.append(found)
    if message is not None:
        _finished(message, stage, file, "the last statement", place(file, message.start))
        yield message


def _belongs(tag: str, stage: int) -> bool:
    """Say whether a field may stand at this stage of a message: none goes back, texts follow what they explain."""
    if tag == "NS":
        return True
    if tag == "86":
        return stage >= _OPEN
    step = _ORDER[tag]
    if tag in ("13", "13D"):
        return stage <= _OPEN
    if tag == "61" and stage in (_HEAD, _OPEN):
        return True
    return step == 0 or step > stage or (step == stage and (step in (_HEAD, _BOOKED, _AFTER) or tag == "34F"))


def _finished(message: Message, stage: int, file: str, which: str, where: str) -> None:
    """Refuse a message that ends before its closing balance; an interim report has none."""
    if stage < _CLOSED and not message.is_report():
        opened = message.first("60F", "60M")
        what = "no closing balance (62F)" if opened else "neither an opening (60F) nor a closing balance (62F)"
        last = message.fields[-1]
        raise InputError(f"{which} has {what}: the file is cut off or damaged after line {last.number}", where=where, cure=CURE)
