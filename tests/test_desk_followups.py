"""Contacts, promises, disputes and aliases at the desk: what stands, the forms, what is recorded, refusals in words."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import desks
import pytest
from desks import ask

from arwork.desk.open import Desk
from arwork.desk.session import Session, begin

PAID, NOBODY, SHORT = 50000, 4200, 20050
HOSTILE = "<img src=x onerror=alert(1)>\u202e=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def month(desk_month: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desks.copied(desk_month, tmp_path_factory.mktemp("followups") / "m")


@pytest.fixture
def desk(month: Path, tmp_path: Path) -> Desk:
    shutil.copytree(month.parent, tmp_path / "m")
    return desks.desk_of(tmp_path / "m" / month.name)


def follow(session: Session, receipt: str, form: str, position: int | None = None, reason: str = "why", **fields: str) -> dict[str, Any]:
    at = session.board.position if position is None else position
    return ask(session, "follow", request="r1", form=form, receipt=receipt, position=at, reason=reason, fields=fields)[-1]


def shown(session: Session, receipt: str) -> dict[str, Any]:
    return ask(session, "detail", receipt=receipt)[0]["detail"]


def day(days: int) -> str:
    return (datetime.now(UTC).astimezone().date() + timedelta(days)).isoformat()


def test_the_detail_offers_forms_with_a_key_and_what_is_known(desk: Desk) -> None:
    session = begin(desk)
    told = shown(session, desks.receipt(desk, SHORT))
    assert [(form["name"], form["key"]) for form in told["forms"]] == [
        ("contact", "c"),
        ("promise", "p"),
        ("dispute", "d"),
        ("alias", "l"),
        ("write_off", "o"),
    ]
    assert told["forms"][0]["fields"][0]["value"] == "C1"
    assert told["tables"] == []
    alias = {field["name"]: field for field in shown(session, desks.receipt(desk, NOBODY))["forms"][3]["fields"]}
    assert (alias["customer"]["value"], alias["text"]["value"]) == ("", "NOBODY KNOWN")
    assert alias["text"]["by"]["kind"]["NAME"] == "NOBODY KNOWN"


def test_what_a_form_says_is_recorded_and_stands_in_the_customers_panel(desk: Desk) -> None:
    session, receipt = begin(desk), desks.receipt(desk, SHORT)
    done = follow(
        session, receipt, "contact", customer="C1", channel="PHONE", outcome="REACHED", day=day(0), direction="OUT", reason="will look"
    )
    assert (done["kind"], done["text"]) == ("done", "Contact: recorded as decision 1. The next close takes it in.")
    assert (
        follow(session, receipt, "promise", customer="C1", payments=f"20,00@{day(5)} 30,00@{day(9)}", items="INV-2026-0002")["kind"]
        == "done"
    )
    assert follow(session, receipt, "dispute", customer="C1", items="INV-2026-0001", reason_code="PR", amount="50,00")["kind"] == "done"
    told = shown(session, receipt)
    tables = {table["title"]: [row["cells"] for row in table["rows"]] for table in told["tables"]}
    assert [row[0] for row in tables["Promises"]] == ["P-2-1", "P-2-2"]
    assert tables["Disputes and queries"][0][:4] == ["D-4", "new", "50.00 EUR", "PR price error"]
    assert tables["Contacts"][0][1:] == ["phone", "reached", "ann", "will look"]
    assert [form["key"] for form in told["forms"]][4:] == ["w", "g", "o", "z"]
    assert follow(session, receipt, "step", dispute="D-4", step="ASSIGNED", to="kim")["kind"] == "done"
    assert follow(session, receipt, "withdraw", promise="P-2-1")["kind"] == "done"
    assert follow(session, receipt, "alias", customer="C2", kind="NAME", text="Nobody Known")["kind"] == "done"
    assert [event.action for event in desk.journal.events()] == [
        "CONTACT", "PROMISE", "PROMISE", "DISPUTE", "DISPUTE", "PROMISE", "ALIAS",
    ]  # fmt: skip
    assert [
        row["cells"][1] for table in shown(session, receipt)["tables"] if table["title"] == "Disputes and queries" for row in table["rows"]
    ] == ["assigned"]


def test_co80_a_query_is_called_one_and_nothing_is_in_dispute(desk: Desk) -> None:
    session, receipt = begin(desk), desks.receipt(desk, SHORT)
    done = follow(session, receipt, "dispute", customer="C1", items="INV-2026-0001", reason_code="MD", reason="wants a copy")
    assert done["text"] == (
        "Query: recorded as decision 1. The next close takes it in. Nothing is in dispute; the item is collected meanwhile."
    )
    told = shown(session, receipt)
    tables = {table["title"]: [row["cells"] for row in table["rows"]] for table in told["tables"]}
    assert tables["Recorded"][0][1].startswith("query D-1 new")
    assert "dispute" not in str(tables["Recorded"]).replace("disputes", "")
    refused = follow(session, receipt, "dispute", customer="C1", items="INV-2026-0001", reason_code="MD", amount="999999,00")
    assert "asked about is not between nothing" in refused["text"]
    assert "in dispute" not in refused["text"]


def test_co98_a_contact_carries_its_time_of_day(desk: Desk) -> None:
    session, receipt = begin(desk), desks.receipt(desk, SHORT)
    wrong = follow(session, receipt, "contact", customer="C1", channel="PHONE", outcome="REACHED", time="half past two")
    assert "is not a time of day" in wrong["text"]
    assert follow(session, receipt, "contact", customer="C1", channel="PHONE", outcome="REACHED", day=day(0), time="9:30")["kind"] == "done"
    assert desk.journal.events()[0].body["time"] == "09:30"
    tables = {table["title"]: [row["cells"] for row in table["rows"]] for table in shown(session, receipt)["tables"]}
    assert tables["Contacts"][0][0].endswith(" 09:30")


def test_every_record_is_undone_and_brought_back_at_the_desk(desk: Desk) -> None:
    session, receipt = begin(desk), desks.receipt(desk, SHORT)
    follow(session, receipt, "contact", customer="C1", channel="PHONE", outcome="REACHED")
    follow(session, receipt, "promise", customer="C1", payments=f"20,00@{day(5)}")
    follow(session, receipt, "dispute", customer="C1", items="INV-2026-0001", reason_code="PR", amount="50,00")
    follow(session, receipt, "alias", customer="C1", kind="NAME", text="Alpha Trading House")
    own = {"customer": "C1", "ledger": "MAIN", "company_code": "1000"}
    desks.record(desk, "WRITE_OFF", {**own, "item": "x", "amount": 100, "currency": "EUR", "code": "SD", "local": 100})
    desks.record(desk, "RULE", {"rule": "promise.max_days_ahead", "value": "20", "before": "30"})
    ask(session, "poll")
    [table] = [table for table in shown(session, receipt)["tables"] if table["title"] == "Recorded"]
    assert [row["cells"][1] for row in table["rows"]] == [f"{said}: why" for said in (
        "rule promise.max_days_ahead to 20", "write-off x code SD 1.00 EUR", "alias Alpha Trading House", "dispute D-3 new 50.00 EUR",
        f"promise P-2 open 20.00 EUR by {day(5)}", "contact phone, reached",
    )]  # fmt: skip
    assert [(row["undo"], row["does"]) for row in table["rows"]] == [(str(n), "undo") for n in (6, 5, 4, 3, 2, 1)]
    for number in range(6, 0, -1):
        assert follow(session, receipt, "undo", decision=str(number), reason="typed by mistake")["kind"] == "done"
    told = shown(session, receipt)
    assert [table["title"] for table in told["tables"]] == ["Recorded"]  # no promise, dispute or contact is left
    assert {row["does"] for row in told["tables"][0]["rows"]} == {"bring back"}
    assert told["tables"][0]["rows"][5]["cells"][1] == "contact phone, reached, undone by ann: why"
    assert follow(session, receipt, "undo", decision=told["tables"][0]["rows"][5]["undo"])["kind"] == "done"
    assert [table["title"] for table in shown(session, receipt)["tables"]] == ["Contacts", "Recorded"]
    assert [(event.action, event.body.get("undoes")) for event in desk.journal.events()][6:] == [
        ("UNDO", 6), ("UNDO", 5), ("UNDO", 4), ("UNDO", 3), ("UNDO", 2), ("UNDO", 1), ("UNDO", 12),
    ]  # fmt: skip


def test_a_step_is_undone_before_the_one_it_rests_on_and_only_by_who_may(desk: Desk) -> None:
    session, receipt = begin(desk), desks.receipt(desk, SHORT)
    follow(session, receipt, "dispute", customer="C1", items="INV-2026-0001", reason_code="PR")
    follow(session, receipt, "step", dispute="D-1", step="ASSIGNED", to="kim")
    for told, says in (
        (follow(session, receipt, "undo", decision="1"), "decision 2 rests on decision 1"),
        (follow(session, receipt, "undo", decision="9"), "9"),
        (follow(session, receipt, "undo", decision=""), "no record is chosen"),
        (follow(session, receipt, "undo", decision="2", reason=" "), "needs a reason"),
        (follow(begin(replace(desk, roles=("auditor",))), receipt, "undo", decision="2"), "auditor"),
    ):
        assert told["kind"] == "refused"
        assert says in told["text"]
    assert len(desk.journal.events()) == 2


def test_a_refusal_at_the_desk_says_why_and_writes_nothing(desk: Desk) -> None:
    session, receipt = begin(desk), desks.receipt(desk, NOBODY)
    looking = begin(replace(desk, roles=("auditor",)))
    for told, says in (
        (follow(session, receipt, "contact", customer="", channel="PHONE", outcome="REACHED"), "nobody is named"),
        (follow(session, receipt, "contact", customer="C9", channel="PHONE", outcome="REACHED"), "no customer 'C9'"),
        (follow(session, receipt, "contact", customer="C1", channel="PHONE", outcome="REACHED", reason=" "), "needs a reason"),
        (follow(session, receipt, "promise", customer="C1", payments="soon"), "names an amount and a day"),
        (follow(session, receipt, "promise", customer="C1", payments=f"1.000.000,00@{day(3)}"), "that is open"),
        (follow(session, receipt, "dispute", customer="C1", items="INV-2026-0003"), "C1 has no item 'INV-2026-0003'"),
        (follow(session, receipt, "step", dispute="D-9", step="CLOSED"), "there is no dispute 'D-9'"),
        (follow(session, receipt, "dance", customer="C1"), "there is no form 'dance'"),
        (follow(looking, receipt, "contact", customer="C1", channel="PHONE", outcome="REACHED"), "auditor"),
    ):
        assert told["kind"] == "refused"
        assert says in told["text"]
    assert desk.journal.events() == []


def test_what_somebody_did_since_refuses_the_step_with_the_name(desk: Desk) -> None:
    one, other = begin(desk), begin(replace(desk, person=desks.BO))
    receipt = desks.receipt(desk, SHORT)
    follow(one, receipt, "dispute", customer="C1", items="INV-2026-0001", reason_code="PR")
    ask(other, "poll")
    follow(one, receipt, "step", dispute="D-1", step="ASSIGNED", to="kim")
    told = follow(other, receipt, "step", position=1, dispute="D-1", step="ASSIGNED", to="lea")
    assert told["kind"] == "refused"
    assert "after ASSIGNED a dispute may become IN_REVIEW" in told["text"] or "ann decided on dispute D-1" in told["text"]
    assert len(desk.journal.events()) == 2


def test_outside_text_stays_text_in_panel_and_forms(desk: Desk) -> None:
    session, receipt = begin(desk), desks.receipt(desk, SHORT)
    assert (
        follow(session, receipt, "contact", customer="C1", channel="PHONE", outcome="REACHED", spoke_to=HOSTILE, reason=HOSTILE)["kind"]
        == "done"
    )
    cells = shown(session, receipt)["tables"][0]["rows"][0]["cells"]
    assert "\u202e" not in cells[-1]
    assert "<img" in cells[-1]  # a text node shows it as it is typed
    script = (Path(__file__).parent.parent / "arwork" / "desk" / "page" / "follow.js").read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)


def test_a_board_of_a_few_rows_still_says_its_queues_by_word(desk: Desk) -> None:
    """Four receipts in four queues: the page finds them by the words of the column."""
    columns = {column["name"]: column["form"] for column in ask(begin(desk), "ready")[0]["columns"]}
    assert columns["queue"] == "coded"


def test_choices_are_written_in_words_and_recorded_as_codes(desk: Desk) -> None:
    told = shown(begin(desk), desks.receipt(desk, SHORT))["forms"]
    fields = {(form["name"], field["name"]): field for form in told for field in form["fields"]}
    for place, value, words in (
        (("contact", "outcome"), "NO_ANSWER", "no answer"), (("contact", "action"), "CB", "CB call back"), (("contact", "action"), "", "none"),
        (("dispute", "reason_code"), "PR", "PR price error"), (("contact", "direction"), "IN", "they"),
    ):  # fmt: skip
        field = fields[place]
        assert field["words"][field["options"].index(value)] == words
        assert len(field["words"]) == len(field["options"])
