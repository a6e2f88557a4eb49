"""``I'm in Denver now``: the zone binds every call to come beside those of number and address, and a time is meant on it."""

from datetime import UTC, date, datetime, time

import pytest

from calls.acts import Scene, carry_out
from calls.agent.acts import Act, Callback, Restrict, Whereabouts
from calls.agent.codec import pack, unpack
from calls.agent.conversation import advance
from calls.agent.events import Said
from calls.agent.steps import Step
from calls.agent.where_now import zones_said
from calls.facts import collect_facts
from calls.models import Call
from calls.outcomes import finish
from compliance.gate import decide
from compliance.models import Channel, Purpose, Statement
from compliance.registry import Ask
from compliance.rulebook import RuleBook
from tests.calls.agent_cast import consumer, known
from tests.calls.line import on_the_line
from tests.cast import Firm, make_customer, make_invoice

EAST, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"


def hears(words: str) -> Step:
    return advance(known(consumer()), Said(words))


@pytest.mark.parametrize(
    ("words", "zones"),
    [
        ("I'm in Denver now", (MOUNTAIN,)),
        ("well I'm out here in San Diego these days, call me at three", (PACIFIC,)),
        ("we moved to Phoenix last year", ("America/Phoenix",)),
        ("I live in St. Louis now", (CENTRAL,)),
        ("he's currently in Seattle", (PACIFIC,)),
        ("we're in Hawaii until Friday", ("Pacific/Honolulu",)),
        ("I'm calling from New York", (EAST,)),
        ("we are down in Florida for the winter", (CENTRAL, EAST)),  # the panhandle has another clock
        ("I'm in Portland", (EAST, PACIFIC)),  # there are two
        ("call me at three pacific time", (PACIFIC,)),
        ("it's four o'clock mountain standard time", (MOUNTAIN,)),
        ("estoy en Los Ángeles ahora", (PACIFIC,)),
        ("nos mudamos a Chicago", (CENTRAL,)),
        ("a las tres, hora del este", (EAST,)),
    ],
)
def test_where_somebody_is_is_heard(words: str, zones: tuple[str, ...]) -> None:
    assert set(zones_said(words)) == set(zones)


@pytest.mark.parametrize(
    "words",
    [
        "I'm not in Denver",
        "I was in Denver last week",
        "we were in Chicago when you came",
        "I'm in charge of the bills",
        "I'm at Washington Street",
        "my brother's office in Denver pays that",
        "I'm from Texas",
        "this is Virginia",
        "I'll pay on Friday",
        "call me some other time",
        "",
    ],
)
def test_a_name_or_a_place_of_something_else_is_none(words: str) -> None:
    assert zones_said(words) == ()


def test_it_is_put_on_record_before_the_time_that_is_named_with_it() -> None:
    step = hears("I'm in Denver now, call me back tomorrow at three")

    assert [type(act) for act in step.acts] == [Whereabouts, Callback]
    assert step.acts[0] == Whereabouts("I'm in Denver now, call me back tomorrow at three", (MOUNTAIN,))


def test_it_takes_nothing_from_what_else_is_said() -> None:
    step = hears("I'm in Denver now, don't call me before noon")

    assert {Restrict, Whereabouts} <= {type(act) for act in step.acts}


def test_silence_says_nothing_new() -> None:
    after = hears("I'm in Denver now").state

    assert not [act for act in advance(after, Said(" ")).acts if isinstance(act, Whereabouts)]


def test_a_killed_relay_loses_none_of_it() -> None:
    act = Whereabouts("I'm in Portland", (EAST, PACIFIC))

    assert unpack(Whereabouts, pack(act)) == act


@pytest.mark.django_db
@pytest.mark.usefixtures("tuesday")
def test_every_later_call_keeps_the_hours_of_that_place_too(plumber: Firm) -> None:
    """Nine in Columbus is seven in Denver: from eleven on, until the firm closes at five in Columbus."""
    customer = make_customer(plumber)
    invoice = make_invoice(plumber, customer)
    attempt = on_the_line(customer)
    call = Call.objects.get(attempt=attempt)
    for _twice in range(2):
        carry_out(Scene(line_id=attempt.pk, call_id=call.pk), [Whereabouts("I'm in Denver now", (MOUNTAIN,))])
    finish(attempt.pk, "no_answer")

    told = Statement.objects.get()
    assert (told.kind, told.zone, told.source, told.words) == ("zone", MOUNTAIN, f"call:{call.pk}", "I'm in Denver now")

    def at(hour: int) -> tuple[str, ...]:
        ask = Ask(
            purpose=Purpose.COLLECT, channel=Channel.CALL, to=attempt.to, at=datetime(2026, 10, 13, hour, 30, tzinfo=UTC),
            customer_id=customer.pk, invoice_id=invoice.pk,
        )  # fmt: skip
        return decide(collect_facts(ask), RuleBook.load()).all_reasons

    assert "HOURS_HOUSE" in at(14)  # half past ten in Columbus, half past eight in Denver
    assert "HOURS_HOUSE" not in at(15)


@pytest.mark.django_db
@pytest.mark.usefixtures("tuesday")
def test_three_oclock_is_meant_where_he_is(plumber: Firm) -> None:
    customer = make_customer(plumber)
    make_invoice(plumber, customer)
    attempt = on_the_line(customer)
    call = Call.objects.get(attempt=attempt)
    asked: list[Act] = [
        Whereabouts("I'm in Denver", (MOUNTAIN,)),
        Callback(date(2026, 10, 8), time(15), "thursday at three"),
    ]

    carry_out(Scene(line_id=attempt.pk, call_id=call.pk), asked)

    attempt.refresh_from_db()
    assert attempt.callback_at == datetime(2026, 10, 8, 21, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.usefixtures("tuesday")
@pytest.mark.parametrize(("address", "told"), [("US-OH", MOUNTAIN), ("US-CO", EAST)])
def test_where_he_said_he_is_on_an_earlier_call_counts_beside_his_address(
    plumber: Firm, address: str, told: str
) -> None:
    """Of the two clocks the later hour is meant, whichever of them it is on: three in Denver."""
    customer = make_customer(plumber)
    customer.state = address
    customer.save(update_fields=["state"])
    make_invoice(plumber, customer)
    earlier = on_the_line(customer)
    scene = Scene(line_id=earlier.pk, call_id=Call.objects.get(attempt=earlier).pk)
    carry_out(scene, [Whereabouts("I'm there now", (told,))])
    finish(earlier.pk, "no_answer")
    attempt = on_the_line(customer, number=2)

    scene = Scene(line_id=attempt.pk, call_id=Call.objects.get(attempt=attempt).pk)
    carry_out(scene, [Callback(date(2026, 10, 8), time(15), "thursday at three")])

    attempt.refresh_from_db()
    assert attempt.callback_at == datetime(2026, 10, 8, 21, tzinfo=UTC)
