"""The policy of conduct and privacy: when and how often a customer may be disturbed, and whether exports hide personal data (CO-98)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from arwork.settings import Days, Flag, Frozen


def _clock(value: object) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", str(value)):
        raise ValueError("must be a time of day such as 09:00")
    return str(value)


Clock = Annotated[str, BeforeValidator(_clock)]
Weekday = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
Hours = Mapping[Weekday, tuple[Clock, Clock]]


class Conduct(Frozen):
    """Hours by weekday in which a customer may be disturbed, and how often in seven days; consumers apart (CO-98).

    A weekday that is not named has no hours, and no holiday has any. `channels` are the ways that disturb a person. `mask_exports` hides
    accounts, e-mail addresses and telephone numbers in files that leave the team; `unmasked_because` says why where it is off.
    """

    channels: tuple[Literal["PHONE", "SMS", "VISIT", "MEETING", "EMAIL", "PORTAL", "LETTER"], ...]
    hours: Hours
    consumer_hours: Hours
    most_a_week: Days
    consumer_most_a_week: Days
    mask_exports: Flag
    unmasked_because: str = ""

    @model_validator(mode="after")
    def _stricter(self) -> Conduct:
        for name, hours in (("hours", self.hours), ("consumer_hours", self.consumer_hours)):
            if not hours:
                raise ValueError(f"{name} names no weekday: nobody could ever be called")
            wrong = [day for day, (first, last) in hours.items() if first >= last]
            if wrong:
                raise ValueError(f"{name}: {wrong[0]} ends before it begins")
        for day, (first, last) in self.consumer_hours.items():
            wide = self.hours.get(day)
            if wide is None or first < wide[0] or last > wide[1]:
                raise ValueError(f"consumer_hours: {day} is wider than the hours of businesses; consumers are protected more, never less")
        if self.consumer_most_a_week > self.most_a_week:
            raise ValueError("consumer_most_a_week is more than most_a_week; consumers are protected more, never less")
        if not self.mask_exports and not self.unmasked_because.strip():
            raise ValueError("mask_exports: false needs a reason under unmasked_because")
        return self
