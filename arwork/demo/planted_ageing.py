"""Planted cases of ageing, key date, promises, dunning and first contact (domain 5 and 6)."""

from __future__ import annotations

CASES = """
AX-22 | ageing | MT-01 | Six invoices that lie on both sides of every bucket's edge, a credit memo and cash on account: net 5,100.00.
  who Altenwerder Schmuck GmbH
  due INV-9711 2026-03-01 2026-03-31 1,000.00
  due INV-9712 2026-02-28 2026-03-30 500.00
  due INV-9713 2026-01-30 2026-03-01 2,000.00
  due INV-9714 2026-01-29 2026-02-28 750.00
  due INV-9715 2025-12-01 2025-12-31 1,200.00
  due INV-9716 2025-11-30 2025-12-30 300.00
  due GS-9717 2026-02-13 2026-02-13 -400.00 kind=CM
  due A-CONTO-9718 2026-02-20 2026-02-20 -250.00 kind=RCPT
  pay 2026-02-20 250.00 : a conto
  expect 40 ageing_items.days_past_due 0 @INV-9711
  expect 40 ageing_items.days_past_due 1 @INV-9712
  expect 40 ageing_items.days_past_due 30 @INV-9713
  expect 40 ageing_items.days_past_due 31 @INV-9714
  expect 40 ageing_items.days_past_due 90 @INV-9715
  expect 40 ageing_items.days_past_due 91 @INV-9716
  expect 40 ageing_items.age_days 30 @INV-9711
  expect 40 ageing_items.age_days 31 @INV-9712
  expect 40 ageing_items.age_days 60 @INV-9713
  expect 40 ageing_items.age_days 61 @INV-9714
  expect 40 ageing_items.age_days 120 @INV-9715
  expect 40 ageing_items.age_days 121 @INV-9716
AX-18 A | key date | CV-06 | Posted on 27 March and cleared on 2 April: still open at the key date.
  who Brokdorf Mühlen KG
  due INV-9811 2026-03-27 2026-04-26 5,000.00 cleared=2026-04-02
  expect 40 ageing_items.open_amount 500000 @INV-9811
AX-18 B | key date | CV-06 | Posted on 10 March and cleared with a credit memo on 31 March: not open at the key date.
  who Cuxland Reet GmbH
  due INV-9812 2026-03-10 2026-04-09 2,000.00 cleared=2026-03-31
  due GS-9812 2026-03-31 2026-03-31 -2,000.00 kind=CM cleared=2026-03-31 linked=INV-9812
  expect 00 open_items.open_amount_doc 0 @INV-9812
AX-18 C | key date | RC-90 | Written on 30 March, posted on 1 April: not in March, but on the list for accrual.
  who Dollart Muscheln GmbH
  due INV-9813 2026-03-30 2026-04-29 3,000.00 posting=2026-04-01
  expect 30 cutoff_items.list BILLED_NEXT_PERIOD @INV-9813
down payment | special G/L | RC-10 | Down payments stand on their own control account 1710 and tie there.
  who Eiderstedt Silo GmbH
  due DP-9821 2025-11-17 2025-11-17 -8,000.00 kind=DP control=1710 special=A
  due DP-9822 2025-12-08 2025-12-08 -4,000.00 kind=DP control=1710 special=A
  expect 40 ageing_items.bucket_due on account @DP-9821
partial payment | effective open amount | CV-06 | Of 3,000.00, a part of 1,000.00 was posted in February as a line of its own.
  who Föhrer Inselkäse eG
  due INV-9831 2026-01-28 2026-02-27 3,000.00
  due TZ-9831 2026-02-18 2026-02-18 -1,000.00 kind=RCPT linked=INV-9831
  pay 2026-02-18 1,000.00 : Teilzahlung INV-9831
  expect 40 worklist.net_overdue 200000 @INV-9831
promise open | promise | CO-30 | A promise for 8 April: no reminder before it is due.
  who Norderney Wäscherei GmbH
  due INV-9901 2026-02-03 2026-03-05 2,480.00
  promise INV-9901 2026-04-08 2,480.00 OPEN
  expect 40 promise_results.status OPEN @INV-9901
promise broken | promise | CO-30 | A promise for 18 March was not kept.
  who Otterndorf Pumpen GmbH
  due INV-9902 2026-01-13 2026-02-12 1,615.50
  promise INV-9902 2026-03-18 1,615.50 OPEN
  expect 40 promise_results.status BROKEN @INV-9902
AX-24 disputed | dunning | CO-05 | 5,000.00 disputed and 80.00 undisputed are overdue: the letter asks for 80.00 only.
  who Pellworm Deichbau GmbH
  due INV-9911 2026-01-28 2026-02-27 5,000.00
  due INV-9912 2026-02-03 2026-03-05 80.00
  dispute INV-9911 LD 5,000.00
  expect 40 dunning_items.asked 8000 @INV-9912
  expect 40 dunning_items.why_left_out DISPUTED @INV-9911
  expect 40 ageing_items.disputed True @INV-9911
AX-24 one step | dunning | CO-04 | At level 1 and 40 days late: the next letter is level 2, not 3.
  who Rungholt Taucher GmbH
  due INV-9913 2026-01-20 2026-02-19 1,930.00 dunning=1
  expect 40 dunning_items.level 2 @INV-9913
late fee | late payment fee | CO-55 | Paid 40 days late: a fee may be recommended.
  who Sylter Hecken GmbH
  due INV-9921 2026-01-05 2026-02-04 6,200.00
  pay 2026-03-16 6,200.00 : Rechnung INV-9921
  expect 40 late_fees.outcome RECOMMEND @INV-9921
  expect 40 late_fees.days_late 40 @INV-9921
  auto
write-off | write-off | CO-65 | More than 180 days overdue: a write-off proposal.
  who Trischen Vogelwarte
  due INV-9931 2025-07-01 2025-07-31 184.20
  expect 40 write_offs.approver AR manager @INV-9931
AX-25 C1 | first contact | CO-10 | An overdue item that must be followed up within fourteen days of 2026-03-12.
  who Gezeiten Tauchsport GmbH
  due INV-9941 2026-02-10 2026-03-12 510.00
  contact 2026-03-26 PHONE REACHED
  expect 40 first_contacts.status MET @INV-9941
AX-25 C2 | first contact | CO-10 | An overdue item that must be followed up within fourteen days of 2026-03-12.
  who Hallig Wolle eG
  due INV-9942 2026-02-10 2026-03-12 520.00
  contact 2026-03-27 LETTER SENT
  expect 40 first_contacts.status BREACHED @INV-9942
AX-25 C3 | first contact | CO-10 | An overdue item that must be followed up within fourteen days of 2026-03-12.
  who Imkerei Jadebusen
  due INV-9943 2026-02-10 2026-03-12 530.00
  contact 2026-03-21 PHONE NO_ANSWER
  expect 40 first_contacts.status BREACHED @INV-9943
AX-25 C4 | first contact | CO-10 | An overdue item that must be followed up within fourteen days of 2026-03-21.
  who Jütland Import GmbH
  due INV-9944 2026-02-10 2026-03-21 540.00
  expect 40 first_contacts.status DUE @INV-9944
AX-25 C5 | first contact | CO-10 | An overdue item that must be followed up within fourteen days of 2026-03-12.
  who Kogge Spielwaren GmbH
  due INV-9945 2026-02-10 2026-03-12 550.00
  pay 2026-03-20 550.00 : INV-9945
  expect 40 first_contacts.status NOT_REQUIRED @INV-9945
AX-25 C6 | first contact | CO-10 | An overdue item that must be followed up within fourteen days of 2026-03-16.
  who Leuchtfeuer Lampen GmbH
  due INV-9946 2026-02-10 2026-03-16 560.00
  contact 2026-03-15 PHONE REACHED
  expect 40 first_contacts.status BREACHED @INV-9946
AX-25 C7 | first contact | CO-10 | An overdue item that must be followed up within fourteen days of 2026-03-19.
  who Möwennest Pensionen
  due INV-9947 2026-02-10 2026-03-19 570.00
  contact 2026-03-23 EMAIL SENT
  expect 40 first_contacts.status AT_RISK @INV-9947
"""
"""In the form of `case_text`."""
