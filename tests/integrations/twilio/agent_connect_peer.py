"""Runs under the Python of the peer `tac`, never under ours: Twilio's own server for ConversationRelay, or its message models.


python agent_connect_peer.py serve ACCOUNT TOKEN KEY SECRET NUMBER SIMULATOR DOMAIN     prints the port, then serves until it is ended
python agent_connect_peer.py models                                                    one {"model", "data"} a line in, one verdict out
"""

# mypy: ignore-errors
# What it imports is in another environment.

import json
import logging
import socket
import sys
from typing import Any
from urllib.parse import urlsplit, urlunsplit

# Its logs go to standard output, which is kept for our answers.
ANSWERS, sys.stdout = sys.stdout, sys.stderr


class Heard(logging.Handler):
    """What the server complains about."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def serve(account: str, token: str, key: str, secret: str, number: str, simulator: str, domain: str) -> None:
    """A trivial agent behind the whole of Twilio's server: signatures, TwiML, socket, callbacks."""
    import uvicorn
    from tac import TAC, TACConfig
    from tac.channels.voice import ConversationRelayProviderConfig, VoiceChannel
    from tac.models.handoff import PendingHandoffData
    from tac.models.outbound import CallOptions, InitiateVoiceConversationOptions
    from tac.server import TACFastAPIServer
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    class LocalHttp(TwilioHttpClient):
        def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
            target = urlsplit(simulator)
            return super().request(
                method,
                urlunsplit((target.scheme, target.netloc, urlsplit(url).path, urlsplit(url).query, "")),
                *args,
                **options,
            )

    tac = TAC(
        config=TACConfig(
            account_sid=account, auth_token=token, api_key=key, api_secret=secret, phone_number=number,
            voice_public_domain=domain,
        )
    )  # fmt: skip
    heard = Heard()
    logging.getLogger("tac").addHandler(heard)
    told: dict[str, list[Any]] = {
        "messages": [],
        "interrupts": [],
        "status": [],
        "amd": [],
        "recording": [],
        "ended": [],
    }
    voice = VoiceChannel(tac, config=ConversationRelayProviderConfig())
    voice._twilio_client = Client(key, secret, account, http_client=LocalHttp(timeout=10))

    async def answer(message: str, session: Any, memory: Any) -> str:
        told["messages"].append(message)
        if "bye" in message.lower():
            session.pending_handoff_data = PendingHandoffData(handoffData=json.dumps({"reasonCode": "done"}))
            return "Goodbye."
        return "I heard you. Let me look that up for you, which takes a while, so please stay on the line with me until then."

    async def on_status(event: Any) -> None:
        told["status"].append(event.call_status)

    async def on_amd(event: Any) -> None:
        told["amd"].append(event.answered_by)

    async def on_recording(event: Any) -> None:
        told["recording"].append(event.recording_status)

    tac.on_message_ready(answer)
    tac.on_interrupt(lambda session, data: told["interrupts"].append(data.model_dump(by_alias=True)))
    tac.on_conversation_ended(lambda session: told["ended"].append(session.call_sid))
    voice.on_call_status(on_status)
    voice.on_amd(on_amd)
    voice.on_recording(on_recording)
    server = TACFastAPIServer(tac=tac, voice_channel=voice)

    @server.app.get("/told")
    async def what_was_told() -> dict[str, Any]:
        return {**told, "complaints": heard.lines}

    @server.app.post("/dial/{to}")
    async def dial(to: str) -> dict[str, str]:
        options = CallOptions(
            machine_detection="Enable", async_amd=True,
            status_callback_event=["initiated", "ringing", "answered", "completed"],
        )  # fmt: skip
        made = await voice.initiate_outbound_conversation(InitiateVoiceConversationOptions(to=to, call_options=options))
        return {"sid": made.call_sid}

    listening = socket.create_server(("127.0.0.1", 0))
    ANSWERS.write(json.dumps({"port": listening.getsockname()[1]}) + "\n")
    ANSWERS.flush()
    config = uvicorn.Config(server.app, log_level="critical")
    uvicorn.Server(config).run(sockets=[listening])


def models() -> None:
    """Says of each line whether the vendor's model takes the frame: an empty text, or what is wrong with it."""
    from pydantic import ValidationError
    from tac.models import voice
    from tac.models.handoff import PendingHandoffData

    known: dict[str, Any] = {
        "setup": voice.SetupMessage,
        "prompt": voice.PromptMessage,
        "interrupt": voice.InterruptMessage,
        "end": PendingHandoffData,
        "after_relay": voice.ConversationRelayCallbackPayload,
    }
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            taken = known[asked["model"]].model_validate(asked["data"])
            unread = sorted(set(asked["data"]) - set(taken.model_dump(by_alias=True)))
            ANSWERS.write(json.dumps({"error": "", "unread": unread}) + "\n")
        except ValidationError as error:
            ANSWERS.write(json.dumps({"error": str(error), "unread": []}) + "\n")


if __name__ == "__main__":
    {"serve": serve, "models": models}[sys.argv[1]](*sys.argv[2:])
