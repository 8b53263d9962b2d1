"""What somebody does who changes a pack and wants it to look whole: a table changed by SQL, its record mended, manifest and checksums anew."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb

from arwork.journal.events import canonical
from arwork.pack.digest import sha256_of
from arwork.pack.manifest import MANIFEST, SUMS, listing, read_manifest, sums_text
from arwork.pack.signed import folder_of


def writable(folder: Path) -> None:
    """Let every file below a folder be written."""
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def reseal(pack: Path, **facts: object) -> None:
    """Write manifest and checksums anew, with other facts; the sign-offs go with it."""
    manifest = {**read_manifest(pack), **facts}
    manifest["files"] = listing(pack, (MANIFEST, SUMS))
    (pack / MANIFEST).write_text(canonical(manifest) + "\n")
    (pack / SUMS).write_text(sums_text(pack, manifest["files"]))
    shutil.rmtree(folder_of(pack), ignore_errors=True)


def rewrite(pack: Path, table: str, sql: str) -> None:
    """Change a table by SQL (`t` is the table), mend the record of its stage, and seal the pack again."""
    path = pack / "data" / f"{table}.parquet"
    with duckdb.connect() as c:
        c.execute(f"CREATE TABLE t AS SELECT * FROM read_parquet('{path}')")
        c.execute(sql)
        path.unlink()
        c.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    for file in (pack / "record").glob("[0-9]*.json"):
        record = json.loads(file.read_text())
        if table in record["tables"]:
            record["tables"][table]["sha256"] = sha256_of(path)
            file.write_text(canonical(record) + "\n")
    reseal(pack)
