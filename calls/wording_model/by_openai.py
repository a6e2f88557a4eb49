"""The same through the ``openai`` package, an optional extra. Imported only where the setting asks for it: it takes a second."""

from typing import Any

from calls.wording_model.compatible import body
from calls.wording_model.prompts import proposal_of
from calls.wording_model.protocol import ModelTrouble, Proposal, TurnContext


class OpenAIModel:
    def __init__(self, *, url: str, key: str, model: str) -> None:
        import openai

        self.name = model
        self._trouble: type[Exception] = openai.OpenAIError
        self._client: Any = openai.AsyncOpenAI(api_key=key, base_url=url or None, max_retries=0)

    async def decide(self, context: TurnContext, deadline: float) -> Proposal:
        try:
            answer = await self._client.chat.completions.create(**body(context, self.name), timeout=deadline)
        except self._trouble as error:
            raise ModelTrouble(type(error).__name__) from error
        text = answer.choices[0].message.content if answer.choices else None
        return proposal_of(text)
