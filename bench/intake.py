"""Speed and memory of the bank readers on long files: `python bench/intake.py`; figures go to bench/intake.json.

Each reading runs in a process of its own. Memory is the peak above the state before the file was opened, less the table
returned; it holds the bytes of the file. Time is a ratio to going over the same bytes with the bare parser, in the same run.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

from lxml import etree

from arwork.intake.claim import read_bank
from arwork.intake.received import take
from arwork.money import ISO

CAMT_BYTES = 100_000_000
BAI2_LINES = 1_000_000
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    "<GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>S1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>"
)
_BALANCE = (
    '<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<Dt><Dt>2026-03-31</Dt></Dt></Bal>"
)
_ENTRY = (
    '<Ntry><Amt Ccy="EUR">{a:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-31</Dt></BookgDt>'
    "<ValDt><Dt>2026-03-31</Dt></ValDt><AcctSvcrRef>REF{i:012d}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
    "<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E2E-{i:08d}</EndToEndId></Refs>"
    '<Amt Ccy="EUR">{a:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>Customer {c} Trading GmbH</Nm></Pty></Dbtr>'
    "<DbtrAcct><Id><IBAN>DE{d}120300000000{c:06d}</IBAN></Id></DbtrAcct></RltdPties><RltdAgts><DbtrAgt><FinInstnId>"
    "<BICFI>BYLADEM1001</BICFI></FinInstnId></DbtrAgt></RltdAgts><RmtInf><Ustrd>Invoice INV-2026-{i:06d}, with thanks</Ustrd></RmtInf>"
    "</TxDtls></NtryDtls></Ntry>\n"
)


def write_camt(path: Path) -> None:
    """Write a camt.053 of one statement, about CAMT_BYTES long, that ties."""
    entries = [_ENTRY.format(a=(100 + i % 9973) / 100, i=i, c=i % 500, d=i % 90 + 10) for i in range(CAMT_BYTES // len(_ENTRY))]
    total = sum(100 + i % 9973 for i in range(len(entries))) / 100
    path.write_text(
        _HEAD + _BALANCE.format("OPBD", 0) + _BALANCE.format("CLBD", total) + "".join(entries) + "</Stmt></BkToCstmrStmt></Document>"
    )


def write_bai2(path: Path) -> None:
    """Write a BAI2 file of BAI2_LINES physical lines: one account, its balances, a transaction and a text line in turn."""
    count = BAI2_LINES - 6
    total = sum(100 + i % 9973 for i in range(count))
    body = (
        f"16,195,{100 + i % 9973},Z,BANK{i:010d},CUST{i % 500:05d},INVOICE INV-2026-{i:06d} CUSTOMER {i % 500}/\n" for i in range(count)
    )
    control = total + total  # transactions and the closing balance; the opening balance is zero
    with path.open("w") as out:
        out.write("01,BANK,COMPANY,260331,0900,1,,,2/\n02,COMPANY,BANK,1,260331,0900,USD,2/\n")
        out.write(f"03,0123456789,USD,010,0,,,015,{total},,/\n")
        out.writelines(body)
        out.write(f"49,{control},{count + 2}/\n98,{control},1,{count + 4}/\n99,{control},1,{count + 6}/\n")


def bare_xml(data: bytes) -> int:
    """Go over the entries with the parser alone."""
    count = 0
    for _, element in etree.iterparse(BytesIO(data), tag="{*}Ntry"):
        count += 1
        element.clear()
    return count


def bare_lines(data: bytes) -> int:
    """Split every line at its commas and do nothing else."""
    return sum(len(line.split(b",")) for line in BytesIO(data))


CASES: dict[str, tuple[Callable[[Path], None], Callable[[bytes], int]]] = {
    "camt.053, 100 MB": (write_camt, bare_xml),
    "BAI2, 1,000,000 lines": (write_bai2, bare_lines),
}


def measure(path: Path, bare: Callable[[bytes], int]) -> dict[str, object]:
    """Read one file in this process and say what it took."""
    warm = Path(__file__).parent.parent / "tests" / "samples" / "camt053" / "german_v02.xml"
    read_bank(take(warm), ISO)
    before = _peak()
    begun = time.perf_counter()
    bank = read_bank(take(path), ISO)
    seconds, peak = time.perf_counter() - begun, _peak()
    table = bank.bank_lines.memory_usage(deep=True).sum() / 2**20
    data = path.read_bytes()
    begun = time.perf_counter()
    bare(data)
    alone = time.perf_counter() - begun
    return {
        "bytes": len(data), "lines": len(bank.bank_lines), "completeness": bank.completeness, "table_mib": round(table),
        "peak_above_table_mib": round(peak - before - table), "seconds": round(seconds, 1), "times_the_bare_parser": round(seconds / alone, 1),
    }  # fmt: skip


def _peak() -> float:
    # Not ru_maxrss: a new process inherits that of the one that started it.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> Iterator[tuple[str, dict[str, object]]]:
    """Write each file, read it in a fresh process, and give its figures."""
    with tempfile.TemporaryDirectory() as folder:
        for name, (write, _) in CASES.items():
            path = Path(folder) / "long"
            write(path)
            told = subprocess.run([sys.executable, __file__, name, str(path)], check=True, capture_output=True, text=True).stdout
            yield name, json.loads(told)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(Path(sys.argv[2]), CASES[sys.argv[1]][1])))
    else:
        figures = {}
        for case, figure in main():
            print(case, figure)
            figures[case] = figure
        Path(__file__).with_suffix(".json").write_text(json.dumps(figures, indent=2) + "\n")
