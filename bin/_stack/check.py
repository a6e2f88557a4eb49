"""`bin/check`: everything that must hold before a change is handed in. Each step timed, all results shown."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from _stack import browser, licenses, settings, suite
from _stack.places import ROOT, VENV
from _stack.processes import die_with_make, run
from _stack.setup.progress import StepFailed, explain, say

BIN = VENV / "bin"
ENTRIES = tuple(f"bin/{name}" for name in ("demo", "test", "manage", "check", "bench", "licenses", "lock"))


@dataclass
class Result:
    """How one step ended."""

    name: str
    holds: bool
    seconds: float


def main(arguments: list[str]) -> int:
    """0 only if every step holds. All of them are run, so that one look shows all there is to do."""
    die_with_make()
    if arguments[:1] == ["--format"]:
        return _format()
    if "--install-browser" in arguments:
        arguments.remove("--install-browser")
        browser.install()
    fast = "--fast" in arguments
    rest = [word for word in arguments if word != "--fast"]
    results = [_timed(name, step) for name, step in steps()]
    if not fast:
        results.append(_timed("suite", lambda: _passes(suite.main(rest))))
    return _sum_up(results)


def steps() -> list[tuple[str, Callable[[], None]]]:
    """By name, the cheap ones first."""
    return [
        ("format", lambda: _tool("ruff", "format", "--check", ".", *ENTRIES)),
        ("lint", lambda: _tool("ruff", "check", ".", *ENTRIES)),
        ("templates", lambda: _tool("djade", "--target-version", "6.1", "--check", *_templates())),
        ("import order", lambda: _tool("lint-imports")),
        ("licenses", lambda: _passes(licenses.main(["--check"]))),
        ("types", lambda: _tool("mypy", "--explicit-package-bases", ".")),
        ("types of bin", lambda: _tool("mypy", "--config-file", "bin/mypy.ini", "-p", "_stack")),
        ("migrations complete", lambda: _manage("makemigrations", "--check", "--dry-run")),
        ("deploy check", lambda: _manage("check", "--deploy", "--fail-level", "WARNING")),
    ]


def _timed(name: str, step: Callable[[], None]) -> Result:
    say(f"--   {name}")
    began = time.monotonic()
    try:
        step()
        holds = True
    except StepFailed as failed:
        explain(failed)
        holds = False
    return Result(name, holds, time.monotonic() - began)


def _sum_up(results: list[Result]) -> int:
    sys.stdout.flush()
    say("")
    for result in results:
        say(f"{'ok  ' if result.holds else 'FAIL'} {result.name:26} {result.seconds:6.1f} s")
    failed = [result.name for result in results if not result.holds]
    say(
        f"all {len(results)} steps hold"
        if not failed
        else f"{len(failed)} of {len(results)} failed: {', '.join(failed)}"
    )
    return 1 if failed else 0


def _format() -> int:
    """`make fmt`: formatting and the fixes that are safe."""
    for command in (("ruff", "check", "--fix", "--exit-zero", "--quiet"), ("ruff", "format")):
        subprocess.run([BIN / command[0], *command[1:], ".", *ENTRIES], cwd=ROOT, check=False)
    subprocess.run([BIN / "djade", "--target-version", "6.1", *_templates()], cwd=ROOT, check=False)
    return 0


def _templates() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("templates/**/*.html"))


def _tool(name: str, *arguments: str) -> None:
    """Quiet when it holds; its own words when it does not."""
    done = subprocess.run(
        [BIN / name, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=settings.surroundings() | _production(),
        check=False,
    )
    if done.returncode != 0:
        sys.stdout.write(done.stdout)
        sys.stdout.flush()
        raise StepFailed(f"{name} {' '.join(arguments[:2])}", "make fmt does what can be done by itself")


def _manage(*arguments: str) -> None:
    environment = settings.surroundings() | _production()
    run([str(BIN / "python"), "manage.py", *arguments], environment=environment, what=f"manage.py {arguments[0]}")


def _passes(code: int) -> None:
    if code != 0:
        raise StepFailed(f"ended with {code}")


def _production() -> dict[str, str]:
    """The surroundings of a live installation, with keys of this moment and servers nobody calls."""
    return settings.new_secrets() | {
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SANDBOX": "false",
        "DEBUG": "false",
        "PUBLIC_URL": "https://syntharra.example",
        "RELAY_URL": "wss://relay.syntharra.example",
        "MYPYPATH": "bin",
        "DATABASE_URL": os.environ.get("DATABASE_URL", "postgres://syntharra_app@127.0.0.1:1/syntharra"),
        "DATABASE_OWNER_URL": os.environ.get("DATABASE_OWNER_URL", "postgres://syntharra_owner@127.0.0.1:1/syntharra"),
        "EMAIL_URL": "smtp+tls://mail.syntharra.example:587",
    }
