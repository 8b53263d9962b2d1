"""What the type codes of BAI2 mean: credit or debit, class of step A, payment method (2.2)."""

from __future__ import annotations

from collections.abc import Mapping

from arwork.intake.bank.codes import meanings

CODES = meanings("""
110,115,118 - LOCKBOX lockbox deposit
116 - LOCKBOX item of a lockbox deposit
415 - LOCKBOX lockbox debit
121,122 - ACH EDI credit
421,422 - ACH EDI debit
123 RETURN ACH returned EDI credit
423 RETURN ACH returned EDI item
142,169 - ACH ACH credit
143 - ACH item of an ACH deposit
155,156,165 - ACH preauthorised ACH credit
162,163,164 - ACH corporate trade payment
166,167 - ACH ACH settlement
168,468 RETURN ACH ACH return item or adjustment settlement
135,145,445 OWN_TRANSFER INTERNAL concentration of own accounts
447 - ACH ACH disbursement funding
451,452,469 - ACH ACH debit
455,462 - ACH ACH debit of a party authorised by us
464,465 - ACH corporate trade payment
466 - ACH ACH settlement
146,147 - CARD bank card deposit
171,180,481 NON_AR OTHER loan
174 - OTHER deposit
172,695 - OTHER deposit correction
173,175,178,184,187 - CHEQUE cheque deposit
218,518 - OTHER foreign collection
176 - CHEQUE re-presented cheque
221,222 - CHEQUE foreign cheques
301,302,319 - OTHER deposit
191,491 - WIRE internal money transfer
195,303 - WIRE incoming wire
208,216 - WIRE international wire in
493,495 - WIRE outgoing wire
508,516 - WIRE international wire out
196,496 - WIRE wire adjustment
201,501 - INTERNAL automatic transfer
206,506 - INTERNAL book transfer
213,212 - OTHER letter of credit
512,513 - OTHER letter of credit
227,527 - WIRE standing order
214,514 NON_AR OTHER foreign exchange
224,524 NON_AR OTHER commission
226,526 NON_AR OTHER money market trading
232,233,234,235,236,238,240,241,243,244,245,246,247,248,249 NON_AR OTHER securities
531,533,535,538,540,541,542,544,546,547,548,549 NON_AR OTHER securities
306,348,349,351,386,347 NON_AR OTHER investment
641,651,656,657,658 NON_AR OTHER investment
242,346,354,355,359 NON_AR OTHER interest
654,659 NON_AR OTHER interest
252,258 RETURN ACH reversed debit
552,558 RETURN ACH reversed credit
254,554 - OTHER posting error correction
255,395 RETURN CHEQUE own cheque returned
257 RETURN ACH own ACH payment or collection returned
261 RETURN ACH own payment rejected
266,268 RETURN OTHER return item
555 RETURN CHEQUE deposited item returned
557 RETURN ACH ACH item returned
561 RETURN OTHER rejected debit
566,568 RETURN OTHER return item
694 RETURN OTHER deposit reversed
263,563 NON_AR OTHER overdraft
564,567 NON_AR OTHER fee for an overdraft or a return
271,275,276,277,278 OWN_TRANSFER INTERNAL zero balancing
575,577,578 OWN_TRANSFER INTERNAL zero balancing
281,581 OWN_TRANSFER INTERNAL controlled disbursing
295,595 - CASH cash machine
353,366 - CASH cash deposit
631,666 - CASH cash withdrawal
398,661,698 NON_AR OTHER fees
377,677 NON_AR OTHER treasury tax and loan
397,408 NON_AR OTHER float adjustment
435,472,474,475,484 - CHEQUE cheque paid
477 - OTHER bank-originated debit
673,373 - ACH payroll
720,721,722,723,724,725,726,727,728,760 NON_AR OTHER loan
890 NON_AR OTHER non-monetary information
""")
"""Meanings of detail codes; a code that is not listed decides nothing but its sign."""

ITEMS: Mapping[str, tuple[str, ...]] = {
    "116": ("115",),
    "136": ("135",),
    "143": ("142", "145"),
    "156": ("155", "165"),
    "345": ("342",),
    "452": ("445", "447", "451"),
}
"""Codes of single items, and the codes of the deposits or debits whose details they can be."""


def side(code: str) -> int:
    """Say which way a type code moves money: 1 for a credit, -1 for a debit, 0 for a status or for information."""
    number = int(code)
    if 100 <= number <= 399 or 720 <= number <= 759 or 920 <= number <= 959:
        return 1
    if 400 <= number <= 699 or 760 <= number <= 799 or 960 <= number <= 999:
        return -1
    return 0
