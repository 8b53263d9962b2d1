"""Records that a month makes by the million: frozen for the type checker, without the guard at run time that makes each one dear."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def lean(cls: type[T]) -> type[T]:
    """Make a record of a class: compared and hashed by its fields like a frozen dataclass, made at a tenth of its price."""
    return dataclass(unsafe_hash=True)(cls)
