from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0003_guard")]
    operations: ClassVar = [
        migrations.AddField("attempt", "callback_at", models.DateTimeField(null=True)),
        migrations.AddField("attempt", "counted", models.BooleanField(db_default=False, default=False)),
    ]
