"""An index over the names of one customer file, and the search for many payers' names at once (step B of 2.2, key B7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn

from arwork.matching.name_fit import CUT_LENGTHS, Compared, Fit, Reading, explain
from arwork.matching.name_lookup import Vocabulary, meanings, vocabulary
from arwork.matching.names import CARE, SECOND, clean
from arwork.matching.name_words import is_common

SAME = 10_000
"""The score of a name that is on file; scores are ten-thousandths."""
_CANDIDATES, _POSTINGS = 12, 4_000
_PER_POINT, _BEHIND = 2, 5
_COMPLETE = 150
_ASIDE = re.compile(r"\(([^)]*)\)?")
_SECOND_COST, _CARE_COST, _OUTSIDE_COST, _INSIDE_COST, _JOINED_COST = 100, 250, 60, 150, 70


@dataclass(frozen=True)
class NameIndex:
    """The names on file: their words, each way to read each name, and which names are the same once cleaned."""

    spellings: tuple[str, ...]
    customers: tuple[frozenset[str], ...]
    exact: Mapping[str, tuple[int, ...]]
    known: Vocabulary
    rows: tuple[Reading, ...]
    row_spelling: tuple[int, ...]
    matrix: csr_matrix
    joined: Mapping[str, tuple[str, str]]


def name_index(spellings: Mapping[str, frozenset[str]]) -> NameIndex:
    """Build the index over names as written in the file (not cleaned), each with the customers that bear it."""
    names = tuple(sorted(spellings))
    cleaned = [clean(name) for name in names]
    exact: dict[str, list[int]] = {}
    for place, name in enumerate(cleaned):
        if name:
            exact.setdefault(name, []).append(place)
    read = [(place, *way) for place, name in enumerate(names) for way in _ways(name, cleaned[place])]
    said: list[set[str]] = [set() for _ in names]
    for place, words, _ in read:
        said[place].update(words)
    known = vocabulary(said)
    rows = tuple(_reading(known, words, cost, names[place]) for place, words, cost in read)
    return NameIndex(
        names, tuple(spellings[name] for name in names), {name: tuple(places) for name, places in exact.items()},
        known, rows, tuple(place for place, _, _ in read), _matrix(known, rows), _joined(cleaned, known),
    )  # fmt: skip


def _reading(known: Vocabulary, words: Sequence[str], cost: int, name: str) -> Reading:
    size = len(name.strip())
    return Reading(tuple(words), tuple(known.number.get(word, -1) for word in words), cost, size in CUT_LENGTHS or size + 1 in CUT_LENGTHS)


def _ways(name: str, cleaned: str) -> Iterator[tuple[list[str], int]]:
    """Yield the ways to read a name: as a whole, and each part that can stand alone (trading as, care of, in brackets)."""
    whole = cleaned.split()
    if not whole:
        return
    yield whole, 0
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
        if words not in seen and not all(is_common(word) for word in words):
            seen.append(words)
            yield words, cost


def _matrix(known: Vocabulary, rows: Sequence[Reading]) -> csr_matrix:
    """Lay out words by readings, each column of length one, so that the names that say least beside what was asked come first."""
    weight = np.array(known.weight, dtype=np.float64)
    ends = np.cumsum([0, *(len(row.numbers) for row in rows)])
    numbers = np.fromiter((number for row in rows for number in row.numbers), dtype=np.int32, count=int(ends[-1]))
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
        for pair in zip(words, words[1:], strict=False):
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
    open_names: list[tuple[str, str]] = []
    for name in dict.fromkeys(names):
        cleaned = clean(name)
        same = index.exact.get(cleaned, ())
        if same or not cleaned:
            answers[name] = _told(index, [(SAME, place) for place in same], most)
        else:
            open_names.append((name, cleaned))
    compared = Compared(index.known)
    for (name, _), found in zip(open_names, _candidates(index, open_names), strict=True):
        answers[name] = _told(index, _scored(index, found, compared), most)
    return [answers[name] for name in names]


def _told(index: NameIndex, found: Sequence[tuple[int, int]], most: int) -> tuple[tuple[str, int], ...]:
    """Keep the best spelling for each set of customers."""
    best: dict[frozenset[str], tuple[str, int]] = {}
    for score, place in found:
        best.setdefault(index.customers[place], (index.spellings[place], score))
    return tuple(best.values())[:most]


def _candidates(index: NameIndex, names: Sequence[tuple[str, str]]) -> Iterator[list[tuple[Reading, list[int]]]]:
    """Yield for each name its readings, each with the rows that share the heaviest words with it."""
    known = index.known
    asked: list[Reading] = []
    ends = []
    for name, cleaned in names:
        for words, cost in _ways(name, cleaned):
            asked += [_reading(known, way, cost + more, name) for way, more in _respelt(index, words)]
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
    left = csr_matrix((np.array(data, dtype=np.float64), np.array(columns, dtype=np.int32), np.array(ends)), shape=(len(asked), len(known.words)))
    best = sp_matmul_topn(left, index.matrix, top_n=_CANDIDATES, sort=True)
    return [best.indices[best.indptr[place] : best.indptr[place + 1]].tolist() for place in range(len(asked))]


def _scored(index: NameIndex, found: Sequence[tuple[Reading, list[int]]], compared: Compared) -> list[tuple[int, int]]:
    """Score the candidates of one name: (score, place of the spelling), best first."""
    best: dict[int, tuple[int, Fit]] = {}
    for reading, rows in found:
        if not rows:
            continue
        for row in rows:
            target = index.rows[row]
            if reading.cost and target.cost:
                continue  # a part of one name that is like a part of another says nothing about the two
            fit = explain(reading, target, compared)
            rank = fit.cost + sum(_worth(index, reading, place) for place in fit.extra)
            place = index.row_spelling[row]
            if place not in best or rank < best[place][0]:
                best[place] = (rank, fit)
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
        score = SAME - 1 - _PER_POINT * (fit.cost + max(0, index.known.needed - fit.gain))
        top = min(top, max(0, score), max(0, SAME - _BEHIND * behind))
        scores.append((top, place))
    return scores


def _worth(index: NameIndex, reading: Reading, place: int) -> int:
    """Return what a payer's word left over would have been worth, had the name on file explained it."""
    number = reading.numbers[place]
    return index.known.weight[number] if number >= 0 else index.known.needed
