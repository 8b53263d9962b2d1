"""A tiny company: three invoices, one statement with two receipts, and the balances that tie. Files as text, easy to damage."""

from __future__ import annotations

import random
from pathlib import Path

PARAMS = """close: tiny
as_of: 2026-03-31
first_period: true
ledgers:
  - ledger: MAIN
    company_code: 1000
    name: Tiny AG
    currency: EUR
    country: DE
    control_accounts: [1400]
    bank_accounts:
      - {account: DE02120300000000202051, currency: EUR, gl_account: 1800, opening: 1000.00}
sources:
  - {file: items.csv, reads: open_items}
  - {file: customers.csv, reads: customers}
  - {file: statement.sta, reads: bank}
  - {file: balances.csv, reads: gl_balances}
  - {file: cash.csv, reads: cash_book}
"""
ITEMS = """ledger_id,company_code,customer_id,doc_no,line_no,fiscal_year,doc_type,doc_date,posting_date,due_date,currency,amount_doc,open_amount_doc,local_currency,amount_local,open_amount_local,reference,gl_account
MAIN,1000,C1,9001,1,2026,INV,2026-02-10,2026-02-10,2026-03-12,EUR,500.00,500.00,EUR,500.00,500.00,INV-2026-0001,1400
MAIN,1000,C1,9002,1,2026,INV,2026-03-02,2026-03-02,2026-04-01,EUR,250.50,250.50,EUR,250.50,250.50,INV-2026-0002,1400
MAIN,1000,C2,9003,1,2026,INV,2026-03-05,2026-03-05,2026-04-04,EUR,99.99,99.99,EUR,99.99,99.99,INV-2026-0003,1400
"""
CUSTOMERS = """ledger_id,company_code,customer_id,name,country,currency,status,tolerance_group,collector
MAIN,1000,C1,Alpha Handel GmbH,DE,EUR,ACTIVE,STD,kim
MAIN,1000,C2,Beta Bau AG,DE,EUR,ACTIVE,STD,kim
"""
STATEMENT = """:20:TINY
:25:DE02120300000000202051
:28C:3/1
:60F:C260301EUR1000,00
:61:2603120312C500,00NTRFINV-2026-0001//B1
:86:166?00GUTSCHRIFT?20SVWZ+INV-2026-0001?32ALPHA HANDEL GMBH
:61:2603200320C42,00NTRFNONREF//B2
:86:166?00GUTSCHRIFT?20SVWZ+THANK YOU?32NOBODY KNOWN
:62F:C260331EUR1542,00
"""
BALANCES = """ledger_id,company_code,gl_account,period,currency,opening,debits,credits,closing
MAIN,1000,1400,2026-03,EUR,500.00,350.49,0.00,850.49
MAIN,1000,1800,2026-03,EUR,1000.00,542.00,0.00,1542.00
"""
CASH = """ledger_id,company_code,gl_account,doc_no,line_no,posting_date,value_date,amount,currency,reference,text,bank_ref,type
MAIN,1000,1800,1,1,2026-03-12,2026-03-12,500.00,EUR,,,B1,RECEIPT
MAIN,1000,1800,2,1,2026-03-20,2026-03-20,42.00,EUR,,,B2,RECEIPT
"""
FILES = {
    "tiny.yaml": PARAMS, "items.csv": ITEMS, "customers.csv": CUSTOMERS, "statement.sta": STATEMENT, "balances.csv": BALANCES, "cash.csv": CASH,
}  # fmt: skip


def write(folder: Path, **changed: str | bytes) -> Path:
    """Write the tiny company's files and return its params file; `changed` replaces files by name without extension."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        content = changed.get(Path(name).stem, text)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder / "tiny.yaml"


def paid(receipts: int) -> dict[str, str]:
    """Return the files of a month in which each of so many receipts pays one invoice by its number; they tie."""
    items, lines, cash, total = [ITEMS.splitlines()[0]], [], [CASH.splitlines()[0]], 0
    for n in range(receipts):
        minor = 10_000 + 37 * n
        total += minor
        major, day = f"{minor // 100}.{minor % 100:02d}", 2 + n * 28 // receipts
        items.append(
            f"MAIN,1000,C1,{500000 + n},1,2026,INV,2026-02-10,2026-02-10,2026-03-12,EUR,{major},{major},EUR,{major},{major},INV-{700000 + n},1400"
        )
        lines += [
            f":61:2603{day:02d}03{day:02d}C{major.replace('.', ',')}NTRFNONREF//B{n}",
            f":86:166?00GUTSCHRIFT?20SVWZ+INV-{700000 + n}?32ALPHA",
        ]
        cash.append(f"MAIN,1000,1800,{n},1,2026-03-{day:02d},2026-03-{day:02d},{major},EUR,,,B{n},RECEIPT")
    whole, closing = f"{total // 100}.{total % 100:02d}", f"{(total + 100_000) // 100}.{total % 100:02d}"
    statement = [*STATEMENT.splitlines()[:4], *lines, f":62F:C260331EUR{closing.replace('.', ',')}"]
    balances = f"MAIN,1000,1400,2026-03,EUR,{whole},0.00,0.00,{whole}\nMAIN,1000,1800,2026-03,EUR,1000.00,{whole},0.00,{closing}\n"
    return {
        "items": "\n".join(items) + "\n", "cash": "\n".join(cash) + "\n", "statement": "\n".join(statement) + "\n",
        "balances": f"{BALANCES.splitlines()[0]}\n{balances}",
    }  # fmt: skip


def drawn(draw: random.Random) -> dict[str, str]:
    """Return the files of a month drawn by chance: how many receipts, what they say and by whom, whose the items are and since when due."""
    files = paid(draw.randint(1, 25))
    lines = files["statement"].splitlines()
    for place in [n for n, line in enumerate(lines) if line.startswith(":86:")]:
        words = draw.choice(["INV-{}", "INV-{} LESS 2 PCT", "INVOICE {}", "THANK YOU", "{}", "RE {}/{}"])
        if draw.random() < 0.4:
            lines[place] = (
                f":86:166?00GUTSCHRIFT?20SVWZ+{words.format(draw.randint(700000, 700030), 7)}?32{draw.choice(['ALPHA', 'BETA BAU', 'NOBODY'])}"
            )
    items = files["items"].splitlines()
    for place in range(1, len(items)):
        if draw.random() < 0.3:
            items[place] = (
                items[place]
                .replace("2026-03-12", f"2025-{draw.randint(3, 12):02d}-{draw.randint(1, 28):02d}")
                .replace("C1,", draw.choice(["C1,", "C2,"]))
            )
    return {**files, "statement": "\n".join(lines) + "\n", "items": "\n".join(items) + "\n"}
