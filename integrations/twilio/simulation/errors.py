"""Errors of the REST API in the vendor's form, and the entries of its debugger."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class TwilioError(Exception):
    """An answer of the REST API that is an error: HTTP status, Twilio's code and its sentence."""

    status: int
    code: int
    message: str

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def bad_request(code: int, message: str) -> TwilioError:
    return TwilioError(400, code, message)


def unauthenticated() -> TwilioError:
    return TwilioError(401, 20003, "Authenticate")


def not_found(path: str) -> TwilioError:
    return TwilioError(404, 20404, f"The requested resource {path} was not found")


def method_not_allowed() -> TwilioError:
    return TwilioError(405, 20004, "Method not allowed")


def too_many_requests() -> TwilioError:
    return TwilioError(429, 20429, "Too Many Requests")


class ScriptFailed(Exception):
    """The instructions for a call could not be fetched or read; the call ends unless a fallback URL answers."""

    def __init__(self, code: int, message: str, url: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.url = url


class ControlError(Exception):
    """A wrong request to the simulator's own control API, with the sentence that says what to do."""
