"""The notice a consumer gets after the first conversation about a debt, as it was sent."""

from django.db import models

from syntharra.tenancy import TenantModel


class ValidationNotice(TenantModel):
    """One debt in one notice (15 USC 1692g(a); 12 CFR 1006.34; in Massachusetts from creditors too, 940 CMR 7.08(1)).

    Sent once its letter was accepted by the mail server or somebody posted it on paper; a bounce undoes the sending.
    """

    customer = models.ForeignKey(
        "invoices.Customer", on_delete=models.PROTECT, related_name="notices", db_constraint=False
    )
    invoice = models.ForeignKey(
        "invoices.Invoice", on_delete=models.PROTECT, related_name="notices", db_constraint=False
    )
    message_id = models.UUIDField(null=True)  # the letter; null: on paper
    key = models.CharField(max_length=120)  # the conversation it follows
    total = models.DecimalField(max_digits=14, decimal_places=2)  # on the day of the invoice
    balance = models.DecimalField(max_digits=14, decimal_places=2)  # when it was owed
    currency = models.CharField(max_length=3)
    owed_at = models.DateTimeField()
    send_by = models.DateField()  # within five days of the conversation
    sent_at = models.DateTimeField(null=True)
    sent_how = models.CharField(max_length=8, blank=True)  # email, post
    sent_by = models.CharField(max_length=254, blank=True)
    bounced_at = models.DateTimeField(null=True)
    period_ends_on = models.DateField(null=True)  # the day printed on it: until then a written dispute asks for proof
    html = models.TextField(blank=True)  # as it was sent
    sha256 = models.CharField(max_length=64, blank=True)  # of html in UTF-8
    version = models.CharField(max_length=64, blank=True)  # of the text's template

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "invoice", "key"], name="notice_once"),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | (models.Q(period_ends_on__isnull=False) & ~models.Q(sha256="")),
                name="notice_sent_whole",
            ),
        ]
        indexes = [models.Index(fields=["business", "customer"], name="notices_of_customer")]
