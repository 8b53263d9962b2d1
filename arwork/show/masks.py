"""Personal data hidden in what leaves the team: bank accounts, e-mail addresses and telephone numbers (CO-98)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd

from arwork.conduct_policy import Conduct
from arwork.matching.tokens import valid_mod_97

ACCOUNTS = ("remitter_account", "payee_account", "payer_account")
"""Columns that hold a customer's bank account and nothing else."""
ADDRESSES = ("email", "mail_to")
"""Columns that hold an e-mail address and nothing else."""
_OF_TABLES: Mapping[str, tuple[str, ...]] = {
    "receipts": ("remitter_account", "remittance_text"), "refunds": ("payee_account", "missing", "hold_reason"), "refund_checks": ("evidence",),
    "decisions": ("reason",), "other_decisions": ("reason", "said", "matter"), "findings": ("sentence",), "refund_register": ("payee_account",),
    "customer_banks": ("account",), "bank_changes": ("account",), "customer_profiles": ("email",), "contacts": ("note",),
}  # fmt: skip
"""What is hidden of each table where tables leave as a whole; `account` of these is a bank account."""
Mask = Callable[[str, str], str]
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}(?![A-Z0-9])")
_MAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_PHONE = re.compile(
    r"(?<![\w.,])(?:\+[1-9](?:[ /().\-]{0,2}[0-9]){8,14}|(?i:tel|telefon|phone|mobile?|handy|fax)[.: ]{1,3}\+?(?:[0-9][ /()\-]{0,2}){6,15})(?![\w,])"
)


def personal(text: str, column: str = "") -> str:
    """Return a text with the personal data in it hidden: an account but its last four, an e-mail address and a telephone number in part.

    A column that holds nothing but an account or an address is hidden as a whole; any other text only where it shows an IBAN that adds up, an
    address, or a number that says it is a telephone.
    """
    if column in ACCOUNTS:
        return _account(text)
    if column in ADDRESSES:
        return _mail(text) if "@" in text else "*" * len(text)
    found = _MAIL.sub(lambda hit: _mail(hit[0]), text) if "@" in text else text
    return _PHONE.sub(lambda hit: _phone(hit[0]), _IBAN.sub(lambda hit: _iban(hit[0]), found))


def mask_of(rules: Conduct) -> Mask:
    """Return what a door does to a text of a column: hide what is personal, or nothing where the policy says so."""
    return personal if rules.mask_exports else _as_it_is


def masked(tables: Mapping[str, pd.DataFrame], rules: Conduct) -> dict[str, pd.DataFrame]:
    """Return tables with their personal columns hidden; all others are the same objects, and so are all where the policy says so."""
    found = dict(tables)
    for name in _OF_TABLES if rules.mask_exports else ():
        frame = tables.get(name)
        if frame is not None and len(frame):
            found[name] = frame.assign(**{column: _hidden(frame[column], column) for column in _OF_TABLES[name]})
    return found


def _hidden(values: pd.Series[str], column: str) -> pd.Series[str]:
    """Hide one column, each text that occurs in it once."""
    kind = ACCOUNTS[0] if column == "account" else column
    told = {text: personal(text, kind) for text in values.unique()}
    return values.map(told)


def _as_it_is(text: str, column: str = "") -> str:
    del column
    return text


def _account(text: str) -> str:
    bare = "".join(text.split())
    return f"****{bare[-4:]}" if len(bare) > 8 else "*" * len(bare)


def _mail(text: str) -> str:
    own, _, place = text.partition("@")
    return f"{own[:1]}***@{place}"


def _phone(text: str) -> str:
    digits = [at for at, mark in enumerate(text) if mark.isdigit()]
    shown = {*digits[:2], *digits[-2:]} if text.startswith("+") else set(digits[-2:])
    return "".join("*" if at in digits and at not in shown else mark for at, mark in enumerate(text))


def _iban(text: str) -> str:
    """Hide the longest beginning of a text that adds up as an IBAN; leave it where none does."""
    for end in range(len(text), 14, -1):
        bare = text[:end].replace(" ", "")
        if text[end - 1] != " " and 15 <= len(bare) <= 34 and valid_mod_97(bare):
            return f"****{bare[-4:]}{text[end:]}"
    return text
