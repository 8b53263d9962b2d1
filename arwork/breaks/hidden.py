"""Second payments that are not the amount of a settled item of their payer: where to look for them (hidden variants of EX-20)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from arwork.breaks.settled import among, coded
from arwork.matching.columns import column
from arwork.matching.columns import rows as rows_of
from arwork.matching.fx import NO_RATES, Rates, convert
from arwork.matching.references import PART
from arwork.money import ISO, Units

_ITEM = ["item_id", "customer_id", "ledger_id", "company_code", "currency", "family", "amount_doc", "cleared", "group"]
_THEIRS = {name: f"item_{name}" for name in ("customer_id", "ledger_id", "company_code", "currency", "family")}
_ELSEWHERE = ["currency", "family", "amount"]
NEAR = "within 1 % of"
"""How an amount repeats an item that it does not equal."""


@dataclass(frozen=True)
class Beyond:
    """What else a search for second payments may use: statements sent to customers, exchange rates, and what is still open."""

    statements: pd.DataFrame
    open_amounts: Mapping[str, int]
    rates: Rates = NO_RATES
    units: Units = ISO


def hidden_pairs(tested: pd.DataFrame, references: pd.DataFrame, paid: pd.DataFrame, beyond: Beyond, columns: list[str]) -> pd.DataFrame:
    """Meet receipts with settled items by what they name, by statements, and by amount in another ledger of the same party.

    By name: within 1 % of the item, also converted from another currency (H2, 20 points); the item paid again inside a lump
    sum (H6, 40 for its own amount); another ledger (H5) or a payer who is no known relation (0 payer points). By amount:
    another ledger of the same party (H5). By statement: a receipt that is the balance of a statement of which items were
    settled since (H7). Columns are those of the ordinary pairs, `how` and `portion` included.
    """
    made = tested[columns]
    items = paid[_ITEM].rename(columns=_THEIRS)
    parts = [_named(made, references, items, beyond), _elsewhere(made, items), _by_statement(made, items, beyond.statements)]
    filled = [part for part in parts if len(part)]
    if not filled:
        return parts[0]
    pairs = pd.concat(filled, ignore_index=True).sort_values(["points_amount", "how"], ascending=[False, True], kind="stable")
    return pairs.drop_duplicates(["receipt_id", "item_id"]).reset_index(drop=True)


def _kept(pairs: pd.DataFrame, found: list[tuple[int, int, int, str]]) -> pd.DataFrame:
    """Keep the pairs found: place, points, portion and how the amount repeats the item."""
    places, points, portion, how = (list(values) for values in zip(*found, strict=True)) if found else ([], [], [], [])
    return pairs.iloc[places].assign(
        points_amount=pd.Series(points, index=pairs.index[places], dtype="int64"),
        portion=pd.Series(portion, index=pairs.index[places], dtype="int64"),
        how=pd.Series(how, index=pairs.index[places], dtype="str"),
    )


def _named(made: pd.DataFrame, references: pd.DataFrame, items: pd.DataFrame, beyond: Beyond) -> pd.DataFrame:
    """Meet receipts with the settled items that they name exactly."""
    exact = references[among(references, "receipt_id", column(made, "receipt_id")) & (references["item_id"] != "")]
    exact = exact.loc[~exact["field"].str.endswith(PART), ["receipt_id", "item_id"]].drop_duplicates()
    pairs = made.merge(exact, on="receipt_id", how="inner").merge(items, on="item_id", how="inner")
    named = exact.assign(open=[beyond.open_amounts.get(item, 0) for item in exact["item_id"]])
    owed = named.groupby("receipt_id")["open"].sum().to_dict()
    again = pairs.groupby("receipt_id")["amount_doc"].sum().to_dict()
    wanted = ["receipt_id", "amount", "currency", "value_date", "amount_doc", "item_currency"]
    found = []
    for place, (receipt, amount, currency, day, gross, other) in enumerate(rows_of(pairs, wanted)):
        whole = again[receipt] + owed.get(receipt, 0)
        if currency == other and amount == gross:
            found.append((place, 4000, gross, "the amount of"))
        elif currency == other and amount == whole and gross < amount:
            found.append((place, 4000, gross, "a lump sum that holds again"))
        elif _near(amount, currency, gross, other, day, beyond):
            found.append((place, 2000, amount, NEAR))
    return _kept(pairs, found)


def _near(amount: int, currency: str, gross: int, other: str, day: Any, beyond: Beyond) -> bool:
    """Say whether an amount is within 1 % of an item, converted at the rate of its value date where the currency is another."""
    if currency != other:
        rate = beyond.rates.find(currency, other, day)
        if rate is None:
            return False
        amount = convert(amount, currency, rate, beyond.units)
    return 100 * abs(amount - gross) <= gross


def _elsewhere(made: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Meet receipts with items of their amount that the same party settled in another ledger or company code (H5)."""
    known = made[made["customer_id"] != ""]
    theirs = items.assign(currency=items["item_currency"], family=items["item_family"], amount=items["amount_doc"])
    left, right = coded(known, theirs, _ELSEWHERE)
    pairs = known.assign(code=left).merge(items.assign(code=right), on="code", how="inner").drop(columns="code")
    apart = (pairs["ledger_id"] != pairs["item_ledger_id"]) | (pairs["company_code"] != pairs["item_company_code"])
    # A customer without a party is a family of its own, and its number may be somebody else's in another ledger.
    party = pairs["family"] != pairs["customer_id"]
    pairs = pairs[apart & party]
    return pairs.assign(points_amount=4000, portion=pairs["amount"], how="the amount of")


def _by_statement(made: pd.DataFrame, items: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """Meet receipts that pay the balance of a statement with the items on it that were settled since (H7)."""
    whose = ["ledger_id", "company_code", "customer_id", "currency"]
    sent = statements.loc[(statements["balance"] > 0) & (statements["items"] != ""), [*whose, "statement_date", "balance", "items"]]
    met = made.merge(sent.rename(columns={"balance": "amount"}), on=[*whose, "amount"], how="inner")
    met = met[met["statement_date"] <= met["value_date"]]
    rows = [(place, item) for place, listed in enumerate(met["items"]) for item in listed.split()]
    listed = met.iloc[[place for place, _ in rows]].drop(columns="items").assign(item_id=[item for _, item in rows])
    by_name = pd.concat([items, items.assign(item_id=items["item_id"].str.split(":").str[1], real=items["item_id"])]) if len(met) else items
    pairs = listed.merge(by_name, on="item_id", how="inner")
    if "real" in pairs.columns:
        pairs = pairs.assign(item_id=pairs["real"].where(pairs["real"].notna(), pairs["item_id"])).drop(columns="real")
    pairs = pairs[(pairs["item_customer_id"] == pairs["customer_id"]) & (pairs["ledger_id"] == pairs["item_ledger_id"])]
    since = pairs[(pairs["cleared"] >= pairs["statement_date"]) & (pairs["amount_doc"] < pairs["amount"])]
    return since.drop(columns="statement_date").assign(points_amount=4000, portion=since["amount_doc"], how="a statement balance that held")


def variants(pair: Any, changed: bool) -> Iterator[str]:
    """Name how a second payment was hidden (H1 to H7) from its pair; `changed` says that its reference is written otherwise."""
    if changed:
        yield "H1"
    if pair.points_amount < 4000:
        yield "H2"
    if pair.customer_id != pair.item_customer_id:
        yield "H3"
    if pair.days > 14 or pair.cleared.year != pair.value_date.year:
        yield "H4"
    if (pair.ledger_id, pair.company_code) != (pair.item_ledger_id, pair.item_company_code):
        yield "H5"
    if "lump" in pair.how:
        yield "H6"
    if "statement" in pair.how:
        yield "H7"
