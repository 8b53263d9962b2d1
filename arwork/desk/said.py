"""What the page of the desk is told, as plain texts: money and days as people write them, invisible characters made visible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from arwork.desk.acts import may_do
from arwork.desk.board import Board
from arwork.desk.detail import Candidate, Detail
from arwork.desk.open import Desk
from arwork.desk.split import Line
from arwork.desk.words import GATES, QUEUES, STATES, WAITING
from arwork.journal.events import Event
from arwork.money import Units
from arwork.show.markup import visible
from arwork.show.numbers import count, day, money, plural

_MOST_ITEMS = 300
_WHERE = {"structured": "the structured reference", "advice": "the advice", "end_to_end": "the end-to-end id"}
_PARTS = (("amount", "Cash"), ("discount", "Discount"), ("deduction", "Deduction"), ("write_off", "Write-off"))


def queues_said(board: Board, units: Units) -> list[dict[str, Any]]:
    """Write the list of queues: all that waits, each queue with its count and value by currency, and all receipts."""
    rows = board.queues
    told = [
        _queue(name, name, help_, rows[rows["queue"] == name], units) for name, help_ in QUEUES.items() if (rows["queue"] == name).any()
    ]
    waiting = rows[rows["queue"].isin(WAITING)]
    first = {**_queue("*waiting", "all that waits", "Everything on which a person still has to act.", waiting, units), "group": True}
    return [first, *told, _queue("*all", "all receipts", "Every receipt of the run.", rows, units)]


def _queue(name: str, label: str, help_: str, rows: pd.DataFrame, units: Units) -> dict[str, Any]:
    totals = rows.groupby("currency", sort=True)["amount"].sum().sort_values(ascending=False, kind="stable")
    sums = [f"{money(int(amount), str(code), units)} {code}" for code, amount in sorted(totals.items())]
    return {"name": name, "label": label, "help": help_, "count": count(int(rows["count"].sum())), "sums": sums}


def about_said(desk: Desk, board: Board, newer: str, reasons: Sequence[str]) -> dict[str, Any]:
    """Write what stands in the head of the desk: the close, the run, the person and what that person may do."""
    may, why_not = may_do(desk)
    return {
        "close": visible(f"{desk.params.close} {desk.params.period}"), "run": f"run {desk.run.name}, key date {day(desk.params.as_of)}",
        "person": visible(desk.person.name), "role": visible(", ".join(desk.roles)), "may_decide": bool(may), "why_not": visible(why_not),
        "newer": f"Newer run {newer} available: run the notebook again" if newer else "", "reasons": list(reasons), "position": board.position,
    }  # fmt: skip


def detail_said(detail: Detail, units: Units) -> dict[str, Any]:
    """Write one receipt in full."""
    row, receipt, proposal = detail.row, detail.receipt, detail.proposal
    currency = str(row["currency"])
    chosen = [_solution(one, units) for one in detail.candidates]
    return {
        "facts": _payment(row, receipt, units), "text": marked(detail), "advice": elsewhere(detail), "why": _why(detail),
        "sentence": visible(str(proposal.get("sentence") or proposal.get("why_not") or row["sentence"])), "solutions": chosen,
        "rivals": _rivals(detail), "evidence": _evidence(detail.candidates[0]) if detail.candidates else [],
        "customer": _customer(detail, currency, units), "open": _open(detail, units), "history": _history(detail.events, 16),
        "earlier": _history(detail.earlier[:8], 10), "raw": visible(detail.source_text, keep="\n"),
        "source": visible(f"{detail.source_file}, {detail.source_line}, SHA-256 {detail.source_sha256[:12]}"),
    }  # fmt: skip


def _payment(row: Mapping[str, Any], receipt: Mapping[str, Any], units: Units) -> list[list[str]]:
    currency = str(row["currency"])
    parts = [(name, int(row[key])) for name, key in (("applied", "applied"), ("on account", "on_account"), ("unapplied", "unapplied"))]
    stands = ", ".join(f"{money(minor, currency, units)} {name}" for name, minor in parts if minor)
    pairs = [
        ("Amount", f"{money(int(row['amount']), currency, units)} {currency}"), ("State", STATES.get(str(row["state"]), str(row["state"]))),
        ("Stands as", stands), ("Value date", f"{day(row['value_date'])}, {plural(int(row['age_days']), 'day')} ago"),
        ("Payer", str(receipt["remitter_name"])), ("From account", str(receipt["remitter_account"])),
        ("Reference", str(receipt["structured_ref"])), ("End to end", str(receipt["end_to_end_id"])), ("Method", str(receipt["method"])),
        ("Our account", str(receipt["bank_account"])), ("Receipt", str(row["receipt_id"])),
    ]  # fmt: skip
    return [[name, visible(value)] for name, value in pairs]


def marked(detail: Detail) -> list[dict[str, str]]:
    """Cut the text at the references found in it; where two overlap the first is marked."""
    parts, at = [], 0
    for span in detail.spans:
        if span.start < at:
            continue
        parts += [{"text": visible(detail.text[at : span.start], keep="\n")}] if span.start > at else []
        parts.append({"text": visible(detail.text[span.start : span.end]), "read": visible(span.said)})
        at = span.end
    rest = detail.text[at:]
    return [*parts, {"text": visible(rest, keep="\n")}] if rest or not parts else parts


def elsewhere(detail: Detail) -> list[list[str]]:
    """List what each reference was read as, once."""
    told = {(span.token, span.origin, span.said): None for span in detail.spans}
    return [[visible(token), visible(f"{said}" if origin == "text" else f"{said} (from {_WHERE[origin]})")] for token, origin, said in told]


def _why(detail: Detail) -> list[list[str]]:
    told = [[gate, GATES.get(gate, "stopped by a gate")] for gate in detail.gates]
    named = (("why not", "why_not"), ("falls without", "falls_without"))
    told += [[name, visible(str(detail.proposal.get(key)))] for name, key in named if detail.proposal.get(key)]
    return told


def _rivals(detail: Detail) -> str:
    known = plural(detail.rivals, "other set fits as well", "other sets fit as well") if detail.rivals else "no other set fits"
    return known if detail.exhaustive else f"{known}, search not complete"


def _solution(candidate: Candidate, units: Units) -> dict[str, Any]:
    split = candidate.split
    shown = [(key, label) for key, label in _PARTS if any(getattr(line, key) for line in split.lines)]
    heads = [["Item", "left"], ["Open", "right"], *([label, "right"] for _, label in shown), ["Stays open", "right"]]
    rows = [{"cells": _line(line, [key for key, _ in shown], units)} for line in split.lines]
    total = sum(line.amount for line in split.lines)
    rest = f", {money(split.on_account, split.currency, units)} on account" if split.on_account else ""
    chance = f"{candidate.probability / 10_000:.2f} % likely" if candidate.probability else ""
    title = "Proposed" if candidate.number == 1 else f"Rival {candidate.number - 1}"
    note = f"{plural(len(split.lines), 'item')}, {money(total, split.currency, units)} {split.currency}{rest}"
    over = any(line.left * (1 if line.open_amount > 0 else -1) < 0 for line in split.lines)
    chance = "no longer fits: decisions since take part of it" if over else chance
    return {
        "title": title, "note": ", ".join(part for part in (note, chance) if part), "chosen": candidate.number == 1, "number": candidate.number,
        "table": {"heads": heads, "rows": rows},
    }  # fmt: skip


def _line(line: Line, keys: Iterable[str], units: Units) -> list[str]:
    def amount(minor: int) -> str:
        """Write an amount, and nothing for nothing."""
        return money(minor, line.currency, units) if minor else ""

    codes = {"deduction": line.deduction_code, "write_off": line.adjustment_code}
    parts = [visible(f"{amount(getattr(line, key))} {codes.get(key, '')}".strip()) for key in keys]
    return [visible(line.reference), money(line.open_amount, line.currency, units), *parts, money(line.left, line.currency, units)]


def _evidence(candidate: Candidate) -> list[dict[str, Any]]:
    """Write the facts as points: thousandths of a natural logarithm of the odds become hundredths, and their sum."""
    told = [
        {"name": visible(fact.fact), "sentence": visible(fact.level), "points": fact.weight, "text": _points(fact.weight)}
        for fact in candidate.facts
    ]
    if told:
        whole = sum(fact.weight for fact in candidate.facts)
        told.append(
            {"name": "sum", "sentence": f"{candidate.probability / 10_000:.2f} %", "points": whole, "text": _points(whole), "total": True}
        )
    return told


def _points(weight: int) -> str:
    return f"{weight / 1000:+.2f}".replace("-", "\u2212")


def _customer(detail: Detail, currency: str, units: Units) -> list[list[str]]:
    row = detail.row
    if not row["customer_id"]:
        return [["Customer", "not known yet"]]
    rows = detail.items
    owed = rows.loc[rows["currency"] == currency, "left"].sum()
    return [
        ["Customer", visible(f"{row['customer']}")], ["Number", visible(f"{row['customer_id']}, company {row['company_code']}")],
        ["Collector", visible(str(row["collector"]))], ["Owes", f"{money(int(owed), currency, units)} {currency}"],
    ]  # fmt: skip


def _open(detail: Detail, units: Units) -> dict[str, Any]:
    """Write the customer's open items; those proposed have a pointer, and columns that would be empty are left out."""
    rows, currency = detail.items, str(detail.row["currency"])
    ours = {line.item_id for one in detail.candidates[:1] for line in one.split.lines}
    taken, blocked = bool(rows["taken"].any()), bool((rows["blocked"] != "").any())
    heads = [["Item", "left"], ["Due", "left"], ["Days", "right"], ["Open", "right"]]
    heads += ([["Left", "right"]] if taken else []) + ([["Note", "left"]] if blocked else [])
    body = []
    for item in rows.head(_MOST_ITEMS).to_dict("records"):
        code, here = str(item["currency"]), item["item_id"] in ours
        cells = [
            ("\u25b8 " if here else "") + visible(str(item["reference"])), day(item["due_date"]), str(int(item["days_past_due"])),
            money(int(item["open_amount"]), code, units) + ("" if currency == code else f" {visible(code)}"),
        ]  # fmt: skip
        cells += [money(int(item["left"]), code, units) if item["taken"] else ""] if taken else []
        cells += [visible(str(item["blocked"]))] if blocked else []
        body.append({"cells": cells, "tone": "ours" if here else "faint" if not item["left"] else ""})
    more = f"The first {_MOST_ITEMS} of {plural(len(rows), 'item')} are shown." if len(rows) > _MOST_ITEMS else ""
    return {"title": f"Open items ({count(len(rows))})", "heads": heads, "rows": body, "more": more}


def _history(events: Sequence[Event], letters: int) -> dict[str, Any]:
    heads = [["No.", "right"], ["When", "left"], ["Who", "left"], ["What", "left"], ["Reason", "left"]]
    rows = []
    for event in events:
        what = f"UNDO of {event.body['undoes']}" if event.action == "UNDO" else event.action
        rows.append({"cells": [str(event.seq), event.at[:letters].replace("T", " "), *map(visible, (event.by, what, event.reason))]})
    return {"heads": heads, "rows": rows}
