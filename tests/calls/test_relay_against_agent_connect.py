"""What really goes over the relay's socket in a call of ours, read by the message models of Twilio's own server."""

import pytest

from tests.calls.stage import Stage
from tests.integrations.twilio import agent_connect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
# The vendor's server has no model for these kinds; it skips them, and the simulator checks them as strictly as the documents say.
SKIPPED = {"info", "dtmf"}
# All the vendor's own server ever says, read in its source: a token, whether it is the last, and `end` with a text handed over.
TEXT = {"type", "token", "last"}
MORE_OF_TEXT = {"lang", "interruptible", "preemptible"}


def test_every_frame_of_a_call_fits_the_vendors_models_both_ways(stage: Stage) -> None:
    agent_connect.python()
    call = stage.over(stage.call(stage.owes("barge_in_dispute")))

    frames = [(entry["direction"], entry["frame"]) for entry in stage.sim.call(call.sid)["frames"]]
    to_us = [frame for direction, frame in frames if direction == "to_app" and frame["type"] not in SKIPPED]
    ours = [frame for direction, frame in frames if direction == "from_app"]
    verdicts = agent_connect.taken(
        [(frame["type"], frame) for frame in [*to_us, *(f for f in ours if f["type"] == "end")]]
    )

    assert {frame["type"] for frame in to_us} == {"setup", "prompt", "interrupt"}
    assert [verdict for verdict in verdicts if verdict != {"error": "", "unread": []}] == []
    assert {frame["type"] for frame in ours} == {"text", "end"}
    for frame in ours:
        if frame["type"] == "text":
            assert TEXT <= set(frame) <= TEXT | MORE_OF_TEXT
            assert (type(frame["token"]), type(frame["last"])) == (str, bool)
    assert not any(entry["code"] == 64107 for entry in stage.sim.get("/debugger")["entries"])
