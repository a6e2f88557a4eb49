"""How soon the agent answers: final words in, first word out, with 1, 50, 200 and 500 calls open; and turns a second.

Ours is the whole job: the real agent, hearing on every partial and final, and the record of the call in PostgreSQL. Turns
come as a Poisson process, one a call every five seconds, each with four partials before it; the figure is taken at the
telephone's end, in another process, so that loopback and the client's own work are in it. The closed loop asks for the
next turn as soon as the last is answered, finals only, and does the same with two peers that give a fixed reply.
"""

import json
import math
import os
import socket
import subprocess
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from desk.bench import children, peers, processor
from desk.bench.database import Database, own_database
from desk.bench.peers import Server
from desk.bench.report import Limit, Report, machine, middle, say

CALLS = (1, 50, 200, 500)
EVERY, WARM_UP, SECONDS = 5.0, 10.0, 60.0
CLOSED_CALLS, CLOSED_SECONDS, CLOSED_WARM_UP, RUNS = 200, 12.0, 3.0, 3
FIRMS = 10
FASTEST = 1500.0  # turns a second the closed loop has calls for
POOL = "16"
WORKERS = 2  # processes of the relay, as in docker-compose.yml
LIMITS = (
    Limit("p99_ms_200", "<=", 60),
    Limit("p99_ms_500", "<=", 250),
    Limit("ratio_turns_to_pipecat", ">=", 0.5),
    Limit("not_answered", "=", 0),
    Limit("fsync", "=", "on"),
)
ACCOUNT, TOKEN = "AC" + "5" * 32, "the token of the benchmark"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=SECONDS, help="measured seconds for each number of calls")
    parser.add_argument("--runs", type=int, default=RUNS, help="rounds of the closed loop, each with all peers")
    parser.add_argument("--calls", type=int, nargs="*", default=[*CALLS], help="how many calls are open")
    parser.add_argument("--warm-up", type=float, default=WARM_UP, help="seconds before anything counts")
    parser.add_argument("--closed-calls", type=int, default=CLOSED_CALLS, help="calls of the closed loop")
    parser.add_argument("--closed-seconds", type=float, default=CLOSED_SECONDS, help="measured seconds of each")
    parser.add_argument("--template", help="a migrated database to copy instead of migrating a new one")


def measure(options: dict[str, Any]) -> Report:
    """Open loops of each size, then closed loops beside the peers, all in one run on one machine."""
    figures: dict[str, Any] = {}
    with own_database(options["template"]) as database:
        with stage(database) as lines:
            unanswered = after_good_bye = 0
            for calls in options["calls"]:
                found = lines.talk(calls=calls, closed=False, warm_up=options["warm_up"], seconds=options["seconds"])
                unanswered += found["missed"] + found["late"]
                after_good_bye += found["after_good_bye"]
                figures |= _latencies(calls, found)
            rounds = [_round(lines, options) for _ in range(options["runs"])]
        settings = database.settings()
    figures |= {
        "turns_per_s": _middle_of(rounds, "ours"),
        "turns_per_s_tac": _middle_of(rounds, "tac"),
        "turns_per_s_pipecat": _middle_of(rounds, "pipecat"),
        "cpu_ms_a_turn": _middle_of(rounds, "ours_cpu_ms"),
        "cpu_ms_a_turn_tac": _middle_of(rounds, "tac_cpu_ms"),
        "cpu_ms_a_turn_pipecat": _middle_of(rounds, "pipecat_cpu_ms"),
        "ratio_turns_to_tac": _ratio(rounds, "tac"),
        "ratio_turns_to_pipecat": _ratio(rounds, "pipecat"),
        "not_answered": unanswered,
        "after_good_bye": after_good_bye,
        "closed_loop_calls": options["closed_calls"],
        "runs": len(rounds),
        "fsync": settings["fsync"],
    }
    return Report("relay", figures, LIMITS, machine(postgres=settings))


class Lines:
    """Our server, a seed of calls, and the telephones."""

    def __init__(
        self, server: "Server", phones: "subprocess.Popen[str]", seed: "subprocess.Popen[str]", firms: list[str]
    ) -> None:
        self.server, self._phones, self._seed, self.firms = server, phones, seed, firms
        self._round = 0

    def talk(self, *, calls: int, closed: bool, warm_up: float, seconds: float, **more: Any) -> dict[str, Any]:
        """One order to the telephones, with as many calls as it can use up."""
        order = {"calls": calls, "closed": closed, "warm_up": warm_up, "seconds": seconds, "every": EVERY} | more
        turns = (warm_up + seconds) * (min(FASTEST, 100.0 * calls) if closed else calls / order["every"])
        spare = 50 + int(1.5 * turns / (1 if more.get("objects") else 12))
        found = self._order(order | {"ours": True, "lines": self.open(calls + spare)}, self.server)
        say(f"{calls} calls {'at full speed' if closed else 'open'}: {_words(found)}, load {os.getloadavg()[0]:.1f}")
        for why in found.get("missed_because", ()):
            say(f"not answered: {why}")
        return found

    def peer(self, server: "Server", *, calls: int, seconds: float) -> dict[str, Any]:
        """The same closed loop at somebody else's server."""
        order = {"calls": calls, "closed": True, "warm_up": CLOSED_WARM_UP, "seconds": seconds, "ours": False}
        return self._order(order, server)

    def open(self, count: int) -> list[dict[str, str]]:
        return _ask(self._seed, {"lines": count, "businesses": self.firms})  # type: ignore[no-any-return]

    def _order(self, order: dict[str, Any], server: "Server") -> dict[str, Any]:
        self._round += 1
        with processor.watched(server.pid) as used:
            found = _ask(self._phones, order | {"seed": self._round, "port": server.port})
        seconds, turns = used.seconds(found["since"], found["until"]), len(found["took"])
        found["cpu_ms"] = round(1000 * seconds / turns, 2) if seconds is not None and turns else None
        return found  # type: ignore[no-any-return]


@contextmanager
def stage(database: Database, *, firms: int = FIRMS, more: Mapping[str, str] | None = None) -> Iterator[Lines]:
    """A relay of ours as in production on a port of its own, firms in the database, telephones in a process of their own."""
    port = free_port()
    address = f"127.0.0.1:{port}"
    variables = {
        **database.variables,
        "SANDBOX": "true",
        "DATABASE_POOL": POOL,
        "PUBLIC_URL": f"http://{address}",
        "RELAY_URL": f"ws://{address}",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "LOG_LEVEL": "ERROR",
        **(more or {}),
    }
    server = (
        *("syntharra.asgi:application", "--port", str(port), "--workers", str(WORKERS)),
        *("--log-level", "critical", "--ws", "websockets-sansio"),
    )
    with (
        children.started("uvicorn", *server, variables=variables, like="relay") as relay,
        children.started("desk.bench.lines_seed", variables=variables) as seed,
        children.started("desk.bench.phones", variables=variables) as phones,
    ):
        until_there(port)
        yield Lines(Server(port, relay.pid), phones, seed, _ask(seed, {"businesses": firms}))


def _round(lines: Lines, options: dict[str, Any]) -> dict[str, float | None]:
    """One closed loop of each, one after the other: the machine is the same for all."""
    calls, seconds = options["closed_calls"], options["closed_seconds"]
    ours = lines.talk(calls=calls, closed=True, warm_up=CLOSED_WARM_UP, seconds=seconds)
    found: dict[str, float | None] = {"ours": ours["turns"] / seconds, "ours_cpu_ms": ours["cpu_ms"]}
    for name in peers.SERVERS:
        found |= {name: None, f"{name}_cpu_ms": None}
        with peers.served(name, account=ACCOUNT, token=TOKEN) as server:
            if server is not None:
                theirs = lines.peer(server, calls=calls, seconds=seconds)
                found |= {name: theirs["turns"] / seconds, f"{name}_cpu_ms": theirs["cpu_ms"]}
                say(
                    f"{name}: {found[name]:.0f} turns a second with a fixed reply, {theirs['cpu_ms']} ms of processor each"
                )
    return found


def _latencies(calls: int, found: dict[str, Any]) -> dict[str, Any]:
    said = sorted(found["took"])
    return {
        f"p99_ms_{calls}": round(1000 * percentile(said, 0.99), 1) if said else None,
        f"p50_ms_{calls}": round(1000 * percentile(said, 0.5), 1) if said else None,
        f"turns_{calls}": len(said),
        f"cpu_ms_a_turn_{calls}": found["cpu_ms"],
    }


def percentile(ordered: list[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _middle_of(rounds: list[dict[str, float | None]], name: str) -> float | None:
    values = [value for one in rounds if (value := one[name]) is not None]
    return middle(values, 2) if len(values) == len(rounds) else None


def _ratio(rounds: list[dict[str, float | None]], name: str) -> float | None:
    pairs = [(one["ours"] or 0.0) / value for one in rounds if (value := one[name])]
    return middle(pairs, 2) if len(pairs) == len(rounds) else None


def _words(found: dict[str, Any]) -> str:
    took = sorted(found["took"])
    if not took:
        return "no turn was answered"
    half, most = (1000 * percentile(took, share) for share in (0.5, 0.99))
    return f"{len(took)} turns, half within {half:.1f} ms, 99 % within {most:.1f} ms, {found['cpu_ms']} ms of processor a turn"


def _ask(child: "subprocess.Popen[str]", order: dict[str, Any]) -> Any:
    assert child.stdin is not None
    child.stdin.write(json.dumps(order) + "\n")
    child.stdin.flush()
    return children.said(child)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def until_there(port: int, seconds: float = 60.0) -> None:
    """Raises TimeoutError when nobody listens there in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server does not answer")
