"""What the words of a payment name that is not the payer's own: items of other customers, and of other ledgers (M11, M13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from arwork.matching.lean import lean
from arwork.matching.named import Named, Receipt, Word
from arwork.matching.number_index import DOCUMENT_FIELDS
from arwork.matching.references import PART, RANGE, core, norm
from arwork.matching.relations import Relations
from arwork.matching.universe import Account, Universe
from arwork.policy import Matching

Hit = tuple[str, str, str, str, str]
"""Token, origin, item, field and state of one row of `references`."""


@lean
class Others:
    """Words that name open items of other customers of the same book (`kin`), and of other books (`away`)."""

    kin: tuple[Word, ...] = ()
    away: tuple[Word, ...] = ()

    def items(self) -> tuple[str, ...]:
        """List the items of other customers that are named, each once."""
        return tuple(sorted({item for word in self.kin for item in word.items}))


NOBODY = Others()
"""Nothing is named that is not the payer's own."""


def others(receipt: Receipt, says: Named, words: Sequence[Hit], world: Universe, relations: Relations, policy: Matching) -> Others:
    """Say which items of other customers and ledgers the words of a receipt name, exactly, open and in its currency (step C of 2.2).

    A number too short for an unknown payer counts only among the payer's family and those it may pay for; where a number
    stands inside and outside this circle, the inside counts.
    """
    if not words:
        return NOBODY
    strange = says.strangers or says.short_strangers or says.elsewhere
    abroad = relations.abroad.get(receipt.account, ()) if says.unknown_stated else ()
    if not (strange or abroad or receipt.key == "B8"):
        return NOBODY
    own = {(word.token, word.origin) for word in says.words if receipt.customer_id}
    near = circle(receipt, relations)
    kin: list[Word] = []
    away: list[Word] = []
    for (token, origin), hits in _by_word(words).items():
        if (token, origin) in own:
            continue
        exact = [hit for hit in hits if hit[0] in world.items and not hit[1].endswith(PART)]
        here = [
            hit for hit in exact if world.items[hit[0]].account[:2] == receipt.book and world.items[hit[0]].currency == receipt.currency
        ]
        there = [hit for hit in exact if world.items[hit[0]].account[:2] != receipt.book]
        inside = [hit for hit in here if world.items[hit[0]].account[2] in near]
        long = len(core(token, policy.reference_prefixes)) >= policy.reference_min_length_unknown_payer
        if inside or (here and long):
            kin.append(_word(token, origin, inside or here))
        elif there and token in says.elsewhere:
            away.append(_word(token, origin, there))
    known = {word.token for word in away}
    away += [word for word in _stated_abroad(says.unknown_stated, abroad, world, policy) if word.token not in known]
    return Others(tuple(kin), tuple(away))


def _stated_abroad(tokens: Sequence[str], abroad: Sequence[Account], world: Universe, policy: Matching) -> list[Word]:
    """Look up words of an advice or structured reference that name nothing here among the payer's own relations in other books.

    There a number of the least length counts, as for a known payer.
    """
    if not abroad:
        return []
    numbers: dict[str, list[str]] = {}
    for item in (item for account in abroad for item in world.by_account.get(account, ())):
        for number in {core(norm(name), policy.reference_prefixes) for name in (item.reference, item.doc_no) if name}:
            numbers.setdefault(number, []).append(item.item_id)
    bare = {token: core(token, policy.reference_prefixes) for token in tokens}
    hits = {token: numbers.get(number, []) for token, number in bare.items() if len(number) >= policy.reference_min_length}
    return [Word(token, "advice", tuple(sorted(items)), 0, False, False, False) for token, items in hits.items() if items]


def circle(receipt: Receipt, relations: Relations) -> frozenset[str]:
    """List the customers that may come in for a payer: its family, those it is on file to pay for, and whoever its key names (B8)."""
    found: set[str] = set(receipt.family)
    for customer in (receipt.customer_id, *receipt.family):
        account: Account = (*receipt.book, customer)
        found |= {*relations.family(account), *relations.beneficiaries(account, receipt.value_date)}
    return frozenset(found)


def _by_word(words: Sequence[Hit]) -> Mapping[tuple[str, str], list[tuple[str, str, str]]]:
    grouped: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for token, origin, item, where, state in words:
        if item:
            grouped.setdefault((token, origin), []).append((item, where, state))
    return grouped


def _word(token: str, origin: str, hits: Sequence[tuple[str, str, str]]) -> Word:
    """Read a word by its most telling field, as for the payer's own items."""
    ranked = []
    for item, where, _ in hits:
        name = where.removesuffix(RANGE)
        ranked.append((0 if name in DOCUMENT_FIELDS else 1 if name == "assignment" else 2, item, where.endswith(RANGE)))
    best = min(rank for rank, _, _ in ranked)
    kept = [(item, ranged) for rank, item, ranged in ranked if rank == best]
    return Word(token, origin, tuple(sorted(item for item, _ in kept)), best, False, all(ranged for _, ranged in kept), False)
