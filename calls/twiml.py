"""What the carrier is told to do with a line, in its own markup."""

import json
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from twilio.twiml.voice_response import Connect, Dial, Gather, Start, VoiceResponse

SPANISH = "es-US"
ENGLISH = "en-US"
_VOICES = {ENGLISH: "en-US-Chirp3-HD-Aoede", SPANISH: "es-US-Chirp3-HD-Aoede"}
# Whoever answers may speak the other language from the first word, and that word may be the stop: recognition finds out by itself.
# The model that judges by meaning when a turn has ended hears English alone.
_HEARS, _EITHER = "nova-3-general", "multi"
_HINTS = "invoice, invoice number, accounts payable, billing, due date, payment link, dispute, factura, enlace de pago"


def spoken(language: str) -> str:
    """The language a customer is spoken to in, as the carrier names it."""
    return SPANISH if language.startswith("es") else ENGLISH


def web(name: str, line_id: UUID, patience: str = "") -> str:
    """Where the carrier finds us, by the address we are known by. ``patience``: how it should retry; not sent, not signed."""
    return f"{settings.PUBLIC_URL}{reverse(name, args=[line_id])}{patience}"


def converse(line_id: UUID, *, business_name: str, language: str, notice: str) -> str:
    """Say that the call is recorded, record both sides from then on, and hand the line to the relay.

    Holds no name, number or amount of the customer. ``notice`` is played to its end before anything is recorded or heard.
    """
    response = VoiceResponse()
    response.say(notice, language=language, voice=f"Google.{_VOICES[language]}")
    start = Start()
    start.recording(
        channels="dual",
        trim="do-not-trim",
        recording_status_callback=web("twilio_recording", line_id),
        recording_status_callback_event="completed absent",
    )
    response.append(start)
    connect = Connect(action=web("twilio_after_relay", line_id), method="POST")
    relay = connect.conversation_relay(
        url=f"{settings.RELAY_URL}/relay/{line_id}",
        tts_language=language,
        tts_provider="Google",
        voice=_VOICES[language],
        transcription_language=_EITHER,
        transcription_provider="Deepgram",
        speech_model=_HEARS,
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
    )
    relay.parameter(name="attempt", value=str(line_id))
    for code in _VOICES:
        relay.language(code=code, tts_provider="Google", voice=_VOICES[code])
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


type Spoken = Sequence[tuple[str, str]]  # what is said, each with its language as the carrier names it


def listen(action: str, lines: Spoken, *, language: str, seconds: int, hints: str = "", growing: str = "") -> str:
    """Say this and take in what is answered by voice or one key, where the relay cannot: posted to ``action``.

    ``growing``: where the words are posted while they are still being spoken.
    What is said is played to its end: of words cut off here nobody would tell us.
    """
    response = VoiceResponse()
    gather = Gather(
        input="dtmf speech",
        action=action,
        method="POST",
        timeout=seconds,
        speech_timeout="auto",
        num_digits=1,
        language=language,
        hints=hints or _HINTS,
        profanity_filter=False,
        barge_in=False,
        action_on_empty_result=True,
        **({"partial_result_callback": growing, "partial_result_callback_method": "POST"} if growing else {}),
    )
    for text, spoken_in in lines:
        gather.say(text, language=spoken_in, voice=f"Google.{_VOICES[spoken_in]}")
    response.append(gather)
    response.hangup()
    return str(response)


def say_all_and_hang_up(lines: Spoken) -> str:
    """All of this, then the end."""
    response = VoiceResponse()
    for text, spoken_in in lines:
        response.say(text, language=spoken_in, voice=f"Google.{_VOICES[spoken_in]}")
    response.hangup()
    return str(response)


def say_all_and_go_on(lines: Spoken, address: str) -> str:
    """All of this, then ask ``address`` what comes next."""
    response = VoiceResponse()
    for text, spoken_in in lines:
        response.say(text, language=spoken_in, voice=f"Google.{_VOICES[spoken_in]}")
    response.redirect(address, method="POST")
    return str(response)


def put_through(line_id: UUID, number: str, *, caller: str, ring_seconds: int, longest_seconds: int) -> str:
    """Ring this person and connect the two once he answers; then ask us how it went."""
    response = VoiceResponse()
    dial = Dial(
        caller_id=caller,
        timeout=ring_seconds,
        time_limit=longest_seconds,
        answer_on_bridge=True,
        action=web("twilio_after_person", line_id),
        method="POST",
    )
    dial.number(number)
    response.append(dial)
    return str(response)


def handed_off(line_id: UUID, reason: str) -> str:
    """What the relay says when it ends a session: a string by the carrier's rule, and nobody's name in it."""
    return json.dumps({"reasonCode": reason, "attempt": str(line_id)})
