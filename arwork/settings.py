"""YAML as text, and the kinds of value a settings file may hold: the common ground of policy, params and layouts.

YAML is read with every scalar as text and then typed by the schema, so that `NO` stays Norway and `0012` keeps its
zeros. Duplicate keys, aliases, tags and unknown names are refused with file, line and a suggestion.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeAlias

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from arwork.dates import iso_date
from arwork.errors import InputError, first_few, place

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


def or_none(value: object) -> object:
    """Read the word `none` as no value."""
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


class Frozen(BaseModel):
    """A block of settings: cannot be changed, knows all its names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _TextLoader(yaml.BaseLoader):
    """Reads every scalar as text; refuses what makes YAML say one thing and mean another."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases: a value must stand where it counts."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=mark)
        return super().compose_node(parent, index)


def read_yaml(text: str, name: str) -> tuple[dict[str, Tree], dict[Path, int]]:
    """Read YAML text into nested dicts, lists and texts, with the line of each value; InputError names the line."""
    try:
        node = yaml.compose(text, Loader=_TextLoader)
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


def validated(model: type[Any], tree: Mapping[str, Tree], lines: Mapping[Path, int], name: str) -> Any:
    """Check a tree against a schema and return the frozen block; InputError lists every breach with its line."""
    try:
        return model.model_validate(tree)
    except ValidationError as broken:
        problems = sorted({_problem(model, error, lines, name) for error in broken.errors()})
        raise InputError(first_few(problems), cure="Correct the file; nothing was written.") from None


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


NEVER: Mapping[str, str] = {
    "M00": "a possible second payment always goes to a person (EX-20)",
    "M04": "a number found only inside a longer one never posts by itself (step C of 2.2)",
    "M05": "an unexplained difference always goes to a person (G-10, G-11)",
    "M13": "money for another ledger always goes to a person (EX-40)",
    "M14": "a possible second payment always goes to a person (EX-20)",
    "M16": "what nothing explains always goes to a person",
    "M17": "what is only likeliest of what is left always goes to a person",
}
"""Strategies that no record can free from a person, and what that person protects."""
_MOST_ERROR, _LEAST_SURE, _WHOLE, _FEWEST = Decimal(5), Decimal(90), Decimal(100), 300


class Authority(Frozen):
    """What the record of a replay must show before a strategy that waits for a person may act alone (2.6, design 3)."""

    strategies: tuple[str, ...]
    max_error_count_pct: Percent
    max_error_value_pct: Percent
    confidence: Percent
    least_receipts: Days
    largest_receipt: Amount

    @model_validator(mode="after")
    def _protects(self) -> Authority:
        for name in ("max_error_count_pct", "max_error_value_pct"):
            if not 0 < getattr(self, name) <= _MOST_ERROR:
                raise ValueError(
                    f"{name} must lie above 0 and up to 5.00: above that one receipt in twenty may be posted wrong, and nobody looks"
                )
        if not _LEAST_SURE <= self.confidence < _WHOLE:
            raise ValueError("confidence must be from 90.00 to below 100.00: below that the upper bound of the error bounds little")
        if self.least_receipts < _FEWEST:
            raise ValueError("least_receipts must be 300 or more: fewer, even without an error, prove less than one error in a hundred")
        for strategy in self.strategies:
            if strategy in NEVER or not re.fullmatch(r"M[0-9]{2}", strategy):
                raise ValueError(f"strategies: {strategy} can never earn authority: {NEVER.get(strategy, 'there is no such strategy')}")
        return self
