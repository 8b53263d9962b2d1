"""The pre-legal file as one bundle: index, claim, documents with their source, what is missing and who gets it (CO-60, CO-40)."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

import csv
import io
from datetime import date

import pandas as pd
import pypdfium2
import pytest

from arwork.collect.ageing import age
from arwork.collect.limitation import ends
from arwork.collect.prelegal import MANDATORY, PARTS, assemble, final_demand, index
from arwork.collect.statements import state
from arwork.errors import InputError
from arwork.money import ISO
from arwork.pack.letters_pdf import fonts, page_pdf
from arwork.pack.prelegal_file import Added, Case, added_of, bundle, folder_of, listing
from arwork.pack.prelegal_parts import READ, claimed, documents
from arwork.tables import conform, empty
from tests.test_collect_dunning import RUN, item, late, policy, table

WHO = ("MAIN", "1000", "C1")
HOSTILE = "=cmd|'/c calc'!A1 <script>x</script>"


def books(**more: pd.DataFrame) -> dict[str, pd.DataFrame]:
    frames = {name: empty(name) for name in READ}
    items = table(
        "open_items", item("A", late(90), 60000, reference="RE-1", delivery_no="D-7", amount_doc=90000), item("B", late(-10), 5000, reference="RE-2"),
        item("C", late(20), -2500, doc_type="CM", reference="CM-1"), item("X", late(50), 777, reference="RE-9", customer_id="C2"),
    )  # fmt: skip
    frames["open_items"] = items
    frames["customers"] = table(
        "customers", {"name": HOSTILE, "status": "ACTIVE"}, {"customer_id": "C2", "name": "Other", "status": "ACTIVE"}
    )
    frames |= more
    frames["ageing_items"] = age(items, frames["disputes"], frames["allocations"], policy(), RUN).ageing_items
    around = {**frames, "ageing": empty("ageing"), "customer_profiles": frames["customer_profiles"]}
    frames["account_statements"] = state(around, late(60), RUN).account_statements
    return frames


def case(added: tuple[Added, ...] = (), **more: pd.DataFrame) -> Case:
    return Case(books(**more), WHO, "Own & Co", ISO, RUN, "run1", added)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"))))


def test_CO_60_claim_is_what_is_overdue_and_every_document_names_its_source() -> None:
    made = bundle(case())
    (row,) = rows_of(made.pieces["04-invoices-overdue.csv"])
    assert (row["reference"], row["amount_doc"], row["open_amount"], row["days_past_due"]) == ("RE-1", "900.00", "600.00", "90")
    assert row["source"].count(":") >= 1
    assert [row["reference"] for row in rows_of(made.pieces["04-invoices-not-due.csv"])] == ["RE-2"]
    assert [(row["reference"], row["open_amount"]) for row in rows_of(made.pieces["16-credits.csv"])] == [("CM-1", "-25.00")]
    assert [row["delivery_no"] for row in rows_of(made.pieces["05-delivery-numbers.csv"])] == ["D-7"]
    text = made.pieces["file.html"].decode("utf-8")
    assert "600.00 EUR on 1 document, the oldest 90 days late" in text
    assert "RE-9" not in text  # of another customer


def law(**over: object) -> pd.DataFrame:
    row = {"country": "DE", "kind": "LIMITATION", "value": 3, "unit": "YEARS_END", "valid_from": date(2002, 1, 1), "valid_to": None,
           "source": "BGB 195, 199", "source_file": "law.csv", "source_line": "2", "source_sha256": "0" * 64}  # fmt: skip
    frame = pd.DataFrame([{**row, **over}])
    return conform("legal_params", frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("valid_from", "valid_to")}))


def test_CO_60_limitation_dates_come_from_the_teams_table_or_are_not_measurable() -> None:
    german = {"customers": table("customers", {"name": "Abel", "status": "ACTIVE", "country": "DE"})}
    for more, says in (
        ({}, "needs legal_params with LIMITATION of DE for"), ({"legal_params": law(country="FR")}, "needs legal_params with LIMITATION of DE for"),
        ({"legal_params": law(valid_to=date(2003, 1, 1))}, "needs legal_params"), ({"legal_params": law(kind="DORMANCY")}, "needs legal_params"),
    ):  # fmt: skip
        made = bundle(case(**german, **more))
        part = made.parts.set_index("place").loc[15]
        assert (part["status"], part["rows"]) == ("ADD", 0)
        assert f"not measurable: {says}" in part["note"]
        assert f"not measurable: {says}" in rows_of(made.pieces["index.csv"])[14]["missing"]
        assert "15-limitation.csv" not in made.pieces
    made = bundle(case(**german, legal_params=law()))
    (row,) = rows_of(made.pieces["15-limitation.csv"])
    due = late(90)
    assert (row["reference"], row["limitation_date"]) == ("RE-1", f"{due.year + 3}-12-31")
    assert row["rule"] == f"3 years from the end of {due.year}, BGB 195, 199"
    assert made.parts.set_index("place").at[15, "status"] == "FOUND"
    assert "not measurable: needs odds of recovery" in made.parts.set_index("place").at[17, "note"]


@pytest.mark.parametrize(
    ("due", "value", "unit", "last"),
    [
        (date(2025, 3, 5), 3, "YEARS_END", date(2028, 12, 31)), (date(2024, 2, 29), 1, "YEARS", date(2025, 2, 28)),
        (date(2025, 8, 31), 6, "MONTHS", date(2026, 2, 28)), (date(2025, 12, 31), 1, "DAYS", date(2026, 1, 1)),
    ],
)  # fmt: skip
def test_CO_60_limitation_counts_as_the_table_says(due: date, value: int, unit: str, last: date) -> None:
    assert ends(due, value, unit) == last


def test_CO_60_index_lists_nineteen_parts_and_who_gets_what_is_missing() -> None:
    made = bundle(case())
    lines = rows_of(made.pieces["index.csv"])
    assert [line["title"] for line in lines] == list(PARTS)
    assert {int(line["part"]) for line in lines if line["mandatory"] == "yes"} == MANDATORY
    asked = {line["part"]: line["missing"] for line in lines}
    assert asked["5"].endswith(": logistics")
    assert asked["15"].endswith(": legal")
    assert asked["18"].endswith(": AR manager")
    assert asked["19"] == ""
    assert (made.held, made.asked, made.ready) == (3, 8, False)
    assert "may not go" in made.pieces["file.html"].decode("utf-8")


def test_CO_60_letters_count_only_with_a_final_demand_that_states_a_deadline() -> None:
    def letter(**more: object) -> pd.DataFrame:
        return table("letters_sent", {"letter_id": "L", "level": 3, "sent_date": late(20), "deadline": late(6), "amount": 60000, **more})

    assert final_demand(letter())
    assert not final_demand(letter(level=2))
    assert not final_demand(letter(deadline=pd.NaT))
    assert not final_demand(letter(delivery="UNDELIVERED"))
    parts = index(assemble(books(letters_sent=letter(level=2)), WHO, RUN)).set_index("place")
    assert parts.at[8, "status"] == "ADD"
    assert bundle(case(letters_sent=letter())).held == 4


def test_CO_60_documents_of_people_complete_the_file_and_names_from_outside_name_nothing() -> None:
    names = ("02-<b>contract.pdf", "05-pod.PDF", "05-pod2.exe", "08-final.pdf", "15-dates.txt", "18-approval.eml")
    made = bundle(case(tuple(added_of(name, name.encode()) for name in names)))
    assert made.ready
    assert sorted(name for name in made.pieces if name.startswith("documents/")) == [
        "documents/02-01.pdf", "documents/05-01.pdf", "documents/05-02.bin", "documents/08-01.pdf", "documents/15-01.txt", "documents/18-01.eml",
    ]  # fmt: skip
    text = made.pieces["file.html"].decode("utf-8")
    assert "<b>" not in text
    assert "&lt;b&gt;contract" in text
    assert "It may go to legal." in text
    for wrong in ("contract.pdf", "20-x.pdf", "00-x.pdf", "5.pdf"):
        with pytest.raises(InputError, match="which part"):
            added_of(wrong, b"")


def test_CO_60_text_from_outside_is_escaped_and_defused() -> None:
    made = bundle(case())
    assert "<script>" not in made.pieces["file.html"].decode("utf-8")
    assert rows_of(made.pieces["01-customer-master.csv"])[0]["name"].startswith("'=cmd")
    assert folder_of(("M", "1", "../../etc")).removeprefix("prelegal-").isalnum()
    assert folder_of(("M", "1", "1")) != folder_of(("M", "11", ""))


def test_CO_60_same_books_same_bytes_in_any_order() -> None:
    frames = books()
    mixed = {name: frame.sample(frac=1, random_state=3) for name, frame in frames.items()}
    one, other = (bundle(Case(tables, WHO, "Own", ISO, RUN, "r")).pieces for tables in (frames, mixed))
    assert listing(one) == listing(other)


def test_CO_60_the_print_has_numbered_pages_and_refuses_what_has_no_glyph() -> None:
    data = page_pdf(bundle(case()).pieces["file.html"], "the file", fonts())
    pdf = pypdfium2.PdfDocument(data)
    text = pdf[0].get_textpage().get_text_range()
    assert f"Page 1 of {len(pdf)}" in text
    assert "Own & Co" in text
    strange = table("customers", {"name": "Odd \U00013000", "status": "ACTIVE"})
    with pytest.raises(InputError, match=r"U\+13000"):
        page_pdf(bundle(case(customers=strange)).pieces["file.html"], "the file", fonts())


def test_CO_60_returned_cheques_ask_for_the_cheque_and_the_memo() -> None:
    cheque = {"cheque_no": "1", "bank": "X", "amount": 100, "cheque_date": late(20), "received_date": late(20), "returned_date": late(5)}
    made = bundle(case(cheques=table("cheques", cheque)))
    assert rows_of(made.pieces["index.csv"])[6]["missing"] == "the dishonoured cheque and the bank's memo: treasury"


def test_CO_60_disputed_part_stands_beside_the_claim() -> None:
    dispute = {"dispute_id": "D", "items": "RE-1", "opened_date": late(9), "disputed_amount": 15000, "status": "NEW"}
    frames = books(disputes=table("disputes", dispute))
    row = claimed(frames, WHO, RUN).iloc[0]
    assert (row["open_amount"], row["disputed_part"]) == (60000, 15000)
    assert [one.file for one in documents(frames, WHO, RUN) if one.place == 11] == ["11-disputes"]


def test_CO_60_key_date_decides_what_is_late() -> None:
    frames = books()
    earlier = date.fromordinal(late(90).toordinal())
    frames["ageing_items"] = age(frames["open_items"], frames["disputes"], frames["allocations"], policy(), earlier).ageing_items
    assert not len([one for one in documents(frames, WHO, earlier) if one.file == "04-invoices-overdue"])


def test_CO_60_a_customer_who_owes_nothing_has_a_file_that_says_so() -> None:
    frames = books()
    people = table("customers", {"customer_id": "C9", "name": "Clear Ltd", "status": "ACTIVE"})
    made = bundle(Case({**frames, "customers": people}, ("MAIN", "1000", "C9"), "Own", ISO, RUN, "r"))
    assert "Overdue at the key date 2025-06-30: nothing on 0 documents." in made.pieces["file.html"].decode("utf-8")
    assert made.held == 1
