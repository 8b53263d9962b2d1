"""The demo's files, read by plain means (regex, ElementTree, csv): they tie among themselves before any reader of arwork sees them."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from stdnum import iban, iso11649

from arwork.demo.company import AGAIN, files, params_for, write
from arwork.params import Params, read_params
from arwork.policy import read_policy
from arwork.tables import TABLES

ROOT = Path(__file__).parents[1]
LIST_HEADER = (
    "Company Code;Account;Document Number;Line item;Fiscal Year;Document Type;Document Date;Posting Date;Entry Date;Net due date;"
    "Terms of Payment;Disc. 1 due;Disc. % 1;Document currency;Amount in doc. curr.;Local Currency;Amount in local currency;Reference;"
    "Assignment;Purchase order no.;Text;Payment reference;Invoice reference;Clearing Document;Clearing date;G/L Account;"
    "Special G/L ind.;Payment Block;Dunning level;Reversed with;User name"
)
PLAIN = {
    "items_fin.csv": "open_items",
    "customers_fin.csv": "customers",
    "customer_banks.csv": "customer_banks",
    "remittance_advices.csv": "remittance_lines",
    "gl_balances.csv": "gl_balances",
    "gl_lines.csv": "gl_lines",
    "cash_book.csv": "cash_book",
    "promises.csv": "promises",
    "disputes.csv": "disputes",
    "contacts.csv": "contacts",
    "adjustments.csv": "adjustment_register",
    "fx_rates.csv": "fx_rates",
    "customer_profiles.csv": "customer_profiles",
    "letters_sent.csv": "letters_sent",
    "cheques.csv": "cheques",
    "credit_requests.csv": "credit_requests",
    "statement_requests.csv": "statement_requests",
    "credit_insurance.csv": "credit_insurance",
    "legal_params.csv": "legal_params",
}
NS = "{urn:iso:std:iso:20022:tech:xsd:camt.053.001.08}"


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return files()


@pytest.fixture(scope="module")
def lists(made: dict[str, bytes]) -> dict[str, list[dict[str, str]]]:
    return {name: list(csv.DictReader(io.StringIO(made[name].decode()))) for name in [*PLAIN, "planted.csv"]}


@pytest.fixture(scope="module")
def items(made: dict[str, bytes], lists: dict[str, list[dict[str, str]]]) -> list[dict[str, Any]]:
    """Every subledger line of both ledgers, from the two files: amounts as Decimal, dates as date."""
    rows = [dict(zip(LIST_HEADER.split(";"), row, strict=True)) for row in _list_rows(made) if row[2] and row[2] != "Document Number"]
    main = [
        {
            "ledger": "MAIN",
            "doc": r["Document Number"],
            "account": r["Account"],
            "currency": r["Document currency"],
            "type": r["Document Type"],
            "amount": _german(r["Amount in doc. curr."]),
            "local": _german(r["Amount in local currency"]),
            "posted": _dotted(r["Posting Date"]),
            "written": _dotted(r["Document Date"]),
            "due": _dotted(r["Net due date"]),
            "cleared": _dotted(r["Clearing date"]),
            "clearing": r["Clearing Document"],
            "gl": r["G/L Account"],
            "reference": r["Reference"],
            "structured": r["Payment reference"],
        }
        for r in rows
    ]
    fin = [
        {
            "ledger": "FIN",
            "doc": r["doc_no"],
            "account": r["customer_id"],
            "currency": r["currency"],
            "type": r["doc_type"],
            "amount": Decimal(r["amount_doc"]),
            "local": Decimal(r["amount_local"]),
            "posted": _iso(r["posting_date"]),
            "written": _iso(r["doc_date"]),
            "due": _iso(r["due_date"]),
            "cleared": _iso(r["clearing_date"]),
            "clearing": r["clearing_doc"],
            "gl": r["gl_account"],
            "reference": r["reference"],
            "structured": r["structured_ref"],
        }
        for r in lists["items_fin.csv"]
    ]
    return main + fin


def _params(made: Mapping[str, bytes]) -> Params:
    return read_params(params_for(made, "sources"), "demo.yaml", read_policy((ROOT / "params" / "policy.yaml").read_text()))


def _list_rows(made: Mapping[str, bytes]) -> list[list[str]]:
    return [line.split(";") for line in made["fbl5n_main.csv"].decode("cp1252").split("\r\n")[:-1]]


def _german(text: str) -> Decimal:
    assert re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})*(,[0-9]{2})?-?", text), text
    number = Decimal(text.rstrip("-").replace(".", "").replace(",", "."))
    return -number if text.endswith("-") else number


def _dotted(text: str) -> date | None:
    return date(int(text[6:]), int(text[3:5]), int(text[:2])) if text else None


def _iso(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _camt(data: bytes) -> tuple[str, str, Decimal, Decimal, list[ET.Element]]:
    """Account, statement id, opening, closing and entries of one file."""
    statement = ET.fromstring(data.decode()).find(f"{NS}BkToCstmrStmt/{NS}Stmt")
    assert statement is not None
    balances = {b.findtext(f"{NS}Tp/{NS}CdOrPrtry/{NS}Cd"): _signed(b) for b in statement.findall(f"{NS}Bal")}
    account = statement.findtext(f"{NS}Acct/{NS}Id/{NS}IBAN") or ""
    return account, statement.findtext(f"{NS}Id") or "", balances["OPBD"], balances["CLBD"], statement.findall(f"{NS}Ntry")


def _signed(element: ET.Element) -> Decimal:
    amount = Decimal(element.findtext(f"{NS}Amt") or "")
    return amount if element.findtext(f"{NS}CdtDbtInd") == "CRDT" else -amount


def _statements(made: Mapping[str, bytes], start: str) -> Iterator[tuple[str, bytes]]:
    yield from ((name, made[name]) for name in sorted(made) if name.startswith(start) and name != AGAIN[1])


def _bank_lines(made: Mapping[str, bytes]) -> dict[str, tuple[str, str, Decimal]]:
    """Every line of every statement by the bank's reference: account, booking day, amount."""
    found: dict[str, tuple[str, str, Decimal]] = {}
    for _, data in _statements(made, "camt053"):
        account, _, _, _, entries = _camt(data)
        for entry in entries:
            for part in entry.findall(f"{NS}NtryDtls/{NS}TxDtls"):
                found[part.findtext(f"{NS}Refs/{NS}AcctSvcrRef") or ""] = (
                    account,
                    entry.findtext(f"{NS}BookgDt/{NS}Dt") or "",
                    _signed(part),
                )
    for _, data in _statements(made, "mt940"):
        text = data.decode("ascii")
        account = re.findall(r":25:(\S+)", text)[0]
        for day, mark, amount, reference in re.findall(r":61:[0-9]{2}([0-9]{4})[0-9]{4}(C|D)([0-9,]+)N[A-Z]{3}\S*?//(\S+)", text):
            sign = 1 if mark == "C" else -1
            found[reference] = (account, f"2026-{day[:2]}-{day[2:]}", sign * Decimal(amount.replace(",", ".").rstrip(".")))
    return found


def test_same_bytes_twice_and_params_left_alone(tmp_path: Path, made: dict[str, bytes]) -> None:
    first, params = tmp_path / "a" / "outputs" / "demo" / "sources", tmp_path / "a" / "params" / "demo.yaml"
    write(first, params)
    assert {path.name: path.read_bytes() for path in first.iterdir()} == made
    assert params.read_text() == params_for(made, "../outputs/demo/sources")
    params.write_text("close: mine\n")
    write(first, params)
    assert params.read_text() == "close: mine\n"


def test_params_are_valid_and_name_every_file(made: dict[str, bytes]) -> None:
    params = _params(made)
    assert (params.close, params.as_of, params.start) == ("demo", date(2026, 3, 31), date(2026, 3, 1))
    patterns = [re.compile(re.escape(Path(s.file).name).replace(r"\*", ".*")) for s in params.sources]
    unread = [name for name in made if not any(p.fullmatch(name) for p in patterns)]
    assert unread == ["planted.csv"]
    assert all(any(p.fullmatch(name) for name in made) for p in patterns)


def test_params_file_of_the_repository_is_what_the_demo_writes(made: dict[str, bytes]) -> None:
    assert (ROOT / "params" / "demo.yaml").read_text() == params_for(made, "../outputs/demo/sources")


def test_params_state_the_rows_of_every_table(
    made: dict[str, bytes], items: list[dict[str, Any]], lists: dict[str, list[dict[str, str]]]
) -> None:
    stated = {Path(s.file).name: s.control_rows for s in _params(made).sources if s.reads not in ("bank", "their_items")}
    assert {name: stated.pop(name) for name in PLAIN} == {name: len(lists[name]) for name in PLAIN}
    assert stated.pop("fbl5n_main.csv") == sum(i["ledger"] == "MAIN" for i in items)
    assert stated.pop("kna1_main.csv") == 400 - len(lists["customers_fin.csv"])
    assert stated == {}


def test_headers(made: dict[str, bytes]) -> None:
    rows = _list_rows(made)
    assert ";".join(rows[0]) == LIST_HEADER
    assert Counter(len(row) for row in rows) == {len(rows[0]): len(rows)}
    assert made["kna1_main.csv"].startswith(b"\xef\xbb\xbfKUNNR;NAME1;LAND1;WAERS;ZTERM;TOGRU;BUSAB;STATUS;NETTING;PARTY;PARENT;ALIAS\r\n")
    for name, table in PLAIN.items():
        header = made[name].decode().split("\n", 1)[0].split(",")
        assert header == [c for c in TABLES[table].names() if not c.startswith("source_") and (c, name) != ("item_id", "items_fin.csv")]


def test_size(made: dict[str, bytes], items: list[dict[str, Any]], lists: dict[str, list[dict[str, str]]]) -> None:
    customers = made["kna1_main.csv"].decode("utf-8-sig").count("\r\n") - 1 + len(lists["customers_fin.csv"])
    march = [r for r in lists["cash_book.csv"] if r["type"] == "RECEIPT" and r["posting_date"] >= "2026-03-01"]
    assert customers == 400
    assert 4_800 <= len(items) <= 5_300
    assert 900 <= len(march) <= 1_200
    assert {i["currency"] for i in items} == {"EUR", "USD", "GBP", "JPY"}
    assert all(Decimal(r["amount"]) != 0 for r in lists["cash_book.csv"])


def test_list_totals_and_repeated_headers(made: dict[str, bytes]) -> None:
    rows = _list_rows(made)
    account: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    whole: dict[str, Decimal] = defaultdict(Decimal)
    totals = 0
    for row in rows:
        if row[2] and row[2] != "Document Number":
            account[row[1], row[13]] += _german(row[14])
            whole[row[13]] += _german(row[14])
        elif row[0] == "*":
            assert _german(row[14]) == account[row[1], row[13]]
            totals += 1
        elif row[0] == "**":
            assert _german(row[14]) == whole[row[13]]
    assert totals > 50
    assert sum(row[2] == "Document Number" for row in rows) > 5
    assert {row[0] for row in rows} == {"Company Code", "1000", "*", "**"}
    grouped = [row for row in rows if row[2].isdigit() and re.search("[.,]", row[14])]
    assert sum(row[13] == "JPY" for row in grouped) / len(grouped) < 0.05, "LD-02 needs the decimal comma in 95 % of the amounts"


@pytest.mark.parametrize("start", ["camt053_main_eur", "camt053_fin_eur"])
def test_camt_balances_chain(made: dict[str, bytes], start: str) -> None:
    closing, number = None, 0
    for name, data in _statements(made, start):
        _, statement, opening, last, entries = _camt(data)
        number += 1
        assert statement.endswith(f"2026-{number:03d}"), name
        assert closing in (None, opening), name
        assert opening + sum(map(_signed, entries)) == last, name
        for entry in entries:
            parts = entry.findall(f"{NS}NtryDtls/{NS}TxDtls")
            assert parts
            assert sum(map(_signed, parts)) == _signed(entry), name
        total = re.findall(r"<TtlNtries><NbOfNtries>([0-9]+)</NbOfNtries><Sum>([0-9.]+)</Sum>", data.decode())[0]
        assert (int(total[0]), Decimal(total[1])) == (len(entries), sum(abs(_signed(e)) for e in entries))
        closing = last
    assert number >= 3


@pytest.mark.parametrize("start", ["mt940_main_usd", "mt940_main_gbp", "mt940_main_jpy"])
def test_mt940_balances_chain(made: dict[str, bytes], start: str) -> None:
    closing, number = None, 0
    for name, data in _statements(made, start):
        text = data.decode("ascii")
        number += 1
        assert f":28C:{number:05d}/" in text
        (first, opening), (second, last) = re.findall(r":6[02]F:(C|D)[0-9]{6}[A-Z]{3}([0-9,]+)", text)
        assert (first, second) == ("C", "C")
        assert closing in (None, opening), name
        moves = [
            Decimal(a.replace(",", ".").rstrip(".")) * (1 if m == "C" else -1) for m, a in re.findall(r":61:[0-9]{10}(C|D)([0-9,]+)N", text)
        ]
        assert len(moves) == text.count(":61:") == text.count(":86:")
        assert Decimal(opening.replace(",", ".").rstrip(".")) + sum(moves) == Decimal(last.replace(",", ".").rstrip("."))
        assert max(map(len, text.split("\r\n"))) <= 65
        assert ("JPY" in text) == last.endswith(",")
        closing = last
    assert number == 3


def test_ax_13_row_6_statement_delivered_twice(made: dict[str, bytes]) -> None:
    once, again = (made[name].decode() for name in AGAIN)
    assert once != again
    assert re.sub("<MsgId>.*?</MsgId>", "", once) == re.sub("<MsgId>.*?</MsgId>", "", again)
    assert "<Dt>2026-03-09</Dt>" in once


def test_check_digits(made: dict[str, bytes], lists: dict[str, list[dict[str, str]]], items: list[dict[str, Any]]) -> None:
    accounts = {r["account"] for r in lists["customer_banks.csv"]} | {r["virtual_account"] for r in lists["customer_banks.csv"]}
    for _, data in _statements(made, "camt053"):
        accounts |= set(re.findall(r"<IBAN>(.*?)</IBAN>", data.decode()))
    ibans = [a for a in accounts if a[:2].isalpha()]
    assert len(ibans) > 400
    assert [a for a in ibans if not iban.is_valid(a)] == []
    structured = [i["structured"] for i in items if i["structured"]]
    assert len(structured) > 2_500
    assert len(set(structured)) == len(structured)
    assert [s for s in structured if not iso11649.is_valid(s)] == []
    known = {(r["ledger_id"], r["account"]) for r in lists["customer_banks.csv"] if r["account"]}
    assert len(known) == sum(bool(r["account"]) for r in lists["customer_banks.csv"]), "an account belongs to one customer of a ledger (B3)"


def test_items_are_unique_and_clearings_add_up(items: list[dict[str, Any]]) -> None:
    assert len({(i["ledger"], i["doc"], i["posted"].year) for i in items}) == len(items)
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for item in items:
        assert bool(item["clearing"]) == bool(item["cleared"])
        if item["cleared"]:
            groups[item["ledger"], item["clearing"], item["cleared"]].append(item)
    assert len(groups) > 1_400
    for key, group in groups.items():
        assert len({(i["account"], i["currency"]) for i in group}) == 1, key
        assert sum(i["amount"] for i in group) == 0, key
        assert sum(i["local"] for i in group) == 0, key
        assert max(i["posted"] for i in group) <= key[2], key
    references = [i["reference"] for i in items if i["reference"]]
    assert len(set(references)) == len(references)


def test_no_receipt_of_march_is_applied(items: list[dict[str, Any]]) -> None:
    receipts = [i for i in items if i["type"] in ("DZ", "RCPT") and date(2026, 3, 1) <= i["posted"] <= date(2026, 3, 31)]
    assert receipts == []


@pytest.mark.parametrize(("account", "manual"), [("1400", "-9500.00"), ("1710", "0"), ("1450", "0")])
def test_rc_10_control_account_is_the_sum_of_open_items(
    items: list[dict[str, Any]], lists: dict[str, list[dict[str, str]]], account: str, manual: str
) -> None:
    assert [(r["gl_account"], r["amount"]) for r in lists["gl_lines.csv"]] == [("1400", "-9500.00")]
    rows = {r["period"]: r for r in lists["gl_balances.csv"] if r["gl_account"] == account}
    for period, end in (("2026-01", date(2026, 1, 31)), ("2026-02", date(2026, 2, 28)), ("2026-03", date(2026, 3, 31))):
        still = [i for i in items if i["gl"] == account and i["posted"] <= end and not (i["cleared"] and i["cleared"] <= end)]
        expected = sum(i["local"] for i in still) + (Decimal(manual) if period == "2026-03" else 0)
        assert Decimal(rows[period]["closing"]) == expected, period


def test_gl_balances_chain(lists: dict[str, list[dict[str, str]]]) -> None:
    closing: dict[tuple[str, str], Decimal] = {}
    for r in lists["gl_balances.csv"]:
        opening, debits, credits, last = (Decimal(r[c]) for c in ("opening", "debits", "credits", "closing"))
        assert opening + debits - credits == last
        assert closing.setdefault((r["company_code"], r["gl_account"]), opening) == opening
        closing[r["company_code"], r["gl_account"]] = last
    assert len(closing) == 10


def test_rc_20_bank_and_book_differ_by_the_planted_items_only(made: dict[str, bytes], lists: dict[str, list[dict[str, str]]]) -> None:
    bank, book = _bank_lines(made), lists["cash_book.csv"]
    references = [r["bank_ref"] for r in book if r["bank_ref"]]
    assert len(set(references)) == len(references)
    for r in book:
        if r["bank_ref"]:
            assert (bank[r["bank_ref"]][1], bank[r["bank_ref"]][2]) == (r["posting_date"], Decimal(r["amount"]))
    missing = sorted((amount, day) for key, (_, day, amount) in bank.items() if key not in set(references))
    assert missing == [(Decimal(a), "2026-03-31") for a in ("-45.55", "640.00", "1200.00")]
    waiting = sorted((Decimal(r["amount"]), r["posting_date"], r["type"]) for r in book if not r["bank_ref"])
    assert waiting == [(Decimal("-1600.00"), "2026-03-30", "REFUND"), (Decimal("800.00"), "2026-03-31", "RECEIPT")]


def test_bank_gl_is_opening_plus_cash_book(lists: dict[str, list[dict[str, str]]], made: dict[str, bytes]) -> None:
    params = _params(made)
    bank = _bank_lines(made)
    for ledger in params.ledgers:
        for account in ledger.bank_accounts:
            moves = [r for r in lists["cash_book.csv"] if (r["company_code"], r["gl_account"]) == (ledger.company_code, account.gl_account)]
            rows = {
                r["period"]: r
                for r in lists["gl_balances.csv"]
                if (r["company_code"], r["gl_account"]) == (ledger.company_code, account.gl_account)
            }
            assert account.opening == Decimal(rows["2026-01"]["opening"])
            assert {r["currency"] for r in (*moves, *rows.values())} == {account.currency}
            for period, row in rows.items():
                inside = sum(Decimal(r["amount"]) for r in moves if r["posting_date"].startswith(period))
                assert Decimal(row["closing"]) - Decimal(row["opening"]) == inside
            assert any(line[0] == account.account for line in bank.values())


def test_first_statement_opens_with_the_balance_of_the_params(made: dict[str, bytes]) -> None:
    params = _params(made)
    openings = {b.account: b.opening for ledger in params.ledgers for b in ledger.bank_accounts}
    seen: dict[str, Decimal] = {}
    for _, data in _statements(made, "camt053"):
        account, _, opening, _, _ = _camt(data)
        seen.setdefault(account, opening)
    for _, data in _statements(made, "mt940"):
        text = data.decode("ascii")
        amount = re.findall(r":60F:C[0-9]{6}[A-Z]{3}([0-9,]+)", text)[0]
        seen.setdefault(re.findall(r":25:(\S+)", text)[0], Decimal(amount.replace(",", ".").rstrip(".")))
    assert seen == openings


def test_planted_keys_stand_in_their_files(made: dict[str, bytes], lists: dict[str, list[dict[str, str]]]) -> None:
    rows = lists["planted.csv"]
    assert list(rows[0]) == ["case", "family", "rule", "what", "file", "key", "answered_by", "table", "column", "expected"]
    for row in rows:
        text = made[row["file"]].decode("cp1252" if row["file"].startswith("fbl5n") else "utf-8-sig")
        assert row["key"] in text or row["key"] == row["file"], row
        assert row["answered_by"] in (
            "00_intake", "10_cash_application", "20_breaks_refunds", "30_reconciliations", "40_ageing_collections", "50_forecast",
        )  # fmt: skip
        assert row["column"] in TABLES[row["table"]].names()
        assert row["expected"]


def test_planted_cases_cover_the_families(lists: dict[str, list[dict[str, str]]]) -> None:
    cases, rules = {r["case"] for r in lists["planted.csv"]}, {r["rule"] for r in lists["planted.csv"]}
    wanted = {
        f"AX-{n}"
        for n in ("01", "02", "03", "04", "05", "06", "07", "09", "10", "11", "12", "13", "14", "15", "16", "18", "22", "24", "25")
    }
    assert wanted <= {case[:5] for case in cases}
    assert {
        "M03",
        "M04",
        "M06",
        "M16",
        "G-01",
        "G-06",
        "G-07",
        "G-12",
        "G-18",
        "G-23",
        "EX-10",
        "EX-20",
        "RI-MJE",
        "RI-UNR",
        "RI-TIM",
        "RI-OST",
    } <= rules
    assert {"CO-10", "CO-30", "CO-05", "CO-55", "CO-65", "EX-13", "EX-16", "EX-30", "EX-40", "MP-60", "M10", "M12"} <= rules


def test_ax_22_days_past_due(items: list[dict[str, Any]], lists: dict[str, list[dict[str, str]]]) -> None:
    known = {i["reference"]: i for i in items}
    checks = [r for r in lists["planted.csv"] if r["case"] == "AX-22"]
    assert len(checks) == 12
    for row in checks:
        since = known[row["key"]]["due" if row["column"] == "days_past_due" else "written"]
        assert str((date(2026, 3, 31) - since).days) == row["expected"]
    account = known["INV-9711"]["account"]
    mine = [i for i in items if i["account"] == account]
    assert sum(i["amount"] for i in mine) == Decimal("5100.00")
    assert len(mine) == 8
