"""Planted cases of cash application that a close settles by rule (domain 2)."""

from __future__ import annotations

CASES = """
AX-02 row 1 | discount | MP-12 | 9,800.00 arrives on the last day of grace: 2 % of 10,000.00 is earned, the invoice is cleared.
  who Fjordkran Nord GmbH ledger=FIN
  due FA-6001 2026-03-03 2026-04-02 10,000.00 discount=2026-03-13/2.00 grace=3
  pay 2026-03-16 9,800.00 : Rechnung FA-6001
  auto M04
  expect 10 proposals.discount 20000
AX-02 row 2 | discount | MP-12 | 9,800.00 arrives too late for the discount: 200.00 is unearned, a person decides.
  who Hopfenkamp KG
  due INV-6002 2026-03-03 2026-04-02 10,000.00 discount=2026-03-13/2.00
  pay 2026-03-17 9,800.00 : Rechnung INV-6002
  suggest G-10
  expect 10 proposals.residual 20000
AX-02 row 3 | discount | MP-12 | 9,795.00 in time: discount 200.00 and a small difference of 5.00.
  who Ilmtaler Stahl GmbH
  due INV-6003 2026-03-03 2026-04-02 10,000.00 discount=2026-03-13/2.00
  pay 2026-03-12 9,795.00 : Rechnung INV-6003
  auto M04
  expect 10 proposals.discount 20000
  expect 10 proposals.small_diff 500
AX-02 row 4 | discount | MP-12 | 10,000.00 in time: the discount was not taken, nothing is left on account.
  who Jadebusen Marine GmbH
  due INV-6004 2026-03-03 2026-04-02 10,000.00 discount=2026-03-13/2.00
  pay 2026-03-10 10,000.00 : Rechnung INV-6004
  auto M04
  expect 10 proposals.discount 0
AX-09 row 1 | tolerance | MP-20 | 995.00 for 1,000.00: the difference of 5.00 is exactly the limit and is written off.
  who Klippenrand OHG
  due INV-9501 2026-02-10 2026-03-12 1,000.00
  pay 2026-03-11 995.00 : Rechnung INV-9501
  auto M04
  expect 10 proposals.small_diff 500
AX-09 row 2 | tolerance | G-10 | 994.99 for 1,000.00: one cent over the limit, nothing is written off.
  who Lindenschmied e.K.
  due INV-9502 2026-02-10 2026-03-12 1,000.00
  pay 2026-03-11 994.99 : Rechnung INV-9502
  suggest G-10
  expect 10 proposals.residual 501
AX-09 row 3 | tolerance | MP-20 | 19,975.00 for 20,000.00: 25.00 is the limit by amount and is written off.
  who Marschenhof AG
  due INV-9503 2026-02-12 2026-03-14 20,000.00
  pay 2026-03-13 19,975.00 : Rechnung INV-9503
  auto M04
  expect 10 proposals.small_diff 2500
AX-09 row 6 | tolerance | MP-20 | 9,950.00 for ten invoices of 1,000.00: the limit counts once a receipt, not ten times.
  who Nordkolleg Möbel GmbH
  due INV-9511 2026-02-16 2026-03-18 1,000.00
  due INV-9512 2026-02-16 2026-03-18 1,000.00
  due INV-9513 2026-02-16 2026-03-18 1,000.00
  due INV-9514 2026-02-16 2026-03-18 1,000.00
  due INV-9515 2026-02-16 2026-03-18 1,000.00
  due INV-9516 2026-02-16 2026-03-18 1,000.00
  due INV-9517 2026-02-16 2026-03-18 1,000.00
  due INV-9518 2026-02-16 2026-03-18 1,000.00
  due INV-9519 2026-02-16 2026-03-18 1,000.00
  due INV-9520 2026-02-16 2026-03-18 1,000.00
  pay 2026-03-18 9,950.00 : Rechnungen INV-9511, INV-9512, INV-9513, INV-9514, INV-9515, INV-9516, INV-9517, INV-9518, INV-9519, INV-9520
  suggest G-10
  expect 10 proposals.residual 5000
M03 | structured reference | M03 | The receipt carries the structured creditor reference of one open invoice and its exact amount.
  who Oderquell Getränke GmbH
  due #1 2026-02-09 2026-03-11 3,482.77
  pay 2026-03-10 3,482.77 pays=#1
  auto M03
M04 | numbers in the text | M04 | Three invoice numbers in the text explain the receipt to the cent.
  who Prielwerk Technik GmbH
  due INV-7011 2026-02-02 2026-03-04 411.90
  due INV-7012 2026-02-06 2026-03-08 1,208.35
  due INV-7013 2026-02-11 2026-03-13 96.04
  pay 2026-03-09 1,716.29 : INV-7011, INV-7012, INV-7013
  auto M04
M06 | single amount | M06 | No reference, but a known account and exactly one open invoice of that amount.
  who Quellbrunn GmbH & Co. KG
  due INV-7021 2026-02-13 2026-03-15 2,764.18
  due INV-7022 2026-03-05 2026-04-04 1,090.11
  pay 2026-03-16 2,764.18 : Zahlung
  auto M06
B1 | virtual account | B1 | The money came in on the sub-account that is assigned to one customer.
  who Rotdornhof GmbH ledger=FIN group=FIN virtual=yes
  due FA-30210-0326 2026-03-01 2026-03-15 812.40 kind=INST contract=FA-30210
  pay 2026-03-13 812.40 : Leasing
  auto M06
  expect 10 receipts.payer_key B1
AX-13 row 4 | recurring | EX-14 | Two equal instalments, two receipts, each names its instalment: each is matched.
  who Schilfmeer Reederei AG ledger=FIN group=FIN
  due FA-30100-0326 2026-03-01 2026-03-15 1,250.00 kind=INST contract=FA-30100
  due FA-30100-0426 2026-03-20 2026-04-15 1,250.00 kind=INST contract=FA-30100
  pay 2026-03-03 1,250.00 : Rate FA-30100-0326
  pay 2026-03-31 1,250.00 : Rate FA-30100-0426
  auto M04
  auto M04 @p2
batch | batch booking | T07 | One entry of the statement gathers three payments: each becomes a receipt of its own.
  who Treidelpfad GmbH
  who Uferweg Handels GmbH
  who Vogtland Zinn KG
  due INV-7030 2026-02-04 2026-03-06 350.00
  due INV-7031 2026-02-04 2026-03-06 1,275.40 who=1
  due INV-7032 2026-02-04 2026-03-06 88.15 who=2
  pay 2026-03-05 350.00 batch=BATCH2603050001 : INV-7030
  pay 2026-03-05 1,275.40 by=1 batch=BATCH2603050001 : INV-7031
  pay 2026-03-05 88.15 by=2 batch=BATCH2603050001 : INV-7032
  auto
  auto @p2
  auto @p3
GBP | foreign currency | M04 | A receipt in GBP on the GBP account pays a GBP invoice named in a plain text field.
  who Quernmoor Fixings Ltd country=GB currency=GBP
  due INV-2026-G7001 2026-02-20 2026-03-22 7,315.20
  pay 2026-03-19 7,315.20 : INV-2026-G7001
  auto M04
JPY | currency without decimals | CV-02 | A list amount of 1.234.567 in JPY is 1,234,567 yen, not a hundredth of it.
  who Yuzuki Seiki K.K. country=JP currency=JPY
  due INV-2026-J7001 2026-03-04 2026-04-03 1,234,567
  expect 00 open_items.amount_doc 1234567 @INV-2026-J7001
"""
"""In the form of `case_text`."""
