"""Words by which exports say in a cell what a document is, and whether money came in or went out, in the trade's languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process

from arwork.intake.word_lists import listed

DOCUMENT_TYPES: Mapping[str, tuple[str, ...]] = listed("""
INV: invoice | inv | in | rechnung | facture | factura | factuur | faktura | rv | dr | fakt | sales invoice | bill | ar invoice | re
INV: customer | customer invoice | si
CM: credit memo | credit note | credit | cm | cn | gutschrift | avoir | nota de crédito | creditnota | kreditnota | dg | gs | scn | crn
CM: sales credit note | sales credit | sc | kreditfaktura | creditfactuur
DM: debit memo | debit note | dm | dn | lastschrift | note de débit
RCPT: payment | receipt | pmt | pay | cash receipt | zahlung | zahlungseingang | paiement | règlement | pago | cobro | betaling | dz
RCPT: rct | cash | customer payment | sales receipt | za | sr | betalning | indbetaling
ADJ: adjustment | journal | journal entry | adj | korrektur | umbuchung | ab | sa | jrnl | gj | je | general journal
ONACC: on account | unapplied | prepayment | on-account | unapplied cash | akonto | à-conto | deposit
LPF: finance charge | late fee | interest | mahngebühr | verzugszinsen | fc
CB: chargeback | cb
REFUND: refund | erstattung | remboursement
""")
"""Our document type, to the words and codes by which ledgers name it."""

TOTALS = re.compile(r"(?i)(grand |sub)?(total|summe|gesamt|saldo|solde|sum|totaal|totale)")
"""How a row begins that adds others up."""
AGES = re.compile(
    r"(?i)\b(days?|due|current|months?|older|tage|monate?|fällig|jours|mois|échu|dagen)\b|^[<>]? ?[0-9]+( ?[-–] ?[0-9]+|\+)?$"
)
"""What heads the rows of one age in a list of open items, and is nobody's name."""
PLUS_MARKS = ("c", "cr", "credit", "h", "haben", "bij", "in", "eingang", "+", "crdt", "k", "kredit", "crédit", "abono", "gutschrift")
"""What a bank writes beside money that came in."""
MINUS_MARKS = ("d", "dr", "debit", "s", "soll", "af", "out", "ausgang", "-", "dbit", "débit", "cargo", "debet", "lastschrift")
"""What a bank writes beside money that went out."""


def meaning(value: str, name: str, allowed: Iterable[str]) -> str:
    """Guess which of our values a word of theirs means in one of our columns; "" when nothing is like it."""
    folded = value.casefold().strip()
    if value.upper() in allowed:
        return value.upper()
    if name == "doc_type":
        for ours, words in DOCUMENT_TYPES.items():
            if folded in words:
                return ours
        words_of_types = {word: ours for ours, words in DOCUMENT_TYPES.items() for word in words if len(word) > 3}
        near = process.extractOne(folded, list(words_of_types), scorer=fuzz.ratio, score_cutoff=80)
        return words_of_types[near[0]] if near else ""
    near = process.extractOne(value.upper(), list(allowed), score_cutoff=60)
    return str(near[0]) if near else ""
