"""The commands of what people record besides allocations: contact, promise, dispute, write-off, alias, rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arwork.show.markup import visible

if TYPE_CHECKING:
    from arwork.followup import Said

ParamsFile = Annotated[Path, typer.Argument(help="The params file of the close, such as params/demo.yaml.")]
Outputs = Annotated[Path, typer.Option(help="Folder that holds the packs.")]
Why = Annotated[str, typer.Option("--reason", help="Why, or what was said; kept for good.")]
As = Annotated[str, typer.Option("--as", help="Who acts, when it is not the owner of this account.")]
Customer = Annotated[str, typer.Argument(help="The customer's number.")]
Ledger = Annotated[str, typer.Option(help="Ledger, where the customer's number stands in several.")]
Company = Annotated[str, typer.Option(help="Company code, where the customer's number stands in several.")]
Items = Annotated[list[str], typer.Option("--item", help="Item, document or reference it is about; repeat for several.")]
On = Annotated[str, typer.Option("--on", help="Day on which it happened, as 2026-04-15; today unless stated.")]
_STEPS = {
    "assign": "ASSIGNED", "review": "IN_REVIEW", "wait-customer": "PENDING_CUSTOMER", "wait-internal": "PENDING_INTERNAL",
    "resolve": "RESOLVED", "close": "CLOSED", "reopen": "REOPENED",
}  # fmt: skip


def register_followups(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("contact")(contact_command)
    app.command("promise")(promise_command)
    app.command("dispute")(dispute_command)
    app.command("write-off")(write_off_command)
    app.command("alias")(alias_command)
    app.command("rule")(rule_command)


def contact_command(
    params: ParamsFile,
    customer: Customer,
    reason: Why,
    channel: Annotated[str, typer.Option(help="LETTER, PHONE, MEETING, EMAIL, PORTAL, SMS or VISIT.")],
    outcome: Annotated[str, typer.Option(help="REACHED, SENT, DELIVERED, UNDELIVERED, NO_ANSWER, VOICEMAIL, WRONG_CONTACT or REFUSED.")],
    on: On = "",
    item: Items = [],  # noqa: B006 (typer reads it)
    incoming: Annotated[bool, typer.Option("--incoming", help="The customer got in touch with us.")] = False,
    action: Annotated[str, typer.Option(help="What was done or agreed: CL, PP, DQ, CB and so on (CO-15).")] = "",
    spoke_to: Annotated[str, typer.Option(help="Who was spoken to.")] = "",
    next_day: Annotated[str, typer.Option("--next", help="Day on which to go on.")] = "",
    time: Annotated[str, typer.Option(help="Time of day where the customer is, as 14:30 (CO-98).")] = "",
    ledger: Ledger = "",
    company: Company = "",
    person: As = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Record a contact with a customer (CO-10, CO-15)."""
    from arwork.collect.record_contacts import Contact
    from arwork.collect.recorded import Whose

    said = Contact(Whose(customer, ledger, company), channel, outcome, on, incoming, tuple(item), action, spoke_to, next_day, time)
    _record(params, outputs, said, reason, person)


def promise_command(
    params: ParamsFile,
    reason: Why,
    customer: Annotated[str, typer.Argument(help="The customer's number; left out with --withdraw.")] = "",
    pay: Annotated[list[str], typer.Option(help="AMOUNT@DAY, such as 500.00@2026-04-15; repeat for instalments.")] = [],  # noqa: B006
    item: Items = [],  # noqa: B006
    withdraw: Annotated[str, typer.Option(help="Number of a promise that is taken back.")] = "",
    given_by: Annotated[str, typer.Option(help="Who promised.")] = "",
    channel: Annotated[str, typer.Option(help="How it was given: PHONE, EMAIL and so on.")] = "",
    currency: Annotated[str, typer.Option(help="Currency, for a promise without items where the customer owes in several.")] = "",
    on: On = "",
    ledger: Ledger = "",
    company: Company = "",
    person: As = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Record a promise to pay, over items or the account, at once or in instalments; or its withdrawal (CO-30)."""
    from arwork.collect.record_promises import Promise
    from arwork.collect.recorded import Whose
    from arwork.errors import InputError
    from arwork.followup import Withdrawal

    if bool(withdraw) == bool(customer):
        raise InputError("give a customer who promises, or --withdraw with a promise", cure="See `arwork promise --help`.")
    if withdraw:
        _record(params, outputs, Withdrawal(withdraw), reason, person)
        return
    parts = [one.rpartition("@") for one in pay]
    if not parts or any(not amount or not day for amount, _, day in parts):
        raise InputError("a promise names an amount and a day", cure="Write --pay 500.00@2026-04-15.")
    payments = tuple((amount, day) for amount, _, day in parts)
    said = Promise(Whose(customer, ledger, company), payments, tuple(item), given_by, channel, on, currency)
    _record(params, outputs, said, reason, person)


def dispute_command(
    params: ParamsFile,
    step: Annotated[str, typer.Argument(help="open, assign, review, wait-customer, wait-internal, resolve, close or reopen.")],
    which: Annotated[str, typer.Argument(help="The customer's number for open, else the dispute's number.")],
    reason: Why,
    item: Items = [],  # noqa: B006
    code: Annotated[
        str,
        typer.Option(help="open: reason by the matrix (CO-70), such as PR; UN where none is known. MD is a query: it contests nothing."),
    ] = "UN",
    amount: Annotated[str, typer.Option(help="open: what is in dispute; all that is open unless stated.")] = "",
    to: Annotated[str, typer.Option(help="assign: who works on it.")] = "",
    function: Annotated[str, typer.Option(help="Who must answer: SALES, LOGISTICS, BILLING, PRICING, QUALITY, TAX or AR.")] = "",
    resolution: Annotated[str, typer.Option(help="resolve: VALID, PARTLY_VALID or INVALID.")] = "",
    accepted: Annotated[str, typer.Option(help="resolve: what is accepted of a PARTLY_VALID one.")] = "",
    cause: Annotated[str, typer.Option(help="resolve: what caused it.")] = "",
    on: On = "",
    ledger: Ledger = "",
    company: Company = "",
    person: As = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Open a dispute or a query, or take its next step; only what follows is recorded (CO-80)."""
    from arwork.collect.record_disputes import Dispute, Step
    from arwork.collect.recorded import Whose
    from arwork.errors import InputError

    if step == "open":
        _record(params, outputs, Dispute(Whose(which, ledger, company), tuple(item), code, amount, function, on), reason, person)
    elif step in _STEPS:
        _record(params, outputs, Step(which, _STEPS[step], to, function, resolution, accepted, cause), reason, person)
    else:
        raise InputError(f"{step!r} is no step of a dispute", cure=f"Use open, {', '.join(_STEPS)}.")


def write_off_command(
    params: ParamsFile,
    item: Annotated[str, typer.Argument(help="The open item; left out to see what waits.")] = "",
    code: Annotated[str, typer.Option(help="Adjustment code: SD, BC, FX, WT, LW or WO (CO-70).")] = "",
    amount: Annotated[str, typer.Option(help="What is written off; all that is left unless stated.")] = "",
    approve: Annotated[int, typer.Option(help="Approve this proposal, by its number.")] = 0,
    reason: Why = "",
    person: As = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Propose to write off an open item, approve what another person proposed, or see what waits (CO-65, CO-70)."""
    from arwork.collect.record_write_offs import WriteOff
    from arwork.errors import InputError
    from arwork.followup import WriteOffApproval, waits

    if item and approve:
        raise InputError("propose or approve, one at a time", cure="See `arwork write-off --help`.")
    if approve:
        _record(params, outputs, WriteOffApproval(approve), reason, person)
    elif item:
        _record(params, outputs, WriteOff(item, code, amount), reason, person)
    else:
        given, waiting, _ = waits(params)
        for event in waiting.write_offs:
            body = event.body
            told = f"{given.units.text(body['amount'], body['currency'])} {body['currency']} of {body['item']}, code {body['code']}"
            typer.echo(visible(f"{event.seq}: {told}, by {event.by}: {event.reason}; takes the {body.get('approver', 'second person')}"))
        if not waiting.write_offs:
            typer.echo("no write-off waits")


def alias_command(
    params: ParamsFile,
    customer: Customer,
    reason: Why,
    name: Annotated[str, typer.Option(help="A name under which the customer pays.")] = "",
    account: Annotated[str, typer.Option(help="An account from which the customer pays.")] = "",
    reference: Annotated[str, typer.Option(help="A number of the customer's own that stands in its payments.")] = "",
    payer: Annotated[str, typer.Option(help="Number of another customer that pays for this one; needs --document.")] = "",
    document: Annotated[str, typer.Option(help="The written right of the payer (MP-55).")] = "",
    since: Annotated[str, typer.Option(help="First day of that right; today unless stated.")] = "",
    ledger: Ledger = "",
    company: Company = "",
    person: As = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Accept a name, account, reference or payer of a customer; the next close knows payments by it."""
    from arwork.collect.record_contacts import Alias
    from arwork.collect.recorded import Whose
    from arwork.errors import InputError

    given = [(kind, text) for kind, text in (("NAME", name), ("ACCOUNT", account), ("REFERENCE", reference), ("PAYER", payer)) if text]
    if len(given) != 1:
        raise InputError("accept one thing at a time", cure="Give --name, --account, --reference or --payer.")
    _record(params, outputs, Alias(Whose(customer, ledger, company), *given[0], document, since), reason, person)


def rule_command(
    params: ParamsFile,
    rule: Annotated[
        str, typer.Argument(help="The value, such as promise.max_days_ahead; left out to see what changed and what waits.")
    ] = "",
    value: Annotated[str, typer.Argument(help="Its new value, as the policy file writes it.")] = "",
    approve: Annotated[int, typer.Option(help="Approve this change, by its number.")] = 0,
    reason: Why = "",
    person: As = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Propose a change of the policy, approve what another person proposed, or see what changed; the next close uses it (CV-13)."""
    from arwork.errors import InputError
    from arwork.followup import RuleApproval, RuleChange, waits
    from arwork.journal.rules import rules_in_force, spoken

    if bool(rule) != bool(value) or (rule and approve):
        raise InputError("give a rule and its new value, or --approve", cure="See `arwork rule --help`.")
    if rule or approve:
        _record(params, outputs, RuleApproval(approve) if approve else RuleChange(rule, value), reason, person)
        return
    _, waiting, events = waits(params)
    for line in map(spoken, rules_in_force(events)):
        typer.echo(visible(f"in force: {line}"))
    for event in waiting.rules:
        body = event.body
        typer.echo(visible(f"waits: {event.seq}: {body['rule']}: {body['before']} → {body['value']}, by {event.by}: {event.reason}"))
    if not waiting.rules:
        typer.echo("no change of a rule waits")


def _record(params: Path, outputs: Path, said: Said, reason: str, person: str) -> None:
    """Record it and say under which number; what needs a second person says so."""
    from arwork.collect.disputes import QUERIES
    from arwork.decide import acting_person
    from arwork.followup import follow_up

    events = follow_up(params, outputs, said, reason=reason, person=acting_person(person))
    for event in events:
        body = event.body
        matter = next((str(body[name]) for name in ("promise", "dispute", "item", "alias", "rule", "customer") if body.get(name)), "")
        step = f" {body['step']}" if body.get("step") else " APPROVED" if body.get("approves") else ""
        action = "QUERY" if body.get("reason_code") in QUERIES else event.action
        typer.echo(visible(f"recorded as decision {event.seq}: {action} {matter}{step} by {event.by} ({event.known_by})"))
    last = events[-1]
    if last.action in ("WRITE_OFF", "RULE") and not last.body.get("approves"):
        command = "write-off" if last.action == "WRITE_OFF" else "rule"
        who = f" It takes the {last.body['approver']}." if last.body.get("approver") else ""
        typer.echo(f"it holds once another person approves it: arwork {command} {params.as_posix()} --approve {last.seq} --reason ...{who}")
    else:
        typer.echo("the next `arwork close` takes it in")
