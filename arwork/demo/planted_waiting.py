"""Planted cases of cash application that wait for a person, and those that are harder to see (domain 2)."""

from __future__ import annotations

CASES = """
AX-06 | ambiguity | G-01 | Two open invoices of 1,190.00 and a receipt of 1,190.00 without reference: a person chooses.
  who Marlinhof OHG
  due INV-8101 2026-02-08 2026-03-10 1,190.00
  due INV-8102 2026-03-11 2026-04-10 1,190.00
  pay 2026-03-12 1,190.00 : Zahlung
  review G-01
AX-06 variant | unknown document | G-23 | The amount fits, but the text names INV 99999, which does not exist: only suggested.
  who Nesselgrund AG
  due INV-8151 2026-02-08 2026-03-10 1,190.00
  pay 2026-03-12 1,190.00 : INV 99999
  suggest G-23
AX-13 row 8 | ambiguity | G-01 | Three invoices of 2,000.00 for three deliveries and three receipts on one day: no rule may pair them.
  who Ostwindpark Service GmbH
  due INV-9420 2026-02-10 2026-03-12 2,000.00 po=4500097701
  due INV-9421 2026-02-11 2026-03-13 2,000.00 po=4500097711
  due INV-9422 2026-02-12 2026-03-14 2,000.00 po=4500097721
  pay 2026-03-12 2,000.00 : Zahlung
  pay 2026-03-12 2,000.00 : Zahlung
  pay 2026-03-12 2,000.00 : Zahlung
  review
  review @p2
  review @p3
G-18 | competition | G-18 | Two receipts without reference claim the only invoice of that amount: neither is applied.
  who Pappelallee Druck GmbH
  due INV-7041 2026-02-13 2026-03-15 1,777.00
  pay 2026-03-16 1,777.00 : Zahlung
  pay 2026-03-18 1,777.00 : Danke
  review G-18
  review G-18 @p2
FIN equal | ambiguity | G-01 | Two equal instalments are open and the text names neither: a person chooses.
  who Quirinsee Fähren GmbH ledger=FIN group=FIN
  due FA-30150-0226 2026-02-01 2026-02-15 1,480.00 kind=INST contract=FA-30150
  due FA-30150-0326 2026-03-01 2026-03-15 1,480.00 kind=INST contract=FA-30150
  pay 2026-03-12 1,480.00 : Leasingrate
  review G-01
M16 | unidentified | M16 | Nobody knows the payer and the text says nothing: unidentified cash.
  who Randbemerkung GmbH
  pay 2026-03-20 1,333.70 by=-1 name=HANNA_VON_DER_BRUECKE : Vielen Dank
  none M16
  expect 10 receipts.status UNIDENTIFIED
M16 known | unapplied | M16 | The payer is known, but nothing explains the amount: unapplied cash.
  who Sandbank Yachten GmbH
  due INV-7051 2026-02-20 2026-03-22 4,810.00
  pay 2026-03-23 1,903.46 : Abschlag
  none M16
  expect 10 receipts.status UNAPPLIED
G-06 | dispute | G-06 | The invoice that the receipt names is in dispute.
  who Tauwetter Klima GmbH
  due INV-7061 2026-02-10 2026-03-12 5,420.00
  pay 2026-03-19 5,420.00 : Rechnung INV-7061
  dispute INV-7061 QL 1,000.00
  review G-06
G-07 | insolvency | G-07 | The customer is insolvent: money after the petition needs a supervisor.
  who Uhlenhorst Bau GmbH i.I. status=INSOLVENT
  due INV-7071 2026-01-20 2026-02-19 3,300.00
  pay 2026-03-20 3,300.00 : Rechnung INV-7071
  review G-07
G-12 | large receipt | G-12 | 125,000.00 with an exact reference: four eyes above 100,000.00.
  who Vierländer Werft SE group=KEY
  due INV-7081 2026-02-18 2026-03-20 125,000.00
  pay 2026-03-20 125,000.00 : Rechnung INV-7081
  suggest G-12
G-13 | prepayment | G-13 | The money arrived two days before the invoice that it names was written.
  who Wattblick Hotel GmbH
  due INV-7091 2026-03-12 2026-04-11 940.00
  pay 2026-03-10 940.00 : Rechnung INV-7091
  review G-13
AX-14 | wrong ledger | EX-40 | MAIN receives money for a contract of FIN from a party that owes MAIN the same: not applied.
  who Xantener Kranverleih GmbH
  who Xantener Kranverleih GmbH ledger=FIN group=FIN party=0
  due INV-9411 2026-02-20 2026-03-22 3,480.00
  due FA-20931 2026-03-22 2026-04-05 3,480.00 who=1 kind=INST contract=FA-20931
  pay 2026-03-30 3,480.00 : LEASE FA-20931 APR
  untouched
  expect 20 misdirected.to_ledger FIN
  expect 20 misdirected_entries.account CUSTOMER
AX-15 | payment for others | G-09 | A parent pays for two subsidiaries without an authority on file: not applied, the parent is asked.
  who Ysenburg Holding AG
  who Ysenburg Süd GmbH child=0
  who Ysenburg West GmbH child=0
  due S1-101 2026-02-10 2026-03-12 12,000.00 who=1
  due S2-207 2026-02-12 2026-03-14 18,000.00 who=2
  pay 2026-03-13 30,000.00 : S1-101, S2-207
  advice S1-101 12,000.00 0.00 0.00
  advice S2-207 18,000.00 0.00 0.00
  suggest M11 G-09
AX-07 | other currency | G-08 | A EUR invoice is paid in USD; the bank converts and takes 15.00: never applied without a person.
  who Zephyr Valley Tools Inc. country=US
  due INV-9001 2026-02-20 2026-03-22 10,000.00
  pay 2026-03-17 10,031.30 method=WIRE charges=15.00 paid_in=USD/10,850.00 : INV-9001
  suggest G-08
  expect 10 proposals.fx -4630
AX-01 | credit memo | M01 | An advice nets a credit memo: 10,000.00 + 4,250.50 - 1,250.50 = 13,000.00.
  who Achterwasser Boote GmbH
  due INV-5001 2026-02-10 2026-03-12 10,000.00
  due INV-5002 2026-02-11 2026-03-13 4,250.50
  due GS-7001 2026-02-25 2026-03-13 -1,250.50 kind=CM linked=INV-5002
  pay 2026-03-12 13,000.00 : laut Avis
  advice INV-5001 10,000.00 0.00 0.00
  advice INV-5002 4,250.50 0.00 0.00
  advice GS-7001 -1,250.50 0.00 0.00
  expect 00 open_items.amount_doc -125050 @GS-7001
  auto M01
AX-03 | discount after a credit | M01 | The discount counts on the invoice net of its credit memo: 2 % of 4,500.00 is 90.00.
  who Boddenblick GmbH
  due INV-6101 2026-03-05 2026-04-04 5,000.00 discount=2026-03-15/2.00
  due GS-7101 2026-03-09 2026-04-04 -500.00 kind=CM linked=INV-6101
  pay 2026-03-13 4,410.00 : laut Avis
  advice INV-6101 5,000.00 90.00 0.00
  advice GS-7101 -500.00 0.00 0.00
  auto M01
  expect 10 proposals.discount 9000
AX-04 | combinations | M10 | 3,000.00 is 1,000.00 + 2,000.00 and also 1,500.00 + 1,500.00: ambiguous.
  who Crivitzer Glas GmbH
  due INV-8001 2026-03-03 2026-04-02 1,000.00 po=45000800100
  due INV-8002 2026-03-07 2026-04-06 2,000.00 po=45000800200
  due INV-8003 2026-03-09 2026-04-08 1,500.00 po=45000800300
  due INV-8004 2026-03-13 2026-04-12 1,500.00 po=45000800400
  due INV-8005 2026-03-15 2026-04-14 700.00 po=45000800500
  pay 2026-03-18 3,000.00 : Zahlung
  review M10
  expect 10 proposals.gates G-01 G-02
AX-05 | combinations | M10 | 5,150.66 is the sum of exactly three of five invoices.
  who Dithmarscher Kohl eG
  due INV-8201 2026-03-03 2026-04-02 1,043.17 po=45000820100
  due INV-8202 2026-03-07 2026-04-06 2,210.80 po=45000820200
  due INV-8203 2026-03-09 2026-04-08 987.44 po=45000820300
  due INV-8204 2026-03-13 2026-04-12 3,120.05 po=45000820400
  due INV-8205 2026-03-15 2026-04-14 415.90 po=45000820500
  pay 2026-03-18 5,150.66 : Zahlung
  auto M10
AX-10 | deduction | M02 | The advice deducts 1,150.00 for damaged goods: over the cap, a residual and a dispute follow.
  who Elbmündung Feinkost GmbH
  due INV-9201 2026-01-21 2026-02-20 18,400.00
  pay 2026-03-18 17,250.00 : Avis DN-778
  advice INV-9201 18,400.00 0.00 1,150.00 damaged goods DN-778
  suggest
  expect 10 proposals.residual 115000
AX-16 | withholding tax | MP-60 | 11,500.00 for 12,000.00: 5 % of the net amount was withheld as tax.
  who Fonte Alta S.r.l. country=IT ledger=FIN group=FIN wht=5.00
  due INV-9601 2026-02-16 2026-03-18 12,000.00 net=10,000.00
  pay 2026-03-18 11,500.00 : INV-9601
  auto
  expect 10 wht_certificates.amount 50000
M07 | single amount less discount | M07 | No reference; the amount is one invoice net of its earned discount.
  who Geestrand Obst GmbH
  due INV-7101 2026-03-09 2026-04-08 4,000.00 discount=2026-03-19/2.00
  pay 2026-03-17 3,920.00 : Zahlung
  auto M07
  expect 10 proposals.discount 8000
M08 | whole account | M08 | The receipt is the sum of everything that the customer owes.
  who Havelobst Konserven AG
  due INV-7111 2026-02-09 2026-03-11 1,111.30
  due INV-7112 2026-02-16 2026-03-18 622.45
  due INV-7113 2026-03-02 2026-04-01 2,050.06
  pay 2026-03-20 3,783.81 : Kontoausgleich
  auto M08
M12 | misspelt number | M12 | The text says lNV 7I2l-OO85, the invoice is INV-7121-0085, and the amount is exact.
  who Inselbahn Touristik GmbH
  due INV-7121-0085 2026-02-12 2026-03-14 2,918.33
  pay 2026-03-13 2,918.33 : lNV 7I2l-OO85
  suggest M12
M15 | written instruction | M15 | The customer instructed us in writing to settle the oldest first.
  who Jordsand Halligen GmbH ledger=FIN group=FIN instruction=OLDEST_FIRST
  due FA-30300-0126 2026-01-01 2026-01-15 640.00 kind=INST contract=FA-30300
  due FA-30300-0226 2026-02-01 2026-02-15 655.00 kind=INST contract=FA-30300
  pay 2026-03-11 1,000.00 : Teilzahlung
  auto M15
"""
"""In the form of `case_text`."""
