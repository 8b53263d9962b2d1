"""CNAB 400 and 240 returns: sequence numbers, trailers, occurrences that move money and those that do not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_intake_bank_coda import SAMPLES, every_cut_is_refused_or_whole, fixed, real, statements_of, whole

from arwork.errors import InputError
from arwork.intake.bank import cnab240, cnab400
from arwork.intake.bank.cnab_banks import BANKS


def numbered(lines: list[str]) -> list[str]:
    return [line[:394] + f"{number:06d}" for number, line in enumerate(lines, start=1)]


def title(occurrence: str, paid: int, value: int = 1000, credit: str = "010426", kind: str = "1") -> str:
    return fixed(
        400, (1, kind), (63, "1234567890"), (86, "100000009"), (109, occurrence + "310326" + "NF-1"), (147, "250326"),
        (153, f"{value:013d}"), (176, "0" * 13), (254, f"{paid:013d}"), (294, "  " + credit if credit.strip() else ""),
    )  # fmt: skip


def cnab_400(titles: list[str], bank: str = "341", trailer: str = "", more: tuple[tuple[int, str], ...] = ()) -> list[str]:
    head = fixed(400, (1, "02RETORNO01COBRANCA"), (27, "112100123450"), (77, bank + "BANCO"), (95, "310326"), *more)
    return numbered([head, *titles, fixed(400, (1, "9201" + bank + trailer.rjust(0)))])


def text(lines: list[str]) -> str:
    return "\r\n".join(lines) + "\r\n"


@pytest.mark.parametrize(
    ("bank", "occurrence", "amount"),
    [
        ("341", "06", 1000), ("341", "02", None), ("341", "03", None), ("341", "09", None), ("341", "08", 1000), ("001", "15", 1000),
        ("033", "15", None), ("033", "17", 1000), ("237", "17", 1000), ("237", "40", -1000), ("041", "06", 1000), ("004", "08", 1000),
        ("756", "05", 1000), ("748", "06", 1000), ("104", "06", None), ("435", "06", 1000), ("712", "15", 1000),
    ],
)  # fmt: skip
def test_an_occurrence_means_what_its_bank_says(bank: str, occurrence: str, amount: int | None) -> None:
    header = ((95, "20260331"),) if bank == "748" else ()
    found = statements_of(
        cnab400,
        text(cnab_400([title(occurrence, 1000, credit="" if bank in ("748", "001", "756") else "010426")], bank, more=header)).encode(),
    )
    assert found
    assert [line.amount for line in found[0][4]] == ([] if amount is None else [amount])


def test_the_caixa_numbers_its_occurrences_in_its_own_way() -> None:
    paid = fixed(400, (1, title("21", 1000, credit="")), (294, "010426"))
    back = fixed(400, (1, title("33", 400, credit="")), (294, "010426"))
    lines = whole(text(cnab_400([paid, title("02", 0, credit=""), back], "104"))).bank_lines
    assert sorted(lines["amount"]) == [-400, 1000]
    assert sorted(lines["class"]) == ["RECEIPT", "RETURN"]


def test_a_cheque_is_money_only_once_a_credit_day_is_stated() -> None:
    for credit, count in (("010426", 1), ("000000", 0), ("", 0)):
        found = statements_of(cnab400, text(cnab_400([title("76", 1000, credit=credit)])).encode())
        assert found
        assert len(found[0][4]) == count


def test_records_without_money_are_counted_in_the_proof() -> None:
    bank = whole(text(cnab_400([title("06", 1000), title("02", 0, credit=""), fixed(400, (1, "4"))])))
    assert bank.completeness == "counted"
    assert "numbered 1 to 5 without a gap" in bank.proof
    assert "moved no money are no lines: 1 of 02" in bank.proof
    assert "1 supplementary record" in bank.proof


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (cnab_400([title("06", 1000)])[:-1], "trailer .record 9. is missing"),
        (
            [*cnab_400([title("06", 1000)])[:2], cnab_400([title("06", 1000), title("06", 1)])[3]],
            "sequence number .*stated 000004, found 000003",
        ),
        (cnab_400([title("06", 1000)], "999"), "CNAB 400 return of bank 999 .BANCO., whose layout arwork does not know"),
        ([line.replace("02RETORNO", "01REMESSA") for line in cnab_400([])], "remittance .remessa."),
        (cnab_400([title("77", 1000)], "237"), "arwork does not know it at Bradesco"),
        (cnab_400([title("0A", 1000)]), "occurrence is not written in digits"),
        (cnab_400([title("06", 1000).replace("310326", "310226")]), "not a day of the calendar"),
        (cnab_400([title("06", 1000, credit="310226")]), "credit day is not a day"),
        (cnab_400([title("06", 1000, kind="X")]), "does not belong into a return"),
        (numbered([*cnab_400([title("06", 1000)]), title("06", 1000)]), "follows the trailer"),
    ],
)
def test_what_is_wrong_in_cnab_400_is_refused_by_name(lines: list[str], said: str) -> None:
    with pytest.raises(InputError, match=rf"bank.txt.*({said})"):
        whole(text(lines))


@pytest.mark.parametrize(
    ("bank", "first", "put", "said"),
    [
        ("341", 213, "00000002", "number of titles .*stated 2, found 1"),
        ("341", 221, "00000000001001", "sum of the title values .*stated 1001, found 1000"),
        ("237", 87, "00002", "number of occurrences 06 .*stated 2, found 1"),
        ("237", 92, "000000000999", "sum of occurrences 06 .*stated 999, found 1000"),
        ("237", 58, "00001", "number of occurrences 02 .*stated 1, found 0"),
    ],
)
def test_figures_of_the_trailer_must_agree_where_the_bank_defines_them(bank: str, first: int, put: str, said: str) -> None:
    lines = cnab_400([title("06", 1000)], bank)
    assert whole(text(lines)).completeness == "counted"
    lines[-1] = fixed(400, (1, lines[-1]), (first, put))
    with pytest.raises(InputError, match=f"bank.txt, line 3.*{said}"):
        whole(text(lines))


def header_240(code: str = "2") -> str:
    return fixed(
        240, (1, "00100000         2" + "12345678000199"), (53, "033448"), (73, "VIDRACARIA"), (143, code + "31032026101500000088083")
    )


def cnab_240(pairs: list[tuple[str, int]], service: str = "T01", records: int | None = None, batches: int = 1) -> list[str]:
    details = []
    for number, (movement, paid) in enumerate(pairs):
        t = f"00100013{2 * number + 1:05d}T {movement}0334480000000111133 {number:020d}7DUP-{number}"
        details.append(fixed(240, (1, t), (74, f"25032026{paid:015d}"), (149, "CONSTRUTORA")))
        u = f"00100013{2 * number + 2:05d}U {movement}"
        details.append(fixed(240, (1, u + "0" * 60), (78, f"{paid:015d}{paid:015d}"), (138, "3103202601042026")))
    batch = [fixed(240, (1, "00100011" + service), (54, "0334480000000111133")), *details]
    batch.append(fixed(240, (1, "00100015"), (18, f"{len(batch) + 1:06d}")))
    count = len(batch) + 2 if records is None else records
    return [header_240(), *batch, fixed(240, (1, "00199999"), (18, f"{batches:06d}{count:06d}"))]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (cnab_240([("06", 500)])[:-1], "trailer of the file .record 9. is missing"),
        (cnab_240([("06", 500)], records=99), "number of records in the file .*stated 99, found 6"),
        (cnab_240([("06", 500)], batches=2), "number of batches .*stated 2, found 1"),
        (cnab_240([("06", 500)], "C20"), "no return of boletos"),
        ([header_240("1"), *cnab_240([])[1:]], "remittance .remessa."),
        ([line for line in cnab_240([("06", 500)]) if line[13] != "U"], "segment U of the last title is missing"),
        ([line for line in cnab_240([("06", 500)]) if line[13] != "T"], "number of the record in its batch .*stated 00002, found 00001"),
        ([line.replace("00002U 06", "00002U 02") for line in cnab_240([("06", 500)])], "movement code of segments T and U"),
        ([line.replace("00100015", "00100025") for line in cnab_240([("06", 500)])], "batch of the record .*stated 0002, found 0001"),
        ([line.replace("00002U", "00002E") for line in cnab_240([("06", 500)])], "account statement .extrato."),
        ([*cnab_240([("06", 500)]), cnab_240([])[0]], "follows the trailer"),
        ([line.replace("3103202601042026", "3102202601042026") for line in cnab_240([("06", 500)])], "not a day of the calendar"),
    ],
)
def test_what_is_wrong_in_cnab_240_is_refused_by_name(lines: list[str], said: str) -> None:
    with pytest.raises(InputError, match=rf"bank.txt.*({said})"):
        whole(text(lines))


def test_cnab_240_titles_that_moved_no_money_are_no_lines() -> None:
    bank = whole(text(cnab_240([("06", 500), ("02", 0), ("17", 300), ("09", 0), ("45", 0)])))
    assert sorted(bank.bank_lines["amount"]) == [300, 500]
    assert "1 of 02, 1 of 09, 1 of 45" in bank.proof
    assert set(bank.bank_lines["bank_account"]) == {"001/3344/111133"}


def test_every_cut_of_the_samples() -> None:
    for name, module, tail in (("itau_400.ret", cnab400, 0), ("bradesco_400_reversal.ret", cnab400, 0), ("febraban_240.ret", cnab240, 211)):
        path = SAMPLES / "cnab" / name
        every_cut_is_refused_or_whole(module, path, len(path.read_bytes().rstrip(b"\r\n")) - tail)


def test_no_single_byte_raises_anything_but_a_refusal() -> None:
    for name, module in (("itau_400.ret", cnab400), ("bradesco_400_reversal.ret", cnab400), ("febraban_240.ret", cnab240)):
        data = (SAMPLES / "cnab" / name).read_bytes()
        for at in range(0, len(data), 3):
            for other in (b"7", b" ", b"\n", b"\xb2"):
                statements_of(module, data[:at] + other + data[at + 1 :])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 10**12), max_size=5))
def test_what_is_written_is_read_back(amounts: list[int]) -> None:
    for module, lines in (
        (cnab400, cnab_400([title("06", amount) for amount in amounts])),
        (cnab240, cnab_240([("06", amount) for amount in amounts])),
    ):
        found = statements_of(module, text(lines).encode())
        assert found
        assert [line.amount for line in found[0][4]] == amounts


def test_every_bank_of_the_table_is_complete() -> None:
    for code, bank in BANKS.items():
        assert (bank.code, len(code)) == (code, 3)
        assert bank.name
        assert bank.paid
        assert not bank.paid & (bank.cheque | bank.back | bank.known)
        assert not bank.cheque & bank.known
        assert all(1 <= first <= last <= 394 for first, last in (*bank.account, bank.title, bank.amount, bank.occurrence))


@pytest.mark.data
def test_real_files_are_read_whole_or_refused_with_a_reason() -> None:
    read, refusals = real("cnab-retorno")
    assert len(read) == 13
    assert sorted(int(bank.bank_lines["amount"].sum()) for bank in read) == [0] * 7 + [510, 1100, 2500, 80000, 94273, 1655516]
    assert ["999" in refused.what or "fixed records of 400" in refused.what for refused in refusals] == [True, True]
    assert all(bank.completeness == "counted" for bank in read)
