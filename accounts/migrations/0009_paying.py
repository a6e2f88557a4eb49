"""Whether a customer may pay a part, and how to pay where no card is taken."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0008_person_phone"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="business",
            name="how_to_pay",
            field=models.CharField(blank=True, db_default="", default="", max_length=600),
        ),
        migrations.AddField(
            model_name="business",
            name="smallest_part",
            field=models.DecimalField(
                db_default=25, decimal_places=2, default=25, max_digits=14, verbose_name="smallest part"
            ),
        ),
        migrations.AddField(
            model_name="business",
            name="takes_parts",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
