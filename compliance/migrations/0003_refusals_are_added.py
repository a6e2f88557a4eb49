from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("compliance", "0002_isolation")]
    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="refusaltally", name="tally_once"),
        migrations.AlterField(model_name="refusaltally", name="count", field=models.PositiveIntegerField(default=1)),
    ]
