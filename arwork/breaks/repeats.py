"""Payments that look like a second payment of something already settled (EX-20, quiet by EX-12 to EX-14)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from arwork.breaks.hidden import Beyond, hidden_pairs, variants
from arwork.breaks.likeness import FIELDS, Folding, Likeness, Words, best, folding, in_series, named_by, words_of
from arwork.breaks.obligations import Account, Half, by_account, explains, halves, named_again, named_in_full, open_lines, pay_an_obligation
from arwork.breaks.settled import WHOSE, among, amounts_of, coded, settled_items, settlers, with_family
from arwork.errors import first_few
from arwork.matching.columns import column
from arwork.matching.references import core, norm
from arwork.money import ISO, Units
from arwork.policy import Policy
from arwork.tables import conform, empty

_FADES = 180
"""Days after which the time between two payments gives no points (EX-20)."""
_OF_RECEIPT = [
    "receipt_id", "customer_id", "amount", "arrival", "value_date", "payer_strength", "remitter_account", "remittance_text",
    "structured_ref",
]  # fmt: skip
_SHOWN = 20
_MONTHLY = range(25, 36)
_REGULAR = 3


@dataclass(frozen=True)
class _Case:
    """What the scores of one close look at; the last three are filled as receipts are met.

    `equals` are the settled items of a receipt's amount, `again` the open items that a receipt which names a settled one may mean instead.
    """

    policy: Policy
    units: Units
    paid: Mapping[str, Any]
    accounts: Mapping[Account, list[int]]
    named: Mapping[str, list[tuple[str, str, str]]]
    payer_of: Mapping[str, str]
    days: Mapping[tuple[Any, ...], list[int]]
    equals: Mapping[str, list[str]]
    how: Folding
    again: Mapping[tuple[str, str], Mapping[str, str]]
    halves: dict[Account, tuple[Half, Half] | None] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)
    numbers: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Repeat:
    """One receipt against one settled item that score enough: both rows, the likeness, points by component, class."""

    pair: Any
    item: Any
    like: Likeness | None
    points: Mapping[str, int]
    score: int
    kind: str


def duplicate_payments(
    receipts: pd.DataFrame,
    references: pd.DataFrame,
    open_items: pd.DataFrame,
    customers: pd.DataFrame,
    policy: Policy,
    *,
    returns: pd.DataFrame | None = None,
    settled_by: Mapping[str, str] | None = None,
    beyond: Beyond | None = None,
    units: Units = ISO,
) -> pd.DataFrame:
    """Return `breaks`: each receipt that repeats the payment of a settled item, with its EX-20 score, the best item a receipt.

    Takes `receipts` with known payer, `references`, `open_items` (open and cleared), `customers`, and as `returns` the
    `bank_lines` of the period, for EX-13. A receipt is compared with items of its payer's family that another payment
    settled within `duplicates.lookback_days` and whose gross amount, or amount net of a discount or of withheld tax, it
    equals, with or without the charges its bank took off; items of other amounts are left to `hidden_repeats`.
    `settled_by` says which receipt settled which item, where that is known; the others are found. With `beyond`, payments
    that hide the repeat are looked for too (H1 to H7), receipts whose payer nobody knows, and those that name a settled item of
    their amount although an open item, their rival, has it too (POSSIBLE). Quiet are receipts whose exact references are open
    items that explain them in full, receipts that settled an item themselves, receipts no more in number than open items of
    their amount (EX-14), and payments after a return (EX-13). The last five points ask whether any 1 to `combo.max_size` open
    items of the payer add up to the receipt: exact up to `combo.max_candidates` items, none beyond. Scores: hundredths, HALF_UP.
    """
    known = with_family(receipts[((receipts["customer_id"] != "") | (beyond is not None)) & (receipts["amount"] > 0)], customers)
    paid = with_family(settled_items(open_items), customers)
    if known.empty or paid.empty:
        return empty("breaks")
    known = known.assign(arrival=known["booking_date"].where(known["booking_date"] <= known["value_date"], known["value_date"]))
    amounts, lines = amounts_of(paid, customers), with_family(open_lines(open_items), customers)
    settled_by = {**settlers(known[known["customer_id"] != ""], references, paid, amounts), **(settled_by or {})}
    tested = known[~among(known, "receipt_id", settled_by.values())]
    owing = pay_an_obligation(tested, lines)
    again = named_again(tested.loc[among(tested, "receipt_id", owing)], references, paid, lines) if beyond is not None else {}
    pairs = _all_pairs(
        _loud(tested, references, lines, owing - {receipt for receipt, _ in again}), amounts, references, paid, beyond, policy
    )
    pairs = pairs[_only_named(pairs, owing, again) & ~_presented_anew(pairs, receipts, returns)]
    case = _Case(
        policy, units, _rows_by_id(paid, set(pairs["item_id"])), by_account(lines), named_by(references, set(pairs["receipt_id"])),
        _payers(known, settled_by), _payment_days(tested, paid, pairs), _equals(pairs),
        folding(policy.matching), again,
    )  # fmt: skip
    rows = [_row(repeat, others, case) for repeat, others in _best_each(_scored(pair, case) for pair in pairs.itertuples(index=False))]
    return conform("breaks", pd.DataFrame(rows)) if rows else empty("breaks")


def _variants(repeat: _Repeat, case: _Case) -> Iterator[str]:
    like = repeat.like
    word, number = (core(norm(text), case.how.prefixes) for text in ((like.word, like.number) if like else ("", "")))
    yield from variants(repeat.pair, word != number)


def _pairs(tested: pd.DataFrame, amounts: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Meet receipts and settled items by family, currency and amount; `days` lie between the two payments."""
    made = tested[[*WHOSE, *_OF_RECEIPT]].assign(full=tested["amount"], most=4000)
    charged = made[tested["charges"] > 0].assign(full=lambda r: r["amount"] + tested.loc[r.index, "charges"], most=3000)
    ours = pd.concat([made, charged], ignore_index=True)
    left, right = coded(ours.assign(amount=ours["full"]), amounts, [*WHOSE, "amount"])
    theirs = amounts[["item_id", "item_customer_id", "cleared", "group", "points_amount"]].assign(code=right)
    pairs = ours.assign(code=left).merge(theirs, on="code", how="inner").drop(columns=["code", "full"])
    pairs["points_amount"] = pairs["points_amount"].where(pairs["points_amount"] <= pairs["most"], pairs["most"])
    pairs = pairs.sort_values("points_amount", ascending=False, kind="stable").drop_duplicates(["receipt_id", "item_id"])
    same = {f"item_{name}": pairs[name] for name in ("ledger_id", "company_code", "currency", "family")}
    how = pairs["points_amount"].eq(4000).map({True: "the amount of", False: "the amount net of discount, tax or charges of"}).astype("str")
    return _in_time(pairs.assign(**same, portion=pairs["amount"], how=how), policy)


def _all_pairs(
    loud: pd.DataFrame, amounts: pd.DataFrame, references: pd.DataFrame, paid: pd.DataFrame, beyond: Beyond | None, policy: Policy
) -> pd.DataFrame:
    """Meet receipts with settled items by amount and, with `beyond`, by what hides a repeat; an ordinary pair comes first."""
    pairs = _pairs(loud, amounts, policy)
    if beyond is None:
        return pairs
    more = hidden_pairs(loud, references, paid, beyond, [*WHOSE, *_OF_RECEIPT])
    both = pd.concat([pairs, more], ignore_index=True).drop_duplicates(["receipt_id", "item_id"]) if len(more) else pairs
    return _in_time(both, policy)


def _loud(tested: pd.DataFrame, references: pd.DataFrame, lines: pd.DataFrame, explained: set[str]) -> pd.DataFrame:
    """Leave out the receipts that open items explain, by their numbers or by their amount (EX-14)."""
    return tested[~among(tested, "receipt_id", named_in_full(tested, references, lines) | explained)]


def _only_named(pairs: pd.DataFrame, owing: set[str], again: Mapping[tuple[str, str], Mapping[str, str]]) -> pd.Series[bool]:
    """Say which pairs stay: of receipts that an open item explains only those with settled items that they name."""
    both = zip(column(pairs, "receipt_id"), column(pairs, "item_id"), strict=True)
    return pd.Series([receipt not in owing or (receipt, item) in again for receipt, item in both], index=pairs.index, dtype="bool")


def _in_time(pairs: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Keep pairs whose payments are no further apart than `duplicates.lookback_days`, and say how far: `days`."""
    days = (pairs["value_date"] - pairs["cleared"]).dt.days.abs().astype("int64")
    return pairs.assign(days=days)[days <= policy.duplicates.lookback_days]


def _presented_anew(pairs: pd.DataFrame, receipts: pd.DataFrame, returns: pd.DataFrame | None) -> pd.Series[bool]:
    """Say of each pair whether a return of the same amount lies between the two payments (EX-13)."""
    wanted = ["booking_date", "currency", "amount", "remitter_account"]
    parts = [receipts.loc[receipts["amount"] < 0, wanted]]
    if returns is not None:
        parts.append(returns.loc[(returns["amount"] < 0) & (returns["is_return"] | (returns["class"] == "RETURN")), wanted])
    events = pd.concat([part for part in parts if len(part)]) if any(map(len, parts)) else parts[0]
    events = events.rename(columns={"booking_date": "returned", "remitter_account": "returned_to"}).assign(amount=-events["amount"])
    met = pairs.reset_index(names="pair").merge(events, on=["currency", "amount"], how="inner")
    after = (met["returned"] >= met["cleared"]) & (met["returned"] <= met["arrival"])
    # The payment that came back is no repeat of the one that stood in for it either.
    between = after | ((met["returned"] >= met["arrival"]) & (met["returned"] <= met["cleared"]))
    same = (met["remitter_account"] == met["returned_to"]) | (met["remitter_account"] == "") | (met["returned_to"] == "")
    return pd.Series(pairs.index.isin(met.loc[between & same, "pair"]), index=pairs.index)


def _payers(known: pd.DataFrame, settled_by: Mapping[str, str]) -> Mapping[str, str]:
    """Return from which account each item was settled, where its receipt is known."""
    account = dict(zip(column(known, "receipt_id"), column(known, "remitter_account"), strict=True))
    return {item: account.get(receipt, "") for item, receipt in settled_by.items()}


def _rows_by_id(paid: pd.DataFrame, wanted: set[str]) -> Mapping[str, Any]:
    needed = paid.loc[among(paid, "item_id", wanted)]
    return {str(row.item_id): row for row in needed.itertuples(index=False)}


def _payment_days(tested: pd.DataFrame, paid: pd.DataFrame, pairs: pd.DataFrame) -> Mapping[tuple[Any, ...], list[int]]:
    """List the days on which the customers of the pairs paid each amount: what was settled, and the receipts that are tested."""
    whose = ["ledger_id", "company_code", "currency", "customer_id"]
    found: dict[tuple[Any, ...], list[int]] = {}
    for frame, amount, day in ((paid, "amount_doc", "cleared"), (tested, "amount", "value_date")):
        rows = frame[frame["customer_id"].isin(pairs["customer_id"].unique())]
        days = rows[day].to_numpy().astype("datetime64[D]").astype("int64").tolist()
        for key, number in zip(rows[[*whose, amount]].itertuples(index=False, name=None), days, strict=True):
            found.setdefault(key, []).append(number)
    return found


def _equals(pairs: pd.DataFrame) -> Mapping[str, list[str]]:
    """List the settled items of its whole amount that each receipt meets."""
    found: dict[str, list[str]] = {}
    same = pairs[pairs["points_amount"] == 4000]
    for receipt, item in zip(column(same, "receipt_id"), column(same, "item_id"), strict=True):
        found.setdefault(receipt, []).append(item)
    return found


def _scored(pair: Any, case: _Case) -> _Repeat | None:
    """Score one receipt against one settled item (EX-20); None below `possible`."""
    limits = case.policy.duplicates
    like = _likeness(pair, case)
    points = _points(pair, like, case)
    score = sum(points.values())
    if score < 100 * limits.possible:
        return None
    key = (pair.ledger_id, pair.company_code, pair.currency, pair.customer_id, pair.amount)
    probable = score >= 100 * limits.probable and points["points_payer"] > 0 and (like is not None or not regular(case.days.get(key, [])))
    probable = probable and (pair.receipt_id, pair.item_id) not in case.again
    return _Repeat(pair, case.paid[pair.item_id], like, points, score, "PROBABLE" if probable else "POSSIBLE")


def _best_each(found: Iterable[_Repeat | None]) -> Iterator[tuple[_Repeat, list[_Repeat]]]:
    """Yield the best item of each receipt (score, then the later settlement, then the item), and the others that score enough."""
    by_receipt: dict[str, list[_Repeat]] = {}
    for repeat in filter(None, found):
        by_receipt.setdefault(repeat.pair.receipt_id, []).append(repeat)
    for repeats in by_receipt.values():
        first, *others = sorted(repeats, key=lambda r: (-r.score, -r.pair.cleared.toordinal(), r.pair.item_id))
        yield first, others


def _row(repeat: _Repeat, others: list[_Repeat], case: _Case) -> dict[str, Any]:
    pair, item = repeat.pair, repeat.item
    open_too = case.again.get((pair.receipt_id, pair.item_id), {})
    copied = ("receipt_id", "ledger_id", "company_code", "customer_id", "item_id", "currency", "amount")
    return {
        **{name: getattr(pair, name) for name in copied}, **repeat.points, "score": repeat.score,
        "break_id": f"EX-20:{pair.receipt_id}:{pair.item_id}", "rule": "EX-20", "class": repeat.kind,
        "reference": item.reference or item.doc_no, "cleared_date": pair.cleared, "cleared_by": item.clearing_doc or "not stated",
        "proposed": "ON_ACCOUNT", "sentence": _sentence(repeat, len(others), list(open_too.values()), case.units),
        "rivals": " ".join([*open_too, *(other.pair.item_id for other in others)][:_SHOWN]), "variants": " ".join(_variants(repeat, case)), "portion": pair.portion,
    }  # fmt: skip


def _points(pair: Any, like: Likeness | None, case: _Case) -> dict[str, int]:
    """Give the five components of EX-20 in hundredths of a point, each rounded HALF_UP."""
    return {
        "points_amount": int(pair.points_amount),
        "points_payer": _payer_points(pair, case),
        "points_reference": like.points(2500) if like else 0,
        "points_time": max(0, (2 * 1000 * (_FADES - pair.days) + _FADES) // (2 * _FADES)),
        "points_unexplained": _unexplained_points(pair, case),
    }


def _likeness(pair: Any, case: _Case) -> Likeness | None:
    if pair.receipt_id not in case.words:
        case.words[pair.receipt_id] = words_of(pair, case.named[pair.receipt_id], case.how)
    numbers = _numbers(pair.item_id, case)
    like = best(case.words[pair.receipt_id], numbers, pair.item_id, case.policy.duplicates.ref_min_similarity)
    others = (_numbers(item, case) for item in case.equals.get(pair.receipt_id, []) if item != pair.item_id)
    return None if like and in_series(like, numbers, others) else like


def _numbers(item: str, case: _Case) -> Mapping[str, str]:
    if item not in case.numbers:
        case.numbers[item] = case.how.of(getattr(case.paid[item], name) for name in FIELDS)
    return case.numbers[item]


def _payer_points(pair: Any, case: _Case) -> int:
    """Twenty for the same customer by a STRONG key or the same bank account, twelve for the family, nothing for others."""
    strong = pair.ledger_id == pair.item_ledger_id and pair.customer_id == pair.item_customer_id and pair.payer_strength == "STRONG"
    same_account = pair.remitter_account != "" and pair.remitter_account == case.payer_of.get(pair.item_id, "")
    family = pair.family == pair.item_family and pair.customer_id != ""
    return 2000 if (strong and family) or same_account else 1200 if family else 0


def _unexplained_points(pair: Any, case: _Case) -> int:
    account = (pair.ledger_id, pair.company_code, pair.currency, pair.customer_id)
    combo = case.policy.matching.combo
    if account not in case.halves:
        case.halves[account] = halves(case.accounts.get(account, []), combo)
    sides = case.halves[account]
    if sides is None or pair.amount in case.accounts.get(account, []):
        return 0
    return 0 if explains(int(pair.amount), sides, combo.max_size) else 500


def regular(days: list[int]) -> bool:
    """Say whether at least three of these days follow one another at 25 to 35 days (EX-20, recurring customers)."""
    run: dict[int, int] = {}
    for day in sorted(set(days)):
        run[day] = 1 + max((run.get(day - gap, 0) for gap in _MONTHLY), default=0)
    return max(run.values(), default=0) >= _REGULAR


def _sentence(repeat: _Repeat, others: int, open_too: Sequence[str], units: Units) -> str:
    pair, item, like = repeat.pair, repeat.item, repeat.like
    amount = f"{units.decimal(pair.amount, pair.currency):,} {pair.currency}"
    when = f"{pair.days} days {'before' if pair.cleared <= pair.value_date else 'after'}" if pair.days else "on the same day"
    by = f"by {item.clearing_doc}" if item.clearing_doc else "by another payment"
    document = f"{item.reference or item.doc_no}, settled {when} ({pair.cleared:%Y-%m-%d}) {by}"
    said = f"{amount} of {pair.value_date:%Y-%m-%d} is {pair.how} {document}."
    if like:
        said += f" The payment names {like.word}" + (f", 0.{like.hundredths:02d} like {like.number}." if like.distance else ".")
    if open_too:
        said += f" Open with the same amount: {first_few(open_too, 3)}; which of them is meant a person must say."
    if repeat.points["points_unexplained"]:
        said += " No open item of the payer explains it."
    said += f" Score {repeat.score // 100}.{repeat.score % 100:02d} of 100."
    return said + (f" Other settled items that score enough: {others}." if others else "")
