"""What every app stands on: signed links, the list of what is due, and the sandbox's clock."""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from syntharra.tenancy import TenantModel


class Link(TenantModel):
    """One signed page for someone without an account; what it opens, and until when.

    ``subject`` is the key of a row of the business; ``scope`` says what may be done there. Times are machine time.
    """

    purpose = models.CharField(max_length=40)
    subject = models.UUIDField()
    scope = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(
        default=0, db_default=0
    )  # wrong answers to the harmless fact; five close it

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["business", "purpose", "subject"], name="syntharra_link_subject")]


class LinkDoor(models.Model):
    """Which business a link belongs to, found by the hash of its token; the token itself is kept nowhere."""

    token_hash = models.BinaryField(primary_key=True, max_length=32)
    business_id = models.UUIDField()
    link_id = models.UUIDField()


class Due(models.Model):
    """Something of a business that a sweep must look at, and when (business time). Holds no facts, only where to look."""

    kind = models.CharField(max_length=20)
    business_id = models.UUIDField()
    row_id = models.UUIDField()
    due_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["business_id", "kind", "row_id"], name="due_once")]
        indexes: ClassVar = [models.Index(fields=["kind", "due_at"], name="due_by_time")]


class SandboxClock(models.Model):
    """How far business time runs ahead in a sandbox installation. One row, ``id`` 1; never present elsewhere."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    shift = models.DurationField(default=timedelta(0))

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="one_sandbox_clock")]
