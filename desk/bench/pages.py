"""How long two pages take to make: a dispute with 1,000 messages on its thread, and the board of 10,000 disputes.

One process of the product asks itself for the page again and again, as a browser of the owner would; its own processor time
counts, and the wall clock beside it with the database's share. Seeding is not measured.
"""

from argparse import ArgumentParser
from typing import Any

from desk.bench import children
from desk.bench.database import own_database
from desk.bench.report import Limit, Report, machine, say

MESSAGES, DISPUTES, TIMES = 1_000, 10_000, 30
LIMITS = (
    Limit("dispute_page_queries", "<=", 12),
    Limit("dispute_page_ms", "<=", 60),
    Limit("board_queries", "<=", 10),
)


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--messages", type=int, default=MESSAGES, help="messages of one dispute")
    parser.add_argument("--disputes", type=int, default=DISPUTES, help="disputes on the board")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each page is made")
    parser.add_argument("--template", help="a migrated database to copy instead of migrating a new one")


def measure(options: dict[str, Any]) -> Report:
    """Both pages, made in one process."""
    with own_database(options["template"]) as database:
        say(f"seeding a dispute with {options['messages']} messages, and {options['disputes']} disputes")
        variables = {**database.variables, "SANDBOX": "false", "LOG_LEVEL": "ERROR"}
        wanted = [str(options[name]) for name in ("messages", "disputes", "times")]
        with children.started("desk.bench.pages_child", *wanted, variables=variables) as child:
            figures = children.said(child)
        settings = database.settings()
    figures |= {"messages": options["messages"], "disputes": options["disputes"], "times": options["times"]}
    return Report("pages", figures, LIMITS, machine(postgres=settings))
