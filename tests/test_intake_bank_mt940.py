"""MT940 statements: signs, dates, amounts, pages and cuts (RC-20, 1.5)."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.bank.amounts import swift_amount
from arwork.intake.bank.mt940_fields import entry_day
from arwork.intake.bank.mt940_text import details
from arwork.intake.bank.statement import BankFile
from arwork.intake.claim import read_bank
from arwork.intake.received import Received
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples" / "mt940"


def read(text: str | bytes, encoding: str = "") -> BankFile:
    data = text.encode() if isinstance(text, str) else text
    return read_bank(Received("bank.sta", data, hashlib.sha256(data).hexdigest()), ISO, encoding)


def message(*lines: str, opening: str = "C260330EUR100,00", closing: str = "C260331EUR100,00", number: str = "1/1") -> str:
    return "\n".join([":20:X", ":25:DE89370400440532013000", f":28C:{number}", f":60F:{opening}", *lines, f":62F:{closing}", "-", ""])


@pytest.mark.parametrize(
    ("mark", "amount", "kind"),
    [
        ("C", 500, "RECEIPT"),
        ("D", -500, "PAYMENT"),
        ("RC", -500, "RETURN"),
        ("RD", 500, "RETURN"),
        ("CR", 500, "RECEIPT"),
        ("DR", -500, "PAYMENT"),
        ("RCR", -500, "RETURN"),
    ],
)
def test_signs_of_field_61(mark: str, amount: int, kind: str) -> None:
    closing = ISO.text(10000 + amount, "EUR").replace(".", ",")
    bank = read(message(f":61:2603310331{mark}5,00NTRFNONREF", closing=f"C260331EUR{closing}"))
    line = bank.bank_lines.iloc[0]
    assert (line["amount"], line["class"], line["is_return"]) == (amount, kind, kind == "RETURN")


@pytest.mark.parametrize("mark", ["c", "d", "EC", "X", "rc"])
def test_an_unknown_mark_is_refused_with_its_line(mark: str) -> None:
    with pytest.raises(InputError, match=r"line 5, value ':61:2603310331.*not a booking"):
        read(message(f":61:2603310331{mark}5,00NTRFNONREF"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,", "1"),
        ("1,5", "1.5"),
        ("0001,50", "1.5"),
        ("250.50", "250.50"),
        ("2.250,50", "2250.50"),
        ("2,250.50", "2250.50"),
        ("1.000.000,00", "1000000"),
    ],
)
def test_amounts_with_one_reading(text: str, value: str) -> None:
    amount = swift_amount(text)
    assert amount is not None
    assert f"{amount:f}".rstrip("0").rstrip(".") == value.rstrip("0").rstrip(".") or amount == float(value)


@pytest.mark.parametrize("text", ["1.234", "1234", "1,234,5", "1.23,4", "12.345.67", ",5", "", "1.2345,00", "1e2,0", "１,00", "1,00000"])
def test_amounts_with_two_readings_or_none_are_refused(text: str) -> None:
    assert swift_amount(text) is None


@pytest.mark.parametrize("amount", ["5,001", "5.001", "500"])
def test_cv_02_a_booking_with_such_an_amount_is_refused(amount: str) -> None:
    with pytest.raises(InputError, match="line 5"):
        read(message(f":61:2603310331C{amount}NTRFNONREF", closing="C260331EUR105,00"))


@pytest.mark.parametrize(
    ("entry", "value", "found"),
    [
        ("1231", date(2026, 1, 2), date(2025, 12, 31)),
        ("0102", date(2025, 12, 31), date(2026, 1, 2)),
        ("0331", date(2026, 3, 31), date(2026, 3, 31)),
        ("0229", date(2024, 3, 1), date(2024, 2, 29)),
        ("0705", date(2026, 1, 1), date(2025, 7, 5)),
        ("0630", date(2026, 1, 1), date(2026, 6, 30)),
    ],
)
def test_the_entry_date_takes_the_year_nearest_to_the_value_date(entry: str, value: date, found: date) -> None:
    assert entry_day(entry, value, "") == found


@pytest.mark.parametrize("days", ["2602300301", "2603310230", "2613010301", "2602290301"])
def test_a_day_that_no_calendar_has_is_refused(days: str) -> None:
    with pytest.raises(InputError, match="not a day of the calendar"):
        read(message(f":61:{days}C5,00NTRFNONREF", closing="C260331EUR105,00"))


def test_every_prefix_is_refused_until_the_closing_balance_is_whole() -> None:
    whole = (SAMPLES / "german.sta").read_bytes()
    complete = whole.index(b"EUR4701,55") + len(b"EUR4701,55")
    for cut in range(1, complete):
        with pytest.raises(InputError):
            read(whole[:cut])
    lines = read(whole).bank_lines["line_id"].tolist()
    for cut in (complete, complete + 2, len(whole) - 2):
        assert read(whole[:cut]).bank_lines["line_id"].tolist() == lines


def test_every_prefix_of_enveloped_pages_is_refused() -> None:
    whole = (SAMPLES / "dutch_pages.sta").read_bytes()
    for cut in range(1, whole.rindex(b"-}") + 2):
        with pytest.raises(InputError):
            read(whole[:cut])


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_a_changed_digit_of_an_amount_does_not_pass(data: st.DataObject) -> None:
    amounts = data.draw(st.lists(st.integers(1, 10**8), min_size=1, max_size=4))
    which = data.draw(st.integers(0, len(amounts) - 1))

    def text(parts: list[int]) -> str:
        lines = [f":61:2603310331C{part // 100},{part % 100:02d}NTRFNONREF" for part in parts]
        whole = sum(amounts)
        return message(*lines, opening="C260330EUR0,00", closing=f"C260331EUR{whole // 100},{whole % 100:02d}")

    assert read(text(amounts)).bank_lines["amount"].sum() == sum(amounts)
    for other in ([a + (i == which) for i, a in enumerate(amounts)], [a for i, a in enumerate(amounts) if i != which]):
        with pytest.raises(InputError, match="does not tie"):
            read(text(other))


def test_pages_that_are_missing_repeated_or_swapped_are_refused_and_named() -> None:
    def page(number: int, opening: int, closing: int, marks: tuple[str, str]) -> str:
        line = f":61:2603310331C{closing - opening},NTRFNONREF"
        return "\n".join(
            [
                ":20:X",
                ":25:DE1",
                f":28C:9/{number}",
                f":60{marks[0]}:C260331EUR{opening},",
                line,
                f":62{marks[1]}:C260331EUR{closing},",
                "-",
                "",
            ]
        )

    one, two, three = page(1, 100, 110, ("F", "M")), page(2, 110, 130, ("M", "M")), page(3, 130, 160, ("M", "F"))
    bank = read(one + two + three)
    assert bank.statements[["opening", "closing", "lines"]].values.tolist() == [[10000, 16000, 3]]
    for wrong, named in (
        (one + three, "page 2"),
        (one + two, "page 3"),
        (two + three, "page 1"),
        (one + two + two + three, "page 3"),
        (one + three + two, "page 2"),
    ):
        with pytest.raises(InputError, match=f"{named} of statement 9"):
            read(wrong)


def test_a_memo_line_that_looks_like_a_booking_breaks_the_balance() -> None:
    with pytest.raises(InputError, match="does not tie"):
        read(message(":61:2603310331C5,00NTRFNONREF", ":86:memo", ":61:2603310331C7,00NTRFNONREF", closing="C260331EUR105,00"))
    with pytest.raises(InputError, match=r"line 7.*not a booking"):
        read(message(":61:2603310331C5,00NTRFNONREF", ":86:memo", ":61:see above", closing="C260331EUR105,00"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (message().replace(":60F:C260330EUR100,00\n", ""), "no balance"),
        (message().replace(":25:DE89370400440532013000\n", ""), "for which account"),
        (message().replace(":62F:C260331EUR", ":62F:C260331USD"), "opening in EUR, closing in USD"),
        (message(":25:OTHER"), "field 25 does not belong here"),
        (message(":60F:C260330EUR100,00"), "field 60F does not belong here"),
        (message().replace(":20:X\n", ""), "does not begin with a field :20:"),
        (message().replace(":62F:C260331EUR100,00\n", "") + message(), "no closing balance"),
        (message(closing="C260331EUR1OO,00"), "not a balance"),
        (message(opening="C260330XXQ1,00", closing="C260331XXQ1,00"), "unknown currency"),
    ],
)  # fmt: skip
def test_what_does_not_stand_where_it_must_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(text)


def test_two_accounts_in_one_file_stay_two() -> None:
    bank = read(message() + message(":61:2603310331C1,00NTRFNONREF", closing="C260331EUR101,00").replace("DE89370400440532013000", "DE2"))
    assert sorted(bank.statements["bank_account"]) == ["DE2", "DE89370400440532013000"]
    assert bank.bank_lines["bank_account"].tolist() == ["DE2"]


def test_counts_that_the_bank_writes_behind_the_balance_must_agree() -> None:
    good = message(":61:2603310331C5,00NTRFNONREF", closing="C260331EUR105,00").replace("\n-\n", "\n:86:/SUM/0/1/0,00/5,00/\n-\n")
    assert len(read(good).bank_lines) == 1
    with pytest.raises(InputError, match="counts 1 debits and 1 credits"):
        read(good.replace("/SUM/0/1/", "/SUM/1/1/"))


@pytest.mark.parametrize("wrap", ["\r\n", "\n", "\r"])
def test_line_ends_a_torn_dash_and_control_characters_change_nothing(wrap: str) -> None:
    text = message(":61:2603310331C5,00NTRFNONREF", ":86:/EREF/A", "-", "B//REMI/USTD//torn text/", closing="C260331EUR105,00")
    line = read("\x01" + text.replace("\n", wrap) + "\x03").bank_lines.iloc[0]
    assert (line["end_to_end_id"], line["remittance_text"]) == ("A-B", "torn text")


@pytest.mark.parametrize(
    ("lines", "text", "name"),
    [
        (["166?20EREF+A?21SVWZ+Invoice 1234567890123?22567 rest?32ACME?33 LTD"], "Invoice 1234567890123 567 rest", "ACME LTD"),
        (["166?20SVWZ+Invoice 1234567890123456?2178 rest?32ACME"], "Invoice 123456789012345678 rest", "ACME"),
        (["000>100987654321>20ALGEMENE TUSSENREKENING KOS>21TEN"], "ALGEMENE TUSSENREKENING KOSTEN", ""),
        (["/ORDP//NAME/R. SMITH/REMI/Invoice 1/2/ISDT/2014-01-02"], "Invoice 1/2", "R. SMITH"),
        (["A" * 61, "B rest"], "A" * 61 + "B rest", ""),
        (["short", "line"], "short line", ""),
        (["091"], "091", ""),
    ],
)
def test_field_86_in_its_dialects(lines: list[str], text: str, name: str) -> None:
    told = details(lines)
    assert (told.text, told.name) == (text, name)
