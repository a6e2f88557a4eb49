"""Lists in pages, with the vendor's links."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from integrations.twilio.simulation.errors import bad_request
from integrations.twilio.simulation.webhooks import Form

DEFAULT_SIZE = 50
LARGEST_SIZE = 1000


def page_json(name: str, items: Sequence[dict[str, Any]], *, path: str, query: Form) -> dict[str, Any]:
    """One page of a list, newest first as given, in the vendor's envelope."""
    values = dict(query)
    size, number = _whole(values, "PageSize", DEFAULT_SIZE), _whole(values, "Page", 0)
    if not 1 <= size <= LARGEST_SIZE:
        raise bad_request(20007, f"Page size must be between 1 and {LARGEST_SIZE}")
    shown = list(items[number * size : (number + 1) * size])
    filters = [(n, v) for n, v in query if n not in {"PageSize", "Page", "PageToken"}]

    def link(page: int, token: str = "") -> str:
        pairs = [*filters, ("PageSize", str(size)), ("Page", str(page))]
        return f"{path}?{urlencode(pairs + ([('PageToken', token)] if token else []))}"

    more = (number + 1) * size < len(items)
    return {
        name: shown,
        "end": number * size + max(0, len(shown) - 1),
        "first_page_uri": link(0),
        "next_page_uri": link(number + 1, f"PA{shown[-1]['sid']}") if more else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": link(number - 1, f"PB{shown[0]['sid']}") if number > 0 and shown else None,
        "start": number * size,
        "uri": link(number, values.get("PageToken", "")),
    }


def _whole(values: dict[str, str], name: str, default: int) -> int:
    text = values.get(name, "")
    if not text:
        return default
    if not text.isdigit():
        raise bad_request(20001, f"{name} is not a number: {text}")
    return int(text)
