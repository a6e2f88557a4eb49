"""The simulator against `twilio-agent-connect`, Twilio's own server: it signs, opens, speaks and reports as that one expects.

Nothing here is ours but the simulator: the TwiML, the socket and every handler are the vendor's. It takes https and wss only,
as the real carrier does, through a public name that leads to this machine.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from integrations.twilio.simulator import AVA_ACCOUNT, SimAccount, SimNumber
from tests.integrations.twilio import agent_connect
from tests.integrations.twilio.simulator_server import SimControl, running_simulator

DOMAIN = "calls.example"
NUMBER = "+16145550199"
KEY, SECRET = "SK00000000000000000000000000000001", "the secret of the key"
CUSTOMER = "+16145550155"


class Peer:
    """Simulator and vendor's server, knowing each other."""

    def __init__(self, origin: str, control: SimControl) -> None:
        self.origin = origin
        self.control = control

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = httpx2.get(f"{self.origin}/told", trust_env=False).json()
        return told

    def dial(self, *steps: dict[str, Any], **line: Any) -> Any:
        """The vendor's server calls somebody who does this; the finished call."""
        script = {
            "name": "test",
            "pick_up": "",
            "line": {"answer_after": 1, **line},
            "steps": list(steps),
            "closing": {"say": ""},
        }
        self.control.post("/scenarios", number=CUSTOMER, script=script)
        sid = httpx2.post(f"{self.origin}/dial/{CUSTOMER}", trust_env=False, timeout=20).json()["sid"]
        self.control.wait_until_idle()
        return self.control.call(sid)


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    account = SimAccount(
        AVA_ACCOUNT.sid, AVA_ACCOUNT.auth_token, (SimNumber(NUMBER),), api_keys={KEY: SECRET}, calls_per_second=1000.0
    )

    with running_simulator(
        accounts=(account,), cast={}, speed=30.0, allow_plain_ws=False, patience_floor=0.3
    ) as simulator:
        control = SimControl(simulator)
        arguments = (account.sid, account.auth_token, KEY, SECRET, NUMBER, simulator, DOMAIN)
        with agent_connect.serving(*arguments) as origin:
            control.post("/config", tunnels={DOMAIN: origin})
            yield Peer(origin, control)
        control.close()


def settled(peer: Peer, name: str, count: int) -> list[Any]:
    """What the server was told under this name, once there is so much of it."""
    deadline = time.monotonic() + 5
    while len(found := peer.told()[name]) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return list(found)


def test_a_whole_call_goes_through_the_vendors_own_server(peer: Peer) -> None:
    call = peer.dial(
        {"wait_for": "anything", "patience": 200},
        {"say": "The boiler is still cold."},
        {"wait_for": "stay on the line", "patience": 200},
        {"say": "Okay, bye."},
        {"silence": 900},
    )

    assert call["status"] == "completed"
    assert settled(peer, "messages", 2) == ["The boiler is still cold.", "Okay, bye."]
    assert settled(peer, "status", 4) == ["initiated", "ringing", "in-progress", "completed"]
    assert settled(peer, "amd", 1) == ["human"]
    (session,) = call["sessions"]
    assert (session["status"], json.loads(session["handoff_data"])) == ("ended", {"reasonCode": "done"})
    said = [line["text"] for line in call["transcript"] if line["who"] == "agent"]
    assert any("I heard you." in text for text in said)
    assert peer.told()["complaints"] == []
    assert peer.control.debugger_codes() == []


def test_an_interruption_is_read_with_the_words_that_were_played(peer: Peer) -> None:
    before = len(peer.told()["interrupts"])

    call = peer.dial(
        {"wait_for": "anything", "patience": 200},
        {"say": "Is anybody there?"},
        {"barge_in_at": 2, "about": "heard you", "patience": 200, "say": "Stop, bye."},
        {"silence": 900},
    )

    cut = [line for line in call["transcript"] if line["interrupted"]]
    (interrupt,) = settled(peer, "interrupts", before + 1)[before:]
    assert interrupt["utteranceUntilInterrupt"] == cut[0]["text"]
    assert interrupt["durationUntilInterruptMs"] >= 2000
    assert peer.told()["complaints"] == []


def test_a_call_from_outside_gets_the_vendors_own_instructions(peer: Peer) -> None:
    script = {
        "name": "test",
        "steps": [{"wait_for": "anything", "patience": 200}, {"say": "Just checking, bye."}, {"silence": 900}],
    }
    order = {"from": CUSTOMER, "to": NUMBER, "voice_url": f"https://{DOMAIN}/twiml", "script": script}

    sid = peer.control.post("/inbound", **order)["sid"]
    peer.control.wait_until_idle()

    assert peer.control.call(sid)["sessions"][0]["status"] == "ended"
    assert settled(peer, "messages", 1)[-1] == "Just checking, bye."


def test_a_wrong_signature_is_turned_away_by_the_vendors_server(peer: Peer) -> None:
    good = {AVA_ACCOUNT.sid: {"sign_with": "token"}}
    peer.control.post("/config", accounts={AVA_ACCOUNT.sid: {"sign_with": "secondary", "secondary_token": "f" * 32}})
    try:
        call = peer.dial({"silence": 30})
    finally:
        peer.control.post("/config", accounts=good)

    assert call["sessions"][0]["error_code"] == 64102
    assert "403" in call["sessions"][0]["error_message"]
