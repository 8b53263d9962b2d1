"""A file as received: plain files only, whole, with their digest."""

import hashlib
import os

import pytest

from arwork.errors import InputError
from arwork.intake.received import take
from arwork.intake.shipped import shipped


def test_a_file_is_taken_whole_with_its_digest(tmp_path):
    path = tmp_path / "items.csv"
    path.write_bytes(b"\xef\xbb\xbfdoc_no\r\n1\r\n")
    received = take(path)
    assert (received.name, received.data) == ("items.csv", b"\xef\xbb\xbfdoc_no\r\n1\r\n")
    assert received.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(("kind", "what"), [
    ("missing", "there is no such file"), ("folder", "is a folder"), ("link", "is a link"), ("empty", "is empty"),
    ("pipe", "is no plain file"),
])  # fmt: skip
def test_anything_but_a_filled_plain_file_is_refused_with_place_and_cure(tmp_path, kind, what):
    path = tmp_path / "items.csv"
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        (tmp_path / "other.csv").write_text("secret")
        path.symlink_to(tmp_path / "other.csv")
    elif kind == "empty":
        path.touch()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(InputError) as refused:
        take(path)
    assert what in str(refused.value)
    assert str(path if kind == "missing" else path.name) in str(refused.value)
    assert refused.value.cure


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "items.csv"
    path.write_bytes(b"123456")
    monkeypatch.setattr("arwork.intake.received.LARGEST_FILE", 5)
    with pytest.raises(InputError, match="the limit is 2 GiB"):
        take(path)


def test_what_ships_with_arwork_is_found_and_what_does_not_is_named():
    assert shipped("params", "policy.yaml").is_file()
    assert (shipped("params", "layouts") / "sap_fbl5n.yaml").is_file()
    with pytest.raises(InputError, match=r"params/nothing\.yaml is missing from this installation"):
        shipped("params", "nothing.yaml")
