"""Write the demo: the files that the systems of a made-up company deliver, and the params file of its close."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

from arwork.demo.books import Numbers, balances, number, with_receipts
from arwork.demo.camt import Sheet, camt053
from arwork.demo.collecting import kept
from arwork.demo.customer_statement import FILE, customer_statement
from arwork.demo.customers import ordinary as ordinary_customers
from arwork.demo.facts import HOUSE, HOUSES, SEED, statement_name, statement_spans
from arwork.demo.followups import followed_up
from arwork.demo.leasing import ordinary as ordinary_leasing
from arwork.demo.model import House, Payment, Planted, Story
from arwork.demo.mt940 import mt940
from arwork.demo.plain_files import (
    adjustment_rows,
    advice_rows,
    balance_rows,
    banks,
    cash_rows,
    contact_rows,
    dispute_rows,
    fin_customers,
    fin_items,
    journal_rows,
    planted_rows,
    promise_rows,
    rate_rows,
)
from arwork.demo.planted import planted
from arwork.demo.sap_files import listed, masters
from arwork.demo.settings import TABLES, params_text
from arwork.demo.trade import ordinary as ordinary_trade

CUSTOMERS, LESSEES = 400, 65
AGAIN = ("camt053_main_eur_2026-11.xml", "camt053_main_eur_2026-11_again.xml")
"""A statement, and the name under which the bank delivers it once more (EX-10)."""


def write(folder: Path, params_file: Path) -> None:
    """Write the source files into `folder`, and the params file unless one with other content is there.

    The same bytes each time: a seeded generator, no clock. Raises OSError when a folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = files()
    for name, data in sorted(made.items()):
        (folder / name).write_bytes(data)
    if not params_file.exists():
        params_file.parent.mkdir(parents=True, exist_ok=True)
        sources = Path(os.path.relpath(folder, params_file.parent)).as_posix()
        params_file.write_bytes(params_for(made, sources).encode())


def params_for(made: Mapping[str, bytes], sources: str) -> str:
    """Write the params file for these source files; `sources` is their folder as the params file sees it."""
    rows = {name: made[name].count(b"\n") - 1 for name in TABLES}
    rows["fbl5n_main.csv"] = sum(line.split(b";")[2].isdigit() for line in made["fbl5n_main.csv"].splitlines())
    return params_text(sources, rows)


def files() -> dict[str, bytes]:
    """Build every source file, by name."""
    story = told()
    numbers = number(story)
    texts = {payment.key: _text(payment, numbers) for payment in story.payments}
    made = {name: text.encode() for name, text in _lists(story, numbers, texts).items()}
    made["fbl5n_main.csv"] = listed((i for i in story.items if i.customer.ledger == "MAIN"), numbers).encode("cp1252")
    made["kna1_main.csv"] = masters(c for c in story.customers if c.ledger == "MAIN").encode("utf-8-sig")
    for house in HOUSES:
        made |= _statements(story, house, numbers, texts)
    made[FILE] = customer_statement(story, numbers).encode()
    made[AGAIN[1]] = made[AGAIN[0]].replace(b"<MsgId>", b"<MsgId>R", 1)
    return made


def told() -> Story:
    """Tell the whole story of the demo: planted cases first, ordinary business around them, clearing documents added."""
    random = Random(SEED)  # noqa: S311 (made-up business, no secret)
    known = planted(random)
    main = CUSTOMERS - LESSEES - len(known.customers)
    customers = ordinary_customers(random, main, LESSEES)
    trade = ordinary_trade(random, customers[:main])
    leasing = ordinary_leasing(random, customers[main:])
    story = known.plus(Story(customers=customers)).plus(trade).plus(leasing)
    return with_receipts(story.plus(followed_up(random, trade.items)))


def _lists(story: Story, numbers: Numbers, texts: Mapping[str, str]) -> dict[str, str]:
    fin = [i for i in story.items if i.customer.ledger == "FIN"]
    return {
        "items_fin.csv": fin_items(fin, numbers),
        "customers_fin.csv": fin_customers(c for c in story.customers if c.ledger == "FIN"),
        "customer_banks.csv": banks(story.customers),
        "remittance_advices.csv": advice_rows(story, numbers),
        "gl_balances.csv": balance_rows(balances(story)),
        "gl_lines.csv": journal_rows(story),
        "cash_book.csv": cash_rows(story.payments, numbers, texts),
        "promises.csv": promise_rows(story, numbers),
        "disputes.csv": dispute_rows(story, numbers),
        "contacts.csv": contact_rows(story, numbers),
        "adjustments.csv": adjustment_rows(story),
        "fx_rates.csv": rate_rows(),
        **kept(story, numbers),
        "planted.csv": planted_rows(_resolved(case, story, numbers) for case in story.planted),
    }


def _statements(story: Story, house: House, numbers: Numbers, texts: Mapping[str, str]) -> dict[str, bytes]:
    """Cut the lines of one account into statements whose balances chain."""
    lines = [p for p in story.payments if p.house == house.key and p.on_statement]
    lines.sort(key=lambda p: (p.booking, p.batch or numbers.bank[p.key], numbers.bank[p.key]))
    opening, made = house.opening, {}
    for n, (first, last) in enumerate(statement_spans(house.rhythm), start=1):
        inside = [
            (p, numbers.bank[p.key], texts[p.key], numbers.structured.get(p.structured, "")) for p in lines if first <= p.booking <= last
        ]
        closing = opening + sum(line[0].amount for line in inside)
        sheet = Sheet(house, n, first, last, opening, closing, inside)
        text = camt053(sheet, f"{house.bank[:8]}{last:%Y%m%d}{n:04d}") if house.form == "camt" else mt940(sheet)
        made[statement_name(house, f"{n:02d}")] = text.encode("utf-8" if house.form == "camt" else "ascii")
        opening = closing
    return made


def _text(payment: Payment, numbers: Numbers) -> str:
    """Put the numbers of the named items into the text, in the payer's style of writing them."""
    styles = {"plain": ("-", "-"), "spaced": ("-", " "), "squeezed": ("-", ""), "bare": ("INV-", "")}
    old, new = styles[payment.style]
    return payment.text.replace("{}", ", ".join(numbers.reference[key].replace(old, new) for key in payment.names))


def _resolved(case: Planted, story: Story, numbers: Numbers) -> Planted:
    """Name the file and the key by which a planted case is found."""
    kind, _, key = case.key.partition(":")
    if kind == "item":
        main = next(i for i in story.items if i.key == key).customer.ledger == "MAIN"
        return replace(case, key=numbers.reference[key], file="fbl5n_main.csv" if main else "items_fin.csv")
    if kind == "payment":
        payment = next(p for p in story.payments if p.key == key)
        if not payment.on_statement:
            return replace(case, key=numbers.cash[key], file="cash_book.csv")
        spans = list(statement_spans(HOUSE[payment.house].rhythm))
        place = next(n for n, (first, last) in enumerate(spans, start=1) if first <= payment.booking <= last)
        return replace(case, key=numbers.bank[key], file=statement_name(HOUSE[payment.house], f"{place:02d}"))
    return replace(case, file=case.file or case.key)
