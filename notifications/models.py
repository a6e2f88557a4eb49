"""The outbox: duties to carry out and messages to send, each a row before it is an act."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models import Channel, Purpose
from notifications.text_models import TextDelivery as TextDelivery
from syntharra.clock import machine_now
from syntharra.clock import now as business_now
from syntharra.states import Stateful
from syntharra.tenancy import TenantModel, TenantQuerySet


class DueQuerySet[M: models.Model](TenantQuerySet[M]):
    def unleased(self) -> "DueQuerySet[M]":
        """In nobody's hands: no worker holds it, or the one that did has died."""
        return self.filter(models.Q(leased_until=None) | models.Q(leased_until__lt=machine_now()))


class DutyQuerySet(DueQuerySet["Duty"]):
    def due(self) -> "DutyQuerySet":
        return self.unleased().filter(done_at=None, due_at__lte=business_now())  # type: ignore[return-value]


class Duty(TenantModel):
    """Something that must happen outside the transaction that owes it, once. The app that knows the kind carries it out."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)  # one duty of a kind for this key, however often it is owed
    facts = models.JSONField(default=dict)
    correlation = models.CharField(max_length=64)
    owed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)  # machine time
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager["Duty"]] = models.Manager.from_queryset(DutyQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "kind", "key"], name="owed_once"),
        ]


class MessageQuerySet(DueQuerySet["Message"]):
    def due(self) -> "MessageQuerySet":
        return self.unleased().filter(status__in=("queued", "sending"), due_at__lte=business_now())  # type: ignore[return-value]


class Message(TenantModel, Stateful):
    """One letter, e-mail or text, to one person, for one purpose. The purpose never changes: the database sees to it."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be sent")
        REFUSED = "refused", _("Not permitted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES: ClassVar = {
        # A letter on paper is sent when a member has posted it.
        Status.DRAFT: {Status.QUEUED, Status.WITHDRAWN, Status.SENT, Status.REFUSED},
        Status.QUEUED: {Status.SENDING, Status.REFUSED, Status.WITHDRAWN, Status.FAILED},
        Status.SENDING: {Status.SENT, Status.QUEUED, Status.FAILED, Status.REFUSED, Status.WITHDRAWN},
        Status.SENT: {Status.FAILED},  # the mail server took it, and it came back
        Status.FAILED: {Status.QUEUED},
        Status.REFUSED: {Status.QUEUED},
        Status.WITHDRAWN: set(),
    }

    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    letter = models.CharField(max_length=40)  # which letter: templates/letters/<letter>.*
    key = models.CharField(max_length=120)  # one letter of a kind for this key, however often it is owed
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    customer = models.ForeignKey(
        "invoices.Customer", on_delete=models.PROTECT, related_name="messages", db_constraint=False, null=True
    )
    member = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="messages", null=True)
    to = models.CharField(max_length=254)
    language = models.CharField(max_length=10, default="en-us")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    correlation = models.CharField(max_length=64)
    owed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)  # machine time
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager["Message"]] = models.Manager.from_queryset(MessageQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "letter", "key"], name="letter_once"),
            models.CheckConstraint(
                condition=models.Q(purpose="account", member__isnull=False, customer=None)
                | (~models.Q(purpose="account") & models.Q(customer__isnull=False, member=None)),
                name="message_to_its_own_people",
            ),
        ]
        indexes = [models.Index(fields=["business", "customer", "owed_at"], name="messages_of_customer")]


class MessageInvoice(TenantModel):
    """That a message is about an invoice. A collect message about a frozen one is refused by the database."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="about", db_constraint=False)
    invoice = models.ForeignKey(
        "invoices.Invoice", on_delete=models.PROTECT, related_name="messages", db_constraint=False
    )

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "message", "invoice"], name="about_once"),
        ]


class ReplyAddress(models.Model):
    """Which letter an e-mail to a signed reply address answers; holds a hash of the address, no business's data."""

    address_hash = models.BinaryField(primary_key=True, max_length=32)
    business_id = models.UUIDField()
    message_id = models.UUIDField()
    until = models.DateTimeField()  # machine time
