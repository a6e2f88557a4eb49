"""Reasons of the product itself. Each speaks only when its fact was given; one fact, one code."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from compliance.facts import Channel, Facts, ProductFacts
from compliance.rules.case import Case, Finding
from compliance.rules.standing import YOUR_DECISION


def _collecting(case: Case) -> bool:
    return case.collecting


def _calling(case: Case) -> bool:
    return case.calling


def _collecting_or_calling(case: Case) -> bool:
    return case.collecting or case.calling


def _collecting_by_call(case: Case) -> bool:
    return case.collecting and case.calling


def _texting(case: Case) -> bool:
    return case.facts.channel is Channel.SMS


def _calling_a_consumer(case: Case) -> bool:
    return case.calling and case.consumer


@dataclass(frozen=True, slots=True)
class _Reason:
    fact: str
    binds: Callable[[Case], bool] = _collecting
    until: str | None = None

    @property
    def code(self) -> str:
        return self.fact.upper()


REASONS = (
    _Reason("business_stopped", _collecting_or_calling),
    _Reason("books_stale"),
    _Reason("invoice_frozen"),
    _Reason("invoice_paused"),
    _Reason("owner_decides"),
    _Reason("on_hold", until="hold_until"),
    _Reason("not_approved"),
    _Reason("credit_on_account"),
    _Reason("payment_in_flight"),
    _Reason("not_sent"),
    _Reason("no_terms"),
    _Reason("check_first"),
    _Reason("consumer_calls_off", _calling_a_consumer),
    # The first call may come before the notice and its pay link with it: only a further call waits.
    _Reason("validation_notice_missing", _collecting_by_call),
    _Reason("verification_missing"),
    _Reason("below_minimum"),
    _Reason("backlog"),
    _Reason("promise_running", until="promise_until"),
    _Reason("call_live", _calling),
    _Reason("number_contacted_recently", _calling, until="number_free_at"),
    _Reason("installation_not_ready", _calling),
    _Reason("texts_off", _texting),
)

_FACTS: Callable[[ProductFacts], tuple[bool | None, ...]] = attrgetter(*(reason.fact for reason in REASONS))


def found(case: Case) -> Iterator[Finding]:
    for reason in _speaking(case):
        end = _end(case, reason)
        if end is None:
            yield case.finding(reason.code)
        elif case.facts.at < end:
            yield case.finding(reason.code, figures={"until": end.isoformat()}, curable=True)


def ends(case: Case) -> list[datetime]:
    """When the reasons with a known end are over."""
    return [end for reason in _speaking(case) if reason.until and (end := _end(case, reason))]


def _speaking(case: Case) -> list[_Reason]:
    """Those whose fact was given and that bind such a contact, in their order."""
    facts = case.facts
    given = _FACTS(facts.product)
    if True not in given and facts.left_reason != YOUR_DECISION and facts.due_date is not None:
        return []
    return [
        reason
        for reason, fact in zip(REASONS, given, strict=True)
        if (fact is True or reason.fact in _ELSEWHERE) and reason.binds(case) and _given(facts, reason.fact, fact)
    ]


# Facts that also follow from what stands elsewhere.
_ELSEWHERE = frozenset({"owner_decides", "no_terms"})


def _given(facts: Facts, name: str, value: bool | None) -> bool:
    match name:
        case "invoice_frozen":
            return value is True and facts.flags.dispute is None
        case "owner_decides":
            return value is True or facts.left_reason == YOUR_DECISION
        case "no_terms":
            return value is True or facts.due_date is None
    return value is True


def _end(case: Case, reason: _Reason) -> datetime | None:
    return getattr(case.facts.product, reason.until) if reason.until else None
