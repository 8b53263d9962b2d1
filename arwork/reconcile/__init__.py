"""Reconciliations: subledger to GL, bank to book, each with its tie-out (domain 4)."""
