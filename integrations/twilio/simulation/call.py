"""A call: what was asked for, how far it is, and everything that happened on it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.twilio.simulation.clock import SimClock
from integrations.twilio.simulation.conversation import Conversation
from integrations.twilio.simulation.line import PhoneLine, Pulse, Source
from integrations.twilio.simulation.personas import Persona

FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
API_VERSION = "2010-04-01"


@dataclass(slots=True)
class CallOrder:
    """What the caller of the API asked for."""

    source: Source
    fallback: Source | None = None
    status_callback: str = ""
    status_callback_method: str = "POST"
    status_events: tuple[str, ...] = ("completed",)
    timeout: int = 60
    time_limit: int = 14_400
    record: bool = False
    recording_callback: str = ""
    recording_callback_method: str = "POST"
    recording_events: tuple[str, ...] = ("completed",)
    recording_channels: int = 1
    machine_detection: str = ""
    machine_detection_timeout: int = 30
    async_amd: bool = False
    amd_callback: str = ""
    amd_callback_method: str = "POST"


@dataclass(slots=True)
class Call:
    """One leg. `sequence` counts the status callbacks sent; `faults` are the injected misfortunes it carries.

    `clock` is the stopwatch its seconds pass on: the world's, or a plain one where a living person holds the telephone.
    """

    sid: str
    account_sid: str
    to: str
    from_: str
    direction: str
    order: CallOrder
    persona: Persona
    person: str
    clock: SimClock
    conversation: Conversation
    line: PhoneLine
    created_at: datetime
    phone_number_sid: str | None = None
    parent_sid: str | None = None
    status: str = "queued"
    queue_seconds: float = 0.0
    dialed_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    updated_at: datetime | None = None
    answered_lap: float | None = None
    seconds: int = 0
    ended_by: str = ""
    sip_code: int | None = None
    answered_by: str | None = None
    sequence: int = 0
    held_back: list[tuple[str, str]] | None = None
    faults: set[str] = field(default_factory=set)
    history: list[dict[str, Any]] = field(default_factory=list)
    frames: list[dict[str, Any]] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    pays_after: list[float] = field(default_factory=list)
    rings_back_after: list[float] = field(default_factory=list)
    person_task: asyncio.Task[None] | None = None
    picked_up: asyncio.Event = field(default_factory=asyncio.Event)
    ringing_reported: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    limit_changed: Pulse = field(default_factory=Pulse)

    @property
    def is_over(self) -> bool:
        return self.status in FINAL

    @property
    def is_silent(self) -> bool:
        """Accepted by the API and never heard of again."""
        return "silent" in self.faults

    @property
    def started_at(self) -> datetime | None:
        return self.answered_at or self.dialed_at

    def parameters(self) -> list[tuple[str, str]]:
        """The form fields every voice webhook carries, empty ones included."""
        fields = [
            ("AccountSid", self.account_sid),
            ("ApiVersion", API_VERSION),
            ("CallSid", self.sid),
            ("CallStatus", self.status),
            ("Called", self.to),
            ("Caller", self.from_),
            ("Direction", self.direction),
            ("From", self.from_),
            ("To", self.to),
        ]
        if self.parent_sid:
            fields.append(("ParentCallSid", self.parent_sid))
        for end in ("Called", "Caller", "From", "To"):
            fields += [(f"{end}City", ""), (f"{end}Country", "US"), (f"{end}State", ""), (f"{end}Zip", "")]
        return fields
