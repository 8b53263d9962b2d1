"""Field 86 of an MT940: who paid and what for, from the German, the Dutch and the plain way to write it (1.5).

German: a business transaction code, then `?20` to `?29` and `?60` to `?63` for text, `?30` bank, `?31` account, `?32`
and `?33` name; inside the text SEPA words such as `EREF+` and `SVWZ+`. Dutch: `/IBAN/…/NAME/…/REMI/…/EREF/…`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_GERMAN = re.compile(r"\s*([0-9]{3})([?>+~^@&])(?=[0-9]{2})")
_SUBFIELD = "00|10|2[0-9]|3[0-5]|6[0-3]"
_SEPA = re.compile(r"(?<![A-Z])(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|PURP|IBAN|BIC|COAM|OAMT|RREF|BREF)\+")
_DUTCH = re.compile(
    "/(TRTP|IBAN|BIC|NAME|REMI|EREF|ORDP|BENM|ADDR|ISDT|CSID|MARF|PREF|KREF|CNTP|RTRN|PURP|ULTC|ULTD|ULTB|UDTR|UCRD|TRCD|SVCL|IREF"
    "|OCMT|CHGS|EXCH)/"
)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_TAG_WIDTH, _LINE_WIDTH, _SUBFIELD_WIDTH = 4, 65, 27


@dataclass(frozen=True)
class Details:
    """What field 86 tells about a booking; "" where it does not. `original` and `charges` are amounts as written."""

    text: str = ""
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
    joined = "".join(lines)
    german = _GERMAN.match(joined)
    if german:
        return _german(joined[german.end() - 1 :], german[1], german[2])
    if joined.lstrip().startswith("/") and _DUTCH.search(joined):
        return _dutch(joined)
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


def _unwrapped(lines: Sequence[str]) -> str:
    """Join the lines of plain text: a full line runs on into the next, a shorter one ends at a word."""
    joined, used = "", _TAG_WIDTH
    for line in lines:
        joined += line if used + len(line) >= _LINE_WIDTH else line + " "
        used = 0
    return _spaced(joined)


def _german(text: str, gvc: str, separator: str) -> Details:
    pieces = re.split(f"{re.escape(separator)}({_SUBFIELD})", text)
    parts = list(zip(pieces[1::2], pieces[2::2], strict=True))
    words = _sepa([content for code, content in parts if code[0] in "26"])
    single = {code: content.strip() for code, content in reversed(parts)}
    name = _spaced("".join(content for code, content in parts if code in ("32", "33"))).rstrip("/")
    reference = words.get("EREF", "")
    return Details(
        text=_spaced(f"{words['']} {words.get('SVWZ', '')}") or single.get("00", ""),
        gvc=gvc,
        key=single.get("34", ""),
        name=name or words.get("ABWA", ""),
        account=single.get("31", "") or words.get("IBAN", ""),
        bank=single.get("30", "") or words.get("BIC", ""),
        end_to_end_id="" if reference.upper() in ("NOTPROVIDED", "NONREF") else reference,
        original=words.get("OAMT", ""),
        charges=words.get("COAM", ""),
    )


def _sepa(contents: Sequence[str]) -> Mapping[str, str]:
    """Join text sub-fields and split them at SEPA words; what stands before the first word is under ""."""
    joined, previous = "", ""
    for content in contents:
        joined += content if len(previous) >= _SUBFIELD_WIDTH else " " + content
        previous = content
    pieces = _SEPA.split(joined)
    found = {"": _spaced(pieces[0])}
    for word, value in zip(pieces[1::2], pieces[2::2], strict=True):
        found.setdefault(word, _spaced(value))
    return found


def _dutch(text: str) -> Details:
    pieces = _DUTCH.split(text)
    found: dict[str, str] = {}
    for word, value in zip(pieces[1::2], pieces[2::2], strict=True):
        found.setdefault(word, value.strip().strip("/").strip())
    other = [piece.strip() for piece in found.get("CNTP", "").split("/")] + ["", "", ""]
    kind, _, reference = found.get("REMI", "").partition("/")
    structured = reference.rpartition("/")[2] if kind == "STRD" else ""
    told = "" if structured else reference.strip("/") if kind == "USTD" else found.get("REMI", "")
    eref = found.get("EREF", "")
    return Details(
        text=_spaced(told),
        name=_spaced(found.get("NAME", "") or other[2]),
        account=found.get("IBAN", "") or other[0],
        bank=found.get("BIC", "") or other[1],
        end_to_end_id="" if eref.upper() in ("NOTPROVIDED", "NONREF") else eref,
        structured_ref=structured,
        returned=found.get("RTRN", ""),
        original=found.get("OCMT", ""),
        charges=found.get("CHGS", ""),
    )
