"""What a payment text says of who paid: accepted numbers, and an account or a name on file where the bank gives neither (step B of 2.2).

Many banks, above all in MT940 and BAI2, put the payer's name and account into the free text and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from arwork.matching.names import clean, cleaned
from arwork.matching.tokens import plain

Book = tuple[str, str]
_A_WORD = re.compile("[A-Z0-9]+")
_IBAN = re.compile(r"\b(?=([A-Z]{2}[0-9]{2}[A-Z0-9\s]{11,60}))")
"""What may be an IBAN, from each place where one may begin: `RE26 000417 GB20WLCE...` begins like one and holds one."""
_IBAN_LEAST, _IBAN_MOST = 15, 34
_APART = re.compile(r"[\s/:;,*_|>-]+")
"""What stands between the fields of a text: `NEFT CR-SBIN0001234-KAVERI TEXTILES-INV 101`, `ORIG CO NAME:ACME CORP ORIG ID:…`."""
_NAME_LEAST, _NAME_MOST = 2, 8
"""Words of a name in a text, its legal form among them: one word alone may be anything."""


def accepted_numbers(accepted: Mapping[tuple[str, str, str], frozenset[str]]) -> Mapping[Book, Mapping[str, frozenset[str]]]:
    """Return the customers of each accepted number (ledger, company, number), by book and by the number's letters and digits."""
    found: dict[Book, dict[str, frozenset[str]]] = {}
    for (ledger, company, number), who in accepted.items():
        kept = found.setdefault((ledger, company), {})
        squeezed = "".join(_A_WORD.findall(plain(number)))
        kept[squeezed] = kept.get(squeezed, frozenset()) | who
    return found


def by_accepted(text: str, book: Book, numbers: Mapping[Book, Mapping[str, frozenset[str]]]) -> frozenset[str]:
    """Return the customers whose accepted number stands in the text as a word, or as up to four words in a row (B4)."""
    known = numbers.get(book)
    if not known or not text:
        return frozenset()
    words = _A_WORD.findall(plain(text))
    runs = ("".join(words[n : n + size]) for n in range(len(words)) for size in (1, 2, 3, 4))
    return frozenset[str]().union(*(known.get(run, frozenset()) for run in runs))


def by_account(text: str, book: Book, accounts: Mapping[tuple[Book, str], frozenset[str]]) -> frozenset[str]:
    """Return the customers whose IBAN on file stands in the text, written together or in groups; `accounts` by book and squeezed number."""
    found: set[str] = set()
    for met in _IBAN.finditer(plain(text)):
        run = "".join(met[1].split())
        for size in range(_IBAN_LEAST, min(len(run), _IBAN_MOST) + 1):
            found |= accounts.get((book, run[:size]), frozenset())
    return frozenset(found)


def by_name(text: str, names: Mapping[str, frozenset[str]], begins: frozenset[str]) -> frozenset[str]:
    """Return the customers whose whole name stands in the text, two words at least; of a longer and a shorter name the longer.

    `names` holds the customers by cleaned name, `begins` the first words of these names.
    """
    return frozenset[str]().union(*_names_in([word for word in _APART.split(text) if word], names, begins))


def first_words(names: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the first word of every cleaned name."""
    return frozenset([name.partition(" ")[0] for name in names if name])


def _names_in(words: list[str], names: Mapping[str, frozenset[str]], begins: frozenset[str]) -> Iterator[frozenset[str]]:
    past = 0
    for first, word in enumerate(words):
        if first < past or clean(word) not in begins:
            continue
        for last in range(min(len(words), first + _NAME_MOST), first + _NAME_LEAST - 1, -1):
            # not through the store of names that are read once: words of a text are no names that come again
            who = names.get(cleaned.__wrapped__(" ".join(words[first:last]))[0])
            if who:
                past = last
                yield who
                break
