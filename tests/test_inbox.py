"""What arrives in a folder: taken in by digest, never twice, nothing lost, and the close after it is the ordinary one."""

from __future__ import annotations

import os
from pathlib import Path

import desks
import pytest
import tiny

import arwork.inbox
from arwork.close import Closed
from arwork.errors import InputError, StoppedError
from arwork.inbox import close_with_inbox
from arwork.pack.filed import list_file
from arwork.pack.filed_list import read_filed
from arwork.pack.laid import read_plan
from arwork.pack.plan import make_plan
from arwork.pack.record import read_tables

STATEMENTS = tiny.STATEMENT.split(":61:")
FIRST = STATEMENTS[0] + ":61:" + STATEMENTS[1] + ":62F:C260312EUR1500,00\n"
SECOND = STATEMENTS[0].replace("3/1", "4/1").replace("C260301EUR1000,00", "C260312EUR1500,00") + ":61:" + STATEMENTS[2]
ADVICE = (
    "remittance_id,line_no,payment_ref,payer_name,doc_reference,gross_amount,net_amount,currency\n"
    "A1,1,X1,Alpha Handel GmbH,INV-2026-0001,500.00,500.00,EUR\n"
)


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny company with the first statement in its params; the close only plans, and where results count the test closes."""

    def quick(file: Path, outputs: Path, tell: object) -> Closed:
        make_plan(file, outputs)
        return None  # type: ignore[return-value]

    monkeypatch.setattr(arwork.inbox, "close", quick)
    return tiny.write(tmp_path / "books", statement=FIRST)


def arrive(params: Path, **files: str) -> Path:
    folder = params.parent.parent / "in"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def take(params: Path, folder: Path, wait: object = None) -> dict[str, tuple[str, str]]:
    taken = close_with_inbox(params, params.parent / "outputs", folder, lambda *_: None, wait or (lambda: None))  # type: ignore[arg-type]
    return {one.path.name: (one.state, one.why) for one in taken.found}


def listed(params: Path) -> list[tuple[str, str]]:
    plan = make_plan(params, params.parent / "outputs")
    path = list_file(plan.params, params)
    return [(source.file, source.reads) for source in read_filed(path.read_text(encoding="utf-8"), path.name)] if path.is_file() else []


def test_new_files_become_sources_and_leave_the_folder(params: Path) -> None:
    folder = arrive(params, next__sta=SECOND, advice__csv=ADVICE)
    assert {name: state for name, (state, _) in take(params, folder).items()} == {"next.sta": "new", "advice.csv": "new"}
    assert list(folder.iterdir()) == []
    assert [reads for _, reads in listed(params)] == ["remittance", "bank"]
    for file, _ in listed(params):
        assert (params.parent / file).is_file()
        assert Path(file).name.split("-")[0] == make_digest(params.parent / file)[:12]
    plan = make_plan(params, params.parent / "outputs")
    desks.closed(params, params.parent / "outputs")
    tables = read_tables(params.parent / "outputs" / plan.place, ["receipts", "remittance_lines", "sources"])
    assert sorted(tables["receipts"]["amount"]) == [4200, 50000]
    assert len(tables["remittance_lines"]) == 1
    assert len(tables["sources"]) == 7
    _, again = read_plan(params.parent / "outputs" / plan.place)
    assert again.sources == plan.params.sources


def make_digest(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_result_is_that_of_naming_the_files_in_the_params(params: Path, tmp_path: Path) -> None:
    take(params, arrive(params, next__sta=SECOND))
    here = desks.closed(params, params.parent / "outputs")
    text = tiny.PARAMS.replace("statement.sta, reads", "statement*.sta, reads")
    other = tiny.write(tmp_path / "other", statement=FIRST, tiny=text)
    (other.parent / "statement2.sta").write_text(SECOND, encoding="utf-8")
    named = desks.closed(other, other.parent / "outputs")
    for name in ("receipts", "proposals", "allocations", "reconciliations"):
        ours, theirs = (read_tables(run, [name])[name] for run in (here, named))
        lineage = [column for column in ours.columns if column.startswith("source_")]
        assert ours.drop(columns=lineage).equals(theirs.drop(columns=lineage)), name


def test_a_file_that_is_here_already_is_skipped_and_named(params: Path) -> None:
    folder = arrive(params, again__sta=FIRST, next__sta=SECOND, copy__sta=SECOND)
    found = take(params, folder)
    assert found["again.sta"] == ("seen", "the same bytes are here already as statement.sta, a source of this close")
    assert (found["copy.sta"][0], found["next.sta"]) == ("new", ("seen", "the same bytes are here already as copy.sta of this folder"))
    assert take(params, folder)["next.sta"][0] == "seen"
    assert {path.name for path in folder.iterdir()} == {"again.sta", "next.sta"}
    assert len(listed(params)) == 1


def test_an_older_run_that_knew_a_file_does_not_hide_it(params: Path) -> None:
    """What counts is whether this close has it now: a file that was taken out of the params and arrives again is taken in."""
    take(params, arrive(params))
    text = tiny.PARAMS.replace("  - {file: statement.sta, reads: bank}\n", "")
    params.write_text(text, encoding="utf-8")
    assert take(params, arrive(params, statement__sta=FIRST))["statement.sta"][0] == "new"


REFUSED = [
    ("letter.txt", "Dear all,\nplease find attached.\n", "Ask the bank for camt.053"),
    ("empty.csv", "", "is empty"),
    ("other.sta", SECOND.replace("202051", "202052"), "account DE02120300000000202052 in EUR, which no ledger of the params names"),
    ("items.csv", tiny.ITEMS.replace("99.99", "98.99"), "holds open_items, which the params read from items.csv"),
    ("broken.sta", SECOND.replace("EUR1542,00", "EUR1543,00"), "does not tie"),
    ("x.csv.control.yaml", "rows: 3\n", "is a control file"),
]


@pytest.mark.parametrize(("name", "text", "says"), REFUSED, ids=[name for name, *_ in REFUSED])
def test_what_cannot_be_taken_in_is_refused_by_name_and_stays(params: Path, name: str, text: str, says: str) -> None:
    folder = arrive(params, next__sta=SECOND)
    (folder / name).write_text(text, encoding="utf-8")
    found = take(params, folder)
    assert found[name][0] == "refused"
    assert says in found[name][1]
    assert (folder / name).read_text(encoding="utf-8") == text
    assert found["next.sta"][0] == "new"


def test_a_link_is_refused(params: Path) -> None:
    folder = arrive(params)
    (folder / "link.sta").symlink_to(params.parent / "statement.sta")
    found = take(params, folder)
    assert found["link.sta"][0] == "refused"


def test_a_file_that_still_grows_is_left_for_later(params: Path) -> None:
    folder = arrive(params, next__sta=SECOND[:200], half__csv__part="x")

    def more() -> None:
        (folder / "next.sta").write_text(SECOND, encoding="utf-8")

    found = take(params, folder, more)
    assert found["next.sta"] == found["half.csv.part"] == ("later", "it is still being written")
    assert take(params, folder)["next.sta"][0] == "new"


def test_a_newer_list_takes_the_place_of_the_one_that_arrived_before(params: Path) -> None:
    """Two days' exports of promises: the second replaces the first, which stays filed; two at once are a tie for a person."""
    head = "promise_id,ledger_id,company_code,customer_id,created_date,promised_date,promised_amount,currency,status\n"
    row = "P1,MAIN,1000,C1,2026-03-01,2026-03-20,10.00,EUR,OPEN\n"
    assert take(params, arrive(params, day1__csv=head + row))["day1.csv"][0] == "new"
    taken = close_with_inbox(
        params, params.parent / "outputs", arrive(params, day2__csv=head + row.replace("OPEN", "KEPT")), lambda *_: None, lambda: None
    )
    assert [name.split("-")[1] for name in taken.replaced] == ["day1.csv"]
    assert [Path(file).name.split("-")[1] for file, _ in listed(params)] == ["day2.csv"]
    assert len(list(list_file(make_plan(params, params.parent / "outputs").params, params).parent.glob("*.csv"))) == 2
    found = take(params, arrive(params, a__csv=head + row.replace("10", "11"), b__csv=head + row.replace("10", "12")))
    assert {state for state, _ in found.values()} == {"refused"}
    assert "a.csv and b.csv hold the same kind of list" in found["a.csv"][1]


def test_a_close_that_refuses_leaves_everything_as_it_was(params: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = arrive(params, next__sta=SECOND)

    def refuses(*_: object) -> Closed:
        raise InputError("something is wrong", where="next.sta", cure="Correct it.")

    monkeypatch.setattr(arwork.inbox, "close", refuses)
    with pytest.raises(InputError, match=r"Correct it\. Nothing of .* was taken in"):
        take(params, folder)
    assert (folder / "next.sta").is_file()
    assert listed(params) == []
    assert not list((params.parent / "sources" / "inbox").glob("*.sta"))


def test_a_close_that_stops_keeps_what_is_filed_and_resumes(params: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = arrive(params, next__sta=SECOND)
    quick = arwork.inbox.close

    def stops(*_: object) -> Closed:
        raise StoppedError("the disk is full")

    monkeypatch.setattr(arwork.inbox, "close", stops)
    with pytest.raises(StoppedError):
        take(params, folder)
    assert (folder / "next.sta").is_file()
    monkeypatch.setattr(arwork.inbox, "close", quick)
    assert take(params, folder)["next.sta"][0] == "seen"
    assert len(listed(params)) == 1


def test_what_comes_under_the_same_name_meanwhile_is_not_lost(params: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = arrive(params, next__sta=SECOND)
    quick = arwork.inbox.close

    def overwritten(*given: object) -> Closed:
        (folder / "next.sta").write_text("new content", encoding="utf-8")
        return quick(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(arwork.inbox, "close", overwritten)
    assert take(params, folder)["next.sta"][0] == "new"
    assert (folder / "next.sta").read_text(encoding="utf-8") == "new content"


def test_a_filed_file_that_was_changed_or_lost_stops_the_close(params: Path) -> None:
    take(params, arrive(params, next__sta=SECOND))
    path = params.parent / listed(params)[0][0]
    os.chmod(path, 0o644)
    path.write_text(SECOND + " ", encoding="utf-8")
    with pytest.raises(InputError, match="is not the file that was taken in"):
        make_plan(params, params.parent / "outputs")
    path.unlink()
    with pytest.raises(InputError, match="no such file"):
        make_plan(params, params.parent / "outputs")


def test_a_hostile_name_becomes_a_safe_one(params: Path) -> None:
    folder = arrive(params)
    (folder / "a\u202e [x]*?$(rm) ü.sta").write_text(SECOND, encoding="utf-8")
    take(params, folder)
    ((file, _),) = listed(params)
    assert Path(file).name.split("-", 1)[1] == "a_x_rm_.sta"


def test_without_the_folder_nothing_is_done(params: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        take(params, params.parent / "nowhere")


def test_a_customers_own_statement_is_known_by_the_balance_that_its_entries_reach(params: Path) -> None:
    """RC-40: it becomes a source like any other; one whose entries do not reach its balance is taken for nothing."""
    head = "Document;Our no.;Date;Type;Amount EUR\nINV-2026-0001;E-1;10.02.2026;Invoice;500,00\n"
    whole, short = head + "Closing balance 31.03.2026;;;;500,00\n", head + "Closing balance 31.03.2026;;;;501,00\n"
    found = take(params, arrive(params, alpha__csv=whole, other__csv=short))
    assert found["alpha.csv"] == ("new", "a customer's own statement")
    assert found["other.csv"][0] == "refused"
    assert [reads for _, reads in listed(params)] == ["their_items"]
