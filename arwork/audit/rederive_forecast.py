"""The second path over the forecast: parts, weeks, kinds and steps add up to the cash that is expected (FC-01 to FC-08, 7.1)."""

from __future__ import annotations

from arwork.audit.check import Check

_SEGMENT = "ledger_id, company_code, currency"
_KINDS = (("OPEN", "ordinary"), ("PROMISE", "promises"), ("DISPUTE", "disputes"), ("CHEQUE', 'DEBIT", "cheques"), ("OVERRIDE", "overrides"))
_SUMS = ("naive", "days_late", "expected", "ordinary", "promises", "disputes", "cheques", "overrides", "new_billings")


def _by_kind(span: str, column: str) -> str:
    """Compare a span of the forecast with its parts, kind by kind."""
    said = ", ".join(name for _, name in _KINDS)
    parts = ", ".join(f"coalesce(sum({column}) FILTER (kind IN ('{kind}')), 0) {name}" for kind, name in _KINDS)
    differ = " OR ".join(f"c.{name} <> coalesce(i.{name}, 0)" for _, name in _KINDS)
    shown = [", ".join(f"{place}.{name}" for _, name in _KINDS) for place in "ci"]
    return (
        f"SELECT c.ledger_id || ' ' || c.currency, concat_ws(' / ', {shown[0]}), concat_ws(' / ', {shown[1]}) FROM (SELECT {_SEGMENT}, {said} FROM "
        f"forecast_cash WHERE span = '{span}') c LEFT JOIN (SELECT {_SEGMENT}, {parts} FROM forecast_items GROUP BY ALL) i USING ({_SEGMENT}) "
        f"WHERE {differ}"
    )


FORECAST: tuple[Check, ...] = (
    Check("FC-03", "each part = expected in the quarter + later, and no more in the month", ("forecast_items",),
          "SELECT item_id || ' ' || kind, amount, horizon + later FROM forecast_items WHERE amount <> horizon + later OR month > horizon "
          "OR month < 0 OR later < 0"),
    Check("FC-03", "parts of an item come to no more than is open", ("forecast_items", "open_items"),
          "SELECT f.item_id, f.amount, i.open_doc FROM (SELECT item_id, sum(amount) amount FROM forecast_items GROUP BY 1) f LEFT JOIN {_OPEN} i "
          "USING (item_id) WHERE i.item_id IS NULL OR f.amount > i.open_doc"),
    Check("FC-03", "expected = its kinds and new billings", ("forecast_cash",),
          "SELECT concat_ws(' ', ledger_id, currency, span), expected, ordinary + promises + disputes + cheques + overrides + new_billings FROM "
          "forecast_cash WHERE expected <> ordinary + promises + disputes + cheques + overrides + new_billings OR p10 > p50 OR p50 > p90 "
          "OR reached_p10 > reached_p90"),
    Check("FC-03", "weeks add up to the quarter", ("forecast_cash",),
          "SELECT * FROM (SELECT ledger_id || ' ' || currency, concat_ws(' / ', " + ", ".join(f"sum({c}) FILTER (span = 'QUARTER')" for c in _SUMS)
          + ") AS said, concat_ws(' / ', " + ", ".join(f"sum({c}) FILTER (span LIKE 'W%')" for c in _SUMS)
          + f") AS weeks FROM forecast_cash GROUP BY {_SEGMENT}) WHERE said <> weeks"),
    Check("FC-03", "what is reached by each week = the weeks so far", ("forecast_cash",),
          f"SELECT ledger_id || ' ' || span, reached, so_far FROM (SELECT *, sum(expected) OVER (PARTITION BY {_SEGMENT} ORDER BY span) so_far "
          "FROM forecast_cash WHERE span LIKE 'W%') WHERE reached <> so_far"),
    Check("FC-04", "the quarter by kind = the parts of its items", ("forecast_cash", "forecast_items"), _by_kind("QUARTER", "horizon")),
    Check("FC-04", "the month by kind = the parts of its items", ("forecast_cash", "forecast_items"), _by_kind("MONTH", "month")),
    Check("FC-01", "naive forecast of the quarter = items due in it, and new billings", ("forecast_cash", "forecast_items"),
          "SELECT c.ledger_id || ' ' || c.currency, c.naive, c.new_billings + coalesce(sum(i.amount), 0) FROM forecast_cash c LEFT JOIN forecast_items i "
          "ON (c.ledger_id, c.company_code, c.currency) = (i.ledger_id, i.company_code, i.currency) AND i.due_date <= c.to_date "
          "AND i.kind NOT IN ('RECOVERY', 'GROUP') WHERE c.span = 'QUARTER' GROUP BY c.ledger_id, c.company_code, c.currency, c.naive, "
          "c.new_billings HAVING c.naive <> c.new_billings + coalesce(sum(i.amount), 0)"),
    Check("7.1", "from the frozen forecast to today's: the steps add up", ("forecast_changes",),
          f"SELECT ledger_id || ' ' || currency, sum(amount) FILTER (step = 'NOW'), sum(amount) FILTER (step <> 'NOW') FROM forecast_changes "
          f"GROUP BY {_SEGMENT} HAVING sum(amount) FILTER (step = 'NOW') IS DISTINCT FROM sum(amount) FILTER (step <> 'NOW')"),
    Check("7.1", "the forecast as it was frozen", ("forecast_changes", "forecast_frozen"),
          f"SELECT ledger_id || ' ' || currency, c.amount, f.expected FROM forecast_changes c LEFT JOIN forecast_frozen f USING ({_SEGMENT}) "
          "WHERE c.step = 'FROZEN' AND c.amount IS DISTINCT FROM f.expected"),
    Check("7.4", "cash of earlier months = its weeks", ("forecast_accuracy",),
          f"SELECT concat_ws(' ', ledger_id, currency, origin), sum(actual) FILTER (span = 'MONTH'), sum(actual) FILTER (span <> 'MONTH') FROM "
          f"forecast_accuracy GROUP BY {_SEGMENT}, origin HAVING sum(actual) FILTER (span = 'MONTH') <> sum(actual) FILTER (span <> 'MONTH')"),
    Check("7.4", "miss of the month by each method, as a share of its cash", ("forecast_scores", "forecast_accuracy"),
          f"WITH miss AS (SELECT {_SEGMENT}, sum(actual) paid, sum(abs(naive - actual)) a, sum(abs(days_late - actual)) b, sum(abs(expected - "
          f"actual)) c, sum(abs(blend - actual)) d FROM forecast_accuracy WHERE span = 'MONTH' GROUP BY ALL) SELECT concat_ws(' ', ledger_id, currency, "
          "method), wape, round(CASE method WHEN 'FC-01' THEN a WHEN 'FC-02' THEN b WHEN 'FC-03' THEN c ELSE d END * 1000000.0 / paid) should FROM "
          f"forecast_scores s JOIN miss USING ({_SEGMENT}) WHERE horizon = 'MONTH' AND paid > 0 AND abs(wape - should) > 1"),
)  # fmt: skip
"""Checks of the forecast."""
