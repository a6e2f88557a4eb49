"""Answers by mail: whose they are, what is kept, what they stop, and what strangers and machines cannot do."""

import base64
import io
import mailbox
import re
import socketserver
import threading
import zipfile
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from accounts.models import ActivityLine, Role
from compliance.models import Channel, Purpose, Suppression
from disputes import inbound, replies
from disputes.freeze import NewClaim
from disputes.hearing.text import LONGEST, parts
from disputes.mail_models import InboundMail, StrayMail
from disputes.models import Claim, Dispute, DisputeFile, Post
from disputes.services import answer_for_others, open_dispute
from invoices.models import Customer, Hold, Invoice
from notifications import outbox
from notifications.models import Message, ReplyAddress
from notifications.replies import forwarding_address
from syntharra.tenancy import acting_for, acting_for_none
from tests.cast import Firm, make_customer, make_invoice, make_member

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10:00 am in Columbus
DOMAIN = "in.syntharra.example"


@pytest.fixture(autouse=True)
def takes_mail(settings: Any, tmp_path: Path) -> Any:
    settings.INBOUND_DOMAIN = DOMAIN
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}},
    }
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def letter_to(customer: Customer, *invoices: Invoice) -> str:
    """A copy of their invoices was sent; the address its answer goes to."""
    contact = customer.contacts.get()
    outbox.owe(
        outbox.Letter(
            letter="paid_check", key=f"t:{customer.pk}:{len(mail.outbox)}", purpose=Purpose.SERVICE,
            channel=Channel.EMAIL, to=contact.email, customer=customer.pk,
            facts={"why": "already_paid", "words": "", "source_key": "t"}, about=tuple(one.pk for one in invoices),
        )
    )  # fmt: skip
    outbox.work()
    (address,) = mail.outbox[-1].reply_to
    return str(address)


def written(to: str, words: str, *, sender: str = "ana@harbor.example", **headers: str) -> bytes:
    one = EmailMessage()
    one["From"], one["To"], one["Subject"] = sender, to, headers.pop("Subject", "Re: your invoice")
    one["Message-ID"] = headers.pop("Message_ID", f"<{abs(hash((to, words)))}@harbor.example>")
    for name, value in headers.items():
        one[name.replace("_", "-")] = value
    one.set_content(words)
    return one.as_bytes()


def took(raw: bytes) -> InboundMail:
    (pk,) = inbound.take(raw)
    return InboundMail.objects.get(pk=pk)


@pytest.fixture
def owing(plumber: Firm) -> tuple[Customer, Invoice]:
    invoice = make_invoice(plumber, number="1042")
    return invoice.customer, invoice


def collectable(invoice: Invoice) -> bool:
    return Invoice.objects.collectable(on=TUESDAY.date()).filter(pk=invoice.pk).exists()


# the address


def test_a_letter_to_a_customer_says_where_its_answer_goes_and_only_a_hash_is_kept(owing: Any) -> None:
    address = letter_to(*owing)

    assert re.fullmatch(rf"reply\+[a-z2-7]{{32}}@{re.escape(DOMAIN)}", address)
    door = ReplyAddress.objects.get()
    assert (door.message_id, door.until) == (Message.objects.get(customer=owing[0]).pk, TUESDAY + timedelta(days=730))
    assert address.split("+")[1].split("@")[0].encode() not in bytes(door.address_hash)


def test_without_a_domain_for_mail_letters_carry_no_such_address(owing: Any, settings: Any) -> None:
    settings.INBOUND_DOMAIN = ""
    with pytest.raises(ValueError, match="not enough values"):
        letter_to(*owing)

    assert ReplyAddress.objects.count() == 0


def test_letters_to_the_firms_own_people_carry_none(plumber: Firm, owing: Any) -> None:
    open_dispute(owing[1].pk, claim=NewClaim(source="page", source_key="p", words="The sink leaks"))
    outbox.work()

    assert [sent.reply_to for sent in mail.outbox if sent.to == [plumber.owner.email]] != []
    assert all(sent.reply_to == [] for sent in mail.outbox if sent.to == [plumber.owner.email])


# what an answer means


def test_an_objection_opens_a_dispute_in_his_own_words(owing: Any) -> None:
    _customer, invoice = owing

    row = took(written(letter_to(*owing), "I never agreed to this extra work and I will not pay for it."))

    assert (row.outcome, row.waits) == ("dispute", False)
    dispute = Dispute.objects.get()
    assert (dispute.invoice, row.dispute) == (invoice, dispute)
    claim = Claim.objects.get()
    assert (claim.source, claim.words, claim.by) == (
        "email",
        "I never agreed to this extra work and I will not pay for it.",
        "ana@harbor.example",
    )
    assert claim.evidence["score"] > 0
    assert not Hold.objects.running(TUESDAY).exists()
    assert not collectable(invoice)


def test_the_same_mail_twice_is_one_mail_and_one_dispute(owing: Any) -> None:
    raw = written(letter_to(*owing), "This is wrong, we never ordered that.")

    first, second = inbound.take(raw), inbound.take(raw)

    assert first == second
    assert (InboundMail.objects.count(), Dispute.objects.count(), Claim.objects.count()) == (1, 1, 1)


def test_acting_again_after_a_crash_changes_nothing(owing: Any) -> None:
    row = took(written(letter_to(*owing), "This is wrong, we never ordered that."))
    InboundMail.objects.filter(pk=row.pk).update(outcome="")  # it died before the outcome was written

    inbound.act(row.pk)

    row.refresh_from_db()
    assert (row.outcome, Dispute.objects.count(), Post.objects.count()) == ("dispute", 1, 0)


def test_what_he_writes_during_a_dispute_lands_on_its_thread_with_his_photo(owing: Any) -> None:
    _customer, invoice = owing
    (dispute,) = open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="The sink leaks"))
    one = EmailMessage()
    one["From"], one["To"], one["Message-ID"] = "ana@harbor.example", letter_to(*owing), "<1@h>"
    one.set_content("Here is the leak again.\n\nOn Mon, Nov 23, 2026, Ava wrote:\n> What is wrong?")
    photo = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(photo, "PNG")
    one.add_attachment(photo.getvalue(), maintype="image", subtype="png", filename="../../leak.png")
    one.add_attachment(b"MZ\x90\x00 a program", maintype="application", subtype="pdf", filename="bill.pdf")

    row = took(one.as_bytes())

    post = Post.objects.get()
    assert (row.outcome, post.words, post.channel, post.dispute) == (
        "thread",
        "Here is the leak again.",
        "email",
        dispute,
    )
    assert [file.name for file in DisputeFile.objects.all()] == ["leak.jpg"]
    assert row.files_refused == 1
    assert (Dispute.objects.count(), Claim.objects.count()) == (1, 1)


def test_once_the_owner_goes_on_with_the_other_bills_a_new_answer_is_read_first(plumber: Firm, owing: Any) -> None:
    customer, invoice = owing
    other = make_invoice(plumber, customer)
    (dispute,) = open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="The sink leaks"))
    answer_for_others(dispute.pk, go_on=True, by=plumber.owner)

    row = took(written(letter_to(customer, invoice), "And what about the other bill?"))

    assert (row.outcome, row.waits) == ("thread", True)
    assert not collectable(other)


def test_a_company_that_says_it_has_paid_pauses_and_a_person_who_writes_it_disputes(plumber: Firm, owing: Any) -> None:
    company = took(written(letter_to(*owing), "We already paid this, check 2214 was mailed on November 2."))
    person = make_customer(plumber, "Ana Reyes", kind=Customer.Kind.CONSUMER)
    theirs = make_invoice(plumber, person)
    private = took(written(letter_to(person, theirs), "I already paid this by check on November 2."))

    owing[1].refresh_from_db()
    assert (company.outcome, owing[1].paused_reason, owing[1].frozen_at) == ("already_paid", "already_paid", None)
    assert (private.outcome, Dispute.objects.get().invoice) == ("dispute", theirs)


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("Stop contacting me.", {"opt_out", "cease"}),
        ("I am represented by an attorney, contact my lawyer.", {"attorney_represented"}),
        ("I filed for bankruptcy, chapter 7.", {"bankruptcy"}),
        ("My husband passed away in October.", {"deceased"}),
    ],
)
def test_a_stop_binds_at_once_and_waits_to_be_read(owing: Any, words: str, kinds: set[str]) -> None:
    row = took(written(letter_to(*owing), words))

    assert kinds <= set(Suppression.objects.values_list("kind", flat=True))
    assert row.waits
    assert not collectable(owing[1])


def test_a_stop_and_an_objection_in_one_mail_are_both_carried_out(owing: Any) -> None:
    row = took(written(letter_to(*owing), "This bill is wrong, you charged me twice. Never call me again."))

    assert (row.outcome, Dispute.objects.count()) == ("dispute", 1)
    assert "opt_out" in set(Suppression.objects.values_list("kind", flat=True))


def test_a_promise_gives_a_quiet_week(owing: Any) -> None:
    row = took(written(letter_to(*owing), "I will pay this on Friday."))

    hold = Hold.objects.running(TUESDAY).get()
    assert (row.outcome, hold.invoice, hold.reason, hold.until) == (
        "promise", owing[1], "promise_to_pay", TUESDAY + timedelta(days=7),
    )  # fmt: skip


@pytest.mark.parametrize("words", ["Who are you?", "Thank you, we got your letter.", "", "👍", "\u202eyap lliw I"])
def test_anything_else_holds_collecting_until_a_person_has_read_it(plumber: Firm, owing: Any, words: str) -> None:
    customer, invoice = owing
    other = make_invoice(plumber, customer)

    row = took(written(letter_to(customer, invoice), words))

    assert (row.outcome, row.waits) == ("to_read", True)
    hold = Hold.objects.running(TUESDAY).get()
    assert (hold.customer, hold.invoice, hold.reason) == (customer, None, replies.TO_READ)
    assert not collectable(invoice)
    assert not collectable(other)
    assert list(replies.waiting()) == [row]

    replies.nothing_to_stop(row.pk, by=plumber.owner)
    replies.nothing_to_stop(row.pk, by=plumber.owner)

    assert collectable(invoice)
    assert list(replies.waiting()) == []
    hold.refresh_from_db()
    assert (hold.lifted_by, hold.lifted_at) == (plumber.owner.email, TUESDAY)
    assert ActivityLine.objects.filter(verb="mail_read").count() == 1


def test_a_member_says_that_it_was_a_dispute_after_all(plumber: Firm, owing: Any) -> None:
    row = took(written(letter_to(*owing), "Hm. Ask Luis what happened."))

    replies.is_dispute(row.pk, owing[1].pk, by=plumber.owner)

    row.refresh_from_db()
    assert (row.outcome, row.waits, row.read_by) == ("dispute", False, plumber.owner.email)
    assert Claim.objects.get().words == "Hm. Ask Luis what happened."
    with pytest.raises(replies.CannotRead):
        replies.is_dispute(row.pk, by=plumber.owner)


def test_quotes_alone_say_nothing_and_are_read(owing: Any) -> None:
    quoted = "> I dispute this bill\n> it is wrong"

    row = took(written(letter_to(*owing), quoted))

    assert (row.words, row.outcome, row.whole) == ("", "to_read", quoted)
    assert Dispute.objects.count() == 0


# machines


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Subject": "Automatic reply: your invoice"},
        {"List_Id": "<all.harbor.example>"},
        {"Return_Path": "<>"},
    ],
)
def test_machines_stop_nothing_and_are_answered_by_nobody(owing: Any, headers: dict[str, str]) -> None:
    address, sent = letter_to(*owing), len(mail.outbox)

    row = took(written(address, "I am away until Monday.", **headers))
    outbox.work()

    assert (row.outcome, row.waits) == ("automatic", False)
    assert not Hold.objects.exists()
    assert len(mail.outbox) == sent


def test_an_objection_behind_a_gateway_that_marks_everything_as_bulk_is_heard(owing: Any) -> None:
    row = took(written(letter_to(*owing), "This bill is wrong, we never ordered that.", Precedence="bulk"))

    assert row.outcome == "dispute"


def bounce(reply_to: str, *, action: str = "failed") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: syntharra@example.com\r\nMessage-ID: <b1@mx.example>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; a@b.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nReply-To: {reply_to}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


def test_a_letter_that_comes_back_failed_and_the_firm_is_told_once(owing: Any) -> None:
    address = letter_to(*owing)

    row = took(bounce(address))
    inbound.take(bounce(address))

    message = Message.objects.get(customer=owing[0])
    assert (row.outcome, message.status, message.outcome) == (
        "bounce",
        "failed",
        "came back: smtp; 550 5.1.1 no such user",
    )
    assert Message.objects.filter(letter="letter_failed").count() == 1
    assert not Hold.objects.exists()


def test_an_acknowledgement_that_comes_back_becomes_a_letter_on_paper(owing: Any, takes_mail: Any) -> None:
    open_dispute(owing[1].pk, claim=NewClaim(source="page", source_key="p", words="The sink leaks"))
    takes_mail.shift(timedelta(hours=20))
    outbox.work()
    sent = next(one for one in mail.outbox if one.subject.startswith("Thank you"))

    took(bounce(sent.reply_to[0]))

    paper = Message.objects.get(letter="dispute_acknowledgement", channel="letter")
    assert (paper.status, paper.key.startswith("paper:")) == ("draft", True)


def test_an_alert_that_comes_back_is_known_by_its_mark_and_goes_to_the_other_members(
    plumber: Firm, owing: Any, takes_mail: Any
) -> None:
    hand = make_member(plumber, "hand@avasplumbing.example", Role.CONTRIBUTOR)
    open_dispute(owing[1].pk, claim=NewClaim(source="page", source_key="p", words="The sink leaks"))
    outbox.work()
    alert = next(one for one in mail.outbox if one.to == [plumber.owner.email])

    took(bounce(alert.extra_headers["X-Letter"]))

    assert Message.objects.get(letter="dispute_alert", member=plumber.owner).status == "failed"
    assert Message.objects.filter(letter="dispute_alert", member=hand).exists()
    assert Dispute.objects.get().owner_told_at is None


def test_a_delay_is_no_failure_and_a_bounce_of_a_stranger_says_nothing(owing: Any) -> None:
    address = letter_to(*owing)

    assert inbound.take(bounce(address, action="delayed")) == []
    assert inbound.take(bounce(f"reply+{'a' * 32}@{DOMAIN}")) == []

    assert Message.objects.get(customer=owing[0]).status == "sent"
    assert StrayMail.objects.count() == 2


# strangers


def test_mail_to_an_unknown_or_expired_address_is_kept_sealed_counted_and_told_to_nobody(
    owing: Any, takes_mail: Any
) -> None:
    address, sent = letter_to(*owing), len(mail.outbox)

    assert inbound.take(written(f"reply+{'a' * 32}@{DOMAIN}", "I dispute this, says Ana")) == []
    takes_mail.shift(timedelta(days=731))
    assert inbound.take(written(address, "I dispute this, says Ana")) == []
    outbox.work()

    assert StrayMail.objects.filter(why="unknown address").count() == 2
    assert all(b"Ana" not in bytes(stray.sealed) for stray in StrayMail.objects.all())
    assert (InboundMail.objects.count(), Dispute.objects.count(), len(mail.outbox)) == (0, 0, sent)


def test_fifty_recipients_are_one_mail_of_one_customer(plumber: Firm, owing: Any) -> None:
    others = [f"someone{n}@elsewhere.example" for n in range(48)]
    strangers = make_invoice(plumber)
    forged = f"reply+{'b' * 32}@{DOMAIN}"

    took(written(", ".join([*others, forged, letter_to(*owing)]), "This bill is wrong."))

    assert [dispute.invoice for dispute in Dispute.objects.all()] == [owing[1]]
    assert collectable(strangers)


def test_a_sender_we_did_not_write_to_can_stop_but_is_not_quoted(owing: Any) -> None:
    took(written(letter_to(*owing), "This is wrong, we never ordered that.", sender="mallory@elsewhere.example"))

    assert Claim.objects.get().evidence["unquotable"] is True


def test_the_address_of_one_business_reaches_no_row_of_another(plumber: Firm, rival: Firm, owing: Any) -> None:
    address = letter_to(*owing)

    with acting_for(rival.business.pk):
        (pk,) = inbound.take(written(address, "This bill is wrong."))
        assert not InboundMail.objects.filter(pk=pk).exists()

    assert InboundMail.objects.get(pk=pk).business_id == plumber.business.pk


def hostile(address: str) -> dict[str, bytes]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"\0" * 20_000_000)
    head = f"From: a@b.example\r\nTo: {address}\r\n"
    bomb = base64.encodebytes(packed.getvalue()).decode()
    return {
        "no charset of this world": f"{head}Content-Type: text/plain; charset=klingon\r\n\r\nWer\xe9 is it".encode("latin-1"),
        "bytes that are no text": f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n".encode() + bytes(range(256)),
        "header injection": f"{head}Subject: =?utf-8?q?a=0D=0ABcc:=20x@y.example?=\r\n\r\nHm".encode(),
        "a thousand mails in a mail": head.encode() + b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3000)
        ),
        "a zip bomb": (
            f'{head}Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nHm\r\n'
            f"--x\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename=a.zip\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n{bomb}\r\n--x--\r\n"
        ).encode(),
        "nothing": head.encode(),
        "tags without end": f"{head}Content-Type: text/html\r\n\r\n{'<b>' * 30_000}{'</i>' * 30_000}<script>x".encode(),
    }  # fmt: skip


@pytest.mark.parametrize("what", hostile("x"))
def test_whatever_is_in_a_mail_it_is_kept_and_read_by_a_person(owing: Any, what: str) -> None:
    row = took(hostile(letter_to(*owing))[what])

    assert (row.outcome, row.waits) == ("to_read", True)
    assert "\n" not in row.subject
    assert "\0" not in row.whole
    assert not collectable(owing[1])
    assert DisputeFile.objects.count() == 0


def test_a_mail_larger_than_any_mail_server_takes_is_a_stray(owing: Any) -> None:
    raw = written(letter_to(*owing), "Hm") + b"x" * (25 * 1024 * 1024)

    assert inbound.take(raw) == []

    assert StrayMail.objects.get().why == "too large"


# forwarded by the firm


def test_a_member_forwards_a_complaint_and_the_invoice_it_names_is_frozen(plumber: Firm, owing: Any) -> None:
    to = forwarding_address(plumber.business)
    body = "---------- Forwarded message ---------\nFrom: Ana <ana@harbor.example>\n\nInvoice 1042: the sink leaks."

    row = took(written(to, body, sender=plumber.owner.email.upper()))

    claim = Claim.objects.get()
    assert (row.outcome, Dispute.objects.get().invoice) == ("dispute", owing[1])
    assert (claim.source, claim.by) == ("member", plumber.owner.email)
    assert len(to.split("@")[0]) <= 64


@pytest.mark.parametrize(
    ("sender", "words"),
    [("stranger@elsewhere.example", "Invoice 1042 is wrong"), ("ava@avasplumbing.example", "Somebody is angry")],
)
def test_a_stranger_or_a_mail_without_a_number_waits_for_somebody_to_choose(
    plumber: Firm, owing: Any, sender: str, words: str
) -> None:
    row = took(written(forwarding_address(plumber.business), words, sender=sender))

    assert (row.outcome, row.waits, Dispute.objects.count()) == ("to_choose", True, 0)
    assert collectable(owing[1])

    replies.is_dispute(row.pk, owing[1].pk, by=plumber.owner)

    assert Dispute.objects.get().invoice == owing[1]


def test_an_address_with_another_signature_is_nobodys(plumber: Firm) -> None:
    to = forwarding_address(plumber.business)
    forged = to.replace(to[40], "a" if to[40] != "a" else "b")

    assert inbound.take(written(forged, "Invoice 1042", sender=plumber.owner.email)) == []


# the doors


def posted(client: Client, raw: bytes, secret: str = "us:them") -> Any:
    body = {"RawEmail": raw.decode(), "FromFull": {"Email": "a@b.example"}, "OriginalRecipient": "", "Headers": []}
    authorization = f"Basic {base64.b64encode(secret.encode()).decode()}"
    return client.post(
        "/mail/postmark", body, content_type="application/json", headers={"Authorization": authorization}
    )


def test_the_mail_service_delivers_through_a_signed_door(
    plumber: Firm, owing: Any, settings: Any, client: Client
) -> None:
    settings.INBOUND_SERVICE, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": "us:them"}
    raw = written(letter_to(*owing), "This bill is wrong.")

    with acting_for_none():
        refused, accepted, again = posted(client, raw, "us:guess"), posted(client, raw), posted(client, raw)
        garbage = client.post(
            "/mail/postmark", b"[", content_type="application/json",
            headers={"Authorization": f"Basic {base64.b64encode(b'us:them').decode()}"},
        )  # fmt: skip

    assert [answer.status_code for answer in (refused, accepted, again, garbage)] == [403, 200, 200, 400]
    assert (InboundMail.objects.count(), Dispute.objects.count()) == (1, 1)


def test_without_its_secret_there_is_no_such_door(plumber: Firm, owing: Any, settings: Any, client: Client) -> None:
    settings.INBOUND_SERVICE, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": ""}

    assert posted(client, written(letter_to(*owing), "This bill is wrong.")).status_code == 404
    assert InboundMail.objects.count() == 0


def test_a_maildir_is_read_once_and_nothing_in_it_is_deleted(
    owing: Any, settings: Any, tmp_path: Path, capsys: Any
) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    settings.INBOUND_MAILDIR = str(tmp_path / "box")
    for words in ("This bill is wrong.", "Who are you?"):
        box.add(written(letter_to(*owing), words))

    call_command("fetch_mail")
    call_command("fetch_mail")

    assert capsys.readouterr().out == "2 taken, 0 of them for nobody\n0 taken, 0 of them for nobody\n"
    assert len(list((tmp_path / "box" / "cur").iterdir())) == 2
    assert InboundMail.objects.count() == 2


def test_a_mailbox_that_is_not_there_is_said_in_a_sentence(settings: Any, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Set INBOUND_MAILDIR or INBOUND_IMAP"):
        call_command("fetch_mail")
    settings.INBOUND_MAILDIR = str(tmp_path)
    with pytest.raises(CommandError, match="is no maildir"):
        call_command("fetch_mail")
    settings.INBOUND_MAILDIR, settings.INBOUND_IMAP = "", "imaps://host"
    with pytest.raises(CommandError, match="write imaps://user:password@host/mailbox"):
        call_command("fetch_mail")


class MailServer(socketserver.StreamRequestHandler):
    """As much of IMAP as fetching needs, over one mailbox kept in memory."""

    mails: dict[str, bytes]
    seen: set[str]

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline().decode().strip():
            tag, command, *rest = line.split(" ")
            if command == "LOGIN" and " ".join(rest) != 'ava "a word"':
                self.wfile.write(f"{tag} NO wrong password\r\n".encode())
                continue
            self.answer(command, rest)
            self.wfile.write(f"{tag} OK done\r\n".encode())
            if command == "LOGOUT":
                return

    def answer(self, command: str, rest: list[str]) -> None:
        if command == "CAPABILITY":
            self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
        elif command == "SELECT":
            self.wfile.write(b"* %d EXISTS\r\n" % len(self.mails))
        elif rest[:1] == ["SEARCH"]:
            self.wfile.write(f"* SEARCH {' '.join(uid for uid in self.mails if uid not in self.seen)}\r\n".encode())
        elif rest[:1] == ["FETCH"]:
            raw = self.mails[rest[1]]
            head = f"* 1 FETCH (UID {rest[1]} BODY[] {{{len(raw)}}}\r\n".encode()
            self.wfile.write(head + raw + b")\r\n")
        elif rest[:1] == ["STORE"]:
            self.seen.add(rest[1])


def test_a_mailbox_on_a_mail_server_is_read_once_and_marked_as_seen(owing: Any, settings: Any, capsys: Any) -> None:
    MailServer.mails = {
        "7": written(letter_to(*owing), "This bill is wrong."),
        "9": written(f"reply+{'c' * 32}@{DOMAIN}", "Hello?"),
    }
    MailServer.seen = set()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.INBOUND_IMAP = f"imap://ava:a%20word@127.0.0.1:{server.server_address[1]}/INBOX"
        call_command("fetch_mail")
        call_command("fetch_mail")
        settings.INBOUND_IMAP = settings.INBOUND_IMAP.replace("a%20word", "guess")
        with pytest.raises(CommandError, match="wrong password") as refused:
            call_command("fetch_mail")
        server.shutdown()

    assert capsys.readouterr().out == "2 taken, 1 of them for nobody\n0 taken, 0 of them for nobody\n"
    assert MailServer.seen == {"7", "9"}
    assert (InboundMail.objects.count(), Dispute.objects.count()) == (1, 1)
    assert "guess" not in str(refused.value)


def test_no_friendly_reminder_leaves_while_an_answer_waits_to_be_read(owing: Any) -> None:
    customer, invoice = owing
    took(written(letter_to(*owing), "Thank you, we got your letter."))
    outbox.owe(
        outbox.Letter(
            letter="polite_reminder", key="r", purpose=Purpose.COLLECT, channel=Channel.EMAIL,
            to=customer.contacts.get().email, customer=customer.pk, about=(invoice.pk,),
        )
    )  # fmt: skip
    sent = len(mail.outbox)

    outbox.work()

    assert Message.objects.get(letter="polite_reminder").status != "sent"
    assert len(mail.outbox) == sent


def test_a_person_whose_answer_a_member_reads_as_paid_has_disputed_in_writing(plumber: Firm) -> None:
    person = make_customer(plumber, "Ana Reyes", kind=Customer.Kind.CONSUMER)
    invoice = make_invoice(plumber, person)
    row = took(written(letter_to(person, invoice), "Thank you, we got your letter."))

    replies.is_paid(row.pk, by=plumber.owner)

    row.refresh_from_db()
    assert (Dispute.objects.get().invoice, row.waits, row.read_by) == (invoice, False, plumber.owner.email)


def test_what_is_said_to_be_paid_is_looked_for_beside_a_stop(owing: Any) -> None:
    row = took(
        written(letter_to(*owing), "We already paid this, check 2214 was mailed on November 2. Stop calling us.")
    )

    owing[1].refresh_from_db()
    assert (row.outcome, row.waits, owing[1].paused_reason) == ("stopped", True, "already_paid")
    assert "opt_out" in set(Suppression.objects.values_list("kind", flat=True))


WEATHER = "Hello, thanks for the note about the weather and the nice picture. "
OBJECTION = "By the way you never finished the job and I will not pay this."


@pytest.mark.parametrize("before", [WEATHER * 70, "I will pay it on Friday. " + WEATHER * 120])
def test_an_objection_at_the_end_of_a_long_letter_is_heard(owing: Any, before: str) -> None:
    assert len(before) > LONGEST

    row = took(written(letter_to(*owing), before + OBJECTION))

    assert (row.outcome, Dispute.objects.get().invoice) == ("dispute", owing[1])


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("\n\n".join(["I will pay this on Friday.", *[WEATHER] * 30]), "to_read"),
        ("\n\n".join(["We already paid this by check on November 2.", *[WEATHER] * 30]), "already_paid"),
        ("\n\n".join([OBJECTION, *[WEATHER] * 30]), "dispute"),
    ],
)
def test_what_is_longer_than_any_answer_is_read_by_a_person_whatever_was_heard_in_it(
    owing: Any, words: str, outcome: str
) -> None:
    row = took(written(letter_to(*owing), words))

    assert (row.outcome, row.waits) == (outcome, True)
    assert not collectable(owing[1])


@given(st.text(alphabet="ab .!?\n", max_size=400), st.integers(1, 60))
def test_a_long_text_is_heard_in_parts_that_lose_no_word(words: str, times: int) -> None:
    whole = words * times

    found = parts(whole)

    assert " ".join(found).split() == whole.split() or max(map(len, whole.split())) > LONGEST
    assert all(len(part) <= LONGEST for part in found)
