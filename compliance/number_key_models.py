"""Under which keys the numbers in the open tables were hashed."""

from django.db import models


class NumberKey(models.Model):
    """A key that stops were written under, by its fingerprint: while it is missing from the settings they bind nobody."""

    fingerprint = models.CharField(max_length=16, unique=True)
    since = models.DateTimeField()
