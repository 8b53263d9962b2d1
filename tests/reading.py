"""How tests read a table file: bytes and a layout in, what the reader made of them out."""

from __future__ import annotations

import hashlib
from pathlib import Path

from arwork.intake.layouts import Layout, plain, read_layout
from arwork.intake.ledger import Parsed, read_table
from arwork.intake.received import Received
from arwork.intake.shipped import shipped
from arwork.params import Params, Source, read_params
from arwork.policy import read_policy

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
REAL = Path(__file__).parent / "real" / "layouts"
POLICY = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
LINEAGE = ["source_file", "source_line", "source_sha256"]
ITEMS = """customer_id,doc_no,line_no,doc_type,posting_date,due_date,currency,amount_doc,reference
0001001,9001,1,INV,2026-03-01,2026-03-31,EUR,100.00,INV-1
1002,9002,1,CM,2026-03-02,2026-04-01,EUR,-20.50,CM-1
1002,9003,1,INV,2026-03-03,2026-04-02,JPY,1500,INV-2
"""
ACCOUNTS = "[{account: DE02, currency: EUR, gl_account: 1800}, {account: US03, currency: USD, gl_account: 1810}]"


def params(*companies: str, currency: str = "EUR", more: str = "") -> Params:
    """Params of ledger MAIN with these companies; the first has two bank accounts."""
    lines = [
        f"  - {{ledger: MAIN, company_code: {code}, name: x, currency: {currency}, country: DE, control_accounts: [1400]"
        + (f", bank_accounts: {ACCOUNTS}}}" if number == 0 else "}")
        for number, code in enumerate(companies or ("1000",))
    ]
    text = "close: t\nas_of: 2026-03-31\nfirst_period: true\nledgers:\n" + "\n".join(lines) + "\nsources:\n  - {file: x, reads: bank}\n"
    return read_params(text + more, "t.yaml", POLICY)


def received(data: bytes | str, name: str = "items.csv") -> Received:
    """A file as it would have been taken."""
    raw = data.encode() if isinstance(data, str) else data
    return Received(name, raw, hashlib.sha256(raw).hexdigest())


def read(
    data: bytes | str | list[Received],
    layout: Layout | str | None = None,
    *,
    reads: str = "open_items",
    name: str = "items.csv",
    with_params: Params | None = None,
    **source: object,
) -> Parsed:
    """Read one file (or several as received) by a layout, its text, or the plain one."""
    chosen = plain(reads) if layout is None else read_layout(layout, "mine.yaml") if isinstance(layout, str) else layout
    files = data if isinstance(data, list) else [received(data, name)]
    return read_table(files, Source(file=name, reads=chosen.reads, **source), chosen, with_params or params())


def layout_text(name: str) -> str:
    """The text of a layout of the tests or of those that ship."""
    folder = REAL if (REAL / f"{name}.yaml").exists() else shipped("params", "layouts")
    return (folder / f"{name}.yaml").read_text(encoding="utf-8")


SAP = """reads: open_items
columns: {company_code: BUKRS, customer_id: KUNNR, doc_no: BELNR, line_no: BUZEI, fiscal_year: GJAHR, doc_type: BLART,
  doc_date: BLDAT, posting_date: BUDAT, baseline_date: ZFBDT, days_1: ZBD1T, days_2: ZBD2T, days_3: ZBD3T, disc1_pct: ZBD1P,
  ref_item: REBZG, currency: WAERS, amount_doc: WRBTR, clearing_date: AUGDT}
values: {doc_type: {RV: INV, DG: CM}}
dates: YYYYMMDD
decimal: "."
due_date: sap_terms
strip_zeros: [customer_id, doc_no, ref_item]
"""
BSID = "BUKRS,KUNNR,BELNR,BUZEI,GJAHR,BLART,BLDAT,BUDAT,ZFBDT,ZBD1T,ZBD2T,ZBD3T,ZBD1P,REBZG,WAERS,WRBTR,SHKZG,AUGDT\n"
ROWS = [
    "1000,0000001001,0090000001,001,2026,RV,20260301,20260301,20260301,10,30,0,2.000,,EUR,100.00,S,00000000",
    "1000,0000001001,0090000002,001,2026,DG,20260302,20260302,20260302,0,0,0,0.000,,EUR,40.00,H,00000000",
    "1000,0000001001,0090000003,001,2026,DG,20260303,20260303,20260303,0,0,0,0.000,0090000001,EUR,10.00,H,00000000",
    "1000,0000001002,0090000004,001,2026,RV,20260304,20260304,20260304,0,0,45,0.000,,EUR,7.00,S,20260310",
]
SIGNED = "sign: {column: SHKZG, plus: [S], minus: [H]}\n"
