"""Whether a request really comes from the carrier. Looked at before anything else of it is read.

Two ways of signing are good: HMAC-SHA1 with the account's token (both while one is rotated), and HMAC-SHA256 with a shared
key the request names. The address signed is the one we are known by, never what the Host header says.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from integrations.twilio.keys import Keys

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def is_signed(request: HttpRequest, keys: Keys) -> bool:
    """The signature fits our address and every field of the form, under a key of this account."""
    url = settings.PUBLIC_URL + request.get_full_path()
    params: Any = request.POST if request.method == "POST" else {}
    if request.method == "POST" and request.content_type not in _FORMS:
        try:
            params = request.body.decode()
        except UnicodeDecodeError:
            return False
        if "bodySHA256" not in request.GET:
            return False
    return _fits(url, params, request.headers, keys)


def is_signed_socket(path: str, headers: Mapping[str, str], keys: Keys) -> bool:
    """The same for the upgrade of a relay socket: the address as it stood in the ``url`` attribute, and no fields."""
    return _fits(settings.RELAY_URL + path, {}, {name.lower(): value for name, value in headers.items()}, keys)


def _fits(url: str, params: Any, headers: Mapping[str, str], keys: Keys) -> bool:
    said = headers.get(SIGNATURE_HEADER) or headers.get(SIGNATURE_HEADER.lower()) or ""
    how = headers.get(SIGNATURE_SETTINGS_HEADER) or headers.get(SIGNATURE_SETTINGS_HEADER.lower()) or ""
    if not said or not said.isascii():
        return False
    algorithm = get_signature_algorithm(how)
    secrets = _secrets(how, algorithm, keys)
    return any(RequestValidator(secret).validate(url, params, said, algorithm) for secret in secrets)


def _secrets(how: str, algorithm: str, keys: Keys) -> Iterator[str]:
    """A token signs with SHA-1 and a shared key, named in the request, with SHA-256; nothing else is good."""
    if algorithm == HMAC_SHA1:
        yield from keys.tokens
    elif algorithm == HMAC_SHA256:
        named = dict(part.strip().partition("=")[::2] for part in how.split(","))
        if secret := keys.shared.get(named.get("key", "")):
            yield secret
