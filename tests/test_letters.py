"""Letters: templates in seven languages, hostile names, glyphs, PDF text read back (CO-20, RC-40)."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from arwork.collect.statements import state
from arwork.errors import InputError
from arwork.intake.shipped import shipped
from arwork.money import ISO
from arwork.pack.letters import Letter, Templates, Written, lacking, page, reminders, statements
from arwork.pack.letters_out import proposal_digest, register_of, write_letters
from arwork.pack.letters_pdf import fonts, pdfs, unprintable
from arwork.params import Params, read_params
from arwork.policy import read_policy
from arwork.tables import empty
from tests.test_collect_dunning import RUN, dunned, item, late, table

NAMES = {
    "en": "Abel & Sons <script>Ltd</script>", "de": "Käfer Söhne GmbH", "fr": "Société Générale d'Été", "es": "Muñoz e Hijos",
    "pl": "Łódzka Spółka Żółć", "el": "Αθηναϊκή Εμπορική", "zh": "北京科技有限公司",
}  # fmt: skip
WORDS = {
    "en": "Payment reminder", "de": "Zahlungserinnerung", "fr": "Rappel de paiement", "es": "Recordatorio de pago",
    "pl": "Przypomnienie o płatności", "el": "Υπενθύμιση πληρωμής", "zh": "付款提醒",
}  # fmt: skip


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates(shipped("params", "letters"))


@pytest.fixture(scope="module")
def params() -> Params:
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    return read_params(shipped("params", "demo.yaml").read_text(encoding="utf-8"), "demo.yaml", policy)


def run_of(language: str, amount: int = 123456) -> dict[str, object]:
    items = table("open_items", item("I", late(20), amount, reference="RE-1"), item("D", late(30), 5000, reference="RE-2"))
    people = table("customers", {"name": NAMES[language], "country": "DE", "status": "ACTIVE"})
    profiles = table("customer_profiles", {"language": language, "dunning_procedure": "STD4", "address": "Weg 1 | 12345 Ort"})
    disputes = table("disputes", {"dispute_id": "D", "items": "RE-2", "opened_date": late(9), "disputed_amount": 5000, "status": "NEW"})
    result = dunned(items, customers=people, customer_profiles=profiles, disputes=disputes)
    frames = {"dunning_letters": result.dunning_letters, "dunning_items": result.dunning_items, "customer_profiles": profiles}
    return {**frames, "open_items": items, "customers": people, "disputes": disputes, "ageing": empty("ageing")}


def test_every_language_prints_and_reads_back(templates: Templates, params: Params) -> None:
    letters = [next(iter(reminders(run_of(language), params, templates))) for language in NAMES]  # type: ignore[arg-type]
    for letter, data in pdfs(letters, templates.css, fonts()):
        text = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range().replace("\r\n", " ")
        assert NAMES[letter.language] in text
        assert WORDS[letter.language] in text
        assert Written(letter.language, ISO).money(123456, "EUR").replace("\u00a0", " ") in text.replace("\u00a0", " ")
        assert "RE-1" in text
        assert "ar@nordlicht.example" in text


def test_names_from_outside_stay_text(templates: Templates, params: Params) -> None:
    letter = next(iter(reminders(run_of("en"), params, templates)))  # type: ignore[arg-type]
    whole = page([letter], templates.css, letter.letter_id)
    assert "<script>" not in whole
    assert "&lt;script&gt;" in whole
    assert "http" not in whole.replace("http-equiv", "")


def test_a_missing_glyph_is_named_and_nothing_is_printed(templates: Templates) -> None:
    letter = Letter("L", "dunning", (), "Odd \U00013000 Ltd", "en", '<section class="letter" id="L">\U00013000</section>')
    assert "EGYPTIAN HIEROGLYPH A001" in unprintable([letter], fonts())["L"]
    with pytest.raises(InputError, match="U\\+13000"):
        list(pdfs([letter], templates.css, fonts()))


def test_a_template_cannot_load_anything(templates: Templates) -> None:
    letter = Letter("L", "dunning", (), "A", "en", '<section class="letter" id="L">a<img src="file:///etc/passwd"></section>')
    with pytest.raises(InputError, match="etc/passwd"):
        list(pdfs([letter], templates.css, fonts()))


def test_a_wrong_template_is_named(tmp_path: Path) -> None:
    for name, text in (("frame.html", "{{ nobody.__class__ }}"), ("letter.css", ""), ("en/dunning.html", '{% extends "frame.html" %}')):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"en/dunning\.html"):
        Templates(tmp_path).fill("en", "dunning", {})
    assert Templates(tmp_path).language("../../etc", "dunning") == "en"


def test_statement_shows_opening_to_closing(templates: Templates, params: Params) -> None:
    frames = run_of("de")
    stated = state(frames, late(60), RUN)  # type: ignore[arg-type]
    letter = next(iter(statements({**frames, "account_statements": stated.account_statements}, stated.items, params, templates)))  # type: ignore[dict-item]
    assert "Endsaldo" in letter.body
    assert "1.284,56" in letter.body
    assert "strittig" in letter.body


def test_register_and_folder_are_written_once(tmp_path: Path, templates: Templates, params: Params) -> None:
    frames = run_of("de")
    letters = list(reminders(frames, params, templates))  # type: ignore[arg-type]
    proposed = frames["dunning_letters"]
    register = register_of(letters, proposed, frames["dunning_items"], ISO)  # type: ignore[arg-type]
    assert "MAIN-1000-C1-EUR-20250630,MAIN,1000,C1,EUR,1,2025-06-30,2025-07-10,LETTER,1234.56,RE-1,SENT" in register
    assert write_letters(tmp_path / "out", letters, templates.css, (), register) == 3
    with pytest.raises(InputError, match="written before"):
        write_letters(tmp_path / "out", letters, templates.css, (), register)
    assert proposal_digest(proposed) != proposal_digest(proposed.assign(amount=1))  # type: ignore[union-attr, arg-type]


def test_what_letters_lack_is_said(params: Params) -> None:
    assert lacking(params) == []
    bare = params.model_copy(update={"ledgers": tuple(entry.model_copy(update={"bank_accounts": ()}) for entry in params.ledgers)})
    assert "no bank account" in lacking(bare)[0]


@pytest.mark.parametrize("language", sorted(NAMES))
def test_co20_a_letter_says_what_late_payment_has_come_to(language: str, templates: Templates, params: Params) -> None:
    tables = run_of(language)
    fee = {
        "item_id": "I",
        "reference": "RE-1",
        "amount": 123456,
        "due_date": late(20),
        "end_date": RUN,
        "interest": 777,
        "fixed_sum": 4000,
        "fee": 4777,
    }
    [quiet] = reminders(tables, params, templates)
    [told] = reminders({**tables, "late_fees": table("late_fees", {**fee, "outcome": "RECOMMEND"})}, params, templates)
    [held] = reminders({**tables, "late_fees": table("late_fees", {**fee, "outcome": "HOLD"})}, params, templates)
    assert quiet.body == held.body
    assert Written(language, ISO).money(4777, "EUR") in told.body
    assert Written(language, ISO).money(4777, "EUR") not in quiet.body


@pytest.mark.parametrize("language", sorted(NAMES))
def test_rc40_a_statement_says_what_payments_of_this_close_settle(language: str, templates: Templates, params: Params) -> None:
    frames = run_of(language)
    stated = state(frames, late(60), RUN)  # type: ignore[arg-type]
    base = {"basis": "DUE", "bucket": "1–30", "bucket_no": 1, "items": 1, "amount": 123456, "amount_local": 123456, "about_to_clear": 77777}
    paid = table("ageing", base, {**base, "basis": "INVOICE"})
    [told] = statements({**frames, "ageing": paid, "account_statements": stated.account_statements}, stated.items, params, templates)  # type: ignore[dict-item]
    [quiet] = statements({**frames, "account_statements": stated.account_statements}, stated.items, params, templates)  # type: ignore[dict-item]
    assert Written(language, ISO).money(77777, "EUR") in told.body
    assert Written(language, ISO).money(77777, "EUR") not in quiet.body
