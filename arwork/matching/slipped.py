"""The number of one document written for that of another one of the same payer: only the amount tells them apart."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from arwork.matching.case import Case, Claim, valued
from arwork.matching.explain import how_it_fits, money
from arwork.matching.fit import Solution
from arwork.matching.named import Word
from arwork.matching.references import norm
from arwork.matching.unread import as_written


def slipped(case: Case, words: Sequence[Word], found: Solution) -> Claim | None:
    """M12: what is named does not fit, and just one other open document, one slip of the pen away, fits to the cent; a person decides.

    `118997` for `RE26005103`, on which less is owed, where RE26005130 stands open with exactly that.
    """
    if len(found.lines) != 1 or len(words) != 1 or words[0].origin == "advice" or words[0].rank or words[0].checked:
        return None
    named, receipt = found.lines[0].item, case.receipt
    written = norm(named.name)
    near = [
        item for item in case.open_items()
        if 10 * abs(item.left - receipt.amount) <= item.left and item.item_id not in (named.item_id, *case.gone) and not item.blocked
        and item.currency == receipt.currency and item.doc_date <= receipt.value_date
        and OSA.distance(written, norm(item.name), score_cutoff=1) <= 1
    ]  # fmt: skip
    fits = [fit for item in near for fit in [valued(case, [item.item_id])] if fit.exact]
    if len(fits) != 1:
        return None
    meant, token = fits[0].lines[0].item, as_written(case, words[0].token)
    told = f"on {named.name}, which is named, {money(named.left, case)} is owed"
    return Claim(
        "M12", fits[0], capped=f"{token} is the number of another document", stays=True, read=(words[0].token,),
        sentence=f"Pays {meant.name}: its number is one slip away from {token}, and {how_it_fits(fits[0], case)}; {told}.",
        runner_up=f"{named.name} is the document that is named; {money(named.left, case)} is owed on it.",
        falls_without=f"that {token} is a slip of the pen",
    )  # fmt: skip
