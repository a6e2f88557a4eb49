"""The last step of rendering an object: what a test laid over it to make the vendor awkward."""

from typing import Any

DROP = "__drop__"


def laid_over(rendered: dict[str, Any], odd: dict[str, Any]) -> dict[str, Any]:
    """The object with the odd fields in place of its own; the value `__drop__` takes a field away."""
    if not odd:
        return rendered
    dropped = {name for name, value in odd.items() if value == DROP}
    return {name: value for name, value in {**rendered, **odd}.items() if name not in dropped}
