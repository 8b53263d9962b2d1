"""A plan that was laid out, read back by the stages: its record, and the params as its rules and its inbox left them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from arwork.errors import InputError
from arwork.journal.events import Event
from arwork.journal.lines import parse
from arwork.journal.rules import with_rules
from arwork.pack.filed_list import FILE as INBOX
from arwork.pack.filed_list import with_filed
from arwork.params import Params, read_params
from arwork.policy import read_policy

CARRIED = (
    "statements", "gl_balances", "bank_lines", "receipts", "remittance_lines", "advice_links",
    "open_items", "reconciliations", "recon_lines", "recon_items", "certification", "forecast_cash", "forecast_frozen",
    "tolerance_budget", "open_bank_lines", "open_cash_book", "allocations", "decisions",
)  # fmt: skip
"""Tables that a close takes over from the previous period's pack: six to go on with, then those its reconciliations, forecast, caps and bank to book start from."""
UNCLAIMED = "unclaimed_property.yaml"
"""The table of jurisdictions for unclaimed property (RF-13): beside the params, or the one that ships."""


def read_plan(folder: Path) -> tuple[dict[str, Any], Params]:
    """Read a laid-out plan back, for the notebooks: its record and the params; InputError when there is none."""
    record_file = folder / "record" / "plan.json"
    if not record_file.is_file():
        raise InputError(f"{folder} holds no run", cure="Run `arwork close`, or set run_dir to a copy of a pack.")
    record = json.loads(record_file.read_text(encoding="utf-8"))
    policy = read_policy((folder / "params" / "policy.yaml").read_text(encoding="utf-8"))
    params = read_params((folder / "params" / "close.yaml").read_text(encoding="utf-8-sig"), record["params_name"], policy)
    filed = folder / "params" / INBOX
    params = with_filed(params, filed.read_bytes() if filed.is_file() else b"", INBOX)
    return record, with_rules(params, _rules(folder))


def _rules(folder: Path) -> list[Event]:
    """Read the journal of a run where somebody changed a rule in it; the run's policy is that of its params and of those changes."""
    path = folder / "journal.jsonl"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return parse(text, path.name) if '"action":"RULE"' in text else []
