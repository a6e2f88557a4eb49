"""Public names of applications that run on this machine: a reverse proxy that ends TLS, as in front of any server of ours."""

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

_LOCAL = {"https": "http", "wss": "ws"}


class Tunnels:
    """`{"calls.example": "http://127.0.0.1:8000"}`: what is asked of the one host is fetched from the other origin."""

    def __init__(self, origins: Mapping[str, str]) -> None:
        self._origins = dict(origins)

    def through(self, url: str) -> tuple[str, dict[str, str]]:
        """Where a URL is really fetched, and the headers a proxy adds. Other hosts are fetched as they are."""
        parts = urlsplit(url)
        origin = self._origins.get(parts.hostname or "")
        if origin is None:
            return url, {}
        target = urlsplit(origin)
        scheme = _LOCAL.get(parts.scheme, parts.scheme)
        local = urlunsplit((scheme, target.netloc, parts.path, parts.query, parts.fragment))
        return local, {"X-Forwarded-Proto": "https", "X-Forwarded-Host": parts.netloc}
