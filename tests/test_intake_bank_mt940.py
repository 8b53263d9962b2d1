"""MT940 statements: signs, dates, amounts, pages and cuts (RC-20, 1.5)."""

from __future__ import annotations

import contextlib
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
from arwork.intake.received import Received, take
from arwork.money import ISO

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats"
SAMPLES = Path(__file__).parent / "samples" / "mt940"


def read(text: str | bytes, encoding: str = "") -> BankFile:
    data = text.encode() if isinstance(text, str) else text
    return read_bank(Received("bank.sta", data, hashlib.sha256(data).hexdigest()), ISO, encoding)


def outcome(path: Path) -> BankFile | InputError:
    try:
        return read_bank(take(path), ISO)
    except InputError as refused:
        return refused


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
        ("c", 500, "RECEIPT"),
        ("rd", 500, "RETURN"),
        ("CN", 500, "RECEIPT"),
        ("DD", -500, "PAYMENT"),
    ],
)
def test_signs_of_field_61(mark: str, amount: int, kind: str) -> None:
    closing = ISO.text(10000 + amount, "EUR").replace(".", ",")
    bank = read(message(f":61:2603310331{mark}5,00NTRFNONREF", closing=f"C260331EUR{closing}"))
    line = bank.bank_lines.iloc[0]
    assert (line["amount"], line["class"], line["is_return"]) == (amount, kind, kind == "RETURN")


@pytest.mark.parametrize("mark", ["X", "CDR", "R", "E", "K", ""])
def test_an_unknown_mark_is_refused_with_its_line(mark: str) -> None:
    with pytest.raises(InputError, match=r"line 5, value ':61:2603310331.*not a booking"):
        read(message(f":61:2603310331{mark}5,00NTRFNONREF"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,", "1"),
        ("1,5", "1.5"),
        (",5", "0.5"),
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


@pytest.mark.parametrize("text", ["1.234", "1234", "1,234,5", "1.23,4", "12.345.67", ",", "", "1.2345,00", "1e2,0", "１,00", "1,00000"])
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


@pytest.mark.parametrize("days", ["260230", "260229", "2603310230", "2613010301", "2604310501", "2602310301"])
def test_a_day_that_no_calendar_has_is_refused(days: str) -> None:
    with pytest.raises(InputError, match="not a day of the calendar"):
        read(message(f":61:{days}C5,00NTRFNONREF", closing="C260331EUR105,00"))


@pytest.mark.parametrize(
    ("days", "value"), [("2602300301", date(2026, 2, 28)), ("2402300301", date(2024, 2, 29)), ("2602290301", date(2026, 2, 28))]
)
def test_a_value_date_of_a_month_of_30_days_is_the_last_of_february_and_told(days: str, value: date) -> None:
    bank = read(message(f":61:{days}C5,00NTRFNONREF", closing="C260331EUR105,00"))
    assert bank.bank_lines["value_date"].dt.date.tolist() == [value]
    assert f"last day of February ({days[:6]})" in bank.proof


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
        (one + two + two + three, "page 3"),
        (one + three + two, "page 2"),
    ):
        with pytest.raises(InputError, match=f"{named} of statement 9"):
            read(wrong)
    later = read(two + three)
    assert later.statements[["opening", "closing", "lines"]].values.tolist() == [[11000, 16000, 2]]
    assert "statement 9 of DE1 begins on page 2 (60M)" in later.proof


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


@pytest.mark.parametrize(
    "booking",
    [
        ":61:260331    C5,00NTRFNONREF",
        ":61:260331C5,00",
        ":61:260331C5,00NONREF",
        ":61:260331 C 5,00 NTRF NONREF",
        ":61:2603310331CR\n5,00NTRFNONREF",
        ":61:2603310331C5,00\nNTRFNONREF",
        ":61:2603310331C000000000005,NTRF" + "A" * 34 + "//" + "B" * 34,
        " :61:2603310331C5,00ntrfnonref",
    ],
)
def test_harmless_spellings_of_a_booking_read(booking: str) -> None:
    bank = read(message(booking, closing="C260331EUR105,00"))
    assert bank.bank_lines["amount"].tolist() == [500]
    assert bank.bank_lines["booking_date"].dt.date.tolist() == [date(2026, 3, 31)]


def test_expected_bookings_are_left_out_and_counted() -> None:
    bank = read(message(":61:2603310331C5,00NTRFNONREF", ":61:2604010401EC7,00NTRFNONREF", closing="C260331EUR105,00"))
    assert bank.bank_lines["amount"].tolist() == [500]
    assert "1 expected entry left out" in bank.proof


def test_an_amount_without_a_mark_reads_where_the_currency_has_no_decimals() -> None:
    bank = read(message(":61:2603310331C5NTRFNONREF", opening="C260330JPY100", closing="C260331JPY105"))
    assert bank.bank_lines["amount"].tolist() == [5]


@pytest.mark.parametrize(
    ("written", "account"),
    [
        ("COBADEFFXXX/DE89370400440532013000", "DE89370400440532013000"),
        ("/PL61109010140000071219812874", "PL61109010140000071219812874"),
        ("12345678/1020304050EUR", "12345678/1020304050"),
        ("UBRTHUHB/123456789/EUR", "UBRTHUHB/123456789"),
        ("DE89 3704 0044 0532 0130 00 EUR", "DE89370400440532013000"),
        ("MT84MALT011000012345MTLCAST001SEUR", "MT84MALT011000012345MTLCAST001S"),
        ("1.234.56 eur", "1.234.56"),
    ],
)
def test_the_account_is_named_without_bank_and_currency_around_it(written: str, account: str) -> None:
    assert read(message().replace("DE89370400440532013000", written)).statements["bank_account"].tolist() == [account]


@pytest.mark.parametrize(
    ("account", "kind"), [("12345678/1020304050", "RETURN"), ("DE89370400440532013000", "RETURN"), ("7500/4001234567", "RECEIPT")]
)
def test_a_code_of_three_digits_is_a_german_one_only_on_an_account_there(account: str, kind: str) -> None:
    text = message(":61:2603310331C5,00NMSCNONREF", ":86:111?20Text?32Acme", closing="C260331EUR105,00")
    line = read(text.replace("DE89370400440532013000", account)).bank_lines.iloc[0]
    assert (line["class"], line["txn_code"]) == (kind, "NMSC+111")


def test_a_time_that_a_line_break_tore_is_text() -> None:
    bank = read(message(":61:2603310331C5,00NTRFNONREF", ":86:paid 16", ":20:37 h", ":26:11 h", closing="C260331EUR105,00"))
    assert bank.bank_lines["remittance_text"].tolist() == ["paid 16 :20:37 h :26:11 h"]


@pytest.mark.parametrize("tail", [":86:D000000C000001D0,00C5,00", ":86:/SUM/0/1/0,00/5,00/", ":90D:0EUR0,00\n:90C:1EUR5,00"])
def test_sums_behind_the_closing_balance_must_agree(tail: str) -> None:
    good = message(":61:2603310331C5,00NTRFNONREF", closing="C260331EUR105,00").replace("\n-\n", f"\n{tail}\n-\n")
    assert len(read(good).bank_lines) == 1
    with pytest.raises(InputError, match=r"the bank (sums|counts).*holds"):
        read(good.replace(tail, tail.replace("5,00", "5,01")))


def test_no_changed_byte_does_more_than_refuse() -> None:
    whole = (SAMPLES / "swiss_950_last_page.sta").read_bytes() + (SAMPLES / "polish_tilde.sta").read_bytes()
    for at in range(len(whole)):
        for byte in (0x30, 0x3A, 0xFF):
            with contextlib.suppress(InputError):
                read(whole[:at] + bytes([byte]) + whole[at + 1 :])


def test_pieces_of_statements_are_named_as_such() -> None:
    for piece in (":64:C260331EUR1,", ":28C:1/1", ":86:166?20x", ":NS:"):
        with pytest.raises(InputError, match="a piece of a statement"):
            read(piece)
    with pytest.raises(InputError, match=r"neither an opening .60F. nor a closing balance .62F.*after line 2"):
        read("\n:20:X\n")


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
        (["?20Rechnung 1?32ACME"], "Rechnung 1", "ACME"),
        (["051<00Przelew<20FV 7", "<32ACME <33SP. Z O.O."], "FV 7", "ACME SP. Z O.O."),
        (["020^00X^20FV 8^34000^3011402004^32ACME"], "FV 8", "ACME"),
        (["166?20SVWZ+Text?32ACME?33 LTD?70For another"], "Text", "ACME LTD"),
        (["+20 EUR discount as agreed"], "+20 EUR discount as agreed", ""),
        (["/ORDP/NAME/ACME/REMI/Invoice 5"], "Invoice 5", "ACME"),
        (["/CNTP///ACME///REMI/USTD//Invoice 6/"], "Invoice 6", "ACME"),
        (["/TYPE/150:SERVICE/REF:C6//INFO/AC27/OUTWARD/"], "AC27/OUTWARD", ""),
        (["/PT/DE/EI/2310 049/BO/04982601/BO1/ACME INC/PY/INV 7"], "INV 7", "ACME INC"),
        (["/PT/FT/BO/ACME INC"], "/PT/FT/BO/ACME INC", "ACME INC"),
        (["/EREF/1566//CNTP/NL32INGB0000012345/INGBNL2A/Acme Handelsmij", "Noord///REMI/USTD//x/"], "x", "Acme Handelsmij Noord"),
    ],
)
def test_field_86_in_its_dialects(lines: list[str], text: str, name: str) -> None:
    told = details(lines)
    assert (told.text, told.name) == (text, name)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-(10**9), 10**9).filter(bool), st.dates(date(1990, 1, 1), date(2070, 1, 1)), st.text("ABC xyz0123/-.", max_size=30)
        ),
        max_size=6,
    ),
    st.sampled_from(["\r\n", "\n", "\r"]),
)
def test_what_is_written_is_read_back(lines: list[tuple[int, date, str]], wrap: str) -> None:
    written = []
    for amount, day, text in lines:
        digits = f"{abs(amount) // 100},{abs(amount) % 100:02d}"
        written += [f":61:{day:%y%m%d%m%d}{'C' if amount > 0 else 'D'}{digits}NTRFNONREF", f":86:x{text}"]
    closing = 10000 + sum(amount for amount, _, _ in lines)
    text = message(*written, closing=f"{'C' if closing >= 0 else 'D'}260331EUR{abs(closing) // 100},{abs(closing) % 100:02d}")
    found = read(text.replace("\n", wrap)).bank_lines.sort_values("line_no")
    assert found["amount"].tolist() == [amount for amount, _, _ in lines]
    assert found["booking_date"].dt.date.tolist() == [day for _, day, _ in lines]
    assert found["remittance_text"].tolist() == [" ".join(f"x{text}".split()) for _, _, text in lines]


@pytest.mark.data
def test_every_real_statement_that_ties_is_read_and_every_refusal_names_its_damage() -> None:
    found = [outcome(path) for path in sorted((DATA / "mt940").iterdir())]
    assert all(refused.where and refused.cure for refused in found if isinstance(refused, InputError))
    banks = [bank for bank in found if isinstance(bank, BankFile)]
    assert len(banks) == 23
    for bank in banks:
        heads = bank.statements
        assert bank.completeness == "proven"
        assert (heads["opening"] + heads["credits"] - heads["debits"] == heads["closing"]).all()


def test_a_creditor_reference_is_no_account() -> None:
    text = message(":61:2603310331C5,00NTRFRF18539007547034//B1", ":86:/REMI/STRD/CUR/SCOR/RF18539007547034", closing="C260331EUR105,00")
    line = read(text).bank_lines.iloc[0]
    assert (line["remitter_account"], line["end_to_end_id"]) == ("", "RF18539007547034")


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("/REMI/INV 7/ORDP/MILLPOND DAIRY", "MILLPOND DAIRY"),
        ("/REMI/INV 7/BENM/MILLPOND DAIRY", "MILLPOND DAIRY"),
        ("/REMI/INV 7/ORDP/LAKESIDE/BENM/MILLPOND DAIRY", ""),
        ("/REMI/INV 7/ORDP//NAME/CEDAR SUPPLY", "CEDAR SUPPLY"),
    ],
)
def test_a_name_may_stand_bare_behind_the_word_for_its_party(told: str, name: str) -> None:
    line = read(message(":61:2603310331C5,00NTRFNONREF", f":86:{told}", closing="C260331EUR105,00")).bank_lines.iloc[0]
    assert line["remitter_name"] == name


def test_a_code_alone_before_its_text_hides_nothing_of_it() -> None:
    text = ":86:032~00PRZELEW~20FV 12~32JAN KOWALSKI~33UL. DLUGA 1~38PL27114020040000300201355387"
    line = read(message(":61:2603310331C5,00N032NONREF", ":86:032", text, closing="C260331EUR105,00")).bank_lines.iloc[0]
    assert line[["remitter_name", "remitter_account", "remittance_text"]].tolist() == [
        "JAN KOWALSKI UL. DLUGA 1", "PL27114020040000300201355387", "FV 12",
    ]  # fmt: skip


@pytest.mark.parametrize(("field", "bearer"), [("61", "SHA"), ("86", "")])
def test_mp61_the_bank_says_who_bears_charges_and_the_payer_does_not(field: str, bearer: str) -> None:
    booking = ":61:2603310331C5,00NTRFNONREF"
    lines = (booking, "/CHGS/EUR1,00 71A:SHA") if field == "61" else (booking, ":86:INVOICE 1 71A:SHA")
    bank = read(message(*lines, closing="C260331EUR105,00"))
    assert bank.bank_lines["charge_bearer"].tolist() == [bearer]
