from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0001_initial"), ("notifications", "0001_initial")]
    operations: ClassVar = [
        *isolate(
            "notifications_duty",
            "notifications_message",
            "notifications_messageinvoice",
        ),
        same_business("notifications_message", "customer_id", "invoices_customer"),
        same_business("notifications_messageinvoice", "message_id", "notifications_message"),
        same_business("notifications_messageinvoice", "invoice_id", "invoices_invoice"),
    ]
