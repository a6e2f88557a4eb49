"""Hearing: what a person means, from speech as it was recognized, in English and Spanish. Pure; used for calls, texts and mail alike."""

from disputes.hearing.decision import hear
from disputes.hearing.encoder import ensure_present
from disputes.hearing.labels import INDEPENDENT, RANK, Heard, Intent, Listening, Reason, Stage
from disputes.hearing.model import ModelMissing

__all__ = [
    "INDEPENDENT",
    "RANK",
    "Heard",
    "Intent",
    "Listening",
    "ModelMissing",
    "Reason",
    "Stage",
    "ensure_present",
    "hear",
]
