"""Section 2.5: each gate in a case that fires it, beside the same case that does not; and what each leaves standing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from ax import Ran, advice, bank, customer, customers, dispute, found, item, items, policy, receipt, receipts, run, together

NAMED, BARE = {"text": "INV 6001001"}, {"text": ""}


BANKS = [bank("C1", "DE01"), bank("C2", "DE02")]
SECOND = item("6001002", "C1", "1000.00")
ADVICE = {"end_to_end_id": "E2E-1", "text": ""}


def rows_of(
    *,
    paid: dict[str, Any] | None = None,
    doc: dict[str, Any] | None = None,
    who: dict[str, Any] | None = None,
    more: Sequence[dict[str, Any]] = (),
    others: Sequence[dict[str, Any]] = (),
    **over: Any,
) -> dict[str, Any]:
    """Describe one receipt of 1,000.00 of customer C1 beside invoice 6001001 of 1,000.00; each part may be changed."""
    cash = {"amount": "1000.00", "day": "2025-03-12", "account": "DE01", **(paid or {})}
    bill = {"number": "6001001", "customer": "C1", "amount": "1000.00", **(doc or {})}
    return {
        "receipts": [receipt("R1", cash.pop("amount"), cash.pop("day"), **cash), *others],
        "items": [item(bill.pop("number"), bill.pop("customer"), bill.pop("amount"), **bill), *more],
        "customers": [customer("C1", **{"name": "Nordlicht Werke", **(who or {})}), customer("C2", "Alpen Handel")],
        "banks": BANKS,
        **over,
    }


def tried(*, as_of: str = "2025-03-31", policy: Any = None, **case: Any) -> Ran:
    """Run one case alone."""
    return together({"one": rows_of(**case)}, as_of=as_of, policy=policy)["one"]


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
    ("G-03", "strong keys disagree", "M16", "REVIEW", {"paid": {"text": "INV 6001001", "account": "DE02"}}),
    ("G-04", "probable repeat", "M16", "REVIEW", {"paid": BARE, "breaks": [found("C1", "R1", "5001")]}),
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
    ("G-08", "other currency", "M16", "REVIEW", {"paid": NAMED, "doc": {"currency": "USD"}}),
    (
        "G-09",
        "other ledger",
        "M16",
        "REVIEW",
        {"paid": {"text": "FA-20931"}, "more": (item("FA-20931", "F-77", "1000.00", ledger_id="FIN"),)},
    ),
    (
        "G-09",
        "other customer",
        "M16",
        "REVIEW",
        {"paid": {"text": "INV 7001001"}, "more": (item("7001001", "C2", "55.00"), item("7001002", "C3", "55.00"))},
    ),
    ("G-09", "somebody else pays", "M04", "REVIEW", {"paid": {"text": "INV 6001001", "account": "", "name": "ALPEN HANDEL"}}),
    ("G-10", "short", "M16", "REVIEW", {"paid": {"text": "INV 6001001", "amount": "994.99"}}),
    ("G-11", "over", "M16", "REVIEW", {"paid": {"text": "INV 6001001", "amount": "1005.01"}}),
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
    ("G-05", "advice fits", "M04", {"paid": ADVICE, "advices": advice("A1", "E2E-1", ("6001001", "1000.00"))}),
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
        "M04",
        {
            "paid": {**ADVICE, "amount": "900.00"},
            "more": (item("7001001", "C1", "-100.00"),),
            "advices": advice("A1", "E2E-1", ("6001001", "1000.00"), ("7001001", "-100.00")),
        },
    ),
    ("G-19", "named from a new account", "M04", {"paid": {"text": "INV 6001001", "account": "DE99"}}),
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
            name: rows_of(**{k: v for k, v in c.items() if k != "as_of"})
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


def rivals(
    first: dict[str, Any], second: dict[str, Any], *more: dict[str, Any], cash: tuple[str, str] = ("1000.00", "1000.00")
) -> dict[str, Any]:
    """Describe two receipts of C1 that may both want invoice 6001001."""
    two = zip(("R1", "R2"), cash, (first, second), strict=True)
    return {
        "receipts": [receipt(number, amount, "2025-03-12", account="DE01", **over) for number, amount, over in two],
        "items": [item("6001001", "C1", "1000.00", structured_ref="RF18539007547034"), *more],
        "customers": [customer("C1")],
        "banks": BANKS,
    }


def competing(*case: dict[str, Any], **over: Any) -> Ran:
    """Run two competing receipts alone."""
    return together({"one": rivals(*case, **over)})["one"]


def verdicts(out: Ran) -> list[tuple[str, str, str]]:
    return [(row.strategy, row.status, row.gates) for row in out.proposals.itertuples()]


STRUCTURED = {"structured_ref": "RF18539007547034"}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (NAMED, NAMED, [("M04", "REVIEW", "G-18"), ("M04", "REVIEW", "G-18")]),
        (BARE, BARE, [("M06", "REVIEW", "G-18"), ("M06", "REVIEW", "G-18")]),
        (STRUCTURED, STRUCTURED, [("M03", "REVIEW", "G-18"), ("M03", "REVIEW", "G-18")]),
        (STRUCTURED, NAMED, [("M03", "AUTO", ""), ("M04", "REVIEW", "G-18")]),
        (NAMED, BARE, [("M04", "AUTO", ""), ("M16", "NONE", "")]),
    ],
    ids=["two named", "two bare", "two structured", "structured before named", "named before bare"],
)
def test_g_18_receipts_compete_by_strategy_never_by_order(
    first: dict[str, Any], second: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    out = together({"forth": rivals(first, second), "back": rivals(second, first)})
    forth, back = out["forth"], out["back"]
    assert verdicts(forth) == expected
    assert verdicts(back) == expected[::-1]


def test_g_18_what_a_stronger_claim_took_leaves_the_twin_unique() -> None:
    out = competing(NAMED, BARE, SECOND)
    assert [(row.strategy, row.status) for row in out.proposals.itertuples()] == [("M04", "AUTO"), ("M06", "AUTO")]
    assert out.documents("R2") == ["6001002"]


def test_g_18_an_item_that_another_receipt_names_is_not_paid_by_amount() -> None:
    """R1 names the invoice but a person must look at it; R2 has only the amount."""
    out = competing({"text": "INV 6001001", "method": "WIRE, returned"}, BARE)
    assert verdicts(out) == [
        ("M04", "REVIEW", "G-15"),
        ("M06", "REVIEW", "G-18"),
    ]
    part = competing(NAMED, BARE, cash=("400.00", "1000.00"))
    assert verdicts(part) == [("M16", "REVIEW", "G-10"), ("M06", "REVIEW", "G-18")]


def test_g_21_small_differences_stop_at_the_yearly_cap() -> None:
    """Cap 250.00: ten times 25.00 pass, the eleventh receipt waits for a person; another customer has its own cap."""
    rows = [item(str(6001000 + n), "C1", "10000.00") for n in range(11)] + [item("7001001", "C2", "10000.00")]
    paid = [receipt(f"R{n:02d}", "9975.00", f"2025-03-{20 - n:02d}", text=f"INV {6001000 + n}") for n in range(11)]
    paid.append(receipt("S", "9975.00", "2025-03-25", text="INV 7001001"))
    out = run(items=items(*rows), receipts=receipts(*paid), customers=customers(customer("C1"), customer("C2")))
    assert out.proposals.loc[out.proposals["status"] == "SUGGEST", ["receipt_id", "gates"]].values.tolist() == [["R00", "G-21"]]
    assert (out.proposals["status"] == "AUTO").sum() == 11
    assert out.settled.allocations["small_diff"].sum() == 27500


def test_digits_inside_a_longer_number_never_act_alone() -> None:
    out = tried(paid={"text": "ref 99600100177"})
    assert (out.of("R1").strategy, out.of("R1").status) == ("M04", "SUGGEST")
    assert "only inside a longer number" in out.of("R1").why_not


@pytest.mark.parametrize(
    ("text", "cash", "documents", "status"),
    [
        ("6001001 6001002", "1700.00", ["6001001", "6001002"], "AUTO"),
        ("6001001-6001003", "2000.00", ["6001001", "6001002", "6001003"], "AUTO"),
        ("6001001-6001003", "1300.00", ["6001001", "6001003"], "SUGGEST"),
        ("6001001 PO 450077", "1000.00", ["6001001"], "SUGGEST"),
        ("PO 450077", "700.00", ["6001002"], "AUTO"),
    ],
)
def test_m04_reads_all_words_first_and_asks_for_every_narrower_reading(text: str, cash: str, documents: list[str], status: str) -> None:
    more = (item("6001002", "C1", "700.00", po_no="450077"), item("6001003", "C1", "300.00"))
    out = tried(paid={"text": text, "amount": cash}, more=more)
    assert (out.of("R1").strategy, out.of("R1").status) == ("M04", status)
    assert out.documents("R1") == documents


def test_m04_one_of_several_documents_with_one_number_is_suggested() -> None:
    out = tried(paid=NAMED, more=(item("7", "C1", "450.00", reference="6001001"),))
    assert (out.of("R1").strategy, out.of("R1").status, out.documents("R1")) == ("M04", "SUGGEST", ["6001001"])


@pytest.mark.parametrize(("cash", "strategy", "status"), [("10.00", "M06", "AUTO"), ("9.99", "M16", "NONE")])
def test_m06_needs_the_least_amount(cash: str, strategy: str, status: str) -> None:
    out = tried(paid={**BARE, "amount": cash}, doc={"amount": cash})
    assert (out.of("R1").strategy, out.of("R1").status) == (strategy, status)


def test_m16_a_known_payer_is_unapplied_an_unknown_one_unidentified() -> None:
    out = tried(paid={**BARE, "amount": "77.00"}, others=(receipt("R2", "5.00", "2025-03-12"),))
    assert [(row.strategy, row.status, row.gates, row.items) for row in out.proposals.itertuples()] == [("M16", "NONE", "", 0)] * 2
    assert out.settled.receipts[["status", "unapplied_amount", "unidentified_amount"]].values.tolist() == [
        ["UNAPPLIED", 7700, 0],
        ["UNIDENTIFIED", 0, 500],
    ]


def test_amounts_of_the_policy_are_in_ledger_currency() -> None:
    """100,000.00 EUR is large; 1,000,000 JPY booked at 6,000.00 EUR is not, and 16,666,667 JPY is."""
    for yen, local, status in (("1000000", 600000, "AUTO"), ("16666667", 10000000, "SUGGEST")):
        doc = {"amount": yen, "currency": "JPY", "amount_local": local, "open_amount_local": local}
        out = tried(paid={"text": "INV 6001001", "amount": yen, "currency": "JPY"}, doc=doc)
        assert out.of("R1").status == status


@pytest.mark.parametrize(("late", "status"), [("2025-01-01", "REVIEW"), ("2025-02-15", "AUTO")])
def test_mp_14_overdue_items_may_forfeit_the_discount(late: str, status: str) -> None:
    rules = policy(matching={"discount_requires_no_overdue": "true"})
    doc = {"amount": "1000.00", "disc": ("2025-03-15", "2.00")}
    more = (item("1", "C1", "33.00", doc="2024-12-01", due=late),)
    assert tried(paid={"text": "INV 6001001", "amount": "980.00"}, doc=doc, more=more, policy=rules).of("R1").status == status
    assert tried(paid={"text": "INV 6001001", "amount": "980.00"}, doc=doc, more=more).of("R1").status == "AUTO"


def test_mp_14_a_late_discount_may_be_absorbed_by_policy() -> None:
    rules = policy(matching={"unearned_discount_autowrite": "20.00"})
    doc = {"amount": "1000.00", "disc": ("2025-03-10", "2.00")}
    out = tried(paid={"text": "INV 6001001", "amount": "980.00"}, doc=doc, policy=rules)
    assert (out.of("R1").status, out.of("R1").small_diff) == ("AUTO", 2000)
    assert tried(paid={"text": "INV 6001001", "amount": "980.00"}, doc=doc).of("R1").status == "REVIEW"


def test_cv_06_a_partial_payment_lessens_what_is_left() -> None:
    part = item("9", "C1", "-400.00", doc_type="RCPT", ref_item="6001001")
    out = tried(paid={"text": "INV 6001001", "amount": "600.00"}, more=(part,))
    assert (out.of("R1").status, out.settled.allocations["amount_relieved"].tolist()) == ("AUTO", [60000])
    assert tried(paid=NAMED, more=(part,)).of("R1").gates == "G-11"


def test_cv_06_an_item_cleared_after_the_key_date_is_open() -> None:
    out = tried(paid=NAMED, doc={"clearing_date": "2025-04-05", "open": "0"})
    assert out.of("R1").status == "AUTO"
    assert tried(paid=NAMED, doc={"clearing_date": "2025-03-31", "open": "0"}).of("R1").gates == "G-04"
    assert tried(paid=NAMED, doc={"posting_date": "2025-04-01"}).of("R1").status == "NONE"
