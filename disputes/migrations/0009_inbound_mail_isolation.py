from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("disputes", "0008_inbound_mail")]
    operations: ClassVar = [
        *isolate("disputes_inboundmail"),
        same_business("disputes_inboundmail", "message_id", "notifications_message"),
        same_business("disputes_inboundmail", "customer_id", "invoices_customer"),
        same_business("disputes_inboundmail", "dispute_id", "disputes_dispute"),
    ]
