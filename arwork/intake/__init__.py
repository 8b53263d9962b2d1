"""Files in: claimed by content, decoded strictly, read whole or refused, every row a row or a reject."""
