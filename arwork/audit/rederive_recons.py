"""The second path over the reconciliations: each printed layout line by line, and the lists behind its lines (RC-10 to RC-90)."""

from __future__ import annotations

from arwork.audit.check import Check


def _marks(rule: str, *marks: str) -> str:
    """Give a query with a row a reconciliation of a rule and a column a mark of its layout; marks may stand on several lines."""
    sums = ", ".join(f"coalesce(sum(l.amount) FILTER (l.mark = '{mark}'), 0) AS {name}" for name, mark in (m.split("=") for m in marks))
    return (
        f"SELECT r.recon_id, r.ours, r.theirs, r.difference, r.explained, r.unexplained, {sums} FROM reconciliations r JOIN recon_lines l "
        f"USING (recon_id) WHERE r.rule = '{rule}' AND r.status <> 'NOT_PROVEN' GROUP BY ALL"
    )


RECONS: tuple[Check, ...] = (
    Check("RC-10", "layout: subledger, GL, difference, items, unexplained", ("reconciliations", "recon_lines"),
          f"WITH m AS ({_marks('RC-10', 'a=A', 'b=B', 'c=C', 'e=E')}), s AS (SELECT recon_id, coalesce(sum(amount) FILTER (mark = '' AND NOT "
          "total), 0) parts, coalesce(sum(amount) FILTER (mark = 'D' AND NOT total), 0) items, coalesce(sum(amount) FILTER (mark = 'D' "
          "AND total), 0) d FROM recon_lines GROUP BY 1) SELECT recon_id, concat_ws(' / ', a, b, c, d, e), concat_ws(' / ', parts, theirs, "
          "theirs - ours, items, c - items) FROM m JOIN s USING (recon_id) WHERE a <> parts OR a <> ours OR b <> theirs OR c <> b - a OR d <> items "
          "OR d <> explained OR e <> c - items OR e <> unexplained"),
    Check("RC-20", "layout: adjusted bank and adjusted book by their lines", ("reconciliations", "recon_lines"),
          f"WITH m AS ({_marks('RC-20', 'b0=b0', 'b1=b1', 'b2=b2', 'b3=b3', 'bank=bank', 'k0=k0', 'k1=k1', 'k2=k2', 'k3=k3', 'book=book', 'd=difference')}) "
          "SELECT recon_id, concat_ws(' / ', bank, book, d), concat_ws(' / ', b0 + b1 + b2 + b3, k0 + k1 + k2 + k3, bank - book) FROM m "
          "WHERE bank <> b0 + b1 + b2 + b3 OR book <> k0 + k1 + k2 + k3 OR d <> bank - book OR theirs <> bank OR ours <> book"),
    Check("RC-20", "balance per bank = closing of the last statement by the key date",
          ("reconciliations", "recon_lines", "statements"),
          "WITH last AS (SELECT bank_account, currency, list(closing) closings FROM (SELECT *, rank() OVER (PARTITION BY bank_account, currency ORDER BY "
          "to_date DESC) place FROM statements WHERE to_date <= DATE '{as_of}') WHERE place = 1 GROUP BY ALL) SELECT r.recon_id, l.amount, s.closings FROM reconciliations r JOIN recon_lines l "
          "USING (recon_id) JOIN last s ON s.bank_account = r.account AND s.currency = r.currency WHERE r.rule = 'RC-20' AND l.mark = 'b0' "
          "AND r.status <> 'NOT_PROVEN' AND NOT list_contains(s.closings, l.amount)"),
    Check("4.10", "each line of the layout = its reconciling items", ("recon_lines", "recon_items"),
          "SELECT l.recon_id || ' ' || l.mark, l.amount, coalesce(i.amount, 0) FROM (SELECT recon_id, mark, sum(amount) amount FROM recon_lines "
          "WHERE NOT total AND (mark IN ('b1', 'b2', 'b3', 'k1', 'k2', 'k3', 'RI-UNR', 'RI-TIM') OR (mark = 'D' AND recon_id NOT LIKE 'RC-10%')) "
          "GROUP BY ALL) l LEFT JOIN (SELECT recon_id, mark, sum(amount) amount FROM recon_items GROUP BY ALL) i USING (recon_id, mark) "
          "WHERE l.amount <> coalesce(i.amount, 0)"),
    Check("RC-30", "each line of the roll-forward = its movements", ("reconciliations", "recon_lines", "movements"),
          "WITH lines AS (SELECT r.recon_id, r.ledger_id, r.company_code, CASE WHEN r.account = 'AR' THEN '' ELSE r.currency END code, l.mark, "
          "sum(l.amount) amount FROM recon_lines l JOIN reconciliations r USING (recon_id) WHERE r.rule = 'RC-30' AND NOT l.total AND l.mark <> 'D' "
          "GROUP BY ALL), moved AS (SELECT ledger_id, company_code, movement mark, '' code, sum(amount_local) amount FROM movements GROUP BY ALL "
          "UNION ALL SELECT ledger_id, company_code, movement, currency, sum(amount_doc) FROM movements GROUP BY ALL) "
          "SELECT l.recon_id || ' ' || l.mark, l.amount, coalesce(m.amount, 0) FROM lines l LEFT JOIN moved m USING (ledger_id, company_code, "
          "mark, code) WHERE l.amount <> coalesce(m.amount, 0)"),
    Check("RC-30", "opening and movements reach the closing; the closing = the open items",
          ("reconciliations", "recon_lines", "open_items"),
          f"WITH m AS ({_marks('RC-30', 'opening=opening', 'reached=reached', 'd=D', 'closing=closing', 'e=E')}), s AS (SELECT recon_id, "
          "sum(amount) moved FROM recon_lines WHERE NOT total AND mark NOT IN ('D', 'unmapped') GROUP BY 1), own AS (SELECT ledger_id, company_code, '' code, "
          "sum(open_loc) amount FROM {_OPEN} GROUP BY ALL UNION ALL SELECT ledger_id, company_code, currency, sum(open_doc) FROM {_OPEN} "
          "GROUP BY ALL) SELECT recon_id, concat_ws(' / ', reached, closing, e), concat_ws(' / ', opening + moved, coalesce(own.amount, 0), "
          "closing - reached - d) FROM m JOIN s USING (recon_id) JOIN reconciliations r USING (recon_id) LEFT JOIN own ON "
          "own.ledger_id = r.ledger_id AND own.company_code = r.company_code AND own.code = CASE WHEN r.account = 'AR' THEN '' ELSE r.currency END "
          "WHERE reached <> opening + moved OR closing <> coalesce(own.amount, 0) OR e <> closing - reached - d OR e <> m.unexplained"),
    Check("RC-40", "ours, the classed differences, theirs, what is left", ("reconciliations", "recon_lines", "customer_differences"),
          f"WITH m AS ({_marks('RC-40', 'a=a', 'o=ours', 'p=paid', 'h=theirs', 'd=amount', 't=t', 's=s', 'e=E')}), c AS (SELECT recon_id, "
          "sum(difference) FILTER (class <> 'OPEN') amount FROM customer_differences GROUP BY 1) SELECT recon_id, concat_ws(' / ', t, s, e), "
          "concat_ws(' / ', a + o + p + h + d, theirs, s - t) FROM m LEFT JOIN c USING (recon_id) WHERE a <> ours OR s <> theirs OR t <> a + o + p + h + d "
          "OR e <> s - t OR e <> unexplained OR t - a <> coalesce(c.amount, 0) OR explained <> coalesce(c.amount, 0)"),
    Check("RC-40", "each line of the layout = its differences; theirs less ours", ("recon_lines", "customer_differences"),
          "SELECT l.recon_id || ' ' || l.mark, l.amount, coalesce(c.amount, 0) FROM recon_lines l LEFT JOIN (SELECT recon_id, mark, "
          "sum(theirs - ours) amount FROM customer_differences WHERE class <> 'OPEN' GROUP BY ALL) c USING (recon_id, mark) "
          "WHERE l.recon_id LIKE 'RC-40/%' AND NOT l.total AND l.amount <> coalesce(c.amount, 0)"),
    Check("RC-60", "opening and what came and went = closing = the list, by age", ("reconciliations", "recon_lines", "suspense_items"),
          f"WITH m AS ({_marks('RC-60', 'o=opening', 'n=new', 'i=identified', 't=transferred', 'b=returned', 'c=closing', 'age=age', 'list=list')}), s AS "
          "(SELECT recon_id, sum(amount) amount FROM suspense_items GROUP BY 1) SELECT recon_id, concat_ws(' / ', c, list, age), "
          "concat_ws(' / ', o + n + i + t + b, coalesce(s.amount, 0), coalesce(s.amount, 0)) FROM m LEFT JOIN s USING (recon_id) "
          "WHERE c <> o + n + i + t + b OR list <> coalesce(s.amount, 0) OR age <> coalesce(s.amount, 0) OR theirs <> ours + difference"),
    Check("RC-60", "what waits of each receipt stands in the list once", ("suspense_items", "receipts"),
          "SELECT coalesce(s.receipt_id, r.receipt_id) || ' ' || coalesce(s.kind, r.kind), coalesce(s.amount, 0), coalesce(r.amount, 0) FROM "
          "suspense_items s FULL JOIN (SELECT receipt_id, 'UNAPPLIED' kind, unapplied_amount amount FROM receipts UNION ALL SELECT receipt_id, "
          "'UNIDENTIFIED', unidentified_amount FROM receipts UNION ALL SELECT receipt_id, 'MISDIRECTED', misdirected_amount FROM receipts) r "
          "USING (receipt_id, kind) WHERE coalesce(s.amount, 0) <> coalesce(r.amount, 0)"),
    Check("RC-80", "ageing of the ledger by bucket, and in all", ("reconciliations", "recon_lines", "ageing"),
          "WITH aged AS (SELECT ledger_id, company_code, bucket label, sum(amount_local) amount FROM ageing WHERE basis = 'DUE' GROUP BY ALL), "
          "said AS (SELECT r.ledger_id, r.company_code, l.label, l.amount FROM recon_lines l JOIN reconciliations r USING (recon_id) WHERE "
          "r.rule = 'RC-80' AND r.account = 'ageing' AND l.mark = 'bucket'), own AS (SELECT DISTINCT ledger_id, company_code FROM said) "
          "SELECT ledger_id || ' ' || label, coalesce(s.amount, 0), coalesce(a.amount, 0) FROM said s FULL JOIN (SELECT * FROM aged "
          "SEMI JOIN own USING (ledger_id, company_code)) a USING (ledger_id, company_code, label) WHERE coalesce(s.amount, 0) <> coalesce(a.amount, 0) "
          "UNION ALL SELECT l.recon_id, sum(l.amount) FILTER (l.mark = 'ageing'), sum(l.amount) FILTER (l.mark = 'bucket') FROM recon_lines l "
          "JOIN reconciliations r USING (recon_id) WHERE r.rule = 'RC-80' AND r.account = 'ageing' GROUP BY 1 "
          "HAVING sum(l.amount) FILTER (l.mark = 'ageing') <> sum(l.amount) FILTER (l.mark = 'bucket')"),
    Check("RC-80", "ageing of the accounts reconciled against the subledger", ("reconciliations", "recon_lines"),
          f"WITH m AS ({_marks('RC-80', 'g=ageing', 'o=outside', 'c=comparable', 'a=A', 'e=E')}) SELECT recon_id, concat_ws(' / ', c, e), "
          "concat_ws(' / ', g + o, a - c) FROM m WHERE recon_id LIKE '%/ageing/%' AND (c <> g + o OR abs(e) <> abs(a - c) OR abs(e) <> abs(unexplained))"),
    Check("RC-80", "disputed items = the register and what is disputed in part", ("reconciliations", "recon_lines"),
          f"WITH m AS ({_marks('RC-80', 'g=register', 'd=D', 'i=items', 'e=E')}) SELECT recon_id, i, g + d + e FROM m "
          "WHERE recon_id LIKE '%/disputes/%' AND (i <> g + d + e OR g <> ours OR i <> theirs OR e <> unexplained)"),
    Check("RC-80", "allowance: what moved it, and the expected loss with its overlay", ("reconciliations", "recon_lines"),
          f"WITH m AS ({_marks('RC-80', 'o=opening', 'c=charge', 'w=write_offs', 'v=recoveries', 'x=fx', 'r=reached', 'g=computed', 'y=overlay', 'd=due')}) "
          "SELECT recon_id, concat_ws(' / ', r, d), concat_ws(' / ', o + c + w + v + x, g + y) FROM m WHERE recon_id LIKE '%/allowance/%' AND "
          "(r <> o + c + w + v + x OR d <> g + y OR ours <> r OR theirs <> d)"),
    Check("RC-90", "posted, adjusted and under each policy", ("reconciliations", "recon_lines"),
          f"WITH m AS ({_marks('RC-90', 'p=posted', 'u=RI-UNR', 'h=in hand', 't=RI-TIM', 's=settlement', 'c=cash', 'w=policy')}) SELECT recon_id, "
          "concat_ws(' / ', h, s, c), concat_ws(' / ', p + u, h + t, h - s) FROM m WHERE h <> p + u OR s <> h + t OR c <> h - s OR w NOT IN (h, s) "
          "OR ours <> p OR theirs <> w OR difference <> w - p"),
    Check("RC-90", "subledger as posted = the open items", ("reconciliations", "open_items"),
          "SELECT r.recon_id, r.ours, coalesce(o.amount, 0) FROM reconciliations r LEFT JOIN (SELECT ledger_id, company_code, currency, "
          "sum(open_doc) amount FROM {_OPEN} GROUP BY ALL) o USING (ledger_id, company_code, currency) WHERE r.rule = 'RC-90' "
          "AND r.status <> 'NOT_PROVEN' AND r.ours <> coalesce(o.amount, 0)"),
    Check("4.11", "what is left of each reconciliation stands in its certificate", ("certification", "reconciliations"),
          "SELECT r.recon_id, c.unexplained, r.unexplained FROM reconciliations r LEFT JOIN certification c USING (recon_id) "
          "WHERE c.unexplained IS DISTINCT FROM r.unexplained OR (c.certifiable = 'YES' AND (r.unexplained <> 0 OR r.status = 'NOT_PROVEN')) "
          "OR (c.certifiable = 'EXCEPTION' AND abs(r.unexplained) > c.allowed) OR (r.rule = 'RC-20' AND c.allowed <> 0)"),
    Check("CV-07", "effect of each change behind the last key date", ("changes_since",),
          "SELECT item_id, effect_local, now - was FROM changes_since WHERE currency = local_currency AND effect_local <> now - was"),
)  # fmt: skip
"""Checks of the reconciliations."""
