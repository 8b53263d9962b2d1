"""Forms of a damaged reading (M12): what kind of proof each is, so that each earns its authority by its own record (2.6)."""

from __future__ import annotations

from collections.abc import Mapping

WHOLE = "every number read, to the cent"
LIKENESS = "every number read, to the cent, payer by likeness"
ELSEWHERE = "every number read, one stands elsewhere, to the cent"
IN_PART = "a number left out"
NEAR = "less discount or within tolerance"
ONE_NEAR = "the only number, less discount or within tolerance"
REST = "the rest found by amount"
WITH_DIFFERENCE = "read with a difference"
SLIP: Mapping[str, str] = {"STRONG": "one slip in the only number, payer strong", "MEDIUM": "one slip in the only number, payer medium"}
"""By strength of the payer."""

LEVEL: Mapping[str, str] = {
    WHOLE: "damaged", LIKENESS: "damaged", ELSEWHERE: "damaged", NEAR: "damaged", ONE_NEAR: "damaged", WITH_DIFFERENCE: "damaged",
    IN_PART: "damaged in part", REST: "damaged in part", **dict.fromkeys(SLIP.values(), "one slip"),
}  # fmt: skip
"""The level of the fact "words" that each form shows."""
