"""What `--help` prints, without any set-up."""

from typing import Sequence

TEXTS = {
    "demo": """\
bin/demo [--port N] [--reset]      the whole product on this machine, with simulators for every vendor
bin/demo --down                    ends the demo of this checkout, from another terminal
bin/demo --story [--json]          the same on free ports with new data; plays the story, prints one report, ends

From a bare checkout: finds Python 3.12 or 3.13, makes .venv from the lock, starts its own PostgreSQL and Valkey,
migrates, fills the sandbox, starts web, call relay, worker and simulators, prints the address and how to sign in.
Ctrl-C stops everything. A second demo in the same checkout is refused and told where the first one is.

  --port N    the web pages on port N (the relay on N + 1); a taken port gives way to the next free one
  --reset     forget the data of earlier runs first (database, files, secrets)

Environment: SYNTHARRA_PYTHON (a Python to use), DATABASE_URL with DATABASE_OWNER_URL and REDIS_URL (servers of yours
instead of the embedded ones), SYNTHARRA_STATE (another folder than .stack for data and logs: a second demo of one
checkout), UV_CACHE_DIR, HTTPS_PROXY.
""",
    "test": """\
bin/test [pytest's arguments]      the set-up, then the suite (all of it, or what the arguments name)
bin/test --setup                   only the set-up: environment and database template; nothing is left running
bin/test --engines                 starts engines as for tests, prints `export NAME=value` lines, runs until Ctrl-C
bin/test --install-browser [...]   fetches a Chromium by apt first (as root)

Each run has its own PostgreSQL and Valkey on free ports, gone when it ends; several runs at once do not meet.
A single file runs in one process, more in two or as many as there are processors (-n N decides otherwise).

Environment: SYNTHARRA_PYTHON, DATABASE_URL with DATABASE_OWNER_URL, REDIS_URL, CHROMIUM (a browser to use),
PROOF=full (larger numbers), VENDOR_SPECS (a folder with the vendors' own specifications).
""",
    "manage": """\
bin/manage COMMAND [...]           Django's command line in the surroundings of this checkout's demo

While a demo runs, against its processes; otherwise its database is started for the time of the command.
bin/manage help lists the commands.
""",
    "check": """\
bin/check [--fast] [pytest's arguments]   all that must hold before a change is handed in, each step timed

Format, lint, templates, import order, types, migrations complete, deploy check, documents complete, then the suite.
All steps are run even when one fails.

  --fast      without the suite
""",
    "bench": """\
bin/bench NAME [--json] [...]      a benchmark against its limits, on engines of its own; bin/bench NAME -h says more

  sync     a first load of 100,000 invoices: invoices a second, beside a bare COPY, memory, and that the same again
           writes nothing (about ten minutes; --invoices N and --runs N make it smaller)
  check    how long a start takes beside one without any vendor's SDK

The database waits for the disk as in production (fsync on). The report is one JSON object on standard output, with the
machine, the server's settings, and whether each limit holds; exit 0 only when all do. DATABASE_URL with
DATABASE_OWNER_URL and REDIS_URL name servers of yours instead; a database of its own is made there and dropped.
""",
    "bench-peers": """\
bin/bench-peers [NAME ...]         other people's voice servers, each in an environment of its own under .stack/peers

  tac      twilio-agent-connect, Twilio's own server for ConversationRelay (about 160 MB)

Nothing of them is in the product or its lock. Benchmarks compare with them, and tests hold the simulated carrier against
them; without them both say what they leave out.

Environment: PEERS (another folder for them), UV_CACHE_DIR, UV_INDEX_URL, HTTPS_PROXY.
""",
    "licenses": """\
bin/licenses                       writes NOTICE and docs/licenses.md from the lock
bin/licenses --check               says whether they are current
""",
    "lock": """\
bin/lock [--upgrade] [...]         uv lock, then everything that is written from the lock

Writes uv.lock, requirements.txt, requirements-dev.txt, NOTICE and docs/licenses.md. Arguments go to `uv lock`.
""",
}


def wanted(arguments: Sequence[str]) -> bool:
    """True when a person asks for help rather than for work."""
    return bool(arguments) and arguments[0] in ("--help", "-h")
