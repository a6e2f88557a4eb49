"""The product's own Python environment in `.venv`, made from the lock by uv (or, second way, by plain pip).

A stamp inside `.venv` says what it was made from. While the lock, the Python and the groups are the same, nothing is
run and no network is needed. A fuller environment than asked for is left as it is.
"""

import fcntl
import glob
import hashlib
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from . import downloads, interpreters
from .progress import Step, StepFailed, say

UV = "0.13.9"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
STATE = os.path.join(ROOT, ".stack")
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "syntharra.json")
UV_PROGRAM = os.path.join(STATE, "uv", "bin", "uv")
LOG = os.path.join(STATE, "logs", "setup.log")
OFFLINE = "packages come from PyPI: check the network, or set the proxy (HTTPS_PROXY) or the index (UV_INDEX_URL)"


def ensure(groups: Sequence[str]) -> str:
    """The path of this checkout's own Python, with the lock's packages and these groups installed."""
    if is_complete(groups):
        return VENV_PYTHON
    os.makedirs(os.path.dirname(LOG), exist_ok=True)
    os.chmod(STATE, 0o700)
    with _alone():
        if not is_complete(groups):
            _make(groups)
    return VENV_PYTHON


def is_complete(groups: Sequence[str]) -> bool:
    """True when the environment was made from this very lock, with at least these groups."""
    try:
        with open(STAMP) as file:
            stamp: Dict[str, Any] = json.load(file)
    except (OSError, ValueError):
        return False
    if not isinstance(stamp, dict) or not isinstance(stamp.get("groups"), list):
        return False
    wanted = os.environ.get("SYNTHARRA_PYTHON", "")
    return (
        stamp.get("lock") == lock_hash()
        and set(groups) <= set(stamp["groups"])
        and stamp.get("root") == ROOT
        and os.path.exists(VENV_PYTHON)
        and (not wanted or os.path.realpath(os.path.expanduser(wanted)) == os.path.realpath(VENV_PYTHON))
    )


def lock_hash() -> str:
    """What the environment depends on, in one word."""
    with open(os.path.join(ROOT, "uv.lock"), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    """One set-up at a time: two commands started together wait for each other."""
    with open(os.path.join(STATE, "setup.lock"), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another command of this checkout is setting up; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(groups: Sequence[str]) -> None:
    interpreter = _interpreter()
    try:
        downloaded = _by_uv(interpreter.path, groups)
        made_by = "uv " + UV
    except StepFailed as failed:
        say("uv could not do it (%s); trying plain pip" % failed)
        downloaded = _by_pip(interpreter.path, groups)
        made_by = "pip"
    stamp = {"lock": lock_hash(), "groups": sorted(groups), "python": interpreter.path, "root": ROOT, "by": made_by}
    with open(STAMP + ".new", "w") as file:
        json.dump(stamp, file)
    os.replace(STAMP + ".new", STAMP)
    say("     downloads in all: %.0f MB" % (downloaded / 1e6))


def _interpreter() -> interpreters.Interpreter:
    """One of this machine; only where there is none, one that uv fetches."""
    step = Step("Python")
    try:
        with step:
            found = interpreters.find()
            step.detail = "%s at %s" % (".".join(map(str, found.version)), found.path)
        return found
    except StepFailed as missing:
        if os.environ.get("SYNTHARRA_PYTHON"):
            raise
        say("%s; asking uv for one" % missing)
        try:
            return _fetched_interpreter()
        except StepFailed as failed:
            raise StepFailed(str(missing), missing.advice, failed.log) from None


def _fetched_interpreter() -> interpreters.Interpreter:
    step = Step("Python, by uv")
    with step:
        place = os.path.join(STATE, "python")
        if _output([UV_PROGRAM, "--version"]).split()[1:2] != [UV]:
            _install_uv(sys.executable)
        _run(
            [UV_PROGRAM, "python", "install", "3.13", "--install-dir", place, "--no-bin"], _plain_environment(), OFFLINE
        )
        for path in sorted(glob.glob(os.path.join(place, "*", "bin", "python3.13"))):
            found = interpreters.ask(path)
            if found:
                step.detail = found.path
                return found
    raise StepFailed("the Python that uv fetched does not run here")


def _by_uv(python: str, groups: Sequence[str]) -> int:
    """Bytes downloaded. uv itself lives in a private environment and is fetched once."""
    downloaded = 0
    if _output([UV_PROGRAM, "--version"]).split()[1:2] != [UV]:
        step = Step("uv " + UV)
        with step:
            _install_uv(python)
            downloaded += downloads.UV_WHEEL
            step.detail = "from PyPI into .stack/uv, %.0f MB" % (downloaded / 1e6)
    command = [UV_PROGRAM, "sync", "--frozen", "--inexact", "--no-default-groups", "--no-progress"]
    for group in groups:
        command += ["--group", group]
    step = Step("Packages")
    with step:
        said = _with_either_certificates(command, _uv_environment(python))
        size, count = downloads.installed(VENV, os.path.join(ROOT, "uv.lock"))
        fresh = "Prepared" in said
        step.detail = "%d in .venv, %s" % (count, "%.0f MB downloaded" % (size / 1e6) if fresh else "no download")
    return downloaded + (size if fresh else 0)


def _with_either_certificates(command: List[str], environment: Dict[str, str]) -> str:
    """First the machine's certificates, which know a company's own proxy, then those that uv brings."""
    try:
        return _run(command, dict(environment, UV_SYSTEM_CERTS="1"), OFFLINE)
    except StepFailed:
        return _run(command, environment, OFFLINE)


def _uv_environment(python: str) -> Dict[str, str]:
    environment = _plain_environment()
    environment.update(
        UV_PYTHON=python,
        UV_PYTHON_PREFERENCE="only-system",
        UV_PYTHON_DOWNLOADS="never",
        UV_PROJECT_ENVIRONMENT=VENV,
        UV_NO_CONFIG="1",
    )
    cache = environment.get("UV_CACHE_DIR") or os.path.join(environment.get("HOME", "/nonexistent"), ".cache")
    if not _can_write(cache):
        environment["UV_CACHE_DIR"] = os.path.join(STATE, "uv-cache")
    return environment


def _install_uv(python: str) -> None:
    """Into `.stack/uv`, by the Python's own pip when it has one, else by the pip that venv brings."""
    place = os.path.join(STATE, "uv")
    private = os.path.join(place, "bin", "python")
    install = ["install", "--quiet", "--disable-pip-version-check", "--no-compile", "uv==" + UV]
    _run([python, "-m", "venv", "--clear", "--without-pip", place], _plain_environment(), _without_venv(python))
    if _pip_version(python) >= (22, 3):
        _run([python, "-m", "pip", "--python", private, *install], _plain_environment(), OFFLINE)
        return
    _run([python, "-m", "venv", "--clear", place], _plain_environment(), _without_venv(python))
    _run([private, "-m", "pip", *install], _plain_environment(), OFFLINE)


def _by_pip(python: str, groups: Sequence[str]) -> int:
    """The second way: the exported requirements, with their hashes, by plain pip."""
    files = ["requirements.txt"] + (["requirements-dev.txt"] if "dev" in groups else [])
    step = Step("Packages, by pip")
    with step:
        _run([python, "-m", "venv", VENV], _plain_environment(), _without_venv(python))
        command = [VENV_PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for name in files:
            command += ["-r", os.path.join(ROOT, name)]
        _run(command, _plain_environment(), OFFLINE)
        size, count = downloads.installed(VENV, os.path.join(ROOT, "uv.lock"))
        step.detail = "%d in .venv, %.0f MB" % (count, size / 1e6)
    return size


def _without_venv(python: str) -> str:
    return "%s cannot make environments; Debian and Ubuntu: apt-get install python3-venv python3-pip" % python


def _pip_version(python: str) -> Tuple[int, ...]:
    words = _output([python, "-m", "pip", "--version"]).split()
    try:
        return tuple(int(part) for part in words[1].split(".")[:2])
    except (IndexError, ValueError):
        return (0,)


def _plain_environment() -> Dict[str, str]:
    """The caller's environment without what steers another Python or another uv project."""
    unwanted = ("VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT", "UV_WORKING_DIR", "UV_NO_DEV", "UV_DEV")
    return {k: v for k, v in os.environ.items() if k not in unwanted and not k.startswith("PYTHON")}


def _can_write(folder: str) -> bool:
    while not os.path.exists(folder):
        folder = os.path.dirname(folder) or "/"
    return os.access(folder, os.W_OK)


def _output(command: List[str]) -> str:
    try:
        return subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True, timeout=60
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def _run(command: List[str], environment: Dict[str, str], advice: str, folder: Optional[str] = ROOT) -> str:
    """What the command said. A failure carries its last lines and the advice."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
            env=environment,
            cwd=folder,
        )
    except OSError as error:
        raise StepFailed("%s cannot be started: %s" % (command[0], error), advice) from None
    with open(LOG, "a") as log:
        log.write("$ %s\n%s\n" % (" ".join(command), done.stdout))
    if done.returncode != 0:
        raise StepFailed(
            "%s ended with %d" % (" ".join(command[:4]), done.returncode), advice, done.stdout.splitlines()[-15:]
        )
    return done.stdout
