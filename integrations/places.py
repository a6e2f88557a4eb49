"""Places as people write them into their books: countries by name, states of the USA by name or code. Pure."""

from functools import cache

from babel import Locale

_STATES = {
    "ALABAMA": "AL", "ALASKA": "AK", "ARIZONA": "AZ", "ARKANSAS": "AR", "CALIFORNIA": "CA", "COLORADO": "CO",
    "CONNECTICUT": "CT", "DELAWARE": "DE", "DISTRICT OF COLUMBIA": "DC", "FLORIDA": "FL", "GEORGIA": "GA",
    "HAWAII": "HI", "IDAHO": "ID", "ILLINOIS": "IL", "INDIANA": "IN", "IOWA": "IA", "KANSAS": "KS", "KENTUCKY": "KY",
    "LOUISIANA": "LA", "MAINE": "ME", "MARYLAND": "MD", "MASSACHUSETTS": "MA", "MICHIGAN": "MI", "MINNESOTA": "MN",
    "MISSISSIPPI": "MS", "MISSOURI": "MO", "MONTANA": "MT", "NEBRASKA": "NE", "NEVADA": "NV", "NEW HAMPSHIRE": "NH",
    "NEW JERSEY": "NJ", "NEW MEXICO": "NM", "NEW YORK": "NY", "NORTH CAROLINA": "NC", "NORTH DAKOTA": "ND",
    "OHIO": "OH", "OKLAHOMA": "OK", "OREGON": "OR", "PENNSYLVANIA": "PA", "PUERTO RICO": "PR", "RHODE ISLAND": "RI",
    "SOUTH CAROLINA": "SC", "SOUTH DAKOTA": "SD", "TENNESSEE": "TN", "TEXAS": "TX", "UTAH": "UT", "VERMONT": "VT",
    "VIRGINIA": "VA", "WASHINGTON": "WA", "WEST VIRGINIA": "WV", "WISCONSIN": "WI", "WYOMING": "WY",
}  # fmt: skip
_CODES = {*_STATES.values(), "VI", "GU", "AS", "MP"}
_SHORT = {"USA": "US", "UNITED STATES OF AMERICA": "US", "UK": "GB", "GREAT BRITAIN": "GB", "ENGLAND": "GB"}


def country(written: str) -> str:
    """The code of a country by its English name or its code; "" for none or one nobody knows."""
    word = written.replace(".", "").strip().upper()
    return _SHORT.get(word) or _countries().get(word, "")


def state(written: str) -> str:
    """A state of the USA as in ISO 3166-2, for example US-OH; "" for none."""
    word = written.strip().upper().removeprefix("US-")
    code = _STATES.get(word, word)
    return f"US-{code}" if code in _CODES else ""


def state_in(written: str, in_country: str, *, home: str) -> str:
    """The same, "" where the address lies in another country; one that names no country lies in the company's own."""
    named = in_country.strip()
    return state(written) if (country(named) if named else home) == "US" else ""


@cache
def _countries() -> dict[str, str]:
    known = {code: name for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}
    return {name.replace(".", "").upper(): code for code, name in known.items()} | {code: code for code in known}
