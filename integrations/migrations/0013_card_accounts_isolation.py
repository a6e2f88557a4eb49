"""Row level security for accounts at the card processor."""

from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate


class Migration(migrations.Migration):
    dependencies: ClassVar = [("integrations", "0012_card_accounts")]
    operations: ClassVar = [*isolate("integrations_cardaccount")]
