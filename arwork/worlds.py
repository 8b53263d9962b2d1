"""Past receipts with their truth, ready to be replayed: a folder of labelled tables, or finished months of a close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from arwork.dates import period_start
from arwork.decide import newest_run
from arwork.errors import InputError, StoppedError, first_few
from arwork.intake.received import take as taken
from arwork.intake.shipped import shipped
from arwork.journal.events import canonical, replay
from arwork.journal.rules import with_rules
from arwork.matching.receipts import take
from arwork.matching.rewind import outcomes, rewound
from arwork.money import ISO, Units
from arwork.pack.digest import sha256, sha256_of
from arwork.pack.manifest import MANIFEST
from arwork.pack.plan import read_journal
from arwork.pack.record import read_tables
from arwork.pack.verify import verify
from arwork.params import Params, read_params
from arwork.policy import Policy, read_policy
from arwork.tables import TABLES, conform, empty

NEEDED = ("open_items", "receipts", "customers", "customer_banks", "truth")
_MORE = ("remittance_lines", "disputes", "bank_lines")
_READ = ("bank_lines", "bank_accounts", "customers", "customer_banks", "remittance_lines", "disputes")


@dataclass(frozen=True)
class World:
    """One replay: the tables as they stood, the receipts that came, and the truth of those that found one.

    `truth` has `receipt_id` and `item_id`, a row an item; a blank item says that the receipt pays none. `digest` names the
    bytes it was made of.
    """

    name: str
    digest: str
    tables: Mapping[str, pd.DataFrame]
    truth: pd.DataFrame
    policy: Policy
    units: Units
    as_of: date


def labelled(folder: Path) -> World:
    """Read a folder of tables in our own columns, Parquet or CSV, with `truth` beside them; the policy is the one that ships.

    Amounts are minor units. A receipt that is not in `truth` is replayed and not judged; one that truly pays no item stands
    there with a blank item. Raises InputError for what is missing or does not fit.
    """
    files = {name: path for name in (*NEEDED, *_MORE) for path in _either(folder, name)}
    lacking = [name for name in NEEDED if name not in files]
    if lacking:
        raise InputError(
            f"holds no {' and no '.join(lacking)}", where=folder.as_posix(),
            cure=f"Put {', '.join(NEEDED)} there as .parquet or .csv, in the columns of docs/reference/tables.md.",
        )  # fmt: skip
    tables = {name: _table(name, path) for name, path in files.items() if name != "truth"}
    truth = _raw(files["truth"]).rename(columns=str).reindex(columns=["receipt_id", "item_id"]).fillna("").astype("str")
    _fits(truth, tables, folder)
    digest = sha256(canonical([[name, sha256_of(path)] for name, path in sorted(files.items())]).encode())
    policy = Policy.model_validate(read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8")))
    last = tables["receipts"]["booking_date"].max()
    return World(folder.name, digest, {**{name: empty(name) for name in _MORE}, **tables}, truth, policy, ISO, last.date())


def _either(folder: Path, name: str) -> list[Path]:
    found = [path for path in (folder / f"{name}.parquet", folder / f"{name}.csv") if path.is_file()]
    if len(found) > 1:
        raise InputError(f"{name} is there twice, as Parquet and as CSV", where=folder.as_posix(), cure="Keep one of the two.")
    return found


def _raw(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype="str", keep_default_na=False)
    except (ValueError, OSError) as broken:
        raise InputError(f"cannot be read: {broken}", where=path.name, cure="Write the table again.") from None


def _table(name: str, path: Path) -> pd.DataFrame:
    frame = _raw(path)
    blanks: dict[str, Any] = {"source_file": path.name, "source_line": "1", "source_sha256": "0" * 64}
    if name == "receipts":  # who paid and what it paid is what the replay finds out
        blanks |= {"customer_id": "", "payer_key": "NONE", "payer_strength": "NONE", "payer_sentence": "Nobody has looked yet."}
        blanks |= {"payer_conflict": False, "status": "UNIDENTIFIED", "unidentified_amount": frame.get("amount", 0)}
        blanks |= dict.fromkeys(["applied_amount", "on_account_amount", "unapplied_amount", "misdirected_amount", "refunded_amount"], 0)
        frame = frame.drop(columns=[column for column in blanks if column in frame.columns and not column.startswith("source_")])
    frame = frame.assign(**{column: value for column, value in blanks.items() if column not in frame.columns})
    kinds = {column.name: column.kind for column in TABLES[name].columns}
    try:
        return conform(
            name, frame.assign(**{c: _typed(frame[c], kinds[c]) for c in frame.columns if kinds.get(c) in ("flag", "date", "money?")})
        )
    except (StoppedError, ValueError, TypeError) as broken:
        raise InputError(f"is no table {name}: {broken}", where=path.name, cure="See docs/reference/tables.md for its columns.") from None


def _typed(values: pd.Series[Any], kind: str) -> pd.Series[Any]:
    if kind == "date":
        return pd.to_datetime(values, format="ISO8601")
    if kind == "money?":
        return values.astype("object").replace("", None).astype("Int64")
    known = {"true": True, "false": False, "1": True, "0": False}
    told = values.astype("str").str.lower()
    if not told.isin(list(known)).all():
        raise ValueError(f"{values.name} holds something else than true and false")
    return told.map(known).astype(bool)


def _fits(truth: pd.DataFrame, tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Refuse a truth that speaks of other receipts or items than the tables beside it."""
    strange = sorted(set(truth["receipt_id"]) - set(tables["receipts"]["receipt_id"]))
    strange += sorted(set(truth["item_id"]) - set(tables["open_items"]["item_id"]) - {""})
    if strange:
        raise InputError(
            f"truth names what the tables do not hold: {first_few(strange, 5)}", where=folder.as_posix(),
            cure="Use receipt_id and item_id as in receipts and open_items.",
        )  # fmt: skip


def past(params_files: Sequence[Path], outputs: Path) -> list[World]:
    """Read finished months of closes from their packs, each with what it came to by the newest of the months given.

    Every pack is checked byte by byte before it is believed.
    """
    closes = [_close(path, outputs) for path in params_files]
    worlds = []
    for params, run, _ in closes:
        last = max((c for c in closes if c[0].close == params.close), key=lambda c: c[0].as_of)
        worlds.append(_world(params, run, last))
    return worlds


_Close = tuple[Params, Path, pd.DataFrame]


def _close(params_file: Path, outputs: Path) -> _Close:
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    params = read_params(taken(params_file).data.decode("utf-8-sig"), params_file.name, policy)
    events = list(read_journal(params, params_file))
    params = with_rules(params, events)
    run, _ = newest_run(params, outputs, events)
    verify(run)
    return params, run, replay(events)


def _world(params: Params, run: Path, last: _Close) -> World:
    tables = read_tables(run, _READ)
    final = read_tables(last[1], ["open_items"])["open_items"]
    start = period_start(params.period) if params.period_from is None else params.period_from
    items = rewound(final, start)
    receipts, _ = take(tables["bank_lines"], tables["bank_accounts"], items, start, params.as_of)
    lines = receipts.assign(line_id=receipts["receipt_id"])
    truth = outcomes(lines, final, last[2], last[0].as_of)
    known = truth[truth["item_id"].isin([*items["item_id"], ""])]
    whole = truth.groupby("receipt_id")["item_id"].size() == known.groupby("receipt_id")["item_id"].size()
    truth = truth[truth["receipt_id"].isin(whole[whole].index)].reset_index(drop=True)
    digest = sha256(canonical([sha256_of(folder / MANIFEST) for folder in (run, last[1])]).encode())
    shown = {**{name: tables[name] for name in _READ}, "open_items": items, "receipts": receipts}
    return World(f"{params.close} {params.period}", digest, shown, truth, params.policy, params.units, params.as_of)
