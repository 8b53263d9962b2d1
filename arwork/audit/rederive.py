"""The figures of a pack once more, by SQL over its tables: no line of this is shared with the code that made them.

Each check is a query whose rows are the differences; no row means that it holds. `{as_of}` stands for the key date.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple, Protocol

from arwork.audit.check import Check
from arwork.audit.rederive_collect import COLLECT
from arwork.audit.rederive_credits import CREDITS
from arwork.audit.rederive_forecast import FORECAST
from arwork.audit.rederive_recons import RECONS


class Cursor(Protocol):
    """What a query answers with."""

    def fetchmany(self, size: int, /) -> list[tuple[object, ...]]:
        """Return the next rows."""
        ...


class Connection(Protocol):
    """A database in which every table of the pack is a view of its own name."""

    def execute(self, query: str, /) -> Cursor:
        """Run a query."""
        ...


class Wrong(NamedTuple):
    """A figure that does not come out again: the check, the row it stands in, what the pack says and what the second path finds."""

    check: Check
    key: str
    ours: str
    theirs: str

    def sentence(self) -> str:
        """Say the difference in one sentence."""
        return f"{self.check.rule}: {self.check.name}: {self.key} says {self.ours}, the tables make {self.theirs}"


_OPEN = (
    "(SELECT *, CASE WHEN clearing_date > DATE '{as_of}' THEN amount_doc ELSE open_amount_doc END AS open_doc, "
    "CASE WHEN clearing_date > DATE '{as_of}' THEN amount_local ELSE open_amount_local END AS open_loc FROM open_items "
    "WHERE posting_date <= DATE '{as_of}' AND (clearing_date IS NULL OR clearing_date > DATE '{as_of}'))"
)
_BUCKETS = (
    "SELECT item_id, bucket, days FROM (SELECT item_id, {name} AS bucket, {days} AS days FROM ageing_items) WHERE NOT CASE "
    "WHEN bucket = 'current' THEN days <= 0 WHEN bucket LIKE '> %' THEN days > CAST(substr(bucket, 3) AS BIGINT) "
    "WHEN bucket IN ('credits', 'on account') THEN TRUE "
    "WHEN bucket LIKE '0–%' THEN days <= CAST(split_part(bucket, '–', 2) AS BIGINT) "
    "ELSE days BETWEEN CAST(split_part(bucket, '–', 1) AS BIGINT) AND CAST(split_part(bucket, '–', 2) AS BIGINT) END"
)
_AGEING = ", ".join(("ledger_id", "company_code", "customer_id", "currency"))

CHECKS: tuple[Check, ...] = (
    Check("LD-10", "rows in a file = rows taken over + rejects", ("sources",),
          "SELECT source_file, rows_in, rows_out + rejects FROM sources WHERE rows_in <> rows_out + rejects"),
    Check("RC-20", "opening + credits − debits = closing of each statement", ("statements",),
          "SELECT statement_key, closing, opening + credits - debits FROM statements WHERE closing <> opening + credits - debits"),
    Check("RC-20", "credits of each statement = its lines", ("statements", "bank_lines"),
          "SELECT s.statement_key, s.credits, coalesce(l.c, 0) FROM statements s LEFT JOIN (SELECT statement_key, "
          "sum(greatest(amount, 0)) c, sum(greatest(-amount, 0)) d FROM bank_lines GROUP BY 1) l USING (statement_key) "
          "WHERE s.credits <> coalesce(l.c, 0) OR s.debits <> coalesce(l.d, 0)"),
    Check("INV-1", "each receipt = the places where its money stands", ("receipts",),
          "SELECT receipt_id, amount, applied_amount + on_account_amount + unapplied_amount + unidentified_amount + misdirected_amount "
          "+ refunded_amount AS parts FROM receipts WHERE amount <> parts"),
    Check("INV-1", "each receipt = the bank line it was", ("receipts", "bank_lines"),
          "SELECT r.receipt_id, r.amount, l.amount FROM receipts r JOIN bank_lines l ON l.line_id = r.receipt_id "
          "WHERE r.amount <> l.amount OR r.currency <> l.currency OR r.bank_account <> l.bank_account"),
    Check("INV-1", "cash applied of each receipt = its allocations", ("receipts", "allocations"),
          "SELECT coalesce(r.receipt_id, a.receipt_id), coalesce(r.applied_amount, 0), coalesce(a.cash, 0) FROM receipts r FULL JOIN "
          "(SELECT receipt_id, sum(amount_applied) cash FROM allocations GROUP BY 1) a USING (receipt_id) "
          "WHERE coalesce(r.applied_amount, 0) <> coalesce(a.cash, 0) OR r.receipt_id IS NULL"),
    Check("INV-2", "no item is relieved beyond what is open", ("allocations", "open_items"),
          "SELECT a.item_id, a.relieved, coalesce(i.open_amount_doc, 0) FROM (SELECT item_id, sum(amount_relieved) relieved FROM allocations "
          "GROUP BY 1) a LEFT JOIN open_items i USING (item_id) WHERE i.item_id IS NULL OR abs(a.relieved) > abs(i.open_amount_doc) "
          "OR a.relieved * i.open_amount_doc < 0"),
    Check("MP-64", "what settles an item = what is relieved less its residual", ("allocations",),
          "SELECT allocation_id, relieved_value, amount_applied + discount + small_diff + wht + bank_charge + fx + write_off AS legs "
          "FROM allocations WHERE relieved_value <> legs OR (currency = item_currency AND relieved_value <> amount_relieved - residual)"),
    Check("CV-11", "each receipt has one proposal", ("receipts", "proposals"),
          "SELECT coalesce(r.receipt_id, p.receipt_id), coalesce(r.amount, 0), coalesce(p.amount, 0) FROM receipts r FULL JOIN proposals p "
          "USING (receipt_id) WHERE r.amount IS DISTINCT FROM p.amount"),
    Check("CV-11", "cash of each proposal = its items", ("proposals", "proposal_items"),
          "SELECT p.receipt_id, p.allocated, coalesce(i.cash, 0) FROM proposals p LEFT JOIN (SELECT receipt_id, sum(amount_applied) cash "
          "FROM proposal_items WHERE candidate = 1 GROUP BY 1) i USING (receipt_id) WHERE p.strategy NOT IN ('M00', 'PERSON') AND p.items > 0 "
          "AND p.allocated <> coalesce(i.cash, 0)"),
    Check("CV-06", "each open item at the key date is aged with its open amount", ("open_items", "ageing_items"),
          "SELECT coalesce(o.item_id, g.item_id), coalesce(g.open_amount, 0), coalesce(o.open_doc, 0) FROM (SELECT * FROM {_OPEN} "
          "WHERE open_doc <> 0 OR open_loc <> 0) o FULL JOIN ageing_items g USING (item_id) "
          "WHERE g.open_amount IS DISTINCT FROM o.open_doc OR g.open_local IS DISTINCT FROM o.open_loc"),
    Check("CV-05", "days past due = key date less due date", ("ageing_items",),
          "SELECT item_id, days_past_due, date_diff('day', due_date, DATE '{as_of}') AS days FROM ageing_items WHERE days_past_due <> days"),
    Check("MT-01", "each item stands in the bucket of its days past due", ("ageing_items",),
          _BUCKETS.replace("{name}", "bucket_due").replace("{days}", "days_past_due")),
    Check("MT-02", "each item stands in the bucket of its age", ("ageing_items",),
          _BUCKETS.replace("{name}", "bucket_invoice").replace("{days}", "age_days")),
    Check("MT-03", "ageing of each customer = its items", ("ageing", "ageing_items"),
          "SELECT coalesce(a.customer_id, i.customer_id), coalesce(a.amount, 0), coalesce(i.amount, 0) FROM (SELECT {_AGEING}, basis, "
          "sum(amount) amount, sum(amount_local) loc, sum(items) n FROM ageing GROUP BY ALL) a FULL JOIN (SELECT {_AGEING}, basis, "
          "sum(open_amount) amount, sum(open_local) loc, count(*) n FROM ageing_items, (VALUES ('DUE'), ('INVOICE')) b(basis) GROUP BY ALL) i "
          "USING ({_AGEING}, basis) WHERE a.amount IS DISTINCT FROM i.amount OR a.loc IS DISTINCT FROM i.loc OR a.n IS DISTINCT FROM i.n"),
    Check("RC-10", "subledger of each control account = its open items", ("reconciliations", "open_items"),
          "WITH acc AS (SELECT ledger_id, company_code, gl_account, bool_or(special_gl = '') plain FROM open_items GROUP BY ALL), "
          "own AS (SELECT o.ledger_id, o.company_code, o.gl_account, sum(o.open_loc) amount FROM {_OPEN} o JOIN acc USING (ledger_id, "
          "company_code, gl_account) WHERE o.special_gl = '' OR NOT acc.plain GROUP BY ALL) "
          "SELECT r.recon_id, r.ours, coalesce(own.amount, 0) FROM reconciliations r LEFT JOIN own ON own.ledger_id = r.ledger_id "
          "AND own.company_code = r.company_code AND own.gl_account = r.account WHERE r.rule = 'RC-10' AND r.status <> 'NOT_PROVEN' "
          "AND r.ours <> coalesce(own.amount, 0)"),
    Check("RC-10", "unexplained = difference − what the items explain", ("reconciliations",),
          "SELECT recon_id, unexplained, difference - explained FROM reconciliations WHERE rule = 'RC-10' AND status <> 'NOT_PROVEN' "
          "AND (unexplained <> difference - explained OR difference <> theirs - ours)"),
    Check("RC-20", "difference = adjusted bank less adjusted book", ("reconciliations",),
          "SELECT recon_id, difference, theirs - ours FROM reconciliations WHERE rule = 'RC-20' AND status <> 'NOT_PROVEN' "
          "AND (difference <> theirs - ours OR unexplained <> difference)"),
    Check("4.11", "what ties is unexplained by 0.00, and nothing else ties", ("reconciliations",),
          "SELECT recon_id, status, unexplained FROM reconciliations WHERE status <> 'NOT_PROVEN' AND (status = 'TIES') <> (unexplained = 0)"),
    Check("4.10", "explained = the reconciling items listed", ("reconciliations", "recon_items"),
          "SELECT r.recon_id, r.explained, coalesce(i.amount, 0) FROM reconciliations r LEFT JOIN (SELECT recon_id, sum(amount) amount, "
          "count(*) n FROM recon_items GROUP BY 1) i USING (recon_id) WHERE (r.rule = 'RC-10' AND r.status <> 'NOT_PROVEN' "
          "AND r.explained <> coalesce(i.amount, 0)) OR r.items <> coalesce(i.n, 0)"),
    Check("RC-20", "opening + receipts − payments = closing, bank and book", ("proof_of_cash",),
          "SELECT bank_account || ' ' || currency || ' ' || side, closing, opening + receipts - payments FROM proof_of_cash "
          "WHERE closing <> opening + receipts - payments"),
    Check("ties", "each tie: difference = ours − theirs, and it holds where that is allowed", ("ties",),
          "SELECT stage || ' ' || tie_no, difference, ours - theirs FROM ties WHERE difference <> ours - theirs "
          "OR holds <> (abs(ours - theirs) <= allowed)"),
    Check("owed", "each receipt that waits has its row of work", ("receipts", "owed"),
          "SELECT receipt_id, status, '' FROM receipts WHERE status IN ('UNIDENTIFIED', 'UNAPPLIED') "
          "AND receipt_id NOT IN (SELECT key FROM owed)"),
    *RECONS, *CREDITS, *COLLECT, *FORECAST,
)  # fmt: skip
"""Every check of the second path, in the order money meets them."""


def rederive(connection: Connection, present: Collection[str], as_of: date) -> tuple[list[Wrong], int]:
    """Run every check whose tables are there; return the differences (at most ten a check) and how many checks ran."""
    wrong: list[Wrong] = []
    ran = 0
    for check in CHECKS:
        if set(check.reads) <= set(present):
            ran += 1
            rows = connection.execute(
                check.sql.replace("{_OPEN}", _OPEN).replace("{_AGEING}", _AGEING).replace("{as_of}", as_of.isoformat())
            ).fetchmany(10)
            wrong += [Wrong(check, str(row[0]), str(row[1]), str(row[2])) for row in rows]
    return wrong, ran
