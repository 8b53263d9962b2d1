"""Step B of 2.2: names made comparable, and who paid by which key."""

from __future__ import annotations

from typing import Any

import pytest
from ax import advices, bank, banks, customer, customers, item, items, policy, receipt, receipts, run

from arwork.matching.names import clean, similarity
from arwork.matching.payer import NEW_ACCOUNT, identify
from arwork.matching.references import extract

RULES = policy().matching


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Müller Maschinenbau GmbH & Co. KG", "MUELLER MASCHINENBAU"),
        ("Société Générale S.A.", "SOCIETE GENERALE SA"),
        ("Łódź Tekstylia Sp. z o.o.", "LODZ TEKSTYLIA"),
        ("Ørsted A/S", "ORSTED"),
        ("Acme Intl. Mfg. Ltd", "ACME INTERNATIONAL MANUFACTURING LIMITED"),
        ("O'Neill & Sons", "ONEILL SONS"),
        ("THE A.B.C. COMPANY, INC.", "ABC"),
        ("Straße AG", "STRASSE"),
    ],
)
def test_spellings_of_one_name_are_equal(left: str, right: str) -> None:
    assert clean(left) == clean(right)


def test_a_name_of_legal_forms_only_stays_and_scripts_do_not_mix() -> None:
    assert clean("The Company Ltd") == "THE COMPANY LTD"
    assert clean("АCME") != clean("ACME")  # the first letter is Cyrillic
    assert clean("Ελληνικά Πετρέλαια Α.Ε.") != ""


def test_similarity_is_one_less_distance_over_the_longer_length() -> None:
    assert similarity("ABCD", "ABCE") == 0.75
    assert similarity("", "ABC") == 0.0


MASTER = customers(
    customer("C1", "Nordlicht Werke GmbH", alias_names="NLW Service | Nordlicht Kasse"),
    customer("C2", "Alpen Handel AG", parent_id="P9"),
    customer("C3", "Alpen Logistik AG", parent_id="P9"),
    customer("C4", "Kroger"),
    customer("C5", "Kroger Inc"),
    customer("778899", "Zeta Papier KG"),
)
BANKS = banks(
    bank("C1", "DE01"),
    bank("C2", "DE02"),
    bank("C3", "DE02"),
    bank("C4", "DE04"),
    bank("778899", "DE04"),
    bank("C1", "", virtual_account="OURS901"),
)
OPEN = items(
    item("6001001", "C1", "100.00"),
    item("6001002", "C2", "100.00", structured_ref="RF18539007547034"),
    item("6001003", "C1", "100.00", clearing_date="2025-02-01"),
    item("4711", "C4", "100.00"),
)


def paid(**over: Any) -> Any:
    """Identify the payer of one receipt and return its row."""
    frame = receipts(receipt("R1", "100.00", "2025-03-12", **over))
    said = extract(frame, OPEN, advices(), RULES)
    return next(identify(frame, said, OPEN, MASTER, BANKS, RULES).itertuples())


@pytest.mark.parametrize(
    ("over", "customer_id", "key", "strength"),
    [
        ({"bank_account": "OURS901"}, "C1", "B1", "STRONG"),
        ({"structured_ref": "RF18 5390 0754 7034"}, "C2", "B2", "STRONG"),
        ({"account": "de 01"}, "C1", "B3", "STRONG"),
        ({"text": "Kd-Nr 778899", "name": "ZETA PAPIER"}, "778899", "B4", "STRONG"),
        ({"text": "Kd-Nr 778899", "name": "SOMEBODY ELSE"}, "", "NONE", "NONE"),
        ({"text": "INV 6001001"}, "C1", "B5", "STRONG"),
        ({"text": "INV 6001003"}, "C1", "B5", "STRONG"),
        ({"text": "INV 6001001 and 6001002"}, "", "NONE", "NONE"),
        ({"text": "INV 4711"}, "", "NONE", "NONE"),
        ({"text": "9960010019"}, "C1", "B5", "WEAK"),
        ({"name": "NORDLICHT WERKE"}, "C1", "B6", "MEDIUM"),
        ({"name": "nlw-service gmbh"}, "C1", "B6", "MEDIUM"),
        ({"name": "NORDLICHT WERKEE"}, "C1", "B7", "WEAK"),
        ({"name": "NORDLICHT"}, "", "NONE", "NONE"),
        ({"name": "KROGER"}, "", "NONE", "NONE"),
        ({"account": "DE02"}, "", "B8", "MEDIUM"),
        ({"account": "DE04"}, "", "NONE", "NONE"),
        ({}, "", "NONE", "NONE"),
    ],
)
def test_keys_b1_to_b8(over: dict[str, Any], customer_id: str, key: str, strength: str) -> None:
    row = paid(**over)
    assert (row.customer_id, row.payer_key, row.payer_strength, row.payer_conflict) == (customer_id, key, strength, False)
    assert row.status == ("UNAPPLIED" if customer_id else "UNIDENTIFIED")
    assert (row.unapplied_amount, row.unidentified_amount) == ((10000, 0) if customer_id else (0, 10000))


def test_b7_needs_the_next_best_to_stay_away() -> None:
    frame = receipts(receipt("R1", "1.00", "2025-03-12", name="NORDLICHT WERKEE"))
    rival = customers(customer("C1", "Nordlicht Werke"), customer("C8", "Nordlicht Werkes"))
    assert identify(frame, extract(frame, OPEN, advices(), RULES), OPEN, rival, banks(), RULES)["payer_key"].tolist() == ["NONE"]


@pytest.mark.parametrize(
    ("over", "customer_id", "key"),
    [
        ({"account": "DE01", "text": "INV 6001001", "structured_ref": "RF18539007547034"}, "C2", "B2"),
        ({"account": "DE01", "structured_ref": "RF18539007547034"}, "C2", "B2"),
        ({"account": "DE04", "text": "INV 6001001"}, "C1", "B5"),
        ({"bank_account": "OURS901", "account": "DE04", "text": "6001002"}, "C1", "B1"),
    ],
)
def test_g_03_every_strong_key_is_looked_at(over: dict[str, Any], customer_id: str, key: str) -> None:
    row = paid(**over)
    assert (row.customer_id, row.payer_key, row.payer_strength, row.payer_conflict) == (customer_id, key, "STRONG", True)


def test_a_shared_account_settled_by_the_reference_is_no_conflict() -> None:
    row = paid(account="DE02", text="INV 6001002")
    assert (row.customer_id, row.payer_key, row.payer_conflict) == ("C2", "B5", False)


def test_g_19_an_account_that_is_not_on_file_is_told() -> None:
    assert NEW_ACCOUNT in paid(name="NORDLICHT WERKE", account="DE77").payer_sentence
    assert NEW_ACCOUNT not in paid(account="DE01").payer_sentence
    assert NEW_ACCOUNT not in paid(name="NORDLICHT WERKE").payer_sentence


def test_cv_08_keys_of_another_ledger_do_not_count() -> None:
    frame = receipts(receipt("R1", "1.00", "2025-03-12", account="DE01", name="NORDLICHT WERKE", ledger_id="FIN"))
    row = next(identify(frame, extract(frame, OPEN, advices(), RULES), OPEN, MASTER, BANKS, RULES).itertuples())
    assert row.customer_id == ""


def test_b3_b6_a_text_that_holds_account_or_name_leads_to_the_customer_where_the_bank_gives_neither() -> None:
    """Banks that write all into the text: `Warenlieferung Fernleigh Fixings Ltd GB20WLCE17759900838724` once stayed unidentified."""
    told = {
        "R1": "Warenlieferung Fernleigh Fixings Ltd GB20WLCE17759900838724",
        "R2": "RE26 000999 GB20 WLCE 1775 9900\n8387 24 goods received",
        "R3": "goods, Fernleigh Fixings Ltd.",
        "R4": "for Fernleigh and others",  # one word of a name is nobody's name
        "R5": "Fernleigh Fixings Nord Ltd",  # the longer name on file is meant, not the shorter one in it
        "R6": "Fernleigh Fixings Ltd and Ostsee Handel AG",  # two names: nobody is taken
        "R7": "Fernleigh Fixings Ltd",
        "R8": "RTGS CR-HDFC0001237-FERNLEIGH FIXINGS-PAYMENT AGAINST BILL 0152",  # fields set apart by signs, as banks of India do
        "R9": "ORIG CO NAME:OSTSEE HANDEL ORIG ID:123 DESC DATE:260105",  # and of the United States
    }
    rows = [receipt(number, "77.31", "2025-03-10", text=text) for number, text in told.items()]
    rows[6] = receipt("R7", "77.31", "2025-03-10", text=told["R7"], name="Somebody Else GmbH", account="XX99")
    out = run(
        items=items(item("4711", "C1", "911.13")), receipts=receipts(*rows), banks=banks(bank("C1", "GB20WLCE17759900838724")),
        customers=customers(customer("C1", "Fernleigh Fixings Ltd"), customer("C2", "Fernleigh Fixings Nord Ltd"), customer("C3", "Ostsee Handel AG")),
    )  # fmt: skip
    found = out.settled.receipts.set_index("receipt_id")[["customer_id", "payer_key", "payer_strength"]]
    assert {number: tuple(row) for number, row in zip(found.index, found.to_numpy(), strict=True)} == {
        "R1": ("C1", "B3", "MEDIUM"), "R2": ("C1", "B3", "MEDIUM"), "R3": ("C1", "B6", "WEAK"), "R4": ("", "NONE", "NONE"),
        "R5": ("C2", "B6", "WEAK"), "R6": ("", "NONE", "NONE"), "R7": ("", "NONE", "NONE"),
        "R8": ("C1", "B6", "WEAK"), "R9": ("C3", "B6", "WEAK"),
    }  # fmt: skip


def test_g03_a_payer_known_by_the_text_only_never_acts_by_amount_alone() -> None:
    out = run(
        items=items(item("4711", "C1", "911.13")), receipts=receipts(receipt("R1", "911.13", "2025-03-10", text="GB20WLCE17759900838724")),
        customers=customers(customer("C1", "Fernleigh Fixings Ltd")), banks=banks(bank("C1", "GB20WLCE17759900838724")),
    )  # fmt: skip
    assert (out.of("R1").status, out.of("R1").gates) == ("SUGGEST", "G-03")
    assert "an account on file stands in the text" in out.of("R1").why_not
