"""The inputs that fuzzing kept, replayed: each is read whole or refused, and nothing else happens.

A hundred of each kind, evenly spread; `ARWORK_CORPUS=all` (`make proof`) replays every one.
"""

from __future__ import annotations

import os
import zipfile

import pytest
from fuzz.targets import CORPUS, TARGETS, seeds


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_every_kept_input_is_read_or_refused(name: str) -> None:
    path = CORPUS / f"{name}.zip"
    inputs = seeds(name)
    if path.exists():
        with zipfile.ZipFile(path) as archive:
            kept = archive.infolist()
            step = 1 if os.environ.get("ARWORK_CORPUS") else -(-len(kept) // 100)
            inputs += [archive.read(info) for info in kept[::step]]
    assert inputs
    for data in inputs:
        TARGETS[name](data)
