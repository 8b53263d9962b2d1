"""Letters do not threaten: the list of words, the templates that ship, and a template refused with file, line and word (CO-98)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from arwork.errors import InputError
from arwork.intake.shipped import shipped
from arwork.pack.letters import Templates
from arwork.pack.letters_threats import LIST, refuse_threats, unlisted


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("params", "letters"), tmp_path / "letters"))


def test_co98_the_letters_that_ship_threaten_nobody() -> None:
    refuse_threats(shipped("params", "letters"))
    assert unlisted(shipped("params", "letters")) == []


@pytest.mark.parametrize(("language", "said", "word"), [
    ("en", "<p>Pay now, or we call the Police.</p>", "Police"),
    ("en", "<p>We have you <b>arrested</b>.</p>", "arrested"),
    ("en", "<p>You will find yourself on a black</p><p>pay OR\n   ELSE</p>", "OR ELSE"),
    ("de", "<p>Wir stellen Strafanzeige.</p>", "Strafanzeige"),
    ("fr", "<p>C'est la prison qui attend.</p>", "prison"),
    ("es", "<p>Irá a la cárcel.</p>", "cárcel"),
    ("el", "<p>Θα καλέσουμε την αστυνομία.</p>", "αστυνομία"),
    ("pl", "<p>Zawiadomimy policję.</p>", "policję"),
    ("zh", "<p>我们将通知警察。</p>", "警察"),
])  # fmt: skip
def test_co98_a_template_that_threatens_is_refused_with_file_line_and_word(letters: Path, language: str, said: str, word: str) -> None:
    file = letters / language / "dunning.html"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines[:4], said, *lines[4:]]), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        Templates(letters)
    line = 5 + said[: said.find(word.split()[0])].count("\n")
    assert refused.value.where == f"{language}/dunning.html, line {line}"
    assert f"the letter says {word!r}" in refused.value.what
    assert LIST in refused.value.cure


@pytest.mark.parametrize(
    "said", ["<p class='police'>policed prisoner imprisonment</p>", "{# no prison #}<p>Bericht</p>", "<p>your homes</p>"]
)
def test_co98_only_whole_words_of_the_text_count(letters: Path, said: str) -> None:
    file = letters / "en" / "dunning.html"
    file.write_text(file.read_text(encoding="utf-8") + said, encoding="utf-8")
    refuse_threats(letters)


def test_co98_a_team_edits_the_list(letters: Path) -> None:
    (letters / LIST).write_text("en: [forthwith]\n", encoding="utf-8")
    (letters / "en" / "dunning.html").write_text("{# #}\nPay forthwith, or the police comes.", encoding="utf-8")
    with pytest.raises(InputError, match="the letter says 'forthwith'"):
        refuse_threats(letters)
    assert unlisted(letters) == ["de", "el", "es", "fr", "pl", "zh"]
    (letters / LIST).write_text("en: police\n", encoding="utf-8")
    with pytest.raises(InputError, match="en is not a list of words"):
        refuse_threats(letters)


def test_co98_a_folder_without_a_list_is_read_by_the_one_that_ships(letters: Path) -> None:
    (letters / LIST).unlink()
    (letters / "de" / "statement.html").write_text("Die Polizei kommt.", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        refuse_threats(letters)
    assert refused.value.where == "de/statement.html, line 1"
