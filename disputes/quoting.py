"""Whose words may be repeated to the customer."""

from disputes.models import Claim
from notifications import lint


def may_be_quoted(claim: Claim) -> bool:
    """Whether their sentence may stand before their own eyes: said by the customer, surely heard, and fit for a letter.

    What a member noted stays inside the firm. Words such as "balance due" or "court", theirs as they are, would make
    our letter read like a demand, so such a sentence is left out rather than the letter held back.
    """
    if (
        claim.source in (Claim.Source.MEMBER, Claim.Source.VENDOR)
        or not claim.words
        or claim.evidence.get("unquotable")
    ):
        return False
    return float(claim.evidence.get("score", 1.0)) >= 0.6 and not lint.problems(claim.words)
