"""Ageing and collections: who owes what since when, and the collector's week."""

from __future__ import annotations

from arwork.collect.ageing import age
from arwork.collect.disputes import contested
from arwork.collect.files import collectors_files
from arwork.collect.week import READ as WEEK
from arwork.collect.week import week
from arwork.forecast.frozen import frozen_of
from arwork.journal.followed import follow
from arwork.pack.laid import CARRIED
from arwork.proof import Stage
from arwork.stages.books import Books, Task, carried

_COLLECTORS = (
    "open_items", "disputes", "allocations", "customers", "promises", "customer_profiles", "letters_sent", "receipts", "claims", "cheques",
    "credit_requests", "customer_banks", "payer_relationships", "legal_params", "refund_steps",
)  # fmt: skip


def ageing_collections(books: Books) -> Stage:
    """Age the open items (MT-01 to MT-03) and lay out the collector's week: figures, worklist, promises, fees, reminders (CO, MT)."""
    t, params = books.tables, books.params
    said = follow(books.events, t["promises"], t["contacts"], t["disputes"], t["customers"])
    frozen = frozen_of(carried(books.run_dir, CARRIED), params.as_of)
    t = contested({**t, "promises": said.promises, "contacts": said.contacts, "disputes": said.disputes, "forecast_frozen": frozen})
    aged = age(t["open_items"], t["disputes"], t["allocations"], params.policy, params.as_of)
    done = week(t, aged.ageing_items, params.policy, books.units, params.start, params.as_of, params.off)
    files = collectors_files(
        {**t, "ageing": aged.ageing, "ageing_items": aged.ageing_items, "promises": done.tables["promise_results"], "standing": done.items,
         "net_overdue": done.net, **{name: done.tables[name] for name in ("late_fees", "distress")}},
        params.policy, params.start, params.as_of, params.units, params.off,
    )  # fmt: skip
    tables = {"ageing_items": aged.ageing_items, "ageing": aged.ageing, **done.tables, **files.tables}
    told = (*aged.findings, *said.findings, *done.findings, *files.findings)
    return Stage("40_ageing_collections", tables, (*aged.ties, *done.ties, *files.ties), told)


TASK = Task("40_ageing_collections", ageing_collections, tuple(dict.fromkeys((*WEEK, *_COLLECTORS))))
