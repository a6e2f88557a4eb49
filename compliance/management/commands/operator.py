"""manage.py operator: what the operator puts on record: declaration, licenses, opinions, closed days, texts of a firm."""

import getpass
import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import Business
from compliance import operator, texting
from compliance.models import License, StateBlackout
from syntharra import clock
from syntharra.tenancy import acting_for


class Command(BaseCommand):
    help = (
        "Puts on record how this installation is run: the declaration, licenses and counsel's opinions by state, days on "
        "which a state is closed, that a firm's texts are registered with the carriers. Rows are added and ended, never changed. Prints one JSON line for each row it shows."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", default=getpass.getuser(), help="who says so; default: the user of the machine")
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        declare = acts.add_parser("declare", help="own books, or for others; as the setting ROLE has it")
        declare.add_argument("role", choices=("own_books", "for_others"))
        declare.add_argument("--name", required=True, help="the registered name that notices and openings give")
        declare.add_argument("--address", required=True, help="the postal address at which disputes arrive")
        for kind in License.Kind:
            add = acts.add_parser(kind.value, help=f"{kind.label} for a state")
            add.add_argument("state", help="like US-OH")
            add.add_argument(
                "--reference", required=True, help="its number, or who gave the opinion and where it is kept"
            )
            add.add_argument(
                "--from", dest="first", required=True, type=_day, help="the first day it holds, 2026-12-01"
            )
            add.add_argument("--until", dest="last", type=_day, help="the last day it holds; without it: until ended")
        close = acts.add_parser("close", help="nobody in a state is called on these days")
        close.add_argument("state", help="like US-LA")
        close.add_argument("--from", dest="first", required=True, type=_day)
        close.add_argument("--until", dest="last", required=True, type=_day, help="the last day, included")
        close.add_argument("--why", required=True, help="such as: declared emergency after the hurricane")
        end = acts.add_parser("end", help="end a license, an opinion or closed days by its number in the list")
        end.add_argument("what", choices=("license", "opinion", "close"))
        end.add_argument("number", type=int)
        messaging = acts.add_parser("messaging", help="a live firm's texts are registered with the carriers")
        messaging.add_argument("business", type=UUID, help="its id, as `doctor --json` shows it")
        messaging.add_argument("--reference", required=True, help="brand and campaign, or the toll-free verification")
        unregister = acts.add_parser("end-messaging", help="from now on no text of this firm leaves")
        unregister.add_argument("business", type=UUID)
        acts.add_parser("list", help="everything in force")

    def handle(self, *args: Any, act: str, by: str, **given: Any) -> None:
        try:
            self._do(act, by, given)
        except operator.CannotRegister as refused:
            raise CommandError(str(refused)) from refused

    def _do(self, act: str, by: str, given: dict[str, Any]) -> None:
        match act:
            case "declare":
                operator.declare(given["role"], name=given["name"], address=given["address"], by=by)
            case "license" | "opinion":
                operator.add_license(
                    given["state"],
                    License.Kind(act),
                    reference=given["reference"],
                    valid_from=given["first"],
                    valid_until=given["last"],
                    by=by,
                )
            case "close":
                operator.close_state(given["state"], first=given["first"], last=given["last"], why=given["why"], by=by)
            case "messaging" | "end-messaging":
                self._messaging(given["business"], given.get("reference"), by)
            case "end" if given["what"] == "close":
                operator.open_state(given["number"], by=by)
            case "end":
                operator.end_license(given["number"], by=by)
        self._list()

    def _messaging(self, business_id: UUID, reference: str | None, by: str) -> None:
        business = Business.objects.filter(pk=business_id).first()
        if business is None:
            raise operator.CannotRegister(f"no business has the id {business_id}; doctor --json shows them")
        with acting_for(business.pk):
            if reference is None:
                texting.end(business, by=by)
            else:
                texting.register(business, reference, by=by)

    def _list(self) -> None:
        declared = operator.declaration()
        if declared is None:
            self.stderr.write(_("Nothing is declared that fits the setting ROLE."))
        else:
            self._show("declaration", declared.pk, role=declared.role, name=declared.name, address=declared.address)
        on = clock.now().date()
        for found in License.objects.filter(ended_at=None).order_by("state", "pk"):
            self._show(
                found.kind,
                found.pk,
                state=found.state,
                reference=found.reference,
                valid_from=str(found.valid_from),
                valid_until=str(found.valid_until) if found.valid_until else None,
                holds=found.valid_from <= on and (found.valid_until is None or on <= found.valid_until),
            )
        for row in StateBlackout.objects.filter(ended_at=None, last__gte=on).order_by("first", "state"):
            self._show("close", row.pk, state=row.state, first=str(row.first), last=str(row.last), why=row.why)

        for business in Business.objects.filter(sandbox=False).order_by("name", "pk"):
            with acting_for(business.pk):
                texts = texting.registration()
            if texts is not None:
                self._show("messaging", str(business.pk), name=business.name, reference=texts.reference)

    def _show(self, kind: str, number: int | str, **facts: Any) -> None:
        self.stdout.write(json.dumps({"kind": kind, "number": number, **facts}))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError(_("%(text)s is no day; write it like 2026-12-01") % {"text": text}) from problem
