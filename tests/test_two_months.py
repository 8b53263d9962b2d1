"""April after March: what was decided in March stays decided, what waits goes on with its rest, what nobody posted is said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import sealed
import tiny
from decided_world import closed, decided, number_of, table

from arwork.verifying import Brought, verify_levels

MARCH = """:20:TINY
:25:DE02120300000000202051
:28C:3/1
:60F:C260301EUR1000,00
:61:2603120312C510,00NTRFNONREF//B1
:86:166?00GUTSCHRIFT?20SVWZ+THANK YOU?32SOMEBODY
:61:2603130313C150,00NTRFNONREF//B2
:86:166?00GUTSCHRIFT?20SVWZ+THANKS?32SOMEBODY
:61:2603160316C99,99NTRFINV-2026-0003//B3
:86:166?00GUTSCHRIFT?20SVWZ+INV-2026-0003?32BETA BAU AG
:61:2603200320C42,00NTRFNONREF//B4
:86:166?00GUTSCHRIFT?20SVWZ+THANK YOU?32NOBODY KNOWN
:62F:C260331EUR1801,99
"""
APRIL = """:20:TINY
:25:DE02120300000000202051
:28C:4/1
:60F:C260331EUR1801,99
:61:2604100410C1,00NTRFNONREF//B5
:86:166?00GUTSCHRIFT?20SVWZ+HELLO?32NOBODY ELSE
:62F:C260430EUR1802,99
"""
HEAD = tiny.ITEMS.splitlines()[0]
_ROW = "MAIN,1000,{who},{number},1,2026,{kind},{day},{day},{due},EUR,{whole},{left},EUR,{whole},{left},{said},1400"


def row(who: str, number: str, whole: str, left: str, *, kind: str = "INV", day: str = "2026-02-10", said: str = "") -> str:
    return _ROW.format(who=who, number=number, kind=kind, day=day, due="2026-03-12", whole=whole, left=left, said=said)


def april_items(*, third: bool, second: str = "150.50") -> str:
    """Open items only: the first invoice is paid and gone, 10.00 of it stand on account; the second is short; the third is open or gone."""
    rows = [
        HEAD,
        row("C1", "9002", "250.50", second, said="INV-2026-0002"),
        row("C1", "1500001", "-10.00", "-10.00", kind="ONACC", day="2026-03-12"),
    ]
    return "\n".join([*rows, *([row("C2", "9003", "99.99", "99.99", said="INV-2026-0003")] if third else [])]) + "\n"


def two(folder: Path, april: str) -> tuple[Path, Path]:
    """March with two decisions, and April on top of it."""
    given = {"statement": MARCH, "cash": tiny.CASH.splitlines()[0] + "\n"}
    params = tiny.write(folder, **given)
    run = closed(params)
    decided(params, "ALLOCATE", [number_of(run, "B1")], "1000:9001:2026:1=500.00", "ON-ACCOUNT=10.00")
    decided(params, "ALLOCATE", [number_of(run, "B2")], "1000:9002:2026:1=100.00", "UNAPPLIED=50.00")
    march = sealed.closed(params)
    later = tiny.PARAMS.replace("as_of: 2026-03-31", "as_of: 2026-04-30").replace(
        "first_period: true", f"previous_period: 2026-03/{march.name}"
    )
    params = tiny.write(folder, **{**given, "tiny": later.replace(", opening: 1000.00", ""), "items": april, "statement": APRIL})
    return march, sealed.closed(params)


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return two(tmp_path_factory.mktemp("posted"), april_items(third=True))


def by_bank(pack: Path) -> pd.DataFrame:
    return table(pack, "receipts").set_index("bank_txn_id")


def told(pack: Path, rule: str) -> list[str]:
    findings = table(pack, "findings")
    return findings.loc[findings["rule"] == rule, "sentence"].tolist()


def test_rc_60_what_stays_on_account_does_not_come_back(posted: tuple[Path, Path]) -> None:
    """It is in the ledger by now as an open credit; a second 510.00 would be cash that nobody paid."""
    march, april = (by_bank(pack) for pack in posted)
    assert march.loc["B1", ["applied_amount", "on_account_amount"]].tolist() == [50_000, 1_000]
    assert sorted(april.index) == ["B2", "B4", "B5"]


def test_rc_60_the_rest_of_a_receipt_placed_in_part_goes_on_alone(posted: tuple[Path, Path]) -> None:
    march, april = (by_bank(pack) for pack in posted)
    assert march.loc["B2", ["amount", "applied_amount", "unapplied_amount"]].tolist() == [15_000, 10_000, 5_000]
    assert april.loc["B2", ["amount", "applied_amount", "unidentified_amount", "unapplied_amount"]].drop("applied_amount").sum() == 10_000
    assert april.loc["B2", "amount"] == 5_000
    suspense = table(posted[1], "suspense_items")
    assert suspense.groupby("recon_id")["amount"].sum().sum() == 5_000 + 4_200 + 100
    assert table(posted[1], "ties").query("rule == 'RC-60'")["holds"].all()


def test_cv_12_decisions_of_the_month_before_are_carried_out_and_not_stale(posted: tuple[Path, Path]) -> None:
    made = table(posted[1], "decisions")
    assert made["outcome"].tolist() == ["EARLIER", "EARLIER"]
    assert made["outcome_reason"].tolist() == ["Carried out in the close of 2026-03."] * 2
    assert told(posted[1], "CV-12") == []


def test_inv_5_an_allocation_that_nobody_posted_is_said(posted: tuple[Path, Path], tmp_path: Path) -> None:
    (said,) = told(posted[1], "INV-5")
    assert (
        said == "1 allocation of 2026-03, 99.99 EUR, is not posted: its item is as open as before. Post them, or export the ledger again."
    )
    assert told(two(tmp_path, april_items(third=False))[1], "INV-5") == []


def test_rc_60_a_receipt_of_which_nothing_was_posted_comes_back_whole(tmp_path: Path) -> None:
    april = two(tmp_path, april_items(third=False, second="250.50"))[1]
    row = by_bank(april).loc["B2"]
    assert row[["amount", "applied_amount", "unapplied_amount"]].tolist() == [15_000, 10_000, 5_000]
    assert table(april, "decisions")["outcome"].tolist() == ["EARLIER", "APPLIED"]


def test_both_packs_verify(posted: tuple[Path, Path]) -> None:
    for pack in posted:
        assert [level for level, _ in verify_levels(pack, Brought(), None, lambda *_: None).levels] == ["V1", "V2", "V3", "V4"]


def rolled(pack: Path) -> tuple[str, str]:
    heads = table(pack, "reconciliations").query("rule == 'RC-30'")
    return str(heads["status"].item()), str(heads["sentence"].item())


def test_rc_30_what_left_a_list_of_open_items_was_settled_and_not_changed_behind_the_key_date(posted: tuple[Path, Path]) -> None:
    """A list of open items cannot show what was paid; calling each payment a document taken out of the ledger hides the one that was."""
    status, said = rolled(posted[1])
    assert status == "TIES"
    assert said.endswith("1 document left the list of open items; it does not say by what, so they count as receipts.")
    assert table(posted[1], "changes_since")[["document", "what"]].values.tolist() == [["1500001", "ADDED"]]


def test_rc_30_v3_an_export_with_settled_documents_still_tells_what_is_gone(tmp_path: Path) -> None:
    """A pack with money that no line explains is an honest pack: V3 once counted that line twice and refused it."""
    cleared = row("C2", "9003", "99.99", "0.00", said="INV-2026-0003")
    heads = [f"{HEAD},clearing_date", *(f"{line}," for line in april_items(third=False).splitlines()[1:]), f"{cleared},2026-04-02"]
    april = two(tmp_path, "\n".join(heads) + "\n")[1]
    assert rolled(april)[0] == "UNEXPLAINED"
    assert table(april, "changes_since")["what"].tolist() == ["ADDED", "GONE"]
    assert len(table(april, "recon_lines").query("mark == 'unmapped'"))
    assert [level for level, _ in verify_levels(april, Brought(), None, lambda *_: None).levels] == ["V1", "V2", "V3", "V4"]
