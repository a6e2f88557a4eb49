"""How a webhook proves that it comes from Twilio."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Literal

from integrations.twilio.simulation.config import SimAccount

SIGNATURE = "X-Twilio-Signature"
SIGNATURE_SETTINGS = "X-Twilio-Webhooks-Signature-Settings"

Algorithm = Literal["HMAC_SHA1", "HMAC_SHA256"]
Params = Iterable[tuple[str, str]]


def canonical(url: str, params: Params = ()) -> str:
    """The text that is signed: the URL as requested without fragment, then each distinct name and value, sorted."""
    values: dict[str, set[str]] = {}
    for name, value in params:
        values.setdefault(name, set()).add(value)
    parts = [name + value for name in sorted(values) for value in sorted(values[name])]
    return url.split("#", 1)[0] + "".join(parts)


def signature(secret: str, url: str, params: Params = (), *, algorithm: Algorithm = "HMAC_SHA1") -> str:
    """Base64 of the keyed hash over the canonical text."""
    digest = hashlib.sha256 if algorithm == "HMAC_SHA256" else hashlib.sha1
    mac = hmac.new(secret.encode(), canonical(url, params).encode(), digest)
    return base64.b64encode(mac.digest()).decode()


def signed_headers(account: SimAccount, url: str, params: Params = ()) -> dict[str, str]:
    """The headers of a request to this URL, under the scheme the account uses now."""
    if account.sign_with == "shared_key" and account.shared_key is not None:
        key = account.shared_key
        return {
            SIGNATURE: signature(key.secret, url, params, algorithm="HMAC_SHA256"),
            SIGNATURE_SETTINGS: f"key={key.key_id},algorithm=HMAC_SHA256",
        }
    secret = account.secondary_token if account.sign_with == "secondary" else account.auth_token
    return {SIGNATURE: signature(secret, url, params)}
