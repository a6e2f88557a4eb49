"""What somebody wrote now, out of what a mail program sends along."""

import pytest

from notifications.mail_reading import as_text, read
from notifications.quotes import new_words

ANSWERS = {
    "gmail": ("I disagree.\n\nOn Mon, Nov 23, 2026 at 9:12 AM Ava <a@b.example> wrote:\n> You owe\n> 796", "I disagree."),
    "gmail, broken line": ("I disagree.\n\nOn Mon, Nov 23, 2026 at 9:12 AM Ava's Plumbing\n<a@b.example> wrote:\n\n> You owe", "I disagree."),
    "spanish": ("No estoy de acuerdo.\n\nEl lun, 23 nov 2026 a las 9:12, Ava (<a@b.example>) escribió:\n> Debe", "No estoy de acuerdo."),
    "outlook": ("No.\n\n-----Original Message-----\nFrom: Ava\nSent: Monday\nYou owe 796", "No."),
    "outlook, new": ("No.\n\nFrom: Ava <a@b.example>\nSent: Monday, November 23\nTo: Ana\nSubject: Bill\n\nYou owe", "No."),
    "outlook in spanish": ("No.\n\nDe: Ava <a@b.example>\nEnviado el: lunes\nPara: Ana\n\nDebe", "No."),
    "no marks after the header": ("No.\n\nOn Nov 23, 2026, Ava wrote:\n\nYou owe 796", "No."),
    "answered below": ("On Nov 23, 2026, Ava wrote:\n> You owe 796\n\nNo I don't.", "No I don't."),
    "answered between": ("> You owe 796\nNo I don't.\n> Pay by Friday\nNever.", "No I don't.\nNever."),
    "signature": ("No.\n-- \nAna Reyes\nHarbor Cafe", "No."),
    "telephone": ("No.\n\nSent from my iPhone", "No."),
    "a sentence that begins alike": ("On Monday your man broke the sink, he said.\nFix it.", "On Monday your man broke the sink, he said.\nFix it."),
    "from is a word": ("From: what I see the sink leaks.\nFix it.", "From: what I see the sink leaks.\nFix it."),
    "quotes alone": ("> You owe\n> 796", ""),
    "nothing": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), ANSWERS.values(), ids=ANSWERS)
def test_only_what_was_written_now_is_left(text: str, words: str) -> None:
    assert new_words(text) == words
    assert new_words(text.replace("\n", "\r\n")) == words


def test_html_alone_becomes_text_and_what_it_quotes_stays_a_quote() -> None:
    html = (
        "<html><head><title>x</title><style>p{}</style></head><body><p>The sink<br>leaks &amp; drips.</p>"
        '<script>alert(1)</script><div class="gmail_quote">On Nov 23, 2026, Ava wrote:<blockquote>You owe</blockquote></div>'
    )

    assert new_words(as_text(html)) == "The sink\nleaks & drips."


@pytest.mark.parametrize(
    ("charset", "raw"),
    [("utf-8", "Está mal".encode()), ("iso-8859-1", "Está mal".encode("latin-1")), ("utf-8", "Está mal".encode("cp1252")),
     ("nonsense", "Está mal".encode()), ("utf-16", "Está mal".encode("utf-16"))],
)  # fmt: skip
def test_a_charset_that_lies_is_read_all_the_same(charset: str, raw: bytes) -> None:
    head = f"From: =?utf-8?q?Jos=C3=A9?= <jose@x.example>\r\nContent-Type: text/plain; charset={charset}\r\n\r\n"

    found = read(head.encode() + raw)

    assert (found.text, found.sender) == ("Está mal", "jose@x.example")


def test_marks_that_turn_the_writing_around_are_gone() -> None:
    assert read("From: a@b.example\r\n\r\nI \u202eyap\u202c will\u200b".encode()).text == "I yap will"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"From: \xff\x00@b.example\r\nSubject: \xff\x00 =?klingon?q?=FF?= =?utf-8?b?////?=\r\nMessage-ID: <\xff>\r\n\r\nhi",
        b'Date: \xff\r\nContent-Type: text/plain; charset="\xff"\r\n\r\n\xed\xa0\x80 hi',
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: text/html; charset=utf-7\r\n\r\n+2AA-",
        b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800 hi",
        b"Content-Type: text/plain; charset=zlib_codec\r\n\r\nhi",
        b"Content-Type: application/pdf; name*=klingon''%FF\r\nContent-Disposition: attachment\r\n\r\nx",
    ],
)
def test_bytes_nobody_would_send_are_read_as_text_that_can_be_stored(raw: bytes) -> None:
    found = read(raw)

    kept = "".join([found.sender, found.subject, found.text, found.message_id, *(file.name for file in found.files)])
    assert "\0" not in kept
    assert kept.encode().decode() == kept
