from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0001_initial"), ("calls", "0001_initial"), ("invoices", "0001_initial")]
    operations: ClassVar = [
        *isolate(
            "billing_recovery",
            "billing_feeline",
        ),
        same_business("billing_recovery", "allocation_id", "invoices_allocation"),
        same_business("billing_recovery", "invoice_id", "invoices_invoice"),
        same_business("billing_recovery", "customer_id", "invoices_customer"),
        same_business("billing_recovery", "call_id", "calls_call"),
        same_business("billing_feeline", "recovery_id", "billing_recovery"),
    ]
