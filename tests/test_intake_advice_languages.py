"""Letters in which payers say what they pay, in the trade's languages: documents, what was taken off, and a sum that proves it."""

from __future__ import annotations

import pytest
from reading import received

from arwork.intake.remittance.claim import read_advice
from arwork.money import ISO

# fmt: off
LETTERS: dict[str, tuple[str, str, list[tuple[str, int, int]]]] = {
    "French, figures set apart by blanks": ("EUR", """\
Objet : Avis de virement

Bonjour,

Nous vous informons du virement suivant en date du 15/01/2026 :

N° facture     Date          Montant       Escompte    Net
FA-2026-0101   05/01/2026    1 180,00      23,60       1 156,40
FA-2026-0102   07/01/2026    500,00        0,00        500,00
AV-2026-0003   09/01/2026    -50,00        0,00        -50,00

Total : 1 606,40 EUR

Cordialement,
ACME SARL
""", [('FA-2026-0101', 118000, 115640), ('FA-2026-0102', 50000, 50000), ('AV-2026-0003', -5000, -5000)]),
    "Spanish": ("EUR", """\
Asunto: Aviso de pago

Estimados señores:

Les comunicamos que con fecha 15/01/2026 hemos realizado una transferencia por las siguientes facturas:

Factura        Fecha        Importe
F-2026-101     05/01/2026   1.180,00
F-2026-102     07/01/2026   500,00

Importe total: 1.680,00 EUR

Atentamente,
ACME SL
""", [('F-2026-101', 118000, 118000), ('F-2026-102', 50000, 50000)]),
    "Italian": ("EUR", """\
Oggetto: Avviso di pagamento

Con la presente Vi comunichiamo di aver disposto in data 15/01/2026 bonifico a saldo delle seguenti fatture:

Fattura      Data         Importo
1001/26      05/01/2026   1.180,00
1002/26      07/01/2026   500,00

Totale: 1.680,00 EUR

ACME SRL
""", [('1001/26', 118000, 118000), ('1002/26', 50000, 50000)]),
    "Dutch": ("EUR", """\
Onderwerp: Betaalspecificatie

Op 15-01-2026 hebben wij de volgende facturen betaald:

Factuurnummer   Datum        Bedrag
26700101        05-01-2026   1.180,00
26700102        07-01-2026   500,00

Totaal: 1.680,00 EUR

Acme BV
""", [('26700101', 118000, 118000), ('26700102', 50000, 50000)]),
    "Polish": ("PLN", """\
Temat: Awizo płatności

W dniu 15.01.2026 dokonaliśmy przelewu za następujące faktury:

Nr faktury     Data         Kwota
FV/1001/2026   05.01.2026   1 180,00
FV/1002/2026   07.01.2026   500,00

Razem: 1 680,00 PLN

ACME SP Z O O
""", [('FV/1001/2026', 118000, 118000), ('FV/1002/2026', 50000, 50000)]),
    "Portuguese": ("EUR", """\
Assunto: Aviso de pagamento

Informamos que em 15/01/2026 efetuamos o pagamento das seguintes faturas:

Fatura       Data         Valor
FT 2026/101  05/01/2026   1.180,00
FT 2026/102  07/01/2026   500,00

Total: 1.680,00 EUR

ACME LDA
""", [('FT 2026/101', 118000, 118000), ('FT 2026/102', 50000, 50000)]),
    "English, abbreviated headings and dollars": ("USD", """\
Subject: Remittance Advice - ACH Payment 01/15/2026

Payment Number: 100234
Payment Date: 01/15/2026
Payment Amount: $1,656.40

Invoice No.   Invoice Date   Gross Amt    Discount    Net Amt
INV1001       01/05/2026     1,180.00     23.60       1,156.40
INV1002       01/07/2026       500.00      0.00         500.00

Total                                                1,656.40
""", [('INV1001', 118000, 115640), ('INV1002', 50000, 50000)]),
    "English of India, lakh and tax deducted": ("INR", """\
Subject: Payment advice

Dear Sir,
We have remitted Rs. 1,39,240.00 vide UTR HDFCR52026011500001 dated 15-Jan-2026 towards below bills:

Bill No            Bill Date     Bill Amount    TDS        Net Paid
INV/25-26/0101     05-Jan-2026   1,18,000.00    2,360.00   1,15,640.00
INV/25-26/0102     07-Jan-2026     23,600.00        0.00     23,600.00

Total                            1,41,600.00    2,360.00   1,39,240.00
""", [('INV/25-26/0101', 11800000, 11564000), ('INV/25-26/0102', 2360000, 2360000)]),
}
# fmt: on


@pytest.mark.parametrize("language", LETTERS)
def test_a_letter_says_which_documents_it_pays(language: str) -> None:
    """Each document with gross and net to the cent; no total is taken for a document, and none loses the figures before a blank."""
    currency, text, wanted = LETTERS[language]
    found = read_advice(received(text.encode(), "letter.txt"), ISO, currency=currency)
    lines = found.remittance.sort_values("line_no")
    assert lines["currency"].unique().tolist() == [currency]
    told = lines[["doc_reference", "gross_amount", "net_amount"]].itertuples(index=False, name=None)
    assert [(number, gross if gross == gross else net, net) for number, gross, net in told] == wanted
    assert "1 of 1 advices add up" in found.proof
