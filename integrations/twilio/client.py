"""The carrier over HTTP, through Twilio's own SDK.

A call is asked for once: there is no key that would make a second request safe.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import requests
from django.conf import settings
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from accounts.models import Business
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.twilio import texts
from integrations.twilio.keys import Keys, keys_of
from integrations.twilio.texts import CarrierText, TextNotSent, TextOrder
from syntharra import logs

log = logs.get(__name__)

LIVE_ORIGIN = ""  # the SDK's own address of the carrier
CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0
# What the SDK lets through: its own errors, the connection's, and an answer that is not what it should be.
_TROUBLE = (TwilioException, requests.RequestException, ValueError, TypeError, KeyError, AttributeError)
ALREADY_OVER = 21220
NOT_FOUND = 20404
# The number itself is the trouble: never dialed again, a person must look.
BAD_NUMBER = frozenset({21211, 21217, 13224, 21215, 21210})
# Turned away at the door with a code of its own: nothing was begun (too many requests, too many calls, queue too long).
TURNED_AWAY = frozenset({20429, 10004, 22005})


class NotPlaced(Refused):
    """The carrier certainly did not begin this call.

    ``again``: it may be asked later; ``bad_number``: never with this number.
    """

    def __init__(self, words: str, *, code: str | None = None, again: bool = False, bad_number: bool = False) -> None:
        super().__init__(words, code=code)
        self.again = again
        self.bad_number = bad_number


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOrder:
    """A call to be placed, and where the carrier asks and tells about it."""

    to: str
    caller: str
    answer_url: str
    fallback_url: str
    status_url: str
    machine_url: str
    message_after_beep: bool
    ring_seconds: int
    longest_seconds: int


@dataclass(frozen=True, slots=True)
class CarrierCall:
    """A call as the carrier has it."""

    sid: str
    status: str
    to: str
    caller: str
    created_at: datetime | None
    seconds: int | None = None
    answered_by: str = ""
    queue_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CarrierNumber:
    """A number the account rents, and the address that is asked when somebody rings it."""

    sid: str
    number: str
    voice_url: str
    text_url: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """A number that may be rented now, and the place it belongs to. Nobody holds it for us."""

    number: str
    place: str


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording on its way to a listener: all of it, or (``span`` such as ``bytes 0-99/1000``) the part that was asked for."""

    content_type: str
    length: int | None
    span: str
    chunks: Iterator[bytes]


class Carrier(Protocol):
    """Whoever connects our calls."""

    def place(self, order: CallOrder) -> CarrierCall:
        """Ask for this call, once. Raises NotPlaced when it certainly was not begun, Unavailable when nobody knows."""

    def fetch(self, sid: str) -> CarrierCall: ...

    def look_up(self, *, to: str, on: date) -> list[CarrierCall]:
        """The calls placed to this number on or after this day (UTC), newest first."""

    def hang_up(self, sid: str) -> CarrierCall:
        """Cancel what rings, end what speaks; a call that is over is given back as it is."""

    def instruct(self, sid: str, twiml: str) -> bool:
        """Replace what the line is doing. False when there is no line any more."""

    def stop_recording(self, sid: str) -> bool: ...

    def recording(self, sid: str, *, span: str = "") -> Sound:
        """The audio of a recording, both sides; ``span`` (``bytes=0-99``) asks for a part, and all of it may come instead."""

    def forget_recording(self, sid: str) -> bool:
        """Delete it for good. False when the carrier has it no more."""

    def numbers(self) -> list[CarrierNumber]:
        """The numbers this account rents."""

    def point(self, sid: str, *, voice_url: str, fallback_url: str, status_url: str, text_url: str) -> None:
        """Say where this number's calls are asked about and told of, and where texts to it go."""

    def send_text(self, order: TextOrder) -> CarrierText:
        """Hand over this text, once. Raises TextNotSent when it certainly was not taken, Unavailable when nobody knows."""

    def fetch_text(self, sid: str) -> CarrierText: ...

    def look_up_texts(self, *, to: str, sender: str) -> list[CarrierText]:
        """The latest texts from this number of ours to that one, newest first."""


class LocalHttp(TwilioHttpClient):  # type: ignore[misc]  # the SDK has no types
    """Sends every host of the vendor to one origin: simulators answer where Twilio would."""

    def __init__(self, origin: str, **options: Any) -> None:
        super().__init__(**options)
        self._origin = urlsplit(origin)

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        asked = urlsplit(url)
        path = asked.path if asked.hostname == "api.twilio.com" else f"/{asked.hostname}{asked.path}"
        here = (self._origin.scheme, self._origin.netloc, self._origin.path.rstrip("/") + path, asked.query, "")
        return super().request(method, urlunsplit(here), *args, **options)


class TwilioCarrier:
    """Twilio, or a simulator at ``origin`` that answers as it does."""

    def __init__(self, account: str, token: str, *, origin: str = "") -> None:
        # A fresh connection for each request: a stale one that breaks would look like an answer that got lost.
        http = LocalHttp(origin, pool_connections=False) if origin else TwilioHttpClient(pool_connections=False)
        http.timeout = (CONNECT_SECONDS, READ_SECONDS)  # handed on to requests as it is
        self._client = Client(account, token, http_client=http)
        self._origin = origin or "https://api.twilio.com"
        self._auth = (account, token)

    def place(self, order: CallOrder) -> CarrierCall:
        try:
            made = self._client.calls.create(
                to=order.to,
                from_=order.caller,
                url=order.answer_url,
                method="POST",
                fallback_url=order.fallback_url,
                fallback_method="POST",
                status_callback=order.status_url,
                status_callback_method="POST",
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                timeout=order.ring_seconds,
                time_limit=order.longest_seconds,
                machine_detection="DetectMessageEnd" if order.message_after_beep else "Enable",
                async_amd="true",
                async_amd_status_callback=order.machine_url,
                async_amd_status_callback_method="POST",
            )
            return _read(made)
        except _TROUBLE as error:
            raise _not_placed(error) from error

    def fetch(self, sid: str) -> CarrierCall:
        return self._ask(lambda: _read(self._client.calls(sid).fetch()))

    def look_up(self, *, to: str, on: date) -> list[CarrierCall]:
        since = on.isoformat()  # the day alone, as it is documented; the SDK would write a moment
        calls = self._client.calls
        # What still waits in the carrier's queue has no time of start yet, and is in no list that asks for one.
        waiting = self._ask(lambda: [_read(call) for call in calls.list(to=to, status="queued", limit=50)])
        begun = self._ask(lambda: [_read(call) for call in calls.list(to=to, start_time_after=since, limit=50)])
        return list({call.sid: call for call in (*waiting, *begun)}.values())

    def hang_up(self, sid: str) -> CarrierCall:
        call = self.fetch(sid)
        if call.status in ("queued", "ringing"):
            self._end(sid, "canceled")
            call = self.fetch(sid)  # it may have been answered in between
        if call.status == "in-progress":
            self._end(sid, "completed")
            call = self.fetch(sid)
        return call

    def _end(self, sid: str, status: str) -> None:
        try:
            self._ask(lambda: self._client.calls(sid).update(status=status))
        except Refused as error:
            if error.vendor_code != str(ALREADY_OVER):
                raise

    def instruct(self, sid: str, twiml: str) -> bool:
        try:
            self._ask(lambda: self._client.calls(sid).update(twiml=twiml))
        except Refused as error:
            if error.vendor_code in (str(ALREADY_OVER), str(NOT_FOUND)):
                return False
            raise
        return True

    def stop_recording(self, sid: str) -> bool:
        try:
            self._ask(lambda: self._client.calls(sid).recordings("Twilio.CURRENT").update(status="stopped"))
        except Refused as error:
            if error.vendor_code in (str(ALREADY_OVER), str(NOT_FOUND)):
                return False
            raise
        return True

    def recording(self, sid: str, *, span: str = "") -> Sound:
        """Raises Refused when the carrier has it no more, Unavailable when it does not answer."""
        url = f"{self._origin}/2010-04-01/Accounts/{self._auth[0]}/Recordings/{sid}.mp3"
        asked = {"Range": span} if span else {}
        try:
            answer = requests.get(url, auth=self._auth, headers=asked, timeout=(CONNECT_SECONDS, 30), stream=True)
        except requests.RequestException as error:
            raise Unavailable(f"the carrier did not give out the recording: {type(error).__name__}") from error
        if answer.status_code not in (200, 206):
            answer.close()
            raise _no_sound(answer.status_code)
        length = answer.headers.get("Content-Length", "")
        return Sound(
            content_type=answer.headers.get("Content-Type", "audio/mpeg"),
            length=int(length) if length.isdigit() and "Content-Encoding" not in answer.headers else None,
            span=answer.headers.get("Content-Range", "") if answer.status_code == 206 else "",
            chunks=_read_on(answer),
        )

    def forget_recording(self, sid: str) -> bool:
        try:
            self._ask(lambda: self._client.recordings(sid).delete())
        except Refused as error:
            if error.vendor_code == str(NOT_FOUND):
                return False
            raise
        return True

    def numbers(self) -> list[CarrierNumber]:
        listed = self._ask(lambda: self._client.incoming_phone_numbers.list(limit=200))
        return [
            CarrierNumber(str(one.sid), str(one.phone_number), str(one.voice_url or ""), str(one.sms_url or ""))
            for one in listed
        ]

    def send_text(self, order: TextOrder) -> CarrierText:
        try:
            return texts.read(
                self._client.messages.create(
                    to=order.to, from_=order.sender, body=order.body, status_callback=order.status_url
                )
            )
        except _TROUBLE as error:
            raise _text_not_sent(error) from error

    def fetch_text(self, sid: str) -> CarrierText:
        return self._ask(lambda: texts.read(self._client.messages(sid).fetch()))

    def look_up_texts(self, *, to: str, sender: str) -> list[CarrierText]:
        messages = self._client.messages
        return self._ask(lambda: [texts.read(one) for one in messages.list(to=to, from_=sender, limit=50)])

    def point(self, sid: str, *, voice_url: str, fallback_url: str, status_url: str, text_url: str) -> None:
        addresses = {
            "voice_url": voice_url,
            "voice_method": "POST",
            "voice_fallback_url": fallback_url,
            "voice_fallback_method": "POST",
            "status_callback": status_url,
            "status_callback_method": "POST",
            "sms_url": text_url,
            "sms_method": "POST",
        }
        self._ask(lambda: self._client.incoming_phone_numbers(sid).update(**addresses))

    def _ask[T](self, request: Callable[[], T]) -> T:
        return ask(request)


def carrier_for(business: Business) -> Carrier:
    """The carrier of a business. A sandbox business reaches the simulator only, a live one never does.

    Raises Disconnected where a live business has no account of its own yet.
    """
    keys = keys_of(business)
    return _carrier(keys.account, keys.token, _origin_of(business))


def ask[T](request: Callable[[], T]) -> T:
    """Carry out a request of the SDK; what goes wrong is said in our own errors. Raises VendorError."""
    try:
        return request()
    except _TROUBLE as error:
        raise _error(error) from error


class NumberShop:
    """Numbers to rent, and those the account has."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def available(self, area_code: str, *, limit: int) -> list[Offered]:
        """Local numbers of this area code one can be called on and texted from."""
        local = self._client.available_phone_numbers("US").local
        wanted = {"area_code": int(area_code), "voice_enabled": True, "sms_enabled": True}
        listed = ask(lambda: local.list(**wanted, limit=limit, page_size=limit))
        places = [", ".join(str(part) for part in (one.locality, one.region) if part) for one in listed]
        return [Offered(str(one.phone_number), place) for one, place in zip(listed, places, strict=True)]

    def has(self, number: str) -> bool:
        """True where the account rents this very number."""
        listed = ask(lambda: self._client.incoming_phone_numbers.list(phone_number=number, limit=20))
        return any(str(one.phone_number) == number for one in listed)

    def rent(self, number: str, *, voice_url: str, fallback_url: str, status_url: str, text_url: str) -> None:
        """From now on, at the carrier's price. Unavailable: nobody knows; ask ``has`` before anything else."""
        ask(
            lambda: self._client.incoming_phone_numbers.create(
                phone_number=number,
                voice_url=voice_url,
                voice_method="POST",
                voice_fallback_url=fallback_url,
                voice_fallback_method="POST",
                status_callback=status_url,
                status_callback_method="POST",
                sms_url=text_url,
                sms_method="POST",
            )
        )


def number_shop(business: Business) -> NumberShop:
    """Raises Disconnected as ``carrier_for`` does."""
    return NumberShop(sdk(keys_of(business), _origin_of(business)))


class Lookups:
    """What the carrier knows of telephone numbers. Each package is paid for, so no other is asked for."""

    def __init__(self, client: Client) -> None:
        self._numbers = client.lookups.v2.phone_numbers

    def line_type(self, number: str) -> str:
        """Twilio's word for the kind of line; empty for a number that cannot be, or of which it does not know.

        Raises Unavailable where this package could not be asked, though the look-up itself was answered.
        """
        found = ask(lambda: self._numbers(number).fetch(fields="line_type_intelligence"))
        said = found.line_type_intelligence
        if not isinstance(said, dict):
            return ""
        if said.get("error_code"):
            raise Unavailable("the carrier could not tell what kind of line this is", code=str(said["error_code"]))
        return str(said.get("type") or "")


def lookup_client(business: Business) -> Lookups:
    """Raises Disconnected as ``carrier_for`` does."""
    return Lookups(sdk(keys_of(business), _origin_of(business)))


def _origin_of(business: Business) -> str:
    return f"{settings.SIMULATORS_URL}/twilio" if business.sandbox else LIVE_ORIGIN


def sdk(keys: Keys, origin: str = "") -> Client:
    """The SDK for an account, at Twilio or at a simulator. Gives up within seconds and tries nothing twice."""
    http = LocalHttp(origin, pool_connections=False) if origin else TwilioHttpClient(pool_connections=False)
    http.timeout = (CONNECT_SECONDS, READ_SECONDS)
    return Client(keys.account, keys.token, http_client=http)


@lru_cache(maxsize=16)
def _carrier(account: str, token: str, origin: str) -> TwilioCarrier:
    return TwilioCarrier(account, token, origin=origin)


def _read(call: Any) -> CarrierCall:
    if not call.sid:
        raise ValueError("the carrier answered without naming the call")
    return CarrierCall(
        sid=str(call.sid),
        status=str(call.status or ""),
        to=str(call.to or ""),
        caller=str(call._from or ""),
        created_at=call.date_created,
        seconds=int(call.duration) if str(call.duration or "").isdigit() else None,
        answered_by=str(call.answered_by or ""),
        queue_seconds=int(call.queue_time) / 1000 if str(call.queue_time or "").isdigit() else 0.0,
    )


def _read_on(answer: requests.Response) -> Iterator[bytes]:
    """Portion by portion; the connection is given back also when the listener leaves early."""
    with answer:
        yield from answer.iter_content(1 << 16)


def _no_sound(status: int) -> VendorError:
    if status in (401, 403):
        return Disconnected("the carrier does not accept our credentials", code=str(status))
    if status == 429:
        return Throttled("the carrier asks us to slow down", code=str(status))
    if 400 <= status < 500:
        return Refused("the carrier has no such recording", code=str(status))
    return Unavailable("the carrier did not give out the recording", code=str(status))


def _not_placed(error: Exception) -> VendorError:
    """What an error says about the one thing that matters: did a call begin?"""
    if _never_connected(error):
        return NotPlaced("the carrier could not be reached; nothing was sent", again=True)
    status, code = _status(error)
    if code in TURNED_AWAY:
        return NotPlaced("the carrier has no room just now", code=str(code), again=True)
    if 400 <= status < 500 and status not in (408, 429):
        words = "the carrier refused the call"
        return NotPlaced(words, code=str(code or status), bad_number=code in BAD_NUMBER)
    return Unavailable("nobody knows whether the call began", code=str(code or status or "") or None)


def _text_not_sent(error: Exception) -> VendorError:
    """The same question of a text: was it taken? Our own credentials being refused is cured by us, not by the person."""
    if _never_connected(error):
        return TextNotSent("the carrier could not be reached; nothing was sent", again=True)
    status, code = _status(error)
    if code in TURNED_AWAY or status in (401, 403, 429):
        return TextNotSent("the carrier takes no text of ours just now", code=str(code or status), again=True)
    if 400 <= status < 500 and status != 408:
        return TextNotSent("the carrier refused the text", code=str(code or status))
    return Unavailable("nobody knows whether the text left", code=str(code or status or "") or None)


def _error(error: Exception) -> VendorError:
    status, code = _status(error)
    if status == 429:
        return Throttled("the carrier asks us to slow down", code=str(code or status))
    if status in (401, 403):
        return Disconnected("the carrier does not accept our credentials", code=str(code or status))
    if 400 <= status < 500:
        return Refused("the carrier refused", code=str(code or status))
    return Unavailable(f"the carrier did not answer: {type(error).__name__}", code=str(code or status or "") or None)


def _status(error: Exception) -> tuple[int, int]:
    """HTTP status and the vendor's own code; zeros where there was no answer."""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return int(error.status or 0), int(error.code or 0)
    return 0, 0


def _never_connected(error: Exception) -> bool:
    """The connection was never open, so no byte of the request has left."""
    if isinstance(error, ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if isinstance(error, NoConnection) and error.args else None
    return isinstance(reason, NewConnectionError)
