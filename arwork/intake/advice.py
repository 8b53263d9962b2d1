"""A remittance advice as any reader understood it, and the table made of it (T09)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from arwork.errors import InputError, place
from arwork.intake.received import Received
from arwork.tables import conform, empty

SURE = 1_000_000
"""Confidence of 100 %, in ten-thousandths of a percent point: the format leaves no doubt (G-16)."""

UNEXPLAINED = "not explained by the advice"
"""Reason of a deduction that only the difference between the stated figures shows."""
NAMELESS = "no document stated"
"""Document of an amount for which the advice names none; it resolves to nothing, so a person looks."""


@dataclass(frozen=True, slots=True)
class PaidDocument:
    """One document that an advice says is paid, in minor units: gross - discount - deduction = net (T09)."""

    document: str
    gross: int
    discount: int
    deduction: int
    net: int
    source_line: str
    reason: str = ""
    confidence: int = SURE


@dataclass(frozen=True)
class Advice:
    """One advice: what links it to a payment, what it says of the payment, and the documents paid.

    `source` is one of the choices of `remittance_lines.source`. `amount` is the total that the advice itself states.
    """

    number: str
    currency: str
    source: str
    documents: Sequence[PaidDocument]
    payment_ref: str = ""
    trace_no: str = ""
    payer_name: str = ""
    payer_account: str = ""
    date: dt.date | None = None
    payment_date: dt.date | None = None
    amount: int | None = None


def fitted(
    document: str,
    net: int,
    source_line: str,
    *,
    gross: int | None = None,
    discount: int = 0,
    adjustments: Sequence[tuple[int, str]] = (),
    confidence: int = SURE,
) -> PaidDocument:
    """Make a paid document whose figures add up: what gross, discount and net leave over is its deduction (T09).

    `adjustments` are signed as they change the payment (a deduction is negative), each with its reason. A rest that they
    do not explain goes to the deduction and says so. Without a gross amount the gross is net + discount + deduction.
    """
    stated = -sum(amount for amount, _ in adjustments)
    if gross is None:
        gross = net + discount + stated
    deduction = gross - discount - net
    reasons = [reason for amount, reason in adjustments if amount and reason]
    # Some payers write a deduction without its sign: the same figure with either sign explains the difference.
    if deduction not in (stated, -stated):
        reasons.append(UNEXPLAINED)
    return PaidDocument(document, gross, discount, deduction, net, source_line, "; ".join(dict.fromkeys(reasons)), confidence)


def remittance_lines(received: Received, advices: Sequence[Advice]) -> pd.DataFrame:
    """Build table `remittance_lines` of the advices of one file; InputError where a line does not add up (T09)."""
    rows: list[dict[str, object]] = []
    seen: dict[str, int] = {}
    for advice in advices:
        seen[advice.number] = seen.get(advice.number, 0) + 1
        again = f"/{seen[advice.number]}" if seen[advice.number] > 1 else ""
        head: dict[str, object] = {
            "remittance_id": f"{advice.number}{again}@{received.sha256[:12]}", "payment_ref": advice.payment_ref,
            "trace_no": advice.trace_no, "payer_name": advice.payer_name, "payer_account": advice.payer_account,
            "remittance_date": advice.date, "payment_date": advice.payment_date, "payment_amount": advice.amount,
            "currency": advice.currency, "source": advice.source, "source_file": received.name, "source_sha256": received.sha256,
        }  # fmt: skip
        for number, paid in enumerate(advice.documents, start=1):
            _adds_up(paid, received.name)
            rows.append(head | {
                "line_no": number, "doc_reference": paid.document, "gross_amount": paid.gross, "discount_amount": paid.discount,
                "deduction_amount": paid.deduction, "deduction_reason": paid.reason, "net_amount": paid.net,
                "confidence": paid.confidence, "source_line": paid.source_line,
            })  # fmt: skip
    if not rows:
        return empty("remittance_lines")
    frame = pd.DataFrame(rows)
    for column in ("remittance_date", "payment_date"):
        frame[column] = pd.to_datetime(frame[column])
    frame["payment_amount"] = pd.array(frame["payment_amount"].tolist(), dtype="Int64")
    return conform("remittance_lines", frame)


def _adds_up(paid: PaidDocument, file: str) -> None:
    if paid.gross - paid.discount - paid.deduction != paid.net:
        raise InputError(
            f"the advice pays {paid.document} with figures that do not add up: gross {paid.gross}, discount {paid.discount}, "
            f"deduction {paid.deduction}, net {paid.net} (minor units)",
            where=place(file, paid.source_line), cure="Ask the payer for a corrected advice.",
        )  # fmt: skip
