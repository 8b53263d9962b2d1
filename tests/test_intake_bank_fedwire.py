"""Fedwire messages: elements, dates, signs, what moves money, and the documents a wire pays (LD-10, 1.5)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.bank.fedwire import FORMAT
from arwork.intake.bank.fedwire_tags import elements
from arwork.intake.bank.statement import BankFile
from arwork.intake.claim import read_bank
from arwork.intake.received import Received, take
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples" / "fedwire"
FILES = sorted(path for path in SAMPLES.iterdir() if not path.name.endswith(".csv"))
DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats" / "fedwire"
TAGS = {
    "1500": "30WIRE0001P ",
    "1510": "1000",
    "1520": "20260402B1QGC01R000123",
    "2000": "000000150000",
    "3100": "091000019LAKESIDE*",
    "3400": "122105278HARBOR*",
    "3600": "CTR*",
    "3320": "LS-7741*",
    "4200": "D5550001234*CEDAR SUPPLY CO*",
    "4320": "CS-20417*",
    "5000": "D7100445*NORTHWIND TOOLS*14 QUAY ST*",
    "6000": "INVOICE CS-20417*LESS DISCOUNT*",
}


def read(text: str) -> BankFile:
    data = text.encode()
    return read_bank(Received("wire.txt", data, hashlib.sha256(data).hexdigest()), ISO)


def message(end: str = "\n", **changed: str) -> str:
    """Write a message; a tag given as t1510="1008" replaces or adds it, an empty one drops it."""
    tags = TAGS | {name[1:]: value for name, value in changed.items()}
    return "".join(f"{{{tag}}}{value}{end}" for tag, value in tags.items() if value)


def test_a_wire_is_money_in_for_the_beneficiary() -> None:
    bank = read(message())
    line = bank.bank_lines.iloc[0]
    assert (line["amount"], line["class"], line["method"], line["txn_code"]) == (150000, "RECEIPT", "WIRE", "1000/CTR")
    assert (line["bank_account"], line["bank_txn_id"]) == ("122105278/5550001234", "20260402B1QGC01R000123")
    assert (line["remitter_name"], line["remitter_account"], line["remitter_bank"]) == ("NORTHWIND TOOLS", "7100445", "091000019")
    assert (line["end_to_end_id"], line["remittance_text"]) == ("CS-20417", "INVOICE CS-20417 LESS DISCOUNT LS-7741")
    assert str(line["booking_date"].date()) == "2026-04-02"
    assert bank.completeness == "not_proven"
    assert "no count" in bank.proof


@pytest.mark.parametrize(
    ("kind", "function", "amount", "klass"),
    [
        ("1000", "CTR*", 150000, "RECEIPT"),
        ("1000", "CTP*", 150000, "RECEIPT"),
        ("1000", "BTR", 150000, "RECEIPT"),
        ("1032", "DRW*", 150000, "RECEIPT"),
        ("1600", "CKS   ", 150000, "RECEIPT"),
        ("1002", "CTR*", 150000, "RETURN"),
        ("1008", "CTR*", 150000, "RETURN"),
        ("1600", "FFS*", 150000, "NON_AR"),
        ("1031", "DRC*", 0, "NON_AR"),
        ("1631", "DRB*", 0, "NON_AR"),
        ("1033", "DRC*", 0, "NON_AR"),
        ("1001", "SVC*", 0, "NON_AR"),
        ("1007", "SVC*", 0, "NON_AR"),
        ("1090", "SVC*", 0, "NON_AR"),
    ],
)
def test_type_and_function_say_what_moves_money(kind: str, function: str, amount: int, klass: str) -> None:
    line = read(message(t1510=kind, t3600=function)).bank_lines.iloc[0]
    assert (line["amount"], line["class"]) == (amount, klass)
    assert ("amount named: 1500.00 USD" in line["remittance_text"]) == (amount == 0)


def test_a_message_marked_as_test_is_no_receipt() -> None:
    line = read(message(t1500="30WIRE0001T ")).bank_lines.iloc[0]
    assert (line["class"], line["class_reason"][:12]) == ("NON_AR", "test message")


@pytest.mark.parametrize("tag", ["1500", "1510", "1520", "2000", "3100", "3400", "3600"])
def test_a_wire_without_a_tag_that_every_wire_has_is_refused(tag: str) -> None:
    with pytest.raises(InputError, match=r"wire\.txt, line"):
        read("{1100}30P N\n" * (tag == "1500") + message(**{f"t{tag}": ""}))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"t2000": "00000150000"}, "twelve digits"),
        ({"t2000": "0000001500000"}, "follows the twelve digits"),
        ({"t2000": "00000O150000"}, "twelve digits"),
        ({"t2000": "-00000150000"}, "twelve digits"),
        ({"t2000": "０00000150000"}, "twelve digits"),
        ({"t1510": "1099"}, "unknown type"),
        ({"t1510": "7700"}, "unknown type"),
        ({"t3600": "XYZ*"}, "unknown business function"),
        ({"t1520": "20260231B1QGC01R000123"}, "not a day of the calendar"),
        ({"t1520": "2026O402B1QGC01R000123"}, "on which day"),
        ({"t1599": "x"}, "no tag {1599}"),
        ({"t3400": "*"}, "no receiving bank"),
        ({"t8200": "0012ABC"}, "stated 12 characters, found"),
        ({"t8200": "0002ABC"}, "longer than {8200} states"),
        ({"t8200": "ABCD"}, "length of the addenda"),
    ],
)
def test_what_cannot_be_read_exactly_is_refused(changed: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as refused:
        read(message(**changed))
    assert said in str(refused.value)
    assert refused.value.where.startswith("wire.txt, line")
    assert refused.value.cure


def test_a_tag_that_stands_twice_is_refused() -> None:
    with pytest.raises(InputError, match=r"\{2000\} stands twice in the message that begins on line 1"):
        read(message() + "{2000}000000000001\n")
    with pytest.raises(InputError, match="ends inside a tag"):
        read(message() + "{60")


def test_a_wire_that_stands_twice_is_refused() -> None:
    with pytest.raises(InputError, match="the wire with this IMAD stands here twice, first on line 1"):
        read(message() + message())
    assert len(read(message() + message(t1520="20260402B1QGC01R999999")).bank_lines) == 2


def test_fixed_elements_and_asterisks_say_the_same() -> None:
    assert elements("4200", "D5550001234*CEDAR SUPPLY CO*14 QUAY*") == elements(
        "4200", f"D{'5550001234':34}{'CEDAR SUPPLY CO':35}{'14 QUAY':35}"
    )
    assert elements("4200", "*CEDAR*")[1:3] == ("", "CEDAR")
    assert elements("8400", "AROI*4711*ISSUER*") == ("AROI", "", "4711", "ISSUER")
    assert elements("8600", "01CRDTUSD12.50*TORN BAG*") == ("01", "CRDT", "USD", "12.50", "TORN BAG")
    assert elements("3600", "CTR   ") == elements("3600", "CTR*") == elements("3600", "CTR") == ("CTR", "")


def test_line_ends_change_nothing_and_many_messages_stay_many() -> None:
    other = message(t1520="20260402B1QGC01R000124", t2000="000000000001")
    ids = read(message() + other).bank_lines["line_id"].tolist()
    assert len(ids) == 2
    for end in ("", "\r\n", "\r", "\n\n"):
        assert read(message(end) + other.replace("\n", end)).bank_lines["line_id"].tolist() == ids


def test_tags_of_the_fed_stand_before_or_behind_their_message() -> None:
    fed = "{1100}30P N\n{1110}04021002FT01\n{1120}20260402B1QGC08R00009904021002FT01\n"
    before = read(fed + message() + fed + message(t1520=""))
    behind = read(message() + fed + message(t1520="") + fed)
    for bank in (before, behind):
        assert bank.bank_lines["bank_txn_id"].tolist() == ["20260402B1QGC01R000123", "20260402B1QGC08R000099"]


def test_a_passport_is_no_account() -> None:
    assert read(message(t5000="1P99127*JO REED*")).bank_lines["remitter_account"].tolist() == [""]
    option_f = read(message(t5000="", t5010="/DE89370400440532013000*1/HAFEN GMBH*2/KAI 1*")).bank_lines.iloc[0]
    assert (option_f["remitter_name"], option_f["remitter_account"]) == ("HAFEN GMBH", "DE89370400440532013000")


def test_currency_instructed_and_charges() -> None:
    line = read(message(t3700="BUSD12,50*USD3,*", t3710="EUR1400,00*")).bank_lines.iloc[0]
    assert (line["orig_currency"], line["orig_amount"], line["charges"]) == ("EUR", 140000, 1550)
    line = read(message(t3700="BEUR12,50*", t3710="USD1512,50*")).bank_lines.iloc[0]
    assert (line["orig_currency"], str(line["orig_amount"]), str(line["charges"])) == ("", "<NA>", "<NA>")


def test_without_a_beneficiary_the_receiving_bank_is_the_account() -> None:
    assert read(message(t4200="")).bank_lines["bank_account"].tolist() == ["122105278"]
    assert read(message(t4100="F021000021*OTHER BANK*")).bank_lines["bank_account"].tolist() == ["021000021/5550001234"]


def test_structured_remittance_pays_documents() -> None:
    loop = "{8400}CINV*A-1*ACME*\n{8450}USD95.00*\n{8500}USD100.00*\n{8550}USD2.00*\n{8600}04CRDTUSD3.00*TORN BAG*\n{8650}20260301\n"
    paid = read(message() + loop + "{8400}CREN*C-9*\n{8450}USD5.00*\n").remittance
    assert paid["doc_reference"].tolist() == ["A-1", "C-9"]
    assert paid[["gross_amount", "discount_amount", "deduction_amount", "net_amount"]].values.tolist() == [
        [10000, 200, 300, 9500],
        [500, 0, 0, 500],
    ]
    assert (set(paid["source"]), paid["deduction_reason"].tolist(), set(paid["payment_amount"])) == (
        {"REMT"},
        ["04 TORN BAG", ""],
        {150000},
    )
    assert set(paid["confidence"]) == {1_000_000}
    doubtful = read(message() + loop.replace("3.00", "4.00")).remittance
    assert doubtful[["deduction_amount", "confidence"]].values.tolist() == [[300, 500_000]]
    for wrong in ("USD95,00*", "USD95.005*", "XXQ95.00*", "EUR95.00*", "*"):
        assert read(message() + loop.replace("USD95.00*", wrong)).remittance.empty


def test_addenda_are_taken_by_their_length() -> None:
    text = "RMR*IV*CS-20417**1500.00\\NTE*ADD*{1500} is no tag here\\"
    bank = read(message(t8200=f"{len(text):04d}{text}") + message(t1520="20260402B1QGC01R000124"))
    assert len(bank.bank_lines) == 2
    assert bank.remittance[["doc_reference", "net_amount", "source"]].values.tolist() == [["CS-20417", 150000, "EDI820"]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_prefix_is_refused_or_read_as_not_proven(path: Path) -> None:
    data = path.read_bytes()
    whole = read(data.decode())
    for cut in range(1, len(data), 23):
        try:
            bank = read(data[:cut].decode())
        except InputError:
            continue
        assert bank.completeness == "not_proven"
        assert set(bank.bank_lines["bank_txn_id"]) <= set(whole.bank_lines["bank_txn_id"])
        assert bank.bank_lines["amount"].sum() <= whole.bank_lines["amount"].sum()


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_changed_byte_raises_nothing_but_a_refusal(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(FILES)).read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        bank = read_bank(Received("wire.txt", bytes(content), "0" * 64), ISO)
    except InputError:
        return
    assert bank.completeness == "not_proven"


NAMES = st.text("ABCDEFGHIJ KLMNOP&./-0123456789", min_size=1, max_size=35).map(lambda text: " ".join(text.split())).filter(bool)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10**12 - 1), NAMES, NAMES), min_size=1, max_size=4), st.sampled_from(["\n", "", "\r\n"]))
def test_what_is_written_is_read_back(wires: list[tuple[int, str, str]], end: str) -> None:
    text = "".join(
        message(end, t1520=f"20260402B1QGC01R{n:06d}", t2000=f"{amount:012d}", t5000=f"D{n}*{name}*", t6000=f"{told}*")
        for n, (amount, name, told) in enumerate(wires)
    )
    found = read(text).bank_lines.sort_values("bank_txn_id")
    assert found["amount"].tolist() == [amount for amount, _, _ in wires]
    assert found["remitter_name"].tolist() == [name for _, name, _ in wires]


def test_only_wires_are_claimed() -> None:
    assert FORMAT.claims("{1500}30")
    assert FORMAT.claims("{1100}30P N")
    for other in ("{1:F01BANKUS33AXXX0000000000}{2:I940", '{"file": 1}', "{150}", "[{1500}]"):
        assert not FORMAT.claims(other)


@pytest.mark.data
def test_real_messages_are_read_or_refused_for_a_damage() -> None:
    read_whole, refused_names = 0, []
    for path in sorted(path for path in DATA.iterdir() if path.suffix == ".txt"):
        try:
            bank = read_bank(take(path), ISO)
        except InputError as refused:
            refused_names.append(path.name.rpartition("__")[2] if refused.where and refused.cure else "")
        else:
            assert set(bank.bank_lines["amount"]) <= {0, 1234567, 22200}
            read_whole += 1
    assert read_whole == 20
    assert refused_names == ["bankDrawDownRequest.txt", "fedWireMessage-InvalidTag.txt"]
