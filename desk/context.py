"""What the frame of every signed-in page shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """The business, the sandbox ribbon, and whether calls are on."""
    business = getattr(request, "business", None)
    return {"business": business, "membership": getattr(request, "membership", None), "sandbox": settings.SANDBOX}
