"""Layouts of advices that are text: a YAML file that says how one payer writes, without code and without regular expressions.

The keys of a text layout (`reads: remittance` and `text: true` are always needed):

    title        what the advice is, for people
    recognise    words that stand in every advice of this payer; text without them is left to other layouts
    heads        our head value: how its line is written, with one placeholder: payment_amount: "Total paid: {money}".
                 Head values: payment_ref, trace_no, payment_date, advice_date, payment_amount, payer_name, payer_account, number,
                 currency
    lines        how a line of the table is written: "{document} {date} {gross} {discount} {net}"; or a list of such patterns
    begin, end   words of the line before the table, and of the line after it
    constants    head value: what it always is, such as currency: EUR
    decimal      `.` or `,`; left out, proven over the advice (LD-02)
    dates        the format of the dates, such as DD.MM.YYYY; left out, proven over the advice (LD-04)
    words        head value: labels before it, in any language, the most telling first; for advices of many payers
    columns      meaning of a column: headings over it: document, gross, discount, deduction, net, amount (gross or net,
                 whichever the sums show), reason, date, currency, other (known, not used); document_else counts only where
                 there is no column `document`

Placeholders in a pattern: {document} {number} {date} {currency} {text} {skip}, and {gross} {discount} {deduction} {net} {money} for
amounts. Between placeholders stands what stands in the text; a blank fits any blanks. {text} and {skip} may hold blanks, so one
pattern has at most one of them. Every pattern is read in time that grows with the length of the line, whatever the line holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from arwork.errors import InputError
from arwork.intake.days import FORMATS
from arwork.intake.layouts import Layout, Texts, read_layout
from arwork.settings import Flag, Frozen, read_yaml, validated

HEADS = (
    "payment_ref", "trace_no", "payment_date", "advice_date", "payment_amount", "payer_name", "payer_account", "number", "currency",
)  # fmt: skip
"""Head values of an advice."""
LISTED = ("documents", "deductions", "total")
"""What labels may announce besides head values: the documents paid, a deduction, a total."""
COLUMNS = (
    "document", "document_else", "gross", "discount", "deduction", "net", "amount", "reason", "date", "currency", "payment_ref", "payment_date",
    "payment_amount", "payer_name", "other",
)  # fmt: skip
"""Meanings of a column."""
MONEYS = ("gross", "discount", "deduction", "net", "money")
_AMOUNT = (
    r"\(?[-+\u2212]?(?:[A-Z]{3} ?|[€$£¥] ?)?[-+\u2212]?(?:[0-9][0-9.,'’]{0,30}|[.,][0-9]{1,4})[-+\u2212]?\)?"
    r"(?: ?(?:[A-Z]{3}|[€$£¥]))?"
)
_KINDS = {
    "document": r"[^\s|;]{1,60}", "number": r"[^\s|;]{1,60}", "currency": r"[A-Z]{3}", "text": r".{1,300}?", "skip": r".{0,300}?",
    "date": r"[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{2,4}|[0-9]{8}|[0-9]{1,2}\.? [^\W\d_]{3,10}\.? [0-9]{4}",
    **dict.fromkeys(MONEYS, _AMOUNT),
}  # fmt: skip
_PLACEHOLDER = re.compile(r"\{([a-z_]*)\}")
_LONGEST = 300
_NO_LAYOUT = "Write a text layout for this payer (see the layouts page), or ask the payer for CSV, X12 820 or remt.001"


def _patterns(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Patterns = Annotated[tuple[str, ...], BeforeValidator(_patterns)]


class TextLayout(Frozen):
    """One text layout, as the docstring of this module describes its keys."""

    reads: Literal["remittance"]
    text: Flag
    title: str = ""
    recognise: Texts = ()
    heads: Mapping[str, Patterns] = {}
    lines: Patterns = ()
    begin: str = ""
    end: str = ""
    constants: Mapping[str, str] = {}
    decimal: Literal["", ".", ","] = ""
    dates: str = ""
    words: Mapping[str, Texts] = {}
    columns: Mapping[str, Texts] = {}

    @model_validator(mode="after")
    def _coherent(self) -> TextLayout:
        for block, names, known in (
            ("heads", self.heads, HEADS), ("constants", self.constants, HEADS), ("words", self.words, (*HEADS, *LISTED)),
            ("columns", self.columns, COLUMNS),
        ):  # fmt: skip
            strange = [name for name in names if name not in known]
            if strange:
                raise ValueError(f"{block}: unknown name {strange[0]!r}; write one of {', '.join(known)}")
        if not self.text:
            raise ValueError("text: a text layout says `text: true`")
        if not self.lines and not self.columns:
            raise ValueError("lines: say how a line of the table is written, or which columns it has")
        if self.dates and self.dates not in FORMATS:
            raise ValueError(f"dates: unknown date format {self.dates!r}; write one of {', '.join(FORMATS)}")
        for pattern in (*self.lines, *(p for patterns in self.heads.values() for p in patterns)):
            compiled(pattern)
        if any("document" not in _PLACEHOLDER.findall(p) or not {"net", "gross"} & set(_PLACEHOLDER.findall(p)) for p in self.lines):
            raise ValueError("lines: every pattern needs {document} and {net} or {gross}")
        if any(len(_PLACEHOLDER.findall(p)) != 1 for patterns in self.heads.values() for p in patterns):
            raise ValueError("heads: every pattern needs exactly one placeholder")
        return self


def compiled(pattern: str) -> re.Pattern[str]:
    """Turn a pattern into a regular expression that cannot backtrack without bound; ValueError says what is wrong with it."""
    if len(pattern) > _LONGEST:
        raise ValueError(f"a pattern has at most {_LONGEST} characters")
    pieces = _PLACEHOLDER.split(pattern.strip())
    names, literals = pieces[1::2], pieces[0::2]
    strange = [name for name in names if name not in _KINDS]
    if strange:
        raise ValueError(f"unknown placeholder {{{strange[0]}}}; write one of {', '.join(_KINDS)}")
    if sum(name in ("text", "skip") for name in names) > 1:
        raise ValueError("a pattern has at most one of {text} and {skip}, because both may hold blanks")
    used = [name for name in names if name != "skip"]
    if len(set(used)) != len(used):
        raise ValueError(f"a placeholder stands twice in {pattern!r}")
    if any(not between for between in literals[1:-1]):
        raise ValueError(f"two placeholders touch in {pattern!r}; write what stands between them")
    made = _literal(literals[0])
    for name, after in zip(names, literals[1:], strict=True):
        made += (f"(?:{_KINDS[name]})" if name == "skip" else f"(?P<{name}>{_KINDS[name]})") + _literal(after)
    return re.compile(made, re.IGNORECASE if not names else 0)


def _literal(text: str) -> str:
    return r"\s+".join(re.escape(part) for part in re.split(r"\s+", text))


def read_text_layout(text: str, name: str) -> TextLayout:
    """Read a text layout; InputError lists every unknown name (with a suggestion) and wrong value, with its line."""
    tree, lines = read_yaml(text, name)
    layout: TextLayout = validated(TextLayout, tree, lines, name)
    return layout


def read_any_layout(text: str, name: str) -> Layout | TextLayout:
    """Read a layout file of either kind: `text: true` makes it a layout of advices that are text."""
    tree, _ = read_yaml(text, name)
    if tree.get("text") == "true":
        return read_text_layout(text, name)
    return read_layout(text, name)


def no_layout(file: str, why: str) -> InputError:
    """Say that a text is no advice that any layout reads, and what to do."""
    return InputError(why, where=file, cure=_NO_LAYOUT)


def is_no_layout(refusal: InputError) -> bool:
    """Say whether nothing was found in a text that an advice has, as against an advice with something wrong in it."""
    return refusal.cure.rstrip(".") == _NO_LAYOUT
