"""What Jobber posts when something changed: ids only, signed over the raw bytes with the app's client secret."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from zoneinfo import ZoneInfo

from integrations.jobber.simulation import times
from integrations.jobber.simulation.config import JobberSimConfig
from integrations.simulation.hooks import Delivery, Event

SIGNATURE = "X-Jobber-Hmac-SHA256"
SUBJECTS = {"customer": "CLIENT", "invoice": "INVOICE", "payment": "PAYMENT", "app": "APP"}
ACTIONS = {
    "created": "CREATE",
    "updated": "UPDATE",
    "deleted": "DESTROY",
    "voided": "DESTROY",
    "connected": "CONNECT",
    "disconnected": "DISCONNECT",
}


def topic_of(event: Event) -> str | None:
    """The topic that tells of it; None where Jobber knows no such thing."""
    subject = SUBJECTS.get(event.kind)
    return f"{subject}_{ACTIONS[event.action]}" if subject and event.action in ACTIONS else None


def body(settings: JobberSimConfig, topic: str, account: str, item: str, at: datetime, zone: ZoneInfo) -> bytes:
    """Compact JSON, in the order of Jobber's samples."""
    occurred = at.astimezone(zone).isoformat(timespec="seconds") if settings.webhook_local_times else times.instant(at)
    event = {
        "topic": topic,
        "appId": settings.app_id,
        "accountId": account,
        "itemId": item,
        "occuredAt" if settings.webhook_misspelt else "occurredAt": occurred,
    }
    return json.dumps({"data": {"webHookEvent": event}}, separators=(",", ":")).encode()


def signature(secret: str, body: bytes) -> str:
    """Base64 of the HMAC with SHA-256."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def delivery(settings: JobberSimConfig, url: str, topic: str, content: bytes) -> Delivery:
    """One POST of one event."""
    headers = {"Content-Type": "application/json", SIGNATURE: signature(settings.client_secret, content)}
    return Delivery(url, headers, content, {"topic": topic}, SIGNATURE)
