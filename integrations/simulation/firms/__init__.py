"""Believable firms: who their customers are and what has been billed and paid."""

from integrations.simulation.firms.planting import FIRMS, plant

__all__ = ["FIRMS", "plant"]
