"""Personal data in what leaves the team: accounts, e-mail addresses, telephone numbers (CO-98)."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from arwork.money import ISO
from arwork.pack.called import csv_text
from arwork.pack.letters import Letter
from arwork.pack.letters_out import register_of
from arwork.show.masks import mask_of, masked, personal
from arwork.tables import TABLES, conform, empty
from tests.ax import policy


@pytest.mark.parametrize(("column", "text", "shown"), [
    ("payee_account", "DE89370400440532013000", "****3000"),
    ("remitter_account", "37040044 0532013000", "****3000"),
    ("remitter_account", "12345678", "********"),
    ("remitter_account", "", ""),
    ("mail_to", "anna.weber@post.example", "a***@post.example"),
    ("email", "none", "****"),
    ("", "IBAN DE89 3704 0044 0532 0130 00 RENT", "IBAN ****3000 RENT"),
    ("", "from GB29NWBK60161331926819, thanks", "from ****6819, thanks"),
    ("", "order DE89370400440532013001", "order DE89370400440532013001"),  # adds up to nothing: a number of theirs
    ("", "write to Anna.Weber@post.example or call", "write to A***@post.example or call"),
    ("", "call +49 170 1234567", "call +49 *** *****67"),
    ("", "Tel. 0170 1234567 after six", "Tel. **** *****67 after six"),
    ("", "INV-0170 1234567 of 2026-03-31, 1,234,567.00 EUR", "INV-0170 1234567 of 2026-03-31, 1,234,567.00 EUR"),
    ("", "+1,234,567.00 EUR", "+1,234,567.00 EUR"),
    ("", "2026-03-31T10:00:00+02:00", "2026-03-31T10:00:00+02:00"),
])  # fmt: skip
def test_co98_what_is_personal_is_hidden(column: str, text: str, shown: str) -> None:
    assert personal(text, column) == shown


def test_co98_the_switch_leaves_all_as_it_is_with_a_reason() -> None:
    rules = policy(conduct={"mask_exports": "false", "unmasked_because": "the agency calls from the list"}).conduct
    assert mask_of(rules)("anna@post.example", "email") == "anna@post.example"
    assert mask_of(policy().conduct)("anna@post.example", "email") == "a***@post.example"
    refunds = pd.DataFrame(
        {"payee_account": ["DE89370400440532013000"], "missing": ["the master has DE89370400440532013000"], "hold_reason": ""}
    )
    assert masked({"refunds": refunds}, rules)["refunds"]["payee_account"].tolist() == ["DE89370400440532013000"]
    found = masked({"refunds": refunds, "ties": refunds}, policy().conduct)
    assert found["refunds"]["payee_account"].tolist() == ["****3000"]
    assert found["refunds"]["missing"].tolist() == ["the master has ****3000"]
    assert found["ties"] is refunds, "a table that holds nothing personal is left alone"


def test_co98_the_worklist_as_csv_is_masked() -> None:
    texts = {"name": "Anna Weber", "why": "call +49 170 1234567", "next_action": "write to anna@post.example"}
    blank = {"text": "x", "code": "X", "money": 0, "count": 0, "flag": False, "date": pd.Timestamp(2026, 3, 31)}
    row = {c.name: (c.values[0] if c.kind == "choice" else blank[c.kind]) for c in TABLES["worklist"].columns}
    frame = conform("worklist", pd.DataFrame([row | texts | {"currency": "EUR"}]))
    (line,) = csv.DictReader(io.StringIO(csv_text(frame, ISO)))
    assert (line["why"], line["next_action"]) == ("call +49 *** *****67", "write to a***@post.example")
    assert "anna@post.example" in csv_text(frame, ISO, lambda text, _: text)


def test_co98_the_register_of_letters_is_masked() -> None:
    letter = Letter("D-C1-20260331", "dunning", ("MAIN", "1000", "C1", "EUR"), "Anna Weber", "en", "")
    proposed = pd.DataFrame(
        [{"letter_id": letter.letter_id, "amount": 100, "charge": 0, "level": 1, "deadline": pd.Timestamp(2026, 4, 10)}]
    )
    items = empty("dunning_items")
    text = register_of([letter], proposed, items, ISO, {letter.account[:3]: "anna@post.example"})
    assert "a***@post.example" in text
    assert "anna@" not in text
