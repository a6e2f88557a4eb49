"""Listening to a call: from the carrier through us, part by part, on record; and what is said where nothing can be played."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import ActivityLine, Role
from calls import recordings
from calls.models import Call
from desk.retention import forget_expired
from notifications import outbox
from notifications.models import Duty
from tests.calls.stage import SID, TOKEN
from tests.cast import Firm, make_member
from tests.desk import call_scene
from tests.desk.conftest import TUESDAY
from tests.desk.scene import Maker
from tests.desk.test_pages import text


@pytest.fixture
def made(plumber: Firm, tuesday: None) -> Call:
    """A call of this morning, recorded as far as we know."""
    make = Maker(plumber)
    customer = make.customer("Harbor Cafe", "Ana Reyes", "0103")
    call = make.call([make.invoice(customer, "2207", "796.00", 4)], make.at(0, 9, 5), "promise_to_pay", 60)
    Call.objects.filter(pk=call.pk).update(recording="announced", recording_sid="RE" + "0" * 32)
    call.refresh_from_db()
    return call


@pytest.fixture
def sound(plumber: Firm, made: Call) -> Iterator[bytes]:
    """The carrier, with a recording of this very call; its bytes."""
    with time_machine.travel(TUESDAY, tick=True), call_scene.recorded(plumber, made, seconds=5) as content:
        made.refresh_from_db()
        yield content


def listenings() -> list[tuple[str, Any]]:
    return list(ActivityLine.objects.filter(verb="listened").values_list("actor", "subject_id"))


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_sound_comes_through_us_and_listening_goes_on_record_once(ava: Client, made: Call, sound: bytes) -> None:
    page = ava.get(f"/calls/{made.pk}/")
    whole = ava.get(f"/calls/{made.pk}/recording/")
    part = ava.get(f"/calls/{made.pk}/recording/", headers={"range": "bytes=36-71"})
    tail = ava.get(f"/calls/{made.pk}/recording/", headers={"range": "bytes=-10"})

    assert f'<audio controls preload="none" src="/calls/{made.pk}/recording/"' in page.content.decode()
    assert (whole.status_code, whole["Content-Type"], whole["Cache-Control"]) == (
        200,
        "audio/mpeg",
        "private, no-store",
    )
    assert body(whole) == sound
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 36-71/{len(sound)}")
    assert body(part) == sound[36:72]
    assert (tail["Content-Range"], body(tail)) == (
        f"bytes {len(sound) - 10}-{len(sound) - 1}/{len(sound)}",
        sound[-10:],
    )
    assert listenings() == [("ava@avasplumbing.example", made.pk)]


def test_a_part_beyond_the_end_is_refused_and_nonsense_gives_all_of_it(ava: Client, made: Call, sound: bytes) -> None:
    beyond = ava.get(f"/calls/{made.pk}/recording/", headers={"range": f"bytes={len(sound)}-"})
    nonsense = ava.get(f"/calls/{made.pk}/recording/", headers={"range": "bytes=1-2,4-5"})

    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(sound)}")
    assert (nonsense.status_code, body(nonsense)) == (200, sound)


def test_what_the_carrier_has_no_more_is_said(ava: Client, made: Call, sound: bytes) -> None:
    Call.objects.filter(pk=made.pk).update(recording_sid="RE" + "f" * 32)

    answer = ava.get(f"/calls/{made.pk}/recording/")

    assert answer.status_code == 404
    assert "The carrier has this recording no more. The transcript is complete." in text(answer)
    assert listenings() == []


def test_a_carrier_that_does_not_answer_is_said(ava: Client, made: Call, settings: Any) -> None:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = SID, TOKEN
    settings.SIMULATORS_URL = "http://127.0.0.1:9"

    answer = ava.get(f"/calls/{made.pk}/recording/")

    assert answer.status_code == 503
    assert "Try again in a few minutes." in text(answer)
    assert listenings() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"recording": "refused"}, "They did not want to be recorded: the recording was stopped, and is not played."),
        ({"answered_at": None, "status": "no-answer"}, "Nobody answered, so there is no recording."),
        ({"recording": "", "recording_sid": ""}, "This call was not recorded."),
        ({"recording_sid": ""}, "There is no recording of this call: the carrier handed none over."),
    ],
)
def test_a_call_without_sound_says_why(ava: Client, made: Call, changes: dict[str, Any], words: str) -> None:
    Call.objects.filter(pk=made.pk).update(**changes)

    page, sound = ava.get(f"/calls/{made.pk}/"), ava.get(f"/calls/{made.pk}/recording/")

    assert words in text(page)
    assert "<audio" not in page.content.decode()
    assert (sound.status_code, words in text(sound)) == (404, True)


def test_a_recording_is_played_half_a_year_and_longer_while_they_disagree(
    ava: Client, made: Call, plumber: Firm
) -> None:
    late = TUESDAY + timedelta(days=181)
    with time_machine.travel(late, tick=False):
        ava.force_login(plumber.owner)
        page = ava.get(f"/calls/{made.pk}/")
        assert "It could be played until Sun, May 23. The transcript stays." in text(page)

        ava.post("/invoices/2207/dispute/", {"words": "Never ordered.", "reason": "not_received"})
        assert "<audio" in ava.get(f"/calls/{made.pk}/").content.decode()


def test_only_who_works_on_calls_hears_a_voice(made: Call, plumber: Firm) -> None:
    reader = Client()
    reader.force_login(make_member(plumber, "books@avasplumbing.example", Role.ACCOUNTANT))

    page, sound = reader.get(f"/calls/{made.pk}/"), reader.get(f"/calls/{made.pk}/recording/")

    assert "To listen takes one of these roles: Owner, Manager, Contributor." in text(page)
    assert sound.status_code == 403
    assert listenings() == []


def test_a_stranger_hears_nothing(rex: Client, made: Call) -> None:
    assert rex.get(f"/calls/{made.pk}/recording/").status_code == 404
    assert rex.get(f"/calls/{made.pk}/").status_code == 404


def test_a_recording_is_deleted_at_the_carrier_after_its_time_and_not_before(
    plumber: Firm, made: Call, sound: bytes, settings: Any
) -> None:
    settings.RECORDING_KEPT_DAYS = 30  # the law says three years, so three years it is

    with time_machine.travel(made.placed_at + timedelta(days=1095), tick=False):
        assert forget_expired()["recordings"] == 0
    with time_machine.travel(made.placed_at + timedelta(days=1097), tick=False):
        assert forget_expired()["recordings"] == 1
        outbox.work()
        assert forget_expired()["recordings"] == 0

    made.refresh_from_db()
    assert made.recording_sid == ""
    assert Duty.objects.get(kind="forget_recording").outcome == "deleted"
    assert recordings.forget(Duty.objects.get(kind="forget_recording")) == "was gone already"
    assert list(ActivityLine.objects.filter(subject_id=made.pk, verb="forgot_recording").values_list("actor")) == [
        ("retention",)
    ]


def test_an_open_dispute_keeps_the_recording(plumber: Firm, ava: Client, made: Call) -> None:
    ava.post("/invoices/2207/dispute/", {"words": "Never ordered.", "reason": "not_received"})

    with time_machine.travel(made.placed_at + timedelta(days=1500), tick=False):
        assert forget_expired()["recordings"] == 0
    assert Duty.objects.filter(kind="forget_recording").count() == 0


def test_moments_lead_into_the_recording_where_they_begin(ava: Client, made: Call) -> None:
    call_scene.with_evidence(made)
    page = ava.get(f"/calls/{made.pk}/").content.decode()

    assert f'<a href="/calls/{made.pk}/recording/#t=7" data-seek="7"><span class="num">0:07</span>' in page
    # A customer's sentence is on record at its end: one listens from its first word.
    assert f'href="/calls/{made.pk}/recording/#t=12" data-seek="12"' in page
