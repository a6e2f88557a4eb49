"""POST /v2/events: what was told in the last four weeks, for whoever missed it."""

from integrations.simulation.call import Answer, Call, json_answer
from integrations.square.simulation import bodies, notices
from integrations.square.simulation.invoices import body_limit
from integrations.square.simulation.paging import page
from integrations.square.simulation.values import Json, moment
from integrations.square.simulation.world import SquareWorld

MOST = 100


def searched(world: SquareWorld, call: Call) -> Answer:
    """A seller's token finds the seller's events, the application's own those of all its sellers."""
    body = bodies.body(call, ("cursor", "limit", "query"))
    wanted = bodies.sub(body, "query", "", ("filter", "sort"))
    path = "query.filter"
    filtered = bodies.sub(wanted, "filter", "query", ("event_types", "merchant_ids", "location_ids", "created_at"))
    types = bodies.texts(filtered, "event_types", path)
    merchants = bodies.texts(filtered, "merchant_ids", path)
    places = bodies.texts(filtered, "location_ids", path)
    start, end = bodies.time_range(filtered, "created_at", path)
    sort = bodies.sub(wanted, "sort", "query", ("field", "order"))
    bodies.choice(sort, "field", "query.sort", ("DEFAULT",))
    order = bodies.choice(sort, "order", "query.sort", ("ASC", "DESC"), "DESC")
    found = [
        one
        for one in notices.lately(world, world.settings.events_kept_days)
        if call.account in ("", one["merchant_id"])
        and (not types or one["type"] in types)
        and (not merchants or one["merchant_id"] in merchants)
        and (not places or one.get("location_id") in places)
        and (start is None or moment(one["created_at"]) >= start)
        and (end is None or moment(one["created_at"]) <= end)
    ]
    shown, following = page(
        found,
        key=lambda one: [moment(one["created_at"]).isoformat(timespec="milliseconds"), one["event_id"]],
        query={"events": [filtered, order], "account": call.account},
        cursor=bodies.text(body, "cursor", longest=256),
        limit=body_limit(body, MOST, MOST),
        descending=order == "DESC",
        empty_pages=world.settings.empty_pages,
    )
    answer: Json = {}
    if shown:
        answer["events"] = shown
        answer["metadata"] = [{"event_id": one["event_id"], "api_version": world.settings.api_version} for one in shown]
    return json_answer({**answer, "cursor": following} if following else answer)
