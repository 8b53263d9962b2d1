"""Reminders: which accounts get a letter, at which level, for which items, and why the others get none (CO-01 to CO-09)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from arwork.collect.key_date import open_at
from arwork.collect.standing import ACCOUNT, OWED, credits_beside, disputed_part, promised_part, taken
from arwork.money import Units
from arwork.policy import Policy, Procedure
from arwork.proof import Finding, Tie
from arwork.tables import conform, empty

NEVER = "no procedure: this account is never reminded"
_LANGUAGES = {"DE": "de", "AT": "de", "CH": "de", "FR": "fr", "ES": "es", "PL": "pl", "GR": "el", "CY": "el", "CN": "zh", "TW": "zh"}


@dataclass(frozen=True)
class Dunned:
    """A proposed run: `dunning_letters`, `dunning_items`, its ties and findings. Nothing is sent, no level is changed (CO-08)."""

    dunning_letters: pd.DataFrame
    dunning_items: pd.DataFrame
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Account:
    """What a run needs to know of one account beside its items."""

    name: str
    language: str
    procedure: str
    block: str
    own_needed: bool
    last: date | None


def propose(tables: Mapping[str, pd.DataFrame], policy: Policy, run_date: date, units: Units) -> Dunned:
    """Propose the reminders of a day (CO-01 to CO-09); amounts in minor units, nothing crosses ledger, company or currency.

    Takes `open_items`, `customers`, `customer_profiles`, `letters_sent`, `disputes`, `promises`, `receipts` and
    `allocations`. Without any profile the policy's procedure holds for every account; with profiles a blank procedure
    means that the account is never reminded. Each item is named with what is asked and what is left out of it, and why.
    """
    kept = open_at(tables["open_items"], run_date)
    late = _late_items(kept, tables, policy, run_date)
    accounts = _accounts(tables, policy)
    late = late.merge(_procedures(accounts), on=ACCOUNT, how="left").fillna({"procedure": ""})
    late = _with_arrears(late, policy, run_date)
    late = late.assign(level=_levels_by_days(late, policy))
    late = _left_out_in_transit(late, tables["receipts"])
    late = late.assign(level=_kept_by_minimum(late, _base(kept, late), policy, units))
    letters = _letters(late, kept, tables["receipts"], accounts, policy, run_date, units)
    asked = letters.loc[letters["outcome"] != "NONE", OWED]
    chosen = late.merge(asked, on=OWED, how="left", indicator=True)["_merge"].eq("both").to_numpy()
    items = late.assign(level=late["level"].where(chosen, 0), asked=late["asked"].where(chosen & (late["level"] > 0), 0))
    items = items.assign(left_out=items["left"] - items["asked"])
    shown = _shown(items)
    return Dunned(letters, shown, _ties(letters, shown), _findings(letters, tables))


def languages(customers: pd.DataFrame, profiles: pd.DataFrame) -> dict[tuple[str, ...], str]:
    """Return the language of letters by account: what its profile says, else that of its country, else English."""
    said = {key[:3]: key[3].lower() for key in profiles[[*ACCOUNT, "language"]].itertuples(index=False, name=None) if key[3]}
    rows = customers[[*ACCOUNT, "country"]].itertuples(index=False, name=None)
    return {row[:3]: said.get(row[:3]) or _LANGUAGES.get(row[3], "en") for row in rows}


def procedure_of(policy: Policy, name: str) -> Procedure:
    """Return a procedure by name; the policy's own one stands under its name."""
    own = policy.dunning
    if name in own.others:
        return own.others[name]
    return Procedure(
        interval=own.interval, grace=own.grace, max_step=own.max_step, levels=own.levels, min_days_arrears=own.min_days_arrears,
        charges=own.charges, notice_level=own.notice_level, payment_days=own.payment_days,
    )  # fmt: skip


def _late_items(kept: pd.DataFrame, tables: Mapping[str, pd.DataFrame], policy: Policy, run_date: date) -> pd.DataFrame:
    """Overdue debit items with what is left of each after this close, and what of it may not be asked for (CO-07)."""
    left = kept["open_doc"] - kept["item_id"].map(taken(tables["allocations"])).fillna(0).astype("int64")
    dpd = (pd.Timestamp(run_date) - kept["due_date"]).dt.days
    items = kept.assign(left=left, days_late=dpd)[(dpd >= 1) & (left > 0) & (kept["open_doc"] > 0)].reset_index(drop=True)
    disputed = disputed_part(items, tables["disputes"], run_date)
    promised = promised_part(items, tables["promises"], run_date, policy.promise.tolerance_days)
    whole = {
        "LEGAL": items["legal_hold"], "BLOCKED": items["payment_block"] != "", "WRITTEN_OFF": items["written_off"],
        "ASSIGNED": items["assigned_to"] != "",
    }  # fmt: skip
    barred = np.logical_or.reduce([flag.to_numpy(dtype=bool) for flag in whole.values()])
    why = pd.Series("", index=items.index, dtype="object")
    for word, flag in {"DISPUTED": disputed > 0, "PROMISED": promised > 0, **whole}.items():
        why = why.mask(flag.astype(bool), why + word + " ")
    asked = (items["left"] - disputed - promised).clip(lower=0).mask(barred, 0)
    local = items["open_local"].to_numpy(dtype="int64")
    judged: pd.DataFrame = items.assign(disputed=disputed, asked=asked.astype("int64"), why_left_out=why.str.strip(), local=local)
    return judged


def _accounts(tables: Mapping[str, pd.DataFrame], policy: Policy) -> Mapping[tuple[str, ...], Account]:
    """Gather procedure, block, language and last reminder of each account (CO-01, CO-09)."""
    profiles, sent = tables["customer_profiles"], tables["letters_sent"]
    sent = sent[sent["delivery"] != "UNDELIVERED"]
    last = sent.groupby(ACCOUNT)["sent_date"].max()
    said = {tuple(row[name] for name in ACCOUNT): row for row in profiles.to_dict("records")}
    spoken = languages(tables["customers"], profiles)
    found = {}
    for row in tables["customers"].to_dict("records"):
        key = tuple(row[name] for name in ACCOUNT)
        profile = said.get(key, {})
        procedure = profile.get("dunning_procedure", "") if len(profiles) else policy.dunning.procedure
        days = [day for day in (last.get(key), profile.get("last_dunned")) if day is not None and not pd.isna(day)]
        special = bool(profile.get("is_consumer") or profile.get("is_public_body")) and procedure == policy.dunning.procedure
        block = profile.get("dunning_block", "") or (row["status"] if row["status"] in ("LEGAL", "INSOLVENT", "CLOSED") else "")
        found[key] = Account(row["name"], spoken[key], procedure, block, special, max(days).date() if days else None)
    return found


def _procedures(accounts: Mapping[tuple[str, ...], Account]) -> pd.DataFrame:
    rows = [(*key, account.procedure) for key, account in accounts.items()]
    return pd.DataFrame(rows, columns=[*ACCOUNT, "procedure"]).astype(object)


def _with_arrears(late: pd.DataFrame, policy: Policy, run_date: date) -> pd.DataFrame:
    """Add arrears: days behind due date and grace (CO-02)."""
    grace = late["procedure"].map({name: procedure_of(policy, name).grace for name in late["procedure"].unique()})
    return late.assign(arrears=(late["days_late"] - grace.fillna(0)).astype("int64"), previous_level=late["dunning_level"])


def _levels_by_days(late: pd.DataFrame, policy: Policy) -> pd.Series[Any]:
    """Level by days, at most `max_step` above the level before (CO-04); 0 for what is not asked for or not yet dunnable."""
    level = pd.Series(0, index=late.index, dtype="int64")
    for name, rows in late.groupby("procedure").groups.items():
        procedure = procedure_of(policy, str(name))
        days = [int(entry[0]) for entry in procedure.levels]
        by_days = np.searchsorted(days, late.loc[rows, "arrears"].to_numpy(), side="right")
        level.loc[rows] = np.minimum(by_days, late.loc[rows, "previous_level"].to_numpy() + procedure.max_step)
    return level.where((late["asked"] > 0) & (late["arrears"] >= 1), 0)


def _left_out_in_transit(late: pd.DataFrame, receipts: pd.DataFrame) -> pd.DataFrame:
    """Leave out items for which enough money of the customer has come and is not yet applied (CO-07); the oldest first."""
    waiting = receipts[(receipts["customer_id"] != "") & (receipts["unapplied_amount"] > 0)].groupby(OWED)["unapplied_amount"].sum()
    if waiting.empty or late.empty:
        return late
    late = late.sort_values([*OWED, "due_date", "item_id"], ignore_index=True)
    keys = pd.MultiIndex.from_frame(late[OWED])
    room = dict(waiting)
    hit = np.zeros(len(late), dtype=bool)
    wanted = late["asked"].to_numpy()
    for place in map(int, np.flatnonzero(keys.isin(waiting.index) & (late["level"] > 0).to_numpy())):
        need = int(wanted[place])
        if room[keys[place]] >= need:
            room[keys[place]] -= need
            hit[place] = True
    why = late["why_left_out"].mask(hit, (late["why_left_out"] + " IN_TRANSIT").str.strip())
    return late.assign(level=late["level"].mask(hit, 0), asked=late["asked"].mask(hit, 0), why_left_out=why)


def _base(kept: pd.DataFrame, late: pd.DataFrame) -> pd.Series[Any]:
    """Undisputed open items net of credits, by account and currency: what CO-05 takes its percentage of."""
    disputed = late.groupby(OWED)["disputed"].sum()
    return kept.groupby(OWED)["open_doc"].sum().sub(disputed, fill_value=0)


def _kept_by_minimum(late: pd.DataFrame, base: pd.Series[Any], policy: Policy, units: Units) -> pd.Series[Any]:
    """Drop items one level, and again, where a level's sum is below its least amount or percent (CO-05).

    The least amount is in ledger currency; the sum is compared at the ledger's value of the items.
    """
    level = late["level"].astype("int64")
    if late.empty:
        return level
    whole = pd.MultiIndex.from_frame(late[OWED]).map(base.to_dict()).to_numpy(dtype="int64")
    part = late["local"].astype(object) * late["asked"].astype(object) // late["left"].astype(object)
    local = part.astype("int64").where(late["currency"] != late["local_currency"], late["asked"])
    for name, rows in late.groupby("procedure").groups.items():
        procedure = procedure_of(policy, str(name))
        for number in range(len(procedure.levels), 0, -1):
            _, least, percent = procedure.levels[number - 1]
            at = rows[(level.loc[rows] == number).to_numpy()]
            if len(at):
                limit = late.loc[at, "local_currency"].map({c: units.rounded(least, c) for c in late.loc[at, "local_currency"].unique()})
                sums = late.loc[at].assign(l=local.loc[at], a=late.loc[at, "asked"]).groupby(OWED)[["l", "a"]].transform("sum")
                enough = (sums["l"] >= limit) & (sums["a"].astype(object) * 10_000 >= whole[at] * int(percent * 100))
                level.loc[at] = level.loc[at].where(enough, number - 1)
    return level


def _letters(
    late: pd.DataFrame, kept: pd.DataFrame, receipts: pd.DataFrame, accounts: Mapping[tuple[str, ...], Account], policy: Policy,
    run_date: date, units: Units,
) -> pd.DataFrame:  # fmt: skip
    """One row an account and currency with overdue items: its letter, or the reason for none (CO-01, CO-03, CO-06, CO-07)."""
    if late.empty:
        return empty("dunning_letters")
    beside = credits_beside(kept, receipts, run_date).to_dict()
    asked = late["asked"].where(late["level"] > 0, 0)
    sums = late.assign(
        listed=asked, n=(late["level"] > 0).astype("int64"), undisputed=late["left"] - late["disputed"],
        old=late["days_late"].where(late["level"] > 0, 0),
    ).groupby(OWED).agg(
        level=("level", "max"), items=("n", "sum"), amount=("listed", "sum"), overdue=("left", "sum"), undisputed=("undisputed", "sum"),
        oldest_days=("old", "max"), oldest=("days_late", "max"), ledger=("local_currency", "first"),
    )  # fmt: skip
    rows = []
    for key, found in zip(sums.index, sums.to_dict("records"), strict=True):
        account = accounts.get(key[:3], Account(key[2], "en", "", "", own_needed=False, last=None))
        credits = int(beside.get(key, 0))
        net = max(0, int(found["undisputed"]) - credits)
        procedure = procedure_of(policy, account.procedure)
        why = _why_none(account, procedure, found, net, policy, run_date)
        level = 0 if why else int(found["level"])
        notice = bool(procedure.notice_level) and level >= procedure.notice_level
        charged = level and len(procedure.charges) >= level and not notice and key[3] == found["ledger"]
        rows.append({
            **dict(zip(OWED, key, strict=True)), "letter_id": f"{'-'.join(key)}-{run_date:%Y%m%d}", "name": account.name,
            "language": account.language, "procedure": account.procedure, "outcome": "NONE" if why else "NOTICE" if notice else "LETTER",
            "level": level, "items": 0 if why else int(found["items"]), "amount": 0 if why else int(found["amount"]),
            "charge": units.rounded(procedure.charges[level - 1], key[3]) if charged else 0,
            "left_out": int(found["overdue"]) - (0 if why else int(found["amount"])), "credits": credits, "net_overdue": net,
            "oldest_days": 0 if why else int(found["oldest_days"]),
            "deadline": pd.Timestamp(run_date + timedelta(days=procedure.payment_days)) if not why else pd.NaT,
            "reason": why or f"level {level} for {found['items']} of its overdue items",
        })  # fmt: skip
    return conform("dunning_letters", pd.DataFrame(rows))


def _why_none(account: Account, procedure: Procedure, found: Mapping[Any, Any], net: int, policy: Policy, run_date: date) -> str:
    """Say why an account gets no letter; empty when it gets one."""
    if not account.procedure:
        return NEVER
    if account.procedure != policy.dunning.procedure and account.procedure not in policy.dunning.others:
        return f"its procedure {account.procedure} is not in the policy"
    if account.own_needed:
        return "a consumer or public body needs a procedure of its own (CO-09)"
    if account.block:
        return f"blocked: {account.block}"
    if account.last and (run_date - account.last).days < procedure.interval:
        return f"last reminded on {account.last.isoformat()}; the next one may go {procedure.interval} days later (CO-01)"
    if net <= 0:
        return "nothing is overdue once money on account, unapplied money and credits are counted (CO-07)"
    if int(found["oldest"]) < procedure.min_days_arrears:
        return f"less than {procedure.min_days_arrears} days late (CO-03)"
    return "" if found["level"] else "nothing to ask for: within grace, left out, or below the least amount (CO-02, CO-05, CO-07)"


def _shown(items: pd.DataFrame) -> pd.DataFrame:
    if items.empty:
        return empty("dunning_items")
    names = [
        "item_id", *OWED, "reference", "doc_date", "due_date", "days_late", "arrears", "asked", "left_out", "why_left_out", "previous_level", "level",
    ]  # fmt: skip
    return conform("dunning_items", items.assign(open_amount=items["left"])[[*names, "open_amount"]])


def _ties(letters: pd.DataFrame, items: pd.DataFrame) -> tuple[Tie, ...]:
    """Every letter ties to its items, and asked plus left out is what is overdue (CO-20)."""
    ties = []
    for currency in sorted(set(letters["currency"])):
        ours, theirs = letters[letters["currency"] == currency], items[items["currency"] == currency]
        ties.append(
            Tie(f"reminders in {currency} equal their items", "CO-20", int(ours["amount"].sum()), int(theirs["asked"].sum()), currency)
        )
        both = int(ours["amount"].sum() + ours["left_out"].sum())
        ties.append(
            Tie(f"asked and left out in {currency} equal what is overdue", "CO-07", both, int(theirs["open_amount"].sum()), currency)
        )
    return tuple(ties)


def _findings(letters: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    counts = letters["outcome"].value_counts()
    found = [
        Finding(
            "CO-08", "info",
            f"{counts.get('LETTER', 0):,} reminders and {counts.get('NOTICE', 0):,} pre-legal notices are proposed; {counts.get('NONE', 0):,} "
            "accounts with overdue items get none, each with its reason. Nothing is sent before a person approves the run.",
            "dunning_letters",
        )
    ]  # fmt: skip
    if not len(tables["customer_profiles"]):
        found.append(
            Finding("CO-01", "info", "No customer_profiles were given: the policy's procedure holds for all, languages follow the country.")
        )
    return tuple(found)


def simulated(dunned: Dunned, letters_left_out: frozenset[str]) -> pd.DataFrame:
    """Return by level and currency the letters and sums that a run would send without those a person left out (CO-08)."""
    rows = dunned.dunning_letters.loc[lambda t: (t["outcome"] != "NONE") & ~t["letter_id"].isin(letters_left_out)]
    grouped = rows.groupby(["currency", "level", "outcome"], as_index=False, sort=True)
    return grouped.agg(letters=("letter_id", "size"), amount=("amount", "sum"), charge=("charge", "sum"))
