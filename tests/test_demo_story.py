"""What the demo means to plant: the mix of receipts, and that no receipt is explained by accident."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from arwork.demo.case_text import read_cases
from arwork.demo.company import told
from arwork.demo.model import Item, Story
from arwork.demo.planted_applied import CASES as APPLIED
from arwork.demo.planted_breaks import CASES as BREAKS
from arwork.demo.rates import in_euro, rate
from arwork.demo.trade import MIX
from arwork.money import percent_of

MARCH, KEY_DATE = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture(scope="module")
def story() -> Story:
    return told()


@pytest.fixture(scope="module")
def still_open(story: Story) -> dict[str, list[Item]]:
    found = defaultdict(list)
    for item in story.items:
        if not item.settlement:
            found[item.customer.ledger + item.customer.number].append(item)
    return found


def _march(story: Story, kind: str) -> list:
    return [p for p in story.payments if p.key.startswith(kind) and p.booking >= MARCH]


def test_mix_of_march(story: Story) -> None:
    receipts = [p for p in story.payments if p.kind == "RECEIPT" and MARCH <= p.booking <= KEY_DATE and p.on_statement]
    structured = sum(bool(p.structured) for p in receipts)
    named = sum(bool(p.names) and not p.key.startswith(("short", "over")) for p in receipts)
    assert {kind: len(_march(story, f"{kind.lower()}-")) for kind in MIX} == MIX
    assert 0.33 <= structured / len(receipts) <= 0.37
    assert 0.37 <= named / len(receipts) <= 0.42
    assert 0.07 <= MIX["M06"] / len(receipts) <= 0.09


def test_m03_and_m04_amounts_follow_from_their_items(story: Story) -> None:
    items = {i.key: i for i in story.items}
    kinds: Counter[str] = Counter()
    for payment in (*_march(story, "m03-"), *_march(story, "m04-")):
        paid = [items[key] for key in (payment.names or (payment.structured,))]
        gross = sum(i.amount for i in paid)
        discount = sum(percent_of(i.amount, Decimal(i.disc_percent)) for i in paid if i.disc_date and payment.value <= i.disc_date)
        limit, points = {"STD": (2500, "0.50"), "KEY": (5000, "0.25"), "PUB": (500, "0.10")}[paid[0].customer.group]
        allowed = min(limit, percent_of(gross, Decimal(points)))
        kind = {gross: "full", gross - discount: "discount"}.get(payment.amount, "difference")
        kinds[kind] += 1
        assert kind != "difference" or 0 < abs(gross - payment.amount) <= allowed
        assert all(i.doc_date < payment.value and not i.settlement for i in paid)
    assert kinds["discount"] > 60
    assert kinds["difference"] > 20


def test_m06_is_the_only_explanation(story: Story, still_open: dict[str, list[Item]]) -> None:
    items = {i.key: i for i in story.items}
    for payment in _march(story, "m06-"):
        customer = items[f"{payment.key}-0"].customer
        mine = still_open[customer.ledger + customer.number]
        amounts = [i.amount for i in mine if i.currency == "EUR"]
        assert amounts.count(payment.amount) == 1
        assert not any(a + b == payment.amount for n, a in enumerate(amounts) for b in amounts[n + 1 :])
        settled = [i.amount for i in story.items if i.settlement and i.customer is customer]
        assert payment.amount not in settled
        assert payment.account == customer.accounts[0]
        assert not any(sign.isdigit() for sign in payment.text)


@pytest.mark.parametrize("kind", ["short-", "over-", "lump-", "unknown_ref-"])
def test_what_is_left_unresolved_equals_no_open_item(story: Story, still_open: dict[str, list[Item]], kind: str) -> None:
    owner = {account: c for c in story.customers if c.ledger == "MAIN" for account in c.accounts}
    for payment in _march(story, kind):
        customer = owner[payment.account]
        assert payment.amount not in [i.amount for i in still_open[customer.ledger + customer.number]]


def test_strangers_are_unknown(story: Story) -> None:
    known = {account for c in story.customers for account in c.accounts}
    strangers = _march(story, "unknown_payer-")
    assert len(strangers) == MIX["UNKNOWN_PAYER"]
    assert not known & {p.account for p in strangers}


@pytest.mark.parametrize(("case", "days"), [("AX-12", 16), ("AX-12 H2", 16), ("AX-13 row 2", 6)])
def test_ex_20_repeats_keep_the_distance_of_the_examples(case: str, days: int) -> None:
    planted = next(c for c in read_cases(BREAKS) if c.case == case)
    cleared = date.fromisoformat(planted.due[0].cleared)
    assert date.fromisoformat(planted.paid[0].day) - cleared == timedelta(days)


def test_ax_02_days_of_discount_and_grace() -> None:
    cases = {c.case: c for c in read_cases(APPLIED)}
    row = cases["AX-02 row 1"]
    last = date.fromisoformat(row.due[0].discount[0]) + timedelta(row.due[0].grace)
    assert date.fromisoformat(row.paid[0].day) == last
    assert (row.due[0].amount, row.paid[0].amount) == (10_000_00, 9_800_00)
    assert [c.expected for c in row.checks] == ["AUTO", "M04", "20000"]


def test_rates_are_exact_and_fixed_for_the_worked_example() -> None:
    assert rate("USD", date(2026, 3, 17)) == Decimal("1.0800")
    assert in_euro(10_850_00, "USD", date(2026, 3, 17)) == 10_046_30
    assert in_euro(162, "JPY", next(d for d in (MARCH + timedelta(n) for n in range(60)) if rate("JPY", d) == Decimal("162.00"))) == 100
    assert in_euro(5, "EUR", MARCH) == 5


def test_families_and_shared_parties(story: Story) -> None:
    parents = {c.parent for c in story.customers if c.parent}
    assert parents <= {c.party for c in story.customers}
    family = [c for c in story.customers if c.ledger == "MAIN" and c.name.startswith("Strandläufer")]
    assert len(family) == 6
    assert len({c.name for c in family}) == len(family)
    both = Counter(c.party for c in story.customers)
    assert sum(count > 1 for count in both.values()) >= 25
    assert {c.currency for c in story.customers} == {"EUR", "USD", "GBP", "JPY"}
    assert any(ord(sign) > 255 for c in story.customers for sign in c.name)
