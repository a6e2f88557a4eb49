"""What must hold in the days after the calls, and for a stranger who looks for what is not hers."""

import re
import time
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import close_old_connections, connection
from django.urls import reverse

from calls.models import Attempt
from desk.sandbox import REX, password
from desk.story.browser import Browser, DidNotWork
from desk.story.report import must, wait_until
from desk.story.scenes import Stage, contacts_about, opted_out
from syntharra import clock
from syntharra.models import Due
from syntharra.tenancy import TenantModel, acting_for, acting_for_none

CALLING_HOUR = 10  # other customers are called in these days, so that silence about this one means something


def acknowledged(stage: Stage, said: dict[str, Any]) -> None:
    """The clock goes to hour 20, and the customer has it in writing."""
    invoice = stage.invoice("2207")
    with acting_for(stage.business.pk):
        dispute = stage.business.disputes.get(invoice=invoice)
        to = stage.business.messages.get(letter="dispute_acknowledgement", about__invoice=invoice).to
    while clock.now() < dispute.opened_at + timedelta(hours=20):
        stage.move_clock("1h")

    def letter() -> dict[str, Any] | None:
        return next((m for m in stage.letters(to) if m["subject"].startswith("Thank you for telling us")), None)

    mail = wait_until(letter, within=60, what="the acknowledgement")
    hours = (datetime.fromisoformat(mail["at"]) - dispute.opened_at).total_seconds() / 3600
    said |= {"to": to, "subject": mail["subject"], "hours": round(hours, 2)}
    must(hours <= 24, f"acknowledged after {hours:.1f} hours")
    must("796" not in mail["text"] and "$" not in mail["text"], "the acknowledgement names an amount")
    link = re.search(r"https?://\S+/l/[\w-]+", mail["text"])
    must(link is not None, "the acknowledgement has no link")


def digest_sent(stage: Stage, said: dict[str, Any]) -> None:
    """The next morning at eight, on the business's own wall clock."""

    def digest() -> dict[str, Any] | None:
        mail = stage.letters("ava@avasplumbing.example")
        return next((m for m in mail if "open dispute" in m["subject"]), None)

    for _ in range(30):
        if digest():
            break
        stage.move_clock("1h")
        close_old_connections()
        wait_until(lambda: True, within=1, what="a moment")
        _sweeps(stage, 2.0)
    mail = wait_until(digest, within=30, what="the daily dispute e-mail")
    said |= {"subject": mail["subject"], "at": mail["at"]}
    must("2207" in mail["text"], "the e-mail does not name invoice 2207")


def no_contact_after_freeze(stage: Stage, said: dict[str, Any]) -> None:
    """Thirty days, a day at a time, with the sweeps running: nobody asks for the disputed money."""
    invoice = stage.invoice("2207")
    frozen_at = invoice.frozen_at
    assert frozen_at is not None
    before = len(stage.ask("twilio/_sim/rings")["rings"])
    until = frozen_at + timedelta(days=30)
    while clock.now().astimezone(stage.zone).hour != CALLING_HOUR:
        stage.move_clock("1h")
    while clock.now() < until:
        stage.move_clock("1d")
        _sweeps(stage, 5.0)
        _quiet(stage)
    rings = stage.ask("twilio/_sim/rings")["rings"]
    with acting_for(stage.business.pk):
        numbers = set(invoice.customer.contacts.values_list("phone", flat=True))
    to_them = [ring for ring in rings[before:] if ring["number"] in numbers]
    count = contacts_about(stage, invoice, frozen_at)
    said |= {
        "days": 30,
        "collect_contacts": count,
        "rings_to_the_customer": len(to_them),
        "rings_in_all": len(rings) - before,
    }
    must(count == 0 and not to_them, f"{count} contacts and {len(to_them)} rings after the freeze")
    must(stage.invoice("2207").frozen_at == frozen_at, "the invoice thawed by itself")


def opt_out_respected(stage: Stage, said: dict[str, Any]) -> None:
    """The stop is on record for the installation, and who asked us to stop was not rung in all those days."""
    opted_out(stage, said)
    rings = [ring for ring in stage.ask("twilio/_sim/rings")["rings"] if ring["number"] == "+16145550107"]
    said |= {"rings_to_who_asked_us_to_stop": len(rings)}
    must(len(rings) == 1, f"{len(rings)} rings to a number that opted out")


def _sweeps(stage: Stage, seconds: float) -> None:
    """Until nothing is due any more, or the time is up: the running processes do the work."""

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        close_old_connections()
        if not Due.objects.filter(due_at__lte=clock.now()).exclude(kind="seal").exists():
            return
        time.sleep(0.2)


def _quiet(stage: Stage) -> None:
    def quiet() -> bool:
        close_old_connections()
        with acting_for(stage.business.pk):
            return not Attempt.objects.filter(status__in=("dialing", "live")).exists()

    wait_until(quiet, within=90, what="the end of the calls under way")


def stranger_sees_nothing(stage: Stage, said: dict[str, Any]) -> None:
    """Rival Rooter's owner tries every page about Ava's rows, and the app's own role tries SQL."""
    with acting_for(stage.business.pk):
        invoice = stage.invoice("2207")
        call = stage.business.calls.first()
        addresses = [
            reverse("invoice", args=["2207"]),
            reverse("customer", args=[invoice.customer_id]),
            reverse("call", args=[call.pk if call else invoice.pk]),
            reverse("dispute", args=[stage.business.disputes.filter(invoice=invoice).earliest("opened_at").number]),
        ]
        names = list(stage.business.customers.values_list("name", flat=True))
    lists = ["today", "invoices", "customers", "calls", "disputes", "money", "activity", "connections", "sandbox"]
    seen = []
    with Browser(stage.web) as stranger:
        stranger.sign_in(REX["email"], password())
        for address in addresses:
            stranger.get(address, expect=404)
        for name in lists:
            page = stranger.get(reverse(name))
            seen += [f"{name}: {customer}" for customer in names if customer in page]
    rows = _rows_seen_by_sql(stage)
    said |= {
        "pages_refused": len(addresses),
        "lists_read": len(lists),
        "names_seen": seen,
        "tables": len(rows),
        "rows": sum(rows.values()),
    }
    must(not seen, f"a stranger saw {seen[:3]}")
    must(not any(rows.values()), f"raw SQL saw {rows}")
    with Browser(stage.web) as nobody:
        for address in addresses:
            if "/accounts/login" not in str(nobody.http.get(stage.web + address).url):
                raise DidNotWork(f"{address} opened without signing in")


def _rows_seen_by_sql(stage: Stage) -> dict[str, int]:
    """Rows of Ava's business that the app's role sees without a business, and while acting for the rival's."""
    from accounts.models import Business

    rival = Business.objects.get(name="Rival Rooter")
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)]
    found = dict.fromkeys(tables, 0)
    for context in (acting_for_none(), acting_for(rival.pk)):
        with context, connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE business_id = %s', [stage.business.pk])  # noqa: S608
                found[table] += cursor.fetchone()[0]
    return found
