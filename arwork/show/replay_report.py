"""The report of a backtest as Markdown: what each strategy did, what it may do alone, how far probabilities hold, every error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from arwork.matching.authority import bound, short_of
from arwork.matching.bounds import upper, upper_by_value
from arwork.matching.judged import ALONE, ALWAYS, FORM, GATED, NOTHING
from arwork.matching.learned import Learned
from arwork.money import Units
from arwork.settings import NEVER, Authority
from arwork.show.markup import visible
from arwork.show.numbers import count, day, money, percent, plural, share

_SHOWN = 50


def report(learned: Learned, receipts: pd.DataFrame, digest: str, policy: Authority, units: Units) -> str:
    """Write the whole report; `receipts` are the judged receipts, `digest` the SHA-256 of `learned.yaml`."""
    parts = [
        "# Backtest",
        _what(learned, receipts, digest),
        "## What each strategy did",
        "Upper bounds are exact and one-sided (Clopper and Pearson); by value, money counts in units as large as the largest receipt.",
        *[_by_strategy(receipts, str(ledger), learned.confidence, units) for ledger in sorted(set(receipts["ledger_id"]))],
        "## What may act alone",
        _authority(learned, policy, units),
        "## How far a stated probability can be believed",
        f"Weights were learned on one half of the receipts, split by a hash of their id; this is the other half. Brier score "
        f"{learned.brier / 1_000_000:.4f}: 0 knows all, 0.25 is a coin.",
        "![Reliability](reliability.png)",
        _table(
            ["said", "was", "candidates"], [[percent(b.predicted), percent(b.observed), count(b.candidates)] for b in learned.reliability]
        ),
        "## Wrong",
        _wrong(receipts, units),
    ]
    return "\n\n".join(parts) + "\n"


def _what(learned: Learned, receipts: pd.DataFrame, digest: str) -> str:
    told = [
        f"- {visible(s.name)}: {plural(s.receipts, 'receipt')} with a known truth, {day(s.first)} to {day(s.last)}" for s in learned.sources
    ]
    right = int(((receipts["how"] == ALONE) & receipts["right"]).sum())
    alone = int((receipts["how"] == ALONE).sum())
    first = (
        f"{plural(len(receipts), 'receipt')} replayed. {count(alone)} would have been posted by rule ({share(alone, len(receipts))}), "
        f"{count(alone - right)} of them wrong."
    )
    tail = f"`learned.yaml` has the digest `{digest}`; run by {visible(learned.run_by)}. It counts once another person accepts it (CV-13)."
    return "\n\n".join([first, "\n".join(told), tail])


def _by_strategy(receipts: pd.DataFrame, ledger: str, confidence: int, units: Units) -> str:
    own = receipts[receipts["ledger_id"] == ledger]
    rows = []
    for (how, strategy), found in own.groupby(["how", "form"], sort=True):
        if how == NOTHING:
            rows.append((4, [str(strategy), str(how), count(len(found)), share(len(found), len(own)), *[""] * 7]))
        else:
            place = (ALONE, FORM, ALWAYS, GATED).index(str(how))
            rows.append(
                (place, [str(strategy), str(how), count(len(found)), share(len(found), len(own)), *_figures(found, confidence, units)])
            )
    heads = [
        "strategy", "how", "receipts", "of all", "wrong", "at most", "lines wrong", "at most", "value", "value wrong", "at most",
    ]  # fmt: skip
    return f"### Ledger {visible(ledger)}\n\n" + _table(heads, [row for _, row in sorted(rows)])


def _figures(found: pd.DataFrame, confidence: int, units: Units) -> list[str]:
    wrong = found[~found["right"].astype(bool)]
    lines, wrong_lines = sum(map(int, found["lines"])), sum(map(int, found["wrong_lines"]))
    told = [
        count(len(wrong)), bound(upper(len(found), len(wrong), confidence)), f"{count(wrong_lines)} of {count(lines)}",
        bound(upper(lines, wrong_lines, confidence)),
    ]  # fmt: skip
    currencies = sorted(set(found["value_currency"]))
    if len(currencies) > 1:
        return [*told, "several currencies", "", ""]
    values, lost = [int(v) for v in found["value"]], sum(map(int, wrong["value"]))
    most = bound(upper_by_value(sum(values), lost, max(values), confidence))
    return [*told, f"{money(sum(values), currencies[0], units)} {currencies[0]}", money(lost, currencies[0], units), most]


def _authority(learned: Learned, policy: Authority, units: Units) -> str:
    rows = []
    for ledger, records in sorted(learned.ledgers.items()):
        for strategy, record in sorted(records.items()):
            value = record.value
            lacks = NEVER.get(strategy.partition(":")[0], "") or short_of(strategy, record, policy)
            rows.append([
                visible(ledger), strategy, count(record.receipts.tried), count(record.receipts.wrong), bound(record.receipts.at_most),
                bound(record.lines.at_most), bound(value.at_most), f"{money(value.largest, value.currency, units)} {value.currency}",
                f"no: {lacks}" if lacks else "yes, once accepted",
            ])  # fmt: skip
    if not rows:
        return "No strategy waited for its form alone, so there is nothing to earn."
    heads = ["ledger", "strategy", "receipts", "wrong", "at most", "by line", "by value", "largest receipt", "may act alone"]
    return (
        "Counted are receipts on which no gate fired and only the form of the strategy asked for a person, up to the largest receipt of each "
        "record.\n\n" + _table(heads, rows)
    )


def _wrong(receipts: pd.DataFrame, units: Units) -> str:
    wrong = wrong_receipts(receipts)
    if wrong.empty:
        return "No proposal was wrong."
    rows = [
        [
            visible(r["receipt_id"]),
            r["form"],
            r["how"],
            f"{money(int(r['amount']), r['currency'], units)} {r['currency']}",
            _few(r["proposed"]),
            _few(r["expected"]),
        ]
        for r in wrong.head(_SHOWN).to_dict("records")
    ]
    note = f"The first {_SHOWN} of {count(len(wrong))}, what acts alone first; all stand in `wrong.csv`." if len(wrong) > _SHOWN else ""
    return "\n\n".join(filter(None, [note, _table(["receipt", "strategy", "how", "amount", "proposed", "expected"], rows)]))


def wrong_receipts(receipts: pd.DataFrame) -> pd.DataFrame:
    """Return every receipt whose proposal was wrong, what would have been posted first, then the largest."""
    order: Mapping[str, int] = {ALONE: 0, FORM: 1, ALWAYS: 2, GATED: 3}
    wrong = receipts[receipts["how"].isin(list(order)) & ~receipts["right"].astype(bool)]
    ranked = wrong.assign(place=wrong["how"].map(order)).sort_values(["place", "value", "receipt_id"], ascending=[True, False, True])
    return ranked.drop(columns=["place"]).reset_index(drop=True)


def _few(items: str, most: int = 3) -> str:
    found = items.split()
    return visible(", ".join(found[:most])) + (f" and {count(len(found) - most)} more" if len(found) > most else "") or "nothing"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
