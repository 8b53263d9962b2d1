"""RC-70: the daily cash log of each bank account, its four proofs and the state of each day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias

import pandas as pd

from arwork.money import Units
from arwork.proof import Finding, Tie
from arwork.reconcile.bank import BankToBook
from arwork.reconcile.cash_breaks import ACCOUNTS, Given, breaks
from arwork.reconcile.cash_days import ACCOUNT, KEY, daily, grid, with_sums
from arwork.reconcile.cash_memo import memo
from arwork.reconcile.cash_parts import KINDS, credits_of
from arwork.reconcile.layout import Line, Reconciled, Sheet, gather, rows_of
from arwork.tables import conform, empty

LINES: Mapping[str, str] = {
    "opening": "1 Opening unposted (prior days)", "credits": "2 + Bank credits (statement)", "applied": "3 − Applied to customer items",
    "on_account": "4 − On account", "unapplied": "5 − Unapplied (payer known)", "unidentified": "6 − Unidentified (to suspense)",
    "misdirected": "7 − Misdirected / intercompany clearing", "non_ar": "8 − Non-AR", "closing": "9 = Closing unposted",
}  # fmt: skip
"""The nine lines of the log, by column (RC-70)."""
MEMO: Mapping[str, str] = {
    "returns": "memo: returns and NSF", "cheques_held": "memo: cheques received, not deposited", "post_dated": "memo: post-dated cheques held",
    "automatic": "memo: applied by rule", "manual": "memo: applied by a person",
}  # fmt: skip
"""The memo lines of the log, by column (RC-70)."""
_LATEST = 3
Accounts: TypeAlias = Mapping[tuple[str, str], Sequence[str]]
"""GL accounts of each company."""


@dataclass(frozen=True)
class CashLog:
    """What the log returns: its head as a reconciliation, `cash_log`, `cash_breaks`, `cash_unposted`."""

    recon: Reconciled
    cash_log: pd.DataFrame
    cash_breaks: pd.DataFrame
    cash_unposted: pd.DataFrame


def cash_log(
    t: Mapping[str, pd.DataFrame], bank: BankToBook, suspense_accounts: Accounts, start: date, as_of: date,
    spans: Mapping[str, str], units: Units, clearing_accounts: Accounts | None = None,
) -> CashLog:  # fmt: skip
    """Lay out opening + credits − what became of them = closing for every bank account and day, and prove it (RC-70).

    Takes the tables of intake and cash application, bank to book as proven, and the accounts of each company for line 6 (suspense) and
    line 7 (clearing of misdirected money); where their lines are not given, a finding says what proof 3 did not cover. A day is CLOSED when
    the four proofs hold or each break is a named reconciling item, QUIET when nothing moved and nothing waits, else OPEN with its reason, owner and next
    action. A break of the balances keeps the days after it open until the lines are there. Amounts are minor units.
    """
    held = t["bank_accounts"].loc[:, [*ACCOUNT, "ledger_id", "company_code"]]
    seen = pd.concat([t["statements"][ACCOUNT], bank.matched.lines[ACCOUNT], bank.matched.rows[ACCOUNT]]).drop_duplicates()
    accounts = held.merge(seen, on=ACCOUNT, how="inner", validate="1:1")
    if accounts.empty:
        return CashLog(gather([], [], [], []), *(empty(name) for name in ("cash_log", "cash_breaks", "cash_unposted")))
    credits = credits_of(bank.matched, t["bank_lines"], t["bank_accounts"], t["open_items"], t["receipts"], as_of)
    log = daily(credits, grid(accounts, start, as_of), start)
    log = memo(log, credits, bank.matched, t)
    named: Mapping[str, Accounts] = {"unidentified": suspense_accounts, "misdirected": clearing_accounts or {}}
    postings = {column: _postings(t["gl_lines"], accounts_) for column, accounts_ in named.items()}
    given = Given(
        bank.matched, bank.recon.recon_items, t["statements"], bank.recon.proof_of_cash, t["allocations"],
        postings, start, as_of, spans,
    )  # fmt: skip
    broken = breaks(log, credits, given)
    log = _states(log, broken, bank.matched.unproven, set(t["statements"][ACCOUNT].itertuples(index=False, name=None)), units)
    sheets: list[Sheet] = []
    ties: list[Tie] = []
    findings: list[Finding] = []
    for row in rows_of(accounts.sort_values(ACCOUNT)):
        mine, wrong = (frame[(frame["bank_account"] == row.bank_account) & (frame["currency"] == row.currency)] for frame in (log, broken))
        if not bank.matched.unproven.get((row.bank_account, row.currency)):
            sheets.append(_sheet(row, mine, wrong, as_of, units))
            ties += _ties(row, mine, bank.recon.proof_of_cash)
        findings += _findings(row, mine, wrong, units)
    findings += _not_held(log, postings, named, units)
    tables = (_table(log), _numbered(broken), _unposted(credits, as_of))
    return CashLog(gather(sheets, [], ties, findings), *tables)


def _postings(gl_lines: pd.DataFrame, accounts: Accounts) -> pd.DataFrame:
    named = [(ledger, company, account) for (ledger, company), own in accounts.items() for account in own]
    place = pd.MultiIndex.from_frame(gl_lines[["ledger_id", "company_code", "gl_account"]])
    return gl_lines[place.isin(named)] if named else gl_lines.iloc[:0]


def _not_held(log: pd.DataFrame, postings: Mapping[str, pd.DataFrame], named: Mapping[str, Accounts], units: Units) -> Iterator[Finding]:
    """Name the money on lines 6 and 7 that proof 3 could not hold against postings, and what is missing for it."""
    where = ["ledger_id", "company_code", "currency"]
    for column, (line, name, _) in ACCOUNTS.items():
        held = set(postings[column][where].itertuples(index=False, name=None))
        for key, days in log.groupby(where, sort=True):
            ledger, company, code = (str(part) for part in key)
            amount = int(days[column].sum())
            if not amount or (ledger, company, code) in held:
                continue
            own = named[column].get((ledger, company), ())
            why = (
                f"gl_lines holds no line of account {', '.join(own)} in {code}"
                if own
                else f"the params name no {name} account of {ledger}/{company}"
            )
            said = f"Proof 3 of the cash log does not cover line {line} of {ledger}/{company}: {units.decimal(amount, code):,} {code} {column}, and {why}."
            yield Finding("RC-70", "info", said, "cash_log")


def _states(
    log: pd.DataFrame, broken: pd.DataFrame, unproven: Mapping[tuple[str, str], str], stated: set[tuple[str, str]], units: Units
) -> pd.DataFrame:
    """Give each day its state, the reason, who acts and what comes next."""
    proofs = {f"proof_{n}": broken[broken["proof"] == str(n)] for n in (1, 2, 3, 4)}
    for name, rows in proofs.items():
        log = _broken(log, rows[~rows["named"]], name)
    log = _broken(log, broken.loc[broken["named"]], "named")
    log = _broken(log, broken[~broken["named"]], "open")
    log["proof_4"] = log.groupby(ACCOUNT)["proof_4"].cumsum()  # a cumulative proof stays broken until the lines are there
    why = {key: list(rows_of(rows)) for key, rows in broken.groupby(KEY, sort=False)}
    since: dict[tuple[str, str], Any] = {}
    told = []
    for row in rows_of(log):
        account = (row.bank_account, row.currency)
        since[account] = (since.get(account) or row.day) if row.proof_4 else None
        told.append(_told(row, why.get((*account, row.day), []), unproven.get(account, ""), since[account], units))
    return log.assign(**dict(zip(("state", "reason", "owner", "next_action"), zip(*told, strict=True), strict=True)))


def _broken(log: pd.DataFrame, rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return with_sums(log, rows.groupby(KEY)["amount"].agg(["sum", "size"]).rename(columns={"sum": name, "size": f"{name}_count"}))


def _told(row: Any, found: Sequence[Any], unproven: str, since: Any, units: Units) -> tuple[str, str, str, str]:
    """Say of one day: state, reason, owner, next action."""
    moved = any((row.opening, row.closing, row.credits_count, *(getattr(row, kind) for kind in KINDS)))
    if unproven:
        return (
            ("OPEN", f"Not proven: {unproven}.", "accounting", "Deliver the missing side and close again.")
            if moved
            else ("QUIET", "", "", "")
        )
    left = [item for item in found if not item.named]
    if left:
        first = left[0]
        more = f" {len(left) - 1} more." if len(left) > 1 else ""
        return "OPEN", f"Proof {_proof(first)}: {first.sentence}, {_money(first.amount, row, units)}.{more}", first.owner, first.next_action
    if since is not None:
        said = f"Proof 4: open since {since:%Y-%m-%d}, {_money(row.proof_4, row, units)} between the balances and the lines."
        return "OPEN", said, "IT and cash application", "Get the lines that are missing since then."
    if found:
        codes = sorted({item.code for item in found})
        return "CLOSED", f"Every break is a named reconciling item: {', '.join(codes)}.", "", ""
    return ("CLOSED" if moved else "QUIET"), "", "", ""


def _proof(item: Any) -> str:
    return "of the month's end" if item.proof == "end" else str(item.proof)


def _money(minor: int, row: Any, units: Units) -> str:
    return f"{units.decimal(int(minor), row.currency):,} {row.currency}"


def _sheet(row: Any, log: pd.DataFrame, broken: pd.DataFrame, as_of: date, units: Units) -> Sheet:
    """Sum the days of one account in the layout of the log."""
    sums = {name: (int(log[name].sum()), int(log[f"{name}_count"].sum())) for name in ("credits", *KINDS)}
    sums["opening"] = (int(log["opening"].iloc[0]), int(log["opening_count"].iloc[0]))
    sums["closing"] = (int(log["closing"].iloc[-1]), int(log["closing_count"].iloc[-1]))
    sign = {name: -1 if name in KINDS else 1 for name in LINES}
    lines = [Line(label, name, sign[name] * sums[name][0], sums[name][1], total=name == "closing") for name, label in LINES.items()]
    lines.append(Line("List of unposted lines", "list", int(log["listed"].iloc[-1]), sums["closing"][1], total=True))
    for name in ("returns", "automatic", "manual"):
        lines.append(Line(MEMO[name], "memo", int(log[name].sum()), int(log[f"{name}_count"].sum())))
    for name in ("cheques_held", "post_dated"):
        lines.append(Line(MEMO[name], "memo", int(log[name].iloc[-1]), int(log[f"{name}_count"].iloc[-1])))
    oldest = log["oldest"].iloc[-1]
    lines.append(Line(f"memo: oldest unposted line, {'none' if pd.isna(oldest) else f'booked {oldest:%Y-%m-%d}'}", "memo", 0))
    wrong = broken[~broken["named"]]
    rest, named = int(wrong["amount"].abs().sum()), int(broken.loc[broken["named"], "amount"].sum())
    lines.append(Line("Breaks that are no named item (sum of their sizes)", "E", rest, len(wrong), total=True))
    said = _sentence(row, log, sums, rest, units)
    ours = sums["opening"][0] + sums["credits"][0] - sum(sums[kind][0] for kind in KINDS)
    where = (row.ledger_id, row.company_code, row.bank_account, row.currency, as_of)
    return Sheet("RC-70", *where, ours, ours + rest, rest, named, rest, "UNEXPLAINED" if rest else "TIES", said, tuple(lines))


def _sentence(row: Any, log: pd.DataFrame, sums: Mapping[str, tuple[int, int]], rest: int, units: Units) -> str:
    states = log["state"].value_counts()
    said = f"Cash log of {row.bank_account} {row.currency}: {_money(sums['credits'][0], row, units)} in {sums['credits'][1]:,} credits, "
    said += (
        f"{_money(sums['closing'][0], row, units)} unposted at the end; {states.get('CLOSED', 0)} days closed, {states.get('OPEN', 0)} open"
    )
    return said + (f", with breaks of {_money(rest, row, units)}." if rest else ".")


def _ties(row: Any, log: pd.DataFrame, proof_of_cash: pd.DataFrame) -> Iterator[Tie]:
    name = f"{row.bank_account} {row.currency} cash log"
    yield Tie(
        f"{name}: closing equals the list of unposted lines",
        "RC-70",
        int(log["closing"].iloc[-1]),
        int(log["listed"].iloc[-1]),
        row.currency,
    )
    mine = (
        (proof_of_cash["bank_account"] == row.bank_account)
        & (proof_of_cash["currency"] == row.currency)
        & (proof_of_cash["side"] == "BANK")
    )
    shown = proof_of_cash.loc[mine, "receipts"]
    yield Tie(
        f"{name}: credits of the month equal receipts in the proof of cash",
        "RC-70",
        int(log["credits"].sum()),
        int(shown.sum()),
        row.currency,
    )


def _findings(row: Any, log: pd.DataFrame, broken: pd.DataFrame, units: Units) -> Iterator[Finding]:
    """Name the open days of an account, by reason; days that stay open for one cause are told once."""
    days = log[log["state"] == "OPEN"]
    for (owner, action), rows in days.groupby(["owner", "next_action"], sort=True):
        few = ", ".join(f"{day:%Y-%m-%d}" for day in rows["day"].head(_LATEST)) + (
            f" and {len(rows) - _LATEST} more" if len(rows) > _LATEST else ""
        )
        said = f"Cash log of {row.bank_account} {row.currency}: open {few}. {rows['reason'].iloc[0]} Owner: {owner}. {action}"
        keys = tuple(f"{row.bank_account} {row.currency} {day:%Y-%m-%d}" for day in rows["day"])
        yield Finding("RC-70", "info" if str(rows["reason"].iloc[0]).startswith("Not proven") else "warn", said, "cash_log", keys)
    if len(log) and not len(days) and int(log["closing"].iloc[-1]):
        said = f"Cash log of {row.bank_account} {row.currency}: {_money(log['closing'].iloc[-1], row, units)} are unposted at the key date, each a named item."
        yield Finding("RC-70", "info", said, "cash_unposted")


def _table(log: pd.DataFrame) -> pd.DataFrame:
    return conform("cash_log", log[list(empty("cash_log").columns)])


def _numbered(broken: pd.DataFrame) -> pd.DataFrame:
    if broken.empty:
        return empty("cash_breaks")
    return conform("cash_breaks", broken.assign(number=broken.groupby(KEY).cumcount() + 1)[list(empty("cash_breaks").columns)])


def _unposted(credits: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """List every line that was unposted at the end of some day: line 9 of a day is the lines booked by it and posted after it."""
    rows = credits[credits["posted_on"].isna() | (credits["posted_on"] > credits["booking_date"])]
    if rows.empty:
        return empty("cash_unposted")
    until = rows["posted_on"].fillna(pd.Timestamp(as_of + timedelta(days=1)))
    waited = (until - rows["booking_date"]).dt.days
    return conform("cash_unposted", rows.assign(days=waited)[list(empty("cash_unposted").columns)])
