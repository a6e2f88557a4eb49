"""The sandbox's mailbox keeps what real SMTP brings it, and refuses what a dead mailbox would."""

import asyncio
import smtplib
from email.message import EmailMessage

import pytest
from starlette.testclient import TestClient

from notifications.mailbox import Mailbox, create_app, listen


def letter(to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ava@x.example", to, "Harbor Cafe <b>disputes</b>"
    message.set_content("We stopped calling. https://x.example/disputes/D-1001/")
    message.add_alternative("<p>We stopped calling.</p>", subtype="html")
    return message


def send(mailbox: Mailbox, message: EmailMessage) -> None:
    async def over_smtp() -> None:
        server = await listen(mailbox, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]

        def deliver() -> None:
            with smtplib.SMTP("127.0.0.1", port, timeout=5) as smtp:
                smtp.send_message(message)

        try:
            await asyncio.to_thread(deliver)
        finally:
            server.close()

    asyncio.run(over_smtp())


def test_a_letter_sent_by_smtp_can_be_read_in_the_browser() -> None:
    mailbox = Mailbox()
    send(mailbox, letter("ava@avasplumbing.example"))
    browser = TestClient(create_app(mailbox))

    (kept,) = browser.get("/_sim/letters", params={"to": "ava@avasplumbing.example"}).json()
    index, page = browser.get("/").text, browser.get("/letters/1").text

    assert kept["text"].strip() == "We stopped calling. https://x.example/disputes/D-1001/"
    assert "Harbor Cafe &lt;b&gt;disputes&lt;/b&gt;" in index
    assert '<a href="https://x.example/disputes/D-1001/"' in page
    assert browser.get("/letters/2").status_code == 404


def test_a_dead_mailbox_refuses_at_the_door() -> None:
    mailbox = Mailbox()
    TestClient(create_app(mailbox)).post("/_sim/refuse", json={"addresses": ["gone@x.example"]})

    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(mailbox, letter("gone@x.example"))

    assert list(mailbox.letters) == []
