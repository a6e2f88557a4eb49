"""A language model of our own on loopback: it answers as a test tells it to, over real HTTP, and keeps what it was asked."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.integrations.twilio.simulator_server import served

Answer = dict[str, Any] | str


def as_written(_system: str, _user: str) -> Answer:
    return {"act": "as_written", "wording": None}


@dataclass
class Endpoint:
    """``answers`` makes the answer out of the system's and the user's words; ``status`` and ``seconds`` make it fail or late."""

    url: str = ""
    answers: Callable[[str, str], Answer] = as_written
    status: int = 200
    seconds: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def chat(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        await asyncio.sleep(self.seconds)
        if self.status != 200:
            return Response("no", self.status)
        system, user = (message["content"] for message in body["messages"])
        return JSONResponse(
            {
                "id": "chat-1",
                "object": "chat.completion",
                "created": 0,
                "model": body["model"],
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": "stop",
                        "message": {"role": "assistant", "content": self._said(system, user)},
                    }
                ],
            }
        )

    async def messages(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        await asyncio.sleep(self.seconds)
        if self.status != 200:
            return Response("no", self.status)
        answer = self.answers(body["system"], body["messages"][0]["content"])
        return JSONResponse(
            {
                "id": "msg_1",
                "type": "message",
                "role": "assistant",
                "model": body["model"],
                "stop_reason": "tool_use",
                "stop_sequence": None,
                "usage": {"input_tokens": 1, "output_tokens": 1},
                "content": [{"type": "tool_use", "id": "toolu_1", "name": "answer", "input": answer}],
            }
        )

    def _said(self, system: str, user: str) -> str:
        answer = self.answers(system, user)
        return answer if isinstance(answer, str) else json.dumps(answer)


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    found = Endpoint()
    routes = [
        Route("/v1/chat/completions", found.chat, methods=["POST"]),
        Route("/v1/messages", found.messages, methods=["POST"]),
    ]
    with served(Starlette(routes=routes)) as origin:
        found.url = f"{origin}/v1"
        yield found


def line_of(system: str, act: str) -> str:
    """The sentence of an act, as the model was shown it."""
    return next(line.removeprefix(f"- {act}: ") for line in system.splitlines() if line.startswith(f"- {act}: "))
