"""The letter about books that cannot be read: to owners and managers, once a day while it lasts, from nine in the morning.

Nobody is called meanwhile, so somebody should know; minutes of trouble pass by themselves and are not worth a letter.
"""

from datetime import date, time
from typing import Any
from urllib.parse import urljoin
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from accounts.models import Membership, Role
from desk.wording.problems import has_lasted, trouble_of
from integrations import health
from integrations.models import Connection, ConnectionDoor
from notifications.letters import NoLongerTrue, letter_facts
from notifications.members import mail_to
from notifications.models import Message
from notifications.outbox import owe
from syntharra import clock, logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)

LETTER = "books_stale"
FROM = time(9, 0)
TOLD = (Role.OWNER, Role.MANAGER)


def register() -> None:
    """Say what the letter tells."""
    letter_facts(LETTER, _facts)


def sweep() -> int:
    """Owe today's letters of every business that has books connected; how many letters."""
    owed = 0
    for business_id in ConnectionDoor.objects.order_by().values_list("business_id", flat=True).distinct():
        try:
            with acting_for(business_id):
                owed += tell_of_all()
        except Exception:  # one business in trouble holds up nobody else
            log.exception("stale_books_failed", business=str(business_id))
    return owed


def tell_of_all() -> int:
    """Owe today's letters about each of the current business's books; how many letters."""
    live = Connection.objects.exclude(state=Connection.State.DISCONNECTED).select_related("business")
    return sum(_tell(connection.pk, today) for connection in live if (today := _due(connection)) is not None)


def _due(connection: Connection) -> date | None:
    """The firm's own day on which a letter is to be written now; None when none is."""
    local = clock.now().astimezone(ZoneInfo(connection.business.time_zone))
    if local.time() < FROM or connection.told_stale_on == local.date():
        return None
    return local.date() if trouble_of(connection) is not None and has_lasted(connection) else None


@transaction.atomic
def _tell(connection_id: UUID, today: date) -> int:
    connection = health.held(connection_id)
    if _due(connection) != today:
        return 0
    connection.told_stale_on = today
    connection.save(update_fields=["told_stale_on"])
    told = Membership.objects.filter(business=connection.business, role__in=TOLD).select_related("user")
    key, facts = f"{connection.pk}:{today}", {"connection": str(connection.pk)}
    return len(owe(*(mail_to(one, "books_stale", key=key, facts=facts) for one in told.order_by("user_id"))))


def _facts(message: Message) -> dict[str, Any]:
    """As it stands when the letter leaves. Raises NoLongerTrue when the books can be read again, or were let go."""
    connection = Connection.objects.filter(pk=message.facts["connection"]).first()
    with translation.override(message.language):
        trouble = trouble_of(connection) if connection is not None else None
    if connection is None or trouble is None:
        raise NoLongerTrue("the books can be read again, or were disconnected")
    others = Connection.objects.exclude(state=Connection.State.DISCONNECTED).exclude(pk=connection.pk)
    return {
        "vendor": connection.get_provider_display(),
        "company": connection.company or connection.account,
        "trouble": trouble,
        "others": others.exists(),
        "url": urljoin(settings.PUBLIC_URL, reverse("connection", args=[connection.pk])),
    }
