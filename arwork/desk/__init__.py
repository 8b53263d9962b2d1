"""The analyst's desk: what waits, why, and what a person decides; models without a widget, replayed from the journal."""
