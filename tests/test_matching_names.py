"""Step B of 2.2, keys B6 and B7: names made comparable, and the payer found by name and never confused with a neighbour."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from ax import advices, banks, customer, customers, items, policy, receipt, receipts

from arwork.matching.name_index import SAME, name_index, search
from arwork.matching.names import clean
from arwork.matching.payer import identify
from arwork.matching.references import extract

RULES = policy().matching
LEAST, NEXT = int(RULES.fuzzy_name_min * SAME), int(RULES.fuzzy_name_next_max * SAME)
FILE = [
    "Müller Logistics Hamburg GmbH",
    "Müller Logistics Berlin GmbH",
    "Nordlicht Werke Maschinenbau GmbH & Co. KG",
    "Kwasniewski International Manufacturing Ltd",
    "Brandström Holding AB",
    "Tindall & Fairweather LLP",
    "Ostermann Verpackung AG",
    "Société Générale de Distribution Lefèvre S.A.R.L.",
    "Łukaszewicz Tekstylia Sp. z o.o.",
    "Ørskov Energi A/S",
    "Straßer Holzbau GmbH",
    "P.J.S. Music Services Limited",
    "Greystone Environmental Services (UK) Ltd",
    "Rosedale Trading Ltd t/a Oakwood Interiors",
    "Phonographic Performance Ltd (PPL)",
    "Ελληνικά Πετρέλαια Α.Ε.",
    "ООО Северная Звезда",
    "北京长城贸易有限公司",
    "Alpha Pharma",
    "Alpha Pharma International",
    "Klaundner Limited",
    "Klaundner e.K.",
    "Trinity Methodist Church Hillsborough",
    "Vandenberghe Transport NV",
    "Vandenberghe Bakery NV",
]


def hits(name: str, known: Sequence[str] = FILE) -> tuple[tuple[str, int], ...]:
    """Search one name; every name on file is a customer of its own."""
    return search(name_index({other: frozenset({other}) for other in known}), [name], 5)[0]


def taken(name: str, known: Sequence[str] = FILE) -> str:
    """Return the name on file that B6 or B7 would take, "" for none."""
    found = hits(name, known)
    return found[0][0] if found and found[0][1] >= LEAST and all(score <= NEXT for _, score in found[1:]) else ""


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Foo G.m.b.H.", "FOO GMBH & CO. KG"),
        ("Foo Ges.m.b.H.", "FOO GMBH U. CO. KG"),
        ("Foo GmbH+Co KG", "FOO MBH"),
        ("Foo Sp. z o.o.", "FOO SPZOO"),
        ("Foo SP Z O O", "foo sp.z o.o."),
        ("Foo S.A.R.L.", "FOO SARL"),
        ("Foo s. r. o.", "FOO SPOL. S R.O."),
        ("Foo, S.A. de C.V.", "FOO SA DE CV"),
        ("Foo Pty Ltd", "FOO PTY. LIMITED"),
        ("Foo Sdn. Bhd.", "FOO"),
        ("Foo A/S", "FOO AS"),
        ("Foo B. V.", "foo b.v."),
        ("N.V. Foo", "FOO NV"),
        ("ООО Ромашка", "Ромашка"),
        ("Bar UND Foo", "BAR + FOO"),
        ("Bar and Foo", "BAR & FOO"),
        ("Bar et Foo", "BAR&FOO"),
        ("A B Castle Ltd", "AB CASTLE LTD"),
        ("A.F.Blakemore", "A F BLAKEMORE"),
        ("Foo Ltd T/A Bar", "FOO LIMITED TRADING AS BAR"),
        ("Foo d/b/a Bar", "FOO T.A BAR"),
        ("Grünenthal", "GRUENENTHAL"),
        ("Ørsted", "ORSTED"),
        ("Łódź", "LODZ"),
        ("Straße", "STRASSE"),
        ("Ac\u0301me", "ACMÉ"),
        ("Caf\\xC9 Foo", "CAFÉ FOO"),
        ("Foo &amp; Bar", "FOO & BAR"),
        ("\u200fFoo\u200e Bar", "FOO BAR"),
    ],
)
def test_b6_spellings_of_one_name_are_equal(left: str, right: str) -> None:
    assert clean(left) == clean(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Spa Hotels Ltd", "Hotels Ltd"),
        ("AB Castle Ltd", "Castle Ltd"),
        ("АCME", "ACME"),  # the first letter is Cyrillic
        ("Foo Group", "Foo"),
        ("Foo (UK) Ltd", "Foo Ltd"),
        ("Foo Ltd t/a Bar", "Foo Ltd"),
    ],
)
def test_b6_what_is_part_of_the_name_stays(left: str, right: str) -> None:
    assert clean(left) != clean(right)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("MUELLER LOGISTICS HAMBURG", 0),
        ("MULLER LOGIST HAMBURG GMBH", 0),
        ("HAMBURG MUELLER LOGISTICS", 0),
        ("MUELLER LOGSITICS HAMBURG", 0),  # swap
        ("MUELLER LOGISTICS HAMBRG", 0),  # deletion
        ("MUELLER LOGISTICSS HAMBURG", 0),  # doubling
        ("MUELLER LOGISTICS HAMBUXG", 0),  # substitution
        ("MUELLER LOGISTICS HAMBURG GMB", 0),  # legal form cut off
        ("MUELLER LOGISTICS HAMBURG LIMITD", 0),  # legal form damaged
        ("NORDLICHT WERKE MASCH.BAU", 2),
        ("NORDLICHT WERKE MASCHBAU GMBH U. CO", 2),
        ("NORDLICHT WERKE MASCHINENBA", 2),  # cut at 27
        ("KWASNIEWSKI INTL MFG LTD", 3),
        ("KWASNIEWSKI INT MANUF LIMITED", 3),
        ("KWASNIEWSKI INTERNATIONAL MANUFACTU", 3),  # cut at 35
        ("BRANDSTROM HLDG AB", 4),
        ("BRANDSTROEM HOLDING AKTIEBOLAG", 4),
        ("TINDALL + FAIRWEATHER", 5),
        ("TINDALL UND FAIRWEATHER LLP", 5),
        ("FAIRWEATHER TINDALL", 5),
        ("TINDAL AND FAIRWETHER", 5),
        ("OSTERMANN VERP AG", 6),
        ("OSTER VERPACKUNG AG", 6),
        ("OSTERMANNVERPACKUNG AG", 6),  # blank lost
        ("OSTER MANN VERPACKUNG", 6),  # blank too many
        ("SOCIETE GENERALE DE DISTRIBUTION LEFEVRE", 7),
        ("STE GENERALE DISTR LEFEVRE SARL", 7),
        ("LUKASZEWICZ TEKSTYLIA SP Z O O", 8),
        ("LUKASZEWICZ TEKST. SPZOO", 8),
        ("ORSKOV ENERGI A/S", 9),
        ("STRASSER HOLZBAU", 10),
        ("PJS MUSIC", 11),
        ("P J S MUSIC SVCS", 11),
        ("GREYSTONE ENVIRONMENTAL SERVICES", 12),
        ("GREYSTONE ENV SERVICES (UK) LIMITED", 12),
        ("GREYSTONE ENVIRONMENTAL SERVICES ACCOUNT 4711999", 12),
        ("ROSEDALE TRADING LTD", 13),
        ("OAKWOOD INTERIORS", 13),
        ("J SMITH T/A OAKWOOD INTERIORS", 13),
        ("PPL", 14),
        ("PHONOGRAPHIC PERFORMANCE LTD", 14),
        ("ΕΛΛΗΝΙΚΑ ΠΕΤΡΕΛΑΙΑ", 15),
        ("СЕВЕРНАЯ ЗВЕЗДА", 16),
        ("北京长城贸易有限公司", 17),
        ("HILLSBORO TRINITY METHODIST CHURCH", 22),
        ("TRINITY METH CHURCH HILLSBOROUGH", 22),
    ],
)
def test_b7_a_damaged_name_is_found(name: str, right: int) -> None:
    assert taken(name) == FILE[right], hits(name)


@pytest.mark.parametrize(
    "name",
    [
        "MUELLER LOGISTICS MUENCHEN GMBH",
        "MUELLER LOGISTICS",
        "MULLER",
        "MUELLER SPEDITION HAMBURG",
        "VANDENBERGHE CHEMICALS NV",
        "VANDENBERGHE",
        "NORDLICHT BREWERY GMBH",
        "OSTERMANN CATERING AG",
        "LOGISTICS HAMBURG",
        "KLAUNDNER",
        "STRASSER METALLBAU",
        "BRANDBERG HOLDING AB",
        "PPM",
        "АCME",
    ],
)
def test_b7_near_duplicates_and_subsidiaries_stay_apart(name: str) -> None:
    assert taken(name) == "", hits(name)


def test_b7_the_exact_name_wins_over_the_longer_one_and_a_stated_form_over_another() -> None:
    assert taken("ALPHA PHARMA LTD") == "Alpha Pharma"
    assert taken("ALPHA PHARM") == "Alpha Pharma"
    assert taken("ALPHA PHARMA INTL") == "Alpha Pharma International"
    assert hits("KLAUNDNER LTD") == (("Klaundner Limited", SAME), ("Klaundner e.K.", NEXT))


def test_b7_a_word_that_differs_weighs_more_than_one_that_is_missing() -> None:
    known = ["Weissbach Chemie Leipzig GmbH", *FILE]
    missing, different = hits("WEISSBACH CHEMIE", known)[0], hits("WEISSBACH CHEMIE ROSTOCK", known)[0]
    assert missing[0] == different[0] == "Weissbach Chemie Leipzig GmbH"
    assert missing[1] >= LEAST > different[1]


def test_b7_a_rare_word_weighs_more_than_a_common_one() -> None:
    many = [f"{root} Logistics London Ltd" for root in ("Abel", "Bodkin", "Corley", "Dunmore", "Esterly", "Farlow", "Gosport", "Hindley")]
    known = [*many, "Zwettler Catering Ltd", *FILE]
    assert taken("ZWETTLER", known) == "Zwettler Catering Ltd"
    assert taken("LOGISTICS LONDON LTD", known) == ""


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "X" * 10_000,
        "AB " * 3_333,
        "GMBH",
        "The Company Ltd",
        "LTD & CO KG",
        "S.A.",
        "&",
        "()",
        "((((",
        "T/A",
        "C/O",
        "😀",
        "🏭🏭🏭 🏭",
        "\u200f\u200e",
        "\x00\x01",
        "ПИВОВАРНЯ",
        "ΑΒΓΔ ΕΖΗΘ",
        "上海汽车",
        "0",
        "12345678901234567890",
        "-" * 200,
        "\\x",
        "&#x110000;",
        "NAN",
        "A/B/C/D/E/F/G/H",
        "%s %d {} \\N{DASH}",
    ],
)
def test_b7_hostile_names_match_nothing_and_never_fail(name: str) -> None:
    assert taken(name) == "", hits(name)
    assert isinstance(hits("MUELLER LOGISTICS HAMBURG", [*FILE, name]), tuple)


def test_a_file_of_hostile_names_or_of_none_is_searched() -> None:
    assert search(name_index({}), ["ACME", ""], 3) == [(), ()]
    assert search(name_index({"": frozenset({"1"}), "😀": frozenset({"2"})}), ["", "😀", "ACME"], 3) == [(), (), ()]
    assert hits("GMBH", ["GmbH"]) == (("GmbH", SAME),)
    assert taken("АCME PAINTS", ["ACME Paints"]) == ""  # the first letter of the payer's name is Cyrillic


def test_one_answer_for_each_set_of_customers() -> None:
    known = {"Nordlicht Werke": frozenset({"C1"}), "NLW Nordlicht": frozenset({"C1"}), "Nordlicht Werkes": frozenset({"C2"})}
    found = search(name_index(known), ["NORDLICHT WERKEE"], 5)[0]
    assert [known[spelling] for spelling, _ in found] == [frozenset({"C1"}), frozenset({"C2"})]


def test_the_answer_does_not_depend_on_the_order_of_rows_or_on_the_other_names() -> None:
    asked = ["MUELLER LOGIST HAMBURG", "VANDENBERGHE", "PJS MUSIC", "KLAUNDNER", "TINDAL AND FAIRWETHER", "ALPHA PHARM", "", "MULLER"]
    right = {name: hits(name) for name in asked}
    for seed in range(20):
        rng = random.Random(seed)
        known, names = rng.sample(FILE, len(FILE)), rng.sample(asked * 2, len(asked) * 2)
        index = name_index({other: frozenset({other}) for other in known})
        assert dict(zip(names, search(index, names, 5), strict=True)) == right


def paid(name: str, *rows: dict[str, Any]) -> Any:
    """Identify the payer of one receipt by name alone and return its row."""
    frame, known = receipts(receipt("R1", "1.00", "2025-03-12", name=name)), customers(*rows)
    return next(identify(frame, extract(frame, items(), advices(), RULES), items(), known, banks(), RULES).itertuples())


ROWS = [customer(f"C{place}", name) for place, name in enumerate(FILE)]


def test_b6_and_b7_in_the_engine() -> None:
    assert (paid("ALPHA PHARMA LTD", *ROWS).customer_id, paid("ALPHA PHARMA LTD", *ROWS).payer_key) == ("C18", "B6")
    found = paid("KWASNIEWSKI INTL MFG CO", *ROWS)
    assert (found.customer_id, found.payer_key, found.payer_strength) == ("C3", "B6", "MEDIUM")
    found = paid("KWASNIEWSKY INTL MANUFACT LTD", *ROWS)
    assert (found.customer_id, found.payer_key, found.payer_strength) == ("C3", "B7", "WEAK")
    found = paid("MUELLER LOGISTICS", *ROWS)
    assert (found.customer_id, found.payer_key, found.status) == ("", "NONE", "UNIDENTIFIED")
    assert found.payer_sentence == "A name very like this one belongs to several customers: C0, C1."


def test_b7_a_legal_form_that_is_stated_settles_b6() -> None:
    found = paid("KLAUNDNER LTD", *ROWS)
    assert (found.customer_id, found.payer_key, found.payer_strength) == ("C20", "B7", "WEAK")
    assert paid("KLAUNDNER", *ROWS).payer_key == "NONE"


def test_b8_names_of_one_family_come_near_each_other() -> None:
    family = [customer(f"F{place}", FILE[place], parent_id="P1") for place in (0, 1)]
    found = paid("MUELLER LOGISTICS", *family, *ROWS[2:])
    assert (found.customer_id, found.payer_key, found.payer_strength) == ("", "B8", "WEAK")


def test_b7_learns_only_from_accepted_decisions() -> None:
    alias = customer("C77", "Wellspring Academy Trust", alias_names="Greenacre | NU Alliance (NUCA) t/a Zest")
    assert paid("ZEST", alias, *ROWS).customer_id == "C77"
    assert paid("GREENACRE LTD", alias, *ROWS).customer_id == "C77"
    assert paid("ZEST", customer("C77", "Wellspring Academy Trust"), *ROWS).customer_id == ""


def test_cv_08_each_book_is_searched_by_itself() -> None:
    other = customer("C1", "Kwasniewski International Manufacturing Ltd", company_code="2000")
    assert paid("KWASNIEWSKI INTL MANUFACT", other, *ROWS[4:]).customer_id == ""
