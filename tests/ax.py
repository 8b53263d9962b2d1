"""Small tables for worked examples: amounts as people write them, everything else filled with sensible defaults.

items(item("8101", "C201", "1190.00", due="2025-03-10"))        one row a document
receipts(receipt("R1", "1190.00", "2025-03-12", text="8101"))   receipts before the payer is known
customers(customer("C201", "Nordlicht Werke GmbH"))             master rows; `banks(bank("C201", "DE01"))` their accounts
run(items=…, receipts=…, customers=…, as_of="2025-03-31")       the engine: references, payer, proposals, settled
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from arwork.journal.body import BLANKS, DECIDED_COLUMNS
from arwork.matching.allocate import Settled, settle
from arwork.matching.payer import identify
from arwork.matching.references import extract
from arwork.matching.residuals import certificates, on_account, residuals
from arwork.matching.strategies import CashBooks, propose
from arwork.money import ISO, Units
from arwork.policy import Policy, read_policy
from arwork.tables import TABLES, empty

POLICY_FILE = Path(__file__).resolve().parent.parent / "params" / "policy.yaml"
LINEAGE = {"source_file": "example.csv", "source_line": "2", "source_sha256": "0" * 64}


def minor(amount: str, currency: str = "EUR", units: Units = ISO) -> int:
    """Read `1,190.00` as minor units."""
    return units.minor(Decimal(amount.replace(",", "").replace("−", "-")), currency)


def policy(**overrides: Any) -> Policy:
    """Read the default policy; `matching={"tie_policy": "OLDEST_DUE"}` overrides single values of a block."""
    tree: dict[str, Any] = dict(read_policy(POLICY_FILE.read_text(encoding="utf-8")))
    for block, values in overrides.items():
        tree[block] = _over(tree[block], values)
    return Policy.model_validate(tree)


def _over(base: Any, values: Any) -> Any:
    if not isinstance(values, Mapping):
        return values
    held = base or {}  # a name that the file does not have yet, such as a regime of a contract
    return {**held, **{key: _over(held.get(key), value) for key, value in values.items()}}


def item(number: str, customer: str, amount: str, *, doc: str = "2025-03-01", due: str = "2025-03-31", **over: Any) -> dict[str, Any]:
    """Describe one document; `open` is what is left on it, `disc=("2025-03-13", "2.00")` a discount, any column may be overridden."""
    currency = over.get("currency", "EUR")
    full = minor(amount, currency)
    left = minor(over.pop("open"), currency) if "open" in over else full
    if "disc" in over:
        day, percent = over.pop("disc")
        over |= {"disc1_date": day, "disc1_pct": int(Decimal(percent) * 10_000)}
    local = {"local_currency": "EUR", "amount_local": full, "open_amount_local": left}
    row = {
        "item_id": f"1000:{number}:2025:1",
        "ledger_id": "MAIN",
        "company_code": "1000",
        "customer_id": customer,
        "doc_no": number,
        "line_no": "1",
        "fiscal_year": "2025",
        "doc_type": "INV" if full > 0 else "CM",
        "doc_date": doc,
        "posting_date": doc,
        "due_date": due,
        "disc1_pct": 0,
        "disc2_pct": 0,
        "grace_days": 0,
        "currency": currency,
        "amount_doc": full,
        "open_amount_doc": left,
        "reference": number,
        "gl_account": "1200",
        "dunning_level": 0,
        "legal_hold": False,
        "written_off": False,
        **local,
        **LINEAGE,
    }
    return {**row, **over}


def items(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build `open_items`."""
    return _table("open_items", rows)


def receipt(number: str, amount: str, day: str, *, text: str = "", **over: Any) -> dict[str, Any]:
    """Describe one receipt, payer not looked up yet; `account` is the remitting account, `name` the remitter."""
    cash = minor(amount, over.get("currency", "EUR"))
    row = {
        "receipt_id": number,
        "ledger_id": "MAIN",
        "company_code": "1000",
        "bank_account": "OURS",
        "statement_key": "OURS/EUR/1",
        "line_no": 1,
        "booking_date": day,
        "value_date": day,
        "currency": "EUR",
        "amount": cash,
        "method": "SEPA_CT",
        "remitter_name": over.pop("name", ""),
        "remitter_account": over.pop("account", ""),
        "remittance_text": text,
        "structured_ref": "",
        "end_to_end_id": "",
        "bank_txn_id": f"TXN{number}",
        "customer_id": "",
        "payer_key": "NONE",
        "payer_strength": "NONE",
        "payer_sentence": "Not looked up.",
        "payer_conflict": False,
        "status": "UNIDENTIFIED",
        "applied_amount": 0,
        "on_account_amount": 0,
        "unapplied_amount": 0,
        "unidentified_amount": cash,
        "misdirected_amount": 0,
        "refunded_amount": 0,
        **LINEAGE,
    }
    return {**row, **over}


def receipts(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build `receipts`."""
    return _table("receipts", rows)


def bank_line(number: str, amount: str, day: str, *, text: str = "", **over: Any) -> dict[str, Any]:
    """Describe one bank line of class RECEIPT (PAYMENT when money goes out)."""
    cash = minor(amount, over.get("currency", "EUR"))
    row = {
        "line_id": number,
        "statement_key": "OURS/EUR/1",
        "line_no": 1,
        "bank_account": "OURS",
        "currency": "EUR",
        "booking_date": day,
        "value_date": day,
        "amount": cash,
        "bank_txn_id": f"TXN{number}",
        "method": "SEPA_CT",
        "remittance_text": text,
        "is_return": False,
        "class": "RECEIPT" if cash > 0 else "PAYMENT",
        "class_reason": "Money in.",
        **LINEAGE,
    }
    return {**row, **over}


def bank_lines(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build `bank_lines`."""
    return _table("bank_lines", rows)


def bank_accounts(*accounts: str, currency: str = "EUR") -> pd.DataFrame:
    """Build `bank_accounts` of ledger MAIN, company 1000."""
    rows = [
        {"bank_account": a, "currency": currency, "ledger_id": "MAIN", "company_code": "1000", "gl_account": "1100"}
        for a in accounts or ("OURS",)
    ]
    return _table("bank_accounts", rows)


def customer(number: str, name: str = "", **over: Any) -> dict[str, Any]:
    """Describe one customer; tolerance group STD, status ACTIVE."""
    row = {
        "ledger_id": "MAIN",
        "company_code": "1000",
        "customer_id": number,
        "customer_id_raw": number,
        "name": name or f"Customer {number}",
        "tolerance_group": "STD",
        "status": "ACTIVE",
        "netting_authority": False,
        "allocation_instruction": "NONE",
        **LINEAGE,
    }
    return {**row, **over}


def customers(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build `customers`."""
    return _table("customers", rows)


def bank(number: str, account: str = "", **over: Any) -> dict[str, Any]:
    """Describe one account of a customer."""
    return {"ledger_id": "MAIN", "company_code": "1000", "customer_id": number, "account": account, **LINEAGE, **over}


def banks(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build `customer_banks`."""
    return _table("customer_banks", rows)


def relationship(payer: str, owner: str, **over: Any) -> dict[str, Any]:
    """Describe one right to pay for another customer: a parent since the start of the year, with a document."""
    row = {
        "ledger_id": "MAIN",
        "company_code": "1000",
        "payer_id": payer,
        "beneficiary_id": owner,
        "type": "PARENT",
        "authority_doc": "POA-1",
        "valid_from": "2025-01-01",
        **LINEAGE,
    }
    return {**row, **over}


def relationships(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build `payer_relationships`."""
    return _table("payer_relationships", rows)


def statement(who: str, day: str, balance: str, documents: str = "", **over: Any) -> dict[str, Any]:
    """Describe one statement of account that a customer was sent."""
    row = {
        "ledger_id": "MAIN",
        "company_code": "1000",
        "customer_id": who,
        "statement_date": day,
        "currency": "EUR",
        "balance": minor(balance),
        "items": documents,
        **LINEAGE,
    }
    return {**row, **over}


def statements(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build `customer_statements`."""
    return _table("customer_statements", rows)


def ledger(number: str, company: str, name: str) -> dict[str, Any]:
    """Describe one book in EUR."""
    row = {"ledger_id": number, "company_code": company, "name": name, "ledger_currency": "EUR", "country": "DE"}
    return {**row, "recognition_policy": "SETTLEMENT"}


def ledgers(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build `ledgers`."""
    return _table("ledgers", rows)


def advice(number: str, ref: str, *lines: tuple[str, ...], **over: Any) -> list[dict[str, Any]]:
    """Describe one remittance advice: its number, the payment it belongs to, and (document, net amount) a line.

    A line may also be (document, gross, discount, deduction, reason); its net is what is left.
    """
    rows = []
    for place, (document, net, *more) in enumerate(lines, start=1):
        gross, discount, deduction = (minor(text) for text in (net, *(more[:2] or ("0", "0"))))
        row = {
            "remittance_id": number,
            "line_no": place,
            "payment_ref": ref,
            "doc_reference": document,
            "gross_amount": gross,
            "discount_amount": discount,
            "deduction_amount": deduction,
            "deduction_reason": more[2] if more else "",
            "net_amount": gross - discount - deduction,
            "currency": "EUR",
            **LINEAGE,
        }
        rows.append({**row, **over})
    return rows


def advices(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build `remittance_lines`."""
    return _table("remittance_lines", rows)


def dispute(number: str, who: str, documents: str, status: str = "IN_REVIEW", **over: Any) -> dict[str, Any]:
    """Describe one dispute over documents, separated by blanks."""
    row = {
        "dispute_id": number,
        "ledger_id": "MAIN",
        "company_code": "1000",
        "customer_id": who,
        "items": documents,
        "opened_date": "2025-01-15",
        "reason_code": "PR",
        "disputed_amount": 0,
        "currency": "EUR",
        "status": status,
        **LINEAGE,
    }
    return {**row, **over}


def disputes(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build `disputes`."""
    return _table("disputes", rows)


def found(who: str, payment: str, number: str, how: str = "PROBABLE", **over: Any) -> dict[str, Any]:
    """Describe one repeat that EX-20 found: customer, receipt, item already settled."""
    row = {
        "break_id": f"EX-20:{payment}:{number}",
        "rule": "EX-20",
        "class": how,
        "receipt_id": payment,
        "ledger_id": "MAIN",
        "company_code": "1000",
        "customer_id": who,
        "item_id": number,
        "cleared_date": "2025-02-03",
        "cleared_by": "R10",
        "currency": "EUR",
        "amount": 1,
        "score": 9000,
        "points_amount": 4000,
        "points_payer": 2000,
        "points_reference": 2500,
        "points_time": 500,
        "points_unexplained": 0,
        "proposed": "ON_ACCOUNT",
        "sentence": f"Looks like a second payment of {number}.",
    }
    return {**row, **over}


def breaks(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build `breaks`."""
    return _table("breaks", rows)


def decide(seq: int, by: str, payment: str, number: str = "", cash: str = "0", **over: Any) -> dict[str, Any]:
    """Describe one line of a decision; ALLOCATE unless `action` says otherwise, `seen` is what was open then."""
    legs = {name: minor(over.pop(name)) for name in ("deduction", "write_off") if name in over}
    row = {
        **BLANKS,
        **legs,
        "seq": seq,
        "at": "2025-04-01T09:00:00Z",
        "by": by,
        "action": "ALLOCATE",
        "receipt_id": payment,
        "item_id": number,
        "amount_applied": minor(cash),
        "discount": minor(over.pop("discount", "0")),
        "seen_open": minor(over.pop("seen", cash)),
        "currency": "EUR",
        "reason": "",
    }
    return {**row, **over}


def decided(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build the decisions of people as the journal replays them."""
    return pd.DataFrame(list(rows), columns=list(DECIDED_COLUMNS)).astype(DECIDED_COLUMNS)


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """Build any table from rows that name only the columns that matter."""
    return _table(name, rows)


_BLANK = {"date": None, "money": 0, "money?": None, "count": 0, "percent": 0, "flag": False}


def _table(name: str, rows: Any) -> pd.DataFrame:
    """Build a table as declared, blanks filled in, sorted by its key; quicker than `conform`, which checks every value."""
    shape, declared = empty(name), TABLES[name]
    unknown = {key for row in rows for key in row} - set(declared.names())
    assert not unknown, f"{name} has no column {sorted(unknown)}"
    columns = {}
    for column in declared.columns:
        values = [row.get(column.name, _BLANK.get(column.kind, "")) for row in rows]
        columns[column.name] = pd.Series(pd.to_datetime(values) if column.kind == "date" else values, dtype=shape[column.name].dtype)
    frame = pd.DataFrame(columns).sort_values(list(declared.key), kind="stable").reset_index(drop=True)
    assert not frame.duplicated(list(declared.key)).any(), f"{name} repeats its key"
    return frame


@dataclass(frozen=True)
class Ran:
    """What the engine made of an example."""

    receipts: pd.DataFrame
    references: pd.DataFrame
    proposals: pd.DataFrame
    proposal_items: pd.DataFrame
    settled: Settled
    follow: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def of(self, number: str) -> Any:
        """Return the proposal of a receipt."""
        return next(self.proposals[self.proposals["receipt_id"] == number].itertuples(index=False))

    def documents(self, number: str, candidate: int = 1) -> list[str]:
        """List the documents of one candidate of a receipt."""
        own = self.proposal_items[(self.proposal_items["receipt_id"] == number) & (self.proposal_items["candidate"] == candidate)]
        return sorted(own["reference"])


_OPTIONAL = (
    ("banks", "customer_banks"),
    ("advices", "remittance_lines"),
    ("disputes", "disputes"),
    ("breaks", "breaks"),
    ("relationships", "payer_relationships"),
    ("statements", "customer_statements"),
)


def run(
    *, items: pd.DataFrame, receipts: pd.DataFrame, customers: pd.DataFrame | None = None, as_of: str = "2025-03-31", **more: Any
) -> Ran:
    """Run the engine over an example: references, payer, proposals, allocations."""
    frames = {name: more.get(name, empty(table)) for name, table in _OPTIONAL}
    known = empty("customers") if customers is None else customers
    rules: Policy = more.get("policy") or policy()
    taken_in = more.get("decided", decided())
    references = extract(receipts, items, frames["advices"], rules.matching)
    paid = identify(receipts, references, items, known, frames["banks"], rules.matching, frames["relationships"])
    books = CashBooks(
        receipts=paid,
        references=references,
        open_items=items,
        remittance_lines=frames["advices"],
        customers=known,
        disputes=frames["disputes"],
        breaks=frames["breaks"],
        decided=taken_in,
        ledgers=more.get("ledgers", empty("ledgers")),
        policy=rules,
        units=more.get("units", ISO),
        as_of=date.fromisoformat(as_of),
        payer_relationships=frames["relationships"],
        customer_banks=frames["banks"],
        customer_statements=frames["statements"],
        learned=more.get("learned"),
        fx_rates=more.get("rates"),
        role=more.get("role", ""),
        reason_map=more.get("reason_map"),
        master_changes=more.get("master_changes"),
        closed_until=more.get("closed_until"),
        tolerance_budget=more.get("tolerance_budget"),
    )
    proposals, lines = propose(books)
    settled = settle(paid, proposals, lines, taken_in, items)
    matching, units = rules.matching, books.units
    follow = {
        "residuals": residuals(proposals, lines, items, matching, units, more.get("requests"), books.as_of),
        "certificates": certificates(proposals, lines, paid, matching),
        "on_account": on_account(proposals),
    }
    return Ran(paid, references, proposals, lines, settled, follow)


def one_receipt(
    *,
    paid: dict[str, Any] | None = None,
    doc: dict[str, Any] | None = None,
    who: dict[str, Any] | None = None,
    more: Sequence[dict[str, Any]] = (),
    others: Sequence[dict[str, Any]] = (),
    **over: Any,
) -> dict[str, Any]:
    """Describe one receipt of 1,000.00 of customer C1 beside invoice 6001001 of 1,000.00; each part may be changed."""
    cash = {"amount": "1000.00", "day": "2025-03-12", "account": "DE01", **(paid or {})}
    bill = {"number": "6001001", "customer": "C1", "amount": "1000.00", **(doc or {})}
    return {
        "receipts": [receipt("R1", cash.pop("amount"), cash.pop("day"), **cash), *others],
        "items": [item(bill.pop("number"), bill.pop("customer"), bill.pop("amount"), **bill), *more],
        "customers": [customer("C1", **{"name": "Nordlicht Werke", **(who or {})}), customer("C2", "Alpen Handel")],
        "banks": [bank("C1", "DE01"), bank("C2", "DE02")],
        **over,
    }


def together(cases: Mapping[str, Mapping[str, Any]], *, as_of: str = "2025-03-31", **more: Any) -> dict[str, Ran]:
    """Run many small examples as one close, each in its own company code (CV-08), and return each one's share by name.

    A case holds rows, not tables: `items`, `receipts`, `customers`, `banks`, `advices`, `disputes`, `breaks`, `decided`.
    """
    marks = {name: f"{number:04d}" for number, name in enumerate(cases)}
    frames: dict[str, pd.DataFrame] = {}
    for part, build in _PARTS.items():
        rows = [_marked(row, marks[name]) for name, case in cases.items() for row in case.get(part, ())]
        frames[part] = build(*rows)
    out = run(as_of=as_of, **frames, **more)
    return {name: _share(out, mark) for name, mark in marks.items()}


_PARTS = {
    "items": items,
    "receipts": receipts,
    "customers": customers,
    "banks": banks,
    "advices": advices,
    "disputes": disputes,
    "breaks": breaks,
    "decided": decided,
    "relationships": relationships,
    "statements": statements,
}
_NUMBERS = ("receipt_id", "item_id", "dispute_id", "break_id", "remittance_id", "payment_ref", "end_to_end_id", "bank_txn_id")


def _marked(row: dict[str, Any], mark: str) -> dict[str, Any]:
    """Move a row into the company of its case: its own numbers get the mark in front, so cases never touch."""
    moved = {key: f"{mark}/{row[key]}" for key in _NUMBERS if row.get(key)}
    company = {"company_code": mark} if "company_code" in row else {}
    return {**row, **company, **moved, **({"seq": int(mark) * 1000 + row["seq"]} if "seq" in row else {})}


def _share(out: Ran, mark: str) -> Ran:
    def own(frame: pd.DataFrame) -> pd.DataFrame:
        mine = frame[frame["receipt_id"].str.startswith(f"{mark}/")]
        events = {name: mine[name] % 1000 for name in ("seq", "decision_seq") if name in mine.columns}
        return mine.assign(receipt_id=mine["receipt_id"].str[5:], **events).reset_index(drop=True)

    settled = Settled(
        own(out.settled.receipts), own(out.settled.allocations), own(out.settled.decisions), out.settled.ties, out.settled.findings
    )
    follow = {name: own(frame) for name, frame in out.follow.items()}
    return Ran(own(out.receipts), own(out.references), own(out.proposals), own(out.proposal_items), settled, follow)


def days_after(day: str, days: int) -> str:
    """Return a day some days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


AMOUNTS = ["100.00", "250.00", "350.00", "99.99", "1000.00", "1234.56", "15.00", "600.00"]


def random_ledger(seed: int, customers_in: int = 3) -> dict[str, Any]:
    """Make a small random ledger: equal amounts, pairs, credit memos, discounts, and receipts that fit, nearly fit or do not."""
    rng = random.Random(seed)
    docs, paid = [], []
    who = [f"C{n}" for n in range(customers_in)]
    for number in range(rng.randint(6, 14)):
        owner = rng.choice(who)
        amount = rng.choice(AMOUNTS) if rng.random() < 0.4 else f"{rng.randint(1000, 90000) / 100:.2f}"
        day = days_after("2025-02-01", rng.randint(0, 50))
        extra: dict[str, Any] = {"disc": (days_after(day, 14), "2.00")} if rng.random() < 0.3 else {}
        if rng.random() < 0.1:
            extra, amount = {}, f"-{rng.choice(AMOUNTS)}"
        docs.append(item(str(6001000 + number), owner, amount, doc=day, due=days_after(day, 30), **extra))
    for number in range(rng.randint(4, 9)):
        chosen = rng.sample(docs, rng.randint(1, 2))
        cash = max(100, sum(row["amount_doc"] for row in chosen) + rng.choice([0, 0, 0, 0, -1, 1, -500, -20000]))
        text = " ".join(row["reference"] for row in chosen) if rng.random() < 0.55 else rng.choice(["", "INV 99999", "thank you"])
        payer = rng.choice(chosen)["customer_id"]
        known = {"account": f"DE0{payer}"} if rng.random() < 0.7 else {"name": f"CUSTOMER {payer}"}
        paid.append(receipt(f"R{number}", f"{cash / 100:.2f}", days_after("2025-03-01", rng.randint(0, 30)), text=text, **known))
    return {"items": docs, "receipts": paid, "customers": [customer(c) for c in who], "banks": [bank(c, f"DE0{c}") for c in who]}
