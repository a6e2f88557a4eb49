"""manage.py explain_call INVOICE --at TIME: every rule about that call, passed or failed, with its source and figures."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Business
from compliance.explanation import Explanation, Verdict
from compliance.records import utc_text
from desk.explaining import explained
from desk.wording.rules import VERDICTS, figures, layer_words, source_words
from invoices.models import Invoice
from syntharra import clock
from syntharra.tenancy import acting_for


class Command(BaseCommand):
    help = (
        "Says of a call about an invoice whether it may be made, and why: every rule with its source and figures. "
        "Stores nothing, dials nothing. Exit code 0 whether or not the call is allowed, 1 when the invoice or the time is unknown."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("invoice", help="the number in the books, or our id")
        parser.add_argument("--at", help="ISO 8601; without an offset on the firm's wall clock; default: now")
        parser.add_argument("--business", help="name or id, where several firms have an invoice of this number")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, invoice: str, at: str | None, business: str | None, **options: Any) -> None:
        firm, pk = self._find(invoice, business)
        moment = self._moment(at, firm)
        zone = ZoneInfo(firm.time_zone)
        with acting_for(firm.pk), timezone.override(zone):
            found = Invoice.objects.select_related("customer").get(pk=pk)
            told = explained(found, at=moment)
            if options["json"]:
                self.stdout.write(json.dumps(self._json(firm, found, told)))
            else:
                self._say(firm, found, told, moment)

    def _find(self, number: str, business: str | None) -> tuple[Business, UUID]:
        firms = Business.objects.order_by("name", "pk")
        if business:
            named = Q(name__iexact=business)
            firms = firms.filter(named | Q(pk=business)) if _is_id(business) else firms.filter(named)
        found: list[tuple[Business, UUID]] = []
        for firm in firms:
            with acting_for(firm.pk):
                meant = Q(number=number) | Q(pk=number) if _is_id(number) else Q(number=number)
                found += [
                    (firm, pk)
                    for pk in Invoice.objects.filter(meant).order_by("-issued_on", "-pk").values_list("pk", flat=True)
                ]
        if not found:
            raise CommandError(_("no invoice %(number)s; is it the number in the books?") % {"number": number})
        if len({firm.pk for firm, _pk in found}) > 1:
            names = ", ".join(sorted({firm.name for firm, _pk in found}))
            raise CommandError(
                _("several firms have an invoice %(number)s; add --business: %(names)s")
                % {"number": number, "names": names}
            )
        return found[0]

    def _moment(self, at: str | None, firm: Business) -> datetime:
        if at is None:
            return clock.now()
        try:
            moment = datetime.fromisoformat(at)
        except ValueError as problem:
            raise CommandError(
                _("%(at)s is no time; write it like 2026-12-01T10:30 or 2026-12-01T15:30Z") % {"at": at}
            ) from problem
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(firm.time_zone))).astimezone(UTC)

    def _json(self, firm: Business, invoice: Invoice, told: Explanation) -> dict[str, Any]:
        clearance = told.clearance
        return {
            "business": firm.name,
            "invoice": invoice.number,
            "customer": invoice.customer.name,
            **{name: value for name, value in clearance.to_json().items() if name != "citations"},
            "rules": [line.to_json() for line in told.lines],
        }

    def _say(self, firm: Business, invoice: Invoice, told: Explanation, at: datetime) -> None:
        clearance, inputs = told.clearance, told.clearance.inputs
        answer = _("allowed") if clearance.is_allowed else _("refused: %(reason)s") % {"reason": clearance.reason}
        lines = [
            f"{firm.name}, {invoice.number}, {invoice.customer.name}, {utc_text(at)}: {answer}",
            _("Clocks: %(clocks)s")
            % {"clocks": ", ".join(f"{name} {shown}" for name, shown in inputs["local_times"].items()) or "-"},
            _("The law alone: %(answer)s") % {"answer": clearance.law_only.reason},
        ]
        if clearance.next_allowed_at:
            lines.append(_("Next permitted moment: %(when)s") % {"when": utc_text(clearance.next_allowed_at)})
        lines.append(_("Rules: %(version)s") % {"version": clearance.rules_version})
        for verdict in Verdict:
            mine = [line for line in told.lines if line.verdict is verdict]
            lines += ["", f"{VERDICTS[verdict]} ({len(mine)})"]
            for line in mine:
                counted = figures(line)
                lines.append(f"  {line.code}  [{layer_words(line)}]  {line.words}{f': {counted}' if counted else ''}")
                if verdict is not Verdict.NOT_BOUND and source_words(line.source):
                    lines.append(f"      {source_words(line.source)}")
        self.stdout.write("\n".join(lines))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
