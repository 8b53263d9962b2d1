"""The files of a customer reconciliation: what of a run's tables concerns one customer, and what is written beside the run, once (RC-40)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.compute as pc
import pyarrow.dataset as ds

from arwork.collect.dunning import languages
from arwork.errors import InputError, IntegrityError, StoppedError
from arwork.pack.digest import sha256, sha256_of, write_once
from arwork.pack.record import framed, records
from arwork.reconcile.customer_known import Books


def customer_books(run: Path, customer_id: str, amounts: Collection[int], names: Collection[str], ledger: str = "") -> Books:
    """Read of a run's tables what concerns one customer; a filter goes into the file, so that a million lines take a second.

    `amounts` and `names` are what the statement holds: receipts of others with such an amount, and lines of others with such a number,
    are read too, for money and documents that stand on a wrong account. InputError when the customer has no line.
    """
    own, wanted = pc.field("customer_id") == customer_id, [name for name in names if name]
    named = pc.field("reference").isin(wanted) | pc.field("doc_no").isin(wanted)
    found = _read(run, "open_items", own | named if wanted else own)
    mine = (found["customer_id"] == customer_id) & ((found["ledger_id"] == ledger) if ledger else True)
    items, elsewhere = found.loc[mine].reset_index(drop=True), found[~mine].reset_index(drop=True)
    if items.empty:
        raise InputError(
            f"customer {customer_id!r} has no line in the newest run" + (f" in ledger {ledger}" if ledger else ""), where=run.name,
            cure="Take the number as the ledger writes it; `arwork find NAME` finds it.",
        )  # fmt: skip
    disputes = _read(run, "disputes", own)
    receipts = _read(run, "receipts", own | (pc.field("amount").isin(sorted(amounts)) if amounts else own))
    allocations = _read(run, "allocations", pc.field("item_id").isin(items["item_id"].tolist()))
    paid = sorted(set(allocations["receipt_id"]) - set(receipts["receipt_id"]))
    if paid:
        receipts = pd.concat([receipts, _read(run, "receipts", pc.field("receipt_id").isin(paid))], ignore_index=True)
    return Books(customer_id, items, disputes, receipts, allocations, elsewhere)


def customer_master(run: Path, account: tuple[str, str, str]) -> tuple[str, tuple[str, ...], str]:
    """Return name and postal address of a customer, blank where the run does not hold them, and the language of its letters (CO-20)."""
    own = pc.field("customer_id") == account[2]
    master = _read(run, "customers", own)
    names = [name for name in master["name"] if name]
    profiles = _read(run, "customer_profiles", own)
    lines = [part.strip() for part in next(iter(profiles["address"]), "").split("|")] if len(profiles) else []
    spoken = languages(master, profiles).get(account, "en")
    return (names[0] if names else ""), tuple(line for line in lines if line), spoken


def _read(run: Path, name: str, condition: Any) -> pd.DataFrame:
    """Read the rows of a published table that meet a condition, after checking its bytes against the run's record."""
    published = {table: entry["sha256"] for record in records(run).values() for table, entry in record["tables"].items()}
    if name not in published:
        raise StoppedError(f"table {name} is not published in {run.name}", cure="Close the month again.")
    path = run / "data" / f"{name}.parquet"
    if sha256_of(path) != published[name]:
        raise IntegrityError(f"data/{path.name} is not the table that was published", cure="Run the close again.")
    return framed(name, ds.dataset(path, format="parquet").to_table(filter=condition))


def write_beside(run: Path, files: Mapping[str, bytes]) -> Path:
    """Write the files into a new numbered folder beside the run, with their digests; nothing that is there is touched.

    Folders are numbered, because what a customer is called never names a file. The same files again give the folder that has them.
    """
    place = run.with_name(f"{run.name}.reconciliations")
    listing = "".join(f"{sha256(data)}  {name}\n" for name, data in sorted(files.items())).encode()
    number = 1
    while (place / f"{number:04d}").exists():
        if (place / f"{number:04d}" / "SHA256SUMS").is_file() and (place / f"{number:04d}" / "SHA256SUMS").read_bytes() == listing:
            return place / f"{number:04d}"
        number += 1
    folder = place / f"{number:04d}"
    folder.mkdir(parents=True)
    for name, data in {**files, "SHA256SUMS": listing}.items():
        write_once(folder / name, data)
    return folder
