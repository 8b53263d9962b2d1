"""The stages of a close, one module each: what a notebook shows, it has from its stage; a kernel loads that of no other."""
