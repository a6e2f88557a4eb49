"""What texts stand on: that the carriers know who sends them, and that the person agreed."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from syntharra.tenancy import TenantModel


class MessagingRegistration(TenantModel):
    """That the operator registered this business's texts with the carriers (A2P 10DLC brand and campaign). Until then none leaves.

    Rows are added and ended, never changed.
    """

    reference = models.CharField(max_length=200)  # brand and campaign, or the toll-free verification
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business"], condition=models.Q(ended_at=None), name="messaging_registered_once"
            ),
        ]


class TextConsent(TenantModel):
    """Why this number may be texted (47 CFR 64.1200(a)(1)): of its own, because a yes to calls was never asked about texts."""

    class Scope(models.TextChoices):
        ALL = "all", _("any text of the firm's")
        ANSWERS = "answers", _("answers to what they texted, never asking for money")

    customer = models.ForeignKey(
        "invoices.Customer", on_delete=models.CASCADE, related_name="text_consents", db_constraint=False
    )
    number = models.CharField(max_length=16)
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.ALL)
    basis = models.CharField(max_length=300)  # the document, call or text, and its wording
    given_by = models.CharField(max_length=120)
    given_on = models.DateField()
    source = models.CharField(max_length=80)  # member, call:<id>, text:<id>
    attested_by = models.CharField(max_length=254)
    # START, sent by the person himself: what he had stopped before may be texted again, and only that.
    lifts_stop = models.BooleanField(default=False)
    at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "customer", "number", "scope"],
                condition=models.Q(revoked_at=None),
                name="text_consent_once",
            ),
        ]
