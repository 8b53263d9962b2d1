"""How like a payee's name is to a customer's, whatever way umlauts are written (RF-06, O12)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from arwork.matching.names import clean, plain, similarity

_SPELT = re.compile(r"([AOU])E")


def likeness(name: str, spellings: Sequence[str]) -> float:
    """Return the best likeness of a name to cleaned spellings, 1.0 where nothing is there to compare.

    Banks write Ä as AE, also inside legal forms; both readings are tried.
    """
    if not clean(name) or not spellings:
        return 1.0
    readings = {clean(name), clean(_SPELT.sub(r"\1", plain(name)))}
    return max(similarity(reading, spelling) for reading in readings for spelling in spellings)
