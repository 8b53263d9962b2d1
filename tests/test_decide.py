"""What a person decides: checked to the cent, refused with the cure, taken in by the next close."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import ax
import pandas as pd
import pytest
from decided_world import CREDIT, DOCS, LATE, OLD, A, B, closed, decided, empower, journal, number_of, params_of, rows_of, table

from arwork.decide import Person
from arwork.errors import InputError, IntegrityError
from arwork.export import export
from arwork.journal.events import replay
from arwork.matching.adjusted import limit_of
from arwork.matching.named import Receipt, read_receipts
from arwork.matching.split import Desk, Split, allocation
from arwork.matching.split_text import read_split
from arwork.matching.universe import universe
from arwork.money import ISO
from arwork.pack.digest import sha256


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    params = params_of(tmp_path_factory.mktemp("decide"))
    return params, closed(params)


@pytest.fixture
def fresh(world: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """Return a copy of the close of its own."""
    params, run = world
    shutil.copytree(params.parent, tmp_path / "copy")
    return tmp_path / "copy" / params.name, tmp_path / "copy" / run.relative_to(params.parent)


REFUSED: dict[str, tuple[list[str], str, str]] = {
    "not the whole receipt": ([f"{A}=900.00"], r"28\.00 EUR of receipt .* over 928\.00 EUR stands nowhere", "ON-ACCOUNT=28.00 or UNAPPLIED=28.00"),
    "more than the receipt": ([f"{A}=928.00", f"{B}=10.00"], r"uses 938\.00 EUR .* holds 928\.00 EUR", "by 10.00 EUR"),
    "more than is open": ([f"{B}=928.00"], r"cash 928\.00 EUR do not fit item 1000:9002.*open by 250\.50 EUR", "at most 250.50"),
    "parts beyond what is open": (
        [f"{A}=928.00+20.00,deduction=60.00:PR"], r"cash 928\.00 EUR, discount 20\.00 EUR, deduction 60\.00 EUR do not fit", "at most 1,000.00",
    ),
    "an item twice": ([f"{A}=900.00", f"{A}=28.00"], "stands twice", "Add the two amounts up"),
    "no such item": (["1000:1:2026:1=928.00"], "no open item '1000:1:2026:1' in EUR", "from the pack"),
    "a discount that is not earned in full": ([f"{A}=928.00+40.00", ], r"40\.00 EUR is asked for, 0\.00 EUR is earned", "override=WHY"),
    "a discount above terms": ([f"{A}=928.00+72.00"], r"72\.00 EUR is asked for, 20\.00 EUR is earned on 2026-03-12; its terms end 2026-03-16", "UD"),
    "a late discount": ([f"{LATE}=294.00+6.00", "UNAPPLIED=634.00"], r"0\.00 EUR is earned", "override=WHY"),
    "a discount without terms": ([f"{B}=245.50+5.00", "UNAPPLIED=682.50"], "it has no discount terms", "override"),
    "an unknown reason": ([f"{A}=928.00,deduction=72.00:ZZ"], r"'ZZ' is no reason for a deduction of 72\.00 EUR", "CO-70"),
    "a deduction without a reason": ([f"{A}=928.00,deduction=72.00"], "an amount above nothing and a reason code", "deduction=50.00:PR"),
    "a write-off without a code": ([f"{A}=928.00,write-off=72.00"], "an adjustment code", "write-off=2.00:SD"),
    "a claim written off": ([f"{A}=928.00,write-off=72.00:PR"], r"72\.00 EUR cannot be written off by code 'PR'", "credit memo"),
    "a clerk above the tolerance": ([f"{A}=928.00,write-off=72.00:SD"], r"72\.00 EUR is above the 10\.00 EUR that a clerk", "Let a lead"),
    "young debt": ([f"{A}=928.00,write-off=72.00:WO"], r"is -1 days overdue, 180 are needed: 72\.00 EUR is no bad debt", "Leave it open"),
    "a clerk writes off bad debt": ([f"{OLD}=49.99,write-off=50.00:WO", "UNAPPLIED=878.01"], r"above the 0\.00 EUR that a clerk", "Let a lead"),
    "a gain by another code": ([f"{A}=1001.00,write-off=-1.00:BC"], "is more than is owed", "on account"),
    "nothing": (["UNAPPLIED=928.00"], "places nothing", "ON-ACCOUNT"),
    "a discount on a credit": ([f"{CREDIT}=-50.00+1.00", "UNAPPLIED=978.00"], "do not fit|only of an invoice", ""),
    "a word nobody knows": ([f"{A}=928.00,bonus=1.00"], "is not ITEM=AMOUNT", "(cash+discount"),
    "too many decimals": ([f"{A}=928.001"], "more than the 2 decimals", "decimals of the currency"),
    "a discount twice": ([f"{A}=928.00+20.00,discount=20.00"], "discount twice", ""),
    "on account with a discount": ([f"{A}=900.00", "ON-ACCOUNT=28.00+1.00"], "is cash only", ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def books() -> tuple[Receipt, Desk]:
    """Return receipt B1 and a clerk's desk with the documents of the close."""
    rows = [
        ax.item(
            number,
            who,
            amount,
            doc=day,
            due=due,
            item_id=f"1000:{number}:2026:1",
            **({"disc": tuple(terms.split(","))} if terms != "," else {}),
        )
        for number, (who, day, due, amount, terms) in DOCS.items()
    ]
    there = universe(ax.items(*rows), ax.disputes(), date(2026, 3, 31))
    paid = read_receipts(ax.receipts(ax.receipt("R1", "928.00", "2026-03-12")))[0]
    return paid, Desk(there, {}, ax.policy(), ISO, date(2026, 3, 31))


@pytest.mark.parametrize("name", REFUSED)
def test_a_split_that_does_not_fit_is_refused_with_item_amounts_and_cure(books: tuple[Receipt, Desk], name: str) -> None:
    splits, why, cure = REFUSED[name]
    with pytest.raises(InputError, match=why) as refused:
        allocation(books[0], [read_split(text, "EUR", ISO) for text in splits], books[1])
    assert refused.value.cure
    assert cure in refused.value.cure


def test_a_refused_split_leaves_no_event(fresh: tuple[Path, Path]) -> None:
    params, run = fresh
    with pytest.raises(InputError, match="stands nowhere"):
        decided(params, "ALLOCATE", [number_of(run, "B1")], f"{A}=900.00")
    assert journal(params) == []


LIMITS = [
    ("clerk", "SD", 1000), ("senior", "SD", 2500), ("supervisor", "SD", 10000), ("manager", "SD", 250000), ("nobody knows", "SD", 0),
    ("clerk", "BC", 3000), ("lead", "BC", 25000), ("clerk", "WO", 0), ("lead", "WO", 10000), ("manager", "WO", 100000), ("cfo", "LW", None),
    ("cfo", "WO", 5000000), ("board", "WO", None),
]  # fmt: skip


@pytest.mark.parametrize(("role", "code", "limit"), LIMITS)
def test_co70_mp20_a_person_writes_off_within_the_limit_of_the_role(role: str, code: str, limit: int | None) -> None:
    rows = ax.items(ax.item("6001001", "C1", "1000.00"))
    there = universe(rows, ax.disputes(), date(2025, 3, 31))
    assert limit_of(role, code, list(there.items.values()), ax.policy(), ISO) == limit


def test_discount_deduction_write_off_and_rest_go_through_the_next_close(fresh: tuple[Path, Path]) -> None:
    """AX: 928.00 with 19.00 discount, 50.00 for a price and 3.00 small on 1,000.00; 250.00 on 250.50; 60.00 on account; a rest waits."""
    params, first = fresh
    receipt = {bank: number_of(first, bank) for bank in ("B1", "B2", "B3", "B4")}
    decided(params, "ALLOCATE", [receipt["B1"]], f"{A}=928.00+19.00,deduction=50.00:PR,write-off=3.00:SD", reason="=cmd|' /C calc'!A0")
    decided(params, "ALLOCATE", [receipt["B2"]], Split(B, 20000, write_off=50, adjustment_code="SD"), "UNAPPLIED=50.00")
    decided(params, "ALLOCATE", [receipt["B3"]], "ON-ACCOUNT=60.00")
    empower(params, "ana", "preparer", "reviewer")
    empower(params, "eva", "preparer")
    decided(
        params,
        "ALLOCATE",
        [receipt["B4"]],
        f"{OLD}=48.00,write-off=51.99:WO",
        f"{CREDIT}=-50.00",
        f"{B}=50.00",
        "ON-ACCOUNT=50.00",
    )
    run = closed(params)
    lines = table(run, "allocations")
    columns = ("item_id", "amount_applied", "discount", "small_diff", "write_off", "adjustment_code", "residual", "amount_relieved", "by")
    assert sorted(rows_of(lines, *columns)) == sorted([
        [A, 92800, 1900, 300, 0, "SD", 5000, 100000, "ana"],
        [B, 20000, 0, 50, 0, "SD", 0, 20050, "ana"],
        [B, 5000, 0, 0, 0, "", 0, 5000, "ana"],
        [OLD, 4800, 0, 0, 5199, "WO", 0, 9999, "ana"],
        [CREDIT, -5000, 0, 0, 0, "", 0, -5000, "ana"],
    ])  # fmt: skip
    assert rows_of(table(run, "residuals"), "ref_item", "amount", "reason_code", "status", "dispute") == [[A, 5000, "PR", "CREATED", True]]
    assert sorted(rows_of(table(run, "on_account"), "amount", "status")) == [[5000, "AUTO"], [6000, "AUTO"]]
    assert sorted(rows_of(table(run, "receipts"), "amount", "applied_amount", "on_account_amount", "unapplied_amount")) == [
        [6000, 0, 6000, 0], [9800, 4800, 5000, 0], [25000, 20000, 0, 5000], [92800, 92800, 0, 0],
    ]  # fmt: skip
    made = table(run, "decisions")
    assert set(made["outcome"]) == {"APPLIED"}
    told = ("seq", "known_by", "amount", "discount", "deduction", "write_off", "codes", "on_account", "source_file")
    assert rows_of(made, *told)[0] == [1, "test", 92800, 1900, 5000, 300, "PR SD", 0, "statement.sta"]
    assert rows_of(made, *told)[3] == [6, "test", 9800, 0, 0, 5199, "WO", 5000, "statement.sta"]
    assert sorted(rows_of(table(run, "adjustments"), "item_id", "amount", "adjustment_code", "by")) == [
        [A, 300, "SD", "ana"], [B, 50, "SD", "ana"], [OLD, 5199, "WO", "ana"],
    ]  # fmt: skip
    ties = table(run, "ties")
    assert ties.loc[ties["rule"].isin(["INV-1", "MP-64"]), "holds"].all()
    _exported(params, run, lines)


def _exported(params: Path, run: Path, lines: pd.DataFrame) -> None:
    """What was decided goes out once; the sums of the file are those of the allocations; an undone decision comes back as a reversal."""
    out, who = params.parent / "outputs", Person("eva", "test")
    first = export(params, out, layout="csv", out=None, person=who, reason="to SAP")
    assert first.place is not None
    assert first.event is not None
    data = first.place.read_bytes()
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    kept = int(table(run, "on_account")["amount"].sum())
    assert sum(Decimal(row["cash"]) for row in rows) * 100 == int(lines["amount_applied"].sum() + kept)
    for name in ("discount", "small_diff", "write_off"):
        assert sum(Decimal(row[name]) for row in rows) * 100 == int(lines[name].sum())
    assert {row["kind"]: row["residual"] for row in rows if row["kind"] == "RESIDUAL"} == {"RESIDUAL": "50.00"}
    body = first.event.body
    assert (body["count"], body["totals"], body["sha256"]) == (len(rows), {"EUR": int(lines["amount_applied"].sum() + kept)}, sha256(data))
    assert not [
        cell for row in rows for name, cell in row.items() if cell.startswith(("=", "@", "+")) or (cell[:1] == "-" and not _number(cell))
    ]
    again = export(params, out, layout="sap", out=None, person=who, reason="again")
    assert (again.place, again.event) == (None, None)
    assert "Nothing is new" in again.notes[0]
    decided(params, "UNDO", [], undoes=1)
    back = export(params, out, layout="sap", out=None, person=who, reason="undone")
    assert (back.lines, back.totals) == ({"REVERSAL": 2}, {"EUR": "-928.00"})
    assert "1 decisions were made since this run" in back.notes[0]
    assert back.place is not None
    assert "-928,00" in back.place.read_text(encoding="utf-8")
    nothing = export(params, out, layout="csv", out=None, person=who, reason="once more")
    assert nothing.event is None
    for path in (out / "tiny" / "2026-03.exports").glob("*.parquet"):
        path.write_bytes(b"x")
    with pytest.raises(IntegrityError, match="not those recorded"):
        export(params, out, layout="csv", out=None, person=who, reason="once more")


def _number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "").isdigit()


def test_a_discount_out_of_terms_needs_its_own_reason_and_keeps_it(fresh: tuple[Path, Path]) -> None:
    params, run = fresh
    split = f"{LATE}=294.00,discount=6.00,override=sales agreed, see mail, 3 March"
    body = decided(params, "ALLOCATE", [number_of(run, "B1")], split, "UNAPPLIED=634.00")[0].body
    assert body["items"][0] == {
        "item": LATE, "amount": 29400, "discount": 600, "seen_open": 30000, "earned": 0, "discount_reason": "sales agreed, see mail, 3 March",
    }  # fmt: skip


def test_two_receipts_may_pay_one_item_by_hand_and_no_more_than_is_open(fresh: tuple[Path, Path]) -> None:
    params, run = fresh
    decided(params, "ALLOCATE", [number_of(run, "B1")], f"{A}=800.00", "UNAPPLIED=128.00")
    with pytest.raises(InputError, match=r"open by 200\.00 EUR"):
        decided(params, "ALLOCATE", [number_of(run, "B2")], f"{A}=250.00")
    second = decided(params, "ALLOCATE", [number_of(run, "B2")], f"{A}=200.00", "UNAPPLIED=50.00")[0]
    assert second.body["items"][0]["seen_open"] == 20000


def test_bulk_decisions_are_recorded_all_or_none_with_one_reason(fresh: tuple[Path, Path]) -> None:
    params, run = fresh
    both = [number_of(run, "B3"), number_of(run, "B4")]
    with pytest.raises(InputError, match="no receipt 'nowhere'"):
        decided(params, "HOLD", [*both, "nowhere"])
    with pytest.raises(InputError, match="stands twice"):
        decided(params, "HOLD", [both[0], both[0]])
    with pytest.raises(InputError, match="one receipt"):
        decided(params, "ALLOCATE", both, "ON-ACCOUNT=60.00")
    assert journal(params) == []
    decided(params, "REJECT", [both[1]], by="ben")
    with pytest.raises(InputError, match="ben decided on receipt"):
        decided(params, "HOLD", both)
    assert len(journal(params)) == 1
    held = decided(params, "HOLD", both, seen=1, reason="waiting for the advice")
    assert [(event.action, event.body["receipt"], event.reason) for event in held] == [("HOLD", n, "waiting for the advice") for n in both]
    assert [event.seq for event in decided(params, "UNDO", [], undoes=[2, 3])] == [4, 5]
    assert sorted(set(replay(journal(params))["action"])) == ["REJECT", "UNDONE"]
