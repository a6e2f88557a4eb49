"""Phone numbers as the carrier sees them."""

import re
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone as number_zones

E164 = re.compile(r"\+[1-9]\d{6,14}")
MAGIC_PREFIX = "+1500555000"
MAGIC_FROM = "+15005550006"
_FICTITIOUS_555 = re.compile(r"\+1\d{3}55501\d{2}")
_ANY_555 = re.compile(r"\+1\d{3}555\d{4}")


def is_e164(text: str) -> bool:
    """Written as `+` and digits, and a number that can exist in its country."""
    if not E164.fullmatch(text):
        return False
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(parsed)


def is_unreachable_exchange(text: str) -> bool:
    """No carrier serves the 555 exchange; 555-01xx, kept for stories, is the simulated world's own."""
    if text.startswith(MAGIC_PREFIX):
        return False
    return bool(_ANY_555.fullmatch(text)) and not _FICTITIOUS_555.fullmatch(text)


@lru_cache(maxsize=4096)
def country_of(text: str) -> str:
    """Two letters, or an empty string where no country owns the number."""
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_number(parsed) or ("US" if parsed.country_code == 1 else "")


@lru_cache(maxsize=4096)
def formatted(text: str) -> str:
    """`(614) 555-0101` for numbers of the North American plan; others as they are."""
    match = re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", text)
    return f"({match[1]}) {match[2]}-{match[3]}" if match else text


@lru_cache(maxsize=4096)
def zone_of(text: str) -> str:
    """The zone of the number's area code (the first, where an area code has several)."""
    try:
        zones = number_zones.time_zones_for_number(phonenumbers.parse(text, None))
    except phonenumbers.NumberParseException:
        return "Etc/UTC"
    return zones[0] if zones and zones[0] != "Etc/Unknown" else "Etc/UTC"


def local_time(moment: datetime, number: str) -> datetime:
    """What the clock on the wall of the person called showed."""
    return moment.astimezone(ZoneInfo(zone_of(number)))
