"""The cash forecast: its methods to the cent, what it is made from, and that it cannot see what happened later (FC-01 to FC-08, 7.4)."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from arwork.errors import InputError
from arwork.forecast.applied import with_applied
from arwork.forecast.backtest import REST, accuracy, blend_weight, origins_of, scores, stretched, wape, width_of
from arwork.forecast.behaviour import Behaviour, kaplan_meier, known_at, learn, paid_by, shrunk
from arwork.forecast.billings import Pace, cohort, new_cash
from arwork.forecast.cash import Inputs, by_days_late, forecast, naive
from arwork.forecast.drivers import STEPS, changes
from arwork.forecast.frozen import amounts, frozen_of
from arwork.forecast.month import Ahead, as_wide, look_ahead
from arwork.forecast.parts import Rules, Special, in_buckets, kept_share, paid_share, parts, population
from arwork.forecast.postdated import announced, postdated
from arwork.forecast.simulate import Shocks, quantile, simulate
from arwork.forecast.weeks import ends, horizon, weeks
from arwork.journal.events import Event, check_body
from arwork.journal.forecasts import overrides
from arwork.policy import Policy, read_policy
from arwork.settings import validated
from arwork.show.pictures_forecast import width_said
from arwork.tables import TABLES, conform, empty

AS_OF = date(2026, 3, 31)
RULES = Rules((4, 5), 2, {"PRICING": 7}, 50.0)
BLANK = {"money": 0, "count": 0, "percent": 0, "flag": False, "date": pd.NaT, "money?": pd.NA}
NONE = Special(empty("promises"), empty("disputes"), empty("cheques"), overrides(()))


def policy() -> Policy:
    made: Policy = validated(Policy, read_policy(Path("params/policy.yaml").read_text(encoding="utf-8")), {}, "policy.yaml")
    return made


def row(
    item: str, amount: int, due: str, cleared: str | None = None, *, customer: str = "C1", entered: str = "", **more: object
) -> dict[str, object]:
    due_day = pd.Timestamp(due)
    billed = due_day - pd.Timedelta(days=30)
    return {
        **{c.name: BLANK.get(c.kind, "") for c in TABLES["open_items"].columns}, "item_id": item, "doc_no": item, "ledger_id": "MAIN",
        "company_code": "1000", "customer_id": customer, "doc_type": "INV", "currency": "EUR", "amount_doc": amount, "amount_local": amount,
        "open_amount_doc": 0 if cleared else amount, "open_amount_local": 0 if cleared else amount, "doc_date": billed, "posting_date": billed,
        "entry_date": pd.Timestamp(entered) if entered else billed, "due_date": due_day, "reference": f"R-{item}",
        "clearing_date": pd.Timestamp(cleared) if cleared else pd.NaT, **more,
    }  # fmt: skip


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    made = pd.DataFrame(list(rows))
    dates = [c.name for c in TABLES["open_items"].columns if c.kind == "date"]
    return made.astype(dict.fromkeys(dates, "datetime64[us]"))


def history(months: int = 15, per_month: int = 12, seed: int = 3) -> pd.DataFrame:
    """Invoices of three customers who pay 2, 10 and 20 days late, give or take; what is due late is open at the key date."""
    random = np.random.default_rng(seed)
    rows = []
    for place in range(months * per_month):
        customer = place % 3
        due = pd.Timestamp("2025-02-10") + pd.Timedelta(days=int(place * 30 / per_month))
        paid = due + pd.Timedelta(days=int((2, 10, 20)[customer] + random.integers(-4, 5)))
        rows.append(row(f"I{place:04d}", 10_000 + 100 * place, str(due.date()), str(paid.date()), customer=f"C{customer}"))
    return frame(*rows)


@functools.cache
def frozen_month() -> Ahead:
    """What the close of February froze of that history, made once; nobody writes into it."""
    return look_ahead(inputs(as_extracted(history(), date(2026, 2, 28))), {}, policy(), date(2026, 2, 28))


def as_extracted(items: pd.DataFrame, day: date) -> pd.DataFrame:
    """The ledger as it was extracted on a day: nothing entered later, nothing cleared later."""
    kept = items.loc[items["entry_date"] <= pd.Timestamp(day)]
    later = kept["clearing_date"] > pd.Timestamp(day)
    return kept.assign(clearing_date=kept["clearing_date"].mask(later), open_amount_doc=kept["amount_doc"].where(later, 0))


def inputs(items: pd.DataFrame, special: Special = NONE) -> Inputs:
    return Inputs(items, empty("customers"), empty("allocations"), empty("receipts"), special)


def test_fc03_kaplan_meier_worked_numbers() -> None:
    ages = np.array([0, 0, 5, 5, 12, 12, 20, 30])
    paid = np.array([True, True, True, True, True, False, True, False])
    curve = kaplan_meier(ages, paid).set_index("age")["survival"]
    assert curve.round(4).to_dict() == {0: 0.75, 5: 0.5, 12: 0.375, 20: 0.1875}
    assert 1 - curve[20] / curve[12] == pytest.approx(0.5)


def test_fc02_days_late_shrunk_worked_numbers() -> None:
    assert shrunk(np.array([8.0]), np.array([12.0]), np.array([6.0]), 5)[0].round(2) == 9.69


def test_fc02_expected_day_is_due_and_days_late() -> None:
    items = history(12)
    told = learn(known_at(items, AS_OF), AS_OF, 5)
    slow = frame(row("X", 1_000, "2026-04-10", customer="C2")).assign(age=-10)
    late = int(np.rint(told.late[told.rows_of(slow)[0]]))
    days = np.array([np.datetime64("2026-04-10") + late - 1, np.datetime64("2026-04-10") + late])
    assert by_days_late(slow, told, days).tolist() == [[0.0, 1.0]]
    assert 12 <= late <= 19, "twenty days late on its own, drawn towards the ledger's ten"


def test_fc04_kept_share_worked_number() -> None:
    assert round(kept_share(7, 10, (4, 5)), 4) == 0.7333


def test_fc08_blend_by_inverse_wape() -> None:
    assert blend_weight(0.30, 0.10) == pytest.approx(0.25)
    assert blend_weight(0.0, 0.0) == 0.5


@pytest.mark.parametrize(
    ("start", "end", "lengths"),
    [
        (date(2026, 4, 1), date(2026, 4, 30), [5, 7, 7, 7, 4]),
        (date(2026, 4, 27), date(2026, 5, 4), [4, 3, 1]),
        (date(2026, 6, 30), date(2026, 6, 30), [1]),
    ],
)
def test_fc01_weeks_are_cut_at_month_ends(start: date, end: date, lengths: list[int]) -> None:
    made = weeks(start, end)
    assert ((made["to_date"] - made["from_date"]).dt.days + 1).tolist() == lengths
    assert (made["from_date"].iloc[0].date(), made["to_date"].iloc[-1].date()) == (start, end)
    assert all(after["from_date"] == before["to_date"] + pd.Timedelta(days=1) for (_, before), (_, after) in pairwise(made.iterrows()))


def test_fc01_horizon_is_the_month_and_quarter_ahead() -> None:
    assert horizon(AS_OF) == (date(2026, 4, 30), date(2026, 6, 30))
    assert horizon(date(2026, 3, 14)) == (date(2026, 3, 31), date(2026, 3, 31))


def test_fc01_overdue_items_stand_in_the_first_week() -> None:
    made = frame(row("A", 100, "2026-03-01"), row("B", 100, "2026-04-20"))
    assert naive(made, ends(weeks(date(2026, 4, 1), date(2026, 4, 30)))).tolist() == [[1, 1, 1, 1, 1], [0, 0, 0, 1, 1]]


def test_fc03_an_old_item_is_judged_by_what_happens_at_its_age() -> None:
    items = history(12)
    told = learn(known_at(items, AS_OF), AS_OF, 5)
    late = frame(row("X", 1_000, "2026-03-31"), row("Y", 1_000, "2026-04-20")).assign(age=[0, -20], customer_id="C0")
    by_week = paid_by(told, told.rows_of(late), late["age"].to_numpy(), np.array([[7], [-13]]))[:, 0]
    assert by_week[0] > 0.6, "three in four of this customer's invoices are paid in the first week after due"
    assert by_week[1] < 0.02, "nobody pays so long before the due date"


def test_fc03_nothing_is_known_without_a_past() -> None:
    items = frame(row("A", 5_000, "2026-04-10"))
    made = forecast(inputs(items), policy(), AS_OF)
    assert [f.severity for f in made.findings if "No payment before" in f.sentence] == ["warn"]


def test_fc03_reversed_items_and_later_clearings_are_not_known() -> None:
    items = frame(
        row("A", 100, "2026-02-01", "2026-02-10"), row("B", 100, "2026-02-01", "2026-04-10"),
        row("C", 100, "2026-02-01", "2026-02-02", reversed_by="Z"), row("D", 100, "2026-02-01", entered="2026-04-02"),
    )  # fmt: skip
    seen = known_at(items, AS_OF).set_index("item_id")
    assert seen["paid"].to_dict() == {"A": True, "B": False}
    assert seen["age"].to_dict() == {"A": 9, "B": 58}


def test_fc_population_takes_credits_off_the_oldest_due_date_first() -> None:
    items = frame(row("A", 10_000, "2026-04-20"), row("B", 5_000, "2026-03-01"), row("CM", -6_500, "2026-03-01", doc_type="CM"))
    receipts = pd.DataFrame([{"ledger_id": "MAIN", "company_code": "1000", "customer_id": "C1", "currency": "EUR", "on_account_amount": 0,
                              "unapplied_amount": 500}])  # fmt: skip
    allocations = pd.DataFrame([{"item_id": "A", "amount_relieved": 2_000, "residual": 300}])
    left = population(items, empty("customers"), allocations, receipts, AS_OF).set_index("item_id")["amount"]
    assert left.to_dict() == {"A": 10_000 - 1_700 - 2_000, "B": 0}, "7,000 of credit: 5,000 on B, 2,000 on A"


def test_fc_population_leaves_out_insolvent_customers_and_the_group() -> None:
    items = frame(row("A", 100, "2026-04-20"), row("B", 100, "2026-04-20", customer="C2"), row("C", 100, "2026-04-20", customer="C3"))
    about = [("C1", "INSOLVENT", "STD"), ("C2", "ACTIVE", "IC"), ("C3", "ACTIVE", "STD")]
    customers = pd.DataFrame(
        [{"ledger_id": "MAIN", "company_code": "1000", "customer_id": c, "status": s, "tolerance_group": t} for c, s, t in about]
    )
    base = population(items, customers, empty("allocations"), empty("receipts"), AS_OF)
    made = parts(base, NONE, RULES, AS_OF).set_index("item_id")
    assert made["kind"].to_dict() == {"A": "RECOVERY", "B": "GROUP", "C": "OPEN"}
    assert made["rest"].to_dict() == {"A": 0.0, "B": 0.0, "C": 1.0}


def cheque(number: str, amount: int, dated: str, received: str = "2026-03-20", **more: object) -> dict[str, object]:
    return {
        "ledger_id": "MAIN", "company_code": "1000", "customer_id": "C1", "currency": "EUR", "cheque_no": number, "bank": "B", "amount": amount,
        "cheque_date": dated, "received_date": received, "endorsed": True, "source_file": "c.csv", "source_line": "2", "source_sha256": "ab", **more,
    }  # fmt: skip


def register(*rows: dict[str, object]) -> pd.DataFrame:
    dates = ["cheque_date", "received_date", "deposit_date", "cleared_date", "returned_date"]
    made = pd.DataFrame([{**dict.fromkeys(dates), **line} for line in rows])
    return conform("cheques", made.assign(**{name: pd.to_datetime(made[name]).astype("datetime64[us]") for name in dates}))


def special_case() -> tuple[pd.DataFrame, Special]:
    items = frame(
        row("A", 10_000, "2026-03-20"), row("B", 8_000, "2026-04-20"), row("C", 6_000, "2026-04-25"), row("D", 4_000, "2026-04-26")
    )
    who = {"ledger_id": "MAIN", "company_code": "1000", "customer_id": "C1", "currency": "EUR"}
    kept = [{**who, "promise_id": f"K{n}", "item": "", "created_date": "2026-01-01", "promised_date": "2026-01-05", "promised_amount": 1,
             "status": "KEPT" if n < 7 else "BROKEN"} for n in range(10)]  # fmt: skip
    live = {**who, "promise_id": "P1", "item": "R-A", "created_date": "2026-03-25", "promised_date": "2026-04-08", "promised_amount": 6_000}
    promises = pd.DataFrame([*kept, {**live, "status": "OPEN"}]).astype(
        {"created_date": "datetime64[us]", "promised_date": "datetime64[us]"}
    )
    disputes = pd.DataFrame([{**who, "dispute_id": "D1", "items": "B", "opened_date": pd.Timestamp("2026-03-28"), "reason_code": "PRICE",
                              "disputed_amount": 5_000, "status": "NEW", "owner_function": "PRICING", "due_date": pd.NaT}])  # fmt: skip
    cheques = register(cheque("Q1", 6_000, "2026-04-15", items="C"))
    said = pd.DataFrame([{"item_id": "D", "day": pd.Timestamp("2026-04-30"), "amount": 3_000, "currency": "EUR", "original": 3_777,
                          "author": "kim", "reason": "they called", "seq": 4}])  # fmt: skip
    return items, Special(promises, disputes, cheques, said)


def test_fc04_to_fc07_parts_of_items_add_up() -> None:
    items, special = special_case()
    base = population(items, empty("customers"), empty("allocations"), empty("receipts"), AS_OF)
    made = parts(base, special, RULES, AS_OF).set_index(["item_id", "kind"])
    assert made["amount"].to_dict() == {
        ("A", "OPEN"): 4_000, ("A", "PROMISE"): 6_000, ("B", "DISPUTE"): 5_000, ("B", "OPEN"): 3_000, ("C", "CHEQUE"): 6_000,
        ("D", "OVERRIDE"): 4_000,
    }  # fmt: skip
    promise = made.loc[("A", "PROMISE")]
    assert (promise["fixed"], promise["day"]) == (pytest.approx(11 / 15), pd.Timestamp("2026-04-09")), (
        "7 of 10 kept, one day after the day promised"
    )
    assert promise["now"] == 21, "otherwise by the curve, from the age it has after the tolerance"
    dispute = made.loc[("B", "DISPUTE")]
    assert (dispute["rest"], dispute["now"]) == (0.5, -16), "seven days from 28 March is 4 April; half is credited"
    assert made.loc[("C", "CHEQUE"), "fixed"] == pytest.approx(0.95)
    assert made.loc[("D", "OVERRIDE"), "fixed"] == pytest.approx(0.75)


def test_fc03_a_month_in_which_everything_was_paid_leaves_nothing_to_forecast() -> None:
    paid = pd.DataFrame({"item_id": ["I1"], "amount_relieved": [5000], "residual": [0]})
    left = population(frame(row("I1", 5000, "2026-03-20")), empty("customers"), paid, empty("receipts"), AS_OF)
    assert list(left["amount"]) == [0]
    made = parts(left, NONE, RULES, AS_OF)
    assert len(made) == 0
    inputs = Inputs(frame(row("I1", 5000, "2026-03-20")), empty("customers"), empty("allocations").assign(**paid), empty("receipts"), NONE)
    assert forecast(inputs, policy(), AS_OF).cash["expected"].sum() == 0


def test_fc07_only_a_cheque_in_hand_with_a_later_date_is_later_cash() -> None:
    """CO-92: shown at its date by the chance that it clears; Saturday 18 April is money on Monday the 20th."""
    held = register(
        cheque("HAND", 100, "2026-04-18"), cheque("DUE", 100, "2026-03-31"), cheque("LATER", 100, "2026-05-04", "2026-04-01"),
        cheque("AT BANK", 100, "2026-04-02", deposit_date="2026-03-30"), cheque("BACK", 100, "2026-02-27", returned_date="2026-03-03"),
        *(cheque(f"OLD{n}", 100, "2026-01-05", "2026-01-05", cleared_date="2026-01-12") for n in range(9)),
        cheque("SOON", 100, "2026-04-06", deposit_date="2026-04-06", returned_date="2026-04-08"),
    )  # fmt: skip
    told = postdated(held, AS_OF, (1, 20)).set_index("cheque_id")
    assert told["day"].to_dict() == {"B HAND": pd.Timestamp("2026-04-20"), "B SOON": pd.Timestamp("2026-04-06")}
    assert told["return_rate"].round(4).tolist() == [6.6667, 6.6667], "(1 returned of 10 and the prior's 1 of 20) is 2 of 30"
    assert postdated(held, AS_OF, (1, 20), {("MAIN", "1000"): frozenset({date(2026, 4, 20)})})["day"].iloc[0] == pd.Timestamp("2026-04-21")


def test_fc07_cheques_stand_in_their_week_and_without_a_register_it_is_said() -> None:
    items = as_extracted(history(), AS_OF)
    own = items.loc[items["clearing_date"].isna()].iloc[0]
    held = register(cheque("77", int(own["amount_doc"]), "2026-04-15", items=str(own["item_id"]), customer_id=str(own["customer_id"])))
    made = look_ahead(inputs(items, replace(NONE, cheques=held)), {}, policy(), AS_OF)
    week = made.tables["forecast_cash"].query("span == 'W03'").iloc[0]
    assert (week["from_date"], week["cheques"]) == (pd.Timestamp("2026-04-13"), round(own["amount_doc"] * 0.95))
    assert [found.table for found in made.findings if found.rule == "FC-07"] == ["direct_debits"]
    without = look_ahead(inputs(items), {}, policy(), AS_OF)
    assert [found.sentence for found in without.findings if found.rule == "FC-07"] == [
        "Post-dated cheques are not measurable: needs cheques.", "Announced direct debits are not measurable: needs direct_debits.",
    ]  # fmt: skip


def debits(*rows: dict[str, object]) -> pd.DataFrame:
    who = {"ledger_id": "MAIN", "company_code": "1000", "customer_id": "C1", "currency": "EUR", "amount": 100, "announced_date": "2026-03-20",
           "source_file": "d.csv", "source_line": "2", "source_sha256": "ab", "items": "", "returned_date": None}  # fmt: skip
    made = pd.DataFrame([{**who, **line} for line in rows])
    dates = ["announced_date", "collection_date", "returned_date"]
    return conform("direct_debits", made.assign(**{name: pd.to_datetime(made[name]).astype("datetime64[us]") for name in dates}))


def test_fc07_an_announced_direct_debit_is_cash_of_its_day_less_what_is_returned() -> None:
    """FC-07: at date × (1 − return rate); Saturday 18 April is money on Monday the 20th, and what a later notice says is not known."""
    past = [{"debit_id": f"OLD{n}", "collection_date": "2026-02-02"} for n in range(9)]
    told = debits(
        *past, {"debit_id": "BACK", "collection_date": "2026-02-02", "returned_date": "2026-02-05"}, {"debit_id": "AHEAD", "collection_date": "2026-04-18"},
        {"debit_id": "UNKNOWN", "collection_date": "2026-04-20", "announced_date": "2026-04-02"},
        {"debit_id": "STOPPED", "collection_date": "2026-04-20", "returned_date": "2026-03-30"},
    )  # fmt: skip
    ahead = announced(told, AS_OF, (1, 20))
    assert ahead[["debit_id", "day"]].to_numpy().tolist() == [["AHEAD", pd.Timestamp("2026-04-20")]]
    assert ahead["return_rate"].round(4).tolist() == [6.6667], "(1 returned of 10 and the prior's 1 of 20) is 2 of 30"


def test_fc07_a_direct_debit_goes_before_a_promise_and_stands_in_its_week() -> None:
    items, special = special_case()
    base = population(items, empty("customers"), empty("allocations"), empty("receipts"), AS_OF)
    told = debits({"debit_id": "E1", "collection_date": "2026-04-15", "items": "A", "amount": 7_000})
    made = parts(base, replace(special, debits=told), RULES, AS_OF).set_index(["item_id", "kind"])
    assert made.loc["A", "amount"].to_dict() == {"DEBIT": 7_000, "PROMISE": 3_000}, "the promise has what the collection leaves"
    assert (made.loc[("A", "DEBIT"), "day"], made.loc[("A", "DEBIT"), "fixed"]) == (pd.Timestamp("2026-04-15"), pytest.approx(0.95))
    known = as_extracted(history(), AS_OF)
    own = known.loc[known["clearing_date"].isna()].iloc[0]
    whose = {
        "debit_id": "E2",
        "collection_date": "2026-04-15",
        "items": own["item_id"],
        "amount": int(own["amount_doc"]),
        "customer_id": own["customer_id"],
    }
    ahead = look_ahead(inputs(known, replace(NONE, debits=debits(whose))), {}, policy(), AS_OF)
    week = ahead.tables["forecast_cash"].query("span == 'W03'").iloc[0]
    assert (week["from_date"], week["cheques"]) == (pd.Timestamp("2026-04-13"), round(own["amount_doc"] * 0.95))
    assert not [tie for tie in ahead.ties if tie.difference]


def test_fc05_a_disputed_part_brings_nothing_before_it_is_settled() -> None:
    items, special = special_case()
    base = population(items, empty("customers"), empty("allocations"), empty("receipts"), AS_OF)
    made = parts(base, special, RULES, AS_OF).query("kind == 'DISPUTE'").reset_index(drop=True)
    told = learn(known_at(history(12), AS_OF), AS_OF, 5)
    share = paid_share(made, told, np.array(["2026-04-04", "2027-12-31"], dtype="datetime64[D]"))[0]
    assert share[0] == 0.0
    assert 0.49 < share[1] <= 0.5


def test_fc_override_carries_author_reason_and_original() -> None:
    items, special = special_case()
    made = forecast(inputs(items, special), policy(), AS_OF)
    said = made.items.query("kind == 'OVERRIDE'").iloc[0]
    assert (said["author"], said["reason"], said["original"], said["month"]) == ("kim", "they called", 3_777, 3_000)


def test_fc_override_comes_from_the_journal_and_can_be_undone() -> None:
    body = {"item": "D", "date": "2026-04-30", "amount": 3_000, "currency": "EUR", "original": 3_777}
    check_body("FORECAST", body, "they called")
    with pytest.raises(InputError, match="original"):
        check_body("FORECAST", {name: value for name, value in body.items() if name != "original"}, "they called")
    event = Event(1, "2026-03-31T10:00:00+00:00", "kim", "OS account", "FORECAST", body, "they called", "", "")
    assert overrides([event])[["item_id", "amount", "author"]].values.tolist() == [["D", 3_000, "kim"]]
    assert overrides([event, Event(2, "", "kim", "", "UNDO", {"undoes": 1}, "no", "", "")]).empty


def test_fc06_cohort_uses_only_months_that_can_be_seen() -> None:
    items = frame(
        row("A", 100, "2026-02-20", "2026-01-25"), row("B", 300, "2026-02-20", "2026-02-25"), row("C", 400, "2026-03-20", "2026-03-25"),
        row("D", 400, "2026-03-20"),
    )  # fmt: skip
    curve = cohort(known_at(items, AS_OF), AS_OF, deep=2)
    assert curve.round(4).tolist() == [round(100 / 1200, 4), round(700 / 1200, 4)]


def test_fc06_new_cash_of_whole_months_is_pace_and_curve() -> None:
    until = np.array(["2026-04-30", "2026-05-31"], dtype="datetime64[D]")
    cash = new_cash(Pace(1_000.0, 0.0, np.array([0.2, 0.5])), AS_OF, until)
    assert cash.tolist() == pytest.approx([30_000 * 0.2, 30_000 * 0.2 + 31_000 * 0.2 + 30_000 * 0.5])


def test_fc_buckets_add_up_to_the_last_unit() -> None:
    share = np.sort(np.random.default_rng(1).random((50, 9)), axis=1)
    amount = np.arange(1, 51) * 333
    assert (in_buckets(share, amount).sum(axis=1) == np.rint(share[:, -1] * amount)).all()
    assert (in_buckets(share, amount) >= 0).all()


def test_fc_draws_do_not_depend_on_the_order_of_rows_and_hit_the_mean() -> None:
    made = pd.DataFrame({"item_id": [f"I{n}" for n in range(400)], "kind": "OPEN", "source": "", "ledger_id": "MAIN", "company_code": "1000",
                         "customer_id": [f"C{n % 40}" for n in range(400)], "currency": "EUR", "amount": 1_000 + np.arange(400)})  # fmt: skip
    share = np.tile([0.25, 0.5, 0.75], (400, 1))
    group = np.zeros(400, dtype=np.int64)
    drawn = simulate(made, share, group, 1, Shocks(0.02, 0.05), 401, 7)
    back = np.arange(400)[::-1]
    again = simulate(made.iloc[back].reset_index(drop=True), share[back], group, 1, Shocks(0.02, 0.05), 401, 7)
    assert drawn.shape == (401, 1, 3)
    assert (drawn == again).all()
    assert (drawn.sum(axis=2)[:, 0]).mean() == pytest.approx(0.75 * made["amount"].sum(), rel=0.02)
    alone = simulate(made, share, group, 1, Shocks(0.0, 0.0), 401, 7).sum(axis=2)
    assert drawn.sum(axis=2).std() > 1.5 * alone.std(), "shocks that customers share make the range wider"


def test_fc_quantile_is_one_of_the_draws() -> None:
    assert [int(quantile(np.arange(1, 11)[:, None], percent)[0]) for percent in (10, 50, 90)] == [1, 5, 9]


def test_fc_forecast_ties_and_keeps_currencies_apart() -> None:
    items = as_extracted(history(), AS_OF)
    dollars = items.assign(item_id="U" + items["item_id"], currency="USD")
    made = forecast(inputs(pd.concat([items, dollars], ignore_index=True)), policy(), AS_OF)
    assert all(tie.holds for tie in made.ties)
    assert len(made.ties) == 6
    month = made.cash.query("span == 'MONTH'").set_index("currency")
    assert (
        month.loc["EUR", "expected"]
        == month.loc["USD", "expected"]
        == forecast(inputs(items), policy(), AS_OF).cash.query("span == 'MONTH'")["expected"].iloc[0]
    )
    assert (month["p10"] <= month["p50"]).all()
    assert (month["p50"] <= month["p90"]).all()


def test_fc_forecast_does_not_depend_on_row_order() -> None:
    items = as_extracted(history(), AS_OF)
    one, other = (
        forecast(inputs(items), policy(), AS_OF),
        forecast(inputs(items.sample(frac=1.0, random_state=1).reset_index(drop=True)), policy(), AS_OF),
    )
    pd.testing.assert_frame_equal(one.cash, other.cash)
    pd.testing.assert_frame_equal(one.items, other.items)


@pytest.mark.parametrize("change", ["shuffled", "removed", "paid later"])
def test_fc_backtest_cannot_see_the_future(change: str) -> None:
    """7.4, step 7: whatever happens to facts after an origin, its forecast stays."""
    items = history()
    past = accuracy(items, policy(), AS_OF)
    origin = past.loc[past["span"] == "MONTH", "origin"].max()
    later = items["clearing_date"] > origin
    if change == "shuffled":
        moved = items["clearing_date"].where(~later, items["clearing_date"] + pd.Timedelta(days=9))
        changed = items.assign(clearing_date=moved)
    elif change == "removed":
        changed = items.loc[items["entry_date"] <= origin]
    else:
        changed = items.assign(clearing_date=items["clearing_date"].mask(later, pd.Timestamp("2026-03-30")))
    again = accuracy(changed, policy(), AS_OF)
    told = ["span", "naive", "days_late", "expected", "p10", "p50", "p90"]
    now, before = (rows.loc[rows["origin"] == origin, told].reset_index(drop=True) for rows in (again, past))
    pd.testing.assert_frame_equal(now, before)
    assert len(before) > 4


def test_fc_backtest_compares_whole_months_only() -> None:
    days = origins_of(history(), date(2026, 3, 14), 12)
    assert days[-1] == date(2026, 1, 31), "March is not over on the 14th; February is the last whole month"
    assert origins_of(history(), AS_OF, 3) == [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28)]


def test_fc_backtest_beats_the_due_date() -> None:
    told = scores(accuracy(history(), policy(), AS_OF)).set_index(["horizon", "method"])
    assert told.loc[("WEEK", "FC-03"), "wape"] < told.loc[("WEEK", "FC-01"), "wape"] * 0.75
    assert told.loc[("WEEK", "FC-03"), "skill"] == pytest.approx(
        1_000_000 - told.loc[("WEEK", "FC-03"), "wape"] * 1e6 / told.loc[("WEEK", "FC-01"), "wape"], abs=2
    )


def test_fc_wape_and_bias_worked() -> None:
    assert wape(pd.Series([110, 80]), pd.Series([100, 100])) == pytest.approx(0.15)


def test_fc_range_is_fitted_to_earlier_misses_only() -> None:
    past = pd.DataFrame({"actual": range(100, 200, 10), "p10": 90, "p50": 100, "p90": 110})
    assert width_of(past) == 3.0, "misses of up to nine times the range; three is the most"
    assert width_of(past.head(7)) == 1.0
    wide = stretched(past.head(1), 2.0).iloc[0]
    assert (wide["p10"], wide["p90"]) == (80, 120)


def test_fc_drivers_add_up_from_the_frozen_forecast_to_now() -> None:
    whole = history()
    start, now = date(2026, 2, 28), date(2026, 3, 14)
    before = frozen_month()
    kept = frozen_of(before.tables, now)
    assert len(kept) == 1
    assert kept["frozen_at"].iloc[0] == pd.Timestamp(start)
    items, special = as_extracted(whole, now), special_case()[1]
    open_now = items.loc[items["clearing_date"].isna(), ["item_id", "customer_id"]].iloc[0]
    said = special.overrides.assign(item_id=open_now["item_id"], day=pd.Timestamp("2026-03-20"), amount=77)
    told = changes(
        amounts(kept), inputs(items, Special(NONE.promises, NONE.disputes, NONE.cheques, said)), policy(), start, now, date(2026, 3, 31)
    )
    steps = told.set_index("step")["amount"]
    assert tuple(steps.index) == STEPS
    assert steps.drop("NOW").sum() == steps["NOW"]
    assert steps["RESTATED"] == pytest.approx(0, abs=50), "nothing was entered late; only rounding is left"
    assert steps["OVERRIDES"] != 0
    assert steps["PROMISES"] == steps["DISPUTES"] == 0


def test_fc_weekly_update_keeps_the_month_start_forecast() -> None:
    whole = history()
    first = frozen_month()
    second = look_ahead(inputs(as_extracted(whole, date(2026, 3, 7))), first.tables, policy(), date(2026, 3, 7))
    third = look_ahead(inputs(as_extracted(whole, date(2026, 3, 14))), second.tables, policy(), date(2026, 3, 14))
    pd.testing.assert_frame_equal(third.tables["forecast_frozen"], second.tables["forecast_frozen"])
    assert all(tie.holds for tie in third.ties)


@pytest.mark.parametrize("day", [date(2026, 3, 7), date(2026, 3, 14), date(2026, 3, 21), date(2026, 3, 28), date(2026, 3, 31)])
def test_fc_every_weekly_update_explains_the_frozen_month_to_the_cent(day: date) -> None:
    """7.1: cash so far and the forecast of the rest, step by step from what was frozen; a promise, a cheque, a dispute and a word since."""
    whole, kept = history(), frozen_month()
    items = as_extracted(whole, day)
    due = items.loc[items["clearing_date"].isna()].sort_values("due_date")
    ids, who = due["item_id"].tolist(), {"ledger_id": "MAIN", "company_code": "1000", "currency": "EUR"}
    owner = due.set_index("item_id")["customer_id"]
    dates = {"created_date": "datetime64[us]", "promised_date": "datetime64[us]"}
    promises = pd.DataFrame([{**who, "customer_id": owner[ids[0]], "promise_id": "P1", "item": ids[0], "created_date": "2026-03-05",
                              "promised_date": "2026-04-01", "promised_amount": 5_001, "status": "OPEN"}]).astype(dates)  # fmt: skip
    disputes = pd.DataFrame([{**who, "customer_id": owner[ids[1]], "dispute_id": "D1", "items": ids[1], "opened_date": pd.Timestamp("2026-03-04"),
                              "disputed_amount": 4_003, "status": "NEW", "owner_function": "PRICING", "reason_code": "PRICE"}])  # fmt: skip
    held = register(cheque("Q1", 7_777, "2026-03-30", "2026-03-02", items=ids[2], customer_id=owner[ids[2]]))
    said = special_case()[1].overrides.assign(item_id=ids[3], day=pd.Timestamp("2026-03-31"), amount=77)
    made = look_ahead(inputs(items, Special(promises, disputes, held, said)), kept.tables, policy(), day)
    steps = made.tables["forecast_changes"].set_index("step")["amount"]
    paid = items["clearing_date"].between(pd.Timestamp("2026-03-01"), pd.Timestamp(day))
    month = made.tables["forecast_cash"].query("span == 'MONTH'").iloc[0]
    rest = int(month["expected"]) if day < date(2026, 3, 31) else 0
    assert steps.drop("NOW").sum() == steps["NOW"] == int(items.loc[paid, "amount_doc"].sum()) + rest
    assert steps["FROZEN"] == kept.tables["forecast_cash"].query("span == 'MONTH'")["expected"].iloc[0]
    assert (steps["PROMISES"] != 0) == (day < date(2026, 3, 31))
    assert all(tie.holds for tie in made.ties)


def test_fc_money_that_this_close_applies_is_known_to_be_paid() -> None:
    """7.4: a ledger extracted before the month's cash is posted must not look as if nobody had paid for a month."""
    items = history()
    posted = as_extracted(items, AS_OF)
    before = items["clearing_date"] > pd.Timestamp("2026-02-28")
    unposted = as_extracted(items, date(2026, 2, 28)).pipe(lambda r: pd.concat([r, posted.loc[~posted["item_id"].isin(r["item_id"])]]))
    unposted = unposted.assign(clearing_date=unposted["clearing_date"].mask(unposted["clearing_date"] > pd.Timestamp("2026-02-28")))
    march = items.loc[before & (items["clearing_date"] <= pd.Timestamp(AS_OF))]
    unposted.loc[unposted["clearing_date"].isna(), "open_amount_doc"] = unposted["amount_doc"]
    applied = pd.DataFrame(
        {"item_id": march["item_id"], "amount_relieved": march["amount_doc"], "residual": 0, "allocation_date": march["clearing_date"]}
    )
    assert len(applied) > 8
    told = with_applied(unposted, applied, AS_OF).set_index("item_id")["clearing_date"]
    assert told.to_dict() == posted.set_index("item_id")["clearing_date"].reindex(told.index).to_dict()
    half = with_applied(unposted, applied.assign(amount_relieved=applied["amount_relieved"] - 1), AS_OF)
    assert half["clearing_date"].isna().sum() == unposted["clearing_date"].isna().sum(), "what is paid in part stays open"
    one = look_ahead(inputs(posted), {}, policy(), AS_OF).tables
    other = look_ahead(replace(inputs(unposted), allocations=applied), {}, policy(), AS_OF).tables
    for name in ("forecast_cash", "forecast_accuracy"):
        pd.testing.assert_frame_equal(one[name], other[name])


def test_fc_the_rest_of_each_month_is_forecast_again_week_by_week_without_leakage() -> None:
    """7.4, steps 1, 2 and 7: an update sees what its day knew; what is paid later moves no update before it."""
    items = history()
    past = accuracy(items, policy(), AS_OF)
    rest = past.loc[past["span"] == REST]
    february = rest.loc[rest["to_date"] == pd.Timestamp("2026-02-28")]
    assert february["origin"].tolist() == [pd.Timestamp(f"2026-02-{day:02d}") for day in (1, 8, 15, 22)], (
        "the ends of weeks inside the month"
    )
    assert (rest["p10"] <= rest["p50"]).all()
    for row in rest.itertuples():
        seen = items.loc[(items["entry_date"] <= row.origin) & ~(items["clearing_date"] <= row.origin)]
        assert row.actual == seen.loc[seen["clearing_date"] <= row.to_date, "amount_doc"].sum()
    when = pd.Timestamp("2026-02-15")
    told = ["naive", "days_late", "expected", "blend", "p10", "p50", "p90"]
    later = items.assign(clearing_date=items["clearing_date"].mask(items["clearing_date"] > when, pd.Timestamp("2026-03-30")))
    one, other = (
        frame.loc[(frame["span"] == REST) & (frame["origin"] <= when), told] for frame in (past, accuracy(later, policy(), AS_OF))
    )
    pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True))
    assert set(scores(past)["horizon"]) == {"MONTH", "WEEK", REST}


def test_fc_no_fact_told_after_the_key_date_moves_a_forecast() -> None:
    """7.4, step 7, for promises, disputes and cheques: what is made after the key date is not seen."""
    items, special = special_case()
    base = population(items, empty("customers"), empty("allocations"), empty("receipts"), AS_OF)
    later = Special(
        special.promises.assign(created_date=pd.Timestamp("2026-04-01")), special.disputes.assign(opened_date=pd.Timestamp("2026-04-01")),
        special.cheques.assign(received_date=pd.Timestamp("2026-04-01")), special.overrides.iloc[0:0],
    )  # fmt: skip
    pd.testing.assert_frame_equal(parts(base, later, RULES, AS_OF), parts(base, NONE, RULES, AS_OF))


def test_fc_what_lies_beyond_the_month_is_never_surer_than_the_month() -> None:
    """7.4, step 9: the fan does not narrow where the fitted range of the month ends."""
    cash = look_ahead(inputs(as_extracted(history(), AS_OF)), {}, policy(), AS_OF).tables["forecast_cash"]
    drawn = cash.assign(width=1_000_000)
    past = pd.DataFrame({"ledger_id": "MAIN", "company_code": "1000", "currency": "EUR", "span": "MONTH", "origin": range(9)})
    wide = as_wide(drawn, {("MAIN", "1000", "EUR", True): 3.0}, past)
    weekly = wide.loc[wide["span"].str.startswith("W")].sort_values("to_date")
    inside = weekly["to_date"] <= pd.Timestamp("2026-04-30")
    assert (weekly["reached_p90"] - weekly["reached"])[~inside].min() >= (weekly["reached_p90"] - weekly["reached"])[inside].iloc[-1]
    assert wide.set_index("span")["width"].loc[["MONTH", "W01"]].tolist() == [3_000_000, 1_000_000]
    assert (wide["months"] == 9).all()
    quarter = wide.set_index("span").loc["QUARTER"]
    assert (quarter["p10"], quarter["p90"]) == (quarter["reached_p10"], quarter["reached_p90"])


@pytest.mark.parametrize(
    ("months", "width", "says"),
    [
        (0, 1.0, "no earlier month can be judged"), (2, 1.0, "only 2 earlier months can be judged"), (12, 3.0, "3.0 times as wide as drawn, the most"),
        (9, 1.4, "1.4 times as wide as drawn, so that it would have held eight of ten of the 9"), (9, 0.8, "would have held eight of ten of the 9"),
    ],
)  # fmt: skip
def test_fc_a_picture_says_why_its_range_is_so_wide(months: int, width: float, says: str) -> None:
    assert says in width_said({"months": months, "width": round(width * 1_000_000)})


def test_fc_learning_without_claims_gives_nothing() -> None:
    told = learn(known_at(frame(row("A", 1, "2030-01-01")), AS_OF), AS_OF, 5)
    assert isinstance(told, Behaviour)
    assert len(told.survival) == 0
    assert timedelta(days=1).days == len(weeks(AS_OF, AS_OF))
