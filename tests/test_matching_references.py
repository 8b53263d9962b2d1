"""Step C of 2.2: which words of a payment name a document, which never do, and how fast a hostile text is read."""

from __future__ import annotations

import time

import pytest
from ax import advice, advices, item, items, policy, receipt, receipts

from arwork.matching.references import PART, RANGE, TOO_LONG, checked, core, extract, fold, norm

PREFIXES = policy().matching.reference_prefixes


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("FA-20931", "FA20931"),
        ("inv 2026/000123", "INV2026000123"),
        ("Rechnungsnr. Ä-12", "RECHNUNGSNRA12"),
        ("１２３", "123"),
        ("12\u200b34", "1234"),
    ],
)
def test_norm(text: str, squeezed: str) -> None:
    assert norm(text) == squeezed


@pytest.mark.parametrize(
    ("squeezed", "bare"),
    [
        ("INV2026000123", "2026000123"),
        ("INVOICE0042", "42"),
        ("RE004711", "4711"),
        ("RGNR004711", "4711"),
        ("000", "000"),
        ("FA20931", "FA20931"),
        ("INV", "INV"),
    ],
)
def test_core_takes_prefixes_and_leading_zeros_off(squeezed: str, bare: str) -> None:
    assert core(squeezed, PREFIXES) == bare


def test_fold_makes_letters_digits_and_strips_zeros_again() -> None:
    """AX-12: the letters O stand for zeros; decision 9: zeros in front go again."""
    assert fold("2O25OO417A") == "202500417A"
    assert fold("OO417") == "417"
    assert fold("IL5") == "115"


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("RF18539007547034", True),
        ("RF18539007547035", False),
        ("210000000003139471430009017", True),
        ("210000000003139471430009018", False),
        ("12345674", True),
        ("12345675", False),
        ("ABC", False),
    ],
)
def test_dv_13_check_digits(number: str, valid: bool) -> None:
    assert checked(number) is valid


def found(text: str, *rows: dict, **over: object) -> dict[str, tuple[str, str, str]]:
    """Read a text; return token → (document, field, state)."""
    frame = items(*(rows or (item("6001001", "C1", "100.00"),)))
    rules = policy(matching=over.pop("matching", {})).matching
    said = extract(receipts(receipt("R1", str(over.pop("amount", "55.55")), "2025-03-12", text=text, **over)), frame, advices(), rules)
    return {row.token: (row.item_id.split(":")[1] if row.item_id else "", row.field, row.state) for row in said.itertuples()}


@pytest.mark.parametrize(
    ("text", "reference", "token"),
    [
        ("payment 6001001 thanks", "6001001", "6001001"),
        ("INV 6001001", "INV-6001001", "6001001"),
        ("INV-6001001", "6001001", "6001001"),
        ("FA-20931 LEASE", "FA-20931", "FA20931"),
        ("FA 20931", "FA20931", "FA20931"),
        ("2026 00 0123", "INV-2026-000123", "2026000123"),
        ("inv.no.:0006001001/", "6001001", "0006001001"),
        ("（６００１００１）", "6001001", "6001001"),
    ],
)
def test_words_and_joins_of_two_or_three_name_a_document(text: str, reference: str, token: str) -> None:
    said = found(text, item("9", "C1", "100.00", reference=reference))
    assert said == {token: ("9", "reference", "OPEN")}


def test_a_document_is_found_by_any_of_its_numbers() -> None:
    row = item("50001", "C1", "1.00", reference="60001", assignment="70001", po_no="80001", delivery_no="90001", contract_no="95001")
    said = found("50001; 60001; 70001; 80001; 90001; 95001", row)
    assert [field for _, field, _ in said.values()] == ["doc_no", "reference", "assignment", "po_no", "delivery_no", "contract_no"]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("DE89 3704 0044 0532 0130 00", "370400440532"),
        ("IBAN DE89370400440532013000 INFO", "0532013000"),
        ("paid on 12.03.2025", "12032025"),
        ("2025-03-12 as agreed", "20250312"),
        ("phone +49 89 600 1001", "6001001"),
        ("Tel. 089 6001001", "6001001"),
        ("EUR 6001.00", "600100"),
        ("6.001,00 EUR", "600100"),
        ("total 55.55", "5555"),
        ("4711 is too short when it is 123", "123"),
        ("THANK YOU", "THANKYOU"),
    ],
)
def test_what_is_never_a_document(text: str, reference: str) -> None:
    assert found(text, item("9", "C1", "100.00", reference=reference)) == {}


def test_an_iban_does_not_swallow_the_document_behind_it() -> None:
    assert found("DE89 3704 0044 0532 0130 00 INV 6001001")["6001001"][2] == "OPEN"


@pytest.mark.parametrize("word", ["20250312", "COBADEFF", "DEUTDEFF500"])
def test_a_date_or_bic_counts_only_as_a_documents_own_number(word: str) -> None:
    assert found(f"ref {word}", item("9", "C1", "1.00", assignment=word)) == {}
    has_digit = any(c.isdigit() for c in word)
    assert bool(found(f"ref {word}", item("9", "C1", "1.00", reference=word))) is has_digit


def test_a_shared_order_number_names_none_of_its_items() -> None:
    one, two = item("6001001", "C1", "1.00", po_no="450099"), item("6001002", "C1", "2.00", po_no="450099")
    assert found("PO 450099", one, two) == {}
    assert found("PO 450099", one)["450099"] == ("6001001", "po_no", "OPEN")


def test_a_number_on_very_many_items_names_none() -> None:
    rows = [item(str(6001000 + n), "C1", "1.00", assignment="777777") for n in range(51)]
    assert found("777777", *rows) == {}
    assert len(extract(receipts(receipt("R1", "1.00", "2025-03-12", text="777777")), items(*rows[:3]), advices(), policy().matching)) == 3


def test_digits_inside_a_longer_number_are_marked() -> None:
    said = found("ref 99600100177")
    assert said == {"6001001": ("6001001", "reference" + PART, "OPEN")}
    assert found("ref 6001001")["6001001"][1] == "reference"


@pytest.mark.parametrize(("text", "expected"), [("INV 6001001-6001004", 4), ("INV 6001001-6001006", 2), ("6001004-6001001", 2)])
def test_a_range_expands_only_when_every_member_exists(text: str, expected: int) -> None:
    said = found(text, *(item(str(6001000 + n), "C1", "1.00") for n in (1, 2, 3, 4, 6)))
    assert len(said) == expected
    assert sum(field.endswith(RANGE) for _, field, _ in said.values()) == expected - 2


def test_a_range_over_two_customers_does_not_expand() -> None:
    said = found("6001001-6001003", *(item(str(6001000 + n), f"C{n}", "1.00") for n in (1, 2, 3)))
    assert set(said) == {"6001001", "6001003"}


def test_the_longer_word_wins_when_written_in_one_piece() -> None:
    said = found("FA-20931", item("1", "C1", "1.00", reference="FA-20931"), item("2", "C1", "1.00", reference="20931"))
    assert {document for document, _, _ in said.values()} == {"1"}


def test_parts_win_over_a_join_across_blanks() -> None:
    rows = (item("4711", "C1", "1.00"), item("4712", "C1", "1.00"), item("47114712", "C1", "1.00"))
    assert {document for document, _, _ in found("4711 4712", *rows).values()} == {"4711", "4712"}


@pytest.mark.parametrize(
    ("text", "token"),
    [("INV 99999", "99999"), ("INV99999", "INV99999"), ("RE-2025-00077 thanks", "202500077"), ("RG.NR. 5512-A", "5512A")],
)
def test_g_23_words_that_look_like_documents_stay_unknown(text: str, token: str) -> None:
    assert found(text) == {token: ("", "", "UNKNOWN")}


@pytest.mark.parametrize("text", ["INV 99", "RE MARCH RENT", "NO 12.03.2025", "Customer no C1", "KD NR 0001234", "thanks 99999"])
def test_g_23_words_that_are_no_documents_are_ignored(text: str) -> None:
    assert found(text, item("6001001", "1234", "1.00")) == {}


@pytest.mark.parametrize(
    ("text", "hurt"),
    [
        ("6001001 60O1002", "60O1002"),
        ("6001001, 600", "600"),
        ("6001001 1003", "1003"),
        ("6001001\n60\n01003", "01003"),
        ("6001001 thanks 77", ""),
        ("6001001 9", ""),
    ],
)
def test_g_23_a_word_like_a_number_that_was_found_is_unknown(text: str, hurt: str) -> None:
    """The digit that was hurt, the list that was cut off, the number without its head."""
    assert {token for token, (_, _, state) in found(text).items() if state == "UNKNOWN"} == ({hurt} if hurt else set())


def test_g_23_a_pattern_of_the_policy_makes_a_word_a_document() -> None:
    assert found("ZZ123456", matching={"doc_no_patterns": ["ZZ[0-9]{6}"]}) == {"ZZ123456": ("", "", "UNKNOWN")}
    assert found("ZZ123456") == {}


@pytest.mark.parametrize("stated", ["RF18539007547034", "RF18 5390 0754 7034"])
def test_a_structured_reference_names_a_document_by_itself_or_by_the_number_it_carries(stated: str) -> None:
    whole = item("1", "C1", "1.00", structured_ref="RF18539007547034")
    carried = item("2", "C1", "1.00", reference="539007547034")
    assert found("", whole, structured_ref=stated)["RF18539007547034"] == ("1", "structured_ref", "OPEN")
    assert found("", carried, structured_ref=stated)["RF18539007547034"] == ("2", "reference", "OPEN")
    assert found(f"pay {stated} now", whole)["RF18539007547034"] == ("1", "structured_ref", "OPEN")
    assert found("", structured_ref=stated)["RF18539007547034"][2] == "UNKNOWN"


def test_states_of_what_is_named() -> None:
    rows = (
        item("6001001", "C1", "1.00"),
        item("6001002", "C1", "1.00", clearing_date="2025-02-01", clearing_doc="Z"),
        item("6001003", "C9", "1.00", ledger_id="FIN"),
        item("6001004", "C1", "1.00", reversed_by="6001099"),
        item("6001005", "C1", "-1.00", doc_type="RCPT"),
        item("6001006", "C9", "1.00", ledger_id="FIN", clearing_date="2025-02-01"),
    )
    said = found("6001001, 6001002, 6001003, 6001004, 6001005, 6001006", *rows)
    assert {token: state for token, (_, _, state) in said.items()} == {
        "6001001": "OPEN",
        "6001002": "CLEARED",
        "6001003": "OTHER_LEDGER",
        "6001004": "UNKNOWN",
        "6001005": "UNKNOWN",
        "6001006": "UNKNOWN",
    }


def test_cv_08_a_word_found_here_is_not_looked_for_elsewhere() -> None:
    said = found("6001001", item("6001001", "C1", "1.00"), item("6001001", "C9", "1.00", ledger_id="FIN", item_id="FIN:6001001"))
    assert said == {"6001001": ("6001001", "reference", "OPEN")}


def test_advice_lines_are_references() -> None:
    rows = advice("A1", "E2E-1", ("INV-6001001", "100.00"), ("7777777", "5.00"))
    frame = receipts(
        receipt("R1", "105.00", "2025-03-12", end_to_end_id="E2E-1"), receipt("R2", "105.00", "2025-03-12", end_to_end_id="NOTPROVIDED")
    )
    said = extract(frame, items(item("6001001", "C1", "100.00")), advices(*rows), policy().matching)
    assert [tuple(row) for row in said.itertuples(index=False)] == [
        ("R1", "7777777", "advice", "", "", "UNKNOWN"),
        ("R1", "INV6001001", "advice", "1000:6001001:2025:1", "reference", "OPEN"),
    ]


HOSTILE = {
    "the same document": "INV 6001001 ",
    "one digit run": "1",
    "single digits": "1 ",
    "glued": "A1-",
    "iban": "DE89 ",
    "dates": "12.12.",
    "rf": "RF18",
    "phones": "+49 ",
    "amounts": "1.111.",
    "ranges": "6001001-6001002 ",
    "accents": "é",
    "ligatures": "\ufdfa",
    "words": "TEL ",
    "prefixes": "INVNO",
    "numbers": " ".join(str(n) for n in range(10**7, 10**7 + 5_600)),
}


@pytest.mark.parametrize(
    ("number", "amount", "documents"),
    [
        ("6001001", "100.00", ["6001001"]),
        ("RE-6001001", "100.00", ["6001001"]),
        ("PAY 2025 / 6001001", "100.00", ["6001001"]),
        ("6001001-6001002", "150.00", ["6001001", "6001002"]),
        ("6001001", "98.00", ["6001001"]),  # less its discount of 2 %
        ("6001001", "99.00", []),  # the payer's own series, perhaps: just that amount did not come
        ("6001001-6001002", "100.00", []),
        ("77-4711", "20.00", ["4711"]),
        ("77-4711", "21.00", []),
        ("4711", "20.00", ["4711"]),
        ("450077", "100.00", []),  # an order number is no document
        ("8001", "30.00", []),  # settled
        ("NOTPROVIDED", "100.00", []),
    ],
)
def test_an_end_to_end_id_names_documents_where_just_their_amount_came(number: str, amount: str, documents: list[str]) -> None:
    """Step C: payers write our number there, and payers number their payments themselves."""
    rows = (
        item("6001001", "C1", "100.00", disc=("2025-03-20", "2.00"), po_no="450077"),
        item("6001002", "C1", "50.00"),
        item("4711", "C1", "20.00"),
        item("8001", "C1", "30.00", clearing_date="2025-03-05"),
    )
    said = found("", *rows, amount=amount, end_to_end_id=number)
    assert sorted(document for document, *_ in said.values()) == documents
    assert {state for *_, state in said.values()} <= {"OPEN"}


def test_an_end_to_end_id_is_asked_only_where_nothing_else_is_named() -> None:
    rows = item("6001001", "C1", "100.00"), item("6001002", "C1", "100.00")
    assert [*found("INV 6001002", *rows, amount="100.00", end_to_end_id="6001001")] == ["6001002"]
    assert [*found("thanks", *rows, amount="100.00", end_to_end_id="6001001")] == ["6001001"]
    assert found("", *rows, amount="100.00", end_to_end_id="6001001", currency="USD") == {}
    assert found("", *rows, amount="100.00", end_to_end_id="6001001", ledger_id="FIN") == {}


GROWN = 60
"""CPU seconds that only work growing by the square takes: no measure of speed, which is kept in bench/."""


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_of_a_million_characters_is_read_at_once(piece: str) -> None:
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    start = time.process_time()
    said = extract(
        receipts(receipt("R1", "1.00", "2025-03-12", text=text, end_to_end_id=text)),
        items(item("6001001", "C1", "1.00")),
        advices(),
        policy().matching,
    )
    assert time.process_time() - start < GROWN
    assert "UNKNOWN" in set(said.loc[said["token"] == TOO_LONG, "state"])
