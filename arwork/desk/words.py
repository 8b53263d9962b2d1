"""The words of the desk: its queues in the order of work, the states of a receipt, and each gate in a few words."""

from __future__ import annotations

from collections.abc import Mapping

QUEUES: Mapping[str, str] = {
    "confirm": "One explanation; a person confirms or rejects it.",
    "decide": "Several explanations, or none that fits whole; a person chooses or splits.",
    "possible repeat": "Looks like a second payment of something settled.",
    "misdirected": "Belongs to another ledger or company.",
    "third party": "Somebody else paid; a written confirmation is missing.",
    "overpayment": "Items are paid; what is left over is to be looked at.",
    "unapplied": "The payer is known, what was paid is not.",
    "unidentified": "Nobody knows who paid.",
    "on hold": "A person left it for later.",
    "decided": "A person allocated it.",
    "done": "Applied by rule; nothing waits.",
}
"""Every queue of the desk in the order of work, with what stands in it."""
WAITING = tuple(name for name in QUEUES if name not in ("decided", "done"))
"""Queues in which a person still has something to do."""
STATES: Mapping[str, str] = {
    "auto": "applied by rule",
    "suggested": "a rule suggests",
    "review": "a person must choose",
    "none": "nothing found",
    "allocated": "allocated by a person",
    "rejected": "the proposal was rejected",
    "held": "left for later",
    "stale": "the decision no longer fits",
    "undone": "the decision was undone",
}
"""Every state of a receipt at the desk, in words."""
GATES: Mapping[str, str] = {
    "G-01": "several item sets fit",
    "G-02": "combination not proven unique",
    "G-03": "payer not certain",
    "G-04": "possible duplicate",
    "G-05": "advice does not fit",
    "G-06": "item disputed or blocked",
    "G-07": "customer insolvent or legal",
    "G-08": "other currency",
    "G-09": "other ledger or payer",
    "G-10": "short payment",
    "G-11": "overpayment",
    "G-12": "large amount",
    "G-13": "dates out of line",
    "G-15": "returned payment",
    "G-16": "reading not sure",
    "G-17": "credit without authority",
    "G-18": "two receipts claim it",
    "G-19": "payer account not on file",
    "G-20": "older statement",
    "G-21": "tolerance used up",
    "G-22": "instalment out of order",
    "G-23": "unknown document named",
}
"""Each gate of matching in a few words."""


def short_reason(gates: str, status: str, kind: str) -> str:
    """Say in a few words why a receipt waits: its first gate, else what kind of money it is, else what is missing.

    `gates` are separated by blanks, `status` is that of the proposal, `kind` its class. Blank for what is applied by rule.
    """
    first = gates.split(" ")[0]
    if status == "AUTO":
        return ""
    if first:
        return f"{first} {GATES.get(first, 'stopped by a gate')}"
    if kind:
        return kind.replace("_", " ").lower()
    return {"SUGGEST": "its form needs a person", "REVIEW": "needs a choice", "NONE": "nothing found"}.get(status, "")
