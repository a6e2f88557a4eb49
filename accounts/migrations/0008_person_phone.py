from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0007_limits_of_disputes")]
    operations: ClassVar = [
        migrations.AddField(
            "business",
            "person_phone",
            models.CharField(
                blank=True, db_default="", default="", max_length=16, verbose_name="phone of a person who answers"
            ),
        ),
    ]
