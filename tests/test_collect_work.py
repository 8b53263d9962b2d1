"""First contacts (CO-10, AX-25, MT-31), disputes (CO-80, T14) and net overdue (section 6)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from arwork.collect import metrics as mt
from arwork.collect.ageing import age
from arwork.collect.contacts import first_contacts
from arwork.collect.disputes import contested, dispute_work
from arwork.collect.overdue import net_overdue, standing
from arwork.collect.payments import payments
from arwork.collect.record_disputes import Dispute, dispute_body
from arwork.collect.recorded import Around, Whose
from arwork.collect.root_causes import root_causes
from arwork.errors import InputError
from arwork.money import ISO
from arwork.tables import conform, empty
from tests.ax import LINEAGE, customer, customers, item, items, minor, policy, receipt, receipts

BOOK = {"ledger_id": "MAIN", "company_code": "1000"}
DAYS = ("contact_date", "next_action_date", "opened_date", "due_date", "resolved_date", "logged_date", "notified_date")


def contact(number: str, who: str, day: str, kind: str = "PHONE", outcome: str = "REACHED", **over: Any) -> dict[str, Any]:
    return {"contact_id": number, **BOOK, "customer_id": who, "contact_date": day, "type": kind, "outcome": outcome, **LINEAGE, **over}


def dispute(number: str, who: str, named: str, amount: str, opened: str = "2025-04-02", **over: Any) -> dict[str, Any]:
    row = {
        "dispute_id": number, **BOOK, "customer_id": who, "items": named, "opened_date": opened, "reason_code": "PR",
        "disputed_amount": minor(amount), "currency": "EUR", "status": "IN_REVIEW", **LINEAGE,
    }  # fmt: skip
    return {**row, **over}


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    if not rows:
        return empty(name)
    frame = pd.DataFrame(list(rows))
    for column in frame.columns:
        if column in DAYS:
            frame[column] = pd.to_datetime(frame[column])
        elif column.endswith("_amount") or column in ("cleared_manually", "auto_written_off"):
            frame[column] = frame[column].astype("Int64") if column != "disputed_amount" else frame[column]
    return conform(name, frame)


def stood(world: pd.DataFrame, cases: pd.DataFrame, as_of: date) -> pd.DataFrame:
    aged = age(world, cases, empty("allocations"), policy(), as_of)
    return standing(aged.ageing_items, world, cases, as_of)


def contacted(world: pd.DataFrame, log: pd.DataFrame, as_of: str, *, cases: pd.DataFrame | None = None, **over: Any) -> dict[str, str]:
    day, held = date.fromisoformat(as_of), cases if cases is not None else empty("disputes")
    people = customers(*(customer(c, collector="Ada") for c in sorted(set(world["customer_id"]))))
    net = net_overdue(stood(world, held, day), empty("receipts"))
    found = first_contacts(
        world,
        log,
        held,
        people,
        net,
        payments(world, empty("allocations"), empty("receipts"), day),
        policy(**over),
        ISO,
        day.replace(day=1),
        day,
    )
    return dict(zip(found["customer_id"], found["status"], strict=True))


def ax_25() -> tuple[pd.DataFrame, pd.DataFrame]:
    due = {"C1": "05-01", "C2": "05-01", "C3": "05-01", "C4": "05-10", "C5": "05-01", "C6": "05-05", "C7": "05-08"}
    done = {"open": "0.00", "clearing_date": "2025-05-09", "clearing_doc": "Z5"}
    world = items(*(item(f"D{c}", c, "100.00", due=f"2025-{d}", **(done if c == "C5" else {})) for c, d in due.items()))
    log = table(
        "contacts", contact("K1", "C1", "2025-05-15"), contact("K2", "C2", "2025-05-16", "LETTER", "SENT"),
        contact("K3", "C3", "2025-05-10", outcome="NO_ANSWER"), contact("K6", "C6", "2025-05-04"),
        contact("K7", "C7", "2025-05-12", "EMAIL", "SENT"),
    )  # fmt: skip
    return world, log


def test_ax25_co10_fourteen_days() -> None:
    found = contacted(*ax_25(), as_of="2025-05-20")
    assert found == {
        "C1": "MET", "C2": "BREACHED", "C3": "BREACHED", "C4": "DUE", "C5": "NOT_REQUIRED", "C6": "BREACHED", "C7": "AT_RISK",
    }  # fmt: skip
    states = list(found.values())
    level = mt.first_contact(states.count("MET"), states.count("BREACHED"))
    assert level is not None
    assert str(mt.shown(level)) == "25.00"


@pytest.mark.parametrize(
    ("kind", "outcome", "direction", "status"),
    [
        ("VISIT", "REACHED", "OUT", "MET"),  # a visit is a meeting
        ("LETTER", "DELIVERED", "OUT", "MET"),
        ("LETTER", "UNDELIVERED", "OUT", "BREACHED"),
        ("PHONE", "VOICEMAIL", "OUT", "BREACHED"),
        ("PHONE", "REACHED", "IN", "MET"),  # the customer called
        ("EMAIL", "SENT", "OUT", "BREACHED"),
    ],
)
def test_co10_what_counts(kind: str, outcome: str, direction: str, status: str) -> None:
    world = items(item("1", "C1", "100.00", due="2025-05-01"))
    log = table("contacts", contact("K", "C1", "2025-05-10", kind, outcome, direction=direction))
    assert contacted(world, log, "2025-05-20") == {"C1": status}


def test_co10_policy_may_add_mail() -> None:
    world, log = ax_25()
    assert contacted(world, log, "2025-05-20", contact={"types": ["LETTER", "PHONE", "MEETING", "EMAIL"]})["C7"] == "MET"


def test_co10_a_contact_about_another_document_does_not_count_and_one_about_the_account_serves_all() -> None:
    world = items(item("1", "C1", "100.00", due="2025-05-01"), item("2", "C1", "100.00", due="2025-05-02"))
    for named, expected in (("1", {"MET", "BREACHED"}), ("", {"MET"})):
        people = customers(customer("C1", collector="Ada"))
        day, log = date(2025, 5, 20), table("contacts", contact("K", "C1", "2025-05-10", items=named))
        net = net_overdue(stood(world, empty("disputes"), day), empty("receipts"))
        found = first_contacts(
            world,
            log,
            empty("disputes"),
            people,
            net,
            payments(world, empty("allocations"), empty("receipts"), day),
            policy(),
            ISO,
            date(2025, 5, 1),
            day,
        )
        assert set(found["status"]) == expected


def test_co10_disputed_before_the_deadline_needs_none_and_covered_by_credit_needs_none() -> None:
    world = items(
        item("1", "C1", "100.00", due="2025-05-01"), item("2", "C2", "100.00", due="2025-05-01"),
        item("3", "C2", "-150.00", doc="2025-05-01", doc_type="ONACC"),
    )  # fmt: skip
    log = table("contacts", contact("K", "C9", "2025-05-10"))
    cases = table("disputes", dispute("D1", "C1", "1", "100.00", opened="2025-05-10"))
    assert contacted(world, log, "2025-05-20", cases=cases) == {"C1": "NOT_REQUIRED", "C2": "NOT_REQUIRED"}
    late = table("disputes", dispute("D1", "C1", "1", "10.00", opened="2025-05-18"))
    assert contacted(world, log, "2025-05-20", cases=late)["C1"] == "BREACHED"


def test_co10_without_a_contact_log_nobody_is_said_to_be_late() -> None:
    assert contacted(ax_25()[0], empty("contacts"), "2025-05-20") == {}


def test_net_overdue_takes_disputes_and_money_off() -> None:
    world = items(
        item("1", "C1", "5000.00", due="2025-03-01"), item("2", "C1", "80.00", due="2025-03-10"), item("3", "C1", "900.00", due="2025-04-30"),
        item("4", "C2", "120.00", due="2025-03-01"), item("5", "C2", "-150.00", doc="2025-03-01", doc_type="ONACC"),
        item("6", "C3", "100.00", due="2025-03-01"),
    )  # fmt: skip
    cases = table("disputes", dispute("D1", "C1", "1", "5000.00", opened="2025-03-05"))
    cash = receipts(
        receipt("R1", "30.00", "2025-03-30", customer_id="C3", unapplied_amount=3_000, unidentified_amount=0, status="UNAPPLIED")
    )
    found = net_overdue(stood(world, cases, date(2025, 3, 31)), cash).set_index("customer_id")
    assert found["net"].to_dict() == {"C1": 8_000, "C2": 0, "C3": 7_000}
    assert found.loc["C1", ["overdue", "disputed", "oldest_days"]].tolist() == [508_000, 500_000, 21]
    assert found.loc["C3", "unapplied"] == 3_000


def test_co80_only_the_disputed_part_is_left_out() -> None:
    world = items(item("1", "C1", "1000.00", due="2025-03-01"), item("2", "C1", "500.00", due="2025-03-05"))
    cases = table("disputes", dispute("D1", "C1", "1 2", "1200.00", opened="2025-03-10"))
    rows = stood(world, cases, date(2025, 3, 31)).set_index("doc_no")
    assert rows["disputed_part"].to_dict() == {"1": 100_000, "2": 20_000}
    assert set(rows["dispute_ids"]) == {"D1"}


def test_net_overdue_never_nets_across_currencies() -> None:
    foreign = item(
        "2", "C1", "-900.00", doc="2025-03-01", doc_type="ONACC", currency="USD", amount_local=-80_000, open_amount_local=-80_000
    )
    world = items(item("1", "C1", "100.00", due="2025-03-01"), foreign)
    assert int(net_overdue(stood(world, empty("disputes"), date(2025, 3, 31)), empty("receipts"))["net"].sum()) == 10_000


@pytest.mark.parametrize(
    ("over", "due", "days_over", "told"),
    [
        ({}, "2025-04-09", 21, "director"),  # pricing answers in 7 days
        ({"reason_code": "QL"}, "2025-04-17", 13, "manager of QUALITY"),
        ({"reason_code": "QT"}, "2025-04-07", 23, "director"),
        ({"due_date": "2025-04-25"}, "2025-04-25", 5, ""),
        ({"status": "RESOLVED", "resolution": "VALID", "resolved_date": "2025-04-20"}, "2025-04-09", 0, ""),
    ],
)
def test_co80_owner_deadline_and_escalation(over: dict[str, Any], due: str, days_over: int, told: str) -> None:
    world = items(item("1", "C1", "500.00", due="2025-03-31"))
    cases = table("disputes", dispute("D1", "C1", "1", "100.00", **over))
    day = date(2025, 4, 30)
    row = dispute_work(cases, stood(world, cases, day), policy(), ISO, day).iloc[0]
    assert (str(row["due_date"].date()), row["days_over"], row["escalated_to"]) == (due, days_over, told)
    assert row["open_amount"] == 50_000
    assert f"answer by {due}" in row["notice"]


def test_t14_equation_of_a_dispute() -> None:
    world = items(item("1", "C1", "500.00", due="2025-03-31"))
    fine = dispute("D1", "C1", "1", "40.00", original_amount=10_000, paid_amount=2_500, credited_amount=3_500, cleared_manually=0)
    bad = dispute("D2", "C1", "1", "40.00", original_amount=10_000, paid_amount=2_500, credited_amount=3_000)
    shut = dispute("D3", "C1", "1", "0.00", original_amount=10_000, credited_amount=10_000, status="CLOSED")
    cases, day = table("disputes", fine, bad, shut), date(2025, 4, 30)
    found = dispute_work(cases, stood(world, cases, day), policy(), ISO, day).set_index("dispute_id")
    assert found["difference"].to_dict() == {"D1": 0, "D2": 500}
    assert found.loc["D2", "next_action"].startswith("Correct its figures: they differ by 5.00 EUR.")


def test_co80_a_query_has_owner_deadline_and_notice_and_its_item_stays_collected() -> None:
    world = items(item("1", "C1", "100.00", due="2025-04-30"), item("2", "C1", "50.00", due="2025-04-30", dispute_id="Q2"))
    cases = table("disputes", dispute("Q1", "C1", "1", "100.00", reason_code="MD"), dispute("Q2", "C1", "2", "50.00", reason_code="MD"),
                  dispute("D1", "C1", "2", "9.00"))  # fmt: skip
    told = contested({"disputes": cases, "open_items": world})
    assert (told["disputes"]["dispute_id"].tolist(), told["queries"]["dispute_id"].tolist()) == (["D1"], ["Q1", "Q2"])
    held = stood(told["open_items"], told["disputes"], date(2025, 5, 20))
    assert held.set_index("reference")["disputed_part"].to_dict() == {"1": 0, "2": minor("9.00")}
    work = dispute_work(cases, held, policy(), ISO, date(2025, 5, 20)).set_index("dispute_id")
    assert work["kind"].to_dict() == {"D1": "DISPUTE", "Q1": "QUERY", "Q2": "QUERY"}
    assert work.at["Q1", "owner_function"] == "AR"
    assert "asks for documents of 1 (100.00 EUR)" in work.at["Q1", "notice"]
    assert "Nothing is in dispute; it is collected meanwhile." in work.at["Q1", "notice"]
    assert work.at["Q1", "next_action"] == "AR: send the documents."


def test_co80_without_queries_nothing_changes() -> None:
    cases = table("disputes", dispute("D1", "C1", "1", "9.00"))
    told = contested({"disputes": cases, "open_items": items(item("1", "C1", "100.00"))})
    assert (len(told["disputes"]), len(told["queries"])) == (1, 0)


def test_co72_reasons_by_amount_with_validity_recovery_and_root_cause() -> None:
    """Of 100.00 taken off 60.00 for price, 25.00 for quantity, 15.00 for quality; the first two make up the first 80 %."""
    over = {"status": "CLOSED", "resolved_date": "2025-04-20"}
    cases = table(
        "disputes", dispute("1", "C1", "1", "35.00", original_amount=minor("40.00"), credited_amount=minor("5.00"), root_cause="price list"),
        dispute("2", "C1", "2", "20.00", **over, resolution="VALID", credited_amount=minor("20.00"), root_cause="price list"),
        dispute("3", "C1", "3", "25.00", **over, reason_code="QT", resolution="INVALID", paid_amount=minor("25.00"), root_cause="count at delivery"),
        dispute("4", "C1", "4", "500.00", opened="2025-03-31"),
    )  # fmt: skip
    taken = {"residual_id": "R", "receipt_id": "R", **BOOK, "customer_id": "C1", "ref_item": "9", "currency": "EUR", "amount": minor("15.00"),
             "reason_code": "QL", "due_date": pd.Timestamp("2025-04-30"), "dispute": True, "status": "CREATED"}  # fmt: skip
    left = conform("residuals", pd.DataFrame([taken, {**taken, "residual_id": "S", "status": "PROPOSED"}]))
    found = root_causes(cases, left, date(2025, 4, 1), date(2025, 4, 30))
    names = [
        "place",
        "reason_code",
        "cases",
        "amount",
        "share",
        "running_share",
        "resolved",
        "valid",
        "credited_amount",
        "recovered_amount",
        "root_causes",
    ]
    assert found.sort_values("place")[names].values.tolist() == [
        [1, "PR", 2, 6_000, 600_000, 600_000, 1, 1, 2_500, 0, "price list (2)"],
        [2, "QT", 1, 2_500, 250_000, 850_000, 1, 0, 0, 2_500, "count at delivery"], [3, "QL", 1, 1_500, 150_000, 1_000_000, 0, 0, 0, 0, ""],
    ]  # fmt: skip
    assert [words.split(": ")[1][:4] for words in found.sort_values("place")["next_action"]] == ["find", "find", "watc"]
    assert root_causes(empty("disputes"), empty("residuals"), date(2025, 4, 1), date(2025, 4, 30)).empty


def test_co80_a_query_does_not_bar_a_dispute_of_its_item_and_a_dispute_bars_another() -> None:
    world = items(item("1", "C1", "100.00"))
    cases = table("disputes", dispute("Q1", "C1", "1", "100.00", reason_code="MD"))
    day = date(2025, 5, 20)

    def opened(code: str, known: pd.DataFrame) -> str:
        around = Around(
            customers(customer("C1")),
            world,
            empty("promises"),
            known,
            empty("promise_results"),
            policy(),
            ISO,
            day,
            7,
            lambda text, _, __: minor(text),
        )
        return str(dispute_body(Dispute(Whose("C1"), ("1",), code, "9.00"), around)["dispute"])

    assert opened("PR", cases) == "D-7"
    with pytest.raises(InputError, match="in query Q1 already"):
        opened("MD", cases)
    with pytest.raises(InputError, match="in dispute D1 already"):
        opened("QT", table("disputes", dispute("D1", "C1", "1", "9.00")))
