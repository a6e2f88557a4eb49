"""The access token: a JWT that says whose account it opens and until when."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from integrations.jobber.simulation.config import JobberSimConfig
from integrations.simulation.tokens import Grant


def signed(settings: JobberSimConfig, grant: Grant, account_number: int) -> str:
    """A signed JWT; its `exp` is the only word on how long it lasts."""
    claims = {
        "sub": grant.extra["user_number"],
        "iss": "https://api.getjobber.com",
        "client_id": settings.client_id,
        "scope": " ".join(sorted(grant.scopes)),
        "app_id": settings.app_id,
        "user_id": grant.extra["user_number"],
        "account_id": account_number,
        "exp": int(time.time() + settings.access_token_seconds),
        "jti": secrets.token_hex(8),
    }
    text = f"{_part({'alg': 'HS256'})}.{_part(claims)}"
    digest = hmac.new(f"jobber signs {grant.id}".encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{_base64(digest)}"


def _part(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
