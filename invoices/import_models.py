"""A file on its way in: stored when it was read, looked at, then confirmed or discarded. And what was chosen for its like."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.models import Connection, Provider
from syntharra.states import Stateful
from syntharra.tenancy import TenantModel, TenantQuerySet


class ImportQuerySet(TenantQuerySet["ImportBatch"]):
    def confirmed(self) -> Self:
        """Newest first."""
        return self.filter(status="confirmed").order_by("-confirmed_at", "-pk")

    def waiting(self) -> Self:
        """Uploaded and neither confirmed nor discarded. Newest first."""
        return self.filter(status__in=("uploaded", "mapped")).order_by("-uploaded_at", "-pk")


class ImportBatch(TenantModel, Stateful):
    """One uploaded file. Nothing of it is a customer or an invoice until a member confirms it."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        MAPPED = "mapped", _("To be confirmed")
        CONFIRMED = "confirmed", _("Confirmed")
        DISCARDED = "discarded", _("Discarded")

    MOVES: ClassVar = {
        Status.UPLOADED: {Status.MAPPED, Status.DISCARDED},
        Status.MAPPED: {Status.MAPPED, Status.CONFIRMED, Status.DISCARDED},
        Status.CONFIRMED: set(),
        Status.DISCARDED: set(),
    }

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.UPLOADED)
    # None until it is confirmed: the first confirmed file makes the connection.
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, related_name="imports", db_constraint=False, null=True
    )
    file_name = models.CharField(max_length=160)
    file_hash = models.CharField(max_length=64)  # SHA-256 of the file
    kind = models.CharField(max_length=4)  # csv or xlsx
    sheet = models.CharField(max_length=120, blank=True)
    other_sheets = models.JSONField(default=list)
    header = models.JSONField()
    rows = models.JSONField()  # [[number in the file, [cell, …]], …]; emptied when it is confirmed or discarded
    row_count = models.PositiveIntegerField()
    choices = models.JSONField(default=dict)  # see integrations.file.choices
    remembered = models.BooleanField(default=False)  # the choices are those of an earlier file with this header
    confirmed = models.JSONField(default=dict)  # customers and invoices as they were confirmed
    counts = models.JSONField(default=dict)  # what confirming it did, in figures
    uploaded_by = models.CharField(max_length=254)
    uploaded_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=254, blank=True)
    confirmed_at = models.DateTimeField(null=True)  # business time: how new these books are
    ends_at = models.DateTimeField()  # business time: from here on it can no longer be confirmed, and is deleted

    objects: ClassVar[ImportQuerySet] = models.Manager.from_queryset(ImportQuerySet)()  # type: ignore[assignment]

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.CheckConstraint(
                condition=~models.Q(status="confirmed")
                | models.Q(confirmed_at__isnull=False, connection__isnull=False),
                name="import_confirmed_with_its_moment",
            ),
        ]
        indexes = [models.Index(fields=["business", "connection", "confirmed_at"], name="imports_of_connection")]

    def __str__(self) -> str:
        return self.file_name


class ImportMapping(TenantModel):
    """What was chosen for a file with this header, for the next one."""

    signature = models.CharField(max_length=64)
    choices = models.JSONField()
    chosen_by = models.CharField(max_length=254)
    chosen_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "signature"], name="import_mapping_once"),
        ]


def has_nothing_new(connection: Connection) -> bool:
    """Whether these books are a file that has been read to its end: nothing can be asked of it until another comes."""
    if connection.provider != Provider.FILE:
        return False
    newest = ImportBatch.objects.filter(connection=connection).confirmed().values_list("pk", flat=True).first()
    # A place inside the file ("at") is kept while it is read, and left out at its end.
    return newest is None or connection.cursor == {"import": str(newest)}
