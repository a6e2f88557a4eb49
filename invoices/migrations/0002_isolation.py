from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("integrations", "0001_initial"), ("invoices", "0001_initial")]
    operations: ClassVar = [
        *isolate(
            "invoices_customer",
            "invoices_contact",
            "invoices_invoice",
            "invoices_invoiceline",
            "invoices_payment",
            "invoices_allocation",
            "invoices_creditmemo",
            "invoices_promise",
            "invoices_hold",
        ),
        same_business("invoices_customer", "connection_id", "integrations_connection"),
        same_business("invoices_contact", "customer_id", "invoices_customer"),
        same_business("invoices_invoice", "connection_id", "integrations_connection"),
        same_business("invoices_invoice", "customer_id", "invoices_customer"),
        same_business("invoices_invoiceline", "invoice_id", "invoices_invoice"),
        same_business("invoices_payment", "connection_id", "integrations_connection"),
        same_business("invoices_payment", "customer_id", "invoices_customer"),
        same_business("invoices_allocation", "payment_id", "invoices_payment"),
        same_business("invoices_allocation", "invoice_id", "invoices_invoice"),
        same_business("invoices_creditmemo", "connection_id", "integrations_connection"),
        same_business("invoices_creditmemo", "customer_id", "invoices_customer"),
        same_business("invoices_promise", "customer_id", "invoices_customer"),
        same_business("invoices_promise", "invoice_id", "invoices_invoice"),
        same_business("invoices_hold", "customer_id", "invoices_customer"),
        same_business("invoices_hold", "invoice_id", "invoices_invoice"),
    ]
