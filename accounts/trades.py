"""What a firm does for a living, as far as it decides what may be said about a bill to whoever answers the telephone."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Trade(models.TextChoices):
    HOME = "home", _("Home services: plumbing, electric, roofing, landscaping, cleaning …")
    BUILDING = "building", _("Building and contracting")
    AGENCY = "agency", _("Agency, studio or consulting")
    SOFTWARE = "software", _("Software")
    SUPPLY = "supply", _("Goods and supplies")
    MEDICAL = "medical", _("Medical practice")
    DENTAL = "dental", _("Dental practice")
    LEGAL = "legal", _("Law office")
    COUNSELING = "counseling", _("Counseling or therapy")
    FUNERAL = "funeral", _("Funeral home")
    OTHER = "other", _("Something else")


#: Here what was done is nobody's business but the customer's: on the phone a bill is its number and its date.
SENSITIVE = frozenset({Trade.MEDICAL, Trade.DENTAL, Trade.LEGAL, Trade.COUNSELING, Trade.FUNERAL})


def is_sensitive(trade: str) -> bool:
    """True where nothing of the work is ever spoken of. A firm that has not said its trade has no words for its work either."""
    return trade in SENSITIVE
