"""All sources of a close into one set of tables: each file read whole, nothing lost, nothing entered twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatch
from typing import Any

import pandas as pd

from arwork.errors import InputError, first_few, place
from arwork.intake.accepted import accepted
from arwork.intake.advice import SURE
from arwork.intake.bank.chain import continuity
from arwork.intake.bank.duplicates import once
from arwork.intake.bank.statement import BankFile, classify
from arwork.intake.claim import read_bank
from arwork.intake.control_account import on_control_account
from arwork.intake.controls import check_bank, control_sources, controlled
from arwork.intake.layouts import PLAIN, Layout, plain, table_of
from arwork.intake.ledger import Parsed, customers_from_items, read_table
from arwork.intake.local_amounts import in_local_currency
from arwork.intake.received import Received
from arwork.intake.remittance.once import together as advices_together
from arwork.intake.remittance.source import by_content, read_advices
from arwork.intake.remittance.text_layout import TextLayout
from arwork.intake.their_source import SAYS, read_their_source
from arwork.matching.handed_over import waiting
from arwork.params import Params, Source
from arwork.proof import Finding, Stage, Tie
from arwork.tables import TABLES, conform, empty

Tables = dict[str, pd.DataFrame]
_BY_LAYOUT = (
    "open_items", "customers", "customer_banks", "gl_balances", "gl_lines", "cash_book", "promises", "disputes", "fx_rates",
    "payer_relationships", "customer_statements", "refund_register", "bank_changes", "payment_holds", "contacts", "sales_history",
    "adjustment_register", "customer_profiles", "letters_sent", "claims", "cheques", "direct_debits", "credit_requests", "their_items", SAYS,
    "reason_map", "legal_params", "master_changes", "statement_requests", "credit_insurance",
)  # fmt: skip


@dataclass
class _Gathered:
    """What the files gave so far."""

    tables: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    banks: list[BankFile] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    names: list[pd.DataFrame] = field(default_factory=list)
    without_local: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, name: str, frame: pd.DataFrame) -> None:
        """Keep a part of a table."""
        if len(frame):
            self.tables.setdefault(name, []).append(frame)


def take_in(
    stage: str,
    given: Sequence[tuple[Source, Sequence[Received]]],
    params: Params,
    layouts: Mapping[str, Layout | TextLayout],
    carried: Mapping[str, pd.DataFrame],
) -> Stage:
    """Read every source and return the stage's tables, ties and findings (LD, DV, RC-20, EX-10).

    `carried` holds tables of the previous period's pack. Raises InputError when a file is refused, when a statement or
    item belongs to no ledger of the params, or when rejects are not exactly those that the params accept (LD-10).
    """
    got = _Gathered()
    for number, (source, files) in enumerate(given, start=1):
        layout = layouts.get(source.layout)
        joined = isinstance(layout, Layout) and bool(layout.join)
        for part, (of_part, some) in enumerate(controlled(source, files, joined=joined)):
            _read_source(got, f"{number:03d}" + (f".{part}" if part else ""), of_part, some, params, layouts)
        got.sources += control_sources(f"{number:03d}", source, files)
    tables: Tables = {name: _whole(got, name) for name in (*_BY_LAYOUT, "rejects", "roundings")}
    tables["remittance_lines"], repeats, _ = advices_together(
        [*got.tables.get("remittance_lines", []), _advices_carried(carried)], strict=True
    )
    got.findings += repeats
    tables |= _bank_side(got, params, carried)
    tables["ledgers"] = _ledgers(params)
    tables["open_items"], told = in_local_currency(
        tables["open_items"], got.without_local, tables["fx_rates"], tables["ledgers"], params.units
    )
    got.findings += told
    tables["open_items"], told = on_control_account(tables["open_items"], params.ledgers)
    got.findings += told
    got.findings += [*_same_currency(tables["open_items"]), *_none_yet(tables["open_items"], params.as_of)]
    tables["customers"] = _customers(got, tables)
    tables["sources"] = conform("sources", pd.DataFrame(got.sources))
    tables["rejects"] = accepted(tables["rejects"], params)
    _belongs(tables, params)
    went_on, broken = continuity(tables["statements"], params.units)
    ties = (*_ties(tables), *_openings(tables, carried), *broken)
    return Stage(stage, tables, ties, (*got.findings, *went_on, *_completeness(tables["sources"])))


def _read_source(
    got: _Gathered, number: str, source: Source, files: Sequence[Received], params: Params, layouts: Mapping[str, Layout | TextLayout]
) -> None:
    if source.reads == "bank" and not source.layout:
        for place_in_source, received in enumerate(files, start=1):
            bank = read_bank(received, params.units, source.encoding)
            check_bank(bank, source, received.name, params.units)
            got.banks.append(bank)
            got.add("rejects", bank.rejects)
            got.add("remittance_lines", bank.remittance)
            got.sources.append(_bank_source(f"{number}.{place_in_source:03d}", received, bank))
        return
    if source.reads == "their_items":
        for place_in_source, received in enumerate(files, start=1):
            theirs = read_their_source(f"{number}.{place_in_source:03d}", source, received, params, layouts)
            got.add("their_items", theirs.lines)
            got.add(SAYS, theirs.says)
            got.sources.append(theirs.source)
        return
    advices = by_content(source, files, layouts)
    for advice in read_advices(source, advices, layouts, params, number):
        got.add("remittance_lines", advice.advised.remittance)
        got.sources.append(advice.source)
        got.findings += advice.advised.findings
    if advices and len(advices) == len(files):
        return
    files = [received for received in files if received not in advices]
    layout = layouts[source.layout] if source.layout not in ("", PLAIN) else plain(source.reads)
    if isinstance(layout, TextLayout):
        raise InputError(f"layout {source.layout!r} reads text advices, the source says {source.reads}", where=source.file)
    if layout.reads != source.reads:
        raise InputError(f"layout {source.layout!r} reads {layout.reads}, the source says {source.reads}", where=source.file)
    together = [tuple(files)] if layout.join else [(received,) for received in files]
    for place_in_source, part in enumerate(together, start=1 + len(advices)):
        parsed = read_table(part, source, layout, params)
        _keep(got, table_of(source.reads), parsed)
        got.sources += _table_sources(f"{number}.{place_in_source:03d}", source, _base_first(part, layout), parsed)


def _base_first(files: Sequence[Received], layout: Layout) -> list[Received]:
    """Put the file that holds the rows before those that are joined to it."""
    return sorted(files, key=lambda received: (not (layout.base and fnmatch(received.name, layout.base)), received.name))


def _keep(got: _Gathered, table: str, parsed: Parsed) -> None:
    if parsed.bank is not None:
        got.banks.append(parsed.bank)
    else:
        got.add(table, _sure(parsed.table) if table == "remittance_lines" else parsed.table)
    got.add("rejects", parsed.rejects)
    got.add("roundings", parsed.roundings)
    got.names.append(parsed.names)
    got.without_local += list(parsed.without_local)
    got.findings += list(parsed.findings)


def _sure(lines: pd.DataFrame) -> pd.DataFrame:
    """State what a table read by a layout is: its cells leave no doubt, unless they say so themselves (G-16)."""
    stated = lines["confidence"].ne(0).any()
    lines = lines.assign(confidence=lines["confidence"] if stated else SURE)
    return lines.assign(source=lines["source"].mask(lines["source"].eq(""), "TABLE"))


def _bank_source(source_id: str, received: Received, bank: BankFile) -> dict[str, Any]:
    rows = len(bank.bank_lines)
    return {
        "source_id": source_id, "reads": "bank", "source_file": received.name, "source_sha256": received.sha256, "bytes": len(received.data),
        "format": bank.format, "encoding": bank.encoding, "layout": "", "rows_in": rows + len(bank.rejects), "rows_out": rows,
        "rejects": len(bank.rejects), "skipped": 0, "completeness": bank.completeness, "proof": bank.proof,
    }  # fmt: skip


def _table_sources(source_id: str, source: Source, files: Sequence[Received], parsed: Parsed) -> list[dict[str, Any]]:
    """One row a file; where several files make one table, the rows are counted on the first."""
    rejected = parsed.rejects[["source_file", "source_line"]].drop_duplicates()
    rows = []
    for number, received in enumerate(files):
        counts = (parsed.rows_in, len(parsed.table), len(rejected), parsed.skipped) if number == 0 else (0, 0, 0, 0)
        rows.append({
            "source_id": source_id if number == 0 else f"{source_id}.{number}", "reads": source.reads, "source_file": received.name,
            "source_sha256": received.sha256, "bytes": len(received.data), "format": parsed.format, "encoding": parsed.encoding,
            "layout": source.layout or PLAIN, "rows_in": counts[0], "rows_out": counts[1], "rejects": counts[2], "skipped": counts[3],
            "completeness": parsed.completeness, "proof": parsed.proof if number == 0 else "joined to the rows of the file before",
        })  # fmt: skip
    return rows


def _whole(got: _Gathered, name: str) -> pd.DataFrame:
    """Join the parts of a table; a key that two files hold is refused (InputError), because neither file is then the truth."""
    parts = got.tables.get(name, [])
    if len(parts) < 2:
        return parts[0] if parts else empty(name)
    both = pd.concat(parts, ignore_index=True)
    key = list(TABLES[name].key)
    again = both[both.duplicated(key, keep=False)].sort_values([*key, "source_file", "source_line"])
    if len(again):
        rows = again[["source_file", "source_line"]].head(2).itertuples(index=False, name=None)
        places = " and ".join(place(file, line) for file, line in rows)
        shown = ":".join(str(part) for part in again[key].iloc[0])
        raise InputError(f"{name} {shown} stands in {places}", cure="Give each row in one file only.")
    return conform(name, both)


def _bank_side(got: _Gathered, params: Params, carried: Mapping[str, pd.DataFrame]) -> Tables:
    statements, lines, repeated = once(got.banks)
    if "bank_lines" in carried:
        lines, before = _not_carried(lines, carried["bank_lines"])
        repeated = pd.concat([frame for frame in (repeated, before) if len(frame)], ignore_index=True) if len(before) else repeated
    accounts = _bank_accounts(params, statements, carried)
    lines = classify(lines, set(accounts["bank_account"]))
    return {
        "statements": conform("statements", statements), "bank_lines": conform("bank_lines", lines),
        "repeated_lines": conform("repeated_lines", repeated), "bank_accounts": accounts,
    }  # fmt: skip


def _advices_carried(carried: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give the advices of the previous pack whose receipt had not come, or still waits: money may follow its advice by weeks (T09)."""
    if not {"remittance_lines", "advice_links", "receipts"} <= set(carried):
        return empty("remittance_lines")
    receipts, links = carried["receipts"], carried["advice_links"]
    done = receipts.loc[~waiting(receipts), "receipt_id"]
    used = links.loc[links["receipt_id"].isin(done), "remittance_id"]
    return carried["remittance_lines"].loc[lambda lines: ~lines["remittance_id"].isin(used)]


def _not_carried(lines: pd.DataFrame, before: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out lines that the previous period's pack already holds: a statement delivered again adds nothing (EX-10)."""
    known = lines["line_id"].isin(before["line_id"])
    columns = ["source_file", "source_line", "source_sha256", "line_id", "statement_key", "amount", "currency"]
    return lines[~known], lines.loc[known, columns].assign(reason="the previous period's pack holds this line already")


def _bank_accounts(params: Params, statements: pd.DataFrame, carried: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    before = _closings(carried.get("statements", empty("statements")))
    rows = []
    for entry in params.ledgers:
        for account in entry.bank_accounts:
            opening: Any = pd.NA if account.opening is None else params.units.minor(account.opening, account.currency)
            said = "params" if account.opening is not None else ""
            if (account.account, account.currency) in before:
                opening, said = before[(account.account, account.currency)], "previous pack"
            rows.append({
                "bank_account": account.account, "currency": account.currency, "ledger_id": entry.ledger, "company_code": entry.company_code,
                "gl_account": account.gl_account, "country": account.country or entry.country, "opening": opening, "opening_from": said,
            })  # fmt: skip
    return conform("bank_accounts", pd.DataFrame(rows).astype({"opening": "Int64"})) if rows else empty("bank_accounts")


def _closings(statements: pd.DataFrame) -> dict[tuple[str, str], int]:
    last = statements.sort_values(["bank_account", "currency", "to_date", "statement_key"]).groupby(["bank_account", "currency"]).tail(1)
    return {
        (account, currency): int(closing)
        for account, currency, closing in zip(last["bank_account"], last["currency"], last["closing"], strict=True)
    }


def _ledgers(params: Params) -> pd.DataFrame:
    policy = params.policy.recognition_policy
    rows = [
        {
            "ledger_id": entry.ledger, "company_code": entry.company_code, "name": entry.name, "ledger_currency": entry.currency,
            "country": entry.country, "recognition_policy": entry.recognition_policy or policy,
        }
        for entry in params.ledgers
    ]  # fmt: skip
    return conform("ledgers", pd.DataFrame(rows))


def _customers(got: _Gathered, tables: Tables) -> pd.DataFrame:
    """Take the customer master, or make one from the items where no master was given; every item must find its customer (DV-01)."""
    if tables["customers"].empty:
        if tables["open_items"].empty:
            return tables["customers"]
        made = customers_from_items(tables["open_items"], [frame for frame in got.names if len(frame)])
        sentence = f"No customer master was given: {len(made):,} customers were taken from the items, other spellings kept as aliases."
        got.findings.append(Finding("DV-01", "warn", sentence, "customers"))
        return made
    keys = ["ledger_id", "company_code", "customer_id"]
    known = set(tables["customers"][keys].itertuples(index=False, name=None))
    lost = sorted({key for key in tables["open_items"][keys].itertuples(index=False, name=None) if key not in known})
    if lost:
        shown = tuple(":".join(key) for key in lost)
        sentence = f"{len(lost):,} customers of open items are not in the customer master: {first_few(shown, 5)}."
        got.findings.append(Finding("DV-01", "error", sentence, "customers", shown))
    return tables["customers"]


def _belongs(tables: Tables, params: Params) -> None:
    """Refuse items of a company code, and statements of an account, that no ledger of the params names."""
    known = {(entry.ledger, entry.company_code) for entry in params.ledgers}
    items = tables["open_items"]
    strange = sorted({key for key in items[["ledger_id", "company_code"]].itertuples(index=False, name=None) if key not in known})
    if strange:
        raise InputError(
            f"items belong to {strange[0]}, which the params do not name", cure="Add the ledger, or correct `ledger` of the source."
        )
    accounts = set(tables["bank_accounts"][["bank_account", "currency"]].itertuples(index=False, name=None))
    lines = pd.concat([tables["statements"], tables["bank_lines"]])[["bank_account", "currency", "source_file"]].drop_duplicates()
    for row in lines.sort_values(["source_file", "bank_account", "currency"]).itertuples():
        if (row.bank_account, row.currency) not in accounts:
            raise InputError(
                f"is a statement of account {row.bank_account} in {row.currency}, which no ledger of the params names",
                where=str(row.source_file), cure="Add the account to `bank_accounts` of its ledger.",
            )  # fmt: skip


def _same_currency(items: pd.DataFrame) -> list[Finding]:
    """Name items whose ledger-currency amount differs although both are in one currency (DV-05)."""
    same = items["currency"] == items["local_currency"]
    wrong = items[same & ((items["amount_doc"] != items["amount_local"]) | (items["open_amount_doc"] != items["open_amount_local"]))]
    if wrong.empty:
        return []
    first = wrong.iloc[0]
    sentence = (
        f"{len(wrong):,} items state two amounts for one currency, such as {first['item_id']} ({first['source_file']}, "
        f"line {first['source_line']}); correct the export."
    )
    return [Finding("DV-05", "error", sentence, "open_items", tuple(wrong["item_id"]))]


def _none_yet(items: pd.DataFrame, as_of: date) -> list[Finding]:
    """Say when no item is posted by the key date: the month would be empty, and its key date is hardly meant."""
    first = items["posting_date"].min()
    if items.empty or first <= pd.Timestamp(as_of):
        return []
    sentence = f"No item is posted by the key date {as_of}, the first on {first.date()}: nothing is open. Correct as_of, or the dates of the export."
    return [Finding("CV-08", "warn", sentence, "open_items")]


def _ties(tables: Tables) -> Iterable[Tie]:
    sources = tables["sources"]
    yield Tie(
        "rows in the files = rows taken over + rejects",
        "LD-10",
        int(sources["rows_in"].sum()),
        int((sources["rows_out"] + sources["rejects"]).sum()),
        "rows",
    )
    bank = int(sources.loc[sources["reads"] == "bank", "rows_out"].sum())
    yield Tie(
        "bank lines read = lines entered + lines delivered twice",
        "EX-10",
        bank,
        len(tables["bank_lines"]) + len(tables["repeated_lines"]),
        "rows",
    )
    statements = tables["statements"]
    for currency, rows in statements.groupby("currency", sort=True):
        moved = int((rows["opening"] + rows["credits"] - rows["debits"]).sum())
        yield Tie(
            f"opening + credits − debits = closing, over {len(rows):,} statements",
            "RC-20",
            moved,
            int(rows["closing"].sum()),
            str(currency),
        )
    balances = tables["gl_balances"]
    for currency, rows in balances.groupby("currency", sort=True):
        moved = int((rows["opening"] + rows["debits"] - rows["credits"]).sum())
        yield Tie("opening + debits − credits = closing, over the GL balances", "T11", moved, int(rows["closing"].sum()), str(currency))


def _openings(tables: Tables, carried: Mapping[str, pd.DataFrame]) -> Iterable[Tie]:
    """Tie each opening balance that is known beforehand to the first statement of this close (RC-20)."""
    before = set(carried["statements"]["statement_key"]) if "statements" in carried else set()
    news = tables["statements"].loc[lambda s: ~s["statement_key"].isin(before)]
    for account, currency, opening, said in tables["bank_accounts"][["bank_account", "currency", "opening", "opening_from"]].itertuples(
        index=False, name=None
    ):
        mine = news[(news["bank_account"] == account) & (news["currency"] == currency)]
        if opening is pd.NA or mine.empty:
            continue
        first = mine.loc[mine["to_date"] == mine["to_date"].min(), "opening"].tolist()
        found = int(opening) if int(opening) in first else int(first[0])
        yield Tie(f"{account} {currency}: opening per {said} = opening of the first statement", "RC-20", int(opening), found, currency)


def _completeness(sources: pd.DataFrame) -> Iterable[Finding]:
    """Name the files that nothing proves whole (LD-10); for a bank file that is a warning, because money could be missing."""
    open_ends = sources[(sources["completeness"] == "not_proven") & (sources["rows_in"] > 0)]
    for of_bank, severity, cure in (
        (True, "warn", "ask the bank for statements with balances, or give control_rows or control_sum in the params or a control file"),
        (False, "info", "control_rows or control_sum in the params, or a control file, would prove them"),
    ):
        files = tuple(open_ends.loc[(open_ends["reads"] == "bank") == of_bank, "source_file"])
        if files:
            kind = "bank file" if of_bank else "file"
            what = f"1 {kind} states" if len(files) == 1 else f"{len(files):,} {kind}s state"
            yield Finding(
                "LD-10",
                "warn" if severity == "warn" else "info",
                f"{what} nothing that would show a missing row; {cure}.",
                "sources",
                files,
            )
