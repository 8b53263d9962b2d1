"""What a list of open items does not say: its control account (counted for the only one, told, never guessed), and that it is of a later month."""

from __future__ import annotations

import hashlib

import pytest
import tiny
from ax import item, items

from arwork.intake.assemble import take_in
from arwork.intake.control_account import on_control_account
from arwork.intake.received import Received
from arwork.intake.shipped import shipped
from arwork.params import Ledger, read_params
from arwork.policy import read_policy

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


@pytest.mark.parametrize(("as_of", "said"), [("2026-03-31", 0), ("2025-12-31", 1)])
def test_cv_08_a_key_date_before_the_first_document_is_told(as_of: str, said: int) -> None:
    """Params that kept the day they were begun with closed an empty month without a word."""
    rules = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    read = read_params(tiny.PARAMS.replace("2026-03-31", as_of), "tiny.yaml", rules)
    [source] = [source for source in read.sources if source.reads == "open_items"]
    data = tiny.ITEMS.encode()
    alone = read.model_copy(update={"sources": (source,)})
    told = take_in("00_intake", [(source, [Received("items.csv", data, hashlib.sha256(data).hexdigest())])], alone, {}, {}).findings
    assert [finding.severity for finding in told if finding.rule == "CV-08"] == ["warn"] * said
