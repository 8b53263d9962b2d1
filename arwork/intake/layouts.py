"""Layouts: YAML files that say how an export's headings, signs and dates become a table of arwork; nobody writes code for one.

The keys of a layout file (only `reads` and `columns` are always needed):

    reads            what the file holds: open_items, customers, customer_banks, bank, remittance, gl_balances, gl_lines, cash_book,
                     promises, disputes, fx_rates, payer_relationships, customer_statements, refund_register, bank_changes,
                     payment_holds, contacts, sales_history, adjustment_register, reason_map, legal_params, master_changes,
                     statement_requests, credit_insurance, or their_items (a customer's own statement)
    title            what the export is, for people
    columns          our column: its heading, or a list of headings in any language; the first that the file has is used
    constants        our column: the value of every row, for what the export does not carry
    mandatory        our columns without which the file is refused, besides those that the table cannot do without
    refuse_with      headings that this layout cannot read rightly, such as a debit or credit mark beside unsigned amounts: a
                     file that has one is refused
    header           false when the file has no row of headings; columns are then given by their place: "#1", "#2". A column
                     without heading in a file that has others is found by its place too
    head             bank tables: what stands beside the table, by its label: {opening: [Opening balance], closing: [Closing
                     balance], bank_account: [Account], currency: [Currency]}; the value is what follows the label in its
                     cell, else the next filled cell. A label may also be a heading under which one value stands
    ragged           true when rows may leave out cells at their end
    grouped          true when a row that fills only its first cell heads the rows below it, as a customer's name does; that cell is
                     the column "(heading row)". It holds until the next one, or until a row that `skip` names by its start
    also             our text column: further headings, whose texts follow its own: {remittance_text: [Description 2, Description 3]}
    continued        our text column: a row that fills no other column carries on the text of the row before it
    delimiter        `,` `;` `tab` or `|`; left out, the one under which the headings are found
    framed           true for SAP list text with a `|…|` frame (LD-05); frame lines and page headings are skipped
    quotes           false when `"` is an ordinary character
    newlines         true when quoted cells may hold newlines
    encoding         encoding of a file that is not UTF-8, such as cp1252
    sheet            the worksheet of an XLSX file
    decimal          `.` or `,`; left out, proven column by column (LD-02)
    grouping         false when thousands are never separated; lakh when they are as in India, 1,18,000.00
    suffixes         what may follow an amount: {CR: "-", DR: "+"}
    dates            the format of the dates, such as DD.MM.YYYY; left out, proven over the file (LD-04)
    dates_by_column  our column: its own format
    drop_time        true to drop a time of day that follows a date
    values           our column: {their value: ours}; `other:` names the value of all others, else they are refused
    no_value         our column: texts that stand for a blank, such as {clearing_date: ["1900-01-01"]}
    negative_types   our document type: the one it becomes where the amount is negative, such as {INV: CM}
    blank_currency   ledger: a blank currency is the ledger's; else such rows are refused
    sign             how unsigned amounts get their sign (LD-01, LD-07): {column: SHKZG, plus: [S], minus: [H]} or
                     {minus_types: [CM, RCPT]}; a column that holds a negative amount is signed already and left alone.
                     {turn: true} turns every sign: statements of credit cards that show what is owed as positive
    skip             rows that are no data (LD-05): {blank: [doc_no]} when all named columns are blank (an amount without a
                     digit is blank), {starts: ["*"]} by the first filled cell, {totals: [Total]} by the first filled cell
                     where every date is blank; repeated headers are always skipped
    only             heading: values; other rows are skipped and counted
    leave_out        heading: values; these rows are skipped and counted; a file without the heading is read whole
    marks            what may stand beside an amount, and its currency: {$: USD}; ISO codes and € are always understood
    strip_zeros      columns that lose leading zeros when all digits (ALPHA); those of customers unless stated
    whole_numbers    id columns that a spreadsheet wrote as 1930573770.0
    widths           id column: its number of digits; numbers that a spreadsheet robbed of leading zeros get them back, and
                     this is told
    when_blank       our column: {set: {column: value}, take: {column: heading}} for rows where it is blank
    more_decimals    round: amounts with more decimals than their currency are rounded and listed; else they are refused
    se16_shift       true for table extracts that show every amount with two decimals (LD-03)
    negative_rates   indirect: a negative rate counts the other way round, as in SAP's TCURR; else it is refused
    due_date         where the export has none (MP-10): sap_terms (baseline_date, days_1 to days_3),
                     baseline_plus_days (baseline_date, net_days) or terms (by terms_code)
    terms            the payment terms, by code: {EOM30: {baseline: EOM, months_forward: 0, net_days: 30}}; baseline is
                     INVOICE_DATE, POSTING_DATE, EOM (the last day of the invoice's month and months_forward more) or
                     FIXED_DAY (the next net_day_of_month on or after the invoice date and months_forward)
    sums_to_zero     bank tables: true when the lines and the payouts of a file add up to zero; this proves that it is whole
    base, join       several files that make one table: base is the pattern of the file with the rows, join a list of
                     {name: BKPF, file: "*BKPF*", keys: [BUKRS, BELNR, GJAHR], missing: refuse or blank}; the headings of a
                     joined file are then written BKPF.BLDAT. A key with two names is written REFRECID=RECID

Nothing needs to be said about what follows from other columns: item_id, line 1, the fiscal year of the posting date, one of
document and posting date from the other, an open amount that is the amount (0 once cleared), the ledger's currency, and
amounts in it where the currencies are equal. Ledger and company code come from the file, the source or the params.

Besides the table's own columns a layout may map helpers:

    open items       customer_name, customer_country, baseline_date, net_days, days_1, days_2, days_3; settled_doc and
                     settled_local: what is settled of the amount
    amounts          amount_plus, amount_minus: two columns instead of one signed amount
    GL balances      carried_forward, added to the opening; the period may be the constant `key date`
    rates            from_units and to_units, 1 or 100
    bank tables      balance: the running balance after each line; it must hold from line to line, in whichever order of time
                     the file has. opening, closing. bank_class: the class of a line by the file's own word, such as
                     {Fee: NON_AR, other: ""}. gross: the amount is gross less charges, with fee (signed, negative when
                     taken off) or charges to charges_4 (positive), which add up. A payment service's line is its net
                     amount with the charges beside it, one line a row, so that the lines add up to its balance
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from arwork.errors import InputError, first_few, place
from arwork.intake.days import FORMATS, INVERTED
from arwork.params import READS
from arwork.settings import Flag, Frozen, Path, read_yaml, validated
from arwork.tables import TABLES

PLAIN = "plain"
"""The layout of files that use our own column names."""
GROUP = "(heading row)"
"""Stands for the row above that heads a group of rows, as if it were a column."""

_LINEAGE = ("source_file", "source_line", "source_sha256")
_MADE = {"open_items": ("item_id",), "bank_lines": ("line_id", "statement_key", "line_no", "class", "class_reason")}
_HELPERS: Mapping[str, Mapping[str, str]] = {
    "open_items": {
        "customer_name": "text", "customer_country": "text", "baseline_date": "date", "net_days": "count",
        "days_1": "count", "days_2": "count", "days_3": "count", "amount_plus": "money", "amount_minus": "money",
        "settled_doc": "money", "settled_local": "money",
    },
    "gl_balances": {"carried_forward": "money"},
    "bank_lines": {
        "amount_plus": "money", "amount_minus": "money", "gross": "money", "fee": "money", "charges_2": "money", "charges_3": "money",
        "charges_4": "money", "bank_class": "text", "balance": "money", "opening": "money", "closing": "money",
    },
    "fx_rates": {"from_units": "count", "to_units": "count"},
    "cash_book": {"amount_plus": "money", "amount_minus": "money"},
    "gl_lines": {"amount_plus": "money", "amount_minus": "money"},
    "their_items": {"amount_plus": "money", "amount_minus": "money"},
}  # fmt: skip
_AMOUNT = ("amount", "amount_plus", "amount_minus")
_CLASSES = ("RECEIPT", "PAYMENT", "RETURN", "OWN_TRANSFER", "NON_AR")
_HEAD: Mapping[str, tuple[str, ...]] = {
    "bank_lines": ("bank_account", "currency", "opening", "closing"), "their_items": ("opening", "closing", "statement_date"),
}  # fmt: skip
NEEDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "open_items": (
        ("customer_id",), ("doc_no",), ("doc_type",), ("posting_date", "doc_date"), ("due_date", "baseline_date", "net_days"),
        ("currency",), ("amount_doc", "open_amount_doc", "amount_plus", "amount_minus"),
    ),
    "customers": (("customer_id",), ("name",)),
    "customer_banks": (("customer_id",), ("account", "virtual_account")),
    "bank_lines": (("booking_date", "value_date"), (*_AMOUNT, "gross")),
    "remittance_lines": (("payment_ref",), ("doc_reference",), ("net_amount",), ("currency",)),
    "gl_balances": (("gl_account",), ("period",), ("opening", "carried_forward"), ("debits",), ("credits",), ("closing",)),
    "gl_lines": (("gl_account",), ("doc_no",), ("posting_date",), _AMOUNT),
    "cash_book": (("gl_account",), ("doc_no",), ("posting_date",), _AMOUNT),
    "promises": (
        ("promise_id",), ("customer_id",), ("created_date",), ("promised_date",), ("promised_amount",), ("currency",), ("status",),
    ),
    "disputes": (
        ("dispute_id",), ("customer_id",), ("items",), ("opened_date",), ("reason_code",), ("disputed_amount",), ("currency",), ("status",),
    ),
    "fx_rates": (("from_currency",), ("to_currency",), ("rate_type",), ("date",), ("rate",)),
    "payer_relationships": (("payer_id",), ("beneficiary_id",), ("type",), ("valid_from",)),
    "customer_statements": (("customer_id",), ("statement_date",), ("currency",), ("balance",)),
    "refund_register": (("refund_id",), ("customer_id",), ("amount",), ("currency",), ("paid_date",), ("status",)),
    "bank_changes": (("customer_id",), ("account",), ("changed_date",)),
    "payment_holds": (("hold_id",), ("source",), ("kind",), ("opened_date",)),
    "contacts": (("contact_id",), ("customer_id",), ("contact_date",), ("type",), ("outcome",)),
    "sales_history": (("customer_id",), ("month",), ("credit_sales",), ("currency",)),
    "adjustment_register": (("adjustment_id",), ("customer_id",), ("adjustment_code",), ("amount",), ("currency",), ("requested_date",)),
    "customer_profiles": (("customer_id",),),
    "letters_sent": (("letter_id",), ("customer_id",), ("currency",), ("level",), ("sent_date",), ("amount",)),
    "claims": (("claim_id",), ("regime",), ("type",), ("amount",), ("currency",)),
    "cheques": (("cheque_no",), ("customer_id",), ("amount",), ("currency",), ("cheque_date",), ("received_date",)),
    "direct_debits": (("debit_id",), ("customer_id",), ("amount",), ("currency",), ("announced_date",), ("collection_date",)),
    "credit_requests": (("customer_id",), ("order_no",), ("order_value",), ("currency",), ("requested_at",)),
    "their_items": (("reference", "their_no", "doc_date"), _AMOUNT),
    "reason_map": (("said",), ("reason_code",)),
    "legal_params": (("country",), ("kind",), ("value",), ("unit",), ("valid_from",)),
    "master_changes": (("customer_id",), ("field",), ("changed_date",)),
    "statement_requests": (("customer_id",), ("requested_date",)),
    "credit_insurance": (("customer_id",), ("insurer",), ("policy_no",), ("limit",), ("insured_share",), ("currency",), ("valid_from",)),
}  # fmt: skip
"""What each table cannot be filled without: one column of each group must be mapped and be in the file."""


def table_of(reads: str) -> str:
    """Name the table that a kind of source fills."""
    return {"bank": "bank_lines", "remittance": "remittance_lines"}.get(reads, reads)


def kinds_of(table: str) -> dict[str, str]:
    """Give the kind of every column that a layout may fill: the table's own and the helpers."""
    made = (*_LINEAGE, *_MADE.get(table, ()))
    own = {column.name: column.kind for column in TABLES[table].columns if column.name not in made}
    return {**own, **_HELPERS.get(table, {})}


def _texts(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class Sign(Frozen):
    """How an unsigned amount gets its sign: by a column (LD-01) or by our document type (LD-07); or all signs are turned."""

    turn: Flag = False
    column: Texts = ()
    plus: Texts = ("S",)
    minus: Texts = ("H",)
    minus_types: Texts = ()


class Skip(Frozen):
    """Rows that are no data (LD-05)."""

    blank: Texts = ()
    starts: Texts = ()
    totals: Texts = ()


class Fallback(Frozen):
    """What to do where a column is blank: set constants, take other headings."""

    set: Mapping[str, str] = {}
    take: Mapping[str, str] = {}


class Join(Frozen):
    """A further file whose row is looked up by keys; `keys` are headings that both files have."""

    name: str
    file: str
    keys: Texts
    missing: Literal["refuse", "blank"] = "refuse"


class Terms(Frozen):
    """One payment term (T05): days after the baseline, or after the end of a month, or a day of the month (MP-10)."""

    baseline: Literal["INVOICE_DATE", "POSTING_DATE", "EOM", "FIXED_DAY"] = "INVOICE_DATE"
    net_days: Annotated[int, Field(ge=0, le=3650)] = 0
    net_day_of_month: Annotated[int, Field(ge=0, le=31)] = 0
    months_forward: Annotated[int, Field(ge=0, le=120)] = 0


class Layout(Frozen):
    """One layout, as the docstring of this module describes its keys."""

    reads: Literal[
        "open_items", "customers", "customer_banks", "bank", "remittance", "gl_balances", "gl_lines", "cash_book",
        "promises", "disputes", "fx_rates", "payer_relationships", "customer_statements",
        "refund_register", "bank_changes", "payment_holds", "contacts", "sales_history", "adjustment_register",
        "customer_profiles", "letters_sent", "claims", "cheques", "direct_debits", "credit_requests", "their_items",
        "reason_map", "legal_params", "master_changes", "statement_requests", "credit_insurance",
    ]  # fmt: skip
    columns: Mapping[str, Texts]
    title: str = ""
    constants: Mapping[str, str] = {}
    mandatory: Texts = ()
    refuse_with: Texts = ()
    header: Flag = True
    head: Mapping[str, Texts] = {}
    ragged: Flag = False
    grouped: Flag = False
    also: Mapping[str, Texts] = {}
    continued: str = ""
    delimiter: Literal["", ",", ";", "tab", "|"] = ""
    framed: Flag = False
    quotes: Flag = True
    newlines: Flag = False
    encoding: str = ""
    sheet: str = ""
    decimal: Literal["", ".", ","] = ""
    grouping: Literal["lakh"] | Flag = True
    suffixes: Mapping[str, Literal["+", "-"]] = {}
    dates: str = ""
    dates_by_column: Mapping[str, str] = {}
    drop_time: Flag = False
    values: Mapping[str, Mapping[str, str]] = {}
    no_value: Mapping[str, Texts] = {}
    negative_types: Mapping[str, str] = {}
    blank_currency: Literal["refuse", "ledger"] = "refuse"
    sign: Sign = Sign()
    skip: Skip = Skip()
    only: Mapping[str, Texts] = {}
    leave_out: Mapping[str, Texts] = {}
    marks: Mapping[str, str] = {}
    strip_zeros: Texts = ("customer_id", "payer_id", "beneficiary_id")
    whole_numbers: Texts = ()
    widths: Mapping[str, Annotated[int, Field(ge=1, le=60)]] = {}
    when_blank: Mapping[str, Fallback] = {}
    more_decimals: Literal["refuse", "round"] = "refuse"
    se16_shift: Flag = False
    negative_rates: Literal["refuse", "indirect"] = "refuse"
    due_date: Literal["", "sap_terms", "baseline_plus_days", "terms"] = ""
    terms: Mapping[str, Terms] = {}
    sums_to_zero: Flag = False
    base: str = ""
    join: tuple[Join, ...] = ()

    @property
    def table(self) -> str:
        """The table that this layout fills."""
        return table_of(self.reads)

    def needs(self) -> tuple[tuple[str, ...], ...]:
        """List the columns of which one of each group must be there; terms by code stand in for a due date."""
        return tuple((*group, "terms_code") if self.terms and "due_date" in group else group for group in NEEDS[self.table])

    @model_validator(mode="after")
    def _coherent(self) -> Layout:
        for name, form in [("dates", self.dates), *self.dates_by_column.items()]:
            if form and form not in FORMATS and form != INVERTED:
                raise ValueError(f"{name}: unknown date format {form!r}; write one of {', '.join(FORMATS)}")
        given = {*self.columns, *self.constants, *self.head}
        for group in self.needs():
            if not given & set(group):
                raise ValueError(f"columns: nothing is mapped to {' or '.join(group)}")
        if self.due_date and self.due_date != "terms" and "baseline_date" not in given:
            raise ValueError("due_date: map baseline_date")
        if bool(self.terms) != (self.due_date == "terms"):
            raise ValueError("due_date: terms and a block of terms belong together")
        if self.head and not set(self.head) <= set(_HEAD.get(self.table, ())):
            raise ValueError(f"head: only bank tables have it, and it may give {', '.join(_HEAD['bank_lines'])}")
        if not set(self.values.get("bank_class", {}).values()) <= {"", *_CLASSES}:
            raise ValueError(f"values: bank_class may be {', '.join(_CLASSES)}, or blank to let the sign decide")
        if not self.header and any(not heading.startswith("#") for headings in self.columns.values() for heading in headings):
            raise ValueError("columns: without a header row each column is given by its place, such as '#1'")
        if self.grouped != any(GROUP in headings for headings in self.columns.values()):
            raise ValueError(f"grouped: say true and map a column to {GROUP!r}, or neither")
        if not set(self.also) <= {name for name in self.columns if kinds_of(self.table).get(name) == "text"}:
            raise ValueError("also: name text columns that `columns` maps")
        if bool(self.join) != bool(self.base):
            raise ValueError("base and join belong together")
        return self

    def unknown_columns(self) -> list[tuple[tuple[str, ...], str]]:
        """List the columns that the layout names and its table does not have, each with the path of the key."""
        named: list[tuple[tuple[str, ...], Iterable[str]]] = [
            (("columns",), self.columns), (("constants",), self.constants), (("mandatory",), self.mandatory), (("values",), self.values),
            (("dates_by_column",), self.dates_by_column), (("skip", "blank"), self.skip.blank),
            (("strip_zeros",), self.strip_zeros if "strip_zeros" in self.model_fields_set else ()),
            (("also",), self.also), (("whole_numbers",), self.whole_numbers), (("widths",), self.widths), (("no_value",), self.no_value),
            (("continued",), [self.continued] if self.continued else []), (("when_blank",), self.when_blank),
            *((("when_blank", name, "set"), fallback.set) for name, fallback in self.when_blank.items()),
            *((("when_blank", name, "take"), fallback.take) for name, fallback in self.when_blank.items()),
        ]  # fmt: skip
        known = kinds_of(self.table)
        return [(path, name) for path, names in named for name in names if name not in known]


def read_layout(text: str, name: str) -> Layout:
    """Read a layout file; InputError lists every unknown name (with a suggestion) and wrong value, with its line."""
    tree, lines = read_yaml(text, name)
    layout: Layout = validated(Layout, tree, lines, name)
    problems = [
        f"{place(name, _line((*path, column), lines))}: {layout.table} has no column {column!r}{_nearest(column, kinds_of(layout.table))}"
        for path, column in layout.unknown_columns()
    ]
    if problems:
        raise InputError(first_few(problems), cure="Correct the layout.")
    return layout


def plain(reads: str) -> Layout:
    """Return the built-in layout whose headings are our own column names: amounts with a point, ISO dates, UTF-8.

    Columns that are not in the file stay blank or are derived. InputError for bank files: those have formats of their
    own, or need a layout that says which column is what.
    """
    if reads not in READS or reads == "bank":
        raise InputError(f"there is no plain layout for {reads!r}", cure="State the bank's format, or a layout such as bank_csv.")
    table = table_of(reads)
    columns = {name: (name,) for name in kinds_of(table)}
    return Layout.model_validate(
        {"reads": reads, "title": PLAIN, "columns": columns, "decimal": ".", "grouping": False, "dates": "YYYY-MM-DD"}
    )


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _line(path: Path, lines: Mapping[Path, int]) -> int | str:
    return next((lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in lines), "")
