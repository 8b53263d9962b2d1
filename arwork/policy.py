"""The policy: every default value of the trade's rules, typed and frozen; `params/policy.yaml` states each with its rule."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from arwork.conduct_policy import Conduct
from arwork.fee_policy import LateFees
from arwork.settings import Amount, Authority, Days, Flag, Frozen, Percent, Share, Span, Tree, or_none, read_yaml, validated


class AbsPct(Frozen):
    """A limit by amount and by percent points; the lower one counts (MP-20)."""

    abs: Amount
    pct: Percent


class Tolerance(Frozen):
    """Tolerance of one group: amount and percent points for short and for over payments (MP-20)."""

    short: tuple[Amount, Percent]
    over: tuple[Amount, Percent]


class Tolerances(Frozen):
    """Tolerances by group, and what a clerk may grant (MP-20)."""

    combine: Literal["MIN"]
    per: Literal["receipt"]
    yearly_cap_per_customer: Amount
    groups: Mapping[str, Tolerance]
    users: Mapping[str, Amount]


class Combo(Frozen):
    """Limits of the combination search (2.3)."""

    max_candidates: Days
    max_size: Days
    auto_max_candidates: Days
    auto_max_size: Days
    lambda_max: Share
    max_nodes: Days
    list_all_cap: Days
    anchored_combo_auto: Flag


class Matching(Frozen):
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
    advice_days: Days
    deduction_auto_cap: AbsPct
    deduction_reasons: Mapping[str, tuple[str, ...]]
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
    credit_valid_days: Annotated[Days | None, BeforeValidator(or_none)]
    value_date_max_age_days: Days
    alias_ref_name_min: Share
    reference_prefixes: tuple[str, ...]
    reference_min_length: Days
    reference_min_length_unknown_payer: Days
    doc_no_patterns: tuple[str, ...]
    candidates_shown: Days
    candidate_score_min: Days


class Duplicates(Frozen):
    """Thresholds of the repeat tests (EX-16, EX-20)."""

    lookback_days: Days
    amount_lookback_days: Days
    probable: Days
    possible: Days
    invoice_flag: Days
    ref_min_similarity: Share


class Recall(Frozen):
    """Periods of a recall of a credit transfer, as the rulebook of the scheme has them (RF-14)."""

    answer_bd: Days
    originator_bank_bd: Days
    originator_months: Days


class Refunds(Frozen):
    """Refund controls (RF)."""

    bank_change_hold_days: Days
    payee_name_min: Share
    split_window_days: Days
    tiers: tuple[Amount, ...]
    finality_days: Mapping[str, Span]
    sla_decide_bd: Days
    sla_pay_bd: Days
    duplicate_months: Days
    high_risk_countries: tuple[str, ...]
    scam_signs: Days
    recall: Recall


class UnallocatedAgeing(Frozen):
    """Ageing of unallocated cash (RC-60)."""

    buckets: tuple[Days, ...]
    owner_from_day: Days
    escalate_days: tuple[Days, ...]


class Ageing(Frozen):
    """Upper ends of the ageing buckets in days, and how credits show (MT-01 to MT-03)."""

    buckets: tuple[Annotated[int, Field(ge=1)], ...]
    credits: Literal["SEPARATE", "BY_DATE", "OLDEST_FIRST"]

    @model_validator(mode="after")
    def _ascending(self) -> Ageing:
        if not self.buckets or list(self.buckets) != sorted(set(self.buckets)):
            raise ValueError("buckets must rise without repeats, such as [30, 60, 90]")
        return self


class Reconciliation(Frozen):
    """Materiality and escalation of reconciliations (4.11)."""

    immaterial_unexplained: AbsPct
    item_materiality: Amount
    escalate_days: tuple[Days, ...]
    subsequent_receipt_days: Days


class CustomerStatement(Frozen):
    """How a customer's own statement is compared: days within which amount and day meet, what counts as in transit, days to answer (RC-40)."""

    amount_days: Days
    in_transit: Span
    answer_days: Days


class Procedure(Frozen):
    """One dunning procedure: days between letters, grace, and by level days, least amount and least percent (CO-01 to CO-09)."""

    interval: Days
    grace: Days
    max_step: Annotated[int, Field(ge=1)]
    levels: tuple[tuple[Amount, Amount, Amount], ...] = Field(min_length=1)
    min_days_arrears: Days
    charges: tuple[Amount, ...] = ()
    notice_level: Days = 0
    payment_days: Annotated[int, Field(ge=1)] = 10


class Dunning(Frozen):
    """The dunning procedure that holds unless the customer has another, and the others by name (CO-01 to CO-09)."""

    procedure: str
    others: Mapping[str, Procedure] = Field(default_factory=dict)
    charges: tuple[Amount, ...] = ()
    notice_level: Days = 4
    payment_days: Annotated[int, Field(ge=1)] = 10
    interval: Days
    grace: Days
    max_step: Days
    levels: tuple[tuple[Amount, Amount, Amount], ...]
    min_days_arrears: Days
    dun_credit_balance: Flag


class Contact(Frozen):
    """First contact (CO-10)."""

    first_contact_days: Days
    types: tuple[str, ...]
    at_risk_days: Days
    recontact_days: Days
    min_amount: Amount


class Priority(Frozen):
    """Worklist weights (CO-15)."""

    weights: Mapping[str, Share]
    a_ref: str


class Promise(Frozen):
    """Promises to pay (CO-30)."""

    tolerance_days: Days
    tolerance_amount: Amount
    max_days_ahead: Days


class Credit(Frozen):
    """Credit release (CO-45)."""

    release: tuple[Days, Days]
    conditional: tuple[Days, Days]
    release_valid_days: Days


class Distress(Frozen):
    """Distressed accounts (CO-50)."""

    notify_at: Days


class SpecificLoss(Frozen):
    """What is expected to be lost of an account that is looked at by itself, in percent points, why, and who approved it (MT-64)."""

    ledger: str
    customer: str
    percent: Annotated[Percent, Field(ge=0, le=100)]
    reason: str
    approved_by: str


class Provision(Frozen):
    """Loss rates of the provision matrix by tolerance group, one a bucket in order, forward-looking factors, specific losses (MT-60 to MT-64)."""

    rates: Mapping[str, tuple[Percent, ...]]
    forward_factor: Mapping[str, Percent]
    specific: tuple[SpecificLoss, ...] = ()


class Exclusion(Frozen):
    """A row that a service level leaves out: which, why, and who approved it (CO-96)."""

    row: str
    reason: str
    approved_by: str


class ServiceLevel(Frozen):
    """Target of a service level and who answers for it; `at_most` turns the sense; amber up to `slack` percent points away (CO-96)."""

    target: Percent
    at_most: Flag = False
    slack: Percent = Decimal(5)
    owner: str
    exclude: tuple[Exclusion, ...] = ()


class WriteOff(Frozen):
    """Write-offs (CO-65)."""

    min_dpd: Days
    tiers: tuple[Amount, ...]


class Forecast(Frozen):
    """Cash forecast (FC)."""

    shrinkage_k: Days
    promise_prior: tuple[Days, Days]
    cheque_prior: tuple[Days, Days]
    week_start: Literal["MON", "SUN"]
    override_share: Amount
    history_months: Days
    dispute_credit: Percent
    paths: Days
    seed: Days
    shocks: tuple[Percent, Percent]
    origins: Days


class Misdirected(Frozen):
    """Misdirected payments (EX-40)."""

    ic_remit_bd: Days


class DueDate(Frozen):
    """Due date derivation (MP-10)."""

    roll_to_business_day: Flag


class Rollforward(Frozen):
    """Which line of the roll-forward a document belongs to: by its type, and by words of its reason (RC-30)."""

    types: Mapping[str, str]
    reasons: Mapping[str, tuple[str, ...]]


class CutOff(Frozen):
    """What is listed at the edge of a period (RC-90)."""

    credit_memo_days: Days
    credit_memo_min: Amount


class Policy(Frozen):
    """Every default value of the trade's rules; `params/policy.yaml` states each with its rule."""

    policy_version: int
    matching: Matching
    authority: Authority
    duplicates: Duplicates
    refunds: Refunds
    unallocated_sla_bd: Mapping[str, Days]
    unallocated_ageing: UnallocatedAgeing
    ageing: Ageing
    reconciliation: Reconciliation
    reconciling_items: Mapping[str, Span]
    customer_statement: CustomerStatement
    rollforward: Rollforward
    cutoff: CutOff
    dunning: Dunning
    contact: Contact
    conduct: Conduct
    priority: Priority
    promise: Promise
    credit: Credit
    distress: Distress
    lpf: LateFees
    provision: Provision
    service_levels: Mapping[str, ServiceLevel]
    broken_promise_days: Days
    write_off: WriteOff
    forecast: Forecast
    misdirected: Misdirected
    adjustment_tiers: Mapping[str, tuple[Amount, ...]]
    adjustment_roles: Mapping[str, Days]
    dispute_sla_days: Mapping[str, Days]
    recognition_policy: Literal["SETTLEMENT", "RECEIPT_IN_HAND"]
    due_date: DueDate


def read_policy(text: str, name: str = "policy.yaml") -> dict[str, Tree]:
    """Read a policy file as a tree, checked against the schema; InputError lists every breach."""
    return deepcopy(_checked(text, name))


@lru_cache(maxsize=4)
def _checked(text: str, name: str) -> dict[str, Tree]:
    """Read it once: a command asks for the same text up to ten times, and each reading takes a fifth of a second."""
    tree, lines = read_yaml(text, name)
    validated(Policy, tree, lines, name)
    return tree
