"""The reply to a customer whose statement was compared with our account: HTML by template, and plain text; outside text is escaped (RC-40)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from arwork.money import Units
from arwork.pack.letters import Templates, Written, page
from arwork.params import Ledger, Params
from arwork.reconcile.customer import Account, CustomerRecon
from arwork.reconcile.customer_said import CLASSES
from arwork.show.markup import visible

_KIND = "reply"
_TITLES: Mapping[str, str] = {
    "MISSING_AT_THEIRS": "Not on your statement", "ERROR_THEIRS": "Please correct in your books", "MISSING_AT_OURS": "Not known to us",
    "DISPUTE": "In dispute", "ERROR_OURS": "We correct in our books", "TIMING": "Will clear by itself", "OPEN": "To be explained",
}  # fmt: skip
_LABELS: Mapping[str, str] = {
    "a": "Balance in our books", "ours": "Items not on your statement", "paid": "Payments and deductions booked by you, not by us",
    "theirs": "Items on your statement only, and credits you have not booked", "amount": "Amount differences on common documents",
    "t": "Balance in your books, computed", "s": "Balance on your statement", "E": "Not explained",
}  # fmt: skip


def reply_values(recon: CustomerRecon, name: str, address: tuple[str, ...], params: Params) -> dict[str, Any]:
    """Gather what the letter says: sender, address, and a section a company and currency with its differences by class."""
    written = Written("en", params.units)
    companies = {(entry.ledger, entry.company_code): entry for entry in params.ledgers}
    first = recon.accounts[0].section
    sender = companies[(first.ledger_id, first.company_code)]
    parts = [_part(account, companies[(account.section.ledger_id, account.section.company_code)], written) for account in recon.accounts]
    return {
        "letter_id": visible(f"RC-40-{recon.customer_id}-{recon.key_date:%Y%m%d}"), "name": visible(name or recon.customer_id), "language": "en",
        "company": {"name": sender.name, "address": list(sender.sender.address), "contact": sender.sender.contact},
        "contact": sender.sender.contact, "address": [visible(line) for line in address], "customer_id": visible(recon.customer_id),
        "date": written.day(recon.key_date), "days": params.policy.customer_statement.answer_days, "parts": parts, "several": len(parts) > 1,
    }  # fmt: skip


def _part(account: Account, company: Ledger, written: Written) -> dict[str, Any]:
    code = account.section.currency
    accounts = [{"number": b.account, "currency": b.currency} for b in company.bank_accounts if b.currency == code]
    lines = [
        {"label": _LABELS[line.mark], "amount": written.money(line.amount, code), "total": line.total}
        for line in account.sheet.lines if line.total or line.amount
    ]  # fmt: skip
    rows = [_row(one, code, written) for one in _told(account)]
    groups = [{"title": title, "rows": [row for row in rows if row["class"] == klass]} for klass, title in _TITLES.items()]
    return {
        "company": company.name, "customer_id": visible(account.section.customer_id), "currency": code, "accounts": accounts, "lines": lines,
        "groups": [group for group in groups if group["rows"]],
    }  # fmt: skip


def _told(account: Account) -> Sequence[Mapping[Any, Any]]:
    table = CustomerRecon("", account.section.key_date, (account,), ()).table()
    found: Sequence[Mapping[Any, Any]] = table.to_dict("records")
    return found


def _row(one: Mapping[Any, Any], code: str, written: Written) -> dict[str, str]:
    return {
        "class": str(one["class"]), "document": visible(str(one["document"] or one["their_no"])),
        "date": "" if pd.isna(one["date"]) else written.day(one["date"]), "letter": visible(str(one["letter"])),
        "ours": written.money(one["ours"], code), "theirs": written.money(one["theirs"], code),
        "difference": written.money(one["difference"], code),
    }  # fmt: skip


def reply_html(values: Mapping[str, Any], templates: Templates) -> str:
    """Fill the template; the page refers to nothing outside itself."""
    return page_of(templates.fill("en", _KIND, values), templates.css, str(values["letter_id"]))


def page_of(body: str, css: str, title: str) -> str:
    """Return a letter's body as a whole page in the look of all letters."""
    return page([], css, title).replace("<body></body>", f"<body>{body}</body>")


def reply_text(values: Mapping[str, Any]) -> str:
    """Write the same letter as plain text, for an e-mail."""
    company = values["company"]
    said = [company["name"], *company["address"], "", values["name"], *values["address"], "", f"Letter {values['letter_id']}"]
    said += [f"Reconciliation of your account {values['customer_id']} at {values['date']}", ""]
    said.append("Thank you for the statement of our account in your books. We compared it with ours, document by document.")
    if values["contact"]:
        said.append(f"Please answer within {values['days']} days: {values['contact']}.")
    for part in values["parts"]:
        said += ["", f"{part['company']}, account {part['customer_id']}, {part['currency']}", ""]
        said += [f"{line['label']:<64}{line['amount']:>18}" for line in part["lines"]]
        for group in part["groups"]:
            said += ["", f"{group['title']}:"]
            said += [f"- {row['letter']} (difference {row['difference']} {part['currency']})" for row in group["rows"]]
        if not part["groups"]:
            said += ["", "Both accounts agree."]
    if values["several"]:
        said += ["", "Each company is a creditor of its own, and each currency stands by itself; nothing is set off between them."]
    return "\n".join([*said, "", "Yours sincerely", company["name"], *([company["contact"]] if company["contact"] else []), ""])


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
