"""Derives the files of the IBM close from the real sample: three month-ends, each as the ERP, the bank and the book had them.

The sample has invoices with their true settled dates. A receipt is what one customer settled on one day: its amount is the sum, its
text the invoice numbers, every third one without text. At a month-end the cash of that month is on the bank but not yet applied, so
the export leaves those settled dates blank; what was settled before is cleared, and the ERP's payment documents say by which receipt.

`python tests/real/prepare.py` writes to outputs/real; nothing of it is ever committed.
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from xml.sax.saxutils import escape

MONTHS = ("2012-10", "2012-11", "2012-12")
"""The month-ends that are closed, one after the other."""
LEDGER, COMPANY, CONTROL, BANK_GL, OUR_ACCOUNT = "IBM", "1000", "1200", "1000", "4410200300"
BEFORE_ALL = Decimal("25000.00")
"""Balance of the bank account before the first receipt of the sample."""
_SAMPLE = Path("ibm-ar") / "WA_Fn-UseC_-Accounts-Receivable.csv"
_UNKNOWN_YET = ("SettledDate", "DaysToSettle", "DaysLate")


@dataclass(frozen=True)
class Invoice:
    """One row of the sample: as it stands there, and what the truth needs of it."""

    row: Mapping[str, str]
    number: str
    customer: str
    amount: Decimal
    dated: date
    due: date
    settled: date


@dataclass(frozen=True)
class Group:
    """One true receipt: what a customer settled on one day; `bank_ref` is the bank's reference, `text` may be blank."""

    bank_ref: str
    customer: str
    day: date
    invoices: tuple[Invoice, ...]
    text: str

    @property
    def amount(self) -> Decimal:
        """Sum of the invoices."""
        return sum((invoice.amount for invoice in self.invoices), Decimal(0))


def last_day(month: str) -> date:
    """Give the last day of a month written 2012-10."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def month_before(month: str) -> str:
    """Give the month before."""
    return f"{last_day(month).replace(day=1) - timedelta(days=1):%Y-%m}"


def read_sample(data: Path) -> tuple[list[str], list[Invoice]]:
    """Read the sample's heading and rows."""
    with (data / _SAMPLE).open(encoding="utf-8", newline="") as opened:
        reader = csv.DictReader(opened)
        rows = list(reader)
    return list(reader.fieldnames or []), [_invoice(row) for row in rows]


def _invoice(row: Mapping[str, str]) -> Invoice:
    days = [_us(row[name]) for name in ("InvoiceDate", "DueDate", "SettledDate")]
    return Invoice(row, row["invoiceNumber"], row["customerID"], Decimal(row["InvoiceAmount"]), *days)


def _us(text: str) -> date:
    month, day, year = text.split("/")
    return date(int(year), int(month), int(day))


def true_groups(invoices: Iterable[Invoice]) -> list[Group]:
    """Rebuild the receipts: by customer and settled date, numbered by day; every third has no text."""
    found: dict[tuple[date, str], list[Invoice]] = {}
    for invoice in invoices:
        found.setdefault((invoice.settled, invoice.customer), []).append(invoice)
    groups = []
    for number, ((day, customer), members) in enumerate(sorted(found.items()), start=1):
        members = sorted(members, key=lambda invoice: invoice.number)
        text = "" if number % 3 == 0 else " ".join(invoice.number for invoice in members)
        groups.append(Group(f"BK{day:%y%m%d}{number:05d}", customer, day, tuple(members), text))
    return groups


def accounts(invoices: Iterable[Invoice]) -> dict[str, str]:
    """Give every customer an account that has valid check digits."""
    customers = sorted({invoice.customer for invoice in invoices})
    return {customer: _iban(f"50010517{number:010d}") for number, customer in enumerate(customers, start=1)}


def _iban(body: str) -> str:
    check = 98 - int(f"{body}131400") % 97
    return f"DE{check:02d}{body}"


def prepare(data: Path, target: Path) -> None:
    """Write the source files of the three month-ends below `target`/ibm."""
    heading, invoices = read_sample(data)
    groups = true_groups(invoices)
    account_of = accounts(invoices)
    for number, month in enumerate(MONTHS, start=10):
        folder = target / "ibm" / month
        folder.mkdir(parents=True, exist_ok=True)
        cash = [group for group in groups if f"{group.day:%Y-%m}" == month]
        opening = BEFORE_ALL + sum((group.amount for group in groups if group.day < last_day(month).replace(day=1)), Decimal(0))
        _write(folder / "items.csv", heading, _export(invoices, month))
        _write(folder / "payments.csv", *_payments(groups, month))
        _write(folder / "customer_banks.csv", *_customer_banks(account_of))
        _write(folder / "gl_balances.csv", *_balances(invoices, groups, month))
        _write(folder / "cash_book.csv", *_cash_book(cash))
        if month == MONTHS[1]:
            (folder / "statement.sta").write_text(_mt940(cash, account_of, opening, month, number), encoding="utf-8", newline="")
        else:
            (folder / "statement.xml").write_text(_camt(cash, account_of, opening, month, number), encoding="utf-8", newline="")


def _write(path: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def _export(invoices: Iterable[Invoice], month: str) -> Iterable[list[str]]:
    """Rows of the sample that exist at the month-end; what was settled in this month or later is still open in the ERP."""
    key_date, applied_until = last_day(month), last_day(month_before(month))
    for invoice in invoices:
        if invoice.dated <= key_date:
            still_open = invoice.settled > applied_until
            yield ["" if still_open and name in _UNKNOWN_YET else value for name, value in invoice.row.items()]


def _payments(groups: Iterable[Group], month: str) -> tuple[list[str], list[list[str]]]:
    """The ERP's payment documents: one a receipt of an earlier month, cleared, with the bank's reference."""
    heading = [
        "ledger_id", "company_code", "customer_id", "doc_no", "doc_type", "doc_date", "posting_date", "due_date", "currency", "amount_doc",
        "open_amount_doc", "reference", "gl_account", "clearing_doc", "clearing_date",
    ]  # fmt: skip
    rows = []
    for group in groups:
        if group.day <= last_day(month_before(month)):
            number, day = f"P{group.bank_ref[2:]}", group.day.isoformat()
            money = [f"{-group.amount}", "0.00"]
            rows.append([
                LEDGER, COMPANY, group.customer, number, "RCPT", day, day, day, "USD", *money, group.bank_ref, CONTROL, number, day,
            ])  # fmt: skip
    return heading, rows


def _customer_banks(account_of: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
    heading = ["ledger_id", "company_code", "customer_id", "account", "account_holder"]
    return heading, [[LEDGER, COMPANY, customer, account, customer] for customer, account in account_of.items()]


def _balances(invoices: Sequence[Invoice], groups: Sequence[Group], month: str) -> tuple[list[str], list[list[str]]]:
    """Balances of the control account and the bank account for the month and the one before.

    The control account is relieved in the month after the receipt, when the ERP applies the cash; the bank account moves at once.
    """
    heading = ["ledger_id", "company_code", "gl_account", "period", "currency", "opening", "debits", "credits", "closing"]
    rows = []
    for period in (month_before(month), month):
        before, two_before = month_before(period), month_before(month_before(period))
        billed = _sum(invoice.amount for invoice in invoices if f"{invoice.dated:%Y-%m}" == period)
        applied = _sum(group.amount for group in groups if f"{group.day:%Y-%m}" == before)
        was_open = _sum(i.amount for i in invoices if i.dated <= last_day(before) and i.settled > last_day(two_before))
        rows.append([LEDGER, COMPANY, CONTROL, period, "USD", *map(str, (was_open, billed, applied, was_open + billed - applied))])
        had = BEFORE_ALL + _sum(group.amount for group in groups if group.day <= last_day(before))
        came = _sum(group.amount for group in groups if f"{group.day:%Y-%m}" == period)
        rows.append([LEDGER, COMPANY, BANK_GL, period, "USD", *map(str, (had, came, Decimal("0.00"), had + came))])
    return heading, rows


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal("0.00"))


def _cash_book(cash: Iterable[Group]) -> tuple[list[str], list[list[str]]]:
    heading = ["ledger_id", "company_code", "gl_account", "doc_no", "posting_date", "amount", "currency", "bank_ref", "type"]
    rows = [
        [LEDGER, COMPANY, BANK_GL, f"B{group.bank_ref[2:]}", group.day.isoformat(), str(group.amount), "USD", group.bank_ref, "RECEIPT"]
        for group in cash
    ]
    return heading, rows


def _camt(cash: Sequence[Group], account_of: Mapping[str, str], opening: Decimal, month: str, number: int) -> str:
    """One camt.053 statement for the month."""
    end, start = last_day(month), last_day(month_before(month))
    closing = opening + sum((group.amount for group in cash), Decimal(0))
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="USD">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        f"<Dt><Dt>{day}</Dt></Dt></Bal>\n"
        for code, amount, day in (("OPBD", opening, start), ("CLBD", closing, end))
    )
    entries = "".join(_entry(group, account_of[group.customer]) for group in cash)
    made = f"<CreDtTm>{end}T22:00:00+00:00</CreDtTm>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>\n'
        f"<GrpHdr><MsgId>{month}</MsgId>{made}</GrpHdr>\n<Stmt><Id>{month}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>{made}\n"
        f"<Acct><Id><Othr><Id>{OUR_ACCOUNT}</Id></Othr></Id><Ccy>USD</Ccy></Acct>\n{balances}{entries}</Stmt>\n"
        "</BkToCstmrStmt></Document>\n"
    )


def _entry(group: Group, account: str) -> str:
    told = f"<RmtInf><Ustrd>{escape(group.text)}</Ustrd></RmtInf>" if group.text else ""
    return (
        f'<Ntry><Amt Ccy="USD">{group.amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{group.day}</Dt></BookgDt><ValDt><Dt>{group.day}</Dt></ValDt><AcctSvcrRef>{group.bank_ref}</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls>"
        "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
        f"<RltdPties><Dbtr><Pty><Nm>{escape(group.customer)}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{account}</IBAN></Id></DbtrAcct>"
        f"</RltdPties>{told}</TxDtls></NtryDtls></Ntry>\n"
    )


def _mt940(cash: Sequence[Group], account_of: Mapping[str, str], opening: Decimal, month: str, number: int) -> str:
    """One MT940 statement for the month, as a branch of a German bank writes it."""
    end, start = last_day(month), last_day(month_before(month))
    closing = opening + sum((group.amount for group in cash), Decimal(0))
    lines = [":20:AR", f":25:{OUR_ACCOUNT}", f":28C:{number}/1", f":60F:C{start:%y%m%d}USD{_comma(opening)}"]
    for group in cash:
        lines.append(f":61:{group.day:%y%m%d}{group.day:%m%d}C{_comma(group.amount)}NTRFNONREF//{group.bank_ref}")
        details = f"166?00CREDIT{_text_fields(group.text)}?31{account_of[group.customer]}?32{group.customer}"
        first, rest = details[:61], details[61:]
        lines += [f":86:{first}", *(rest[at : at + 65] for at in range(0, len(rest), 65))]
    return "\r\n".join([*lines, f":62F:C{end:%y%m%d}USD{_comma(closing)}", "-", ""])


def _text_fields(text: str) -> str:
    pieces = [text[at : at + 27] for at in range(0, len(text), 27)]
    return "".join(f"?{20 + place}{piece}" for place, piece in enumerate(pieces))


def _comma(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def main() -> None:
    """Write the derived files to outputs/real."""
    root = Path(__file__).resolve().parents[2]
    prepare(root.parent / "shared" / "data", root / "outputs" / "real")


if __name__ == "__main__":
    main()
