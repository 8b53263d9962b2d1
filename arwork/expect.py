"""Record what a person expects of an open item, beside what the newest run's forecast says of it (domain 7.2)."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from arwork.dates import iso_date
from arwork.decide import Person, newest_run
from arwork.errors import InputError
from arwork.intake.received import take
from arwork.intake.shipped import shipped
from arwork.journal.events import Event
from arwork.pack.plan import journal_store
from arwork.pack.record import read_tables
from arwork.params import read_params
from arwork.policy import read_policy


@dataclass(frozen=True)
class Said:
    """What a person says: the item, the day, the amount in major units as text, and why."""

    item: str
    day: str
    amount: str
    reason: str


def expect(params_file: Path, outputs: Path, said: Said, person: Person) -> Event:
    """Append to the close's journal that an item will be paid otherwise than forecast, with the original value, and return the event.

    Raises InputError for an item that the newest forecast does not hold, a day that is not after its key date, or an amount beyond what is
    left to collect.
    """
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    params = read_params(take(params_file).data.decode("utf-8-sig"), params_file.name, policy)
    day = iso_date(said.day)
    if day <= params.as_of:
        raise InputError(f"{said.day} is not after the key date {params.as_of}", cure="Give the day on which the money should come.")
    with closing(journal_store(params, params_file)) as journal:
        run, _ = newest_run(params, outputs, journal.events())
        items = read_tables(run, ("forecast_items",))["forecast_items"]
        own = items[items["item_id"] == said.item]
        if not len(own):
            raise InputError(f"the newest forecast holds no open item {said.item!r}", cure="Take the id from the pack's forecast items.")
        currency, left = str(own["currency"].iloc[0]), int(own["amount"].sum())
        minor = _minor(said.amount, params.units.exponent(currency))
        if not 0 <= minor <= left:
            raise InputError(f"{said.amount} {currency} is not between nothing and what is left to collect of {said.item}")
        original = own["original"].dropna()
        before = int(original.iloc[0]) if len(original) else int(own["month"].sum())
        body = {"item": said.item, "date": day.isoformat(), "amount": minor, "currency": currency, "original": before}
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return journal.append(
            seen=journal.length(), at=now, by=person.name, known_by=person.known_by, action="FORECAST", body=body, reason=said.reason
        )


def _minor(text: str, exponent: int) -> int:
    try:
        value = Decimal(text) * 10**exponent
    except InvalidOperation:
        raise InputError(f"{text!r} is not an amount", cure="Write it as 1234.56.") from None
    if not value.is_finite() or value != value.to_integral_value():
        raise InputError(f"{text!r} has more decimals than its currency", cure=f"Give {exponent} decimals.")
    return int(value)
