"""The six vendors of the contract suite, for cases that are walked from the first word to the books' proof."""

from tests.contracts.conftest import _running, books, firm, vendor

__all__ = ["_running", "books", "firm", "vendor"]
