"""``manage.py classify_utterances``: what each line means, by the very hearing of the calls. Needs no database."""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from disputes.hearing import Heard, hear


class LineError(ValueError):
    """This line cannot be read; the message says why."""


class Command(BaseCommand):
    help = (
        'Reads JSON lines {"id", "text"} on standard input and prints one JSON line each with intent, also, dispute, pause, score, '
        "reason, lang, rule_ids and ms. A line that cannot be read is named on standard error, and the command ends with 1."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        hear("hello")  # reads model and rules, so that the first line is not charged with it
        wrong = 0
        for number, raw in enumerate(sys.stdin.buffer, 1):
            if not raw.strip():
                continue
            try:
                self.stdout.write(json.dumps(classified(raw)))
            except LineError as error:
                wrong += 1
                self.stderr.write(f"line {number}: {error}")
        if wrong:
            raise CommandError(
                f'{wrong} of the lines could not be read; each must be a JSON object with "id" and "text"'
            )


def classified(raw: bytes) -> dict[str, Any]:
    """Raises :class:`LineError`."""
    try:
        line = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8 ({error.reason} at byte {error.start})") from error
    except (ValueError, RecursionError) as error:
        raise LineError(f"not JSON ({error})") from error
    if not isinstance(line, dict):
        raise LineError("not a JSON object")
    if "id" not in line or isinstance(line["id"], (dict, list)):
        raise LineError('"id" is missing')
    if not isinstance(line.get("text"), str):
        raise LineError('"text" is missing or no text')
    start = time.perf_counter()
    heard = hear(line["text"])
    return as_json(line["id"], heard, (time.perf_counter() - start) * 1000)


def as_json(name: object, heard: Heard, milliseconds: float) -> dict[str, Any]:
    return {
        "id": name,
        "intent": heard.intent.value,
        "also": [intent.value for intent in heard.also],
        "dispute": heard.dispute,
        "pause": heard.pause,
        "score": heard.score,
        "reason": heard.reason.value if heard.reason else None,
        "lang": heard.lang,
        "rule_ids": list(heard.rule_ids),
        "ms": round(milliseconds, 3),
    }
