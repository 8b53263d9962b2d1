"""A made-up company whose files look like the real thing, for learning, showing and testing."""
