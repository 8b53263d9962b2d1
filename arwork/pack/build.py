"""Build a pack: a staging folder beside its final place, one rename to publish it, nothing ever overwritten."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import nbformat

from arwork.errors import IntegrityError, StoppedError
from arwork.journal.durable import flush, sweep
from arwork.journal.lock import held
from arwork.pack import verify_alone
from arwork.pack.digest import write_once
from arwork.pack.html import export
from arwork.pack.manifest import ALONE, MANIFEST, SUMS, files_in, manifest_text, read_manifest, sums_text
from arwork.pack.seal_key import SIGNATURE, sign_manifest


@contextmanager
def staging(final: Path) -> Iterator[Path]:
    """Give the staging folder of a run, held by this process alone; it stays for a resume when the run stops.

    Raises StoppedError when another process holds it, or has just sealed it.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    folder = final.parent / f".staging-{final.name}"
    with _alone(final):
        if final.exists():
            raise StoppedError(
                f"run {final.name} was sealed by another process meanwhile", cure="Run the command again: it finds the pack."
            )
        folder.mkdir(exist_ok=True)
        yield folder


@contextmanager
def _alone(final: Path) -> Iterator[None]:
    """Hold the lock of a run; its file goes when nothing is left to resume: published, or refused."""
    lock = final.parent / f".staging-{final.name}.lock"
    with held(lock, f"run {final.name} is being built"):
        try:
            yield
        finally:
            if not (final.parent / f".staging-{final.name}").exists():
                lock.unlink(missing_ok=True)


def drop(folder: Path) -> None:
    """Remove a staging folder whose input was refused, so that nothing half-written remains."""
    shutil.rmtree(folder, ignore_errors=True)


def html_pages(folder: Path, heading: str) -> None:
    """Write the offline HTML of every executed notebook into `html/`; `heading` names the close and its month."""
    for path in sorted((folder / "notebooks").glob("*.ipynb")):
        page = export(nbformat.read(path, as_version=4), f"{heading}: {path.stem}")
        target = folder / "html" / f"{path.stem}.html"
        target.unlink(missing_ok=True)
        write_once(target, page.encode("utf-8"))


def seal(folder: Path, facts: Mapping[str, Any], key: Path | None = None) -> None:
    """Write the manifest and the checksum list over everything in the folder, sign the manifest with a key, and flush all of it to the disk."""
    if (folder / ".working").exists():
        shutil.rmtree(folder / ".working")
    for name in (MANIFEST, SUMS, ALONE, SIGNATURE):
        (folder / name).unlink(missing_ok=True)
    write_once(folder / ALONE, Path(verify_alone.__file__).read_bytes())
    sweep(folder)  # a draft whose removal was refused is not to be sealed
    write_once(folder / MANIFEST, manifest_text(folder, facts).encode("utf-8"))
    write_once(folder / SUMS, sums_text(folder, read_manifest(folder)["files"]).encode("utf-8"))
    if key:
        sign_manifest(folder, key)
    sweep(folder)  # nor to stand beside what is
    for path in files_in(folder):
        flush(path)
        path.chmod(0o444)
    for path in [folder, *(p for p in folder.rglob("*") if p.is_dir())]:
        flush(path)


def publish(folder: Path, final: Path) -> None:
    """Give the staging folder its final name in one step; IntegrityError when something is there already."""
    try:
        folder.rename(final)  # never replaces a folder that holds anything: the system refuses it
    except OSError:
        if final.exists():
            raise IntegrityError(
                f"{final} holds other content under the same name", cure="Move it away and look at it before closing again."
            ) from None
        raise StoppedError(f"{final} could not be written", cure="Check the disk, then run the same command again.") from None
    flush_names(final)


def flush_names(final: Path) -> None:
    """Flush the name of a pack, and the folders that were made for it, to the disk: before that a power cut may take it back."""
    for folder in (final.parent, final.parent.parent, final.parent.parent.parent):
        flush(folder)


def settle(final: Path) -> None:
    """Finish what a run that was killed after its rename left undone: the flush, and its lock file when nobody holds it."""
    flush_names(final)
    if (final.parent / f".staging-{final.name}.lock").exists():
        with suppress(StoppedError, OSError), _alone(final):  # held by a run that is just ending, or an archive that may only be read
            pass
