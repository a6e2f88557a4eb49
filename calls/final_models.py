"""What the owner chose for an invoice that was called about three times."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice
from syntharra.tenancy import TenantModel


class FinalChoice(TenantModel):
    """One choice at the end of the road: by whom, when, with his words. A letter may be followed by another choice."""

    class Choice(models.TextChoices):
        LETTER = "letter", _("A last letter")
        LEAVE = "leave", _("Left as it is")
        WRITE_OFF = "write_off", _("Written off")
        SMALL_CLAIMS = "court", _("Small claims court")
        AGENCY = "agency", _("Handed to an agency")

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="final_choices", db_constraint=False)
    choice = models.CharField(max_length=10, choices=Choice.choices)
    on_paper = models.BooleanField(default=False)  # the letter is printed and posted by the firm
    words = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "invoice", "choice"], name="final_choice_once"),
        ]
