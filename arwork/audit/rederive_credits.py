"""The second path over money that comes back or waits: refunds, credit balances, overpayments, misdirected money, residuals (EX, RF, MP)."""

from __future__ import annotations

from arwork.audit.check import Check


def _parts(table: str, key: str, legs: str, leg: str) -> str:
    """Compare what a table of parts says of receipt and item with a leg of the proposals and decisions behind it."""
    return (
        f"SELECT p.{key}, p.amount, x.amount FROM (SELECT receipt_id || ' ' || {legs} AS {key}, receipt_id, {legs} item_id, sum(amount) amount "
        f"FROM {table} GROUP BY ALL) p LEFT JOIN (SELECT receipt_id, item_id, sum({leg}) amount FROM (SELECT receipt_id, item_id, {leg} FROM "
        f"proposal_items WHERE candidate = 1 AND receipt_id NOT IN (SELECT receipt_id FROM allocations) UNION ALL SELECT receipt_id, item_id, "
        f"{leg} FROM allocations) GROUP BY ALL) x USING (receipt_id, item_id) WHERE p.amount IS DISTINCT FROM x.amount"
    )


CREDITS: tuple[Check, ...] = (
    Check("MP-40", "residuals = what is left of each item paid short", ("residuals", "proposal_items", "allocations"),
          _parts("residuals", "about", "ref_item", "residual")),
    Check("MP-60", "tax certificates = what was withheld of each item", ("wht_certificates", "proposal_items", "allocations"),
          _parts("wht_certificates", "about", "item_id", "wht")),
    Check("CO-65", "adjustments = what people wrote off of each item", ("adjustments", "proposal_items", "allocations"),
          _parts("adjustments", "about", "item_id", "write_off")),
    Check("MP-50", "money on account = that of the proposal", ("on_account", "proposals"),
          "SELECT coalesce(o.receipt_id, p.receipt_id), coalesce(o.amount, 0), coalesce(p.on_account, 0) FROM on_account o FULL JOIN proposals p "
          "USING (receipt_id) WHERE p.strategy IS DISTINCT FROM 'PERSON' AND coalesce(o.amount, 0) <> coalesce(p.on_account, 0)"),
    Check("EX-20", "repeated payments = their receipts", ("breaks", "receipts"),
          "SELECT b.break_id, b.amount, r.amount FROM breaks b LEFT JOIN receipts r USING (receipt_id) WHERE b.amount IS DISTINCT FROM r.amount "
          "OR b.portion > b.amount OR b.portion < 0"),
    Check("EX-10", "classes of repeated amounts = their cases", ("repeat_classes", "repeats"),
          "SELECT concat_ws(' ', rule, class, likely, currency), coalesce(c.amount, 0), coalesce(r.amount, 0) FROM (SELECT * FROM repeat_classes "
          "WHERE class <> 'COINCIDENCE') c JOIN (SELECT rule, class, likely, currency, sum(amount) amount, sum(credit_due) due FROM repeats "
          "GROUP BY ALL) r USING (rule, class, likely, currency) WHERE c.amount < r.amount OR c.credit_due < r.due"),
    Check("EX-30", "overpayments = what their receipts hold beyond what is owed", ("overpayments", "receipts", "proposals"),
          "SELECT o.overpayment_id, o.amount, CASE o.part WHEN 'WHOLE' THEN r.amount WHEN 'REST' THEN p.on_account WHEN 'SMALL' THEN "
          "-p.small_diff ELSE -p.fx END wanted FROM overpayments o LEFT JOIN receipts r USING (receipt_id) LEFT JOIN proposals p USING (receipt_id) "
          "WHERE (o.part = 'WHOLE' AND o.amount > r.amount) OR (o.part <> 'WHOLE' AND p.strategy <> 'PERSON' AND o.amount IS DISTINCT FROM wanted)"),
    Check("EX-40", "misdirected money = that of the receipt", ("misdirected", "receipts"),
          "SELECT m.receipt_id, m.amount, r.misdirected_amount FROM misdirected m LEFT JOIN receipts r USING (receipt_id) "
          "WHERE m.amount > r.amount OR (r.misdirected_amount <> 0 AND m.amount <> r.misdirected_amount) OR r.receipt_id IS NULL"),
    Check("EX-40", "entries of each step net to nothing and carry the whole amount", ("misdirected_entries", "misdirected"),
          "SELECT e.receipt_id || ' ' || e.step, e.net || ' / ' || e.debit, '0 / ' || m.amount FROM (SELECT receipt_id, step, sum(amount) net, "
          "sum(greatest(amount, 0)) debit FROM misdirected_entries GROUP BY ALL) e LEFT JOIN misdirected m USING (receipt_id) "
          "WHERE e.net <> 0 OR e.debit IS DISTINCT FROM m.amount"),
    Check("EX-40", "entries are approved where both ledgers approved, and nowhere else", ("misdirected_entries", "misdirected"),
          "SELECT e.receipt_id || ' ' || e.step, e.state, m.approval_from || ' ' || m.approval_to FROM misdirected_entries e JOIN misdirected m "
          "USING (receipt_id) WHERE (e.state = 'APPROVED') <> (m.approval_from = 'GIVEN' AND m.approval_to = 'GIVEN')"),
    Check("RF-01", "refund = credit less what is offset", ("refunds",),
          "SELECT refund_id, refund_amount, gross_credit - offset_amount FROM refunds WHERE refund_amount <> gross_credit - offset_amount "
          "OR refund_amount < 0 OR offset_amount < 0"),
    Check("RF-02", "offset of each refund = the items it settles, none beyond what is open", ("refunds", "refund_offsets"),
          "SELECT r.refund_id, r.offset_amount, coalesce(o.amount, 0) FROM refunds r LEFT JOIN (SELECT refund_id, sum(amount) amount, "
          "bool_or(amount > open_amount OR amount <= 0) beyond FROM refund_offsets GROUP BY 1) o USING (refund_id) "
          "WHERE r.offset_amount <> coalesce(o.amount, 0) OR o.beyond"),
    Check("RF-02", "items offset are open with that amount, and none is settled twice", ("refund_offsets", "open_items"),
          "SELECT o.item_id, o.open_amount, i.open_doc FROM refund_offsets o LEFT JOIN {_OPEN} i USING (item_id) WHERE i.item_id IS NULL "
          "OR o.open_amount > i.open_doc OR o.currency <> i.currency UNION ALL SELECT item_id, sum(amount), any_value(i.open_doc) FROM refund_offsets "
          "JOIN {_OPEN} i USING (item_id) GROUP BY 1 HAVING sum(amount) > any_value(i.open_doc)"),
    Check("RF-01", "credit of each refund = what its receipt or item holds", ("refunds", "receipts", "open_items"),
          "SELECT f.refund_id, f.gross_credit, coalesce(r.amount, -i.open_doc) FROM refunds f LEFT JOIN receipts r ON f.source_kind = 'RECEIPT' "
          "AND r.receipt_id = f.source LEFT JOIN {_OPEN} i ON f.source_kind = 'ITEM' AND i.item_id = f.source WHERE "
          "f.state NOT IN ('RELEASED', 'PAID', 'CONFIRMED') AND (coalesce(r.amount, -i.open_doc) IS NULL OR f.gross_credit > coalesce(r.amount, -i.open_doc))"),
    Check("RC-60", "credit balances = what stands on each receipt", ("credit_balances", "receipts", "open_items"),
          "SELECT coalesce(c.source, r.receipt_id) || ' ' || coalesce(c.kind, r.kind), coalesce(c.amount, 0), coalesce(r.amount, 0) FROM "
          "(SELECT * FROM credit_balances WHERE source NOT IN (SELECT item_id FROM open_items)) c FULL JOIN (SELECT receipt_id, 'ON_ACCOUNT' kind, on_account_amount amount "
          "FROM receipts UNION ALL SELECT receipt_id, 'UNAPPLIED', unapplied_amount FROM receipts UNION ALL SELECT receipt_id, 'UNIDENTIFIED', "
          "unidentified_amount FROM receipts UNION ALL SELECT receipt_id, 'MISDIRECTED', misdirected_amount FROM receipts) r "
          "ON c.source = r.receipt_id AND c.kind = r.kind WHERE coalesce(c.amount, 0) <> coalesce(r.amount, 0)"),
    Check("MP-56", "credits of the ledger = open items of their own", ("credit_balances", "open_items", "receipts"),
          "SELECT c.source, c.amount, -i.open_doc FROM credit_balances c LEFT JOIN {_OPEN} i ON i.item_id = c.source "
          "WHERE c.source NOT IN (SELECT receipt_id FROM receipts) AND (i.item_id IS NULL OR c.amount > -i.open_doc OR c.amount <= 0)"),
    Check("RC-60", "age of each credit, from the day it is there since", ("credit_balances",),
          "SELECT credit_id, days, date_diff('day', since, DATE '{as_of}') AS age FROM credit_balances WHERE days <> age"),
    Check("G-21", "used of the tolerance, month by month, and what is left", ("tolerance_budget",),
          "SELECT concat_ws(' ', view, who, month), concat_ws(' / ', used_to_date, \"left\"), concat_ws(' / ', so_far, \"limit\" - so_far) FROM (SELECT *, sum(used) OVER "
          "(PARTITION BY view, ledger_id, company_code, who, year, currency ORDER BY month) so_far FROM tolerance_budget) WHERE used_to_date <> so_far "
          "OR \"left\" <> \"limit\" - so_far OR exceeded <> coalesce(so_far > \"limit\", FALSE)"),
    Check("G-21", "used of the tolerance by clerk and by reason are one; by customer it is no more", ("tolerance_budget",),
          "SELECT concat_ws(' ', ledger_id, month), a, b FROM (SELECT ledger_id, company_code, year, month, currency, sum(used) FILTER (view = 'CLERK') a, "
          "sum(used) FILTER (view = 'REASON') b, sum(used) FILTER (view = 'CUSTOMER') c FROM tolerance_budget GROUP BY ALL) WHERE a IS DISTINCT FROM b "
          "OR coalesce(c, 0) > coalesce(a, 0)"),
)  # fmt: skip
"""Checks of credits and refunds."""
