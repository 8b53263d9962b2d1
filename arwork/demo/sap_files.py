"""The exports of SAP: the line items of MAIN as a list, its customers as an extract of KNA1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from arwork.demo.books import Numbers, document_class, user
from arwork.demo.model import Customer, Item
from arwork.money import ISO

FBL5N = (
    "Company Code;Account;Document Number;Line item;Fiscal Year;Document Type;Document Date;Posting Date;Entry Date;Net due date;"
    "Terms of Payment;Disc. 1 due;Disc. % 1;Document currency;Amount in doc. curr.;Local Currency;Amount in local currency;Reference;"
    "Assignment;Purchase order no.;Text;Payment reference;Invoice reference;Clearing Document;Clearing date;G/L Account;Special G/L ind.;"
    "Payment Block;Dunning level;Reversed with;User name"
)
KNA1 = "KUNNR;NAME1;LAND1;WAERS;ZTERM;TOGRU;BUSAB;STATUS;NETTING;PARTY;PARENT;ALIAS"


def listed(items: Iterable[Item], numbers: Numbers) -> str:
    """Write the MAIN subledger as the SAP list does: totals after each account, the header again every thirty accounts."""
    rows = [FBL5N]
    ordered = sorted(items, key=lambda i: (i.customer.number, i.posting_date, numbers.document[i.key]))
    for n, (account, group) in enumerate(groupby(ordered, key=lambda i: i.customer.number)):
        if n and n % 30 == 0:
            rows.append(FBL5N)
        mine = list(group)
        rows += [";".join(_list_row(item, numbers)) for item in mine]
        if n % 3 == 0:
            rows += [_total("*", account.zfill(10), mine, currency) for currency in sorted({i.currency for i in mine})]
    rows += [_total("**", "", ordered, currency) for currency in sorted({i.currency for i in ordered})]
    return "\r\n".join(rows) + "\r\n"


def _list_row(item: Item, numbers: Numbers) -> list[str]:
    cleared = item.settled_on
    return [
        "1000",
        item.customer.number.zfill(10),
        numbers.document[item.key],
        "1",
        str(item.posting_date.year),
        document_class(item),
        _dotted(item.doc_date),
        _dotted(item.posting_date),
        _dotted(item.posting_date),
        _dotted(item.due_date),
        item.terms,
        _dotted(item.disc_date),
        item.disc_percent.replace(".", ","),
        item.currency,
        german(item.amount, item.currency),
        "EUR",
        german(item.local, "EUR"),
        numbers.reference[item.key],
        item.delivery,
        item.po,
        item.text,
        numbers.structured.get(item.key, ""),
        numbers.document.get(item.linked, ""),
        numbers.document[item.settlement] if item.settlement else "",
        _dotted(cleared),
        item.control or item.customer.control,
        item.special,
        item.block,
        str(item.dunning) if item.dunning else "",
        numbers.document.get(item.reversed_by, ""),
        user(item),
    ]


def _total(mark: str, account: str, items: Sequence[Item], currency: str) -> str:
    mine = [i for i in items if i.currency == currency]
    row = [""] * (FBL5N.count(";") + 1)
    row[0], row[1], row[13], row[15] = mark, account, currency, "EUR"
    row[14], row[16] = german(sum(i.amount for i in mine), currency), german(sum(i.local for i in mine), "EUR")
    return ";".join(row)


def german(minor: int, currency: str) -> str:
    """Write an amount as SAP lists do: `1.234,56-`; without decimals where the currency has none."""
    whole, _, cents = ISO.text(abs(minor), currency).partition(".")
    text = f"{int(whole):,}".replace(",", ".") + (f",{cents}" if cents else "")
    return text + ("-" if minor < 0 else "")


def _dotted(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def masters(customers: Iterable[Customer]) -> str:
    """Write the customer master of MAIN as an extract of KNA1 with the fields of the company's own."""
    rows = [KNA1]
    for c in sorted(customers, key=lambda c: c.number):
        netting = "X" if c.netting else ""
        cells = [
            c.number.zfill(10),
            c.name,
            c.country,
            c.currency,
            c.terms,
            c.group,
            c.collector,
            c.status,
            netting,
            c.party,
            c.parent,
            " | ".join(c.aliases),
        ]
        rows.append(";".join(cells))
    return "\r\n".join(rows) + "\r\n"
