"""Claims, credit, escalation, distress, cheques, master data, reactions, pre-legal files (CO-20, CO-40, CO-45, CO-50, CO-60, CO-85 to CO-94)."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from arwork.collect.ageing import age
from arwork.collect.cheques import payers, register
from arwork.collect.claims import add_months, deadlines, track
from arwork.collect.credit import FULL, Standing, decision, points, review
from arwork.collect.credit_checklist import checklist
from arwork.collect.disputes import contested
from arwork.collect.distress import screen
from arwork.collect.escalation import escalate, step
from arwork.collect.master_data import APART, Party, check, key_of, pairs
from arwork.collect.overdue import net_overdue
from arwork.collect.overdue import standing as standing_of
from arwork.collect.prelegal import assemble, completeness, index
from arwork.collect.reactions import reactions
from arwork.money import ISO
from arwork.tables import TABLES, empty
from tests import ax
from tests.ax import policy
from tests.test_collect_dunning import RUN, item, late, table


def claim(**over: Any) -> dict[str, Any]:
    return {
        "claim_id": "K",
        "regime": "CMR",
        "type": "DAMAGE",
        "amount": 1,
        "delivery_date": date(2026, 3, 2),
        "damage_apparent": False,
        **over,
    }


def due(**over: Any) -> dict[str, date]:
    return {one.step: one.day for one in deadlines(table("claims", claim(**over)).iloc[0].to_dict())}


def test_CO_85_months_are_clamped() -> None:
    assert add_months(date(2025, 5, 31), 9) == date(2026, 2, 28)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ({}, {"NOTICE": date(2026, 3, 10), "SUIT": date(2027, 3, 2)}),  # 7 days without the Sunday 8 March, delivery day not counted
        ({"damage_apparent": True}, {"NOTICE": date(2026, 3, 2), "SUIT": date(2027, 3, 2)}),
        ({"type": "DELAY"}, {"NOTICE": date(2026, 3, 23), "SUIT": date(2027, 3, 2)}),
        ({"type": "LOSS", "total_loss": True, "delivery_date": None, "scheduled_date": date(2026, 3, 1)}, {"SUIT": date(2027, 3, 31)}),
        ({"type": "LOSS", "total_loss": True, "delivery_date": None, "taken_over_date": date(2026, 1, 1)}, {"SUIT": date(2027, 3, 2)}),
        ({"regime": "CARMACK"}, {"NOTICE": date(2026, 3, 9), "CLAIM": date(2026, 12, 2)}),
        ({"regime": "CARMACK", "contract_date": date(2026, 6, 1)}, {"NOTICE": date(2026, 3, 9), "CLAIM": date(2026, 6, 1)}),
        (
            {"regime": "CARMACK", "filed_date": date(2026, 4, 1), "disallowed_date": date(2026, 5, 31)},
            {
                "NOTICE": date(2026, 3, 9), "CLAIM": date(2026, 12, 2), "ACKNOWLEDGE": date(2026, 5, 1), "DECISION": date(2026, 7, 30),
                "SUIT": date(2028, 5, 31),
            },
        ),
        ({"regime": "CARMACK", "type": "OVERCHARGE", "bill_date": date(2026, 1, 1)}, {"CLAIM": date(2026, 6, 30)}),
        ({"regime": "HAGUE_VISBY"}, {"NOTICE": date(2026, 3, 5), "SUIT": date(2027, 3, 2)}),
        ({"regime": "MONTREAL"}, {"NOTICE": date(2026, 3, 16), "SUIT": date(2028, 3, 2)}),
        ({"regime": "MONTREAL", "type": "DELAY"}, {"NOTICE": date(2026, 3, 23), "SUIT": date(2028, 3, 2)}),
        ({"regime": "CA_UNIFORM", "taken_over_date": date(2026, 2, 20)}, {"NOTICE": date(2026, 5, 1), "CLAIM": date(2026, 11, 20)}),
        ({"regime": "CONTRACT", "contract_date": date(2026, 4, 1)}, {"CLAIM": date(2026, 4, 1)}),
    ],
)  # fmt: skip
def test_CO_85_deadlines_by_law(over: dict[str, Any], expected: dict[str, date]) -> None:
    assert due(**over) == expected


@pytest.mark.parametrize(
    ("as_of", "noticed", "status"),
    [
        (date(2026, 3, 10), None, "REMIND"), (date(2026, 3, 11), None, "MISSED"), (date(2026, 3, 20), date(2026, 3, 10), "DONE"),
        (date(2026, 3, 20), date(2026, 3, 11), "DONE_LATE"),
    ],
)  # fmt: skip
def test_CO_85_states(as_of: date, noticed: date | None, status: str) -> None:
    found = track(table("claims", claim(noticed_date=noticed)), as_of).claim_deadlines
    assert found.set_index("step").at["NOTICE", "status"] == status


def test_CO_85_a_claim_without_a_date_is_told() -> None:
    found = track(table("claims", claim(delivery_date=None)), RUN)
    assert found.claim_deadlines.empty
    assert "no date" in found.findings[0].sentence


def standing(**over: Any) -> Standing:
    plain = {
        "exposure": 80, "limit": 100, "open_ar": 1000, "overdue_30": 0, "oldest": 0, "kept": 9, "promised": 10, "trend": 0, "risk": "A",
        "paid_lately": True, "complete": True,
    }  # fmt: skip
    return Standing(**{**plain, **over})


@pytest.mark.parametrize(
    ("over", "factor", "expected"),
    [
        ({}, "utilisation", 25), ({"exposure": 81}, "utilisation", 18), ({"exposure": 100}, "utilisation", 18), ({"exposure": 101}, "utilisation", 8),
        ({"exposure": 110}, "utilisation", 8), ({"exposure": 111}, "utilisation", 0), ({"overdue_30": 50}, "overdue over 30 days", 14),
        ({"overdue_30": 51}, "overdue over 30 days", 7), ({"overdue_30": 151}, "overdue over 30 days", 0), ({"oldest": 15}, "oldest overdue", 11),
        ({"oldest": 60}, "oldest overdue", 3), ({"oldest": 61}, "oldest overdue", 0), ({"kept": 7}, "promises kept", 6), ({"kept": 6}, "promises kept", 0),
        ({"promised": 0, "kept": 0}, "promises kept", 8), ({"trend": 7}, "trend", 6), ({"trend": 16}, "trend", 0), ({"trend": None}, "trend", 0),
        ({"risk": "C"}, "risk class", 5), ({"paid_lately": False}, "payment in 45 days", 0),
    ],
)  # fmt: skip
def test_CO_45_points(over: dict[str, Any], factor: str, expected: int) -> None:
    assert points(standing(**over))[factor] == expected


def test_CO_45_best_is_a_hundred_and_decisions_follow() -> None:
    assert sum(points(standing()).values()) == 100
    assert decision(75, FULL, [], policy()) == "RELEASE"
    assert decision(74, FULL, [], policy()) == "CONDITIONAL"
    assert decision(90, FULL + 1, [], policy()) == "CONDITIONAL"
    assert decision(54, FULL, [], policy()) == "HOLD"
    assert decision(99, 0, ["customer is LEGAL"], policy()) == "HOLD"


def owed(items: pd.DataFrame, allocations: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    """Age items and say what is left of each and net overdue, as a close does before the collector's files."""
    given = empty("allocations") if allocations is None else allocations
    aged = age(items, empty("disputes"), given, policy(), RUN)
    held = standing_of(aged.ageing_items, items, empty("disputes"), RUN)
    return {"standing": held, "net_overdue": net_overdue(held, empty("receipts"))}


def reviewed(
    profile: dict[str, Any], promises: pd.DataFrame | None = None, allocations: pd.DataFrame | None = None, **order: Any
) -> dict[str, Any]:
    frames = {name: empty(name) for name in ("receipts", "cheques", "disputes")}
    frames["promises"] = empty("promise_results") if promises is None else promises
    frames["open_items"] = table("open_items", item("A", late(40), 60000), item("B", late(-9), 20000))
    frames["customers"] = table("customers", {"name": "Abel", "status": "ACTIVE"})
    frames["customer_profiles"] = table("customer_profiles", {"credit_limit": 100000, "risk_class": "A", **profile})
    frames["credit_requests"] = table("credit_requests", {"order_no": "O", "order_value": 25000, "requested_at": RUN, **order})
    return dict(review({**frames, **owed(frames["open_items"], allocations)}, policy(), RUN).iloc[0])


def test_CO_45_exposure_and_condition() -> None:
    row = reviewed({"tax_id": "DE1", "contact_date": RUN})
    assert (row["exposure"], row["utilisation"], row["authority"]) == (105000, 1_050_000, "CREDIT_ANALYST")
    assert row["decision"] == "HOLD"  # 8 + 0 + 3 + 8 + 0 + 10 + 0 + 5 = 34
    assert row["total_points"] == 34
    assert "three months" in row["not_measurable"]


def test_CO_45_expired_limit_stops() -> None:
    row = reviewed({"credit_limit_expiry": late(1)})
    assert "no valid credit limit" in row["hard_stops"]
    assert (row["decision"], row["authority"]) == ("HOLD", "DIRECTOR")


@pytest.mark.parametrize(
    ("args", "place"),
    [
        ((1, 0, 0, False), 5), ((14, 1, 0, False), 5), ((15, 0, 0, False), 4), ((3, 2, 0, False), 4), ((30, 0, 0, False), 3),
        ((3, 0, 1, True), 3), ((45, 0, 0, False), 2), ((3, 3, 0, False), 2), ((3, 0, 2, False), 2), ((60, 0, 0, False), 1),
        ((75, 0, 0, False), 0), ((3, 4, 0, False), 0), ((0, 0, 0, False), -1),
    ],
)  # fmt: skip
def test_CO_40_path(args: tuple[int, int, int, bool], place: int) -> None:
    assert step(*args)[0] == place


def test_CO_50_two_returned_cheques_are_a_hard_trigger_and_points_add_up() -> None:
    items = table("open_items", item("A", late(40), 60000))
    promise = {"created_date": late(60), "last_day": late(1), "promised_amount": 1, "status": "BROKEN"}
    frames = {
        **owed(items), "open_items": items, "disputes": empty("disputes"),
        "customers": table("customers", {"name": "Abel", "status": "ACTIVE"}),
        "promises": table("promise_results", {"promise_id": "1", "promised_date": late(30), **promise}, {"promise_id": "2", "promised_date": late(9), **promise}),
        "cheques": empty("cheques"),
    }  # fmt: skip
    row = dict(screen(frames, policy(), RUN).iloc[0])
    assert (row["total_points"], row["notify"], row["delinquent"]) == (25, False, True)
    back = {"amount": 1, "cheque_date": late(20), "received_date": late(20), "returned_date": late(5)}
    frames["cheques"] = table("cheques", {"cheque_no": "1", "bank": "X", **back}, {"cheque_no": "2", "bank": "X", **back})
    row = dict(screen(frames, policy(), RUN).iloc[0])
    assert (row["hard_trigger"], row["notify"]) == ("cheques returned twice", True)


def test_CO_92_states_and_doubts_CO_94_ranking() -> None:
    friday = date(2025, 6, 27)
    plain = {"bank": "X", "amount": 1000, "cheque_date": friday, "received_date": friday, "endorsed": True, "custody_by": "Ada | Ben"}
    rows = register(
        table(
            "cheques", {**plain, "cheque_no": "1"}, {**plain, "cheque_no": "2", "cheque_date": date(2025, 7, 9)},
            {**plain, "cheque_no": "3", "received_date": late(10), "cheque_date": late(10), "deposit_date": late(10), "cleared_date": late(4)},
            {**plain, "cheque_no": "4", "returned_date": RUN, "return_reason": "NSF"}, {**plain, "cheque_no": "5", "custody_by": "Ada", "endorsed": False},
        ),
        RUN,
    ).set_index("cheque_no")  # fmt: skip
    assert rows["state"].tolist() == ["IN_HAND", "POST_DATED", "CLEARED", "RETURNED", "IN_HAND"]
    assert rows.at["1", "deposit_by"] == pd.Timestamp(RUN)  # the next business day after a Friday
    assert rows.at["1", "doubts"] == ""
    held = table("cheques", {**plain, "cheque_no": "1"})
    off = {(held["ledger_id"].iloc[0], held["company_code"].iloc[0]): frozenset({RUN})}
    assert register(held, RUN, off)["deposit_by"].iloc[0] == pd.Timestamp(RUN) + pd.Timedelta(days=1), "T27: a Monday without business"
    assert "two persons" in rows.at["5", "doubts"]
    assert "endorsed" in rows.at["5", "doubts"]
    assert "reinstate" in rows.at["4", "next_action"]
    ranked = payers(rows.reset_index())
    assert (int(ranked.iloc[0]["cheques"]), int(ranked.iloc[0]["float_days_total"])) == (5, 6)


def test_CO_90_pairs_by_key_and_by_name() -> None:
    found = pairs([
        Party("1", "Nordhafen Logistik GmbH"), Party("2", "Nordhaven Logistik GmbH"), Party("3", "Sued AG", ("tax number:DE1",)),
        Party("4", "Quite Other Ltd", ("tax number:DE1",)), Party("5", "Nordhafen Immobilien GmbH"),
    ])  # fmt: skip
    assert [(row[0], row[1], row[3]) for row in found] == [("3", "4", "the same tax number"), ("1", "2", "names alike")]


@pytest.mark.parametrize(
    ("mine", "other", "why"),
    [
        ("DE 811.000.123", "de811000123", "the same tax number"), ("DE811000123", "DE811000124", "names alike"), ("DE811000123", "", "names alike"),
        ("DE811000123", "DE297465508", APART),
    ],
)  # fmt: skip
def test_CO_90_tax_numbers_speak_for_or_against_like_names(mine: str, other: str, why: str) -> None:
    found = pairs([Party("1", "Nordhafen Logistik GmbH", tuple(filter(None, [key_of("tax number", mine)]))),
                   Party("2", "Nordhaven Logistik GmbH", tuple(filter(None, [key_of("tax number", other)])))])  # fmt: skip
    assert [row[3] for row in found] == [why]


def test_CO_90_like_names_of_two_entities_are_shown_and_not_proposed_as_one() -> None:
    frames = {name: empty(name) for name in ("customer_banks", "payer_relationships", "open_items")}
    frames["customers"] = table("customers", {"customer_id": "1", "name": "Paragon Consulting", "status": "ACTIVE"},
                                {"customer_id": "2", "name": "Paragone Consulting", "status": "ACTIVE"})  # fmt: skip
    profile = {"credit_limit": 5, "dunning_procedure": "STD4", "contact_date": RUN}
    frames["customer_profiles"] = table("customer_profiles", {**profile, "customer_id": "1", "tax_id": "FR01790815003"},
                                        {**profile, "customer_id": "2", "tax_id": "FR84056164019"})  # fmt: skip
    found = check(frames, RUN).set_index("check")
    assert "DUPLICATE" not in found.index
    assert found.at["ALIKE", "other_customer"] == "2"
    assert "two legal entities" in found.at["ALIKE", "sentence"]


def test_CO_90_gaps_of_a_profile() -> None:
    frames = {name: empty(name) for name in ("customer_banks", "payer_relationships", "open_items")}
    frames["customers"] = table("customers", {"name": "Abel", "status": "ACTIVE", "party_id": "C1", "parent_id": "P2"},
                                {"customer_id": "P2", "name": "Berg", "status": "ACTIVE", "party_id": "P2", "parent_id": "C1"})  # fmt: skip
    frames["customer_profiles"] = table(
        "customer_profiles", {"credit_limit": 5, "credit_limit_expiry": late(1), "tax_id": "X", "contact_date": RUN}
    )
    found = check(frames, RUN)
    assert sorted(set(found.loc[found["customer_id"] == "C1", "check"])) == ["LIMIT_EXPIRED", "NO_PROCEDURE", "PARENT_CYCLE"]


@pytest.mark.parametrize(
    ("left", "days", "code", "expected"),
    [
        (500, 5, "", "PAID_FULL"), (501, 5, "", "PAID_PART"), (10000, 5, "", "OPEN"), (10000, 14, "", "NO_REACTION"), (10000, 5, "QUERY", "QUERY"),
    ],
)  # fmt: skip
def test_CO_20_reactions(left: int, days: int, code: str, expected: str) -> None:
    letter = {
        "letter_id": "L", "level": 1, "sent_date": late(days), "deadline": late(days - 10), "amount": 10000, "items": "A", "reaction_code": code,
    }  # fmt: skip
    frames = {"open_items": table("open_items", item("A", late(40), left)), "letters_sent": table("letters_sent", letter)}
    assert reactions({**frames, "allocations": empty("allocations")}, RUN).iloc[0]["reaction_code"] == expected


def test_CO_60_index_and_completeness() -> None:
    frames = {
        name: empty(name)
        for name in ("promises", "disputes", "letters_sent", "contacts", "customer_profiles", "allocations", "legal_params")
    }
    frames["open_items"] = table("open_items", item("A", late(90), 60000))
    frames["customers"] = table("customers", {"name": "Abel", "status": "ACTIVE"})
    parts = index(assemble(frames, ("MAIN", "1000", "C1"), RUN))
    assert len(parts) == 19
    assert completeness(parts) == (3, 8, False)  # debtor, invoices, ledger extract; 5, 8, 15, 18 and contract or orders are missing
    assert completeness(parts, frozenset({3, 5, 8, 15, 18})) == (8, 8, True)


def escalated(items: pd.DataFrame, allocations: pd.DataFrame | None = None, *promises: dict[str, Any]) -> pd.DataFrame:
    made = {
        "created_date": late(60),
        "promised_date": late(20),
        "last_day": late(18),
        "promised_amount": 100,
        "currency": "EUR",
        "status": "BROKEN",
    }
    frames = {
        **owed(items, allocations), "dunning_items": empty("dunning_items"), "customers": table("customers", {"name": "Abel"}),
        "promises": table("promise_results", *({**made, "promise_id": str(n), **one} for n, one in enumerate(promises))),
    }  # fmt: skip
    return escalate(frames, 2, RUN)


def paid(number: str, amount: int) -> dict[str, Any]:
    return {
        "allocation_id": number, "receipt_id": "R", "item_id": number, "allocation_date": RUN, "amount_relieved": amount, "currency": "EUR",
        "item_currency": "EUR",
    }  # fmt: skip


def test_CO_40_what_this_close_pays_is_no_reason_to_escalate() -> None:
    items = table("open_items", item("A", late(80), 60000), item("B", late(20), 10000))
    assert escalated(items)[["to", "overdue_local"]].values.tolist() == [["risk or legal: pre-legal file", 70000]]
    left = escalated(items, table("allocations", paid("A", 60000)))
    assert left[["to", "oldest_days", "overdue_local"]].values.tolist() == [["collector, sales informed", 20, 10000]]
    assert escalated(items, table("allocations", paid("A", 60000), paid("B", 10000))).empty


def test_CO_40_an_account_whose_own_credit_covers_it_is_not_late() -> None:
    assert escalated(table("open_items", item("A", late(80), 60000), item("C", late(1), -70000, doc_type="CM"))).empty


def test_CO_40_promises_count_as_they_were_evaluated() -> None:
    items = table("open_items", item("A", late(2), 60000))
    assert escalated(items)["to"].tolist() == ["collector"]
    twice = escalated(items, None, {}, {})
    assert twice[["to", "trigger"]].values.tolist() == [["AR manager and sales manager", "2 broken promises"]]
    assert escalated(items, None, {"promised_amount": 1_000_000})["to"].tolist() == ["team lead"]
    assert escalated(items, None, {"status": "OPEN"}, {"status": "KEPT"})["to"].tolist() == ["collector"]


def test_CO_45_a_broken_promise_over_several_documents_stops_until_one_is_paid_late() -> None:
    broken = {
        "created_date": late(60),
        "promised_date": late(20),
        "last_day": late(18),
        "promised_amount": 100,
        "status": "BROKEN",
        "item": "A B",
        "promise_id": "1",
    }
    stop = "a broken promise is unpaid"
    assert stop in reviewed({}, table("promise_results", broken))["hard_stops"]
    assert stop in reviewed({}, table("promise_results", {**broken, "item": ""}))["hard_stops"]
    assert stop not in reviewed({}, table("promise_results", {**broken, "paid_late_date": late(1)}))["hard_stops"]
    assert stop not in reviewed({}, table("promise_results", {**broken, "status": "OPEN"}))["hard_stops"]


def test_CO_45_every_question_of_the_checklist_is_answered_with_its_evidence() -> None:
    items = table(
        "open_items", item("A", late(40), 60000, dunning_level=2), item("B", late(-9), 20000), item("F", late(12), 700, ledger_id="FIN")
    )
    frames = {name: empty(name) for name in ("receipts", "cheques", "disputes")} | {"open_items": items, **owed(items)}
    made = {
        "promise_id": "1",
        "created_date": late(60),
        "promised_date": late(20),
        "last_day": late(18),
        "promised_amount": 9,
        "status": "BROKEN",
    }
    frames["promises"] = table("promise_results", made)
    person = {"name": "Abel", "status": "ACTIVE", "party_id": "P"}
    frames["customers"] = table("customers", person, {**person, "ledger_id": "FIN"})
    frames["customer_profiles"] = table(
        "customer_profiles", {"credit_limit": 100000, "currency": "EUR", "security_amount": 5000, "tax_id": "DE1"}
    )
    frames["credit_requests"] = table("credit_requests", {"order_no": "O", "order_value": 25000, "requested_at": RUN})
    reviews = review(frames, policy(), RUN)
    rows = checklist(frames, reviews, ISO, RUN)
    assert rows["place"].tolist() == list(range(1, 15))
    assert (rows["evidence"] == "").sum() == 1
    found = {row["question"]: (row["state"], row["answer"]) for row in rows.to_dict("records")}
    assert found["Limit valid"] == ("FINE", "1,000.00 EUR")
    assert found["Utilisation"] == ("CONCERN", "1,050.00 EUR with this order: 105.00 %")
    assert found["Overdue beyond 30 days"] == ("CONCERN", "600.00 EUR, 75.00 % of 800.00 EUR")
    assert found["Oldest overdue"] == ("CONCERN", "A, 40 days, 600.00 EUR")
    assert found["Promises"] == ("CONCERN", "1 broken")
    assert found["Reminder level"] == ("CONCERN", "level 2")
    assert found["Other ledgers, family"] == ("CONCERN", "C1 in FIN: 7.00 EUR net overdue, 12 days")
    assert found["Bounced payments, 90 days"] == ("ANSWER", "not measurable: needs cheques")
    assert found["Conditions offered"][0] == "CONCERN"


def test_CO_45_exposure_is_what_is_left_after_this_close() -> None:
    row = reviewed({"tax_id": "DE1", "contact_date": RUN}, None, table("allocations", paid("A", 60000)))
    assert (row["exposure"], row["total_points"], row["decision"]) == (45000, 25 + 20 + 15 + 8 + 0 + 10 + 0 + 5, "RELEASE")


def test_CO_50_a_tenth_overdue_at_two_month_ends_is_delinquent() -> None:
    def found(due: date) -> list[bool]:
        items = table("open_items", item("A", due, 20000, doc_date=due.replace(day=1)), item("B", late(-20), 90000, doc_date=late(90)))
        frames = {name: empty(name) for name in ("disputes", "cheques")} | {"promises": empty("promise_results"), "open_items": items}
        rows = screen({**frames, **owed(items), "customers": table("customers", {"name": "Abel"})}, policy(), RUN)
        return [bool(row) for row in rows["delinquent"]]

    month_end = RUN.replace(day=1) - timedelta(days=1)
    assert found(month_end - timedelta(days=1)) == [True]
    assert found(month_end + timedelta(days=1)) == []


def test_CO_45_CO_50_points_of_100_are_shown_as_points() -> None:
    """A column named score holds hundredths; these are whole points, so that 46 of 100 never reads 0.46."""
    for name in ("credit_reviews", "distress"):
        assert "total_points" in TABLES[name].names()
        assert "score" not in TABLES[name].names()


@pytest.mark.parametrize(("reason", "status"), [("MD", "AUTO"), ("PR", "REVIEW")])
def test_co70_what_is_only_asked_about_is_paid_like_any_other_item(reason: str, status: str) -> None:
    """CO-80: a query contests nothing, so that its item is in no dispute for G-06; a payment of it is not held back."""
    said = contested({
        "open_items": ax.items(ax.item("6001001", "C1", "1000.00", dispute_id="D1")),
        "disputes": ax.disputes(ax.dispute("D1", "C1", "6001001", reason_code=reason)),
    })  # fmt: skip
    ran = ax.run(
        items=said["open_items"], disputes=said["disputes"], customers=ax.customers(ax.customer("C1", "Nordlicht Werke")),
        receipts=ax.receipts(ax.receipt("R1", "1000.00", "2025-03-12", account="DE01", text="6001001")), banks=ax.banks(ax.bank("C1", "DE01")),
    )  # fmt: skip
    assert ran.of("R1").status == status
