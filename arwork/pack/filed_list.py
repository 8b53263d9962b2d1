"""The list of files that arrived during a period, as it lies beside the params and in a pack."""

from __future__ import annotations

from arwork.params import Params, Source
from arwork.settings import Code, Frozen, read_yaml, validated

FILE = "inbox.yaml"
"""Name of the list inside a pack, below `params`."""


class Filed(Frozen):
    """The list of what arrived for a close in a period; `file` of a source is relative to the params file."""

    close: Code
    period: str
    sources: tuple[Source, ...] = ()


def read_filed(text: str, name: str) -> tuple[Source, ...]:
    """Read the sources of a list; InputError names every breach."""
    tree, lines = read_yaml(text, name)
    filed: Filed = validated(Filed, tree, lines, name)
    return filed.sources


def with_filed(params: Params, text: bytes, name: str) -> Params:
    """Return params with the sources of a list behind their own; the same params for an empty list."""
    return params.model_copy(update={"sources": (*params.sources, *read_filed(text.decode("utf-8"), name))}) if text else params
