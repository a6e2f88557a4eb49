"""Lookup v2: what is known of a telephone number."""

import re
from typing import Any

import phonenumbers

from integrations.twilio.simulation.errors import bad_request
from integrations.twilio.simulation.numbers import country_of, formatted
from integrations.twilio.simulation.rest import Answer, Asked
from integrations.twilio.simulation.world import World

LOOKUP_FIELDS = frozenset(
    [
        "validation",
        "caller_name",
        "sim_swap",
        "call_forwarding",
        "line_status",
        "line_type_intelligence",
        "identity_match",
        "reassigned_number",
        "sms_pumping_risk",
        "phone_number_quality_score",
        "pre_fill",
    ]
)
_REASONS = {
    phonenumbers.ValidationResult.TOO_SHORT: "TOO_SHORT",
    phonenumbers.ValidationResult.TOO_LONG: "TOO_LONG",
    phonenumbers.ValidationResult.INVALID_COUNTRY_CODE: "INVALID_COUNTRY_CODE",
    phonenumbers.ValidationResult.INVALID_LENGTH: "INVALID_LENGTH",
}


class LookupsResource:
    def __init__(self, world: World) -> None:
        self.world = world

    def lookup(self, asked: Asked) -> Answer:
        """Lookup v2. A number that cannot exist is an answer too: `valid` false, with the reasons."""
        query = dict(asked.query)
        packages = {name for name in query.get("Fields", "").split(",") if name}
        if unknown := packages - LOOKUP_FIELDS:
            raise bad_request(60616, f"Invalid Fields: {', '.join(sorted(unknown))}")
        text = asked.path["number"]
        errors = _why_invalid(text, query.get("CountryCode", "US"))
        number = _e164(text, query.get("CountryCode", "US")) or text
        country = country_of(number) or None
        data: dict[str, Any] = dict.fromkeys(sorted(LOOKUP_FIELDS - {"validation"}))
        if not errors and "line_type_intelligence" in packages:
            data["line_type_intelligence"] = self._line_type(number)
        if not errors and "reassigned_number" in packages:
            data["reassigned_number"] = {
                "last_verified_date": query.get("LastVerifiedDate"),
                "is_number_reassigned": "yes" if number in self.world.config.reassigned else "no",
                "error_code": None,
            }
        return Answer(
            {
                **data,
                "calling_country_code": str(phonenumbers.country_code_for_region(country)) if country else None,
                "country_code": country,
                "phone_number": number,
                "national_format": formatted(number),
                "valid": not errors,
                "validation_errors": errors,
                "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{number}",
            }
        )

    def _line_type(self, number: str) -> dict[str, Any]:
        kind = self.world.config.line_types.get(number, "landline")
        mobile = kind == "mobile"
        # A package that could not be asked says so within an answer of 200.
        failed = int(kind) if kind.isdigit() else None
        return {
            "carrier_name": "Sandbox Wireless" if mobile else "Sandbox Telephone",
            "error_code": failed,
            "mobile_country_code": "310" if mobile else None,
            "mobile_network_code": "012" if mobile else None,
            "type": None if failed else kind,
        }


def _e164(text: str, country: str) -> str:
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _why_invalid(text: str, country: str) -> list[str]:
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ["NOT_A_NUMBER"] if not re.search(r"\d", text) else ["INVALID_COUNTRY_CODE"]
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason in _REASONS:
        return [_REASONS[reason]]
    return [] if phonenumbers.is_valid_number(parsed) else ["INVALID_BUT_POSSIBLE"]
