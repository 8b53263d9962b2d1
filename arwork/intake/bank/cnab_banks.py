"""What differs between the Brazilian banks in their CNAB 400 return files: where fields stand and what occurrences mean.

Common to all of them: occurrence 109-110, its day 111-116, document number 117-126, title value 153-165, amount paid
254-266, sequence number 395-400. The table below names what each bank places elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

Span = tuple[int, int]
"""First and last position of a field, counted from 1; (0, 0) where a bank has no such field."""


@dataclass(frozen=True)
class Bank:
    """One bank's layout: our account (in the header or the first detail), references, credit day, payer, occurrences.

    `paid` moves money in, `back` takes it back; `cheque` moves money only once the record states a credit day;
    `known` moves none. `trailer` names the figures of the trailer that the bank defines.
    """

    code: str
    name: str
    in_header: bool
    account: tuple[Span, ...]
    title: Span
    own: Span
    credit: Span
    payer: Span
    paid: frozenset[str]
    cheque: frozenset[str]
    back: frozenset[str]
    known: frozenset[str]
    trailer: str
    occurrence: Span = (109, 110)
    day: Span = (111, 116)
    document: Span = (117, 126)
    due: Span = (147, 152)
    value: Span = (153, 165)
    amount: Span = (254, 266)


_BLOCK = """
001 Banco do Brasil; H 27-30 32-40; 64-80; 39-63; 176-181; -; 05-08 15; -; -; 02 03 09-14 16-44 46 72 73 85 86 96-98; -
004 Banco do Nordeste; H 27-30 33-40; 63-70; 38-62; 296-301; -; 06-08; -; -; 02-04 09-22 51-72; -
033 Santander; H 27-30 39-46; 63-70; 38-62; 296-301; -; 06-08 17; 16; -; 01-03 09-15 18-36; -
041 Banrisul; H 27-30 31-39; 63-72; 38-62; 296-301; -; 06-08 15; 04; -; 02 03 09-14 16-26 30-34 40-47 68 69; -
077 Inter; D 24-27 28-37; 71-81; 38-62; 173-178; -; 06; -; -; 02-05 07-32; bradesco
104 Caixa; H 27-30 31-36; 57-73; 32-56; 294-299; -; 21 22; -; 33; 01-20 23-32 34 35 99; -
136 Unicred; D 18-22 23-31; 46-62; 280-305; -; -; 06 07 01; 09; -; 02-05 08 10-14; -
237 Bradesco; D 25-29 30-37; 71-82; 38-62; 296-301; -; 06 15 17; 16; 22 40; 02 03 09-14 18-21 23-39 55 68 69 73 74; bradesco
336 C6; H 27-38; 63-73; 38-62; 296-301; -; 06-08 75; -; 69; 02-05 09-23 32-37 71-74 90-99; -
341 Itau; H 27-30 33-38; 86-94; 38-62; 296-301; 325-354; 06-08; 10 59 72 76; -; 02-05 09 11-58 60-65 69 71 73-75 77-94; itau
399 HSBC; H 28-31 38-44; 63-73; 38-62; -; -; 06 07 15 16 31-33 36 38 39; -; -; 02 03 09-14 17-27 37 49 51 52 69-74; -
422 Safra; H 27-31 32-40; 63-71; 38-62; 296-301; -; 06-08 15; 16 17; -; 02-05 09-14 18-60; -
435 Delbank; D 25-29 30-37; 63-73; 38-62; 386-391; -; 06 08; 10; -; 01-03 05 09 12-28 40 43 96-99; -
712 Ourinvest; D 25-29 30-37; 71-82; 38-62; 296-301; -; 06 15 17; 16; -; 00 02 03 09-14 18-35; -
748 Sicredi; H 27-31; 48-62; -; 329-336; -; 06 15 17; 16; -; 02 03 09-14 18-36; -
756 Sicoob; H 27-30 32-40; 63-73; 38-62; 176-181; -; 05 06 15; -; -; 02 03 09-14 18-48; -
"""


def _span(text: str) -> Span:
    first, _, last = text.strip("- ").partition("-")
    return (int(first), int(last or first)) if first else (0, 0)


def _codes(text: str) -> frozenset[str]:
    """Read `02 05-07` as the set of its two-digit codes."""
    found: set[str] = set()
    for word in text.strip("- ").split():
        first, last = _span(word)
        found.update(f"{code:02d}" for code in range(first, last + 1))
    return frozenset(found)


def _read(block: str) -> Mapping[str, Bank]:
    """Read a bank a line: name; account; title; own reference; credit day; payer; paid; cheque; back; known; trailer."""
    banks = {}
    for line in filter(str.strip, block.splitlines()):
        name, account, title, own, credit, payer, paid, cheque, back, known, trailer = (part.strip() for part in line.split(";"))
        where, *spans = account.split()
        banks[name[:3]] = Bank(
            name[:3], name[4:], where == "H", tuple(map(_span, spans)), _span(title), _span(own), _span(credit), _span(payer),
            _codes(paid), _codes(cheque), _codes(back), _codes(known), trailer.strip("-"),
        )  # fmt: skip
    banks["077"] = replace(
        banks["077"], occurrence=(90, 91), day=(92, 97), document=(98, 107), due=(119, 124), value=(125, 137), amount=(160, 172)
    )
    return banks


BANKS: Mapping[str, Bank] = _read(_BLOCK)
"""The banks whose CNAB 400 return arwork knows, by their three-digit code; the Caixa numbers its occurrences in its own way."""
