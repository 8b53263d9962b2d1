"""Which of our columns a heading probably is: by its words, by what stands below it, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from arwork.intake.cell_words import MINUS_MARKS, PLUS_MARKS
from arwork.intake.heading_words import WORDS
from arwork.intake.layouts import NEEDS, Layout, kinds_of
from arwork.intake.seen import Column, plain

ALIKE = 84.0
"""Likeness of two headings, in percent, from which one is proposed for the other."""
_SIDES, _ALIKE_SIDES = ("amount_plus", "amount_minus"), 92.0
"""Money in and money out are told apart by a few letters: `Deposit Amount` is 85 % like `Debit Amount`."""
_SHORT = 5
"""Shorter headings are one of the known words or none: `SOL`, a branch, is 86 % like `Soll`."""
_SURE = 100.0
STATED = (("doc_type",), ("currency",))
"""Groups of columns that a constant of the layout can stand for."""
_IDS = ("customer_id", "doc_no", "payment_ref", "doc_reference", "gl_account", "promise_id", "dispute_id", "reference", "bank_txn_id")
_STAND_INS = (
    ("customer_id", "customer_name", "the file has no number of the customer; the name stands for it"),
    ("doc_no", "reference", "the file has no other number of the document"),
    ("amount_doc", "amount_local", "the file has no amount in the document's currency"),
    ("currency", "local_currency", "the file has no currency of the document"),
)
"""Our column of open items, the other that stands for it where a file has nothing better, and why."""
_RECEIVABLE = ("due_date", "open_amount_doc")
_ANY_BALANCE = ("balance", "saldo", "solde", "open", "due")
_NAMES = ("name", "customer_name", "remitter_name", "payer_name", "text", "remittance_text")


@dataclass(frozen=True)
class Guess:
    """A column of the file taken for one of ours: how alike the headings are in percent, and why.

    `order` is the place of the heading among the words for our column: the first words are the best.
    """

    column: Column
    ours: str
    likeness: float
    why: str
    order: int = 0

    @property
    def sure(self) -> bool:
        """Whether the heading is one that exports use for it, and the content does not speak against it."""
        return self.likeness >= _SURE


@dataclass(frozen=True)
class Match:
    """What a file would be for one table: the guesses, and the groups of columns that nothing was found for."""

    table: str
    guesses: tuple[Guess, ...]
    missing: tuple[tuple[str, ...], ...]
    mark: Column | None
    against: float = 0.0
    also: tuple[Column, ...] = ()

    def rank(self) -> float:
        """Order tables: what explains most of the headings, less what is missing; what a constant can say weighs little.

        `against` is what speaks against the table: headings that no file of its kind has.
        """
        lacking = sum(0.3 if group in STATED else 2.0 for group in self.missing)
        return sum(guess.likeness for guess in self.guesses) / 100 - lacking - self.against

    def of(self, ours: str) -> Guess | None:
        """Give the guess for one of our columns."""
        return next((guess for guess in self.guesses if guess.ours == ours), None)


def words_of(layouts: Iterable[Layout]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Collect the words for each table and column that is proposed: ours, those of the trade, and the headings of the layouts."""
    found: dict[str, dict[str, list[str]]] = {
        table: {name: [plain(name), *(plain(word) for word in words[name])] for name in kinds_of(table) if name in words}
        for table, words in WORDS.items()
    }
    told = {table: {word: name for name, words in columns.items() for word in words} for table, columns in found.items()}
    for layout in layouts:  # one bank's own use of a word, such as a name under `Description`, is not that of others
        for name, headings in layout.columns.items():
            if name in found[layout.table]:
                words = [plain(heading) for heading in headings if not heading.startswith("#")]
                found[layout.table][name] += [word for word in words if told[layout.table].get(word, name) == name]
    return {table: {name: tuple(dict.fromkeys(words)) for name, words in columns.items()} for table, columns in found.items()}


def foreign(table: str, columns: Sequence[Column], words: Mapping[str, Mapping[str, tuple[str, ...]]]) -> float:
    """Weigh what speaks against a table of a bank: headings of a list of receivables, a due date or what is still open."""
    if table != "bank_lines":
        return 0.0
    own = {word for names in words[table].values() for word in names}
    telling = {word for name in _RECEIVABLE for word in words["open_items"][name]} - own - {*_ANY_BALANCE}
    return 4.0 * sum(plain(column.heading) in telling for column in columns)


def matched(table: str, columns: Sequence[Column], words: Mapping[str, tuple[str, ...]]) -> Match:
    """Give each column of the file to at most one of ours, the likest pair first; then fill what is missing by content."""
    kinds = kinds_of(table)
    pairs = _pairs(columns, kinds, words)
    first = {name for group in NEEDS[table] for name in group}
    pairs.sort(
        key=lambda p: (
            -p.likeness, p.ours not in first, -_fit(p.column, kinds[p.ours], p.ours), _telling(p), p.order, p.column.place, p.ours
        )
    )  # fmt: skip
    taken: dict[str, Guess] = {}
    used: set[int] = set()
    for pair in pairs:
        if pair.ours not in taken and pair.column.place not in used:
            taken[pair.ours] = pair
            used.add(pair.column.place)
    _settle_amounts(table, taken)
    signed = any(negative(cell) for guess in taken.values() if kinds[guess.ours].startswith("money") for cell in guess.column.cells)
    mark = None if signed else next((column for column in columns if column.share("mark") >= 0.9 and _both_sides(column)), None)
    if mark is not None and "open_amount_doc" in taken:  # the mark is that of the balance; debit and credit beside it have no own
        taken = {name: guess for name, guess in taken.items() if name not in ("amount_plus", "amount_minus")}
    if mark is not None:
        taken = {name: guess for name, guess in taken.items() if guess.column.place != mark.place}
        used.add(mark.place)
    for group in NEEDS[table]:
        if not taken.keys() & set(group):
            found = _by_content(group, kinds, _left(columns, taken, used))
            if found is not None:
                taken[found.ours] = found
    also = _completed(table, taken, columns, used, words)
    missing = tuple(group for group in NEEDS[table] if not taken.keys() & set(group))
    ordered = sorted(taken.values(), key=lambda guess: list(kinds).index(guess.ours))
    return Match(table, tuple(ordered), missing, mark if mark is not None and "amount_plus" not in taken else None, also=also)


def _completed(
    table: str, taken: dict[str, Guess], columns: Sequence[Column], used: set[int], words: Mapping[str, tuple[str, ...]]
) -> tuple[Column, ...]:
    """Fill what a table's own rules find beside its headings; return the columns in which a payment's text goes on."""
    if table == "open_items":
        _stand_ins(taken)
    if table != "bank_lines":
        return ()
    _text_of_a_bank(taken, words["remittance_text"])
    _more_of_a_bank(taken, _left(columns, taken, used))
    if "remittance_text" not in taken:
        return ()
    first, *rest = _whole_text(taken["remittance_text"].column, _left(columns, taken, used), words["remittance_text"])
    taken["remittance_text"] = replace(taken["remittance_text"], column=first)
    return tuple(rest)


def _stand_ins(taken: dict[str, Guess]) -> None:
    """Let another column stand for what a list of open items has not: a name for a number, local amounts where nothing else is.

    An amount in local currency beside another currency stands for nothing.
    """
    local = not taken.keys() & {"amount_doc", "open_amount_doc", "amount_plus", "amount_minus", "currency"}
    for ours, other, why in _STAND_INS:
        if ours not in taken and other in taken and (local or (not other.endswith("_local") and other != "local_currency")):
            taken[ours] = replace(taken.pop(other), ours=ours, likeness=99.0, why=why)


def _left(columns: Sequence[Column], taken: Mapping[str, Guess], used: set[int]) -> list[Column]:
    return [column for column in columns if column.place not in {guess.column.place for guess in taken.values()} | used]


def _whole_text(text: Column, left: Sequence[Column], words: tuple[str, ...]) -> list[Column]:
    """List the columns of a payment's text: those numbered like it, in their order, then others known for it that hold numbers."""
    stem = _stem(text)
    numbered = [column for column in left if column.cells and stem and _stem(column) == stem]
    known = [column for column in left if column not in numbered and plain(column.heading) in words]
    return [
        *sorted([text, *numbered], key=lambda column: column.place),
        *(column for column in known if any(mark.isdigit() for cell in column.cells for mark in cell)),
    ]


def _stem(column: Column) -> str:
    return plain(column.heading).rstrip("0123456789 ") if column.heading else ""


def _pairs(columns: Sequence[Column], kinds: Mapping[str, str], words: Mapping[str, tuple[str, ...]]) -> list[Guess]:
    """Pair every column of the file with those of ours that it may be.

    A payer's reference is a payment's text only where a bank gives no other, and the bank's own number only where it is one: in every
    row another.
    """
    known = {word for names in words.values() for word in names}
    pairs = [pair for column in columns for name in words if (pair := _pair(column, name, kinds[name], words[name], known)) is not None]
    rows = max((len(column.cells) for column in columns), default=0)
    payers = {pair.column.place for pair in pairs if pair.ours == "end_to_end_id" and pair.sure}
    not_own = {column.place for column in columns if len(set(column.cells)) < rows} & payers
    no_text = {("remittance_text", place) for place in payers} | {("bank_txn_id", place) for place in not_own}
    return [pair for pair in pairs if (pair.ours, pair.column.place) not in no_text]


def _pair(column: Column, name: str, kind: str, words: tuple[str, ...], known: set[str]) -> Guess | None:
    """Say how alike a heading and the words for one of our columns are; None when too little, or the content forbids it.

    A heading that is known for another of our columns is not taken for one that it only resembles.
    """
    if not column.heading or _fit(column, kind, name) < 0:
        return None
    told = plain(column.heading)
    if told in words:
        return Guess(column, name, _SURE, "exports use this heading for it", words.index(told))
    if told in known or not column.cells or ("account" in name and not any(mark.isdigit() for cell in column.cells for mark in cell)):
        return None  # nothing in the column speaks for what its heading only resembles
    likeness, word = max(((fuzz.token_sort_ratio(told, word), word) for word in words), default=(0.0, ""))
    if likeness < (_ALIKE_SIDES if name in _SIDES else ALIKE) or abs(len(told) - len(word)) > 6 or min(len(told), len(word)) < _SHORT:
        return None
    return Guess(column, name, min(float(likeness), 99.0), f"its heading is {likeness:.0f} % like {word!r}")


def _fit(column: Column, kind: str, name: str) -> int:
    """Say whether what stands in a column can be of our kind: 1 it speaks for it, 0 nothing against it, -1 it cannot be."""
    if not column.cells:
        return 0
    money, decimals, day = column.share("money"), column.share("decimals"), column.share("date")
    if kind == "date":
        return 1 if day >= 0.6 else -1
    if kind.startswith("money"):
        return -1 if money < 0.6 or (day >= 0.9 and not decimals) else 1 if decimals >= 0.2 else 0
    if kind in ("percent", "rate", "count"):
        return 0 if money >= 0.6 or column.share("number") >= 0.6 else -1
    if "currency" in name:
        return 1 if column.share("currency") >= 0.6 else -1
    if kind == "flag":
        return -1
    if decimals > 0.5 or (day > 0.8 and not column.share("number")):
        return -1
    if name in _NAMES and column.share("number") > 0.8:
        return -1
    if name in _IDS and column.share("currency") > 0.9:
        return -1
    return 1 if "account" in name and column.share("account") > 0.5 else 0


def _telling(pair: Guess) -> float:
    """Order columns that could be one of ours: a document's number is filled in most rows, a payment's text holds numbers and is long."""
    cells = pair.column.cells
    if pair.ours == "remittance_text":
        numbered = sum(any(mark.isdigit() for mark in cell) for cell in cells)
        return -(1_000 * numbered + sum(map(len, cells))) / max(1, len(cells))
    return -len(cells) if pair.ours == "doc_no" else 0


def _settle_amounts(table: str, taken: dict[str, Guess]) -> None:
    """Keep either one amount or two columns of money in and out, whichever the headings say more surely."""
    plus, minus = taken.get("amount_plus"), taken.get("amount_minus")
    if plus is None and minus is None:
        return
    one = taken.get("amount_doc" if table == "open_items" else "amount")
    if plus is not None and minus is not None and (one is None or min(plus.likeness, minus.likeness) >= one.likeness):
        for name in ("amount", "amount_doc"):
            if one is not None:
                taken.pop(name, None)
    elif one is not None:
        taken.pop("amount_plus", None)
        taken.pop("amount_minus", None)


def negative(text: str) -> bool:
    """Say whether an amount is written as a negative one."""
    return text.startswith(("-", "−", "(")) or text.endswith(("-", "−"))


def _both_sides(column: Column) -> bool:
    """Say whether a column of marks tells debit from credit: at most two of each, or one side that never changes, and is more than a dash."""
    values = {cell.casefold() for cell in column.cells}
    return len(values) <= 4 and values <= {*PLUS_MARKS, *MINUS_MARKS} and values not in ({"-"}, {"+"})


def _text_of_a_bank(taken: dict[str, Guess], words: tuple[str, ...]) -> None:
    """Take the payment's reference for its text where a bank gives no other: there it holds whatever the payer wrote."""
    own = taken.get("end_to_end_id")
    if own is not None and "remittance_text" not in taken and plain(own.column.heading) in words:
        taken["remittance_text"] = replace(taken.pop("end_to_end_id"), ours="remittance_text")


def _more_of_a_bank(taken: dict[str, Guess], left: Sequence[Column]) -> None:
    """Find by content what a bank's table says besides day and amount: currency, own account, the other's account, the text."""
    texts = [
        c for c in left
        if c.cells and not any(c.share(kind) > 0.5 for kind in ("date", "money", "currency", "account", "mark"))
        and (len(set(c.cells)) > 1 or len(c.cells) == 1)
    ]  # fmt: skip
    wanted = {
        "currency": next((c for c in left if c.share("currency") >= 0.9), None),
        "bank_account": next((c for c in left if c.share("account") >= 0.9 and len(set(c.cells)) == 1 and len(c.cells) > 1), None),
        "remitter_account": next((c for c in left if c.share("account") >= 0.9 and len(set(c.cells)) > 1), None),
        "remittance_text": max(texts, key=lambda c: sum(map(len, c.cells)) / len(c.cells), default=None),
    }
    for name, column in wanted.items():
        if column is not None and name not in taken:
            taken[name] = Guess(column, name, 50.0, "by what stands in it; its heading says nothing that is known")


def _by_content(group: Sequence[str], kinds: Mapping[str, str], left: Sequence[Column]) -> Guess | None:
    """Find a column for a group by what stands in it alone: the first day, amount or currency that is left."""
    name = group[0]
    if "currency" in name:
        fits = [column for column in left if column.share("currency") >= 0.9]
    elif kinds[name] == "date":
        fits = [column for column in left if column.share("date") >= 0.9 and column.forms != ("YYMMDD",)]
    elif kinds[name].startswith("money"):
        fits = [
            column for column in left if column.share("money") >= 0.9 and column.share("decimals") >= 0.3 and column.share("date") < 0.9
        ]
    else:
        return None
    what = {"date": "days", "code": "currency codes"}.get(kinds[name], "amounts")
    return Guess(fits[0], name, 50.0, f"it holds {what}; its heading says nothing that is known") if fits else None
