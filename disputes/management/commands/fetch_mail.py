"""``manage.py fetch_mail``: take the new mail of the maildir or IMAP mailbox the settings name."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from disputes import fetching


class Command(BaseCommand):
    help = "Take new mail from INBOUND_MAILDIR and INBOUND_IMAP: answers of customers, forwarded mail, letters that came back."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.INBOUND_MAILDIR and not settings.INBOUND_IMAP:
            raise CommandError("Set INBOUND_MAILDIR or INBOUND_IMAP: there is no mailbox to read.")
        try:
            taken, strays = fetching.fetch()
        except fetching.CannotFetch as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{taken} taken, {strays} of them for nobody\n")
