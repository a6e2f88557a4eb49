"""What the firm itself decides about looking first: which words ask for it, and whether late fees are in its terms."""

from collections.abc import Iterable

from django.db import transaction

from accounts import timeline
from accounts.models import Business, User
from invoices.changes import receivables_changed
from invoices.checks import USUAL_WORDS

MOST_WORDS = 60
LONGEST = 60


class NotWords(ValueError):
    """Too many words, or one too long to be a word."""


def words_of(business: Business) -> tuple[str, ...]:
    """The words that ask for a look: the firm's own, or the usual ones."""
    return USUAL_WORDS if business.check_words is None else tuple(business.check_words)


def tidy(words: Iterable[str]) -> list[str]:
    """Each word once, in lower case, without the space around it. Raises NotWords."""
    plain = list(dict.fromkeys(" ".join(word.casefold().split()) for word in words if word.strip()))
    if len(plain) > MOST_WORDS or any(len(word) > LONGEST for word in plain):
        raise NotWords(f"at most {MOST_WORDS} words of {LONGEST} letters")
    return plain


@transaction.atomic
def set_words(business: Business, words: Iterable[str] | None, *, by: User) -> tuple[str, ...]:
    """From now on these words ask for a look; None: the usual ones again. The same again writes nothing."""
    wanted = None if words is None else tidy(words)
    if wanted is not None and tuple(wanted) == USUAL_WORDS:
        wanted = None
    if wanted != business.check_words:
        Business.objects.filter(pk=business.pk).update(check_words=wanted)
        business.check_words = wanted
        timeline.record(business, "set_check_words", by=by.email, check_words=list(words_of(business)))
        receivables_changed()
    return words_of(business)


@transaction.atomic
def attest_late_fees(business: Business, attested: bool, *, by: User) -> bool:
    """The firm says that late fees are in its terms, or takes it back. True when that changed something."""
    changed = Business.objects.filter(pk=business.pk, late_fees_attested=not attested).update(
        late_fees_attested=attested
    )
    business.late_fees_attested = attested
    if changed:
        timeline.record(business, "attested_late_fees" if attested else "took_back_late_fees", by=by.email)
        receivables_changed()
    return bool(changed)
