"""Planted cases of repeated and excess payments, and of bank to book (domain 3 and 4)."""

from __future__ import annotations

CASES = """
AX-12 | repeated payment | EX-20 | 4,873.26 was cleared on 23 February; 16 days later it comes again with letters for digits in the number.
  who Kornspeicher Handels GmbH
  due 2025-00417 2026-01-22 2026-02-21 4,873.26 cleared=2026-02-23
  due 2025-00466 2026-03-02 2026-04-01 3,120.00
  pay 2026-03-11 4,873.26 : 2O25-OO417A
  expect 20 breaks.class PROBABLE
  expect 20 breaks.score 9661
  untouched
  expect 20 refunds.refund_amount 487326
AX-12 H2 | repeated payment | EX-20 | The same, but the second payment is net of 2 % discount.
  who Landwehr Logistik GmbH
  due 2025-00418 2026-02-13 2026-03-15 4,873.26 discount=2026-02-23/2.00 cleared=2026-02-23
  due 2025-00467 2026-03-02 2026-04-01 3,120.00
  pay 2026-03-11 4,775.79 : 2O25-OO418A
  expect 20 breaks.class PROBABLE
  expect 20 breaks.score 8661
  untouched
  expect 20 refunds.refund_amount 477579
AX-13 row 2 | repeated payment | EX-20 | 2,000.00 for INV-9401 cleared it on 25 February and comes again on 3 March with the same number.
  who Moorkate Torf GmbH
  due INV-9401 2026-01-26 2026-02-25 2,000.00 cleared=2026-02-25
  pay 2026-03-03 2,000.00 : Rechnung INV-9401
  expect 20 breaks.class PROBABLE
  expect 20 breaks.score 9967
  untouched
  expect 20 refunds.refund_amount 200000
AX-13 row 3 | repeated invoice | EX-16 | Two invoices for one delivery, both paid: the second is credited, its money is owed back.
  who Niederelbe Kräne GmbH ledger=FIN group=FIN
  due FA-9402 2026-02-16 2026-03-02 2,000.00 po=4500098801 delivery=800123
  due FA-9403 2026-02-16 2026-03-02 2,000.00 po=4500098801 delivery=800123
  pay 2026-03-02 2,000.00 : FA-9402
  pay 2026-03-04 2,000.00 : FA-9403
  expect 20 repeats.class DUPLICATE_INVOICE @FA-9403
  expect 20 repeats.credit_due 200000 @FA-9403
AX-13 row 5 | re-presented | EX-13 | A cheque came back unpaid and was replaced by a transfer: one net receipt.
  who Oevelgönne Antik e.K.
  due INV-9431 2026-02-02 2026-03-04 2,000.00
  pay 2026-03-02 2,000.00 method=CHEQUE cheque=000417331 : Scheck
  pay 2026-03-05 -2,000.00 kind=RETURN method=CHEQUE reason=AM04 cheque=000417331 : Scheck unbezahlt
  pay 2026-03-10 2,000.00 : Rechnung INV-9431
  expect 00 bank_lines.class RETURN @p2
  auto M04 @p3
AX-13 row 6 | statement delivered twice | EX-10 | The second week of March comes again under another file name: it counts once.
  who Perlmutt Knöpfe GmbH
  expect 00 repeated_lines.source_file camt053_main_eur_2026-11_again.xml @=camt053_main_eur_2026-11_again.xml
AX-11 | overpayment | EX-30 | 5,200.00 for an invoice of 2,500.00: the rest is offset against what is due, then refunded.
  who Quallenfang Surf GmbH
  due INV-9301 2026-02-16 2026-03-18 2,500.00
  due INV-9302 2026-02-17 2026-03-19 1,100.00
  due INV-9303 2026-03-16 2026-04-15 900.00
  due INV-9304 2026-02-03 2026-03-05 400.00
  pay 2026-03-20 5,200.00 method=WIRE : Rechnung INV-9301
  dispute INV-9304 PR 400.00
  expect 20 refunds.offset_amount 110000
  expect 20 refunds.refund_amount 160000
O2 | overpayment | EX-30 | 5,643.00 for 5,463.00: two digits changed places.
  who Reetdach Museum GmbH
  due INV-9311 2026-02-12 2026-03-14 5,463.00
  pay 2026-03-16 5,643.00 : Rechnung INV-9311
  expect 20 overpayments.kind O2
O4 | overpayment | EX-30 | The payment names an invoice that was reversed in February.
  who Sielhafen Fisch GmbH
  due INV-9321 2026-02-03 2026-03-05 775.00 cleared=2026-02-10 reversed_by=GS-9321
  due GS-9321 2026-02-10 2026-02-10 -775.00 kind=CM cleared=2026-02-10 linked=INV-9321
  pay 2026-03-06 775.00 : Rechnung INV-9321
  untouched
  expect 20 overpayments.kind O4
  expect 20 refunds.reason CANCELLED_INVOICE
RC-20 credit 1 | bank to book | RI-UNR | A credit of 31 March that the cash book does not have yet (AX-18 D); it pays INV-9801.
  who Teufelsmoor Bio GmbH
  due INV-9801 2026-03-02 2026-04-01 1,200.00
  pay 2026-03-31 1,200.00 in_book=no : Rechnung INV-9801
  expect 30 recon_items.code RI-UNR
  auto
RC-20 credit 2 | bank to book | RI-UNR | A credit of 31 March from nobody we know, not in the cash book yet.
  who Uhrturm Optik e.K.
  pay 2026-03-31 640.00 by=-1 name=SEGLERKAMERADSCHAFT_DREISAND in_book=no : Vereinsbeitrag
  expect 30 recon_items.code RI-UNR
  expect 10 receipts.status UNIDENTIFIED
RC-20 charges | bank to book | RI-UNR | Bank charges of March that nobody booked.
  who Vorpommern Gemüse eG
  pay 2026-03-31 -45.55 kind=CHARGE method=OTHER in_book=no : Kontofuehrung Maerz
  expect 30 recon_items.code RI-UNR
RC-20 deposit | bank to book | RI-TIM | A cheque booked on 31 March that the bank credits in April (AX-18 E): a deposit in transit.
  who Warftbauer Zäune GmbH
  due INV-9802 2026-03-02 2026-04-01 800.00
  pay 2026-03-31 800.00 method=CHEQUE cheque=000093114 on_statement=no : Scheck INV-9802
  expect 30 recon_items.code RI-TIM
RC-20 refund | bank to book | RI-OST | A refund booked on 30 March that has not left the bank.
  who Xylofon Musikhaus GmbH
  pay 2026-03-30 -1,600.00 kind=REFUND on_statement=no : Erstattung Guthaben
  expect 30 recon_items.code RI-OST
own transfer | own money | 2.2 A | Money moved between our own accounts is no receipt.
  who Ypernstraße Immobilien GmbH
  pay 2026-03-16 -25,000.00 house=MAIN-EUR kind=TRANSFER method=INTERNAL name=NORDLICHT_LEASING_GMBH : Umbuchung
  pay 2026-03-16 25,000.00 house=FIN-EUR kind=TRANSFER method=INTERNAL name=NORDLICHT_HANDEL_GMBH : Umbuchung
  expect 00 bank_lines.class OWN_TRANSFER @p1
  expect 00 bank_lines.class OWN_TRANSFER @p2
interest | own money | 2.2 A | Interest from the bank is no payment of a customer.
  who Zuckerrübe Brennerei GmbH
  pay 2026-03-31 215.40 by=-1 kind=OTHER method=OTHER : Habenzinsen I. Quartal
  expect 00 bank_lines.class NON_AR
"""
"""In the form of `case_text`."""
