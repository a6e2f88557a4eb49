from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0001_initial"), ("invoices", "0001_initial")]
    operations: ClassVar = [
        *isolate(
            "calls_attempt",
            "calls_attemptinvoice",
            "calls_call",
            "calls_transcriptline",
        ),
        same_business("calls_attempt", "customer_id", "invoices_customer"),
        same_business("calls_attemptinvoice", "attempt_id", "calls_attempt"),
        same_business("calls_attemptinvoice", "invoice_id", "invoices_invoice"),
        same_business("calls_call", "attempt_id", "calls_attempt"),
        same_business("calls_call", "customer_id", "invoices_customer"),
        same_business("calls_transcriptline", "call_id", "calls_call"),
    ]
