"""How Zoho Books answers: every body has `code` (0 is good) and `message`; errors by number and HTTP status."""

from typing import Any

from integrations.simulation.call import Answer, VendorRefusal, json_answer


def success(message: str = "success", status: int = 200, **parts: Any) -> Answer:
    """A good answer; the parts follow `code` and `message` in the order given."""
    return json_answer({"code": 0, "message": message, **parts}, status)


def error(code: int, message: str, status: int = 400) -> Answer:
    """The vendor's only shape of an error."""
    return json_answer({"code": code, "message": message}, status)


def refusal(code: int, message: str, status: int = 400) -> VendorRefusal:
    """The same, to be raised."""
    return VendorRefusal(error(code, message, status), f"{status} code {code}: {message}")


def not_authorized() -> VendorRefusal:
    """Token dead, scope missing, user left: one and the same words for all three."""
    return refusal(57, "You are not authorized to perform this operation", 401)


def wrong_token() -> VendorRefusal:
    """No token where one must be, or a header in another form."""
    return refusal(14, "Invalid value passed for authtoken.", 401)


def invalid_value(name: str) -> VendorRefusal:
    """A parameter or field that is unknown, missing or of the wrong form."""
    return refusal(2, f"Invalid value passed for {name}")


def missing(thing: str) -> VendorRefusal:
    """`thing` as the vendor calls it: Invoice, Contact, Credit Note."""
    return refusal(1002, f"{thing} does not exist.", 404)


def not_possible(message: str) -> VendorRefusal:
    """The books do not allow it."""
    return refusal(1003, message)


def no_such_url() -> VendorRefusal:
    return refusal(5, "Invalid URL Passed", 404)


def no_such_method(method: str) -> VendorRefusal:
    return refusal(37, f"The HTTP method {method} is not allowed for the requested resource", 405)


def internal_error() -> VendorRefusal:
    return refusal(1000, "Internal error", 500)


def too_many_a_minute() -> VendorRefusal:
    """Without Retry-After, as the vendor does it."""
    message = (
        "For security reasons you have been blocked for some time as you have exceeded the maximum number of "
        "requests per minute that can originate from one account."
    )
    return refusal(44, message, 429)


def too_many_a_day(limit: int) -> VendorRefusal:
    return refusal(45, f"You have exceeded the maximum call rate limit of {limit}.", 429)


def too_many_at_once() -> VendorRefusal:
    return refusal(1070, "The maximum number of in process requests has been exceeded.", 429)


def with_whole_ids(value: Any) -> Any:
    """The same answer with ids as integers, as the vendor's documentation prints them."""
    if isinstance(value, dict):
        return {name: _whole(one) if name.endswith("_id") else with_whole_ids(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) if isinstance(one, str) and len(one) >= 18 else with_whole_ids(one) for one in value]
    return value


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value
