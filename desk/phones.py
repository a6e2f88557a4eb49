"""Telephone numbers as people write them."""

import phonenumbers


def spoken(number: str) -> str:
    """``+16145550103`` as ``(614) 555-0103``; another country's with its code; what is no number as it stands."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    home = parsed.country_code == 1
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)
