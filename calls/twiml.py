"""What the carrier is told to do with a line, in its own markup."""

import json
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from twilio.twiml.voice_response import Connect, Start, VoiceResponse

SPANISH = "es-US"
ENGLISH = "en-US"
_VOICES = {ENGLISH: "en-US-Chirp3-HD-Aoede", SPANISH: "es-US-Chirp3-HD-Aoede"}
# The model that judges by meaning when a turn has ended hears English only.
_HEARING = {ENGLISH: "flux", SPANISH: "nova-3-general"}
_HINTS = "invoice, invoice number, accounts payable, billing, due date, payment link, dispute"


def web(name: str, attempt_id: UUID, patience: str = "") -> str:
    """Where the carrier finds us, by the address we are known by. ``patience``: how it should retry; not sent, not signed."""
    return f"{settings.PUBLIC_URL}{reverse(name, args=[attempt_id])}{patience}"


def converse(attempt_id: UUID, *, business_name: str, language: str) -> str:
    """Record both sides, then hand the line to the relay. Holds no name, number or amount of the customer."""
    response = VoiceResponse()
    start = Start()
    start.recording(
        channels="dual",
        trim="do-not-trim",
        recording_status_callback=web("twilio_recording", attempt_id),
        recording_status_callback_event="completed absent",
    )
    response.append(start)
    connect = Connect(action=web("twilio_after_relay", attempt_id), method="POST")
    relay = connect.conversation_relay(
        url=f"{settings.RELAY_URL}/relay/{attempt_id}",
        language=language,
        tts_provider="Google",
        voice=_VOICES[language],
        transcription_provider="Deepgram",
        speech_model=_HEARING[language],
        interruptible="any",
        report_input_during_agent_speech="any",
        interrupt_sensitivity="medium",
        ignore_backchannel=True,
        preemptible=True,
        dtmf_detection=True,
        hints=f"{business_name}, {_HINTS}",
        profanity_filter=False,
        partial_prompts=True,
        partial_prompt_on_hangup=True,
        deepgram_smart_format=True,
        tts_text_normalization="on",
        echo_prompt_filtering=True,
        include_in_prompt="turn-state",
        events="speaker-events tokens-played",
        application_reconnect=True,
        speech_timeout="auto",
        **({"eot_threshold": "0.8"} if _HEARING[language] == "flux" else {}),
    )
    relay.parameter(name="attempt", value=str(attempt_id))
    for code in _VOICES:
        relay.language(
            code=code,
            tts_provider="Google",
            voice=_VOICES[code],
            transcription_provider="Deepgram",
            speech_model=_HEARING[code],
        )
    response.append(connect)
    return str(response)


def hang_up() -> str:
    """Not a word."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def say_and_hang_up(text: str, *, language: str = ENGLISH, pause: bool = False) -> str:
    """One sentence, then the end. ``pause``: a breath first, for a machine's beep."""
    response = VoiceResponse()
    if pause:
        response.pause(length=1)
    response.say(text, language=language, voice=f"Google.{_VOICES[language]}")
    response.hangup()
    return str(response)


def handed_off(attempt_id: UUID, reason: str) -> str:
    """What the relay says when it ends a session: a string by the carrier's rule, and nobody's name in it."""
    return json.dumps({"reasonCode": reason, "attempt": str(attempt_id)})
