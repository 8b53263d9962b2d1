"""Letters on disk: one folder a run, written once: HTML, e-mails ready to be sent by a person, PDF, the register of what it holds, and digests."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from arwork.collect.standing import OWED
from arwork.errors import InputError
from arwork.money import Units
from arwork.pack.digest import sha256, write_once
from arwork.pack.exports import defused
from arwork.pack.letters import Letter, page
from arwork.show.masks import Mask, personal

REGISTER = "letters_sent.csv"
"""The register; next month it is a source that `reads: letters_sent`, with what came of each letter added (CO-20)."""


def proposal_digest(letters: pd.DataFrame) -> str:
    """Return the digest of a proposed run: of every row of `dunning_letters`, so that an approval holds for exactly these."""
    return sha256(letters.to_csv(index=False, lineterminator="\n").encode("utf-8"))


def write_letters(
    folder: Path, letters: Sequence[Letter], css: str, printed: Iterable[tuple[Letter, bytes]], register: str, mailed: Sequence[bytes] = ()
) -> int:
    """Write letters into a new folder and return how many files it holds; InputError when the folder is there.

    Files are numbered, because what a customer is called never names a file; the register says which letter is which.
    """
    if folder.exists():
        raise InputError(
            "these letters were written before", where=folder.as_posix(), cure="Look there; delete the folder to write them again."
        )
    files: dict[str, bytes] = {REGISTER: register.encode("utf-8")}
    for number, letter in enumerate(letters, start=1):
        files[f"html/{number:05d}.html"] = page([letter], css, letter.letter_id).encode("utf-8")
    for number, data in enumerate(mailed, start=1):
        files[f"eml/{number:05d}.eml"] = data
    for number, (_, data) in enumerate(printed, start=1):
        files[f"pdf/{number:05d}.pdf"] = data
    listing = "".join(f"{sha256(data)}  {name}\n" for name, data in sorted(files.items()))
    for name, data in {**files, "SHA256SUMS": listing.encode()}.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        write_once(target, data)
    return len(files) + 1


def register_of(
    letters: Sequence[Letter],
    proposed: pd.DataFrame,
    items: pd.DataFrame,
    units: Units,
    to: Mapping[tuple[str, ...], str] = MappingProxyType({}),
    mask: Mask = personal,
) -> str:
    """Return the register as CSV: file number, the columns of table `letters_sent`, the e-mail address, masked (CO-98); formulas from outside are defused."""
    rows = {row["letter_id"]: row for row in proposed.to_dict("records")}
    listed: Mapping[object, str] = items[items["asked"] > 0].groupby(OWED)["reference"].agg(" ".join).to_dict()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            "file",
            "letter_id",
            *OWED,
            "level",
            "sent_date",
            "deadline",
            "sent_via",
            "amount",
            "items",
            "delivery",
            "reaction_code",
            "reaction_date",
            "mail_to",
        ]
    )
    for number, letter in enumerate(letters, start=1):
        row = rows[letter.letter_id]
        day = letter.letter_id[-8:]
        amount = units.text(row["amount"] + row["charge"], letter.account[3])
        sent = f"{day[:4]}-{day[4:6]}-{day[6:]}"
        texts = [letter.letter_id, *letter.account, str(row["level"]), sent, f"{row['deadline']:%Y-%m-%d}", "LETTER"]
        writer.writerow([f"{number:05d}", *map(defused, texts), amount, defused(listed.get(letter.account, "")), "SENT", "", "",
                         defused(mask(to.get(letter.account[:3], ""), "mail_to"))])  # fmt: skip
    return out.getvalue()
