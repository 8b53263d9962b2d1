"""An index over the names of one customer file, and the search for many payers' names at once (step B of 2.2, key B7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn

from arwork.matching.name_fit import CUT_LENGTHS, Compared, Fit, Reading, explain, form_points
from arwork.matching.name_lookup import Vocabulary, meanings, vocabulary
from arwork.matching.name_words import is_common
from arwork.matching.names import CARE, SECOND, Formed, clean, words_and_form
from arwork.matching.on_demand import OnDemand
from arwork.matching.word_likeness import like_a_form

SAME = 10_000
"""The score of a name that is on file; scores are ten-thousandths."""
_CANDIDATES, _POSTINGS = 12, 4_000
_PER_POINT, _BEHIND = 2, 5
_COMPLETE = 150
_FAR, _ENOUGH = 600, 2
_SAID_LESS = 50
_ASIDE = re.compile(r"\(([^)]*)\)?")
_SECOND_COST, _CARE_COST, _OUTSIDE_COST, _INSIDE_COST, _JOINED_COST = 100, 250, 60, 150, 70
_FORM_COST, _SHORT_FORM_COST = 40, 150


@dataclass(frozen=True)
class NameIndex:
    """The names on file: their words, each way to read each name, and which names are the same once cleaned."""

    spellings: tuple[str, ...]
    customers: tuple[frozenset[str], ...]
    exact: Mapping[str, tuple[int, ...]]
    known: Vocabulary
    rows: Mapping[int, Reading]
    row_spelling: tuple[int, ...]
    forms: tuple[str, ...]
    matrix: csr_matrix
    joined: Mapping[str, tuple[str, str]]


def name_index(spellings: Mapping[str, frozenset[str]], known_forms: Formed | None = None) -> NameIndex:
    """Build the index over names as written in the file (not cleaned), each with the customers that bear it.

    `known_forms` is what `names.formed` returned for the customer file.
    """
    names = tuple(sorted(spellings))
    pairs = [known_forms[name] for name in names] if known_forms is not None else []
    formed = [(words.split(), form) for words, form in pairs] if pairs else [words_and_form(name) for name in names]
    cleaned = [" ".join(words) for words, _ in formed]
    exact: dict[str, list[int]] = {}
    for place, name in enumerate(cleaned):
        if name:
            exact.setdefault(name, []).append(place)
    read = [(place, *way) for place, name in enumerate(names) for way in _ways(name, formed[place][0])]
    said: list[set[str]] = [set() for _ in names]
    for place, words, _ in read:
        said[place].update(words)
    known = vocabulary(said)
    # A reading on file is made when a payer's name comes near it.
    rows: OnDemand[int, Reading] = OnDemand(lambda row: _on_file(known, read[row], names, formed), lambda: range(len(read)))
    return NameIndex(
        names, tuple(spellings[name] for name in names), {name: tuple(places) for name, places in exact.items()},
        known, rows, tuple(place for place, _, _ in read), tuple(form for _, form in formed),
        _matrix(known, [words for _, words, _ in read]), _joined(cleaned, known),
    )  # fmt: skip


def _on_file(known: Vocabulary, way: tuple[int, list[str], int], names: Sequence[str], formed: Sequence[tuple[list[str], str]]) -> Reading:
    place, words, cost = way
    return _reading(known, words, cost, names[place], formed[place][1], part=cost > 0)


def _reading(known: Vocabulary, words: Sequence[str], cost: int, name: str, form: str, *, part: bool) -> Reading:
    """Read a name; a name that ends with its legal form was not cut off."""
    cut = _full(name) and words_and_form(f"X {name.split()[-1]}")[0] != ["X"]
    return Reading(tuple(words), tuple(known.number.get(word, -1) for word in words), cost, cut, "" if part else form, part)


def _full(name: str) -> bool:
    """Say whether a name fills a field of a usual length, a blank at its end not counted."""
    size = len(name.strip())
    return size in CUT_LENGTHS or size + 1 in CUT_LENGTHS


def _ways(name: str, whole: list[str]) -> Iterator[tuple[list[str], int]]:
    """Yield the ways to read a name: as a whole, and each part that can stand alone (trading as, care of, in brackets)."""
    if not whole:
        return
    yield whole, 0
    if "(" not in name and SECOND not in whole and CARE not in whole:
        return
    seen = [whole]
    parts: list[tuple[list[str], int]] = []
    if SECOND in whole or CARE in whole:
        start = 0
        cost = _SECOND_COST
        for place, word in enumerate([*whole, SECOND]):
            if word in (SECOND, CARE):
                parts.append((whole[start:place], cost))
                start, cost = place + 1, _CARE_COST if word == CARE else _SECOND_COST
    if "(" in name:
        inside = [clean(part).split() for part in _ASIDE.findall(name)]
        if any(not is_common(word) for part in inside for word in part):
            parts.append((clean(_ASIDE.sub(" ", name)).split(), _OUTSIDE_COST))
            parts += [(part, _INSIDE_COST) for part in inside]
    for words, cost in parts:
        if words and words not in seen and (len(words) > 2 or not all(is_common(word) for word in words)):
            seen.append(words)
            yield words, cost


def _matrix(known: Vocabulary, rows: Sequence[list[str]]) -> csr_matrix:
    """Lay out words by readings, each column of length one, so that the names that say least beside what was asked come first."""
    weight = np.array(known.weight, dtype=np.float64)
    ends = np.cumsum([0, *(len(row) for row in rows)])
    numbers = np.fromiter((known.number[word] for row in rows for word in row), dtype=np.int32, count=int(ends[-1]))
    owner = np.repeat(np.arange(len(rows)), np.diff(ends))
    own = weight[numbers]
    length = np.sqrt(np.bincount(owner, own * own, len(rows)))
    by_row = csr_matrix((own / length[owner], numbers, ends), shape=(len(rows), len(known.words)))
    by_row.sum_duplicates()
    return by_row.T.tocsr()


def _joined(cleaned: Sequence[str], known: Vocabulary) -> dict[str, tuple[str, str]]:
    """Return the pairs of adjacent words by what they make when written as one, where that is no word on file."""
    found: dict[str, tuple[str, str]] = {}
    for name in cleaned:
        words = name.split()
        for pair in pairwise(words):
            both = "".join(pair)
            if both not in known.number:
                found.setdefault(both, pair)
    return found


def search(index: NameIndex, names: Sequence[str], most: int) -> list[tuple[tuple[str, int], ...]]:
    """Return for each name as written the best names on file: (spelling, score in ten-thousandths), one for each set of customers.

    A name that is on file once cleaned scores 10,000 and brings only its equals. Ties are in alphabetical order. The score of a
    name that is not the best also falls with the distance to the best.
    """
    answers: dict[str, tuple[tuple[str, int], ...]] = {}
    unknown: dict[str, tuple[str, list[str], str]] = {}
    question: dict[str, str] = {}
    for name in dict.fromkeys(names):
        words, form = words_and_form(name)
        cleaned = " ".join(words)
        same = index.exact.get(cleaned, ())
        # Where nothing was cut off and nothing stands in brackets, words and form are all that is asked.
        question[name] = name if same or "(" in name or _full(name) else f"{cleaned}|{form}"
        if same or not words:
            answers[question[name]] = _told(index, _by_form(index, same, form), most)
        else:
            unknown.setdefault(question[name], (name, words, form))
    compared = Compared(index.known)
    for asked, found in zip(unknown, _candidates(index, list(unknown.values())), strict=True):
        answers[asked] = _told(index, _scored(index, found, compared), most)
    return [answers[question[name]] for name in names]


def _by_form(index: NameIndex, same: Sequence[int], form: str) -> list[tuple[int, int]]:
    """Order the names that are the same but for the legal form; another form counts less where one name has the right form."""
    ranks = sorted((form_points(form, index.forms[place])[1], place) for place in same)
    return [(SAME - _BEHIND * (rank - ranks[0][0]), place) for rank, place in ranks]


def _told(index: NameIndex, found: Sequence[tuple[int, int]], most: int) -> tuple[tuple[str, int], ...]:
    """Keep the best spelling for each set of customers."""
    best: dict[frozenset[str], tuple[str, int]] = {}
    for score, place in found:
        best.setdefault(index.customers[place], (index.spellings[place], score))
    return tuple(best.values())[:most]


def _candidates(index: NameIndex, names: Sequence[tuple[str, list[str], str]]) -> Iterator[list[tuple[Reading, list[int]]]]:
    """Yield for each name its readings, each with the rows that share the heaviest words with it."""
    known = index.known
    asked: list[Reading] = []
    ends = []
    for name, whole, form in names:
        for words, cost in _ways(name, whole):
            for way, more in _respelt(index, words):
                asked.append(_reading(known, way, cost + more, name, form, part=cost > 0))
        ends.append(len(asked))
    words = sorted({word for reading in asked for word in reading.words})
    meant = dict(zip(words, meanings(known, words), strict=True))
    rows = _best_rows(index, asked, meant)
    start = 0
    for end in ends:
        yield [(asked[place], rows[place]) for place in range(start, end)]
        start = end


def _respelt(index: NameIndex, words: list[str]) -> Iterator[tuple[list[str], int]]:
    """Yield the words as they are, and with two of them joined or one taken apart where that makes words on file."""
    yield words, 0
    number = index.known.number
    yield from ((words[:end], cost) for end, cost in _without_form(words, number))
    if all(word in number for word in words):
        return
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else ""
        if after and word + after in number and not (word in number and after in number):
            yield [*words[:place], word + after, *words[place + 2 :]], _JOINED_COST
        if word not in number:
            halves = index.joined.get(word) or _halves(word, number)
            if halves:
                yield [*words[:place], *halves, *words[place + 1 :]], _JOINED_COST


def _without_form(words: list[str], number: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    """Yield where a name ends that is followed by a damaged legal form ("LMITED", "S.RL."), and the points for saying so."""
    last = words[-1]
    if len(words) > 1 and last not in number and like_a_form(last):
        yield len(words) - 1, _FORM_COST if len(last) > 3 else _SHORT_FORM_COST
    for start in range(len(words) - 2, max(0, len(words) - 4), -1):
        if any(len(word) > 3 for word in words[start:]):
            return
        if like_a_form("".join(words[start:])) and len("".join(words[start:])) > 2:
            yield start, _FORM_COST


def _halves(word: str, number: Mapping[str, int]) -> tuple[str, str] | None:
    for place in range(len(word) - 3, 2, -1):
        if word[:place] in number and word[place:] in number:
            return word[:place], word[place:]
    return None


def _best_rows(index: NameIndex, asked: Sequence[Reading], meant: Mapping[str, tuple[tuple[int, int], ...]]) -> list[list[int]]:
    """Multiply the words asked with the words on file; a reading brings its rarest words until their bearers are too many."""
    known = index.known
    data: list[int] = []
    columns: list[int] = []
    ends = [0]
    for reading in asked:
        wanted: dict[int, int] = {}
        for word in reading.words:
            for number, cost in meant[word]:
                value = max(10, known.weight[number] - cost // 2)
                if value > wanted.get(number, 0):
                    wanted[number] = value
        bearers = 0
        for number in sorted(wanted, key=lambda number: (known.bearers[number], number)):
            bearers += known.bearers[number]
            if bearers > _POSTINGS and len(columns) > ends[-1]:
                break
            columns.append(number)
            data.append(wanted[number])
        ends.append(len(columns))
    if not columns:
        return [[] for _ in asked]
    left = csr_matrix(
        (np.array(data, dtype=np.float64), np.array(columns, dtype=np.int32), np.array(ends)), shape=(len(asked), len(known.words))
    )
    best = sp_matmul_topn(left, index.matrix, top_n=_CANDIDATES, sort=True)
    # What shares less than half as much as the first is neither the answer nor near it.
    first = best.data[np.minimum(best.indptr[:-1], len(best.data) - 1)] if len(best.data) else np.zeros(len(asked))
    near = best.data * 2 >= np.repeat(first, np.diff(best.indptr))
    starts = np.concatenate([[0], np.cumsum(near)])[best.indptr]
    rows = best.indices[near].tolist()
    return [rows[begin:end] for begin, end in zip(starts.tolist(), starts[1:].tolist(), strict=False)]


def _scored(index: NameIndex, found: Sequence[tuple[Reading, list[int]]], compared: Compared) -> list[tuple[int, int]]:
    """Score the candidates of one name: (score, place of the spelling), best first."""
    best: dict[int, tuple[int, Fit]] = {}
    for reading, rows in found:
        first, far = _FAR * _FAR, 0
        for row in rows:
            target = index.rows[row]
            if reading.part and target.part:
                continue  # a part of one name that is like a part of another says nothing about the two
            fit = explain(reading, target, compared)
            rank = fit.left + fit.slips + fit.form
            for extra in fit.extra:
                rank += _worth(index, reading, extra)
            first = min(first, rank)
            place = index.row_spelling[row]
            if place not in best or rank < best[place][0]:
                best[place] = (rank, fit)
            far = far + 1 if rank > first + _FAR else 0
            if far == _ENOUGH:
                break  # the rows come in the order of what they share with the name
    if not best:
        return []
    order = sorted((rank, place) for place, (rank, _) in best.items())
    first_rank, first = order[0]
    complete = not best[first][1].missing
    top = SAME
    scores = []
    for rank, place in order:
        fit = best[place][1]
        behind = rank - first_rank + (_COMPLETE * fit.missing if complete else 0)
        top = min(top, _likeness(index, fit), max(0, SAME - _BEHIND * behind))
        scores.append((top, place))
    return scores


def _likeness(index: NameIndex, fit: Fit) -> int:
    """Turn points into a score; slips weigh less the more the words that agree say beyond what is needed."""
    beyond = fit.gain - index.known.needed
    credit = max(0, beyond) // 4
    slips = fit.slips - min(fit.slips // 2, credit)
    left = fit.left
    if not (fit.extra and fit.missing):  # one name says all that the other says, and more
        left -= min(left // 2, credit + (_SAID_LESS if fit.missing else 0))
    return max(0, SAME - 1 - _PER_POINT * (left + slips + max(0, -beyond)))


def _worth(index: NameIndex, reading: Reading, place: int) -> int:
    """Return what a payer's word left over would have been worth, had the name on file explained it."""
    number = reading.numbers[place]
    return index.known.weight[number] if number >= 0 else index.known.needed
