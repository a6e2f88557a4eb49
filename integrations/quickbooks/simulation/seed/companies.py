"""The companies of the sandbox as they are at birth."""

from integrations.quickbooks.simulation.books import Books, Notice
from integrations.quickbooks.simulation.clock import WorldClock
from integrations.quickbooks.simulation.seed.avas_plumbing import AVAS
from integrations.quickbooks.simulation.seed.build import build
from integrations.quickbooks.simulation.seed.rival_rooter import RIVAL


def seeded_companies(clock: WorldClock, notice: Notice) -> dict[str, Books]:
    """Every company by realm, dated from the world's today."""
    return {firm.realm: build(firm, clock, notice) for firm in (AVAS, RIVAL)}
