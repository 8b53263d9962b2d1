"""Tables and run records on disk: what a stage publishes, once, and what the next stage reads back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from arwork.errors import IntegrityError, StoppedError
from arwork.journal.events import canonical
from arwork.pack.digest import sha256, sha256_of, write_once
from arwork.proof import Finding, Stage, Tie
from arwork.tables import TABLES, conform

_ARROW: Mapping[str, pa.DataType] = {
    "text": pa.string(), "code": pa.string(), "choice": pa.string(), "rate": pa.string(), "date": pa.date32(),
    "money": pa.int64(), "money?": pa.int64(), "count": pa.int64(), "percent": pa.int64(), "flag": pa.bool_(),
}  # fmt: skip


def parquet(name: str, frame: pd.DataFrame) -> bytes:
    """Turn a conforming table into Parquet bytes that are the same for the same rows."""
    columns = TABLES[name].columns
    arrays = [pa.array(frame[c.name], type=_ARROW[c.kind], from_pandas=True) for c in columns]
    fields = [pa.field(c.name, _ARROW[c.kind], metadata={"sentence": c.sentence, "kind": c.kind}) for c in columns]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), sink, compression="zstd", version="2.6")
    return bytes(sink.getvalue())


def read_parquet(name: str, path: Path) -> pd.DataFrame:
    """Read a table back through its declaration; IntegrityError when the file is not such a table."""
    try:
        table = pq.read_table(path, memory_map=False)
    except (pa.ArrowInvalid, OSError) as broken:
        raise IntegrityError(f"cannot be read as the table {name}: {broken}", where=path.name) from None
    return framed(name, table)


def framed(name: str, table: pa.Table) -> pd.DataFrame:
    """Turn rows of a published table, as Arrow holds them, into the frame that its declaration asks for."""
    if not table.num_rows:
        return conform(name, pd.DataFrame(columns=table.column_names))
    return conform(name, table.to_pandas(types_mapper=_wide, date_as_object=False))


def _wide(arrow_type: pa.DataType) -> Any:
    """Keep whole numbers exact when values are missing."""
    return pd.Int64Dtype() if arrow_type == pa.int64() else None


def publish(stage: Stage, run_dir: Path) -> dict[str, Any]:
    """Write a stage's tables into `data/` and its record into `record/`, each once, and return the record.

    The record is what makes a stage done: it is written last, with the digest and row count of every table, the
    ties and the findings. A stage that already has its record is refused (StoppedError).
    """
    record_file = run_dir / "record" / f"{stage.name}.json"
    if record_file.exists():
        raise StoppedError(f"{stage.name} is published already", cure="Run the close again; finished notebooks are kept.")
    tables = {}
    for name in sorted(stage.tables):
        frame = conform(name, stage.tables[name])
        data = parquet(name, frame)
        target = run_dir / "data" / f"{name}.parquet"
        target.unlink(missing_ok=True)  # left by a stage that died before its record: not published, so not evidence
        write_once(target, data)
        tables[name] = {"rows": len(frame), "sha256": sha256(data)}
    record = {
        "stage": stage.name,
        "tables": tables,
        "ties": [{**asdict(tie), "difference": tie.difference, "holds": tie.holds} for tie in stage.ties],
        "findings": [{**asdict(f), "rows": list(f.rows)} for f in stage.findings],
    }
    write_once(record_file, (canonical(record) + "\n").encode())
    return record


def records(run_dir: Path) -> dict[str, dict[str, Any]]:
    """Read the records of the stages that are done, by stage name, in stage order."""
    found = sorted((run_dir / "record").glob("[0-9]*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in found}


def is_done(run_dir: Path, stage: str) -> bool:
    """Say whether a stage has its record and every table in it still has the recorded digest."""
    path = run_dir / "record" / f"{stage}.json"
    if not path.exists():
        return False
    tables = json.loads(path.read_text(encoding="utf-8"))["tables"]
    files = {name: run_dir / "data" / f"{name}.parquet" for name in tables}
    return all(files[n].exists() and sha256_of(files[n]) == tables[n]["sha256"] for n in tables)


def read_tables(run_dir: Path, names: Iterable[str] | None = None) -> dict[str, pd.DataFrame]:
    """Read published tables by name (all when None), each checked against the digest in its stage's record.

    Raises IntegrityError for a table whose bytes differ from the record, StoppedError for one not yet published.
    """
    published = {name: entry["sha256"] for record in records(run_dir).values() for name, entry in record["tables"].items()}
    wanted = sorted(published) if names is None else list(names)
    frames = {}
    for name in wanted:
        if name not in published:
            raise StoppedError(f"table {name} is not published yet", cure="Run the notebooks in order, or `arwork close`.")
        path = run_dir / "data" / f"{name}.parquet"
        if sha256_of(path) != published[name]:
            raise IntegrityError(f"data/{path.name} is not the table that was published", cure="Run the close again.")
        try:
            frames[name] = read_parquet(name, path)
        except StoppedError as other:  # the digest is right, so the file is what another release wrote
            raise StoppedError(
                f"it was written by another release of arwork ({other.what})", where=f"{run_dir.name}/data/{path.name}",
                cure="Close the month again with this release, then repeat the command.",
            ) from None  # fmt: skip
    return frames


def ties_and_findings(run_dir: Path) -> tuple[list[tuple[str, Tie]], list[tuple[str, Finding]]]:
    """Collect the ties and findings of every finished stage, each with the name of its stage."""
    ties, findings = [], []
    for name, record in records(run_dir).items():
        for entry in record["ties"]:
            fields = {key: entry[key] for key in ("name", "rule", "ours", "theirs", "unit", "allowed")}
            ties.append((name, Tie(**fields)))
        for entry in record["findings"]:
            findings.append((name, Finding(**{**entry, "rows": tuple(entry["rows"])})))
    return ties, findings
