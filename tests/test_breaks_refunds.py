"""Refunds: RF-01 to RF-14 each under its ID, and worked example AX-11 to the cent."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from refund_world import (
    AX_11_ITEMS,
    AX_11_RECEIPT,
    BOOK,
    CUSTOMER,
    IBAN,
    OTHER_IBAN,
    POLICY,
    RULES,
    books,
    item,
    receipt,
    step,
    table,
)

from arwork.breaks.credits import credit_balances
from arwork.breaks.dormancy import clock, months_after, read_jurisdictions
from arwork.breaks.refunds import Refunds, refunds
from arwork.errors import InputError

R1 = "RF:R1"


def one(**rows: Any) -> pd.Series[Any]:
    """The refund of receipt R1."""
    table_ = refunds(books(**rows)).refunds
    return table_.loc[table_["refund_id"] == R1].iloc[0]


def check(found: Refunds, document: str) -> tuple[str, str]:
    rows = found.refund_checks.loc[lambda c: (c["refund_id"] == R1) & (c["document"] == document)]
    return rows["state"].iloc[0], rows["evidence"].iloc[0]


def change(day: date, account: str = IBAN, **other: Any) -> dict[str, Any]:
    return {**BOOK, "customer_id": "C300", "account": account, "changed_date": day, "changed_by": "kim", **other}


def registered(number: str, amount: int, day: date, **other: Any) -> dict[str, Any]:
    row = {**BOOK, "refund_id": number, "customer_id": "C300", "source": "", "amount": amount, "paid_date": day, "status": "PAID"}
    return {**row, "payee_account": IBAN, **other}


def test_ax11_offset_then_refund_to_the_cent() -> None:
    """AX-11: 2,700.00 on account, 1,100.00 offset against 9302, 1,600.00 refundable, level 2; 9303 and 9304 untouched."""
    found = refunds(books())
    row = found.refunds.iloc[0]
    assert (row["gross_credit"], row["offset_amount"], row["refund_amount"]) == (270000, 110000, 160000)
    assert (row["tier"], row["approver"], row["tier_amount"], row["state"]) == (2, "AR manager", 160000, "CANDIDATE")
    assert (row["owed_not_due"], row["owed_disputed"]) == (90000, 40000)
    assert found.refund_offsets[["reference", "amount"]].to_numpy().tolist() == [["9302", 110000]]
    assert all(tie.holds for tie in found.ties)


def test_ax11_changed_account_holds_by_rf06() -> None:
    row = one(bank_changes=[change(date(2025, 6, 6))])
    assert (row["state"], row["before_hold"], row["holds"]) == ("HOLD", "CANDIDATE", "RF-06")
    assert "10 days before the request" in row["hold_reason"]
    assert pd.isna(row["hold_until"])


def test_ax11_cheque_cleared_four_business_days_ago_waits_for_ten_by_rf07() -> None:
    cheque = {**AX_11_RECEIPT, "method": "CHEQUE", "value_date": date(2025, 6, 10)}
    row = one(receipts=[cheque])
    assert (row["state"], row["holds"], row["hold_until"]) == ("HOLD", "RF-07", pd.Timestamp(2025, 6, 24))
    assert one(receipts=[cheque], as_of=date(2025, 6, 24))["state"] == "CANDIDATE"


def test_rf01_only_what_is_there_may_be_paid_back() -> None:
    """What this close uses of a credit item is not refundable; an approval of another amount is held."""
    memo = item("7001", -50000, date(2025, 5, 1))
    used = [{**BOOK, "receipt_id": "R9", "item_id": memo["item_id"], "amount_relieved": -20000, "item_currency": "EUR"}]
    found = refunds(books(open_items=[memo], receipts=[], allocations=used, disputes=[])).refunds
    assert found["gross_credit"].tolist() == [30000]
    approved = one(steps=[
        step(1, R1, "DOCUMENTED", "ana", documents="REQUEST"), step(2, R1, "APPROVED", "ben", amount=170000),
    ])  # fmt: skip
    assert (approved["state"], approved["before_hold"], approved["holds"]) == ("HOLD", "APPROVED", "RF-01")


def test_rf02_oldest_first_no_item_twice_and_only_the_same_legal_customer() -> None:
    """Two accounts of one party share their debts; another currency and another ledger are left alone."""
    items = [
        item("1", 30000, date(2025, 6, 1)), item("2", 10000, date(2025, 5, 1), customer_id="C301"),
        item("3", 99000, date(2025, 5, 1), currency="USD"), item("4", 70000, date(2025, 5, 1), ledger_id="FIN", company_code="2000"),
        item("5", 44000, date(2025, 5, 1), customer_id="C999"), item("6", 12000, date(2025, 5, 1), legal_hold=True),
    ]  # fmt: skip
    two = [
        receipt("R1", 15000, date(2025, 6, 2), on_account_amount=15000),
        receipt("R2", 35000, date(2025, 6, 3), on_account_amount=35000, customer_id="C301"),
    ]
    customers = [
        CUSTOMER, {**CUSTOMER, "customer_id": "C301"}, {**CUSTOMER, "customer_id": "C999", "party_id": "P9"},
        {**CUSTOMER, "ledger_id": "FIN", "company_code": "2000"},
    ]  # fmt: skip
    found = refunds(books(open_items=items, receipts=two, customers=customers, disputes=[]))
    assert found.refund_offsets[["refund_id", "reference", "amount"]].to_numpy().tolist() == [
        ["RF:R1", "1", 5000], ["RF:R1", "2", 10000], ["RF:R2", "1", 25000],
    ]  # fmt: skip
    assert found.refunds["refund_amount"].tolist() == [0, 10000]
    assert found.refunds["owed_elsewhere"].tolist() == [70000, 70000]
    assert found.refunds["owed_disputed"].tolist() == [12000, 12000]


@pytest.mark.parametrize(("day", "offset"), [(date(2025, 6, 15), 1000), (date(2025, 6, 16), 0)], ids=["overdue one day", "due today"])
def test_rf02_due_on_the_key_date_is_not_overdue(day: date, offset: int) -> None:
    assert one(open_items=[item("1", 1000, day)], disputes=[])["offset_amount"] == offset


def test_rf02_partial_payment_beside_its_invoice_is_no_credit_and_lowers_the_debt() -> None:
    lines = [item("1", 50000, date(2025, 5, 5)), item("P", -20000, date(2025, 5, 9), doc_type="RCPT", ref_item="1")]
    found = refunds(books(open_items=lines, disputes=[]))
    assert found.refunds["refund_id"].tolist() == [R1]
    assert found.refunds["offset_amount"].tolist() == [30000]


def test_rf02_insolvency_goes_to_legal() -> None:
    row = one(customers=[{**CUSTOMER, "status": "INSOLVENT"}])
    assert (row["state"], row["holds"]) == ("HOLD", "RF-02")


REASONS = [("O1", "DUP_PAYMENT"), ("O4", "CANCELLED_INVOICE"), ("O8", "DEPOSIT"), ("O2", "OVERPAYMENT"), ("", "OVERPAYMENT")]


@pytest.mark.parametrize(("kind", "reason"), REASONS)
def test_rf03_reason_by_kind(kind: str, reason: str) -> None:
    over = [{**BOOK, "overpayment_id": "R1:REST", "receipt_id": "R1", "part": "REST", "kind": kind}]
    assert one(overpayments=over)["reason"] == reason


def test_rf03_reason_of_a_credit_memo_and_of_an_ended_contract() -> None:
    found = refunds(books(open_items=[item("7001", -50000, date(2025, 5, 1))], disputes=[], customers=[{**CUSTOMER, "status": "CLOSED"}]))
    assert dict(zip(found.refunds["source"], found.refunds["reason"], strict=True)) == {
        "R1": "CONTRACT_END", "1000:7001:2025:1": "CREDIT_MEMO",
    }  # fmt: skip


def test_rf04_checklist_says_what_is_there_where_and_what_is_missing() -> None:
    found = refunds(books())
    states = found.refund_checks.set_index("document")["state"].to_dict()
    assert states == {
        "REQUEST": "MISSING", "BANK_PROOF": "HAVE", "HISTORY": "HAVE", "CREDIT_MEMO": "NOT_NEEDED", "NO_OPEN_DEBT": "HAVE",
        "BANK_DETAILS": "HAVE", "DUPLICATE_CHECK": "HAVE", "TAX_NOTE": "NOT_NEEDED",
    }  # fmt: skip
    assert found.refunds["checklist"].iloc[0] == 833333  # five of six
    assert "camt.xml, line /Ntry[7]" in check(found, "BANK_PROOF")[1]
    whole = refunds(books(steps=[step(1, R1, "DOCUMENTED", "ana", documents="REQUEST")]))
    assert (whole.refunds["checklist"].iloc[0], whole.refunds["state"].iloc[0], whole.refunds["missing"].iloc[0]) == (
        1_000_000,
        "DOCUMENTED",
        "",
    )


def test_rf04_approved_without_a_document_is_held_unless_the_approver_waives_it() -> None:
    first = step(1, R1, "DOCUMENTED", "ana")
    held = one(steps=[first, step(2, R1, "APPROVED", "ben")])
    assert (held["state"], held["before_hold"], held["holds"]) == ("HOLD", "APPROVED", "RF-04")
    assert one(steps=[first, step(2, R1, "APPROVED", "ben", waived="REQUEST")])["state"] == "APPROVED"


def test_rf04_the_one_who_asks_waives_nothing() -> None:
    row = one(steps=[step(1, R1, "DOCUMENTED", "ana", waived="REQUEST")])
    assert "written request" in row["missing"]


def test_rf05_same_route_by_default_and_the_only_account_on_file_needs_a_second_person() -> None:
    assert (one()["route"], one()["payee_account"]) == ("SAME_ACCOUNT", IBAN)
    cash = {**AX_11_RECEIPT, "remitter_account": "", "method": "CASH"}
    row = one(receipts=[cash])
    assert (row["route"], row["payee_account"]) == ("ACCOUNT_ON_FILE", IBAN)
    asked = {"documents": "REQUEST BANK_LETTER CALLBACK"}
    alone = refunds(books(receipts=[cash], steps=[step(1, R1, "DOCUMENTED", "ana", second_person="Ana", **asked)]))
    assert check(alone, "BANK_DETAILS")[0] == "MISSING"
    both = refunds(books(receipts=[cash], steps=[step(1, R1, "DOCUMENTED", "ana", second_person="ben", **asked)]))
    assert check(both, "BANK_DETAILS")[0] == "HAVE"


def test_rf05_several_accounts_on_file_are_left_to_a_person() -> None:
    banks = [{**BOOK, "customer_id": "C300", "account": account} for account in (IBAN, OTHER_IBAN)]
    row = one(receipts=[{**AX_11_RECEIPT, "remitter_account": "", "method": "CASH"}], customer_banks=banks)
    assert (row["route"], row["payee_account"]) == ("UNKNOWN", "")
    assert IBAN in row["missing"]
    assert OTHER_IBAN in row["missing"]


def test_rf05_a_recorded_account_is_another_route() -> None:
    row = one(steps=[step(1, R1, "DOCUMENTED", "ana", account=OTHER_IBAN, documents="REQUEST")])
    assert (row["route"], row["payee_account"]) == ("OTHER_ACCOUNT", OTHER_IBAN)
    assert "call-back by a second person" in row["missing"]


@pytest.mark.parametrize(
    ("day", "account", "held"),
    [(date(2025, 5, 17), IBAN, True), (date(2025, 5, 16), IBAN, False), (date(2025, 6, 6), OTHER_IBAN, False)],
    ids=["30 days before", "31 days before", "another account than the payee's"],
)
def test_rf06_days_around_the_request(day: date, account: str, held: bool) -> None:
    assert (one(bank_changes=[change(day, account)])["holds"] == "RF-06") is held


def test_rf06_a_change_after_the_request_holds_and_a_supervisor_lifts_it() -> None:
    asked = step(1, R1, "DOCUMENTED", "ana", at="2025-06-02", documents="REQUEST")
    row = one(steps=[asked], bank_changes=[change(date(2025, 6, 12))])
    assert (row["state"], row["before_hold"]) == ("HOLD", "DOCUMENTED")
    assert "10 days after the request" in row["hold_reason"]
    lifted = one(steps=[asked, step(2, R1, "APPROVED", "ben", lifts="RF-06")], bank_changes=[change(date(2025, 6, 12))])
    assert lifted["state"] == "APPROVED"


@pytest.mark.parametrize(
    ("payer", "account", "holds"),
    [
        ("MEIER WERKZEUGE GMBH", IBAN, ""), ("Schulze Immobilien AG", IBAN, "RF-06"),
        ("Meier Werkzeuge GmbH", "IR062960000000100324200001", "RF-06"),
    ],
    ids=["same name", "another name", "new account in a country of high risk"],
)  # fmt: skip
def test_rf06_payee(payer: str, account: str, holds: str) -> None:
    assert one(receipts=[{**AX_11_RECEIPT, "remitter_name": payer, "remitter_account": account}])["holds"] == holds


FINAL = [
    ("WIRE", date(2025, 6, 12)), ("ACH", date(2025, 6, 18)), ("SEPA_DD", date(2025, 8, 8)), ("SEPA_DD_B2B", date(2025, 6, 18)),
    ("CHEQUE", date(2025, 6, 25)), ("SEPA_CT", date(2025, 6, 12)), ("CASH", date(2025, 6, 11)),
]  # fmt: skip


@pytest.mark.parametrize(("method", "final"), FINAL, ids=[method for method, _ in FINAL])
def test_rf07_final_by_method_on_the_day_and_not_before(method: str, final: date) -> None:
    """Value date Wednesday 11 June 2025."""
    paid = [{**AX_11_RECEIPT, "method": method}]
    assert one(receipts=paid, as_of=final)["holds"] == ""
    if final > date(2025, 6, 11):
        before = one(receipts=paid, as_of=date.fromordinal(final.toordinal() - 1))
        assert (before["holds"], before["hold_until"]) == ("RF-07", pd.Timestamp(final))


def test_rf07_card_goes_back_on_the_same_card_at_once_and_an_unknown_method_waits_longest() -> None:
    card = one(receipts=[{**AX_11_RECEIPT, "method": "CARD", "remitter_account": ""}])
    assert (card["route"], card["holds"]) == ("SAME_CARD", "")
    other = one(receipts=[{**AX_11_RECEIPT, "method": "OTHER"}])
    assert (other["holds"], other["hold_until"]) == ("RF-07", pd.Timestamp(2025, 10, 9))


def test_rf07_holidays_do_not_count() -> None:
    paid = [{**AX_11_RECEIPT, "method": "WIRE"}]
    row = one(receipts=paid, as_of=date(2025, 6, 12), holidays={("MAIN", "1000"): frozenset({date(2025, 6, 12)})})
    assert row["hold_until"] == pd.Timestamp(2025, 6, 13)
    other = one(receipts=paid, as_of=date(2025, 6, 12), holidays={("MAIN", "2000"): frozenset({date(2025, 6, 12)})})
    assert other["hold_until"] != pd.Timestamp(2025, 6, 13), "another book's holiday does not count"


def test_rf12_a_holiday_moves_the_days_by_which_a_refund_is_decided_and_paid() -> None:
    """T27: without Monday 16 June, five and ten business days after Thursday 12 June are a day later."""
    told = [step(1, R1, "DOCUMENTED", "ana", at="2025-06-12", documents="REQUEST")]
    row = one(steps=told, holidays={("MAIN", "1000"): frozenset({date(2025, 6, 16)})})
    assert (row["decide_by"], row["pay_by"]) == (pd.Timestamp(2025, 6, 20), pd.Timestamp(2025, 6, 27))


TIERS = [(100000, 1), (100001, 2), (1000000, 2), (1000001, 3), (5000000, 3), (5000001, 4)]


@pytest.mark.parametrize(("amount", "level"), TIERS)
def test_rf08_limits_belong_to_their_tier(amount: int, level: int) -> None:
    row = one(open_items=[], disputes=[], receipts=[receipt("R1", amount, date(2025, 6, 2), on_account_amount=amount)])
    assert row["tier"] == level


@pytest.mark.parametrize(("day", "level"), [(date(2025, 5, 17), 3), (date(2025, 5, 16), 2)], ids=["30 days", "31 days"])
def test_rf08_splits_to_one_payee_are_added_up(day: date, level: int) -> None:
    row = one(refund_register=[registered("OLD", 900000, day)])
    assert (row["tier"], row["tier_amount"]) == (level, 160000 + (900000 if level == 3 else 0))


def test_rf08_two_credits_of_one_payee_and_another_currency_at_the_rate_of_the_day() -> None:
    paid = [
        receipt("R1", 60000, date(2025, 6, 2), on_account_amount=60000),
        receipt("R2", 60000, date(2025, 6, 2), on_account_amount=60000, currency="USD"),
    ]
    rate = {"from_currency": "USD", "to_currency": "EUR", "rate_type": "SPOT", "date": date(2025, 6, 16), "rate": "0.90"}
    rows = refunds(books(open_items=[], disputes=[], receipts=paid, fx_rates=[rate])).refunds
    assert rows["tier_amount"].tolist() == [114000, 114000]
    assert rows["tier"].tolist() == [2, 2]
    blind = refunds(books(open_items=[], disputes=[], receipts=paid)).refunds
    assert blind["tier"].tolist() == [4, 4]
    assert "no rate" in blind["sentence"].iloc[0]


DONE = [step(1, R1, "DOCUMENTED", "ana", documents="REQUEST")]


@pytest.mark.parametrize(
    ("steps", "rows", "why"),
    [
        ([*DONE, step(2, R1, "APPROVED", "Ana ")], {}, "did REFUND DOCUMENTED"),
        ([*DONE, step(2, R1, "RELEASED", "ben")], {}, "may become APPROVED"),
        ([step(1, R1, "DOCUMENTED", "kim")], {"bank_changes": [change(date(2025, 3, 1))]}, "did BANK DETAILS"),
        ([step(1, R1, "DOCUMENTED", "eva")],
         {"decisions": [{"seq": 1, "by": "eva", "action": "ALLOCATE", "receipt_id": "R1", "outcome": "APPLIED"}]}, "did POSTED"),
    ],
    ids=["approver asked for it", "not approved yet", "changed the bank details", "posted the source"],
)  # fmt: skip
def test_rf09_one_person_does_not_do_two_steps(steps: list[dict[str, Any]], rows: dict[str, Any], why: str) -> None:
    found = refunds(books(steps=steps, **rows))
    last = found.refund_steps.iloc[-1]
    assert not last["counts"]
    assert why in last["why_not"]
    assert [finding.rule for finding in found.findings if finding.rule == "RF-09"] == ["RF-09"]
    assert found.refunds["state"].iloc[0] == ("DOCUMENTED" if len(steps) > 1 else "CANDIDATE")


def test_rf09_the_whole_way_by_three_people() -> None:
    way = ["APPROVED", "RELEASED", "PAID", "CONFIRMED"]
    steps = [
        *DONE,
        *(step(n, R1, name, who) for n, (name, who) in enumerate(zip(way, ["ben", "cleo", "ana", "ana"], strict=True), start=2)),
    ]
    for count, state in enumerate(["CANDIDATE", "DOCUMENTED", *way]):
        assert one(steps=steps[:count])["state"] == state


def test_rf09_a_hold_goes_back_to_where_it_was() -> None:
    steps = [*DONE, step(2, R1, "HOLD", "ben"), step(3, R1, "DOCUMENTED", "ana")]
    assert (one(steps=steps[:2])["state"], one(steps=steps[:2])["before_hold"]) == ("HOLD", "DOCUMENTED")
    assert one(steps=steps)["state"] == "DOCUMENTED"


REPEATS = [
    ([registered("OLD", 270001, date(2025, 1, 5), payee_account="")], True, "same amount within a cent"),
    ([registered("OLD", 270002, date(2025, 1, 5))], False, "two cents more"),
    ([registered("OLD", 5, date(2025, 1, 5), source="r1 ")], True, "same source"),
    ([registered("OLD", 270000, date(2023, 6, 15))], False, "before 24 months"),
    ([registered("OLD", 270000, date(2023, 6, 16))], True, "24 months"),
    ([registered("OLD", 270000, date(2025, 1, 5), status="REJECTED")], False, "never paid"),
]


@pytest.mark.parametrize(("rows", "held", "_what"), REPEATS, ids=[what for _, _, what in REPEATS])
def test_rf10_refunded_before(rows: list[dict[str, Any]], held: bool, _what: str) -> None:
    row = one(refund_register=rows)
    assert ("RF-10" in row["holds"]) is held
    assert ("duplicate check" in row["missing"]) is held


def test_rf10_a_credit_memo_or_refund_posting_of_the_same_amount() -> None:
    later = {"posting_date": date(2025, 6, 12), "open_amount_doc": 0, "clearing_date": date(2025, 6, 12)}
    for kind, amount in (("CM", -270000), ("REFUND", 270000)):
        row = one(open_items=[*AX_11_ITEMS, item("8", amount, date(2025, 6, 12), doc_type=kind, **later)])
        assert row["holds"] == "RF-10"


def test_rf11_an_open_case_holds_and_a_closed_one_does_not() -> None:
    case = {**BOOK, "hold_id": "H1", "source": "R1", "kind": "AML", "opened_date": date(2025, 6, 12)}
    assert one(payment_holds=[case])["holds"] == "RF-11"
    assert one(payment_holds=[{**case, "closed_date": date(2025, 6, 13), "outcome": "CLEARED"}])["holds"] == ""
    word = [*DONE, step(2, R1, "APPROVED", "ben", lifts="RF-11")]
    assert one(payment_holds=[case], steps=word)["state"] == "HOLD"


def test_rf12_days_run_from_complete_documents() -> None:
    row = one(steps=[step(1, R1, "DOCUMENTED", "ana", at="2025-06-12", documents="REQUEST")])
    assert (row["decide_by"], row["pay_by"], row["late"]) == (pd.Timestamp(2025, 6, 19), pd.Timestamp(2025, 6, 26), False)
    late = one(steps=[step(1, R1, "DOCUMENTED", "ana", at="2025-06-12", documents="REQUEST")], as_of=date(2025, 6, 20))
    assert late["late"]
    assert pd.isna(one(steps=[step(1, R1, "DOCUMENTED", "ana")])["decide_by"])


def test_rf13_clock_by_state_with_dates_and_source() -> None:
    at = clock(RULES, "US", "DE", date(2020, 2, 29), date(2025, 6, 16))
    assert (at.dormancy, at.report_from) == (date(2025, 2, 28), date(2024, 2, 28))
    assert "12 Del. Code 1133" in at.note
    assert "to be confirmed by counsel" in at.note
    assert clock(RULES, "US", "ZZ", date(2020, 1, 1), date(2025, 6, 16)).dormancy == date(2023, 1, 1)
    assert clock(RULES, "DE", "", date(2020, 1, 1), date(2025, 6, 16)).dormancy is None
    assert clock(RULES, "BR", "", date(2020, 1, 1), date(2025, 6, 16)).note.startswith("not measurable")
    assert months_after(date(2024, 3, 31), -1) == date(2024, 2, 29)


def test_rf13_two_rules_at_once_are_refused() -> None:
    row = "{place: US-XX, reports: true, years: 3, valid_from: %s, source: s}"
    with pytest.raises(InputError, match="two rules of US-XX"):
        read_jurisdictions(f"report_months_before: 12\nrules:\n  - {row % '2020-01-01'}\n  - {row % '2024-01-01'}\n")


def test_rf13_aged_credits_are_told_and_never_written_off() -> None:
    old = receipt("R1", 5000, date(2021, 3, 1), on_account_amount=5000, booking_date=date(2021, 3, 1))
    world = books(receipts=[old], open_items=[], disputes=[], customers=[{**CUSTOMER, "country": "US", "region": "NY"}])
    found = credit_balances(world.receipts, world.open_items, world.allocations, world.customers, world.ledgers, POLICY, RULES, world.as_of)
    row = found.credit_balances.iloc[0]
    assert (row["dormancy_date"], row["report_from"], row["jurisdiction"]) == (pd.Timestamp(2024, 3, 1), pd.Timestamp(2023, 3, 1), "US-NY")
    assert [finding.rule for finding in found.findings] == ["RF-13"]
    assert "never to income" in row["next_action"]


def test_rf14_never_refund_and_accept_the_recall() -> None:
    recall = {**BOOK, "hold_id": "K1", "source": "R1", "kind": "RECALL", "opened_date": date(2025, 6, 12)}
    row = one(payment_holds=[recall])
    assert row["holds"] == "RF-14"
    assert "due on 2025-07-03" in row["hold_reason"]
    accepted = one(payment_holds=[{**recall, "closed_date": date(2025, 6, 13), "outcome": "ACCEPTED"}])
    assert accepted["holds"] == "RF-14"
    assert one(payment_holds=[{**recall, "closed_date": date(2025, 6, 13), "outcome": "DECLINED"}])["holds"] == ""
    paid = [*DONE, step(2, R1, "APPROVED", "ben"), step(3, R1, "RELEASED", "cleo"), step(4, R1, "PAID", "ana")]
    both = refunds(books(payment_holds=[recall], steps=paid))
    assert [finding.severity for finding in both.findings if finding.rule == "RF-14"] == ["error"]


def test_rc60_ageing_of_credits_with_owner_action_and_ties() -> None:
    """RC-60: 0–2, 3–7, 8–30, 31–60, 61–90, > 90 days; escalation from day 8, 31, 61, 91; MP-56: 2 and 5 business days."""
    ages = {0: 0, 2: 0, 3: 1, 7: 1, 8: 2, 30: 2, 31: 3, 60: 3, 61: 4, 90: 4, 91: 5}
    day = pd.Timestamp(2025, 6, 16)
    parts = [receipt(f"A{n:02d}", 100 + n, (day - pd.Timedelta(days=n)).date(), unapplied_amount=100 + n) for n in ages]
    world = books(receipts=parts, open_items=[], disputes=[])
    found = credit_balances(world.receipts, world.open_items, world.allocations, world.customers, world.ledgers, POLICY, RULES, world.as_of)
    rows = found.credit_balances
    assert dict(zip(rows["days"], rows["bucket_no"], strict=True)) == ages
    told = rows.set_index("days")["escalated_to"]
    assert [told[n] for n in (7, 8, 31, 61, 91)] == ["", "team lead", "AR manager", "controller", "legal, unclaimed property"]
    assert rows.set_index("days").loc[3, "resolve_by"] == pd.Timestamp(2025, 6, 17)  # from Friday the 13th
    assert all(tie.holds for tie in found.ties)
    assert {"ON_ACCOUNT", "UNAPPLIED", "UNIDENTIFIED"} >= set(rows["kind"])


def test_cv09_row_order_changes_nothing() -> None:
    paid = [receipt(f"R{n}", 10000 + n, date(2025, 6, 2), on_account_amount=10000 + n) for n in range(6)]
    items = [item(str(n), 9000 + n, date(2025, 5, 1 + n % 3)) for n in range(9)]
    first = refunds(books(receipts=paid, open_items=items, disputes=[]))
    Random(7).shuffle(paid)
    Random(8).shuffle(items)
    again = refunds(books(receipts=paid, open_items=items, disputes=[]))
    assert_frame_equal(first.refunds, again.refunds)
    assert_frame_equal(first.refund_offsets, again.refund_offsets)


def test_nothing_to_pay_back_is_an_empty_table() -> None:
    found = refunds(books(receipts=[]))
    assert (len(found.refunds), len(found.refund_checks)) == (0, 0)
    assert table("refunds", []).columns.tolist() == found.refunds.columns.tolist()
