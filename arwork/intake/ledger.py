"""ERP and other table files by layout: rows mapped, typed and checked; what cannot be taken over is a reject (LD-01 to LD-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from arwork.errors import InputError
from arwork.intake.bank.statement import BankFile
from arwork.intake.complete import Books, books_of, completed, no_books, one_amount, settled
from arwork.intake.fields import Fields, Problem, carried_on, mapped, refined, skipped_rows
from arwork.intake.grids import Flags, Grid
from arwork.intake.items import Columns, checked_items, completed_items, names_of
from arwork.intake.joins import read_files
from arwork.intake.layouts import PLAIN, Layout
from arwork.intake.lines import bank_table
from arwork.intake.marks import without_marks
from arwork.intake.received import Received
from arwork.intake.rejects import LINEAGE, Work, check_control, refuse_whole, refused, rejects_of, roundings_of
from arwork.intake.typed import typed
from arwork.money import Units
from arwork.params import Params, Source
from arwork.proof import Finding
from arwork.tables import TABLES, conform

_BESIDE = ("balance", "opening", "closing", "bank_class")
_WHOLE = ("bank_lines", "remittance_lines")
_CUSTOMER = ["ledger_id", "company_code", "customer_id"]
_NAMES = ("ledger_id", "company_code", "customer_id", "customer_id_raw", "name", "country", "terms_code", "items")


@dataclass(frozen=True)
class Parsed:
    """One source read: its table, and the proof that nothing was lost: rows_in = rows of the table + rejected rows.

    `skipped` counts rows that are no data (LD-05). `without_local` lists the items whose export has no amount in ledger
    currency: their amount_local and open_amount_local stand at 0 until they are converted. `names` holds how the items
    spell their customers. `completeness` and `proof` say how it was shown that the file is whole. `bank` is the file as
    every bank reader gives it, with its statements where it states balances; None for other tables.
    """

    table: pd.DataFrame
    rejects: pd.DataFrame
    roundings: pd.DataFrame
    rows_in: int
    skipped: int
    encoding: str
    format: str
    findings: tuple[Finding, ...]
    without_local: tuple[str, ...]
    names: pd.DataFrame
    completeness: str
    proof: str
    bank: BankFile | None = None


def read_table(files: Sequence[Received], source: Source, layout: Layout, params: Params) -> Parsed:
    """Read the files of one source into the table its layout fills.

    A row with an unparsable amount or date, an unknown value or currency, or a repeated key becomes a reject; of rows
    with one key the first stays. Raises InputError for what concerns the whole file (LD-10): a mandatory column is
    missing, the separators or dates can be read in two ways, the control figures of the source are not met, or an advice
    or bank statement has one bad row.
    """
    return _read(files, source, layout, books_of(params))


def read_alone(received: Received, layout: Layout, units: Units, encoding: str = "") -> Parsed:
    """Read one file without params: what it does not say of ledger, company and own account is "-", of the currency XXX.

    Raises InputError as `read_table` does.
    """
    if layout.join:
        raise InputError(
            "is one of several files that make one table", where=received.name, cure="Name the files as one source in the params."
        )
    return _read((received,), Source(file="file", reads=layout.reads, encoding=encoding), layout, no_books(units))


def _read(files: Sequence[Received], source: Source, layout: Layout, books: Books) -> Parsed:
    file, table = files[0].name, layout.table
    grid = read_files(files, layout, source.encoding)
    fields = _with_sign(mapped(grid, layout, file), grid, layout, file)
    data = ~skipped_rows(fields, layout, grid)
    grid, fields = grid.kept(data), fields.keep(data)
    fields, data = carried_on(fields, layout)
    grid, fields = grid.kept(data), fields.keep(data)
    work, notes = _worked(grid, fields, layout, books, source, file)
    problems = refused(work, table)
    rejects = rejects_of(work, problems, layout)
    check_control(work, source, layout, file)
    if table in _WHOLE:
        refuse_whole(rejects, file)
    keep = np.array([row not in problems for row in range(fields.rows)], dtype=np.bool_)
    frame = _columns(work, table, keep)
    bank = bank_table(frame, files[0], layout, grid.format, grid.encoding, books.units) if table == "bank_lines" else None
    frame = conform(table, frame) if bank is None else bank.bank_lines
    items = table == "open_items"
    counted = source.control_rows is not None or source.control_sum is not None
    return Parsed(
        table=frame,
        rejects=rejects,
        roundings=roundings_of(work, keep, layout),
        rows_in=fields.rows + len(grid.faults),
        skipped=grid.skipped,
        encoding=grid.encoding,
        format=grid.format,
        findings=(*_notes(grid, fields, layout, file), *notes, *_checks(frame, table, fields, file)),
        without_local=tuple(sorted(work.columns.text("item_id")[keep & work.without])) if items else (),
        names=names_of(work.columns, work.fields, keep) if items else pd.DataFrame(columns=list(_NAMES)),
        completeness="proven" if bank and bank.completeness == "proven" else "counted" if counted else "not_proven",
        proof=_proof(bank, counted=counted),
        bank=bank,
    )


def _proof(bank: BankFile | None, *, counted: bool) -> str:
    """Say in one sentence how it was shown that the file is whole."""
    agrees = "Row count or control total of the params agrees."
    if bank and bank.completeness == "proven":
        return f"{bank.proof} {agrees}" if counted else bank.proof
    return agrees if counted else bank.proof if bank else "Nothing beside the file states how many rows it should have."


def _with_sign(fields: Fields, grid: Grid, layout: Layout, file: str) -> Fields:
    position = grid.position(layout.sign.column, file)
    if position is None:
        return fields
    text = {**fields.text, "sign": grid.cells[position]}
    return replace(fields, text=text, heading={**fields.heading, "sign": grid.headings[position]})


def _worked(grid: Grid, fields: Fields, layout: Layout, books: Books, source: Source, file: str) -> tuple[Work, list[Finding]]:
    """Type the columns and complete the table, collecting problems in the order in which they show."""
    fields, unknown, notes = refined(fields, layout, file, grid.places["source_line"])
    fields, marked = without_marks(fields, layout, books.units)
    before, strange = settled(Columns(fields.text, fields.rows), layout, books, source, file)
    fields = replace(fields, text=before.of)
    read = typed(fields, layout, books.units, file)
    columns, net = one_amount(Columns(read.columns, fields.rows), layout)
    without: Flags = np.zeros(fields.rows, dtype=np.bool_)
    more: list[Problem] = []
    if layout.table == "open_items":
        columns, lacking = completed_items(columns, layout, roll=books.roll)
        without = lacking.to_numpy(dtype=np.bool_)
    else:
        columns, more = completed(columns, layout.table, file)
    return Work(grid, fields, read, columns, [*unknown, *marked, *strange, *read.problems, *net, *more], without), notes


def _columns(work: Work, table: str, keep: Flags) -> pd.DataFrame:
    """Gather the table's columns, and the helpers that the bank's proof needs; blank where the file has nothing."""
    kinds = {column.name: column.kind for column in TABLES[table].columns if column.name not in LINEAGE}
    wanted = (*kinds, *_BESIDE) if table == "bank_lines" else tuple(kinds)
    columns = {name: work.columns.of[name] for name in wanted if work.columns.has(name)}
    columns |= {name: work.columns.count(name) for name, kind in kinds.items() if kind in ("count", "percent") and name not in columns}
    columns |= {name: work.columns.count(name) != 0 for name, kind in kinds.items() if kind == "flag" and name not in columns}
    frame = pd.DataFrame({**columns, **work.grid.places})[keep]
    return frame.fillna({name: 0 for name in frame.columns if kinds.get(name) == "money"})


def _notes(grid: Grid, fields: Fields, layout: Layout, file: str) -> list[Finding]:
    """Say which columns of the layout the file lacks, which headings of a plain file are not ours, and where formulas stand."""
    absent = sorted(name for name in layout.columns if name not in fields.text)
    strange = [heading for heading in grid.headings if heading and heading not in fields.heading.values() and heading != "item_id"]
    notes = []
    if absent and layout.title != PLAIN:
        notes.append(Finding("LD-10", "info", f"{file} has no column for {', '.join(absent)}: blank or derived."))
    if strange and layout.title == PLAIN:
        notes.append(Finding("LD-10", "warn", f"{file} has headings that {layout.table} does not know, not read: {', '.join(strange)}."))
    if not fields.rows and grid.skipped and not grid.faults:
        notes.append(Finding("LD-05", "warn", f"{file} holds no row that is taken over; {grid.skipped:,} were left out as no data."))
    if grid.hidden:
        rows = "1 row that is hidden; it is" if grid.hidden == 1 else f"{grid.hidden:,} rows that are hidden; they are"
        notes.append(Finding("LD-10", "warn", f"{file} holds {rows} read like all others. A filter in the spreadsheet leaves out nothing."))
    if grid.formulas:
        notes.append(
            Finding(
                "LD-10",
                "warn",
                f"{file} holds {grid.formulas:,} formula{'' if grid.formulas == 1 else 's'}; "
                "the values stored beside them were read, and a formula without one as a blank cell.",
            )
        )
    return notes


def _checks(frame: pd.DataFrame, table: str, fields: Fields, file: str) -> list[Finding]:
    if table == "open_items":
        return checked_items(frame, file, clearing_documents="clearing_doc" in fields.text)
    if table == "gl_balances":
        off = frame["opening"] + frame["debits"] - frame["credits"] != frame["closing"]
        rule, what = "T11", "balances where opening + debits − credits is not closing"
    elif table == "remittance_lines":
        off = frame["gross_amount"] - frame["discount_amount"] - frame["deduction_amount"] != frame["net_amount"]
        rule, what = "T09", "advice lines where gross − discount − deduction is not net"
    else:
        return []
    if not off.any():
        return []
    keys = tuple("/".join(map(str, key)) for key in frame.loc[off, list(TABLES[table].key)].head(20).itertuples(index=False))
    return [Finding(rule, "error", f"{file}: {int(off.sum()):,} {what}.", table, keys)]


def customers_from_items(items: pd.DataFrame, names: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Make table `customers` from table `open_items` and the spellings of `Parsed.names`, where no master is given.

    A customer's name is its most frequent spelling (tie: the first of the alphabet); the other spellings are its aliases.
    """
    spelt = pd.concat(list(names), ignore_index=True)
    found = {column: _spellings(spelt, column) for column in ("customer_id_raw", "name", "country", "terms_code")}
    made = items.sort_values([*_CUSTOMER, "source_file", "item_id"]).drop_duplicates(_CUSTOMER)[[*_CUSTOMER, *LINEAGE]]
    keys = pd.MultiIndex.from_frame(made[_CUSTOMER])
    best = {
        column: counted.drop_duplicates(_CUSTOMER).set_index(_CUSTOMER)[column].reindex(keys, fill_value="")
        for column, counted in found.items()
    }
    others = found["name"][found["name"].duplicated(_CUSTOMER)].groupby(_CUSTOMER)["name"].agg(" | ".join)
    named = best["name"].mask(best["name"].eq(""), best["customer_id_raw"])
    columns = {**best, "name": named, "alias_names": others.reindex(keys, fill_value="")}
    made = made.assign(**{name: values.to_numpy() for name, values in columns.items()})
    made = made.assign(status="ACTIVE", tolerance_group="STD", allocation_instruction="NONE", netting_authority=False)
    return conform("customers", made)


def _spellings(spelt: pd.DataFrame, column: str) -> pd.DataFrame:
    """List each customer's filled values of a column, the most frequent first (tie: the first of the alphabet)."""
    filled = spelt.loc[spelt[column].ne(""), [*_CUSTOMER, column, "items"]]
    counted: pd.DataFrame = filled.groupby([*_CUSTOMER, column], as_index=False).sum()
    return counted.sort_values([*_CUSTOMER, "items", column], ascending=[True, True, True, False, True])
