"""Field 86 of an MT940: who paid and what for, from the ways in which banks write it (1.5).

Numbered sub-fields (`166?20…?32…` in Germany, `020~20…`, `051<20…` further east): 20 to 29 and 60 to 63 text, 30 bank,
31 and 38 account, 32 and 33 name, 34 return key; inside the text SEPA words such as `EREF+` and `SVWZ+`. Words between
slashes: `/IBAN/…/NAME/…/REMI/…/EREF/…`, `/ORDP//NAME/…`, Citi's `/PT/…/BO/…/PY/…`. Fields `:NS:`. Else plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_NUMBERED = re.compile(r"\s*([0-9]{3})?([?<>+~^@&!|])(?=(?:00|10|2[0-9]|3[0-9]|6[0-5]))")
_SUBFIELD = "00|10|2[0-9]|3[0-9]|6[0-9]|7[0-9]"
_SEPA = re.compile(r"(?<![A-Z])(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|PURP|IBAN|BIC|COAM|OAMT|RREF|BREF)\+")
_SLASHED = re.compile(
    "/(TRTP|IBAN|BIC|NAME|REMI|EREF|ORDP|BENM|ADDR|ISDT|CSID|MARF|PREF|KREF|CREF|MREF|NREF|TREF|CNTP|RTRN|PURP|ULTC|ULTD|ULTB|UDTR|UCRD"
    "|TRCD|SVCL|IREF|OCMT|CHGS|EXCH|ACCW|UETR|TYPE|INFO|BUSP)(?=/)"
)
_CITI = re.compile(r"/(PT|PY|BO[1-4]?|BE[1-4]?|BN[1-4]?|BI[1-4]?|BB[1-4]?|AB[1-4]?|AC|EI|OB[1-4]?|CR|RK)/")
_IBAN = re.compile(r"(?!RF)[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
"""RF is no country: creditor references (ISO 11649) begin with it and are no accounts."""
_FILLER = "ÿ˙\u00a0 \t"
"""What Polish banks write into a sub-field that is empty."""
_NOT_GIVEN = ("NOTPROVIDED", "NONREF", "NOT PROVIDED")
_TAG_WIDTH, _LINE_WIDTH, _SUBFIELD_WIDTH = 4, 65, 27


@dataclass(frozen=True)
class Details:
    """What field 86 tells about a booking; "" where it does not. `original` and `charges` are amounts as written.

    `code` is the bank's own code of three digits; `gvc` repeats it where it is a German business transaction code.
    """

    text: str = ""
    code: str = ""
    gvc: str = ""
    key: str = ""
    name: str = ""
    account: str = ""
    bank: str = ""
    end_to_end_id: str = ""
    structured_ref: str = ""
    returned: str = ""
    original: str = ""
    charges: str = ""


def details(lines: Sequence[str]) -> Details:
    """Read the lines of a field 86, whichever way they are written."""
    joined = _joined(lines)
    numbered = _NUMBERED.match(joined)
    if numbered and ((numbered[1] and numbered[2] == "?") or _subfields(joined, numbered[2]) > 1):
        return _numbered(joined[numbered.end() - 1 :], numbered[1] or "", numbered[2])
    start = joined.lstrip()
    if start.startswith("/PT/"):
        return _citi(start)
    if start.startswith("/") and _SLASHED.search(joined):
        return _slashed(joined)
    words = _unwrapped(lines)
    first = words.partition(" ")[0]
    return Details(text=words, account=first if is_iban(first) else "")


def national(lines: Sequence[str]) -> Details:
    """Read a field :NS: after a booking: two digits name each line; 01 to 14 text, 15 and 16 name, 33 bank, 34 account."""
    found: dict[str, str] = {}
    for line in lines:
        found[line[:2]] = found.get(line[:2], "") + line[2:].rstrip()
    return Details(
        text=_spaced(" ".join(found[code] for code in sorted(found) if "01" <= code <= "14")),
        name=_spaced(found.get("15", "") + found.get("16", "")),
        account=found.get("34", ""),
        bank=found.get("33", ""),
    )


def is_iban(text: str) -> bool:
    """Say whether a word has the shape of an IBAN."""
    return _IBAN.fullmatch(text) is not None


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _joined(lines: Sequence[str]) -> str:
    """Join the lines of a structured text as they stand; a line one short of full lost its last blank to the wrap."""
    parts = []
    for number, line in enumerate(lines, start=1):
        used = len(line) + (_TAG_WIDTH if number == 1 else 0)
        parts.append(line + " " if used == _LINE_WIDTH - 1 and number < len(lines) else line)
    return "".join(parts)


def _unwrapped(lines: Sequence[str]) -> str:
    """Join the lines of plain text: a full line runs on into the next, a shorter one ends at a word."""
    parts, used = [], _TAG_WIDTH
    for line in lines:
        parts.append(line if used + len(line) >= _LINE_WIDTH else line + " ")
        used = 0
    return _spaced("".join(parts))


def _given(reference: str) -> str:
    return "" if reference.upper() in _NOT_GIVEN else reference


def _subfields(text: str, separator: str) -> int:
    """Count the numbered sub-fields; one alone may be a word of a plain text, such as `+20 EUR`."""
    return len(re.findall(f"{re.escape(separator)}(?:{_SUBFIELD})", text))


def _numbered(text: str, code: str, separator: str) -> Details:
    pieces = re.split(f"{re.escape(separator)}({_SUBFIELD})", text)
    parts = [(number, content.strip(_FILLER) and content) for number, content in zip(pieces[1::2], pieces[2::2], strict=True)]
    words = _sepa([content for number, content in parts if number[0] in "26"])
    single = {number: content.strip() for number, content in reversed(parts)}
    named = [content for number, content in parts if number in ("32", "33")]
    name = _spaced("".join(part if len(part) >= _SUBFIELD_WIDTH else f"{part} " for part in named)).rstrip("/")
    account = next((a for a in (single.get("31", ""), single.get("38", "")) if is_iban(a.replace(" ", ""))), "")
    return Details(
        text=_spaced(f"{words['']} {words.get('SVWZ', '')}") or single.get("00", ""),
        code=code,
        gvc=code if separator == "?" else "",
        key=single.get("34", ""),
        name=name or words.get("ABWA", ""),
        account=account or single.get("31", "") or words.get("IBAN", ""),
        bank=single.get("30", "") or words.get("BIC", ""),
        end_to_end_id=_given(words.get("EREF", "")),
        original=words.get("OAMT", ""),
        charges=words.get("COAM", ""),
    )


def _sepa(contents: Sequence[str]) -> Mapping[str, str]:
    """Join text sub-fields and split them at SEPA words; what stands before the first word is under ""."""
    parts, previous = [], ""
    for content in contents:
        parts.append(content if len(previous) >= _SUBFIELD_WIDTH else " " + content)
        previous = content
    pieces = _SEPA.split("".join(parts))
    found = {"": _spaced(pieces[0])}
    for word, value in zip(pieces[1::2], pieces[2::2], strict=True):
        found.setdefault(word, _spaced(value))
    return found


def _slashed(text: str) -> Details:
    pieces = _SLASHED.split(text)
    found: dict[str, str] = {}
    for word, value in zip(pieces[1::2], pieces[2::2], strict=True):
        found.setdefault(word, value.removeprefix("/").strip())
    other = [piece.strip() for piece in found.pop("CNTP", "").split("/")] + ["", "", ""]
    told = {word: value.strip("/").strip() for word, value in found.items()}
    kind, _, reference = told.get("REMI", "").partition("/")
    structured = reference.rpartition("/")[2] if kind == "STRD" else ""
    free = "" if structured else reference.strip("/") if kind == "USTD" else told.get("REMI", "")
    return Details(
        text=_spaced(free) or ("" if structured else _spaced(told.get("INFO", ""))),
        name=_spaced(told.get("NAME", "") or other[2] or _party(told)),
        account=told.get("IBAN", "") or other[0],
        bank=told.get("BIC", "") or other[1],
        end_to_end_id=_given(told.get("EREF", "")),
        structured_ref=structured,
        returned=told.get("RTRN", ""),
        original=told.get("OCMT", ""),
        charges=told.get("CHGS", ""),
    )


def _party(told: Mapping[str, str]) -> str:
    """Give the name that stands bare behind ORDP or BENM; where both do, neither says which is the other side."""
    named = [told[word] for word in ("ORDP", "BENM") if re.search(r"[^\W\d_]", told.get(word, ""))]
    return named[0].rpartition("/")[2] if len(named) == 1 else ""


def _citi(text: str) -> Details:
    """Read Citi's words: BO by order of, PY payment details; without PY the words themselves are the text."""
    pieces = _CITI.split(text)
    found: dict[str, str] = {}
    for word, value in zip(pieces[1::2], pieces[2::2], strict=True):
        found.setdefault(word, _spaced(value))
    payer = next((found[word] for word in ("BO1", "BO") if re.search(r"[^\W\d_]", found.get(word, ""))), "")
    return Details(text=found.get("PY", "") or _spaced(text), name=payer)
