"""The words of a reply to a customer's statement: those of its language beside the template, else the English ones of the code (RC-40)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from string import Formatter

from arwork.errors import InputError
from arwork.intake.received import take
from arwork.money import Units
from arwork.pack.letters import FALLBACK, Templates, Written
from arwork.reconcile.customer_class import Difference
from arwork.reconcile.customer_said import FACTS, SAID, filled
from arwork.settings import read_yaml
from arwork.show.markup import visible

_FILE = "reply.yaml"
TITLES: Mapping[str, str] = {
    "MISSING_AT_THEIRS": "Not on your statement", "ERROR_THEIRS": "Please correct in your books", "MISSING_AT_OURS": "Not known to us",
    "DISPUTE": "In dispute", "ERROR_OURS": "We correct in our books", "TIMING": "Will clear by itself", "OPEN": "To be explained",
}  # fmt: skip
"""By class of a difference, the heading of its group, in the order of the letter."""
_LABELS: Mapping[str, str] = {
    "a": "Balance in our books", "ours": "Items not on your statement", "paid": "Payments and deductions booked by you, not by us",
    "theirs": "Items on your statement only, and credits you have not booked", "amount": "Amount differences on common documents",
    "t": "Balance in your books, computed", "s": "Balance on your statement", "E": "Not explained",
}  # fmt: skip
_TEXT: Mapping[str, str] = {
    "letter": "Letter {letter_id}", "title": "Reconciliation of your account {customer_id} at {date}",
    "thanks": "Thank you for the statement of our account in your books. We compared it with ours, document by document.",
    "answer": "Please answer within {days} days: {contact}.", "part": "{company}, account {customer_id}, {currency}",
    "difference": "difference {amount} {currency}", "agree": "Both accounts agree.",
    "several": "Each company is a creditor of its own, and each currency stands by itself; nothing is set off between them.",
    "end": "Yours sincerely", "no_day": "no day", "opening": "opening balance",
}  # fmt: skip
_PARTS: Mapping[str, Mapping[str, str]] = {
    "titles": TITLES, "labels": _LABELS, "text": _TEXT, "sentences": {reason: rule.letter for reason, rule in SAID.items()},
}  # fmt: skip
_FILLED: Mapping[str, tuple[str, ...]] = {
    "titles": (), "labels": (), "text": ("letter_id", "customer_id", "date", "days", "contact", "company", "currency", "amount"),
    "sentences": FACTS,
}  # fmt: skip
"""By part, what its words may ask for."""


@dataclass(frozen=True)
class Words:
    """The words of one language, how it writes figures and days, and a note where the wanted language has none."""

    language: str
    titles: Mapping[str, str]
    labels: Mapping[str, str]
    text: Mapping[str, str]
    sentences: Mapping[str, str]
    written: Written
    note: str = ""

    def sentence(self, one: Difference, currency: str) -> str:
        """Say a difference to the customer, with money and days as the language writes them."""

        def day(told: date | str | None) -> str:
            """Write a day, also one that a fact holds as text."""
            return self.written.day(date.fromisoformat(told) if isinstance(told, str) else told) if told else self.text["no_day"]

        def money(minor: int) -> str:
            """Write an amount with its currency."""
            return f"{self.written.money(minor, currency)} {currency}"

        return visible(self.sentences[one.reason].format_map(filled(one.group, one.ours, one.theirs, one.facts, money, day)))


def words_of(templates: Templates, wanted: str, units: Units) -> Words:
    """Return the words for a customer's language; English, with a note, where its template or its words are missing.

    InputError names a word that is missing or asks for a fact that there is not.
    """
    language = templates.language(wanted, "reply")
    file = templates.folder / language / _FILE
    if language != FALLBACK and not file.is_file():
        language = FALLBACK
    note = f"The reply is in English: there is none in {wanted!r}, the customer's language." if language != wanted else ""
    file = templates.folder / language / _FILE
    tree = read_yaml(take(file).data.decode("utf-8-sig"), file.name)[0] if file.is_file() else {}
    parts = {}
    for name, own in _PARTS.items():
        given = tree.get(name, {} if language == FALLBACK else None)
        if not isinstance(given, dict) or (language != FALLBACK and set(given) != set(own)):
            raise InputError(
                f"{name}: it must have the words {', '.join(own)}",
                where=file.as_posix(),
                cure="Add what is missing, or take the file away.",
            )
        parts[name] = {**own, **{key: _plain(str(text), _FILLED[name], file.as_posix()) for key, text in given.items()}}
    return Words(language, parts["titles"], parts["labels"], parts["text"], parts["sentences"], Written(language, units), note)


def _plain(text: str, known: Sequence[str], where: str) -> str:
    """Return a text whose braces are facts that there are; InputError for any other."""
    try:
        asked = {name for _, name, how, turn in Formatter().parse(text) if name is not None for name in (name, how, turn) if name}
    except ValueError as broken:
        raise InputError(f"{text!r} cannot be filled: {broken}", where=where, cure="Write facts as {doc}.") from None
    if asked - set(known):
        more = f"Use {', '.join(known)}." if known else "It is printed as it stands."
        raise InputError(f"{text!r} asks for {', '.join(sorted(asked - set(known)))}", where=where, cure=more)
    return text
