"""What is left after matching, and why: payments that look repeated (domain 3)."""
