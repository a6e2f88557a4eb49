"""A mail as it came over the wire, read without trust: whatever is in it, what comes out is plain text and bytes, or nothing.

Pure. Nothing a sender writes raises here; what cannot be read is left out.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import Message as EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from html.parser import HTMLParser

MOST_BYTES = 25 * 1024 * 1024  # what mail servers take at most
MOST_TEXT = 100_000
MOST_PARTS = 200
MOST_FILES = 20
MOST_DEPTH = 300
_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To", "Resent-To")
_MACHINES = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.IGNORECASE)
_AWAY = re.compile(
    r"^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|respuesta autom[aá]tica|fuera de la oficina)\b",
    re.IGNORECASE,
)
_BULK = ("bulk", "list", "junk", "auto_reply", "auto-reply")


@dataclass(frozen=True)
class Attached:
    """A file as its sender named it; ``data`` is untrusted."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Mail:
    """One mail. ``machine``: why it is surely no person's; ``perhaps_machine``: why it may not be. Empty: a person's."""

    message_id: str
    sender: str
    recipients: str  # every header that may name an address of ours, as text
    subject: str
    sent_at: datetime | None
    text: str
    files: tuple[Attached, ...] = ()
    machine: str = ""
    perhaps_machine: str = ""
    came_back: str = ""  # of a bounce: what the mail server says
    came_back_from: str = ""  # and the headers of the letter that came back
    forged: bool = False  # the receiving server says that the sender is not who he claims to be


def read(raw: bytes, *, envelope: str = "") -> Mail:
    """The mail in these bytes; ``envelope`` is the address the mail server took it for, where it says so."""
    try:
        mail: EmailMessage = BytesParser(policy=policy.compat32).parsebytes(raw)
        parts = list(_parts(mail))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        mail = BytesHeaderParser(policy=policy.compat32).parsebytes(raw)
        parts = []
    sender = parseaddr(_header(mail, "From"))[1][:254].lower()
    text = _text(parts)
    bounced, original = _bounce(mail, parts)
    return Mail(
        message_id=_header(mail, "Message-ID")[:400],
        sender=sender,
        recipients=" ".join([envelope, *_addresses(mail)]),
        subject=_plain(_header(mail, "Subject")).replace("\n", " ")[:200],
        sent_at=_date(_header(mail, "Date")),
        text=text,
        files=tuple(_files(parts)),
        machine=_machine(mail, sender),
        perhaps_machine=_perhaps(mail, sender),
        came_back=bounced,
        came_back_from=original,
        forged="dmarc=fail" in _header(mail, "Authentication-Results").lower().replace(" ", ""),
    )


def _header(mail: EmailMessage, name: str) -> str:
    """A header as text; an encoded one decoded, a broken one as far as it goes."""
    from email.header import decode_header

    try:
        value = mail.get(name)
        if value is None:
            return ""
        said = "".join(
            part if isinstance(part, str) else _decoded(part, charset) for part, charset in decode_header(str(value))
        )
    except (ValueError, LookupError, TypeError, IndexError):
        return ""
    return re.sub(r"[\r\n\0]+\s*", " ", said).strip()


def _addresses(mail: EmailMessage) -> list[str]:
    values = [str(value) for name in _RECIPIENTS for value in mail.get_all(name, [])]
    return [address for _name, address in getaddresses(values[:100])][:500]


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parts(mail: EmailMessage) -> Iterator[EmailMessage]:
    """The parts of this mail, none of a mail inside it."""
    waiting, count = [mail], 0
    while waiting and count < MOST_PARTS:
        part = waiting.pop(0)
        count += 1
        yield part
        if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
            waiting[:0] = [each for each in part.get_payload() if isinstance(each, EmailMessage)]


def _is_file(part: EmailMessage) -> bool:
    return bool(part.get_filename()) or part.get_content_disposition() == "attachment"


def _text(parts: list[EmailMessage]) -> str:
    """The plain parts; where there is none, the HTML as text."""
    plain = [_body(part) for part in parts if part.get_content_type() == "text/plain" and not _is_file(part)]
    said = "\n".join(plain)
    if not said.strip():
        html = [_body(part) for part in parts if part.get_content_type() == "text/html" and not _is_file(part)]
        said = "\n".join(as_text(each) for each in html)
    return _plain(said)[:MOST_TEXT].strip()


def _body(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    charset = part.get_content_charset()
    return _decoded(payload[: 4 * MOST_TEXT], charset) if isinstance(payload, bytes) else ""


def _decoded(raw: bytes, charset: str | None) -> str:
    """In the charset it claims, else in what it most likely is."""
    for name in (charset, "utf-8"):
        try:
            if name:
                return raw.decode(name)
        except (LookupError, ValueError):
            continue
    return raw.decode("cp1252", errors="replace")


def _plain(text: str) -> str:
    """Without what a screen acts on: control signs, and marks that turn the direction of writing around."""
    text = text.replace("\r\n", "\n").replace("\xa0", " ")
    return "".join(
        sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co")
    )


def _files(parts: list[EmailMessage]) -> Iterator[Attached]:
    found = 0
    for part in parts:
        is_picture = part.get_content_maintype() == "image"
        if part.is_multipart() or not (_is_file(part) or is_picture) or found >= MOST_FILES:
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload:
            found += 1
            yield Attached(str(part.get_filename() or "picture")[:200], payload)


def _machine(mail: EmailMessage, sender: str) -> str:
    """RFC 3834 and RFC 3464: what says of itself that a machine sent it, and what answers nobody."""
    submitted = _header(mail, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return "auto-submitted"
    if mail.get_content_type() == "multipart/report":
        return "report"
    if "Return-Path" in mail and _header(mail, "Return-Path").strip() == "<>":
        return "no return path"
    return "mail server" if _MACHINES.match(sender) and sender.startswith(("mailer-daemon", "postmaster")) else ""


def _perhaps(mail: EmailMessage, sender: str) -> str:
    if _header(mail, "Precedence").lower() in _BULK or "List-Id" in mail or "List-Unsubscribe" in mail:
        return "bulk"
    if any(name in mail for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")):
        return "auto-reply"
    if _AWAY.match(_header(mail, "Subject")):
        return "away"
    return "no-reply" if _MACHINES.match(sender) else ""


def _bounce(mail: EmailMessage, parts: list[EmailMessage]) -> tuple[str, str]:
    """What the server says of a letter it could not deliver for good, and that letter's headers; empty when it is no such."""
    status, original = "", ""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            status += _flat(part)
        elif kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            original += _flat(part)[:20_000]
    if not re.search(r"^action:\s*failed\b", status, re.IGNORECASE | re.MULTILINE):
        return "", ""
    flags = re.IGNORECASE | re.MULTILINE
    told = re.search(r"^diagnostic-code:\s*(.+)$", status, flags) or re.search(r"^status:\s*(\S+)", status, flags)
    return _plain(told.group(1) if told else "not delivered")[:150].strip(), original


def _flat(part: EmailMessage) -> str:
    """A part that is itself made of headers, as text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        inside = [each for each in payload if isinstance(each, EmailMessage)]
        return "\n".join(f"{name}: {value}" for each in inside for name, value in each.items())
    return _body(part)


class _Text(HTMLParser):
    """The words of an HTML mail. What it quotes is marked with ``>``, as plain mail does."""

    BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr", "blockquote"})
    SILENT = frozenset({"script", "style", "head", "title", "template"})
    VOID = frozenset({"br", "hr", "img", "meta", "input", "link", "col", "wbr", "area", "base", "source"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.silent = 0
        self.quoted = 0
        self.opened: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.BLOCKS:
            self.out.append("\n" + "> " * bool(self.quoted))
        if tag in self.VOID or len(self.opened) >= MOST_DEPTH:
            return
        known = dict(attrs)
        named = f"{known.get('class') or ''} {known.get('id') or ''}"
        quotes = tag == "blockquote" or "gmail_quote" in named or "divRplyFwdMsg" in named
        self.opened.append((tag, quotes))
        self.quoted += quotes
        self.silent += tag in self.SILENT
        if quotes:
            self.out.append("\n> ")

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _quotes in self.opened):
            return
        while self.opened:
            name, quotes = self.opened.pop()
            self.quoted -= quotes
            self.silent -= name in self.SILENT
            if name == tag:
                break
        if tag in self.BLOCKS:
            self.out.append("\n" + "> " * bool(self.quoted))

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.out.append(re.sub(r"\s+", " ", data))


def as_text(html: str) -> str:
    """The words of this HTML, a line for each block."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.out)).strip()
