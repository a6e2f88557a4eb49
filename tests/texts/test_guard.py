"""The guard beneath a text, against a freeze that is not committed yet: it waits, and then refuses."""

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection

from notifications.models import Message, MessageInvoice, TextDelivery
from syntharra import clock
from syntharra.identifiers import uuid7
from syntharra.tenancy import acting_for
from tests.calls.test_races import freezing
from tests.cast import make_business, make_invoice


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ["insert", "move", "hand over"])
def test_the_database_waits_for_a_freeze_under_way_and_then_refuses_the_text(statement: str) -> None:
    firm = make_business()
    with acting_for(firm.business.pk):
        invoice = make_invoice(firm)
        text = Message.objects.create(
            purpose="collect", channel="sms", letter="pay_link", key="k", customer=invoice.customer, to="+16145550101",
            correlation="c", owed_at=clock.now(), due_at=clock.now(),
        )  # fmt: skip
        if statement != "insert":
            MessageInvoice.objects.create(message=text, invoice=invoice)
        sql = {
            "insert": "INSERT INTO notifications_messageinvoice (id, business_id, message_id, invoice_id)"
            f" VALUES ('{uuid7()}', '{firm.business.pk}', '{text.pk}', '{invoice.pk}')",
            "move": f"UPDATE notifications_message SET status = 'sending' WHERE id = '{text.pk}'",
            "hand over": "INSERT INTO notifications_textdelivery (id, business_id, message_id, status, sender, sid, error_code,"
            f" segments, body_hash, asked_at) VALUES ('{uuid7()}', '{firm.business.pk}', '{text.pk}', 'asking', '+1', '', '', 1,"
            " '', now())",
        }[statement]
        outcome: list[Any] = []

        def run() -> None:
            with acting_for(firm.business.pk):
                try:
                    with connection.cursor() as cursor:
                        cursor.execute(sql)
                    outcome.append("done")
                except DatabaseError as error:
                    outcome.append(str(error).splitlines()[0])
                finally:
                    connection.close()

        with freezing(invoice) as commit:
            sending = threading.Thread(target=run)
            sending.start()
            sending.join(0.7)
            assert (sending.is_alive(), outcome) == (True, [])  # it waits for the freeze
            commit.set()
            sending.join(30)

        assert outcome == ["this invoice is frozen: nothing may collect on it"]
        assert (Message.objects.get().status, TextDelivery.objects.count()) == ("queued", 0)
