"""How long ``manage.py check`` takes beside the same without a single vendor's SDK: a start must not pay for them all.

In pairs, one after the other, so that whatever else the machine does weighs on both alike.
"""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from typing import Any

from desk.bench.children import ROOT, ChildFailed
from desk.bench.report import Limit, Report, machine, middle, say

RUNS = 5
LIMITS = (Limit("check_ratio", "<=", 1.5),)
SDKS = ("intuitlib", "quickbooks", "xero_python", "square", "stripe", "twilio", "openai", "anthropic", "graphql")

# Every module of an SDK is an empty one that has whatever is asked of it: the start goes on as if it had been imported.
WITHOUT = """
import sys, types
from importlib.machinery import ModuleSpec

class Empty(types.ModuleType):
    __path__ = []
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {})

class Instead:
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in SDKS else None
    def create_module(self, spec):
        return Empty(spec.name)
    def exec_module(self, module):
        pass

sys.meta_path.insert(0, Instead())
"""
CHECK = """
import sys
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "check"])
"""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=RUNS, help="pairs of starts; the median counts")


def measure(options: dict[str, Any]) -> Report:
    """The median of the pairs' ratios, after one start of each kind that warms the machine's caches."""
    plain, without = CHECK, f"SDKS = {SDKS!r}\n{WITHOUT}\n{CHECK}"
    _seconds(plain), _seconds(without)
    pairs = [(_seconds(plain), _seconds(without)) for _ in range(options["runs"])]
    for with_s, without_s in pairs:
        say(f"check {with_s:.2f} s, without any SDK {without_s:.2f} s")
    figures = {
        "check_ratio": middle([with_s / without_s for with_s, without_s in pairs], 3),
        "check_s": middle([with_s for with_s, _ in pairs], 3),
        "check_without_sdks_s": middle([without_s for _, without_s in pairs], 3),
        "runs": len(pairs),
    }
    return Report("check", figures, LIMITS, machine())


def _seconds(program: str) -> float:
    began = time.monotonic()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "syntharra.settings"}
    done = subprocess.run(  # noqa: S603  (our own words)
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        say(done.stderr)
        raise ChildFailed(f"manage.py check ended with {done.returncode}")
    return time.monotonic() - began
