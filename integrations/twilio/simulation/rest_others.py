"""Recordings and their sound, our numbers, caller ids, and number lookups."""

import re
import zlib
from dataclasses import replace
from typing import Any

import phonenumbers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.twilio.simulation.audio import silence
from integrations.twilio.simulation.errors import TwilioError, bad_request, not_found
from integrations.twilio.simulation.numbers import country_of, formatted
from integrations.twilio.simulation.paging import page_json
from integrations.twilio.simulation.recorder import Recorder
from integrations.twilio.simulation.recordings import Recording
from integrations.twilio.simulation.render import caller_id_json, number_json, recording_json
from integrations.twilio.simulation.rest import Answer, Asked, FrontDoor
from integrations.twilio.simulation.world import World

LOOKUP_FIELDS = frozenset(
    [
        "validation",
        "caller_name",
        "sim_swap",
        "call_forwarding",
        "line_status",
        "line_type_intelligence",
        "identity_match",
        "reassigned_number",
        "sms_pumping_risk",
        "phone_number_quality_score",
        "pre_fill",
    ]
)
_REASONS = {
    phonenumbers.ValidationResult.TOO_SHORT: "TOO_SHORT",
    phonenumbers.ValidationResult.TOO_LONG: "TOO_LONG",
    phonenumbers.ValidationResult.INVALID_COUNTRY_CODE: "INVALID_COUNTRY_CODE",
    phonenumbers.ValidationResult.INVALID_LENGTH: "INVALID_LENGTH",
}


class RecordingsResource:
    def __init__(self, world: World, recorder: Recorder) -> None:
        self.world = world
        self.recorder = recorder

    def list_of_call(self, asked: Asked) -> Answer:
        if asked.path["call"] not in self.world.calls:
            raise not_found(asked.url_path)
        items = [
            self._json(r, of_call=True)
            for r in reversed(self.recorder.of_call(asked.path["call"]))
            if r.account_sid == asked.account.sid
        ]
        return Answer(page_json("recordings", items, path=asked.url_path, query=asked.query))

    def list(self, asked: Asked) -> Answer:
        call = dict(asked.query).get("CallSid", "")
        found = [r for r in reversed(list(self.world.recordings.values())) if r.account_sid == asked.account.sid]
        items = [self._json(r, of_call=False) for r in found if call in {"", r.call_sid}]
        return Answer(page_json("recordings", items, path=asked.url_path, query=asked.query))

    def fetch_of_call(self, asked: Asked) -> Answer:
        return Answer(self._json(self._find(asked), of_call=True))

    def fetch(self, asked: Asked) -> Answer:
        return Answer(self._json(self._find(asked), of_call=False))

    def update(self, asked: Asked) -> Answer:
        """Stop, pause or go on with a running recording."""
        recording = self._running(asked)
        status = asked.fields.choice("Status", {"stopped", "paused", "in-progress"})
        if not status:
            raise bad_request(20001, "Status is required: stopped, paused or in-progress")
        if recording.is_over:
            raise bad_request(21220, "Recording is not in progress")
        if status == "paused":
            recording.pause(self.world.clock.lap())
        elif status == "in-progress":
            recording.resume(self.world.clock.lap())
        else:
            self.recorder.stop(recording)
        return Answer(self._json(recording, of_call=True))

    def delete(self, asked: Asked) -> Answer:
        recording = self._find(asked)
        if not recording.is_over:
            raise TwilioError(409, 20009, "Cannot delete this resource before it is complete")
        del self.world.recordings[recording.sid]
        return Answer(None, 204)

    def media(self, door: FrontDoor) -> Any:
        """The sound itself: silence of the right length, as WAV."""

        async def answer(request: Request) -> Response:
            sid, extension = request.path_params["sid"], request.path_params.get("extension", "wav")
            try:
                if self.world.config.media_needs_auth:
                    door.authenticate(request, request.path_params["account"])
                recording = self.world.recordings.get(sid)
                if recording is None or recording.account_sid != request.path_params["account"]:
                    raise not_found(request.url.path)
                if not recording.is_over or recording.status == "absent":
                    raise not_found(request.url.path)
                if extension != "wav":
                    raise bad_request(20001, "this simulator keeps recordings as WAV only: ask for .wav")
            except TwilioError as error:
                return JSONResponse(error.as_json(), error.status)
            body = silence(recording.seconds, channels=recording.channels)
            return Response(body, media_type="audio/x-wav")

        return answer

    def _find(self, asked: Asked) -> Recording:
        recording = self.world.recordings.get(asked.path["sid"])
        if recording is None or recording.account_sid != asked.account.sid:
            raise not_found(asked.url_path)
        if asked.path.get("call", recording.call_sid) != recording.call_sid:
            raise not_found(asked.url_path)
        return recording

    def _running(self, asked: Asked) -> Recording:
        """`Twilio.CURRENT` names the one that runs."""
        if asked.path["sid"] != "Twilio.CURRENT":
            return self._find(asked)
        for recording in self.recorder.of_call(asked.path["call"]):
            if not recording.is_over and recording.account_sid == asked.account.sid:
                return recording
        raise not_found(asked.url_path)

    def _json(self, recording: Recording, *, of_call: bool) -> dict[str, Any]:
        return recording_json(recording, api_base=self.world.config.api_base, of_call=of_call)


class NumbersResource:
    def __init__(self, world: World) -> None:
        self.world = world

    def incoming(self, asked: Asked) -> Answer:
        wanted = dict(asked.query).get("PhoneNumber", "").replace("*", "")
        found = [number for number in asked.account.numbers if wanted in number.phone_number]
        items = [number_json(self.world, asked.account, number) for number in found]
        return Answer(page_json("incoming_phone_numbers", items, path=asked.url_path, query=asked.query))

    def point(self, asked: Asked) -> Answer:
        """The addresses a rented number's calls and texts are asked about at."""
        rented = next(
            (n for n in asked.account.numbers if self.world.number_sids[n.phone_number] == asked.path["sid"]), None
        )
        if rented is None:
            raise not_found(asked.url_path)
        given: dict[str, Any] = {
            "voice_url": asked.fields.url("VoiceUrl"),
            "voice_fallback_url": asked.fields.url("VoiceFallbackUrl"),
            "status_callback": asked.fields.url("StatusCallback"),
            "sms_url": asked.fields.url("SmsUrl"),
        }
        changed = replace(rented, **{name: value for name, value in given.items() if value})
        numbers = tuple(changed if number is rented else number for number in asked.account.numbers)
        account = replace(asked.account, numbers=numbers)
        self.world.add_account(account)
        return Answer(number_json(self.world, account, changed))

    def outgoing(self, asked: Asked) -> Answer:
        wanted = dict(asked.query).get("PhoneNumber", "")
        items = [
            caller_id_json(self.world, asked.account, number, f"PN{zlib.crc32(number.encode()):032x}")
            for number in asked.account.verified_caller_ids
            if wanted in {"", number}
        ]
        return Answer(page_json("outgoing_caller_ids", items, path=asked.url_path, query=asked.query))

    def lookup(self, asked: Asked) -> Answer:
        """Lookup v2. A number that cannot exist is an answer too: `valid` false, with the reasons."""
        query = dict(asked.query)
        packages = {name for name in query.get("Fields", "").split(",") if name}
        if unknown := packages - LOOKUP_FIELDS:
            raise bad_request(60616, f"Invalid Fields: {', '.join(sorted(unknown))}")
        text = asked.path["number"]
        errors = _why_invalid(text, query.get("CountryCode", "US"))
        number = _e164(text, query.get("CountryCode", "US")) or text
        country = country_of(number) or None
        data: dict[str, Any] = dict.fromkeys(sorted(LOOKUP_FIELDS - {"validation"}))
        if not errors and "line_type_intelligence" in packages:
            data["line_type_intelligence"] = self._line_type(number)
        if not errors and "reassigned_number" in packages:
            data["reassigned_number"] = {
                "last_verified_date": query.get("LastVerifiedDate"),
                "is_number_reassigned": "yes" if number in self.world.config.reassigned else "no",
                "error_code": None,
            }
        return Answer(
            {
                **data,
                "calling_country_code": str(phonenumbers.country_code_for_region(country)) if country else None,
                "country_code": country,
                "phone_number": number,
                "national_format": formatted(number),
                "valid": not errors,
                "validation_errors": errors,
                "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{number}",
            }
        )

    def _line_type(self, number: str) -> dict[str, Any]:
        kind = self.world.config.line_types.get(number, "landline")
        mobile = kind == "mobile"
        return {
            "carrier_name": "Sandbox Wireless" if mobile else "Sandbox Telephone",
            "error_code": None,
            "mobile_country_code": "310" if mobile else None,
            "mobile_network_code": "012" if mobile else None,
            "type": kind,
        }


def _e164(text: str, country: str) -> str:
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _why_invalid(text: str, country: str) -> list[str]:
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ["NOT_A_NUMBER"] if not re.search(r"\d", text) else ["INVALID_COUNTRY_CODE"]
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason in _REASONS:
        return [_REASONS[reason]]
    return [] if phonenumbers.is_valid_number(parsed) else ["INVALID_BUT_POSSIBLE"]
