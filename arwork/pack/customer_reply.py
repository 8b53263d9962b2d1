"""The reply to a customer whose statement was compared with our account: HTML by template, and plain text; outside text is escaped (RC-40)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arwork.money import Units
from arwork.pack.letters import Templates, Written, page
from arwork.pack.reply_words import TITLES, Words
from arwork.params import Ledger, Params
from arwork.reconcile.customer import Account, CustomerRecon
from arwork.reconcile.customer_class import Difference
from arwork.reconcile.customer_said import CLASSES, named
from arwork.show.markup import visible

_KIND = "reply"


def reply_values(recon: CustomerRecon, name: str, address: tuple[str, ...], params: Params, words: Words) -> dict[str, Any]:
    """Gather what the letter says: sender, address, and a section a company and currency with its differences by class."""
    written = words.written
    companies = {(entry.ledger, entry.company_code): entry for entry in params.ledgers}
    first = recon.accounts[0].section
    sender = companies[(first.ledger_id, first.company_code)]
    parts = [_part(account, companies[(account.section.ledger_id, account.section.company_code)], words) for account in recon.accounts]
    return {
        "letter_id": visible(f"RC-40-{recon.customer_id}-{recon.key_date:%Y%m%d}"), "name": visible(name or recon.customer_id),
        "language": words.language,
        "company": {"name": sender.name, "address": list(sender.sender.address), "contact": sender.sender.contact},
        "contact": sender.sender.contact, "address": [visible(line) for line in address], "customer_id": visible(recon.customer_id),
        "date": written.day(recon.key_date), "days": params.policy.customer_statement.answer_days, "parts": parts, "several": len(parts) > 1,
    }  # fmt: skip


def _part(account: Account, company: Ledger, words: Words) -> dict[str, Any]:
    code = account.section.currency
    accounts = [{"number": b.account, "currency": b.currency} for b in company.bank_accounts if b.currency == code]
    lines = [
        {"label": words.labels[line.mark], "amount": words.written.money(line.amount, code), "total": line.total}
        for line in account.sheet.lines if line.total or line.amount
    ]  # fmt: skip
    rows = [_row(one, account, words) for one in account.differences]
    groups = [{"title": words.titles[klass], "rows": [row for row in rows if row["class"] == klass]} for klass in TITLES]
    return {
        "company": company.name, "customer_id": visible(account.section.customer_id), "currency": code, "accounts": accounts, "lines": lines,
        "groups": [group for group in groups if group["rows"]],
    }  # fmt: skip


def _row(one: Difference, account: Account, words: Words) -> dict[str, str]:
    code, write = account.section.currency, words.written
    document = named(one.group) if one.group.ours or one.group.theirs else words.text["opening"]
    return {
        "class": one.klass, "document": visible(document), "letter": words.sentence(one, code),
        "ours": write.money(one.ours, code), "theirs": write.money(one.theirs, code), "difference": write.money(one.amount, code),
    }  # fmt: skip


def reply_html(values: Mapping[str, Any], templates: Templates) -> str:
    """Fill the template; the page refers to nothing outside itself."""
    language = str(values["language"])
    return page_of(templates.fill(language, _KIND, values), templates.css, str(values["letter_id"]), language)


def page_of(body: str, css: str, title: str, language: str) -> str:
    """Return a letter's body as a whole page in the look of all letters."""
    whole = page([], css, title).replace('<html lang="en">', f'<html lang="{language}">', 1)
    return whole.replace("<body></body>", f"<body>{body}</body>")


def reply_text(values: Mapping[str, Any], words: Words) -> str:
    """Write the same letter as plain text, for an e-mail."""
    company, text = values["company"], words.text
    said = [company["name"], *company["address"], "", values["name"], *values["address"], "", text["letter"].format_map(values)]
    said += [text["title"].format_map(values), "", text["thanks"]]
    if values["contact"]:
        said.append(text["answer"].format_map(values))
    for part in values["parts"]:
        said += ["", text["part"].format_map(part), ""]
        said += [f"{line['label']:<80}{line['amount']:>18}" for line in part["lines"]]
        for group in part["groups"]:
            said += ["", f"{group['title']}:"]
            told = (text["difference"].format(amount=row["difference"], currency=part["currency"]) for row in group["rows"])
            said += [f"- {row['letter']} ({gap})" for row, gap in zip(group["rows"], told, strict=True)]
        if not part["groups"]:
            said += ["", text["agree"]]
    if values["several"]:
        said += ["", text["several"]]
    return "\n".join([*said, "", text["end"], company["name"], *([company["contact"]] if company["contact"] else []), ""])


def printed(recon: CustomerRecon, units: Units) -> list[str]:
    """Write the layout of RC-40 as lines for a terminal, section by section, with the differences below, largest first."""
    shown = Written("en", units)
    said = []
    for account in recon.accounts:
        section, code = account.section, account.section.currency
        said.append(f"RC-40 ledger {section.ledger_id}, company {section.company_code}, customer {section.customer_id}, {code}")
        for line in account.sheet.lines:
            said.append(f"  {line.mark:<7}{line.label:<58}{line.rows or '':>6}{shown.money(line.amount, code):>18}")
        met = ", ".join(f"{count:,} by {how}" for how, count in sorted(account.met.items()))
        said.append(f"  {account.sheet.status}: {account.sheet.sentence}" + (f" Documents met: {met}." if met else ""))
        for one in sorted(account.differences, key=lambda d: (-abs(d.amount), d.sentence)):
            said.append(f"  {shown.money(one.amount, code):>16}  {CLASSES[one.klass]}: {one.sentence}")
            said.append(f"{'':>20}{one.owner}, by {one.act_by}: {one.action}")
        said.append("")
    return [visible(line) for line in [*said, *(f"note: {note}" for note in recon.notes)]]
