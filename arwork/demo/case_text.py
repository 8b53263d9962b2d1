"""The short text in which planted cases are written down.

    CASE | FAMILY | RULE | what a user reads
      who NAME key=value…                        a customer; the first is number 0
      due NUMBER DOC-DATE DUE-DATE AMOUNT key=value…
      pay DAY AMOUNT key=value… : TEXT           by=-1 is a stranger; in values _ stands for a blank
      advice NUMBER GROSS DISCOUNT DEDUCTION REASON    a line of the advice of the payment above
      dispute NUMBER REASON AMOUNT               promise NUMBER DAY AMOUNT STATUS
      contact DAY TYPE OUTCOME                   an outgoing contact about the whole account
      auto M04 @p2                               also suggest, review and none: the status of a receipt, its strategy, its gates
      untouched @p2                              no cash of the receipt is applied; follows from every status but auto
      expect NOTEBOOK TABLE.COLUMN VALUE @NUMBER

Amounts are in major units; `@` names the payment (p1 unless said) or the item. Keys and values are those of `cases`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from arwork.demo.cases import Case, Check, Due, Paid, Who
from arwork.money import ISO

NOTEBOOKS = {
    "00": "00_intake",
    "10": "10_cash_application",
    "20": "20_breaks_refunds",
    "30": "30_reconciliations",
    "40": "40_ageing_collections",
}


def read_cases(text: str) -> tuple[Case, ...]:
    """Read cases from their text, in order."""
    blocks: list[list[str]] = []
    for line in filter(str.strip, text.splitlines()):
        if line.startswith(" "):
            blocks[-1].append(line.strip())
        else:
            blocks.append([line])
    return tuple(_case(block) for block in blocks)


def _case(block: list[str]) -> Case:
    case, family, rule, what = block[0].split(" | ")
    lines = [(line.partition(" ")[0], line.partition(" ")[2]) for line in block[1:]]
    who = tuple(_who(rest) for word, rest in lines if word == "who")
    due = tuple(_due(rest, who) for word, rest in lines if word == "due")
    checks = tuple(check for line in block[1:] for check in _checks(line))
    made = Case(case, family, rule, what, who, due, _paid(lines, who), checks)
    for word, rest in lines:
        parts = rest.split()
        if word == "dispute":
            made = replace(made, dispute=(parts[0], parts[1], _minor(parts[2], who[0].currency)))
        if word == "promise":
            made = replace(made, promise=(parts[0], parts[1], _minor(parts[2], who[0].currency), parts[3]))
        if word == "contact":
            made = replace(made, contacts=(*made.contacts, (parts[0], parts[1], parts[2])))
    return made


def _minor(text: str, currency: str) -> int:
    return ISO.minor(Decimal(text.replace(",", "")), currency)


def _split(words: list[str]) -> tuple[list[str], dict[str, str]]:
    """Part plain words from `key=value`."""
    plain = [word for word in words if "=" not in word]
    return plain, dict(word.split("=", 1) for word in words if "=" in word)


def _who(rest: str) -> Who:
    name, keys = _split(rest.split())
    return Who(
        " ".join(name),
        country=keys.get("country", "DE"),
        ledger=keys.get("ledger", "MAIN"),
        group=keys.get("group", "STD"),
        status=keys.get("status", "ACTIVE"),
        currency=keys.get("currency", "EUR"),
        party_of=int(keys.get("party", -1)),
        child_of=int(keys.get("child", -1)),
        virtual="virtual" in keys,
        instruction=keys.get("instruction", "NONE"),
        wht=keys.get("wht", ""),
    )


def _due(rest: str, who: tuple[Who, ...]) -> Due:
    (reference, doc, due, amount), keys = _split(rest.split())
    place = int(keys.pop("who", 0))
    day, _, percent = keys.pop("discount", "").partition("/")
    net = keys.pop("net", "")
    made = Due(
        reference,
        doc,
        due,
        _minor(amount, who[place].currency),
        who=place,
        discount=(day, percent),
        grace=int(keys.pop("grace", 0)),
        dunning=int(keys.pop("dunning", 0)),
        net=_minor(net, who[place].currency) if net else None,
    )
    return replace(made, **keys)  # type: ignore[arg-type]


def _paid(lines: list[tuple[str, str]], who: tuple[Who, ...]) -> tuple[Paid, ...]:
    made: list[Paid] = []
    for word, rest in lines:
        if word == "pay":
            made.append(_payment(rest, who))
        if word == "advice":
            document, gross, discount, deduction, *reason = rest.split()
            gross_, discount_, deduction_ = (_minor(amount, "EUR") for amount in (gross, discount, deduction))
            made[-1] = replace(made[-1], advice=(*made[-1].advice, (document, gross_, discount_, deduction_, " ".join(reason))))
    return tuple(made)


def _payment(rest: str, who: tuple[Who, ...]) -> Paid:
    head, _, text = rest.partition(" : ")
    (day, amount), keys = _split(head.split())
    by = int(keys.pop("by", 0))
    currency = who[max(by, 0)].currency
    other, _, instructed = keys.pop("paid_in", "").partition("/")
    made = Paid(
        day,
        _minor(amount, currency),
        text,
        by=by,
        charges=_minor(keys.pop("charges", "0"), currency),
        paid_in=(other, _minor(instructed, other)) if other else None,
        in_book=keys.pop("in_book", "") != "no",
        on_statement=keys.pop("on_statement", "") != "no",
    )
    return replace(made, **{key: value.replace("_", " ") for key, value in keys.items()})  # type: ignore[arg-type]


def _checks(line: str) -> Iterator[Check]:
    body, _, on = line.partition(" @")
    on = on or "p1"
    word, *rest = body.split()
    cash = NOTEBOOKS["10"]
    if word == "expect":
        table, _, column = rest[1].partition(".")
        yield Check(NOTEBOOKS[rest[0]], table, column, " ".join(rest[2:]), on)
    elif word in ("auto", "suggest", "review", "none"):
        yield Check(cash, "proposals", "status", word.upper(), on)
        for sign in rest:
            yield Check(cash, "proposals", "strategy" if sign.startswith("M") else "gates", sign, on)
    if word in ("untouched", "suggest", "review", "none"):
        yield Check(cash, "receipts", "applied_amount", "0", on)
