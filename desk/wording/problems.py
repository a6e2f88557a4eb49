"""What keeps us from reading the books, as the frame's banner and the connection page say it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from integrations import problems
from integrations.models import Connection
from syntharra import clock

STALE_AFTER = timedelta(minutes=60)


@dataclass(frozen=True)
class Trouble:
    title: str
    words: str
    next_step: str
    last_good: datetime | None
    reconnect: bool = False


def trouble_of(connection: Connection) -> Trouble | None:
    """None while the books can be read and were read lately."""
    last = connection.synced_at
    vendor = connection.get_provider_display()
    broken = connection.state == Connection.State.RECONNECT
    if broken or connection.problem:
        said = problems.about(connection.problem or "reconnect_needed", vendor=vendor)
        return Trouble(said.title, said.words, said.next_step, last, reconnect=broken)
    if last is not None and clock.now() - last > STALE_AFTER:
        title = _("We have not read your books for a while")
        return Trouble(title, _("Nobody is called on old figures."), _("We try again by ourselves."), last)
    return None
