"""The vendor's own web pages: choosing a company, paying an invoice. Plain HTML, made for a phone."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from html import escape

from integrations.quickbooks.simulation.amounts import ZERO, amount_or_zero
from integrations.quickbooks.simulation.answers import Json
from integrations.quickbooks.simulation.books import Books, dictionaries

STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1d2522, #eef1ef); --faint: light-dark(#5a6661, #a5b0ab);
  --ground: light-dark(#f6f7f5, #141816); --sheet: light-dark(#fff, #1c211f); --line: light-dark(#d9dedb, #363d3a);
  --act: light-dark(#17703c, #7fd3a0); --act-ink: light-dark(#fff, #10261a); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 27rem; margin: 0 auto; padding: 1.5rem 1.25rem 2.5rem; }
.note { margin: 0; padding: .5rem 1.25rem; border-bottom: 1px solid var(--line); color: var(--faint);
  font-size: .875rem; text-align: center; }
h1 { margin: 0 0 .25rem; font-size: 1.375rem; line-height: 1.25; }
p { margin: 0 0 1rem; }
.faint { color: var(--faint); }
.amount { margin: 1.25rem 0 .25rem; font-size: 2.25rem; font-weight: 650; font-variant-numeric: tabular-nums; }
fieldset { margin: 1.25rem 0; padding: 0; border: 0; }
legend { padding: 0; margin-bottom: .5rem; font-weight: 600; }
label { display: flex; gap: .75rem; align-items: center; min-height: 3rem; padding: .5rem .875rem; cursor: pointer;
  border: 1px solid var(--line); background: var(--sheet); }
label + label { border-top: 0; }
input[type=radio] { width: 1.125rem; height: 1.125rem; accent-color: var(--act); }
button { display: block; width: 100%; min-height: 3rem; margin-top: .75rem; border: 1px solid var(--line);
  border-radius: 6px; background: transparent; color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
button.act { border-color: var(--act); background: var(--act); color: var(--act-ink); }
button:focus-visible, input:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
dl { display: grid; grid-template-columns: 1fr auto; gap: .375rem 1rem; margin: 1.25rem 0; padding: 1rem 0;
  border-block: 1px solid var(--line); }
dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
"""


def consent_page(companies: Iterable[Books]) -> str:
    """Choose a company, connect or cancel. Posts back to its own address."""
    choices = "".join(
        f'<label><input type="radio" name="realm" value="{escape(books.realm)}"{" checked" if first else ""}>'
        f"<span>{escape(str(books.company.get('CompanyName')))}"
        f'<br><span class="faint">Company {escape(books.realm)}</span></span></label>'
        for first, books in _marking_first(companies)
    )
    return _page(
        "Intuit simulator: choose a company",
        "<h1>Intuit simulator: choose a company</h1>"
        '<p class="faint">The app asks to read and write the accounting data of the company you choose.</p>'
        f'<form method="post"><fieldset><legend>Your companies</legend>{choices}</fieldset>'
        '<button class="act" name="decision" value="connect">Connect</button>'
        '<button name="decision" value="cancel">Cancel</button></form>',
    )


def refused_page(problem: str) -> str:
    """An authorization request that leads nowhere."""
    return _page("Intuit simulator: connection refused", f"<h1>The app could not connect</h1><p>{escape(problem)}</p>")


def gone_page() -> str:
    """An invoice that is not there, or no longer."""
    return _page("Invoice not available", "<h1>This invoice is not available</h1><p>Ask the sender for a new link.</p>")


def invoice_page(books: Books, invoice: Json, *, problem: str = "") -> str:
    """What is owed and for what, with the button that pays it."""
    company = str(books.company.get("CompanyName"))
    balance, total = amount_or_zero(invoice.get("Balance")), amount_or_zero(invoice.get("TotalAmt"))
    number = str(invoice.get("DocNumber") or invoice["Id"])
    paid = total - balance
    lines = "".join(
        _row(str(line.get("Description") or "Services"), amount_or_zero(line.get("Amount")))
        for line in dictionaries(invoice.get("Line"))
        if line.get("DetailType") == "SalesItemLineDetail"
    )
    tax = amount_or_zero((invoice.get("TxnTaxDetail") or {}).get("TotalTax"))
    lines += _row("Sales tax", tax) if tax else ""
    lines += _row("Paid and credited", -paid) if paid and total else ""
    return _page(
        f"Invoice {number} from {company}",
        f"<h1>{escape(company)}</h1>"
        f'<p class="faint">Invoice {escape(number)} · {escape(_due_words(invoice.get("DueDate")))}</p>'
        + (f'<p role="alert"><strong>{escape(problem)}</strong></p>' if problem else "")
        + _due(balance, total)
        + f"<dl>{lines}</dl>",
    )


def _due_words(value: object) -> str:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    return f"due {day:%B} {day.day}, {day.year}" if day else "no due date"


def _row(words: str, value: Decimal) -> str:
    return f"<dt>{escape(words)}</dt><dd>{_money(value)}</dd>"


def _due(balance: Decimal, total: Decimal) -> str:
    if balance > 0:
        return (
            f'<p class="amount">{_money(balance)}</p><p class="faint">Amount due</p>'
            '<form method="post"><button class="act">Pay now</button></form>'
        )
    if total > 0:
        return f'<p class="amount">{_money(ZERO)}</p><p>Paid. Thank you.</p>'
    return f'<p class="amount">{_money(ZERO)}</p><p>There is nothing to pay on this invoice.</p>'


def _money(value: Decimal) -> str:
    return f"{'-' if value < 0 else ''}${abs(value):,.2f}"


def _marking_first(companies: Iterable[Books]) -> Iterable[tuple[bool, Books]]:
    return ((number == 0, books) for number, books in enumerate(companies))


def _page(title: str, inner: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        '<p class="note">Sandbox: simulated QuickBooks</p>'
        f"<main>{inner}</main></body></html>"
    )
