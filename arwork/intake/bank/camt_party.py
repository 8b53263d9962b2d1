"""Who paid whom in a camt transaction: the other side, our own account as the payment names it, the ultimate debtor (T07)."""

from __future__ import annotations

from arwork.intake.bank.camt_xml import Element, kids, text
from arwork.intake.bank.statement import account_code

_ROLES = {"Dbtr": "UltmtDbtr", "Cdtr": "UltmtCdtr"}


def parties(part: Element | None, incoming: bool, returned: bool, own: str) -> tuple[tuple[str, str, str], str, str]:
    """Name the other side (name, account, bank), our own account, and for whom the other side acts where it is another.

    The debtor is the other side of a credit. A return names the parties of the payment it returns, so there it is the
    other way round; where accounts show which side is ours, they decide.
    """
    debtor, creditor = _party(part, "Dbtr"), _party(part, "Cdtr")
    debtor_is_other = incoming != returned
    if own and creditor[1] == own and debtor[1] != own:
        debtor_is_other = True
    elif own and debtor[1] == own and creditor[1] != own:
        debtor_is_other = False
    other, ours = (debtor, creditor) if debtor_is_other else (creditor, debtor)
    principal = _name(part, _ROLES["Dbtr" if debtor_is_other else "Cdtr"])
    return other, ours[1], "" if principal.casefold() == other[0].casefold() else principal


def _name(part: Element | None, role: str) -> str:
    block = next(iter(kids(part, "RltdPties")), None)
    return " ".join((text(block, f"{role}/Nm") or text(block, f"{role}/Pty/Nm")).split())


def _party(part: Element | None, role: str) -> tuple[str, str, str]:
    block = next(iter(kids(part, "RltdPties")), None)
    agent = next(iter(kids(part, f"RltdAgts/{role}Agt/FinInstnId")), None)
    name = _name(part, role) or _name(part, _ROLES[role]) or text(block, f"{role}/Agt/FinInstnId/Nm")
    account = next(iter(kids(block, f"{role}Acct/Id")), None)
    number = next((found for path in ("IBAN", "Othr/Id", "PrtryAcct/Id", "BBAN", "UPIC") if (found := text(account, path))), "")
    paths = ("BICFI", "BIC", "CmbndId/BIC", "ClrSysMmbId/MmbId", "CmbndId/ClrSysMmbId/Id", "ClrSysMmbId/Id")
    bank = next((found for path in paths if (found := text(agent, path))), "")
    return " ".join(name.split()), account_code(number), account_code(bank)
