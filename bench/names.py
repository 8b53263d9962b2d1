"""Payers recognised by name, against labelled data: `python bench/names.py FOLDER`.

FOLDER holds `gov-payments/supplier_alias_pairs.csv`, `company-names-patstat`, `company-names-dnb`, or is itself a set of
`customers.parquet`, `receipts.parquet` and `labels.parquet`. Each block is printed if its files are there. With `--show` each
wrong and each missed case is listed. Seconds are of the processor, building of the index included.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from arwork.matching.name_index import name_index, search

LEAST, NEXT = 9_200, 8_500
Hits = tuple[tuple[str, int], ...]


def accepted(hits: Hits) -> bool:
    """Say whether the first hit is taken: at least as good as the policy asks, and no other near."""
    return bool(hits) and hits[0][1] >= LEAST and (len(hits) == 1 or hits[1][1] <= NEXT)


def asked(customers: Mapping[str, frozenset[str]], names: Sequence[str]) -> tuple[list[Hits], float]:
    """Search the names; return the hits and the seconds of the processor."""
    start = time.process_time()
    hits = search(name_index(customers), names, 3)
    return hits, time.process_time() - start


def bearers(pairs: Sequence[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Gather (name, customer) to customers by name."""
    found: dict[str, set[str]] = {}
    for name, who in pairs:
        found.setdefault(name, set()).add(who)
    return {name: frozenset(who) for name, who in found.items()}


def judged(known: Mapping[str, frozenset[str]], rows: Sequence[tuple[str, str]], show: bool = False) -> dict[str, float]:
    """Ask each (name, right customer); a right answer names the right customer alone, an answer of several customers is none."""
    hits, seconds = asked(known, [name for name, _ in rows])
    count = {"found": 0, "wrong": 0, "first": 0, "in three": 0}
    for (name, right), told in zip(rows, hits, strict=True):
        yes = accepted(told) and len(known[told[0][0]]) == 1
        good = bool(told) and right in known[told[0][0]]
        count["first"] += good
        count["in three"] += any(right in known[spelling] for spelling, _ in told)
        count["found"] += yes and good
        count["wrong"] += yes and not good
        if show and not (yes and good):
            ours = [spelling for spelling, who in known.items() if right in who][:2]
            print("WRONG " if yes else "first " if good else "missed", repr(name), "|", ours, "|", told)
    return {"asked": len(rows), **{key: value / max(1, len(rows)) for key, value in count.items()}, "seconds": seconds}


def alias_pairs(folder: Path, show: bool = False) -> dict[str, float]:
    """Ask each first name of the pairs against all second names."""
    pairs = pd.read_csv(folder / "gov-payments" / "supplier_alias_pairs.csv", dtype=str, keep_default_na=False)
    who = [f"{source}:{number}" for source, number in zip(pairs["source"], pairs["supplier_id"], strict=True)]
    return judged(bearers(list(zip(pairs["name_b"], who, strict=True))), list(zip(pairs["name_a"], who, strict=True)), show)


def dnb(folder: Path, show: bool = False) -> dict[str, float]:
    """Ask each damaged name of the Dutch test set against the 500 right ones."""
    right = pd.read_csv(folder / "company-names-dnb" / "test_names.csv", index_col=0, dtype=str)["company_name"]
    damaged = pd.read_csv(folder / "company-names-dnb" / "adjusted_test_names.csv", index_col=0, dtype=str)["company_name"]
    known = bearers([(name, name) for name in right])
    return judged(known, list(zip(damaged.fillna(""), right, strict=True)), show)


def patstat(folder: Path, show: bool = False) -> dict[str, float]:
    """Put the most frequent spelling of each applicant on file and ask all the others."""
    rows = pd.read_csv(folder / "company-names-patstat" / "patstat_reference.csv", dtype=str)
    counts = rows.groupby(["leuven_id", "person_name"]).size().reset_index(name="times")
    ordered = counts.sort_values(["leuven_id", "times", "person_name"], ascending=[True, False, True])[["person_name", "leuven_id"]]
    first = ordered.drop_duplicates("leuven_id")
    rest = ordered.drop(first.index)
    return judged(bearers(list(first.itertuples(index=False, name=None))), list(rest.itertuples(index=False, name=None)), show)


def labelled(folder: Path, show: bool = False) -> dict[str, dict[str, float]]:
    """Ask the payers of labelled receipts: those on file, and those who are not."""
    customers = pd.read_parquet(folder / "customers.parquet")
    receipts = pd.read_parquet(folder / "receipts.parquet").merge(pd.read_parquet(folder / "labels.parquet"), on="receipt_id")
    known = bearers(list(customers[["name", "customer_id"]].itertuples(index=False, name=None)))
    who = customers["customer_id"].tolist()
    rows = [(name, who[payer] if payer >= 0 else "") for name, payer in zip(receipts["payer_name"], receipts["payer_idx"], strict=True)]
    return {
        "on file": judged(known, [row for row in rows if row[1]], show),
        "not on file": judged(known, [row for row in rows if not row[1]], show),
    }


def main(folder: Path, show: bool) -> None:
    """Print the table."""
    blocks: dict[str, dict[str, float]] = {}
    if (folder / "gov-payments").exists():
        blocks["alias pairs"] = alias_pairs(folder, show)
    if (folder / "company-names-dnb").exists():
        blocks["dnb"] = dnb(folder, show)
    if (folder / "company-names-patstat").exists():
        blocks["patstat"] = patstat(folder, show)
    if (folder / "labels.parquet").exists():
        blocks |= labelled(folder, show)
    frame = pd.DataFrame(blocks).T
    print(frame.round(4).to_string())


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--show" in sys.argv)
