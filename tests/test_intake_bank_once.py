"""Everything once (EX-10, AX-13 row 6): disguises of one statement, overlaps, and genuine repeats that must survive."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from arwork.intake.bank.chain import continuity
from arwork.intake.bank.duplicates import once
from arwork.intake.bank.statement import BankFile
from arwork.intake.claim import read_bank
from arwork.intake.received import Received, take
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples"
IBAN = "DE89370400440532013000"


@dataclass(frozen=True)
class Booked:
    """A line for the makers below: day of March 2026, cents, text, the bank's reference."""

    day: int
    cents: int
    text: str
    ref: str = ""


A, B, C, D = Booked(2, 20000, "9401", "T77"), Booked(2, 20000, "9401", "T78"), Booked(3, -5000, "refund"), Booked(4, 7700, "9403", "T80")
TWIN = Booked(2, 10000, "monthly rent")


@functools.cache
def read(data: str | bytes, name: str) -> BankFile:
    raw = data.encode() if isinstance(data, str) else data
    return read_bank(Received(name, raw, hashlib.sha256(raw).hexdigest()), ISO)


def euros(cents: int, mark: str) -> str:
    return f"{abs(cents) // 100}{mark}{abs(cents) % 100:02d}"


def mt940(
    opening: int, *lines: Booked, number: int = 64, account: str = IBAN, reference: str = "X", day: int | None = None, wrap: int = 65
) -> str:
    last = day or max((line.day for line in lines), default=1)
    out = [f":20:{reference}", f":25:{account}", f":28C:{number}/1", f":60F:C260301EUR{euros(opening, ',')}"]
    for line in lines:
        sign = "C" if line.cents > 0 else "D"
        out.append(
            f":61:2603{line.day:02d}03{line.day:02d}{sign}{euros(line.cents, ',')}NTRFNONREF" + (f"//{line.ref}" if line.ref else "")
        )
        memo = f"/NAME/ACME TRADING LTD/REMI/{line.text}/"
        out += [":86:" + memo[:wrap], *(memo[i : i + wrap] for i in range(wrap, len(memo), wrap))]
    closing = opening + sum(line.cents for line in lines)
    return "\n".join([*out, f":62F:C2603{last:02d}EUR{euros(closing, ',')}", "-", ""])


def camt(opening: int, *lines: Booked, number: int = 64, kind: str = "053") -> str:
    def balance(code: str, cents: int, day: int) -> str:
        return (
            f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{euros(cents, ".")}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
            f"<Dt><Dt>2026-03-{day:02d}</Dt></Dt></Bal>"
        )

    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">{euros(b.cents, ".")}</Amt><CdtDbtInd>{"CRDT" if b.cents > 0 else "DBIT"}</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>2026-03-{b.day:02d}</Dt></BookgDt><ValDt><Dt>2026-03-{b.day:02d}</Dt></ValDt><AcctSvcrRef>{b.ref}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<RltdPties><Dbtr><Nm>Acme</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{b.text} camt</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        for b in lines
    )
    last = max((b.day for b in lines), default=1)
    holder, part = {"053": ("BkToCstmrStmt", "Stmt"), "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}[kind]
    balances = balance("OPBD", opening, 1) + balance("CLBD", opening + sum(b.cents for b in lines), last) if kind == "053" else ""
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.02"><{holder}><{part}><Id>C{number}</Id>'
        f"<ElctrncSeqNb>{number}</ElctrncSeqNb><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>{balances}{entries}</{part}></{holder}></Document>"
    )


WHOLE = mt940(100000, A, B, C, D)
DISGUISES = {
    "same bytes": WHOLE,
    "CRLF": WHOLE.replace("\n", "\r\n"),
    "CR": WHOLE.replace("\n", "\r"),
    "BOM": b"\xef\xbb\xbf" + WHOLE.encode(),
    "re-send reference": mt940(100000, A, B, C, D, reference="RESENT"),
    "re-wrapped memo": mt940(100000, A, B, C, D, wrap=20),
    "envelope": "{1:F01BANKDEFFAXXX0000000000}{2:O940}{4:\n" + WHOLE.removesuffix("-\n") + "-}{5:{CHK:0}}\n",
    "renumbered": mt940(100000, A, B, C, D, number=65),
    "old account number": mt940(100000, A, B, C, D, account="37040044/532013000EUR"),
    "camt twin": camt(100000, A, B, C, D),
    "lines in another order": mt940(100000, D, C, B, A),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_ex_10_a_statement_loaded_twice_is_entered_once_ax_13(disguise: str) -> None:
    files = [read(WHOLE, "first.sta"), read(DISGUISES[disguise], "second")]
    statements, lines, repeated = once(files)
    assert (len(statements), len(lines), len(repeated)) == (1, 4, 4)
    assert lines["amount"].sum() == 42700
    assert repeated["reason"].str.startswith("the same statement as in").all()
    assert set(repeated["line_id"]) == set(lines["line_id"])
    for one, other in zip(once(files[::-1]), (statements, lines, repeated), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_ex_10_three_copies_under_one_name_leave_one() -> None:
    statements, lines, repeated = once([read(WHOLE, "x.sta")] * 3)
    assert (len(statements), len(lines), len(repeated)) == (1, 4, 8)


def test_ex_10_genuine_equal_payments_survive_and_keep_their_identity() -> None:
    one_file = read(mt940(0, TWIN, TWIN, C), "a.sta")
    _, lines, repeated = once([one_file, read(mt940(0, TWIN, TWIN, C, reference="AGAIN").replace("\n", "\r\n"), "b.sta")])
    assert sorted(lines["amount"]) == [-5000, 10000, 10000]
    assert set(lines["line_id"]) == set(one_file.bank_lines["line_id"])
    assert len(repeated) == 3


def test_ex_10_equal_payments_on_statements_that_follow_each_other_are_two() -> None:
    """Two pages of one day in two files: the second opens with the balance of the first."""
    first, second = read(mt940(0, TWIN, number=1), "1.sta"), read(mt940(10000, TWIN, number=2), "2.sta")
    for given in ([first, second], [second, first]):
        statements, lines, repeated = once(given)
        assert (len(statements), len(lines), len(repeated)) == (2, 2, 0)
        assert lines["line_id"].is_unique
        findings, ties = continuity(statements)
        assert not findings
        assert all(tie.holds for tie in ties)


def test_ex_10_a_week_and_its_days_make_the_week_once() -> None:
    days = [read(mt940(100000, A, B, number=1), "d2"), read(mt940(140000, C, number=2), "d3"), read(mt940(135000, D, number=3), "d4")]
    week = read(mt940(100000, A, B, C, D, number=9), "week")
    for given in ([*days, week], [week, *reversed(days)]):
        statements, lines, repeated = once(given)
        assert statements["lines"].tolist() == [4]
        assert (lines["amount"].sum(), len(repeated)) == (42700, 4)
        assert set(lines["line_id"]) == set(week.bank_lines["line_id"])


def test_ex_10_an_overlap_keeps_the_new_lines_and_the_chain_still_ties() -> None:
    early, late = read(mt940(100000, A, B, C, number=1), "early"), read(mt940(140000, C, D, number=2), "late")
    statements, lines, repeated = once([late, early])
    assert sorted(lines["amount"]) == [-5000, 7700, 20000, 20000]
    assert repeated[["source_file", "amount"]].values.tolist() == [["late", -5000]]
    assert (statements["opening"] + statements["credits"] - statements["debits"] == statements["closing"]).all()
    findings, ties = continuity(statements)
    assert not findings
    assert [tie.difference for tie in ties] == [0]


def test_ex_10_the_same_day_amount_and_bank_reference_is_the_same_line() -> None:
    """Re-issued with a corrected memo: the text differs, the bank's reference does not."""
    other = [Booked(b.day, b.cents, b.text + " corrected", b.ref) for b in (A, B)]
    _, lines, repeated = once([read(mt940(100000, A, B, C), "old"), read(mt940(100000, *other, C, D), "new")])
    assert (len(lines), lines["amount"].sum(), len(repeated)) == (4, 42700, 3)


def test_ex_10_the_days_of_another_format_are_not_entered_again() -> None:
    days = [read(mt940(100000, A, B, number=1), "d2.sta"), read(mt940(140000, C, number=2), "d3.sta")]
    statements, lines, repeated = once([*days, read(camt(100000, A, B, C, D), "week.xml")])
    assert statements["format"].tolist() == ["camt.053.001.02"]
    assert (len(lines), lines["amount"].sum(), len(repeated)) == (4, 42700, 3)


def test_ex_10_a_report_counts_only_on_days_without_a_statement() -> None:
    advice = read(camt(0, A, B, D, kind="054"), "advice.xml")
    statements, lines, repeated = once([advice, read(mt940(100000, A, B, C), "statement.sta")])
    assert (len(statements), len(lines), len(repeated)) == (1, 4, 2)
    assert lines.loc[~lines["statement_key"].isin(statements["statement_key"]), "amount"].tolist() == [7700]
    assert set(repeated["line_id"]) <= set(lines["line_id"])
    _, alone, none = once([advice, read(camt(0, A, B, D, kind="054").replace("C64", "C65"), "again.xml")])
    assert (len(alone), len(none)) == (3, 3)


DETAILS = (Booked(3, 4000, "9501"), Booked(3, 6000, "9502"), Booked(3, 2500, "9503"))
LUMP = Booked(3, 12500, "COLLECTION 3 ITEMS")


def test_ex_10_details_that_a_statement_books_as_one_sum_are_held() -> None:
    """The notification lists three items, the statement books their sum: the money is entered once, and the reason names the line."""
    details = read(camt(0, *DETAILS, kind="054"), "details.xml")
    for given in ([details, read(mt940(100000, A, LUMP), "statement.sta")], [read(mt940(100000, A, LUMP), "statement.sta"), details]):
        statements, lines, repeated = once(given)
        assert (len(statements), sorted(lines["amount"]), len(repeated)) == (1, [12500, 20000], 3)
        assert repeated["reason"].str.endswith("books 3 such lines as one sum").all()
        assert set(repeated["line_id"]) == set(lines.loc[lines["amount"] == 12500, "line_id"])


def test_ex_10_a_sum_booked_some_days_later_is_not_entered_twice() -> None:
    details = read(camt(0, *DETAILS, kind="054"), "details.xml")
    late = read(mt940(100000, Booked(6, 12500, "LOCKBOX DEPOSIT"), Booked(6, 500, "x")), "statement.sta")
    _, lines, repeated = once([details, late])
    assert (sorted(lines["amount"]), len(repeated)) == ([500, 12500], 3)
    _, lines, repeated = once([details, details, late])
    assert (sorted(lines["amount"]), len(repeated)) == ([500, 12500], 6)
    other = read(mt940(100000, Booked(6, 12400, "LOCKBOX DEPOSIT")), "statement.sta")
    _, lines, repeated = once([details, other])
    assert (lines["amount"].sum(), len(repeated)) == (24900, 0)
    far = read(mt940(100000, Booked(20, 12500, "LOCKBOX DEPOSIT")), "statement.sta")
    assert len(once([details, far])[2]) == 0


def test_ex_10_one_equal_amount_some_days_later_is_another_payment_unless_the_bank_names_both_alike() -> None:
    one = read(camt(0, Booked(2, 4000, "9501"), kind="054"), "one.xml")
    _, lines, repeated = once([one, read(mt940(100000, Booked(4, 4000, "9601")), "s.sta")])
    assert (len(lines), len(repeated)) == (2, 0)
    named = read(camt(0, Booked(2, 4000, "9501", "TRACE0001"), kind="054"), "one.xml")
    _, lines, repeated = once([named, read(mt940(100000, Booked(4, 4000, "9601", "TRACE0001")), "s.sta")])
    assert (len(lines), len(repeated)) == (1, 1)


def test_ex_10_items_booked_singly_answer_singly() -> None:
    details = read(camt(0, *DETAILS, kind="054"), "details.xml")
    _, lines, repeated = once([details, read(mt940(100000, *DETAILS, LUMP), "statement.sta")])
    assert (len(lines), len(repeated)) == (4, 3)
    assert repeated["reason"].str.endswith("books it").all()
    assert set(repeated["line_id"]) == set(lines.loc[lines["amount"] != 12500, "line_id"])


def test_ex_10_days_between_statements_that_meet_are_covered() -> None:
    """No line can have been booked between two statements whose balances meet, nor on the day of one without lines."""
    report = read(camt(0, Booked(5, 777, "x"), kind="054"), "report.xml")
    first, second = read(mt940(100000, A, number=1), "1.sta"), read(mt940(120000, Booked(9, 100, "y"), number=2), "2.sta")
    _, lines, repeated = once([report, first, second])
    assert (sorted(lines["amount"]), len(repeated)) == ([100, 20000], 1)
    apart = read(mt940(130000, Booked(9, 100, "y"), number=3), "3.sta")
    assert 777 in set(once([report, first, apart])[1]["amount"])
    still = read(mt940(100000, day=5), "still.sta")
    assert len(once([report, still])[1]) == 0


def test_ex_10_statements_that_end_where_they_began_are_told_apart_by_their_number() -> None:
    down = Booked(2, -10000, "monthly rent")
    first, second = mt940(50000, TWIN, down, number=1), mt940(50000, TWIN, down, number=2)
    statements, lines, _ = once([read(first + second, "both")])
    assert (len(statements), len(lines)) == (2, 4)
    statements, lines, repeated = once([read(first, "a"), read(first.replace(":20:X", ":20:Y"), "b")])
    assert (len(statements), len(lines), len(repeated)) == (1, 2, 2)


def test_ex_10_nothing_is_lost_or_invented() -> None:
    files = [
        read(text, f"{i}")
        for i, text in enumerate([WHOLE, DISGUISES["camt twin"], mt940(0, TWIN, account="DE2"), mt940(100000, A, B, number=3)])
    ]
    statements, lines, repeated = once(files)
    assert sum(len(file.bank_lines) for file in files) == len(lines) + len(repeated)
    assert set(lines["statement_key"]) == set(statements["statement_key"])
    assert [len(frame) for frame in once([])] == [0, 0, 0]


def test_rc_20_a_missing_statement_is_named() -> None:
    files = [read(mt940(100000, A, number=12), "a"), read(mt940(115000, D, number=14), "b")]
    findings, ties = continuity(once(files)[0])
    assert [tie.difference for tie in ties] == [5000]
    assert [(f.rule, f.severity) for f in findings] == [("RC-20", "error")]
    for told in ("number 13 is missing", "1200.00", "1150.00", "-50.00 lies between", IBAN):
        assert told in findings[0].sentence


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((12, 13), ""),
        ((12, 12), ""),
        ((12, 1), ""),
        ((0, 0), ""),
        ((12, 15), "numbers 13 to 14 between them were not given"),
        ((12, 9), "run backwards"),
    ],
)
def test_rc_20_numbers_are_doubted_only_where_they_jump(numbers: tuple[int, int], said: str) -> None:
    files = [read(mt940(100000, A, number=numbers[0]), "a"), read(mt940(120000, D, number=numbers[1]), "b")]
    findings, ties = continuity(once(files)[0])
    assert all(tie.holds for tie in ties)
    assert [f.severity for f in findings] == (["warn"] if said else [])
    assert said in "".join(f.sentence for f in findings)


def test_rc_20_statements_of_one_day_are_ordered_by_their_balances() -> None:
    names = ["c", "a", "b"]
    parts = [mt940(0, TWIN, number=0), mt940(10000, A, number=0), mt940(30000, B, number=0)]
    statements = once([read(text.replace(":20:X", f":20:{name}"), name) for text, name in zip(parts, names, strict=True)])[0]
    findings, ties = continuity(statements)
    assert (len(findings), len(ties)) == (0, 2)
    assert all(tie.holds for tie in ties)


def test_ex_10_the_sample_twins_of_two_formats_are_one_account() -> None:
    """German bank code with account number, and the IBAN of the same account."""
    statement = read(mt940(1000, TWIN, account="37040044/0532013000"), "a")
    other = read(camt(1000, TWIN), "b")
    statements, lines, repeated = once([statement, other, read_bank(take(SAMPLES / "camt053" / "swiss_v04.xml"), ISO)])
    assert statements["format"].tolist() == ["camt.053.001.04", "camt.053.001.02"]
    assert (len(lines), len(repeated)) == (5, 1)
