"""``manage.py rehearse_calls``: written calls played against the agent. Needs no database."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from calls.agent.dialogues import DialogueError, read
from calls.agent.rehearsal import rehearse


class Command(BaseCommand):
    help = (
        "Reads written calls as JSON lines on standard input, plays the customer's side against the agent of the telephone, and "
        "prints one JSON line each: what was said and done, turn by turn. A line that cannot be read is named on standard error, "
        "and the command ends with 1."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for number, raw in enumerate(sys.stdin.buffer, 1):
            if not raw.strip():
                continue
            try:
                report = rehearse(read(raw.decode("utf-8")))
            except UnicodeDecodeError as error:
                wrong += 1
                self.stderr.write(f"line {number}: not UTF-8 ({error.reason} at byte {error.start})")
            except DialogueError as error:
                wrong += 1
                self.stderr.write(f"line {number}: {error}")
            else:
                self.stdout.write(json.dumps(report))
        if wrong:
            raise CommandError(f"{wrong} of the lines could not be read as a written call")
