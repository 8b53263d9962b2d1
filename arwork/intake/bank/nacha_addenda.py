"""What addenda records say: payment information as text, and the documents that X12 820 segments in it pay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from arwork.errors import InputError
from arwork.intake.advice import PaidDocument
from arwork.intake.bank.nacha_records import Record
from arwork.intake.remittance import x12
from arwork.money import ISO

_SEGMENT = re.compile(r"(?:^|[\\~])\s*(?:ISA|RMR)([^A-Za-z0-9\s])")


def tidy(text: str) -> str:
    """Squeeze blanks and control characters to one blank each."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())


def payment_information(addenda: Sequence[Record]) -> str:
    """Join the payment information of addenda 05 and 717 in their order; EDI runs on from piece to piece, words do not."""
    pieces = [a.text[3:83] for a in addenda if a.text[1:3] in ("05", "17")]
    whole = "".join(pieces).rstrip()
    return whole if _SEGMENT.search(whole) else " ".join(piece.strip() for piece in pieces if piece.strip())


def paid_documents(information: str, file: str, line: int, total: int) -> list[PaidDocument]:
    """Read the RMR segments of X12 820 text in cents; nothing where there are none or one of them cannot be read exactly."""
    if not _SEGMENT.search(information):
        return []
    try:
        return x12.paid_documents(x12.bare_segments(information, line), x12.Context(file, "USD", ISO), total)
    except InputError:
        # What a payer writes into addenda is his to get right; the payment itself is not in doubt.
        return []
