"""What somebody asked for on the public page, before it is known that the telephone is theirs."""

from typing import ClassVar

from django.db import models

from syntharra.identifiers import uuid7


class StopRequest(models.Model):
    """Somebody wants a number not to be called. It only ever stops: proved by a call from it, or by the operator's word."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number_hash = models.BinaryField(max_length=32)
    sealed = models.BinaryField()  # the number, for the operator's eyes; encrypted, and forgotten once it is decided
    asked_at = models.DateTimeField()  # business time
    decided_at = models.DateTimeField(null=True)
    proved_by = models.CharField(max_length=20, blank=True)  # call, operator; empty: not proved
    decided_by = models.CharField(max_length=254, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["number_hash"], condition=models.Q(decided_at=None), name="stop_requested_once"
            )
        ]
