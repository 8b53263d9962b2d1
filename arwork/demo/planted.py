"""Every planted case, one of each family, and the manual journal that the control account must show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from arwork.demo.case_text import NOTEBOOKS, read_cases
from arwork.demo.cases import tell
from arwork.demo.model import Journal, Planted, Story
from arwork.demo.planted_ageing import CASES as AGEING
from arwork.demo.planted_applied import CASES as APPLIED
from arwork.demo.planted_breaks import CASES as BREAKS
from arwork.demo.planted_waiting import CASES as WAITING

_JOURNAL = Journal(
    ledger="MAIN",
    company="1000",
    gl_account="1400",
    doc_no="0100004711",
    day=date(2026, 3, 30),
    user="VOGELM",
    currency="EUR",
    amount=-9_500_00,
    reference="WB-2026-03",
    text="Ausbuchung direkt im Hauptbuch",
)
_FOUND = Planted(
    case="RC-10",
    family="control account",
    rule="RI-MJE",
    what="A manual journal of -9,500.00 on control account 1400 that the subledger does not have (AX-19).",
    file="gl_lines.csv",
    key=_JOURNAL.doc_no,
    answered_by=NOTEBOOKS["30"],
    table="recon_items",
    column="code",
    expected="RI-MJE",
)


def planted(random: Random) -> Story:
    """Tell the planted cases; customers are numbered in the order of the cases."""
    texts = (APPLIED, WAITING, BREAKS, AGEING)
    story = tell(tuple(case for text in texts for case in read_cases(text)), random)
    return replace(story, journals=(_JOURNAL,), planted=(*story.planted, _FOUND))
