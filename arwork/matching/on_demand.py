"""Mappings whose values are made when first asked for: a day's receipts touch few of a million items."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, eq=False, repr=False)
class OnDemand(Mapping[K, V]):
    """A mapping that makes a value when it is first asked for; `make` returns None for what is not there, `every` lists the keys."""

    make: Callable[[K], V | None]
    every: Callable[[], Collection[K]]
    made: dict[K, V | None] = field(default_factory=dict)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the value of a key, or the default."""
        try:
            found = self.made[key]
        except KeyError:
            found = self.made[key] = self.make(key)
        return default if found is None else found

    def __getitem__(self, key: K) -> V:
        found: V | None = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: object) -> bool:
        return self.get(key) is not None

    def __iter__(self) -> Iterator[K]:
        return iter(self.every())

    def __len__(self) -> int:
        return len(self.every())
