"""arwork: a workbench for accounts-receivable teams."""
