"""One day against a large ledger: `python bench/day.py BED FOLDER [--receipts 2000] [--seed 11]`.

FOLDER gets a bed with every invoice of BED and so many of its receipts, and the same as tables of arwork. Then cash application
runs over those tables, each time in a process of its own that reads them, as a close does: first cold, without the kept index,
then warm. Printed: wall and CPU seconds of each whole process, imports included, its peak memory, the load of the machine beside
it, the ratio cold to warm, and that both proposed the same.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
from bed_files import read_bed
from books import Bed, Clock, apply_cash, bed, peak_mib, policy, proposed
from matching import measured

from arwork.pack.digest import sha256, sha256_of
from arwork.pack.kept import FOLDER, index_name, load_or_build
from arwork.pack.record import parquet, read_parquet


def sample(source: Path, folder: Path, receipts: int, seed: int) -> None:
    """Write a bed with all items and some receipts, each of which pays items of the bed only, and its tables."""
    truth, known = pd.read_parquet(source / "truth.parquet"), read_bed(source)
    paid = truth.loc[truth["invoice_id"].notna()]
    strange = paid.loc[~paid["invoice_id"].isin(known["invoices"]["invoice_id"]), "receipt_id"]
    able = known["receipts"].loc[lambda r: ~r["receipt_id"].isin(strange)].sort_values("receipt_id", ignore_index=True)
    chosen = np.sort(np.random.default_rng(seed).choice(len(able), min(receipts, len(able)), replace=False))
    frames = {**known, "receipts": able.iloc[chosen].reset_index(drop=True)}
    frames["truth"] = truth.loc[truth["receipt_id"].isin(frames["receipts"]["receipt_id"])]
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    made = bed(frames)
    (folder / "tables").mkdir(exist_ok=True)
    for field in fields(Bed):
        (folder / "tables" / f"{field.name}.parquet").write_bytes(parquet(field.name, getattr(made, field.name)))


def one(folder: Path) -> dict[str, object]:
    """Run cash application over the tables of a folder, with the index that is kept there or is then kept."""
    clock, begun = Clock({"imports": time.process_time()}), time.perf_counter()
    paths = {field.name: folder / "tables" / f"{field.name}.parquet" for field in fields(Bed)}
    rules = policy()
    with clock.step("read"):
        digests = {name: sha256_of(path) for name, path in paths.items()}
        made = Bed(**{name: read_parquet(name, path) for name, path in paths.items()})
    with clock.step("index"):
        name = index_name(digests["open_items"], digests["customers"], rules.matching)
        index = load_or_build(folder / FOLDER / name, made.open_items, made.customers, rules.matching)
    proposals, items, _ = apply_cash(made, rules, clock, index=index)
    out = proposed(proposals, items)
    out.to_parquet(folder / "proposed.parquet", index=False)
    says = pd.util.hash_pandas_object(proposals, index=False).to_numpy().tobytes() + pd.util.hash_pandas_object(items).to_numpy().tobytes()
    return {
        "items": len(made.open_items), "receipts": len(proposals), "after_imports_s": round(time.perf_counter() - begun, 1),
        "cpu": {k: round(v, 2) for k, v in clock.cpu.items()}, "peak_mib": peak_mib(), "proposals": sha256(says),
    }  # fmt: skip


def day(folder: Path) -> dict[str, object]:
    """Measure the day cold and warm; RuntimeError where the two propose different things."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    runs: dict[str, dict[str, object]] = {}
    log = folder / "log"
    for name in ("cold", "warm"):
        figures = measured([sys.executable, str(Path(__file__).resolve()), "--one", str(folder)], log)
        runs[name] = {**json.loads(log.read_text(encoding="utf-8").splitlines()[-1]), **figures}
    if runs["cold"]["proposals"] != runs["warm"]["proposals"]:
        raise RuntimeError("the kept index changed what is proposed")
    ratio = float(str(runs["cold"]["cpu_s"])) / float(str(runs["warm"]["cpu_s"]))
    return {**runs, "cold_to_warm": round(ratio, 2)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--receipts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--one", type=Path, help="run once over a folder that was made before")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one)))
    else:
        bed_folder, target = given.paths
        if not (target / "tables").exists():
            sample(bed_folder, target, given.receipts, given.seed)
        print(json.dumps(day(target), indent=1))
