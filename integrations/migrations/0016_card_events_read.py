from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("integrations", "0015_opening_accounts")]
    operations: ClassVar = [migrations.AddField("cardaccount", "events_read_to", models.DateTimeField(null=True))]
