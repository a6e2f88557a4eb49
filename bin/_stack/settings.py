"""The environment variables the product's processes get from the stack."""

import base64
import json
import os
import secrets
from pathlib import Path

SECRET_NAMES = (
    "SECRET_KEY",
    "QUICKBOOKS_CLIENT_ID",
    "QUICKBOOKS_CLIENT_SECRET",
    "QUICKBOOKS_WEBHOOK_VERIFIER",
    "XERO_CLIENT_ID",
    "XERO_CLIENT_SECRET",
    "XERO_WEBHOOK_KEY",
    "FRESHBOOKS_CLIENT_ID",
    "FRESHBOOKS_CLIENT_SECRET",
    "SQUARE_CLIENT_ID",
    "SQUARE_CLIENT_SECRET",
    "SQUARE_WEBHOOK_KEY",
    "ZOHO_CLIENT_ID",
    "ZOHO_CLIENT_SECRET",
    "JOBBER_CLIENT_ID",
    "JOBBER_CLIENT_SECRET",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "STRIPE_SECRET_KEY",
    "STRIPE_CLIENT_ID",
    "STRIPE_CONNECT_WEBHOOK_SECRET",
    "FIELD_KEYS",
)
THIS_MACHINE = "localhost,127.0.0.1"
NOT_INHERITED = ("SYNTHARRA_BEGAN", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "MAKEFLAGS", "MAKELEVEL")


def new_secrets() -> dict[str, str]:
    """Random values in the form each vendor gives them."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "QUICKBOOKS_CLIENT_ID": "AB" + secrets.token_hex(24),
        "QUICKBOOKS_CLIENT_SECRET": secrets.token_hex(20),
        "QUICKBOOKS_WEBHOOK_VERIFIER": secrets.token_hex(18),
        "XERO_CLIENT_ID": secrets.token_hex(16).upper(),
        "XERO_CLIENT_SECRET": secrets.token_urlsafe(36),
        "XERO_WEBHOOK_KEY": secrets.token_urlsafe(66),
        "FRESHBOOKS_CLIENT_ID": secrets.token_hex(32),
        "FRESHBOOKS_CLIENT_SECRET": secrets.token_hex(32),
        "SQUARE_CLIENT_ID": "sandbox-sq0idb-" + secrets.token_urlsafe(16),
        "SQUARE_CLIENT_SECRET": "sandbox-sq0csb-" + secrets.token_urlsafe(32),
        "SQUARE_WEBHOOK_KEY": secrets.token_urlsafe(16),
        "ZOHO_CLIENT_ID": f"1000.{secrets.token_hex(15).upper()}",
        "ZOHO_CLIENT_SECRET": secrets.token_hex(21),
        "JOBBER_CLIENT_ID": secrets.token_hex(18),
        "JOBBER_CLIENT_SECRET": secrets.token_hex(32),
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "STRIPE_SECRET_KEY": "sk_test_" + secrets.token_hex(24),
        "STRIPE_CLIENT_ID": "ca_" + secrets.token_hex(16),
        "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_" + secrets.token_hex(16),
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }


def kept_secrets(file: Path) -> dict[str, str]:
    """The same values at every start of one installation, in a file only its owner can read."""
    try:
        kept = json.loads(file.read_text())
    except (OSError, ValueError):
        kept = {}
    if not set(SECRET_NAMES) <= set(kept):
        kept = new_secrets() | kept
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_text(json.dumps(kept, indent=1))
    return {name: str(kept[name]) for name in SECRET_NAMES}


def surroundings() -> dict[str, str]:
    """The caller's environment without what belongs to another Python; bytecode is kept, it halves the start."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k not in NOT_INHERITED}
    beside = ",".join(word for word in (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), THIS_MACHINE) if word)
    return kept | {
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "syntharra.settings",
        "NO_PROXY": beside,
        "no_proxy": beside,
    }


def sandbox(*, web: str, relay: str, simulators: str, smtp: str) -> dict[str, str]:
    """What makes an installation a sandbox: every vendor is a simulator on this machine."""
    return {
        "SANDBOX": "true",
        "DEBUG": "false",
        "PUBLIC_URL": web,
        "RELAY_URL": relay,
        "SIMULATORS_URL": simulators,
        "EMAIL_URL": smtp,
    }
