from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("disputes", "0015_inbound_texts")]
    operations: ClassVar = [
        migrations.AddField("resolution", "schedule", models.JSONField(db_default=[], default=list)),
    ]
