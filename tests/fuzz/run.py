"""Fuzz one reader, guided by coverage, and keep what it found: `python tests/fuzz/run.py TARGET [SECONDS]`.

Needs atheris (`pip install atheris`), which the other tests do without: they replay the kept corpus. A crash ends the run
and leaves its bytes in the work folder. At the end the corpus is reduced to what adds coverage and kept as one zip.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["arwork.intake"]):
    from targets import CORPUS, TARGETS, seeds

_DAY = (2026, 1, 1, 0, 0, 0)


def kept(name: str) -> list[bytes]:
    """The corpus of earlier runs."""
    path = CORPUS / f"{name}.zip"
    if not path.exists():
        return []
    with zipfile.ZipFile(path) as archive:
        return [archive.read(info) for info in archive.infolist()]


def keep(name: str, folder: Path) -> int:
    """Write the corpus as one zip, the same bytes for the same content."""
    CORPUS.mkdir(exist_ok=True)
    files = sorted(path.read_bytes() for path in folder.iterdir())
    with zipfile.ZipFile(CORPUS / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(files):
            archive.writestr(zipfile.ZipInfo(f"{number:05d}", _DAY), data, zipfile.ZIP_DEFLATED)
    return len(files)


def main() -> int:
    """Run in two processes: one fuzzes, the other reduces the corpus; both are this file, started again with `--inner`."""
    name = sys.argv[1]
    if sys.argv[2:3] == ["--inner"]:
        # The reducer starts its own argv[0] as a shell command for each part of the work.
        atheris.Setup([f"{sys.executable} {__file__} {name} --inner", *sys.argv[3:]], TARGETS[name])
        atheris.Fuzz()
        return 0
    seconds = sys.argv[2] if len(sys.argv) > 2 else "600"
    work = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    grown, small = work / "grown", work / "small"
    for folder in (grown, small):
        folder.mkdir()
    for number, data in enumerate([*seeds(name), *kept(name)]):
        (grown / f"seed-{number}").write_bytes(data)
    limits = ["-timeout=60", "-rss_limit_mb=3000", "-max_len=8192", "-print_final_stats=1", f"-artifact_prefix={work}/"]
    fuzzed = _again(name, [*limits, f"-max_total_time={seconds}", str(grown)])
    if fuzzed:
        print(f"{name}: stopped with {fuzzed}; look into {work}")
        return fuzzed
    merged = _again(name, [*limits, "-merge=1", str(small), str(grown)])
    print(f"{name}: {keep(name, small)} inputs kept")
    return merged


def _again(name: str, arguments: list[str]) -> int:
    return subprocess.run([sys.executable, __file__, name, "--inner", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
