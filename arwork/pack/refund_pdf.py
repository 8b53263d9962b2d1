"""Pages as PDF, by the extra [pdf]; a page may fetch nothing."""

from __future__ import annotations

from typing import Any

from weasyprint import HTML


def _nothing(url: str, *_: Any, **__: Any) -> Any:
    """Refuse whatever a page wants to fetch."""
    raise ValueError(f"a page may fetch nothing: {url[:60]}")


def as_pdf(page: bytes) -> bytes:
    """Return a page of ours as PDF."""
    made: bytes = HTML(string=page.decode("utf-8"), url_fetcher=_nothing).write_pdf()
    return made
