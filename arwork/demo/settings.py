"""The params file of the demo close."""

from __future__ import annotations

from arwork.demo.facts import COMPANIES, CONTROLS, HOUSES, KEY_DATE, MARCH, statement_name
from arwork.money import ISO

LIST_LAYOUT, MASTER_LAYOUT = "sap_fbl5n", "sap_kna1"
"""Layouts of the two SAP exports, by their name in params/layouts."""
_TABLES = {
    "customer_banks.csv": "customer_banks",
    "remittance_advices.csv": "remittance",
    "gl_balances.csv": "gl_balances",
    "gl_lines.csv": "gl_lines",
    "cash_book.csv": "cash_book",
    "promises.csv": "promises",
    "disputes.csv": "disputes",
    "fx_rates.csv": "fx_rates",
}


def params_text(sources: str) -> str:
    """Write the params of the close; `sources` is the path of the source files as the params file sees it."""
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
    lines += [
        "sources:",
        f"  - {{file: {sources}/fbl5n_main.csv, reads: open_items, layout: {LIST_LAYOUT}, ledger: MAIN, company_code: 1000}}",
        f"  - {{file: {sources}/items_fin.csv, reads: open_items, layout: plain}}",
        f"  - {{file: {sources}/kna1_main.csv, reads: customers, layout: {MASTER_LAYOUT}, ledger: MAIN, company_code: 1000}}",
        f"  - {{file: {sources}/customers_fin.csv, reads: customers, layout: plain}}",
    ]
    lines += [f"  - {{file: {sources}/{statement_name(house, '*')}, reads: bank}}" for house in HOUSES]
    lines += [f"  - {{file: {sources}/{name}, reads: {reads}, layout: plain}}" for name, reads in _TABLES.items()]
    return "\n".join(lines) + "\n"


def _ledger(ledger: str, company: str, name: str) -> list[str]:
    lines = [
        f"  - ledger: {ledger}",
        f"    company_code: {company}",
        f"    name: {name}",
        "    currency: EUR",
        "    country: DE",
        f"    control_accounts: [{', '.join(CONTROLS[ledger, company])}]",
        "    recognition_policy: SETTLEMENT",
        "    bank_accounts:",
    ]
    for house in (h for h in HOUSES if h.ledger == ledger):
        opening = ISO.text(house.opening, house.currency)
        fields = f"currency: {house.currency}, gl_account: {house.gl_account}, country: DE, opening: {opening}"
        lines.append(f"      - {{account: {house.account}, {fields}}}")
    return lines
