"""`/Calls`: create, fetch, update, list, delete."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from integrations.twilio.simulation.call import Call
from integrations.twilio.simulation.checks import (
    Fields,
    check_call_numbers,
    read_call_order,
    read_fallback,
    read_source,
)
from integrations.twilio.simulation.config import SimAccount
from integrations.twilio.simulation.engine import PRICE_PER_MINUTE, CallEngine
from integrations.twilio.simulation.errors import TwilioError, bad_request, not_found
from integrations.twilio.simulation.paging import page_json
from integrations.twilio.simulation.render import call_json
from integrations.twilio.simulation.rest import Answer, Asked
from integrations.twilio.simulation.world import World

NOT_IN_PROGRESS = "Call is not in-progress. Cannot redirect."
FILTERS = frozenset(
    [
        "To",
        "From",
        "ParentCallSid",
        "Status",
        "StartTime",
        "StartTime<",
        "StartTime>",
        "EndTime",
        "EndTime<",
        "EndTime>",
    ]
)


class CallsResource:
    def __init__(self, world: World, engine: CallEngine) -> None:
        self.world = world
        self.engine = engine

    def create(self, asked: Asked) -> Answer:
        """Accept a call. It is dialed when its turn in the account's queue comes."""
        fields, account = asked.fields, asked.account
        to, from_ = check_call_numbers(fields, account, self.world.config.callable_countries)
        order = read_call_order(fields)
        if order.async_amd and order.machine_detection and not order.amd_callback:
            self.world.debug(21262, "AsyncAmd without AsyncAmdStatusCallback", account_sid=account.sid, level="WARNING")
        limit = account.concurrent_calls
        if limit is not None and len(self.world.open_calls(account.sid)) >= limit:
            raise bad_request(10004, "Call concurrency limit exceeded")
        wait = self._queue(account)
        call = self.world.new_call(
            account_sid=account.sid,
            to=to,
            from_=from_,
            direction="outbound-api",
            order=order,
            chosen=self.world.scenarios.for_call(to, order.source.url),
            queue_seconds=wait,
            faults=asked.faults,
        )
        return Answer(self._json(call), 201, lambda: self.engine.place(call), call.ringing_reported)

    def fetch(self, asked: Asked) -> Answer:
        return Answer(self._json(self._find(asked)))

    def update(self, asked: Asked) -> Answer:
        """End a call, or give it other instructions."""
        call, fields = self._find(asked), asked.fields
        status = fields.choice("Status", {"canceled", "completed"})
        source, fallback = read_source(fields), read_fallback(fields)
        if call.is_over:
            raise bad_request(21220, NOT_IN_PROGRESS)
        if status == "canceled" and call.status == "in-progress":
            raise bad_request(21220, "Call is in-progress. Cannot cancel.")
        if source is not None and not status and call.status != "in-progress":
            raise bad_request(21220, NOT_IN_PROGRESS)
        self._change_order(call, fields)
        if fallback is not None:
            call.order = replace(call.order, fallback=fallback)
        if status:
            self.engine.hang_up(call, "api")
        elif source is not None:
            self.engine.redirect(call, source)
        return Answer(self._json(call))

    def delete(self, asked: Asked) -> Answer:
        """Forget a finished call."""
        call = self._find(asked)
        if not call.is_over:
            raise TwilioError(409, 20009, "Cannot delete this resource before it is complete")
        del self.world.calls[call.sid]
        return Answer(None, 204)

    def list(self, asked: Asked) -> Answer:
        """Newest first. Times are compared by their date in GMT."""
        wanted = [(name, value) for name, value in asked.query if name in FILTERS and value]
        calls = [c for c in self.world.calls.values() if c.account_sid == asked.account.sid]
        found = [c for c in reversed(calls) if all(_matches(c, name, value) for name, value in wanted)]
        items = [self._json(call) for call in found]
        return Answer(page_json("calls", items, path=asked.url_path, query=asked.query))

    def _queue(self, account: SimAccount) -> float:
        """Take the account's next slot; the wait until then in machine seconds."""
        now = self.world.clock.machine()
        slot = max(now, self.world.next_slot.get(account.sid, now))
        if slot - now > self.world.config.queue_limit_seconds:
            raise bad_request(22005, "Call queue is full: there are more than 24 hours of calls in your call queue")
        self.world.next_slot[account.sid] = slot + 1 / account.calls_per_second
        return slot - now

    def _change_order(self, call: Call, fields: Fields) -> None:
        if callback := fields.url("StatusCallback", 21609):
            method = fields.method("StatusCallbackMethod")
            call.order = replace(call.order, status_callback=callback, status_callback_method=method)
        if fields.get("TimeLimit"):
            self.engine.limit(call, fields.number("TimeLimit", 14_400))

    def _find(self, asked: Asked) -> Call:
        call = self.world.calls.get(asked.path["sid"])
        if call is None or call.account_sid != asked.account.sid:
            raise not_found(asked.url_path)
        return call

    def _json(self, call: Call) -> dict[str, Any]:
        return call_json(call, price_per_minute=PRICE_PER_MINUTE, queue_milliseconds=round(call.queue_seconds * 1000))


def _matches(call: Call, name: str, value: str) -> bool:
    match name:
        case "To":
            return call.to == value
        case "From":
            return call.from_ == value
        case "ParentCallSid":
            return call.parent_sid == value
        case "Status":
            return call.status == value
    moment = call.started_at if name.startswith("Start") else call.ended_at  # none while it waits in the queue
    return _date_fits(moment, name[-1], value)


def _date_fits(moment: datetime | None, comparison: str, value: str) -> bool:
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        raise bad_request(20001, f"not a date: {value}") from None
    if moment is None:
        return False
    # The vendor's `StartTime<` and `StartTime>` include the day itself.
    if comparison == "<":
        return moment.date() <= day
    return moment.date() >= day if comparison == ">" else moment.date() == day
