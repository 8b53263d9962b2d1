"""Advices as a source of a close: read by content, checked, entered once, linked and used by cash application (T09, LD-10, EX-10)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import tiny

from arwork.errors import InputError
from arwork.intake.assemble import take_in
from arwork.intake.layouts import read_layout
from arwork.intake.ledger import read_table
from arwork.intake.received import Received
from arwork.intake.remittance.text_layout import TextLayout, read_text_layout
from arwork.intake.shipped import shipped
from arwork.pack.plan import lay_out, make_plan
from arwork.pack.record import read_tables
from arwork.params import Params, Source, read_params
from arwork.policy import read_policy
from arwork.proof import Stage
from arwork.run import run_stages

BASE: Mapping[str, str] = {
    "items.csv": tiny.ITEMS,
    "customers.csv": tiny.CUSTOMERS,
    "statement.sta": tiny.STATEMENT,
    "balances.csv": tiny.BALANCES,
    "cash.csv": tiny.CASH,
}
ADVICE = "Invoice no;Net;Currency\nINV-2026-0001;500,00;EUR\nTotal;500,00;EUR\nPayment date;2026-03-12;\n"
PLAIN = "remittance_id,payment_ref,doc_reference,net_amount,currency\nA-9,B1,INV-2026-0001,500.00,EUR\n"


def params(*lines: str) -> Params:
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    return read_params(tiny.PARAMS + "".join(f"  - {line}\n" for line in lines), "tiny.yaml", policy)


def received(name: str, text: str | bytes) -> Received:
    data = text.encode() if isinstance(text, str) else text
    return Received(name, data, hashlib.sha256(data).hexdigest())


def taken(*given: tuple[str, Sequence[tuple[str, str | bytes]]], layouts: Mapping[str, TextLayout] | None = None) -> Stage:
    """Take in the tiny company with further sources: the line of the params, and its files."""
    read = params(*(line for line, _ in given))
    files: list[tuple[Source, Sequence[Received]]] = [(source, [received(source.file, BASE[source.file])]) for source in read.sources[:5]]
    files += [(source, [received(*file) for file in named]) for source, (_, named) in zip(read.sources[5:], given, strict=True)]
    return take_in("00_intake", files, read, layouts or {}, {})


def test_t09_an_advice_without_layout_is_read_by_what_is_in_it() -> None:
    stage = taken(("{file: a.csv, reads: remittance, control_rows: 1, control_sum: 500.00}", [("a.csv", ADVICE)]))
    row = stage.tables["remittance_lines"].iloc[0]
    assert (row["doc_reference"], row["net_amount"], row["confidence"], row["source"]) == ("INV-2026-0001", 50000, 990_000, "TABLE")
    source = stage.tables["sources"].iloc[-1]
    assert (source["reads"], source["rows_in"], source["rows_out"], source["completeness"]) == ("remittance", 1, 1, "counted")


def test_our_own_headings_need_no_layout_and_leave_no_doubt() -> None:
    stage = taken(("{file: '*.csv', reads: remittance}", [("a.csv", ADVICE.replace("0001", "0002")), ("b.csv", PLAIN)]))
    said = stage.tables["remittance_lines"]
    assert sorted(zip(said["doc_reference"], said["confidence"], strict=True)) == [("INV-2026-0001", 1_000_000), ("INV-2026-0002", 990_000)]
    assert stage.tables["sources"]["source_id"].is_unique


def test_ex_10_an_advice_sent_again_is_taken_once() -> None:
    text = "Payment reference: B1\nInvoices: INV-2026-0001\nAmount paid: EUR 500.00\nPayment date: 2026-03-12\n"
    stage = taken(
        ("{file: a.csv, reads: remittance}", [("a.csv", ADVICE)]), ("{file: b.txt, reads: remittance}", [("b.txt", text), ("c.txt", text)])
    )
    said = stage.tables["remittance_lines"]
    assert said["payment_ref"].tolist() == ["B1"]
    assert said["source_file"].tolist() == ["a.csv"]
    assert sum(f.rule == "EX-10" and "taken once" in f.sentence for f in stage.findings) == 2


def test_one_number_for_two_advices_of_our_own_headings_is_refused() -> None:
    other = PLAIN.replace("500.00", "400.00")
    with pytest.raises(InputError, match=r"A-9 stands in a.csv, line 2 and b.csv, line 2"):
        taken(("{file: '*.csv', reads: remittance}", [("a.csv", PLAIN), ("b.csv", other)]))


@pytest.mark.parametrize(
    ("control", "why"), [("control_rows: 2", "control_rows says 2"), ("control_sum: 499.00", "control_sum says 499.00")]
)
def test_ld_10_control_figures_are_met_or_the_file_is_refused(control: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        taken((f"{{file: a.csv, reads: remittance, {control}}}", [("a.csv", ADVICE)]))


def test_an_advice_that_cannot_be_read_stops_the_close() -> None:
    with pytest.raises(InputError, match="a scan without text"):
        taken(("{file: a.png, reads: remittance}", [("a.png", b"\x89PNG\r\n\x1a\n")]))
    with pytest.raises(InputError, match=r"bank file \(MT940\) that names no documents paid"):
        taken(("{file: a.sta, reads: remittance}", [("a.sta", tiny.STATEMENT)]))


def test_a_text_layout_reads_the_source_that_names_it() -> None:
    layout = read_text_layout(
        'reads: remittance\ntext: true\ntitle: Alpha\nlines: "zahlen {document} mit {net}"\nconstants: {currency: EUR}\n', "alpha.yaml"
    )
    stage = taken(
        ("{file: a.txt, reads: remittance, layout: alpha}", [("a.txt", "Wir\nzahlen INV-2026-0001 mit 500,00\n")]),
        layouts={"alpha": layout},
    )
    assert stage.tables["remittance_lines"]["net_amount"].tolist() == [50000]
    assert stage.tables["sources"]["layout"].tolist()[-1] == "alpha"
    with pytest.raises(InputError, match="reads text advices"):
        taken(("{file: a.txt, reads: promises, layout: alpha}", [("a.txt", "x")]), layouts={"alpha": layout})


def test_a_close_links_the_advice_and_applies_the_receipt(tmp_path: Path) -> None:
    """The advice names the invoice of a receipt whose own text says nothing; it is linked by amount and date."""
    silent = tiny.STATEMENT.replace("NTRFINV-2026-0001//B1", "NTRFNONREF//B1").replace("SVWZ+INV-2026-0001", "SVWZ+THANKS")
    text = tiny.PARAMS + "  - {file: advice.csv, reads: remittance}\n"
    file = tiny.write(tmp_path / "in", tiny=text, statement=silent)
    (file.parent / "advice.csv").write_text("Payer;Alpha Handel GmbH;\n" + ADVICE, encoding="utf-8")
    plan = make_plan(file, tmp_path / "out")
    lay_out(plan, tmp_path / "run")
    run_stages(tmp_path / "run")
    tables = read_tables(tmp_path / "run", ("advice_links", "proposals", "references", "findings", "ties"))
    (linked,) = tables["advice_links"].itertuples(index=False)
    assert (linked.link, linked.agrees, linked.net_amount, linked.receipt_amount) == ("AMOUNT_AND_DATE", True, 50000, 50000)
    proposal = tables["proposals"].set_index("receipt_id").loc[linked.receipt_id]
    assert (proposal["strategy"], proposal["status"], proposal["gates"]) == ("M01", "AUTO", "")
    assert tables["references"]["origin"].tolist() == ["advice"]
    assert tables["ties"].loc[tables["ties"]["rule"] == "T09", "holds"].all()


def test_the_table_layout_that_ships_reads_an_advice() -> None:
    layout = read_layout((shipped("params", "layouts") / "advice_table.yaml").read_text(encoding="utf-8"), "advice_table.yaml")
    text = "Zahlungsreferenz;Rechnungsnummer;Bruttobetrag;Skonto;Zahlbetrag;Währung\nZ-1;RE-1;1.190,00;23,80;1.166,20;EUR\n"
    parsed = read_table([received("a.csv", text)], Source(file="a.csv", reads="remittance"), layout, params())
    row = parsed.table.iloc[0]
    assert (row["payment_ref"], row["doc_reference"], row["gross_amount"], row["discount_amount"], row["net_amount"]) == (
        "Z-1",
        "RE-1",
        119000,
        2380,
        116620,
    )
