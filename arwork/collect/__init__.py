"""What customers owe, how old it is, and what is done about it (domain 5 and 6)."""
