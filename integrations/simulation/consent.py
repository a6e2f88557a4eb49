"""The page on which an owner lets the app in: choose the company, connect or cancel. Plain HTML, made for a phone."""

from collections.abc import Iterable
from html import escape

STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1d2522, #eef1ef); --faint: light-dark(#55615c, #a5b0ab);
  --ground: light-dark(#f6f7f5, #141816); --sheet: light-dark(#fff, #1c211f); --line: light-dark(#c9d0cc, #4a534f);
  --act: light-dark(#17703c, #7fd3a0); --act-ink: light-dark(#fff, #10261a); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 27rem; margin: 0 auto; padding: 1.5rem 1.25rem 2.5rem; }
.note { margin: 0; padding: .5rem 1.25rem; border-bottom: 1px solid var(--line); color: var(--faint);
  font-size: .875rem; text-align: center; }
h1 { margin: 0 0 .25rem; font-size: 1.375rem; line-height: 1.25; }
p, ul { margin: 0 0 1rem; }
ul { padding-left: 1.25rem; overflow-wrap: anywhere; }
.faint { color: var(--faint); }
fieldset { margin: 1.25rem 0; padding: 0; border: 0; min-width: 0; }
legend { padding: 0; margin-bottom: .5rem; font-weight: 600; }
label { display: flex; gap: .75rem; align-items: center; min-height: 3rem; padding: .5rem .875rem; cursor: pointer;
  border: 1px solid var(--line); background: var(--sheet); overflow-wrap: anywhere; }
label + label { border-top: 0; }
input { flex: none; width: 1.25rem; height: 1.25rem; accent-color: var(--act); }
button { display: block; width: 100%; min-height: 3rem; margin-top: .75rem; border: 1px solid var(--line);
  border-radius: 6px; background: transparent; color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
button.act { border-color: var(--act); background: var(--act); color: var(--act-ink); }
button:focus-visible, input:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
"""


def page(
    vendor: str,
    companies: Iterable[tuple[str, str]],
    *,
    several: bool = False,
    scopes: Iterable[str] = (),
    problem: str = "",
) -> str:
    """Posts back to its own address: `account` (repeated where several may be chosen) and `decision`, connect or cancel.

    `companies` are pairs of account and name: `world.companies.names()`.
    """
    kind = "checkbox" if several else "radio"
    choices = "".join(
        f'<label><input type="{kind}" name="account" value="{escape(account)}"{"" if number else " checked"}>'
        f'<span>{escape(name)}<br><span class="faint">{escape(account)}</span></span></label>'
        for number, (account, name) in enumerate(companies)
    )
    wanted = "".join(f"<li>{escape(scope)}</li>" for scope in scopes)
    asked = f'<p class="faint">It asks for:</p><ul class="faint">{wanted}</ul>' if wanted else ""
    wrong = f'<p role="alert"><strong>{escape(problem)}</strong></p>' if problem else ""
    legend = "Choose one or more companies" if several else "Choose a company"
    return frame(
        vendor,
        "Connect your company",
        f"<p>The app would like to read and write the data of the company you choose.</p>{asked}{wrong}"
        f'<form method="post"><fieldset><legend>{legend}</legend>{choices}</fieldset>'
        '<button class="act" name="decision" value="connect">Connect</button>'
        '<button name="decision" value="cancel">Cancel</button></form>',
    )


def refused_page(vendor: str, problem: str) -> str:
    """An authorization request that leads nowhere."""
    return frame(vendor, "The app could not connect", f"<p>{escape(problem)}</p>")


def frame(vendor: str, title: str, inner: str) -> str:
    """A page of the simulated vendor, plainly marked as one; `inner` is HTML."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} - simulated {escape(vendor)}</title><style>{STYLE}</style></head>"
        f'<body><p class="note">Sandbox: simulated {escape(vendor)}</p>'
        f"<main><h1>{escape(title)}</h1>{inner}</main></body></html>"
    )
