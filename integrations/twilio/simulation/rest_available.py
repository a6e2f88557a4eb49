"""`/AvailablePhoneNumbers/{country}/Local`: which local numbers could be rented now. Nothing is held for whoever looks."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from integrations.twilio.simulation.errors import bad_request, not_found
from integrations.twilio.simulation.numbers import formatted
from integrations.twilio.simulation.rest import Answer, Asked
from integrations.twilio.simulation.world import World

KNOWN = frozenset(
    {
        "AreaCode", "Contains", "SmsEnabled", "MmsEnabled", "VoiceEnabled", "ExcludeAllAddressRequired", "ExcludeLocalAddressRequired",
        "ExcludeForeignAddressRequired", "Beta", "NearNumber", "NearLatLong", "Distance", "InPostalCode", "InRegion", "InRateCenter",
        "InLata", "InLocality", "FaxEnabled", "PageSize", "Page", "PageToken",
    }
)  # fmt: skip
VOICE_ALONE = "00"
FLAGS = ("SmsEnabled", "MmsEnabled", "VoiceEnabled", "FaxEnabled")
ANY_AREA = "614"
FROM, BEYOND = 100, 200  # of +1 AAA 555 0xxx: the numbers kept for stories


def available_numbers(world: World) -> Callable[[Asked], Answer]:
    """Looks through the numbers of the simulated world that nobody rents."""

    def search(asked: Asked) -> Answer:
        wanted = dict(asked.query)
        if unknown := set(wanted) - KNOWN:
            raise bad_request(20001, f"Unknown parameters: {', '.join(sorted(unknown))}")
        if asked.path["country"] not in world.config.callable_countries:
            raise not_found(asked.url_path)
        for flag in FLAGS:
            if wanted.get(flag, "true") not in ("true", "false"):
                raise bad_request(20001, f"{flag} is not a boolean: {wanted[flag]}")
        area, most = wanted.get("AreaCode", ""), wanted.get("PageSize", "") or "50"
        if area and not re.fullmatch(r"[2-9][0-9]{2}", area):
            raise bad_request(21451, f"Invalid area code: {area}")
        if not most.isdigit() or not 1 <= int(most) <= 1000:
            raise bad_request(20007, "Page size must be between 1 and 1000")
        found = [] if wanted.get("FaxEnabled") == "true" else [_json(number) for number in _free(world, area, wanted)]
        return Answer({"available_phone_numbers": found[: int(most)], "uri": asked.url_path})

    return search


def _free(world: World, area: str, wanted: dict[str, str]) -> Iterator[str]:
    pattern = re.compile(re.escape(wanted.get("Contains", "")).replace(r"\*", "[0-9]"))
    for last in range(FROM, BEYOND):
        number = f"+1{area or ANY_AREA}5550{last}"
        free = world.owner_of(number) is None and pattern.search(number)
        if free and (_takes_texts(number) or wanted.get("SmsEnabled") != "true"):
            yield number


def _takes_texts(number: str) -> bool:
    """Some lines are for voice alone."""
    return not number.endswith(VOICE_ALONE)


def _json(number: str) -> dict[str, Any]:
    return {
        "address_requirements": "none",
        "beta": False,
        "capabilities": {"voice": True, "sms": _takes_texts(number), "mms": _takes_texts(number), "fax": False},
        "friendly_name": formatted(number),
        "iso_country": "US",
        "lata": "324",
        "latitude": "39.960000",
        "locality": "Columbus",
        "longitude": "-82.990000",
        "phone_number": number,
        "postal_code": "43215",
        "rate_center": "COLUMBUS",
        "region": "OH",
    }
