"""Row level security for chargebacks."""

from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("disputes", "0011_chargebacks")]
    operations: ClassVar = [
        *isolate("disputes_chargeback"),
        same_business("disputes_chargeback", "payment_id", "invoices_cardpayment"),
    ]
