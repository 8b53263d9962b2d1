"""What the interbank operation codes of a CFONB 120 statement mean for step A (2.2).

A code that is not listed decides nothing: the sign of the amount does. The letters A and B mark direct debits of SEPA,
whose meaning differs by bank; there the sign and the reason for rejection decide.
"""

from __future__ import annotations

from arwork.intake.bank.codes import Meaning, meanings

_CODES = meanings("""
01 - CHEQUE cheque paid
02,15,16,17 - CHEQUE cheques handed in
03 RETURN CHEQUE unpaid cheque
04 - CASH cash paid in
05,06,18,19,20,21 - SEPA_CT credit transfer
07 - OTHER bill of exchange paid
08,22,23 - SEPA_DD direct debit paid
09,24,25 - SEPA_DD direct debit collected
10,26,27 RETURN SEPA_DD unpaid or rejected direct debit
11,28,30 - CARD card payment
12 RETURN SEPA_CT rejected transfer
13,14 - INTERNAL treasury transfer
29 - CASH cash machine
31,32,35,36,37,38 - OTHER bill of exchange handed in
33,34 RETURN OTHER unpaid bill of exchange
41,43,44,45,68,69 - WIRE international transfer
42,46,47,48,49 NON_AR OTHER foreign exchange
51,52,53,54,56,57,58,59,80,81,84,85,86,87,89 NON_AR OTHER securities
61,63,70 NON_AR OTHER interest
62,64,65,66,88 NON_AR OTHER bank charges
67 NON_AR OTHER tax on bank charges
71,72,73,74,75,76,77 NON_AR OTHER loan or deposit
92,93,94,95 OWN_TRANSFER INTERNAL cash pooling
96,99 RETURN OTHER cancellation or correction by the bank
A1,A2,A3,A4,A5,A6,B1,B2,B3,B4,B5,B6 - SEPA_DD SEPA direct debit
""")


def cfonb_meaning(code: str) -> Meaning:
    """Read the interbank operation code of a movement."""
    found = _CODES.get(code)
    return Meaning(found.kind, found.method, f"{found.words} (operation {code})") if found else Meaning("", "OTHER", "")
