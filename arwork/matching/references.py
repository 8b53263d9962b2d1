"""Step C of 2.2: which words of a payment name a document, and whether that document is open, settled, elsewhere or unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
from stdnum import iso11649, luhn
from stdnum.ch import esr

from arwork.matching.columns import rows as rows_of
from arwork.matching.lean import lean
from arwork.matching.number_index import DOCUMENT_FIELDS, NumberIndex, Place, Register, number_index, register
from arwork.matching.number_runs import Prefixes, Spot, bare_of, numbers_in, stripper
from arwork.matching.own_ids import NO_REFERENCE, in_own_ids
from arwork.matching.tokens import (
    GONE,
    LONGEST,
    READ_MOST,
    Text,
    digit_windows,
    looks_like_date,
    plain,
    read,
    soft,
    written_together,
)
from arwork.matching.uncollected import uncollected
from arwork.policy import Matching
from arwork.tables import conform, empty

PART = ", part of a longer number"
"""Ends `references.field` where the number was found only inside a longer run of digits; never supports AUTO."""
RANGE = ", within a range"
"""Ends `references.field` where the number stands inside a range such as 4711-4715."""
TOO_LONG = "TEXTTOOLONG"
"""Stands as an unknown word where a payment text is longer than is read."""
PAYMENT_TYPES = ("RCPT", "ONACC", "REFUND")
"""Lines that are money already booked, never a document somebody pays."""
_ALIKE_MOST = 50
_RANGE_MOST = 60
_WINDOWED_MOST = 200
_SOFT_LENGTHS = (8, 11)
"""Lengths of what could be a date or a bank code."""
_DIGIT = frozenset("0123456789")
_AT_ONCE = 4_096
"""So many payments are looked through together."""
_MARK = "\x02"
_SQUEEZED = {code: None for code in range(128) if not chr(code).isalnum()}
_RANGE_SIGN = re.compile("[0-9] ?(?:[-–]|BIS|TO|THRU)", re.IGNORECASE)
_A_RANGE = re.compile(r"(?<![A-Z0-9])([A-Z]{0,8}[-/]?)([0-9]{4,12}) ?(?:-|–|BIS|TO|THRU) ?(?:\1)?([0-9]{4,12})(?![A-Z0-9])")


_Hit: TypeAlias = tuple[int, int, bool, str, tuple[Place, ...]]
"""A run that names items: first place, size, whether the writer left no blank inside it, the run, the places."""


@lean
class _Rules:
    """What the policy says of document numbers."""

    prefixes: Prefixes
    least: int
    least_unknown: int
    patterns: tuple[re.Pattern[str], ...]


@lean
class _Search:
    """The search of one receipt: its book, what it looks in, and what it found, by token, origin and item."""

    book: tuple[str, str]
    index: NumberIndex
    rules: _Rules
    found: dict[tuple[str, str, str], tuple[str, str]]


def norm(text: str) -> str:
    """Squeeze a text to upper-case letters and digits, without accents."""
    return text.upper().translate(_SQUEEZED) if text.isascii() else re.sub(r"[^A-Z0-9]", "", plain(text))


def core(squeezed: str, prefixes: Iterable[str]) -> str:
    """Take configured prefixes and leading zeros off a squeezed number; a number that is nothing else stays whole."""
    return bare_of(squeezed, stripper(tuple(prefixes)))


def fold(core_text: str) -> str:
    """Write letters that scanners and people mistake for digits as digits (O, I, L), then strip leading zeros again."""
    return core_text.translate(str.maketrans("OIL", "011")).lstrip("0") or core_text


def checked(structured: str) -> bool:
    """Say whether a squeezed structured reference has valid check digits: RF (ISO 11649), Swiss QRR, or a KID by modulus 10."""
    if structured.startswith("RF"):
        return bool(iso11649.is_valid(structured))
    if not structured.isdigit():
        return False
    if len(structured) == 27:
        return bool(esr.is_valid(structured))
    return 4 <= len(structured) <= 25 and bool(luhn.is_valid(structured))


def registered(open_items: pd.DataFrame, policy: Matching) -> Register:
    """Collect the numbers of every item of `open_items` that could be paid: not reversed, no payment (step C of 2.2)."""
    prefixes = _rules(policy).prefixes
    usable = (open_items["reversed_by"] == "") & (open_items["reverses"] == "") & ~open_items["doc_type"].isin(PAYMENT_TYPES)
    return register(open_items, usable.to_numpy(dtype=bool), lambda texts: _cores(texts, prefixes), policy.reference_min_length)


def _cores(texts: Sequence[str], prefixes: Prefixes) -> list[str]:
    """Return the core of each text, squeezed: all at once where a mark can part them."""
    whole = _MARK.join(texts)
    if not whole.isascii() or whole.count(_MARK) != len(texts) - 1:
        return [bare_of(norm(text), prefixes) for text in texts]
    slow = (*prefixes.heads, "0")
    squeezed = whole.upper().translate({**_SQUEEZED, ord(_MARK): _MARK}).split(_MARK)
    return [bare_of(text, prefixes) if text.startswith(slow) else text for text in squeezed]


def _rules(policy: Matching) -> _Rules:
    return _Rules(
        stripper(tuple(norm(prefix) for prefix in policy.reference_prefixes)), policy.reference_min_length,
        policy.reference_min_length_unknown_payer, tuple(re.compile(p) for p in policy.doc_no_patterns),
    )  # fmt: skip


@uncollected()
def extract(
    receipts: pd.DataFrame,
    open_items: pd.DataFrame,
    remittance_lines: pd.DataFrame,
    policy: Matching,
    known: Register | None = None,
) -> pd.DataFrame:
    """Return `references`: each word of each payment that names an item, and each that looks like a document and names none.

    Reads `receipts`, `open_items`, `remittance_lines`. Words of the text, the structured reference and the lines of a linked
    advice are looked up in the items of the receipt's own ledger and company code; what is found only in another one has state
    OTHER_LEDGER. Where they name nothing, the payer's own number of the payment is asked (see `own_ids`).
    OPEN and CLEARED are as the extract has them; strategies look at the key date. `known` is what `registered`
    returned for the same items and policy, where it was kept.
    """
    rules = _rules(policy)
    index = number_index(registered(open_items, policy) if known is None else known, open_items, len(receipts))
    advices, documents = linked_advices(receipts, remittance_lines), remittance_lines["doc_reference"].astype(str).tolist()
    rows: list[tuple[str, str, str, str, str, str]] = []
    columns = ["receipt_id", "ledger_id", "company_code", "remittance_text", "structured_ref", "amount", "currency"]
    every = list(rows_of(receipts, columns))
    for start in range(0, len(every), _AT_ONCE):
        some = every[start : start + _AT_ONCE]
        texts = [read(wording, amount, currency) for _, _, _, wording, _, amount, currency in some]
        spots = numbers_in(texts, index, rules.prefixes)
        ranged = _may_be_ranged([wording for _, _, _, wording, *_ in some])
        for place, (receipt, ledger, company, wording, structured, _, _) in enumerate(some):
            search = _Search((ledger, company), index, rules, {})
            _from_text(search, texts[place], spots.get(place, ()))
            if place in ranged:
                _from_ranges(search, plain(wording[:READ_MOST]))
            if len(wording) > READ_MOST:
                search.found[TOO_LONG, "text", ""] = ("", "UNKNOWN")
            if structured:
                _from_structured(search, norm(structured), "structured")
            for carried in texts[place].creditor_references:
                _from_structured(search, carried, "text")
            for position in advices.get(receipt, ()):
                _from_advice(search, norm(documents[position]))
            rows += [(receipt, *key, *told) for key, told in search.found.items()]
    resolved = {receipt for receipt, _, _, item, *_ in rows if item}
    rows += in_own_ids(receipts, resolved, open_items, index, rules.prefixes)
    if not rows:
        return empty("references")
    return conform("references", pd.DataFrame(rows, columns=["receipt_id", "token", "origin", "item_id", "field", "state"]))


def linked_advices(receipts: pd.DataFrame, remittance_lines: pd.DataFrame) -> dict[str, list[int]]:
    """Return for each receipt the positions of the advice lines that are linked to it (T09).

    Lines that carry a `receipt_id` (see `advices.linked_lines`) are linked to just that receipt; lines that nobody has
    linked yet, to every receipt whose end-to-end id or bank reference they state.
    """
    if remittance_lines.empty:
        return {}
    if "receipt_id" in remittance_lines.columns:
        named: dict[str, list[int]] = {}
        for position, receipt in enumerate(remittance_lines["receipt_id"]):
            named.setdefault(receipt, []).append(position)
        known = set(receipts["receipt_id"])
        return {receipt: positions for receipt, positions in named.items() if receipt in known}
    by_ref: dict[str, list[int]] = {}
    for position, ref in enumerate(remittance_lines["payment_ref"]):
        by_ref.setdefault(ref, []).append(position)
    found: dict[str, list[int]] = {}
    for receipt, *refs in rows_of(receipts, ("receipt_id", "end_to_end_id", "bank_txn_id")):
        positions = {position for ref in refs if ref not in NO_REFERENCE for position in by_ref.get(ref, ())}
        if positions:
            found[receipt] = sorted(positions)
    return found


def _may_be_ranged(wordings: Sequence[str]) -> frozenset[int]:
    """Return the places of the texts in which `_from_ranges` may find a range; those beyond ASCII are asked for a sign only.

    No part of the pattern takes the mark between two texts, and all its looks aside take it for an end.
    """
    plainly = [wording[:READ_MOST] if wording.isascii() and _MARK not in wording else "" for wording in wordings]
    other = [place for place, wording in enumerate(wordings) if not plainly[place] and _RANGE_SIGN.search(wording)]
    begins = np.cumsum([0, *(len(wording) + 1 for wording in plainly)])
    hits = [match.start() for match in _A_RANGE.finditer(_MARK.join(plainly).upper()) if _spans(match)]
    return frozenset([*other, *(np.searchsorted(begins, hits, side="right") - 1).tolist()])


def _spans(match: re.Match[str]) -> bool:
    """Say whether a match of `_A_RANGE` has two ends that are written alike, not too far apart."""
    return len(match[2]) == len(match[3]) and int(match[2]) < int(match[3]) <= int(match[2]) + _RANGE_MOST


def _look_up(search: _Search, squeezed: str, documents_only: bool = False) -> tuple[Place, ...]:
    """Return the places of a squeezed word: in the receipt's own book, or, only if nowhere there, open in another."""
    return _places(search, bare_of(squeezed, search.rules.prefixes), documents_only)


def _places(search: _Search, number: str, documents_only: bool) -> tuple[Place, ...]:
    """Return the places of the core of a number, as `_look_up` does."""
    places = search.index.places(number)
    if not places:
        return ()
    if documents_only:
        places = tuple([place for place in places if place.field in DOCUMENT_FIELDS])
    own = tuple([place for place in places if place.book == search.book])
    if own or len(number) < search.rules.least_unknown:
        return own
    return tuple([place for place in places if not place.settled])


def _note(search: _Search, token: str, origin: str, places: Iterable[Place], suffix: str = "") -> None:
    for place in places:
        state = "OTHER_LEDGER" if place.book != search.book else "CLEARED" if place.settled else "OPEN"
        search.found.setdefault((token, origin, place.item_id), (place.field + suffix, state))


def _from_text(search: _Search, text: Text, spots: Sequence[Spot]) -> None:
    """Resolve the words of the free text, then digits inside longer numbers, then words that only look like documents (G-23)."""
    hits: list[_Hit] = []
    covered: set[int] = set()
    for first, size, run, number in spots:
        places = _places(search, number, len(run) in _SOFT_LENGTHS and soft(run))
        if places:
            hits.append((first, size, size == 1 or all(text.glued[first + 1 : first + size]), run, places))
            covered.update(range(first, first + size))
    for place, hit in enumerate(hits):
        if len(hits) == 1 or not _overruled(hits, place):
            _note(search, hit[3], "text", hit[4])
    for word in [w for place, w in enumerate(text.words) if len(w) > 6 and place not in covered][:_WINDOWED_MOST]:
        for window in digit_windows(word, search.index.lengths) if not word.isalpha() else ():
            if window in search.index.number and window[0] != "0":
                _note(search, window, "text", _own_documents(search, window), PART)
    _from_strange_words(search, text, covered)


def _from_strange_words(search: _Search, text: Text, covered: set[int]) -> None:
    """Look at each word that no number explains and that is not letters alone, or begins what the writer wrote in one piece."""
    words, glued, heads = text.words, text.glued, search.rules.prefixes.heads
    last, kept = len(words) - 1, None
    for position, word in enumerate(words):
        more = position < last and glued[position + 1]
        if position in covered or word == GONE or (word.isalpha() and not (more or search.rules.patterns)):
            continue
        follows = position > 0 and words[position - 1] in heads
        if glued[position] and not follows:
            continue
        if kept is None:
            kept = frozenset([token for token, origin, _ in search.found if origin == "text"])
        whole, size = written_together(text, position) if more else (word, 1)
        if len(whole) <= LONGEST and (size == 1 or covered.isdisjoint(range(position, position + size))):
            _unresolved(search, whole, word, follows, kept)


def _overruled(hits: Sequence[_Hit], place: int) -> bool:
    """Say whether a hit gives way: to a longer word the writer wrote in one piece, or, for a join over blanks, to its parts."""
    first, size, whole, _, places = hits[place]
    low = high = place
    while low and hits[low - 1][0] > first - 3:
        low -= 1
    while high < len(hits) and hits[high][0] < first + size:
        high += 1
    for other, more, other_whole, _, theirs in (*hits[low:place], *hits[place + 1 : high]):
        inside, around = other <= first and first + size <= other + more, first <= other and other + more <= first + size
        if (inside and other_whole) or around:
            same = {place.item_id for place in places} == {place.item_id for place in theirs}
            if (inside and other_whole and not same) or (around and (same or not whole)):
                return True
    return False


def _own_documents(search: _Search, squeezed: str) -> tuple[Place, ...]:
    return tuple(place for place in _look_up(search, squeezed, True) if place.book == search.book)


def _from_ranges(search: _Search, text: str) -> None:
    """Expand 4711-4715 where every member is a document of one customer."""
    for match in _A_RANGE.finditer(text):
        if not _spans(match):
            continue
        members = [f"{norm(match[1])}{number:0{len(match[2])}d}" for number in range(int(match[2]), int(match[3]) + 1)]
        hits = [_own_documents(search, member) for member in members]
        shared = set.intersection(*({place.customer_id for place in places} for places in hits))
        for member, places in zip(members, hits, strict=True):
            _note(search, member, "text", [place for place in places if place.customer_id in shared], RANGE)


def _from_structured(search: _Search, squeezed: str, origin: str) -> None:
    """Resolve a structured reference: whole, and for a valid RF reference also the number that it carries."""
    places = _look_up(search, squeezed) if squeezed else ()
    if not places and squeezed.startswith("RF") and checked(squeezed):
        places = _look_up(search, squeezed[4:])
    _note(search, squeezed, origin, places)
    if squeezed and not places:
        search.found.setdefault((squeezed, origin, ""), ("", "UNKNOWN"))


def _from_advice(search: _Search, squeezed: str) -> None:
    """Resolve one document of an advice whole; what names nothing is kept as UNKNOWN."""
    places = _look_up(search, squeezed) if squeezed else ()
    _note(search, squeezed, "advice", places)
    if squeezed and not places:
        search.found.setdefault((squeezed, "advice", ""), ("", "UNKNOWN"))


def _unresolved(search: _Search, whole: str, word: str, follows: bool, resolved: frozenset[str]) -> None:
    """Keep a word that looks like one of our documents but names none; `whole` is all that the writer wrote in one piece with it.

    It stands after a configured prefix (`follows`), fits a pattern of the policy, or looks like a number beside it that does
    name one: the digit that was hurt, the list that was cut off.
    """
    rules = search.rules
    heads = rules.prefixes.heads
    stuck = next((p for p in heads if word.startswith(p) and word[len(p) : len(p) + 1].isdigit()), "") if word.startswith(heads) else ""
    bare = whole[len(stuck) :]
    shaped = (stuck or follows) and len(bare) >= 4 and not _DIGIT.isdisjoint(bare)
    if not shaped and not _alike(whole, resolved) and not any(pattern.fullmatch(whole) for pattern in rules.patterns):
        return
    if not looks_like_date(bare) and bare_of(bare, rules.prefixes) not in search.index.customers:
        search.found.setdefault((whole, "text", ""), ("", "UNKNOWN"))


def _alike(word: str, resolved: frozenset[str]) -> bool:
    """Say whether a word with digits is as long as a number that was found, or begins like one or like the end of one."""
    if not resolved or len(word) < 3 or _DIGIT.isdisjoint(word) or len(resolved) > _ALIKE_MOST:
        return False
    head, long = word[:3], len(word) >= 6
    return any((long and len(word) == len(token)) or head in (token[:3], token[-len(word) :][:3]) for token in resolved)
