"""Backtests: what a ledger's past says is true, what a replay makes of it, and what it takes until a close may use it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import tiny
from ax import bank, banks, customer, customers, decide, decided, item, items, receipt, receipts

from arwork.backtest import backtest
from arwork.decide import Person, accept
from arwork.errors import InputError
from arwork.journal.events import accepted, replay
from arwork.journal.store import open_store
from arwork.matching.evidence import WHOLE
from arwork.matching.judged import ALONE, ALWAYS, FORM, GATED, NOTHING, held_out, judge, records
from arwork.matching.learned import Learned, read_learned, written
from arwork.matching.rewind import outcomes, rewound
from arwork.pack.build import seal
from arwork.pack.laid import read_plan
from arwork.pack.manifest import read_manifest
from arwork.pack.plan import inputs_of, lay_out, make_plan
from arwork.run import run_stages
from arwork.show import pictures
from arwork.stages.books import open_books
from arwork.stages.pack import TASK as PACK
from arwork.stages.pack import cover
from arwork.worlds import labelled, past

ANA, BEN = Person("ana", "test"), Person("ben", "test")
DAY = pd.Timestamp("2025-03-01").date()


def small_past(count: int = 60) -> dict[str, pd.DataFrame]:
    """Make a labelled past: customers with three documents each, of which the receipt names one or none and pays one or two."""
    docs, paid, true = [], [], []
    for n in range(count):
        who, first = f"C{n:03d}", f"70{n:03d}1"
        amounts = [f"{612 + n}.11", f"{1089 + n}.26", f"{333 + 2 * n}.39"]
        docs += [item(f"70{n:03d}{k + 1}", who, amount) for k, amount in enumerate(amounts)]
        kind = n % 4
        both = f"{612 + n + 1089 + n}.37"
        cash, text, pays = (
            (amounts[0], first, [0]),
            (amounts[0], "", [0]),
            (both, first, [0, 1]),
            (both, first, [0, 2]),  # a person found that the payer meant other documents
        )[kind if kind < 3 or n == 3 else 0]
        paid.append(receipt(f"R{n:03d}", cash, "2025-03-12", text=text, account=f"DE{n:03d}"))
        true += [(f"R{n:03d}", f"1000:70{n:03d}{k + 1}:2025:1") for k in pays]
    return {
        "open_items": items(*docs), "receipts": receipts(*paid), "customers": customers(*(customer(f"C{n:03d}") for n in range(count))),
        "customer_banks": banks(*(bank(f"C{n:03d}", f"DE{n:03d}") for n in range(count))),
        "truth": pd.DataFrame(true, columns=["receipt_id", "item_id"]),
    }  # fmt: skip


def write(folder: Path, kind: str = "parquet", **changed: pd.DataFrame) -> Path:
    folder.mkdir(parents=True)
    for name, frame in {**small_past(), **changed}.items():
        if kind == "parquet":
            frame.to_parquet(folder / f"{name}.parquet")
        else:
            frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("past")
    return backtest([labelled(write(folder / "books"))], "ana", folder / "outputs")


def test_every_strategy_is_judged_against_the_truth(done: Any) -> None:
    found = done.receipts.groupby(["strategy", "how"])["right"].agg(["size", "sum"])
    assert found.loc[("M04", ALONE)].tolist() == [29, 29]
    assert found.loc[("M06", ALONE)].tolist() == [15, 15]
    assert found.loc[("M10", FORM)].tolist() == [16, 15]
    record = done.learned.ledgers["MAIN"]["M10"]
    assert (record.receipts.tried, record.receipts.wrong, record.lines.tried, record.lines.wrong) == (16, 1, 32, 1)
    assert record.receipts.at_most == 263_958  # Clopper and Pearson for 1 in 16
    assert record.value.wrong == done.receipts.loc[~done.receipts["right"].astype(bool), "value"].sum() == 170_737


def test_the_report_lists_every_wrong_receipt_with_expected_and_proposed(done: Any) -> None:
    text = (done.place / "backtest.md").read_text(encoding="utf-8")
    assert "60 receipts replayed. 44 would have been posted by rule (73.33 %), 0 of them wrong." in text
    assert (
        "| R003 | M10 | waits for its form | 1,707.37 EUR | 1000:700031:2025:1, 1000:700032:2025:1 | 1000:700031:2025:1, 1000:700033:2025:1 |"
        in text
    )
    assert "| MAIN | M10 | 16 | 1 | 26.40 % |" in text
    assert "no: 16 receipts are fewer than 1,000" in text
    assert done.digest in text
    wrong = pd.read_csv(done.place / "wrong.csv")
    assert wrong["receipt_id"].tolist() == ["R003"]


def test_a_backtest_leaves_the_same_bytes_twice_whatever_the_row_order(done: Any, tmp_path: Path) -> None:
    shuffled = {name: frame.sample(frac=1, random_state=5) for name, frame in small_past().items()}
    world = labelled(write(tmp_path / "books", **shuffled))
    again = backtest([world], "ana", tmp_path / "outputs")
    before = done.learned.model_copy(update={"sources": again.learned.sources})
    assert written(before) == written(again.learned)
    assert (again.place / "reliability.png").read_bytes() == (done.place / "reliability.png").read_bytes()
    assert (again.place / "wrong.csv").read_bytes() == (done.place / "wrong.csv").read_bytes()
    stamps = {path.name: path.stat().st_mtime_ns for path in again.place.iterdir()}
    assert backtest([world], "ana", tmp_path / "outputs").place == again.place
    assert {path.name: path.stat().st_mtime_ns for path in again.place.iterdir()} == stamps


def test_csv_and_parquet_say_the_same(done: Any, tmp_path: Path) -> None:
    again = backtest([labelled(write(tmp_path / "books", "csv"))], "ana", tmp_path / "outputs")
    assert again.learned.model_copy(update={"sources": ()}) == done.learned.model_copy(update={"sources": ()})


def test_a_receipt_that_pays_nothing_and_one_whose_truth_is_unknown(tmp_path: Path) -> None:
    truth = small_past()["truth"].loc[lambda t: t["receipt_id"] != "R001"]
    truth.loc[truth["receipt_id"] == "R000", "item_id"] = ""
    again = backtest([labelled(write(tmp_path / "books", truth=truth))], "ana", tmp_path / "outputs")
    first = again.receipts.set_index("receipt_id")
    assert "R001" not in first.index
    assert (first.loc["R000", "how"], first.loc["R000", "right"], first.loc["R000", "expected"]) == (ALONE, False, "")


def test_learning_and_checking_never_see_the_same_receipt(done: Any) -> None:
    assert sum(b.candidates for b in done.learned.reliability) == sum(held_out(r) for r in done.receipts["receipt_id"])
    assert all(0 < b.predicted < WHOLE for b in done.learned.reliability)
    assert pictures.reliability(
        [(b.predicted, b.observed, b.candidates) for b in done.learned.reliability], done.learned.brier
    ).alt.startswith("How far a stated probability can be believed")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"truth": pd.DataFrame({"receipt_id": ["R9"], "item_id": ["x"]})}, "truth names what the tables do not hold: R9; x"),
        ({"receipts": small_past(1)["receipts"].drop(columns=["amount"])}, "is no table receipts"),
        ({"truth": pd.DataFrame({"receipt_id": [], "item_id": []})}, "no receipt has a known truth"),
    ],
)
def test_a_folder_that_does_not_fit_is_refused(tmp_path: Path, changed: dict[str, pd.DataFrame], says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        backtest([labelled(write(tmp_path / "books", **changed))], "ana", tmp_path / "outputs")
    assert refused.value.cure


def test_an_empty_folder_is_told_what_to_hold(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no open_items and no receipts"):
        labelled(tmp_path)


def test_ledger_amounts_in_two_currencies_are_refused(tmp_path: Path) -> None:
    docs = small_past()["open_items"]
    docs.loc[docs["customer_id"] == "C002", "local_currency"] = "USD"
    with pytest.raises(InputError, match="several ledger currencies: EUR, USD"):
        backtest([labelled(write(tmp_path / "books", open_items=docs))], "ana", tmp_path / "outputs")


def payment(number: str, amount: str, **over: Any) -> dict[str, Any]:
    """Describe a payment line of the ERP that names the bank's reference."""
    row = {
        "doc_type": "RCPT",
        "doc": "2025-03-13",
        "reference": "BANKREF1",
        "clearing_doc": "700",
        "clearing_date": "2025-03-13",
        "open": "0.00",
    }
    return item(number, over.pop("customer", "C1"), amount, **{**row, **over})


PAST = [
    item("6001001", "C1", "100.00", doc="2025-02-10", open="0.00", clearing_doc="700", clearing_date="2025-03-13"),
    item("6001002", "C1", "40.00", doc="2025-02-10", open="0.00", clearing_doc="650", clearing_date="2025-02-20"),
    item("6001003", "C1", "30.00", doc="2025-02-12"),
    item("6001004", "C2", "100.00", doc="2025-02-10", open="0.00", clearing_doc="700", clearing_date="2025-03-13"),
]
LINE = receipt("R1", "100.00", "2025-03-12", bank_txn_id="BANKREF1")


def truth_of(*more: dict[str, Any], decisions: tuple[dict[str, Any], ...] = ()) -> dict[str, list[str]]:
    frame = receipts(LINE).assign(line_id="R1")
    found = outcomes(frame, items(*PAST, *more), decided(*decisions), pd.Timestamp("2025-06-30").date())
    return found.groupby("receipt_id")["item_id"].agg(list).to_dict()


def one_id(number: str) -> str:
    return f"1000:{number}:2025:1"


ALLOCATED = decide(1, "eva", "R1", one_id("6001003"), "30.00")


@pytest.mark.parametrize(
    ("more", "decisions", "expected"),
    [
        pytest.param([payment("1400001", "-100.00")], (), {"R1": [one_id("6001001")]}, id="cleared with it, of this customer only"),
        pytest.param(
            [payment("1400001", "-100.00"), payment("1400002", "-5.00", reference="x")], (), {}, id="two payments in one clearing"
        ),
        pytest.param([payment("1400001", "-100.00", clearing_doc="701")], (), {}, id="cleared with nothing"),
        pytest.param(
            [payment("1400001", "-100.00", clearing_doc="", clearing_date=None, open="-100.00", ref_item="6001003")],
            (),
            {"R1": [one_id("6001003")]},
            id="a part payment that names its invoice",
        ),
        pytest.param([], (ALLOCATED,), {"R1": [one_id("6001003")]}, id="decided by a person"),
        pytest.param([payment("1400001", "-100.00")], (ALLOCATED,), {"R1": [one_id("6001001")]}, id="what the ERP did comes first"),
        pytest.param([], (decide(1, "eva", "R1", action="REJECT"),), {}, id="a rejection tells nothing"),
        pytest.param([payment("1400001", "-99.00")], (), {}, id="another amount"),
    ],
)
def test_the_truth_is_how_it_was_cleared_or_decided(
    more: list[dict[str, Any]], decisions: tuple[Any, ...], expected: dict[str, list[str]]
) -> None:
    assert truth_of(*more, decisions=decisions) == expected


def test_rewound_items_stand_as_before_the_month() -> None:
    back = rewound(items(*PAST, payment("1400001", "-100.00"), payment("1400003", "-7.00", doc="2025-02-20")), DAY).set_index("doc_no")
    assert sorted(back.index) == ["1400003", "6001001", "6001002", "6001003", "6001004"]
    assert back["open_amount_doc"].to_dict() == {"6001001": 10000, "6001002": 0, "6001003": 3000, "6001004": 10000, "1400003": -700}
    assert pd.isna(back.loc["6001001", "clearing_date"])
    assert back.loc["6001002", "clearing_doc"] == "650"


def test_how_a_proposal_stands() -> None:
    rows = [("AUTO", ""), ("SUGGEST", ""), ("SUGGEST", "G-12"), ("REVIEW", "G-01"), ("NONE", ""), ("SUGGEST", "")]
    heads = pd.DataFrame([
        {"receipt_id": f"R{n}", "ledger_id": "MAIN", "strategy": "M10", "status": status, "gates": gates, "currency": "EUR", "amount": 100,
         "probability": 1, "decided_by": "rule", "may_earn": n == 1}
        for n, (status, gates) in enumerate(rows)
    ])  # fmt: skip
    chosen = pd.DataFrame([{"receipt_id": f"R{n}", "candidate": 1, "item_id": one_id("6001003"), "profile": ""} for n in (0, 1, 2, 3, 5)])
    truth = pd.DataFrame({"receipt_id": [f"R{n}" for n in range(6)], "item_id": one_id("6001003")})
    found = judge(heads, chosen, items(*PAST), truth).receipts
    assert found["how"].tolist() == [ALONE, FORM, GATED, GATED, NOTHING, ALWAYS]
    assert found["right"].tolist() == [True] * 4 + [False, True]


@pytest.mark.parametrize(("wrong", "largest"), [("", 1_600), ("1600", 800), ("400", 200), ("100", 100)])
def test_a_record_widens_twofold_and_ends_before_the_first_step_that_fails(wrong: str, largest: int) -> None:
    """300 receipts each of 1.00, 2.00, 4.00 and so on: about 300 units a step, so 2 % holds without an error and fails with 60."""
    values = [value for value in (100, 200, 400, 800, 1_600) for _ in range(300)]
    frame = pd.DataFrame({
        "ledger_id": "MAIN", "strategy": "M12", "form": "M12", "how": FORM, "lines": 1, "value": values, "value_currency": "EUR",
        "right": [str(value) != wrong or n % 5 > 0 for n, value in enumerate(values)],
    }).assign(wrong_lines=lambda f: (~f["right"]).astype(int))  # fmt: skip
    assert records(frame, 950_000, {"MAIN": 100}, 20_000)["MAIN"]["M12"].value.largest == largest


STATEMENT = tiny.STATEMENT.replace("//B1", "//BANKREF1")
PAID = (
    tiny.ITEMS.replace(
        "EUR,500.00,500.00,EUR,500.00,500.00,INV-2026-0001,1400", "EUR,500.00,0.00,EUR,500.00,0.00,INV-2026-0001,1400,700,2026-03-13"
    )
    .replace(",1400\n", ",1400,,\n")
    .replace("gl_account\n", "gl_account,clearing_doc,clearing_date\n")
    + "MAIN,1000,C1,1400001,1,2026,RCPT,2026-03-13,2026-03-13,2026-03-13,EUR,-500.00,0.00,EUR,-500.00,0.00,BANKREF1,1400,700,2026-03-13\n"
)


def closed(params: Path, outputs: Path) -> Path:
    """Close a month in this process and seal it like a real one."""
    plan = make_plan(params, outputs)
    folder = outputs / plan.place
    lay_out(plan, folder)
    run_stages(folder)
    seal(folder, {**read_plan(folder)[0], "sources": list(inputs_of(plan))})
    return folder


def test_a_finished_month_is_replayed_from_its_pack(tmp_path: Path) -> None:
    """The ERP posted and cleared the receipt since: the pack leaves it out, the replay asks the rules again."""
    params = tiny.write(tmp_path, statement=STATEMENT, items=PAID)
    closed(params, tmp_path / "outputs")
    (world,) = past([params], tmp_path / "outputs")
    assert world.truth["item_id"].tolist() == ["1000:9001:2026:1"]
    found = backtest([world], "ana", tmp_path / "outputs")
    row = found.receipts.iloc[0]
    assert (row["strategy"], row["how"], row["right"]) == ("M04", ALONE, True)
    assert found.learned.sources[0].name == "tiny 2026-03"


def test_a_month_that_was_not_closed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no run of this journal"):
        past([tiny.write(tmp_path)], tmp_path / "outputs")


@pytest.fixture
def month(tmp_path: Path, done: Any) -> Path:
    """A month whose params name what a backtest learned."""
    params = tiny.write(tmp_path, tiny=tiny.PARAMS + "learned: learned.yaml\n")
    (tmp_path / "learned.yaml").write_bytes((done.place / "learned.yaml").read_bytes())
    return params


def test_cv_13_a_close_uses_what_a_second_person_accepted_and_says_so(month: Path) -> None:
    event = accept(month, month.parent / "learned.yaml", reason="looked at every wrong receipt", person=BEN)
    assert (event.action, event.by, event.body["run_by"]) == ("ACCEPT", "ben", "ana")
    folder = closed(month, month.parent / "outputs")
    record, _ = read_plan(folder)
    assert record["learned"] == {
        "name": "learned.yaml", "sha256": event.body["learned"], "accepted_by": "ben", "event": 1, "run_by": "ana"
    }  # fmt: skip
    listed = {row["reads"]: row["sha256"] for row in read_manifest(folder)["sources"]}
    assert listed["learned"] == event.body["learned"]
    books = open_books(PACK, folder, close="tiny", period="2026-03", as_of="2026-03-31")
    assert isinstance(books.learned, Learned)
    assert cover(books)["learned"].endswith("run by ana, accepted by ben (decision 1)")
    start = books.tables["evidence"].loc[lambda e: e["place"] == 0, "weight"]
    assert set(start) == {books.learned.evidence.start}


def test_without_the_file_the_record_and_the_run_are_as_ever(tmp_path: Path) -> None:
    plain = make_plan(tiny.write(tmp_path), tmp_path / "outputs")
    assert plain.learned is None
    assert not [row for row in inputs_of(plain) if row["reads"] == "learned"]


def test_cv_13_nobody_accepts_what_they_ran(month: Path) -> None:
    for name in ("ana", "Ana ", "ANA"):
        with pytest.raises(InputError, match=r"cannot accept it \(CV-13\)"):
            accept(month, month.parent / "learned.yaml", reason="fine", person=Person(name, "test"))
    assert not (month.parent / "tiny.journal.sqlite").exists()


def test_a_digest_that_nobody_accepted_is_refused(month: Path) -> None:
    with pytest.raises(InputError, match="nobody accepted what it holds") as refused:
        make_plan(month, month.parent / "outputs")
    assert "arwork accept tiny.yaml learned.yaml" in refused.value.cure


def test_bytes_that_changed_after_the_acceptance_are_refused(month: Path) -> None:
    file = month.parent / "learned.yaml"
    accept(month, file, reason="fine", person=BEN)
    learned = read_learned(file.read_bytes(), "learned.yaml")
    file.write_bytes(written(learned.model_copy(update={"brier": learned.brier + 1})))
    with pytest.raises(InputError, match="nobody accepted"):
        make_plan(month, month.parent / "outputs")


def test_an_acceptance_that_was_undone_no_longer_counts(month: Path) -> None:
    accept(month, month.parent / "learned.yaml", reason="fine", person=BEN)
    journal = open_store("tiny.journal.sqlite", base=month.parent)
    journal.append(seen=1, at="x", by="ben", known_by="t", action="UNDO", body={"undoes": 1}, reason="too early")
    assert accepted(journal.events()) == {}
    with pytest.raises(InputError, match="nobody accepted"):
        make_plan(month, month.parent / "outputs")


def test_cv_13_an_event_written_past_the_command_does_not_help(month: Path, done: Any) -> None:
    journal = open_store("tiny.journal.sqlite", base=month.parent)
    body = {"learned": done.digest, "run_by": "somebody"}
    journal.append(seen=0, at="x", by="Ana", known_by="t", action="ACCEPT", body=body, reason="fine")
    with pytest.raises(InputError, match="ran the backtest and accepted it too"):
        make_plan(month, month.parent / "outputs")


def test_a_laid_out_file_whose_bytes_changed_is_refused(month: Path) -> None:
    accept(month, month.parent / "learned.yaml", reason="fine", person=BEN)
    plan = make_plan(month, month.parent / "outputs")
    lay_out(plan, month.parent / "run")
    laid = month.parent / "run" / "params" / "learned.yaml"
    laid.write_bytes(laid.read_bytes() + b"\n")
    with pytest.raises(InputError, match="is not the file that was taken in"):
        run_stages(month.parent / "run")


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("policy: {matching: {amount_only_min: 20.00}}\n", "under another policy of matching"),
        ("policy: {authority: {confidence: 99.00}}\n", "at 95.00 % confidence, the policy asks for 99.00 %"),
        ("policy: {matching: {fuzzy_auto: true}}\n", "under another policy of matching"),
    ],
)
def test_a_record_that_says_nothing_about_this_close_is_refused(month: Path, policy: str, says: str) -> None:
    accept(month, month.parent / "learned.yaml", reason="fine", person=BEN)
    month.write_text(month.read_text(encoding="utf-8") + policy, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        make_plan(month, month.parent / "outputs")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("learned: nowhere.yaml\n", "learned: there is no file 'nowhere.yaml'"),
        ("policy: {matching: {fuzzy_auto: true}}\n", "would post damaged references without proof"),
        ("policy: {authority: {max_error_count_pct: 7.50}}\n", "one receipt in twenty"),
    ],
)
def test_params_that_cannot_stand_are_refused(tmp_path: Path, more: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        make_plan(tiny.write(tmp_path, tiny=tiny.PARAMS + more), tmp_path / "outputs")
    assert refused.value.cure


def test_an_acceptance_is_no_decision_on_a_receipt(month: Path) -> None:
    accept(month, month.parent / "learned.yaml", reason="fine", person=BEN)
    journal = open_store("tiny.journal.sqlite", base=month.parent)
    assert replay(journal.events()).empty
    with pytest.raises(InputError, match="names the digest"):
        journal.append(seen=1, at="x", by="ben", known_by="t", action="ACCEPT", body={"learned": "abc"}, reason="fine")
