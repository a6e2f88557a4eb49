"""Is this process alive, may it get traffic, and how is the installation doing."""

import secrets
from collections.abc import Iterator

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from compliance.models import RefusalTally
from integrations import webhooks
from integrations.models import InboxEvent
from syntharra import due
from syntharra.clock import machine_now

KINDS = (
    "outbox",
    "attempt",
    "call",
    "sync",
    "plan",
    "seal",
    "digest",
    "recovery",
    "marks",
    "mail",
    "revoke",
    "register",
)


def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers. Touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and broker are there; else 503 and which is missing."""
    found = {"database": _database(), "broker": _broker()}
    ready = all(word == "ok" for word in found.values())
    return JsonResponse({"ready": ready, **found}, status=200 if ready else 503)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return f"{len(waiting)} migrations to run" if waiting else "ok"


def _broker() -> str:
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"


class Installation(Collector):
    """Figures read from the open tables at the moment of asking; no business and no person in any label."""

    def collect(self) -> Iterator[Metric]:
        late = GaugeMetricFamily("syntharra_due_age_seconds", "By how much the oldest due row is late", labels=["kind"])
        for kind, seconds in due.oldest(KINDS).items():
            late.add_metric([kind], seconds)
        yield late
        yield GaugeMetricFamily(
            "syntharra_outbox_age_seconds",
            "By how much the oldest owed message or duty is late",
            value=due.oldest(["outbox"])["outbox"],
        )
        first = (
            InboxEvent.objects.filter(done_at=None)
            .order_by("received_at")
            .values_list("received_at", flat=True)
            .first()
        )
        age = (machine_now() - first).total_seconds() if first else 0.0
        yield GaugeMetricFamily("syntharra_inbox_age_seconds", "Age of the oldest webhook not yet read", value=age)
        refused = CounterMetricFamily("syntharra_refusals", "Contacts the gate refused", labels=["purpose", "reason"])
        totals = RefusalTally.objects.values_list("purpose", "reason").order_by("purpose", "reason")
        for purpose, reason, count in totals.annotate(total=Sum("count")):
            refused.add_metric([purpose, reason], count)
        yield refused
        rang = CounterMetricFamily(
            "syntharra_webhooks", "Deliveries of vendors by outcome", labels=["source", "outcome"]
        )
        for (source, outcome), count in sorted(webhooks.counts().items()):
            rang.add_metric([source, outcome], count)
        yield rang


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text. With METRICS_TOKEN set, only for ``Authorization: Bearer <token>``."""
    said = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and not secrets.compare_digest(said, settings.METRICS_TOKEN):
        return HttpResponse("metrics need their token\n", status=403, content_type="text/plain")
    registry = CollectorRegistry()
    registry.register(Installation())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
