"""Decisions of people: what was decided, chained so that an edit shows, replayed into a state."""
