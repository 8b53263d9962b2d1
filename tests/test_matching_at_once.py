"""What is looked for in many payments at once, or only where its signs stand, is what is found in each of them alone, asked everything."""

from __future__ import annotations

import random
from datetime import date

import pytest
from ax import advices, bank, banks, customer, customers, disputes, item, items, policy, receipt, receipts

from arwork.matching import names, tokens
from arwork.matching.name_index import name_index, search
from arwork.matching.names import as_written, cleaned, formed
from arwork.matching.number_index import number_index
from arwork.matching.number_runs import bare_of, numbers_in, stripper
from arwork.matching.payer import identify
from arwork.matching.references import extract, norm, registered
from arwork.matching.tokens import read, runs
from arwork.matching.universe import universe

RULES = policy().matching
SAID = (
    "RF18539007547034", "RF18 5390 0754 7034", "DE89370400440532013000", "GB82 WEST 1234 5698 7654 32", "+49 170 1234567", "Tel. 0123 456",
    "phone:12345", "12.03.2026", "2026-03-12", "1/2/26", "EUR", "USD 1.234,56", "1'234.50", "12,30", "INV-2026-000123", "inv 2026 000124",
    "RE0004711", "4711-4715", "RG 4711 to 4713", "RE4711bis4713", "20250312", "COBADEFF123", "Kd-Nr", "\x01", "\x02", "\n", "ß", "É", "–", ";",
    ", ", "..", "--", "/", " ", "A", "0", "00", "99", "Ł", "İ", "EREF+719", "４７１１", "4711–4715", "123456789012", "47110012345678", "FA-20931",
)  # fmt: skip
NAMES = (
    "T/A", "C/O", "D.B.A.", "J.", "F.", "&", "+", "and", "Müller", "O'Neil", "L´Oreal", "A", "S", "X Y", "(UK)", "Trading as", "formerly", "GES.",
    "Grp", "intl", "A.B.C.", "a/s", "&amp;", "ООО", "Ж", "42", "-", "_", "Smith", "Bakery", "Co", "The", "S.R.L.", "Sp. z o.o.", "GmbH", "KG", "Ltd",
)  # fmt: skip


def texts(seed: int, many: int) -> list[str]:
    draw = random.Random(seed)
    return ["".join(draw.choice(SAID) + draw.choice(("", " ", " ", "-")) for _ in range(draw.randrange(8))) for _ in range(many)]


def read_asking_everything(text: str, amount: int, currency: str) -> tuple[list[str], list[bool], list[str]]:
    """Read a text with every pattern, whatever stands in it."""
    found: list[str] = []
    body = tokens.plain(text[: tokens.READ_MOST])
    if len(body) > 8:
        body = tokens._RF.sub(lambda m: tokens._lift_reference(m, found), body)
        body = tokens._IBAN.sub(tokens._strike_iban, body)
        body = tokens._PHONE.sub(tokens._STRUCK, body)
    body = tokens._YEAR_FIRST.sub(tokens._strike_year_first, tokens._DAY_FIRST.sub(tokens._strike_day_first, body))
    if tokens._may_hold_an_amount(body, amount, currency) or tokens._DECIMALS.search(body):
        body = tokens._without_amounts(body, amount, currency)
    pieces = tokens._WORD.split(body)
    glued = [not any(c.isspace() or c in ";," for c in gap) for gap in pieces[2:-1:2]]
    return pieces[1::2], [False, *glued] if len(pieces) > 1 else [], found


@pytest.mark.parametrize("seed", range(4))
def test_a_pattern_that_is_not_asked_would_have_struck_nothing_out(seed: int) -> None:
    draw = random.Random(seed)
    for text in texts(seed, 1_500):
        amount, currency = draw.choice((0, 1, 100, 1_230, 123_456, 471_100)), draw.choice(("EUR", "JPY", "KWD", ""))
        said = read(text, amount, currency)
        assert (list(said.words), list(said.glued), list(said.creditor_references)) == read_asking_everything(text, amount, currency), text


def book() -> list[dict[str, object]]:
    more = {"reference": "RE4712", "assignment": "20250312"}
    numbers = ("INV-2026-000123", "INV2026000124", "0004711", "4713", "FA-20931", "123456789012", "COBADEFF123", "99A")
    return [*(item(number, f"C{place % 3}", "100.00") for place, number in enumerate(numbers)), item("77001", "C1", "5.00", **more)]


@pytest.mark.parametrize("seed", range(4))
def test_numbers_in_many_texts_are_the_runs_whose_core_is_on_file(seed: int) -> None:
    frame = items(*book())
    index = number_index(registered(frame, RULES), frame, 10)
    prefixes = stripper(tuple(norm(prefix) for prefix in RULES.reference_prefixes))
    many = [read(text, 100, "EUR") for text in texts(seed, 400)]
    spots = numbers_in(many, index, prefixes)
    for place, text in enumerate(many):
        cores = [(first, size, run, bare_of(run, prefixes)) for run, first, size, _ in runs(text)]
        assert spots.get(place, []) == sorted(spot for spot in cores if spot[3] in index.number)


@pytest.mark.parametrize("seed", range(3))
def test_payments_read_together_name_what_each_names_alone(seed: int) -> None:
    frame = items(*book())
    rows = [receipt(f"R{place:03}", "55.55", "2025-03-12", text=text) for place, text in enumerate(texts(seed, 80))]
    together = extract(receipts(*rows), frame, advices(), RULES)
    alone = [line for row in rows for line in extract(receipts(row), frame, advices(), RULES).itertuples(index=False, name=None)]
    assert list(together.itertuples(index=False, name=None)) == alone
    assert {"OPEN", "UNKNOWN"} <= set(together["state"])


def test_ranges_are_found_beside_other_texts() -> None:
    frame = items(*(item(str(number), "C1", "100.00") for number in (4711, 4712, 4713)))
    said = ("RG 4711-4713", "4711–4713", "nothing", "4711 to 4713 ß", "4711-471", "\x024711-4713")
    rows = [receipt(f"R{place}", "55.55", "2025-03-12", text=text) for place, text in enumerate(said)]
    together = extract(receipts(*rows), frame, advices(), RULES)
    ranged = together[together["field"].str.contains("range") | (together["token"] == "4712")]
    assert sorted(set(ranged["receipt_id"])) == ["R0", "R1", "R3", "R5"]


@pytest.mark.parametrize("seed", range(3))
def test_a_plain_name_is_cleaned_as_with_every_pattern(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(1_500):
        name = draw.choice((" ", "", "  ")).join(draw.choice(NAMES) for _ in range(draw.randrange(6)))
        text = names._QUOTES.sub("", names.plain(name))
        if names._MAY_BE_MARKED.search(text):
            text = names._MARKS.sub(lambda m: " TA " if m["second"] else " CAREOF ", text)
            text = names._DOTTED.sub(names._undotted, text)
        text = text.replace("&", " AND ").replace("+", " AND ")
        words = names._FORMS.sub(names._spelled_form, names._initials(" ".join(names._WORDS.findall(text)))).split()
        kept, form = names._parted(words)
        spelt = " ".join(names._SPELLED.get(word, word) for word in names._initials(" ".join(kept)).split())
        assert cleaned(name) == (spelt.replace("AE", "A").replace("OE", "O").replace("UE", "U"), form), name


@pytest.mark.parametrize("seed", range(2))
def test_names_looked_for_together_find_what_each_finds_alone(seed: int) -> None:
    draw = random.Random(seed)
    stems = ("Nordlicht", "Alpen", "Kroger", "Zeta", "Ostermann", "Brandström", "Rosedale", "Klaundner")
    full = [
        f"{draw.choice(stems)} {draw.choice(('Papier', 'Handel', 'Logistik', 'Bau'))} {draw.choice(('GmbH', 'AG', 'Ltd'))}"
        for _ in range(30)
    ]
    master = customers(*(customer(f"C{place:02}", name) for place, name in enumerate(full)))
    index = name_index(as_written(master)["MAIN", "1000"], formed(master))
    asked = [name[: draw.randrange(4, len(name) + 1)].replace("e", draw.choice(("e", "", "3"))) for name in full * 2]
    assert search(index, asked, 6) == [search(index, [name], 6)[0] for name in asked]
    rows = [receipt(f"R{n:03}", "9.00", "2025-03-12", remitter_name=name, remitter_account=f"DE{n % 9}") for n, name in enumerate(asked)]
    on_file = banks(*(bank(f"C{place:02}", f"DE{place}") for place in range(4)))
    given = (extract(receipts(*rows), items(), advices(), RULES), items(), master, on_file, RULES)
    together = identify(receipts(*rows), *given)
    alone = [line for row in rows for line in identify(receipts(row), *given).astype(str).itertuples(index=False, name=None)]
    assert list(together.astype(str).itertuples(index=False, name=None)) == alone
    assert {"B3", "B7", "NONE"} <= set(together["payer_key"])


def test_an_item_is_made_alike_whether_its_neighbours_say_more_or_not() -> None:
    """A column with one value is read once: what it says must not hang on the rest of the table."""
    plain = [item("1001", "C1", "100.00"), item("1002", "C2", "50.00", reference="A-2")]
    rich = item(
        "1003", "C3", "70.00", disc1_date="2025-03-10", disc1_pct=20_000, po_no="P1", contract_no="V1", payment_block="R", amount_net=6_000,
        amount_freight=100, disc_base="NET", disc_eligible_amount=5_000,
    )  # fmt: skip
    day = date(2025, 3, 31)
    alone, beside, only = (universe(items(*rows), disputes(), day).items for rows in (plain, [*plain, rich], [rich]))
    numbers = list(alone)
    assert len(numbers) == 2
    assert [alone[number] for number in numbers] == [beside[number] for number in numbers]
    (third,) = only
    assert only[third] == beside[third]
    assert (only[third].net, only[third].tax, only[third].freight, only[third].disc_eligible) == (6_000, 1_000, 100, 5_000)
    assert only[third].groups == ("all of order P1", "all of contract V1")
    assert only[third].blocked == "carries payment block R"
    assert only[third].discounts == ((20_000, date(2025, 3, 10)),)
