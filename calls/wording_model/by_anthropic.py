"""The same through the ``anthropic`` package, an optional extra. Imported only where the setting asks for it: it takes seconds."""

import json
from typing import Any

from calls.wording_model.prompts import answer_schema, proposal_of, system_message, user_message
from calls.wording_model.protocol import ModelTrouble, Proposal, TurnContext


class AnthropicModel:
    def __init__(self, *, url: str, key: str, model: str) -> None:
        import anthropic

        self.name = model
        self._trouble: type[Exception] = anthropic.AnthropicError
        self._client: Any = anthropic.AsyncAnthropic(api_key=key, base_url=url or None, max_retries=0)

    async def decide(self, context: TurnContext, deadline: float) -> Proposal:
        """Structured by a tool that does nothing: its input is the answer."""
        tool = {"name": "answer", "description": "The answer.", "input_schema": answer_schema(context)}
        try:
            answer = await self._client.messages.create(
                model=self.name,
                max_tokens=160,
                system=system_message(context),
                messages=[{"role": "user", "content": user_message(context)}],
                tools=[tool],
                tool_choice={"type": "tool", "name": "answer"},
                timeout=deadline,
            )
        except self._trouble as error:
            raise ModelTrouble(type(error).__name__) from error
        used = next((block.input for block in answer.content if block.type == "tool_use"), None)
        return proposal_of(json.dumps(used))
