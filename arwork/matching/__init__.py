"""Cash application: which receipt pays which open item, by which strategy, and why not more (domain 2)."""
