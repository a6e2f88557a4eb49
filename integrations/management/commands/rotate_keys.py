"""``rotate_keys``: every stored secret under the newest key, so that older keys may go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Business
from integrations import secrets
from integrations.models import CarrierAccount, Connection, PendingSignIn, Registration
from syntharra.tenancy import acting_for

type Sealed = Connection | PendingSignIn | Registration | CarrierAccount
SEALED: tuple[type[Sealed], ...] = (Connection, PendingSignIn, Registration, CarrierAccount)


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
                for table in SEALED:
                    for pk in table.objects.exclude(secrets=b"").order_by("pk").values_list("pk", flat=True):
                        try:
                            resealed += self._reseal(table, pk)
                            kept += 1
                        except secrets.Unreadable:
                            unreadable.append(f"{table._meta.verbose_name} {pk}")
        if unreadable:
            names = ", ".join(unreadable)
            raise CommandError(
                f"{len(unreadable)} secrets cannot be opened with any key of FIELD_KEYS; their owners must reconnect, "
                f"or the key that sealed them must come back: {names}"
            )
        self.stdout.write(f"{kept} secrets are under the newest key ({resealed} resealed). Older keys may go.")

    @transaction.atomic
    def _reseal(self, table: type[Sealed], pk: Any) -> int:
        row = table.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
        sealed = bytes(row.secrets) if row is not None else b""
        if row is None or not sealed or secrets.under_newest_key(sealed):
            return 0
        row.secrets = secrets.rotated(sealed)
        row.save(update_fields=["secrets"])
        return 1
