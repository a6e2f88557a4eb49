"""The form fields of callbacks, in the vendor's names."""

import math

from integrations.twilio.simulation.call import API_VERSION, Call
from integrations.twilio.simulation.clock import SimClock, rfc2822
from integrations.twilio.simulation.recordings import Recording
from integrations.twilio.simulation.texts import TextMessage
from integrations.twilio.simulation.webhooks import Form

EVENT_STATUS = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}


def status_fields(call: Call, event: str, clock: SimClock) -> Form:
    """A status callback. The final state of a call comes under the event `completed`, whatever it is."""
    fields = [(n, v) for n, v in call.parameters() if n != "CallStatus"]
    fields += [
        ("CallStatus", EVENT_STATUS.get(event, call.status)),
        ("CallbackSource", "call-progress-events"),
        ("SequenceNumber", str(call.sequence)),
        ("Timestamp", rfc2822(clock.world_now()) or ""),
    ]
    if event == "completed":
        fields += [("CallDuration", str(call.seconds)), ("Duration", str(math.ceil(call.seconds / 60)))]
        if call.sip_code is not None:
            fields.append(("SipResponseCode", str(call.sip_code)))
        if call.answered_by is not None and not call.order.async_amd:
            fields.append(("AnsweredBy", call.answered_by))
    return fields


def amd_fields(call: Call, answered_by: str, milliseconds: int) -> Form:
    return [
        ("AccountSid", call.account_sid),
        ("CallSid", call.sid),
        ("AnsweredBy", answered_by),
        ("MachineDetectionDuration", str(milliseconds)),
    ]


def recording_fields(recording: Recording, *, event: str, api_base: str) -> Form:
    address = f"{api_base}/{API_VERSION}/Accounts/{recording.account_sid}/Recordings/{recording.sid}"
    fields = [
        ("AccountSid", recording.account_sid),
        ("CallSid", recording.call_sid),
        ("RecordingSid", recording.sid),
        ("RecordingUrl", address),
        ("RecordingStatus", event),
        ("RecordingChannels", str(recording.channels)),
        ("RecordingSource", recording.source),
        ("RecordingTrack", recording.track),
        ("RecordingStartTime", rfc2822(recording.created_at) or ""),
        ("ErrorCode", "0"),
    ]
    if event == "completed":
        fields.append(("RecordingDuration", str(recording.seconds)))
    return fields


def text_status_fields(message: TextMessage) -> Form:
    fields = [
        ("AccountSid", message.account_sid),
        ("ApiVersion", API_VERSION),
        ("From", message.from_ or ""),
        ("MessageSid", message.sid),
        ("MessageStatus", message.status),
        ("SmsSid", message.sid),
        ("SmsStatus", message.status),
        ("To", message.to),
    ]
    if message.messaging_service_sid:
        fields.append(("MessagingServiceSid", message.messaging_service_sid))
    if message.error_code is not None:
        fields.append(("ErrorCode", str(message.error_code)))
    return fields


def inbound_text_fields(message: TextMessage, opt_out: str) -> Form:
    fields = [
        ("AccountSid", message.account_sid),
        ("ApiVersion", API_VERSION),
        ("Body", message.body),
        ("From", message.from_ or ""),
        ("FromCity", ""),
        ("FromCountry", "US"),
        ("FromState", ""),
        ("FromZip", ""),
        ("MessageSid", message.sid),
        ("NumMedia", "0"),
        ("NumSegments", str(message.segments)),
        ("SmsMessageSid", message.sid),
        ("SmsSid", message.sid),
        ("SmsStatus", "received"),
        ("To", message.to),
    ]
    if opt_out:
        fields.append(("OptOutType", opt_out))
    return fields
