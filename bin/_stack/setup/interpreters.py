"""Finds a Python this product runs on by running candidates: a name on PATH proves nothing (pyenv shims exit 127)."""

import glob
import os
import pwd
import subprocess
import sys
from contextlib import suppress
from typing import Iterator, List, Mapping, NamedTuple, Optional, Set, Tuple

from .progress import StepFailed

WANTED = ((3, 13), (3, 12))
NAMES = ("python3.13", "python3.12", "python3")
FOLDERS = (
    "~/.pyenv/versions/*/bin",
    "~/.local/share/uv/python/*/bin",
    "~/.local/bin",
    "/usr/local/bin",
    "/usr/bin",
    "/opt/python*/bin",
    "/opt/homebrew/bin",
)
QUESTION = "import sys; print('%d.%d.%d' % sys.version_info[:3]); print(sys.base_prefix); print(sys.executable)"


class Interpreter(NamedTuple):
    """A Python that was seen running."""

    path: str
    version: Tuple[int, ...]


def find(environment: Optional[Mapping[str, str]] = None, running: Optional[str] = None) -> Interpreter:
    """A Python 3.13 or 3.12 that starts, as an absolute path. SYNTHARRA_PYTHON decides alone when it is set."""
    environment = dict(os.environ) if environment is None else environment
    chosen = environment.get("SYNTHARRA_PYTHON", "")
    if chosen:
        return _chosen(chosen)
    found: Optional[Interpreter] = None
    tried: List[str] = []
    for path in candidates(environment, sys.executable if running is None else running):
        tried.append(path)
        interpreter = ask(path)
        if interpreter and interpreter.version[:2] == WANTED[0]:
            return interpreter
        if interpreter and found is None and interpreter.version[:2] in WANTED:
            found = interpreter
    if found:
        return found
    raise StepFailed(
        "no Python 3.12 or 3.13 found (tried %d, for example %s)" % (len(tried), ", ".join(tried[:4])),
        "install one (Debian 13 and Ubuntu 24.04: apt-get install python3 python3-venv; any system: pyenv install "
        "3.13, or uv python install 3.13), or name it: SYNTHARRA_PYTHON=/path/to/python3.13",
    )


def _chosen(path: str) -> Interpreter:
    interpreter = ask(os.path.expanduser(path))
    if interpreter is None:
        raise StepFailed("SYNTHARRA_PYTHON=%s does not start" % path, "name a Python 3.12 or 3.13 that runs")
    if interpreter.version[:2] not in WANTED:
        raise StepFailed(
            "SYNTHARRA_PYTHON=%s is Python %s" % (path, ".".join(map(str, interpreter.version))),
            "name a Python 3.12 or 3.13",
        )
    return interpreter


def candidates(environment: Mapping[str, str], running: str) -> Iterator[str]:
    """Every file that may be a fitting Python, the likeliest first, each once."""
    seen: Set[str] = set()
    folders = environment.get("PATH", "").split(os.pathsep)
    patterns = [pattern.replace("~", home, 1) for home in _homes(environment) for pattern in FOLDERS]
    # A shim says where pyenv keeps what it does not start.
    shims = [folder for folder in folders if os.path.basename(folder.rstrip("/")) == "shims"]
    patterns += [os.path.join(os.path.dirname(folder.rstrip("/")), "versions", "*", "bin") for folder in shims]
    for pattern in patterns:
        folders.extend(sorted(glob.glob(pattern), reverse=True))
    paths = [running]
    for name in NAMES:
        paths.extend(os.path.join(folder, name) for folder in folders if folder)
    for path in paths:
        if path and path not in seen and os.access(path, os.X_OK) and not os.path.isdir(path):
            seen.add(path)
            yield path


def _homes(environment: Mapping[str, str]) -> List[str]:
    """The home that is named, and the one the system knows: they differ under sudo and in CI."""
    homes = [environment.get("HOME", "")]
    with suppress(KeyError):  # a container may run us as a number without a name
        homes.append(pwd.getpwuid(os.getuid()).pw_dir)
    return [home for home in homes if home]


def ask(path: str) -> Optional[Interpreter]:
    """What this file says it is when it is run; None when it does not run as a Python with `venv`."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment.pop("VIRTUAL_ENV", None)
    try:
        answer = subprocess.run(
            [path, "-c", QUESTION],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
            env=environment,
            timeout=20,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    lines = answer.stdout.splitlines()
    if answer.returncode != 0 or len(lines) != 3:
        return None
    try:
        version = tuple(int(part) for part in lines[0].split("."))
    except ValueError:
        return None
    return Interpreter(_outside_environments(lines[1], lines[2], version), version)


def _outside_environments(prefix: str, executable: str, version: Tuple[int, ...]) -> str:
    """The interpreter itself, not a virtual environment's link to it: that environment may be deleted."""
    own = os.path.join(prefix, "bin", "python%d.%d" % version[:2])
    return own if os.access(own, os.X_OK) else os.path.abspath(executable)
