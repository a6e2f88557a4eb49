"""Bells: a worker is told after the commit what waits for it. A bell nobody hears costs a minute: sweeps go round."""

from typing import Any
from uuid import UUID

from django.db import transaction
from kombu.exceptions import OperationalError

from syntharra import logs
from syntharra.tenancy import current_business

log = logs.get(__name__)


def dial(attempt_id: UUID, *, seconds: float = 0) -> None:
    """Somebody should dial this attempt."""
    _after_commit("calls.tasks.dial", str(current_business()), str(attempt_id), seconds=seconds)


def settle(attempt_id: UUID, *, seconds: float = 0) -> None:
    """Somebody should find out how this attempt stands."""
    _after_commit("calls.tasks.settle", str(current_business()), str(attempt_id), seconds=seconds)


def plan(*, seconds: float = 0) -> None:
    """Somebody should plan the calls of the current business."""
    _after_commit("calls.tasks.plan", str(current_business()), seconds=seconds)


def duties(*, seconds: float) -> None:
    """A duty that asked to be looked at again soon: sooner than the next sweep."""
    _after_commit("notifications.tasks.work", str(current_business()), seconds=seconds)


def read_webhooks() -> None:
    """The carrier has told us something."""
    _after_commit("calls.tasks.read_webhooks")


def _after_commit(task: str, *arguments: str, seconds: float = 0) -> None:
    transaction.on_commit(lambda: _ring(task, arguments, seconds))


def _ring(task: str, arguments: tuple[str, ...], seconds: float) -> None:
    from syntharra.celery import app

    options: dict[str, Any] = {"countdown": seconds} if seconds else {}
    try:
        app.send_task(task, args=arguments, **options)
    except OperationalError:
        log.warning("bell_not_heard", task=task)
