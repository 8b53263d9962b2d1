"""The params file of the demo close."""

from __future__ import annotations

from collections.abc import Mapping

from arwork.demo.customer_statement import FILE as STATEMENT
from arwork.demo.facts import COMPANIES, CONTROLS, HOUSES, KEY_DATE, MARCH, statement_name
from arwork.money import ISO

TABLES = {
    "fbl5n_main.csv": "reads: open_items, layout: sap_fbl5n, ledger: MAIN, company_code: 1000",
    "items_fin.csv": "reads: open_items, layout: plain",
    "kna1_main.csv": "reads: customers, layout: sap_kna1, ledger: MAIN, company_code: 1000",
    "customers_fin.csv": "reads: customers, layout: plain",
    "customer_banks.csv": "reads: customer_banks, layout: plain",
    "remittance_advices.csv": "reads: remittance, layout: plain",
    "gl_balances.csv": "reads: gl_balances, layout: plain",
    "gl_lines.csv": "reads: gl_lines, layout: plain",
    "cash_book.csv": "reads: cash_book, layout: plain",
    "promises.csv": "reads: promises, layout: plain",
    "disputes.csv": "reads: disputes, layout: plain",
    "contacts.csv": "reads: contacts, layout: plain",
    "adjustments.csv": "reads: adjustment_register, layout: plain",
    "fx_rates.csv": "reads: fx_rates, layout: plain",
    "customer_profiles.csv": "reads: customer_profiles, layout: plain",
    "letters_sent.csv": "reads: letters_sent, layout: plain",
    "cheques.csv": "reads: cheques, layout: plain",
    "credit_requests.csv": "reads: credit_requests, layout: plain",
    "statement_requests.csv": "reads: statement_requests, layout: plain",
    "credit_insurance.csv": "reads: credit_insurance, layout: plain",
    "legal_params.csv": "reads: legal_params, layout: plain",
}
"""Every source file that is no bank statement, and how it is read."""
THEIRS = "reads: their_items, customer: 900162"
"""How the customer's own statement is read (RC-40): by its headings; the balance that it states shows that it is whole."""
_POLICY = (
    "policy:",
    "  lpf:",
    "    regime_by_country: {DE: DE, AT: EU, BE: EU, FR: EU, NL: EU, GB: GB}",
    "  provision:",
    "    rates: {STD: [0.30, 1.60, 3.60, 6.60, 10.60]}",
)
_SENDERS = {
    "MAIN": '{address: [Kaistraße 12, 20459 Hamburg], contact: "Debitorenbuchhaltung, +49 40 555 0142, ar@nordlicht.example"}',
    "FIN": '{address: [Kaistraße 14, 20459 Hamburg], contact: "Leasing-Buchhaltung, +49 40 555 0177, leasing@nordlicht.example"}',
}
"""Whom a letter comes from, by ledger."""


def params_text(sources: str, rows: Mapping[str, int]) -> str:
    """Write the params of the close.

    `sources` is the path of the source files as the params file sees it; `rows` the number of data rows of each table, which the
    params state so that a cut file is noticed (LD-10).
    """
    lines = [
        "# The close of a made-up company: Nordlicht Handel, March 2026. `arwork demo` writes its source files.",
        "close: demo",
        f"as_of: {KEY_DATE}",
        f"period_from: {MARCH}",
        "first_period: true",
        "ledgers:",
    ]
    for (ledger, company), name in COMPANIES.items():
        lines += _ledger(ledger, company, name)
    lines += ["sources:"]
    lines += [f"  - {{file: {sources}/{statement_name(house, '*')}, reads: bank}}" for house in HOUSES]
    lines += [f"  - {{file: {sources}/{name}, {what}, control_rows: {rows[name]}}}" for name, what in TABLES.items()]
    lines += [f"  - {{file: {sources}/{STATEMENT}, {THEIRS}}}"]
    return "\n".join([*lines, *_POLICY]) + "\n"


def _ledger(ledger: str, company: str, name: str) -> list[str]:
    lines = [
        f"  - ledger: {ledger}",
        f"    company_code: {company}",
        f"    name: {name}",
        "    currency: EUR",
        "    country: DE",
        f"    control_accounts: [{', '.join(CONTROLS[ledger, company])}]",
        f"    sender: {_SENDERS[ledger]}",
        "    recognition_policy: SETTLEMENT",
        "    bank_accounts:",
    ]
    for house in (h for h in HOUSES if h.ledger == ledger):
        opening = ISO.text(house.opening, house.currency)
        fields = f"currency: {house.currency}, gl_account: {house.gl_account}, country: DE, opening: {opening}"
        lines.append(f"      - {{account: {house.account}, {fields}}}")
    return lines
