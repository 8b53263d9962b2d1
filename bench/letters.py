"""A run of reminders at size: `python bench/letters.py OUT [NUMBER]` writes HTML, e-mails and PDF; seconds are of the processor.

Customers bear names in seven languages, Greek and Chinese among them, three to twelve documents each; the templates that ship are used.
"""

from __future__ import annotations

import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from arwork.collect.dunning import propose
from arwork.intake.shipped import shipped
from arwork.pack.letters import Templates, reminders
from arwork.pack.letters_mail import mails, recipients
from arwork.pack.letters_out import register_of, write_letters
from arwork.pack.letters_pdf import fonts, pdfs
from arwork.params import read_params
from arwork.policy import read_policy
from arwork.tables import TABLES, conform, empty

DAY = date(2026, 3, 31)
NAMES = {
    "en": "Abel & Sons Ltd", "de": "Käfer Söhne GmbH", "fr": "Société Générale d'Été", "es": "Muñoz e Hijos", "pl": "Łódzka Spółka Żółć",
    "el": "Αθηναϊκή Εμπορική", "zh": "北京科技有限公司",
}  # fmt: skip
_FILL = {"money": 0, "count": 0, "percent": 0, "flag": False}


def frame(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Fill rows up to a declared table."""
    required = {c.name: c.values[0] if c.values else _FILL.get(c.kind, "x") for c in TABLES[name].columns if c.required}
    return conform(name, pd.DataFrame([{**required, **row} for row in rows]))


def tables(number: int) -> dict[str, pd.DataFrame]:
    """Make so many customers with what letters need of them."""
    people: list[dict[str, object]] = []
    profiles: list[dict[str, object]] = []
    items: list[dict[str, object]] = []
    languages = sorted(NAMES)
    for who in range(number):
        key = {"ledger_id": "MAIN", "company_code": "1000", "customer_id": f"{who:06d}", "currency": "EUR"}
        language = languages[who % len(languages)]
        people.append({**key, "name": f"{NAMES[language]} {who}", "status": "ACTIVE"})
        more = {"language": language, "dunning_procedure": "STD4", "address": "Weg 1 | 12345 Ort", "email": f"ap{who}@customer.example"}
        profiles.append({**key, **more})
        for place in range(3 + who % 10):
            due, amount = DAY - timedelta(days=20 + place), 10_000 + 137 * who + place
            items.append({
                **key, "item_id": f"{who:06d}-{place}", "doc_no": f"{who}{place}", "reference": f"RE-{who}-{place}", "doc_type": "INV", "ref_item": "",
                "doc_date": due - timedelta(days=30), "posting_date": due - timedelta(days=30), "due_date": due, "local_currency": "EUR",
                "amount_doc": amount, "open_amount_doc": amount, "amount_local": amount, "open_amount_local": amount,
            })  # fmt: skip
    made = {
        "customers": frame("customers", people),
        "customer_profiles": frame("customer_profiles", profiles),
        "open_items": frame("open_items", items),
    }
    return {**made, **{name: empty(name) for name in ("letters_sent", "disputes", "promises", "receipts", "allocations")}}


def main(out: Path, number: int) -> None:
    """Propose, fill, print and write; say how many and how long."""
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    params = read_params(shipped("params", "demo.yaml").read_text(encoding="utf-8"), "demo.yaml", policy)
    books = tables(number)
    start = time.process_time()
    dunned = propose(books, params.policy, DAY, params.units)
    templates = Templates(shipped("params", "letters"))
    proposed = {**books, "dunning_letters": dunned.dunning_letters, "dunning_items": dunned.dunning_items}
    letters = list(reminders(proposed, params, templates))
    filled = time.process_time()
    to = recipients(books["customer_profiles"])
    sent = mails(letters, templates.css, to, params)
    mailed = time.process_time()
    register = register_of(letters, dunned.dunning_letters, dunned.dunning_items, params.units, to)
    printed = list(pdfs(letters, templates.css, fonts()))
    files = write_letters(out, letters, templates.css, printed, register, sent)
    done = time.process_time()
    print(f"{len(letters):,} letters, {files:,} files: {done - start:.1f} CPU s in all, proposal and HTML {filled - start:.1f}, "
          f"e-mails {mailed - filled:.1f}, PDF and writing {done - mailed:.1f}")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
