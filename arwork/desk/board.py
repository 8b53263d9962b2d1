"""The board: every receipt of a run with its queue and state, replayed from the journal; pure.

Money is int64 minor units. A decision changes one receipt, so `updated` computes only that row, its queue and its totals again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from arwork.desk.acts import receipts_of
from arwork.desk.baseline import Words, baseline
from arwork.desk.flow import FLOWING, Flow, Taken, flows
from arwork.desk.open import Desk
from arwork.desk.words import QUEUES, WAITING
from arwork.errors import InputError
from arwork.intake.amount_text import readings
from arwork.journal.events import Event, holding
from arwork.money import Units

MONEY = ("applied", "on_account", "unapplied")
WAITS = "waiting"
"""Stands for every queue in which something is to be done."""
Sums = Mapping[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Board:
    """Every receipt of a run as it stands after `position` events of the journal.

    `rows`: receipt_id, queue, state, ledger_id, company_code, customer_id, customer (its name), payer, amount, currency,
    value_date, age_days, collector, strategy, probability (ten-thousandths of a percent point), gates, reason (in a few
    words), sentence, decided_by, decided_seq, applied, on_account, unapplied (these three add up to amount), source.
    `sums` are applied, on account and unapplied by currency, in minor units. The rest serves `updated` and `filtered`:
    `counts` receipts and amount by queue and currency, `places` the row of each receipt, `base` the rows as the
    run has them, `taken` the decisions that the run had taken in, `history` the events by receipt, `about` the receipt of
    each event, `words` what a search looks in.
    """

    rows: pd.DataFrame
    position: int
    sums: Sums
    counts: Mapping[tuple[str, str], tuple[int, int]]
    places: Mapping[str, int]
    base: pd.DataFrame
    taken: Taken
    history: Mapping[str, tuple[Event, ...]]
    about: Mapping[int, str]
    words: Words
    units: Units

    @property
    def queues(self) -> pd.DataFrame:
        """Count and amount of each queue by currency, in the order of work; queues without a receipt are left out."""
        order = {name: place for place, name in enumerate(QUEUES)}
        filled = sorted((order[q], c, q, *found) for (q, c), found in self.counts.items() if found[0])
        rows = [(queue, count, amount, currency) for _, currency, queue, count, amount in filled]
        return pd.DataFrame(rows, columns=["queue", "count", "amount", "currency"]).astype({"count": "int64", "amount": "int64"})

    @property
    def money(self) -> pd.DataFrame:
        """Applied, on account and unapplied of all receipts by currency, and their sum."""
        rows = [(currency, *parts, sum(parts)) for currency, parts in sorted(self.sums.items())]
        return pd.DataFrame(rows, columns=["currency", *MONEY, "amount"]).astype(dict.fromkeys((*MONEY, "amount"), "int64"))


def board(desk: Desk, events: Sequence[Event]) -> Board:
    """Replay a whole journal on the run of the desk."""
    base, taken = baseline(desk.tables, desk.params.as_of)
    places = {receipt: place for place, receipt in enumerate(base["receipt_id"].tolist())}
    about = receipts_of(events)
    history: dict[str, list[Event]] = {}
    for event in events:
        if about[event.seq]:
            history.setdefault(about[event.seq], []).append(event)
    touched = [receipt for receipt in {**taken, **history} if receipt in places]
    rows = _with(base, places, flows(base, places, taken, touched, holding(events)))
    kept = {receipt: tuple(found) for receipt, found in history.items()}
    return Board(rows, len(events), _sums(rows), _counts(rows), places, base, taken, kept, about, Words(base, desk.tables["receipts"]), desk.params.units)


def updated(before: Board, new: Sequence[Event]) -> Board:
    """Return the board after new events that follow those it has seen; the same board where there are none."""
    fresh = [event for event in new if event.seq > before.position]
    if not fresh:
        return before
    about, history = dict(before.about), dict(before.history)
    touched: dict[str, None] = {}
    for event in fresh:
        receipt = about.get(int(event.body["undoes"]), "") if event.action == "UNDO" else str(event.body.get("receipt", ""))
        about[event.seq] = receipt
        if receipt:
            history[receipt] = (*history.get(receipt, ()), event)
            touched[receipt] = None
    on_board = [receipt for receipt in touched if receipt in before.places]
    now = holding([event for receipt in on_board for event in history[receipt]])
    rows = _with(before.rows, before.places, flows(before.base, before.places, before.taken, on_board, now))
    sums, counts = _moved(before, rows, on_board)
    return replace(before, rows=rows, position=fresh[-1].seq, sums=sums, counts=counts, history=history, about=about)


def _with(rows: pd.DataFrame, places: Mapping[str, int], flown: Mapping[str, Flow]) -> pd.DataFrame:
    """Put what decisions change into the rows of their receipts; the frame given stays as it is."""
    changed = rows.copy(deep=False)
    if not flown:
        return changed
    where = [places[receipt] for receipt in flown]
    for name in FLOWING:
        values = rows[name].array.copy()
        values[where] = [getattr(flow, name) for flow in flown.values()]
        changed[name] = pd.Series(values, index=rows.index)
    return changed


def _sums(rows: pd.DataFrame) -> dict[str, tuple[int, int, int]]:
    found = rows.groupby("currency", sort=True)[list(MONEY)].sum()
    return {str(code): (int(a), int(o), int(u)) for code, a, o, u in found.itertuples(name=None)}


def _counts(rows: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    found = rows.groupby(["queue", "currency"], sort=True)["amount"].agg(["size", "sum"])
    return {(str(key[0]), str(key[1])): (int(size), int(amount)) for key, size, amount in found.itertuples(name=None)}


def _moved(before: Board, rows: pd.DataFrame, receipts: Sequence[str]) -> tuple[Sums, Mapping[tuple[str, str], tuple[int, int]]]:
    """Move the receipts from their old places in the totals to the new ones."""
    sums, counts = {code: list(parts) for code, parts in before.sums.items()}, dict(before.counts)
    where = [before.places[receipt] for receipt in receipts]
    columns = ["queue", "currency", "amount", *MONEY]
    for sign, frame in ((-1, before.rows), (1, rows)):
        for queue, currency, amount, *parts in frame[columns].take(where).itertuples(index=False, name=None):
            count, total = counts.get((queue, currency), (0, 0))
            counts[queue, currency] = (count + sign, total + sign * int(amount))
            sums[currency] = [old + sign * int(part) for old, part in zip(sums[currency], parts, strict=True)]
    return {code: (parts[0], parts[1], parts[2]) for code, parts in sums.items()}, counts


def filtered(
    board: Board,
    *,
    queue: str = "",
    reason: str = "",
    ledger: str = "",
    customer: str = "",
    amount_from: int | None = None,
    amount_to: int | None = None,
    age_from: int | None = None,
    collector: str = "",
    text: str = "",
    sort: str = "",
) -> pd.DataFrame:
    """Return the rows of the board that fit every filter given; a blank or None filters nothing.

    `queue` may be `waiting`; `reason` is a gate such as G-01 or a reason as shown; `customer` a number, or part of a name;
    amounts are minor units; `text` is looked for in ids, names, references, the payment's text and, where it reads as an
    amount, in the amounts. `sort` is a column, `-` before it turns the order round; else by queue in the order of work,
    the largest first. Equal rows stand by receipt, so the order never depends on that of the input.
    """
    rows = board.rows
    keep = pd.Series(True, index=rows.index)
    if queue:
        keep &= rows["queue"].isin(WAITING) if queue == WAITS else rows["queue"] == queue
    if reason:
        keep &= (" " + rows["gates"] + " ").str.contains(f" {reason} ", regex=False) | (rows["reason"] == reason)
    if ledger:
        keep &= rows["ledger_id"] == ledger
    if customer:
        keep &= (rows["customer_id"] == customer) | rows["customer"].str.lower().str.contains(customer.lower(), regex=False)
    if amount_from is not None:
        keep &= rows["amount"] >= amount_from
    if amount_to is not None:
        keep &= rows["amount"] <= amount_to
    if age_from is not None:
        keep &= rows["age_days"] >= age_from
    if collector:
        keep &= rows["collector"] == collector
    if text.strip():
        keep &= board.words.lowered.str.contains(text.strip().lower(), regex=False) | _amounts(rows, text, board.units)
    return _sorted(rows.loc[keep], sort)


def _amounts(rows: pd.DataFrame, text: str, units: Units) -> pd.Series[bool]:
    found = pd.Series(False, index=rows.index)
    for currency in rows["currency"].unique().tolist():
        meant = readings(text, currency, units)
        if meant:
            found |= (rows["currency"] == currency) & rows["amount"].isin(list(meant))
    return found


def _sorted(rows: pd.DataFrame, sort: str) -> pd.DataFrame:
    name = sort.removeprefix("-")
    if name and name not in rows.columns:
        raise InputError(f"the board has no column {name!r}", cure=f"Its columns are {', '.join(map(str, rows.columns))}.")
    if name:
        return rows.sort_values([name, "receipt_id"], ascending=[not sort.startswith("-"), True], kind="stable").reset_index(drop=True)
    places = {queue: place for place, queue in enumerate(QUEUES)}
    ranked = rows.assign(_place=rows["queue"].map(places).fillna(len(places)))
    ranked = ranked.sort_values(["_place", "amount", "receipt_id"], ascending=[True, False, True], kind="stable")
    return ranked.drop(columns="_place").reset_index(drop=True)
