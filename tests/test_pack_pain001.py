"""The payment file of approved refunds: structure, lengths, letters, IBANs and control sums, by a second small validator (RF-08, RF-09)."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

from arwork.money import ISO
from arwork.pack.pain001 import NAMESPACE, latin, payment_file
from arwork.pack.pain001_check import faults

OURS, OURS_TWO, THEIRS = "DE02120300000000202051", "DE83200410100532013000", "DE89370400440532013000"
COMPANIES = {("MAIN", "1000"): "Nördlicht & Söhne GmbH", ("FIN", "2000"): "Leasing GmbH"}
ACCOUNTS = {("MAIN", "1000", "EUR"): [OURS], ("MAIN", "1000", "USD"): [OURS, OURS_TWO]}


def row(number: str, amount: int, **other: Any) -> dict[str, Any]:
    plain = {
        "refund_id": f"RF:{number}", "ledger_id": "MAIN", "company_code": "1000", "customer_id": "C300", "customer_name": "Meier GmbH",
        "payee_name": "Meier GmbH", "payee_account": THEIRS, "our_account": OURS, "currency": "EUR", "refund_amount": amount,
        "state": "APPROVED", "route": "SAME_ACCOUNT", "reason": "DUP_PAYMENT", "since": pd.Timestamp(2025, 6, 11),
    }  # fmt: skip
    return {**plain, **other}


def write(*rows: dict[str, Any]) -> Any:
    return payment_file(rows, COMPANIES, ACCOUNTS, datetime(2025, 6, 17, 10, 5, 9), date(2025, 6, 18), ISO)  # noqa: DTZ001


def is_iban(text: str) -> bool:
    """Check digits by hand: first four to the end, letters as numbers, remainder 1."""
    moved = text[4:] + text[:4]
    return bool(re.fullmatch(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}", text)) and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def second_look(data: bytes) -> list[tuple[str, Decimal, str]]:
    """Read the file with another parser and rules written down again; return end-to-end id, amount, account of each payment."""
    assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    root = ElementTree.fromstring(data)
    name = {"p": NAMESPACE}
    assert root.tag == f"{{{NAMESPACE}}}Document"
    paid = []
    for info in root.findall("p:CstmrCdtTrfInitn/p:PmtInf", name):
        order = [child.tag.split("}")[1] for child in info]
        full = [
            "PmtInfId",
            "PmtMtd",
            "NbOfTxs",
            "CtrlSum",
            "PmtTpInf",
            "ReqdExctnDt",
            "Dbtr",
            "DbtrAcct",
            "DbtrAgt",
            "ChrgBr",
            "CdtTrfTxInf",
        ]
        assert list(dict.fromkeys(order)) == [part for part in full if part in order]
        amounts = [Decimal(found.text or "") for found in info.findall("p:CdtTrfTxInf/p:Amt/p:InstdAmt", name)]
        assert info.findtext("p:NbOfTxs", "", name) == str(len(amounts))
        assert Decimal(info.findtext("p:CtrlSum", "", name)) == sum(amounts)
        assert is_iban(info.findtext("p:DbtrAcct/p:Id/p:IBAN", "", name))
        for line in info.findall("p:CdtTrfTxInf", name):
            assert [c.tag.split("}")[1] for c in line] == ["PmtId", "Amt", "Cdtr", "CdtrAcct", "RmtInf"]
            account = line.findtext("p:CdtrAcct/p:Id/p:IBAN", "", name)
            assert is_iban(account)
            amount = Decimal(line.findtext("p:Amt/p:InstdAmt", "", name))
            paid.append((line.findtext("p:PmtId/p:EndToEndId", "", name), amount, account))
    for element in root.iter():
        tag, text = element.tag.split("}")[1], element.text or ""
        if not len(element):
            assert re.fullmatch(r"[A-Za-z0-9/\-?:().,'+ ]+", text), text
            assert len(text) <= {"Nm": 70, "Ustrd": 140}.get(tag, 35)
    head = root.find("p:CstmrCdtTrfInitn/p:GrpHdr", name)
    assert head is not None
    assert head.findtext("p:NbOfTxs", "", name) == str(len(paid))
    assert Decimal(head.findtext("p:CtrlSum", "", name)) == sum(amount for _, amount, _ in paid)
    assert len({end for end, _, _ in paid}) == len(paid)
    return paid


def test_rf_payment_file_to_the_cent() -> None:
    made = write(row("R1", 160000), row("R2", 12345, payee_name="Łódź Ærø 株式会社 <b>"), row("R3", 1, our_account=""))
    assert [(amount, account) for _, amount, account in sorted(second_look(made.data), key=lambda p: p[1])] == [
        (Decimal("0.01"), THEIRS), (Decimal("123.45"), THEIRS), (Decimal("1600.00"), THEIRS),
    ]  # fmt: skip
    assert made.totals == {"EUR": 172346}
    assert faults(made.data) == []
    text = made.data.decode()
    assert "Noerdlicht + Soehne GmbH" in text
    assert "Lodz Aero .... .b." in text
    assert "<Cd>SEPA</Cd>" in text
    assert "<Dt>2025-06-18</Dt>" in text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"state": "DOCUMENTED"}, "only an approved refund is paid"), ({"state": "HOLD"}, "only an approved refund is paid"),
        ({"state": "RELEASED"}, "only an approved refund is paid"), ({"refund_amount": 0}, "nothing is left"),
        ({"payee_account": "DE89370400440532013001"}, "no valid IBAN"), ({"payee_account": ""}, "no valid IBAN"),
        ({"route": "SAME_CARD"}, "by the card's processor"), ({"our_account": "4711"}, "our account"),
        ({"our_account": "", "currency": "USD"}, "our account"),
    ],
)  # fmt: skip
def test_rf_only_what_may_be_paid_is_in_the_file(change: dict[str, Any], why: str) -> None:
    made = write(row("R1", 160000, **change))
    assert made.data == b""
    assert why in made.left_out["RF:R1"]


def test_rf_groups_by_account_and_currency_and_area() -> None:
    made = write(
        row("R1", 100), row("R2", 200, our_account=OURS_TWO), row("R3", 300, currency="JPY"),
        row("R4", 400, ledger_id="FIN", company_code="2000"), row("R5", 500, payee_account="BR1800360305000010009795493C1"),
    )  # fmt: skip
    assert made.data.count(b"<PmtInf>") == 5
    assert len(second_look(made.data)) == 5
    assert faults(made.data) == []
    assert b'Ccy="JPY">300<' in made.data
    assert made.data.count(b"<ChrgBr>SHAR") == 2


def test_rf_the_same_payments_have_the_same_id_whatever_their_order_and_time() -> None:
    rows = [row("R1", 100), row("R2", 200)]
    later = payment_file(rows[::-1], COMPANIES, ACCOUNTS, datetime(2025, 6, 20, 1, 1, 1), date(2025, 6, 23), ISO)  # noqa: DTZ001
    assert write(*rows).message_id == later.message_id
    assert write(rows[0]).message_id != later.message_id


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b"<NbOfTxs>1", b"<NbOfTxs>2", "states 2 payments"), (b"1600.00</CtrlSum>", b"1600.01</CtrlSum>", "1600.01"),
        (b"DE8937", b"DE8837", "check digits"), (b"<PmtMtd>TRF</PmtMtd>", b"", "PmtInf holds"), (b"<Nm>Meier", "<Nm>M\u00e9ier".encode(), "Nm"),
        (b'"EUR">1600.00', b'"EUR">1600.001', "is none"), (b"pain.001.001.09", b"pain.001.001.03", "it is no pain.001"),
    ],
)  # fmt: skip
def test_rf_a_damaged_file_is_seen(old: bytes, new: bytes, what: str) -> None:
    data = write(row("R1", 160000)).data
    assert old in data
    assert any(what in fault for fault in faults(data.replace(old, new)))


def test_latin_never_begins_or_ends_with_a_slash() -> None:
    assert latin("//a//b/", 20) == "a/b"
    assert latin("漢", 20) == "."
    assert len(latin("x" * 200, 70)) == 70
