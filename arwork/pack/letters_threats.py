"""Templates of letters that threaten are refused, by a list of words that a team edits (CO-98)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from arwork.errors import InputError
from arwork.intake.shipped import shipped
from arwork.settings import read_yaml

LIST = "threats.yaml"
"""The list in the folder of letters: by language, words that no letter says; the list that comes with arwork where a folder has none."""
_TAG = re.compile(r"<[^<>]*>|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def refuse_threats(folder: Path) -> None:
    """Raise InputError with file, line and word of every threat in the templates of a folder; a list that is none is refused too."""
    words = _lists(folder)
    found = [hit for language in sorted(words) for hit in _in_language(folder, language, words[language])]
    if found:
        place, word = found[0]
        more = f"; {len(found) - 1:,} more: {'; '.join(f'{there} ({said})' for there, said in found[1:4])}" if len(found) > 1 else ""
        raise InputError(
            f"the letter says {word!r}, and letters do not threaten (CO-98){more}", where=place,
            cure=f"Write what happens next and by when, or take the word out of {LIST} if it means no harm.",
        )  # fmt: skip


def unlisted(folder: Path) -> list[str]:
    """Return the languages that have templates and no list of words, so that nobody looked for threats in them."""
    known = _lists(folder)
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and any(path.glob("*.html")) and path.name not in known)


def _lists(folder: Path) -> dict[str, list[str]]:
    own = folder / LIST
    file = own if own.is_file() else shipped("params", "letters", LIST)
    tree, lines = read_yaml(file.read_text(encoding="utf-8"), file.name)
    for language, words in tree.items():
        if not isinstance(words, list) or not all(isinstance(word, str) and word.strip("* ") for word in words):
            line = lines.get((language,), "")
            raise InputError(
                f"{language} is not a list of words", where=f"{file.as_posix()} {line}".strip(), cure="Write `en: [prison, jail]`."
            )
    return {language: [str(word) for word in words] for language, words in tree.items()}


def _in_language(folder: Path, language: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield place and word of every threat in the files of one language."""
    pattern = re.compile("|".join(f"({_written(word)})" for word in words), re.IGNORECASE) if words else None
    place = folder / language
    for file in sorted(place.iterdir()) if pattern and place.is_dir() else ():
        if file.suffix not in (".html", ".yaml"):
            continue
        text = file.read_text(encoding="utf-8")
        # What stands in tags is no word of the letter; blanks of the same length keep the place of the rest.
        bare = _TAG.sub(lambda tag: re.sub(r"[^\n]", " ", tag[0]), text)
        for hit in pattern.finditer(bare) if pattern else ():
            line = bare.count("\n", 0, hit.start()) + 1
            yield f"{language}/{file.name}, line {line}", " ".join(html.unescape(hit[0]).split())


def _written(word: str) -> str:
    """Write a word of the list as a pattern: whole words apart from scripts without blanks, any space between them, a star for any ending."""
    parts = [re.escape(html.escape(part, quote=False)).replace(r"\*", r"\w*") for part in word.split()]
    body = r"\s+".join(parts)
    return body if ord(max(word)) >= 0x2E80 else rf"(?<!\w){body}(?!\w)"
