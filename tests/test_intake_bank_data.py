"""Real and hostile bank files beside the checkout: each is read whole or refused with a reason, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from arwork.errors import InputError
from arwork.intake.bank.statement import BankFile
from arwork.intake.claim import read_bank
from arwork.intake.received import take
from arwork.money import Units

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats"
HEALTHY = {"camt052": 11, "camt053": 7, "camt054": 3, "mt940": 20}

pytestmark = pytest.mark.data


def outcome(path: Path) -> BankFile | InputError:
    """Read a file, or give the refusal; anything else that is raised fails the test."""
    try:
        return read_bank(take(path), Units({"DEM": 2}))
    except InputError as refused:
        return refused


@pytest.mark.parametrize("folder", sorted(HEALTHY))
def test_rc_20_every_healthy_file_is_read_and_every_other_is_refused(folder: str) -> None:
    found = [outcome(path) for path in sorted((DATA / folder).iterdir())]
    read = [bank for bank in found if isinstance(bank, BankFile)]
    assert len(read) == HEALTHY[folder]
    assert all(refused.where and refused.cure for refused in found if isinstance(refused, InputError))
    for bank in read:
        heads = bank.statements
        assert (heads["opening"] + heads["credits"] - heads["debits"] == heads["closing"]).all()
        assert bank.completeness == "proven" or folder in ("camt052", "camt054")


def test_no_file_of_another_format_is_taken_for_a_statement() -> None:
    others = [p for p in sorted(DATA.glob("*/*")) if p.parent.name not in HEALTHY and p.parent.name != "nacha-ach-large"]
    assert len(others) > 200
    assert [path.name for path in others if isinstance(outcome(path), BankFile)] == []
