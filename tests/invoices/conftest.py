"""A simulator and a connected business, for the tests of this folder."""

from tests.integrations.quickbooks.avas_books import books, simulators_url, vendor

__all__ = ["books", "simulators_url", "vendor"]
