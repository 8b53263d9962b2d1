"""Statements as MT940: structured :86: for USD and JPY, plain :86: for GBP."""

from __future__ import annotations

from datetime import date

from arwork.demo.camt import Sheet
from arwork.demo.identifiers import bank_code
from arwork.demo.model import House, Payment
from arwork.demo.words import plain
from arwork.money import ISO


def mt940(sheet: Sheet) -> str:
    """Write one statement as an MT940 message, lines ending with CR LF."""
    house = sheet.house
    lines = [
        f":20:STMT{sheet.last:%y%m%d}",
        f":25:{house.account}",
        f":28C:{sheet.number:05d}/001",
        f":60F:{_balance(sheet.opening, house, sheet.first)}",
    ]
    for payment, bank, text, _ in sheet.lines:
        code = {"CHARGE": "NCHG", "RETURN": "NRTI"}.get(payment.kind, "NTRF")
        mark = "C" if payment.amount >= 0 else "D"
        lines.append(
            f":61:{payment.value:%y%m%d}{payment.booking:%m%d}{mark}{_amount(payment.amount, house)}{code}{_reference(payment)}//{bank}"
        )
        lines += _structured(payment, text) if house.currency != "GBP" else _free(payment, text)
    lines += [f":62F:{_balance(sheet.closing, house, sheet.last)}", "-"]
    return "\r\n".join(lines) + "\r\n"


def _amount(minor: int, house: House) -> str:
    text = ISO.text(abs(minor), house.currency).replace(".", ",")
    return text if "," in text else text + ","


def _balance(minor: int, house: House, day: date) -> str:
    return f"{'C' if minor >= 0 else 'D'}{day:%y%m%d}{house.currency}{_amount(minor, house)}"


def _reference(payment: Payment) -> str:
    return payment.end_to_end[:16] if payment.end_to_end else "NONREF"


def _structured(payment: Payment, text: str) -> list[str]:
    """Write ?-subfields of at most 27 characters; words are never cut, so that numbers stay whole."""
    code, title = ("808", "GEBUEHREN") if payment.kind == "CHARGE" else ("206", "AUSLANDSUEBERWEISUNG")
    parts = [f"?20{line}" for line in _cut(plain(text), 27)[:1]]
    parts += [f"?{21 + n}{line}" for n, line in enumerate(_cut(plain(text), 27)[1:9])]
    if payment.account:
        parts += [f"?30{bank_code(payment.account)}", f"?31{payment.account}"]
    parts += [f"?{32 + n}{line}" for n, line in enumerate(_cut(plain(payment.payer), 27)[:2])]
    return _wrap(f":86:{code}?00{title}?100001", parts)


def _free(payment: Payment, text: str) -> list[str]:
    words = [plain(text), plain(payment.payer), payment.account]
    return _wrap(":86:", _cut(" ".join(word for word in words if word), 60)[:5], every=True)


def _wrap(head: str, parts: list[str], *, every: bool = False) -> list[str]:
    """Lay parts into lines of at most 65 characters; with `every` each part has its own line."""
    lines = [head]
    for n, part in enumerate(parts):
        if (n == 0 or not every) and len(lines[-1]) + len(part) <= 65:
            lines[-1] += part
        else:
            lines.append(part)
    return lines


def _cut(text: str, size: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= size:
            lines[-1] += f" {word}"
        else:
            lines.append(word[:size])
    return lines
