"""Letters as HTML: reminders and statements of account from templates that a team edits, in the customer's language (CO-20, RC-40).

Templates are files: `<folder>/<language>/dunning.html` and `statement.html`, which fill the blocks of `<folder>/frame.html`;
`letter.css` gives the look. They run in Jinja's sandbox, every text from outside is escaped, and a name that a template asks
for and nobody gives stops the run. A letter refers to nothing outside itself, so that it can be sent by e-mail as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from arwork.collect.standing import ACCOUNT, OWED
from arwork.collect.statements import MOVEMENTS
from arwork.errors import InputError
from arwork.money import Units
from arwork.pack.letters_threats import refuse_threats
from arwork.params import Ledger, Params
from arwork.show.markup import visible
from arwork.tables import empty

FALLBACK = "en"
"""Language of customers for whose language there are no templates; the letter says so to whoever approves it."""
_STYLE = {
    "de": (".", ",", "%d.%m.%Y"), "es": (".", ",", "%d/%m/%Y"), "el": (".", ",", "%d/%m/%Y"), "fr": ("\u00a0", ",", "%d/%m/%Y"),
    "pl": ("\u00a0", ",", "%d.%m.%Y"), "zh": (",", ".", "%Y-%m-%d"), "en": (",", ".", "%Y-%m-%d"),
}  # fmt: skip
"""By language, what stands between thousands, what before the decimals, and how a day is written."""


@dataclass(frozen=True)
class Letter:
    """One letter: its number, kind, whose it is, its language, and its body as HTML without head."""

    letter_id: str
    kind: str
    account: tuple[str, ...]
    name: str
    language: str
    body: str


class Templates:
    """The templates of a folder, ready to be filled."""

    def __init__(self, folder: Path) -> None:
        """Open the templates; InputError when the folder lacks the frame or the look, or when a template threatens (CO-98)."""
        for name in ("frame.html", "letter.css"):
            if not (folder / name).is_file():
                raise InputError(
                    f"{name} is missing", where=folder.as_posix(), cure="Copy the letters that come with arwork and edit them."
                )
        refuse_threats(folder)
        self.folder, self.css = folder, (folder / "letter.css").read_text(encoding="utf-8")
        self._jinja = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    def language(self, wanted: str, kind: str) -> str:
        """Return the language for which there is a template of this kind: the wanted one, else English."""
        plain = wanted if wanted.isalpha() else FALLBACK
        return plain if (self.folder / plain / f"{kind}.html").is_file() else FALLBACK

    def fill(self, language: str, kind: str, values: Mapping[str, Any]) -> str:
        """Fill a template; InputError names the template and what is wrong with it."""
        name = f"{language}/{kind}.html"
        try:
            return self._jinja.get_template(name).render(**values)
        except TemplateError as broken:
            raise InputError(f"cannot be filled: {broken}", where=(self.folder / name).as_posix(), cure="Correct the template.") from None


@dataclass(frozen=True)
class Written:
    """How a language writes money and days."""

    language: str
    units: Units

    def money(self, minor: int, currency: str) -> str:
        """Write minor units with the separators of the language."""
        thousands, decimal, _ = _STYLE.get(self.language, _STYLE[FALLBACK])
        plain = f"{self.units.decimal(int(minor), currency):,.{self.units.exponent(currency)}f}"
        return plain.translate({ord(","): thousands, ord("."): decimal, ord("-"): "\u2212"})

    def day(self, day: date | None) -> str:
        """Write a day as the language does."""
        return "" if day is None or pd.isna(day) else day.strftime(_STYLE.get(self.language, _STYLE[FALLBACK])[2])


def page(letters: list[Letter], css: str, title: str) -> str:
    """Return letters as one HTML document that refers to nothing outside itself; ready for e-mail when it holds one."""
    language = letters[0].language if letters else FALLBACK
    head = f'<meta charset="utf-8"><title>{_escaped(title)}</title><style>{css}</style>'
    return f'<!DOCTYPE html><html lang="{language}"><head>{head}</head><body>{"".join(one.body for one in letters)}</body></html>'


def _escaped(text: str) -> str:
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def reminders(tables: Mapping[str, pd.DataFrame], params: Params, templates: Templates) -> Iterator[Letter]:
    """Write the reminders that a run proposes, an account each (`dunning_letters` with outcome LETTER).

    Where `late_fees` recommends fees on the documents listed, the letter says what they have come to (CO-20); they are no part of its sum.
    """
    items = tables["dunning_items"].loc[lambda t: t["asked"] > 0].sort_values([*OWED, "due_date", "item_id"])
    listed = dict(iter(items.groupby(OWED, sort=False)))
    lines, companies = _addresses(tables["customer_profiles"]), _companies(params)
    fees = _fees(tables.get("late_fees", empty("late_fees")))
    for row in tables["dunning_letters"].loc[lambda t: t["outcome"] == "LETTER"].to_dict("records"):
        key = tuple(row[name] for name in OWED)
        language = templates.language(row["language"], "dunning")
        written = Written(language, params.units)

        def _money(minor: int, code: str = key[3], how: Written = written) -> str:
            return how.money(minor, code)

        total = f"{_money(row['amount'] + row['charge'])} {key[3]}"
        values = {
            **_head(row["letter_id"], row["name"], language, companies[key[:2]], lines.get(key[:3], ()), key[3]),
            "customer_id": key[2], "currency": key[3], "date": written.day(_day_of(row["letter_id"])), "level": int(row["level"]),
            "deadline": written.day(row["deadline"]), "total": total, "charge": _money(row["charge"]) if row["charge"] else "",
            "credits": f"{_money(row['credits'])} {key[3]}" if row["credits"] else "",
            "late_fees": f"{_money(due)} {key[3]}" if (due := sum(fees.get(item, 0) for item in listed[key]["item_id"])) else "",
            "left_out": f"{_money(row['left_out'])} {key[3]}" if row["left_out"] else "",
            "rows": [
                {
                    "reference": visible(one["reference"] or one["item_id"]), "date": written.day(one["doc_date"]),
                    "due": written.day(one["due_date"]), "days": int(one["days_late"]), "level": int(one["level"]), "amount": _money(one["asked"]),
                }
                for one in listed[key].to_dict("records")
            ],
        }  # fmt: skip
        yield Letter(row["letter_id"], "dunning", key, row["name"], language, templates.fill(language, "dunning", values))


def _fees(late_fees: pd.DataFrame) -> dict[str, int]:
    """Return by item what is recommended as its late-payment fee, in minor units of the item."""
    due = late_fees.loc[late_fees["outcome"] == "RECOMMEND", ["item_id", "fee"]]
    return {str(item): int(fee) for item, fee in due.itertuples(index=False, name=None)}


def _day_of(letter_id: str) -> date:
    return date.fromisoformat(f"{letter_id[-8:-4]}-{letter_id[-4:-2]}-{letter_id[-2:]}")


def statements(tables: Mapping[str, pd.DataFrame], items: pd.DataFrame, params: Params, templates: Templates) -> Iterator[Letter]:
    """Write the statements of account, a party each: one section for every company and currency, never netted (RC-40).

    `items` are the open items of `collect.statements.state`, with `open_doc`, `disputed` and `on_account`. What payments of this close settle stands
    beside the balance, because the ledger has not posted them (`ageing`).
    """
    listed = dict(iter(items.sort_values([*OWED, "due_date", "item_id"]).groupby(OWED, sort=False)))
    aged = tables["ageing"]
    received = aged[aged["basis"] == "DUE"].groupby(OWED)["about_to_clear"].sum().to_dict()
    lines, companies = _addresses(tables["customer_profiles"]), _companies(params)
    for party, rows in tables["account_statements"].groupby("party_id", sort=True):
        first = rows.iloc[0]
        language = templates.language(str(first["language"]), "statement")
        written = Written(language, params.units)
        parts = [_part(row, listed, received, companies, written) for row in rows.to_dict("records")]
        codes = set(rows["currency"])
        total = int(rows["closing"].sum())
        key = tuple(first[name] for name in OWED)
        letter_id = f"ST-{key[0]}-{key[1]}-{party}-{first['to_date']:%Y%m%d}"
        values = {
            **_head(letter_id, str(first["name"]), language, companies[key[:2]], lines.get(key[:3], ()), ""),
            "customer_id": key[2], "date": written.day(first["to_date"]), "from_date": written.day(first["from_date"]),
            "to_date": written.day(first["to_date"]), "parts": parts,
            "for_information": f"{written.money(total, key[3])} {key[3]}" if len(parts) > 1 and len(codes) == 1 else "",
        }  # fmt: skip
        yield Letter(letter_id, "statement", key, str(first["name"]), language, templates.fill(language, "statement", values))


def _part(
    row: Mapping[Any, Any], listed: Mapping[Any, pd.DataFrame], received: Mapping[Any, int], companies: Mapping[tuple[str, ...], Ledger], written: Written
) -> dict[str, Any]:  # fmt: skip
    key = tuple(row[name] for name in OWED)
    code, company = key[3], companies[key[:2]]
    always = ("opening", "invoices", "payments", "closing")
    figures = {
        name: written.money(row[name], code) if row[name] or name in always else ""
        for name in ("opening", *MOVEMENTS, "closing", "overdue", "disputed", "on_account")
    }
    rows = [
        {
            "reference": visible(one["reference"] or one["item_id"]), "date": written.day(one["doc_date"]), "due": written.day(one["due_date"]),
            "days": max((row["to_date"] - one["due_date"]).days, 0), "disputed": bool(one["disputed"]), "on_account": bool(one["on_account"]),
            "amount": written.money(one["open_doc"], code),
        }
        for one in listed.get(key, pd.DataFrame()).to_dict("records")
    ]  # fmt: skip
    paid = int(received.get(key, 0))
    figures["received"] = written.money(paid, code) if paid > 0 else ""
    return {**figures, "company": company.name, "customer_id": key[2], "currency": code, "accounts": _accounts(company, code), "rows": rows}


def _head(letter_id: str, name: str, language: str, company: Ledger, address: tuple[str, ...], currency: str) -> dict[str, Any]:
    sender = {
        "name": company.name, "address": list(company.sender.address), "contact": company.sender.contact, "accounts": _accounts(company, currency),
    }  # fmt: skip
    return {
        "letter_id": visible(letter_id), "name": visible(name), "language": language, "company": sender, "contact": company.sender.contact,
        "address": [visible(line) for line in address],
    }  # fmt: skip


def _accounts(company: Ledger, currency: str) -> list[dict[str, str]]:
    """Bank accounts in a currency; all of the company's where it has none in it."""
    own = [{"number": b.account, "currency": b.currency} for b in company.bank_accounts]
    return [account for account in own if account["currency"] == currency] or own


def _companies(params: Params) -> dict[tuple[str, ...], Ledger]:
    return {(entry.ledger, entry.company_code): entry for entry in params.ledgers}


def _addresses(profiles: pd.DataFrame) -> dict[tuple[str, ...], tuple[str, ...]]:
    rows = profiles[[*ACCOUNT, "address"]].itertuples(index=False, name=None)
    return {row[:3]: tuple(part.strip() for part in row[3].split("|") if part.strip()) for row in rows}


def lacking(params: Params) -> list[str]:
    """Say what letters of each company lack of what they must hold: an address, somebody to ask, a bank account (CO-20)."""
    said = []
    for entry in params.ledgers:
        wanted = (
            ("sender: address", entry.sender.address),
            ("sender: contact", entry.sender.contact),
            ("bank account", entry.bank_accounts),
        )
        missing = [name for name, value in wanted if not value]
        if missing:
            said.append(f"{entry.ledger}/{entry.company_code} {entry.name} has no {', no '.join(missing)}")
    return said
