"""The customer master checked: duplicate accounts, missing terms, limits and procedures, odd relations (CO-90)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from arwork.collect.standing import ACCOUNT
from arwork.matching.names import similarity, words_and_form
from arwork.tables import conform, empty

LIKE = 0.92
"""From this likeness of names two accounts are shown as a pair (CO-90)."""
SAME_NUMBER = 0.8
"""From this likeness two tax numbers may be one that was mistyped; less alike they are of two legal entities."""
APART = "names alike, tax numbers of two entities"
"""Why two accounts are shown that are not proposed as one party."""
_TAX = "tax number"
_CROWD = 60
"""A word that more accounts bear says nothing of who they are."""
_OWNER = "master data"


@dataclass(frozen=True)
class Party:
    """What tells one account from another: number, name, and keys that only one party has (tax number, account, e-mail)."""

    number: str
    name: str
    keys: tuple[str, ...] = ()


def pairs(parties: Sequence[Party]) -> list[tuple[str, str, int, str]]:
    """Return likely duplicates: two numbers, the likeness in thousandths, and why; each pair once, the likeliest first (CO-90).

    Two accounts meet when they share a key, or when their cleaned names are at least `LIKE` alike and share a word, or its first four letters.
    Names that differ in their legal form are two parties, unless they share a key. Accounts whose names are alike and whose tax numbers
    are not are given as `APART`: two legal entities, unless a number is wrong.
    """
    formed = {party.number: words_and_form(party.name) for party in parties}
    names, forms = {n: " ".join(words) for n, (words, _) in formed.items()}, {n: form for n, (_, form) in formed.items()}
    found: dict[tuple[str, str], tuple[int, str]] = {}
    taxes = {party.number: [key for key in party.keys if key.startswith(f"{_TAX}:")] for party in parties}
    for key, both in _meeting((party.number, key) for party in parties for key in dict.fromkeys(party.keys) if key):
        found.setdefault(both, (1000, f"the same {key.split(':')[0]}"))
    words = ((party.number, mark) for party in parties for mark in _marks(names[party.number]))
    for _, both in _meeting(words):
        if both not in found:
            like = similarity(names[both[0]], names[both[1]])
            if like >= LIKE and (forms[both[0]] == forms[both[1]] or not forms[both[0]] or not forms[both[1]]):
                found[both] = (int(like * 1000), APART if _apart(taxes.get(both[0], ()), taxes.get(both[1], ())) else "names alike")
    return sorted(((*both, *said) for both, said in found.items()), key=lambda row: (-row[2], row[0], row[1]))


def key_of(kind: str, text: str) -> str:
    """Return a key that only one party has, its blanks and punctuation taken out so that two ways of writing meet; blank for none."""
    plain = "".join(mark for mark in text.upper() if mark.isalnum())
    return f"{kind}:{plain}" if plain else ""


def _apart(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Say whether both have a tax number and none of one is like one of the other."""
    start = len(_TAX) + 1
    return bool(ours and theirs) and all(similarity(a[start:], b[start:]) < SAME_NUMBER for a in ours for b in theirs)


def _marks(name: str) -> set[str]:
    words = name.split()
    return {*words, *(word[:4] for word in words if len(word) > 4), "".join(words)[:6]} - {""}


def _meeting(marked: Iterable[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, str]]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for number, mark in marked:
        groups[mark].add(number)
    for mark, numbers in sorted(groups.items()):
        if 1 < len(numbers) <= _CROWD:
            ordered = sorted(numbers)
            for place, one in enumerate(ordered):
                for other in ordered[place + 1 :]:
                    yield mark, (one, other)


def check(tables: Mapping[str, pd.DataFrame], as_of: date) -> pd.DataFrame:
    """Return `master_findings` of `customers`, `customer_profiles`, `customer_banks`, `payer_relationships` and `open_items` (CO-90)."""
    customers = tables["customers"]
    found = [*_duplicates(tables), *_gaps(tables, as_of), *_cycles(customers)]
    if not found:
        return empty("master_findings")
    rows = pd.DataFrame(found).assign(owner=_OWNER)
    number = rows["check"] + ":" + rows[ACCOUNT].agg(":".join, axis=1) + ":" + rows["other_customer"]
    return conform("master_findings", rows.assign(finding_id=number))


def _duplicates(tables: Mapping[str, pd.DataFrame]) -> Iterator[dict[str, Any]]:
    keys: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, column, word in (("customer_banks", "account", "bank account"), ("customer_profiles", "tax_id", _TAX)):
        for row in tables[name][[*ACCOUNT, column]].itertuples(index=False, name=None):
            if row[3]:
                keys[row[:3]].append(key_of(word, row[3]))
    for key, rows in tables["customers"].groupby(["ledger_id", "company_code"], sort=True):
        names = dict(zip(rows["customer_id"], rows["name"], strict=True))
        parties = [Party(number, name, tuple(keys.get((str(key[0]), str(key[1]), number), ()))) for number, name in sorted(names.items())]
        for one, other, like, why in pairs(parties):
            both = f"{one} {names[one]} and {other} {names[other]}"
            same = why != APART
            yield {
                **dict(zip(ACCOUNT, (*key, one), strict=True)), "check": "DUPLICATE" if same else "ALIKE", "other_customer": other, "likeness": like,
                "sentence": f"{both} look like one party: {why}." if same else f"{both} have like names and different tax numbers: two legal entities.",
                "next_action": "merge the accounts, or note why there are two" if same else "confirm both tax numbers, so that nobody posts to the other",
            }  # fmt: skip


def _gaps(tables: Mapping[str, pd.DataFrame], as_of: date) -> Iterator[dict[str, Any]]:
    """Single accounts: what is missing or does not fit."""
    day = pd.Timestamp(as_of)
    rows = tables["customers"].merge(tables["customer_profiles"].drop(columns=["currency"]), on=ACCOUNT, how="left", suffixes=("", "_p"))
    told = rows["source_file_p"].notna()
    left = tables["open_items"].loc[lambda t: t["clearing_date"].isna() & (t["open_amount_doc"] != 0), ACCOUNT]
    owes = pd.MultiIndex.from_frame(rows[ACCOUNT]).isin(list(left.itertuples(index=False, name=None)))
    checks = (
        ("NO_TERMS", (rows["terms_code"] == "") & bool((rows["terms_code"] != "").any()), "has no terms of payment", "enter the terms"),
        ("NO_PROCEDURE", told & (rows["dunning_procedure"] == ""), "has no dunning procedure and is never reminded", "enter a procedure, or why not"),
        ("NO_LIMIT", told & (rows["credit_limit"] == 0), "has no credit limit", "set a limit"),
        ("LIMIT_EXPIRED", told & (rows["credit_limit_expiry"] < day), "has a credit limit that has expired", "renew the limit"),
        ("CONTACT_OLD", told & ~(rows["contact_date"] >= day - pd.Timedelta(days=365)), "has contact data nobody confirmed in 12 months", "confirm them"),
        ("NO_TAX_ID", told & (rows["tax_id"] == ""), "has no tax number", "ask for it"),
        ("CLOSED_WITH_BALANCE", (rows["status"] == "CLOSED") & owes, "is closed and has open items", "reopen the account, or clear the items"),
    )  # fmt: skip
    for name, hit, said, action in checks:
        for row in rows.loc[hit.to_numpy(dtype=bool)].to_dict("records"):
            who = {key: row[key] for key in ACCOUNT}
            sentence = f"{row['customer_id']} {row['name']} {said}."
            yield {**who, "check": name, "other_customer": "", "likeness": 0, "sentence": sentence, "next_action": action}
    unsaid = tables["payer_relationships"].loc[lambda t: t["authority_doc"] == ""]
    for row in unsaid.to_dict("records"):
        yield {
            "ledger_id": row["ledger_id"], "company_code": row["company_code"], "customer_id": row["payer_id"], "check": "PAYER_WITHOUT_AUTHORITY",
            "other_customer": row["beneficiary_id"], "likeness": 0, "next_action": "ask for the authority in writing",
            "sentence": f"{row['payer_id']} pays for {row['beneficiary_id']} and no document says that it may.",
        }  # fmt: skip


def _cycles(customers: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Accounts whose parents lead back to themselves."""
    parent = {
        row[0] or row[1]: row[2] for row in customers[["party_id", "customer_id", "parent_id"]].itertuples(index=False, name=None) if row[2]
    }
    for row in customers.to_dict("records"):
        start = row["party_id"] or row["customer_id"]
        seen, here = {start}, parent.get(start, "")
        while here and here not in seen:
            seen.add(here)
            here = parent.get(here, "")
        if here == start and parent.get(start) != start:
            yield {
                **{name: row[name] for name in ACCOUNT}, "check": "PARENT_CYCLE", "other_customer": row["parent_id"], "likeness": 0,
                "sentence": f"{row['customer_id']} {row['name']} is its own parent by way of {row['parent_id']}.",
                "next_action": "correct the parents",
            }  # fmt: skip
