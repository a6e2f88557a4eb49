"""What kind of line a number is, asked of the carrier: it decides which law protects whoever answers (47 CFR 64.1200).

Numbers of this country do not tell it themselves, so it is looked up before a call, kept with its day, and believed for a
while. What nobody knows, or nobody knows any more, is unknown, and the gate takes that for a mobile.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import Business
from integrations.errors import VendorError
from integrations.models import NumberLookup
from integrations.twilio.client import lookup_client
from syntharra import clock, logs
from syntharra.reading import Given, Reading

log = logs.get(__name__)

UNKNOWN = "unknown"
# Twilio's words in those of the rules. What is none of these (premium, shared cost, voicemail only) stays unknown.
_OURS: Mapping[str, str] = {
    "mobile": "wireless",
    "pager": "wireless",
    "landline": "landline",
    "fixedVoip": "voip",
    "nonFixedVoip": "voip",
    "tollFree": "toll_free",
}
_ROWS = Reading(
    lambda: NumberLookup.objects.filter(number__among=Given("numbers"), looked_up_at__gte=Given("since")).order_by(
        "looked_up_at", "pk"
    )
)


@dataclass(frozen=True, slots=True)
class LineKnown:
    """``kind``: wireless, landline, voip, toll_free or unknown; ``at``: when the carrier said so (business time)."""

    kind: str
    at: datetime


def known(numbers: Collection[str], *, at: datetime) -> dict[str, LineKnown]:
    """What is known at this moment of these numbers, the newest word on each; one query. For the current business."""
    if not numbers or not settings.LINE_TYPE_DAYS:
        return {}
    rows: Iterable[NumberLookup] = _ROWS(numbers=numbers, since=at - timedelta(days=settings.LINE_TYPE_DAYS))
    return {row.number: LineKnown(row.kind, row.looked_up_at) for row in rows if row.looked_up_at <= at}


def freshen(business: Business, number: str) -> str:
    """What kind of line this is; asked of the carrier only where that is not known already. Empty where nobody can tell now.

    ``LINE_TYPE_DAYS`` 0 switches it off. Holds no lock and no transaction; one request, answered within seconds or given up.
    """
    if not settings.LINE_TYPE_DAYS or not number.startswith("+"):
        return ""
    moment = clock.now()
    if (found := known([number], at=moment).get(number)) is not None:
        return found.kind
    try:
        said = lookup_client(business).line_type(number)
    except VendorError as error:
        log.warning("line_not_looked_up", problem=error.problem, code=error.vendor_code)
        return ""
    kind = _OURS.get(said, UNKNOWN)
    NumberLookup.objects.create(number=number, kind=kind, vendor_kind=said[:20], looked_up_at=moment)
    return kind
