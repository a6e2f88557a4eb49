"""Who answers at which number."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from integrations.twilio.simulation.config import TwilioSimConfig
from integrations.twilio.simulation.errors import ControlError
from integrations.twilio.simulation.generator import generate
from integrations.twilio.simulation.numbers import is_e164
from integrations.twilio.simulation.personas import Persona, changed_line, informed, persona_named, read_persona


@dataclass(frozen=True, slots=True)
class TextOutcome:
    """How a text to this number ends, and what its owner texts back: one of ``replies`` for each that arrives."""

    status: str = "delivered"
    error_code: int | None = None
    replies: list[str] = field(default_factory=list)


class Chosen(NamedTuple):
    """Who answers, and the name he gives."""

    persona: Persona
    person: str


class Scenarios:
    """A tag found in the call's URL wins over the number, the number over the default."""

    def __init__(self, config: TwilioSimConfig) -> None:
        self.default = config.default_persona
        self.by_number: dict[str, Chosen] = {}
        self.by_tag: dict[str, Chosen] = {}
        self.texts: dict[str, TextOutcome] = {}
        for number, member in config.cast.items():
            persona = persona_named(member.persona)
            self.by_number[number] = Chosen(persona, member.person or persona.person)

    def for_call(self, number: str, url: str) -> Chosen:
        for tag, chosen in self.by_tag.items():
            if tag in url:
                return chosen
        if number in self.by_number:
            return self.by_number[number]
        persona = persona_named(self.default)
        return Chosen(persona, persona.person)

    def change(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out one `/_sim/scenarios` order: a number, a tag or the default, with a persona or a whole script."""
        known = {"number", "tag", "default", "persona", "script", "person", "line", "sms", "facts", "generated"}
        if unknown := set(order) - known:
            raise ControlError(f"a scenario has unknown keys: {', '.join(sorted(unknown))}")
        if "default" in order:
            self.default = persona_named(str(order["default"])).name
            return {"default": self.default}
        number, tag = str(order.get("number", "")), str(order.get("tag", ""))
        if bool(number) == bool(tag):
            raise ControlError("a scenario needs either `number` or `tag` (or `default`)")
        if number and not is_e164(number):
            raise ControlError(f"{number!r} is not a number in E.164 form, such as +16145550101")
        if "sms" in order:
            self._change_text(number, order["sms"])
        if {"persona", "script", "person", "line", "facts", "generated"} & set(order):
            chosen = self._chosen(order, number)
            (self.by_number if number else self.by_tag)[number or tag] = chosen
        persona, person = self.by_tag[tag] if tag else self.for_call(number, "")
        return {"number": number or None, "tag": tag or None, "persona": persona.name, "person": person}

    def _chosen(self, order: Mapping[str, Any], number: str) -> Chosen:
        if "script" in order:
            persona = read_persona(order["script"], name="script")
        elif "generated" in order:
            persona = _generated(order["generated"])
        elif "persona" in order:
            persona = persona_named(str(order["persona"]))
        else:
            persona = self.for_call(number, "")[0]
        if "line" in order:
            persona = replace(persona, line=changed_line(persona.line, order["line"]))
        if "facts" in order:
            persona = informed(persona, order["facts"])
        kept = self.by_number[number][1] if number in self.by_number else persona.person
        return Chosen(persona, str(order.get("person") or kept))

    def _change_text(self, number: str, sms: Any) -> None:
        if not number or not isinstance(sms, Mapping) or set(sms) - {"status", "error_code", "replies"}:
            raise ControlError("`sms` needs `number` and takes `status`, `error_code` and `replies`")
        status = str(sms.get("status", "delivered"))
        if status not in {"delivered", "undelivered", "failed", "sent"}:
            raise ControlError("sms.status is one of delivered, undelivered, failed, sent")
        code = sms.get("error_code")
        replies = sms.get("replies", [])
        if not isinstance(replies, list) or not all(isinstance(one, str) for one in replies):
            raise ControlError("sms.replies is a list of texts, one for each that arrives")
        self.texts[number] = TextOutcome(status, None if code is None else int(code), [*replies])


def _generated(order: Any) -> Persona:
    """A made-up customer: `{seed: 17}`, and `kind` and `trade` where they are not to be chosen by the dice."""
    if (
        not isinstance(order, Mapping)
        or set(order) - {"seed", "kind", "trade"}
        or not isinstance(order.get("seed"), int)
    ):
        raise ControlError("`generated` needs a whole number as `seed` and takes `kind` and `trade`")
    return generate(order["seed"], kind=str(order.get("kind", "")), trade=str(order.get("trade", ""))).persona
