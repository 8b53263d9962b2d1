"""One ACH entry with its addenda as a line: whose account, which sign, who is on the other side, what it pays (T07).

The signs are those of the codes: a credit is money in, a debit money out, for the account that the entry is for. An
ordinary entry is for the account it names, and the company of its batch is the other side. A return is for the company
that sent the original: it is booked on the account "bank/company", and the account it names is the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from arwork.intake.advice import Advice
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.nacha_addenda import paid_documents, payment_information, tidy
from arwork.intake.bank.nacha_codes import CHEQUES, COUNTED, NOTICES, REASONS, TRANSACTIONS, Direction
from arwork.intake.bank.nacha_records import Record, settled
from arwork.intake.bank.statement import Line, account_code, classed


@dataclass(frozen=True)
class Batch:
    """What the header of a batch says of all its entries."""

    record: Record
    service: str
    entry_class: str
    company: str
    company_id: str
    text: str
    bank: str
    number: str
    day: date
    value_day: date
    reversal: bool

    @property
    def international(self) -> bool:
        """Say whether entries have the layout of IAT; corrections of IAT entries carry COR and say so in the header."""
        return self.entry_class == "IAT" or self.record.text[4:10] == "IATCOR"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a line, the account it is booked on, its figures for the control totals, and the advice it brings."""

    account: str
    line: Line
    direction: Direction
    amount: int
    bank: int
    advice: Advice | None


def batch(record: Record, created: date) -> Batch:
    """Read a batch header; the effective entry date falls back to the day on which the file was created."""
    entry_class = record.part(51, 53).upper()
    day = record.day(70, 75, "the effective entry date") or created
    international = entry_class == "IAT" or record.text[4:10] == "IATCOR"
    description = record.part(54, 63)
    told = [description] if international else [description, record.part(21, 40)]
    return Batch(
        record=record,
        service=record.text[1:4],
        entry_class=entry_class,
        company="" if international else tidy(record.part(5, 20)),
        company_id=record.part(41, 50),
        text=tidy(" ".join(told)),
        bank=record.part(80, 87),
        number=record.part(88, 94),
        day=day,
        value_day=settled(record.part(76, 78), day) or day,
        reversal=description.upper() == "REVERSAL",
    )


def entry(record: Record, addenda: Sequence[Record], head: Batch) -> Entry:
    """Read an entry detail record and the addenda behind it; InputError where a figure or a code in them is no good."""
    code = record.text[1:3]
    direction = TRANSACTIONS.get(code)
    if direction is None or (int(code) > 80) != (head.entry_class == "ADV"):
        raise record.refused(f"transaction code of a {head.entry_class} entry that says neither credit nor debit", "2-3", code)
    if head.entry_class == "ADV":
        return _advice_of_operator(record, direction, head)
    amount = record.figure(30, 39, "the amount")
    returned = _returned(addenda, direction)
    notice = next((a.part(4, 6) for a in addenda if a.text[1:3] == "98"), "")
    if amount and (not direction.live or notice or head.entry_class in NOTICES):
        what = "a notice" if direction.live else f"a {direction.words}"
        raise record.refused(f"{what} moves no money, but states {amount / 100:.2f}", "30-39", record.text[29:39])
    if head.entry_class in COUNTED and not (returned or notice) and record.part(55, 58):
        record.agrees("addenda of this entry", record.figure(55, 58, "the number of addenda"), len(addenda))
    line = _line(record, addenda, head, direction, amount, returned, notice)
    own = account_code(record.part(40, 74) if head.international else record.part(13, 29))
    routing = account_code(record.part(4, 12))
    account = f"{routing}/{account_code(head.company_id)}" if returned else f"{routing}/{own}"
    return Entry(account, line, direction, amount, record.figure(4, 11, "the receiving bank"), _advice(record, addenda, head, line, amount))


def _returned(addenda: Sequence[Record], direction: Direction) -> str:
    """Give the code of the return: the last one, where a return was dishonoured or contested."""
    told = next((a for a in reversed(addenda) if a.text[1:3] in ("98", "99")), None)
    if told is None:
        return "no reason" if direction.words.startswith("returned") else ""
    return (told.part(4, 6) or "no reason") if told.text[1:3] == "99" else ""


def _fields(record: Record, addenda: Sequence[Record], head: Batch) -> tuple[str, str, str]:
    """Give identification, name and further text of an entry, which each entry class lays out in its own way."""
    first, name = record.part(40, 54), record.part(55, 76)
    if head.international:
        return "", next((a.part(47, 81) for a in addenda if a.text[1:3] == "10"), ""), ""
    if head.entry_class in ("TRC", "XCK"):
        return first, "", f"{record.part(55, 60)} {record.part(61, 76)}"
    if head.entry_class == "POP":
        return record.part(40, 48), name, record.part(49, 54)
    if head.entry_class == "SHR":
        return record.part(44, 54), "", ""
    if head.entry_class == "CIE":
        return record.part(62, 76), record.part(40, 61), ""
    if head.entry_class == "MTE":
        return "", "", record.part(40, 76)
    if head.entry_class in COUNTED or (head.entry_class == "ENR" and record.part(55, 58).isdigit()):
        return first, record.part(59, 74), ""
    return first, name, ""


def _line(record: Record, addenda: Sequence[Record], head: Batch, direction: Direction, amount: int, returned: str, notice: str) -> Line:
    identification, name, more = (tidy(part) for part in _fields(record, addenda, head))
    words = f"{head.entry_class} {direction.words}"
    meaning = Meaning("NON_AR", "ACH", f"{words}: notification of change ({notice})") if notice else Meaning("", "ACH", words)
    back = ""
    if amount and (returned or head.reversal):
        back = f"returned ACH entry ({returned}{_reason(returned)})" if returned else "the batch is a reversal of earlier entries"
    kind, reason = classed(amount if direction.credit else -amount, meaning, back)
    text = [head.text, name if not returned else "", more, tidy(payment_information(addenda)), *_notes(addenda, head)]
    other = account_code(record.part(40, 74) if head.international else record.part(13, 29)) if returned else ""
    originator = next((tidy(a.part(4, 38)) for a in addenda if a.text[1:3] == "11"), "") if head.international else head.company
    cheque = f"cheque {identification}" if head.entry_class in CHEQUES and identification else ""
    return Line(
        booking_date=head.day,
        value_date=head.value_day,
        amount=amount if direction.credit else -amount,
        source_line=str(record.number),
        kind=kind,
        class_reason=reason,
        bank_txn_id=record.part(80, 94),
        end_to_end_id=identification,
        txn_code=f"{head.entry_class}/{record.text[1:3]}",
        method="ACH",
        remitter_name=name if returned else originator,
        remitter_account=other,
        remitter_bank=_other_bank(addenda, head, returned),
        remittance_text=" ".join(part for part in [*text, cheque] if part),
        return_reason=returned if kind == "RETURN" else "",
        is_return=kind == "RETURN",
    )


def _reason(code: str) -> str:
    return f", {REASONS[code]}" if code in REASONS else ""


def _other_bank(addenda: Sequence[Record], head: Batch, returned: str) -> str:
    """Give the bank of the other side: who sent the batch; of a return, who had received the original."""
    if returned:
        return next((account_code(a.part(28, 35)) for a in reversed(addenda) if a.text[1:3] == "99"), "") or head.bank
    foreign = next((a.part(41, 74) for a in addenda if a.text[1:3] == "13"), "") if head.international else ""
    return account_code(foreign) or head.bank


def _notes(addenda: Sequence[Record], head: Batch) -> list[str]:
    """Give what returns, notices of change and terminal addenda say, in words."""
    notes = []
    for record in addenda:
        kind, code = record.text[1:3], record.part(4, 6)
        if kind == "99":
            # Dishonoured returns (R61 to R70) and contested ones (R71 to R77) hold the traces and days of what they answer.
            first = 59 if "R61" <= code <= "R70" else 80 if "R71" <= code <= "R77" else 46 if head.international else 36
            notes += [f"{code} original trace {record.part(7, 21)}", tidy(record.part(first, 79))]
        elif kind == "98":
            notes += [f"{code} original trace {record.part(7, 21)}", f"corrected data {tidy(record.part(36, 64))}"]
        elif kind == "02":
            notes.append(tidy(record.part(4, 79)))
    return notes


def _advice(record: Record, addenda: Sequence[Record], head: Batch, line: Line, amount: int) -> Advice | None:
    documents = paid_documents(payment_information(addenda), record.file, record.number, amount)
    if not documents:
        return None
    return Advice(
        number=line.bank_txn_id or f"entry on line {record.number}",
        currency="USD",
        source="NACHA",
        documents=documents,
        payment_ref=line.end_to_end_id,
        trace_no=line.bank_txn_id,
        payer_name=line.remitter_name,
        payment_date=head.day,
        amount=amount,
    )


def _advice_of_operator(record: Record, direction: Direction, head: Batch) -> Entry:
    """Read an entry of ADV: what the operator settled with the bank in sum, no payment of anyone."""
    amount = record.figure(28, 39, "the amount")
    kind, reason = classed(amount if direction.credit else -amount, Meaning("NON_AR", "ACH", direction.words), "")
    line = Line(
        booking_date=head.day,
        value_date=head.value_day,
        amount=amount if direction.credit else -amount,
        source_line=str(record.number),
        kind=kind,
        class_reason=reason,
        bank_txn_id=record.part(80, 94),
        txn_code=f"ADV/{record.text[1:3]}",
        method="ACH",
        remitter_name=head.company,
        remitter_bank=account_code(record.part(40, 48)),
        remittance_text=" ".join(filter(None, [head.text, tidy(record.part(55, 76))])),
    )
    account = f"{account_code(record.part(4, 12))}/{account_code(record.part(13, 27))}"
    return Entry(account, line, direction, amount, record.figure(4, 11, "the receiving bank"), None)
