"""What the close knows beside receipt and items: customers, linked advices, repeats found before (MP-20, G-05, EX-20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from arwork.matching.case import Advice, Declared, Earned, Looks, Master
from arwork.matching.columns import rows as rows_of
from arwork.matching.fx import NO_RATES, Rates
from arwork.matching.kinship import kinship
from arwork.matching.names import Formed, directory
from arwork.matching.reasons import read_meanings
from arwork.matching.references import linked_advices, norm
from arwork.matching.relations import relations
from arwork.matching.statements import read_statements
from arwork.matching.universe import Account
from arwork.money import Units
from arwork.policy import Matching
from arwork.tables import empty

_SURE = 1_000_000


def master(
    customers: pd.DataFrame,
    policy: Matching,
    units: Units,
    as_of: date,
    *,
    replay: bool = False,
    payer_relationships: pd.DataFrame | None = None,
    customer_statements: pd.DataFrame | None = None,
    lookback: int = 180,
    earned: Mapping[tuple[str, str], Earned] | None = None,
    rates: Rates = NO_RATES,
    role: str = "",
    formed: Formed | None = None,
    closed_until: date | None = None,
    reason_map: pd.DataFrame | None = None,
    master_changes: pd.DataFrame | None = None,
) -> Master:
    """Read `customers` (T02): tolerance group, standing, authority to net, instruction, names, tax withheld, country, currencies.

    Together with families and rights to pay (T04), policy, units, key date, `rates` of exchange and the `role` of the person
    for whom the rules run (MP-20). `formed` is what `names.formed` returned for the same customers, where it was kept.
    """
    columns = ["ledger_id", "company_code", "customer_id", "tolerance_group", "status", "netting_authority", "allocation_instruction"]
    rows = list(rows_of(customers, columns))
    more = list(rows_of(customers, [*columns[:3], "wht_rate", "wht_base", "country", "pays_in_currency"]))
    names = directory(customers, formed)
    return Master(
        policy, units, as_of,
        {(ledger, company, customer): group for ledger, company, customer, group, *_ in rows},
        {(ledger, company, customer): status for ledger, company, customer, _, status, *_ in rows},
        frozenset((ledger, company, customer) for ledger, company, customer, _, _, may, _ in rows if may),
        names, replay,
        relations(customers, empty("payer_relationships") if payer_relationships is None else payer_relationships),
        frozenset((ledger, company, customer) for ledger, company, customer, _, _, _, how in rows if how == "OLDEST_FIRST"),
        lookback, {} if customer_statements is None else read_statements(customer_statements),
        kinship=kinship(names), earned=earned or {},
        wht={(ledger, company, customer): (int(rate), base or "NET") for ledger, company, customer, rate, base, _, _ in more if rate},
        countries={(ledger, company, customer): country for ledger, company, customer, _, _, country, _ in more if country},
        pays_in={(ledger, company, customer): frozenset(may.upper().split()) for ledger, company, customer, _, _, _, may in more if may},
        rates=rates, role=role, closed_until=closed_until,
        meant={} if reason_map is None else read_meanings(reason_map), changed={} if master_changes is None else _changed(master_changes, as_of),
    )  # fmt: skip


def _changed(changes: pd.DataFrame, as_of: date) -> dict[tuple[Account, str], str]:
    """Say what was changed after the key date, by account and document; the first field by name where several were (G-19, T25)."""
    late = changes[changes["changed_date"] > pd.Timestamp(as_of)].sort_values(["field", "changed_date"], ascending=False)
    told = late["field"] + " changed on " + late["changed_date"].dt.strftime("%Y-%m-%d")
    keys = zip(late["ledger_id"], late["company_code"], late["customer_id"], late["item"], strict=True)
    return {((ledger, company, customer), item): said for (ledger, company, customer, item), said in zip(keys, told, strict=True)}


def advices(receipts: pd.DataFrame, remittance_lines: pd.DataFrame) -> dict[str, Advice]:
    """Read the advices linked to each receipt, and say what is wrong with them (G-05): sum, currency, or linked twice."""
    linked = linked_advices(receipts, remittance_lines)
    if not linked:
        return {}
    columns = ["remittance_id", "doc_reference", "net_amount", "currency", "confidence"]
    lines = list(remittance_lines[columns].itertuples(index=False, name=None))
    columns = ["gross_amount", "discount_amount", "deduction_amount", "deduction_reason"]
    more = list(remittance_lines[columns].itertuples(index=False, name=None))
    users: dict[str, set[str]] = {}
    for receipt, positions in linked.items():
        for position in positions:
            users.setdefault(lines[position][0], set()).add(receipt)
    facts = {
        receipt: (int(amount), currency, int(charges))
        for receipt, amount, currency, charges in receipts[["receipt_id", "amount", "currency", "charges"]].itertuples(
            index=False, name=None
        )
    }
    found = {}
    for receipt, positions in linked.items():
        own = [lines[position] for position in positions]
        amount, currency, charges = facts[receipt]
        total = sum(int(net) for _, _, net, _, _ in own)
        by_document: dict[str, int] = {}
        sure: dict[str, int] = {}
        for _, document, net, _, confidence in own:
            by_document[norm(document)] = by_document.get(norm(document), 0) + int(net)
            # A reader that states no confidence (0) took the value from a cell that leaves no doubt.
            sure[norm(document)] = min(sure.get(norm(document), _SURE), int(confidence) or _SURE)
        numbers = sorted({line[0] for line in own})
        shared = sorted({number for number in numbers if len(users[number]) > 1})
        wrong = ""
        if shared:
            wrong = f"advice {shared[0]} is linked to {len(users[shared[0]])} receipts"
        elif {line[3] for line in own} != {currency}:
            wrong = f"advice {numbers[0]} is in another currency than the receipt"
        elif total not in (amount, amount + charges):
            wrong = f"the advice adds up to another amount than the receipt ({numbers[0]})"
        found[receipt] = Advice(total, by_document, wrong, sure, _declared([(*lines[n][1:3], *more[n]) for n in positions]))
    return found


def _declared(lines: Sequence[tuple[str, int, int, int, int, str]]) -> dict[str, Declared]:
    """Add up what the lines of an advice say of each document, by its squeezed number."""
    found: dict[str, Declared] = {}
    for document, net, gross, discount, deduction, reason in lines:
        before = found.get(norm(document), Declared(0, 0, 0))
        taken = ((int(deduction), reason),) if deduction else ()
        found[norm(document)] = Declared(
            before.gross + int(gross), before.discount + int(discount), before.net + int(net), before.deductions + taken
        )
    return found


def looks(breaks: pd.DataFrame) -> dict[str, Looks]:
    """Read the repeats of `breaks` (EX-20) by receipt; the most likely one of each."""
    found: dict[str, Looks] = {}
    ordered = breaks.sort_values(["score", "break_id"], ascending=[False, True])
    columns = ["receipt_id", "class", "sentence", "item_id", "cleared_date"]
    for receipt, how, sentence, item, cleared in ordered[columns].itertuples(index=False, name=None):
        found.setdefault(receipt, Looks(how == "PROBABLE", sentence, item, cleared.date()))
    return found
