"""Numbers with check digits that the made-up company needs: bank accounts and creditor references."""

from __future__ import annotations

from random import Random

_SHAPES = {
    "DE": "8n10n", "AT": "5n11n", "NL": "4a10n", "FR": "10n13n", "PL": "8n16n", "CZ": "4n16n", "DK": "4n10n", "SE": "3n17n",
    "IT": "1a10n12n", "CH": "5n12n", "GB": "4a14n", "FI": "6n8n", "PT": "4n17n", "HU": "7n17n", "IE": "4a14n", "LU": "3n13n",
}  # fmt: skip
_HOME_BANKS = {"DE": ("20041010", "25050180", "37040044", "70020270"), "AT": ("12000", "20111", "32000"), "NL": ("ABNA", "INGB", "RABO")}


def check_digits(body: str, head: str) -> str:
    """Return the two ISO 7064 mod 97-10 digits for a body behind a head such as `DE` or `RF`."""
    digits = "".join(str(int(sign, 36)) for sign in f"{body}{head}00")
    return f"{98 - int(digits) % 97:02d}"


def rf_reference(body: str) -> str:
    """Build a structured creditor reference (ISO 11649, DV-13) around a body of digits."""
    return f"RF{check_digits(body, 'RF')}{body}"


def bank_account(country: str, random: Random) -> str:
    """Draw an account of a country: an IBAN with valid check digits (DV-14), or a plain number where there are no IBANs."""
    if country not in _SHAPES:
        return "".join(random.choices("0123456789", k=12))
    body = _filled(_SHAPES[country], random)
    if country in _HOME_BANKS:
        bank = random.choice(_HOME_BANKS[country])
        body = bank + body[len(bank) :]
    return f"{country}{check_digits(body, country)}{body}"


def bank_code(account: str) -> str:
    """Name a made-up bank (BIC) for an account, the same each time."""
    country = account[:2] if account[:2].isalpha() else "US"
    sign = "ABCDEFGHKLMNPRST"
    value = int("".join(str(int(s, 36)) for s in account[4:9]) or "0")
    return f"{sign[value % 16]}{sign[value // 16 % 16]}ND{country}{'2H' if country == 'DE' else '22'}"


def _filled(shape: str, random: Random) -> str:
    body, count = "", ""
    for sign in shape:
        if sign.isdigit():
            count += sign
        else:
            letters = "0123456789" if sign == "n" else "ABCDEFGHKLMNPRSTUVWX"
            body += "".join(random.choices(letters, k=int(count)))
            count = ""
    return body
