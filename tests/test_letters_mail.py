"""Letters as e-mails: text and HTML, fixed bytes, recipients only where the books have one (CO-20)."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from arwork.intake.shipped import shipped
from arwork.money import ISO
from arwork.pack.letters import Letter, Templates, reminders
from arwork.pack.letters_mail import address, as_text, mails, recipients
from arwork.pack.letters_out import register_of, write_letters
from arwork.params import Params, read_params
from arwork.policy import read_policy
from tests.test_collect_dunning import table
from tests.test_letters import NAMES, WORDS, run_of


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates(shipped("params", "letters"))


@pytest.fixture(scope="module")
def params() -> Params:
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    return read_params(shipped("params", "demo.yaml").read_text(encoding="utf-8"), "demo.yaml", policy)


def one(language: str, templates: Templates, params: Params) -> Letter:
    return next(iter(reminders(run_of(language), params, templates)))  # type: ignore[arg-type]


def read(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("language", sorted(NAMES))
def test_CO_20_mail_holds_text_and_html_in_the_language(language: str, templates: Templates, params: Params) -> None:
    letter = one(language, templates, params)
    (data,) = mails([letter], templates.css, {letter.account[:3]: "ap@customer.example"}, params)
    message = read(data)
    assert message.get_content_type() == "multipart/alternative"
    plain, whole = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert WORDS[language] in message["Subject"]
    assert letter.letter_id in message["Subject"]
    assert NAMES[language] in plain
    assert "RE-1" in plain
    assert "<td" not in plain
    assert "<script>" not in whole
    assert message["To"].addresses[0].addr_spec == "ap@customer.example"
    assert message["From"].addresses[0].addr_spec == "ar@nordlicht.example"
    assert (message["X-Unsent"], message["Date"].datetime.date().isoformat()) == ("1", "2025-06-30")


def test_CO_20_same_letter_same_bytes_and_another_letter_another_id(templates: Templates, params: Params) -> None:
    letter, other = one("de", templates, params), one("fr", templates, params)
    first, again = (mails([letter, other], templates.css, {}, params) for _ in range(2))
    assert first == again
    assert read(first[0])["Message-ID"] != read(first[1])["Message-ID"]


def test_CO_20_no_address_no_recipient(templates: Templates, params: Params) -> None:
    letter = one("en", templates, params)
    assert read(mails([letter], templates.css, {}, params)[0])["To"] is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" ap@customer.example ", "ap@customer.example"), ("ap@customer.example, boss@customer.example", ""), ("A <ap@customer.example>", ""),
        ("ap@customer.example\r\nBcc: x@evil.example", ""), ("a@@b.example", ""), ("a@b..example", ""), ("", ""), ("none", ""),
    ],
)  # fmt: skip
def test_CO_20_only_one_plain_address_is_a_recipient(text: str, expected: str) -> None:
    assert address(text) == expected
    assert recipients(table("customer_profiles", {"email": text})) == ({("MAIN", "1000", "C1"): expected} if expected else {})


def test_CO_20_a_name_cannot_add_a_header(templates: Templates, params: Params) -> None:
    letter = one("en", templates, params)
    sly = Letter(letter.letter_id, letter.kind, letter.account, "Abel\r\nBcc: x@evil.example", letter.language, letter.body)
    message = read(mails([sly], templates.css, {letter.account[:3]: "ap@customer.example"}, params)[0])
    assert message["Bcc"] is None
    assert len(message["To"].addresses) == 1


def test_CO_20_text_keeps_rows_apart() -> None:
    body = "<section><h1>A &amp; B</h1><table><tr><td>RE-1</td><td>1.00</td></tr>\n<tr><td>RE-2</td><td>2.00</td></tr></table><p>End</p></section>"
    assert as_text(body) == "A & B\n\nRE-1  1.00\nRE-2  2.00\n\nEnd\n"


def test_CO_20_mails_lie_beside_the_letters_and_the_register_names_the_address(tmp_path, templates: Templates, params: Params) -> None:  # type: ignore[no-untyped-def]
    frames = run_of("de")
    letters = list(reminders(frames, params, templates))  # type: ignore[arg-type]
    to = {("MAIN", "1000", "C1"): "ap@customer.example"}
    register = register_of(letters, frames["dunning_letters"], frames["dunning_items"], ISO, to)  # type: ignore[arg-type]
    assert register.splitlines()[1].endswith(",SENT,,,a***@customer.example")
    assert write_letters(tmp_path / "out", letters, templates.css, (), register, mails(letters, templates.css, to, params)) == 4
    assert (tmp_path / "out" / "eml" / "00001.eml").is_file()
