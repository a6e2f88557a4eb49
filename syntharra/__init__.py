"""The project. Imported first, it makes the one Celery app that every ``delay`` of every process speaks to."""

from syntharra.celery import app as celery_app

__all__ = ["celery_app"]
