"""Contacts for the gate's tests: an ordinary lawful call, and strategies for all the others."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from compliance.facts import (
    Blackout,
    Channel,
    Consent,
    ContactEvent,
    DebtorType,
    Dispute,
    Facts,
    FirmSettings,
    Flags,
    LineType,
    Paper,
    ProductFacts,
    Purpose,
    Result,
    Role,
)
from compliance.gate import decide
from compliance.rulebook import RuleBook

RULES = RuleBook.load()
STATES = sorted(RULES.file.states)
# Winter Tuesday noon in Columbus, Ohio: eleven days past due, nothing speaks against a call.
NOON = datetime(2026, 12, 1, 17, tzinfo=UTC)


def a_call(**changes: Any) -> Facts:
    """A lawful call to Ben Oak, who owes for his business in Ohio, except for what is changed."""
    ordinary: dict[str, Any] = {
        "purpose": Purpose.COLLECT,
        "channel": Channel.CALL,
        "at": NOON,
        "phone": "+16145550102",
        "line_type": LineType.WIRELESS,
        "address_state": "US-OH",
        "debtor_type": DebtorType.BUSINESS,
        "role": Role.THIRD_PARTY,
        "consent": Consent.EXPRESS,
        "due_date": date(2026, 11, 20),
        "books_open": True,
        "balance_positive": True,
    }
    return Facts(**(ordinary | changes))


def a_consumer_call(**changes: Any) -> Facts:
    """The same to Marta Diaz, a private person."""
    return a_call(**({"debtor_type": DebtorType.CONSUMER, "phone": "+16145550101"} | changes))


def known(**facts: Any) -> ProductFacts:
    """Facts of the product by name, as a test's table has them."""
    return ProductFacts(**facts)


def flagged(**flags: Any) -> Flags:
    """Flags by name, as a test's table has them."""
    return Flags(**flags)


def reasons(facts: Facts) -> tuple[str, ...]:
    return decide(facts, RULES).all_reasons


def dialed(at: datetime, result: str = "no_answer", **more: bool) -> ContactEvent:
    return ContactEvent(at, Channel.CALL, Result(result), **more)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


AREA_CODES = sorted(RULES.file.area_codes)
PHONES = st.one_of(
    st.none(),
    st.sampled_from(AREA_CODES).map(lambda code: f"+1{code}5550142"),
    st.sampled_from(
        ["614", "607", "850", "423", "907", "808", "602", "415", "718", "617", "800", "888", "900", "222"]
    ).map(lambda code: f"+1{code}5550142"),
    st.sampled_from(["+442079460123", "+33123456789", "+18005550142", "+", "", "call the office", "+1", "+1614555014"]),
    st.text(max_size=20),
)
# Nights when clocks change, the turn of the year, observed holidays, a leap day.
NOTABLE = [
    *("2027-03-14T06:30", "2027-03-14T07:00", "2026-11-01T05:30", "2026-11-01T06:30", "2026-12-31T17:00"),
    *("2027-01-01T17:00", "2027-12-31T17:00", "2026-07-03T17:00", "2028-02-29T17:00", "2026-11-26T17:00"),
]
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)),  # noqa: DTZ001 (made aware below)
    st.builds(
        lambda text, minutes: datetime.fromisoformat(text) + timedelta(minutes=minutes),
        st.sampled_from(NOTABLE),
        st.integers(-2000, 2000),
    ),
).map(lambda moment: moment.replace(tzinfo=UTC))
CLOCK_TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45, 59]))
ZONES = st.sampled_from(
    ["America/Denver", "Pacific/Honolulu", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Havana"]
)


# Everything is drawn relative to the moment of the contact, so that the strategies are made once.
type Past = Callable[[datetime], ContactEvent]


def _event(minutes: int, channel: Channel, result: Result, at_work: bool, inbound: bool) -> Past:
    return lambda at: ContactEvent(at - timedelta(minutes=minutes), channel, result, at_work, inbound)


EVENTS = st.builds(
    _event,
    st.one_of(st.integers(1, 12 * 24 * 60), st.integers(1, 45 * 24 * 60)),
    st.sampled_from(Channel),
    st.sampled_from(Result),
    st.booleans(),
    st.booleans(),
)
HISTORIES: st.SearchStrategy[list[Past]] = st.one_of(
    st.just([]), st.lists(EVENTS, max_size=3), st.lists(EVENTS, max_size=9)
)
RARELY = st.sampled_from([False] * 12 + [True])
REFUSED_TIMES = st.lists(st.tuples(CLOCK_TIMES, CLOCK_TIMES), max_size=2).map(tuple)
DISPUTES = st.builds(Dispute, st.booleans(), st.booleans())
FLAGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "dispute": st.tuples(RARELY, DISPUTES).map(lambda drawn: drawn[1] if drawn[0] else None),
        **dict.fromkeys(("bankruptcy", "deceased", "attorney", "cease", "wrong_number", "workplace_refused"), RARELY),
        "not_between": REFUSED_TIMES,
        "not_on": st.sampled_from([(), (), (), (0,), (1, 4)]),
    }
)
CALLBACKS = st.one_of(st.none(), st.integers(-60, 6 * 24 * 60))
FIRMS = st.builds(
    FirmSettings,
    hours=st.one_of(
        st.sampled_from([None, (time(9), time(17))]),
        st.tuples(CLOCK_TIMES, CLOCK_TIMES).map(lambda pair: (min(pair), max(pair)) if pair[0] != pair[1] else None),
    ),
    weekdays=st.one_of(st.none(), st.frozensets(st.integers(0, 6), min_size=1)),
    max_attempts=st.sampled_from([None, 0, 2, 9]),
    min_gap_days=st.sampled_from([None, 1, 10]),
    first_attempt_day=st.sampled_from([None, 1, 14]),
)
PRODUCT: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("on_hold", "promise_running", "number_contacted_recently", "books_stale", "not_sent"),
        st.sampled_from([None, None, False, True]),
    ),
)
ENDS = st.one_of(st.none(), st.integers(-100, 20000))
COMMON: dict[str, st.SearchStrategy[Any]] = {
    "line_type": st.sampled_from(LineType),
    "city": st.sampled_from([None, "", "Brooklyn", "Albany"]),
    "extra_zones": st.one_of(st.just(()), st.tuples(ZONES)),
    "debtor_type": st.sampled_from(DebtorType),
    "role": st.sampled_from(Role),
    "at_work": st.sampled_from([None, True, False]),
    "firm": FIRMS,
}
ANYTHING: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        **COMMON,
        "purpose": st.sampled_from(Purpose),
        "channel": st.sampled_from([each for each in Channel if each != Channel.VOICEMAIL_DROP]),
        "phone": PHONES,
        "address_state": st.one_of(st.none(), st.sampled_from([*STATES, "CA-ON", "US-PR", "", "nowhere"])),
        "consent": st.sampled_from([Consent.EXPRESS] * 4 + list(Consent)),
        "paper": st.sampled_from(Paper),
        "books_open": st.sampled_from([True] * 8 + [False, None]),
        "balance_positive": st.sampled_from([True] * 8 + [False, None]),
        "left_reason": st.sampled_from([None] * 8 + ["your_decision", "agency"]),
        "has_license": st.sampled_from([None, None, True, False]),
        "consent_on": st.sampled_from([None, None, None, date(2026, 6, 1), date(2026, 12, 1), date(2027, 6, 1)]),
        "blackouts": st.sampled_from([(), (), (), (Blackout("US-OH", date(2026, 11, 30), date(2026, 12, 3)),)]),
        "licensed_in": st.sampled_from([None, None, frozenset(STATES), frozenset({"US-OH"})]),
        "to_attorney": st.booleans(),
        "member": st.sampled_from([None, True, False]),
    }
)
OPEN_AREA_CODES = [code for code in AREA_CODES if RULES.file.area_codes[code].place in RULES.file.states]
LAWFUL: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        **COMMON,
        "purpose": st.just(Purpose.COLLECT),
        "channel": st.just(Channel.CALL),
        "phone": st.sampled_from(OPEN_AREA_CODES).map(lambda code: f"+1{code}5550142"),
        "address_state": st.sampled_from([None, *STATES]),
        "consent": st.just(Consent.EXPRESS),
        "books_open": st.just(True),
        "balance_positive": st.just(True),
        "consent_on": st.sampled_from([None, None, None, date(2026, 6, 1), date(2026, 12, 1), date(2027, 6, 1)]),
        "blackouts": st.sampled_from([(), (), (), (Blackout("US-OH", date(2026, 11, 30), date(2026, 12, 3)),)]),
    }
)


@st.composite
def contacts(draw: st.DrawFn) -> Facts:
    """Any well-typed contact whatever."""
    at = draw(MOMENTS)
    days_ago = draw(st.one_of(st.integers(-5, 40), st.integers(0, 6000)))
    ends: dict[str, Any] = {name: draw(ENDS) for name in ("hold_until", "promise_until", "number_free_at")}
    return Facts(
        at=at,
        due_date=None if draw(RARELY) else at.date() - timedelta(days=days_ago),
        history=_resolved(draw(HISTORIES), at),
        person_history=_resolved(draw(HISTORIES), at),
        number_history=_resolved(draw(HISTORIES), at),
        flags=Flags(**draw(FLAGS), **_callback(draw(CALLBACKS), at)),
        product=ProductFacts(
            **draw(PRODUCT),
            **_ends(ends, at),
        ),
        **draw(ANYTHING),
    )


@st.composite
def callable_contacts(draw: st.DrawFn) -> Facts:
    """Collecting calls to open states of people who agreed, so that hours and budgets are what is left to judge."""
    at = draw(MOMENTS)
    return Facts(
        at=at,
        due_date=at.date() - timedelta(days=draw(st.integers(-2, 60))),
        history=_resolved(draw(HISTORIES), at),
        flags=Flags(
            not_between=draw(REFUSED_TIMES)[:1],
            not_on=draw(st.sampled_from([(), (), (1, 4)])),
            **_callback(draw(CALLBACKS), at),
        ),
        **draw(LAWFUL),
    )


def _resolved(drawn: list[Past], at: datetime) -> tuple[ContactEvent, ...]:
    return tuple(event(at) for event in drawn)


def _callback(minutes: int | None, at: datetime) -> dict[str, Any]:
    if minutes is None:
        return {}
    wanted = at + timedelta(minutes=minutes, seconds=minutes % 60)
    return {"callback_requested_utc": wanted} | ({"callback_asked_utc": at - timedelta(days=2)} if minutes % 2 else {})


def _ends(drawn: dict[str, int | None], at: datetime) -> dict[str, Any]:
    return {name: None if end is None else at + timedelta(seconds=61 * end) for name, end in drawn.items()}
