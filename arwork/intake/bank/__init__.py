"""Bank statements in: one module a format, and what all formats share."""
