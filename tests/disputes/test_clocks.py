"""Where each clock of a dispute stands, from facts and a moment alone; and the facts, gathered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import ActivityLine
from disputes import clocks, deadlines
from disputes.clock_facts import BadDate, done, enter, track_of, tracks
from disputes.clocks import Legal, Letter, Of, State, Track
from disputes.freeze import NewClaim
from disputes.models import Dispute, LegalDate
from disputes.services import open_dispute
from notifications import outbox
from notifications.models import Message
from tests.cast import Firm, make_invoice

OPENED = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)  # Tuesday, 9:05 am in Columbus; Thursday is Thanksgiving
ZONE = "America/New_York"
DECIDE = datetime(2026, 12, 2, 14, 5, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=365)).map(lambda after: datetime(2026, 1, 15, tzinfo=UTC) + after)


def track(**facts: Any) -> Track:
    usual: dict[str, Any] = {"opened_at": OPENED, "zone": ZONE, "stopped_at": OPENED, "decide_by": DECIDE}
    return Track(**(usual | facts))


def states(found: Track, after: timedelta) -> dict[str, str]:
    return {one.of.value: one.state.value for one in clocks.clocks(found, OPENED + after)}


def test_a_fresh_dispute_runs_all_its_clocks() -> None:
    assert states(track(), timedelta(minutes=1)) == {
        "stopped": "met",
        "told": "running",
        "acknowledged": "running",
        "asked": "running",
        "first_word": "running",
        "decision": "running",
    }


@pytest.mark.parametrize(
    ("opened", "limit"),
    [
        (datetime(2026, 11, 24, 14, 5, tzinfo=UTC), datetime(2026, 11, 24, 14, 20, tzinfo=UTC)),
        (datetime(2026, 11, 25, 4, 29, tzinfo=UTC), datetime(2026, 11, 25, 4, 44, tzinfo=UTC)),  # 11:29 pm
        (datetime(2026, 11, 25, 4, 30, tzinfo=UTC), datetime(2026, 11, 25, 5, 0, tzinfo=UTC)),  # the last half hour
        (datetime(2026, 11, 25, 4, 59, tzinfo=UTC), datetime(2026, 11, 25, 5, 29, tzinfo=UTC)),
    ],
)
def test_the_owner_is_told_within_a_quarter_of_an_hour_or_half_an_hour_at_midnight(
    opened: datetime, limit: datetime
) -> None:
    told = next(one for one in clocks.clocks(track(opened_at=opened), opened) if one.of == Of.TOLD)

    assert told.limit == limit


def test_what_ran_out_is_shown_first_and_stays_late() -> None:
    late = clocks.clocks(track(told_at=OPENED + timedelta(hours=2)), OPENED + timedelta(days=10))

    assert [(one.of, one.state, one.is_open) for one in late] == [
        (Of.ACKNOWLEDGED, State.LATE, True),
        (Of.ASKED, State.LATE, True),
        (Of.FIRST_WORD, State.LATE, True),
        (Of.DECISION, State.LATE, True),
        (Of.STOPPED, State.MET, False),
        (Of.TOLD, State.LATE, False),
    ]


def test_business_days_skip_thanksgiving_and_the_weekend() -> None:
    first = next(one for one in clocks.clocks(track(), OPENED) if one.of == Of.FIRST_WORD)

    assert first.limit == datetime(2026, 11, 27, 14, 5, tzinfo=UTC)
    assert deadlines.decided_by(OPENED, 5, ZONE) == DECIDE


def test_an_acknowledgement_the_law_forbids_names_the_rule_and_never_runs_late() -> None:
    refused = track(letter=Letter(refused="ATTORNEY_REPRESENTED"))

    found = {one.of: one for one in clocks.clocks(refused, OPENED + timedelta(days=3))}

    assert (found[Of.ACKNOWLEDGED].state, found[Of.ACKNOWLEDGED].why) == (State.NOT_PERMITTED, "ATTORNEY_REPRESENTED")
    assert found[Of.ASKED].state == State.NOT_PERMITTED
    assert not found[Of.ACKNOWLEDGED].is_open


def test_without_an_address_a_letter_is_to_be_posted_within_the_same_24_hours() -> None:
    paper = track(letter=Letter(paper=True))

    assert states(paper, timedelta(hours=23))["acknowledged"] == "not_possible"
    assert states(paper, timedelta(hours=25))["acknowledged"] == "late"
    assert (
        states(track(letter=Letter(paper=True), acknowledged_at=OPENED), timedelta(hours=25))["acknowledged"] == "met"
    )


def test_a_line_that_was_not_ended_within_a_minute_is_late() -> None:
    assert states(track(stopped_at=None), timedelta(seconds=30))["stopped"] == "running"
    assert states(track(stopped_at=None), timedelta(seconds=61))["stopped"] == "late"


def test_the_end_of_a_dispute_stops_its_clocks_but_no_legal_one() -> None:
    lien = Legal(kind="lien", on=date(2026, 12, 10))
    closed = track(closed_at=OPENED + timedelta(hours=1), told_at=OPENED, legal=[lien])

    assert states(closed, timedelta(days=30)) == {
        "legal": "late",
        "stopped": "met",
        "told": "met",
        "decision": "met",
        "acknowledged": "over",
        "asked": "over",
        "first_word": "over",
    }


def test_what_was_late_when_it_ended_stays_late_and_waits_no_more() -> None:
    closed = track(closed_at=OPENED + timedelta(days=2))

    acknowledged = next(one for one in clocks.clocks(closed, OPENED + timedelta(days=9)) if one.of == Of.ACKNOWLEDGED)

    assert (acknowledged.state, acknowledged.is_open) == (State.LATE, False)


def test_a_list_shows_what_a_person_can_still_do_something_about() -> None:
    fresh = clocks.next_of(track(), OPENED)
    late_told = clocks.next_of(track(acknowledged_at=OPENED), OPENED + timedelta(hours=1))
    both = clocks.next_of(track(), OPENED + timedelta(hours=25))

    assert (fresh and fresh.of, late_told and late_told.of, both and both.of) == (
        Of.ACKNOWLEDGED,
        Of.TOLD,
        Of.ACKNOWLEDGED,
    )
    assert clocks.next_of(track(told_at=OPENED, closed_at=OPENED), OPENED) is None


def test_a_legal_date_lasts_until_the_end_of_that_day_where_the_firm_is() -> None:
    lien = track(legal=[Legal(kind="lien", on=date(2026, 12, 10))])

    found = next(one for one in clocks.clocks(lien, OPENED) if one.of == Of.LEGAL)

    assert found.limit == datetime(2026, 12, 11, 5, tzinfo=UTC)
    assert found.is_soon(datetime(2026, 11, 28, tzinfo=UTC))
    assert not found.is_soon(datetime(2026, 11, 26, tzinfo=UTC))


def test_a_validation_period_ends_and_is_never_late() -> None:
    notice = track(legal=[Legal(kind="validation", on=date(2026, 11, 30))])

    assert states(notice, timedelta(days=5))["legal"] == "running"
    assert states(notice, timedelta(days=8))["legal"] == "over"


@given(
    opened=MOMENTS,
    after=st.timedeltas(timedelta(0), timedelta(days=40)),
    met=st.fixed_dictionaries(
        {
            name: st.none() | st.timedeltas(timedelta(0), timedelta(days=40))
            for name in ("told_at", "acknowledged_at", "specified_at", "first_word_at", "decided_at")
        }
    ),
)
def test_a_clock_is_met_in_time_or_late_and_nothing_that_waits_stands_behind_what_does_not(
    opened: datetime, after: timedelta, met: dict[str, timedelta | None]
) -> None:
    facts = {name: opened + at for name, at in met.items() if at is not None and at <= after}
    decide_by = deadlines.decided_by(opened, 5, ZONE)
    found = clocks.clocks(track(opened_at=opened, stopped_at=opened, decide_by=decide_by, **facts), opened + after)

    for one in found:
        reached = one.met_at if one.met_at is not None else opened + after
        assert (one.state == State.LATE) == (reached > one.limit)
    waiting = [one.is_open for one in found]
    assert waiting == sorted(waiting, reverse=True)
    limits = [one.limit for one in found if one.is_open]
    assert limits == sorted(limits)


@given(now=MOMENTS)
def test_who_waits_too_long_for_a_first_word_can_be_told_by_the_moment_it_opened(now: datetime) -> None:
    before = clocks.late_before(now, ZONE)

    assert deadlines.first_word_by(before - timedelta(seconds=2), ZONE) < now
    assert deadlines.first_word_by(before + timedelta(seconds=2), ZONE) >= now


# Gathered


@pytest.fixture
def dispute(plumber: Firm) -> Any:
    with time_machine.travel(OPENED, tick=False) as traveller:
        claim = NewClaim(source="call", source_key="CA1", words="The roof still leaks", reason="quality", by="Ana")
        (made,) = open_dispute(make_invoice(plumber).pk, claim=claim)
        made.traveller = traveller  # type: ignore[attr-defined]
        yield made


def test_the_facts_of_a_dispute_are_read_from_its_rows(dispute: Any) -> None:
    outbox.work()
    dispute.refresh_from_db()

    found = track_of(dispute, ZONE)

    assert (found.told_at, found.letter) == (OPENED, Letter(due_at=OPENED + timedelta(hours=20)))
    assert (found.decide_by, found.acknowledged_at) == (DECIDE, None)


def test_a_refused_acknowledgement_names_its_rule(dispute: Any) -> None:
    Message.objects.filter(letter="dispute_acknowledgement").update(status="refused", outcome="CEASE_REQUESTED")

    assert track_of(dispute, ZONE).letter == Letter(refused="CEASE_REQUESTED")


def test_the_facts_of_many_disputes_take_one_query(plumber: Firm, dispute: Any, django_assert_num_queries: Any) -> None:
    for number in range(5):
        open_dispute(make_invoice(plumber).pk, claim=NewClaim(source="page", source_key=f"p{number}", words="No"))
    found = list(Dispute.objects.all())

    with django_assert_num_queries(1):
        assert len(tracks(found, ZONE)) == 6


def test_a_lien_date_is_kept_once_and_ticked_once(plumber: Firm, dispute: Any) -> None:
    for _ in range(2):
        row = enter(dispute.invoice_id, kind="lien", on=date(2026, 12, 10), note="Franklin County", by=plumber.owner)
    for _ in range(2):
        done(row.pk, by=plumber.owner)

    assert LegalDate.objects.get().done_by == plumber.owner.email
    assert ActivityLine.objects.filter(verb__in=("entered_legal_date", "kept_legal_date")).count() == 2
    assert track_of(dispute, ZONE).legal[0].done_at == OPENED


@pytest.mark.parametrize(
    ("kind", "on", "says"),
    [
        ("validation", date(2026, 12, 10), "Choose what the date is for"),
        ("lien", date(26, 12, 10), "Enter the date with its year"),
    ],
)
def test_a_legal_date_that_cannot_be_meant_is_refused(
    plumber: Firm, dispute: Any, kind: str, on: date, says: str
) -> None:
    with pytest.raises(BadDate, match=says):
        enter(dispute.invoice_id, kind=kind, on=on, note="", by=plumber.owner)

    assert not LegalDate.objects.exists()
