"""Charts drawn by the server: one idea each, from zero, with their numbers in words or as a table beneath."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join

from syntharra.money import Money

register = template.Library()


@register.simple_tag
def spark(values: Sequence[Decimal | int], words: str | Promise) -> str:
    """A few zero-based bars in a line of text, the last one strong. ``words`` says what they show."""
    highest = max((Decimal(value) for value in values), default=Decimal(0)) or Decimal(1)
    heights = [max(1, int(Decimal(value) / highest * 24)) for value in values]
    last = len(values) - 1
    bars = format_html_join(
        "",
        '<rect class="bar{}" x="{}" y="{}" width="6" height="{}"/>',
        ((" now" if index == last else "", index * 9, 24 - high, high) for index, high in enumerate(heights)),
    )
    width = max(len(values) * 9 - 3, 1)
    return format_html(
        '<svg class="spark" viewBox="0 0 {} 24" width="{}" height="24" role="img" aria-label="{}">'
        "<title>{}</title>{}</svg>",
        *(width, width, words, words, bars),
    )


@register.inclusion_tag("pieces/bars.html")
def bars(points: Sequence[tuple[str, Money]], title: str, heading: str) -> dict[str, Any]:
    """One bar a label, from zero, each with its figure, and the same numbers as a table beneath."""
    highest = max((value.amount for _label, value in points), default=Decimal(0)) or Decimal(1)
    drawn = []
    for label, value in points:
        height = max(1, int(value.amount / highest * 60))
        drawn.append({"label": label, "value": value, "height": height, "y": 60 - height})
    return {"points": drawn, "title": title, "heading": heading}
