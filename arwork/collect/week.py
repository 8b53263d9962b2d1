"""The collector's week as one figure of the close: figures, first contacts, promises, disputes, worklist, fees, write-offs, service levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.collect.adjustments import adjustment_checks
from arwork.collect.conduct import conduct, consumers
from arwork.collect.contacts import first_contacts
from arwork.collect.disputes import dispute_work
from arwork.collect.distress import screen
from arwork.collect.figures import Month, measure
from arwork.collect.late_fees import Circumstances, late_fees
from arwork.collect.overdue import net_overdue, standing
from arwork.collect.payments import WHOSE, payments
from arwork.collect.promises import evaluate
from arwork.collect.provision import provision
from arwork.collect.root_causes import root_causes
from arwork.collect.service_levels import Evidence, service_levels
from arwork.collect.set_aside import aside_of, bare, told
from arwork.collect.worklist import Account, Day, worklist
from arwork.collect.write_offs import write_offs
from arwork.dates import NO_HOLIDAYS, Holidays
from arwork.money import Units
from arwork.policy import Policy
from arwork.proof import Finding, Tie, numbered
from arwork.tables import empty

READ = (
    "ledgers", "customers", "open_items", "receipts", "proposals", "allocations", "adjustments", "disputes", "promises", "contacts",
    "sales_history", "adjustment_register", "bank_lines", "cash_book", "customer_profiles", "letters_sent", "cheques",
    "statement_requests", "refund_steps", "residuals", "credit_insurance", "bank_accounts",
)  # fmt: skip
"""Tables that the week is made of, beside `ageing_items`."""


@dataclass(frozen=True)
class Week:
    """What a week returns: its tables by name, ties, findings, and what each account and item owes (`standing`, `net_overdue`)."""

    tables: Mapping[str, pd.DataFrame]
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]
    items: pd.DataFrame
    net: pd.DataFrame


def week(
    tables: Mapping[str, pd.DataFrame], ageing_items: pd.DataFrame, policy: Policy, units: Units, start: date, as_of: date,
    holidays: Holidays = NO_HOLIDAYS,
) -> Week:  # fmt: skip
    """Return everything that collections has to do at the key date (MT, CO-10, CO-15, CO-30, CO-55, CO-65, CO-70, CO-80, CO-96).

    `tables` holds those named in READ, `forecast_frozen` of the close before, `disputes` those that contest something, beside
    them `queries` (`contested`); `start` is the first day of the period, `holidays` the days without business of each book (T27).
    """
    t = tables
    cases = pd.concat([t["disputes"], t["queries"]], ignore_index=True) if len(t["queries"]) else t["disputes"]
    paid = payments(t["open_items"], t["allocations"], t["receipts"], as_of)
    items = standing(ageing_items, t["open_items"], t["disputes"], as_of)
    net = net_overdue(items, t["receipts"])
    promised = evaluate(t["promises"], paid, _received(t, start), t["open_items"], t["customers"], policy, units, as_of)
    first = first_contacts(t["open_items"], t["contacts"], t["disputes"], t["customers"], net, paid, policy, units, start, as_of)
    unpaid = first[first["item_id"].isin(items.loc[items["left"] > 0, "item_id"])]
    around = Circumstances(t["disputes"], promised, net, t["customers"], t["customer_profiles"])
    fees = late_fees(t["open_items"], paid, around, policy, units, start, as_of)
    month = Month(
        t["open_items"], items, t["receipts"], t["proposals"], t["allocations"], paid, t["disputes"], promised, first,
        t["sales_history"], t["ledgers"], t["customers"], t["customer_profiles"], t["contacts"], t["letters_sent"], t["cash_book"], holidays,
    )  # fmt: skip
    risky = screen({**t, "promises": promised, "standing": items, "net_overdue": net}, policy, as_of)
    bounced, distressed = _bounced(t["cheques"], t["contacts"], as_of), _accounts(risky.loc[risky["notify"]])
    behaved = conduct(t["contacts"], t["customers"], t["customer_profiles"], policy.conduct, start, as_of, holidays)
    losses, apart = _losses(t, ageing_items, items, policy, as_of)
    made = {
        "conduct": behaved.conduct, "distress": risky, "metrics": measure(month, policy, start, as_of, units), "provisions": losses,
        "first_contacts": first, "promise_results": promised, "dispute_work": dispute_work(cases, items, policy, units, as_of),
        "worklist": worklist(
            Day(items, net, _rated(t["customers"], t["customer_profiles"]), promised, unpaid, t["contacts"], paid, bounced, distressed,
                consumers(t["customer_profiles"]), holidays), policy, units, as_of,
        ),
        "dispute_reasons": root_causes(cases, t["residuals"], start, as_of),
        "late_fees": fees.late_fees, "late_fee_segments": fees.late_fee_segments,
        "adjustment_checks": adjustment_checks(t["adjustment_register"], t["adjustments"], policy, units),
        "write_offs": write_offs(items, net, t["customers"], t["receipts"], t["adjustment_register"], policy, units, as_of),
    }  # fmt: skip
    levels = service_levels(Evidence({**t, **made, "standing": items, "disputes": cases, "paid": paid}, policy, start, as_of, holidays))
    made = {**made, "service_levels": levels.service_levels, "service_level_rows": levels.service_level_rows}
    findings = (*_findings(made, t), *fees.findings, *behaved.findings, *apart)
    return Week(made, tuple(_ties(made, items, net, ageing_items)), findings, items, net)


def _bounced(cheques: pd.DataFrame, contacts: pd.DataFrame, as_of: date) -> frozenset[Account]:
    """Return the accounts whose cheque came back by the key date, and to whom nobody has spoken since (CO-15, CO-92)."""
    back = cheques[cheques["returned_date"] <= pd.Timestamp(as_of)].groupby(WHOSE)["returned_date"].max().rename("back")
    spoken = contacts[(contacts["direction"] != "IN") & (contacts["contact_date"] <= pd.Timestamp(as_of))]
    since = back.reset_index().merge(spoken.groupby(WHOSE)["contact_date"].max().reset_index(), on=WHOSE, how="left")
    return _accounts(since[~(since["contact_date"] >= since["back"])])


def _rated(customers: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """Return the customers with their class of risk, blank where no profile states one."""
    stated = profiles.loc[profiles["risk_class"] != "", [*WHOSE, "risk_class"]].drop_duplicates(WHOSE)
    return customers.merge(stated, on=WHOSE, how="left", validate="1:1").fillna({"risk_class": ""})


def _accounts(rows: pd.DataFrame) -> frozenset[Account]:
    return frozenset((ledger, company, customer) for ledger, company, customer in rows[WHOSE].itertuples(index=False, name=None))


def _received(t: Mapping[str, pd.DataFrame], start: date) -> pd.DataFrame:
    """Return what customers paid at all: receipts of the period, and before it the payment lines of the ledger (CO-30)."""
    now = t["receipts"].loc[t["receipts"]["customer_id"] != "", [*WHOSE, "currency", "value_date", "amount"]]
    lines = t["open_items"]
    old = lines[lines["doc_type"].isin(["RCPT", "ONACC"]) & (lines["doc_date"] < pd.Timestamp(start)) & (lines["amount_doc"] < 0)]
    before = old.assign(value_date=old["doc_date"], amount=-old["amount_doc"])[[*WHOSE, "currency", "value_date", "amount"]]
    both = [frame for frame in (before, now) if len(frame)]
    return pd.concat(both, ignore_index=True) if both else now


def _losses(
    t: Mapping[str, pd.DataFrame], ageing_items: pd.DataFrame, items: pd.DataFrame, policy: Policy, as_of: date
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Return the provision matrix with what it sets aside, and tell what for want of a table or a percent (MT-60 to MT-64)."""
    if not policy.provision.rates:
        return empty("provisions"), ()
    aside = aside_of(t, ageing_items, as_of, items)
    named = {(one.ledger, one.customer) for one in policy.provision.specific}
    books = t["ledgers"][["ledger_id", "company_code", "ledger_currency"]].itertuples(index=False, name=None)
    codes = {(ledger, company): code for ledger, company, code in books}
    unnamed = bare(t["customers"], ageing_items, aside, named)
    return provision(ageing_items, t["customers"], policy, aside), tuple(told(aside, unnamed, len(t["credit_insurance"]) > 0, codes))


def _ties(made: Mapping[str, pd.DataFrame], items: pd.DataFrame, net: pd.DataFrame, ageing_items: pd.DataFrame) -> Iterator[Tie]:
    """Tie the worklist to the overdue items it stands for, fees to their segments, and the provision matrix with what it sets aside to the ageing."""
    late = items[(items["days_past_due"] >= 1) & (items["left"] > 0)]
    listed = made["worklist"]
    for code in sorted(set(late["local_currency"])):
        ours = int(listed.loc[listed["currency"] == code, "overdue"].sum())
        theirs = int(late.loc[late["local_currency"] == code, "left_local"].sum())
        yield Tie("worklist equals overdue items, less what this close allocates", "CO-15", ours, theirs, str(code))
    parts = made["late_fee_segments"].groupby("currency")["interest"].sum()
    for code, value in made["late_fees"].groupby("currency")["interest"].sum().items():
        yield Tie("late-payment interest equals its segments", "CO-55", int(value), int(parts.get(code, 0)), str(code))
    if len(made["provisions"]):
        debits = ageing_items[ageing_items["open_local"] > 0].groupby("local_currency")["open_local"].sum()
        rated = made["provisions"].groupby("currency")[["exposure", "set_off"]].sum().sum(axis=1).to_dict()
        for code, owed in debits.to_dict().items():
            yield Tie(
                "exposure of the provision matrix and what stands apart equal the open debits",
                "MT-64",
                int(rated[code]),
                int(owed),
                str(code),
            )
    yield Tie(
        "customers with something overdue, each once in the worklist",
        "CO-15",
        len(listed),
        net.loc[net["items"] > 0, WHOSE].drop_duplicates().shape[0],
        "rows",
    )


def _findings(made: Mapping[str, pd.DataFrame], t: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    listed = made["worklist"]
    call = listed[listed["state"] == "CALL"]
    if len(listed):
        said = f"{len(listed):,} customers have something overdue: {len(call):,} to call, {int((call['hard_first'] != '').sum()):,} of them first."
        yield Finding("CO-15", "info", said, "worklist")
    if t["contacts"].empty:
        yield Finding(
            "CO-10",
            "info",
            "No contact log was given: first contacts are not measurable and count for nothing in the worklist.",
            "contacts",
        )
    yield from _overdue(made)
    if made["provisions"].empty:
        yield Finding(
            "MT-60", "info", "The provision matrix is not measurable: the policy holds no loss rates (provision: rates).", "provisions"
        )


def _overdue(made: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Name promises not kept, disputes past their deadline or that do not add up, and adjustments beside the matrix."""
    broken = made["promise_results"].loc[lambda r: r["status"].isin(["BROKEN", "PARTIALLY_KEPT"]) & r["paid_late_date"].isna()]
    if len(broken):
        said = f"{numbered(len(broken), 'promise was', 'promises were')} not kept and not paid since."
        yield Finding("CO-30", "warn", said, "promise_results", tuple(broken["promise_id"]))
    late = made["dispute_work"].loc[lambda r: r["days_over"] > 0]
    if len(late):
        said = f"{numbered(len(late), 'dispute is', 'disputes are')} past the deadline."
        yield Finding("CO-80", "warn", said, "dispute_work", tuple(late["dispute_id"]))
    wrong = made["dispute_work"].loc[lambda r: r["difference"].fillna(0) != 0]
    if len(wrong):
        said = f"The figures of {numbered(len(wrong), 'dispute', 'disputes')} do not add up (T14)."
        yield Finding("CO-80", "warn", said, "dispute_work", tuple(wrong["dispute_id"]))
    off = made["adjustment_checks"].loc[lambda r: ~r["complies"]]
    if len(off):
        said = f"{numbered(len(off), 'adjustment does', 'adjustments do')} not follow the matrix."
        yield Finding("CO-70", "warn", said, "adjustment_checks", tuple(off["adjustment_id"]))
