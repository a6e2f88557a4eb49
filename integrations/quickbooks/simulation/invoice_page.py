"""The customer's invoice page, where a payment link leads."""

from integrations.quickbooks.simulation import pages, till
from integrations.quickbooks.simulation.answers import HTML_TYPE, Answer, ApiFault
from integrations.quickbooks.simulation.traffic import Call
from integrations.quickbooks.simulation.world import World

CREDIT_CARD = "3"


def pay(world: World, call: Call) -> Answer:
    """Shows the invoice; a POST pays what is open and shows it again."""
    books = world.companies.get(call.realm or "")
    invoice = books.tables["Invoice"].get(call.path.rsplit("/", 1)[-1]) if books else None
    if books is None or invoice is None:
        return Answer(404, pages.gone_page().encode(), HTML_TYPE)
    if call.method != "POST":
        return Answer(200, pages.invoice_page(books, invoice).encode(), HTML_TYPE)
    try:
        till.pay(books, invoice, method=CREDIT_CARD)
    except ApiFault as fault:
        return Answer(409, pages.invoice_page(books, invoice, problem=fault.detail).encode(), HTML_TYPE)
    return Answer(303, b"", HTML_TYPE, {"Location": f"{call.base_url}{call.path}"})
