"""The second path over the collector's week: metrics, provisions, worklist, fees, reminders, statements, lists of items (MT, CO)."""

from __future__ import annotations

from arwork.audit.check import Check

_ACCOUNT = "ledger_id, company_code, customer_id"
_LEFT = (
    "SELECT g.*, open_local - CASE WHEN open_amount = 0 THEN 0 ELSE CAST(round(CAST(open_local AS DECIMAL(38, 6)) * coalesce(taken, 0) / "
    "open_amount) AS BIGINT) END rest FROM ageing_items g LEFT JOIN (SELECT item_id, sum(amount_relieved - residual) taken FROM allocations "
    "GROUP BY 1) USING (item_id)"
)
"""Open items in ledger currency less what this close takes off them for good."""


def _same(table: str, key: str, amount: str, other: str, wanted: str) -> str:
    """Compare an amount of a table with that of the row it is about in another."""
    return f"SELECT a.{key}, a.{amount}, b.{wanted} FROM {table} a LEFT JOIN {other} b USING ({key}) WHERE a.{amount} IS DISTINCT FROM b.{wanted}"


COLLECT: tuple[Check, ...] = (
    Check("MT-10", "value of each metric = its figures above and below the line", ("metrics",),
          "SELECT concat_ws(' ', ledger_id, metric, variant), value, numerator || ' / ' || denominator FROM metrics WHERE status = 'MEASURED' "
          "AND value <> '' AND numerator IS NOT NULL AND denominator <> 0 AND (metric IN ('MT-16', 'MT-23', 'MT-30', 'MT-31', 'MT-40', 'MT-41', "
          "'MT-42', 'MT-48', 'MT-50', 'MT-54', 'MT-70') AND abs(CAST(value AS DECIMAL(38, 2)) - numerator * 100.0 / denominator) > 0.00501 "
          "OR metric IN ('MT-20', 'MT-21', 'MT-22', 'MT-46') AND abs(CAST(value AS DECIMAL(38, 2)) - numerator * 1.0 / denominator) > 0.00501)"),
    Check("MT-23", "overdue, not overdue and over 90 days = open debits of the ageing, less what this close allocates",
          ("metrics", "ageing_items", "allocations"),
          f"WITH own AS (SELECT ledger_id, company_code, sum(rest) whole, coalesce(sum(rest) FILTER (days_past_due > 0), 0) late, "
          f"coalesce(sum(rest) FILTER (days_past_due > 90), 0) old FROM ({_LEFT}) WHERE rest > 0 GROUP BY ALL), said AS (SELECT ledger_id, company_code, "
          "max(numerator) FILTER (variant = 'not overdue') fresh, max(numerator) FILTER (variant = 'overdue') late, max(numerator) FILTER "
          "(variant = 'over 90 days') old, max(denominator) whole FROM metrics WHERE metric = 'MT-23' AND status = 'MEASURED' GROUP BY ALL) "
          "SELECT ledger_id, concat_ws(' / ', s.fresh, s.late, s.old, s.whole), concat_ws(' / ', o.whole - o.late, o.late, o.old, o.whole) FROM said s "
          "LEFT JOIN own o USING (ledger_id, company_code) WHERE s.fresh <> o.whole - o.late OR s.late <> o.late OR coalesce(s.old, o.old) <> o.old "
          "OR s.whole IS DISTINCT FROM o.whole"),
    Check("CO-15", "overdue of each customer = its overdue debits of the ageing, less what this close allocates",
          ("worklist", "ageing_items", "allocations"),
          f"SELECT w.customer_id, w.overdue, coalesce(o.late, 0) FROM worklist w LEFT JOIN (SELECT {_ACCOUNT}, sum(rest) late FROM ({_LEFT}) "
          f"WHERE rest > 0 AND days_past_due > 0 GROUP BY ALL) o USING ({_ACCOUNT}) WHERE w.overdue <> coalesce(o.late, 0)"),
    Check("MT-12", "days sales outstanding = its overdue and its best possible part", ("metrics",),
          "WITH m AS (SELECT ledger_id, company_code, max(numerator) FILTER (metric = 'MT-10') dso, max(numerator) FILTER (metric = 'MT-11') best, "
          "max(numerator) FILTER (metric = 'MT-12') late, count(*) FILTER (metric IN ('MT-10', 'MT-11', 'MT-12') AND status = 'MEASURED') n "
          "FROM metrics WHERE variant = 'standard' GROUP BY ALL) SELECT ledger_id, dso, best + late FROM m WHERE n = 3 AND dso <> best + late"),
    Check("MT-60", "expected loss = exposure x rate", ("provisions",),
          "SELECT concat_ws(' ', ledger_id, \"group\", bucket), expected_loss, exposure * rate // 1000000 FROM provisions "
          "WHERE abs(expected_loss * 1000000::HUGEINT - exposure::HUGEINT * rate) > 500000"),
    Check("MT-60", "exposure and set-off = open debit items of the ageing", ("provisions", "ageing_items"),
          "SELECT concat_ws(' ', ledger_id, company_code), p.amount, a.amount FROM (SELECT ledger_id, company_code, sum(exposure + set_off) amount FROM provisions "
          "GROUP BY ALL) p LEFT JOIN (SELECT ledger_id, company_code, sum(greatest(open_local, 0)) amount FROM ageing_items GROUP BY ALL) a "
          "USING (ledger_id, company_code) WHERE p.amount IS DISTINCT FROM a.amount"),
    Check("CO-10", "first contacts are about the amounts of their items", ("first_contacts", "open_items"),
          "SELECT f.item_id, f.amount, i.amount_doc FROM first_contacts f LEFT JOIN open_items i USING (item_id) WHERE i.item_id IS NULL "
          "OR f.amount NOT IN (i.amount_doc, i.open_amount_doc) OR f.due_date <> i.due_date"),
    Check("CO-30", "promises with the amount promised, and no more paid on them", ("promise_results", "promises"),
          "SELECT r.promise_id, r.promised_amount, p.promised_amount FROM promise_results r LEFT JOIN promises p USING (promise_id) WHERE "
          "r.paid_amount < 0 OR r.paid_amount > r.promised_amount OR (p.promise_id IS NOT NULL AND r.promised_amount <> p.promised_amount) "
          "OR (r.status = 'KEPT' AND r.paid_amount = 0)"),
    Check("CO-80", "disputes with the amount of the register", ("dispute_work", "disputes"),
          "SELECT w.dispute_id, w.disputed_amount, d.disputed_amount FROM dispute_work w JOIN disputes d USING (dispute_id) "
          "WHERE w.disputed_amount <> d.disputed_amount AND w.disputed_amount <> w.open_amount"),
    Check("CO-15", "net overdue = overdue less disputed less money on the account", ("worklist",),
          "SELECT customer_id, net_overdue, overdue - disputed - unapplied FROM worklist WHERE net_overdue <> overdue - disputed - unapplied "
          "AND net_overdue <> greatest(overdue - disputed - unapplied, 0)"),
    Check("CO-55", "late fee = interest + fixed sum", ("late_fees",),
          "SELECT item_id, fee, interest + fixed_sum FROM late_fees WHERE fee <> interest + fixed_sum"),
    Check("CO-55", "interest of each item = its segments", ("late_fees", "late_fee_segments"),
          "SELECT f.item_id, f.interest, coalesce(s.interest, 0) FROM late_fees f LEFT JOIN (SELECT item_id, sum(interest) interest FROM "
          "late_fee_segments GROUP BY 1) s USING (item_id) WHERE f.interest <> coalesce(s.interest, 0)"),
    Check("CO-55", "interest of a segment = outstanding x rate x days of the year", ("late_fee_segments",),
          "SELECT item_id || ' ' || segment, interest, outstanding * rate * days // 365000000 FROM late_fee_segments WHERE days <> "
          "date_diff('day', from_date, to_date) OR per = 'YEAR' AND (rate > 0 AND charged <> days OR abs(interest) * 360000000::HUGEINT > abs(outstanding)::HUGEINT "
          "* rate * charged + 360000000 OR (abs(interest) + 1) * 366000000::HUGEINT < abs(outstanding)::HUGEINT * rate * charged) OR per = 'MONTH' AND "
          "abs(abs(interest) * 1000000::HUGEINT - abs(outstanding)::HUGEINT * rate * charged) > 500000 OR per = 'MONTH' AND charged > days // 28"),
    Check("CO-65", "items to be written off = the ageing", ("write_offs", "ageing_items"), _same("write_offs", "item_id", "open_amount", "ageing_items", "open_amount")),
    Check("CO-65", "items to be written off, in ledger currency", ("write_offs", "ageing_items"), _same("write_offs", "item_id", "open_local", "ageing_items", "open_local")),
    Check("CO-01", "each reminder = the items it asks for and leaves out", ("dunning_letters", "dunning_items"),
          f"SELECT l.customer_id, l.amount || ' / ' || l.left_out, i.asked || ' / ' || i.left_out FROM dunning_letters l LEFT JOIN (SELECT {_ACCOUNT}, "
          "currency, sum(asked) asked, sum(left_out) left_out FROM dunning_items GROUP BY ALL) i USING "
          f"({_ACCOUNT}, currency) WHERE l.outcome = 'LETTER' AND (l.amount IS DISTINCT FROM i.asked OR l.left_out IS DISTINCT FROM i.left_out)"),
    Check("CO-07", "each item of a reminder is asked for or left out", ("dunning_items",),
          "SELECT item_id, open_amount, asked + left_out FROM dunning_items WHERE open_amount <> asked + left_out"),
    Check("CO-20", "reminders sent with the amount asked for", ("letter_reactions", "letters_sent"), _same("letter_reactions", "letter_id", "amount", "letters_sent", "amount")),
    Check("RC-40", "statement of account: opening and movements = closing", ("account_statements",),
          "SELECT customer_id || ' ' || currency, closing, opening + invoices + debit_memos + credit_memos + payments + adjustments + unshown FROM "
          "account_statements WHERE closing <> opening + invoices + debit_memos + credit_memos + payments + adjustments + unshown"),
    Check("RC-40", "statement of account: closing, and overdue of it = the open items", ("account_statements", "ageing_items"),
          f"SELECT s.customer_id || ' ' || s.currency, s.closing, coalesce(i.amount, 0) FROM account_statements s LEFT JOIN (SELECT {_ACCOUNT}, currency, "
          f"sum(open_amount) amount, count(*) n FROM ageing_items GROUP BY ALL) i USING ({_ACCOUNT}, currency) WHERE s.closing <> coalesce(i.amount, 0) "
          "OR s.items <> coalesce(i.n, 0)"),
    Check("CO-50", "open and overdue of accounts in distress = the ageing", ("distress", "ageing_items"),
          f"SELECT d.customer_id, d.open_local, i.amount FROM distress d LEFT JOIN (SELECT {_ACCOUNT}, sum(open_local) amount, "
          "sum(greatest(open_local, 0)) debit FROM ageing_items GROUP BY ALL) i "
          f"USING ({_ACCOUNT}) WHERE d.open_local NOT IN (coalesce(i.amount, 0), coalesce(i.debit, 0)) OR d.overdue_local > coalesce(i.debit, 0)"),
    Check("CO-92", "cheques with the amount of the register", ("cheque_register", "cheques"),
          "SELECT cheque_no, r.amount, c.amount FROM cheque_register r LEFT JOIN cheques c USING (ledger_id, company_code, cheque_no, bank) "
          "WHERE r.amount IS DISTINCT FROM c.amount"),
    Check("CO-45", "orders on hold with their value", ("credit_reviews", "credit_requests"),
          f"SELECT order_no, r.order_value, q.order_value FROM credit_reviews r LEFT JOIN credit_requests q USING ({_ACCOUNT}, order_no) "
          "WHERE r.order_value IS DISTINCT FROM q.order_value"),
    Check("CO-70", "adjustments checked with the amount of the register", ("adjustment_checks", "adjustment_register"),
          "SELECT adjustment_id, c.amount, r.amount FROM adjustment_checks c JOIN adjustment_register r USING (adjustment_id) WHERE c.amount <> r.amount"),
)  # fmt: skip
"""Checks of ageing, metrics and collections."""
