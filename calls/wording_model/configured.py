"""The language model this installation has, by its settings: none unless it is named."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from calls.wording_model.protocol import WordingModel
from calls.wording_model.wording import Wording

PROVIDERS = ("openai", "anthropic", "compatible")


def problem() -> str:
    """What keeps the model that is asked for from being used; empty where it can be, or where none is asked for."""
    provider = settings.LANGUAGE_MODEL
    if not provider:
        return ""
    if provider not in PROVIDERS:
        return f"LANGUAGE_MODEL is {provider!r}; it must be empty or one of {', '.join(PROVIDERS)}."
    if provider != "compatible" and find_spec(provider) is None:
        return f"LANGUAGE_MODEL is {provider!r}, and the package is not installed. Install it: uv sync --extra {provider} (or pip install {provider}), or unset LANGUAGE_MODEL."
    if not settings.LANGUAGE_MODEL_NAME:
        return "LANGUAGE_MODEL_NAME is not set: say which model is to be asked."
    if provider == "compatible" and not settings.LANGUAGE_MODEL_URL:
        return "LANGUAGE_MODEL_URL is not set: say where the endpoint is, up to /chat/completions."
    if provider != "compatible" and not settings.LANGUAGE_MODEL_KEY:
        return "LANGUAGE_MODEL_KEY is not set."
    return ""


@cache
def wording() -> Wording | None:
    """The one of this process; None where no model is asked for. Raises ImproperlyConfigured with what to do about it."""
    if why := problem():
        raise ImproperlyConfigured(why)
    if not settings.LANGUAGE_MODEL:
        return None
    make = _MAKERS[settings.LANGUAGE_MODEL]
    model = make(settings.LANGUAGE_MODEL_URL, settings.LANGUAGE_MODEL_KEY, settings.LANGUAGE_MODEL_NAME)
    return Wording(model, seconds=settings.LANGUAGE_MODEL_MILLISECONDS / 1000)


@register()
def model_can_be_used(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    why = problem()
    return [Error(why, id="calls.E001")] if why else []


def _openai(url: str, key: str, model: str) -> WordingModel:
    from calls.wording_model.by_openai import OpenAIModel

    return OpenAIModel(url=url, key=key, model=model)


def _anthropic(url: str, key: str, model: str) -> WordingModel:
    from calls.wording_model.by_anthropic import AnthropicModel

    return AnthropicModel(url=url, key=key, model=model)


def _compatible(url: str, key: str, model: str) -> WordingModel:
    from calls.wording_model.compatible import CompatibleModel

    return CompatibleModel(url=url, key=key, model=model)


_MAKERS: dict[str, Callable[[str, str, str], WordingModel]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "compatible": _compatible,
}
