"""The dated versions of the API: which one a request gets, and what Jobber says about an old one."""

import re
from dataclasses import dataclass

from integrations.jobber.simulation import errors
from integrations.jobber.simulation.config import JobberSimConfig
from integrations.simulation.call import Call, Json

HEADER = "X-JOBBER-GRAPHQL-VERSION"
PAGE = "https://developer.getjobber.com/docs/using_jobbers_api/api_versioning"


@dataclass(frozen=True)
class Version:
    """What a request runs on, and the warning that comes with it."""

    name: str
    warning: str = ""

    def shown(self) -> Json:
        """As `extensions.versioning` has it."""
        return {"version": self.name, "warning": self.warning} if self.warning else {"version": self.name}


def of(settings: JobberSimConfig, call: Call) -> Version:
    """The version this request gets. Raises Jobber's refusal of a missing or impossible header."""
    wanted = call.headers.get(HEADER.lower(), "").strip()
    oldest, latest = _reachable(settings)[0], settings.supported_versions[-1]
    if not wanted and settings.missing_version == "error":
        raise errors.refused(f"The {HEADER} header is required", 400)
    if not wanted:
        return Version(oldest, f"No version was given, so {oldest} is used. Send {HEADER}. More at {PAGE}")
    if wanted in settings.expiring_versions:
        return Version(
            wanted, f"Support for API version {wanted} is scheduled to stop. Upgrade to {latest} before. More at {PAGE}"
        )
    if wanted in settings.unsupported_versions:
        return Version(
            wanted,
            f"API version {wanted} is no longer supported and can be removed at any time. Upgrade to {latest}. More at {PAGE}",
        )
    if wanted in settings.supported_versions:
        return Version(wanted)
    if wanted in settings.removed_versions or (_is_date(wanted) and wanted < oldest):
        return Version(
            oldest, f"API version {wanted} was removed, {oldest} is used. Upgrade to {latest}. More at {PAGE}"
        )
    raise errors.refused(f"{wanted} is not a version of the API; the latest is {latest}", 400)


def _reachable(settings: JobberSimConfig) -> list[str]:
    return sorted((*settings.unsupported_versions, *settings.supported_versions))


def _is_date(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None
