"""The latest payments: the list of payments cannot be asked for what changed, but it can be read from its newest end."""

from typing import Any

from django.utils.translation import gettext as _

from integrations import fields
from integrations.errors import Unavailable
from integrations.fields import Json
from integrations.jobber import documents, mapping
from integrations.jobber.client import Client
from integrations.jobber.walking import rows_of

REMEMBERED = 2 * documents.LATEST


def heads(client: Client) -> list[str]:
    """The newest ones, as they are remembered until the next time."""
    rows, _more = _page(client, "")
    return _ids(rows)


def news(client: Client, known: list[str]) -> tuple[list[Json], list[str]]:
    """What came or changed since these were the newest, and what is the newest now.

    They stand in the order of their last change: one that stands before another that it stood behind was changed. The
    very first is always among the news, for nobody can tell whether it was changed again.
    """
    found: list[Json] = []
    after = ""
    while True:
        rows, following = _page(client, after)
        fresh = _fresh(rows, known)
        found += rows[:fresh]
        if fresh < len(rows) or not following:
            break
        if following == after:
            raise Unavailable(_("Jobber sent the same page twice."), problem="answer_garbled")
        after = following
    newest = list(dict.fromkeys([*_ids(found), *_ids(rows), *known]))[:REMEMBERED]
    return found or rows[:1], newest


def is_loose(raw: Any) -> bool:
    """Whether it is money of a client of theirs on no invoice yet."""
    return isinstance(raw, dict) and raw.get("invoice") is None and not mapping.left_out("payment", raw)


def invoices(raws: list[Json]) -> list[str]:
    """The invoices these are on."""
    named = (raw["invoice"].get("id") for raw in raws if isinstance(raw.get("invoice"), dict))
    return [fields.clean(one) for one in named if isinstance(one, str) and one]


def _fresh(rows: list[Json], known: list[str]) -> int:
    """How many at the top are news: all above the longest end that still stands as it stood."""
    place = {external_id: number for number, external_id in enumerate(known)}
    behind, count = len(known), len(rows)
    for row in reversed(rows):
        stood = place.get(fields.clean(row.get("id")))
        if stood is None or stood >= behind:
            break
        behind, count = stood, count - 1
    return count


def _page(client: Client, after: str) -> tuple[list[Json], str]:
    said = client.run(documents.LATEST_PAYMENTS, first=documents.LATEST, after=after or None)
    rows, more = rows_of(said, "paymentRecords")
    return [row for row in rows if isinstance(row, dict)], more


def _ids(rows: list[Json]) -> list[str]:
    return [fields.clean(row.get("id")) for row in rows]
