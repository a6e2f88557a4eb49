from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0001_initial")]
    operations: ClassVar = [
        *isolate(
            "accounts_activityline",
            "accounts_activitydetail",
        ),
        same_business("accounts_activitydetail", "line_id", "accounts_activityline"),
    ]
