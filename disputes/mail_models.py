"""Mail and texts that came in: what a customer answered, what a member forwarded, what came back; what was meant for nobody here."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from invoices.models import Customer, Hold
from notifications.models import Message
from syntharra.tenancy import TenantModel


class InboundMail(TenantModel):
    """One mail or text, kept before anything is done about it: once by its own id, however often it comes.

    While ``waits`` a person of the firm still has to read it; the hold placed when it came binds until then, or until we
    understood it.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("by e-mail")
        SMS = "sms", _("by text")

    class Kind(models.TextChoices):
        REPLY = "reply", _("an answer to a letter")
        FORWARD = "forward", _("forwarded by the firm")
        BOUNCE = "bounce", _("a letter that came back")
        AUTOMATIC = "automatic", _("sent by a machine")

    class Outcome(models.TextChoices):
        DISPUTE = "dispute", _("They disagree")
        THREAD = "thread", _("Written on the dispute")
        STOPPED = "stopped", _("They asked for a stop")
        ALREADY_PAID = "already_paid", _("They say it is paid")
        PROMISE = "promise", _("They say they will pay")
        TO_READ = "to_read", _("To be read")
        TO_CHOOSE = "to_choose", _("Which invoice is it about?")
        BOUNCE = "bounce", _("A letter came back")
        AUTOMATIC = "automatic", _("Sent by a machine")
        NOTHING = "nothing", _("Nothing to stop")
        HELP = "help", _("They asked who we are")
        RESUMED = "resumed", _("They want texts again")

    key = models.CharField(
        max_length=64
    )  # hash of its Message-ID (or of the whole where it has none); a text's MessageSid
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL, db_default="email")
    line = models.CharField(max_length=16, blank=True, default="", db_default="")  # a text's: our number it came to
    kind = models.CharField(max_length=10, choices=Kind.choices)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+", db_constraint=False, null=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="inbound_mail", db_constraint=False, null=True
    )
    dispute = models.ForeignKey(
        "disputes.Dispute", on_delete=models.SET_NULL, related_name="mail", db_constraint=False, null=True
    )
    hold = models.ForeignKey(Hold, on_delete=models.SET_NULL, related_name="+", db_constraint=False, null=True)
    sender = models.CharField(max_length=254)  # as the mail says: anybody can write anything there; a text's number
    subject = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True)  # what was written new, without quotes and signature
    whole = models.TextField(blank=True)
    came_at = models.DateTimeField()  # business time
    stored = models.CharField(max_length=200)  # the raw mail's key in the file storage; a text has none
    sha256 = models.CharField(max_length=64)
    heard = models.JSONField(default=dict)  # meanings, scores, rule ids, version
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)  # empty: not acted on yet
    files_refused = models.PositiveSmallIntegerField(default=0)
    waits = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=254, blank=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "key"], name="inbound_mail_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["business", "came_at"], condition=models.Q(waits=True), name="mail_to_read"),
        ]


class StrayMail(models.Model):
    """Mail to an address nobody has, or has any more. Sealed, counted, answered by nobody, gone after a month."""

    key = models.CharField(max_length=64, primary_key=True)
    why = models.CharField(max_length=40)
    at = models.DateTimeField()  # machine time
    sealed = models.BinaryField()
