"""What the gate has to go by and what it said: stops, consents, contacts, decisions."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from syntharra.clock import machine_now
from syntharra.tenancy import TenantModel


class Purpose(models.TextChoices):
    """Why somebody is contacted: fixed when the message or attempt is made, never relabeled."""

    COLLECT = "collect", _("collecting")
    DISPUTE = "dispute", _("a dispute")
    SERVICE = "service", _("service")
    LEGAL = "legal", _("a notice the law requires")
    ACCOUNT = "account", _("the firm's own people")


class Channel(models.TextChoices):
    CALL = "call", _("call")
    SMS = "sms", _("text")
    EMAIL = "email", _("e-mail")
    LETTER = "letter", _("letter")


class StopKind(models.TextChoices):
    OPT_OUT = "opt_out", _("asked not to be called")
    CEASE = "cease", _("asked for no contact at all")
    ATTORNEY = "attorney_represented", _("has a lawyer")
    BANKRUPTCY = "bankruptcy", _("is in bankruptcy")
    DECEASED = "deceased", _("has died")
    WRONG_NUMBER = "wrong_number", _("is not at this number")


class StopEntry(models.Model):
    """A number nobody of this installation may call or text again. A keyed hash: whose it is cannot be read here."""

    number_hash = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=24, choices=StopKind.choices)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["number_hash", "kind"], condition=models.Q(lifted_at=None), name="stopped_once"
            )
        ]


class Suppression(TenantModel):
    """A stop of one customer of a business: what he said or we learned, from which words, until lifted with a reason."""

    customer = models.ForeignKey(
        "invoices.Customer", on_delete=models.CASCADE, related_name="suppressions", db_constraint=False
    )
    kind = models.CharField(max_length=24, choices=StopKind.choices)
    number = models.CharField(max_length=16, blank=True)
    words = models.TextField(blank=True)
    source = models.CharField(max_length=80)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=254, blank=True)
    lifted_reason = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "customer", "kind", "number"],
                condition=models.Q(lifted_at=None),
                name="suppressed_once",
            ),
        ]


class Consent(TenantModel):
    """Why we may call this number with an artificial voice (47 CFR 64.1200(a)(1); FCC 07-232, FCC 24-17)."""

    customer = models.ForeignKey(
        "invoices.Customer", on_delete=models.CASCADE, related_name="consents", db_constraint=False
    )
    number = models.CharField(max_length=16)
    basis = models.CharField(max_length=300)  # the document or field of the books, and its wording
    given_by = models.CharField(max_length=120)
    given_on = models.DateField()
    attested_by = models.CharField(max_length=254)
    line_type = models.CharField(max_length=12, default="unknown")
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "customer", "number"], condition=models.Q(revoked_at=None), name="consent_once"
            ),
        ]


class PhoneContact(models.Model):
    """That this number was contacted, for budgets across businesses. No business, no customer: nobody learns who."""

    number_hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    on = models.DateField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    result = models.CharField(max_length=20)
    source_key = models.BinaryField(max_length=32, unique=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["number_hash", "at"], name="contacts_of_number")]


class Decision(TenantModel):
    """What the gate said about one contact, with everything it went by: recomputable, and shown to the owner."""

    subject_kind = models.CharField(max_length=20)  # attempt, message, call
    subject_id = models.UUIDField()
    customer = models.ForeignKey(
        "invoices.Customer", on_delete=models.CASCADE, related_name="decisions", db_constraint=False, null=True
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    moment = models.CharField(max_length=12)  # planned, dialing, answered, sending, asked
    at = models.DateTimeField()
    decision = models.CharField(max_length=10)
    reason = models.CharField(max_length=40)
    layer = models.CharField(max_length=10, blank=True)
    clearance = models.JSONField()
    facts = models.JSONField()
    rules_version = models.CharField(max_length=40)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["business", "subject_id"], name="decisions_of_subject"),
            models.Index(fields=["business", "customer", "at"], name="decisions_of_customer"),
        ]


class RefusalTally(models.Model):
    """Refusals of the gate by day and reason, for the operator's metrics: rows are only added, and summed when read."""

    on = models.DateField()
    purpose = models.CharField(max_length=10)
    reason = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=machine_now)
