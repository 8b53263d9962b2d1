"""How good proposals are, against the truth of a bed: `python bench/score.py DIR OUT.parquet [--json]`.

A pair is one receipt and one invoice. AUTO and SUGGEST count as proposed, REVIEW and NONE do not. A receipt is exact when the
invoices proposed for it are those of the truth, no more and no fewer; one that pays none of our invoices is exact when nothing is
proposed. DIR holds receipts and truth, and labels where the bed has them; OUT is what `run.py` writes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from scipy.stats import beta

_PAIR = ["receipt_id", "invoice_id"]


def worst_rate(errors: int, tried: int, sure: float = 0.95) -> float:
    """Return the exact one-sided upper bound (Clopper and Pearson) of an error rate."""
    return float(beta.ppf(sure, errors + 1, tried - errors)) if errors < tried else 1.0


def judged(rows: pd.DataFrame, truth: pd.DataFrame, receipts: pd.DataFrame) -> pd.DataFrame:
    """Return one row a receipt: how many pairs were proposed, are true, and are both; and whether the receipt is exact."""
    pairs = truth[_PAIR].assign(true=1).merge(rows[_PAIR].assign(said=1), on=_PAIR, how="outer").fillna({"true": 0, "said": 0})
    pairs["both"] = pairs["true"] * pairs["said"]
    counts = pairs.groupby("receipt_id")[["said", "true", "both"]].sum().reindex(receipts["receipt_id"], fill_value=0).astype("int64")
    return counts.assign(exact=(counts["said"] == counts["both"]) & (counts["true"] == counts["both"]))


def figures(rows: pd.DataFrame, truth: pd.DataFrame, receipts: pd.DataFrame, labels: pd.DataFrame | None = None) -> dict[str, object]:
    """Score proposals (see above); raises ValueError where a receipt names an invoice twice."""
    if rows.duplicated(_PAIR).any():
        raise ValueError("a receipt names the same invoice twice")
    money = receipts.set_index("receipt_id")["amount"]
    told = rows[rows["status"].isin(["AUTO", "SUGGEST"])]
    seen = judged(told, truth, receipts)
    proposed = seen["said"] > 0
    alone = judged(told[told["status"] == "AUTO"], truth, receipts).loc[lambda s: s["said"] > 0]
    wrong = alone.index[~alone["exact"]]
    precision, recall = (int(seen["both"].sum()) / max(1, int(seen[of].sum())) for of in ("said", "true"))
    result: dict[str, object] = {
        "precision": precision, "recall": recall, "f1": 2 * precision * recall / ((precision + recall) or 1.0),
        "whole_receipts_exact": float(seen["exact"].mean()), "receipts_proposed": float(proposed.mean()),
        "exact_of_proposed": float(seen.loc[proposed, "exact"].mean()) if proposed.any() else None,
        "auto_share": len(alone) / max(1, len(seen)), "auto_wrong": len(wrong),
        "auto_precision_count": 1 - len(wrong) / max(1, len(alone)),
        "auto_precision_value": 1 - int(money[wrong].sum()) / max(1, int(money[alone.index].sum())),
        "auto_error_upper95": worst_rate(len(wrong), len(alone)),
    }  # fmt: skip
    if "alloc" in truth.columns and "amount" in told.columns:
        hits = told.merge(truth, on=_PAIR)
        result["amount_right_of_hits"] = float((hits["amount"] == hits["alloc"]).mean()) if len(hits) else None
    if labels is not None:
        by = seen.join(labels.set_index("receipt_id")[["kind", "memo_style"]])
        result["by_kind"] = by.groupby("kind")["exact"].mean().round(3).to_dict()
        result["by_memo"] = by.groupby("memo_style")["exact"].mean().round(3).to_dict()
    return {name: round(value, 5) if isinstance(value, float) else value for name, value in result.items()}


def score(folder: Path, out: Path) -> Mapping[str, object]:
    """Score the file of proposals of a bed."""
    receipts, truth = (pd.read_parquet(folder / f"{name}.parquet") for name in ("receipts", "truth"))
    labels = folder / "labels.parquet"
    return figures(pd.read_parquet(out), truth, receipts, pd.read_parquet(labels) if labels.exists() else None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = score(given.folder, given.out)
    print(json.dumps(found) if given.json else "\n".join(f"{name:22} {value}" for name, value in found.items()))
