"""`bin/bench-peers`: other people's voice servers, each in an environment of its own, to be held against ours.

None of them is part of the product or of its lock: what a peer brings stays in `.stack/peers/NAME`. `PEERS` in the
environment names another folder; tests and benchmarks look there and say aloud what they leave out where a peer is missing.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from _stack import places
from _stack.setup import environment
from _stack.setup.progress import Step, StepFailed, say

OFFLINE = "the packages come from PyPI: check the network, or set HTTPS_PROXY or UV_INDEX_URL"


@dataclass(frozen=True)
class Peer:
    """What is installed, and the module whose import shows that it runs here."""

    packages: tuple[str, ...]
    module: str


PEERS: Mapping[str, Peer] = {
    # Twilio's own server for ConversationRelay. It sends usage events unless TAC_ANALYTICS_DISABLED is true.
    "tac": Peer(("twilio-agent-connect[server]==2.5.0",), "tac.server"),
    # A framework for voice agents; here with its WebSocket door and without any voice.
    "pipecat": Peer(("pipecat-ai[websocket]==1.14.0", "uvicorn[standard]"), "pipecat.pipeline.pipeline"),
}


def main(arguments: list[str]) -> int:
    """Make the peers that are named, or all of them. What is there already is left alone."""
    wanted = [name for name in arguments if not name.startswith("-")] or list(PEERS)
    unknown = [name for name in arguments if name.startswith("-")] + [name for name in wanted if name not in PEERS]
    if unknown:
        raise StepFailed(f"no peer is called {', '.join(unknown)}", f"there are: {', '.join(PEERS)}")
    with places.lock(places.state("peers") / "lock", wait=True):
        for name in wanted:
            _make(name, PEERS[name])
    return 0


def home() -> Path:
    """Where the environments are."""
    chosen = os.environ.get("PEERS")
    return Path(chosen).expanduser().resolve() if chosen else places.STATE / "peers"


def python(name: str) -> Path:
    """This peer's own Python, whether it was made or not."""
    return home() / name / "bin" / "python"


def is_made(name: str) -> bool:
    """True when this peer was made to its end from these very packages."""
    try:
        stamp = json.loads((home() / name / "peer.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return stamp == {"packages": list(PEERS[name].packages)} and python(name).exists()


def _make(name: str, peer: Peer) -> None:
    if is_made(name):
        say(f"     {name} is there already, in {home() / name}")
        return
    folder = home() / name
    step = Step(name)
    with step:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        _run(_installer([sys.executable, "-m", "venv", str(folder)]))
        _run(_installer([sys.executable, "-m", "pip", "install", "--quiet", *peer.packages], python=python(name)))
        _run([str(python(name)), "-c", f"import {peer.module}"], TAC_ANALYTICS_DISABLED="true")
        stamp = {"packages": list(peer.packages)}
        (folder / "peer.json").write_text(json.dumps(stamp), encoding="utf-8")
        step.detail = f"{', '.join(peer.packages)}, {_megabytes(folder):.0f} MB in {folder}"


def _installer(command: Sequence[str], *, python: Path | None = None) -> list[str]:
    """The same by uv where it is at hand: it is faster and takes what it fetched before."""
    if not os.access(environment.UV_PROGRAM, os.X_OK):
        return [str(python), *command[1:]] if python else list(command)
    if python is None:
        return [environment.UV_PROGRAM, "venv", "--quiet", "--python", command[0], command[-1]]
    return [environment.UV_PROGRAM, "pip", "install", "--quiet", "--python", str(python), *command[5:]]


def _run(command: Sequence[str], **more: str) -> None:
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k != "VIRTUAL_ENV"}
    done = subprocess.run(command, env=surroundings | more, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise StepFailed(
            f"{' '.join(command[:4])} ended with {done.returncode}", OFFLINE, done.stdout.splitlines()[-15:]
        )


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6
