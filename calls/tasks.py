"""Doors of calls: bells and sweeps."""

from celery import shared_task

from syntharra import due


@shared_task
def sweep_plans() -> int:
    """Plan the calls of every business whose morning has come or where something changed."""
    return len(due.businesses("plan"))


@shared_task
def sweep_dials() -> int:
    """Dial what is due."""
    return len(due.businesses("attempt"))


@shared_task
def sweep_unfinished() -> int:
    """Find out what became of calls nobody told us the end of."""
    return len(due.businesses("call"))
