"""Items whose export names no GL account: counted for the only control account of their ledger, told, never guessed among several."""

from __future__ import annotations

import pytest
from ax import item, items

from arwork.intake.control_account import on_control_account
from arwork.params import Ledger

BOOK = {"company_code": "1000", "name": "Main", "currency": "EUR", "country": "DE"}
FRAME = items(
    item("1", "C1", "10.00", gl_account=""),
    item("2", "C1", "20.00", gl_account="1410"),
    item("3", "C1", "30.00", gl_account="", special_gl="A"),
    item("4", "C1", "40.00", gl_account="", ledger_id="FIN"),
)


def ledger(name: str, *accounts: str) -> Ledger:
    return Ledger.model_validate({**BOOK, "ledger": name, "control_accounts": accounts})


def test_rc_10_an_item_without_a_gl_account_counts_for_the_only_control_account() -> None:
    filled, told = on_control_account(FRAME, (ledger("MAIN", "1400"), ledger("FIN", "1490")))
    assert filled["gl_account"].tolist() == ["1400", "1410", "", "1490"]
    assert [finding.sentence for finding in told] == [
        "1 item of MAIN/1000 names no GL account; it counts for 1400, its only control account.",
        "1 item of FIN/1000 names no GL account; it counts for 1490, its only control account.",
    ]
    assert FRAME["gl_account"].tolist() == ["", "1410", "", ""], "the frame that was given stays as it was"


@pytest.mark.parametrize("accounts", [("1400", "1410"), ("1400", "1490")])
def test_rc_10_among_several_control_accounts_nothing_is_guessed(accounts: tuple[str, ...]) -> None:
    filled, told = on_control_account(FRAME, (ledger("MAIN", *accounts),))
    assert (filled["gl_account"].tolist(), told) == (["", "1410", "", ""], ())
