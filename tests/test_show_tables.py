"""What notebooks print: nothing shortened unseen, nothing from outside becomes markup, the same words in HTML and in text."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arwork.errors import InputError, StoppedError
from arwork.money import ISO
from arwork.proof import Finding, Tie
from arwork.show import views
from arwork.show.columns import heading, kinds_of
from arwork.show.grid import Shown
from arwork.show.markup import Markup, element, joined, visible
from arwork.show.tables import amounts, facts, findings, owed, statement, table, ties
from arwork.tables import TABLES, conform, empty

ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "' onmouseover='alert(1)", "</td></table><b>x",
    "a\u202eb", "a\u200bb", "a\x00b", "a\x1bb", "&lt;b&gt;", "{{ 7*7 }}", "javascript:alert(1)",
]  # fmt: skip
# Elements and properties that JupyterLab keeps in a notebook nobody trusts.
LAB_TAGS = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "p"}
LAB_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-top", "caption-side", "color", "font-family", "font-size",
    "font-weight", "line-height", "margin", "max-width", "min-width", "overflow-x", "padding", "table-layout", "text-align",
    "vertical-align", "white-space",
}  # fmt: skip


class Reader(HTMLParser):
    """Collects elements, attributes and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def receipts(*rows: dict[str, Any]) -> pd.DataFrame:
    base = {
        "ledger_id": "MAIN", "company_code": "1000", "bank_account": "A", "statement_key": "S", "line_no": 1,
        "booking_date": pd.Timestamp("2026-03-02"), "value_date": pd.Timestamp("2026-03-02"), "currency": "EUR", "amount": 0,
        "method": "WIRE", "payer_key": "NONE", "payer_strength": "NONE", "payer_sentence": "none", "payer_conflict": False,
        "status": "UNIDENTIFIED", "applied_amount": 0, "on_account_amount": 0, "unapplied_amount": 0, "unidentified_amount": 0,
        "misdirected_amount": 0, "refunded_amount": 0, "source_file": "f", "source_line": "1", "source_sha256": "0",
    }  # fmt: skip
    listed = [{**base, "receipt_id": f"r{i:03d}", **row} for i, row in enumerate(rows)]
    return conform("receipts", pd.DataFrame(listed)) if listed else empty("receipts")


def safe(shown: Shown) -> Reader:
    read = Reader(shown._repr_html_())
    assert {tag for tag, _ in read.tags} <= LAB_TAGS
    for _, attributes in read.tags:
        assert set(attributes) <= {"style", "scope"}
        for declaration in filter(None, attributes.get("style", "").split(";")):
            name, _, value = declaration.partition(":")
            assert name.strip() in LAB_STYLES, declaration
            assert re.fullmatch(r"[#\w .,%-]+", value.strip()), declaration
    return read


def test_shows_first_rows_and_says_how_many_there_are() -> None:
    frame = receipts(*({"amount": 100 + i} for i in range(30)))
    shown = table(frame, ISO, title="Receipts", columns=["receipt_id", "currency", "amount"], rows=25)
    assert "25 of 30 rows shown; all in data/receipts.parquet." in repr(shown)
    assert "25 of 30 rows shown; all in data/receipts.parquet." in safe(shown).texts
    assert repr(shown).count("\nr0") == 25
    assert re.search(r"\nTotal EUR +34\.35\n", repr(shown))


def test_cv_15_totals_are_of_all_rows_per_currency_and_exact() -> None:
    large = 2**61
    frame = receipts(
        {"currency": "EUR", "amount": large}, {"currency": "EUR", "amount": large}, {"currency": "EUR", "amount": 1},
        {"currency": "JPY", "amount": 1200}, {"currency": "KWD", "amount": -1001}
    )  # fmt: skip
    said = repr(table(frame, ISO, title="t", columns=["receipt_id", "currency", "amount"], rows=1))
    assert "46,116,860,184,273,879.05" in said
    assert re.search(r"Total JPY +1,200\n", said)
    assert re.search(r"Total KWD +−1\.001\n", said)
    assert "1 of 5 rows shown" in said


def test_totals_can_be_chosen_or_left_out() -> None:
    frame = receipts({"amount": 5, "applied_amount": 5})
    names = ["receipt_id", "currency", "amount", "applied_amount"]
    chosen = repr(table(frame, ISO, title="t", columns=names, totals=["amount"]))
    assert [line.split() for line in chosen.splitlines() if line.startswith("Total")] == [["Total", "EUR", "0.05"]]
    assert "Total" not in repr(table(frame, ISO, title="t", columns=names, totals=None))


def test_money_is_written_in_the_currency_of_its_row_or_column() -> None:
    frame = pd.DataFrame({"currency": ["USD"], "open_amount": [12345], "local_currency": ["JPY"], "open_local": [18000]})
    assert repr(table(frame, ISO, title="t")).splitlines()[3].split() == ["USD", "123.45", "JPY", "18,000"]
    items = pd.DataFrame({"receipt_id": ["r"], "amount_applied": [12345]})
    assert "12.345" in repr(table(items, ISO, title="t", currency="KWD"))
    with pytest.raises(InputError, match="amount_applied is money, and the table has no column currency"):
        table(items, ISO, title="t")


def test_cv_02_money_that_became_a_float_is_refused() -> None:
    with pytest.raises(StoppedError, match="amount holds binary floats"):
        table(pd.DataFrame({"currency": ["EUR"], "amount": [12.5]}), ISO, title="t")


def test_unknown_columns_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="no column amout"):
        table(receipts(), ISO, title="t", columns=["amout"])


def test_kinds_come_from_the_declared_table_and_summaries_count() -> None:
    for declared in TABLES.values():
        kinds = kinds_of(empty(declared.name))
        for column in declared.columns:
            known = {"code": "text", "choice": "text", "rate": "text", "money?": "money"}
            assert known.get(kinds[column.name], kinds[column.name]) in (known.get(column.kind, column.kind), "points"), column
    summary = pd.DataFrame({"currency": ["EUR"], "status": ["AUTO"], "receipts": [189], "overdue": [150]})
    assert kinds_of(summary) == {"currency": "code", "status": "choice", "receipts": "count", "overdue": "money"}
    assert repr(table(summary, ISO, title="t", totals=None)).splitlines()[3].split() == ["EUR", "AUTO", "189", "1.50"]
    assert kinds_of(pd.DataFrame({"a": ["x"], "b": [1], "c": [True]})) == {"a": "text", "b": "count", "c": "flag"}


def test_headings_are_for_people() -> None:
    assert heading("value_date") == "Value date"
    assert heading("receipt_id") == "Receipt"
    assert heading("gl_account") == "GL account"


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_from_outside_stays_text(attack: str) -> None:
    frame = receipts({"remitter_name": attack, "remittance_text": attack})
    pictures = [
        table(frame, ISO, title=attack, columns=["remitter_name", "remittance_text", "currency", "amount"]),
        table(pd.DataFrame({attack: [attack]}), ISO, title="t"),
        ties([Tie(attack, attack, 1, 2, "EUR")], ISO),
        findings([Finding("X-1", "warn", attack, "t", (attack,))]),
        facts({attack: attack}, title=attack),
    ]
    for shown in pictures:
        read = safe(shown)
        assert visible(attack) in "".join(read.texts)
        assert not re.search("[\x00-\x09\x0b-\x1f\u202e\u200b]", shown.text + shown.html)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_is_one_text_node(text: str) -> None:
    read = Reader(element("p", text, style=text).html)
    assert [tag for tag, _ in read.tags] == ["p"]
    assert "".join(read.texts) == visible(text)
    assert read.tags[0][1].get("style", "") == visible(text)
    element("p", text).html.encode("utf-8")


def test_elements_are_built_from_names_only() -> None:
    with pytest.raises(ValueError, match="not a name"):
        element("p onclick=x")
    with pytest.raises(ValueError, match="not a name"):
        element("p", **{"on click": "x"})
    assert element("meta", http_equiv="a", charset="").html == '<meta http-equiv="a">'
    assert joined("<", Markup("<br>")).html == "&lt;<br>"
    assert element("p", class_="a").html == '<p class="a"></p>'


def test_tables_are_accessible() -> None:
    read = safe(table(receipts({"amount": 1}), ISO, title="Receipts", columns=["receipt_id", "currency", "amount"]))
    tags = [tag for tag, _ in read.tags]
    assert tags.count("caption") == 1
    assert [attributes.get("scope") for tag, attributes in read.tags if tag == "th"] == ["col"] * 3
    assert [a.get("scope") for tag, a in safe(facts([("Close", "MAIN")])).tags if tag == "th"] == ["row"]


def test_ties_say_in_words_which_fail() -> None:
    found = [Tie("a = b", "RC-10", 100, 100, "EUR"), Tie("rows in = rows out", "LD-03", 7, 5, "rows"), Tie("c", "X", 1000, 1004, "KWD", 5)]
    said = repr(ties(found, ISO))
    assert said.startswith("Ties: 3 checked, 1 FAIL")
    assert re.search(r"✘ FAILS +LD-03 +rows in = rows out +rows +7 +5 +2 +0", said)
    assert re.search(r"✔ holds +X +c +KWD +1\.000 +1\.004 +−0\.004 +0\.005", said)
    assert repr(ties([], ISO)).startswith("Ties: none were checked")
    frame = pd.DataFrame([{"stage": "s", "tie_no": i, **{n: getattr(t, n) for n in TIE}} for i, t in enumerate(found)])
    assert repr(ties(conform("ties", frame), ISO)) == said


TIE = ("rule", "name", "unit", "ours", "theirs", "difference", "allowed", "holds")


def test_findings_come_errors_first_with_their_rows() -> None:
    found = [Finding("A", "info", "note"), Finding("B", "error", "stop", "t", tuple("abcdefg")), Finding("C", "warn", "mind")]
    lines = repr(findings(found)).splitlines()
    assert lines[0] == "Findings: 1 error, 1 warning, 1 note"
    assert [line.split()[0] for line in lines[3:]] == ["ERROR", "warn", "info"]
    assert "a, b, c, d, e and 2 more" in lines[3]
    assert repr(findings([])).startswith("Findings: none")
    frame = pd.DataFrame(
        [
            {
                "stage": "s",
                "finding_no": i,
                "rule": f.rule,
                "severity": f.severity,
                "sentence": f.sentence,
                "table": f.table,
                "rows": " ".join(f.rows),
            }
            for i, f in enumerate(found)
        ]
    )
    assert repr(findings(conform("findings", frame))) == repr(findings(found))


def recon_19() -> tuple[pd.DataFrame, dict[str, Any]]:
    lines = [("A", "Subledger balance", 126288055, True), ("B", "GL balance", 125431055, False), ("C", "Difference (B − A)", -857000, True),
             ("D", "Reconciling items", -857000, False), ("E", "Unexplained", 0, True)]  # fmt: skip
    frame = pd.DataFrame([
        {"recon_id": "RC-10/1", "line_no": i, "label": label, "mark": mark, "amount": minor, "rows": 0, "total": total}
        for i, (mark, label, minor, total) in enumerate(lines)
    ] + [{"recon_id": "other", "line_no": 1, "label": "not mine", "mark": "A", "amount": 1, "rows": 0, "total": False}])  # fmt: skip
    facts_of = {
        "recon_id": "RC-10/1", "rule": "RC-10", "company_code": "1000", "account": "1400", "currency": "EUR",
        "key_date": pd.Timestamp("2026-03-31"), "status": "TIES", "unexplained": 0, "sentence": "Explained by three items.",
    }  # fmt: skip
    return conform("recon_lines", frame), facts_of


def test_ax_19_statement_prints_the_layout_with_ruled_totals() -> None:
    lines, facts_of = recon_19()
    shown = statement(lines, facts_of, ISO)
    said = repr(shown).splitlines()
    assert said[0] == "RC-10 Subledger to GL control account: company 1000, account 1400, EUR, key date 2026-03-31"
    figures = [line.split()[-1] for line in said if re.match(r"[A-E] ", line)]
    assert figures == ["1,262,880.55", "1,254,310.55", "−8,570.00", "−8,570.00", "0.00"]
    assert said[-1] == "✔ TIES. Unexplained 0.00 EUR. Explained by three items."
    assert "not mine" not in repr(shown)
    assert set(said[-2]) <= {"=", " "}
    assert "4px double" in shown.html
    broken = repr(statement(lines, pd.Series({**facts_of, "status": "NOT_PROVEN", "unexplained": -12}), ISO))
    assert "○ NOT PROVEN. Unexplained −0.12 EUR." in broken


def test_owed_shows_the_longest_wait_first() -> None:
    rows = [
        {"queue": "decide", "key": key, "ledger_id": "M", "company_code": "1", "currency": "EUR", "amount": amount,
         "since": pd.Timestamp(date(2026, 3, 1)), "days": days, "next_action": "do", "why": "w", "source_file": "f", "source_line": key}
        for key, amount, days in [("k1", 100, 3), ("k2", -900, 9), ("k3", 50, 9)]
    ]  # fmt: skip
    said = repr(owed(conform("owed", pd.DataFrame(rows)), ISO, rows=2))
    assert said.startswith("Waiting for a person: 3 cases")
    assert [line.split()[-1] for line in said.splitlines() if line.startswith("decide")] == ["k2", "k3"]
    assert "2 of 3 rows shown; all in data/owed.parquet." in said
    assert re.search(r"Total EUR +−7\.50", said)
    assert repr(owed(empty("owed"), ISO)).startswith("Nothing waits for a person")


def test_amounts_in_one_line() -> None:
    frame = receipts({"amount": 123450}, {"currency": "JPY", "amount": 900})
    assert amounts(frame, "amount", ISO) == "EUR 1,234.50, JPY 900"


def test_empty_tables_say_so() -> None:
    assert repr(table(empty("rejects"), ISO, title="Rejects")).splitlines()[-1] == "No rows."


def test_summaries_of_breaks_count_cases_and_never_call_them_money() -> None:
    """EX-30, RC-60: how many is a whole number, and a year has no mark between thousands."""
    over = pd.DataFrame({"kind": ["", "O1"], "status": "HELD", "currency": "EUR", "amount": [100, 250]})
    by_kind = views.overpaid({"overpayments": over})
    aged = pd.DataFrame({"kind": ["ON_ACCOUNT"], "currency": "EUR", "bucket_no": 1, "bucket": "0-2", "amount": [100]})
    assert (kinds_of(by_kind)["receipts"], kinds_of(views.credits_by_age(aged))["cases"]) == ("count", "count")
    assert by_kind["kind"].tolist() == ["O1", "no sign"]
    assert "2026" in table(pd.DataFrame({"year": [2026], "uses": [1_000]}), ISO, title="Cap").text
