from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0017_paying_by_card_isolation")]
    operations: ClassVar = [migrations.AddField("invoice", "served_on", models.DateField(null=True))]
