"""`/Recordings`: alone and of a call, and their sound."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.twilio.simulation.audio import silent_mp3, silent_wav
from integrations.twilio.simulation.errors import TwilioError, bad_request, not_found
from integrations.twilio.simulation.paging import page_json
from integrations.twilio.simulation.recorder import Recorder
from integrations.twilio.simulation.recordings import Recording
from integrations.twilio.simulation.render import recording_json
from integrations.twilio.simulation.rest import Answer, Asked, FrontDoor
from integrations.twilio.simulation.world import World

SOUNDS: Mapping[str, tuple[Callable[[int, int], bytes], str]] = {
    "wav": (silent_wav, "audio/x-wav"),
    "mp3": (silent_mp3, "audio/mpeg"),
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
            recording.pause()
        elif status == "in-progress":
            recording.resume()
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
        """The sound itself: silence of the right length, as WAV (the default) or MP3."""

        async def answer(request: Request) -> Response:
            sid, extension = request.path_params["sid"], request.path_params.get("extension", "wav")
            try:
                if self.world.config.media_needs_auth:
                    door.authenticate(request, request.path_params["account"])
                if refusal := door.refused("recordings.media"):
                    return refusal
                recording = self.world.recordings.get(sid)
                if recording is None or recording.account_sid != request.path_params["account"]:
                    raise not_found(request.url.path)
                if not recording.is_over or recording.status == "absent":
                    raise not_found(request.url.path)
                if extension not in SOUNDS:
                    raise not_found(request.url.path)
            except TwilioError as error:
                return JSONResponse(error.as_json(), error.status)
            make, media_type = SOUNDS[extension]
            return Response(make(recording.seconds, recording.channels), media_type=media_type)

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
