from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0005_check_first_and_entries")]
    operations: ClassVar = [
        *isolate("invoices_roledecision", "invoices_checked", "invoices_replacement", "invoices_bookentry"),
        same_business("invoices_roledecision", "customer_id", "invoices_customer"),
        same_business("invoices_checked", "customer_id", "invoices_customer"),
        same_business("invoices_replacement", "invoice_id", "invoices_invoice"),
        same_business("invoices_replacement", "older_id", "invoices_invoice"),
        same_business("invoices_replacement", "hold_id", "invoices_hold"),
        same_business("invoices_bookentry", "invoice_id", "invoices_invoice"),
        same_business("invoices_invoice", "replaces_id", "invoices_invoice"),
    ]
