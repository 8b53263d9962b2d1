"""The common adjustment matrix: every code, what it is, which document carries it, who asks and who approves (CO-70)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Adjustment:
    """One row of the matrix; `tiers` is the ladder of approvals, blank where a tolerance rules."""

    code: str
    description: str
    document: str
    x12: str
    nature: str
    tax: str
    evidence: str
    owner: str
    tiers: str = "T-STD"


_ROWS = """
SD | small difference | ADJ | L7/CS | COST | no | | AR |
ED | earned discount correction | CM | 76 | DILUTION | yes | terms | AR | T-STD
UD | unearned discount | RESID/CB | 24 | TIMING | no | dates | AR | T-STD
PR | price error | CM | 01 | DILUTION | yes | contract or price list | Pricing | T-STD
AL | allowance, charge error, promotion not given | CM | 02, A8, 56, 71 | DILUTION | yes | agreement | Sales | T-STD
VB | volume rebate or discount taken | CM | 57, D5, B2 | DILUTION | yes | rebate calculation | Sales | T-STD
QT | quantity contested, short shipped | CM | 06 | DILUTION | yes | count at delivery | Logistics | T-STD
NR | goods not received | CM | 59, A4 | DILUTION | yes | proof of delivery | Logistics | T-STD
DM | damaged in transit | CM + claim | 04 | DILUTION | yes | exception on delivery, photos | Claims | T-STD
LS | lost in transit | CM + claim | 42 | DILUTION | yes | tracer | Claims | T-STD
LD | late delivery | CM | 41, 99 | DILUTION | yes | dates | Logistics | T-STD
QL | quality | CM | 05, F1 | DILUTION | yes | quality report | Quality | T-STD
WP | wrong or substitute product | CM | 07, 08, A2 | DILUTION | yes | order against pick | Logistics | T-STD
RT | authorised return | CM | 72, 11, 12 | DILUTION | yes | return authority, receipt of goods | Returns | T-STD
RC | product recall | CM | 15 | DILUTION | yes | recall notice | Quality | T-STD
DB | duplicate billing | CM | 19 | DILUTION | yes | both invoices | Billing | T-STD
CN | invoice cancelled, not our customer | CM | 26, 18 | DILUTION | yes | order | Billing | T-STD
TX | tax deducted or incorrect | CM/RESID | 55 | TAX | yes | certificate | Tax | T-STD
WT | withholding tax | RECLASS | E3 | TAX | no | certificate | Tax | T-STD
FR | freight or transport charge | CM | 54, 46 | DILUTION | yes | freight bill | Logistics | T-STD
PC | pallet or container | CM | 10 | DILUTION | yes | pallet account | Logistics | T-STD
BC | bank charge | ADJ | 48 | COST | no | statement | AR | T-STD
FX | exchange difference | ADJ/RESID | 33 | COST | no | rates | AR | T-STD
DP | duplicate payment credit | RECLASS | 86 | RECLASS | no | both payments | AR | T-STD
OP | overpayment credit or refund | REFUND | 80, 52 | RECLASS | no | refund file | AR | T-RF
UP | previous underpayment settled | - | 53 | TIMING | no | | AR | T-STD
MD | query: missing documents, proof of delivery asked for | - | 44, A9, 73 | TIMING | no | copies | AR | T-STD
LF | late payment fee | DM | 50, 51, LP | INCOME | by law | fee computation | AR | T-STD
LW | late payment fee waived | CM | 50 | DILUTION | by law | criteria | AR | T-STD
NS | returned payment fee | DM | IF | INCOME | no | bank memo | AR | T-STD
TR | transfer between accounts or ledgers | RECLASS | D1 | RECLASS | no | both accounts | AR | T-STD
UN | unexplained deduction | RESID | D3 | TIMING | no | | AR | T-STD
WO | bad debt write-off | WO | BD | CREDIT_LOSS | relief | complete file | AR | T-WO
RV | recovery of a written-off debt | RCPT | - | CREDIT_LOSS | reverse relief | receipt | AR | T-STD
"""


def _matrix() -> Mapping[str, Adjustment]:
    rows = [Adjustment(*(cell.strip() for cell in line.split("|"))) for line in _ROWS.strip().splitlines()]
    return {row.code: row for row in rows}


MATRIX: Mapping[str, Adjustment] = _matrix()
"""The matrix by code."""
