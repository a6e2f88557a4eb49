"""``rotate_keys``: every stored secret under the newest key, so that older keys may go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Business
from integrations import secrets
from integrations.models import Connection
from syntharra.tenancy import acting_for


class Command(BaseCommand):
    help = (
        "Seals every stored secret anew under the first key of FIELD_KEYS. Put the new key in front of the old ones, "
        "restart, run this, then remove the old ones. Safe to repeat and while the product runs."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        kept = resealed = 0
        unreadable: list[str] = []
        for business in Business.objects.order_by("pk"):
            with acting_for(business.pk):
                for pk in Connection.objects.exclude(secrets=b"").order_by("pk").values_list("pk", flat=True):
                    try:
                        resealed += self._reseal(pk)
                        kept += 1
                    except secrets.Unreadable:
                        unreadable.append(str(pk))
        if unreadable:
            names = ", ".join(unreadable)
            raise CommandError(
                f"{len(unreadable)} secrets cannot be opened with any key of FIELD_KEYS; their owners must reconnect, "
                f"or the key that sealed them must come back: connections {names}"
            )
        self.stdout.write(f"{kept} secrets are under the newest key ({resealed} resealed). Older keys may go.")

    @transaction.atomic
    def _reseal(self, pk: Any) -> int:
        connection = Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
        sealed = bytes(connection.secrets)
        if not sealed or secrets.under_newest_key(sealed):
            return 0
        connection.secrets = secrets.rotated(sealed)
        connection.save(update_fields=["secrets"])
        return 1
