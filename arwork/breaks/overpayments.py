"""Money beyond what is owed: which kind of overpayment it looks like, by what evidence, and what is usually done (EX-30)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from arwork.breaks.credits import ACCOUNT
from arwork.breaks.payee_names import likeness
from arwork.matching.explain import amount_text
from arwork.matching.names import spellings
from arwork.matching.references import core, norm
from arwork.money import Units
from arwork.policy import Policy
from arwork.tables import conform, empty

KINDS: Mapping[str, tuple[str, str]] = {
    "O1": ("second payment", "Verify it with the payer, then offset or refund it."),
    "O2": ("slip of the keys", "Let the payer confirm the amount."),
    "O3": ("credit memo ignored", "Keep it as a credit and apply it to the next invoice."),
    "O4": ("payment of a cancelled invoice", "Refund or offset it."),
    "O5": ("older statement", "Keep it on account and apply it."),
    "O6": ("tax paid along", "Hand it to the tax team."),
    "O7": ("exchange or bank rounding", "Book it as realised exchange difference."),
    "O8": ("prepayment or deposit", "Book it as a down payment."),
    "O9": ("another company's money", "Transfer or return it (EX-40)."),
    "O10": ("unknown payer", "Follow the procedure for unidentified money."),
    "O11": ("small difference", "Taken as a gain within tolerance."),
    "O12": ("overpayment scam", "Hold it; the fraud team decides. Pay nothing back to another account."),
    "": ("nothing points to a kind", "Ask the customer; offset it against what is overdue, or refund it."),
}
"""By kind: what it is, and what is usually done (EX-30)."""
_DEPOSIT = (
    r"(?i)\b(?:anzahlung|abschlag|vorauskasse|vorkasse|deposit|pre-?payment|down ?payment|pro-?forma|acompte|anticipo|acconto|zaliczka)\b"
)
_HURRY = r"(?i)\b(?:refund|return the (?:rest|difference)|r(?:ü|ue)ckerstattung|r(?:ü|ue)ck(?:ü|ue)berweis\w*|rembours\w*|reembols\w*)\b"
_ROUND = 100
Sign: TypeAlias = tuple[str, str]
"""A kind and its evidence."""


@dataclass(frozen=True)
class OverpaidBooks:
    """The tables in which overpayments show, the policy, and the decimals of currencies."""

    receipts: pd.DataFrame
    proposals: pd.DataFrame
    on_account: pd.DataFrame
    breaks: pd.DataFrame
    references: pd.DataFrame
    open_items: pd.DataFrame
    customers: pd.DataFrame
    customer_banks: pd.DataFrame
    customer_statements: pd.DataFrame
    policy: Policy
    units: Units


def overpayments(books: OverpaidBooks) -> pd.DataFrame:
    """Return `overpayments`: rests on account, receipts held as a whole, small and exchange gains, each with its suspected kind.

    The first kind in the order O12, O9, O10, O1, then as numbered is shown, the others whose test holds stand in `also`. A
    receipt without any sign is not listed: it waits as unapplied. Money never moves by a kind.
    """
    signs = _signs(books)
    columns = ["receipt_id", *ACCOUNT, "currency", "amount", "status", "on_account_amount", "unapplied_amount"]
    facts = books.receipts[columns].to_dict("records")
    rests = books.on_account.set_index("receipt_id")[["amount", "sentence"]].to_dict("index")
    rows: list[dict[str, Any]] = []
    for row in facts:
        receipt = row["receipt_id"]
        if receipt in rests:
            told = signs.get(receipt, []) or [("", rests[receipt]["sentence"])]
            status = "ON_ACCOUNT" if row["on_account_amount"] else "PROPOSED"
            rows.append(_row(row, "REST", int(rests[receipt]["amount"]), told, status))
        elif receipt in signs:
            rows.append(_row(row, "WHOLE", int(row["amount"]), signs[receipt], "HELD"))
    rows += list(_gains(books))
    return conform("overpayments", pd.DataFrame(rows)) if rows else empty("overpayments")


def _row(row: Mapping[Any, Any], part: str, amount: int, told: list[Sign], status: str) -> dict[str, Any]:
    order = {"O12": 0, "O9": 1, "O10": 2, "O1": 3}
    ranked = sorted(dict(reversed(told)).items(), key=lambda sign: order.get(sign[0], 4 + int(sign[0][1:] or 0) if sign[0] else 99))
    kind, evidence = ranked[0]
    return {
        "overpayment_id": f"{row['receipt_id']}:{part}", "part": part, "amount": amount, "kind": kind,
        "also": " ".join(other for other, _ in ranked[1:] if other), "evidence": evidence, "usual_action": KINDS[kind][1],
        "status": status, **{name: row[name] for name in ("receipt_id", *ACCOUNT, "currency")},
    }  # fmt: skip


def _signs(books: OverpaidBooks) -> dict[str, list[Sign]]:
    """Gather by receipt every kind whose test holds, with its evidence."""
    found: dict[str, list[Sign]] = {}
    tests = (_stated, _held, _cancelled, _slips, _statements, _deposits, _scams)
    for receipt, kind, evidence in (hit for test in tests for hit in test(books)):
        found.setdefault(receipt, []).append((kind, evidence))
    return found


Hit: TypeAlias = tuple[str, str, str]
"""Receipt, kind, evidence."""


def _stated(books: OverpaidBooks) -> Iterator[Hit]:
    """Give the kinds that matching saw on rests (O1 to O4, O6, O8, O12)."""
    rows = books.on_account.loc[books.on_account["kind"] != "", ["receipt_id", "kind", "sentence"]]
    yield from rows.itertuples(index=False, name=None)


def _held(books: OverpaidBooks) -> Iterator[Hit]:
    """Give O1 for possible second payments, O9 for misdirected money, O10 for payers whom nobody knows."""
    for receipt, kind, told in books.breaks[["receipt_id", "class", "sentence"]].itertuples(index=False, name=None):
        yield receipt, "O1", f"{kind.capitalize()} second payment: {told}"
    astray = books.proposals.loc[books.proposals["class"] == "MISDIRECTED", ["receipt_id", "sentence"]]
    for receipt, told in astray.itertuples(index=False, name=None):
        yield receipt, "O9", told
    unknown = books.receipts.loc[books.receipts["unidentified_amount"] > 0, ["receipt_id", "payer_sentence"]]
    for receipt, told in unknown.itertuples(index=False, name=None):
        yield receipt, "O10", told


def _waiting(books: OverpaidBooks) -> pd.DataFrame:
    """Return receipts of known payers with money that pays no item."""
    left = (books.receipts["unapplied_amount"] > 0) | (books.receipts["on_account_amount"] > 0)
    return books.receipts[left & (books.receipts["customer_id"] != "")]


def _cancelled(books: OverpaidBooks) -> Iterator[Hit]:
    """Give O4 where the payment names an item of its payer that was reversed, or that a credit memo took back in full."""
    waiting = _waiting(books)
    named = books.references.loc[books.references["receipt_id"].isin(waiting["receipt_id"]), ["receipt_id", "token", "item_id"]]
    if named.empty:
        return
    gone = _taken_back(books.open_items[books.open_items["customer_id"].isin(waiting["customer_id"])])
    prefixes = books.policy.matching.reference_prefixes
    numbers: dict[tuple[str, ...], tuple[str, str]] = {}
    for ledger, company, customer, item, reference, document, why in gone.itertuples(index=False, name=None):
        for word in {item, *(spelt for text in (reference, document) if text for spelt in (norm(text), core(norm(text), prefixes)))}:
            numbers[ledger, company, customer, word] = (reference or document, why)
    account = {row[0]: tuple(row[1:]) for row in waiting[["receipt_id", *ACCOUNT]].itertuples(index=False, name=None)}
    for receipt, token, item in named.itertuples(index=False, name=None):
        words = (item,) if item else (norm(token), core(norm(token), prefixes))
        hit = next((numbers[key] for key in ((*account[receipt], word) for word in words) if key in numbers), None)
        if hit:
            yield receipt, "O4", f"The payment names {hit[0]}, {hit[1]}."


def _taken_back(items: pd.DataFrame) -> pd.DataFrame:
    """List invoices that were reversed, or that one credit memo of the same amount took back: by its reference or in one clearing."""
    columns = [*ACCOUNT, "item_id", "reference", "doc_no"]
    debits, memos = items[items["amount_doc"] > 0], items[(items["doc_type"] == "CM") & (items["amount_doc"] < 0)]
    refs = {tuple(row) for row in memos[[*ACCOUNT, "ref_item", "amount_doc"]].itertuples(index=False, name=None) if row[3]}
    together = {tuple(row) for row in memos[[*ACCOUNT, "clearing_doc", "amount_doc"]].itertuples(index=False, name=None) if row[3]}
    why = []
    facts = debits[[*columns, "amount_doc", "clearing_doc", "reversed_by"]].itertuples(index=False, name=None)
    for ledger, company, customer, item, reference, document, amount, cleared_by, reversed_by in facts:
        whose = (ledger, company, customer)
        by_reference = any((*whose, number, -amount) in refs for number in (item, reference, document) if number)
        credited = by_reference or (*whose, cleared_by, -amount) in together
        why.append(f"reversed by {reversed_by}" if reversed_by else "credited in full" if credited else "")
    told = debits[columns].assign(why=why)
    return told[told["why"] != ""]


def _slips(books: OverpaidBooks) -> Iterator[Hit]:
    """Give O2 where a receipt has the digits of an open item of its payer in another order and is larger (difference divisible by 9)."""
    rests = set(books.on_account["receipt_id"])
    waiting = _waiting(books).loc[lambda r: (r["unapplied_amount"] == r["amount"]) & ~r["receipt_id"].isin(rests)]
    open_ = books.open_items[books.open_items["open_amount_doc"] > 0]
    left = waiting[["receipt_id", *ACCOUNT, "currency", "amount"]].assign(digits=[_digits(a) for a in waiting["amount"].tolist()])
    items = open_[open_["customer_id"].isin(waiting["customer_id"])]
    right = items[[*ACCOUNT, "currency", "open_amount_doc", "reference", "doc_no"]].assign(
        digits=[_digits(a) for a in items["open_amount_doc"].tolist()]
    )
    met = left.merge(right, on=[*ACCOUNT, "currency", "digits"], how="inner").sort_values(["receipt_id", "reference", "doc_no"])
    met = met[(met["amount"] > met["open_amount_doc"]) & ((met["amount"] - met["open_amount_doc"]) % 9 == 0)]
    for row in met.drop_duplicates("receipt_id").to_dict("records"):
        owed = amount_text(int(row["open_amount_doc"]), row["currency"], books.units)
        yield row["receipt_id"], "O2", f"Its digits are those of {row['reference'] or row['doc_no']} ({owed}) in another order."


def _digits(minor: int) -> str:
    return "".join(sorted(str(minor)))


def _statements(books: OverpaidBooks) -> Iterator[Hit]:
    """Give O5 where the receipt is the balance of a statement of account that was sent before it."""
    sent = books.customer_statements[[*ACCOUNT, "currency", "statement_date", "balance"]].rename(columns={"balance": "amount"})
    met = _waiting(books)[["receipt_id", *ACCOUNT, "currency", "amount", "value_date"]].merge(sent, on=[*ACCOUNT, "currency", "amount"])
    met = met[met["statement_date"] <= met["value_date"]].sort_values(["receipt_id", "statement_date"])
    for row in met.drop_duplicates("receipt_id", keep="last").to_dict("records"):
        yield row["receipt_id"], "O5", f"It is the balance of the statement of {row['statement_date']:%Y-%m-%d}, which is settled in part."


def _deposits(books: OverpaidBooks) -> Iterator[Hit]:
    """Give O8 where the text speaks of a deposit or a pro-forma invoice (MP-51)."""
    waiting = _waiting(books)
    for receipt in waiting.loc[waiting["remittance_text"].str.contains(_DEPOSIT, regex=True), "receipt_id"]:
        yield receipt, "O8", "The text of the payment speaks of a prepayment, deposit or pro-forma invoice."


def _scams(books: OverpaidBooks) -> Iterator[Hit]:
    """Give O12 where enough of five signs meet: new account, cheque or card, large round excess, haste for a refund, another name."""
    limits = books.policy
    rests = dict(zip(books.on_account["receipt_id"], books.on_account["amount"], strict=True))
    rows = _waiting(books)
    hurry = rows["remittance_text"].str.contains(_HURRY, regex=True)
    known = set(
        books.customer_banks[[*ACCOUNT, "account"]]
        .assign(account=books.customer_banks["account"].map(norm))
        .itertuples(index=False, name=None)
    )
    names = {tuple(row[:3]): row[3:] for row in books.customers[[*ACCOUNT, "name", "alias_names"]].itertuples(index=False, name=None)}
    cheque = rows["method"].str.startswith(("CHEQUE", "CARD"))
    for row, hastes, paper in zip(rows.to_dict("records"), hurry.tolist(), cheque.tolist(), strict=True):
        excess = int(rests.get(row["receipt_id"], row["unapplied_amount"]))
        minor = 10 ** books.units.exponent(row["currency"])
        large = excess % (_ROUND * minor) == 0 and excess >= books.units.rounded(limits.matching.over_review, row["currency"])
        if not (hastes or paper or large):
            continue
        account = tuple(row[name] for name in ACCOUNT)
        new = (*account, norm(row["remitter_account"])) not in known
        like = likeness(row["remitter_name"], spellings(*names.get(account, ("", ""))))
        other = row["remitter_name"] != "" and like * 10_000 < limits.refunds.payee_name_min * 10_000
        signs = [word for word, holds in (
            ("from an account that is not on file", new), ("by cheque or card", paper), ("a large round amount beyond what is owed", large),
            ("the text asks for a refund", hastes), ("from another name than the customer's", other),
        ) if holds]  # fmt: skip
        if len(signs) >= limits.refunds.scam_signs:
            yield row["receipt_id"], "O12", f"{len(signs)} of 5 signs of a scam: {', '.join(signs)}."


def _gains(books: OverpaidBooks) -> Iterator[dict[str, Any]]:
    """Give O11 and O7 for what automatic proposals took as small or exchange gains: the difference is below zero there."""
    going = books.proposals[books.proposals["status"] == "AUTO"]
    for column, kind, part, told in (
        ("small_diff", "O11", "SMALL", "within the tolerance of MP-20"), ("fx", "O7", "FX", "within the exchange tolerance of MP-62"),
    ):  # fmt: skip
        for row in going[going[column] < 0].to_dict("records"):
            amount = -int(row[column])
            yield _row(row, part, amount, [(kind, f"{amount_text(amount, row['currency'], books.units)} more than owed, {told}.")], "GAIN")
