"""The frozen settings of a close: Params (what to close) and Policy (by which values), read from YAML text.

YAML is read with every scalar as text and then typed by the schema, so that `NO` stays Norway and `0012` keeps its
zeros. Duplicate keys, aliases, tags and unknown names are refused with file, line and a suggestion.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, TypeAlias

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from arwork.dates import iso_date, period_of, period_start
from arwork.errors import InputError, first_few, place
from arwork.money import Units

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str"
Path: TypeAlias = tuple[str | int, ...]


def _exact(value: object) -> Decimal:
    """Read an amount or percent as the plain digits it was written with; no exponent, no NaN."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        raise ValueError("is not a plain number such as 25.00")
    try:
        return Decimal(value)
    except InvalidOperation:
        raise ValueError("is not a number") from None


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return iso_date(str(value))
    except InputError as refused:
        raise ValueError(refused.what) from None


def _truth(value: object) -> bool:
    if value in ("true", "false", True, False):
        return value in ("true", True)
    raise ValueError("must be true or false")


def _or_none(value: object) -> object:
    return None if value in ("none", None) else value


def _span(value: object) -> str:
    if not re.fullmatch(r"[0-9]+(bd|d)", str(value)):
        raise ValueError("must be a number of days: 5bd for business days, 58d for calendar days")
    return str(value)


def _code(value: object) -> str:
    text = str(value)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}", text) or text.endswith("."):
        raise ValueError("must be letters, digits, dot, dash or underscore, and start with a letter or digit")
    return text


Amount = Annotated[Decimal, BeforeValidator(_exact)]
Percent = Annotated[Decimal, BeforeValidator(_exact)]
Share = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=1)]
Day = Annotated[date, BeforeValidator(_day)]
Flag = Annotated[bool, BeforeValidator(_truth)]
Span = Annotated[str, BeforeValidator(_span)]
Code = Annotated[str, BeforeValidator(_code)]
Days = Annotated[int, Field(ge=0)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AbsPct(_Frozen):
    """A limit by amount and by percent points; the lower one counts (MP-20)."""

    abs: Amount
    pct: Percent


class Tolerance(_Frozen):
    """Tolerance of one group: amount and percent points for short and for over payments (MP-20)."""

    short: tuple[Amount, Percent]
    over: tuple[Amount, Percent]


class Tolerances(_Frozen):
    """Tolerances by group, and what a clerk may grant (MP-20)."""

    combine: Literal["MIN"]
    per: Literal["receipt"]
    yearly_cap_per_customer: Amount
    groups: Mapping[str, Tolerance]
    users: Mapping[str, Amount]


class Combo(_Frozen):
    """Limits of the combination search (2.3)."""

    max_candidates: Days
    max_size: Days
    auto_max_candidates: Days
    auto_max_size: Days
    lambda_max: Share
    max_nodes: Days
    list_all_cap: Days
    anchored_combo_auto: Flag


class Matching(_Frozen):
    """Policy of cash application (domain 2)."""

    tie_policy: Literal["REVIEW", "OLDEST_DUE"]
    discount_date_basis: Literal["value_date", "booking_date"]
    discount_requires_no_overdue: Flag
    discount_overdue_days: Days
    unearned_discount_autowrite: Amount
    disc_on_partial: Flag
    tolerances: Tolerances
    combo: Combo
    amount_only_min: Amount
    fuzzy_name_min: Share
    fuzzy_name_next_max: Share
    customer_number_name_min: Share
    fuzzy_ref_min: Share
    fuzzy_auto: Flag
    ocr_min_confidence: Share
    deduction_auto_cap: AbsPct
    dispute_auto_threshold: Amount
    short_pay_mode: Literal["RESIDUAL", "PARTIAL"]
    residual_due_date: Literal["INHERIT"]
    bank_charge_cap: Amount
    fx_tolerance: AbsPct
    fx_rate_max_age_days: Days
    auto_post_cross_currency: Literal["BY_CUSTOMER", "NEVER"]
    large_receipt: Amount
    over_review: Amount
    wht_cert_days: Days
    credit_valid_days: Annotated[Days | None, BeforeValidator(_or_none)]
    value_date_max_age_days: Days
    alias_ref_name_min: Share
    reference_prefixes: tuple[str, ...]
    reference_min_length: Days
    reference_min_length_unknown_payer: Days
    doc_no_patterns: tuple[str, ...]
    candidates_shown: Days
    candidate_score_min: Days


class Duplicates(_Frozen):
    """Thresholds of the repeat tests (EX-16, EX-20)."""

    lookback_days: Days
    amount_lookback_days: Days
    probable: Days
    possible: Days
    invoice_flag: Days
    ref_min_similarity: Share


class Refunds(_Frozen):
    """Refund controls (RF)."""

    bank_change_hold_days: Days
    payee_name_min: Share
    split_window_days: Days
    tiers: tuple[Amount, ...]
    finality_days: Mapping[str, Span]
    sla_decide_bd: Days
    sla_pay_bd: Days


class UnallocatedAgeing(_Frozen):
    """Ageing of unallocated cash (RC-60)."""

    buckets: tuple[Days, ...]
    owner_from_day: Days
    escalate_days: tuple[Days, ...]


class Ageing(_Frozen):
    """Upper ends of the ageing buckets in days, and how credits show (MT-01 to MT-03)."""

    buckets: tuple[Annotated[int, Field(ge=1)], ...]
    credits: Literal["SEPARATE", "BY_DATE", "OLDEST_FIRST"]

    @model_validator(mode="after")
    def _ascending(self) -> Ageing:
        if not self.buckets or list(self.buckets) != sorted(set(self.buckets)):
            raise ValueError("buckets must rise without repeats, such as [30, 60, 90]")
        return self


class Reconciliation(_Frozen):
    """Materiality and escalation of reconciliations (4.11)."""

    immaterial_unexplained: AbsPct
    item_materiality: Amount
    escalate_days: tuple[Days, ...]
    subsequent_receipt_days: Days


class Dunning(_Frozen):
    """Dunning procedure (CO-01 to CO-09)."""

    procedure: str
    interval: Days
    grace: Days
    max_step: Days
    levels: tuple[tuple[Amount, Amount, Amount], ...]
    min_days_arrears: Days
    dun_credit_balance: Flag


class Contact(_Frozen):
    """First contact (CO-10)."""

    first_contact_days: Days
    types: tuple[str, ...]
    at_risk_days: Days
    recontact_days: Days
    min_amount: Amount


class Priority(_Frozen):
    """Worklist weights (CO-15)."""

    weights: Mapping[str, Share]
    a_ref: str


class Promise(_Frozen):
    """Promises to pay (CO-30)."""

    tolerance_days: Days
    tolerance_amount: Amount
    max_days_ahead: Days


class Credit(_Frozen):
    """Credit release (CO-45)."""

    release: tuple[Days, Days]
    conditional: tuple[Days, Days]
    release_valid_days: Days


class Distress(_Frozen):
    """Distressed accounts (CO-50)."""

    notify_at: Days


class LateFees(_Frozen):
    """Late-payment fees (CO-55)."""

    basis: Days
    min_days_late: Days
    min_fee: Amount
    regime_by_country: Mapping[str, str]
    rate_mode: Mapping[str, str]


class WriteOff(_Frozen):
    """Write-offs (CO-65)."""

    min_dpd: Days
    tiers: tuple[Amount, ...]


class Forecast(_Frozen):
    """Cash forecast (FC)."""

    shrinkage_k: Days
    promise_prior: tuple[Days, Days]
    week_start: Literal["MON", "SUN"]
    override_share: Amount


class Misdirected(_Frozen):
    """Misdirected payments (EX-40)."""

    ic_remit_bd: Days


class DueDate(_Frozen):
    """Due date derivation (MP-10)."""

    roll_to_business_day: Flag


class Policy(_Frozen):
    """Every default value of the trade's rules; `params/policy.yaml` states each with its rule."""

    policy_version: int
    matching: Matching
    duplicates: Duplicates
    refunds: Refunds
    unallocated_sla_bd: Mapping[str, Days]
    unallocated_ageing: UnallocatedAgeing
    ageing: Ageing
    reconciliation: Reconciliation
    reconciling_items: Mapping[str, Span]
    dunning: Dunning
    contact: Contact
    priority: Priority
    promise: Promise
    credit: Credit
    distress: Distress
    lpf: LateFees
    write_off: WriteOff
    forecast: Forecast
    misdirected: Misdirected
    adjustment_tiers: Mapping[str, tuple[Amount, ...]]
    dispute_sla_days: Mapping[str, Days]
    recognition_policy: Literal["SETTLEMENT", "RECEIPT_IN_HAND"]
    due_date: DueDate


class BankAccount(_Frozen):
    """One bank account of a company: as statements name it, its currency and its GL mirror."""

    account: str
    currency: Code
    gl_account: str = ""
    country: str = ""
    opening: Amount | None = None


class Ledger(_Frozen):
    """One AR book (T01)."""

    ledger: Code
    company_code: Code
    name: str
    currency: Code
    country: Code
    control_accounts: tuple[str, ...]
    bank_accounts: tuple[BankAccount, ...] = ()
    recognition_policy: Literal["SETTLEMENT", "RECEIPT_IN_HAND", ""] = ""


READS = (
    "open_items", "customers", "customer_banks", "bank", "remittance", "gl_balances", "gl_lines", "cash_book",
    "promises", "disputes", "fx_rates",
)  # fmt: skip
"""What a source file may hold."""


class Source(_Frozen):
    """One source file, or several that match a pattern, and what it holds."""

    file: str
    reads: Literal[
        "open_items", "customers", "customer_banks", "bank", "remittance", "gl_balances", "gl_lines", "cash_book",
        "promises", "disputes", "fx_rates",
    ]  # fmt: skip
    layout: str = ""
    ledger: str = ""
    company_code: str = ""
    encoding: str = ""
    control_rows: int | None = None
    control_sum: Amount | None = None


class AcceptedRejects(_Frozen):
    """Rejects of one file that the team has looked at and accepts: exactly these, by digest, count and sum (LD-10)."""

    sha256: str
    rows: int
    sum: Amount


class Params(_Frozen):
    """What to close: one YAML file a close. Paths are relative to that file."""

    close: Code
    as_of: Day
    period_from: Day | None = None
    first_period: Flag = False
    previous_period: str = ""
    journal: str = ""
    ledgers: tuple[Ledger, ...] = Field(min_length=1)
    sources: tuple[Source, ...] = Field(min_length=1)
    accept_rejects: tuple[AcceptedRejects, ...] = ()
    currency_decimals: Mapping[str, Annotated[int, Field(ge=0, le=4)]] = Field(default_factory=dict)
    policy: Policy

    @model_validator(mode="after")
    def _coherent(self) -> Params:
        keys = [(entry.ledger, entry.company_code) for entry in self.ledgers]
        if len(set(keys)) != len(keys):
            raise ValueError("ledgers: a ledger and company code stand twice")
        accounts = [(b.account, b.currency) for entry in self.ledgers for b in entry.bank_accounts]
        if len(set(accounts)) != len(accounts):
            raise ValueError("ledgers: a bank account stands twice")
        if self.first_period == bool(self.previous_period):
            raise ValueError("state either first_period: true or previous_period: YYYY-MM")
        if self.previous_period and not re.fullmatch(r"[0-9]{4}-[0-9]{2}(/[0-9a-f]{12})?", self.previous_period):
            raise ValueError("previous_period must be a month such as 2026-02, or a month and a run: 2026-02/0123456789ab")
        if self.period_from and self.period_from > self.as_of:
            raise ValueError("period_from is after as_of")
        for entry in self.ledgers:
            for code in (entry.currency, *(b.currency for b in entry.bank_accounts)):
                if not self.units.known(code):
                    raise ValueError(f"unknown currency {code!r}; use an ISO 4217 code such as EUR")
        return self

    @property
    def period(self) -> str:
        """The month of the key date."""
        return period_of(self.as_of)

    @property
    def start(self) -> date:
        """First booking day whose receipts this close applies."""
        return self.period_from or period_start(self.period)

    @property
    def units(self) -> Units:
        """Decimals of each currency in this close."""
        return Units(dict(self.currency_decimals))


class _TextLoader(yaml.BaseLoader):
    """Reads every scalar as text; refuses what makes YAML say one thing and mean another."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases: a value must stand where it counts."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=self.peek_event().start_mark)
        return super().compose_node(parent, index)


def read_yaml(text: str, name: str) -> tuple[dict[str, Tree], dict[Path, int]]:
    """Read YAML text into nested dicts, lists and texts, with the line of each value; InputError names the line."""
    try:
        node = yaml.compose(text, Loader=_TextLoader)  # noqa: S506 (a BaseLoader builds nothing but text)
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else ""
        raise InputError(f"cannot be read as YAML: {broken.problem}", where=place(name, line), cure="Correct the line.") from None
    except yaml.YAMLError as broken:
        raise InputError(f"cannot be read as YAML: {broken}", where=name, cure="Save the file as UTF-8 text.") from None
    if not isinstance(node, yaml.MappingNode):
        raise InputError("holds no settings", where=name, cure="Write `name: value` lines; see the guide.")
    lines: dict[Path, int] = {}
    tree = _plain(node, (), lines, name)
    assert isinstance(tree, dict)  # noqa: S101 (a MappingNode yields a dict)
    return tree, lines


def _plain(node: yaml.Node, path: Path, lines: dict[Path, int], name: str) -> Tree:
    lines[path] = node.start_mark.line + 1
    if len(path) > 30:
        raise InputError("is nested too deeply", where=place(name, lines[path]))
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Tree] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in result:
                raise InputError(f"{key!r} stands twice", where=place(name, key_node.start_mark.line + 1), cure="Keep one of the two.")
            result[key] = _plain(value_node, (*path, key), lines, name)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, i), lines, name) for i, child in enumerate(node.value)]
    return str(node.value)


def read_policy(text: str, name: str = "policy.yaml") -> dict[str, Tree]:
    """Read a policy file as a tree, checked against the schema; InputError lists every breach."""
    tree, lines = read_yaml(text, name)
    _validated(Policy, tree, lines, name)
    return tree


def read_params(text: str, name: str, policy: Mapping[str, Tree]) -> Params:
    """Read the params of a close; its `policy:` block overrides single values of the default policy.

    InputError lists every unknown name (with a suggestion), wrong value and contradiction, with its line.
    """
    tree, lines = read_yaml(text, name)
    overrides = tree.get("policy", {})
    if not isinstance(overrides, dict):
        raise InputError("policy must be a block of names", where=place(name, lines.get(("policy",), "")))
    params: Params = _validated(Params, {**tree, "policy": _merged(policy, overrides)}, lines, name)
    return params


def _merged(base: Tree | Mapping[str, Tree], change: Tree) -> Tree:
    if isinstance(base, Mapping) and isinstance(change, Mapping):
        merged: dict[str, Tree] = {key: _merged(base[key], change[key]) if key in change else base[key] for key in base}
        return {**merged, **{key: value for key, value in change.items() if key not in base}}
    return change


def _validated(model: type[Any], tree: Mapping[str, Tree], lines: Mapping[Path, int], name: str) -> Any:
    try:
        return model.model_validate(tree)
    except ValidationError as broken:
        problems = sorted({_problem(model, error, lines, name) for error in broken.errors()})
        raise InputError(first_few(problems), cure="Correct the params file; nothing was written.") from None


def _problem(model: type[BaseModel], error: Any, lines: Mapping[Path, int], name: str) -> str:
    path: Path = tuple(error["loc"])
    shown = ".".join(str(part) for part in path) or "the file"
    line = next((lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in lines), "")
    where = place(name, line)
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(path[-1]), list(_names(model, path[:-1])), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"{where}: unknown name {shown!r}{hint}"
    if error["type"] == "missing":
        return f"{where}: {shown!r} is missing"
    value = error.get("input")
    given = f" (given: {str(value)[:60]!r})" if isinstance(value, str) else ""
    return f"{where}: {shown}: {error['msg'].removeprefix('Value error, ')}{given}"


def _names(model: type[BaseModel], path: Sequence[str | int]) -> Iterator[str]:
    """List the names a block may hold, by walking the schema along a path."""
    current: Any = model
    for part in path:
        fields = getattr(current, "model_fields", {})
        inner = fields[part].annotation if part in fields else current
        current = next((t for t in _models_in(inner)), current)
    yield from getattr(current, "model_fields", {})


def _models_in(annotation: Any) -> Iterator[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)
