"""Mail from a mailbox: a maildir on disk, or one on a mail server by IMAP. Taken, then marked read; never deleted.

A crash between the two takes the mail again, which is once by its Message-ID.
"""

import imaplib
import mailbox
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from disputes import inbound
from notifications.mail_reading import MOST_BYTES
from syntharra import logs

log = logs.get(__name__)

AT_A_TIME = 200
PATIENCE = 30.0  # seconds for each answer of the mail server


class CannotFetch(Exception):
    """The mailbox cannot be read; the message says which setting to look at."""


def fetch() -> tuple[int, int]:
    """Take what is new in every mailbox the settings name; how many mails, and how many of them were strays.

    Raises CannotFetch.
    """
    taken = strays = 0
    for source in (_from_maildir, _from_imap):
        for raw in source():
            strays += not inbound.take(raw)
            taken += 1
    return taken, strays


def _from_maildir() -> Iterator[bytes]:
    """The new mail of the maildir, moved to ``cur`` as seen once it was taken."""
    if not settings.INBOUND_MAILDIR:
        return
    folder = Path(settings.INBOUND_MAILDIR)
    if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
        raise CannotFetch(f"INBOUND_MAILDIR: {folder} is no maildir (it has no folders new and cur)")
    box = mailbox.Maildir(folder, create=False)
    waiting = sorted(key for key in box.iterkeys() if (folder / "new" / key).exists())
    for key in waiting[:AT_A_TIME]:
        with box.get_file(key) as file:
            raw = file.read(MOST_BYTES + 1)
        yield raw
        (folder / "new" / key).rename(folder / "cur" / f"{key}:2,S")


def _from_imap() -> Iterator[bytes]:
    """The unseen mail of the mailbox in ``INBOUND_IMAP``, marked seen once it was taken."""
    if not settings.INBOUND_IMAP:
        return
    where = urlsplit(settings.INBOUND_IMAP)
    if where.scheme not in ("imaps", "imap") or not where.hostname or not where.username:
        raise CannotFetch("INBOUND_IMAP: write imaps://user:password@host/mailbox")
    kind = imaplib.IMAP4_SSL if where.scheme == "imaps" else imaplib.IMAP4
    try:
        with kind(where.hostname, where.port or (993 if where.scheme == "imaps" else 143), timeout=PATIENCE) as server:
            server.login(unquote(where.username), unquote(where.password or ""))
            server.select(_quoted(unquote(where.path.strip("/")) or "INBOX"))
            _kind, found = server.uid("SEARCH", "UNSEEN")
            for uid in (found[0] or b"").decode().split()[:AT_A_TIME]:
                _kind, parts = server.uid("FETCH", uid, "(BODY.PEEK[])")
                raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
                if raw is not None:
                    yield raw
                server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
    except (imaplib.IMAP4.error, OSError) as error:
        said = error.args[0] if error.args else type(error).__name__
        words = said.decode(errors="replace") if isinstance(said, bytes) else str(error)
        raise CannotFetch(f"INBOUND_IMAP: {where.hostname} answers: {words}") from error


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
