"""RC-10 in total: below the last control account of a company, what all its accounts are together (4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from arwork.reconcile.layout import Line, Sheet


def with_company_total(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Add to the last sheet of each company with several control accounts the total of all: ΣA to ΣE, in ledger currency.

    An account that is not proven counts in ΣA only, and the label says how many are proven.
    """
    found = list(sheets)
    companies = sorted({(sheet.ledger_id, sheet.company_code) for sheet in found})
    for company in companies:
        places = [n for n, sheet in enumerate(found) if (sheet.ledger_id, sheet.company_code) == company]
        own = [found[n] for n in places]
        if len(own) < 2 or len({sheet.currency for sheet in own}) > 1:
            continue
        last = found[places[-1]]
        found[places[-1]] = replace(last, lines=(*last.lines, *_total(own)))
    return found


def _total(own: Sequence[Sheet]) -> list[Line]:
    proven = [sheet for sheet in own if sheet.status != "NOT_PROVEN"]
    said = f"Company total, {len(own)} control accounts" + (f" ({len(proven)} proven)" if len(proven) < len(own) else "")
    items = sum(len(sheet.items) for sheet in proven)
    return [
        Line(f"{said}: subledger", "ΣA", sum(sheet.ours for sheet in own), len(own), total=True),
        Line("GL closing balances", "ΣB", sum(sheet.theirs for sheet in proven), len(proven)),
        Line("Difference", "ΣC", sum(sheet.difference for sheet in proven)),
        Line("Reconciling items", "ΣD", sum(sheet.explained for sheet in proven), items),
        Line("Unexplained", "ΣE", sum(sheet.unexplained for sheet in proven), total=True),
    ]
