"""Who is kin by name: customers that share a word which hardly anybody else bears, such as `Krirtbel Group` and `Krirtbel Iberia` (MP-55)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from arwork.matching.name_words import is_common
from arwork.matching.names import clean
from arwork.matching.universe import Account

_SHORTEST = 4
_FEW, _SHARE = 12, 500
_MOST = 16


@dataclass(frozen=True)
class Kinship:
    """Rare words of customer names: `bearers` of each by book, and the `words` of each account."""

    bearers: Mapping[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[Account, frozenset[str]] = field(default_factory=dict)

    def are_kin(self, one: Account, other: Account) -> bool:
        """Say whether two customers share a rare word in their names."""
        return not self.words.get(one, frozenset()).isdisjoint(self.words.get(other, frozenset()))

    def of_name(self, book: tuple[str, str], name: str) -> tuple[str, ...]:
        """List the customers that bear the first rare word of a name."""
        for word in clean(name).split():
            found = self.bearers.get((*book, word), ())
            if found:
                return found[:_MOST]
        return ()


def kinship(names: Mapping[tuple[str, str], Mapping[str, frozenset[str]]]) -> Kinship:
    """Read the cleaned spellings of each ledger and company, each with the customers that bear it."""
    borne: dict[tuple[str, str, str], set[str]] = {}
    for (ledger, company), spellings in names.items():
        for spelling, customers in spellings.items():
            for word in spelling.split():
                if len(word) >= _SHORTEST and not is_common(word):
                    borne.setdefault((ledger, company, word), set()).update(customers)
    count = {book: len({c for customers in spellings.values() for c in customers}) for book, spellings in names.items()}
    rare = {key: tuple(sorted(who)) for key, who in borne.items() if len(who) <= max(_FEW, count[key[:2]] // _SHARE)}
    words: dict[Account, set[str]] = {}
    for (ledger, company, word), who in rare.items():
        for customer in who:
            words.setdefault((ledger, company, customer), set()).add(word)
    return Kinship(rare, {account: frozenset(found) for account, found in words.items()})
