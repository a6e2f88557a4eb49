"""The page a customer pays on: the only way, beside the seller's own hand, in which money comes in."""

from html import escape

from integrations.simulation.books import NotThere
from integrations.simulation.call import Answer, Call, html_answer
from integrations.simulation.consent import frame
from integrations.square.simulation.invoice_shape import OPEN
from integrations.square.simulation.schedule import next_due, schedule
from integrations.square.simulation.selling import SquareBooks
from integrations.square.simulation.world import SquareWorld


def page(world: SquareWorld, call: Call) -> Answer:
    """GET shows what is due, POST pays it by card."""
    found = _invoice(world, call.path_params["id"])
    if found is None:
        return html_answer(frame("Square", "Invoice not found", "<p>This link leads nowhere.</p>"), 404)
    books, id = found
    invoice = books.invoices[id]
    due = next_due(schedule(books, invoice), books.today_at(books.location_of(invoice)))
    owing = books.status_of(invoice) in OPEN and due > 0
    if call.method == "POST" and owing:
        books.pay(invoice.customer, due, {id: due}, method="card")
        owing = False
    title = f"Invoice {invoice.number} from {books.name}"
    amount = f"{due} {invoice.currency}"
    button = f'<form method="post"><button class="act">Pay {escape(amount)}</button></form>'
    words = button if owing else f"<p>Status: {escape(books.status_of(invoice))}</p>"
    return html_answer(frame("Square", title, words))


def _invoice(world: SquareWorld, id: str) -> tuple[SquareBooks, str] | None:
    for account in world.companies:
        books = world.books(account)
        if not isinstance(books, SquareBooks):
            continue
        try:
            invoice = books.invoice(id)
        except NotThere:
            continue
        return (books, id) if invoice.status not in ("draft", "deleted") else None
    return None
