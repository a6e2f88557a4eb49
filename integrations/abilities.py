"""What each vendor's books can have written into them, and what the owner does by hand where they cannot. Data.

Shown before somebody chooses a way to end a dispute, and turned into a task with these steps where a program cannot do it.
Every vendor's package has a module ``abilities`` with ``ABILITIES``: an ``Ability`` for each ``Act``, and ``Facts``: what its
books tell us at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any


class Act(StrEnum):
    """Something we may want written into the books."""

    LOWER = "lower"
    WRITE_OFF = "write_off"
    NOTE = "note"
    REMINDERS = "reminders"
    RECEIVE = "receive"  # a payment that came in elsewhere, by card


class Way(StrEnum):
    """How it is done at this vendor."""

    API = "api"  # just so
    NEAREST = "nearest"  # by what comes nearest; ``words`` say what the owner will find in his books
    TASK = "task"  # by the owner, following ``steps``


@dataclass(frozen=True, slots=True)
class Ability:
    """How one act is done: ``words`` for the owner before he chooses, ``steps`` where he does it himself."""

    way: Way
    words: Any
    steps: tuple[Any, ...] = ()

    @property
    def by_hand(self) -> bool:
        return self.way is Way.TASK


@dataclass(frozen=True, slots=True)
class Facts:
    """What these books tell us. Where they do not, we say "unknown" and never guess."""

    sent: bool = False
    estimates: bool = False
    credit_memos: bool = True
    reminders: bool = False
    webhooks: bool = True
    contacts: bool = False  # further people at a customer


@dataclass(frozen=True, slots=True)
class Abilities:
    """Everything of one vendor."""

    acts: Mapping[Act, Ability]
    facts: Facts
    invoice_page: str = ""  # with {id} (and {account}); "" where the vendor has no address we know
    reminders_page: str = ""  # where the vendor's own reminders and late fees are set
    every_minutes: int = 5  # no oftener: a vendor with a small daily allowance is asked less often

    def of(self, act: Act) -> Ability:
        return self.acts[act]

    def invoice_link(self, external_id: str, account: str) -> str:
        """Where the owner finds this invoice at the vendor; "" where we know no address."""
        return self.invoice_page.format(id=external_id, account=account)


def abilities_of(provider: str) -> Abilities:
    """What this vendor's books can do."""
    found: Abilities = import_module(f"integrations.{provider}.abilities").ABILITIES
    return found
