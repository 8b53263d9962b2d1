"""Real advices beside the checkout: each is read as counted here or refused with a reason, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from arwork.errors import InputError
from arwork.intake.received import take
from arwork.intake.remittance.claim import Advised, read_advice
from arwork.money import Units

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats"
READ = {"x12-820": (6, 51), "x12-835": (0, 0), "remt001": (1, 2), "remittance-text": (4, 5), "edifact-remadv": (1, 2)}
"""Files read and lines in them. Refused: a template with words for amounts, a set whose SE count is wrong, a cut-off excerpt, a text
without a document, and every 835."""

pytestmark = pytest.mark.data


def outcome(path: Path) -> Advised | InputError:
    """Read a file, or give the refusal; anything else that is raised fails the test."""
    try:
        return read_advice(take(path), Units({"DEM": 2}), currency="USD")
    except InputError as refused:
        return refused


@pytest.mark.parametrize("folder", sorted(READ))
def test_t09_every_advice_is_read_or_refused_with_place_and_cure(folder: str) -> None:
    found = [outcome(path) for path in sorted((DATA / folder).iterdir())]
    read = [said for said in found if isinstance(said, Advised)]
    assert (len(read), sum(len(said.remittance) for said in read)) == READ[folder]
    for said in read:
        lines = said.remittance
        assert (lines["gross_amount"] - lines["discount_amount"] - lines["deduction_amount"] == lines["net_amount"]).all()
    assert all(refused.where and refused.cure for refused in found if isinstance(refused, InputError))


def test_an_835_is_refused_by_name() -> None:
    refused = [outcome(path) for path in sorted((DATA / "x12-835").iterdir())]
    assert len(refused) == 4
    assert all(isinstance(r, InputError) and "X12 835, health care claim payment" in r.what for r in refused)


def test_figures_of_a_retailer_are_those_of_the_file() -> None:
    path = next((DATA / "x12-820").glob("*issue140*"))
    said = outcome(path)
    assert isinstance(said, Advised)
    lines = said.remittance.sort_values("line_no")
    assert int(lines["net_amount"].sum()) == 2129897 == int(lines["payment_amount"].iloc[0])
    first = lines.iloc[0]
    assert (first["doc_reference"], first["gross_amount"], first["discount_amount"], first["deduction_amount"]) == (
        "26801",
        465041,
        9790,
        14376,
    )
    assert first["deduction_reason"] == "59 item not received"


def test_a_mail_that_pays_short_keeps_its_deduction() -> None:
    said = outcome(DATA / "remittance-text" / "07_email_shortpay_two_invoices.txt")
    assert isinstance(said, Advised)
    rows = said.remittance.sort_values("line_no")[["doc_reference", "gross_amount", "deduction_amount", "net_amount"]]
    assert [tuple(row) for row in rows.itertuples(index=False)] == [("INV-10580", 110000, 0, 110000), ("INV-10581", 45025, 5025, 40000)]


def test_no_bank_statement_is_taken_for_an_advice() -> None:
    for folder in ("mt940", "camt053", "qif", "ofx", "bank-csv", "pain002"):
        for path in sorted((DATA / folder).iterdir()):
            said = outcome(path)
            assert isinstance(said, InputError) or folder == "camt053", path.name
