"""Listening to a call: whether there is something to hear and who may, in words; and the sound itself, part by part.

The carrier's address is never shown: whoever listens gets the sound from us, as a member, and it goes on record.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import Business, Membership, User
from calls import recordings
from calls.models import Call
from desk.doors import AT_WORK
from desk.streams import streamed
from disputes.models import Dispute
from integrations.errors import Refused, VendorError
from integrations.twilio.client import Sound, carrier_for
from syntharra import clock
from syntharra.templatetags.syntharra import day_words

#: Who may hear a customer's voice. Everybody else reads the transcript.
LISTENERS = AT_WORK
#: One line on record for each listener and call in this time, however often a player fetches a part.
ONE_LISTENING = timedelta(hours=1)
_SPAN = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True)
class Playback:
    """``url`` is empty where there is nothing to play; ``words`` then say why, beside it until when."""

    url: str
    words: str
    icon: str = "info"


class NoSound(Exception):
    """Nothing can be played; the message says why and what to do, ``status`` is that of the answer."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.status = status


def of_call(call: Call, membership: Membership) -> Playback:
    """What a member sees above the transcript. Asks the carrier nothing."""
    why = _why_not(call)
    if why:
        return why
    if membership.role not in LISTENERS:
        allowed = ", ".join(str(role.label) for role in LISTENERS)
        return Playback("", _("Recorded. To listen takes one of these roles: %(roles)s.") % {"roles": allowed}, "lock")
    until = _until(call)
    words = _("Can be played until %(day)s; the transcript stays. Each listening goes on record.") % {"day": until}
    return Playback(reverse("recording", args=[call.pk]), words)


def sound(request: HttpRequest, business: Business, call: Call, *, by: User) -> HttpResponseBase:
    """The recording, or the part its ``Range`` asks for; listening goes on record first. Raises NoSound."""
    span = request.headers.get("Range", "")
    why = _why_not(call)
    if why:
        raise NoSound(why.words, 404)
    try:
        found = carrier_for(business).recording(call.recording_sid, span=span)
    except Refused as error:
        if error.vendor_code == "416":
            return HttpResponse(status=416)
        raise NoSound(_("The carrier has this recording no more. The transcript is complete."), 404) from error
    except VendorError as error:
        words = _("The carrier does not give out the recording just now. Try again in a few minutes.")
        raise NoSound(words, 503) from error
    _put_on_record(call, by)
    answer = _part(request, found, span)
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = f'inline; filename="call-{call.placed_at:%Y-%m-%d-%H%M}.mp3"'
    return answer


def _why_not(call: Call) -> Playback | None:
    """Why there is nothing to hear; None where there is."""
    if call.status not in Call.OVER:
        return Playback("", _("The recording can be played once the call is over."), "hourglass")
    if call.recording == Call.Recording.REFUSED or call.disposition == "recording_refused":
        return Playback("", _("They did not want to be recorded: the recording was stopped, and is not played."), "ban")
    if call.answered_at is None:
        return Playback("", _("Nobody answered, so there is no recording."))
    if clock.now() >= recordings.playable_until(call) and not _is_disputing(call):
        day = _until(call)
        return Playback("", _("It could be played until %(day)s. The transcript stays.") % {"day": day}, "lock")
    if not call.recording_sid and call.recording == Call.Recording.NONE:
        return Playback("", _("This call was not recorded."))
    if not call.recording_sid:
        return Playback("", _("There is no recording of this call: the carrier handed none over."))
    return None


def _until(call: Call) -> str:
    return day_words(timezone.localtime(recordings.playable_until(call)).date())


def _is_disputing(call: Call) -> bool:
    return Dispute.objects.live().filter(customer=call.customer_id).exists()


def _put_on_record(call: Call, by: User) -> None:
    since = clock.now() - ONE_LISTENING
    heard = call.business.activitylines.filter(subject_id=call.pk, verb="listened", actor=by.email, at__gte=since)
    if not heard.exists():
        timeline.record(call, "listened", by=by.email, customer=call.customer_id)


def _part(request: HttpRequest, found: Sound, span: str) -> HttpResponseBase:
    """As the carrier sent it; where a part was asked for and all of it came, the part is cut out here."""
    if found.span:
        answer = StreamingHttpResponse(streamed(request, found.chunks), status=206, content_type=found.content_type)
        answer["Content-Range"] = found.span
        if found.length is not None:
            answer["Content-Length"] = str(found.length)
        return answer
    asked = _SPAN.fullmatch(span)
    if asked is None or asked.groups() == ("", ""):
        answer = StreamingHttpResponse(streamed(request, found.chunks), content_type=found.content_type)
        if found.length is not None:
            answer["Content-Length"] = str(found.length)
        return answer
    chunks, length = found.chunks, found.length
    if length is None:
        whole = b"".join(chunks)
        chunks, length = iter([whole]), len(whole)
    first, last = _bounds(asked[1], asked[2], length)
    if first > last or first >= length:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{length}"})
    answer = StreamingHttpResponse(
        streamed(request, _cut(chunks, first, last)), status=206, content_type=found.content_type
    )
    answer["Content-Range"] = f"bytes {first}-{last}/{length}"
    answer["Content-Length"] = str(last - first + 1)
    return answer


def _bounds(first: str, last: str, length: int) -> tuple[int, int]:
    """The first and the last byte that are meant (RFC 9110, 14.1.2)."""
    if not first:
        return max(0, length - int(last)), length - 1 if int(last) else -1
    return int(first), min(int(last), length - 1) if last else length - 1


def _cut(chunks: Iterator[bytes], first: int, last: int) -> Iterator[bytes]:
    at = 0
    for chunk in chunks:
        part = chunk[max(0, first - at) : last + 1 - at]
        at += len(chunk)
        if part:
            yield part
        if at > last:
            return
