"""A whole conversation by text over real sockets: the acknowledgement, its callbacks, an answer on the thread, a stop."""

from datetime import date, timedelta

import pytest

from compliance import texting
from compliance.models import Suppression
from disputes import acknowledging
from disputes.freeze import NewClaim
from disputes.mail_models import InboundMail
from disputes.models import Dispute, Post
from disputes.services import open_dispute
from integrations import inbox
from integrations.models import PhoneLine
from notifications.models import Message
from tests.calls.conftest import stage  # noqa: F401 - a fixture
from tests.calls.stage import SID, Stage
from tests.cast import make_customer, make_invoice
from tests.texts.conftest import pass_time

PHONE = "+16145550177"


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(180)
def test_a_dispute_is_acknowledged_by_text_answered_and_ended_with_a_stop(stage: Stage) -> None:  # noqa: F811
    number = PhoneLine.objects.get().number
    door = f"{stage.web}/webhooks/twilio/inbound/text"
    stage.sim.post("/config", accounts={SID: {"numbers": [{"phone_number": number, "sms_url": door}]}}, speed=30.0)
    stage.sim.post("/config", chaos={"duplicate": 0.5, "reorder": 0.5})
    stage.sim.post("/scenarios", number=PHONE, sms={"replies": ["The boiler still drips", "ALTO!"]})
    customer = make_customer(stage.firm, phone=PHONE, email="")
    texting.agree(
        customer.pk,
        PHONE,
        basis="ticked",
        given_by="Ana",
        given_on=date(2026, 9, 1),
        source="member",
        by="ava@x.example",
    )
    invoice = make_invoice(stage.firm, customer)
    (dispute,) = open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="It leaks", by="Ana"))

    def worked() -> None:
        inbox.read("twilio_texts")

    acknowledging.send_now(dispute.pk, by=stage.firm.owner)
    stage.until(lambda: worked() or Dispute.objects.get().acknowledged_at)  # type: ignore[func-returns-value]
    stage.until(lambda: Post.objects.exists())

    post = Post.objects.get()
    assert (post.words, post.channel, post.dispute) == ("The boiler still drips", "sms", dispute)
    assert Message.objects.get(letter="dispute_acknowledgement").delivery.status == "delivered"
    row = InboundMail.objects.get()
    assert (row.outcome, row.message, row.line) == (
        "thread",
        Message.objects.get(letter="dispute_acknowledgement"),
        number,
    )

    pass_time(timedelta(minutes=1))
    stage.sim.post("/sms", **{"from": PHONE, "to": number, "body": "basta"})
    stage.until(lambda: worked() or Message.objects.filter(letter="text_stop_confirmed", outcome="delivered").exists())  # type: ignore[func-returns-value]

    stage.until(lambda: InboundMail.objects.filter(words="ALTO!", outcome="stopped").exists())  # he says it once more

    assert Suppression.objects.get().kind == "opt_out"
    texts = [one["body"] for one in stage.sim.get("/messages")["messages"] if one["direction"] == "outbound-api"]
    assert texts[1:] == ["Ava's Plumbing: You will get no more texts or calls from us on this number."]
    assert Dispute.objects.count() == 1
