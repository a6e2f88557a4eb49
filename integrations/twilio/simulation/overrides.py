"""Connection overrides: a webhook URL's fragment, neither sent nor signed, says how patiently Twilio asks."""

from dataclasses import dataclass, replace

POLICIES = frozenset({"ct", "rt", "4xx", "5xx", "all"})


@dataclass(frozen=True, slots=True)
class Overrides:
    """Seconds to connect, to read, in total; how often to try again, and after which failures."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    def retry_after(self, failure: str) -> bool:
        """Whether this failure (ct, rt, 4xx, 5xx) is tried again."""
        return "all" in self.policy or failure in self.policy


def split_overrides(url: str) -> tuple[str, Overrides, list[str]]:
    """The URL without its fragment, what the fragment asks for, and the sentences about what is wrong in it."""
    address, _, fragment = url.partition("#")
    found = Overrides()
    problems: list[str] = []
    for part in filter(None, fragment.split("&")):
        name, _, value = part.partition("=")
        if name in {"ct", "rt", "tt", "rc"} and not value.isdigit():
            problems.append(f"'{name}' is not a number: {value}")
        elif name == "ct" and 100 <= int(value) <= 10_000:
            found = replace(found, connect=int(value) / 1000)
        elif name == "rt" and 100 <= int(value) <= 15_000:
            found = replace(found, read=int(value) / 1000)
        elif name == "tt" and 100 <= int(value) <= 15_000:
            found = replace(found, total=int(value) / 1000)
        elif name == "rc" and 0 <= int(value) <= 5:
            found = replace(found, retries=int(value))
        elif name == "rp":
            policies = frozenset(value.split(","))
            if policies <= POLICIES:
                found = replace(found, policy=policies)
            else:
                problems.append(f"HTTP retry policy is invalid: {value}")
        elif name not in {"e", "sni"}:
            problems.append(f"'{name}' is out of range or unknown: {value}")
    return address, found, problems
