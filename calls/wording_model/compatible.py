"""Any endpoint that speaks the chat-completions form (vLLM, Ollama, gateways), over plain HTTP. Needs no further package."""

from typing import Any

import httpx2

from calls.wording_model.prompts import answer_schema, proposal_of, system_message, user_message
from calls.wording_model.protocol import ModelTrouble, Proposal, TurnContext

LONGEST_ANSWER = 20_000  # characters


class CompatibleModel:
    """``url`` ends before ``/chat/completions``. One connection pool for all calls of the process."""

    def __init__(self, *, url: str, key: str, model: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.name = model
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._http = httpx2.AsyncClient(headers=headers, follow_redirects=False, trust_env=False, transport=transport)

    async def decide(self, context: TurnContext, deadline: float) -> Proposal:
        try:
            answer = await self._http.post(self._url, json=body(context, self.name), timeout=deadline)
        except httpx2.HTTPError as error:
            raise ModelTrouble(type(error).__name__) from error
        if answer.status_code != 200:
            raise ModelTrouble(f"HTTP {answer.status_code}")
        if len(answer.content) > LONGEST_ANSWER:
            raise ModelTrouble("the answer is too long")
        try:
            text = answer.json()["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise ModelTrouble("the answer has another form than asked for") from error
        return proposal_of(text if isinstance(text, str) else None)


def body(context: TurnContext, model: str) -> dict[str, Any]:
    """The request, the same for our own adapter and the SDK: the customer's words stand in the user's role and nowhere else."""
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": system_message(context)},
            {"role": "user", "content": user_message(context)},
        ],
        "temperature": 0,
        "max_tokens": 160,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": answer_schema(context)},
        },
    }
