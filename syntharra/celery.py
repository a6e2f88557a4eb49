"""Celery: doorbells and sweeps. A message carries ids only, the business first; what may not be lost is a row."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syntharra.settings")

app = Celery("syntharra")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _ours(**_: object) -> None:
    """Celery leaves logging alone: the project's structured logs are set up by Django."""
