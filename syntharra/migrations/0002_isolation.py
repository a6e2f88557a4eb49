from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate


class Migration(migrations.Migration):
    dependencies: ClassVar = [("syntharra", "0001_initial")]
    operations: ClassVar = [
        *isolate(
            "syntharra_link",
        ),
    ]
