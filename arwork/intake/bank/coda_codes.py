"""What the transaction codes of a CODA mean for step A: family and operation, and which categories are charges (2.2).

A code is eight digits: type, family (2), operation (2), category (3). A code that is not listed decides nothing.
"""

from __future__ import annotations

from arwork.intake.bank.codes import Meaning, meanings

_CODES = meanings("""
0154 RETURN SEPA_CT transfer that could not be executed
0162 RETURN OTHER unpaid postal order
0160 - CHEQUE circular cheque not presented
0113,0164 - INTERNAL transfer between own accounts
0117,0166 OWN_TRANSFER INTERNAL financial centralisation
01** - SEPA_CT credit transfer
02** - SEPA_CT instant credit transfer
0309,0338,0360,0362 RETURN CHEQUE unpaid or reversed cheque
03** - CHEQUE cheque
0404,0453 - CASH cash machine
04** - CARD card payment
0503,0558 RETURN SEPA_DD unpaid direct debit
0505,0554 RETURN SEPA_DD reimbursed direct debit
05** - SEPA_DD direct debit
0705,0707,0739 RETURN OTHER unpaid commercial paper
07** - OTHER commercial paper
0913,0901,0950,0952,0958 - CASH cash
10** - CARD electronic purse
11** NON_AR OTHER securities
13** NON_AR OTHER loan or credit
35** NON_AR OTHER closing: interest and costs
4154 RETURN WIRE international transfer that could not be executed
4117,4166 OWN_TRANSFER INTERNAL financial centralisation
4113,4164 - INTERNAL transfer between own accounts
41** - WIRE international credit transfer
4362 RETURN CHEQUE unpaid foreign cheque
43** - CHEQUE foreign cheque
47** - OTHER foreign commercial paper
80** NON_AR OTHER bank charges
**37 NON_AR OTHER bank charges
**87 NON_AR OTHER bank charges given back
**49,**99 RETURN OTHER cancellation or correction by the bank
""")
_CAPITAL_OR_INTEREST = (
    "001",
    "002",
    "024",
    "028",
    "050",
    "051",
    "052",
    "055",
    "057",
    "058",
    "059",
    "063",
    "066",
    "067",
    "068",
    "069",
    "071",
)


def coda_meaning(family: str, operation: str) -> Meaning:
    """Read family and operation of a transaction code; costs and corrections mean the same in every family."""
    for code in (family + operation, "**" + operation, family + "**"):
        found = _CODES.get(code)
        if found:
            return Meaning(found.kind, found.method, f"{found.words} (code {family}{operation})")
    return Meaning("", "OTHER", "")


def is_charge(category: str) -> bool:
    """Say whether a detail of this category is a cost, commission or tax on it: 003 to 074 without interest and capital, 200 to 213."""
    return (("003" <= category <= "074") and category not in _CAPITAL_OR_INTEREST) or "200" <= category <= "213"
