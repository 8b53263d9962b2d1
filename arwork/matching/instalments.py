"""Instalments of a contract: paid in contractual order where the text names the contract, never out of order by amount (G-22)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from arwork.matching.case import Case, Claim
from arwork.matching.columns import rows as rows_of
from arwork.matching.explain import money, names_of
from arwork.matching.fit import Line, Solution
from arwork.matching.references import core, norm
from arwork.matching.tokens import joined, read
from arwork.matching.universe import Account, Item
from arwork.policy import Matching

_OF_CONTRACT = "all of contract "


def contract_of(item: Item) -> str:
    """Name the contract of an item; blank where it belongs to none."""
    return next((group.removeprefix(_OF_CONTRACT) for group in item.groups if group.startswith(_OF_CONTRACT)), "")


def contracts_named(receipts: pd.DataFrame, open_items: pd.DataFrame, groups: Mapping[Account, str], policy: Matching) -> dict[str, str]:
    """Return the one contract with instalments of its payer that a payment names, by receipt (Appendix D 4).

    Instalments are items of type INST, and every contract item of a customer of tolerance group FIN.
    """
    plan = open_items.loc[open_items["contract_no"] != "", ["ledger_id", "company_code", "customer_id", "contract_no", "doc_type"]]
    numbers: dict[Account, dict[str, str]] = {}
    for ledger, company, customer, contract, kind in plan.drop_duplicates().itertuples(index=False, name=None):
        account = (ledger, company, customer)
        if kind == "INST" or groups.get(account) == "FIN":
            numbers.setdefault(account, {})[core(norm(contract), policy.reference_prefixes)] = contract
    found: dict[str, str] = {}
    if not numbers:
        return found
    columns = ["receipt_id", "ledger_id", "company_code", "customer_id", "remittance_text", "structured_ref", "amount", "currency"]
    for receipt, ledger, company, customer, text, structured, amount, currency in rows_of(receipts, columns):
        known = numbers.get((ledger, company, customer))
        if not known:
            continue
        squeezed = norm(f"{text} {structured}")
        if any(number in squeezed for number in known):  # reading a text word by word is a hundred times dearer
            words = {token.text for token in joined(read(text, int(amount), currency))} | {norm(structured)}
            hits = {known[number] for number in (core(word, policy.reference_prefixes) for word in words if word) if number in known}
            if len(hits) == 1:
                found[receipt] = next(iter(hits))
    return found


def instalments(case: Case) -> Claim | None:
    """M04 by contract: the text names a contract and no document, and the receipt is exactly its next open instalments, in order."""
    if not case.contract or case.named.resolves:
        return None
    lines: list[Line] = []
    rest = case.receipt.amount
    for item in case.free.items:
        if rest <= 0 or not _is_instalment(item, case) or contract_of(item) != case.contract:
            continue
        lines.append(Line(item, item.left, 0, 0))
        rest -= item.left
    if rest or not lines:
        return None
    items = [line.item for line in lines]
    return Claim(
        "M04", Solution(tuple(lines), case.receipt.amount, case.receipt.amount, 0, None),
        sentence=f"Pays {names_of(items)}: the text names contract {case.contract}, and {money(case.receipt.amount, case)} is exactly its next "
        f"{'instalment' if len(items) == 1 else f'{len(items)} instalments'} in contractual order.",
        falls_without=f"contract {case.contract} in the text",
    )  # fmt: skip


def equal_instalments(items: Collection[Item], case: Case) -> bool:
    """Say whether items are instalments of equal amount: without a reference no policy may choose among them (Appendix D 4)."""
    return len(items) > 1 and all(_is_instalment(item, case) for item in items)


def out_of_order(items: Iterable[Item], case: Case) -> Item | None:
    """Return an open instalment that is due before one of these items of the same contract and is not among them (G-22)."""
    chosen = {item.item_id: item for item in items if _is_instalment(item, case)}
    for item in chosen.values():
        for other in case.free.items:
            earlier = other.due_date < item.due_date and other.left > 0 and other.item_id not in chosen
            if earlier and other.account == item.account and contract_of(other) == contract_of(item) and _is_instalment(other, case):
                return other
    return None


def _is_instalment(item: Item, case: Case) -> bool:
    return bool(contract_of(item)) and (item.doc_type == "INST" or case.master.groups.get(item.account) == "FIN")
