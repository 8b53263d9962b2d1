"""Settlement reports of payment services: net lines with their charges, payouts, and what proves them."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import received

from arwork.errors import InputError
from arwork.intake.ledger import Parsed, read_alone
from arwork.intake.received import take
from arwork.intake.recognise import best_fit, shipped_layouts
from arwork.money import ISO

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "bank-formats" / "psp-settlement"
SAMPLES = Path(__file__).parent / "samples" / "tables"
SHIPPED = shipped_layouts()


def sample(name: str, *changes: tuple[str, str]) -> Parsed:
    """Read a sample, some of its text changed."""
    text = (SAMPLES / f"{name}.csv").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return read_alone(received(text, f"{name}.csv"), SHIPPED[name], ISO)


def test_adyen_lines_are_net_with_their_charges_and_add_up_to_zero_with_the_payout():
    parsed = sample("psp_adyen_settlement")
    lines = parsed.table.sort_values("line_no")
    assert lines["amount"].sum() == 0
    assert lines["charges"].fillna(0).tolist() == [110, 25, 0, 0, 0]
    assert lines["class"].tolist() == ["RECEIPT", "RECEIPT", "PAYMENT", "NON_AR", "OWN_TRANSFER"]
    assert parsed.completeness == "proven"


@pytest.mark.parametrize(("old", "new"), [("98.90", "98.91"), ("137.50", "137.49"), (",EUR,1.15", ",EUR,1.14"), ("59.75", "5.97")])
def test_adyen_a_batch_that_does_not_add_up_to_zero_is_refused(old, new):
    with pytest.raises(InputError, match=r"lines and payouts of NORDLICHT_WEB add up to -?[0-9.]+ EUR, not to zero"):
        sample("psp_adyen_settlement", (old, new))


def test_paypal_gross_less_fee_is_net_and_the_balance_holds_in_each_currency():
    parsed = sample("psp_paypal")
    lines = parsed.table.sort_values(["currency", "line_no"])
    assert lines[["amount", "charges"]].fillna(0).values.tolist() == [[9675, 325], [-5000, 0], [1910, 90]]
    with pytest.raises(InputError, match="is not its gross amount less its charges"):
        sample("psp_paypal", ("-3.25", "-3.26"))
    with pytest.raises(InputError, match=r"the running balance is 46\.76 EUR where the lines make 46\.75"):
        sample("psp_paypal", ('"46.75"', '"46.76"'))


def test_paypal_days_are_proven_over_the_file_or_asked_for():
    with pytest.raises(InputError, match="which is the day and which the month"):
        sample("psp_paypal", ("16/03/2026", "01/03/2026"), ("17/03/2026", "02/03/2026"), ("18/03/2026", "03/03/2026"))


def test_paypal_memos_are_no_lines():
    text = (SAMPLES / "psp_paypal.csv").read_text(encoding="utf-8")
    text = text.replace('"Subject"', '"Subject","Balance Impact"').replace('"Order 31"', '"Order 31","Credit"')
    text = text.replace('"46.75",""', '"46.75","","Debit"').replace('"Order 32"', '"Order 32","Memo"')
    assert len(read_alone(received(text), SHIPPED["psp_paypal"], ISO).table) == 2


def test_venmo_only_lines_that_touch_the_balance_count_and_the_balances_prove_it():
    parsed = sample("psp_venmo")
    assert sorted(parsed.table["amount"]) == [-100000, 115000]
    with pytest.raises(InputError, match="does not tie"):
        sample("psp_venmo", ("$160.00", "$160.01"))


def test_braintree_and_stripe_net_is_settled_less_fees():
    assert sorted(sample("psp_braintree").table["amount"]) == [-2030, 9680]
    with pytest.raises(InputError, match="is neither of sale"):
        sample("psp_braintree", (",sale,", ",verification,"))
    assert sample("psp_stripe_balance").table["amount"].sum() == 0
    with pytest.raises(InputError, match="is not its gross amount less its charges"):
        sample("psp_stripe_balance", ("98.25", "98.52"))


READ = {"psp_adyen_settlement": 3, "psp_paypal": 5, "psp_paypal_es": 1, "psp_braintree": 1, "psp_venmo": 1}
REFUSED = {"adyen_test_invalid.xls": "bank_txn_id", "balances.csv": "has the headings of no layout"}


@pytest.mark.data
def test_real_settlement_reports_are_read_or_refused():
    read_by: dict[str, int] = {}
    refusals: list[tuple[str, InputError]] = []
    proven = 0
    for path in sorted(DATA.iterdir()):
        try:
            fit = best_fit(take(path), SHIPPED)
            parsed = read_alone(take(path), SHIPPED[fit.layout], ISO)
        except InputError as refused:
            refusals.append((path.name.rpartition("__")[2], refused))
            continue
        read_by[fit.layout] = read_by.get(fit.layout, 0) + 1
        proven += parsed.completeness == "proven"
    assert (read_by, proven) == (READ, 8)
    assert all(REFUSED[name] in refused.what and refused.where for name, refused in refusals)
    assert len(refusals) == len(REFUSED)
