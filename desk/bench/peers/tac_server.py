"""Runs under the Python of the peer ``tac``, never under ours: Twilio's own server with a fixed reply to every prompt.

``python tac_server.py PORT``; the account and its token come in TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.
"""

# mypy: ignore-errors
# What it imports is in another environment.

import os
import sys

REPLY = "Thank you, I have noted that. Is there anything else I can do for you today?"


def main(port: int) -> None:
    import uvicorn
    from tac import TAC, TACConfig
    from tac.channels.voice import ConversationRelayProviderConfig, VoiceChannel
    from tac.server import TACFastAPIServer

    tac = TAC(
        config=TACConfig(
            account_sid=os.environ["TWILIO_ACCOUNT_SID"],
            auth_token=os.environ["TWILIO_AUTH_TOKEN"],
            api_key="SK" + "0" * 32,
            api_secret="none is asked for",  # noqa: S106
            phone_number="+16145550199",
            voice_public_domain=f"127.0.0.1:{port}",
        )
    )
    voice = VoiceChannel(tac, config=ConversationRelayProviderConfig())

    async def answer(message, session, memory):
        return REPLY

    tac.on_message_ready(answer)
    server = TACFastAPIServer(tac=tac, voice_channel=voice)
    uvicorn.run(server.app, host="127.0.0.1", port=port, log_level="critical")


if __name__ == "__main__":
    main(int(sys.argv[1]))
