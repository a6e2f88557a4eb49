"""A letter on paper: US Letter, the address where a window envelope (#10) shows it, pages numbered, as a PDF.

Made when somebody asks for it; nothing is fetched from outside while it is made.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import Business

LOOK = Path(__file__).with_name("paper.css")
FONTS = Path(settings.BASE_DIR) / "static" / "fonts"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What stands on it: ``address`` in lines, the name first; ``paragraphs`` as they are read."""

    business: Business
    address: Sequence[str]
    on: date
    subject: str
    paragraphs: Sequence[str]
    language: str


def html(sheet: Sheet) -> str:
    """The same as a page, which the PDF is made of."""
    with translation.override(sheet.language):
        return render_to_string("letters/_paper.html", {"sheet": sheet})


def with_head(page: str, *, business: Business, address: Sequence[str]) -> str:
    """A letter that is a page already, with sender and address set above it where the envelope shows them."""
    head = render_to_string("letters/_paper_head.html", {"business": business, "address": address})
    return re.sub(r"<body[^>]*>", lambda tag: tag.group(0) + head, page, count=1)


def pdf(page: str) -> bytes:
    """A page of ours as PDF. Addresses of the outside in it are not followed."""
    from weasyprint import CSS, HTML  # slow to import, and needed here only
    from weasyprint.text.fonts import FontConfiguration

    fonts, fetcher = FontConfiguration(), _own_fonts()
    look = CSS(filename=str(LOOK), font_config=fonts, url_fetcher=fetcher)
    written: bytes = HTML(string=page, base_url=FONTS.as_uri(), url_fetcher=fetcher).write_pdf(
        stylesheets=[look], font_config=fonts
    )
    return written


@cache
def _own_fonts() -> Any:
    """The one thing a letter may load is our typeface."""
    from weasyprint.urls import URLFetcher

    class OwnFonts(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            file = FONTS / url.rpartition("/")[2]
            if url != file.as_uri() or file.suffix != ".woff2":
                raise ValueError("a letter on paper loads nothing but its typeface")
            return super().fetch(url, headers)

    return OwnFonts()
