"""`bin/lock`: the lock, and every file that is written from it."""

import os
import subprocess

from _stack import licenses
from _stack.places import ROOT, VENV
from _stack.setup import environment
from _stack.setup.progress import Step, StepFailed

EXPORTS = {
    "requirements.txt": ("--no-default-groups", "--group", "sandbox"),
    "requirements-dev.txt": ("--only-group", "dev"),
}


def main(arguments: list[str]) -> int:
    """0 when all of them are current afterwards."""
    with Step("uv.lock"):
        _uv("lock", *arguments)
    environment.ensure(("sandbox", "dev"))
    for name, groups in EXPORTS.items():
        with Step(name):
            plain = ("--frozen", "--no-emit-project", "--no-header", "--quiet", "--format", "requirements-txt")
            (ROOT / name).write_text(_uv("export", *plain, *groups))
    return licenses.main([])


def _uv(*arguments: str) -> str:
    python = str((VENV / "bin" / "python").resolve())
    done = subprocess.run(
        [environment.STATE + "/uv/bin/uv", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"UV_PYTHON": python, "UV_PYTHON_PREFERENCE": "only-system", "UV_PYTHON_DOWNLOADS": "never"},
        check=False,
    )
    if done.returncode != 0:
        raise StepFailed(f"uv {arguments[0]} failed", "", done.stderr.splitlines())
    return done.stdout
