"""A receipt, and what the words of its payment name at the key date, seen from its payer (step C of 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import date
from typing import Any

import pandas as pd

from arwork.matching.columns import rows as rows_of
from arwork.matching.lean import lean
from arwork.matching.number_index import DOCUMENT_FIELDS
from arwork.matching.payer import NEW_ACCOUNT
from arwork.matching.receipts import RETURNED
from arwork.matching.references import PART, RANGE, checked, core
from arwork.matching.universe import Account, Universe
from arwork.policy import Matching

_COLUMNS = (
    "receipt_id", "ledger_id", "company_code", "customer_id", "currency", "amount", "booking_date", "value_date", "remitter_name",
    "payer_key", "payer_strength", "payer_conflict", "payer_sentence", "method", "payer_family", "remittance_text",
    "payer_hints", "charges", "charge_bearer", "orig_currency", "orig_amount", "bank_country",
)  # fmt: skip


@lean
class Receipt:
    """A receipt, amount in minor units of its currency; `family` are the customers whom its key names together (B8).

    `charges` is what the bank took off, `bearer` who bears it, `bank_country` where our account is (MP-61); the payer paid
    `orig_amount` in `orig_currency` where that is filled (MP-62). `twin` is an earlier payment that looks like the same one, and its day.
    """

    receipt_id: str
    book: tuple[str, str]
    customer_id: str
    currency: str
    amount: int
    booking_date: date
    value_date: date
    remitter: str
    key: str
    strength: str
    conflict: bool
    payer_sentence: str
    returned: bool
    new_account: bool
    family: tuple[str, ...] = ()
    text: str = ""
    hints: tuple[str, ...] = ()
    charges: int = 0
    bearer: str = ""
    orig_currency: str = ""
    orig_amount: int = 0
    bank_country: str = ""
    twin: tuple[str, date] | None = None
    account: Account = field(init=False, compare=False)
    """The payer's customer account."""

    def __post_init__(self) -> None:
        """Name the payer's account."""
        object.__setattr__(self, "account", (*self.book, self.customer_id))


@lean
class Word:
    """A word of the payment and the open items of the payer that it names.

    `rank` is 0 for the document's own number, 1 for an assignment, 2 for an order, delivery or contract number.
    """

    token: str
    origin: str
    items: tuple[str, ...]
    rank: int
    part: bool
    ranged: bool
    checked: bool


@lean
class Named:
    """Everything the words of a payment say, seen from its payer at the key date.

    `foreign` to `later` are items: in another currency (`unclear` where the word names several of them), taken by somebody's
    decision, settled, not posted yet. The rest are
    words: `strangers` (long and short) are open with other customers only, `elsewhere` in another ledger only, `unknown` look
    like a document and are none, `unknown_stated` stand in an advice or the structured reference. `rightful` are those strangers
    and words found elsewhere whose document has exactly the amount of the receipt.
    """

    words: tuple[Word, ...] = ()
    foreign: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    short_strangers: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unknown_stated: tuple[str, ...] = ()
    rightful: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def resolves(self) -> bool:
        """Say whether any word names a document, wherever it stands."""
        return bool(self.words or self.foreign or self.taken or self.settled or self.later or self.strangers or self.elsewhere)

    def items(self) -> tuple[str, ...]:
        """List the open items that exact words name, each once."""
        return tuple(sorted({item for word in self.words if not word.part for item in word.items}))


_NOTHING = Named()


def read_receipts(receipts: pd.DataFrame) -> tuple[Receipt, ...]:
    """Read `receipts` (T08) with their payers, ordered by id."""
    books: dict[tuple[str, str], tuple[str, str]] = {}
    return tuple([_receipt(row, books) for row in sorted(rows_of(receipts, _COLUMNS))])


def _receipt(row: tuple[Any, ...], books: dict[tuple[str, str], tuple[str, str]]) -> Receipt:
    (
        receipt, ledger, company, customer, currency, amount, booked, valued, remitter, key, strength, conflict, sentence, method, family, text,
        hints, charges, bearer, orig_currency, orig_amount, country,
    ) = row  # fmt: skip
    book = (ledger, company)
    return Receipt(
        receipt, books.setdefault(book, book), customer, currency, int(amount), booked, valued, remitter, key, strength, bool(conflict), sentence,
        method.endswith(RETURNED), NEW_ACCOUNT in sentence, tuple(family.split()) if family else (), text,
        tuple(hints.split()) if hints else (), int(charges), bearer, orig_currency, int(orig_amount), country,
    )  # fmt: skip


def read_words(references: pd.DataFrame) -> dict[str, list[tuple[str, str, str, str, str]]]:
    """Return token, origin, item, field and state of the `references` of each receipt."""
    found: dict[str, list[tuple[str, str, str, str, str]]] = {}
    columns = ["receipt_id", "token", "origin", "item_id", "field", "state"]
    for row in sorted(rows_of(references, columns)):
        found.setdefault(row[0], []).append(row[1:])
    return found


def named(receipt: Receipt, words: Sequence[tuple[str, str, str, str, str]], world: Universe, policy: Matching) -> Named:
    """Say what the words of a receipt name at the key date, seen from its payer (step C of 2.2).

    With a known payer only its own items count; words that name only other customers' items are kept apart as strangers.
    """
    if not words:
        return _NOTHING
    grouped: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for token, origin, item, where, state in words:
        grouped.setdefault((token, origin), []).append((item, where, state))
    others: dict[str, set[str]] = {}
    found: list[Word] = []
    for (token, origin), hits in grouped.items():
        if not receipt.customer_id and hits[0][0] and not _long(token, policy):
            continue
        if len(hits) == 1 and _is_its_own(receipt, hits[0][0], world):
            found.append(_word(token, origin, hits))
            continue
        mine = [hit for hit in hits if hit[0] and _may_pay(receipt, hit[0], world)]
        usable = [hit for hit in mine if (known := world.items.get(hit[0])) is not None and known.currency == receipt.currency]
        if usable:
            found.append(_word(token, origin, usable))
        elif hits[0][2] == "UNKNOWN":
            others.setdefault("unknown" if origin == "text" else "unknown_stated", set()).add(token)
        else:
            own = {hit[0] for hit in mine if not hit[1].endswith(PART)}
            kind, value = _otherwise(token, hits, sorted(own), world, _long(token, policy))
            others.setdefault(kind, set()).add(value)
            if kind in ("elsewhere", "strangers") and any(_is_its_amount(receipt, hit[0], world) for hit in hits):
                others.setdefault("rightful", set()).add(token)
            if kind == "foreign" and len(own) > 1:
                others.setdefault("unclear", set()).add(value)
    if not others:
        return Named(tuple(found))
    others.pop("", None)
    return Named(tuple(found), **{kind: tuple(sorted(values)) for kind, values in others.items()})


def _is_its_own(receipt: Receipt, item: str, world: Universe) -> bool:
    """Say whether an item is open, in the currency of a receipt, and its known payer's own."""
    known = world.items.get(item) if item and receipt.customer_id else None
    return known is not None and known.account == receipt.account and known.currency == receipt.currency


def _long(token: str, policy: Matching) -> bool:
    """Say whether a number is long enough to be believed while the payer is unknown."""
    return len(core(token, policy.reference_prefixes)) >= policy.reference_min_length_unknown_payer


def _otherwise(token: str, hits: Sequence[tuple[str, str, str]], mine: Sequence[str], world: Universe, long: bool) -> tuple[str, str]:
    """Say what a word is that names a document but no open item of the payer in the currency of the receipt."""
    stores = (("foreign", world.items), ("taken", world.taken), ("settled", world.settled), ("later", world.later))
    for kind, store in stores:
        found = sorted(item for item in mine if item in store)
        if found:
            return kind, found[0]
    states = {state for _, where, state in hits if not where.endswith(PART)}
    if "OTHER_LEDGER" in states:
        return "elsewhere", token
    if "OPEN" in states:
        return ("strangers" if long else "short_strangers"), token
    return "", token


def _is_its_amount(receipt: Receipt, item: str, world: Universe) -> bool:
    known = world.items.get(item)
    return known is not None and known.left == receipt.amount and known.currency == receipt.currency


def _may_pay(receipt: Receipt, item: str, world: Universe) -> bool:
    """Say whether an item is the payer's, or, while the payer is unknown, anybody's in the receipt's own book (CV-08)."""
    known = world.find(item)
    if known is None:
        return False
    return known.account == receipt.account if receipt.customer_id else known.account[:2] == receipt.book


def _proven(token: str, origin: str) -> bool:
    """Say whether check digits prove that a word was meant as a reference."""
    return (origin == "structured" or token.startswith("RF")) and checked(token)


def _word(token: str, origin: str, hits: Sequence[tuple[str, str, str]]) -> Word:
    """Read a word by its most telling field: the document's own number before an assignment, that before an order number."""
    if len(hits) == 1 and hits[0][1] in DOCUMENT_FIELDS:
        return Word(token, origin, (hits[0][0],), 0, False, False, _proven(token, origin))
    ranked = []
    for item, where, _ in hits:
        name = where.removesuffix(PART).removesuffix(RANGE)
        ranked.append((0 if name in DOCUMENT_FIELDS else 1 if name == "assignment" else 2, item, where))
    best = min(rank for rank, _, _ in ranked)
    kept = [(item, where) for rank, item, where in ranked if rank == best]
    return Word(
        token, origin, tuple(sorted(item for item, _ in kept)), best, all(where.endswith(PART) for _, where in kept),
        all(where.endswith(RANGE) for _, where in kept),
        best == 0 and _proven(token, origin),
    )  # fmt: skip
