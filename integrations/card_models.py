"""The firm's own account at the card processor, on which its customers pay. We never hold the money."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from syntharra.tenancy import TenantModel


class CardAccount(TenantModel):
    """One Stripe account a business connected. No secret is kept: we ask with our own key, in this account's name."""

    class State(models.TextChoices):
        CONNECTED = "connected", _("Connected")
        DISCONNECTED = "disconnected", _("Disconnected")

    account = models.CharField(max_length=64)  # acct_...
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.CONNECTED)
    sandbox = models.BooleanField()
    country = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    charges_enabled = models.BooleanField(default=False)  # the processor lets it take payments
    details_submitted = models.BooleanField(default=False)
    connected_at = models.DateTimeField()
    connected_by = models.CharField(max_length=254)
    checked_at = models.DateTimeField()  # when the processor last said how it stands
    events_read_to = models.DateTimeField(null=True)  # machine time: what it lists from before then was looked through
    disconnected_at = models.DateTimeField(null=True)
    disconnected_by = models.CharField(max_length=254, blank=True)
    let_go_at = models.DateTimeField(null=True)  # the permission was given back there, or taken away there

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business"], condition=models.Q(state="connected"), name="one_card_account_a_business"
            ),
        ]


class CardDoor(models.Model):
    """Which business an account at the card processor belongs to: none belongs to two."""

    account = models.CharField(max_length=64, primary_key=True)
    business_id = models.UUIDField()
