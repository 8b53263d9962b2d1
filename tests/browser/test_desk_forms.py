"""The forms of the desk in a real browser, without a notebook: the page talks to a session in this process, and keys do the rest."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import desks
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from arwork.desk.grid import page_script
from arwork.desk.open import Desk
from arwork.desk.session import begin, hear

pytestmark = pytest.mark.browser
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
START = """async ([code, css]) => {
  const style = document.createElement("style"); style.textContent = css; document.head.append(style);
  const desk = (await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })))).default;
  let listen = () => {};
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const model = {
    on: (_, heard) => { listen = heard; }, off() {},
    send: async (content) => { for (const [told, buffers] of await window.hear(content)) listen(told, buffers.map(bytes)); },
  };
  const el = document.createElement("div"); document.body.append(el);
  desk.render({ model, el });
}"""


@pytest.fixture
def desk(desk_month: Path, tmp_path: Path) -> Desk:
    return desks.desk_of(desks.copied(desk_month, tmp_path / "m"))


@pytest.fixture
def open_page() -> Iterator[Callable[[Desk], Page]]:
    """Show desks in a browser; what a page throws fails the test."""
    faults: list[str] = []
    css = (Path(__file__).resolve().parents[2] / "arwork" / "desk" / "page" / "desk.css").read_text(encoding="utf-8")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)

        def opened(desk: Desk) -> Page:
            session = begin(desk)

            def answer(said: dict[str, Any]) -> list[Any]:
                return [[told, [base64.b64encode(buffer).decode() for buffer in buffers]] for told, buffers in hear(session, said)]

            shown = browser.new_page(viewport={"width": 1440, "height": 900})
            shown.on("pageerror", lambda fault: faults.append(str(fault)))
            shown.expose_function("hear", answer)
            shown.set_content("<!doctype html><title>desk</title>")
            shown.evaluate(START, [page_script(), css])
            return shown

        yield opened
        assert faults == []
        browser.close()


@pytest.fixture
def page(desk: Desk, open_page: Callable[[Desk], Page]) -> Page:
    return open_page(desk)


def test_a_contact_and_a_promise_by_keyboard_stand_in_the_panel(page: Page, desk: Desk, tmp_path: Path) -> None:
    expect(page.locator(".ard-layer .ard-row").first).to_be_visible(timeout=60_000)
    page.keyboard.press("/")
    page.keyboard.type("INV-2026-0002")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Record")).to_be_visible(timeout=30_000)
    page.keyboard.press("c")
    form = page.get_by_role("group", name="Contact")
    expect(form.get_by_label("Customer")).to_have_value("C1")
    form.get_by_label("Spoke to").fill("<b>Frau Alpha</b>")
    reason = page.get_by_label("Reason (needed)")
    reason.fill("will look into it")
    page.keyboard.press("Enter")
    expect(page.locator(".ard-status")).to_contain_text("Contact: recorded as decision 1", timeout=30_000)
    expect(page.get_by_role("region", name="Contacts").get_by_text("will look into it")).to_be_visible(timeout=30_000)
    page.keyboard.press("p")
    day = (datetime.now(UTC).astimezone().date() + timedelta(90)).isoformat()
    page.get_by_role("group", name="Promise").get_by_label("Amount@day").fill(f"50,00@{day}")
    reason.fill("on the phone")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ard-trouble")).to_contain_text("30 are allowed (CO-30)", timeout=30_000)
    page.screenshot(path=tmp_path / "refused.png")
    near = (datetime.now(UTC).astimezone().date() + timedelta(5)).isoformat()
    page.get_by_role("group", name="Promise").get_by_label("Amount@day").fill(f"50,00@{near}")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name="Promises").get_by_text("P-2")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Withdraw a promise (w)")).to_be_visible()
    page.screenshot(path=tmp_path / "panel.png")
    assert [(event.action, event.reason) for event in desk.journal.events()] == [
        ("CONTACT", "will look into it"),
        ("PROMISE", "on the phone"),
    ]
    page.keyboard.press("d")
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Dispute")).to_have_count(0)
    page.keyboard.press("z")  # the newest record is chosen
    expect(page.get_by_role("group", name="Undo a record").get_by_label("What")).to_have_value("2")
    page.get_by_label("Reason (needed)").fill("another customer")
    page.keyboard.press("Enter")
    expect(page.locator(".ard-status")).to_contain_text("Undo: recorded as decision 3", timeout=30_000)
    expect(page.get_by_role("region", name="Promises")).to_have_count(0)
    page.get_by_role("region", name="Recorded").get_by_role("button", name="undo 1").click()
    page.get_by_label("Reason (needed)").fill("it was a colleague")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Contacts")).to_have_count(0, timeout=30_000)
    expect(page.get_by_role("button", name="bring back 2")).to_be_visible()
    page.screenshot(path=tmp_path / "undone.png")
    assert [event.body["undoes"] for event in desk.journal.events()[2:]] == [2, 1]


def test_a_write_off_is_proposed_and_approved_by_another_by_keyboard(desk: Desk, open_page: Callable[[Desk], Page], tmp_path: Path) -> None:
    """One proposes and may not approve; the other finds it under its queue, looks at the facts, approves; both lists are empty then."""
    for person, roles in (("ann", ["preparer"]), ("bo", ["approver", "reviewer"])):
        desks.record(desk, "PEOPLE", {"step": "add", "person": person, "roles": roles})
    ann, bo = (open_page(desks.desk_of(desk.params_file, person)) for person in (desks.ANN, desks.BO))
    expect(ann.locator(".ard-layer .ard-row").first).to_be_visible(timeout=60_000)
    ann.keyboard.press("/")
    ann.keyboard.type("INV-2026-0002")
    ann.keyboard.press("Enter")
    expect(ann.get_by_role("button", name="Propose a write-off (o)")).to_be_visible(timeout=30_000)
    ann.keyboard.press("o")
    form = ann.get_by_role("group", name="Propose a write-off")
    form.get_by_label("Item").select_option(form.locator("option", has_text="INV-2026-0002").get_attribute("value"))
    form.get_by_label("Amount, blank for all").fill("5,00")
    ann.get_by_label("Reason (needed)").fill("<b>too small</b> for a letter")
    ann.keyboard.press("Enter")
    expect(ann.locator(".ard-status")).to_contain_text("It holds once another person approves it", timeout=30_000)
    ann.keyboard.press("b")
    expect(ann.get_by_role("grid", name="Proposals")).to_contain_text("somebody else: you proposed it")
    ann.keyboard.press("a")
    ann.get_by_label("Reason (needed)").fill("mine")
    ann.keyboard.press("Enter")
    expect(ann.locator(".ard-trouble")).to_contain_text("approve", timeout=30_000)
    assert len(desk.journal.events()) == 3
    ann.keyboard.press("Escape")
    expect(bo.locator(".ard-queue", has_text="for a second person").locator(".ard-count")).to_have_text("1", timeout=30_000)
    bo.keyboard.press("b")
    expect(bo.get_by_role("region", name="Write-off 3")).to_contain_text("Alpha Handel GmbH")
    expect(bo.locator(".ard-second-list")).to_contain_text("<b>too small</b> for a letter")
    bo.keyboard.press("a")
    expect(bo.locator(".ard-reason")).to_be_focused()
    bo.keyboard.type("looked at the invoice")
    bo.screenshot(path=tmp_path / "approve.png")
    bo.keyboard.press("Control+Enter")
    expect(bo.locator(".ard-status")).to_contain_text("Approve: recorded as decision 4", timeout=30_000)
    expect(bo.locator(".ard-second-head")).to_contain_text("Nothing waits")
    expect(ann.locator(".ard-second-head")).to_contain_text("Nothing waits", timeout=30_000)
    bo.keyboard.press("]")
    expect(bo.locator(".ard-scroll")).to_be_focused()
    last = desk.journal.events()[-1]
    assert (last.by, last.body["approves"], last.reason) == ("bo", 3, "looked at the invoice")
