"""The workbook: exact amounts, equal bytes, text that stays text, every figure beside a live check, and nothing cut unseen."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from conftest import Finished
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from arwork.errors import StoppedError
from arwork.money import ISO, Units
from arwork.pack.manifest import read_manifest
from arwork.pack.sheets import Book, Link, Money, file_bytes, put, safe_text
from arwork.pack.workbook import write
from arwork.pack.workbook_others import PAPERS
from arwork.pack.workbook_places import paper_of
from arwork.tables import TABLES, conform, empty

AS_OF = date(2026, 3, 31)
FACTS = {
    "close": "MAIN & CO",
    "period": "2026-03",
    "key date": "2026-03-31",
    "run": "r1",
    "status": "READY",
    "why": "",
    "journal": "0 decisions",
}
ATTACKS = [
    "=cmd|'/c calc'!A0", "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\x01\x02=1", "http://evil.example/x", "https://evil.example",
    "external:\\\\evil\\share\\b.xlsx!A1", "file:///etc/passwd",
    "mailto:x@evil.example", '=HYPERLINK("http://evil.example")', "#N/A", "{=1+1}",
    "'=1", "_x003D_1+1", "a\u202eb\u200bc", "&P &D &[File]", "<f>1+1</f>",
    "=WEBSERVICE(\"http://evil.example\")", "0012", "1E5", "NA",
]  # fmt: skip
SHEETS = [
    "Lead", "Charts", "Tie-out", "Findings", "Reconciliations", "Bank to book", "Movements", "Suspense", "Cut-off", "Changed since",
    "Certification", "Cash log", "Cash log days", "Bank groups", "Customer accounts",
    "Ageing", "Open items", "Ageing invoice date", "Worklist", "Reminders", "First contacts", "Escalations", "Distress",
    "Statements", "Scripts", "Conduct", "Promises", "Disputes", "Claims", "Credit reviews", "Cheques", "Master data",
    "Credit checklist", "Dispute reasons", "Late fees", "Write-offs",
    "Provisions", "Adjustments", "Figures", "Service levels", "Exceptions", "Proposals", "Reasons", "Allocations", "On account", "Residuals",
    "Tax certificates", "Breaks", "Decisions", "Overpayments", "Misdirected", "Refunds", "Refund evidence", "Refund holds",
    "Credit balances", "Repeats", "Small differences", "Sources", "Rejects", "Other decisions", "Forecast", "Forecast accuracy", "Forecast methods",
    "Forecast changes", "Forecast items",
]  # fmt: skip
RANGES = r"""(\('[A-Z][a-z ]+'![A-Z$:0-9]+=(\$[BC]\d+|"(rule|AUTO|REVIEW|SUGGEST|NONE)")\)\*?)+,'[A-Z][a-z ]+'![A-Z$:0-9]+"""
"""What a check of the lead sheet adds up: columns of a sheet, chosen by a cell of the lead sheet or by a word of ours."""
NS = {
    "m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "r": "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}",
}


def filled(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """A table with plain values in every column that must be filled, and those given."""
    plain = {"date": pd.Timestamp(AS_OF), "money": 0, "money?": pd.NA, "count": 0, "flag": True, "percent": 0}
    base = {c.name: (c.values[0] if c.values else plain.get(c.kind, "x")) for c in TABLES[name].columns if c.required}
    frame = pd.DataFrame([{**base, **row} for row in rows])
    return conform(name, frame.astype({c: "Int64" for c in frame if c == "amount" and name == "decisions"}))


def receipt(number: int, currency: str, minor: int, status: str = "AUTO", **more: Any) -> dict[str, dict[str, Any]]:
    key = {"receipt_id": f"r{number}", "currency": currency, "amount": minor, "customer_id": "C1", "ledger_id": "M", "company_code": "1"}
    day = pd.Timestamp(2026, 3, 1 + number % 28)
    return {
        "receipts": {
            **key,
            "booking_date": day,
            "value_date": day,
            "line_no": number,
            "source_file": "bank.sta",
            "source_line": str(number),
        },
        "proposals": {**key, "status": status, "decided_by": "rule", "allocated": minor if status == "AUTO" else 0, **more},
    }


def small() -> dict[str, pd.DataFrame]:
    """A close with three currencies, a receipt that waits with two candidates, a tie that fails and both reconciliations."""
    amounts = [("EUR", 123450), ("EUR", 99999999999999), ("JPY", 1234567), ("KWD", 1234567), ("EUR", -5), ("KWD", 1)]
    made = [receipt(i, c, m, "REVIEW" if i == 1 else "AUTO") for i, (c, m) in enumerate(amounts)]
    items = [
        {"receipt_id": "r1", "candidate": n, "item_id": f"i{n}", "reference": f"INV-{n}", "amount_applied": 99999999999999} for n in (1, 2)
    ] + [{"receipt_id": "r0", "candidate": 1, "item_id": "i9", "reference": "INV-9", "amount_applied": 123450}]
    key = {"ledger_id": "M", "company_code": "1"}
    recon = {"recon_id": "RC-10/1", "rule": "RC-10", **key, "account": "1400", "currency": "EUR", "ours": 126288055, "theirs": 125431055,
             "difference": -857000, "explained": -857000, "items": 2, "status": "TIES", "sentence": "Explained."}  # fmt: skip
    aged = {**key, "customer_id": "C1", "currency": "EUR", "local_currency": "EUR", "items": 1}
    rolled = {**recon, "recon_id": "RC-30/1", "rule": "RC-30", "account": "AR", "items": 0}
    steps = [("opening", 300000, True), ("billings", 50000, False), ("receipts", -65000, False), ("closing", 285000, True)]
    buckets = [(0, "current", 100000), (1, "1–30", 250000), (5, "credits", -65000)]
    return {
        "ledgers": filled("ledgers", {**key, "name": "Muster AG", "ledger_currency": "EUR"}),
        "customers": filled("customers", {**key, "customer_id": "C1", "name": "Alpha GmbH"}),
        "receipts": filled("receipts", *(m["receipts"] for m in made)),
        "proposals": filled("proposals", *(m["proposals"] for m in made)),
        "proposal_items": filled("proposal_items", *items),
        "allocations": filled("allocations", {"allocation_id": "r0:i9", "receipt_id": "r0", "item_id": "i9", "currency": "EUR",
                                              "amount_applied": 123450, "amount_relieved": 123450}),
        "reconciliations": filled("reconciliations", recon, rolled),
        "recon_lines": filled("recon_lines", {"recon_id": "RC-10/1", "line_no": 1, "label": "Subledger", "mark": "A", "amount": 126288055},
                              {"recon_id": "RC-10/1", "line_no": 2, "label": "Unexplained", "mark": "E", "amount": 0, "total": True},
                              *({"recon_id": "RC-30/1", "line_no": n, "label": f"± {m}", "mark": m, "amount": a, "total": t}
                                for n, (m, a, t) in enumerate(steps, start=1))),
        "movements": filled("movements", {**key, "movement_id": "m1", "movement": "billings", "amount_local": 50000, "currency": "USD", "local_currency": "EUR"}),
        "open_items": filled("open_items", *({**key, "item_id": f"o{n}", "customer_id": "C1", "currency": "EUR", "source_file": "bank.sta",
                             "source_line": str(n)} for n in range(3))),
        "ageing_items": filled("ageing_items", *({**key, "item_id": f"o{n}", "customer_id": "C1", "currency": "EUR", "bucket_due": name,
                               "open_amount": a, "days_past_due": n} for n, name, a in ((0, "current", 100000), (1, "1–30", 250000),
                                                                                         (2, "credits", -65000)))),
        "recon_items": filled("recon_items", {"recon_id": "RC-10/1", "item_no": 1, "code": "RI-MJE", "amount": -950000, "currency": "EUR"},
                              {"recon_id": "RC-10/1", "item_no": 2, "code": "RI-RCL", "amount": 93000, "currency": "EUR"}),
        "proof_of_cash": filled("proof_of_cash", *({"bank_account": "DE1", "currency": "EUR", "side": s, "opening": 8000000,
                                "receipts": 3608540,
                                "payments": p, "closing": 8000000 + 3608540 - p} for s, p in (("BANK", 3157310), ("BOOK", 3157300)))),
        "ageing": filled("ageing", *({**aged, "basis": b, "bucket_no": n, "bucket": name, "amount": a, "amount_local": a}
                                     for b in ("DUE", "INVOICE") for n, name, a in buckets)),
        "ties": filled("ties", {"stage": "s", "tie_no": 1, "rule": "MT-01", "name": "holds", "unit": "KWD", "ours": 1005, "theirs": 1001,
                                "difference": 4, "allowed": 5, "holds": True},
                       {"stage": "s", "tie_no": 2, "rule": "RC-10", "name": "fails", "unit": "rows", "ours": 7, "theirs": 5,
                        "difference": 2, "allowed": 0, "holds": False}),
        "findings": filled("findings", {"stage": "s", "finding_no": 1, "severity": "warn", "sentence": "mind"},
                           {"stage": "s", "finding_no": 2, "severity": "error", "sentence": "stop"}),
        "owed": filled("owed", {"queue": "decide", "key": "r1", **key, "customer_id": "C1", "currency": "EUR",
                               "amount": 99999999999999, "days": 3}),
        "sources": filled("sources", {"source_id": "01", "source_file": "bank.sta", "rows_in": 9, "rows_out": 9}),
    }  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "pack.xlsx"
    write(small(), FACTS, ISO, AS_OF, path)
    return path


def number_of(sheet: Worksheet, head: str, row: int = 4) -> int:
    return next(cell.column for cell in sheet[row] if cell.value == head)


def column(sheet: Worksheet, head: str, row: int = 4) -> dict[int, Any]:
    number = number_of(sheet, head, row)
    return {r: sheet.cell(r, number).value for r in range(row + 1, sheet.max_row + 1)}


def exact(value: Any) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def xml_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_cv_10_equal_tables_give_equal_bytes(book: Path, tmp_path: Path) -> None:
    shuffled = {
        name: frame.sample(frac=1, random_state=4) for name, frame in small().items() if name not in ("ties", "findings", "sources")
    }
    write({**small(), **{n: conform(n, f) for n, f in shuffled.items()}}, dict(FACTS), Units(), AS_OF, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()


def test_file_is_dated_at_the_key_date_only(book: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert re.findall(r">(20[^<]+)<", core) == ["2026-03-31T00:00:00Z"] * 2
    assert re.search(r"<dc:creator[^>]*>arwork</dc:creator>", core)


def test_a_written_workbook_is_never_overwritten(book: Path) -> None:
    with pytest.raises(StoppedError, match="is there already"):
        write(small(), FACTS, ISO, AS_OF, book)


def test_cv_02_amounts_are_the_minor_units_exactly(book: Path) -> None:
    sheet = load_workbook(book)["Proposals"]
    amounts, codes = column(sheet, "Amount"), column(sheet, "Currency")
    place = number_of(sheet, "Amount")
    found = sorted(
        (codes[r], exact(amounts[r])) for r in amounts if codes[r] and codes[r] != "Currency" and isinstance(amounts[r], int | float)
    )
    frame = small()["proposals"]
    assert found == sorted((c, ISO.decimal(m, c)) for c, m in zip(frame["currency"], frame["amount"], strict=True))
    formats = {codes[r]: sheet.cell(r, place).number_format for r in amounts if codes[r]}
    assert {code: text.split("_")[0] for code, text in formats.items()} == {"EUR": "#,##0.00", "JPY": "#,##0", "KWD": "#,##0.000"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-(2**62), 2**62), st.sampled_from(["EUR", "JPY", "KWD", "CLF"])), min_size=1, max_size=40))
def test_cv_02_no_amount_is_changed_by_the_spreadsheet(amounts: list[tuple[int, str]]) -> None:
    book = Book(Workbook(), ISO, "", 10)
    sheet = book.workbook.create_sheet("s")
    for row, (minor, code) in enumerate(amounts, start=1):
        put(book, sheet, row, 1, Money(minor, code))
    stored = ElementTree.fromstring(zipfile_part(file_bytes(book.workbook, AS_OF), "xl/worksheets/sheet2.xml"))
    for cell, (minor, code) in zip(stored.iter(f"{{{NS['m']}}}c"), amounts, strict=True):
        text = "".join(cell.itertext())
        kept = Decimal(text.replace(",", "")) if cell.get("t") == "inlineStr" else exact(float(text))
        assert kept == ISO.decimal(minor, code)
        assert (cell.get("t") == "inlineStr") == (abs(minor) >= 10**15)


def zipfile_part(data: bytes, name: str) -> bytes:
    import io

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def hostile() -> dict[str, pd.DataFrame]:
    """Every table with every attack in every text column that a file from outside could fill."""
    tables = {}
    for name in sorted({*small(), *(paper.table for paper in PAPERS)}):
        rows = []
        for number, attack in enumerate(ATTACKS):
            row: dict[str, Any] = {}
            for c in TABLES[name].columns:
                if c.kind in ("text", "code", "rate") and "currency" not in c.name and c.name != "unit":
                    row[c.name] = attack
                elif c.kind == "count" and c.name in TABLES[name].key:
                    row[c.name] = number
            row |= {c.name: "EUR" for c in TABLES[name].columns if "currency" in c.name or c.name == "unit"}
            row |= {"status": "REVIEW"} if name == "proposals" else {}
            row |= {"stage": f"{attack}{number}"} if "stage" in row else {}
            rows.append(row)
        tables[name] = filled(name, *rows)
    return tables


def test_text_from_outside_never_computes_and_never_links(tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    write(hostile(), dict.fromkeys(["close", "period", "run", *ATTACKS], "=1+1") | {"x": "http://evil.example"}, ISO, AS_OF, path)
    parts = xml_of(path)
    sheets = {name: data for name, data in parts.items() if name.startswith("xl/worksheets/sheet")}
    assert len(sheets) == len(SHEETS)
    assert not [name for name in parts if "external" in name.lower() or "vba" in name.lower()]
    assert [name for name in parts if name.startswith("xl/worksheets/_rels")] == ["xl/worksheets/_rels/sheet2.xml.rels"]  # the charts
    assert b"TargetMode" not in b"".join(parts.values())
    seen: list[str] = []
    for data in sheets.values():
        tree = ElementTree.fromstring(data)
        for formula in tree.iter(f"{{{NS['m']}}}f"):
            assert re.fullmatch(
                r'ROUND\([A-Z0-9$:,.()+\-]*(SUMIFS\([A-Z0-9$:,]+"EUR"\)-[A-Z0-9]+,2\))?|IF\(ABS\(L\d+\)<=K\d+,"✔","✘"\)'
                rf"|ROUND\(SUMPRODUCT\({RANGES}\)-E\d+,2\)"
                r"|COUNTIF\('(Tie-out|Findings)'!\$[A-Z]\$5:\$[A-Z]\$\d+,\"(✔|✘|error|warn)\"\)-D\d+",
                formula.text or "",
            ), formula.text
        for link in tree.iter(f"{{{NS['m']}}}hyperlink"):
            assert set(link.attrib) <= {"ref", "location", "display"}
            assert re.fullmatch(r"'[A-Za-z -]+'![A-Z]+\d+", link.attrib["location"])
            assert link.attrib["location"].split("'")[1] in SHEETS
        for cell in tree.iter(f"{{{NS['m']}}}c"):
            assert cell.get("t") in ("inlineStr", "n", None)
            if cell.get("t") == "inlineStr":
                seen.append("".join(cell.itertext()))
        for tag in ("sheetProtection", "legacyDrawing", "oleObjects", "dataValidations"):
            assert tree.find(f"m:{tag}", NS) is None
    for attack in ATTACKS:
        assert safe_text(attack) in seen, attack
    assert not re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff\u202e\u200b]", "".join(seen))
    assert b"workbookProtection" not in parts["xl/workbook.xml"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=())), min_size=1, max_size=20))
def test_any_text_is_written_and_read_back(texts: list[str]) -> None:
    book = Book(Workbook(), ISO, "", 10)
    sheet = book.workbook.create_sheet("s")
    for row, text in enumerate(texts, start=1):
        put(book, sheet, row, 1, text)
    stored = ElementTree.fromstring(zipfile_part(file_bytes(book.workbook, AS_OF), "xl/worksheets/sheet2.xml"))
    assert ["".join(cell.itertext()) for cell in stored.iter(f"{{{NS['m']}}}c")] == [safe_text(text) for text in texts]


def test_control_characters_are_visible_and_codes_are_not_decoded() -> None:
    assert safe_text("a\x00b\tc\nd\x85e") == "a\ufffdb\ufffdc\ufffdd\ufffde"
    assert safe_text("\u202eabc\u200b") == "⟨U+202E⟩abc⟨U+200B⟩"
    assert safe_text("\ud800") == "\ufffd"
    assert safe_text("_x0041_ _x41_") == "_x005F_x0041_ _x41_"


@pytest.mark.parametrize("text", ["x" * 32_767, "x" * 32_768, "😀" * 16_384, "x" * 100_000])
def test_a_text_too_long_for_a_cell_says_that_it_was_cut(text: str) -> None:
    kept = safe_text(text)
    size = len(kept.encode("utf-16-le")) // 2
    assert size <= 32_767
    if len(text.encode("utf-16-le")) // 2 > 32_767:
        assert kept.endswith(f"[cut here: {len(text):,} characters; the whole text is in the data folder]")
        assert size > 32_700
    else:
        assert kept == text


def test_every_sheet_is_set_up_for_screen_and_paper(book: Path) -> None:
    workbook = load_workbook(book)
    assert workbook.sheetnames == SHEETS
    for sheet in workbook.worksheets:
        assert sheet.freeze_panes, sheet.title
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        wide = sum(dimension.width for dimension in sheet.column_dimensions.values())
        assert sheet.page_setup.orientation == ("portrait" if sheet.title == "Lead" or wide <= 120 else "landscape")
        assert sheet.oddFooter.right.text == "Page &P of &N"
        assert sheet.oddFooter.center.text == "run r1"
        assert sheet.oddFooter.left.text == f"{sheet['A1'].value.partition(' ')[0]} {sheet.title}"
        assert sheet.oddHeader.right.text == "MAIN && CO · 2026-03 · key date 2026-03-31"
        assert sheet.column_dimensions["A"].width > 5
        listing = sheet.title not in ("Lead", "Charts", "Reconciliations")
        assert bool(sheet.auto_filter.ref) == listing
        assert (sheet.print_title_rows == "$4:$4") == listing
        assert sheet["A1"].value.startswith("AR-")
        if sheet.title != "Lead":
            assert sheet["A2"].hyperlink.location == "'Lead'!A1"


def test_lead_says_not_ready_and_why_and_leads_everywhere(book: Path) -> None:
    sheet = load_workbook(book)["Lead"]
    assert sheet["A4"].value == "NOT READY: 1 tie does not hold; 1 finding is an error"
    texts = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert texts["✘ tie"].hyperlink.location == "'Tie-out'!A6"
    assert texts["✘ finding"].hyperlink.location == "'Findings'!A1"
    for name in SHEETS[1:]:
        assert texts[name].hyperlink.location == f"'{name}'!A1"
    assert "1 Muster AG (EUR), ledger M" in texts
    assert {"AR-20", "AR-30", "AR-40", "AR-50", "AR-60"} <= set(texts)


def test_ready_needs_every_tie_every_finding_and_the_facts(tmp_path: Path) -> None:
    calm = small()
    calm["ties"] = calm["ties"].loc[calm["ties"]["holds"]]
    calm["findings"] = calm["findings"].loc[calm["findings"]["severity"] == "warn"]
    for number, (tables, facts, said) in enumerate([
        (calm, FACTS, "READY: all 1 tie hold, no finding is an error"),
        (calm, {**FACTS, "status": "NOT READY", "why": "a stage was refused"}, "NOT READY: a stage was refused"),
        ({**calm, "ties": small()["ties"]}, FACTS, "NOT READY: 1 tie does not hold"),
    ]):  # fmt: skip
        write(tables, facts, ISO, AS_OF, tmp_path / f"{number}.xlsx")
        assert load_workbook(tmp_path / f"{number}.xlsx")["Lead"]["A4"].value == said


def test_tie_out_states_both_figures_and_checks_them_live(book: Path) -> None:
    sheet = load_workbook(book)["Tie-out"]
    assert [cell.value for cell in sheet[5]][:11] == ["AR-20.1", "✔", "s", 1, "MT-01", "holds", "KWD", 1.005, 1.001, 0.004, 0.005]
    assert [cell.value for cell in sheet[6]][:11] == ["AR-20.2", "✘", "s", 2, "RC-10", "fails", "rows", 7, 5, 2, 0]
    assert [cell.value for cell in sheet[5]][11:] == ["=ROUND(H5-I5,3)", '=IF(ABS(L5)<=K5,"✔","✘")', None]
    assert [cell.value for cell in sheet[6]][11:] == ["=ROUND(H6-I6,0)", '=IF(ABS(L6)<=K6,"✔","✘")', "Reconciliations"]


def test_co98_the_workbook_holds_no_account_of_a_customer_in_full(demo: Finished) -> None:
    """What the tables keep as evidence, the workbook hides: it goes around by e-mail."""
    tables = {name: pd.read_parquet(demo.pack / "data" / f"{name}.parquet") for name in ("customer_banks", "receipts")}
    known = {*tables["customer_banks"]["account"], *tables["receipts"]["remitter_account"]} - {""}
    with zipfile.ZipFile(demo.pack / "pack.xlsx") as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
    assert len(known) > 100
    assert not known & set(re.findall(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", sheets))
    assert "****" in sheets


def test_every_tie_of_the_demo_leads_to_its_rows(demo: Finished) -> None:
    ties = read_manifest(demo.pack)["ties"]
    nowhere = {(tie["stage"], tie["rule"]) for tie in ties if paper_of(tie["stage"], tie["rule"]) is None}
    assert not nowhere
    assert {paper_of(tie["stage"], tie["rule"]).sheet for tie in ties} <= {*SHEETS}  # type: ignore[union-attr]


def test_exceptions_show_candidates_and_lead_to_the_proposal_and_back(book: Path) -> None:
    workbook = load_workbook(book)
    waiting, proposed = workbook["Exceptions"], workbook["Proposals"]
    assert next(iter(column(waiting, "Candidates").values())) == "1: INV-1 999,999,999,999.99 | 2: INV-2 999,999,999,999.99"
    assert (waiting.cell(5, number_of(waiting, "Source file")).value, waiting.cell(5, number_of(waiting, "Source line")).value) == (
        "x",
        "x",
    )
    key = next(cell for cell in waiting[5] if cell.value == "r1")
    row = int(key.hyperlink.location.rpartition("!A")[2])
    assert "r1" in [cell.value for cell in proposed[row]]
    status = next(cell for cell in proposed[row] if cell.value == "REVIEW")
    assert status.hyperlink.location == "'Exceptions'!A5"
    source = proposed.cell(row, number_of(proposed, "Source file"))
    assert (source.value, source.hyperlink.location) == ("bank.sta", "'Sources'!A5")
    assert proposed.cell(row, number_of(proposed, "Source line")).value == "1"


def test_totals_per_currency_stand_under_the_rows_with_a_check(book: Path) -> None:
    sheet = load_workbook(book)["Proposals"]
    labels = {sheet.cell(r, 1).value: r for r in range(5, sheet.max_row + 1)}
    for code, minor in (("EUR", 99999999999999 + 123450 - 5), ("JPY", 1234567), ("KWD", 1234568)):
        row = labels[f"Total {code}"]
        place = number_of(sheet, "Amount")
        letter, code_letter = (sheet.cell(4, number_of(sheet, head)).column_letter for head in ("Amount", "Currency"))
        total = sheet.cell(row, place).value
        assert (Decimal(total.replace(",", "")) if isinstance(total, str) else exact(total)) == ISO.decimal(minor, code)
        rows = f"{letter}$5:{letter}$10,${code_letter}$5:${code_letter}$10"
        assert sheet.cell(row + 1, place).value == f'=ROUND(SUMIFS({rows},"{code}")-{letter}{row},{ISO.exponent(code)})'


def test_ageing_is_a_row_a_customer_with_totals_and_shares(book: Path) -> None:
    sheet = load_workbook(book)["Ageing"]
    assert [c.value for c in sheet[4]][:9] == ["Ledger", "Company", "Customer", "Name", "Currency", "current", "1–30", "credits", "Total"]
    assert [c.value for c in sheet[5]][:9] == ["M", "1", "C1", "Alpha GmbH", "EUR", 1000, 2500, -650, 2850]
    assert sheet.cell(7, 1).value == "Total EUR"
    assert sheet.cell(8, 6).value == '=ROUND(SUMIFS(F$5:F$5,$E$5:$E$5,"EUR")-F7,2)'
    assert sheet.cell(9, 6).value == pytest.approx(1000 / 2850)
    assert sheet.cell(5, 3).hyperlink.location == "'Open items'!A5"
    assert sheet.cell(5, 12).value == "=ROUND(SUM(F5:H5)-I5,2)"


def test_a_full_sheet_says_where_the_rest_is(tmp_path: Path) -> None:
    write(small(), FACTS, ISO, AS_OF, tmp_path / "cut.xlsx", most_rows=2)
    sheet = load_workbook(tmp_path / "cut.xlsx")["Proposals"]
    assert "The first 2 of 6 rows; all are in data/proposals.parquet." in sheet["A3"].value
    assert "Total JPY, all rows" in [sheet.cell(r, 1).value for r in range(5, sheet.max_row + 1)]
    assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert all(cell.hyperlink is None for cell in sheet[5] if cell.value == "REVIEW") or sheet.max_row > 5


def test_an_empty_close_still_has_every_sheet(tmp_path: Path) -> None:
    write({}, {}, ISO, AS_OF, tmp_path / "empty.xlsx")
    workbook = load_workbook(tmp_path / "empty.xlsx")
    assert workbook.sheetnames == SHEETS
    assert workbook["Proposals"]["A3"].value.endswith("There are none.")
    assert workbook["Lead"]["A4"].value.startswith("READY")


def test_amounts_too_long_for_a_spreadsheet_are_text_and_not_checked_live(tmp_path: Path) -> None:
    large = small()
    large["proposals"] = large["proposals"].assign(amount=10**15)
    write(large, FACTS, ISO, AS_OF, tmp_path / "large.xlsx")
    sheet = load_workbook(tmp_path / "large.xlsx")["Proposals"]
    place = number_of(sheet, "Amount")
    assert sheet.cell(5, place).value == "10,000,000,000,000.00"
    labels = {sheet.cell(r, 1).value: r for r in range(5, sheet.max_row + 1)}
    assert sheet.cell(labels["Total JPY"], place).value == "1,000,000,000,000,000"
    assert sheet.cell(labels["Total JPY"] + 1, place).value == "over 15 digits"
    assert sheet.cell(labels["Total JPY"] + 1, number_of(sheet, "Allocated")).value.startswith("=ROUND(SUMIFS(")


def test_links_stay_inside(book: Path) -> None:
    made = Book(Workbook(), ISO, "", 10)
    sheet = made.workbook.create_sheet("s")
    put(made, sheet, 1, 1, Link("http://evil.example", "Lead"))
    assert sheet["A1"].hyperlink.target is None
    assert sheet["A1"].hyperlink.location == "'Lead'!A1"


def test_lead_figures_are_ticked_named_and_checked_against_their_papers(book: Path) -> None:
    """A figure of the lead sheet is a value with its ticks, a way to its rows, a name, and a formula beside it that reads those rows."""
    workbook = load_workbook(book)
    sheet = workbook["Lead"]
    names = {name: defined.attr_text for name, defined in workbook.defined_names.items()}
    assert {"AR_Status", "AR_Run", "AR_Key_date", "AR_Ties_that_fail", "AR_Findings_error", "AR_Open_EUR", "AR_Receipts_KWD"} <= set(names)
    row = int(names["AR_Open_EUR"].rpartition("$")[2])
    figures = [cell.value for cell in sheet[row]]
    assert figures[1:7] == ["all", "EUR", 3, 2850, "Σ ◊", "AR-40 Ageing"]
    assert figures[7] == f"=ROUND(SUMPRODUCT(('Open items'!$K$5:$K$7=$C{row}),'Open items'!$L$5:$L$7)-E{row},2)"
    assert sheet[names["AR_Status"].split("!")[1]].value.startswith("NOT READY")
    assert sheet[names["AR_Run"].split("!")[1]].value == "r1"
    said = [str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert any("r1.signoff beside this pack" in text for text in said)
    assert {"AR-10.1 This close", "AR-40.1", "AR-42.6", "Σ", "≡", "◊"} <= set(said)


@pytest.mark.parametrize(
    ("table", "change", "figure", "ticks"),
    [
        ("ageing_items", lambda f: f.assign(open_amount=f["open_amount"] + 1), "AR_Open_EUR", "✘Σ ≡ ◊"),
        ("ties", lambda f: f.assign(holds=False, rule="MT-03", unit="EUR"), "AR_Open_EUR", "Σ ✘≡ ◊"),
        ("sources", lambda f: f.assign(rejects=1, rows_out=7), "AR_Open_EUR", "Σ ≡ ✘◊"),
        ("open_items", lambda f: f.assign(source_file="other.csv"), "AR_Open_EUR", "Σ ≡ ✘◊"),
        ("receipts", lambda f: f.assign(amount=f["amount"] - 1), "AR_Receipts_KWD", "✘Σ ◊"),
    ],
)
def test_a_tick_is_earned_by_arithmetic_alone(
    table: str, change: Callable[[pd.DataFrame], pd.DataFrame], figure: str, ticks: str, tmp_path: Path
) -> None:
    tables = small()
    tables["ties"] = tables["ties"].assign(rule="MT-03", unit="EUR", holds=True)
    write({**tables, table: conform(table, change(tables[table]))}, FACTS, ISO, AS_OF, tmp_path / "t.xlsx")
    workbook = load_workbook(tmp_path / "t.xlsx")
    cell = workbook.defined_names[figure].attr_text.split("$")
    assert workbook["Lead"][f"F{cell[-1]}"].value == ticks


def test_reconciliations_are_numbered_indexed_ticked_and_lead_to_their_rows(book: Path) -> None:
    sheet = load_workbook(book)["Reconciliations"]
    assert [sheet.cell(r, 1).value for r in (6, 7)] == ["AR-30.1", "AR-30.2"]
    for row in (6, 7):
        start = int(sheet.cell(row, 1).hyperlink.location.rpartition("!A")[2])
        assert sheet.cell(start, 1).value.startswith(f"{sheet.cell(row, 1).value}  RC-")
    moves = next(r for r in range(8, sheet.max_row + 1) if sheet.cell(r, 1).value == "billings")
    assert sheet.cell(moves, 9).hyperlink.location == "'Movements'!A5"


def test_charts_are_native_and_read_written_figures(book: Path) -> None:
    """Two charts for one currency and one roll-forward; each reads cells that hold values, and their total is checked live."""
    parts = xml_of(book)
    charts = sorted(name for name in parts if re.fullmatch(r"xl/charts/chart\d+\.xml", name))
    assert len(charts) == 2
    sheet = load_workbook(book)["Charts"]
    for name in charts:
        for reference in re.findall(r"<(?:c:)?f>'Charts'!([^<]+)</(?:c:)?f>", parts[name].decode()):
            first, _, last = reference.replace("$", "").partition(":")
            cells = [cell for line in sheet[first : last or first] for cell in line] if last else [sheet[first]]
            assert not [cell for cell in cells if cell.data_type == "f"]
    label = {sheet.cell(r, 1).value: r for r in range(5, sheet.max_row + 1)}
    assert [sheet.cell(label[name], 2).value for name in ("Opening", "billings", "receipts", "Closing")] == [3000, 500, -650, 2850]
    assert [sheet.cell(label["receipts"], n).value for n in (3, 4, 5, 6)] == [2850, None, None, 650]


def test_columns_that_hold_nothing_are_left_out_and_named(book: Path) -> None:
    sheet = load_workbook(book)["Proposals"]
    assert "Tax withheld" not in [cell.value for cell in sheet[4]]
    assert "left out are: " in sheet["A3"].value
    assert "Tax withheld" in sheet["A3"].value


def recalculated(path: Path, folder: Path) -> Path:
    """Let LibreOffice compute the workbook and save it again."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", str(folder / "computed"), str(path)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return folder / "computed" / path.name


def checks(path: Path, folder: Path) -> dict[str, int]:
    """Hold every formula of a workbook against what it must show; return how many each sheet has.

    On the tie-out a live difference is the written one and a live tick the written one; everywhere else 0 is right. No cell is an error.
    """
    computed, ours = load_workbook(recalculated(path, folder), data_only=True), load_workbook(path)
    found: dict[str, int] = {}
    for sheet in ours.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value = computed[sheet.title][cell.coordinate].value
                assert computed[sheet.title][cell.coordinate].data_type != "e", (sheet.title, cell.coordinate)
                if cell.data_type == "f":
                    found[sheet.title] = found.get(sheet.title, 0) + 1
                    must = sheet.cell(cell.row, 10 if cell.column == 12 else 2).value if sheet.title == "Tie-out" else 0
                    assert value == must, (sheet.title, cell.coordinate, cell.value)
    return found


@pytest.mark.office
def test_live_checks_agree_when_a_spreadsheet_computes_them(book: Path, tmp_path: Path) -> None:
    """LibreOffice computes every formula: each check is 0 (or the tie's own difference), each tick the one that is written."""
    found = checks(book, tmp_path)
    assert {"Lead", "Charts", "Tie-out", "Reconciliations", "Bank to book", "Ageing", "Proposals", "Open items"} <= set(found)
    assert sum(found.values()) >= 40
    assert isinstance(load_workbook(book).properties.created, datetime)


@pytest.mark.office
def test_live_checks_of_the_demo_agree(demo: Finished, tmp_path: Path) -> None:
    """The same for a whole month: some hundred checks on forty sheets."""
    found = checks(demo.pack / "pack.xlsx", tmp_path)
    assert len(found) > 20
    assert found["Lead"] > 50


def test_a_viewer_that_does_not_calculate_shows_checks_blank(book: Path) -> None:
    """No formula carries a stored result, and no figure is a formula: what is stated is a value, what is checked is blank."""
    stored = [c for s in load_workbook(book, data_only=True).worksheets for r in s.iter_rows() for c in r]
    formulas = {(s.title, c.coordinate) for s in load_workbook(book).worksheets for r in s.iter_rows() for c in r if c.data_type == "f"}
    assert formulas
    assert not [c for c in stored if (c.parent.title, c.coordinate) in formulas and c.value is not None]


def test_unused_tables_are_not_needed(tmp_path: Path) -> None:
    write({**small(), "bank_lines": empty("bank_lines")}, FACTS, ISO, AS_OF, tmp_path / "more.xlsx")
    assert (tmp_path / "more.xlsx").stat().st_size > 10_000
