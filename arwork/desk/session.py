"""One open desk: what the page asks, and what it is told. Plain values in and out, so that it is tested without a browser.

Nothing counts as decided before the journal has it on the disk: `done` is only said after that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from arwork.collect.disputes import QUERIES
from arwork.desk.acts import act, poll, receipts_of, roles_of, undo
from arwork.desk.board import Board, board, filtered, updated
from arwork.desk.detail import detail
from arwork.desk.editor import asked_split, editor, found_items, sums
from arwork.desk.followups import followed, record
from arwork.desk.grid import Message, cells, packed
from arwork.desk.open import Desk, newer_run
from arwork.desk.said import about_said, detail_said, queues_said
from arwork.desk.second import rule_form, waits, waits_said
from arwork.desk.words import WAITING
from arwork.errors import ArworkError, InputError
from arwork.journal.events import Event
from arwork.show.markup import visible
from arwork.show.numbers import plural

_LOOK_FOR_RUNS = 15.0
"""Seconds between two looks for a newer run."""
_REASONS = 6
_REPEATED = ("ALLOCATE", "REJECT", "HOLD", "NOTE", "UNDO", "WRITE_OFF", "ALIAS", "DISPUTE")
"""Actions whose reasons are offered again."""
_ACTIONS = {"accept": "ALLOCATE", "split": "ALLOCATE", "reject": "REJECT", "hold": "HOLD", "note": "NOTE"}


@dataclass
class Session:
    """A desk, its board as the page has it, and the events that the board has seen; the only thing at the desk that changes."""

    desk: Desk
    board: Board
    events: list[Event]
    newer: str = ""
    looked: float = 0.0


def begin(desk: Desk) -> Session:
    """Begin a session: the whole journal is replayed once."""
    return Session(desk, board(desk, desk.events), list(desk.events), looked=monotonic())


def hear(session: Session, said: Mapping[str, Any]) -> Sequence[Message]:
    """Answer the page. A refusal is an answer too, in words, with nothing written; `request` and `client` come back as given."""
    try:
        return _ANSWERS[str(said.get("kind"))](session, said)
    except ArworkError as refused:
        news = _news(session) if said.get("kind") in ("act", "follow") else []
        return [*news, _reply(said, "refused", text=visible(refused.paragraph()))]
    except Exception as fault:  # in a widget nobody would see it
        told = (
            f"A fault of ours at {said.get('kind')!r}: {type(fault).__name__}: {fault}. The history of the receipt says what was recorded."
        )
        return [_reply(said, "refused", text=visible(told))]


def _ready(session: Session, said: Mapping[str, Any]) -> Sequence[Message]:
    _catch_up(session)
    content, buffers = packed(filtered(session.board))
    units = session.desk.params.units
    currencies = session.board.rows["currency"].unique().tolist()
    content |= {
        "decimals": {code: units.exponent(code) for code in currencies}, "waiting": list(WAITING), "queues": queues_said(session.board, units),
        "about": about_said(session.desk, session.board, session.newer, _last_reasons(session)), "waits": waits_said(session.desk, session.events),
    }  # fmt: skip
    return [(content, buffers)]


def _words(session: Session, said: Mapping[str, Any]) -> Sequence[Message]:
    """Send what a search looks in, row by row as the board was sent; it comes after the first paint."""
    board = session.board
    order = [board.places[receipt] for receipt in filtered(board)["receipt_id"]]
    joined = "\n".join(board.words.lowered.str.replace(r"[\r\n]", " ", regex=True).iloc[order])
    told, _ = _reply(said, "words")
    return [(told, [joined.encode("utf-8", errors="replace")])]


def _poll(session: Session, said: Mapping[str, Any]) -> Sequence[Message]:
    if monotonic() - session.looked > _LOOK_FOR_RUNS:
        session.looked = monotonic()
        found = newer_run(session.desk)
        told = found.name if found else ""
        if told != session.newer:
            session.newer = told
            return [*_news(session, always=True)]
    return _news(session) or [_reply(said, "pulse")]


def _detail(session: Session, said: Mapping[str, Any]) -> Sequence[Message]:
    receipt = str(said["receipt"])
    found = detail(session.desk, session.board, receipt)
    told = detail_said(found, session.desk.params.units)
    return [_reply(said, "detail", receipt=receipt, detail={**told, **followed(session.desk, session.events, found.receipt, found.items)})]


def _follow(session: Session, said: Mapping[str, Any]) -> Sequence[Message]:
    """Record what a form says, about the customer of a receipt or about no receipt at all."""
    about = str(said["receipt"])
    found = detail(session.desk, session.board, about).receipt if about else {}
    fields = {str(name): str(value) for name, value in said["fields"].items()}
    seen = min(int(said["position"]), session.board.position)
    events = record(session.desk, str(said["form"]), found, fields, reason=str(said["reason"]), seen=seen)
    told = f"recorded as decision {events[0].seq}" if len(events) == 1 else f"recorded as decisions {events[0].seq} to {events[-1].seq}"
    news = _news(session, always=True)
    proposed = events[-1].seq in (event.seq for event in waits(session.events))
    then = "It holds once another person approves it" if proposed else "The next close takes it in"
    form = "query" if events[0].body.get("reason_code") in QUERIES else str(said["form"]).replace("_", "-")
    then += ". Nothing is in dispute; the item is collected meanwhile" if form == "query" else ""
    return [*news, _reply(said, "done", text=f"{form.capitalize()}: {told}. {then}.")]


def _rule(session: Session, said: Mapping[str, Any]) -> Sequence[Message]:
    return [_reply(said, "form", form=rule_form(session.desk, session.events))]


def _split(session: Session, said: Mapping[str, Any]) -> Sequence[Message]:
    receipt = str(said["receipt"])
    return [_reply(said, "split", receipt=receipt, **editor(session.desk, session.board, receipt))]


def _sum(session: Session, said: Mapping[str, Any]) -> Sequence[Message]:
    return [_reply(said, "split", receipt=str(said["receipt"]), turn=said.get("turn"), answer=sums(session.desk, session.board, said))]


def _find(session: Session, said: Mapping[str, Any]) -> Sequence[Message]:
    receipt = str(said["receipt"])
    return [_reply(said, "found", receipt=receipt, items=found_items(session.desk, session.board, receipt, str(said["text"])))]


def _act(session: Session, said: Mapping[str, Any]) -> Sequence[Message]:
    action, receipts, reason = str(said["action"]), [str(one) for one in said["receipts"]], str(said["reason"])
    seen = min(int(said["position"]), session.board.position)
    if action == "undo":
        events = _undo(session, receipts, reason, seen)
    else:
        split = asked_split(session.desk, session.board, said) if action == "split" else None
        events = act(
            session.desk,
            action=_ACTIONS[action],
            receipts=receipts,
            split=split,
            candidate=int(said.get("candidate") or 1),
            reason=reason,
            seen=seen,
        )
    told = f"recorded as decision {events[0].seq}" if len(events) == 1 else f"recorded as decisions {events[0].seq} to {events[-1].seq}"
    return [*_news(session), _reply(said, "done", text=f"{action.capitalize()}: {told}. The next close takes it in; u undoes it.")]


def _undo(session: Session, receipts: Sequence[str], reason: str, seen: int) -> list[Event]:
    """Undo the decision in force on each receipt; nothing is written when one has none."""
    numbers = session.board.rows.set_index("receipt_id")["decided_seq"]
    found = [int(numbers[receipt]) for receipt in receipts]
    if 0 in found:
        raise InputError(f"there is no decision on receipt {receipts[found.index(0)]} to undo", cure="Choose one that somebody decided.")
    return [event for number in found for event in undo(session.desk, event=number, reason=reason, seen=seen)]


def _catch_up(session: Session) -> list[Event]:
    """Take in what the journal holds since the board was made, whoever decided it."""
    new = poll(session.desk, session.board.position)
    if new:
        session.events += new
        session.board = updated(session.board, new)
        if any(event.action == "PEOPLE" for event in new):
            session.desk = replace(session.desk, roles=roles_of(session.desk.params, session.events, session.desk.person))
    return new


def _news(session: Session, *, always: bool = False) -> list[Message]:
    """Say which rows decisions changed, with the counts; nothing when nothing happened."""
    new = _catch_up(session)
    if not new and not always:
        return []
    about = receipts_of(session.events)
    touched = list(dict.fromkeys(about[event.seq] for event in new if about[event.seq] in session.board.places))
    rows = session.board.rows.iloc[[session.board.places[receipt] for receipt in touched]]
    others = [event for event in new if event.by != session.desk.person.name]
    news = ""
    if others:
        last = others[-1]
        news = visible(f"{last.by} decided: {last.action}, {last.reason}") + (
            f" (and {plural(len(others) - 1, 'more decision')})" if len(others) > 1 else ""
        )
    content = {
        "kind": "changed", "rows": cells(rows), "news": news, "queues": queues_said(session.board, session.desk.params.units),
        "about": about_said(session.desk, session.board, session.newer, _last_reasons(session)), "waits": waits_said(session.desk, session.events),
    }  # fmt: skip
    return [(content, [])]


def _last_reasons(session: Session) -> list[str]:
    """The person's own last reasons, then those of others: what is said again is offered again."""
    name = session.desk.person.name
    said = [event for event in reversed(session.events) if event.action in _REPEATED]
    newest = [*(e for e in said if e.by == name), *(e for e in said if e.by != name)]
    return [visible(reason) for reason in list(dict.fromkeys(event.reason for event in newest))[:_REASONS]]


def _reply(said: Mapping[str, Any], kind: str, **more: Any) -> Message:
    return {"kind": kind, "client": said.get("client"), "request": said.get("request"), **more}, []


_ANSWERS = {
    "ready": _ready, "words": _words, "poll": _poll, "detail": _detail, "split": _split, "sum": _sum, "find": _find, "act": _act,
    "follow": _follow, "rule": _rule,
}  # fmt: skip
