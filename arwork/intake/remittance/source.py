"""The advice files of one source of the params: read by content, checked against the control figures of the source, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arwork.errors import InputError
from arwork.intake.layouts import Layout
from arwork.intake.received import Received
from arwork.intake.remittance.claim import Advised, read_advice
from arwork.intake.remittance.text_layout import TextLayout
from arwork.params import Params, Source

_OURS = (b"doc_reference", b"net_amount")
_HEAD = 4_096


@dataclass(frozen=True)
class AdviceFile:
    """One advice file as read, and its row of table `sources`."""

    advised: Advised
    source: dict[str, Any]


def by_content(source: Source, files: Sequence[Received], layouts: Mapping[str, Layout | TextLayout]) -> list[Received]:
    """Choose the files of a source that are read by what is in them: advices without a layout of tables and without our own headings."""
    if source.reads != "remittance":
        return []
    if source.layout:
        return list(files) if isinstance(layouts.get(source.layout), TextLayout) else []
    return [received for received in files if not all(heading in received.data[:_HEAD] for heading in _OURS)]


def read_advices(
    source: Source, files: Sequence[Received], layouts: Mapping[str, Layout | TextLayout], params: Params, number: str
) -> list[AdviceFile]:
    """Read the advice files of a source; `number` is that of the source.

    An advice that states no currency takes that of the ledger. Raises InputError for a file that cannot be read, or whose
    lines are not what the control figures of the source say.
    """
    named = layouts.get(source.layout)
    text_layouts = [layout for layout in layouts.values() if isinstance(layout, TextLayout)]
    own = [named] if isinstance(named, TextLayout) else text_layouts
    found = []
    for place_in_source, received in enumerate(files, start=1):
        advised = read_advice(received, params.units, source.encoding, own, currency=_currency(source, params))
        _check(advised, source, received.name, params)
        found.append(AdviceFile(advised, _row(f"{number}.{place_in_source:03d}", received, advised, source.layout)))
    return found


def _currency(source: Source, params: Params) -> str:
    """Give the currency of the ledgers that the source can be for, where it is one."""
    fits = {
        entry.currency
        for entry in params.ledgers
        if source.ledger in ("", entry.ledger) and source.company_code in ("", entry.company_code)
    }
    return fits.pop() if len(fits) == 1 else ""


def _check(advised: Advised, source: Source, file: str, params: Params) -> None:
    """Compare the lines with the control figures of the source (LD-10)."""
    rows, lines = len(advised.remittance), advised.remittance
    if source.control_rows is not None and source.control_rows != rows:
        what = f"holds {rows:,} advice lines where control_rows says {source.control_rows:,}"
        raise InputError(what, where=file, cure="Get the whole file, or correct the params.")
    if source.control_sum is not None:
        nets = zip(lines["net_amount"], lines["currency"], strict=True)
        total = sum((params.units.decimal(int(net), currency) for net, currency in nets), Decimal(0))
        if total != source.control_sum:
            what = f"its amounts add up to {total:,f} where control_sum says {source.control_sum:,f}"
            raise InputError(what, where=file, cure="Get the whole file, or correct the params.")


def _row(source_id: str, received: Received, advised: Advised, layout: str) -> dict[str, Any]:
    rows = len(advised.remittance)
    return {
        "source_id": source_id, "reads": "remittance", "source_file": received.name, "source_sha256": received.sha256,
        "bytes": len(received.data), "format": advised.format, "encoding": advised.encoding or "none", "layout": layout,
        "rows_in": rows, "rows_out": rows, "rejects": 0, "skipped": advised.repeated, "completeness": advised.completeness,
        "proof": advised.proof,
    }  # fmt: skip
