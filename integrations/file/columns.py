"""Which column means what: the fields an invoice list can have, and a guess from the words in its header. Pure.

The words are those programs and people write in English and Spanish; the guess is shown and can be changed.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Field:
    """What a column can be: its name for people, and the header words it is known by, surest first."""

    name: str
    label: Any
    words: tuple[str, ...]


FIELDS: tuple[Field, ...] = (
    Field(
        "number",
        _("Invoice number"),
        (
            "invoice number", "invoice no", "invoice num", "invoice id", "invoice", "inv number", "inv no", "inv num", "inv",
            "document number", "doc number", "document no", "doc no", "number", "num", "no", "reference", "reference number",
            "ref", "ref no", "ref number", "numero de factura", "numero factura", "no de factura", "no factura", "num factura",
            "n factura", "factura", "folio", "numero", "referencia",
        ),
    ),
    Field(
        "customer",
        _("Customer name"),
        (
            "customer name", "customer", "customer full name", "client name", "client", "bill to", "billed to",
            "bill to name", "sold to", "debtor", "debtor name", "account name", "name", "company name", "company",
            "nombre del cliente", "nombre cliente", "cliente", "razon social", "facturar a", "nombre", "empresa",
        ),
    ),
    Field(
        "balance",
        _("Balance owed"),
        (
            "balance due", "open balance", "balance", "amount due", "invoice amount due", "amount outstanding", "outstanding balance",
            "outstanding amount", "outstanding", "amount open", "open amount", "remaining balance", "remaining", "amount owing",
            "amount owed", "owed", "unpaid", "unpaid amount", "total due", "current balance", "saldo pendiente", "saldo",
            "importe pendiente", "monto pendiente", "pendiente", "adeudo", "por pagar", "saldo por pagar", "importe adeudado",
        ),
    ),
    Field(
        "total",
        _("Invoice total"),
        (
            "invoice total", "total amount", "invoice amount", "total", "original amount", "amount", "gross amount", "gross",
            "grand total", "importe total", "monto total", "total factura", "importe", "monto", "valor",
        ),
    ),
    Field(
        "paid",
        _("Already paid"),
        (
            "amount paid", "paid amount", "total paid", "payments", "paid", "payments received", "amount received",
            "received", "importe pagado", "monto pagado", "pagado", "abonado", "pagos",
        ),
    ),
    Field(
        "issued",
        _("Invoice date"),
        (
            "invoice date", "date issued", "issue date", "issued", "issued on", "date of invoice", "transaction date",
            "txn date", "billing date", "bill date", "date", "created", "created date", "fecha de factura", "fecha factura",
            "fecha de emision", "emision", "fecha",
        ),
    ),
    Field(
        "due",
        _("Due date"),
        (
            "due date", "date due", "due on", "payment due", "payment due date", "due by", "due", "fecha de vencimiento",
            "fecha vencimiento", "vencimiento", "vence", "fecha limite", "fecha limite de pago", "fecha de pago",
        ),
    ),
    Field("currency", _("Currency"), ("currency", "currency code", "moneda", "divisa", "codigo de moneda")),
    Field(
        "mobile",
        _("Customer's mobile"),
        ("mobile", "mobile phone", "mobile number", "cell", "cell phone", "cellphone", "celular", "movil", "telefono movil"),
    ),
    Field(
        "phone",
        _("Customer's phone"),
        (
            "phone", "phone number", "customer phone", "telephone", "tel", "main phone", "work phone", "home phone",
            "office phone", "billing phone", "client phone", "primary phone", "telefono", "numero de telefono", "tel cliente",
        ),
    ),
    Field(
        "email",
        _("Customer's e-mail"),
        (
            "email", "e mail", "email address", "customer email", "billing email", "client email", "mail", "main email",
            "correo electronico", "correo", "direccion de correo", "e mail address",
        ),
    ),
    Field(
        "contact",
        _("Contact person"),
        (
            "contact name", "contact person", "contact", "attention", "attn", "primary contact", "billing contact", "full name",
            "nombre del contacto", "persona de contacto", "contacto", "atencion",
        ),
    ),
    Field(
        "street",
        _("Street"),
        (
            "street", "address", "street address", "address 1", "address line 1", "billing address", "billing street",
            "bill to address", "calle", "direccion", "domicilio",
        ),
    ),
    Field("city", _("City"), ("city", "town", "billing city", "ciudad", "poblacion", "localidad", "municipio")),
    Field("state", _("State"), ("state", "province", "region", "billing state", "estado provincia", "provincia")),
    Field(
        "zip",
        _("ZIP code"),
        (
            "zip", "zip code", "zipcode", "postal code", "postcode", "billing zip", "billing postal code", "codigo postal", "cp",
        ),
    ),
    Field(
        "customer_number",
        _("Customer number"),
        (
            "customer number", "customer no", "customer id", "customer num", "client id", "client number", "account number",
            "account no", "acct no", "acct", "account id", "numero de cliente", "no cliente", "id cliente", "codigo de cliente",
            "codigo cliente", "n cliente",
        ),
    ),
    Field(
        "kind",
        _("Company or person"),
        (
            "customer type", "client type", "type of customer", "company or person", "business or individual", "segment",
            "tipo de cliente", "tipo cliente", "empresa o persona",
        ),
    ),
    Field(
        "description",
        _("What it was for"),
        (
            "description", "item", "items", "service", "services", "product service", "job", "job description", "details",
            "descripcion", "concepto", "servicio", "detalle",
        ),
    ),
    Field("status", _("Status"), ("status", "invoice status", "payment status", "estado", "estatus", "situacion")),
    Field(
        "sent",
        _("Sent to the customer"),
        ("sent", "email sent", "emailed", "sent to customer", "delivered", "enviado", "enviada", "factura enviada"),
    ),
    Field(
        "memo",
        _("Memo"),
        ("memo", "notes", "note", "comments", "comment", "message", "remarks", "nota", "notas", "observaciones", "comentarios"),
    ),
)  # fmt: skip
BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}

type Columns = dict[str, int]
"""By the name of a field, the column it is in."""

_WORDS = {word: (field.name, rank) for field in FIELDS for rank, word in enumerate(field.words)}
_EXTRA = re.compile(r"\b(usd|eur|mxn|cad|gbp|us)\b")


def folded(header: str) -> str:
    """A header without case, accents, signs and currency: "Invoice #" and "INVOICE NO." are one."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    plain = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode().casefold()
    plain = re.sub(r"(?<=\w)#|#", " no ", plain).replace("nº", " no ")
    return " ".join(_EXTRA.sub(" ", re.sub(r"[^a-z0-9]+", " ", plain)).split())


def guess(header: Sequence[str]) -> Columns:
    """Each field at the column whose words name it most surely. A column is taken once."""
    named = [
        (rank, index, name)
        for index, words in enumerate(header)
        if words
        for name, rank in [_meant(folded(words))]
        if name
    ]
    found: Columns = {}
    for _rank, index, name in sorted(named):
        if name not in found:
            found[name] = index
    if "customer" not in found and "contact" in found:
        found["customer"] = found.pop("contact")
    return found


def header_at(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows is the header: the one with most words we know; the first of several cells otherwise."""
    counts = [len({_meant(folded(cell))[0] for cell in cells if cell} - {""}) for cells in rows]
    best = max(counts)
    if best >= 2:
        return counts.index(best)
    return next((index for index, cells in enumerate(rows) if sum(bool(cell) for cell in cells) > 1), 0)


def missing(columns: Columns) -> list[str]:
    """What cannot be done without: the number, the customer, and what is owed (or the total and what was paid)."""
    lacking = [name for name in ("number", "customer") if name not in columns]
    owed = "balance" in columns or {"total", "paid"} <= columns.keys()
    return lacking if owed else [*lacking, "balance"]


def signature(header: Iterable[str]) -> str:
    """The same for every file with this header: what was chosen for one holds for the next."""
    return hashlib.sha256("\x1f".join(folded(words) for words in header).encode()).hexdigest()


def _meant(words: str) -> tuple[str, int]:
    """The field these words name, and how surely: 0 is surest."""
    if words in _WORDS:
        return _WORDS[words]
    if words.endswith("s") and words[:-1] in _WORDS:
        return _WORDS[words[:-1]]
    return "", 0
