"""The forecast over two closes: the first freezes a month, the second reads the pack and explains the change (7.1, 7.3)."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import sealed
import tiny

from arwork.pack.record import read_tables

HEAD = tiny.ITEMS.splitlines()[0] + ",entry_date,clearing_date"
APRIL_STATEMENT = """:20:TINY
:25:DE02120300000000202051
:28C:4/1
:60F:C260331EUR1542,00
:61:2604100410C250,50NTRFINV-2026-0002//B3
:86:166?00GUTSCHRIFT?20SVWZ+INV-2026-0002?32ALPHA HANDEL GMBH
:62F:C260430EUR1792,50
"""
APRIL_BALANCES = """ledger_id,company_code,gl_account,period,currency,opening,debits,credits,closing
MAIN,1000,1400,2026-04,EUR,850.49,0.00,500.00,350.49
MAIN,1000,1800,2026-04,EUR,1542.00,250.50,0.00,1792.50
"""
APRIL_CASH = """ledger_id,company_code,gl_account,doc_no,line_no,posting_date,value_date,amount,currency,reference,text,bank_ref,type
MAIN,1000,1800,3,1,2026-04-10,2026-04-10,250.50,EUR,,,B3,RECEIPT
"""


def items(paid_9001: str = "") -> str:
    """The ledger: six invoices a month since April 2025, paid ten days late, and those of tiny; 9001 cleared or not."""
    rows = [HEAD]
    for number in range(66):
        due = pd.Timestamp("2025-05-05") + pd.Timedelta(days=10 * (number // 2))
        billed, paid = due - pd.Timedelta(days=30), due + pd.Timedelta(days=10)
        days = ",".join(str(day.date()) for day in (billed, billed, due))
        rows.append(
            f"MAIN,1000,C{1 + number % 2},{8000 + number},1,2025,INV,{days},EUR,{100 + number}.00,0.00,EUR,{100 + number}.00,0.00,"
            f"OLD-{number},1400,{billed.date()},{paid.date()}"
        )
    for line in tiny.ITEMS.splitlines()[1:]:
        cells = line.split(",")
        cleared = paid_9001 if cells[3] == "9001" else ""
        if cleared:
            cells[12] = cells[15] = "0.00"
        rows.append(",".join([*cells, cells[8], cleared]))
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """March closed, then April on top of it, in one folder of packs."""
    folder = tmp_path_factory.mktemp("months")
    march = sealed.closed(tiny.write(folder, items=items()))
    april = tiny.PARAMS.replace("as_of: 2026-03-31", "as_of: 2026-04-30").replace("first_period: true", "previous_period: 2026-03")
    april = april.replace(", opening: 1000.00", "")
    params = tiny.write(folder, tiny=april, items=items("2026-03-12"), statement=APRIL_STATEMENT, balances=APRIL_BALANCES, cash=APRIL_CASH)
    return march, sealed.closed(params)


def test_the_first_close_freezes_the_month_ahead_and_learns_from_its_own_cash(packs: tuple[Path, Path]) -> None:
    t = read_tables(packs[0], ("forecast_cash", "forecast_frozen", "forecast_changes", "forecast_accuracy", "findings", "allocations"))
    assert not len(t["forecast_frozen"])
    assert not len(t["forecast_changes"])
    month = t["forecast_cash"].query("span == 'MONTH'").iloc[0]
    assert (month["from_date"], month["to_date"]) == (pd.Timestamp("2026-04-01"), pd.Timestamp("2026-04-30"))
    assert t["allocations"]["item_id"].tolist() == ["1000:9001:2026:1"]
    march = t["forecast_accuracy"].query("span == 'MONTH'").set_index("to_date")["actual"]
    assert march[pd.Timestamp("2026-03-31")] >= 50_000, "9001 is paid by this close, though the ledger still shows it open"
    assert "Post-dated cheques are not measurable: needs cheques." in set(t["findings"]["sentence"])


def test_the_second_close_reads_what_was_frozen_and_explains_the_change_to_the_cent(packs: tuple[Path, Path]) -> None:
    before = read_tables(packs[0], ("forecast_cash",))["forecast_cash"].query("span == 'MONTH'").iloc[0]
    t = read_tables(packs[1], ("forecast_frozen", "forecast_changes", "ties"))
    frozen = t["forecast_frozen"].iloc[0]
    assert (frozen["frozen_at"], frozen["to_date"]) == (pd.Timestamp("2026-03-31"), pd.Timestamp("2026-04-30"))
    assert (frozen["expected"], frozen["p10"], frozen["p90"]) == (before["expected"], before["p10"], before["p90"])
    steps = t["forecast_changes"].set_index("step")["amount"]
    assert steps["FROZEN"] == before["expected"]
    assert steps.drop("NOW").sum() == steps["NOW"] == 25_050, "the month is over: it brought what 9002 paid"
    own = t["ties"].loc[t["ties"]["name"].str.contains("month's forecast today|frozen forecast")]
    assert len(own) == 2
    assert own["holds"].all()


def test_the_second_close_shows_how_right_the_months_so_far_were(packs: tuple[Path, Path]) -> None:
    first, second = (read_tables(pack, ("forecast_accuracy", "forecast_scores")) for pack in packs)
    told = ["origin", "to_date", "naive", "days_late", "expected", "p10", "p50", "p90", "actual"]
    both = [frame["forecast_accuracy"].query("span == 'MONTH'").sort_values("origin")[told] for frame in (first, second)]
    assert both[1]["to_date"].max() == pd.Timestamp("2026-04-30")
    assert both[1]["actual"].iloc[-1] == 25_050
    past = both[1].loc[both[1]["to_date"] < pd.Timestamp("2026-04-30")].merge(both[0], on="origin", suffixes=("", "_then"))
    assert len(past) >= 4
    assert (past["expected"] == past["expected_then"]).all(), "what was learned since moves no earlier forecast"
    assert len(second["forecast_scores"].query("horizon == 'MONTH' and method == 'FC-03'")) == 1
    assert json.loads((packs[1] / "manifest.json").read_text(encoding="utf-8"))["as_of"] == "2026-04-30"
