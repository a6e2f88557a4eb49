"""Square, simulated over HTTP: authorization, locations, invoices, orders, customers, payments, refunds, events, webhooks.

Written from the vendor's contract alone. Knows nothing of our client, our settings or our database.
"""

from starlette.applications import Starlette
from starlette.routing import Route

from integrations.simulation.app import simulator
from integrations.simulation.door import Door
from integrations.square.simulation import (
    customers,
    events,
    invoice_writes,
    invoices,
    locations,
    oauth,
    order_writes,
    orders,
    pay_page,
    payments,
    refunds,
)
from integrations.square.simulation.config import (
    CLOSED_LOCATION,
    DENTAL_PRACTICE,
    LANDSCAPER,
    LANDSCAPER_LOCATION,
    MAIN_LOCATION,
    READ_SCOPES,
    SCOPES,
    SECOND_LOCATION,
    SquareSimConfig,
)
from integrations.square.simulation.errors import INVALID, KINDS, errors_answer
from integrations.square.simulation.gate import EVENTS_PATH, Work, around, by_method, needs
from integrations.square.simulation.world import SquareWorld

__all__ = [
    "CLOSED_LOCATION",
    "DENTAL_PRACTICE",
    "KINDS",
    "LANDSCAPER",
    "LANDSCAPER_LOCATION",
    "MAIN_LOCATION",
    "READ_SCOPES",
    "SCOPES",
    "SECOND_LOCATION",
    "SquareSimConfig",
    "create_app",
]

WRITES = "ORDERS_WRITE INVOICES_WRITE"
API: list[tuple[str, Work]] = [
    ("/v2/locations", by_method(GET=needs("MERCHANT_PROFILE_READ", locations.listed))),
    ("/v2/locations/{id}", by_method(GET=needs("MERCHANT_PROFILE_READ", locations.one))),
    (
        "/v2/invoices",
        by_method(GET=needs("INVOICES_READ", invoices.listed), POST=needs(WRITES, invoice_writes.create)),
    ),
    ("/v2/invoices/search", by_method(POST=needs("INVOICES_READ", invoices.searched))),
    (
        "/v2/invoices/{id}",
        by_method(
            GET=needs("INVOICES_READ", invoices.one),
            PUT=needs(WRITES, invoice_writes.update),
            DELETE=needs(WRITES, invoice_writes.delete),
        ),
    ),
    ("/v2/invoices/{id}/cancel", by_method(POST=needs(WRITES, invoice_writes.cancel))),
    ("/v2/invoices/{id}/publish", by_method(POST=needs(WRITES, invoice_writes.publish))),
    ("/v2/orders", by_method(POST=needs("ORDERS_WRITE", order_writes.create))),
    ("/v2/orders/batch-retrieve", by_method(POST=needs("ORDERS_READ", orders.retrieved))),
    ("/v2/orders/search", by_method(POST=needs("ORDERS_READ", orders.searched))),
    ("/v2/orders/{id}", by_method(GET=needs("ORDERS_READ", orders.one))),
    ("/v2/orders/{id}/pay", by_method(POST=needs("PAYMENTS_WRITE ORDERS_WRITE", payments.refused))),
    ("/v2/customers", by_method(GET=needs("CUSTOMERS_READ", customers.listed))),
    ("/v2/customers/search", by_method(POST=needs("CUSTOMERS_READ", customers.searched))),
    ("/v2/customers/{id}", by_method(GET=needs("CUSTOMERS_READ", customers.one))),
    (
        "/v2/payments",
        by_method(GET=needs("PAYMENTS_READ", payments.listed), POST=needs("PAYMENTS_WRITE", payments.refused)),
    ),
    ("/v2/payments/{id}", by_method(GET=needs("PAYMENTS_READ", payments.one))),
    (
        "/v2/refunds",
        by_method(GET=needs("PAYMENTS_READ", refunds.listed), POST=needs("PAYMENTS_WRITE", refunds.create)),
    ),
    ("/v2/refunds/{id}", by_method(GET=needs("PAYMENTS_READ", refunds.one))),
    (EVENTS_PATH, by_method(POST=needs("", events.searched))),
]
OUTSIDE: list[tuple[str, list[str], Work]] = [
    ("/oauth2/authorize", ["GET", "POST"], oauth.authorize),
    ("/oauth2/token", ["POST"], oauth.token),
    ("/oauth2/revoke", ["POST"], oauth.revoke),
    ("/oauth2/token/status", ["POST"], oauth.status),
    ("/pay-invoice/{id}", ["GET", "POST"], pay_page.page),
]


def create_app(config: SquareSimConfig) -> Starlette:
    """The simulator as an app of its own, served at the root or mounted."""
    door = Door(SquareWorld(config), around=around)
    routes = [Route(path, door.endpoint(work)) for path, work in API]
    routes += [Route(path, door.endpoint(work, api=False), methods=methods) for path, methods, work in OUTSIDE]
    return simulator(door, routes, nothing_here=errors_answer(404, INVALID, "NOT_FOUND", "Resource not found."))
