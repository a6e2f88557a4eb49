"""What was handed to a collection agency: one file, its accounts, who ticked each, and what each was marked with."""

from django.db import models

from invoices.models import Customer, Invoice
from syntharra.tenancy import TenantModel


class AgencyFile(TenantModel):
    """One hand-over: a placement list with documents, made by a duty and kept, so that it can be taken away again."""

    agency = models.CharField(max_length=120)
    handed_at = models.DateTimeField()  # business time, like all moments here
    handed_by = models.CharField(max_length=254)
    expected = models.PositiveSmallIntegerField()  # how many accounts go into it
    made_at = models.DateTimeField(null=True)  # null: being made
    stored = models.CharField(max_length=200, blank=True)  # the key in the file storage
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        pass


class AgencyAccount(TenantModel):
    """One invoice in a hand-over, as it stood then. An invoice is handed over once."""

    file = models.ForeignKey(AgencyFile, on_delete=models.PROTECT, related_name="accounts", db_constraint=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="agency_accounts", db_constraint=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="agency_accounts", db_constraint=False
    )
    balance = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    marks = models.JSONField(default=list)  # codes of ``calls.agency``: disputed, time_barred, attorney, ...
    dispute_confirmed = models.BooleanField(default=False)  # the owner said yes to this disputed one by itself

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "invoice"], name="handed_over_once"),
        ]
