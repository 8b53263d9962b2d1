"""The inputs that fuzzing kept, replayed: each is read whole or refused, and nothing else happens."""

from __future__ import annotations

import zipfile

import pytest
from fuzz.targets import CORPUS, TARGETS, seeds


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_every_kept_input_is_read_or_refused(name: str) -> None:
    path = CORPUS / f"{name}.zip"
    inputs = seeds(name)
    if path.exists():
        with zipfile.ZipFile(path) as archive:
            inputs += [archive.read(info) for info in archive.infolist()]
    assert inputs
    for data in inputs:
        TARGETS[name](data)
