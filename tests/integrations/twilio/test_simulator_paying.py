"""Customers who pay after the call."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from tests.integrations.twilio.simulator_agents import meet
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    Stage,
    fresh_stage,
    twilio_theatre,
)


@contextmanager
def bank() -> Iterator[tuple[str, list[bytes]]]:
    """Somebody who is told of payments."""
    told: list[bytes] = []

    class Teller(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Teller)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/pay", told
    finally:
        server.shutdown()
        server.server_close()


def test_who_pays_by_link_pays_after_the_call(stage: Stage) -> None:
    with bank() as (url, told):
        stage.control.post("/config", on_pay_url=url)
        call = meet(stage, "pays_by_link")

    assert len(told) == 1
    assert f'"to":"+16145550177","call_sid":"{call["sid"]}","persona":"pays_by_link"' in told[0].decode().replace(
        " ", ""
    )
    paid = stage.control.get("/pays")["pays"]
    assert [(pay["to"], pay["status"]) for pay in paid] == [("+16145550177", "204")]
    assert paid[0]["at"] > call["ended_at"]


def test_without_a_hook_a_payment_is_noted_as_told_to_nobody(stage: Stage) -> None:
    meet(stage, "pays_by_link")

    assert [pay["error"] for pay in stage.control.get("/pays")["pays"]] == [
        "no on_pay_url is configured, so nobody was told"
    ]
