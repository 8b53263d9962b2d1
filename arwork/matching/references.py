"""Step C of 2.2: which words of a payment name a document, and whether that document is open, settled, elsewhere or unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

import pandas as pd
from stdnum import iso11649, luhn
from stdnum.ch import esr

from arwork.matching.columns import rows as rows_of
from arwork.matching.lean import lean
from arwork.matching.number_index import DOCUMENT_FIELDS, NumberIndex, Place, Register, number_index, register
from arwork.matching.tokens import (
    LONGEST,
    READ_MOST,
    Text,
    Token,
    digit_windows,
    looks_like_date,
    plain,
    read,
    runs,
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
NO_REFERENCE = ("", "NOTPROVIDED", "NONREF")
"""What payers and banks write where they give no reference."""
_ALIKE_MOST = 50
_RANGE_MOST = 60
_WINDOWED_MOST = 200
_RANGE_SIGN = re.compile("[0-9] ?(?:[-–]|BIS|TO|THRU)", re.IGNORECASE)
_SQUEEZED = {code: None for code in range(128) if not chr(code).isalnum()}
_A_RANGE = re.compile(r"(?<![A-Z0-9])([A-Z]{0,8}[-/]?)([0-9]{4,12}) ?(?:-|–|BIS|TO|THRU) ?(?:\1)?([0-9]{4,12})(?![A-Z0-9])")


_Hits: TypeAlias = dict[tuple[int, int], tuple[Token, tuple[Place, ...]]]


@lean
class _Prefixes:
    """Configured prefixes of numbers, squeezed, the longest first, and the pattern that takes them off a number."""

    heads: tuple[str, ...]
    pattern: re.Pattern[str]


@lean
class _Rules:
    """What the policy says of document numbers."""

    prefixes: _Prefixes
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
    return _bare(squeezed, _stripper(tuple(prefixes)))


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
    return register(open_items, usable.to_numpy(dtype=bool), lambda text: _bare(norm(text), prefixes), policy.reference_min_length)


def _rules(policy: Matching) -> _Rules:
    return _Rules(
        _stripper(tuple(norm(prefix) for prefix in policy.reference_prefixes)), policy.reference_min_length,
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
    OTHER_LEDGER. OPEN and CLEARED are as the extract has them; strategies look at the key date. `known` is what `registered`
    returned for the same items and policy, where it was kept.
    """
    rules = _rules(policy)
    index = number_index(registered(open_items, policy) if known is None else known, open_items, len(receipts))
    advices, documents = linked_advices(receipts, remittance_lines), remittance_lines["doc_reference"].astype(str).tolist()
    rows: list[tuple[str, str, str, str, str, str]] = []
    columns = ["receipt_id", "ledger_id", "company_code", "remittance_text", "structured_ref", "amount", "currency"]
    for receipt, ledger, company, wording, structured, amount, currency in rows_of(receipts, columns):
        search = _Search((ledger, company), index, rules, {})
        text = read(wording, amount, currency)
        _from_text(search, text)
        if _RANGE_SIGN.search(wording):
            _from_ranges(search, plain(wording[:READ_MOST]))
        if len(wording) > READ_MOST:
            search.found[TOO_LONG, "text", ""] = ("", "UNKNOWN")
        _from_structured(search, norm(structured), "structured")
        for carried in text.creditor_references:
            _from_structured(search, carried, "text")
        for position in advices.get(receipt, ()):
            _from_advice(search, norm(documents[position]))
        rows += [(receipt, token, origin, item, *told) for (token, origin, item), told in search.found.items()]
    if not rows:
        return empty("references")
    return conform("references", pd.DataFrame(rows, columns=["receipt_id", "token", "origin", "item_id", "field", "state"]))


def linked_advices(receipts: pd.DataFrame, remittance_lines: pd.DataFrame) -> dict[str, list[int]]:
    """Return for each receipt the positions of the advice lines that are linked to it (T09).

    Lines that carry a `receipt_id` (see `advices.linked_lines`) are linked to just that receipt; lines that nobody has
    linked yet, to every receipt whose end-to-end id or bank reference they state.
    """
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


@lru_cache(maxsize=64)
def _stripper(prefixes: tuple[str, ...]) -> _Prefixes:
    """Match leading prefixes of a number, the longest first, never the whole of it."""
    longest = tuple(sorted(set(prefixes) - {""}, key=lambda p: (-len(p), p)))
    return _Prefixes(longest, re.compile(f"(?:(?:{'|'.join(map(re.escape, longest))})(?=.))*" if longest else ""))


def _bare(squeezed: str, prefixes: _Prefixes) -> str:
    if squeezed[:1] <= "9":
        return squeezed.lstrip("0") or squeezed if squeezed[:1] == "0" else squeezed
    if not squeezed.startswith(prefixes.heads):
        return squeezed
    start = prefixes.pattern.match(squeezed)
    return squeezed[start.end() if start else 0 :].lstrip("0") or squeezed


def _look_up(search: _Search, squeezed: str, documents_only: bool = False) -> tuple[Place, ...]:
    """Return the places of a squeezed word: in the receipt's own book, or, only if nowhere there, open in another."""
    number = _bare(squeezed, search.rules.prefixes)
    places = search.index.places(number)
    if not places:
        return ()
    if documents_only:
        places = tuple(place for place in places if place.field in DOCUMENT_FIELDS)
    own = tuple(place for place in places if place.book == search.book)
    if own or len(number) < search.rules.least_unknown:
        return own
    return tuple(place for place in places if not place.settled)


def _note(search: _Search, token: str, origin: str, places: Iterable[Place], suffix: str = "") -> None:
    for place in places:
        state = "OTHER_LEDGER" if place.book != search.book else "CLEARED" if place.settled else "OPEN"
        search.found.setdefault((token, origin, place.item_id), (place.field + suffix, state))


def _from_text(search: _Search, text: Text) -> None:
    """Resolve the words of the free text, then digits inside longer numbers, then words that only look like documents (G-23)."""
    hits: _Hits = {}
    found, prefixes = search.index.number, search.rules.prefixes
    for run, first, size, whole in runs(text):
        if run in found if "0" < run[0] <= "9" else not run.isalpha() and _bare(run, prefixes) in found:
            places = _look_up(search, run, soft(run))
            if places:
                hits[first, size] = (Token(run, first, size, whole, False), places)
    covered = {first + step for first, size in hits for step in range(size)}
    for token, places in hits.values():
        if len(hits) == 1 or not _overruled(token, places, hits):
            _note(search, token.text, "text", places)
    for word in [w for place, w in enumerate(text.words) if place not in covered and len(w) > 6][:_WINDOWED_MOST]:
        for window in digit_windows(word, search.index.lengths):
            _note(search, window, "text", [] if window[0] == "0" else _own_documents(search, window), PART)
    kept = frozenset(token for token, origin, _ in search.found if origin == "text")
    for position, word in enumerate(text.words):
        alone = position + 1 == len(text.words) or not text.glued[position + 1]
        if position not in covered and (search.rules.patterns or not (word.isalpha() and alone)):
            _unresolved(search, text, position, covered, kept)


def _overruled(token: Token, places: tuple[Place, ...], hits: _Hits) -> bool:
    """Say whether a hit gives way: to a longer word the writer wrote in one piece, or, for a join over blanks, to its parts."""
    mine = {place.item_id for place in places}
    for first in range(token.first - 2, token.first + token.size):
        for size in (1, 2, 3):
            if (first, size) not in hits or (first, size) == (token.first, token.size):
                continue
            other, theirs = hits[first, size][0], {place.item_id for place in hits[first, size][1]}
            inside = first <= token.first and token.first + token.size <= first + size
            around = token.first <= first and first + size <= token.first + token.size
            if (inside and other.whole and mine != theirs) or (around and (mine == theirs or not token.whole)):
                return True
    return False


def _own_documents(search: _Search, squeezed: str) -> tuple[Place, ...]:
    return tuple(place for place in _look_up(search, squeezed, True) if place.book == search.book)


def _from_ranges(search: _Search, text: str) -> None:
    """Expand 4711-4715 where every member is a document of one customer."""
    for match in _A_RANGE.finditer(text):
        low, high = int(match[2]), int(match[3])
        if len(match[2]) != len(match[3]) or not low < high <= low + _RANGE_MOST:
            continue
        members = [f"{norm(match[1])}{number:0{len(match[2])}d}" for number in range(low, high + 1)]
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


def _unresolved(search: _Search, text: Text, position: int, covered: set[int], resolved: frozenset[str]) -> None:
    """Keep a word that looks like one of our documents but names none.

    It stands after a configured prefix, fits a pattern of the policy, or looks like a number beside it that does name one:
    the digit that was hurt, the list that was cut off.
    """
    word, rules = text.words[position], search.rules
    follows = position > 0 and text.words[position - 1] in rules.prefixes.heads
    if word == "\x01" or (text.glued[position] and not follows):
        return
    whole, size = written_together(text, position)
    if len(whole) > LONGEST or not covered.isdisjoint(range(position, position + size)):
        return
    stuck = next((p for p in rules.prefixes.heads if word.startswith(p) and word[len(p) : len(p) + 1].isdigit()), "")
    bare = whole[len(stuck) :]
    shaped = (stuck or follows) and len(bare) >= 4 and any(c.isdigit() for c in bare)
    if not shaped and not _alike(whole, resolved) and not any(pattern.fullmatch(whole) for pattern in rules.patterns):
        return
    if not looks_like_date(bare) and _bare(bare, rules.prefixes) not in search.index.customers:
        search.found.setdefault((whole, "text", ""), ("", "UNKNOWN"))


def _alike(word: str, resolved: frozenset[str]) -> bool:
    """Say whether a word with digits is as long as a number that was found, or begins like one or like the end of one."""
    if len(word) < 3 or not any(c.isdigit() for c in word) or len(resolved) > _ALIKE_MOST:
        return False
    head, long = word[:3], len(word) >= 6
    return any((long and len(word) == len(token)) or head in (token[:3], token[-len(word) :][:3]) for token in resolved)
