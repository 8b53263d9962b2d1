"""What payers write into a payment, in nine languages, and what banks make of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from world_numbers import damaged


@dataclass(frozen=True)
class Tongue:
    """Words of one language: before numbers, alone, for ranges, orders, customers, on account, and how an amount is written."""

    one: tuple[str, ...]
    alone: tuple[str, ...]
    until: tuple[str, ...]
    order: tuple[str, ...]
    customer: tuple[str, ...]
    account: tuple[str, ...]
    day: str
    point: bool


def _tongue(one: str, alone: str, until: str, order: str, customer: str, account: str, day: str, point: bool = False) -> Tongue:
    split = [tuple(part.split("|")) for part in (one, alone, until, order, customer, account)]
    return Tongue(*split, day, point)


TONGUES = {
    "pl": _tongue("FAKTURA|FAKTURY|FV|ZA FAKT.|NR FAKT|ZAPŁATA ZA FAKTURĘ|DOT. FV|", "PRZELEW|ZAPŁATA|ZGODNIE Z UMOWĄ|ROZLICZENIE",
                  "DO|-", "NR ZAM.|ZAMÓWIENIE",
                  "NR KLIENTA|KLIENT", "ZALICZKA|NA POCZET", "%d.%m.%Y"),
    "it": _tongue("FATTURA|FATTURE|FATT.|FT|SALDO FATTURA|PAGAMENTO FT|N.|", "BONIFICO|SALDO|PAGAMENTO|COME DA ACCORDI", "AL|-|A",
                  "ORDINE|ORD.", "COD. CLIENTE|CLI",
                  "ACCONTO|IN CONTO", "%d/%m/%Y"),
    "es": _tongue("FACTURA|FACTURAS|FRA.|FRAS|PAGO FACTURA|S/FRA|", "TRANSFERENCIA|PAGO|LIQUIDACION|SEGUN CONVENIO", "AL|-|A",
                  "PEDIDO|N PEDIDO", "CLIENTE|COD CLI",
                  "A CUENTA|ANTICIPO", "%d/%m/%y"),
    "nl": _tongue("FACTUUR|FACTUREN|FACT.NR.|FACTNR|BETALING FACTUUR|UW FACTUUR|",
                  "BETALING|OVERBOEKING|VOLGENS AFSPRAAK|VERZAMELBETALING", "T/M|TM|-", "ORDER|BESTELNR",
                  "KLANTNR|DEBITEURNR", "VOORSCHOT|AANBETALING", "%d-%m-%Y"),
    "sv": _tongue("FAKTURA|FAKTURANR|FAKT|BETALNING FAKTURA|FAK|", "BETALNING|INBETALNING|OVERFORING|ENL. ÖVERENSKOMMELSE",
                  "TILL|T.O.M.|-", "ORDER|BEST.NR", "KUNDNR|KUND",
                  "A CONTO|FÖRSKOTT", "%Y-%m-%d"),
    "fr": _tongue("FACTURE|FACTURES|FACT|FAC|REGLEMENT FACTURE|VOTRE FACTURE|", "VIREMENT|REGLEMENT|PAIEMENT FOURNISSEUR|SELON ACCORD",
                  "AU|A|-", "COMMANDE|CDE", "CLIENT|N CLIENT",
                  "ACOMPTE|AVANCE", "%d/%m/%Y"),
    "cs": _tongue("FAKTURA|FAKTURY|FA|FAKT. C.|UHRADA FAKTURY|", "PLATBA|UHRADA|DLE DOHODY|PREVOD", "AZ|DO|-", "OBJ.|OBJEDNAVKA",
                  "C. ZAKAZNIKA|ZAKAZNIK", "ZALOHA|NA UCET", "%d.%m.%Y"),
    "de": _tongue("RECHNUNG|RECHNUNGEN|RE-NR.|RGNR|ZAHLUNG ZU RE|BELEG|", "SAMMELZAHLUNG|ZAHLUNG|LT. VEREINBARUNG|GUTSCHRIFT", "BIS|-",
                  "BEST.NR.|AUFTRAG", "KDNR|KUNDENNR.",
                  "AKONTO|ABSCHLAG", "%d.%m.%Y"),
    "en": _tongue("INVOICE|INVOICES|INVS|INV NO|PMT OF INV|YR INVOICE|", "PAYMENT|BACS CREDIT|STATEMENT SETTLEMENT|AS PER AGREEMENT",
                  "TO|THRU|-", "PO|ORDER NO", "ACCT|CUSTOMER NO",
                  "ON ACCOUNT|DEPOSIT", "%d/%m/%Y", True),
}  # fmt: skip
BOILER = (
    "PRZELEW PRZYCHODZACY", "INSÄTTNING BG 512-4471", "BONIFICO A VOSTRO FAVORE", "TRANSFERENCIA RECIBIDA DE", "SEPA OVERBOEKING", "VIR SEPA RECU",
    "GUTSCHRIFT UEBERWEISUNG", "PRICHOZI UHRADA", "FASTER PAYMENT RECEIVED", "OVERFORT FRA KONTO",
)  # fmt: skip
_BETWEEN = (", ", " ", "; ", " + ", " / ", ",", "\n", " OG ", " Y ", " E ", " EN ", " I ", " - ")


@dataclass(frozen=True)
class Dirt:
    """How dirty the texts of a world are: shares between 0 and 1."""

    none: float
    hurt: float
    twice: float
    short_list: float
    range: float
    noise: float
    broken: float
    cut: float
    tagged: float


@dataclass(frozen=True)
class Named:
    """An invoice in a memo: its number, its house, its place in the house's sequence, and whether numbers there count up."""

    number: str
    house: int
    seq: int
    counts: bool


def money(rnd: Random, tongue: Tongue, amount: int, currency: str) -> str:
    """Write an amount as people of a language do."""
    whole, cents = divmod(amount, 100)
    grouped = f"{whole:,}".replace(",", "," if tongue.point else rnd.choice((".", " ", "")))
    figure = f"{grouped}{'.' if tongue.point else ','}{cents:02d}"
    return f"{currency} {figure}" if rnd.random() < 0.5 else f"{figure} {currency}"


def noise(rnd: Random, tongue: Tongue, customer: str, amount: int, currency: str, day: date) -> str:
    """Return words that are no invoice number."""
    kind = rnd.randrange(9)
    if kind == 0:
        return f"{rnd.choice(tongue.order)} {rnd.choice(('45', '7', 'B-', 'ZS/', 'OC'))}{rnd.randint(10_000, 9_999_999)}"
    if kind == 1:
        return f"{rnd.choice(tongue.customer)} {customer if rnd.random() < 0.6 else rnd.randint(10_000, 99_999)}"
    if kind == 2:
        return f"TEL {rnd.choice(('+48', '+46', '+39', '0031', '+34'))} {rnd.randint(20, 99)} {rnd.randint(100, 999)} {rnd.randint(10, 99)} {rnd.randint(10, 99)}"
    if kind == 3:
        return (day - timedelta(days=rnd.randint(0, 60))).strftime(tongue.day)
    if kind == 4:
        return f"{rnd.choice(('PL', 'IT', 'SE', 'DE', 'ESB', 'CZ', 'NL'))}{rnd.randint(10**9, 10**11)}"
    if kind == 5:
        return money(rnd, tongue, amount if rnd.random() < 0.5 else rnd.randint(1_000, 9_999_999), currency)
    if kind == 6:
        return f"{rnd.choice(('MSGID', 'REF', 'TRN', 'OCR'))} {rnd.randint(10**7, 10**12)}"
    if kind == 7:
        return rnd.choice(BOILER)
    return f"{rnd.choice(('01', '02', '03'))}-{rnd.choice(('2026', '26'))}"


def _written(named: Named, dirt: Dirt, rnd: Random) -> str:
    number = named.number
    if rnd.random() < dirt.hurt:
        number, _ = damaged(number, rnd)
        if rnd.random() < dirt.twice:
            number, _ = damaged(number, rnd)
    return number.lower() if rnd.random() < 0.03 else number


def _tail(number: str, digits: int) -> str:
    body = re.findall(r"[0-9]+", number)[-1]
    return body[-digits:] if len(body) > digits else body


def _runs(invoices: list[Named]) -> list[list[Named]]:
    """Group invoices into runs of one house whose numbers follow each other."""
    runs: list[list[Named]] = []
    for named in sorted(invoices, key=lambda n: (n.house, n.seq, n.number)):
        if (
            runs
            and named.counts
            and runs[-1][-1].house == named.house
            and named.seq == runs[-1][-1].seq + 1
            and named.number != runs[-1][-1].number
        ):
            runs[-1].append(named)
        else:
            runs.append([named])
    return runs


def memo(invoices: list[Named], tongue: Tongue, dirt: Dirt, about: tuple[str, int, str, date], rnd: Random) -> tuple[str, str]:
    """Write the memo of a payment for these invoices, and name its style: none, refs, range or shortlist."""
    if not invoices or rnd.random() < dirt.none:
        text, style = rnd.choice(tongue.alone), "none"
    else:
        text, style = _numbers(invoices, tongue, dirt, rnd)
    for _ in range(3):
        if rnd.random() < dirt.noise:
            more = noise(rnd, tongue, *about)
            text = f"{more} {text}" if rnd.random() < 0.4 else f"{text} {more}"
    return _through_bank(text, dirt, rnd), style


def _numbers(invoices: list[Named], tongue: Tongue, dirt: Dirt, rnd: Random) -> tuple[str, str]:
    between, lead = rnd.choice(_BETWEEN), rnd.choice(tongue.one)
    runs = _runs(invoices)
    same = len({n.house for n in invoices}) == 1
    if any(len(run) >= 3 for run in runs) and rnd.random() < dirt.range:
        pieces = []
        for run in runs:
            if len(run) < 3:
                pieces += [_written(n, dirt, rnd) for n in run]
                continue
            first, last = run[0].number, run[-1].number
            if rnd.random() < 0.6:
                last = _tail(last, rnd.choice((2, 3, 4, 6)))
            pieces.append(f"{first} {rnd.choice(tongue.until)} {last}" if rnd.random() < 0.8 else f"{first}-{last}")
        style = "range"
    elif len(invoices) > 1 and same and rnd.random() < dirt.short_list:
        digits, between = rnd.choice((3, 4)), rnd.choice(("/", "/", ",", "+", " "))
        pieces = [_written(invoices[0], dirt, rnd), *(_tail(n.number, digits) for n in invoices[1:])]
        style = "shortlist"
    else:
        pieces, style = [_written(n, dirt, rnd) for n in invoices], "refs"
    return f"{lead} {between.join(pieces)}".strip(), style


def _through_bank(text: str, dirt: Dirt, rnd: Random) -> str:
    """Put the text through a bank: tags, lines broken inside words, and an end at 35 or 140 characters."""
    if rnd.random() < dirt.tagged:
        tags = f"EREF+{rnd.choice(('NOTPROVIDED', rnd.randint(10**8, 10**11)))} "
        tags += f"KREF+{rnd.randint(10**8, 10**10)} " if rnd.random() < 0.4 else ""
        tags += f"MREF+{rnd.randint(10**5, 10**8)} " if rnd.random() < 0.1 else ""
        text = f"{tags}SVWZ+{text}"
    if rnd.random() < dirt.broken:
        width, end = rnd.choice((27, 35)), rnd.choice(("\n", "\n", " "))
        text = end.join(text[at : at + width] for at in range(0, len(text), width))
    if rnd.random() < dirt.cut:
        text = text[: rnd.choice((35, 140, 140, 140))]
    return text
