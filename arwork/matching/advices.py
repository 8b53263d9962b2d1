"""Which receipt an advice tells about, also when it comes days later: by reference, trace number, or amount and date (T09, G-05).

A reference of the advice that is the end-to-end id or the bank reference of a receipt links the two. Without one, amount
and date link them when nothing else could be meant: the pair is the only one both ways, in one currency, and no account or
name contradicts it. Where several fit, a person is told and nothing is linked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from arwork.errors import first_few
from arwork.matching.names import clean, similarity
from arwork.matching.own_ids import NO_REFERENCE
from arwork.matching.references import norm
from arwork.policy import Matching
from arwork.proof import Finding, Tie
from arwork.tables import conform, empty

_WAITING = ("UNIDENTIFIED", "UNAPPLIED", "PARTIALLY_APPLIED")
_EXAMPLES = 20


@dataclass(frozen=True)
class Told:
    """One advice of `remittance_lines`: what it says of its payment; `amount` is the payment, net the sum of its lines."""

    number: str
    references: frozenset[str]
    amount: int
    net: int
    currency: str
    day: date | None
    name: str
    account: str
    lines: int
    one_currency: bool


@dataclass(frozen=True)
class Paid:
    """One receipt, as far as an advice can speak of it."""

    receipt: str
    end_to_end: str
    bank_ref: str
    amount: int
    currency: str
    day: date
    name: str
    account: str


def link(
    receipts: pd.DataFrame, remittance_lines: pd.DataFrame, policy: Matching
) -> tuple[pd.DataFrame, tuple[Tie, ...], tuple[Finding, ...]]:
    """Return `advice_links`, the ties that prove them, and what a person must know.

    Reads `receipts` (those of the period and those carried) and `remittance_lines`; amounts are minor units. Row order
    changes nothing.
    """
    advices, paid = _advices(remittance_lines), _paid(receipts)
    rows = _by_reference(advices, paid)
    linked, used = {row[0].number for row in rows}, {row[1].receipt for row in rows}
    loose = [advice for advice in advices if advice.number not in linked]
    more, findings = _by_amount(loose, [p for p in paid if p.receipt not in used], policy)
    rows += more
    links = _table(rows)
    waiting = [advice for advice in loose if advice.number not in {row[0].number for row in more}]
    return links, tuple(_ties(links, advices, waiting)), (*findings, *_findings(links, waiting))


def linked_lines(remittance_lines: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of linked advices, each with the `receipt_id` it tells about; a line of two receipts stands twice."""
    keys = links[["remittance_id", "receipt_id"]]
    return remittance_lines.merge(keys, on="remittance_id", how="inner").sort_values(
        ["receipt_id", "remittance_id", "line_no"], ignore_index=True
    )


def _advices(lines: pd.DataFrame) -> list[Told]:
    found = []
    for number, rows in lines.groupby("remittance_id", sort=True):
        head: Any = rows.sort_values("line_no").iloc[0]
        net = int(rows["net_amount"].sum())
        stated = head["payment_amount"]
        day = head["payment_date"] if not pd.isna(head["payment_date"]) else head["remittance_date"]
        references = frozenset(str(ref).strip() for ref in (head["payment_ref"], head["trace_no"]) if str(ref).strip() not in NO_REFERENCE)
        found.append(Told(
            str(number), references, net if pd.isna(stated) else int(stated), net, str(head["currency"]),
            None if pd.isna(day) else pd.Timestamp(day).date(), clean(str(head["payer_name"])), norm(str(head["payer_account"])), len(rows),
            rows["currency"].nunique() == 1,
        ))  # fmt: skip
    return found


def _paid(receipts: pd.DataFrame) -> list[Paid]:
    columns = [
        "receipt_id",
        "end_to_end_id",
        "bank_txn_id",
        "amount",
        "currency",
        "value_date",
        "remitter_name",
        "remitter_account",
        "status",
    ]
    return [
        Paid(receipt, _reference(end), _reference(bank), int(amount), currency, day.date(), clean(name), norm(account))
        for receipt, end, bank, amount, currency, day, name, account, status in receipts.sort_values("receipt_id")[columns].itertuples(
            index=False, name=None
        )
        if status in _WAITING
    ]


def _reference(text: str) -> str:
    return "" if text.strip() in NO_REFERENCE else text.strip()


def _by_reference(advices: Sequence[Told], paid: Sequence[Paid]) -> list[tuple[Told, Paid, str]]:
    """Link by references that both sides state; an advice may so tell about several receipts, which G-05 then stops."""
    by_end: dict[str, list[Paid]] = {}
    by_bank: dict[str, list[Paid]] = {}
    for receipt in paid:
        by_end.setdefault(receipt.end_to_end, []).append(receipt)
        by_bank.setdefault(receipt.bank_ref, []).append(receipt)
    rows = []
    for advice in advices:
        found: dict[str, tuple[Paid, str]] = {}
        for kind, store in (("END_TO_END", by_end), ("TRACE", by_bank)):
            for reference in sorted(advice.references):
                for receipt in store.get(reference, ()):
                    found.setdefault(receipt.receipt, (receipt, kind))
        rows += [(advice, receipt, kind) for receipt, kind in found.values()]
    return rows


def _by_amount(advices: Sequence[Told], paid: Sequence[Paid], policy: Matching) -> tuple[list[tuple[Told, Paid, str]], list[Finding]]:
    """Link what only amount and date can link; an advice or receipt that fits twice is left to a person."""
    by_amount: dict[tuple[int, str], list[Paid]] = {}
    for receipt in paid:
        by_amount.setdefault((receipt.amount, receipt.currency), []).append(receipt)
    fits: dict[str, list[Paid]] = {}
    for advice in advices:
        near = by_amount.get((advice.amount, advice.currency), ()) if advice.day else ()
        fits[advice.number] = [receipt for receipt in near if _near(advice, receipt, policy) and not _against(advice, receipt, policy)]
    times = Counter(receipt.receipt for found in fits.values() for receipt in found)
    rows, unclear = [], []
    for advice in advices:
        found = fits[advice.number]
        if len(found) == 1 and times[found[0].receipt] == 1:
            rows.append((advice, found[0], "AMOUNT_AND_DATE"))
        elif found:
            unclear.append(advice.number)
    if not unclear:
        return rows, []
    sentence = (
        f"{len(unclear):,} advices fit several receipts by amount and date, or share one, and were linked to none: {first_few(unclear, 3)}."
    )
    return rows, [Finding("G-05", "warn", sentence, "remittance_lines", tuple(unclear[:_EXAMPLES]))]


def _near(advice: Told, receipt: Paid, policy: Matching) -> bool:
    return advice.day is not None and abs((receipt.day - advice.day).days) <= policy.advice_days


def _against(advice: Told, receipt: Paid, policy: Matching) -> bool:
    """Say whether a fact of the advice contradicts the receipt: another account, or a name that is not like the payer's."""
    if advice.account and receipt.account and not _one_account(advice.account, receipt.account):
        return True
    if not (advice.name and receipt.name) or (advice.account and receipt.account):
        return False
    shorter, longer = sorted((advice.name, receipt.name), key=len)
    return similarity(shorter, longer) < float(policy.alias_ref_name_min) and f" {shorter} " not in f" {longer} "


def _one_account(one: str, other: str) -> bool:
    """Say whether two numbers can be one account: equal, or one is the end of the other (an IBAN ends with the account)."""
    shorter, longer = sorted((one, other), key=len)
    return longer.endswith(shorter.lstrip("0")) and len(shorter.lstrip("0")) >= 5


def _table(rows: Iterable[tuple[Told, Paid, str]]) -> pd.DataFrame:
    found = []
    for advice, receipt, kind in rows:
        agrees = advice.net == receipt.amount and advice.currency == receipt.currency and advice.one_currency
        wrong = "in another currency" if advice.currency != receipt.currency else "the sums differ"
        sentence = f"{_WORDS[kind]}; {'the lines add up to the receipt' if agrees else wrong}."
        found.append({
            "remittance_id": advice.number, "receipt_id": receipt.receipt, "link": kind, "net_amount": advice.net, "currency": advice.currency,
            "receipt_amount": receipt.amount, "receipt_currency": receipt.currency, "agrees": agrees, "sentence": sentence,
        })  # fmt: skip
    return conform("advice_links", pd.DataFrame(found)) if found else empty("advice_links")


_WORDS: Mapping[str, str] = {
    "END_TO_END": "The payer's reference of the receipt stands in the advice",
    "TRACE": "The bank's reference of the receipt stands in the advice",
    "AMOUNT_AND_DATE": "Only this receipt has the amount and a value date near the day of the payment",
}


def _ties(links: pd.DataFrame, advices: Sequence[Told], waiting: Sequence[Told]) -> Iterable[Tie]:
    """Prove that no line of an advice is lost, and that what agrees really adds up; what does not agree is a finding (G-05)."""
    if not advices:
        return
    linked = {advice.number: advice.lines for advice in advices if advice.number in set(links["remittance_id"])}
    have = sum(linked.values()) + sum(advice.lines for advice in waiting)
    yield Tie("advice lines = lines linked to receipts + lines that wait", "T09", sum(a.lines for a in advices), have, "rows")
    for currency, rows in links[links["agrees"]].groupby("currency", sort=True):
        name = f"net of {len(rows):,} linked advices that agree = their receipts"
        yield Tie(name, "T09", int(rows["net_amount"].sum()), int(rows["receipt_amount"].sum()), str(currency))


def _findings(links: pd.DataFrame, waiting: Sequence[Told]) -> Iterable[Finding]:
    wrong = links[~links["agrees"].astype(bool)]
    if len(wrong):
        shown = tuple(wrong["remittance_id"].head(_EXAMPLES))
        sentence = f"{len(wrong):,} advices do not add up to their receipt; a person decides."
        yield Finding("G-05", "warn", sentence, "advice_links", shown)
    if waiting:
        sentence = f"{len(waiting):,} advices name a payment that is not among the open receipts."
        yield Finding("T09", "info", sentence, "remittance_lines", tuple(advice.number for advice in waiting)[:_EXAMPLES])
