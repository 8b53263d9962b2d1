"""camt statements: read whole or refused, whatever hides in the XML (RC-20, 1.5, threats to files coming in)."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.bank.statement import BankFile, classify
from arwork.intake.claim import read_bank
from arwork.intake.received import Received, take
from arwork.money import ISO

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats"
SAMPLES = Path(__file__).parent / "samples"
HEAD = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
FOOT = "</BkToCstmrStmt></Document>"


def received(text: str | bytes, name: str = "bank.xml") -> Received:
    data = text.encode() if isinstance(text, str) else text
    return Received(name, data, hashlib.sha256(data).hexdigest())


def read(text: str | bytes) -> BankFile:
    return read_bank(received(text), ISO)


def balance(code: str, amount: str, currency: str = "EUR", day: str = "2026-03-31") -> str:
    mark = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{amount.lstrip("-")}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def entry(amount: str, mark: str = "CRDT", inside: str = "", status: str = "<Sts><Cd>BOOK</Cd></Sts>", currency: str = "EUR") -> str:
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{status}<BookgDt><Dt>2026-03-31</Dt></BookgDt>'
        f"<ValDt><Dt>2026-03-31</Dt></ValDt>{inside}</Ntry>"
    )


def statement(opening: str, closing: str, *entries: str, extra: str = "", number: str = "S-1") -> str:
    return (
        f"<Stmt><Id>{number}</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>"
        f"{balance('OPBD', opening)}{balance('CLBD', closing)}{extra}{''.join(entries)}</Stmt>"
    )


def document(*statements: str) -> str:
    return HEAD + "".join(statements) + FOOT


def test_rc_20_opening_and_lines_make_closing_or_the_figures_are_named() -> None:
    assert read(document(statement("10.00", "15.00", entry("5.00")))).completeness == "proven"
    with pytest.raises(InputError) as refused:
        read(document(statement("10.00", "15.01", entry("5.00"))))
    message = str(refused.value)
    for told in (
        "S-1",
        "DE89370400440532013000",
        "10.00",
        "1 line of 5.00",
        "15.00 EUR",
        "15.01",
        "difference 0.01",
        "/Document/BkToCstmrStmt/Stmt[1]",
    ):
        assert told in message


@pytest.mark.parametrize(
    "amount", ["1<!-- x -->00.00", "1<?x y?>00.00", "<![CDATA[100.00]]>", "1<![CDATA[00]]>.00", " \n100.00\t", "100", "100.000", "0100.0"]
)
def test_what_stands_inside_an_amount_never_changes_it(amount: str) -> None:
    bank = read(document(statement("0.00", "100.00", entry(amount))))
    assert bank.bank_lines["amount"].tolist() == [10000]


@pytest.mark.parametrize(
    "amount",
    ["1e2", "1E+2", "100,00", "1.000.00", "1 000.00", "+100.00", "-100.00", "NaN", "Infinity", "", "12..34", "0x64", "１００.00",
     "١٠٠", "100.001", "1<b/>00.00", "1_00.00", "100.", ".5"],
)  # fmt: skip
def test_cv_02_other_spellings_of_an_amount_are_refused_with_their_place(amount: str) -> None:
    with pytest.raises(InputError) as refused:
        read(document(statement("0.00", "100.00", entry(amount))))
    assert "Ntry[1]/Amt" in str(refused.value)


@pytest.mark.parametrize(
    "prolog",
    ["<!DOCTYPE Document>", '<!DOCTYPE Document SYSTEM "http://127.0.0.1/x.dtd">', '<!DOCTYPE d [<!ENTITY a "100.00">]>',
     '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused(prolog: str, encoding: str) -> None:
    text = document(statement("0.00", "100.00", entry("100.00")))
    with pytest.raises(InputError, match="DOCTYPE"):
        read((prolog + text).encode(encoding))
    assert read(text.encode(encoding)).completeness == "proven"


@pytest.mark.parametrize("noise", ["<!-- 0 -->", "<?bank 1?>", "<![CDATA[]]>"])
def test_comments_in_every_text_of_a_sample_change_nothing(noise: str) -> None:
    plain = (SAMPLES / "camt053" / "german_v02.xml").read_text(encoding="utf-8")
    torn = re.sub(r">([^<>&\s][^<>&]*?)([^<>&]?)<", rf">\1{noise}\2<", plain)
    assert torn.count(noise) == 80
    columns = ["line_id", "amount", "remittance_text", "remitter_name", "class_reason"]
    assert read(torn).bank_lines[columns].equals(read(plain).bank_lines[columns])


def test_deep_and_unclosed_nesting_is_refused() -> None:
    with pytest.raises(InputError):
        read(document(statement("0.00", "0.00", extra="<x>" * 5000 + "</x>" * 5000)))
    with pytest.raises(InputError):
        read(HEAD + "<x>" * 200_000)


@settings(deadline=None)
@given(st.data())
def test_every_prefix_of_a_statement_is_refused(data: st.DataObject) -> None:
    whole = (SAMPLES / "camt053" / "german_v02.xml").read_bytes().rstrip()
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(InputError):
        read(whole[:cut])


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_a_changed_amount_or_mark_does_not_pass(data: st.DataObject) -> None:
    amounts = data.draw(st.lists(st.integers(1, 10**9), min_size=1, max_size=5))
    which = data.draw(st.integers(0, len(amounts) - 1))
    change = data.draw(st.integers(1, 10**6))
    closing = ISO.text(sum(amounts), "EUR")
    text = document(statement("0.00", closing, *(entry(ISO.text(a, "EUR")) for a in amounts)))
    assert read(text).bank_lines["amount"].sum() == sum(amounts)
    changed = [a + change if i == which else a for i, a in enumerate(amounts)]
    turned = ["DBIT" if i == which else "CRDT" for i in range(len(amounts))]
    for other in (
        [entry(ISO.text(a, "EUR")) for a in changed],
        [entry(ISO.text(a, "EUR"), mark) for a, mark in zip(amounts, turned, strict=True)],
        [entry(ISO.text(a, "EUR")) for i, a in enumerate(amounts) if i != which],
    ):
        with pytest.raises(InputError, match="does not tie"):
            read(document(statement("0.00", closing, *other)))


@pytest.mark.parametrize(
    ("status", "left_out"),
    [
        ("<Sts>PDNG</Sts>", "1 pending entry"),
        ("<Sts><Cd>PDNG</Cd></Sts>", "1 pending entry"),
        ("<Sts><Cd>INFO</Cd></Sts>", "1 informative entry"),
    ],
)
def test_unbooked_entries_are_left_out_and_counted(status: str, left_out: str) -> None:
    bank = read(document(statement("0.00", "1.00", entry("1.00", status=""), entry("9.00", status=status))))
    assert bank.bank_lines["amount"].tolist() == [100]
    assert left_out in bank.proof


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        ("<TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries>", "counts 2 entries, the file holds 1"),
        ("<TtlNtries><NbOfNtries>1</NbOfNtries><Sum>5.01</Sum></TtlNtries>", "sums 5.01, the entries make 5.00"),
        ("<TtlDbtNtries><NbOfNtries>1</NbOfNtries></TtlDbtNtries>", "counts 1 entries, the file holds 0"),
    ],
)
def test_the_banks_own_summary_must_agree(summary: str, said: str) -> None:
    good = "<TxsSummry><TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>5.00</Sum></TtlCdtNtries></TxsSummry>"
    assert read(document(statement("0.00", "5.00", entry("5.00"), extra=good))).completeness == "proven"
    with pytest.raises(InputError, match=said):
        read(document(statement("0.00", "5.00", entry("5.00"), extra=f"<TxsSummry>{summary}</TxsSummry>")))


def test_one_currency_everywhere() -> None:
    mixed = document(statement("0.00", "5.00", entry("5.00"))).replace(balance("CLBD", "5.00"), balance("CLBD", "5.00", "USD"))
    strange = [document(statement("0.00", "5.00", entry("5.00", currency=currency))) for currency in ("USD", "XXQ")]
    for text in (mixed, *strange):
        with pytest.raises(InputError, match=r"unknown currency|an account in EUR|no closing balance in EUR"):
            read(text)


@pytest.mark.parametrize("balances", ["", balance("OPBD", "1.00"), balance("CLBD", "6.00")])
def test_statements_without_both_balances_are_read_and_not_proven(balances: str) -> None:
    bank = read(document(f"<Stmt><Id>S</Id><Acct><Id><IBAN>DE1</IBAN></Id></Acct>{balances}{entry('5.00')}</Stmt>"))
    assert (bank.completeness, len(bank.statements), bank.bank_lines["amount"].tolist()) == ("not_proven", 0, [500])
    assert "nothing proves that it is whole" in bank.proof
    assert [bank.stated[0].opening, bank.stated[0].closing] == [100 if "OPBD" in balances else None, 600 if "CLBD" in balances else None]


def test_an_entry_without_any_date_takes_that_of_the_report_and_says_so() -> None:
    bare = entry("5.00").replace("<BookgDt><Dt>2026-03-31</Dt></BookgDt>", "")
    bare = bare[: bare.index("<ValDt>")] + bare[bare.index("</ValDt>") + 8 :] if "<ValDt>" in bare else bare
    account = "<Id>N</Id>{}<Acct><Id><IBAN>DE1</IBAN></Id></Acct>"
    with pytest.raises(InputError, match="a booked entry has no date"):
        read(document(f"<Stmt>{account.format('')}{bare}</Stmt>"))
    bank = read(document(f"<Stmt>{account.format('<CreDtTm>2026-03-30T08:00:00</CreDtTm>')}{bare}</Stmt>"))
    assert bank.bank_lines["booking_date"].dt.date.astype(str).tolist() == ["2026-03-30"]
    assert "states no date, that of the report stands in (2026-03-30)" in bank.bank_lines["class_reason"].iloc[0]


def test_reports_without_balances_are_not_proven() -> None:
    bare = f"<Stmt><Id>S</Id><Acct><Id><IBAN>DE1</IBAN></Id></Acct>{entry('5.00')}</Stmt>"
    report = HEAD.replace("053", "052").replace("Stmt>", "AcctRpt>") + bare.replace("Stmt>", "Rpt>") + "</BkToCstmrAcctRpt></Document>"
    bank = read(report)
    assert (bank.completeness, len(bank.statements), len(bank.bank_lines)) == ("not_proven", 0, 1)


def test_a_bulk_entry_splits_only_when_its_parts_make_it() -> None:
    def part(amount: str, mark: str = "CRDT") -> str:
        return f'<TxDtls><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd></TxDtls>'

    def lines(*parts: str) -> list[int]:
        inside = f"<NtryDtls>{''.join(parts)}</NtryDtls>"
        bank = read(document(statement("0.00", "5.00", entry("5.00", inside=inside))))
        assert bank.bank_lines["class_reason"].str.contains("bulk entry of 2|payments of a bulk entry").all()
        return sorted(bank.bank_lines["amount"].tolist())

    assert lines(part("2.00"), part("3.00")) == [200, 300]
    assert lines(part("2.00"), part("2.99")) == [500]
    assert lines(part("6.00"), part("1.00", "DBIT")) == [500]
    assert lines(part("2.00"), "<TxDtls/>") == [500]


def test_equal_lines_of_one_file_stay_apart_and_keep_their_identity_in_other_bytes() -> None:
    inside = "<NtryDtls><TxDtls><RmtInf><Ustrd>9401 and 9402</Ustrd></RmtInf></TxDtls></NtryDtls>"
    first = read(document(statement("0.00", "10.00", entry("5.00", inside=inside), entry("5.00", inside=inside))))
    again = read(
        document(
            statement(
                "0.00", "10.00", entry("5.00", inside=inside), entry("5.0", inside=inside.replace(" and ", "\n and\t")), number="S-1b"
            )
        )
    )
    ids = sorted(first.bank_lines["line_id"])
    assert [i.rpartition("-")[2] for i in ids] == ["1", "2"]
    assert len({i.rpartition("-")[0] for i in ids}) == 1
    assert ids == sorted(again.bank_lines["line_id"])


def test_step_a_own_transfers_are_named_by_the_own_accounts() -> None:
    def payer(iban: str) -> str:
        return f"<NtryDtls><TxDtls><RltdPties><DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties></TxDtls></NtryDtls>"

    inside = [payer("DE02120300000000202051"), payer("DE91100000000123456789")]
    bank = read(document(statement("0.00", "3.00", entry("1.00", inside=inside[0]), entry("2.00", inside=inside[1]))))
    lines = classify(bank.bank_lines, ["de02 1203 0000 0000 2020 51", ""]).set_index("amount")
    assert lines["class"].to_dict() == {100: "OWN_TRANSFER", 200: "RECEIPT"}
    assert "DE02120300000000202051" in str(lines.loc[100, "class_reason"])


def details(*parts: str, batch: str = "") -> str:
    return f"<NtryDtls>{batch}{''.join(parts)}</NtryDtls>"


def foreign(stated: str, path: str = "AmtDtls/CntrValAmt") -> str:
    opened = "".join(f"<{name}>" for name in path.split("/"))
    closed = "".join(f"</{name}>" for name in reversed(path.split("/")))
    return opened + f'<Amt Ccy="EUR">{stated}</Amt>' + closed


@pytest.mark.parametrize("path", ["AmtDtls/CntrValAmt", "AmtDtls/TxAmt", "AmtDtls/InstdAmt", "NtryDtls/TxDtls/AmtDtls/CntrValAmt"])
def test_an_entry_in_another_currency_reads_at_its_stated_amount_only_where_the_statement_ties(path: str) -> None:
    bank = read(document(statement("10.00", "5.50", entry("5.00", "DBIT", foreign("4.50", path), currency="USD"))))
    line = bank.bank_lines.iloc[0]
    assert (line["amount"], line["currency"], line["orig_currency"], line["orig_amount"]) == (-450, "EUR", "USD", 500)
    assert "1 entry in another currency read at the amount that the bank states" in bank.proof
    with pytest.raises(InputError, match="does not tie"):
        read(document(statement("10.00", "5.00", entry("5.00", "DBIT", foreign("4.50", path), currency="USD"))))
    with pytest.raises(InputError, match="an entry in USD on an account in EUR, without its amount in EUR"):
        read(document(statement("10.00", "5.50", entry("5.00", "DBIT", currency="USD"))))


def test_a_report_without_balances_proves_no_amount_of_another_currency() -> None:
    inside = f"<Acct><Id><IBAN>DE1</IBAN></Id><Ccy>EUR</Ccy></Acct>{entry('5.00', inside=foreign('4.50'), currency='USD')}"
    report = HEAD.replace("053", "052").replace("Stmt>", "AcctRpt>") + f"<Rpt><Id>R</Id>{inside}</Rpt></BkToCstmrAcctRpt></Document>"
    with pytest.raises(InputError, match=r"5.00 USD .*on an account in EUR, and no balance proves its amount"):
        read(report)


def test_the_balances_are_those_of_the_account_the_earliest_opens_and_the_latest_closes() -> None:
    inside = (
        balance("CLBD", "7.00", day="2026-03-30") + balance("OPBD", "5.00", day="2026-03-30") + balance("CLAV", "99.00", "USD")
        + balance("CLBD", "9.00", day="2026-03-31") + balance("OPBD", "7.00", day="2026-03-31") + balance("OPBD", "1.00", "USD", day="2026-03-01")
    )  # fmt: skip
    account = "<Id>S</Id><Acct><Id><IBAN>DE1</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    bank = read(document(f"<Stmt>{account}{inside}{entry('2.00')}{entry('2.00')}</Stmt>"))
    assert bank.statements[["opening", "closing"]].values.tolist() == [[500, 900]]
    with pytest.raises(InputError, match="states no closing balance in EUR"):
        read(document(f"<Stmt>{account}{balance('OPBD', '5.00')}{balance('CLBD', '5.00', 'USD')}</Stmt>"))


def test_a_balance_named_in_words_of_the_bank_reads_where_the_word_is_the_code() -> None:
    text = document(statement("1.00", "1.00")).replace("<Cd>OPBD</Cd>", "<Prtry>OPBD</Prtry>")
    assert read(text).completeness == "proven"


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        ("<Btch><NbOfTxs>3</NbOfTxs></Btch>", "counts 3 transactions in a batch, the file holds 2"),
        ('<Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy="EUR">4.99</TtlAmt></Btch>', ""),
        ("<Btch><NbOfTxs>1</NbOfTxs></Btch>", ""),
        ("<Btch><NbOfTxs>many</NbOfTxs></Btch>", ""),
    ],
)
def test_a_batch_whose_details_are_missing_is_refused(batch: str, said: str) -> None:
    parts = ['<TxDtls><Amt Ccy="EUR">2.00</Amt></TxDtls>', "<TxDtls/>"]
    text = document(statement("0.00", "5.00", entry("5.00", inside=details(*parts, batch=batch))))
    if said:
        with pytest.raises(InputError, match=said):
            read(text)
    else:
        assert read(text).bank_lines["amount"].tolist() == [500]


def test_a_batch_that_adds_up_must_have_the_sum_that_the_bank_states() -> None:
    parts = ['<TxDtls><Amt Ccy="EUR">2.00</Amt></TxDtls>', '<TxDtls><Amt Ccy="EUR">3.00</Amt></TxDtls>']
    good = '<Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy="EUR">5.00</TtlAmt></Btch>'
    text = document(statement("0.00", "5.00", entry("5.00", inside=details(*parts, batch=good))))
    assert sorted(read(text).bank_lines["amount"]) == [200, 300]
    with pytest.raises(InputError, match=r"sums a batch to 5\.01, its transactions make 5\.00"):
        read(text.replace('<TtlAmt Ccy="EUR">5.00', '<TtlAmt Ccy="EUR">5.01'))


def test_shares_are_taken_from_the_amounts_that_make_the_entry() -> None:
    part = '<TxDtls><Amt Ccy="EUR">{0}.90</Amt><AmtDtls><TxAmt><Amt Ccy="EUR">{0}.00</Amt></TxAmt></AmtDtls></TxDtls>'
    text = document(statement("0.00", "5.00", entry("5.00", inside=details(part.format(2), part.format(3)))))
    assert sorted(read(text).bank_lines["amount"]) == [200, 300]


def paying(*blocks: str, mark: str = "CRDT") -> BankFile:
    refs = "<Refs><EndToEndId>E-1</EndToEndId><AcctSvcrRef>B-1</AcctSvcrRef></Refs>"
    inside = details(f"<TxDtls>{refs}<RmtInf>{''.join(blocks)}</RmtInf></TxDtls>")
    end = "100.00" if mark == "CRDT" else "-100.00"
    return read(document(statement("0.00", end, entry("100.00", mark, inside))))


def block(number: str, amounts: str, kind: str = "CINV") -> str:
    return (
        f"<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Nb>{number}</Nb></RfrdDocInf>"
        f"<RfrdDocAmt>{amounts}</RfrdDocAmt></Strd>"
    )


def euros(name: str, amount: str, currency: str = "EUR") -> str:
    return f'<{name} Ccy="{currency}">{amount}</{name}>'


@pytest.mark.parametrize(
    ("amounts", "kind", "found"),
    [
        (euros("RmtdAmt", "100"), "CINV", (10000, 0, 0, 10000)),
        (euros("DuePyblAmt", "103") + euros("DscntApldAmt", "3"), "CINV", (10300, 300, 0, 10000)),
        (euros("DscntApldAmt", "3") + euros("RmtdAmt", "100"), "CINV", (10300, 300, 0, 10000)),
        (euros("DuePyblAmt", "110") + euros("RmtdAmt", "100"), "CINV", (11000, 0, 1000, 10000)),
        (euros("DuePyblAmt", "90") + euros("RmtdAmt", "100"), "CINV", (9000, 0, -1000, 10000)),
        (f"<DscntApldAmt>{euros('Amt', '1')}</DscntApldAmt><DscntApldAmt>{euros('Amt', '2')}</DscntApldAmt>" + euros("RmtdAmt", "100"), "CINV",
         (10300, 300, 0, 10000)),
        (euros("CdtNoteAmt", "20"), "CINV", (-2000, 0, 0, -2000)),
        (euros("RmtdAmt", "20"), "CREN", (-2000, 0, 0, -2000)),
        (euros("DuePyblAmt", "100") + f"<AdjstmntAmtAndRsn>{euros('Amt', '5')}<CdtDbtInd>DBIT</CdtDbtInd></AdjstmntAmtAndRsn>", "CINV", None),
        (euros("DscntApldAmt", "3"), "CINV", None),
        (euros("DuePyblAmt", "100") + euros("RmtdAmt", "100", "USD"), "CINV", None),
        (euros("RmtdAmt", "1e2"), "CINV", None),
    ],
)  # fmt: skip
def test_documents_that_a_transaction_says_it_pays_are_an_advice(amounts: str, kind: str, found: tuple[int, ...] | None) -> None:
    told = paying(block("INV-1", amounts, kind)).remittance
    columns = ["gross_amount", "discount_amount", "deduction_amount", "net_amount"]
    assert [tuple(row) for row in told[columns].values.tolist()] == ([found] if found else [])
    if found:
        row = told.iloc[0]
        assert (row["source"], row["payment_ref"], row["trace_no"], row["doc_reference"]) == ("CAMT", "E-1", "B-1", "INV-1")
        assert (row["payment_amount"], row["currency"]) == (10000, "EUR")


def test_an_advice_is_whole_or_none() -> None:
    good, open_figure = block("INV-1", euros("RmtdAmt", "60")), block("INV-2", euros("DscntApldAmt", "3"))
    assert len(paying(good, block("INV-2", euros("RmtdAmt", "40"))).remittance) == 2
    assert paying(good, open_figure).remittance.empty
    assert paying(good, mark="DBIT").remittance.empty
    assert paying(good).bank_lines["remittance_text"].tolist() == ["INV-1"]


def test_for_whom_the_payer_pays_stands_at_the_end_of_the_text() -> None:
    parties = "<RltdPties><Dbtr><Nm>Pay Hub</Nm></Dbtr><UltmtDbtr><Pty><Nm>Acme</Nm></Pty></UltmtDbtr></RltdPties>"
    inside = details(f"<TxDtls>{parties}<RmtInf><Ustrd>INV 1</Ustrd></RmtInf></TxDtls>")
    line = read(document(statement("0.00", "5.00", entry("5.00", inside=inside)))).bank_lines.iloc[0]
    assert (line["remitter_name"], line["remittance_text"]) == ("Pay Hub", "INV 1 Acme")


def test_the_net_of_all_entries_must_agree() -> None:
    def summary(net: str, total: str = "9.00") -> str:
        return f"<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>{total}</Sum>{net}</TtlNtries></TxsSummry>"

    entries = (entry("7.00"), entry("2.00", "DBIT"))
    for net in ("<TtlNetNtryAmt>5.00</TtlNetNtryAmt><CdtDbtInd>CRDT</CdtDbtInd>", "<TtlNetNtry><Amt>5.00</Amt></TtlNetNtry>", ""):
        assert read(document(statement("0.00", "5.00", *entries, extra=summary(net)))).completeness == "proven"
    assert read(document(statement("0.00", "5.00", *entries, extra=summary("", "5.00")))).completeness == "proven"
    for wrong in (summary("<TtlNetNtryAmt>5.01</TtlNetNtryAmt>"), summary("", "9.01")):
        with pytest.raises(InputError, match="the bank sums"):
            read(document(statement("0.00", "5.00", *entries, extra=wrong)))


@pytest.mark.data
def test_every_real_file_that_ties_is_read_and_every_refusal_names_its_damage() -> None:
    def outcome(path: Path) -> BankFile | InputError:
        try:
            return read_bank(take(path), ISO)
        except InputError as refused:
            return refused

    for folder, whole in (("camt052", 12), ("camt053", 10), ("camt054", 6)):
        found = [outcome(path) for path in sorted((DATA / folder).iterdir())]
        assert sum(isinstance(bank, BankFile) for bank in found) == whole
        assert all(refused.where and refused.cure for refused in found if isinstance(refused, InputError))


BEARERS = [("SHAR", "SHA"), ("DEBT", "OUR"), ("CRED", "BEN"), ("SLEV", ""), ("SHAR DEBT", ""), ("", "")]


@pytest.mark.parametrize(("said", "bearer"), BEARERS, ids=[one or "nothing" for one, _ in BEARERS])
@pytest.mark.parametrize("where", ["records", "block"])
def test_mp61_who_bears_the_charges(said: str, bearer: str, where: str) -> None:
    marks = [f'<Amt Ccy="EUR">1.50</Amt><Br>{one}</Br>' for one in said.split()]
    records = "".join(f"<Rcrd>{mark}</Rcrd>" for mark in marks) if where == "records" else "</Chrgs><Chrgs>".join(marks)
    bank = read(document(statement("10.00", "15.00", entry("5.00", inside=f"<Chrgs>{records}</Chrgs>" if said else ""))))
    assert bank.bank_lines["charge_bearer"].tolist() == [bearer]
