"""From a run to a pack: notebooks executed, tables published once, everything listed and sealed."""
