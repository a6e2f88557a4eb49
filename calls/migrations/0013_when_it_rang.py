"""A call keeps when its telephone first rang: whatever its end is called, it was an attempt from then on."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0012_time_named_on_a_call")]
    operations: ClassVar = [migrations.AddField("call", "rang_at", models.DateTimeField(null=True))]
