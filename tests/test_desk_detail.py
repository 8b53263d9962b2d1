"""One receipt in full: the text with its references, the raw line, candidates with their evidence, what is open, what was decided."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import desks
import pytest
from conftest import Finished
from desks import event

from arwork.decide import Person
from arwork.desk.board import board, filtered
from arwork.desk.detail import detail
from arwork.desk.open import Desk, open_desk
from arwork.desk.source import source_text
from arwork.desk.split import difference
from arwork.errors import InputError

PAID, NOBODY, SHORT, EITHER = 50000, 4200, 20050, 7000


@pytest.fixture(scope="module")
def desk(desk_month: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desks.desk_of(desks.copied(desk_month, tmp_path_factory.mktemp("desk") / "m"))


def test_the_text_shows_where_each_reference_stands_and_what_it_was_read_as(desk: Desk) -> None:
    found = detail(desk, board(desk, ()), desks.receipt(desk, SHORT))
    (span,) = found.spans
    assert found.text[span.start : span.end] == "INV-2026-0002"
    assert (span.origin, span.state, span.items) == ("text", "OPEN", ("1000:9002:2026:1",))
    assert span.said == "INV-2026-0002 (reference), open"


def test_the_raw_line_is_the_one_that_the_bank_sent(desk: Desk) -> None:
    found = detail(desk, board(desk, ()), desks.receipt(desk, PAID))
    assert (found.source_file, found.source_line) == ("statement.sta", "5")
    assert found.source_text == ":61:2603120312C500,00NTRFINV-2026-0001//B1"
    assert source_text(desk.run, found.source_sha256, "999") == ""
    assert source_text(desk.run, "0" * 64, "5") == ""
    assert source_text(desk.run, "../../" + found.source_sha256, "5") == ""


def test_an_element_is_shown_and_nothing_outside_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "inputs").mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden")
    text = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a xmlns="urn:x"><b>1</b><b><c>&x; two</c></b></a>'
    (tmp_path / "inputs" / ("a" * 64)).write_text(text)
    shown = source_text(tmp_path, "a" * 64, "/a/b[2]/c")
    assert "two" in shown
    assert "hidden" not in shown
    assert source_text(tmp_path, "a" * 64, "/a/b[3]") == ""
    assert source_text(tmp_path, "a" * 64, "/a/b[last()]") == ""


def test_rivals_stand_beside_each_other_with_their_evidence(desk: Desk) -> None:
    found = detail(desk, board(desk, ()), desks.receipt(desk, EITHER))
    assert found.gates[0] == "G-01"
    assert found.rivals == 1
    assert found.exhaustive
    assert {line.reference for one in found.candidates for line in one.split.lines} == {"INV-2026-0004", "INV-2026-0005"}
    for one in found.candidates:
        assert difference(one.split) == 0
        assert one.facts[0].fact == "before any fact"
        assert len(one.facts) > 5
        assert 0 < one.probability < 1_000_000


def test_what_is_left_of_items_follows_decisions(desk: Desk) -> None:
    about, other = desks.receipt(desk, EITHER), desks.receipt(desk, NOBODY)
    body = {"currency": "EUR", "items": [{"item": "1000:9004:2026:1", "amount": 4000, "discount": 200, "seen_open": 7000}]}
    decided = [event(1, "ALLOCATE", other, by="bo", **body)]
    items = detail(desk, board(desk, decided), about).items.set_index("item_id")
    assert items["left"].to_dict() == {"1000:9003:2026:1": 9999, "1000:9004:2026:1": 2800, "1000:9005:2026:1": 7000}
    assert items.loc["1000:9004:2026:1", "taken"] == 4200
    undone = [*decided, event(2, "UNDO", undoes=1)]
    assert (detail(desk, board(desk, undone), about).items["taken"] == 0).all()
    own = detail(desk, board(desk, decided), other)
    assert own.events == tuple(decided)
    assert own.items.empty  # nobody knows the payer, so no customer's items


def test_what_a_rule_applies_is_taken_until_a_person_rejects_it(desk: Desk) -> None:
    about, paid = desks.receipt(desk, SHORT), desks.receipt(desk, PAID)
    before = detail(desk, board(desk, ()), about).items.set_index("item_id")
    assert before["left"].to_dict() == {"1000:9001:2026:1": 0, "1000:9002:2026:1": 25050}
    after = detail(desk, board(desk, [event(1, "REJECT", paid)]), about)
    assert after.items.set_index("item_id")["left"].to_dict() == {"1000:9001:2026:1": 50000, "1000:9002:2026:1": 25050}
    assert [one.seq for one in after.earlier] == [1]


def test_what_the_person_may_do_stands_beside(desk: Desk) -> None:
    about = desks.receipt(desk, SHORT)
    assert "ALLOCATE" in detail(desk, board(desk, ()), about).may
    looking = replace(desk, roles=("auditor",))
    found = detail(looking, board(looking, ()), about)
    assert found.may == ()
    assert found.may_not
    with pytest.raises(InputError, match="no receipt 'x'"):
        detail(desk, board(desk, ()), "x")


def test_every_waiting_receipt_of_the_demo_can_be_opened(demo: Finished) -> None:
    """Each candidate is a split of its receipt, every span lies in the text, and an XML source shows its element."""
    desk = open_desk(demo.folder / "params/demo.yaml", demo.folder / "outputs", Person("ann", "test"))
    found = board(desk, ())
    opened = [detail(desk, found, about) for about in filtered(found, queue="waiting")["receipt_id"].tolist()[::5]]
    assert len(opened) > 15
    for one in opened:
        assert all(split.split.amount == one.row["amount"] for split in one.candidates)
        assert all(span.start == -1 or one.text[span.start : span.end].strip() for span in one.spans)
        assert one.source_text.startswith("<TxDtls") or not one.source_line.startswith("/")
        assert (one.items["left"] + one.items["taken"] == one.items["open_amount"]).all()
