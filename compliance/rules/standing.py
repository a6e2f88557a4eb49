"""May this person be contacted about this invoice at all? Nothing in here is cured by waiting."""

from collections.abc import Iterator
from datetime import date, timedelta

from compliance.facts import Channel, Consent, Paper, Purpose, Role
from compliance.law import Layer, Limitation, Source
from compliance.records import Json
from compliance.rules.case import Case, Finding

YOUR_DECISION = "your_decision"
STOP_CONFIRMED_WITHIN = timedelta(minutes=5)


def jurisdiction(case: Case) -> Iterator[Finding]:
    """Only open states are called, texted or asked for money."""
    closed = [name for name in case.place.jurisdictions if case.rules.state(name) is None]
    if closed and (case.collecting or case.phoning):
        yield case.finding("JURISDICTION_DISABLED", figures={"places": [*closed]})


def location(case: Case) -> Iterator[Finding]:
    """Without a zone no hour can be judged, without a state no state's law, without a usable number none can ring."""
    place = case.place
    placed = place.jurisdictions and (place.zones or case.facts.channel == Channel.LETTER)
    unusable = case.phoning and not place.has_usable_phone
    if unusable or (not placed and (case.phoning or case.collecting)):
        yield case.finding("LOCATION_UNKNOWN", figures={"phone": place.phone_problem})


def collectible(case: Case) -> Iterator[Finding]:
    """Open in the books, something owed, and still ours to collect."""
    facts = case.facts
    if facts.books_open is not True:
        yield case.finding("NOT_COLLECTIBLE", figures={"books_open": facts.books_open})
    elif facts.balance_positive is not True:
        yield case.finding("NOT_COLLECTIBLE", figures={"balance_positive": facts.balance_positive})
    elif facts.left_reason and facts.left_reason != YOUR_DECISION:
        yield case.finding("NOT_COLLECTIBLE", figures={"left_reason": facts.left_reason})


def dispute(case: Case) -> Iterator[Finding]:
    """Any dispute in any form stops collecting; the law's part of that is narrower."""
    live = case.facts.flags.dispute
    if live is None:
        return
    creditors_too = next((state for state in case.states if state.creditor_dispute_freeze), None)
    bound = case.facts.role == Role.THIRD_PARTY or creditors_too is not None
    by_law = case.consumer and live.written and live.within_30_days_of_notice and bound
    source = None
    if by_law and case.facts.role == Role.FIRST_PARTY and creditors_too:
        source = creditors_too.creditor_dispute_freeze
    layer = Layer.LAW if by_law else Layer.HOUSE
    figures: dict[str, Json] = {"written": live.written, "within_30_days_of_notice": live.within_30_days_of_notice}
    yield case.finding("DISPUTE_OPEN", layer, source=source, figures=figures)


def suppressions(case: Case) -> Iterator[Finding]:
    """Stops that bind every purpose. Only what asks for no money may still go to the person's attorney."""
    flags = case.facts.flags
    to_attorney = case.facts.to_attorney and not case.collecting
    if flags.bankruptcy:
        yield case.finding("BANKRUPTCY")
    if flags.deceased:
        yield case.finding("DECEASED")
    if flags.attorney and not to_attorney:
        yield case.finding("ATTORNEY_REPRESENTED", case.collector_layer)
    if flags.cease and not to_attorney:
        yield case.finding("CEASE_REQUESTED", case.collector_layer)
    if flags.wrong_number:
        yield case.finding("WRONG_NUMBER", case.mobile_layer if case.phoning else Layer.HOUSE)
    if case.facts.consent == Consent.REVOKED and case.facts.channel != Channel.LETTER and not _confirms_stop(case):
        yield case.finding("CONSENT_REVOKED")
    unknown_counts = case.phoning  # a number may be the workplace; an address is one only when known to be
    at_work = case.facts.at_work is True or (unknown_counts and case.facts.at_work is None)
    if flags.workplace_refused and at_work:
        yield case.finding("INCONVENIENT_PLACE", case.collector_layer)


def _confirms_stop(case: Case) -> bool:
    """One text that does nothing but confirm a stop may follow it within five minutes (47 CFR 64.1200(a)(12))."""
    said, facts = case.facts.confirms_stop_at, case.facts
    texting = facts.channel == Channel.SMS and facts.purpose == Purpose.SERVICE
    return texting and said is not None and timedelta(0) <= facts.at - said <= STOP_CONFIRMED_WITHIN


def consent(case: Case) -> Iterator[Finding]:
    """An artificial voice needs a recorded yes: by law to anything that may be a mobile, by the house to every line."""
    facts = case.facts
    if (expired := consent_expired_from(case)) and case.today >= expired:
        age = case.rules.file.consent_age
        figures: dict[str, Json] = {"consent_on": str(facts.consent_on), "good_for_days": age.days}
        yield case.finding("CONSENT_MISSING", Layer.HOUSE, source=age.source, figures=figures)
    if facts.consent != Consent.NONE:
        return
    if case.phoning:
        agreement = next((s.automated_voice_consent for s in case.states if s.automated_voice_consent), None)
        if case.mobile_layer is Layer.HOUSE and case.calling and agreement:
            yield case.finding("CONSENT_MISSING", Layer.LAW, source=agreement)
        else:
            yield case.finding("CONSENT_MISSING", case.mobile_layer, figures={"line_type": facts.line_type.value})
    if facts.channel in (Channel.SMS, Channel.EMAIL) and case.consumer and case.collecting:
        electronic = case.rules.file.electronic_consent
        here = electronic.places & set(case.place.jurisdictions)
        if here or (electronic.nyc and case.place.in_nyc):
            yield case.finding("CONSENT_MISSING", Layer.LAW, source=electronic.source)


def consent_expired_from(case: Case) -> int | None:
    """The local date from which a consent nobody confirmed is too old to ring a number on; None where that binds nothing."""
    facts = case.facts
    if facts.consent != Consent.EXPRESS or facts.consent_on is None or not case.phoning:
        return None
    return facts.consent_on.toordinal() + case.rules.file.consent_age.days + 1


def license(case: Case) -> Iterator[Finding]:
    """Who collects for others needs a license, or counsel's opinion on record, in the states that ask for one."""
    facts = case.facts
    if facts.role != Role.THIRD_PARTY:
        return
    missing = [
        state
        for state in case.states
        if state.needs_license
        and (facts.has_license is False or (facts.licensed_in is not None and state.code not in facts.licensed_in))
    ]
    if missing:
        names = [state.code for state in missing]
        yield case.finding("LICENCE_MISSING", source=missing[0].license_source, figures={"states": [*names]})


def time_barred(case: Case) -> Iterator[Finding]:
    """Too old to be sued for."""
    if barred := barred_from(case):
        day, years, source = barred
        if date.fromordinal(case.today) > day:
            figures: dict[str, Json] = {"years": years, "barred_after": day.isoformat()}
            yield case.finding("TIME_BARRED", source=source, figures=figures)


def barred_from(case: Case) -> tuple[date, int, Source] | None:
    """The last day on which the debt may still be called on; the shortest limit of the states concerned."""
    due = case.facts.due_date
    if due is None or not case.states:
        return None
    limits = [limit for state in case.states if _is_home(case, state.code) for limit in _limits(case, state.code)]
    if not limits:
        return None
    shortest = min(limits, key=lambda limit: limit.years)
    if due.year + shortest.years > date.max.year:
        return None
    last = due.month, min(due.day, 28) if due.month == 2 else due.day
    return date(due.year + shortest.years, *last), shortest.years, shortest.source


def _is_home(case: Case, code: str) -> bool:
    """The state of the address; while that is unknown, of the number."""
    return code == case.facts.address_state if case.facts.address_state else True


def _limits(case: Case, code: str) -> Iterator[Limitation]:
    federal = case.rules.file.federal
    for state in case.states:
        if state.code == code:
            yield state.limitation
    if case.facts.paper != Paper.WRITTEN:
        yield Limitation(federal.goods_exceptions.get(code, federal.goods_years), federal.goods_source)


def own_people(case: Case) -> Iterator[Finding]:
    """Mail to the firm's own people: a member, and no text after a STOP."""
    if case.facts.member is not True:
        yield case.finding("NOT_A_MEMBER")
    if case.facts.channel == Channel.SMS and case.facts.consent == Consent.REVOKED:
        yield case.finding("CONSENT_REVOKED")
    if case.facts.channel == Channel.SMS and case.facts.product.texts_off:
        yield case.finding("TEXTS_OFF")


BINDS_COLLECTING = (jurisdiction, collectible, dispute, suppressions, time_barred, consent, license, location)
BINDS_EVERYTHING = (jurisdiction, suppressions, consent, location)


def found(case: Case) -> Iterator[Finding]:
    if case.facts.purpose == Purpose.ACCOUNT:
        yield from own_people(case)
        return
    for rule in BINDS_COLLECTING if case.collecting else BINDS_EVERYTHING:
        yield from rule(case)
