"""Advices as EDI and XML: X12 820, EDIFACT REMADV, remt.001; every count and control number, every figure, every cut (T09, LD-10)."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.received import Received
from arwork.intake.remittance import edifact, remt
from arwork.intake.remittance.claim import Advised, decoded, read_advice
from arwork.intake.remittance.x12 import Context, bare_segments, paid_documents, segments, transaction
from arwork.intake.remittance.x12_envelope import transaction_sets
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples" / "advices"
EDI = ("retailer_820.edi", "wholesaler_remadv.edi", "treasury_remt_v05.xml")
BARE = Context("addenda.ach", "USD", ISO)


def read(text: str | bytes) -> Advised:
    data = text.encode() if isinstance(text, str) else text
    return read_advice(Received("advice.edi", data, hashlib.sha256(data).hexdigest()), ISO)


def x12(*body: str, total: str = "100.00", head: str = "", end: str = "~", element: str = "*") -> str:
    """Write an interchange with one 820 whose counts agree."""
    inner = [
        f"BPR*I*{total}*C*ACH*CTX*01*071000505*DA*44*1599000701**01*121000358*DA*99*20260320",
        "TRN*1*T-1",
        *filter(None, [head]),
        "ENT*1",
        *body,
    ]
    lines = [
        "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260318*0610*U*00401*000000001*0*P*>",
        "GS*RA*A*B*20260318*0610*1*X*004010", "ST*820*0001", *inner, f"SE*{len(inner) + 2}*0001", "GE*1*1", "IEA*1*000000001",
    ]  # fmt: skip
    return "".join(f"{line}{end}" for line in lines).replace("*", element)


def first(said: Advised) -> tuple[str, int, int, int, int, str, int]:
    row = said.remittance.sort_values("line_no").iloc[0]
    return (
        row["doc_reference"], row["gross_amount"], row["discount_amount"], row["deduction_amount"], row["net_amount"], row["deduction_reason"],
        row["confidence"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (["RMR*IV*I-1*PO*98.00*100.00*2.00"], ("I-1", 10000, 200, 0, 9800, "", 1_000_000)),
        (["RMR*IV*I-1*PO*98.00"], ("I-1", 9800, 0, 0, 9800, "", 1_000_000)),
        (["RMR*IV*I-1*PO**100.00*2.00"], ("I-1", 10000, 200, 0, 9800, "", 1_000_000)),
        (["RMR*IV*I-1*PO*90.00*100.00*2.00"], ("I-1", 10000, 200, 800, 9000, "not explained by the advice", 1_000_000)),
        (["RMR*IV*I-1*PO*90.00*100.00*2.00*04*-8.00"], ("I-1", 10000, 200, 800, 9000, "04 item not accepted, damaged", 1_000_000)),
        (["RMR*IV*I-1*PO*90.00*100.00*2.00*04*8.00"], ("I-1", 10000, 200, 800, 9000, "04 item not accepted, damaged", 1_000_000)),
        (
            ["RMR*IV*I-1*PO*90.00*100.00*2.00*04*-3.00"],
            ("I-1", 10000, 200, 800, 9000, "04 item not accepted, damaged; not explained by the advice", 1_000_000),
        ),
        (["RMR*IV*I-1*PO*90.00***04*-8.00"], ("I-1", 9800, 0, 800, 9000, "04 item not accepted, damaged", 940_000)),
        (["RMR*IV*I-1*PO*90.00*100.00*2.00", "ADX*-8.00*59"], ("I-1", 10000, 200, 800, 9000, "59 item not received", 1_000_000)),
        (["RMR*IV**PO*5.00", "REF*IV*I-9"], ("I-9", 500, 0, 0, 500, "", 1_000_000)),
        (["RMR*IV**PO*5.00"], ("no document stated", 500, 0, 0, 500, "", 1_000_000)),
        (["ADX*-20.00*CM*CM*C-1"], ("C-1", -2000, 0, 0, -2000, "CM covered by credit memo", 1_000_000)),
        (["ADX*-20.00*11"], ("adjustment 11", 0, 0, 2000, -2000, "11 returns, damage", 1_000_000)),
        (["ADX*20.00*53*IV*I-3"], ("I-3", 0, 0, -2000, 2000, "53 remittance for previous underpayment", 1_000_000)),
        (["RMT*IV*I-1*640.00*700.00**680.00*20.00*40.00*21"], ("I-1", 70000, 2000, 4000, 64000, "21 shipping and freight", 1_000_000)),
        (["RMR*IV*I-1*PO*.5"], ("I-1", 50, 0, 0, 50, "", 1_000_000)),
    ],
)
def test_t09_gross_less_discount_less_deduction_is_net(body: list[str], line: tuple[str, int, int, int, int, str, int]) -> None:
    assert first(read(x12(*body))) == line


def test_an_adjustment_on_top_of_the_paid_amount_is_taken_off_where_only_so_the_payment_is_made() -> None:
    body = ["RMR*IV*I-1*PO*98.00*100.00*2.00", "ADX*-8.00*04", "RMR*IV*I-2*PO*10.00"]
    assert first(read(x12(*body, total="100.00")))[2:6] == (200, 800, 9000, "04 item not accepted, damaged")
    assert first(read(x12(*body, total="108.00")))[4] == 9800


def test_g_05_a_sum_that_is_not_the_payment_is_told_and_read() -> None:
    said = read(x12("RMR*IV*I-1*PO*90.00", total="100.00"))
    assert said.remittance["payment_amount"].tolist() == [10000]
    assert [(f.rule, f.severity) for f in said.findings] == [("G-05", "warn")]
    assert "difference 10.00" in said.findings[0].sentence


@pytest.mark.parametrize(("end", "element"), [("~", "*"), ("~\n", "*"), ("\n", "|"), ("\r\n", "*"), ("\\", "+"), ("\x1c", "\x1d")])
def test_delimiters_come_from_the_interchange(end: str, element: str) -> None:
    assert first(read(x12("RMR*IV*I-1*PO*98.00", end=end, element=element)))[0] == "I-1"


def test_currency_is_stated_or_the_dollar() -> None:
    assert read(x12("RMR*IV*I-1*PO*98.00")).remittance["currency"].tolist() == ["USD"]
    assert read(x12("RMR*IV*I-1*PO*98", head="CUR*PR*JPY", total="98")).remittance["net_amount"].tolist() == [98]
    assert read(x12("RMR*IV*I-1*PO*98.00").replace("CTX*01*071", "CTX*04*071")).remittance["currency"].tolist() == ["CAD"]


WRONG = [
    ("SE*5*0001", "SE*6*0001", "SE counts 6 segments, the file holds 5"),
    ("SE*5*0001", "SE*5*0002", "begins with control number '0001' and ends with '0002'"),
    ("GE*1*1", "GE*2*1", "GE counts 2 transaction sets, the file holds 1"),
    ("GE*1*1", "GE*1*7", "the group begins with control number '1'"),
    ("IEA*1*", "IEA*3*", "IEA counts 3 groups, the file holds 1"),
    ("IEA*1*000000001", "IEA*1*000000002", "the interchange begins with control number"),
    ("IEA*1*", "IEA*x*", "IEA counts x groups"),
    ("SE*5*0001~", "", "GE stands|SE should come|SE is missing"),
    ("GE*1*1~", "", "GE is missing"),
    ("IEA*1*000000001~", "", "IEA is missing"),
    ("ST*820*0001", "ST*835*0001", "X12 835, health care claim payment"),
    ("ST*820*0001", "ST*997*0001", "X12 997, functional acknowledgement"),
    ("ST*820*0001", "ST*111*0001", "this is an X12 111, not a remittance advice"),
    ("98.00", "98,00", "RMR04 is not an amount"),
    ("98.00", "98.001", "more than the 2 decimals"),
    ("98.00", "", "an RMR states no amount"),
    ("*100.00*", "*hundred*", "BPR02 is not an amount"),
    ("20260320", "20261320", "not a day"),
]


@pytest.mark.parametrize(("good", "bad", "why"), WRONG)
def test_ld_10_a_count_number_or_figure_that_is_wrong_refuses_the_file(good: str, bad: str, why: str) -> None:
    text = x12("RMR*IV*I-1*PO*98.00").replace("SE*6*0001", "SE*6*0001")
    text = text.replace("~ENT*1", "").replace("SE*6*", "SE*5*")
    assert good in text
    assert len(read(text).remittance) == 1
    with pytest.raises(InputError, match=why) as refused:
        read(text.replace(good, bad, 1))
    assert refused.value.where
    assert refused.value.cure


def test_leading_zeros_of_control_numbers_say_nothing() -> None:
    assert len(read(x12("RMR*IV*I-1*PO*98.00").replace("SE*6*0001", "SE*6*000000001")).remittance) == 1


def test_several_interchanges_with_other_delimiters_follow_each_other() -> None:
    said = read(x12("RMR*IV*I-1*PO*98.00") + "\r\n" + x12("RMR*IV*I-2*PO*98.00", end="\n", element="|"))
    assert sorted(said.remittance["doc_reference"]) == ["I-1", "I-2"]
    with pytest.raises(InputError, match="something other than an interchange"):
        read(x12("RMR*IV*I-1*PO*98.00") + "rubbish")


def test_a_payment_without_documents_is_refused_alone_and_told_among_others() -> None:
    with pytest.raises(InputError, match="which pays no document"):
        read(x12())
    said = read(x12("RMR*IV*I-1*PO*100.00") + x12())
    assert any("1 of 2 payments name no document" in finding.sentence for finding in said.findings)


@pytest.mark.parametrize(
    "text",
    [
        r"RMR*IV*4711**10.50\RMR*IV*4712*PI*2*3*1\ "[:-1],
        "RMR*IV*4711**10.50~RMR*IV*4712*PI*2*3*1~",
        "RMR|IV|4711||10.50\nRMR|IV|4712|PI|2|3|1",
    ],
)
def test_bare_segments_of_addenda_are_read(text: str) -> None:
    found = paid_documents(bare_segments(text), BARE)
    assert [(d.document, d.gross, d.discount, d.net) for d in found] == [("4711", 1050, 0, 1050), ("4712", 300, 100, 200)]


def test_lines_are_counted_through_blank_and_wrapped_lines() -> None:
    assert [s.line for s in segments("A*1~\n\n  B*2~C*3~\nD~")] == ["1", "3", "3", "4"]


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Z0-9-]{1,20}", fullmatch=True), st.integers(-(10**9), 10**9), st.integers(0, 10**6), st.integers(0, 10**6)
        ),
        min_size=1,
        max_size=20,
    )
)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(rows: list[tuple[str, int, int, int]]) -> None:
    def text(minor: int) -> str:
        return str(Decimal(minor).scaleb(-2))

    body = [f"RMR*IV*{d}*PO*{text(net)}*{text(net + disc + ded)}*{text(disc)}*ZZ*{text(-ded)}" for d, net, disc, ded in rows]
    (one,) = transaction_sets(x12(*body, total=text(sum(net for _, net, _, _ in rows))), "x")
    said = transaction(one.found, one.number, "x", ISO)
    assert [(d.document, d.net, d.discount, d.deduction) for d in said.documents] == rows
    assert said.amount == sum(net for _, net, _, _ in rows)


def quickly(name: str, data: bytes) -> object:
    """Read a sample's bytes without making a table of it; InputError is the only thing that may be raised."""
    if name.endswith(".xml"):
        return remt.read(Received(name, data, "0" * 64), ISO)
    text, _ = decoded(Received(name, data, "0" * 64), "")
    if name.startswith("wholesaler"):
        return edifact.read(text, name, ISO)
    return [transaction(one.found, one.number, name, ISO) for one in transaction_sets(text, name)]


@pytest.mark.parametrize("name", EDI)
def test_ld_10_a_file_cut_at_any_byte_is_refused(name: str) -> None:
    data = (SAMPLES / name).read_bytes().rstrip()
    whole = quickly(name, data)
    for cut in range(len(data) - 1):
        try:
            said = quickly(name, data[:cut])
        except InputError:
            continue
        assert name.startswith("retailer"), cut
        assert said == whole or not said, cut


@pytest.mark.parametrize("name", EDI)
@pytest.mark.parametrize("change", [b"\x00", b"\xff", b"9", b"'", b" ", b"*", b""])
def test_one_changed_byte_is_read_or_refused_and_nothing_else(name: str, change: bytes) -> None:
    data = (SAMPLES / name).read_bytes()
    for at in range(len(data)):
        with suppress(InputError):
            quickly(name, data[:at] + change + data[at + 1 :])


REMADV = "UNB+UNOC:3+A:14+B:14+260319:0815+R1'"
REMADV += "UNH+1+REMADV:D:96A:UN'BGM+481+AV-1+9'CUX+2:EUR:11'DOC+380+RE-1'MOA+9:100'MOA+12:98,50'UNS+S'MOA+12:98.50'UNT+9+1'UNZ+1+R1'"


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [
        ("UNT+9", "UNT+8", "UNT counts 8 segments, the file holds 9"),
        ("UNT+9+1", "UNT+9+2", "begins with reference '1' and ends with '2'"),
        ("UNZ+1+R1", "UNZ+2+R1", "UNZ counts 2 messages"),
        ("UNZ+1+R1'", "", "cut off"),
        ("UNT+9+1'", "", "a message has no end"),
        ("REMADV", "INVOIC", "EDIFACT INVOIC, an invoice, not a remittance advice"),
        ("MOA+12:98,50", "MOA+12:x", "is not an amount"),
        ("CUX+2:EUR", "CUX+2:QQQ", "states no known currency"),
        ("MOA+9:100'MOA+12:98,50'", "FTX+AAA'FTX+BBB'", "neither an amount remitted"),
    ],
)
def test_edifact_counts_and_figures_are_checked(good: str, bad: str, why: str) -> None:
    assert first(read(REMADV))[:5] == ("RE-1", 10000, 0, 150, 9850)
    with pytest.raises(InputError, match=why):
        read(REMADV.replace(good, bad, 1))


def test_edifact_service_characters_and_release() -> None:
    text = "UNA;*.! ~" + REMADV.replace("+", "*").replace(":", ";").replace("'", "~").replace(",", ".").replace("RE-1", "RE!*1!~x!!")
    assert first(read(text))[0] == "RE*1~x!"


def block(strd: str, payment: str = "") -> str:
    head = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:remt.001.001.02"><RmtAdvc><GrpHdr><MsgId>M</MsgId></GrpHdr><RmtInf><Strd>'
    return f"{head}{strd}</Strd>{payment}</RmtInf></RmtAdvc></Document>"


DOC = "<RfrdDocInf><Nb>I-1</Nb></RfrdDocInf>"


@pytest.mark.parametrize(
    ("strd", "line"),
    [
        (DOC + '<RfrdDocAmt><RmtdAmt Ccy="EUR">5.00</RmtdAmt></RfrdDocAmt>', ("I-1", 500, 0, 0, 500, "", 1_000_000)),
        (DOC + '<RfrdDocAmt><DuePyblAmt Ccy="EUR">5.00</DuePyblAmt><DscntApldAmt Ccy="EUR">1</DscntApldAmt></RfrdDocAmt>', ("I-1", 500, 100, 0, 400, "", 1_000_000)),
        (DOC + '<RfrdDocAmt><CdtNoteAmt Ccy="EUR">5.00</CdtNoteAmt></RfrdDocAmt>', ("I-1", -500, 0, 0, -500, "", 1_000_000)),
        (DOC + '<RfrdDocAmt><DuePyblAmt Ccy="EUR">5</DuePyblAmt><CdtNoteAmt Ccy="EUR">2</CdtNoteAmt></RfrdDocAmt>', ("I-1", 500, 0, 200, 300, "credit note", 940_000)),  # noqa: E501
        (
            DOC + '<RfrdDocAmt><RmtAmtAndTp><Tp><Cd>DUPA</Cd></Tp><Amt Ccy="EUR">9</Amt></RmtAmtAndTp><RmtAmtAndTp><Tp><Prtry>Remitted</Prtry></Tp>'
            '<Amt Ccy="EUR">8</Amt></RmtAmtAndTp></RfrdDocAmt>', ("I-1", 900, 0, 100, 800, "not explained by the advice", 1_000_000),
        ),
    ],
)  # fmt: skip
def test_structured_blocks_of_remt(strd: str, line: tuple[str, int, int, int, int, str, int]) -> None:
    assert first(read(block(strd))) == line


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (block(DOC + '<RfrdDocAmt><RmtdAmt Ccy="EUR">5.0001</RmtdAmt></RfrdDocAmt>'), "more than the 2 decimals"),
        (block(DOC + '<RfrdDocAmt><RmtdAmt Ccy="EUR">1e3</RmtdAmt></RfrdDocAmt>'), "cannot be read as one amount"),
        (block(DOC + '<RfrdDocAmt><RmtdAmt Ccy="XQX">5</RmtdAmt></RfrdDocAmt>'), "unknown currency"),
        (
            block(DOC + '<RfrdDocInf><Nb>I-2</Nb></RfrdDocInf><RfrdDocAmt><RmtdAmt Ccy="EUR">5</RmtdAmt></RfrdDocAmt>'),
            "one amount for 2 documents",
        ),
        (block(DOC), "which pays no document"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]>" + block(DOC), "document type"),
        (block(DOC)[:-9], "cut off or damaged"),
        ('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><x/></Document>', "XML of another kind"),
    ],
)
def test_xml_that_cannot_be_read_is_refused(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as refused:
        read(text)
    assert refused.value.where


@pytest.mark.parametrize("text", ["<:/>", "<n:Document/>", "<n:RmtAdvc><n:Rmt/></n:RmtAdvc>"])
def test_xml_with_a_prefix_that_is_not_declared_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read(text)
