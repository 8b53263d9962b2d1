"""The desk as a person works it: JupyterLab in a browser, keys only, and the journal as the witness."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from conftest import Finished
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from arwork.decide import Person
from arwork.desk.launch import Lab, lab, notebook_of
from arwork.journal.events import Event
from arwork.journal.store import open_store

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-quic",
]  # fmt: skip
HERE = Path(__file__).resolve().parent
pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Place:
    """A closed demo, JupyterLab on it, and where pictures go."""

    folder: Path
    lab: Lab
    pictures: Path

    @property
    def params(self) -> Path:
        return self.folder / "params" / "demo.yaml"

    @property
    def outputs(self) -> Path:
        return self.folder / "outputs"

    def table(self, name: str) -> pd.DataFrame:
        """A table of the one run."""
        (pack,) = self.outputs.glob("demo/*/*/data")
        return pd.read_parquet(pack / f"{name}.parquet")

    def journal(self) -> list[Event]:
        events = []
        for path in (self.folder / "params").glob("*.sqlite"):
            with closing(open_store(path.name, base=path.parent)) as store:
                events += store.events()
        return events

    def desk_of(self, person: str) -> str:
        return self.lab.show(notebook_of(self.params, self.outputs, Person(person, "test"), person))

    def cell(self, name: str, source: str) -> str:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        path = self.outputs / "demo" / "desk" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, path)
        return self.lab.show(path)

    def world(self, name: str, *more: object) -> str:
        given = ", ".join(map(repr, (str(self.params), str(self.outputs), *more)))
        return self.cell(name, f"import sys; sys.path.insert(0, {str(HERE)!r})\nimport desk_worlds\ndesk_worlds.{name}({given})")


@pytest.fixture(scope="module")
def place(demo: Finished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("desk") / "closed"
    shutil.copytree(demo.folder, folder, ignore=shutil.ignore_patterns("notebooks", "html"))
    home = tmp_path_factory.mktemp("home")
    kept = {name: os.environ.get(name) for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    os.environ.update({name: str(home) for name in kept})
    try:
        with lab(folder / "outputs" / "demo") as there:
            yield Place(folder, there, tmp_path_factory.mktemp("pictures"))
    finally:
        for name, value in kept.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)  # a busy machine answers late; what must be quick is timed by itself
    with sync_playwright() as player:
        found = player.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport={"width": 1440, "height": 900})


@pytest.fixture
def open_page(browser: Browser, context: BrowserContext) -> Iterator[Callable[..., Page]]:
    """Open addresses, apart from others where asked; what a page throws or asks of another host fails the test."""
    faults: list[str] = []
    pages: list[Page] = []

    def opened(address: str, wait: bool = True, apart: bool = False) -> Page:
        page = (browser.new_context(viewport={"width": 1440, "height": 900}) if apart else context).new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda ask: None if ask.url.startswith(("http://127.0.0.1", "data:", "blob:")) else faults.append(ask.url))
        pages.append(page)
        page.goto(address, wait_until="commit")
        if wait:
            page.wait_for_selector(".ard[data-ready]", timeout=90_000)
        return page

    yield opened
    for page in pages:
        page.close()
    assert not faults


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def find(page: Page, receipt: str) -> None:
    """Bring one receipt under the cursor, by search."""
    page.locator(".ard-scroll").focus()
    press(page, "/")
    page.keyboard.type(receipt)
    press(page, "Enter")
    expect(page.locator(".ard-cursor .ard-c-receipt_id")).to_have_text(receipt)
    expect(page.locator(".ard-detail .ard-facts").first).to_be_visible()
    expect(page.locator(".ard-detail")).to_contain_text(receipt)


def decide(page: Page, key: str, reason: str) -> None:
    press(page, key)
    expect(page.locator(".ard-reason")).to_be_focused()
    page.keyboard.type(reason)
    press(page, "Control+Enter")


def receipt_in(page: Page, queue: str) -> str:
    """Go to a queue by its name, and return the receipt on top."""
    page.locator(".ard-queue", has_text=queue).first.click()
    expect(page.locator(".ard-cursor .ard-c-queue")).to_have_text(queue.lower())
    return page.locator(".ard-cursor .ard-c-receipt_id").inner_text()


def cell(page: Page, name: str) -> Any:
    return page.locator(f".ard-cursor .ard-c-{name}")


def test_a_morning_at_the_desk_by_keyboard(place: Place, open_page: Callable[..., Page]) -> None:
    """Open, filter, sort, accept, refuse without a reason, undo, hold, note, choose several; every step stands in the journal, and after a reload too."""
    page = open_page(place.desk_of("anna"))
    expect(page.locator(".ard-who")).to_contain_text("anna")
    known = set(place.table("receipts")["receipt_id"])
    waiting = len((known & set(place.table("owed")["key"])) | set(place.table("breaks")["receipt_id"]))
    expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", str(waiting + 1))  # and the line of heads
    page.screenshot(path=place.pictures / "open.png")

    press(page, "f", "Tab", "Tab")
    page.keyboard.type("1000..5000")
    expect(page.locator(".ard-shown")).not_to_have_text(f"{waiting} shown")
    amounts = [float(text.replace(",", "")) for text in page.locator(".ard-layer .ard-c-amount:visible").all_inner_texts() if text]
    assert amounts
    assert all(1000 <= amount <= 5000 for amount in amounts)
    page.get_by_role("button", name="Amount").click()
    amounts = [float(text.replace(",", "")) for text in page.locator(".ard-layer .ard-c-amount:visible").all_inner_texts() if text]
    assert amounts == sorted(amounts)
    page.get_by_role("button", name="clear filters").click()

    first = receipt_in(page, "Confirm")
    press(page, "a")
    press(page, "Control+Enter")
    expect(page.locator(".ard-trouble")).to_contain_text("needs a reason")
    assert place.journal() == []
    press(page, "Escape")
    decide(page, "a", "advice by phone")
    expect(page.locator(".ard-status")).to_contain_text("recorded as decision 1")
    [event] = place.journal()
    assert (event.action, event.body["receipt"], event.by, event.reason) == ("ALLOCATE", first, "anna", "advice by phone")
    page.screenshot(path=place.pictures / "decided.png")

    page.locator(".ard-queue", has_text="all receipts").click()
    find(page, first)
    expect(cell(page, "state")).to_contain_text("allocated")
    decide(page, "u", "wrong customer")
    expect(page.locator(".ard-status")).to_contain_text("recorded as decision 2")
    expect(cell(page, "state")).to_contain_text("suggested")
    decide(page, "h", "waits for the customer")
    expect(page.locator(".ard-status")).to_contain_text("recorded as decision 3")  # until then the keys go to the reason
    expect(cell(page, "state")).to_contain_text("held")
    decide(page, "n", "called, nobody there")
    expect(page.locator(".ard-status")).to_contain_text("recorded as decision 4")
    assert [(e.action, e.body.get("undoes")) for e in place.journal()] == [("ALLOCATE", None), ("UNDO", 1), ("HOLD", None), ("NOTE", None)]

    page.get_by_role("button", name="clear filters").click()
    receipt_in(page, "Unidentified")
    press(page, "Shift+ArrowDown", "Shift+ArrowDown", "r")
    expect(page.locator(".ard-ask-head")).to_contain_text("Reject 3 receipts")
    press(page, "Alt+1", "Control+Enter")
    expect(page.locator(".ard-status")).to_contain_text("decisions 5 to 7")
    events = place.journal()
    assert [e.action for e in events[4:]] == ["REJECT"] * 3
    assert {e.reason for e in events[4:]} == {"called, nobody there"}
    assert len({e.body["receipt"] for e in events[4:]}) == 3

    page.reload()
    page.wait_for_selector(".ard[data-ready]", timeout=90_000)
    page.locator(".ard-queue", has_text="all receipts").click()
    find(page, first)
    expect(cell(page, "state")).to_contain_text("held")
    press(page, "Escape", "?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Ctrl+Enter")
    press(page, "Escape")


def with_terms(place: Place) -> tuple[str, str, int, int]:
    """A receipt in euro on which nothing was found, an item of its customer that it may pay less an earned discount, its amount and discount."""
    receipts, items = place.table("receipts"), place.table("open_items")
    free = items.loc[
        (items["open_amount_doc"] > 0) & (items["dispute_id"] == "") & ~items["item_id"].isin(place.table("allocations")["item_id"])
    ]
    given = free.loc[(free["disc1_pct"] > 0) & (free["open_amount_doc"] < 200_000)]
    own = receipts.loc[(receipts["status"] == "UNAPPLIED") & (receipts["amount"] > 400_000) & (receipts["currency"] == "EUR")]
    keys = ["ledger_id", "company_code", "customer_id", "currency"]
    fits = own.merge(given, on=keys).loc[lambda t: t["disc1_date"] >= t["value_date"]]
    three = free.groupby(keys).size().loc[lambda n: n >= 3].reset_index()[keys]
    row = fits.merge(three, on=keys).sort_values(["receipt_id", "reference"]).iloc[0]
    amount = int(row["open_amount_doc"])
    return row["receipt_id"], row["reference"], amount, (amount * int(row["disc1_pct"]) + 500_000) // 1_000_000


def test_a_split_over_three_items(place: Place, open_page: Callable[..., Page]) -> None:
    """Typed in the ledger's way, with an earned discount, a deduction and its code, the rest by `=`; the difference must be zero."""
    before = len(place.journal())
    receipt, named, amount, discount = with_terms(place)
    page = open_page(place.desk_of("carla"))
    page.locator(".ard-queue", has_text="all receipts").click()
    find(page, receipt)
    press(page, "s")
    expect(page.locator(".ard-split")).to_be_visible()
    boxes = page.locator(".ard-split-table tbody tr")
    boxes.first.wait_for()
    assert boxes.count() >= 3
    for row in range(boxes.count()):  # take out what is proposed; a code that stays takes nothing off
        for box in boxes.nth(row).locator("input").all():
            box.fill("")
    page.get_by_label("Leave on account").fill("")
    expect(page.locator(".ard-problems")).not_to_contain_text("gets nothing")
    for box in boxes.locator("select").all():
        box.select_option("")
    ours = boxes.filter(has_text=named)
    others = boxes.filter(has_not_text=named)
    gap = page.locator(".ard-gap")
    ours.locator("input").nth(0).fill(typed(amount - discount))
    ours.locator("input").nth(1).fill(typed(discount + 1))
    expect(page.locator(".ard-problems")).to_contain_text("0.01 too much is taken off")
    ours.locator("input").nth(1).fill(typed(discount))
    others.nth(0).locator("input").nth(0).fill("200")
    others.nth(0).locator("input").nth(2).fill("10,00")
    expect(page.locator(".ard-problems")).to_contain_text("needs a code")
    press(page, "Control+Enter")
    expect(page.locator(".ard-trouble")).to_contain_text("still to be spread")
    others.nth(0).locator("select").nth(0).select_option("PR")
    others.nth(1).locator("input").nth(0).fill("300,00")
    left = int(place.table("receipts").set_index("receipt_id").at[receipt, "amount"]) - amount + discount - 50_000
    expect(gap).to_have_text(f"{left / 100:,.2f} EUR still to spread")
    page.get_by_label("Leave on account").focus()
    press(page, "=")
    expect(gap).to_have_text("✓ 0.00 EUR left to spread")
    page.screenshot(path=place.pictures / "split.png")
    press(page, "Control+Enter")
    expect(page.locator(".ard-reason")).to_be_focused()
    page.keyboard.type("customer's mail of today")
    press(page, "Control+Enter")
    expect(page.locator(".ard-status")).to_contain_text("recorded as decision")
    [event] = place.journal()[before:]
    items = {(item["amount"], item["discount"], item.get("deduction", 0), item.get("deduction_code", "")) for item in event.body["items"]}
    assert items == {(amount - discount, discount, 0, ""), (20_000, 0, 1000, "PR"), (30_000, 0, 0, "")}
    assert event.body["on_account"] == left


def typed(minor: int) -> str:
    """Write an amount as a German types it."""
    return f"{minor // 100},{minor % 100:02d}"


def test_two_desks_see_each_other(place: Place, open_page: Callable[..., Page]) -> None:
    """What one decides the other sees by itself; who decides on what is decided since is told by whom, and nothing is written."""
    one, other = open_page(place.desk_of("anna"), wait=False), open_page(place.desk_of("bela"), apart=True)
    one.wait_for_selector(".ard[data-ready]", timeout=90_000)
    receipt = receipt_in(one, "Unapplied")
    for page in (one, other):
        page.locator(".ard-queue", has_text="all receipts").click()
        find(page, receipt)
    press(other, "h")
    expect(other.locator(".ard-reason")).to_be_focused()
    other.keyboard.type("I ask sales")
    before = len(place.journal())
    decide(one, "r", "not ours")
    expect(one.locator(".ard-status")).to_contain_text("recorded")
    expect(cell(other, "state")).to_contain_text("rejected", timeout=5000)
    press(other, "Control+Enter")
    expect(other.locator(".ard-trouble")).to_contain_text("anna decided on")
    assert [event.action for event in place.journal()[before:]] == ["REJECT"]
    other.screenshot(path=place.pictures / "conflict.png")


def test_a_killed_kernel_leaves_what_was_acknowledged(place: Place, open_page: Callable[..., Page]) -> None:
    """The kernel dies under a decision: the page never said it was recorded, the journal does not hold it and is whole; run again, all is there."""
    address = place.desk_of("dora")
    page = open_page(address)
    page.locator(".ard-queue", has_text="Unidentified").click()
    decide(page, "h", "first, before the kernel dies")
    expect(page.locator(".ard-status")).to_contain_text("recorded as decision")
    before = place.journal()
    session = next(one for one in place.lab.ask("/api/sessions") if "dora" in one["path"])
    pid = kernel_pid(place.lab, session["kernel"]["id"])
    os.kill(pid, signal.SIGSTOP)
    press(page, "j")
    decide(page, "h", "second, never heard")
    time.sleep(0.5)
    os.kill(pid, signal.SIGKILL)
    expect(page.locator(".ard-trouble")).to_contain_text("does not answer", timeout=15_000)
    assert "recorded" not in page.locator(".ard-status").inner_text()
    assert place.journal() == before
    again = open_page(place.desk_of("dora"))
    again.locator(".ard-queue", has_text="On hold").click()
    assert before[-1].body["receipt"] in again.locator(".ard-layer .ard-c-receipt_id:visible").all_inner_texts()


def kernel_pid(there: Lab, kernel: str) -> int:
    """Find the process of a kernel by its connection file."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(there.runtime / f"kernel-{kernel}.json").encode() in words and b"ipykernel" in words:
                return int(entry.name)
    raise AssertionError("no such kernel")


def test_outside_text_stays_text(place: Place, open_page: Callable[..., Page]) -> None:
    """Names, texts and references that try to be code, markup or invisible are shown as what they are."""
    page = open_page(place.world("hostile"))
    page.locator(".ard-queue", has_text="all receipts").click()
    for _ in range(24):
        page.locator(".ard-scroll").focus()
        press(page, "ArrowDown")
        time.sleep(0.1)
    press(page, "s")
    expect(page.locator(".ard-split")).to_be_visible()
    press(page, "Escape")
    find_word(page, "zero width")
    expect(page.locator(".ard-detail")).to_contain_text("⟨U+202E⟩")
    shown = page.locator(".ard").inner_text()
    assert "⟨U+200B⟩" in shown
    assert "\u202e" not in shown
    assert page.title() != "HIT"
    assert page.locator(".ard :is(img, script, svg, a, iframe, style, b)").count() == 0
    find_word(page, "onerror")
    expect(page.locator(".ard-cursor .ard-c-payer")).to_contain_text("<img src=x onerror=")
    page.screenshot(path=place.pictures / "hostile.png")


def find_word(page: Page, word: str) -> None:
    """Filter the payers by a word."""
    page.get_by_label("Filter Payer").fill(word)
    page.locator(".ard-scroll").focus()
    press(page, "Home")
    expect(page.locator(".ard-cursor .ard-c-payer")).to_contain_text(word)
    expect(page.locator(".ard-detail")).to_contain_text(page.locator(".ard-cursor .ard-c-receipt_id").inner_text())


def test_an_auditor_looks_and_is_told_why(place: Place, open_page: Callable[..., Page]) -> None:
    before = place.journal()
    page = open_page(place.world("auditor"))
    expect(page.locator(".ard-cannot")).to_contain_text("auditor")
    for key in "arhsnu":
        press(page, key)
        expect(page.locator(".ard-trouble")).to_contain_text("auditor")
        assert page.locator(".ard-reason").count() == 0
        press(page, "Escape")
    assert place.journal() == before


def test_a_hundred_thousand_receipts(place: Place, open_page: Callable[..., Page]) -> None:
    """First paint within two seconds of the data, no blank row while it scrolls, sorting, filtering and searching at once."""
    page = open_page(place.world("many", 100_000))
    page.locator(".ard-queue", has_text="all receipts").click()
    expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", "100001")
    took = page.evaluate("Number(document.querySelector('.ard').dataset.painted)")
    assert took < 2000, f"{took} ms from the data to the first paint"
    blank = page.evaluate("""async () => {
        const box = document.querySelector('.ard-scroll');
        let blank = 0;
        for (let step = 0; step < 120; step++) {
            box.scrollTop = (step * 7919 * 24) % (box.scrollHeight - box.clientHeight);
            await new Promise(requestAnimationFrame);
            const layer = document.querySelector('.ard-layer').getBoundingClientRect(), frame = box.getBoundingClientRect();
            if (layer.top > frame.top + 60 || layer.bottom < frame.bottom - 60) blank++;
            for (const line of box.querySelectorAll('.ard-layer .ard-row:not([hidden])'))
                if (!line.querySelector('.ard-c-receipt_id').textContent || line.style.visibility === 'hidden') blank++;
        }
        return blank;
    }""")
    assert blank == 0
    page.locator(".ard-scroll").focus()
    press(page, "End")
    expect(page.locator(".ard-cursor")).to_have_attribute("aria-rowindex", "100001")
    for name in ("Payer", "Amount"):
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_role("columnheader", name=name)).to_have_attribute("aria-sort", "ascending")
    press(page, "Home", "/")
    page.keyboard.type("ostwindpark 2,000")
    expect(page.locator(".ard-shown")).not_to_have_text("100,000 shown")
    page.screenshot(path=place.pictures / "many.png")


def test_the_command_opens_on_loopback_behind_a_token(place: Place) -> None:
    """`arwork desk` prints an address that answers with its token only, on this machine only, and ends cleanly when it is told to."""
    command = [sys.executable, "-m", "arwork.cli", "desk", "params/demo.yaml", "--as", "ewa", "--no-browser"]
    desk = subprocess.Popen(command, cwd=place.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert desk.stdout is not None
    try:
        address = desk.stdout.readline().removeprefix("desk: ").strip()
        assert address.startswith("http://127.0.0.1:")
        base, token = address.split("/doc/")[0], address.split("token=")[1]
        assert len(token) >= 48
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{base}/api/contents")
        with urllib.request.urlopen(f"{base}/api/contents?token={token}") as answer:
            names = {entry["name"] for entry in json.loads(answer.read())["content"]}
        assert "desk" in names
        assert "params" not in names
        assert listening(int(base.rsplit(":", 1)[1])) == {"127.0.0.1"}
    finally:
        desk.terminate()
        assert desk.wait(timeout=60) == 0
        desk.stdout.close()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{base}/api")


def listening(port: int) -> set[str]:
    """The addresses of this machine on which a port listens."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            where, state = line.split()[1], line.split()[3]
            if state == "0A" and int(where.split(":")[1], 16) == port:
                found.add(socket.inet_ntoa(bytes.fromhex(where.split(":")[0])[::-1]) if table == "tcp" else "::")
    return found


def test_nothing_closed_is_said_at_once(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "arwork.cli", "desk", "params/none.yaml"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "no such params file" in done.stderr
