"""A webhook's body and signature: a form, signed over the JSON text of its fields in their order."""

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qsl, urlencode

SIGNATURE = "X-FreshBooks-Hmac-SHA256"


def body_of(fields: dict[str, str]) -> bytes:
    """The form, its fields in the order they are given."""
    return urlencode(fields).encode()


def signature(verifier: str, body: bytes) -> str:
    """base64 of HMAC-SHA256 with the verifier as the key; the text is Python's plain `json.dumps` of the fields."""
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    digest = hmac.new(verifier.encode(), json.dumps(fields).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
