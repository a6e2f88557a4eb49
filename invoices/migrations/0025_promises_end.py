"""How a promise ended: the firm asked once, kept, broken or withdrawn, when and by whom. What runs already is looked at."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0024_attorney")]
    operations: ClassVar = [
        migrations.AddField("promise", "asked_at", models.DateTimeField(null=True)),
        migrations.AddField("promise", "answer_by", models.DateField(null=True)),
        migrations.AddField("promise", "said_to_have_come", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("promise", "ended_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "promise", "ended_by", models.CharField(blank=True, db_default="", default="", max_length=254)
        ),
    ]
