"""Live checks beside the printed reconciliations: which lines of a layout must make which total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_MOVES = (
    "billings", "debit_memos", "late_fees", "returned", "refunds", "intercompany", "receipts", "credit_memos", "discounts", "withholding",
    "bank_charges", "write_offs", "small_differences", "other", "fx_realised", "fx_unrealised", "residuals",
)  # fmt: skip
_SUSPENSE = ("new", "identified", "transferred", "returned")
CHECKS: Mapping[str, Mapping[str, str]] = {
    "RC-10": {"A": "+", "C": "B -A", "E": "C -D", "ΣE": "+ΣC -+ΣD"},
    "RC-20": {"bank": "+b0 +b1 +b2 +b3", "book": "+k0 +k1 +k2 +k3", "difference": "bank -book"},
    "RC-30": {"reached": " ".join(["opening", *(f"+{name}" for name in _MOVES)]), "E": "closing -reached -+D"},
    "RC-40": {"t": "a +ours +paid +theirs +amount", "E": "s -t"},
    "RC-50": {"C": "A +B", "E": "C -D", "list": "+to"},
    "RC-60": {"closing": " ".join(["opening", *(f"+{name}" for name in _SUSPENSE)]), "list": "+age"},
    "RC-70": {
        "closing": "+opening +credits +applied +on_account +unapplied +unidentified +misdirected +non_ar",
        "list": "closing",
    },
    "RC-80": {
        "ageing": "+bucket",
        "comparable": "ageing +outside",
        "reached": "opening +charge +write_offs +recoveries +fx",
        "due": "+computed +overlay",
    },
    "RC-90": {"in hand": "posted +RI-UNR", "settlement": "in-hand +RI-TIM"},
}
"""By rule and total, the lines that make it: `x` is a total, `+x` all lines of that mark, `-` before either takes it off."""


def check_of(rule: str, lines: Sequence[Mapping[Any, Any]], first_row: int) -> dict[int, tuple[str, list[int]]]:
    """Return by sheet row the formula that finds a total again, less the total printed there (0 is right), and the amounts it reads.

    `lines` are `recon_lines` of one reconciliation in their order; the first stands in `first_row`, amounts in column F.
    """
    amounts = _amounts(lines, first_row)
    found = {}
    for place, terms in _terms(rule, lines, first_row).items():
        text = "".join(("+" if sign > 0 else "-") + f"F{cell}" for sign, cell in terms)
        found[place] = (
            f"=ROUND({text.removeprefix('+')}-F{place},{{places}})",
            [amounts[cell] for cell in (*(c for _, c in terms), place)],
        )
    return found


def differences(rule: str, lines: Sequence[Mapping[Any, Any]], first_row: int) -> dict[int, int]:
    """Return by sheet row what the lines of a total come to, less the total: 0 earns the tick of a footed figure."""
    amounts = _amounts(lines, first_row)
    terms = _terms(rule, lines, first_row)
    return {place: sum(sign * amounts[cell] for sign, cell in own) - amounts[place] for place, own in terms.items()}


def _amounts(lines: Sequence[Mapping[Any, Any]], first_row: int) -> dict[int, int]:
    return {row: int(line["amount"]) for row, line in enumerate(lines, start=first_row)}


def _terms(rule: str, lines: Sequence[Mapping[Any, Any]], first_row: int) -> dict[int, list[tuple[int, int]]]:
    """Return by row of a total the signed rows that make it, where the layout has exactly one such total and all its lines."""
    rows: dict[str, list[int]] = {}
    for row, line in enumerate(lines, start=first_row):
        rows.setdefault(("" if line["total"] else "+") + str(line["mark"]).replace(" ", "-"), []).append(row)
    found = {}
    for total, recipe in CHECKS.get(rule, {}).items():
        places = rows.get(total.replace(" ", "-"), [])
        parts = [(1 - 2 * part.startswith("-"), rows.get(part.removeprefix("-"), [])) for part in recipe.split(" ")]
        if len(places) == 1 and all(cells for _, cells in parts):
            found[places[0]] = [(sign, cell) for sign, cells in parts for cell in cells]
    return found
