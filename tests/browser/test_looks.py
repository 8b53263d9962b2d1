"""What a person sees: pages of a pack in a browser without a network, a notebook in JupyterLab, the workbook as pictures."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Finished
from playwright.sync_api import Page, sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-quic",
]  # fmt: skip


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)
        yield browser.new_page(viewport={"width": 1440, "height": 1000})
        browser.close()


@pytest.mark.browser
def test_every_page_reads_without_a_network(demo: Finished, page: Page) -> None:
    """Pages of the pack ask for nothing outside, and show their tables and pictures."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in sorted((demo.pack / "html").glob("*.html")):
        page.goto(path.as_uri())
        assert page.locator("table").count() >= 2, path.name
        broken = page.evaluate("[...document.images].filter(i => !i.complete || i.naturalWidth === 0).length")
        assert broken == 0, path.name
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path.name} scrolls sideways by {wide}"
    assert all(url.startswith(("file:", "data:")) for url in asked)


@pytest.fixture
def lab(demo: Finished, tmp_path: Path) -> Iterator[str]:
    """JupyterLab on a free port, showing a copy of the pack."""
    shutil.copytree(demo.pack, tmp_path / "pack")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=t",
        f"--ServerApp.root_dir={tmp_path / 'pack'}",
    ]  # fmt: skip
    env = {**os.environ, "HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token=t")
        yield f"http://127.0.0.1:{port}/lab/tree/notebooks/{{}}.ipynb?token=t"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str) -> None:
    for _ in range(120):
        try:
            with urllib.request.urlopen(address):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("JupyterLab did not start")


@pytest.mark.browser
def test_an_executed_notebook_reads_in_jupyterlab(lab: str, page: Page, tmp_path: Path) -> None:
    """Untrusted, without a kernel run: tables, pictures and ties are there."""
    page.goto(lab.format("30_reconciliations"))
    page.wait_for_selector(".jp-Notebook .jp-OutputArea-output table", timeout=90_000)
    seen: Any = page.locator(".jp-Notebook").inner_text()
    assert "Reconciliations" in seen
    assert "Run this cell" not in seen
    page.screenshot(path=str(tmp_path / "lab.png"))
    assert (tmp_path / "lab.png").stat().st_size > 50_000


@pytest.mark.office
def test_the_workbook_turns_into_pages(demo: Finished, tmp_path: Path) -> None:
    """LibreOffice opens the workbook, and no cell shows an error or a row of hashes."""
    convert = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*convert, str(demo.pack / "pack.xlsx")], check=True, capture_output=True, timeout=300)
    text = subprocess.run(["pdftotext", "-layout", str(tmp_path / "pack.pdf"), "-"], check=True, capture_output=True, text=True).stdout
    assert demo.pack.name in text
    for wrong in ("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "Err:", "###"):
        assert wrong not in text, wrong
