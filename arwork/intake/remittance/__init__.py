"""Remittance advices: what a payer says a payment covers, from EDI, XML, tables, PDFs and e-mails (T09)."""
