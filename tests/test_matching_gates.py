"""Section 2.5: each gate in a case that fires it, beside the same case that does not; and what each leaves standing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from ax import Ran, advice, dispute, found, item, one_receipt, receipt, together

NAMED, BARE = {"text": "INV 6001001"}, {"text": ""}


SECOND = item("6001002", "C1", "1000.00")
ADVICE = {"end_to_end_id": "E2E-1", "text": ""}

FIRES: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("G-01", "equal invoices", "M06", "REVIEW", {"paid": BARE, "more": (SECOND,)}),
    ("G-01", "a pair adds up", "M06", "REVIEW", {"paid": BARE, "more": (item("1", "C1", "400.00"), item("2", "C1", "600.00"))}),
    ("G-01", "invoice less credit memo", "M06", "REVIEW", {"paid": BARE, "more": (item("1", "C1", "1300.00"), item("2", "C1", "-300.00"))}),
    (
        "G-01",
        "invoice less loose credit",
        "M06",
        "REVIEW",
        {"paid": BARE, "more": (item("1", "C1", "1300.00"), item("2", "C1", "-300.00", doc_type="ONACC"))},
    ),
    ("G-01", "another less discount", "M06", "REVIEW", {"paid": BARE, "more": (item("1", "C1", "1020.41", disc=("2025-03-15", "2.00")),)}),
    ("G-01", "a reference on two documents", "M04", "REVIEW", {"paid": NAMED, "more": (item("7", "C1", "1000.00", reference="6001001"),)}),
    ("G-03", "name only", "M06", "SUGGEST", {"paid": {**BARE, "account": "", "name": "NORDLICHT WERKE"}}),
    ("G-03", "name alike only", "M06", "SUGGEST", {"paid": {**BARE, "account": "", "name": "NORDLICHT WERKEN"}}),
    ("G-03", "strong keys disagree", "M04", "REVIEW", {"paid": {"structured_ref": "6001001", "account": "DE02"}}),
    ("G-04", "probable repeat", "M14", "REVIEW", {"paid": BARE, "breaks": [found("C1", "R1", "5001")]}),
    ("G-04", "possible repeat", "M06", "REVIEW", {"paid": BARE, "breaks": [found("C1", "R1", "5001", "POSSIBLE")]}),
    (
        "G-04",
        "names something settled",
        "M16",
        "REVIEW",
        {"paid": {"text": "INV 5001001"}, "more": (item("5001001", "C1", "1000.00", clearing_date="2025-02-03"),)},
    ),
    (
        "G-04",
        "names something settled as well",
        "M04",
        "REVIEW",
        {"paid": {"text": "INV 6001001, 5001001"}, "more": (item("5001001", "C1", "9.00", clearing_date="2025-02-03"),)},
    ),
    (
        "G-05",
        "advice adds up to less",
        "M04",
        "REVIEW",
        {"paid": ADVICE, "advices": advice("A1", "E2E-1", ("6001001", "999.00"))},
    ),
    (
        "G-05",
        "advice in another currency",
        "M04",
        "REVIEW",
        {"paid": ADVICE, "advices": advice("A1", "E2E-1", ("6001001", "1000.00"), currency="USD")},
    ),
    (
        "G-05",
        "advice linked twice",
        "M04",
        "REVIEW",
        {
            "paid": ADVICE,
            "advices": advice("A1", "E2E-1", ("6001001", "1000.00")),
            "others": (receipt("R2", "1.00", "2025-03-12", end_to_end_id="E2E-1"),),
        },
    ),
    (
        "G-05",
        "advice pays otherwise",
        "M04",
        "REVIEW",
        {
            "paid": {**ADVICE, "amount": "1500.00"},
            "more": (item("6001002", "C1", "500.00"),),
            "advices": advice("A1", "E2E-1", ("6001001", "900.00"), ("6001002", "600.00")),
        },
    ),
    ("G-06", "disputed", "M04", "REVIEW", {"paid": NAMED, "disputes": [dispute("D1", "C1", "6001001")]}),
    ("G-06", "disputed on the item", "M06", "REVIEW", {"paid": BARE, "doc": {"dispute_id": "D9"}}),
    ("G-06", "blocked", "M04", "REVIEW", {"paid": NAMED, "doc": {"payment_block": "A"}}),
    ("G-06", "legal", "M04", "REVIEW", {"paid": NAMED, "doc": {"legal_hold": True}}),
    ("G-06", "written off", "M04", "REVIEW", {"paid": NAMED, "doc": {"written_off": True}}),
    ("G-06", "assigned", "M04", "REVIEW", {"paid": NAMED, "doc": {"assigned_to": "FACTOR1"}}),
    ("G-07", "insolvent", "M04", "REVIEW", {"paid": NAMED, "who": {"status": "INSOLVENT"}}),
    ("G-07", "legal", "M06", "REVIEW", {"paid": BARE, "who": {"status": "LEGAL"}}),
    ("G-08", "other currency", "M05", "REVIEW", {"paid": NAMED, "doc": {"currency": "USD"}}),
    (
        "G-09",
        "other ledger",
        "M13",
        "REVIEW",
        {"paid": {"text": "FA-20931"}, "more": (item("FA-20931", "F-77", "1000.00", ledger_id="FIN"),)},
    ),
    (
        "G-09",
        "other customer",
        "M12",
        "SUGGEST",
        {"paid": {"text": "INV 7001001"}, "more": (item("7001001", "C2", "55.00"), item("7001002", "C3", "55.00"))},
    ),
    ("G-09", "somebody else of the name pays", "M04", "SUGGEST", {"paid": {"text": "INV 6001001", "account": "", "name": "ALPEN HANDEL"}}),
    ("G-10", "short", "M05", "SUGGEST", {"paid": {"text": "INV 6001001", "amount": "994.99"}}),
    ("G-12", "large", "M04", "SUGGEST", {"paid": {"text": "INV 6001001", "amount": "100000.00"}, "doc": {"amount": "100000.00"}}),
    ("G-13", "old value date", "M04", "REVIEW", {"paid": {"text": "INV 6001001", "day": "2025-03-01"}, "as_of": "2025-04-01"}),
    ("G-13", "before the document", "M04", "REVIEW", {"paid": {"text": "INV 6001001", "day": "2025-02-28"}, "as_of": "2025-03-20"}),
    ("G-13", "amount before the document", "M06", "REVIEW", {"paid": {**BARE, "day": "2025-02-28"}, "as_of": "2025-03-20"}),
    ("G-15", "returned", "M04", "REVIEW", {"paid": {"text": "INV 6001001", "method": "SEPA_DD, returned"}}),
    (
        "G-17",
        "loose credit memo",
        "M04",
        "SUGGEST",
        {"paid": {"text": "6001001, 7001001", "amount": "900.00"}, "more": (item("7001001", "C1", "-100.00"),)},
    ),
    ("G-19", "account not on file", "M06", "SUGGEST", {"paid": {"text": "KD C1", "account": "DE99", "name": "NORDLICHT WERKE"}}),
    (
        "G-19",
        "not in the master",
        "M04",
        "SUGGEST",
        {"paid": {"text": "INV 7001001", "amount": "55.00", "account": ""}, "more": (item("7001001", "C9", "55.00"),)},
    ),
    ("G-23", "unknown document", "M06", "SUGGEST", {"paid": {"text": "INV 99999"}}),
    ("G-23", "short number of another customer", "M06", "SUGGEST", {"paid": {"text": "INV 4711"}, "more": (item("4711", "C2", "5.00"),)}),
    ("G-23", "unknown beside a small difference", "M04", "SUGGEST", {"paid": {"text": "INV 6001001 INV 99999", "amount": "999.00"}}),
    ("G-23", "a hurt number beside a small difference", "M04", "SUGGEST", {"paid": {"text": "6001001 60O1002", "amount": "999.00"}}),
    (
        "G-23",
        "a stranger beside a small difference",
        "M04",
        "SUGGEST",
        {"paid": {"text": "6001001 7001001", "amount": "999.00"}, "more": (item("7001001", "C2", "5.00"),)},
    ),
    (
        "G-23",
        "unknown in the advice",
        "M04",
        "SUGGEST",
        {"paid": ADVICE, "advices": advice("A1", "E2E-1", ("6001001", "1000.00"), ("99999", "0.00"))},
    ),
    ("G-23", "unknown structured reference", "M06", "SUGGEST", {"paid": {**BARE, "structured_ref": "RF18539007547034"}}),
]

PASSES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("G-01", "one invoice", "M06", {"paid": BARE}),
    ("G-01", "the twin is dated later", "M06", {"paid": BARE, "more": (item("6001002", "C1", "1000.00", doc="2025-03-20"),)}),
    ("G-01", "the twin is in another currency", "M06", {"paid": BARE, "more": (item("6001002", "C1", "1000.00", currency="USD"),)}),
    ("G-01", "the twin is named", "M04", {"paid": NAMED, "more": (SECOND,)}),
    ("G-03", "account on file", "M06", {"paid": BARE}),
    (
        "G-03",
        "medium payer, but named",
        "M04",
        {"paid": {"text": "INV 6001", "account": "", "name": "NORDLICHT WERKE"}, "doc": {"number": "6001"}},
    ),
    ("G-04", "named and open", "M04", {"paid": NAMED, "breaks": [found("C1", "R1", "5001")]}),
    ("G-05", "advice fits", "M01", {"paid": ADVICE, "advices": advice("A1", "E2E-1", ("6001001", "1000.00"))}),
    ("G-06", "dispute resolved", "M04", {"paid": NAMED, "disputes": [dispute("D1", "C1", "6001001", "RESOLVED")]}),
    (
        "G-06",
        "own dispute closed",
        "M04",
        {"paid": NAMED, "doc": {"dispute_id": "D1"}, "disputes": [dispute("D1", "C1", "6001001", "CLOSED")]},
    ),
    ("G-06", "another customer's dispute", "M04", {"paid": NAMED, "disputes": [dispute("D1", "C2", "6001001")]}),
    (
        "G-06",
        "dispute opened later",
        "M04",
        {"paid": NAMED, "disputes": [dispute("D1", "C1", "6001001", opened_date="2025-04-02")]},
    ),
    ("G-07", "on hold only", "M04", {"paid": NAMED, "who": {"status": "HOLD"}}),
    ("G-08", "same currency", "M04", {"paid": {**NAMED, "currency": "USD"}, "doc": {"currency": "USD"}}),
    ("G-09", "the customer itself pays", "M04", {"paid": {"text": "INV 6001001", "account": "", "name": "NORDLICHT WERKE"}}),
    ("G-09", "its own account, another name", "M04", {"paid": {"text": "INV 6001001", "name": "ALPEN HANDEL"}}),
    ("G-10", "short within", "M04", {"paid": {"text": "INV 6001001", "amount": "995.00"}}),
    ("G-11", "over within", "M04", {"paid": {"text": "INV 6001001", "amount": "1005.00"}}),
    ("G-12", "a cent less", "M04", {"paid": {"text": "INV 6001001", "amount": "99999.99"}, "doc": {"amount": "99999.99"}}),
    ("G-13", "thirty days", "M04", {"paid": {"text": "INV 6001001", "day": "2025-03-01"}, "as_of": "2025-03-31"}),
    ("G-13", "on the document's day", "M04", {"paid": {"text": "INV 6001001", "day": "2025-03-01"}}),
    (
        "G-17",
        "linked credit memo",
        "M04",
        {"paid": {"text": "6001001, 7001001", "amount": "900.00"}, "more": (item("7001001", "C1", "-100.00", ref_item="6001001"),)},
    ),
    (
        "G-17",
        "authority to net",
        "M04",
        {
            "paid": {"text": "6001001, 7001001", "amount": "900.00"},
            "more": (item("7001001", "C1", "-100.00"),),
            "who": {"netting_authority": True},
        },
    ),
    (
        "G-17",
        "listed in the advice",
        "M01",
        {
            "paid": {**ADVICE, "amount": "900.00"},
            "more": (item("7001001", "C1", "-100.00"),),
            "advices": advice("A1", "E2E-1", ("6001001", "1000.00"), ("7001001", "-100.00")),
        },
    ),
    ("G-19", "named from a new account", "M04", {"paid": {"text": "INV 6001001", "account": "DE99"}}),
    ("G-23", "a hurt number beside an exact amount", "M04", {"paid": {"text": "6001001 60O1002"}}),
    ("G-23", "unknown beside an exact amount", "M04", {"paid": {"text": "INV 6001001 INV 99999"}}),
]


@pytest.fixture(scope="module")
def ran() -> dict[str, Ran]:
    """Run every case once, all cases of one key date in one close."""
    cases = {f"{gate}-{why}": dict(case) for gate, why, *_, case in [*FIRES, *PASSES]}
    days = {case.get("as_of", "2025-03-31") for case in cases.values()}
    out: dict[str, Ran] = {}
    for day in sorted(days):
        chosen = {
            name: one_receipt(**{k: v for k, v in c.items() if k != "as_of"})
            for name, c in cases.items()
            if c.get("as_of", "2025-03-31") == day
        }
        out |= together(chosen, as_of=day)
    return out


@pytest.mark.parametrize(
    ("gate", "why", "strategy", "status"), [row[:4] for row in FIRES], ids=[f"{gate}-{why}" for gate, why, *_ in FIRES]
)
def test_gate_fires(ran: dict[str, Ran], gate: str, why: str, strategy: str, status: str) -> None:
    out = ran[f"{gate}-{why}"]
    row = out.of("R1")
    assert gate in row.gates.split()
    assert (row.strategy, row.status) == (strategy, status)
    assert f"({gate})" in row.why_not
    assert "R1" not in set(out.settled.allocations["receipt_id"])


@pytest.mark.parametrize(("gate", "why", "strategy"), [row[:3] for row in PASSES], ids=[f"{gate}-{why}" for gate, why, *_ in PASSES])
def test_gate_does_not_fire(ran: dict[str, Ran], gate: str, why: str, strategy: str) -> None:
    out = ran[f"{gate}-{why}"]
    row = out.of("R1")
    assert (row.strategy, row.status, row.gates, row.why_not) == (strategy, "AUTO", "", "")
    assert out.settled.allocations["amount_applied"].sum() == row.amount


@pytest.mark.parametrize(("cash", "status", "gates"), [("2000.00", "AUTO", ""), ("2000.01", "REVIEW", "G-11")])
def test_g_11_reviews_the_rest_and_not_the_item(cash: str, status: str, gates: str) -> None:
    """The invoice of 1,000.00 is paid either way; what is over is a decision of its own."""
    out = together({"one": one_receipt(paid={"text": "INV 6001001", "amount": cash})})["one"]
    row = out.of("R1")
    assert (row.strategy, row.status, row.gates, row.why_not) == ("M05", "AUTO", "", "")
    assert (row.on_account, row.on_account_status, row.on_account_gates) == (row.amount - 100000, status, gates)
    assert out.settled.receipts[["applied_amount", "on_account_amount"]].values.tolist() == [[100000, row.amount - 100000]]


@pytest.mark.parametrize(("closed", "status"), [("2025-03-12", "REVIEW"), ("2025-03-11", "AUTO"), ("", "AUTO")])
def test_g13_a_value_date_in_closed_books_goes_to_a_person(closed: str, status: str) -> None:
    out = together({"a": one_receipt(paid=NAMED)}, closed_until=date.fromisoformat(closed) if closed else None)["a"].of("R1")
    assert (out.status, out.gates) == (status, "G-13" if status == "REVIEW" else "")
    assert ("lies in books that are closed up to 2025-03-12" in out.why_not) is (status == "REVIEW")


def test_mp30_a_receipt_of_nothing_nets_a_credit_memo_and_another_is_a_row() -> None:
    more = (item("7001001", "C1", "-1000.00", ref_item="6001001"),)
    netted = one_receipt(paid={"text": "6001001, 7001001", "amount": "0.00"}, more=more)
    out = together({"netted": netted, "bare": one_receipt(paid={**BARE, "amount": "0.00"})})
    assert out["netted"].of("R1").strategy == "M04"
    assert out["netted"].documents("R1") == ["6001001", "7001001"]
    assert (out["bare"].of("R1").status, len(out["bare"].settled.receipts)) == ("NONE", 1)
