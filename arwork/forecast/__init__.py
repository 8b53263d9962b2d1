"""Looking ahead: when the open items will be paid, how sure that is, and how right it was before (domain 7)."""
