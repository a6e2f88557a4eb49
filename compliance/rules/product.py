"""Reasons of the product itself. Each speaks only when its fact was given; one fact, one code."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from compliance.facts import ProductFacts
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
)

NOTHING_GIVEN = ProductFacts()


def found(case: Case) -> Iterator[Finding]:
    facts = case.facts
    if facts.product == NOTHING_GIVEN and not facts.left_reason and facts.due_date:
        return
    for reason in REASONS:
        if not reason.binds(case) or not _given(case, reason.fact):
            continue
        end = _end(case, reason)
        if end is None:
            yield case.finding(reason.code)
        elif case.facts.at < end:
            yield case.finding(reason.code, figures={"until": end.isoformat()}, curable=True)


def ends(case: Case) -> list[datetime]:
    """When the reasons with a known end are over."""
    return [
        end
        for reason in REASONS
        if reason.until and reason.binds(case) and _given(case, reason.fact) and (end := _end(case, reason))
    ]


def _given(case: Case, fact: str) -> bool:
    facts = case.facts
    given = getattr(facts.product, fact) is True
    match fact:
        case "invoice_frozen":
            return given and facts.flags.dispute is None
        case "owner_decides":
            return given or facts.left_reason == YOUR_DECISION
        case "no_terms":
            return given or facts.due_date is None
    return given


def _end(case: Case, reason: _Reason) -> datetime | None:
    return getattr(case.facts.product, reason.until) if reason.until else None
