"""How the firm wants to be paid: whether in parts, how little at a time, and its own words where no card is taken."""

from decimal import Decimal

from django.db import transaction

from accounts import timeline
from accounts.models import Business, User

MOST_WORDS = 600


@transaction.atomic
def keep(business: Business, *, takes_parts: bool, smallest_part: Decimal, how_to_pay: str, by: User) -> Business:
    """Kept with the business, in its currency. Raises ValueError for a smallest part that is not above zero."""
    if smallest_part <= 0:
        raise ValueError("the smallest part is more than zero")
    words = how_to_pay.strip()[:MOST_WORDS]
    changes = {"takes_parts": takes_parts, "smallest_part": smallest_part, "how_to_pay": words}
    Business.objects.filter(pk=business.pk).update(**changes)
    for name, value in changes.items():
        setattr(business, name, value)
    timeline.record(business, "set_paying", by=by.email, takes_parts=takes_parts, smallest_part=smallest_part)
    return business
