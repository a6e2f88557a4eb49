"""A call a customer made keeps the time he named on it, as an attempt of ours does."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0011_agency_files")]
    operations: ClassVar = [migrations.AddField("call", "callback_at", models.DateTimeField(null=True))]
