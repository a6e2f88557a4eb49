"""Refusals in the processor's own form: ``{"error": {"type", "code", "message", "param"}}``."""

from typing import Any


class Refusal(Exception):
    """An answer that says no."""

    def __init__(self, status: int, kind: str, message: str, *, code: str = "", param: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"error": {"type": kind, "message": message}}
        if code:
            self.body["error"]["code"] = code
        if param:
            self.body["error"]["param"] = param


def wrong(message: str, param: str = "", *, code: str = "", status: int = 400) -> Refusal:
    return Refusal(status, "invalid_request_error", message, code=code, param=param)


def unknown_parameter(name: str) -> Refusal:
    return wrong(f"Received unknown parameter: {name}", name, code="parameter_unknown")


def missing(name: str) -> Refusal:
    return wrong(f"Missing required param: {name}.", name, code="parameter_missing")


def no_such(kind: str, name: str) -> Refusal:
    return wrong(f"No such {kind}: '{name}'", "id", code="resource_missing", status=404)


def other_parameters(key: str) -> Refusal:
    words = f"Keys for idempotent requests can only be used with the same parameters they were first used with. ({key})"
    return Refusal(400, "idempotency_error", words)


def key_in_use() -> Refusal:
    words = "There is currently another in-progress request using this key."
    return Refusal(409, "idempotency_error", words, code="idempotency_key_in_use")


def not_signed_in(message: str) -> Refusal:
    return Refusal(401, "invalid_request_error", message)


def not_your_account(account: str) -> Refusal:
    words = f"The provided key does not have access to account '{account}' (or that account does not exist)."
    return Refusal(403, "invalid_request_error", words, code="account_invalid")
