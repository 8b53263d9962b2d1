"""What a replay of past months taught: weights of evidence, how far they can be believed, and each strategy's record.

It is one small text file, written in one way only, so that its SHA-256 names it: a second person accepts that digest, and a
close that uses the file takes in these very bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Literal

import yaml
from pydantic import BeforeValidator, Field, model_validator

from arwork.errors import InputError
from arwork.matching.bounds import WHOLE, upper, upper_by_value
from arwork.matching.evidence import Weights
from arwork.matching.facts import LEVELS
from arwork.policy import Policy
from arwork.settings import Code, Day, Frozen, read_yaml, validated


def _whole(value: object) -> object:
    """Read a whole number as it is written; nothing else is one."""
    if isinstance(value, str) and value.lstrip("-").isascii() and value.lstrip("-").isdigit():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("is not a whole number")


Whole = Annotated[int, BeforeValidator(_whole)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=0)]
Rate = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=WHOLE)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Source(Frozen):
    """What was replayed: a name, the first and last value date, how many receipts, and a digest over tables and truth."""

    name: str
    first: Day
    last: Day
    receipts: Count
    digest: Digest


class Believed(Frozen):
    """One line of the reliability table: what was said on average, what was so (ten-thousandths of a percent point), how many."""

    predicted: Rate
    observed: Rate
    candidates: Count


class Tried(Frozen):
    """How often something was tried and wrong, and the upper bound of its error (ten-thousandths of a percent point)."""

    tried: Count
    wrong: Count
    at_most: Rate


class Value(Frozen):
    """The same by value: minor units of the ledger currency; `wrong` is the whole of every wrong receipt, `largest` the largest."""

    currency: Code
    tried: Count
    wrong: Count
    largest: Count
    at_most: Rate


class Record(Frozen):
    """What a strategy did in the replay where only its form made it wait for a person: by receipt, by line, by value."""

    receipts: Tried
    lines: Tried
    value: Value


class Evidence(Frozen):
    """Weights of evidence in thousandths of a natural logarithm: the start, and each level of each fact."""

    start: Whole
    facts: Mapping[str, Mapping[str, Whole]]

    @model_validator(mode="after")
    def _known(self) -> Evidence:
        unknown = sorted(
            f"{fact} {level!r}" for fact, levels in self.facts.items() for level in levels if level not in LEVELS.get(fact, ())
        )
        if unknown:
            raise ValueError(f"this version knows no fact {unknown[0]}; run `arwork backtest` again with it")
        return self

    def weights(self) -> Weights:
        """Return the weights as evidence uses them."""
        return Weights(self.start, {(fact, level): weight for fact, levels in self.facts.items() for level, weight in levels.items()})


class Learned(Frozen):
    """What was learned, from what, by whom, under which policy; `ledgers` holds each strategy's record by ledger."""

    version: Literal["1"]
    run_by: str = Field(min_length=1)
    policy: Digest
    confidence: Rate
    sources: tuple[Source, ...] = Field(min_length=1)
    evidence: Evidence
    reliability: tuple[Believed, ...]
    brier: Rate
    ledgers: Mapping[str, Mapping[str, Record]]

    @model_validator(mode="after")
    def _bounds_follow(self) -> Learned:
        for ledger, records in self.ledgers.items():
            for strategy, record in records.items():
                if (record.receipts, record.lines, record.value) != _bounded(record, self.confidence):
                    raise ValueError(f"ledgers {ledger} {strategy}: the bounds are not those of the counts; the file was changed by hand")
        return self


def record_of(
    receipts: tuple[int, int], lines: tuple[int, int], value: tuple[int, int], largest: int, currency: str, confidence: int
) -> Record:
    """Make a record from (tried, wrong) by receipt, by line and by value; `confidence` is in ten-thousandths of a percent point."""
    bare = Record(
        receipts=Tried(tried=receipts[0], wrong=receipts[1], at_most=0), lines=Tried(tried=lines[0], wrong=lines[1], at_most=0),
        value=Value(currency=currency, tried=value[0], wrong=value[1], largest=largest, at_most=0),
    )  # fmt: skip
    by_receipt, by_line, by_value = _bounded(bare, confidence)
    return Record(receipts=by_receipt, lines=by_line, value=by_value)


def _bounded(record: Record, confidence: int) -> tuple[Tried, Tried, Value]:
    receipts, lines, value = record.receipts, record.lines, record.value
    return (
        receipts.model_copy(update={"at_most": upper(receipts.tried, receipts.wrong, confidence)}),
        lines.model_copy(update={"at_most": upper(lines.tried, lines.wrong, confidence)}),
        value.model_copy(update={"at_most": upper_by_value(value.tried, value.wrong, value.largest, confidence)}),
    )


def written(learned: Learned) -> bytes:
    """Write what was learned in the one way there is: YAML, sorted names, LF, UTF-8."""
    tree = learned.model_dump(mode="json")
    return yaml.safe_dump(tree, sort_keys=True, allow_unicode=True, default_flow_style=False, width=120).encode("utf-8")


def read_learned(data: bytes, name: str) -> Learned:
    """Read a file of `arwork backtest`; InputError, with the cure, for one that it did not write just so."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=name, cure=_CURE) from None
    tree, lines = read_yaml(text, name)
    learned: Learned = validated(Learned, tree, lines, name)
    if written(learned) != data:
        raise InputError("was changed by hand: it is not written as `arwork backtest` writes it", where=name, cure=_CURE)
    return learned


def digest_of(data: bytes) -> str:
    """Return the SHA-256 by which a learned file is accepted."""
    return hashlib.sha256(data).hexdigest()


def policy_digest(policy: Policy) -> str:
    """Return the SHA-256 of what decides proposals: the policy of matching and of repeats; a record holds under no other."""
    said = policy.matching.model_dump_json() + policy.duplicates.model_dump_json()
    return hashlib.sha256(said.encode()).hexdigest()


_CURE = "Take the file as `arwork backtest` wrote it, or run it again."
