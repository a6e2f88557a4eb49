"""A Chromium for the browser tests: the machine's own, or Debian's on request."""

import os
import shutil
import subprocess

from _stack.setup.progress import Step, StepFailed, say

PACKAGES = ("chromium", "libharfbuzz-subset0")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """What CHROMIUM names, else a Chromium on PATH."""
    named = os.environ.get("CHROMIUM", "")
    if named:
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def announce() -> None:
    """Says aloud that browser tests will be skipped, and how to have them."""
    if find() is None:
        say("SKIPPED: browser tests: no Chromium was found; `python3 bin/test --install-browser` fetches one by apt")


def install() -> None:
    """By apt, unless a Chromium is there already."""
    found = find()
    if found:
        say(f"ok   Chromium is there: {found}")
        return
    with Step("Chromium, by apt") as step:
        if not shutil.which("apt-get") or os.getuid() != 0:
            raise StepFailed(
                "a browser can be installed here only by apt and as root",
                f"install a Chromium and set CHROMIUM to its path (Debian: apt-get install {' '.join(PACKAGES)})",
            )
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]):
            done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
            if done.returncode != 0:
                raise StepFailed(f"{' '.join(command[:2])} failed", "", (done.stdout + done.stderr).splitlines())
        step.detail = find() or ""
