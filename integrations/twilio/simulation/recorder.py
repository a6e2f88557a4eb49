"""Starts, pauses and ends recordings, and tells the application about them."""

from integrations.twilio.simulation.call import Call
from integrations.twilio.simulation.parameters import recording_fields
from integrations.twilio.simulation.recordings import Recording
from integrations.twilio.simulation.world import World

EVENTS = frozenset({"in-progress", "completed", "absent"})


class Recorder:
    def __init__(self, world: World) -> None:
        self._world = world

    def start(
        self,
        call: Call,
        *,
        source: str,
        channels: int,
        callback: str,
        method: str,
        events: tuple[str, ...],
        trim: str = "trim-silence",
        track: str = "both",
    ) -> Recording:
        """Record from now to the end of the call."""
        now = self._world.clock.world_now()
        recording = Recording(
            sid=self._world.sid("RE"),
            account_sid=call.account_sid,
            call_sid=call.sid,
            created_at=now,
            updated_at=now,
            channels=channels,
            track=track,
            source=source,
            trim=trim,
            callback=callback,
            callback_method=method,
            events=events,
            clock=call.clock,
            running_since=call.clock.lap(),
        )
        self._world.recordings[recording.sid] = recording
        self._tell(recording, "in-progress")
        return recording

    def of_call(self, call_sid: str) -> list[Recording]:
        return [r for r in self._world.recordings.values() if r.call_sid == call_sid]

    def stop(self, recording: Recording) -> None:
        """End one recording; its callback says whether there is any sound."""
        if not recording.is_over:
            recording.finish(self._world.clock.world_now())
            self._tell(recording, recording.status)

    def stop_all(self, call: Call) -> None:
        for recording in self.of_call(call.sid):
            self.stop(recording)

    def _tell(self, recording: Recording, event: str) -> None:
        if recording.callback and event in recording.events:
            self._world.tell(
                purpose=f"recording {event}",
                account_sid=recording.account_sid,
                key=recording.call_sid,
                url=recording.callback,
                params=recording_fields(recording, event=event, api_base=self._world.config.api_base),
                method=recording.callback_method,
            )
