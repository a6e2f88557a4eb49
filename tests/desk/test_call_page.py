"""The page of one call: how it was understood, following and ending one that goes on, and saying whether it was right."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import ActivityLine, Role
from calls.models import Attempt, Call
from disputes.models import Dispute, HearingLabel
from notifications.models import Duty
from tests.cast import Firm, make_member
from tests.desk import call_scene
from tests.desk.call_scene import Cafe
from tests.desk.scene import Maker
from tests.desk.test_pages import text


@pytest.fixture
def scene(ava: Client, plumber: Firm) -> Cafe:
    made = Cafe.of(plumber)
    call_scene.with_evidence(made.call)
    return made


@pytest.fixture
def live(ava: Client, plumber: Firm) -> Call:
    return call_scene.live(Maker(plumber))


def test_the_sentence_that_stopped_it_shows_how_it_was_understood(ava: Client, scene: Cafe) -> None:
    page = text(ava.get(f"/calls/{scene.call.pk}/"))

    assert (
        "How this was understood 0:12 while they were speaking: the sink still fell silent about money "
        "Meaning Disputed Chance of a dispute 0.470 Falls silent from 0.310 Stops for good from 0.620 "
        "Language English Hearing h-2026-11 "
        "0:14 when they had finished: The sink still leaks. stopped for good Meaning Disputed, Wants a person "
        "Chance of a dispute 0.981 Falls silent from 0.310 Stops for good from 0.620 Phrases q.leaks"
    ) in page
    assert page.count("How this was understood") == 1


def test_the_page_says_no_more_than_was_heard(ava: Client, scene: Cafe) -> None:
    call_scene.line(scene.call, 6, "agent", "Goodbye.", 19, act="close")

    page = text(ava.get(f"/calls/{scene.call.pk}/"))

    assert "0:07 Named what is open, in part 0:12" in page
    assert "Invoice 2207 for 796 Not played: dollars is open." in page
    assert page.count("(not known whether they heard this)") == 1
    assert "Goodbye. (not known whether they heard this)" in page


def test_versions_numbers_and_the_gate_are_there(ava: Client, scene: Cafe) -> None:
    Call.objects.filter(pk=scene.call.pk).update(hearing_version="h-2026-11")

    page = text(ava.get(f"/calls/{scene.call.pk}/"))

    assert "Why we could call Permitted: 9:05 am" in page
    assert "Their number (614) 555-0103 Shown to them (614) 555-0199" in page
    assert "Script 2026-11 Hearing h-2026-11 Rules 2026-11-22" in page


def test_a_customer_who_called_is_told_apart(ava: Client, plumber: Firm) -> None:
    make = Maker(plumber)

    page = text(ava.get(f"/calls/{call_scene.inbound(make).pk}/"))
    unknown = text(ava.get(f"/calls/{call_scene.inbound(make, known=False).pk}/"))

    assert "Call from Elm Street Deli Joe Cole · (614) 555-0193" in page
    assert "2393 Overdue $95.00" in page
    assert "Call from (614) 555-0777 a number not on file" in unknown
    assert "No invoice was spoken of." in unknown


def test_the_longest_call_is_there_to_its_last_line(ava: Client, plumber: Firm) -> None:
    page = text(ava.get(f"/calls/{call_scene.crowded(Maker(plumber)).pk}/"))

    assert "Line 198 of a long talk." in page
    assert call_scene.RTL_NAME in page


def test_a_call_under_way_is_followed_with_and_without_scripts(ava: Client, live: Call) -> None:
    page = ava.get(f"/calls/{live.pk}/").content.decode()

    assert '<div id="call" hx-get="" hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert f'href="/calls/{live.pk}/end/"' in page
    assert "Was this right?" not in page
    assert "HX-Refresh" not in ava.get(f"/calls/{live.pk}/", headers={"hx-request": "true"})


def test_when_it_is_over_the_page_comes_anew(ava: Client, live: Call) -> None:
    Call.objects.filter(pk=live.pk).update(status="completed", disposition="hung_up")

    followed = ava.get(f"/calls/{live.pk}/", headers={"hx-request": "true"})
    opened = ava.get(f"/calls/{live.pk}/")

    assert followed["HX-Refresh"] == "true"
    assert "HX-Refresh" not in opened
    assert "refresh" not in opened.content.decode()


def test_ending_a_call_asks_once_and_is_done_once(ava: Client, live: Call) -> None:
    asked = ava.get(f"/calls/{live.pk}/end/")
    assert "The agent says nothing more, and the line is hung up" in text(asked)
    assert Duty.objects.filter(kind="hang_up").count() == 0

    ava.post(f"/calls/{live.pk}/end/")
    ava.post(f"/calls/{live.pk}/end/")

    duty = Duty.objects.get(kind="hang_up")
    assert (duty.facts["sid"], duty.facts["because"]) == (live.sid, "ended_by_member")
    assert Attempt.objects.get(call=live).ended_because == "ended_by_member"
    assert ActivityLine.objects.get(verb="ended_call").actor == "ava@avasplumbing.example"


def test_a_call_a_customer_made_can_be_ended_too(ava: Client, plumber: Firm) -> None:
    call = call_scene.inbound(Maker(plumber))
    Call.objects.filter(pk=call.pk).update(status="in-progress", disposition="")

    ava.post(f"/calls/{call.pk}/end/")

    assert Duty.objects.get(kind="hang_up").facts == {
        "call": str(call.pk),
        "sid": call.sid,
        "because": "ended_by_member",
    }


def test_a_call_that_is_over_is_not_ended(ava: Client, scene: Cafe) -> None:
    for answer in (
        ava.post(f"/calls/{scene.call.pk}/end/", follow=True),
        ava.get(f"/calls/{scene.call.pk}/end/", follow=True),
    ):
        assert "This call is over already." in text(answer)
    assert Duty.objects.filter(kind="hang_up").count() == 0
    assert ActivityLine.objects.filter(verb="ended_call").count() == 0


def test_a_call_we_ended_says_so(ava: Client, live: Call) -> None:
    Attempt.objects.filter(call=live).update(status="ended", ended_because="ended_by_member")
    Call.objects.filter(pk=live.pk).update(status="completed")

    assert "Ended by us One of you ended it." in text(ava.get(f"/calls/{live.pk}/"))


def test_a_stranger_neither_ends_nor_labels(rex: Client, live: Call) -> None:
    answers = [
        rex.get(f"/calls/{live.pk}/end/"),
        rex.post(f"/calls/{live.pk}/end/"),
        rex.post(f"/calls/{live.pk}/labels/"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert Duty.objects.filter(kind="hang_up").count() == 0


def answered(browser: Client, call: Call, position: int, **data: str) -> Any:
    line = call.lines.get(position=position)
    return browser.post(f"/calls/{call.pk}/labels/", {"line": str(line.pk), **data}, follow=True)


def test_was_a_dispute_is_kept_beside_what_was_heard(ava: Client, scene: Cafe) -> None:
    page = text(ava.get(f"/calls/{scene.call.pk}/"))
    assert "Was this right? We took this for a disagreement with the bill. Was it one?" in page

    answered(ava, scene.call, 4, was="dispute", reason="quality")

    kept = HearingLabel.objects.get()
    assert (kept.words, kept.was_dispute, kept.reason, kept.heard_dispute) == (
        "The sink still leaks.", True, "quality", True,
    )  # fmt: skip
    assert (kept.evidence["score"], kept.evidence["state"], kept.by) == (0.981, "freeze", "ava@avasplumbing.example")
    assert "a dispute (quality)" in text(ava.get(f"/calls/{scene.call.pk}/"))


def test_was_none_leaves_the_invoice_frozen_and_says_where_to_end_it(ava: Client, scene: Cafe) -> None:
    page = text(answered(ava, scene.call, 4, was="none", reason="quality"))

    kept = HearingLabel.objects.get()
    assert (kept.was_dispute, kept.reason) == (False, "")
    assert f"The invoice stays frozen. End dispute {scene.dispute.number}…" in page
    assert Dispute.objects.live().count() == 1


def test_a_missed_dispute_is_kept_and_freezing_is_offered(ava: Client, plumber: Firm, live: Call) -> None:
    Call.objects.filter(pk=live.pk).update(status="completed", disposition="hung_up")
    assert "We took nothing of it for a disagreement with the bill. Was there one?" in text(
        ava.get(f"/calls/{live.pk}/")
    )

    page = text(answered(ava, live, 1, was="dispute", reason=""))

    assert "2392 is not frozen by this. Freeze it…" in page
    assert HearingLabel.objects.get().heard_dispute is False
    assert Dispute.objects.count() == 0


def test_saying_something_else_replaces_it(ava: Client, scene: Cafe) -> None:
    answered(ava, scene.call, 4, was="none")
    answered(ava, scene.call, 4, was="dispute", reason="scope")

    assert [(kept.was_dispute, kept.reason) for kept in HearingLabel.objects.all()] == [(True, "scope")]


@pytest.mark.parametrize(
    "data",
    [
        {"was": "dispute", "line": ""},
        {"was": "perhaps"},
        {"was": "dispute", "reason": "weather"},
        {"was": "dispute", "line": "01a20e36-cf59-72c6-92b3-c934c627b161"},
    ],
)
def test_an_answer_that_cannot_be_used_says_what_is_missing(ava: Client, scene: Cafe, data: dict[str, str]) -> None:
    page = text(answered(ava, scene.call, 4, **data))

    assert "Choose one of their sentences" in page or "This sentence is not one of this call." in page
    assert HearingLabel.objects.count() == 0


def test_words_of_the_agent_are_not_labeled(ava: Client, scene: Cafe) -> None:
    assert "This sentence is not one of this call." in text(answered(ava, scene.call, 2, was="dispute"))
    assert HearingLabel.objects.count() == 0


def test_who_only_reads_is_not_asked(scene: Cafe, plumber: Firm) -> None:
    reader = Client()
    reader.force_login(make_member(plumber, "eyes@avasplumbing.example", Role.READ_ONLY))

    assert "It was no dispute" not in text(reader.get(f"/calls/{scene.call.pk}/"))
    assert answered(reader, scene.call, 4, was="none").status_code == 403
    assert HearingLabel.objects.count() == 0
