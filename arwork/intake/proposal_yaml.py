"""The YAML of a proposed layout, line by line, and what in it a person must look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from arwork.intake.cell_words import MINUS_MARKS, PLUS_MARKS, TOTALS, meaning
from arwork.intake.date_forms import date_form, same_signs
from arwork.intake.layouts import GROUP, kinds_of
from arwork.intake.numbers import LAKH, decimal_of
from arwork.intake.proposed import STATED, Guess, Match, negative
from arwork.intake.seen import Column, Seen
from arwork.money import ISO
from arwork.tables import TABLES

SURE = "sure"
CHECK = "please check"
READS = {"bank_lines": "bank", "remittance_lines": "remittance"}
"""What a source says it reads, where the table has another name."""
_LONGEST = 200
"""The longest value that is proposed for one of ours, in characters; YAML takes keys of up to 1,024."""
_THOUSANDTHS = re.compile(r"[-+−]?[0-9]{4,}([.,])[0-9]{3}")
"""An amount that can only have three decimals: its thousands are not set apart."""
_LAKH = re.compile(r"^[-(]?[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?![0-9,])")
_TYPES = next(column.values for column in TABLES["open_items"].columns if column.name == "doc_type")
_LOWERING = ("CM", "RCPT", "ONACC")
_MONEY_IN = ("bank_lines", "cash_book", "gl_lines")


def quoted(text: str) -> str:
    """Write a text as a YAML scalar between double quotes; what cannot be seen is written as its code."""
    return '"' + "".join(_letter(mark) for mark in text) + '"'


def _letter(mark: str) -> str:
    if mark in '"\\':
        return "\\" + mark
    return mark if mark.isprintable() else f"\\U{ord(mark):08x}"


class Writer:
    """Writes the YAML of one proposal and collects what a person must look at while doing so."""

    def __init__(self, seen: Seen, match: Match, currency: str) -> None:
        self.seen, self.match, self.currency = seen, match, currency
        self.kinds = kinds_of(match.table)
        self.missing: list[str] = []
        self.doubts: list[str] = []

    def lines(self, file: str) -> Iterator[str]:
        """Write the file line by line."""
        reads = READS.get(self.match.table, self.match.table)
        yield f"# Proposed by `arwork init` from {''.join(m if m.isprintable() else '?' for m in file)}."
        yield f'# Look at every line that says "{CHECK}", correct it, and delete the remark. Then name this layout in the params:'
        yield f"#   sources: [{{file: …, reads: {reads}, layout: <the name of this file without .yaml>}}]"
        yield f"reads: {reads}"
        yield f"title: {quoted('Export as of ' + file.rpartition('/')[2])}"
        yield from self._form()
        if self._grouped:
            told = ", ".join(repr(text) for text in self.seen.groups[:3])
            yield self._say("grouped", "true", "", f"{told} and the like head the rows below them; that is taken for {self._grouped}.")
        yield "columns:"
        yield from self._columns()
        yield from self._also()
        yield from self._constants()
        yield from self._amounts()
        yield from self._dates()
        yield from self._due()
        yield from self._blanks()
        yield from self._values()
        yield from self._rows()
        yield from self._unread()

    @property
    def _grouped(self) -> str:
        """Our column that the rows heading others fill; blank where they fill none."""
        return next((guess.ours for guess in self.match.guesses if guess.column.heading == GROUP), "")

    def _say(self, key: str, value: str, remark: str, doubt: str = "") -> str:
        if doubt:
            self.doubts.append(doubt)
        return f"{key}: {value}  # {CHECK if doubt else SURE}{': ' + remark if remark else ''}"

    def _form(self) -> Iterator[str]:
        seen = self.seen
        if not seen.header:
            yield self._say(
                "header", "false", "the file has no row of headings", "The file seems to have no header; columns are named by their place."
            )
        if seen.encoding not in ("utf-8", "utf-8-sig", "utf-16", "xlsx", "ascii"):
            doubt = "" if seen.encoding_sure else f"The encoding was told by its letters: {seen.encoding}. Look whether names read well."
            yield self._say("encoding", seen.encoding, "", doubt)
        if seen.sheet:
            yield self._say("sheet", quoted(seen.sheet), "")
        if seen.dialect is not None and seen.dialect.framed:
            yield self._say("framed", "true", "a list between bars")
        elif seen.dialect is not None:
            yield self._say("delimiter", quoted(seen.delimiter), "")
            if not seen.dialect.quotes:
                yield self._say("quotes", "false", "quotes stand inside cells", "Quotes are taken as ordinary characters.")
            if seen.dialect.newlines:
                yield self._say("newlines", "true", "quoted cells hold line ends")

    def _columns(self) -> Iterator[str]:
        for guess in self.match.guesses:
            doubt = "" if guess.sure else f"{self._named(guess.column)!r} is taken for {guess.ours}: {guess.why}."
            yield "  " + self._say(guess.ours, f"[{quoted(self._named(guess.column))}]", "" if guess.sure else guess.why, doubt)
            if guess.ours == "doc_type":
                yield f"  doc_class_raw: [{quoted(self._named(guess.column))}]  # {SURE}"
        for group in self.match.missing:
            if group in STATED:
                continue
            yield f"  {group[0]}: [{quoted('(no heading found for ' + group[0] + ')')}]  # MISSING: write the heading that holds {' or '.join(group)}"
            self.missing.append(f"{' or '.join(group)}: write its heading, or export the column too")

    def _also(self) -> Iterator[str]:
        if self.match.also:
            names = [self._named(column) for column in self.match.also]
            doubt = f"The text goes on in {' and '.join(map(repr, names))}."
            yield self._say("also", f"{{remittance_text: [{', '.join(map(quoted, names))}]}}", "", doubt)

    @staticmethod
    def _named(column: Column) -> str:
        return column.heading or f"#{column.place}"

    def _constants(self) -> Iterator[str]:
        told: list[str] = []
        have = {c.name for c in TABLES[self.match.table].columns}
        if self.match.of("currency") is None and "currency" in have:
            code, remark, doubt = self._currency()
            if code:
                told.append("  " + self._say("currency", code, remark, doubt))
        if ("doc_type",) in self.match.missing:
            doubt = "No column tells invoices from credits and payments; all lines are read as invoices, told apart by sign only."
            told.append("  " + self._say("doc_type", "INV", "the file has no document type", doubt))
        if told:
            yield "constants:"
            yield from told

    def _currency(self) -> tuple[str, str, str]:
        if self.currency:
            return self.currency, "as given", ""
        named = [g.column.heading for g in self.match.guesses if self.kinds[g.ours].startswith("money")]
        codes = {code for heading in named for code in re.findall(r"\b[A-Z]{3}\b", heading) if ISO.known(code)}
        if len(codes) == 1:
            return codes.pop(), "it stands in a heading", ""
        if self.match.table == "bank_lines":
            return "", "", ""
        beside = {mark for g in self._money() for cell in g.column.cells for mark in re.findall(r"€|\b[A-Z]{3}\b", cell)}
        codes = {"EUR" if mark == "€" else mark for mark in beside - {"CR", "DR"}}
        if len(codes) == 1 and ISO.known(code := codes.pop()):
            return code, "it stands beside the amounts", ""
        self.missing.append("currency: give --currency, or state it under constants")
        return "XXX", "MISSING: state the currency of the file, such as EUR", "The file states no currency."

    def _money(self) -> list[Guess]:
        return [guess for guess in self.match.guesses if self.kinds[guess.ours].startswith("money")]

    def _amounts(self) -> Iterator[str]:
        money = self._money()
        texts = [cell for guess in money for cell in guess.column.cells]
        yield from self._decimal(money, texts)
        yield from self._marks(texts)
        mark = self.match.mark
        credits_plus = self.match.table in _MONEY_IN
        if mark is not None:
            values = sorted(set(mark.cells))
            come, go = ([v for v in values if v.casefold() in side] for side in (PLUS_MARKS, MINUS_MARKS))
            plus, minus = (come, go) if credits_plus else (go, come)
            self.doubts.append(
                f"{self._named(mark)!r} gives unsigned amounts their sign: plus is {', '.join(plus)}, minus is {', '.join(minus)}."
            )
            yield f"sign:  # {CHECK}: plus is {'money in' if credits_plus else 'what is owed to us'}"
            yield f"  column: [{quoted(self._named(mark))}]"
            yield f"  plus: [{', '.join(map(quoted, plus))}]"
            yield f"  minus: [{', '.join(map(quoted, minus))}]"
        elif money and self.match.of("amount_minus") is None and not any(cell[-2:].upper() in ("CR", "DR") for cell in texts):
            yield from self._unsigned([guess for guess in money if not any(negative(cell) for cell in guess.column.cells)], len(money))

    def _money_of_lines(self) -> list[Guess]:
        return [guess for guess in self.match.guesses if guess.ours in ("amount", "amount_plus", "amount_minus")]

    def _unsigned(self, unsigned: Sequence[Guess], money: int) -> Iterator[str]:
        types = self.match.of("doc_type")
        lowering = types is not None and any(meaning(cell, "doc_type", _TYPES) in _LOWERING for cell in set(types.column.cells))
        if self.match.table == "open_items" and lowering and unsigned:
            names = " and ".join(repr(self._named(guess.column)) for guess in unsigned)
            doubt = f"{names} holds no negative amount: credit memos and payments get their sign by document type."
            yield self._say("sign", f"{{minus_types: [{', '.join(_LOWERING)}]}}", "by document type where a column has no minus", doubt)
        elif self.match.table in ("open_items", *_MONEY_IN) and len(unsigned) == money:
            self.doubts.append(
                "No amount is negative and nothing tells money in from money out; if the file holds both, say how (`sign:`)."
            )

    def _decimal(self, money: Sequence[Guess], texts: Sequence[str]) -> Iterator[str]:
        if not texts:
            return
        bare = [re.sub(r"(?i)[€$£¥]|[a-z]{2,3}", "", cell).strip() for cell in texts]
        lakh = next((cell for cell in bare if _LAKH.search(cell)), "")
        if lakh:
            yield self._say("grouping", LAKH, f"as in {lakh}")
        found = decimal_of(bare, np.full(len(bare), 2, dtype=np.int64), None, LAKH if lakh else True)
        both = {max(cell.rfind("."), cell.rfind(",")) == cell.rfind(",") for cell in bare if "." in cell and "," in cell}
        if found == "?" and len(both) == 1:
            found = "," if both == {True} else "."
        thousandths = {match[1] for cell in bare if (match := _THOUSANDTHS.fullmatch(cell))}
        if found == "?" and len(thousandths) == 1 and all(re.search(r"[.,][0-9]{3}$", cell) for cell in bare if re.search("[.,]", cell)):
            found = thousandths.pop()
            yield self._say("more_decimals", "round", f"three decimals, as in {texts[0]}")
        if found in (".", ","):
            yield self._say("decimal", quoted(found), f"as in {texts[0]}")
        elif found == "?":
            likely = "," if self.seen.delimiter == ";" else "."
            yield self._say(
                "decimal", quoted(likely), f"as in {texts[0]}", f"It is not clear whether '.' or ',' is the decimal mark: {texts[0]}."
            )

    def _marks(self, texts: Sequence[str]) -> Iterator[str]:
        ends = {cell[-2:].upper() for cell in texts} & {"CR", "DR"}
        if ends:
            credit = "+" if self.match.table in _MONEY_IN else "-"
            signs = {"CR": credit, "DR": "-" if credit == "+" else "+"}
            told = ", ".join(f'{end}: "{signs[end]}"' for end in sorted(ends))
            yield self._say("suffixes", f"{{{told}}}", "", "Amounts end in CR or DR; look at their sign in the rows shown.")
        guess = {"$": "USD", "£": "GBP", "¥": "JPY"}
        found = sorted({mark for cell in texts for mark in guess if mark in cell})
        if found:
            told = ", ".join(f"{quoted(mark)}: {self.currency or guess[mark]}" for mark in found)
            yield self._say("marks", f"{{{told}}}", "", f"{' and '.join(found)} stands beside amounts; say which currency it is.")

    def _dates(self) -> Iterator[str]:
        chosen: dict[str, str] = {}
        doubtful: dict[str, str] = {}
        timed = False
        for guess in self.match.guesses:
            if self.kinds[guess.ours] != "date" or not guess.column.cells:
                continue
            form, rivals = date_form(
                guess.column.forms, european=self.seen.delimiter == ";" or any("DD-MM" in form for form in guess.column.forms)
            )
            chosen[guess.ours] = form
            timed |= guess.column.time
            if rivals:
                doubtful[guess.ours] = (
                    f"{self._named(guess.column)!r} is read {form}, but could be {' or '.join(rivals)}, as in {guess.column.cells[0]}."
                )
        if chosen:
            sure = [form for name, form in chosen.items() if name not in doubtful]
            agreed = {name: form for name, form in chosen.items() if name not in doubtful or not sure}
            common = max(agreed.values(), key=list(agreed.values()).count)
            doubts = [sentence for name, sentence in doubtful.items() if not (sure and same_signs(common, chosen[name]))]
            forms = {name: common if name in doubtful and sure and same_signs(common, form) else form for name, form in chosen.items()}
            yield self._say("dates", quoted(common), "", " ".join(doubts))
            others = {name: form for name, form in forms.items() if form != common}
            if others:
                yield "dates_by_column:"
                yield from (f"  {name}: {quoted(form)}" for name, form in others.items())
        if timed:
            yield self._say("drop_time", "true", "a time of day follows the dates")

    def _due(self) -> Iterator[str]:
        """Say how due dates come from terms where the file has no due date (MP-10)."""
        if self.match.table != "open_items" or self.match.of("due_date") is not None:
            return
        based = self.match.of("baseline_date") or self.match.of("doc_date")
        if based is not None and any(self.match.of(f"days_{n}") for n in (1, 2, 3)):
            yield self._say("due_date", "sap_terms", "", "Due dates are reckoned from the baseline date and the days of the terms.")
        elif based is not None and self.match.of("net_days") is not None:
            yield self._say("due_date", "baseline_plus_days", "", "Due dates are the baseline date and the net days.")

    def _blanks(self) -> Iterator[str]:
        """Say what stands for blank cells of columns that may not be blank."""
        rows = max((len(guess.column.cells) for guess in self.match.guesses), default=0)
        blank = {g.ours: rows - len(g.column.cells) for g in self.match.guesses if g.ours in ("currency", "doc_type")}
        filled = {"currency": self.currency or "XXX", "doc_type": "ADJ"}
        told = {name: count for name, count in blank.items() if count}
        if not told:
            return
        yield f"when_blank:  # {CHECK}"
        for name, count in told.items():
            yield f"  {name}: {{set: {{{name}: {filled[name]}}}}}"
            self.doubts.append(f"{name} is blank in {count:,} of the rows looked at and read as {filled[name]}.")
            if filled[name] == "XXX":
                self.missing.append("currency of the rows where it is blank: give --currency, or state it under when_blank")

    def _values(self) -> Iterator[str]:
        told: list[str] = []
        for guess in self.match.guesses:
            column = next((c for c in TABLES[self.match.table].columns if c.name == guess.ours and c.values), None)
            if column is None:
                continue
            found = {
                value: meaning(value, guess.ours, column.values) for value in dict.fromkeys(guess.column.cells) if len(value) <= _LONGEST
            }
            if all(value.upper() == ours for value, ours in found.items()):
                continue
            if guess.ours == "doc_type":
                found |= {"ADJ": "ADJ"}  # what stands for a blank one
            told.append(f"  {guess.ours}:")
            for value, ours in list(found.items())[:60]:
                if value == ours:
                    told.append(f"    {quoted(value)}: {ours}")
                    continue
                self.doubts.append(f"{value!r} is read as {ours or column.values[0]}.")
                told.append(f"    {quoted(value)}: {ours or column.values[0]}  # {CHECK}{'' if ours else ': nothing like it is known'}")
        if told:
            yield "values:"
            yield from told

    def _rows(self) -> Iterator[str]:
        skip: list[str] = []
        own = [g for g in self.match.guesses if g.column.heading != GROUP]
        key = next((g for g in own if g.ours in ("doc_no", "booking_date", "payment_ref", "customer_id", "gl_account")), None)
        most = max((len(c.cells) for c in self.seen.columns), default=0)
        groups = 0 if self._grouped else len(self.seen.groups)
        if key is not None and len(key.column.cells) < most + groups:
            dated = [g for g in own if self.kinds[g.ours] == "date" and g.column.place > 1 and g is not key]
            skip.append(f"blank: [{', '.join(g.ours for g in (key, *dated))}]")
            told = " and ".join(repr(self._named(g.column)) for g in (key, *dated))
            self.doubts.append(
                f"Rows without {told} are left out as subtotals: {most + groups - len(key.column.cells):,} of the rows looked at."
            )
        elif self.match.table in _MONEY_IN and (money := self._money_of_lines()) and sum(len(g.column.cells) for g in money) < most:
            skip.append(f"blank: [{', '.join(g.ours for g in money)}]")
            told = " and ".join(repr(self._named(g.column)) for g in money)
            self.doubts.append(f"Rows without {told} are left out: they state a balance and move nothing.")
        firsts = {cell for cell in (self.seen.columns[0].cells if self.seen.columns else ()) if TOTALS.match(cell)}
        dates = [g.column.place for g in self.match.guesses if self.kinds[g.ours] == "date"]
        totals = [] if self.seen.groups or not dates or 1 in dates else sorted(firsts)  # of a customer called Total only the sums
        if 0 < len(totals) <= 8:
            skip.append(f"totals: [{', '.join(map(quoted, totals))}]")
            self.doubts.append(f"Rows without a date that begin with {', '.join(map(repr, totals))} are left out as totals.")
        texts = {self._total_of_group(text) for text in (*self.seen.odd, *(firsts - {*totals})) if text}
        starts = _shortest(texts) if self.seen.groups else sorted(texts)
        if 0 < len(starts) <= 8:
            skip.append(f"starts: [{', '.join(map(quoted, starts))}]")
            told = ", ".join(map(repr, starts))
            self.doubts.append(f"Rows that begin with {told} are left out: they have another number of cells or are totals.")
        if skip:
            yield f"skip: {{{', '.join(skip)}}}  # {CHECK}"
        whole = [g.ours for g in self.match.guesses if g.column.cells and self.kinds[g.ours] in ("text", "code") and _floats(g.column)]
        if whole:
            yield self._say("whole_numbers", f"[{', '.join(whole)}]", "a spreadsheet wrote 123.0 for 123")

    def _total_of_group(self, text: str) -> str:
        """Take off what only one total says: `Total Bayside Club` is a `Total`, `* Account 4711` of an SAP list a `*`."""
        if self.seen.dialect is not None and self.seen.dialect.framed and text.startswith("*"):
            return "*"
        group = max((group for group in self.seen.groups if TOTALS.match(text) and text.endswith(f" {group}")), key=len, default="")
        return text.removesuffix(group).strip()

    def _unread(self) -> Iterator[str]:
        used = (
            {guess.column.place for guess in self.match.guesses}
            | {c.place for c in self.match.also}
            | ({self.match.mark.place} if self.match.mark else set())
        )
        left = [column for column in self.seen.columns if column.place not in used]
        if self.match.table == "open_items" and self.match.of("open_amount_doc") is None:
            money = [repr(self._named(c)) for c in left if c.share("money") >= 0.9 and c.share("decimals") >= 0.2 and c.share("date") < 0.9]
            if money:
                self.doubts.append(
                    f"No column is known to say what is still open; if {' or '.join(money)} does, map it to open_amount_doc."
                )
        if left:
            yield "# Not read; map what matters:"
        repeated = twice(self.seen)
        for column in left:
            note = " (stands twice: rename one to read it)" if column.heading.casefold() in repeated else "" if column.cells else " (empty)"
            sample = f", such as {quoted(column.cells[0][:40])}" if column.cells else ""
            yield f"#   {quoted(self._named(column))}{sample}{note}"


def twice(seen: Seen) -> set[str]:
    """Name the headings, without case, that stand over several columns which differ: a layout cannot tell these apart."""
    first: dict[str, Column] = {}
    repeated = set()
    for column in seen.columns:
        heading = column.heading.casefold()
        if heading and first.setdefault(heading, column).cells != column.cells:
            repeated.add(heading)
    return repeated


def _shortest(texts: Iterable[str]) -> list[str]:
    """Leave out what begins like another one of some texts."""
    kept: list[str] = []
    for text in sorted(texts):
        if not kept or not text.startswith(kept[-1]):
            kept.append(text)
    return kept


def _floats(column: Column) -> bool:
    return sum(bool(re.fullmatch(r"[0-9]+\.0+", cell)) for cell in column.cells) > len(column.cells) / 2
