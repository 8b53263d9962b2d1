"""What the transaction codes of banks mean for step A: a class where the code decides one, and the payment method (2.2).

Three schemes are read. ISO 20022 bank transaction codes (domain, family, sub-family), the German business transaction
codes (GVC, first three digits of MT940 field 86, second part of the proprietary code in German camt), and the SWIFT
transaction types of field 61. A code that is not listed decides nothing: the sign of the amount does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """What the codes of a line say: a class of step A or "", a payment method, and the words for the reason."""

    kind: str
    method: str
    words: str


def meanings(block: str) -> Mapping[str, Meaning]:
    """Read a block of codes, `codes kind method words` a line: `-` stands for no class or no method, several codes share a line."""
    found = {}
    for line in filter(str.strip, block.splitlines()):
        codes, kind, method, words = line.strip().split(" ", 3)
        for code in codes.split(","):
            found[code] = Meaning(kind.replace("-", ""), method.replace("-", ""), words)
    return found


_GVC = meanings("""
001,002,003,101,102,103,122,170,185,209,220,221,222,223 - CHEQUE cheque
108,109,181,184,193 RETURN SEPA_DD returned or reversed direct debit
009 RETURN OTHER returned direct debit
059,159,160 RETURN SEPA_CT returned credit transfer
110,182,199 RETURN CARD returned card payment
111,183 RETURN CHEQUE returned cheque
899 RETURN OTHER reversal by the bank
104,174,196,197 - SEPA_DD_B2B SEPA business direct debit
105,107,171,192,195 - SEPA_DD SEPA direct debit
006,106,190,198 - CARD card payment
116,117,118,119,152,153,154,155,156,157,161,162,163,164,165,166,167,168,169,177,188,189,191,194 - SEPA_CT SEPA credit transfer
020,051,052,087,088,201,202,206,210,211,212 - WIRE transfer
082,083 - CASH cash
302,330 NON_AR OTHER coupon or dividend
320,321,803 NON_AR OTHER custody fees
408,409,604,605,812,814,815,816,817 NON_AR OTHER interest
801,802,804,806,807,808,809,810,811,813 NON_AR OTHER bank charges
805 NON_AR OTHER account closing with interest and charges
837 NON_AR OTHER tax on bank charges
823,824 NON_AR OTHER time deposit
820 - INTERNAL transfer within the bank
833,834 OWN_TRANSFER INTERNAL cash pooling
""")

_SWIFT = meanings("""
TRF,STO - WIRE transfer
CHK,CLR,ECK,TCK - CHEQUE cheque
DDT - OTHER direct debit
LBX - LOCKBOX lockbox
RTI RETURN OTHER returned item
INT NON_AR OTHER interest
CHG,COM,BRF NON_AR OTHER bank charges
DIV NON_AR OTHER dividend
VDA NON_AR OTHER value date adjustment
CMN,CMS,CMT,CMZ OWN_TRANSFER INTERNAL cash pooling
""")

_SUBFAMILY = meanings("""
ESCT - SEPA_CT SEPA credit transfer
ESDD - SEPA_DD SEPA direct debit
BBDD - SEPA_DD_B2B SEPA business direct debit
BOOK - INTERNAL transfer within the bank
ACDT,ACCR,ADBT,ACDC - ACH ACH payment
DMCT,XBCT,AUTT,VCOM,SDVA,STDO,SALA,FICT,XICT - WIRE credit transfer
UPDD,PRDD,RCDD RETURN SEPA_DD returned or reversed direct debit
RRTN,RPCR RETURN WIRE returned credit transfer
ARET,AREV RETURN ACH returned ACH payment
UPCQ,CQRV RETURN CHEQUE returned cheque
UPCT RETURN CARD returned card payment
INTR NON_AR OTHER interest
CHRG,COMM,COME,COMI,COMT,FEES NON_AR OTHER bank charges
TAXE NON_AR OTHER tax
DVCA,DVID NON_AR OTHER dividend
""")

_FAMILY = meanings("""
RCHQ,ICHQ - CHEQUE cheque
CCRD,MCRD - CARD card payment
CNTR - CASH cash
LBOX - LOCKBOX lockbox
RDDT,IDDT - OTHER direct debit
RCDT,ICDT - WIRE credit transfer
RRCT,IRCT - SEPA_CT instant credit transfer
CAPL OWN_TRANSFER INTERNAL cash pooling
""")


def meaning(*, domain: str = "", gvc: str = "", swift: str = "") -> Meaning:
    """Read the codes of one line: `domain` as PMNT/RCDT/ESCT, `gvc` as 166, `swift` as NTRF.

    The first code that decides a class wins, GVC before ISO 20022 before SWIFT; likewise for the method.
    """
    found = []
    if gvc in _GVC:
        found.append((_GVC[gvc], f"GVC {gvc}"))
    _, family, subfamily = [*domain.split("/"), "", "", ""][:3]
    if subfamily in _SUBFAMILY:
        found.append((_SUBFAMILY[subfamily], f"code {domain}"))
    if family in _FAMILY:
        found.append((_FAMILY[family], f"code {domain}"))
    if swift[1:] in _SWIFT and swift[:1] in ("N", "S", "F"):
        found.append((_SWIFT[swift[1:]], f"type {swift}"))
    if not found:
        return Meaning("", "OTHER", "")
    deciding, mark = next(((m, mark) for m, mark in found if m.kind), found[0])
    method = next((m.method for m, _ in found if m.method != "OTHER"), "OTHER")
    return Meaning(deciding.kind, method, f"{deciding.words} ({mark})")
