"""What each reconciliation rests on: the files whose rows it reads, how they are read, params, policy, decisions, the period before (4.11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from arwork.tables import conform, empty

Tables = Mapping[str, pd.DataFrame]
_WHOLE, _COMPANY, _ACCOUNT, _CUSTOMER = "whole", "company", "account", "customer"
_READS: Mapping[str, Mapping[str, str]] = {
    "RC-10": {"open_items": _COMPANY, "gl_balances": _ACCOUNT, "gl_lines": _ACCOUNT},
    "RC-20": {"bank": _ACCOUNT, "cash_book": _ACCOUNT, "gl_balances": _ACCOUNT},
    "RC-30": {"open_items": _COMPANY},
    "RC-40": {"their_items": _CUSTOMER, "open_items": _CUSTOMER, "disputes": _CUSTOMER, "bank": _COMPANY, "decisions": _WHOLE},
    "RC-50": {"open_items": _WHOLE, "gl_balances": _WHOLE, "gl_lines": _WHOLE, "bank": _WHOLE, "fx_rates": _WHOLE, "decisions": _WHOLE},
    "RC-60": {"bank": _COMPANY, "open_items": _COMPANY, "gl_balances": _COMPANY, "remittance": _WHOLE, "decisions": _WHOLE},
    "RC-70": {"bank": _ACCOUNT, "cash_book": _ACCOUNT, "open_items": _COMPANY, "gl_balances": _COMPANY, "remittance": _WHOLE,
              "cheques": _WHOLE, "decisions": _WHOLE},
    "RC-80": {"open_items": _COMPANY, "disputes": _COMPANY, "gl_balances": _COMPANY, "decisions": _WHOLE},
    "RC-80/allowance": {"open_items": _COMPANY, "gl_balances": _COMPANY, "customers": _WHOLE},
    "RC-90": {"open_items": _COMPANY, "bank": _COMPANY, "cash_book": _COMPANY},
}  # fmt: skip
"""By rule (and account, where it reads something else), the kinds of input it reads, and which rows of them: all, its company's, its account's, its customer's."""
_FILE = ["source_file", "source_sha256"]


class Row(NamedTuple):
    """One input that is no file of the month: its name, what it holds, its digest."""

    name: str
    reads: str
    sha256: str


@dataclass(frozen=True)
class Beside:
    """What reconciliations rest on beside files: for all of them, for those that see decisions, and how each source of the params is read."""

    always: tuple[Row, ...] = ()
    decisions: tuple[Row, ...] = ()
    reading: Mapping[int, Row] = field(default_factory=dict)


def inputs_of(reconciliations: pd.DataFrame, t: Tables, beside: Beside | None = None) -> pd.DataFrame:
    """Return `recon_inputs`: the files behind each reconciliation by what they hold, and what it rests on beside them.

    A file counts where it has a row that the reconciliation reads: the statement of one account says nothing of another.
    """
    more, files = beside or Beside(), _files(t)
    order = t["sources"]["source_id"].str.split(".").str[0].astype("int64")
    places: dict[tuple[str, str], list[int]] = {}
    for name, sha, place in zip(t["sources"]["source_file"], t["sources"]["source_sha256"], order, strict=True):
        places.setdefault((name, sha), []).append(int(place))
    rows = []
    for recon in reconciliations.sort_values("recon_id").to_dict("records"):
        own = sorted(set(_behind(recon, files)))
        rows += [{"recon_id": recon["recon_id"], "source_file": name, "reads": reads, "sha256": sha} for reads, name, sha in own]
        numbers = {place for _, name, sha in own for place in places.get((name, sha), ())}
        seen = more.decisions if "decisions" in _scopes(recon) else ()
        for row in (*more.always, *seen, *(more.reading[n] for n in sorted(numbers) if n in more.reading)):
            rows.append({"recon_id": recon["recon_id"], "source_file": row.name, "reads": row.reads, "sha256": row.sha256})
    return conform("recon_inputs", pd.DataFrame(rows).drop_duplicates()) if rows else empty("recon_inputs")


def _scopes(recon: Mapping[Any, Any]) -> Mapping[str, str]:
    return _READS.get(f"{recon['rule']}/{recon['account']}") or _READS.get(recon["rule"], {})


def _behind(recon: Mapping[Any, Any], files: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and digest of each file with a row that a reconciliation reads."""
    for reads, scope in _scopes(recon).items():
        frame = files.get(reads)
        if frame is None:
            continue
        here = pd.Series(data=True, index=frame.index)
        if scope != _WHOLE and "company_code" in frame:
            here &= (frame["ledger_id"] == recon["ledger_id"]) & (frame["company_code"] == recon["company_code"])
        if scope == _ACCOUNT:
            here &= _same_account(frame, recon, files)
        if scope == _CUSTOMER:
            here &= frame["customer_id"].isin([recon["account"], ""])
        here &= (frame["source_file"] != "") & (frame["source_sha256"] != "")  # what was made has no file of its own
        for name, sha in frame.loc[here, _FILE].drop_duplicates().itertuples(index=False, name=None):
            yield reads, str(name), str(sha)


def _same_account(frame: pd.DataFrame, recon: Mapping[Any, Any], files: Mapping[str, pd.DataFrame]) -> pd.Series[bool]:
    """Say which rows are of the reconciliation's account: of the bank account, and of the GL account that mirrors it."""
    if "bank_account" in frame:
        here: pd.Series[bool] = (frame["bank_account"] == recon["account"]) & (frame["currency"] == recon["currency"])
        return here
    mirror = files["mirrors"]
    gl = set(mirror.loc[(mirror["bank_account"] == recon["account"]) & (mirror["currency"] == recon["currency"]), "gl_account"])
    return frame["gl_account"].isin(gl or {recon["account"]})


def _files(t: Tables) -> dict[str, pd.DataFrame]:
    """Return by kind which files hold rows of which company, account and customer."""
    company, said = ["ledger_id", "company_code"], t["their_statements"]
    lines = pd.concat([t[name][["bank_account", "currency", *_FILE]].drop_duplicates() for name in ("statements", "bank_lines")])
    bank = lines.drop_duplicates().merge(t["bank_accounts"][["bank_account", "currency", *company]], on=["bank_account", "currency"])
    found = {
        "bank": bank, "their_items": said[["customer_id", *_FILE]], "mirrors": t["bank_accounts"],
        "open_items": t["open_items"][[*company, "customer_id", *_FILE]].drop_duplicates(),
        "disputes": t["disputes"][[*company, "customer_id", *_FILE]].drop_duplicates(),
        **{name: t[name][[*company, "gl_account", *_FILE]].drop_duplicates() for name in ("gl_balances", "gl_lines", "cash_book")},
    }  # fmt: skip
    for reads in ("remittance", "fx_rates", "cheques", "customers"):
        found[reads] = t["sources"].loc[t["sources"]["reads"] == reads, _FILE]
    return found
