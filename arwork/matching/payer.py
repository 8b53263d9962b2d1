"""Step B of 2.2: who paid, by which key, and how strong that key is. Every strong key is looked at, also after the first hit (G-03)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd
import pyarrow.compute as pc

from arwork.matching.columns import rows, texts
from arwork.matching.lean import lean
from arwork.matching.name_index import SAME, name_index, search
from arwork.matching.names import Formed, as_written, clean, directory, formed, similarity, spellings
from arwork.matching.payer_text import accepted_numbers, by_accepted, by_account, by_name, first_words
from arwork.matching.references import PART, core, norm
from arwork.matching.relations import Relations, relations
from arwork.matching.tokens import joined, plain, read
from arwork.matching.uncollected import uncollected
from arwork.policy import Matching
from arwork.tables import conform, empty

NEW_ACCOUNT = "the remitting account is not on file"
"""Stands in `receipts.payer_sentence` where the payer was found but the account the money came from is not on file (G-19)."""
_LISTED = 6
_HINT_LEAST = 6_500
_A_WORD = re.compile("[A-Z0-9]+")
Book = tuple[str, str]
_NOBODY: frozenset[str] = frozenset()
_NOTHING = (_NOBODY, _NOBODY, _NOBODY)
NO_REFERENCES: Mapping[tuple[str, str, str], frozenset[str]] = {}
"""No number was accepted."""


@lean
class _Files:
    """What is on file of customers: accounts, sub-accounts, numbers (`numbered` by length, `begun` their first signs), names, families, by ledger and company."""

    accounts: Mapping[tuple[Book, str], frozenset[str]]
    sub_accounts: Mapping[tuple[Book, str], frozenset[str]]
    spelled: Mapping[tuple[Book, str], tuple[str, str]]
    numbers: Mapping[tuple[Book, str], str]
    numbered: Mapping[Book, Mapping[int, set[str]]]
    begun: Mapping[Book, frozenset[str]]
    names: Mapping[Book, Mapping[str, frozenset[str]]]
    written: Mapping[Book, Mapping[str, frozenset[str]]]
    begins: Mapping[Book, frozenset[str]]
    relations: Relations
    formed: Formed


@lean
class _Payer:
    """The answer for one receipt."""

    customer_id: str
    key: str
    strength: str
    sentence: str
    conflict: bool = False
    family: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


_Named = tuple[frozenset[str], frozenset[str], frozenset[str]]
"""The customers that a structured reference, exact references and inexact ones name."""


@lean
class _Asked:
    """What the keys of one receipt name: `agreed` of the `strong` ones, of them `hits` name one customer; `weak` ones where none does."""

    book: Book
    name: str
    strong: Mapping[str, frozenset[str]]
    agreed: Mapping[str, frozenset[str]]
    hits: Mapping[str, str]
    weak: Mapping[str, frozenset[str]]
    strange_account: bool
    day: date


@uncollected()
def identify(
    receipts: pd.DataFrame, references: pd.DataFrame, open_items: pd.DataFrame, customers: pd.DataFrame, customer_banks: pd.DataFrame,
    policy: Matching, payer_relationships: pd.DataFrame | None = None, known: Formed | None = None,
    accepted: Mapping[tuple[str, str, str], frozenset[str]] = NO_REFERENCES,
) -> pd.DataFrame:  # fmt: skip
    """Return `receipts` with the payer columns filled (keys B1 to B8 of 2.2).

    Reads `receipts`, `references`, `open_items`, `customers`, `customer_banks`, `payer_relationships`. A receipt with a customer
    becomes UNAPPLIED, one without stays UNIDENTIFIED. Amounts are minor units and stay whole. `known` is what `names.formed`
    returned for the same customers, where it was kept; `accepted` are numbers that people accepted as a customer's (ledger, company,
    number), which count like a customer number whose name fits (B4).
    """
    if receipts.empty:
        return receipts
    files = _files(customers, customer_banks, payer_relationships, known)
    by_reference = _by_reference(references, open_items, policy)
    asked = [*_asked(receipts, by_reference, files, accepted_numbers(accepted), policy)]
    fuzzy = _fuzzy(asked, files, policy)
    return _filled(receipts, [_answer(one, fuzzy, files) for one in asked])


def _asked(
    receipts: pd.DataFrame,
    by_reference: Mapping[str, _Named],
    files: _Files,
    numbers: Mapping[Book, Mapping[str, frozenset[str]]],
    policy: Matching,
) -> Iterator[_Asked]:
    """Yield what the keys of each receipt name; a weak key is looked at only where no strong one names one customer."""
    columns = [
        "receipt_id", "ledger_id", "company_code", "virtual_account", "bank_account", "remitter_account", "remitter_name", "remittance_text",
        "amount", "currency", "value_date",
    ]  # fmt: skip
    spell, squeeze = _Once(clean), _Once(norm)
    for receipt, ledger, company, sub, main, account, name, text, amount, currency, day in rows(receipts, columns):
        ours = sub or main  # a sub-account may also be delivered as an account of its own
        book, account = (ledger, company), squeeze[account]
        structured, exact, part = by_reference.get(receipt, _NOTHING)
        owners = files.accounts.get((book, account), _NOBODY) if account else _NOBODY
        four = by_accepted(text, book, numbers) if numbers else _NOBODY
        if text and _may_hold_a_number(text, book, files):
            four |= _by_number(text, amount, currency, book, spell[name], files, policy)
        strong = {
            "B1": files.sub_accounts.get((book, squeeze[ours]), _NOBODY), "B2": structured, "B3": owners, "B4": four, "B5": exact,
        }  # fmt: skip
        agreed = _agreeing(strong)
        hits = {key: next(iter(who)) for key, who in agreed.items() if len(who) == 1}
        weak = (
            {}
            if hits
            else {"B6": files.names.get(book, {}).get(spell[name], _NOBODY), "B5": part, **_said(text, book, account, name, files)}
        )
        yield _Asked(book, name, strong, agreed, hits, weak, bool(account) and not owners, day)


def _said(text: str, book: Book, account: str, name: str, files: _Files) -> dict[str, frozenset[str]]:
    """Return whose account (B3) and whose name stand in the text, each only where the bank gives none."""
    return {
        "B3": by_account(text, book, files.accounts) if text and not account else _NOBODY,
        _NAME_IN_TEXT: by_name(text, files.names.get(book, {}), files.begins.get(book, _NOBODY)) if text and not name else _NOBODY,
    }


def _answer(asked: _Asked, fuzzy: Mapping[tuple[Book, str], tuple[frozenset[str], tuple[str, ...]]], files: _Files) -> _Payer:
    """Say who paid one receipt, and whom its name might mean where nobody is found."""
    if asked.hits:
        payer = _by_strong_key(asked)
        return _on_behalf(payer, asked.book, asked.strong, files, asked.day) if payer.conflict else payer
    near, hints = fuzzy.get((asked.book, asked.name), (_NOBODY, ()))
    payer = _by_weak_key(asked, near, files)
    if payer.customer_id or payer.family:
        return payer
    return replace(payer, hints=tuple(dict.fromkeys([*sorted(asked.weak["B6"])[:_LISTED], *hints])))


class _Once(dict[str, str]):
    """Texts and what is made of each, once: payments bear the same names and accounts again and again."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, text: str) -> str:
        """Make what is asked for the first time."""
        made = self[text] = self.make(text)
        return made


def _files(customers: pd.DataFrame, customer_banks: pd.DataFrame, payer_relationships: pd.DataFrame | None, known: Formed | None) -> _Files:
    spelt = formed(customers) if known is None else known
    accounts: dict[tuple[Book, str], set[str]] = {}
    sub_accounts: dict[tuple[Book, str], set[str]] = {}
    columns = ["ledger_id", "company_code", "customer_id", "account", "virtual_account"]
    for ledger, company, customer, account, sub_account in rows(customer_banks, columns):
        for store, number in ((accounts, norm(account)), (sub_accounts, norm(sub_account))):
            if number:
                store.setdefault(((ledger, company), number), set()).add(customer)
    spelled, numbers = {}, {}
    numbered: dict[Book, dict[int, set[str]]] = {}
    columns = ["ledger_id", "company_code", "customer_id", "name", "alias_names"]
    for ledger, company, customer, name, alias in rows(customers, columns):
        book = (ledger, company)
        spelled[book, customer] = (name, alias)
        number = norm(customer).lstrip("0")
        numbers[book, number] = customer
        numbered.setdefault(book, {}).setdefault(len(number), set()).add(number)
    names = directory(customers, spelt)
    return _Files(
        {key: frozenset(who) for key, who in accounts.items()}, {key: frozenset(who) for key, who in sub_accounts.items()},
        spelled, numbers, numbered, {book: frozenset([number[:1] for each in by.values() for number in each]) for book, by in numbered.items()},
        names, as_written(customers), {book: first_words(known) for book, known in names.items()},
        relations(customers, empty("payer_relationships") if payer_relationships is None else payer_relationships), spelt,
    )  # fmt: skip


def _by_reference(references: pd.DataFrame, open_items: pd.DataFrame, policy: Matching) -> dict[str, _Named]:
    """Return for each receipt the customers its structured reference names (B2), its exact references (B5), and inexact ones.

    References of one receipt must agree: only customers whom all of them name count. What is settled counts only where
    nothing open is named.
    """
    own = references[references["state"].isin(["OPEN", "CLEARED"])]
    there = pc.is_in(texts(open_items, "item_id"), value_set=pc.unique(texts(own, "item_id")))
    owner = dict(rows(open_items[there.to_numpy(zero_copy_only=False)], ("item_id", "customer_id")))
    columns = ["receipt_id", "token", "origin", "item_id", "field", "state"]
    least, bare = policy.reference_min_length_unknown_payer, _Once(lambda token: core(token, policy.reference_prefixes))
    found: dict[str, list[tuple[str, str, str, bool, str]]] = {}
    for receipt, token, origin, item, field, state in rows(own, columns):
        if len(token) >= least and ("0" < token[:1] <= "9" or len(bare[token]) >= least):  # such a token is its own core
            found.setdefault(receipt, []).append((token, origin, owner[item], field.endswith(PART), state))
    return {receipt: _one_owner(words) or _all_owners(words) for receipt, words in found.items()}


def _one_owner(words: Sequence[tuple[str, str, str, bool, str]]) -> _Named | None:
    """Return what the words of a receipt (token, origin, owner, part, state) name where all of them are whole and name one customer."""
    _, _, owner, _, state = words[0]
    if any(other != owner or part or told != state for _, _, other, part, told in words):
        return None
    who = frozenset((owner,))
    return (who if any(origin == "structured" for _, origin, *_ in words) else _NOBODY, who, _NOBODY)


def _all_owners(words: Sequence[tuple[str, str, str, bool, str]]) -> _Named:
    """Return what the words of a receipt name, as `_one_owner` does, whatever they name."""
    kinds: dict[tuple[str, str], dict[str, set[str]]] = {}
    for token, origin, owner, part, state in words:
        for kind in ("part" if part else "exact", *(("structured",) if origin == "structured" else ())):
            kinds.setdefault((kind, state), {}).setdefault(token, set()).add(owner)
    sets = {kind: (kinds.get((kind, "OPEN")) or kinds.get((kind, "CLEARED")) or {}).values() for kind in ("structured", "exact", "part")}
    return _agreed(sets["structured"]), _agreed(sets["exact"]), _NOBODY if sets["exact"] else _agreed(sets["part"])


def _agreed(named: Iterable[set[str]]) -> frozenset[str]:
    sets = list(named)
    return frozenset(set.intersection(*sets)) if sets else frozenset()


def _by_number(text: str, amount: int, currency: str, book: Book, spelled: str, files: _Files, policy: Matching) -> frozenset[str]:
    """Return the customers whose number stands in a text that may hold one, and whose name is like the payer's (B4)."""
    if not spelled:
        return _NOBODY
    hits = {files.numbers.get((book, token.text.lstrip("0")), "") for token in joined(read(text, amount, currency))} - {""}
    least = float(policy.customer_number_name_min)
    return frozenset(c for c in hits if any(similarity(spelled, known) >= least for known in spellings(*files.spelled[book, c])))


def _may_hold_a_number(text: str, book: Book, files: _Files) -> bool:
    """Say cheaply whether up to three words in a row are a customer's number; the careful reading comes after.

    A run begins as its first word does without zeros; only a run of zeros is not ruled out by how numbers begin.
    """
    known, begun = files.numbered.get(book, {}), files.begun.get(book, _NOBODY)
    words = _A_WORD.findall(plain(text))
    for first, word in enumerate(words):
        run = word.lstrip("0")
        if run and run[0] not in begun:
            continue
        if len(run) in known and run in known[len(run)]:
            return True
        for more in words[first + 1 : first + 3]:
            run = run + more if run else more.lstrip("0")
            if len(run) in known and run in known[len(run)]:
                return True
    return False


def _fuzzy(asked: Iterable[_Asked], files: _Files, policy: Matching) -> dict[tuple[Book, str], tuple[frozenset[str], tuple[str, ...]]]:
    """Return for each name that has to be looked for the customers whose names are very like it (B7), and whom it might mean.

    Asked are names of receipts that no other key gives to one customer. One customer where no other comes near; several where
    they come near each other, so that nobody is taken. Hints, the likeliest first, never make a payer: they say where else a
    document that is named may be looked for.
    """
    least, other = int(policy.fuzzy_name_min * SAME), int(policy.fuzzy_name_next_max * SAME)
    wanted: dict[Book, set[str]] = {}
    for one in asked:
        if not one.hits and all(len(who) != 1 for who in one.weak.values()):
            wanted.setdefault(one.book, set()).add(one.name)
    found = {}
    for book, names in wanted.items():
        if book in files.written:
            written, ordered = files.written[book], sorted(names)
            for name, hits in zip(ordered, search(name_index(written, files.formed), ordered, _LISTED), strict=True):
                near = [written[spelling] for place, (spelling, score) in enumerate(hits) if not place or score > other]
                hints = [customer for spelling, score in hits if score >= _HINT_LEAST for customer in sorted(written[spelling])]
                sure = bool(hits) and hits[0][1] >= least
                found[book, name] = (frozenset[str]().union(*near) if sure else frozenset(), tuple(dict.fromkeys(hints))[:_LISTED])
    return found


def _agreeing(strong: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """Let the account count where documents that are named belong to somebody else: B5 is strong only if B3 does not contradict it."""
    against = len(strong["B3"]) == 1 == len(strong["B5"]) and strong["B3"] != strong["B5"] and not strong["B1"] | strong["B2"]
    return {**strong, "B5": _NOBODY} if against else strong


def _by_strong_key(asked: _Asked) -> _Payer:
    """Take the first strong key that names one customer; say so if another strong key names somebody else."""
    hits, name, owners = asked.hits, asked.name, asked.agreed["B3"]
    key, tail = min(hits), _tail(asked)
    sentence = f"{_WORDS[key].format(name=name)}: customer {hits[key]}"
    others = sorted([f"{_WORDS[k].format(name=name)}: customer {who}" for k, who in hits.items() if who != hits[key]])
    named = hits.get("B5", "")
    if named and len(owners) > 1 and named not in owners:
        others.append(f"the remitting account belongs to {', '.join(sorted(owners)[:5])}")
    told = f"{sentence}, but {'; '.join(others)}{tail}." if others else f"{sentence}{tail}."
    return _Payer(hits[key], key, "STRONG", told, bool(others))


def _by_weak_key(asked: _Asked, near: frozenset[str], files: _Files) -> _Payer:
    """Take the first weak key that names one customer; else say why nobody is taken."""
    weak = {**asked.weak, "B7": near}
    for key, strength in _WEAK.items():
        if len(weak[key]) == 1:
            customer = next(iter(weak[key]))
            words = (_WORDS_OF_WEAK.get(key) or _WORDS[key]).format(name=asked.name)
            return _Payer(customer, key[:2], strength, f"{words}: customer {customer}{_tail(asked)}.")
    return _family(asked.book, {**asked.agreed, "B6": weak["B6"], "B7": near}, files)


def _tail(asked: _Asked) -> str:
    return f"; {NEW_ACCOUNT}" if asked.strange_account else ""


def _on_behalf(payer: _Payer, book: Book, strong: Mapping[str, frozenset[str]], files: _Files, day: date) -> _Payer:
    """Take the customer that sent the money where the only contradiction is that it pays for another, with a written right (MP-55)."""
    senders = {key: strong[key] for key in ("B1", "B3", "B4") if strong[key]}
    named = {key: strong[key] for key in ("B2", "B5") if strong[key]}
    sent, owed = set().union(*senders.values()), set().union(*named.values())
    if len(sent) != 1 or len(owed) != 1:
        return payer
    sender, owner = next(iter(sent)), next(iter(owed))
    if not files.relations.may_pay((*book, sender), owner, day):
        return payer
    key = min(senders)
    sentence = f"{_WORDS[key].format(name='')}: customer {sender}, which pays for customer {owner} by a written right"
    sentence += f"; {NEW_ACCOUNT}." if NEW_ACCOUNT in payer.sentence else "."
    return replace(payer, customer_id=sender, key=key, sentence=sentence, conflict=False)


def _family(book: Book, keys: Mapping[str, frozenset[str]], files: _Files) -> _Payer:
    """Say whether a key that names several customers names one family (B8), and if not, why the payer is unknown."""
    for key, who in keys.items():
        heads = {files.relations.heads.get((*book, customer), "") for customer in who}
        if len(who) > 1 and len(heads) == 1 and heads != {""}:
            listed = ", ".join(sorted(who)[:5])
            told = f"{_SHARED[key]} belongs to several customers of the family {next(iter(heads))}: {listed}."
            return _Payer("", "B8", "WEAK" if key == "B7" else "MEDIUM", told, family=tuple(sorted(who)))
    for key, who in keys.items():
        if len(who) > 1:
            return _Payer("", "NONE", "NONE", f"{_SHARED[key]} belongs to several customers: {', '.join(sorted(who)[:5])}.")
    return _Payer("", "NONE", "NONE", "No account, reference, number or name leads to a customer.")


_NAME_IN_TEXT = "B6, in the text"
_WEAK = {"B6": "MEDIUM", "B3": "MEDIUM", "B5": "WEAK", _NAME_IN_TEXT: "WEAK", "B7": "WEAK"}
"""Keys by which one customer is found where no strong one names anybody, in their order, with their strength."""
_WORDS_OF_WEAK = {
    "B3": "an account on file stands in the text, and the bank gives no other",
    "B5": "a number inside a longer number is a document",
    _NAME_IN_TEXT: "a name on file stands in the text, and the bank gives no other",
}
_WORDS = {
    "B1": "the sub-account that was credited is assigned to one customer",
    "B2": "the structured reference names one document",
    "B3": "the remitting account is on file",
    "B4": "the customer number stands in the text, and the name fits or a person accepted it",
    "B5": "the documents named belong to one customer",
    "B6": "the name {name!r} is on file",
    "B7": "the name {name!r} is very like one on file and like no other",
}
_SHARED = {
    "B1": "The sub-account", "B2": "The structured reference", "B3": "The remitting account", "B4": "A customer number in the text",
    "B5": "The documents named", "B6": "The name", "B7": "A name very like this one",
}  # fmt: skip


def _filled(receipts: pd.DataFrame, payers: Sequence[_Payer]) -> pd.DataFrame:
    known = pd.Series([payer.customer_id != "" for payer in payers], index=receipts.index)
    amount = receipts["amount"]
    frame = receipts.assign(
        customer_id=[payer.customer_id for payer in payers],
        payer_key=[payer.key for payer in payers],
        payer_strength=[payer.strength for payer in payers],
        payer_sentence=[payer.sentence[:1].upper() + payer.sentence[1:] for payer in payers],
        payer_conflict=[payer.conflict for payer in payers],
        payer_family=[" ".join(payer.family) for payer in payers],
        payer_hints=[" ".join(payer.hints) for payer in payers],
        status=known.map({True: "UNAPPLIED", False: "UNIDENTIFIED"}),
        unapplied_amount=amount.where(known, 0),
        unidentified_amount=amount.where(~known, 0),
    )
    return conform("receipts", frame)
