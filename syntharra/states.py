"""Rows whose states are ours: the moves they may make are a table on the class, and nothing else moves them."""

from typing import Any, ClassVar, Self

from django.db import models


class IllegalMove(Exception):
    """The row may not go from the state it has to the one asked for."""


class Stateful(models.Model):
    """A model with a ``status`` and a table of ``MOVES`` from each state to those that may follow it."""

    MOVES: ClassVar[dict[str, set[str]]]
    status: Any

    class Meta:
        abstract = True

    def move(self, to: str, **changes: Any) -> Self:
        """Go to another state, with the fields that change along with it.

        For a row that is held: the stored state must still be the one this object has, else IllegalMove.
        """
        if to not in self.MOVES[self.status]:
            raise IllegalMove(f"{self._meta.verbose_name} {self.pk} cannot go from {self.status} to {to}")
        moved = type(self)._default_manager.filter(pk=self.pk, status=self.status).update(status=to, **changes)
        if moved != 1:
            raise IllegalMove(f"{self._meta.verbose_name} {self.pk} is no longer {self.status}")
        self.status = to
        for field, value in changes.items():
            setattr(self, field, value)
        return self
