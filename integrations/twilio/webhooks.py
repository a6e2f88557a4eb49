"""Whether a request really comes from the carrier. Looked at before anything else of it is read."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from twilio.request_validator import (
    HMAC_SHA1,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)


def is_signed(request: HttpRequest) -> bool:
    """The signature fits the address we are known by, never what the Host header says, and every field of the form."""
    url = settings.PUBLIC_URL + request.get_full_path()
    params: Any = request.POST if request.method == "POST" else {}
    if request.method == "POST" and request.content_type not in _FORMS:
        try:
            params = request.body.decode()
        except UnicodeDecodeError:
            return False
        if "bodySHA256" not in request.GET:
            return False
    return _fits(url, params, request.headers)


def is_signed_socket(path: str, headers: Mapping[str, str]) -> bool:
    """The same for the upgrade of a relay socket: the address as it stood in the ``url`` attribute, and no fields."""
    return _fits(settings.RELAY_URL + path, {}, {name.lower(): value for name, value in headers.items()})


_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def _fits(url: str, params: Any, headers: Mapping[str, str]) -> bool:
    said = headers.get(SIGNATURE_HEADER) or headers.get(SIGNATURE_HEADER.lower()) or ""
    how = headers.get(SIGNATURE_SETTINGS_HEADER) or headers.get(SIGNATURE_SETTINGS_HEADER.lower()) or ""
    algorithm = get_signature_algorithm(how)
    if not said or not said.isascii():
        return False
    return any(RequestValidator(secret).validate(url, params, said, algorithm) for secret in _secrets(how, algorithm))


def _secrets(how: str, algorithm: str) -> Iterator[str]:
    """While a token is being rotated both are good. A shared key is named in the request and signs with SHA-256."""
    if algorithm == HMAC_SHA1:
        tokens = (settings.TWILIO_AUTH_TOKEN, settings.TWILIO_SECONDARY_TOKEN)
        yield from (token for token in tokens if token)
        return
    keys: Mapping[str, str] = settings.TWILIO_SHARED_KEYS
    named = dict(part.strip().partition("=")[::2] for part in how.split(","))
    if secret := keys.get(named.get("key", "")):
        yield secret
