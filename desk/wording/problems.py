"""What keeps us from reading the books, as the frame's banner, the connection's page and the letter say it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from integrations import problems
from integrations.models import Connection, Provider
from syntharra import clock

STALE_AFTER = timedelta(minutes=60)


@dataclass(frozen=True)
class Trouble:
    """``last_good`` is None before the first reading; ``said`` are the vendor's own words, for whoever asks its support."""

    title: str
    words: str
    next_step: str
    last_good: datetime | None
    reconnect: bool = False
    since: datetime | None = None
    said: str = ""


def trouble_of(connection: Connection) -> Trouble | None:
    """None while the books can be read and were read lately. A spreadsheet is as new as its owner's last word."""
    if connection.state == Connection.State.DISCONNECTED:
        return None
    last = connection.synced_at
    broken = connection.state == Connection.State.RECONNECT
    if broken or connection.problem:
        said = problems.about(connection.problem or "reconnect_needed", vendor=connection.get_provider_display())
        return Trouble(
            *(said.title, said.words, said.next_step, last),
            reconnect=broken,
            since=connection.problem_since,
            said=connection.problem_detail,
        )
    if connection.provider == Provider.FILE:
        return _old_file(last)
    if last is not None and clock.now() - last > STALE_AFTER:
        title = _("We have not read your books for a while")
        return Trouble(title, _("Nobody is called on old figures."), _("We try again by ourselves."), last, since=last)
    return None


def _old_file(last: datetime | None) -> Trouble | None:
    """Nobody is called from a list that was confirmed too long ago."""
    if last is None or clock.now() - last <= timedelta(days=settings.FILE_FRESH_DAYS):
        return None
    said = problems.about("file_old")
    return Trouble(said.title, said.words, said.next_step, last, since=last + timedelta(days=settings.FILE_FRESH_DAYS))


def has_lasted(connection: Connection) -> bool:
    """Whether the books have not been read for so long that somebody should know: minutes pass by themselves."""
    return clock.now() - (connection.synced_at or connection.connected_at) > STALE_AFTER


def banner_of(connections: Iterable[Connection]) -> Trouble | None:
    """What every page says about these books: only what stops calls, the sharpest first; each by name among several."""
    live = [connection for connection in connections if connection.state != Connection.State.DISCONNECTED]
    found = [(connection, trouble) for connection in live if (trouble := trouble_of(connection)) and _stops(connection)]
    if not found:
        return None
    found.sort(key=lambda pair: not pair[1].reconnect)
    if len(live) == 1:
        return found[0][1]
    return _first_of(found, among=len(live))


def name_of(connection: Connection) -> str:
    """``QuickBooks Online (Ava's Plumbing)``."""
    names = {"vendor": connection.get_provider_display(), "company": connection.company or connection.account}
    return _("%(vendor)s (%(company)s)") % names


def _stops(connection: Connection) -> bool:
    return connection.state != Connection.State.CONNECTED or has_lasted(connection)


def _first_of(found: Sequence[tuple[Connection, Trouble]], *, among: int) -> Trouble:
    connection, worst = found[0]
    others = [f"{name_of(one)}: {trouble.title}." for one, trouble in found[1:]]
    if len(found) < among:
        others.append(_("Calls about your other books go on."))
    return Trouble(
        title=f"{name_of(connection)}: {worst.title}",
        words=worst.words,
        next_step=" ".join([worst.next_step, *others]),
        last_good=worst.last_good,
        reconnect=worst.reconnect,
    )
