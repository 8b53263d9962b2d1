"""Pictures: the figures they state are exact, equal figures give equal bytes, and a user's own plot style changes nothing."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest

from arwork.money import ISO
from arwork.show.canvas import Picture
from arwork.show.pictures import OUTCOMES, ageing_bars, bridge, bridge_of, daily_receipts, match_outcome, outcome_of
from arwork.tables import conform, empty


def ageing(*rows: tuple[int, str, int, int], currency: str = "EUR", basis: str = "DUE") -> pd.DataFrame:
    return conform("ageing", pd.DataFrame([
        {"ledger_id": "M", "company_code": "1", "customer_id": f"c{i}", "currency": currency, "basis": basis, "bucket_no": number,
         "bucket": name, "items": 1, "amount": amount, "disputed": disputed, "about_to_clear": 0, "local_currency": currency,
         "amount_local": amount}
        for i, (number, name, amount, disputed) in enumerate(rows)
    ]))  # fmt: skip


AX_22 = ageing((0, "current", 100000, 0), (1, "1–30", 50000, 50000), (1, "1–30", 200000, 0), (2, "31–60", 75000, 0),
               (3, "61–90", 120000, 0),
               (4, "> 90", 30000, 0), (5, "credits", -65000, 0))  # fmt: skip


def proposals(*rows: tuple[str, str, int, str]) -> pd.DataFrame:
    return conform("proposals", pd.DataFrame([
        {"receipt_id": f"r{i}", "ledger_id": "M", "company_code": "1", "currency": currency, "amount": amount, "strategy": "M03",
         "status": status, "decided_by": by, "decision_seq": 0, "items": 0, "allocated": 0, "discount": 0, "small_diff": 0, "rivals": 0,
         "exhaustive": True, "score": 0, "sentence": "s"}
        for i, (status, currency, amount, by) in enumerate(rows)
    ]))  # fmt: skip


PROPOSED = proposals(
    ("AUTO", "EUR", 100050, "rule"), ("AUTO", "EUR", 5000, "kim"), ("SUGGEST", "EUR", 1, "rule"), ("REVIEW", "EUR", 250000, "rule"),
    ("NONE", "EUR", 100, "rule"), ("AUTO", "JPY", 7000, "rule"),
)  # fmt: skip


def received(frame: pd.DataFrame, days: list[str]) -> pd.DataFrame:
    base = {
        "ledger_id": "M", "company_code": "1", "bank_account": "A", "statement_key": "S", "line_no": 1, "method": "WIRE",
        "payer_key": "NONE", "payer_strength": "NONE", "payer_sentence": "n", "payer_conflict": False, "status": "UNIDENTIFIED",
        "applied_amount": 0, "on_account_amount": 0, "unapplied_amount": 0, "unidentified_amount": 0, "misdirected_amount": 0,
        "refunded_amount": 0, "source_file": "f", "source_line": "1", "source_sha256": "0",
    }  # fmt: skip
    rows = [
        {**base, "receipt_id": r, "currency": c, "amount": a, "booking_date": pd.Timestamp(d), "value_date": pd.Timestamp(d)}
        for r, c, a, d in zip(frame["receipt_id"], frame["currency"], frame["amount"], days, strict=True)
    ]
    return conform("receipts", pd.DataFrame(rows))


RECEIVED = received(PROPOSED, ["2026-03-02", "2026-03-02", "2026-03-05", "2026-03-31", "2026-03-31", "2026-03-31"])


def chunks(png: bytes) -> dict[bytes, bytes]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    found, place = {}, 8
    while place < len(png):
        size, kind = struct.unpack(">I4s", png[place : place + 8])
        body = png[place + 8 : place + 8 + size]
        assert struct.unpack(">I", png[place + 8 + size : place + 12 + size])[0] == zlib.crc32(kind + body)
        found[kind] = body
        place += 12 + size
    return found


def all_of_them() -> list[Picture]:
    return [
        ageing_bars(AX_22, "EUR", ISO),
        match_outcome(PROPOSED, "EUR", ISO),
        daily_receipts(RECEIVED, PROPOSED, "EUR", ISO),
        bridge("Bridge", ("A", 1000), [("x", -100), ("y", 40)], ("B", 900), "EUR", ISO),
    ]


def test_equal_figures_give_equal_bytes_whatever_style_the_user_set() -> None:
    first = [picture.png for picture in all_of_them()]
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "savefig.dpi": 20, "axes.grid": True, "font.family": "monospace"}):
        again = [picture.png for picture in all_of_them()]
    assert first == again
    assert len(set(first)) == 4


@pytest.mark.parametrize("picture", all_of_them(), ids=lambda p: p.alt[:12])
def test_pictures_carry_no_date_and_no_program(picture: Picture) -> None:
    found = chunks(picture.png)
    assert set(found) <= {b"IHDR", b"pHYs", b"IDAT", b"IEND"}
    width, height = struct.unpack(">II", found[b"IHDR"][:8])
    assert (width, height > 300) == (1008, True)
    assert picture._repr_png_() == picture.png
    assert repr(picture) == f"Picture: {picture.alt}"


def test_ax_22_ageing_states_buckets_total_and_disputes() -> None:
    alt = ageing_bars(AX_22, "EUR", ISO).alt
    assert "current 1,000.00; 1–30 2,500.00; 31–60 750.00; 61–90 1,200.00; > 90 300.00; credits −650.00" in alt
    assert "Open 5,100.00 EUR, of which disputed 500.00" in alt


def test_outcome_counts_people_apart() -> None:
    assert outcome_of(PROPOSED).tolist() == ["AUTO", "PERSON", "SUGGEST", "REVIEW", "NONE", "AUTO"]
    assert set(outcome_of(PROPOSED)) <= set(OUTCOMES)
    alt = match_outcome(PROPOSED, "EUR", ISO).alt
    assert alt == (
        "What became of 5 receipts, 3,551.51 EUR: automatic 1, 1,000.50; by a person 1, 50.00; suggested 1, 0.01; "
        "to review 1, 2,500.00; no proposal 1, 1.00."
    )


def test_daily_receipts_count_one_currency() -> None:
    alt = daily_receipts(RECEIVED, PROPOSED, "EUR", ISO).alt
    assert "5 receipts, 3,551.51 EUR, 2026-03-02 to 2026-03-31" in alt
    assert "1 receipt, 7,000 JPY" in daily_receipts(RECEIVED, PROPOSED, "JPY", ISO).alt


def test_bridge_shows_what_the_steps_leave_open() -> None:
    alt = bridge("Bridge", ("Subledger", 1000), [("x", -100), ("y", 40)], ("GL", 900), "EUR", ISO).alt
    assert alt == "Bridge: Subledger 10.00 to GL 9.00 EUR; difference −1.00, unexplained −0.40. x −1.00; y +0.40; Unexplained −0.40."


def recon(rule: str, **facts: Any) -> dict[str, Any]:
    base = {
        "recon_id": rule,
        "rule": rule,
        "company_code": "1000",
        "account": "1400",
        "currency": "EUR",
        "key_date": pd.Timestamp("2026-03-31"),
    }
    return {**base, **facts}


def items(recon_id: str, rows: list[tuple[str, str, int]]) -> pd.DataFrame:
    return conform("recon_items", pd.DataFrame([
        {"recon_id": recon_id, "item_no": i, "code": code, "mark": mark, "document": "d", "date": pd.Timestamp("2026-03-31"),
         "amount": minor, "currency": "EUR", "sentence": "s"}
        for i, (code, mark, minor) in enumerate(rows)
    ]))  # fmt: skip


def test_ax_19_bridge_from_subledger_to_gl_leaves_nothing() -> None:
    found = items("RC-10", [("RI-MJE", "D", -950000), ("RI-INT", "D", -234500), ("RI-RCL", "D", 327500)])
    alt = bridge_of(recon("RC-10", ours=126288055, theirs=125431055), empty("recon_lines"), found, ISO).alt
    assert "difference −8,570.00, unexplained 0.00" in alt
    assert "RI-INT interface −2,345.00; RI-MJE manual journal −9,500.00; RI-RCL reclass +3,275.00" in alt


def test_ax_20_bridge_from_book_to_bank_leaves_nothing() -> None:
    lines = conform("recon_lines", pd.DataFrame([
        {"recon_id": "RC-20", "line_no": i, "label": m, "mark": m, "amount": a, "rows": 1, "total": False}
        for i, (m, a) in enumerate([("b0", 8451230), ("k0", 8410585)])
    ]))  # fmt: skip
    found = items("RC-20", [("RI-TIM", "b1", 80000), ("RI-TIM", "b1", 215000), ("RI-OST", "b2", -160000), ("RI-BNK", "b3", -31000),
                            ("RI-UNR", "k1", 120000), ("RI-UNR", "k1", 64000), ("RI-UNR", "k2", -4555), ("RI-UNR", "k2", -37500),
                            ("RI-ERR", "k3", 2700)])  # fmt: skip
    alt = bridge_of(recon("RC-20", ours=8555230, theirs=8555230), lines, found, ISO).alt
    assert "Book 84,105.85 to Bank 84,512.30 EUR; difference +406.45, unexplained 0.00" in alt


def test_pictures_of_nothing_say_so() -> None:
    assert match_outcome(PROPOSED, "SEK", ISO).alt == "What became of 0 receipts, 0.00 SEK: nothing."
    assert daily_receipts(RECEIVED, PROPOSED, "SEK", ISO).alt == "Receipts by booking day in SEK: 0 receipts, 0.00 SEK."
    assert "Open 0.00 SEK" in ageing_bars(AX_22, "SEK", ISO).alt


def test_names_from_outside_are_drawn_as_they_are() -> None:
    picture = bridge("$\\frac{1}{0}$ \u202ex", ("$a", 1), [("_^{$x$", 1), ("株式会社", 3)], ("b\x00", 2), "EUR", ISO)
    assert "⟨U+202E⟩" in picture.alt
    assert "⟨U+0000⟩" in picture.alt
