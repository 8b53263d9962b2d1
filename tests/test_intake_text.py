"""Bytes to text to cells: nothing is guessed, no row is swallowed."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.received import Received
from arwork.intake.text import Dialect, decode, lines_of, split

WORDS = "Beträge für Łódź"


def received(data: bytes, name: str = "f.csv") -> Received:
    return Received(name, data, hashlib.sha256(data).hexdigest())


def cells(text: str, **dialect) -> list[tuple[int, tuple[str, ...]]]:
    return [(line.number, line.cells) for line in split(text, Dialect(**{"delimiter": ",", **dialect}), "f.csv")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_recognised_by_its_mark_or_by_strict_reading(encoding):
    assert decode(received(WORDS.encode(encoding)))[0] == WORDS


@pytest.mark.parametrize("actual", ["cp1252", "cp850", "cp1250", "iso8859-15", "mac-roman", "utf-8", "utf-16"])
@pytest.mark.parametrize("stated", ["", "cp1252", "cp850", "utf-8"])
def test_an_encoding_is_right_or_refused(actual, stated):
    """Statement and file disagree: either the stated one is used as stated, or the file is refused; never a third one."""
    data = "Größe".encode(actual)
    if stated in ("", "utf-8") and not actual.startswith("utf"):
        with pytest.raises(InputError, match="encoding: cp1252"):
            decode(received(data), stated)
        return
    text, used = decode(received(data), stated)
    assert text == "Größe" or used == stated
    assert data.decode(used) == text


def test_an_undecodable_byte_is_named_with_line_byte_and_cure():
    with pytest.raises(InputError) as refused:
        decode(received(b"a;b\r\nc;M\xfcller\r\n", "fbl5n.csv"))
    message = str(refused.value)
    for part in ("fbl5n.csv, line 2, column byte 4", "0xfc", "State the encoding of the export, such as `encoding: cp1252`"):
        assert part in message


def test_an_unknown_or_unsafe_encoding_is_refused():
    for name in ("latin-one", "rot13", "utf-7", "unicode_escape"):
        with pytest.raises(InputError, match="unknown encoding"):
            decode(received(b"a"), name)


@pytest.mark.parametrize(
    ("data", "what"), [(b"\xd0\xcf\x11\xe0\xa1", "old or a protected Excel"), (b"\x1f\x8b\x08", "compressed"), (b"%PDF-1.7", "a PDF")]
)
def test_a_file_that_is_no_text_is_named_for_what_it_is(data, what):
    with pytest.raises(InputError, match=what):
        decode(received(data))


def test_nul_bytes_are_refused_with_their_line():
    with pytest.raises(InputError, match=r"f\.csv, line 2: holds a NUL"):
        decode(received(b"a\nb\x00\n"))


def test_only_real_line_ends_split_lines():
    assert lines_of("a\rb\r\nc\nd\u2028e\x85f\x0cg\n") == ["a", "b", "c", "d\u2028e\x85f\x0cg"]


def test_quoted_cells_keep_delimiters_and_quotes():
    assert cells('a,"b,""c""",\n,"",d') == [(1, ("a", 'b,"c"', "")), (2, ("", "", "d"))]


@pytest.mark.parametrize(("text", "what"), [
    ('a,"b\nc,d\ne",f', "a quote is opened and not closed"), ('a,"b"c', "text follows a closing quote"),
    ('a,b"c', "a quote stands inside an unquoted cell"),
])  # fmt: skip
def test_quotes_that_do_not_pair_are_refused_with_their_line(text, what):
    with pytest.raises(InputError, match=rf"f\.csv, line 1: {what}"):
        cells(text)


def test_newlines_in_cells_are_read_where_the_layout_allows_them_and_lines_still_count():
    assert cells('a,"b\nc"\nd,e', newlines=True) == [(1, ("a", "b\nc")), (3, ("d", "e"))]
    with pytest.raises(InputError, match="not closed"):
        cells('a,"b\nc\nd,e', newlines=True)


def test_a_text_kept_by_a_formula_is_that_text():
    """Exports write ="00123" so that a spreadsheet keeps the zeros; a formula of any other kind is left as it stands."""
    assert cells('="00123",x') == [(1, ("00123", "x"))]
    assert cells('"=""00123""",x') == [(1, ("00123", "x"))]
    assert cells("=1+1,x") == [(1, ("=1+1", "x"))]


def test_quotes_are_ordinary_where_the_layout_says_so():
    assert cells('12" pipe,"x', quotes=False) == [(1, ('12" pipe', '"x'))]


def test_ld_05_framed_lists_lose_their_frame_and_a_broken_frame_is_a_fault():
    text = "Customer items\n-----------\n|Doc|Amt |\n|---|----|\n| 1 |5,00|\n|2 |7"
    lines = list(split(text, Dialect("|", framed=True), "f.txt"))
    assert [line.cells for line in lines[:5]] == [(), (), ("Doc", "Amt "), (), (" 1 ", "5,00")]
    assert lines[5].fault


CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters='"\r\n\x00'), max_size=5)


@given(st.lists(st.lists(CELL, min_size=2, max_size=3), min_size=1, max_size=5), st.integers(0), st.booleans())
def test_one_quote_more_or_less_in_a_quoted_file_is_always_refused(rows, at, more):
    """Threat: a stray quote that closes rows later merges them into one, with no error."""
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    assert [list(line) for _, line in cells(text)] == rows
    quotes = [place for place, letter in enumerate(text) if letter == '"']
    place = at % (len(text) + 1) if more else quotes[at % len(quotes)]
    edited = text[:place] + '"' + text[place:] if more else text[:place] + text[place + 1 :]
    with pytest.raises(InputError):
        cells(edited)
