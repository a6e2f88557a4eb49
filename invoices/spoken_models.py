"""How a kind of work is named on the phone."""

from django.db import models

from syntharra.tenancy import TenantModel


class SpokenLabel(TenantModel):
    """What the agent says for an item of the books: a few words a member approved. Without one nothing is said of the work."""

    item = models.CharField(max_length=200)  # as in the books, in lower case
    words = models.CharField(max_length=60)  # English
    words_es = models.CharField(max_length=60, blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "item"], name="spoken_label_once"),
        ]
