"""Resources in the vendor's JSON."""

import math
from typing import Any

from integrations.twilio.simulation.call import API_VERSION, Call
from integrations.twilio.simulation.clock import rfc2822
from integrations.twilio.simulation.config import SimAccount, SimNumber
from integrations.twilio.simulation.numbers import formatted
from integrations.twilio.simulation.recordings import Recording
from integrations.twilio.simulation.texts import TextMessage
from integrations.twilio.simulation.world import World

_CALL_PARTS = {
    "notifications": "Notifications",
    "recordings": "Recordings",
    "payments": "Payments",
    "events": "Events",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}


def account_path(account_sid: str) -> str:
    return f"/{API_VERSION}/Accounts/{account_sid}"


def call_json(call: Call, *, price_per_minute: float, queue_milliseconds: int) -> dict[str, Any]:
    base = f"{account_path(call.account_sid)}/Calls/{call.sid}"
    price = None
    if call.status == "completed":
        price = f"-{math.ceil(call.seconds / 60) * price_per_minute:.5f}"
    return {
        "account_sid": call.account_sid,
        "answered_by": call.answered_by,
        "api_version": API_VERSION,
        "caller_name": None,
        "date_created": rfc2822(call.created_at),
        "date_updated": rfc2822(call.updated_at or call.created_at),
        "direction": call.direction,
        "duration": str(call.seconds) if call.is_over else None,
        "end_time": rfc2822(call.ended_at),
        "forwarded_from": None,
        "from": call.from_,
        "from_formatted": formatted(call.from_),
        "group_sid": None,
        "parent_call_sid": call.parent_sid,
        "phone_number_sid": call.phone_number_sid,
        "price": price,
        "price_unit": "USD",
        "queue_time": str(queue_milliseconds),
        "sid": call.sid,
        "start_time": rfc2822(call.started_at),
        "status": call.status,
        "subresource_uris": {name: f"{base}/{path}.json" for name, path in _CALL_PARTS.items()},
        "to": call.to,
        "to_formatted": formatted(call.to),
        "trunk_sid": None,
        "uri": f"{base}.json",
    }


def message_json(message: TextMessage) -> dict[str, Any]:
    base = f"{account_path(message.account_sid)}/Messages/{message.sid}"
    is_done = message.status in {"sent", "delivered", "undelivered", "received"}
    return {
        "account_sid": message.account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": rfc2822(message.created_at),
        "date_sent": rfc2822(message.sent_at),
        "date_updated": rfc2822(message.updated_at),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": None if message.error_code is None else f"Error {message.error_code}",
        "from": message.from_,
        "messaging_service_sid": message.messaging_service_sid,
        "num_media": str(message.num_media),
        "num_segments": str(message.segments),
        "price": f"-{0.0083 * message.segments:.5f}" if is_done else None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{base}/Media.json"},
        "to": message.to,
        "uri": f"{base}.json",
    }


def recording_json(recording: Recording, *, api_base: str, of_call: bool) -> dict[str, Any]:
    """As a part of its call (`of_call`), or standing alone with the address of its sound."""
    account = account_path(recording.account_sid)
    own = f"{account}/Recordings/{recording.sid}"
    price = -0.0025 * math.ceil(max(1, recording.seconds) / 60) if recording.is_over else None
    common: dict[str, Any] = {
        "account_sid": recording.account_sid,
        "api_version": API_VERSION,
        "call_sid": recording.call_sid,
        "channels": recording.channels,
        "conference_sid": None,
        "date_created": rfc2822(recording.created_at),
        "date_updated": rfc2822(recording.updated_at),
        "duration": str(recording.seconds) if recording.is_over else "-1",
        "encryption_details": None,
        "error_code": None,
        "price_unit": "USD",
        "sid": recording.sid,
        "source": recording.source,
        "start_time": rfc2822(recording.created_at),
        "status": recording.status,
    }
    if of_call:
        uri = f"{account}/Calls/{recording.call_sid}/Recordings/{recording.sid}.json"
        return {**common, "price": price, "track": recording.track, "uri": uri}
    parts = {"add_on_results": f"{own}/AddOnResults.json", "transcriptions": f"{own}/Transcriptions.json"}
    text = None if price is None else f"{price:.5f}"
    return {**common, "price": text, "uri": f"{own}.json", "subresource_uris": parts, "media_url": f"{api_base}{own}"}


def number_json(world: World, account: SimAccount, number: SimNumber) -> dict[str, Any]:
    sid = world.number_sids[number.phone_number]
    at = rfc2822(world.started_at)
    return {
        "account_sid": account.sid,
        "address_requirements": "none",
        "address_sid": None,
        "api_version": API_VERSION,
        "beta": False,
        "bundle_sid": None,
        "capabilities": {"voice": True, "sms": number.sms, "mms": number.sms, "fax": False},
        "date_created": at,
        "date_updated": at,
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "friendly_name": formatted(number.phone_number),
        "identity_sid": None,
        "origin": "twilio",
        "phone_number": number.phone_number,
        "sid": sid,
        "sms_application_sid": None,
        "sms_fallback_method": "POST",
        "sms_fallback_url": "",
        "sms_method": "POST",
        "sms_url": number.sms_url,
        "status": "in-use",
        "status_callback": number.status_callback,
        "status_callback_method": "POST",
        "trunk_sid": None,
        "type": "local",
        "uri": f"{account_path(account.sid)}/IncomingPhoneNumbers/{sid}.json",
        "voice_application_sid": None,
        "voice_caller_id_lookup": False,
        "voice_fallback_method": "POST",
        "voice_fallback_url": number.voice_fallback_url,
        "voice_method": "POST",
        "voice_receive_mode": "voice",
        "voice_url": number.voice_url,
    }


def caller_id_json(world: World, account: SimAccount, number: str, sid: str) -> dict[str, Any]:
    at = rfc2822(world.started_at)
    return {
        "account_sid": account.sid,
        "date_created": at,
        "date_updated": at,
        "friendly_name": formatted(number),
        "phone_number": number,
        "sid": sid,
        "uri": f"{account_path(account.sid)}/OutgoingCallerIds/{sid}.json",
    }
