"""A text on its way: what the carrier knows it by and how far it is."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from syntharra.tenancy import TenantModel


class TextDelivery(TenantModel):
    """Written before the carrier is asked, so that no text is ever handed over twice. One a message.

    ``unknown``: the request left and no answer came. It is looked up, never sent again; ``lost`` when it was not found.
    """

    class Status(models.TextChoices):
        ASKING = "asking", _("Handed to the carrier")
        UNKNOWN = "unknown", _("Nobody knows yet whether it left")
        QUEUED = "queued", _("Waiting at the carrier")
        SENDING = "sending", _("On its way")
        SENT = "sent", _("Sent, no word yet of its arrival")
        DELIVERED = "delivered", _("Delivered")
        UNDELIVERED = "undelivered", _("Not delivered")
        FAILED = "failed", _("Refused by the carrier")
        LOST = "lost", _("Never found at the carrier")

    message = models.OneToOneField(
        "notifications.Message", on_delete=models.PROTECT, related_name="delivery", db_constraint=False
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ASKING)
    sender = models.CharField(max_length=16)  # the firm's own number it comes from
    sid = models.CharField(max_length=64, blank=True)
    error_code = models.CharField(max_length=12, blank=True)
    segments = models.PositiveSmallIntegerField()
    body_hash = models.CharField(max_length=64)  # finds it at the carrier; the words we keep have no links in them
    asked_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)  # no word of its arrival in time: another way was taken

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "sid"], condition=~models.Q(sid=""), name="text_at_carrier_once"
            ),
        ]
