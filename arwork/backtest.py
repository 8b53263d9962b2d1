"""Replay past receipts whose truth is known, learn weights of evidence from them, and write each strategy's record.

Two ways in: a folder of tables with their truth, or months of a close that the ERP and people have finished since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from arwork.breaks.repeats import duplicate_payments
from arwork.errors import InputError
from arwork.matching.advices import link, linked_lines
from arwork.matching.calibrate import Tally, brier, learn, reliability
from arwork.matching.judged import Judged, judge, records
from arwork.matching.learned import Believed, Evidence, Learned, Source, digest_of, policy_digest, written
from arwork.matching.payer import identify
from arwork.matching.references import extract
from arwork.matching.strategies import CashBooks, propose
from arwork.pack.digest import write_once
from arwork.show import pictures
from arwork.show.replay_report import report, wrong_receipts
from arwork.tables import empty
from arwork.worlds import World

_PERCENT = 10_000


@dataclass(frozen=True)
class Backtested:
    """What a backtest left: its folder, the digest of `learned.yaml`, what was learned, every judged receipt."""

    place: Path
    digest: str
    learned: Learned
    receipts: pd.DataFrame


def backtest(worlds: Sequence[World], run_by: str, outputs: Path) -> Backtested:
    """Replay the worlds, and write `learned.yaml`, `backtest.md`, `reliability.png` and `wrong.csv` into a folder of their own.

    The folder bears the digest of `learned.yaml`: the same replay finds its folder again and writes nothing. Raises InputError
    for worlds without a known truth, or under several policies.
    """
    if len({policy_digest(world.policy) for world in worlds}) != 1:
        raise InputError("these months are closed under different policies", cure="Replay together only what one policy decides.")
    return written_down(worlds, [replayed(world) for world in worlds], run_by, outputs)


def written_down(worlds: Sequence[World], judged: Sequence[Judged], run_by: str, outputs: Path) -> Backtested:
    """Write down what replays of worlds came to, as `backtest` does; raises InputError where no truth is known."""
    if not any(len(one.receipts) for one in judged):
        raise InputError("no receipt has a known truth", cure="Give months that the ERP has cleared since, or a folder with its truth.")
    receipts = pd.concat([one.receipts for one in judged if len(one.receipts)], ignore_index=True)
    learned = _learned(worlds, judged, receipts, run_by)
    data = written(learned)
    digest = digest_of(data)
    place = outputs / "backtest" / digest[:12]
    world = worlds[0]
    files = {
        "learned.yaml": data,
        "reliability.png": pictures.reliability([(b.predicted, b.observed, b.candidates) for b in learned.reliability], learned.brier).png,
        "wrong.csv": wrong_receipts(receipts).to_csv(index=False, lineterminator="\n").encode("utf-8"),
        "backtest.md": report(learned, receipts, digest, world.policy.authority, world.units).encode("utf-8"),
    }
    for name, content in files.items():
        if not (place / name).is_file() or (place / name).read_bytes() != content:
            (place / name).unlink(missing_ok=True)
            write_once(place / name, content)
    return Backtested(place, digest, learned, receipts)


def replayed(world: World) -> Judged:
    """Run the engine over a world as on the days its receipts came in, and judge what it proposes."""
    t, policy = world.tables, world.policy
    links, _, _ = link(t["receipts"], t["remittance_lines"], policy.matching)
    advised = linked_lines(t["remittance_lines"], links)
    references = extract(t["receipts"], t["open_items"], advised, policy.matching)
    receipts = identify(t["receipts"], references, t["open_items"], t["customers"], t["customer_banks"], policy.matching)
    breaks = duplicate_payments(receipts, references, t["open_items"], t["customers"], policy, returns=t["bank_lines"], units=world.units)
    books = CashBooks(
        receipts=receipts, references=references, open_items=t["open_items"], remittance_lines=advised, customers=t["customers"],
        disputes=t["disputes"], breaks=breaks, decided=_NOBODY, ledgers=empty("ledgers"), policy=policy, units=world.units,
        as_of=world.as_of, replay=True,
    )  # fmt: skip
    proposals, items = propose(books)
    return judge(proposals, items, t["open_items"], world.truth)


_NOBODY = pd.DataFrame(columns=["seq", "action", "receipt_id"])
"""No decisions: a replay asks what the rules alone would have done."""


def _learned(worlds: Sequence[World], judged: Sequence[Judged], receipts: pd.DataFrame, run_by: str) -> Learned:
    taught, tested = (_together([one.tally(held_out=held) for one in judged]) for held in (False, True))
    weights = learn(taught)
    policy, units = worlds[0].policy, worlds[0].units
    currencies = {
        str(r): str(c) for world in worlds for r, c in world.tables["open_items"].groupby("ledger_id")["local_currency"].first().items()
    }
    largest = {ledger: units.rounded(policy.authority.largest_receipt, code) for ledger, code in currencies.items()}
    confidence = int(policy.authority.confidence * _PERCENT)
    facts: dict[str, dict[str, int]] = {}
    for (fact, level), weight in weights.levels.items():
        facts.setdefault(fact, {})[level] = weight
    return Learned(
        version="1", run_by=run_by, policy=policy_digest(policy), confidence=confidence,
        sources=tuple(_source(world, one) for world, one in zip(worlds, judged, strict=True) if len(one.receipts)),
        evidence=Evidence(start=weights.base, facts=facts),
        reliability=tuple(Believed(predicted=b.predicted, observed=b.observed, candidates=b.candidates) for b in reliability(tested, weights)),
        brier=brier(tested, weights), ledgers=records(receipts, confidence, largest, int(policy.authority.max_error_value_pct * _PERCENT)),
    )  # fmt: skip


def _source(world: World, judged: Judged) -> Source:
    known = world.tables["receipts"].loc[lambda r: r["receipt_id"].isin(judged.receipts["receipt_id"]), "value_date"]
    return Source(name=world.name, first=known.min().date(), last=known.max().date(), receipts=len(judged.receipts), digest=world.digest)


def _together(tallies: Sequence[Tally]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for tally in tallies:
        for word, (tried, right) in tally.items():
            before = found.get(word, (0, 0))
            found[word] = (before[0] + tried, before[1] + right)
    return found
