"""Phone numbers as people write them into their books, read as numbers that can be dialed. Pure."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberMatcher, PhoneNumberType

# Words that say what kind of number it is. Any other words may be an instruction ("do not call", "ask for Joe first"),
# and a number inside an instruction is not ours to dial.
_HARMLESS = re.compile(
    r"\b(cell|mobile|mob|home|work|office|main|tel|telephone|phone|ph|fon|direct|c|h|w|m|o|p|t|ext|extension|x)\b\.?",
    re.IGNORECASE,
)
_ORDINARY = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER,
}


def read(raw: str, country: str) -> tuple[str, str]:
    """``(E.164, problem)``; the problem is "", ``unreadable`` or ``foreign`` (the number is given all the same)."""
    number = _parse(raw, country)
    if number is None or phonenumbers.number_type(number) not in _ORDINARY:
        return "", "unreadable"
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return written, "" if _is_of(number, country) else "foreign"


def _is_of(number: PhoneNumber, country: str) -> bool:
    region = phonenumbers.region_code_for_number(number)
    # Toll-free numbers are shared by the countries of one calling code and belong to none of them.
    return region == country or (
        phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE
        and number.country_code == phonenumbers.country_code_for_region(country)
    )


def _parse(raw: str, country: str) -> PhoneNumber | None:
    plain = re.sub(r"(?<=\d)(?=(x|ext)\b|x\d)", " ", raw.strip(), flags=re.IGNORECASE)
    words = _HARMLESS.sub(" ", re.sub(r"x(?=\d)", " ", plain, flags=re.IGNORECASE))
    if re.search(r"[^\W\d_]", words):
        return None
    try:
        number = phonenumbers.parse(raw, country)
    except NumberParseException:
        number = None
    if number is not None and phonenumbers.is_valid_number(number):
        return number
    found = next(iter(PhoneNumberMatcher(raw, country)), None)  # two numbers in one field: the first
    return found.number if found else None
