"""The papers of a refund: evidence, form and letter from templates; what comes from outside stays text (RF-04, RF-08)."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from refund_world import AS_OF, AX_11_RECEIPT, BOOK, CUSTOMER, books, step

from arwork.breaks.refunds import refunds
from arwork.errors import InputError
from arwork.money import ISO
from arwork.pack.refund_papers import TEMPLATES, Papers, folder_of, refund_papers

SHIPPED = Path(__file__).parent.parent / "params/refunds"
EVIL = "<script>alert(1)</script>\u202e{{ 7*7 }}"


def papers(templates: dict[str, str] | None = None, **rows: Any) -> dict[str, bytes]:
    world = books(**rows)
    found = refunds(world)
    tables = {
        "refund_offsets": found.refund_offsets, "refund_checks": found.refund_checks, "refund_steps": found.refund_steps,
        "receipts": world.receipts, "allocations": world.allocations, "open_items": world.open_items, "customers": world.customers,
        "refund_register": world.refund_register,
    }  # fmt: skip
    texts = {name: (SHIPPED / name).read_text(encoding="utf-8") for name in TEMPLATES} | (templates or {})
    made = Papers(tables, {("MAIN", "1000"): "Nord GmbH"}, ISO, AS_OF, "0123456789ab", texts)
    return refund_papers(found.refunds.iloc[0].to_dict(), made)


def test_rf04_evidence_index_names_where_each_proof_is() -> None:
    made = papers(steps=[step(1, "RF:R1", "DOCUMENTED", "ana", documents="REQUEST")])
    lines = {row["document"]: row for row in csv.DictReader(io.StringIO(made["evidence.csv"].decode()))}
    assert lines["bank proof of receipt"]["file"] == "bank-proof.csv"
    assert {row["file"] for row in lines.values()} - {""} <= set(made)
    proof = next(csv.DictReader(io.StringIO(made["bank-proof.csv"].decode())))
    assert (proof["source_file"], proof["source_line"], proof["amount"]) == ("camt.xml", "/Ntry[7]", "5200.00")
    assert "1,600.00 EUR" in made["approval.html"].decode()
    assert "AR manager" in made["approval.html"].decode()


@pytest.mark.parametrize(("country", "words"), [
    ("DE", ["Ihr Guthaben über 2.700,00 EUR", "1.100,00 EUR", "11.06.2025", "1.600,00 EUR"]),
    ("FR", ["Your credit of 2,700.00 EUR", "1,100.00 EUR", "2025-06-11", "1,600.00 EUR"]),
])  # fmt: skip
def test_rf02_the_notice_says_what_is_offset_in_the_customers_language(country: str, words: list[str]) -> None:
    letter = papers(customers=[{**CUSTOMER, "country": country}])["letter.html"].decode()
    assert [word for word in words if word not in letter] == []
    assert "DE89370400440532013000" not in letter


def test_what_comes_from_outside_stays_text() -> None:
    made = papers(
        receipts=[{**AX_11_RECEIPT, "remitter_name": EVIL, "remittance_text": "=HYPERLINK(1)"}],
        customers=[{**CUSTOMER, "name": EVIL}],
    )  # fmt: skip
    for name, data in made.items():
        text = data.decode()
        assert "\u202e" not in text
        if name.endswith(".html"):
            assert "<script>" not in text
    assert "{{ 7*7 }}" in made["index.html"].decode()
    assert "'=HYPERLINK(1)" in made["bank-proof.csv"].decode()
    assert folder_of("RF:../../etc").startswith("refund-")
    assert "/" not in folder_of("RF:../../etc")


@pytest.mark.parametrize("broken", ["{{ nobody }}", "{% if %}", "{{ refund.__class__.__mro__ }}"])
def test_a_template_that_does_not_work_is_named_and_reaches_nothing(broken: str) -> None:
    with pytest.raises(InputError) as stop:
        papers({"approval.html": broken})
    assert "approval.html" in stop.value.paragraph()


def test_a_teams_own_template_takes_the_place() -> None:
    made = papers({"letter_de.html": "Hallo {{ refund.customer_name }}: {{ amount }}"})
    assert made["letter.html"].decode() == "Hallo Meier Werkzeuge GmbH: 1.600,00 EUR"


def test_a_style_sheet_fetches_nothing_and_ends_nothing() -> None:
    made = papers({"style.css": "b{background:url(http://x)}</style><script>"})
    assert "url(" not in made["index.html"].decode()
    assert "<script>" not in made["index.html"].decode()


def test_credit_without_a_receipt_has_no_bank_line() -> None:
    memo = {
        **BOOK, "item_id": "1000:7:2025:1", "doc_no": "7", "customer_id": "C300", "doc_type": "CM", "amount_doc": -500, "open_amount_doc": -500,
        "doc_date": pd.Timestamp(2025, 5, 1), "posting_date": pd.Timestamp(2025, 5, 1),
    }  # fmt: skip
    assert "bank-proof.csv" not in papers(receipts=[], open_items=[memo], disputes=[])


def test_rf04_papers_print_with_their_fonts_and_nothing_else() -> None:
    """A box in place of a name would reach the customer, so the character is named and nothing is printed."""
    pytest.importorskip("weasyprint", reason="needs the extra [pdf]")
    from arwork.pack.letters_pdf import fonts, page_pdf

    found, page = fonts(), papers()["letter.html"]
    printed = page_pdf(page, "letter.html", found)
    assert printed.startswith(b"%PDF-")
    time.sleep(1.1)  # a cut font holds the second in which it was cut
    assert printed == page_pdf(page, "letter.html", found)  # same inputs, same bytes
    with pytest.raises(InputError, match=r"letter.html cannot be printed: no font has .* \(U\+16800 BAMUM"):
        page_pdf(page.replace(b"</body>", "<p>\U00016800</p></body>".encode()), "letter.html", found)
    with pytest.raises(InputError, match="may load nothing"):
        page_pdf(page.replace(b"</body>", b'<img src="file:///etc/hostname"></body>'), "letter.html", found)
