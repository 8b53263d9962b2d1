"""Real and hostile bank files beside the checkout: each is read whole or refused with a reason, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from arwork.errors import InputError
from arwork.intake.claim import read_bank
from arwork.intake.received import take
from arwork.money import ISO, Units

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats"
HEALTHY = {"camt052": 11, "camt053": 7, "camt054": 3, "mt940": 20}

pytestmark = [pytest.mark.data, pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real bank files is not beside the checkout")]


def outcomes(folder: str) -> dict[str, str]:
    """Read every file of a folder and say how it went: `read` with the proof, or the reason of the refusal."""
    found = {}
    for path in sorted((DATA / folder).iterdir()):
        try:
            bank = read_bank(take(path), Units({"DEM": 2}))
        except InputError as refused:
            assert refused.where
            assert refused.cure
            found[path.name] = f"refused: {refused.what}"
            continue
        heads = bank.statements
        assert (heads["opening"] + heads["credits"] - heads["debits"] == heads["closing"]).all()
        assert bank.completeness == "proven" or folder in ("camt052", "camt054")
        found[path.name] = f"read: {bank.proof}"
    return found


@pytest.mark.parametrize("folder", sorted(HEALTHY))
def test_rc_20_every_healthy_file_is_read_and_every_other_is_refused(folder: str) -> None:
    assert sum(said.startswith("read") for said in outcomes(folder).values()) == HEALTHY[folder]


def test_no_file_of_another_format_is_taken_for_a_statement() -> None:
    others = [p for p in sorted(DATA.glob("*/*")) if p.parent.name not in HEALTHY and p.parent.name != "nacha-ach-large"]
    assert len(others) > 200
    taken = []
    for path in others:
        try:
            read_bank(take(path), ISO)
        except InputError as refused:
            assert refused.what
            continue
        taken.append(path.name)
    assert taken == []
