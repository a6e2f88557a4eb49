"""What we ask Jobber, word for word, and what each question costs at most by their rule. Data.

A field costs one point and a connection multiplies what is inside it by ``first``; tests hold the numbers to the rule and
the documents to Jobber's schema. ``first`` is always said: without it they count a hundred.
"""

from dataclasses import dataclass

PAGE, IDS_PAGE, LATEST = 50, 100, 25


@dataclass(frozen=True, slots=True)
class Document:
    """One question. ``points``: what it may cost at most; ``writes``: it is never sent twice by itself."""

    name: str
    text: str
    points: int
    writes: bool = False


def _invoice(*, lines: int, payments: int) -> str:
    return f"""
    id invoiceNumber subject message invoiceStatus issuedDate dueDate invoiceNet updatedAt
    waitingForFinancedPayment dateViewedInClientHub
    amounts {{ total invoiceBalance }}
    client {{ id sampleData }}
    lineItems(first: {lines}) {{ nodes {{ name description quantity totalPrice }} pageInfo {{ hasNextPage endCursor }} }}
    paymentRecords(first: {payments}) {{
      nodes {{ {_PAYMENT} }} pageInfo {{ hasNextPage endCursor }}
    }}"""


def _client(*, contacts: int) -> str:
    return f"""
    id name firstName lastName companyName isCompany isArchived sampleData receivesInvoiceFollowUps updatedAt
    emails {{ address primary }}
    phones {{ number normalizedPhoneNumber description primary }}
    billingAddress {{ street1 street2 city province postalCode country }}
    contacts(first: {contacts}) {{
      nodes {{
        name firstName lastName role title isBillingContact
        emails(first: 1) {{ nodes {{ address }} }}
        phones(first: 2) {{ nodes {{ number normalizedPhoneNumber description }} }}
      }}
      pageInfo {{ hasNextPage endCursor }}
    }}"""


_PAYMENT = "id adjustmentType amount entryDate tipAmount jobberPaymentTransactionStatus"
_RECORD = """
    id adjustmentType amount rawAmount entryDate paymentType
    client { id sampleData } invoice { id }"""
_REST = "pageInfo { hasNextPage endCursor }"
_SIDES = "amounts { total invoiceBalance subtotal discountAmount taxAmount }"

ACCOUNT = Document("Account", "query Account { account { id name countryCode } }", 4)

CLIENTS = Document(
    "Clients",
    f"""query Clients($first: Int!, $after: String, $filter: ClientFilterAttributes) {{
  clients(first: $first, after: $after, filter: $filter, sort: [{{ key: UPDATED_AT, direction: ASCENDING }}]) {{
    nodes {{ {_client(contacts=3)} }} {_REST} }} }}""",
    3704,
)
CLIENT_IDS = Document(
    "ClientIds",
    f"""query ClientIds($first: Int!, $after: String, $filter: ClientFilterAttributes) {{
  clients(first: $first, after: $after, filter: $filter, sort: [{{ key: UPDATED_AT, direction: ASCENDING }}]) {{
    nodes {{ id updatedAt }} {_REST} }} }}""",
    204,
)
CLIENT = Document("Client", f"query Client($id: EncodedId!) {{ client(id: $id) {{ {_client(contacts=50)} }} }}", 780)

INVOICES = Document(
    "Invoices",
    f"""query Invoices($first: Int!, $after: String, $filter: InvoiceFilterAttributes) {{
  invoices(first: $first, after: $after, filter: $filter, sort: [{{ key: UPDATED_AT, direction: ASCENDING }}]) {{
    nodes {{ {_invoice(lines=8, payments=4)} }} {_REST} }} }}""",
    4054,
)
INVOICE_IDS = Document(
    "InvoiceIds",
    f"""query InvoiceIds($first: Int!, $after: String, $filter: InvoiceFilterAttributes) {{
  invoices(first: $first, after: $after, filter: $filter, sort: [{{ key: UPDATED_AT, direction: ASCENDING }}]) {{
    nodes {{ id updatedAt }} {_REST} }} }}""",
    204,
)
INVOICE = Document(
    "Invoice",
    f"query Invoice($id: EncodedId!) {{ invoice(id: $id) {{ {_invoice(lines=50, payments=25)} clientHubUri }} }}",
    377,
)
INVOICE_MORE = Document(
    "InvoiceMore",
    f"""query InvoiceMore($id: EncodedId!, $lines: String, $payments: String) {{
  invoice(id: $id) {{
    id
    lineItems(first: 50, after: $lines) {{ nodes {{ name description quantity totalPrice }} {_REST} }}
    paymentRecords(first: 50, after: $payments) {{ nodes {{ {_PAYMENT} }} {_REST} }} }} }}""",
    510,
)
INVOICE_SIDES = Document(
    "InvoiceSides",
    f"query InvoiceSides($id: EncodedId!) {{ invoice(id: $id) {{ id invoiceStatus updatedAt {_SIDES} }} }}",
    10,
)

PAYMENTS_BY_DAY = Document(
    "PaymentsByDay",
    f"""query PaymentsByDay($first: Int!, $after: String, $filter: PaymentRecordFilterAttributes) {{
  paymentRecords(
    first: $first, after: $after, filter: $filter, sort: {{ key: ENTRY_DATE, direction: ASCENDING }}
  ) {{ nodes {{ {_RECORD} }} {_REST} }} }}""",
    554,
)
PAYMENT_IDS = Document(
    "PaymentIds",
    f"""query PaymentIds($first: Int!, $after: String, $filter: PaymentRecordFilterAttributes) {{
  paymentRecords(
    first: $first, after: $after, filter: $filter, sort: {{ key: ENTRY_DATE, direction: ASCENDING }}
  ) {{ nodes {{ id entryDate }} {_REST} }} }}""",
    204,
)
LATEST_PAYMENTS = Document(
    "LatestPayments",
    f"""query LatestPayments($first: Int!, $after: String) {{
  paymentRecords(first: $first, after: $after, sort: {{ key: UPDATED_AT, direction: DESCENDING }}) {{
    nodes {{ {_RECORD} }} {_REST} }} }}""",
    279,
)
PAYMENT = Document("Payment", f"query Payment($id: EncodedId!) {{ paymentRecord(id: $id) {{ {_RECORD} }} }}", 12)

_TROUBLE = "userErrors { message path }"
DISCOUNT = Document(
    "Discount",
    f"""mutation Discount($id: EncodedId!, $amount: Float!) {{
  invoiceEdit(invoiceId: $id, input: {{ discount: {{ discountRate: $amount, discountType: Unit }} }}) {{
    invoice {{ id {_SIDES} }} {_TROUBLE} }} }}""",
    12,
    writes=True,
)
BAD_DEBT = Document(
    "BadDebt",
    f"""mutation BadDebt($id: EncodedId!) {{
  invoiceClose(id: $id, input: {{ closeOption: BAD_DEBT }}) {{ invoice {{ id invoiceStatus }} {_TROUBLE} }} }}""",
    7,
    writes=True,
)
NOTE = Document(
    "Note",
    f"""mutation Note($id: EncodedId!, $message: String!) {{
  invoiceCreateNote(invoiceId: $id, input: {{ message: $message, pinned: true }}) {{
    invoiceNote {{ id }} {_TROUBLE} }} }}""",
    6,
    writes=True,
)
DISCONNECT = Document(
    "Disconnect", f"mutation Disconnect {{ appDisconnect {{ app {{ id }} {_TROUBLE} }} }}", 6, writes=True
)

ALL = (
    *(ACCOUNT, CLIENTS, CLIENT_IDS, CLIENT, INVOICES, INVOICE_IDS, INVOICE, INVOICE_MORE, INVOICE_SIDES),
    *(PAYMENTS_BY_DAY, PAYMENT_IDS, LATEST_PAYMENTS, PAYMENT, DISCOUNT, BAD_DEBT, NOTE, DISCONNECT),
)
