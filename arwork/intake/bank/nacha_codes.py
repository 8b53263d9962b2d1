"""What the codes of ACH files say: transaction codes, return reasons, and which service class holds what (2.2 step A)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Direction:
    """What a transaction code says: credit or debit of the receiving side, and whether money may move at all."""

    credit: bool
    words: str
    live: bool = True


def _codes() -> Mapping[str, Direction]:
    """Demand accounts (2), savings (3), general ledger (4) and loans (5) share one scheme; ADV has its own codes."""
    found: dict[str, Direction] = {}
    for first in "2345":
        for digit, words, live in (("1", "returned", True), ("2", "", True), ("3", "prenote", False), ("4", "zero dollar", False)):
            found[first + digit] = Direction(True, f"{words} ACH credit".strip(), live)
            if first != "5":
                found[first + str(int(digit) + 5)] = Direction(False, f"{words} ACH debit".strip(), live)
    found["55"] = Direction(False, "reversed ACH credit to a loan")
    found["56"] = Direction(False, "returned reversal of a loan credit")
    for code in range(81, 89):
        found[str(code)] = Direction(code % 2 == 1, "accounting advice of the ACH operator")
    return found


TRANSACTIONS = _codes()
"""Transaction codes of entry detail records."""

_REASONS = """
R01 insufficient funds
R02 account closed
R03 no such account
R04 invalid account number
R05 unauthorised debit to a consumer account
R06 returned at the request of the sending bank
R07 authorisation revoked by the customer
R08 payment stopped
R09 uncollected funds
R10 the customer says the debit is not authorised
R11 not in accordance with the authorisation
R12 account sold to another bank
R13 invalid routing number
R14 representative payee deceased
R15 beneficiary or account holder deceased
R16 account frozen
R17 file record edit, or questionable circumstances
R20 not a transaction account
R21 invalid company identification
R22 invalid individual identification
R23 credit refused by the receiver
R24 duplicate entry
R29 the company says the debit is not authorised
R31 permissible return
R33 return of a converted cheque
R37 source document presented for payment
R38 stop payment on the source document
R39 improper source document
R51 re-presented cheque not eligible
R52 stop payment on a re-presented cheque
R53 cheque and entry both presented
R61 misrouted return
R67 duplicate return
R68 untimely return
R69 field errors
R70 permissible return not accepted
R71 misrouted dishonoured return
R72 untimely dishonoured return
R73 timely original return
R74 corrected return
R75 return not a duplicate
R76 no errors found
"""
REASONS: Mapping[str, str] = dict(line.split(" ", 1) for line in _REASONS.split("\n") if line)
"""Return reason codes in words; a code that is not here is kept as it stands."""

CHEQUES = frozenset({"ARC", "BOC", "POP", "RCK", "TRC", "XCK", "TRX"})
"""Entry classes of converted or truncated cheques: the identification field holds the cheque's serial number."""
COUNTED = frozenset({"CTX", "TRX", "ATX"})
"""Entry classes whose entries state how many addenda follow, where a name stands elsewhere."""
NOTICES = frozenset({"COR", "ACK", "ATX", "ENR", "DNE", "ADV"})
"""Entry classes that tell something and move no money."""
CLASSES: Mapping[str, str] = {
    "200": "credits and debits",
    "220": "credits",
    "225": "debits",
    "280": "accounting advices",
}
"""Service classes of batches."""
